//! What was bought: a snapshot that the order keeps.

use serde::{Deserialize, Serialize};

use crate::address::PostalAddress;
use crate::calendar::Day;
use crate::id::{ImageId, ProductId, VariantId};
use crate::shipping::OfferedMethod;
use crate::sku::Sku;
use crate::tax::{TaxAmount, TaxRate};
use crate::vat::BuyerVat;
/// What was bought, as it was then. Only the copies of its pictures are made later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purchase {
    pub lines: Vec<OrderLine>,
    pub shipping: PostalAddress,
    /// `None`: the same as `shipping`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub billing: Option<PostalAddress>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The pictures that the order has copies of. `None` until they are made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pictures: Option<Vec<ImageId>>,
    /// The chosen shipping method. Orders from before there was a choice lack it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipping_method: Option<OfferedMethod>,
    /// The tax by rate. Orders from before there were several rates lack it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taxes: Vec<TaxAmount>,
    /// The VAT number of the buyer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat: Option<BuyerVat>,
    /// What the cheapest way to the buyer would have cost: a withdrawal gives back no more than that. Orders from before
    /// it was stored lack it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standard_shipping: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderLine {
    pub product_id: ProductId,
    pub variant_id: VariantId,
    pub sku: Sku,
    pub name: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<ImageId>,
    pub unit_price: i64,
    pub quantity: u32,
    pub discount: i64,
    #[serde(default)]
    pub tax_rate: TaxRate,
    pub tax: i64,
    /// How many of the units were not there when it was ordered. The buyer was told.
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub backordered: u32,
    /// When the shop expected them then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub available_from: Option<Day>,
}

impl OrderLine {
    pub fn total(&self) -> i64 {
        self.unit_price * i64::from(self.quantity)
    }

    /// What was paid for the line without its tax.
    pub fn net(&self, tax_included: bool) -> i64 {
        self.total() - self.discount - if tax_included { self.tax } else { 0 }
    }

    /// What was paid for the first `units` of the line. The parts of a line add up to its total.
    pub(crate) fn paid_for(&self, units: u32, tax_included: bool) -> i64 {
        let paid = i128::from(self.net(tax_included) + self.tax);
        let part = paid * i128::from(units) / i128::from(self.quantity.max(1));
        i64::try_from(part).unwrap_or(0)
    }
}
