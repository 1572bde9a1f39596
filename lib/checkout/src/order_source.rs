//! Where the items of an order or a quote come from. Carts are only read: an order deletes them with its own commit.

use domain::cart::{Cart, CartOwner};
use domain::coupon::CouponCode;
use kit::http::auth::SignedIn;
use kit::http::problem::Problem;
use order_processing::{OrderProcessor, RequestedItem};

use crate::wire::{ItemRequest, cart_empty, item_problem};

#[derive(Debug, Clone)]
pub enum OrderSource {
    /// `read` are the stored carts that were merged into this one. It has at least one line.
    Cart {
        merged: Cart,
        read: Vec<Cart>,
    },
    Item(RequestedItem),
}

impl OrderSource {
    /// The item that a request names; without one the user's cart, with the guest's cart of the request added to it.
    pub async fn read(
        orders: &OrderProcessor,
        item: Option<&ItemRequest>,
        signed_in: Option<&SignedIn>,
        guest: Option<&CartOwner>,
    ) -> Result<Self, Problem> {
        if let Some(item) = item {
            let resolved = orders.resolve_item(&item.reference, item.quantity).await;
            let resolved = resolved.map_err(item_problem)?;
            return Ok(Self::Item(RequestedItem { quoted_price: item.quoted_price, ..resolved }));
        }
        let (mine, store) = (signed_in.map(|me| CartOwner::User(me.user.id)), &orders.store);
        let read = match (&mine, guest) {
            (Some(mine), Some(guest)) => store.two_carts([mine, guest]).await?,
            (Some(owner), None) | (None, Some(owner)) => [store.cart(owner).await?, None],
            (None, None) => [None, None],
        };
        let read: Vec<Cart> = read.into_iter().flatten().collect();
        let now = orders.clock.now();
        let current = read.iter().map(|cart| cart.clone().cleared_if_expired(now));
        let merged = current.reduce(|mine, guests| mine.merged(&guests)).filter(|cart| !cart.lines.is_empty());
        Ok(Self::Cart { merged: merged.ok_or_else(cart_empty)?, read })
    }

    pub fn requested(&self) -> Vec<RequestedItem> {
        match self {
            Self::Item(item) => vec![item.clone()],
            Self::Cart { merged, .. } => merged.lines.iter().map(RequestedItem::from).collect(),
        }
    }

    pub fn coupon(&self) -> Option<CouponCode> {
        match self {
            Self::Cart { merged, .. } => merged.coupon.clone(),
            Self::Item(_) => None,
        }
    }

    pub fn carts(&self) -> &[Cart] {
        match self {
            Self::Cart { read, .. } => read,
            Self::Item(_) => &[],
        }
    }
}
