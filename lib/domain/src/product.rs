//! Products: what the shop sells, each in 1 to 100 variants. A [`Definition`] has the fields that people set. It
//! is made into a [`Product`], or refused with the fields that are wrong.
//!
//! A product without options has exactly one variant, so clients may ignore variants.

mod definition;
mod identifiers;
mod shown;
mod variant;

use std::collections::BTreeMap;

pub use definition::{Definition, Field, NewStock, Revision, VariantDefinition, Violation};
pub use identifiers::{Identifiers, known_option};
use serde::{Deserialize, Serialize};
pub use variant::{MAX_WEIGHT_GRAMS, Variant, VariantFacts, VariantField};

use crate::id::{BrandId, CategoryId, ImageId, ProductId, VariantId};
use crate::metadata::Metadata;
use crate::money::{Currency, Money};
use crate::sku::Sku;
use crate::slug::Slug;
use crate::stock::{Backorder, Band};
use crate::tax::TaxClass;
use crate::time::Time;

pub const MAX_VARIANTS: usize = 100;
pub const MAX_OPTIONS: usize = 3;
pub const MAX_CATEGORIES: usize = 10;
pub const MAX_ATTRIBUTES: usize = 50;
pub const MAX_IMAGES: usize = 10;
/// The most products that a request can name by their ids.
pub const MAX_IDS: usize = 50;
pub const MAX_NAME: usize = 200;
pub const MAX_DESCRIPTION: usize = 10_000;
pub const MAX_ATTRIBUTE_NAME: usize = 50;
pub const MAX_ATTRIBUTE: usize = 200;
pub const MAX_OPTION_NAME: usize = 30;
pub const MAX_OPTION: usize = 60;
pub const MAX_ALT: usize = 200;

/// The most bytes of metadata that a product and its variants have together. An item of the table is bounded, and a
/// product is read often.
pub const MAX_METADATA: usize = 32 * 1024;

/// The largest price and the largest total of an order, in minor units: the lowest of the limits under "Maximum charge
/// amounts" at docs.stripe.com/currencies, as of September 2026. By cards, and in some currencies, Stripe takes more.
pub const MAX_PRICE: i64 = 99_999_999;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ProductStatus {
    /// On sale.
    Active,
    /// Not on sale yet. Only staff see it.
    Draft,
    /// No longer on sale. Only staff see it.
    Archived,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be active, draft or archived")]
pub struct InvalidStatus;

impl ProductStatus {
    pub const ALL: [Self; 3] = [Self::Active, Self::Draft, Self::Archived];

    pub fn parse(text: &str) -> Result<Self, InvalidStatus> {
        match text {
            "active" => Ok(Self::Active),
            "draft" => Ok(Self::Draft),
            "archived" => Ok(Self::Archived),
            _ => Err(InvalidStatus),
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Draft => "draft",
            Self::Archived => "archived",
        }
    }
}

/// A picture, kept in three sizes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    pub id: ImageId,
    /// A description for people who cannot see it.
    pub alt: String,
    /// In pixels, of the largest size.
    pub width: u32,
    pub height: u32,
    /// The option value that it shows, such as the colour blue. `None`: the product as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shows: Option<OptionValue>,
}

/// A value of one of a product's options.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OptionValue {
    pub option: String,
    pub value: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    pub id: ProductId,
    pub slug: Slug,
    pub name: String,
    pub description: String,
    pub status: ProductStatus,
    pub currency: Currency,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand: Option<BrandId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<CategoryId>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub tax_class: TaxClass,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    pub variants: Vec<Variant>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub images: Vec<Image>,
    #[serde(default, skip_serializing_if = "Metadata::is_empty")]
    pub metadata: Metadata,
    /// The metadata of variants that have some. It is not in the variants, because carts read these and need no metadata.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub variant_metadata: BTreeMap<VariantId, Metadata>,
    /// The stock band of each SKU. The transaction that moves a stock into another band writes it.
    pub bands: BTreeMap<Sku, Band>,
    /// The terms of the SKUs that can be ordered though they are not there. The transaction that changes those of a stock
    /// writes them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub backorders: BTreeMap<Sku, Backorder>,
    /// Goes up with each change of a band or of these terms.
    #[serde(rename = "shelf")]
    pub stock_version: u64,
    /// Goes up with each change of anything else.
    pub version: u64,
    pub created_at: Time,
    pub updated_at: Time,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<Time>,
}

/// What carts and orders need of a product: no description, no attributes and no metadata.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Offer {
    pub id: ProductId,
    pub slug: Slug,
    pub name: String,
    pub status: ProductStatus,
    #[serde(default)]
    pub tax_class: TaxClass,
    #[serde(default)]
    pub categories: Vec<CategoryId>,
    #[serde(default)]
    pub options: Vec<String>,
    pub variants: Vec<Variant>,
    #[serde(default)]
    pub images: Vec<Image>,
    pub bands: BTreeMap<Sku, Band>,
    #[serde(default)]
    pub backorders: BTreeMap<Sku, Backorder>,
    #[serde(default)]
    pub deleted_at: Option<Time>,
}

