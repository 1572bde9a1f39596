//! Requested items as they are today: products, stock, and the coupon with this customer's uses of it.

use std::collections::{HashMap, HashSet};
use std::mem::take;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use domain::calendar::Day;
use domain::cart::CartLine;
use domain::coupon::{CouponCode, CustomerKey};
use domain::id::{CategoryId, ProductId, VariantId};
use domain::order::{DraftLine, OrderDraft};
use domain::pricing::Rates;
use domain::product::{Offer, Product, Variant};
use domain::shipping::ShippingMethods;
use domain::sku::Sku;
use domain::stock::{Band, StockLevel, StockShown};
use domain::time::Time;
use kit::runtime::cache::Cache;
use store::StoreError;
use store::coupons::CouponWithUse;

use crate::OrderProcessor;

/// How old products and stock may be when a cart is only displayed.
const RECENT: Duration = Duration::from_secs(5);

/// A few KB each, so some megabytes of a function's memory.
const RECENT_READS: NonZeroUsize = NonZeroUsize::new(1_000).expect("a thousand is not zero");

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestedItem {
    pub product_id: ProductId,
    pub variant_id: VariantId,
    /// The SKU at the time of the request. It may have been renamed since.
    pub sku: Sku,
    pub quantity: u32,
    pub quoted_price: Option<i64>,
}

impl RequestedItem {
    /// The item that a customer named by its SKU, with the stock level of that SKU. An unknown SKU gets ids that no
    /// product has: it is then looked for like the SKU of a draft, with the same reads and the same answer.
    pub fn of_sku(sku: Sku, level: Option<&StockLevel>, quantity: u32) -> Self {
        let (product_id, variant_id) = match level {
            Some(level) => (level.product_id, level.variant_id),
            None => (ProductId::from_bytes([0; 16]), VariantId::from_bytes([0; 16])),
        };
        Self { product_id, variant_id, sku, quantity, quoted_price: None }
    }
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
    /// The categories of each product, with all their parents.
    categories: HashMap<ProductId, Vec<CategoryId>>,
    pub coupon: Option<CouponWithUse>,
}

/// What this instance read a moment ago. Carts are displayed from it; orders are never decided on it.
#[derive(Debug)]
pub(crate) struct RecentReads {
    products: Cache<ProductId, Arc<Offer>>,
    levels: Cache<Sku, Arc<StockLevel>>,
    pub(crate) methods: Cache<(), Arc<ShippingMethods>>,
}

impl RecentReads {
    pub(crate) fn new() -> Self {
        Self {
            products: Cache::new(RECENT_READS, RECENT),
            levels: Cache::new(RECENT_READS, RECENT),
            methods: Cache::new(NonZeroUsize::MIN, RECENT),
        }
    }

    /// What is known of these items, except the product of the changed one.
    fn recall(&self, requested: &[RequestedItem], changed: Option<&RequestedItem>, now: Time) -> CurrentItems {
        let mut current = CurrentItems::default();
        let changed = changed.map(|item| item.product_id);
        for item in requested.iter().filter(|item| changed != Some(item.product_id)) {
            if let Some(product) = self.products.get(&item.product_id, now) {
                current.products.insert(product.id, product);
            }
            if let Some(level) = self.levels.get(current.sku(item), now) {
                current.levels.insert(level.sku.clone(), level);
            }
        }
        current
    }

    /// Leaves out what was known before, because its age must not start again.
    fn remember(&self, current: &CurrentItems, known: &CurrentItems, now: Time) {
        for (id, product) in &current.products {
            if !known.products.contains_key(id) {
                self.products.put(*id, Arc::clone(product), now);
            }
        }
        for (sku, level) in &current.levels {
            if !known.levels.contains_key(sku) {
                self.levels.put(sku.clone(), Arc::clone(level), now);
            }
        }
    }
}

/// One item as it is sold today.
#[derive(Debug, Clone, Copy)]
pub struct CurrentItem<'a> {
    pub product: &'a Offer,
    pub variant: &'a Variant,
    /// Only read where more than one is requested, or where the shop shows numbers.
    pub level: Option<&'a StockLevel>,
    pub categories: &'a [CategoryId],
}

