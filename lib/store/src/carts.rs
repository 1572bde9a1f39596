//! Carts: one item each, with all its lines, written only if it is still as it was read. And wishlist items, one item
//! each.

use std::collections::BTreeSet;

use domain::cart::{Cart, CartOwner};
use domain::cart_reminder::Reminder;
use domain::id::{ProductId, UserId, VariantId};
use domain::product::Offer;
use domain::sku::Sku;
use domain::stock::StockLevel;
use domain::time::Time;
use serde::{Deserialize, Serialize};

use crate::engine::error::{Commit, StoreError};
use crate::engine::expression::Require;
use crate::engine::item::{Item, read, text};
use crate::engine::page::{KeyRange, Page, PageRequest};
use crate::engine::read::WriteOutcome;
use crate::keys::Key;
use crate::{Store, Transaction, keys};

/// Another change of the cart, or of the wishlist item that is moved into it, was committed first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CartChanged;

#[derive(Debug, Default)]
pub struct ProductsAndStock {
    pub offers: Vec<Offer>,
    pub levels: Vec<StockLevel>,
}

/// The attributes that are read of a product.
const OFFER: &str = "id slug name status tax_class categories options variants images bands backorders deleted_at";
/// The attributes that are read of a stock level, in the same call.
const LEVEL: &str = "sku product_id variant_id available reserved threshold backorder band version updated_at";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WishlistItem {
    pub product_id: ProductId,
    pub variant_id: VariantId,
    pub sku: Sku,
    pub since: Time,
}

/// The cart is still as it was read. This compares `change`, because a new cart starts again with version 1.
pub(crate) fn unchanged(before: &Cart) -> Vec<Require> {
    match before.version {
        0 => vec![Require::Absent],
        _ => vec![Require::Equals("change", text(before.change.to_string()))],
    }
}

pub(crate) fn cart_item(cart: &Cart) -> Result<Item, StoreError> {
    let item = Item::new(keys::cart(&cart.owner), cart)?.expires(cart.kept_until);
    Ok(match (&cart.owner, cart.reminder) {
        (CartOwner::User(user), Some(Reminder::Due(at))) => item.index(keys::by_reminder_time(*user, at)),
        _ => item,
    })
}

impl Store {
    /// The stored cart, also if it has expired.
    pub async fn cart(&self, owner: &CartOwner) -> Result<Option<Cart>, StoreError> {
        self.get(&keys::cart(owner)).await
    }

    /// Two carts in one round trip.
    pub async fn two_carts(&self, owners: [&CartOwner; 2]) -> Result<[Option<Cart>; 2], StoreError> {
        let [mine, theirs] = owners.map(keys::cart);
        let mut found = self.get_all(&[&mine, &theirs]).await?;
        Ok([found.take(&mine)?, found.take(&theirs)?])
    }

    /// Replaces the cart that was read by its next version.
    pub async fn save_cart(&self, before: &Cart, after: &Cart) -> Result<(), Commit<CartChanged>> {
        match self.put_if(cart_item(after)?, unchanged(before)).await? {
            WriteOutcome::Done(_) => Ok(()),
            WriteOutcome::Refused(stored) => {
                // The SDK repeats a write whose answer was lost. Then our own change is stored already.
                let stored = stored.map(read::<Cart>).transpose()?;
                if stored.is_some_and(|stored| stored.change == after.change) {
                    Ok(())
                } else {
                    Err(Commit::Refused(CartChanged))
                }
            }
        }
    }

    /// Replaces the user's cart by the merged one and deletes the guest's, in one transaction.
    pub async fn merge_carts(&self, before: &Cart, merged: &Cart, guest: &Cart) -> Result<(), Commit<CartChanged>> {
        let writes = Transaction::new(merged.change)
            .put_if(cart_item(merged)?, unchanged(before), CartChanged)
            .delete_if(keys::cart(&guest.owner), unchanged(guest), CartChanged);
        self.commit(writes).await
    }

    /// Saves the cart that the item was added to and deletes the wishlist item, in one transaction.
    pub async fn move_wishlist_item(
        &self,
        user: UserId,
        variant: VariantId,
        before: &Cart,
        after: &Cart,
    ) -> Result<(), Commit<CartChanged>> {
        let item = keys::wishlist_item(user, variant);
        let writes = Transaction::new(after.change)
            .put_if(cart_item(after)?, unchanged(before), CartChanged)
            .delete_if(item, vec![Require::Exists], CartChanged);
        self.commit(writes).await
    }

    /// What carts and orders need of these products, and the stock of these SKUs, in one round trip.
    pub async fn products_and_stock(
        &self,
        products: &[ProductId],
        skus: &[Sku],
    ) -> Result<ProductsAndStock, StoreError> {
        let products: BTreeSet<Key> = products.iter().map(|&id| keys::product(id)).collect();
        let levels: BTreeSet<Key> = skus.iter().map(keys::stock).collect();
        let all: Vec<&Key> = products.iter().chain(&levels).collect();
        if all.is_empty() {
            return Ok(ProductsAndStock::default());
        }
        let attributes: Vec<&str> = [OFFER, LEVEL].iter().flat_map(|of| of.split(' ')).collect();
        let mut found = self.get_many(&attributes, &all).await?;
        let mut products_and_stock = ProductsAndStock::default();
        for key in &products {
            products_and_stock.offers.extend(found.take::<Offer>(key)?);
        }
        for key in &levels {
            products_and_stock.levels.extend(found.take::<StockLevel>(key)?);
        }
        Ok(products_and_stock)
    }

    /// If the item is on the wishlist already, only its time changes.
    pub async fn add_to_wishlist(&self, user: UserId, item: &WishlistItem) -> Result<(), StoreError> {
        self.put(Item::new(keys::wishlist_item(user, item.variant_id), item)?).await
    }

    pub async fn remove_from_wishlist(&self, user: UserId, variant: VariantId) -> Result<(), StoreError> {
        self.delete(&keys::wishlist_item(user, variant)).await
    }

    pub async fn wishlist_item(&self, user: UserId, variant: VariantId) -> Result<Option<WishlistItem>, StoreError> {
        self.get(&keys::wishlist_item(user, variant)).await
    }

    /// Newest variant first.
    pub async fn wishlist(&self, user: UserId, request: &PageRequest) -> Result<Page<WishlistItem>, StoreError> {
        self.page(&KeyRange::of(keys::wishlist_partition(user)).newest_first(), request).await
    }
}
