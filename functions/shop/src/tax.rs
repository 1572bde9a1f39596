//! How the shop taxes, as a storefront shows it.

use domain::tax::{ClassRates, TaxClass, TaxRates};
use serde::Serialize;
use utoipa::ToSchema;

/// The rates of tax by class of product. All are in hundredths of a percent: 1900 is 19 %.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ShopTaxBody {
    /// How shipping is taxed: `none`, `proportional` (at the rates of the goods), or as this class of products.
    #[schema(example = "proportional")]
    shipping: &'static str,
    /// Whether a business of another country of the European Union that sends its `vatNumber` pays the tax itself.
    reverse_charge: bool,
    /// Of all places that are not in `places`.
    default: ClassRatesBody,
    /// Countries, and regions of countries, with rates of their own.
    places: Vec<TaxPlaceBody>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TaxPlaceBody {
    country: String,
    /// Null: the whole country, without those of its regions that are listed too.
    region: Option<String>,
    #[serde(flatten)]
    rates: ClassRatesBody,
}

/// The classes `zero` and `exempt` are taxed at 0 everywhere.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ClassRatesBody {
    /// The rate of the class `standard`.
    standard: u32,
    /// The rate of the class `reduced`.
    reduced: u32,
    /// The rate of the class `second_reduced`.
    second_reduced: u32,
    /// The rate of the class `super_reduced`.
    super_reduced: u32,
}

impl ShopTaxBody {
    pub(crate) fn of(tax: &TaxRates, reverse_charge: bool) -> Self {
        let place = |(place, rates): (&String, &ClassRates)| {
            let (country, region) = place.split_once('-').map_or((place.as_str(), None), |(c, r)| (c, Some(r)));
            TaxPlaceBody { country: country.to_owned(), region: region.map(str::to_owned), rates: rates.into() }
        };
        Self {
            shipping: tax.shipping.name(),
            reverse_charge,
            default: (&tax.default).into(),
            places: tax.countries.iter().map(place).collect(),
        }
    }
}

impl From<&ClassRates> for ClassRatesBody {
    fn from(rates: &ClassRates) -> Self {
        let of = |class| rates.rate(class).rate;
        Self {
            standard: of(TaxClass::Standard),
            reduced: of(TaxClass::Reduced),
            second_reduced: of(TaxClass::SecondReduced),
            super_reduced: of(TaxClass::SuperReduced),
        }
    }
}
