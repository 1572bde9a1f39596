//! Carts: one item each, with its lines inside, written against the version that was read. And the wishes of a user, an
//! item each.

use domain::cart::{Cart, CartOwner};
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
use crate::engine::read::Written;
use crate::keys::Key;
use crate::{Store, Transaction, keys};

/// Another change of the cart, or of the wish that goes into it, came first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CartChanged;

/// Offers and stock, read together.
#[derive(Debug, Default)]
pub struct ProductsAndStock {
    pub offers: Vec<Offer>,
    pub levels: Vec<StockLevel>,
}

/// What is read of a product.
const OFFER: &str = "id slug name status categories variants images bands deleted_at";
/// And of a stock level, in the same call.
const LEVEL: &str = "sku product_id variant_id available reserved threshold band version updated_at";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    pub product_id: ProductId,
    pub variant_id: VariantId,
    pub sku: Sku,
    pub since: Time,
}

/// The cart as it was read and no other. By the change that made it, since versions begin anew with each cart.
pub(crate) fn as_read(before: &Cart) -> Vec<Require> {
    match before.version {
        0 => vec![Require::Absent],
        _ => vec![Require::Equals("change", text(before.change.to_string()))],
    }
}

pub(crate) fn cart_item(cart: &Cart) -> Result<Item, StoreError> {
    Ok(Item::new(keys::cart(&cart.owner), cart)?.expires(cart.kept_until))
}

impl Store {
    /// Whatever lies there, idle or not.
    pub async fn cart(&self, owner: &CartOwner) -> Result<Option<Cart>, StoreError> {
        self.get(&keys::cart(owner)).await
    }

    /// Two carts in one round trip.
    pub async fn two_carts(&self, owners: [&CartOwner; 2]) -> Result<[Option<Cart>; 2], StoreError> {
        let [mine, theirs] = owners.map(keys::cart);
        let mut found = self.get_all(&[&mine, &theirs]).await?;
        Ok([found.take(&mine)?, found.take(&theirs)?])
    }

    /// Writes the next version of a cart over the one it was decided on.
    pub async fn save_cart(&self, before: &Cart, after: &Cart) -> Result<(), Commit<CartChanged>> {
        match self.put_if(cart_item(after)?, as_read(before)).await? {
            Written::Done(_) => Ok(()),
            Written::Refused(there) => {
                // Our own write, whose answer was lost and which the SDK repeated.
                let there = there.map(read::<Cart>).transpose()?;
                if there.is_some_and(|there| there.change == after.change) {
                    Ok(())
                } else {
                    Err(Commit::Refused(CartChanged))
                }
            }
        }
    }

    /// Takes a guest's cart into a user's, and the guest's away: both or neither.
    pub async fn merge_carts(&self, (mine, merged): (&Cart, &Cart), guest: &Cart) -> Result<(), Commit<CartChanged>> {
        let writes = Transaction::new(merged.change).put_if(cart_item(merged)?, as_read(mine), CartChanged).delete_if(
            keys::cart(&guest.owner),
            as_read(guest),
            CartChanged,
        );
        self.commit(writes).await
    }

    /// Puts a wish's thing into its owner's cart and takes the wish off the list: both or neither.
    pub async fn move_wish(
        &self,
        user: UserId,
        variant: VariantId,
        (before, after): (&Cart, &Cart),
    ) -> Result<(), Commit<CartChanged>> {
        let wish = keys::wish(user, variant);
        let writes = Transaction::new(after.change).put_if(cart_item(after)?, as_read(before), CartChanged).delete_if(
            wish,
            vec![Require::Exists],
            CartChanged,
        );
        self.commit(writes).await
    }

    /// What lines stand for today, in one round trip: what is offered of products, and the stock of these SKUs.
    pub async fn products_and_stock(
        &self,
        products: &[ProductId],
        skus: &[Sku],
    ) -> Result<ProductsAndStock, StoreError> {
        let products: std::collections::BTreeSet<_> = products.iter().collect();
        let products: Vec<Key> = products.into_iter().map(|&id| keys::product(id)).collect();
        let skus: std::collections::BTreeSet<_> = skus.iter().collect();
        let levels: Vec<Key> = skus.into_iter().map(keys::stock).collect();
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

    /// Wishing for the same thing again changes nothing but the time.
    pub async fn wish(&self, user: UserId, wish: &Wish) -> Result<(), StoreError> {
        self.put(Item::new(keys::wish(user, wish.variant_id), wish)?).await
    }

    pub async fn unwish(&self, user: UserId, variant: VariantId) -> Result<(), StoreError> {
        self.delete(&keys::wish(user, variant)).await
    }

    pub async fn wish_of(&self, user: UserId, variant: VariantId) -> Result<Option<Wish>, StoreError> {
        self.get(&keys::wish(user, variant)).await
    }

    /// Newest variant first.
    pub async fn wishes(&self, user: UserId, request: &PageRequest) -> Result<Page<Wish>, StoreError> {
        let key_range = KeyRange {
            index: None,
            partition: keys::user_partition(user),
            prefix: keys::WISH_PREFIX.to_owned(),
            newest_first: true,
        };
        self.page(&key_range, request).await
    }
}