impl Offer {
    /// Whether customers see it.
    pub fn is_on_sale(&self) -> bool {
        self.status == ProductStatus::Active && self.deleted_at.is_none()
    }

    pub fn band(&self, sku: &Sku) -> Band {
        self.bands.get(sku).copied().unwrap_or(Band::Out)
    }
}

impl From<Product> for Offer {
    fn from(product: Product) -> Self {
        Self {
            id: product.id,
            slug: product.slug,
            name: product.name,
            status: product.status,
            tax_class: product.tax_class,
            categories: product.categories,
            options: product.options,
            variants: product.variants,
            images: product.images,
            bands: product.bands,
            backorders: product.backorders,
            deleted_at: product.deleted_at,
        }
    }
}

/// A price from a client, as minor units.
pub fn parse_price(money: Money, shop: Currency) -> Result<i64, String> {
    if money.currency != shop {
        Err(format!("must be in {}, the shop's currency", shop.as_str()))
    } else if (0..=MAX_PRICE).contains(&money.amount) {
        Ok(money.amount)
    } else {
        Err(format!("must be between 0 and {MAX_PRICE} minor units"))
    }
}

impl Product {
    /// Whether customers see it.
    pub fn is_on_sale(&self) -> bool {
        self.status == ProductStatus::Active && self.deleted_at.is_none()
    }

    pub fn band(&self, sku: &Sku) -> Band {
        self.bands.get(sku).copied().unwrap_or(Band::Out)
    }

    /// The best band among its variants.
    pub fn best_band(&self) -> Band {
        self.bands.values().copied().fold(Band::Out, Band::better)
    }

    pub fn price(&self, amount: i64) -> Money {
        Money::new(amount, self.currency)
    }

    pub fn holds_image(&self, id: ImageId) -> bool {
        self.images.iter().any(|image| image.id == id)
    }

    /// Adds a picture behind those whose uploads began before its own. Files that arrive together are processed in any
    /// order.
    pub fn add_image(&mut self, image: Image) {
        let at = self.images.iter().rposition(|known| known.id < image.id).map_or(0, |before| before + 1);
        self.images.insert(at, image);
    }

    /// The next version of this product, changed by `change`.
    #[must_use]
    pub fn changed(&self, now: Time, change: impl FnOnce(&mut Self)) -> Self {
        let mut next = self.clone();
        change(&mut next);
        next.version = self.version + 1;
        next.updated_at = now;
        next
    }
}

#[cfg(test)]
mod tests {
    use super::{Definition, Image, MAX_PRICE, Product, VariantDefinition, VariantFacts, parse_price};
    use crate::id::{ImageId, ProductId, VariantId};
    use crate::money::{Currency, Money};
    use crate::sku::Sku;
    use crate::slug::Slug;
    use crate::time::Time;

    fn usd() -> Currency {
        Currency::USD
    }

    #[test]
    fn pictures_keep_the_order_of_their_uploads_unless_staff_chose_another_one() {
        let now = Time::from_unix_millis(0);
        let variants = vec![VariantDefinition::new(VariantFacts::new(Sku::parse("A").unwrap(), 1))];
        let new = Definition { variants, ..Definition::new(Slug::parse("a").unwrap(), "A") };
        let made = Product::define(ProductId::new(now, 1), usd(), new, || VariantId::new(now, 1), now);
        let mut product = made.unwrap().product;
        let image = |n| Image { id: ImageId::new(now, n), alt: String::new(), width: 1, height: 1, shows: None };
        let order = |product: &Product| product.images.iter().map(|one| one.id).collect::<Vec<_>>();
        for n in [2, 4, 1, 3] {
            product.add_image(image(n));
        }
        assert_eq!(order(&product), [1, 2, 3, 4].map(|n| ImageId::new(now, n)));
        product.images.rotate_left(2);
        product.add_image(image(9));
        assert_eq!(order(&product), [3, 4, 1, 2, 9].map(|n| ImageId::new(now, n)));
    }

    #[test]
    fn prices_are_whole_minor_units_of_the_shops_currency() {
        let price = |amount| parse_price(Money::new(amount, usd()), usd()).is_ok();
        assert!(price(0) && price(1999) && price(MAX_PRICE));
        assert!(!price(-1) && !price(MAX_PRICE + 1) && !price(i64::MAX));
        let yen = Currency::parse("jpy").unwrap();
        assert!(parse_price(Money::new(500, yen), usd()).is_err());
        assert_eq!(parse_price(Money::new(500, yen), yen), Ok(500));
    }
}
