//! What somebody wants, as it is today: products, stock, and the coupon with this customer's uses of it.

use std::collections::{HashMap, HashSet};
use std::mem::take;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use domain::cart::CartLine;
use domain::coupon::{CouponCode, CustomerKey};
use domain::id::{CategoryId, ProductId, VariantId};
use domain::order::{Basket, BasketLine};
use domain::pricing::Rates;
use domain::product::{Offer, Product, Variant};
use domain::sku::Sku;
use domain::stock::{Band, StockLevel};
use domain::time::Time;
use kit::runtime::cache::Cache;
use store::StoreError;
use store::coupons::CouponWithUse;

use crate::OrderProcessor;

/// How old the products and the stock of a cart may be that is only looked at.
const SEEN_AGE: Duration = Duration::from_secs(5);

/// A few KB each, so some megabytes of a function's memory.
const SEEN: NonZeroUsize = NonZeroUsize::new(1_000).expect("a thousand is not zero");

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestedItem {
    pub product_id: ProductId,
    pub variant_id: VariantId,
    /// As it was called when it was wanted.
    pub sku: Sku,
    pub quantity: u32,
    pub quoted_price: Option<i64>,
}

impl From<&CartLine> for RequestedItem {
    fn from(line: &CartLine) -> Self {
        Self {
            product_id: line.product_id,
            variant_id: line.variant_id,
            sku: line.sku.clone(),
            quantity: line.quantity,
            quoted_price: Some(line.quoted_price),
        }
    }
}

#[derive(Debug, Clone, Default)]
pub struct CurrentItems {
    products: HashMap<ProductId, Arc<Offer>>,
    levels: HashMap<Sku, Arc<StockLevel>>,
    /// The categories of each product, with all that those are in.
    categories: HashMap<ProductId, Vec<CategoryId>>,
    pub coupon: Option<CouponWithUse>,
}

/// What this instance read a moment ago. Carts are shown with it, as old as the catalogue shows products; orders never
/// are decided on it.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    products: Cache<ProductId, Arc<Offer>>,
    levels: Cache<Sku, Arc<StockLevel>>,
}

impl Seen {
    pub(crate) fn new() -> Self {
        Self { products: Cache::new(SEEN, SEEN_AGE), levels: Cache::new(SEEN, SEEN_AGE) }
    }

    /// What is known of these, but for the product that is touched.
    fn recall(&self, wants: &[RequestedItem], touched: Option<&RequestedItem>, now: Time) -> CurrentItems {
        let mut goods = CurrentItems::default();
        let touched = touched.map(|want| want.product_id);
        for want in wants.iter().filter(|w| touched != Some(w.product_id)) {
            if let Some(product) = self.products.get(&want.product_id, now) {
                goods.products.insert(product.id, product);
            }
            if let Some(level) = self.levels.get(goods.sku(want), now) {
                goods.levels.insert(level.sku.clone(), level);
            }
        }
        goods
    }

    /// What was known before grows no younger.
    fn remember(&self, goods: &CurrentItems, known: &CurrentItems, now: Time) {
        for (id, product) in &goods.products {
            if !known.products.contains_key(id) {
                self.products.put(*id, Arc::clone(product), now);
            }
        }
        for (sku, level) in &goods.levels {
            if !known.levels.contains_key(sku) {
                self.levels.put(sku.clone(), Arc::clone(level), now);
            }
        }
    }
}

/// One thing as it is sold today.
#[derive(Debug, Clone, Copy)]
pub struct CurrentItem<'a> {
    pub product: &'a Offer,
    pub variant: &'a Variant,
    /// Known where more than one is wanted.
    pub level: Option<&'a StockLevel>,
    pub categories: &'a [CategoryId],
}

impl CurrentItem<'_> {
    pub fn band(&self) -> Band {
        self.product.band(&self.variant.sku)
    }

    /// How many there are, if that is less than is wanted.
    pub fn short_of(&self, quantity: u32) -> Option<i64> {
        let available = match self.level {
            Some(level) => level.available,
            None => i64::from(self.band() != Band::Out),
        };
        (available < i64::from(quantity)).then_some(available)
    }
}

impl CurrentItems {
    /// `None`: it is not sold any more.
    pub fn find(&self, product: ProductId, variant: VariantId) -> Option<CurrentItem<'_>> {
        let product = self.products.get(&product).filter(|p| p.is_on_sale())?;
        let variant = product.variants.iter().find(|v| v.id == variant)?;
        Some(CurrentItem {
            product,
            variant,
            level: self.levels.get(&variant.sku).map(Arc::as_ref),
            categories: self.categories.get(&product.id).map_or(&[], Vec::as_slice),
        })
    }

    /// What it is called today, as far as that is known.
    fn sku<'a>(&'a self, want: &'a RequestedItem) -> &'a Sku {
        let product = self.products.get(&want.product_id);
        let mut variants = product.iter().flat_map(|product| &product.variants);
        let variant = variants.find(|variant| variant.id == want.variant_id);
        variant.map_or(&want.sku, |variant| &variant.sku)
    }

    /// The lines of an order; the variant that cannot be had, if there is one.
    pub fn basket<'a>(&'a self, wants: &[RequestedItem], rates: &'a Rates) -> Result<Basket<'a>, VariantId> {
        let lines = wants.iter().map(|want| {
            let good = self.find(want.product_id, want.variant_id);
            let good = good.ok_or(want.variant_id)?;
            Ok(BasketLine {
                product: good.product,
                variant: good.variant,
                level: good.level.ok_or(want.variant_id)?,
                categories: good.categories,
                quantity: want.quantity,
                quoted_price: want.quoted_price,
            })
        });
        Ok(Basket {
            lines: lines.collect::<Result<_, _>>()?,
            coupon: self.coupon.as_ref().map(CouponWithUse::for_customer),
            rates,
        })
    }
}