impl CurrentItem<'_> {
    pub fn band(&self) -> Band {
        self.product.band(&self.variant.sku)
    }

    /// Whether fewer than `quantity` can be ordered. How many there are is not for customers.
    pub fn is_short_of(&self, quantity: u32) -> bool {
        let orderable = match self.level {
            Some(level) => level.orderable(),
            None => i64::from(self.band() != Band::Out),
        };
        orderable < i64::from(quantity)
    }

    /// How many of so many units are not there, and will be sent later.
    pub fn backordered(&self, quantity: u32) -> u32 {
        match self.level {
            Some(level) => level.backordered(quantity),
            None if self.band().is_on_hand() => 0,
            None => quantity,
        }
    }

    /// When the shop expects units that are not there.
    pub fn available_from(&self) -> Option<Day> {
        self.product.backorders.get(&self.variant.sku)?.available_from
    }
}

impl CurrentItems {
    /// `None`: it is not sold any more.
    pub fn find(&self, product: ProductId, variant: VariantId) -> Option<CurrentItem<'_>> {
        let product = self.products.get(&product).filter(|product| product.is_on_sale())?;
        let variant = product.variants.iter().find(|known| known.id == variant)?;
        Some(CurrentItem {
            product,
            variant,
            level: self.levels.get(&variant.sku).map(Arc::as_ref),
            categories: self.categories.get(&product.id).map_or(&[], Vec::as_slice),
        })
    }

    /// Whether it can be in the draft of an order.
    pub fn is_sold(&self, item: &RequestedItem) -> bool {
        self.find(item.product_id, item.variant_id).is_some_and(|current| current.level.is_some())
    }

    /// The SKU of today, as far as it is known.
    fn sku<'a>(&'a self, item: &'a RequestedItem) -> &'a Sku {
        let product = self.products.get(&item.product_id);
        let mut variants = product.iter().flat_map(|product| &product.variants);
        variants.find(|variant| variant.id == item.variant_id).map_or(&item.sku, |variant| &variant.sku)
    }

    /// The draft of an order; or the variant that is not sold any more.
    pub fn draft<'a>(
        &'a self,
        requested: &[RequestedItem],
        methods: &'a ShippingMethods,
        rates: &'a Rates,
    ) -> Result<OrderDraft<'a>, VariantId> {
        let lines = requested.iter().map(|item| {
            let current = self.find(item.product_id, item.variant_id).ok_or(item.variant_id)?;
            Ok(DraftLine {
                product: current.product,
                variant: current.variant,
                level: current.level.ok_or(item.variant_id)?,
                categories: current.categories,
                quantity: item.quantity,
                quoted_price: item.quoted_price,
            })
        });
        Ok(OrderDraft {
            lines: lines.collect::<Result<_, _>>()?,
            coupon: self.coupon.as_ref().map(CouponWithUse::for_customer),
            methods,
            rates,
        })
    }
}

/// How a request names an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemReference {
    Sku(Sku),
    /// With the variant, if the product has several.
    Product(ProductId, Option<VariantId>),
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ItemError {
    #[error("there is no such product")]
    Missing,
    #[error("the product has several variants: say which")]
    Several,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What to read for requested items.
struct ItemsToRead<'a> {
    requested: &'a [RequestedItem],
    /// The SKUs whose stock is read too.
    with_stock: &'a [&'a RequestedItem],
}

impl OrderProcessor {
    /// Finds the item in one round trip. Whether it exists and is on sale is checked when its current state is read.
    pub async fn resolve_item(&self, reference: &ItemReference, quantity: u32) -> Result<RequestedItem, ItemError> {
        match reference {
            ItemReference::Sku(sku) => {
                let level = self.store.stock_level(sku).await?;
                Ok(RequestedItem::of_sku(sku.clone(), level.as_ref(), quantity))
            }
            ItemReference::Product(id, variant) => {
                let product = self.store.product(*id).await?.filter(Product::is_on_sale).ok_or(ItemError::Missing)?;
                let chosen = match (variant, product.variants.as_slice()) {
                    (None, [only]) => only,
                    (None, _) => return Err(ItemError::Several),
                    (Some(id), variants) => {
                        variants.iter().find(|variant| variant.id == *id).ok_or(ItemError::Missing)?
                    }
                };
                let (product_id, variant_id, sku) = (product.id, chosen.id, chosen.sku.clone());
                Ok(RequestedItem { product_id, variant_id, sku, quantity, quoted_price: None })
            }
        }
    }

