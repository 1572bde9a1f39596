//! Exchanges: units that come back with a return become units of another variant of the same product, at the same price.
//! No money moves. See the order's module about exchanges for what an order keeps of them.

use serde::{Deserialize, Serialize};

use crate::id::VariantId;
use crate::money::Currency;
use crate::order::{OrderLine, Shipment};
use crate::product::Product;
use crate::sku::Sku;
use crate::time::Time;

/// The most items of an order's returns that ask for an exchange, whatever became of them. The order keeps what was
/// exchanged in its item, which has to stay small.
pub const MAX_EXCHANGES: u32 = 50;

/// The variant that a buyer gets, as it was when it was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChosenVariant {
    pub variant_id: VariantId,
    pub sku: Sku,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ExchangeRefusal {
    #[error("is not on sale as a variant of the same product")]
    NotSold,
    #[error("has another price now than the item had. Send the item back, and order anew")]
    PriceDiffers,
}

impl ChosenVariant {
    /// The variant with this SKU, if units of the line can be exchanged for it now.
    pub fn for_line(
        line: &OrderLine,
        currency: Currency,
        product: Option<&Product>,
        sku: &Sku,
    ) -> Result<Self, ExchangeRefusal> {
        let product = product.filter(|product| product.id == line.product_id && product.is_on_sale());
        let product = product.ok_or(ExchangeRefusal::NotSold)?;
        let variant = product.variants.iter().find(|variant| variant.sku == *sku).ok_or(ExchangeRefusal::NotSold)?;
        if product.currency != currency || variant.price != line.unit_price {
            return Err(ExchangeRefusal::PriceDiffers);
        }
        Ok(Self { variant_id: variant.id, sku: variant.sku.clone(), options: variant.values.clone() })
    }
}

/// Units of an order's line that are of another variant than the one that was ordered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExchangedUnits {
    /// The line: the variant that was ordered.
    pub line: VariantId,
    pub variant: ChosenVariant,
    pub units: u32,
    /// How many of them open returns ask back.
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub returning: u32,
}

impl ExchangedUnits {
    /// Those that no open return asks back.
    pub fn left(&self) -> u32 {
        self.units.saturating_sub(self.returning)
    }
}

/// The parcel with all that the buyer gets for the items of a return.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExchangeParcel {
    pub shipment: Shipment,
    pub shipped_at: Time,
}