/// What somebody points at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemReference {
    Sku(Sku),
    /// With the variant, where there are several.
    Product(ProductId, Option<VariantId>),
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ItemRefusal {
    #[error("there is no such product")]
    Missing,
    #[error("the product has several variants: say which")]
    Several,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl OrderProcessor {
    /// What somebody points at, in one round trip. Whether it is sold is seen when its goods are read.
    pub async fn resolve_item(
        &self,
        resolve_item: &ItemReference,
        quantity: u32,
    ) -> Result<RequestedItem, ItemRefusal> {
        let (product_id, variant_id, sku) = match resolve_item {
            ItemReference::Sku(sku) => {
                let level = self.store.stock_level(sku).await?;
                let level = level.ok_or(ItemRefusal::Missing)?;
                (level.product_id, level.variant_id, level.sku)
            }
            ItemReference::Product(id, variant) => {
                let product = self.store.product(*id).await?;
                let product = product.filter(Product::is_on_sale);
                let product = product.ok_or(ItemRefusal::Missing)?;
                let chosen = match (variant, product.variants.as_slice()) {
                    (None, [only]) => only,
                    (None, _) => return Err(ItemRefusal::Several),
                    (Some(id), variants) => {
                        let found = variants.iter().find(|variant| variant.id == *id);
                        found.ok_or(ItemRefusal::Missing)?
                    }
                };
                (product.id, chosen.id, chosen.sku.clone())
            }
        };
        Ok(RequestedItem { product_id, variant_id, sku, quantity, quoted_price: None })
    }

    /// As the table has them now, in one round trip; in two if a SKU was renamed since it was wanted.
    pub async fn goods(
        &self,
        wants: &[RequestedItem],
        coupon: Option<(&CouponCode, &CustomerKey)>,
        now: Time,
    ) -> Result<CurrentItems, StoreError> {
        let counted: Vec<&RequestedItem> = wants.iter().collect();
        self.complete(CurrentItems::default(), (wants, &counted), coupon, now).await
    }

    /// For showing them: what was read a moment ago will do, but for what is touched. Whether there is one of a thing
    /// stands on its product, so stock is counted only where there are to be more.
    pub async fn shown(
        &self,
        wants: &[RequestedItem],
        touched: Option<&RequestedItem>,
        coupon: Option<(&CouponCode, &CustomerKey)>,
        now: Time,
    ) -> Result<CurrentItems, StoreError> {
        let counted = wants.iter().filter(|want| want.quantity > 1).chain(touched);
        let counted: Vec<&RequestedItem> = counted.collect();
        let known = self.seen.recall(wants, touched, now);
        let goods = self.complete(known.clone(), (wants, &counted), coupon, now);
        let goods = goods.await?;
        self.seen.remember(&goods, &known, now);
        Ok(goods)
    }

    async fn complete(
        &self,
        known: CurrentItems,
        (wants, counted): (&[RequestedItem], &[&RequestedItem]),
        coupon: Option<(&CouponCode, &CustomerKey)>,
        now: Time,
    ) -> Result<CurrentItems, StoreError> {
        let read_coupon = async {
            match coupon {
                Some((code, customer)) => self.store.coupon_for(code, customer).await,
                None => Ok(None),
            }
        };
        // Known for a while, so read beside the rest, whether this coupon looks at them or not.
        let read_categories = async {
            match coupon {
                Some(_) => self.categories(now).await.map(Some),
                None => Ok(None),
            }
        };
        // Boxed: calls at once would make every handler's future large.
        let products_and_stock = Box::pin(self.with_wares(known, wants, counted));
        let (goods, coupon, all) = tokio::join!(products_and_stock, Box::pin(read_coupon), Box::pin(read_categories));
        let mut goods = goods?;
        goods.coupon = coupon?;
        if let Some(all) = all? {
            for product in goods.products.values() {
                let within = product.categories.iter().flat_map(|&id| all.path(id));
                let within = within.map(|term| term.id).collect();
                goods.categories.insert(product.id, within);
            }
        }
        Ok(goods)
    }

    /// Reads what is not known yet. What a renamed SKU is called now, its product tells: then there is more to read.
    async fn with_wares(
        &self,
        mut goods: CurrentItems,
        wants: &[RequestedItem],
        counted: &[&RequestedItem],
    ) -> Result<CurrentItems, StoreError> {
        let unknown = wants.iter().map(|want| want.product_id);
        let unknown = unknown.filter(|id| !goods.products.contains_key(id));
        let mut products: Vec<ProductId> = unknown.collect();
        let mut asked = HashSet::new();
        loop {
            let skus = counted.iter().map(|want| goods.sku(want).clone());
            let skus: Vec<Sku> =
                skus.filter(|sku| !goods.levels.contains_key(sku) && asked.insert(sku.clone())).collect();
            if products.is_empty() && skus.is_empty() {
                return Ok(goods);
            }
            let read = self.store.products_and_stock(&take(&mut products), &skus).await?;
            let products = read.offers.into_iter().map(Arc::new);
            let levels = read.levels.into_iter().map(Arc::new);
            goods.products.extend(products.map(|it| (it.id, it)));
            goods.levels.extend(levels.map(|level| (level.sku.clone(), level)));
        }
    }
}
