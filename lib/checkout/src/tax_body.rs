//! Tax in JSON.

use domain::money::{Currency, Money};
use domain::tax::{TaxAmount, TaxRate};
use domain::vat::BuyerVat;
use kit::http::money::MoneyBody;
use serde::Serialize;
use utoipa::ToSchema;

/// What there is of one rate of tax.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TaxAmountBody {
    /// In hundredths of a percent: 1900 is 19 %.
    rate: u32,
    /// Why it is taxed so: `taxed`, `zero`, `exempt`, or `reverse_charge` if the buyer pays the tax.
    kind: &'static str,
    /// The amount at this rate, without the tax.
    net: MoneyBody,
    tax: MoneyBody,
}

impl TaxAmountBody {
    pub fn all(taxes: &[TaxAmount], currency: Currency) -> Vec<Self> {
        let money = |amount| MoneyBody::from(Money::new(amount, currency));
        let body = |amount: &TaxAmount| Self {
            rate: amount.rate.rate,
            kind: amount.rate.kind.name(),
            net: money(amount.net),
            tax: money(amount.tax),
        };
        taxes.iter().map(body).collect()
    }
}

/// The rate of a line.
#[derive(Debug, Clone, Copy, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LineTaxBody {
    /// In hundredths of a percent: 1900 is 19 %. Null: it is not known.
    tax_rate: Option<u32>,
    /// Why it is taxed so: `taxed`, `zero`, `exempt`, or `reverse_charge` if the buyer pays the tax. Null: it is not known.
    tax_kind: Option<&'static str>,
}

impl LineTaxBody {
    pub fn of(rate: TaxRate) -> Self {
        Self { tax_rate: Some(rate.rate), tax_kind: Some(rate.kind.name()) }
    }

    /// The rate of a line of an order. Orders from before there were several rates do not know it.
    pub fn of_order(rate: TaxRate, taxes: &[TaxAmount]) -> Self {
        if taxes.is_empty() { Self::default() } else { Self::of(rate) }
    }
}

/// The VAT number of a buyer.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VatBody {
    /// The number, written without spaces.
    #[schema(example = "FRXX123456789")]
    number: String,
    /// Whether the buyer pays the tax.
    reverse_charged: bool,
    /// When the authority said that it knows the number. Null: nobody asked, because the buyer does not pay the tax.
    checked_at: Option<String>,
    /// What the authority calls its answer. Null: nobody asked, or the answer had no name.
    #[schema(example = "WAPIAAAAYzZ0x1ab")]
    reference: Option<String>,
}

impl From<&BuyerVat> for VatBody {
    fn from(vat: &BuyerVat) -> Self {
        let check = vat.check.as_ref();
        Self {
            number: vat.number.as_str().to_owned(),
            reverse_charged: check.is_some(),
            checked_at: check.map(|check| check.checked_at.to_string()),
            reference: check.and_then(|check| check.reference.clone()),
        }
    }
}