    /// As the table has them now: in one round trip, or in two if a SKU was renamed.
    pub async fn current_items(
        &self,
        requested: &[RequestedItem],
        coupon: Option<(&CouponCode, Option<&CustomerKey>)>,
        now: Time,
    ) -> Result<CurrentItems, StoreError> {
        let with_stock: Vec<&RequestedItem> = requested.iter().collect();
        let items = ItemsToRead { requested, with_stock: &with_stock };
        self.complete(CurrentItems::default(), items, coupon, now).await
    }

    /// For display: recent reads are good enough, except for the changed item. The product says whether one is in
    /// stock, so stock is read only for larger quantities, or if the shop shows numbers.
    pub async fn displayed_items(
        &self,
        requested: &[RequestedItem],
        changed: Option<&RequestedItem>,
        stock_shown: StockShown,
        coupon: Option<(&CouponCode, Option<&CustomerKey>)>,
        now: Time,
    ) -> Result<CurrentItems, StoreError> {
        let with_stock: Vec<&RequestedItem> =
            requested.iter().filter(|item| stock_shown.is_on() || item.quantity > 1).chain(changed).collect();
        let known = self.recent_reads.recall(requested, changed, now);
        let items = ItemsToRead { requested, with_stock: &with_stock };
        let current = self.complete(known.clone(), items, coupon, now).await?;
        self.recent_reads.remember(&current, &known, now);
        Ok(current)
    }

    async fn complete(
        &self,
        known: CurrentItems,
        items: ItemsToRead<'_>,
        coupon: Option<(&CouponCode, Option<&CustomerKey>)>,
        now: Time,
    ) -> Result<CurrentItems, StoreError> {
        let read_coupon = async {
            match coupon {
                Some((code, customer)) => self.store.coupon_for(code, customer).await,
                None => Ok(None),
            }
        };
        // Mostly cached, so they are read at the same time, whether this coupon needs them or not.
        let read_categories = async {
            match coupon {
                Some(_) => self.categories(now).await.map(Some),
                None => Ok(None),
            }
        };
        // Boxed: three futures in one would make every handler's future large.
        let products_and_stock = Box::pin(self.products_and_stock(known, items));
        let (current, coupon, taxonomy) =
            tokio::join!(products_and_stock, Box::pin(read_coupon), Box::pin(read_categories));
        let mut current = current?;
        current.coupon = coupon?;
        if let Some(taxonomy) = taxonomy? {
            for product in current.products.values() {
                let terms = product.categories.iter().flat_map(|&id| taxonomy.path(id));
                current.categories.insert(product.id, terms.map(|term| term.id).collect());
            }
        }
        Ok(current)
    }

    /// Reads what is not known yet. If a SKU was renamed, the product has the new SKU, whose stock is then read.
    async fn products_and_stock(
        &self,
        mut current: CurrentItems,
        items: ItemsToRead<'_>,
    ) -> Result<CurrentItems, StoreError> {
        let requested = items.requested.iter().map(|item| item.product_id);
        let mut products: Vec<ProductId> = requested.filter(|id| !current.products.contains_key(id)).collect();
        let mut asked = HashSet::new();
        loop {
            let skus = items.with_stock.iter().map(|item| current.sku(item).clone());
            let skus: Vec<Sku> =
                skus.filter(|sku| !current.levels.contains_key(sku) && asked.insert(sku.clone())).collect();
            if products.is_empty() && skus.is_empty() {
                return Ok(current);
            }
            let read = self.store.products_and_stock(&take(&mut products), &skus).await?;
            current.products.extend(read.offers.into_iter().map(|product| (product.id, Arc::new(product))));
            current.levels.extend(read.levels.into_iter().map(|level| (level.sku.clone(), Arc::new(level))));
        }
    }
}
