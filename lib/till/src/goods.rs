//! What somebody wants, as it is today: products, stock, and the coupon with this customer's uses of it.

use std::collections::HashMap;

use domain::cart::CartLine;
use domain::coupon::{CouponCode, CustomerKey};
use domain::id::{CategoryId, ProductId, VariantId};
use domain::order::{Basket, BasketLine};
use domain::pricing::Rates;
use domain::product::{Product, Variant};
use domain::sku::Sku;
use domain::stock::StockLevel;
use domain::time::Time;
use store::StoreError;
use store::carts::Wares;
use store::coupons::ReadCoupon;

use crate::Till;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Want {
    pub product_id: ProductId,
    pub variant_id: VariantId,
    /// As it was called when it was wanted.
    pub sku: Sku,
    pub quantity: u32,
    pub told_price: Option<i64>,
}

impl From<&CartLine> for Want {
    fn from(line: &CartLine) -> Self {
        Self {
            product_id: line.product_id,
            variant_id: line.variant_id,
            sku: line.sku.clone(),
            quantity: line.quantity,
            told_price: Some(line.told_price),
        }
    }
}

#[derive(Debug)]
pub struct Goods {
    wares: Wares,
    /// The categories of each product, with all that those are in.
    categories: HashMap<ProductId, Vec<CategoryId>>,
    pub coupon: Option<ReadCoupon>,
}

/// One thing as it is sold today.
#[derive(Debug, Clone, Copy)]
pub struct Good<'a> {
    pub product: &'a Product,
    pub variant: &'a Variant,
    pub level: &'a StockLevel,
    pub categories: &'a [CategoryId],
}

impl Goods {
    /// `None`: it is not sold any more.
    pub fn find(&self, product: ProductId, variant: VariantId) -> Option<Good<'_>> {
        let product = self.wares.product(product).filter(|p| p.is_on_sale())?;
        let variant = product.variants.iter().find(|v| v.id == variant)?;
        let level = self.wares.level(&variant.sku)?;
        Some(Good {
            product,
            variant,
            level,
            categories: self.categories.get(&product.id).map_or(&[], Vec::as_slice),
        })
    }

    /// The lines of an order; the variant that cannot be had, if there is one.
    pub fn basket<'a>(&'a self, wants: &[Want], rates: &'a Rates) -> Result<Basket<'a>, VariantId> {
        let lines = wants.iter().map(|want| {
            let good = self.find(want.product_id, want.variant_id);
            let good = good.ok_or(want.variant_id)?;
            Ok(BasketLine {
                product: good.product,
                variant: good.variant,
                level: good.level,
                categories: good.categories,
                quantity: want.quantity,
                told_price: want.told_price,
            })
        });
        Ok(Basket {
            lines: lines.collect::<Result<_, _>>()?,
            coupon: (self.coupon.as_ref()).map(|read| (&read.coupon, read.uses())),
            rates,
        })
    }
}

/// What somebody points at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pick {
    Sku(Sku),
    /// With the variant, where there are several.
    Product(ProductId, Option<VariantId>),
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PickRefusal {
    #[error("there is no such product")]
    Missing,
    #[error("the product has several variants: say which")]
    Several,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Till {
    /// What somebody points at, in one round trip. Whether it is sold is seen when its goods are read.
    pub async fn pick(&self, pick: &Pick, quantity: u32) -> Result<Want, PickRefusal> {
        let (product_id, variant_id, sku) = match pick {
            Pick::Sku(sku) => {
                let level = self.store.stock_level(sku).await?;
                let level = level.ok_or(PickRefusal::Missing)?;
                (level.product_id, level.variant_id, level.sku)
            }
            Pick::Product(id, variant) => {
                let product = self.store.product(*id).await?;
                let product = product.filter(Product::is_on_sale);
                let product = product.ok_or(PickRefusal::Missing)?;
                let chosen = match (variant, product.variants.as_slice()) {
                    (None, [only]) => only,
                    (None, _) => return Err(PickRefusal::Several),
                    (Some(id), variants) => {
                        let found = variants.iter().find(|variant| variant.id == *id);
                        found.ok_or(PickRefusal::Missing)?
                    }
                };
                (product.id, chosen.id, chosen.sku.clone())
            }
        };
        Ok(Want {
            product_id,
            variant_id,
            sku,
            quantity,
            told_price: None,
        })
    }

    /// One round trip; another one if a SKU was renamed since it was wanted, or a coupon looks at categories.
    pub async fn goods(
        &self,
        wants: &[Want],
        coupon: Option<(&CouponCode, &CustomerKey)>,
        now: Time,
    ) -> Result<Goods, StoreError> {
        let products: Vec<ProductId> = wants.iter().map(|want| want.product_id).collect();
        let skus: Vec<Sku> = wants.iter().map(|want| want.sku.clone()).collect();
        let read_coupon = async {
            match coupon {
                Some((code, customer)) => self.store.coupon_for(code, customer).await,
                None => Ok(None),
            }
        };
        // Boxed: two calls at once would make every handler's future large.
        let wares = Box::pin(self.store.wares(&products, &skus));
        let (wares, coupon) = tokio::join!(wares, Box::pin(read_coupon));
        let (mut wares, coupon) = (wares?, coupon?);
        let renamed = wants.iter().filter_map(|want| {
            let product = wares.product(want.product_id)?;
            let variant = product.variants.iter().find(|v| v.id == want.variant_id)?;
            wares
                .level(&variant.sku)
                .is_none()
                .then(|| variant.sku.clone())
        });
        let renamed: Vec<Sku> = renamed.collect();
        if !renamed.is_empty() {
            wares
                .levels
                .extend(self.store.stock_levels(&renamed).await?);
        }
        let scoped = (coupon.as_ref()).is_some_and(|read| !read.coupon.terms.categories.is_empty());
        let mut categories = HashMap::new();
        if scoped {
            let all = self.categories(now).await?;
            for product in &wares.products {
                let within = product.categories.iter().flat_map(|&id| all.path(id));
                categories.insert(product.id, within.map(|term| term.id).collect());
            }
        }
        Ok(Goods {
            wares,
            categories,
            coupon,
        })
    }
}
