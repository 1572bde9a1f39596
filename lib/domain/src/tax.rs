//! Tax: classes of products, rates by country and region, and what an order has of each rate.
//!
//! Prices are with tax or without, as the shop says. Tax is rounded once for each rate of an order, half up, and then
//! divided over the lines exactly.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::address::Country;
use crate::pricing::{Destination, Item};

/// The highest rate, in hundredths of a percent.
pub const MAX_RATE: u32 = 10_000;

/// How a product is taxed. The rates of a country say what that means there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaxClass {
    #[default]
    Standard,
    Reduced,
    SecondReduced,
    SuperReduced,
    /// Taxed at 0 %.
    Zero,
    /// Not taxed by law.
    Exempt,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be standard, reduced, second_reduced, super_reduced, zero or exempt")]
pub struct InvalidTaxClass;

impl TaxClass {
    pub const ALL: [Self; 6] =
        [Self::Standard, Self::Reduced, Self::SecondReduced, Self::SuperReduced, Self::Zero, Self::Exempt];

    pub fn name(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Reduced => "reduced",
            Self::SecondReduced => "second_reduced",
            Self::SuperReduced => "super_reduced",
            Self::Zero => "zero",
            Self::Exempt => "exempt",
        }
    }

    pub fn parse(text: &str) -> Result<Self, InvalidTaxClass> {
        Self::ALL.into_iter().find(|class| class.name() == text).ok_or(InvalidTaxClass)
    }
}

/// Why an amount is taxed as it is. An invoice says so.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaxKind {
    #[default]
    Taxed,
    Zero,
    Exempt,
    /// A business in another country of the European Union pays the tax there itself.
    ReverseCharge,
}

impl TaxKind {
    pub const ALL: [Self; 4] = [Self::Taxed, Self::Zero, Self::Exempt, Self::ReverseCharge];

    pub fn name(self) -> &'static str {
        match self {
            Self::Taxed => "taxed",
            Self::Zero => "zero",
            Self::Exempt => "exempt",
            Self::ReverseCharge => "reverse_charge",
        }
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TaxRate {
    pub kind: TaxKind,
    /// In hundredths of a percent: 1900 is 19 %.
    pub rate: u32,
}

impl TaxRate {
    pub const ZERO: Self = Self { kind: TaxKind::Zero, rate: 0 };
    pub const REVERSE_CHARGE: Self = Self { kind: TaxKind::ReverseCharge, rate: 0 };

    pub fn taxed(rate: u32) -> Self {
        if rate == 0 { Self::ZERO } else { Self { kind: TaxKind::Taxed, rate } }
    }

    /// The tax that comes on top of an amount.
    pub fn on(self, amount: i64) -> i64 {
        half_up(i128::from(amount) * i128::from(self.rate), 10_000)
    }

    /// The tax that is in an amount.
    pub fn within(self, amount: i64) -> i64 {
        half_up(i128::from(amount) * i128::from(self.rate), 10_000 + i128::from(self.rate))
    }
}

/// A fraction as a whole number.
pub(crate) fn half_up(numerator: i128, denominator: i128) -> i64 {
    i64::try_from((2 * numerator + denominator).div_euclid(2 * denominator)).unwrap_or(i64::MAX)
}

/// What an order has of one rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxAmount {
    #[serde(flatten)]
    pub rate: TaxRate,
    /// The amount without the tax.
    pub net: i64,
    pub tax: i64,
}

/// How shipping is taxed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum ShippingTax {
    /// Not at all.
    #[default]
    None,
    /// As the goods are, in proportion to what they cost.
    Proportional,
    Class(TaxClass),
}

impl ShippingTax {
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Proportional => "proportional",
            Self::Class(class) => class.name(),
        }
    }
}

impl TryFrom<String> for ShippingTax {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.as_str() {
            "none" => Ok(Self::None),
            "proportional" => Ok(Self::Proportional),
            class => TaxClass::parse(class).map(Self::Class).map_err(|_| {
                let classes = TaxClass::ALL.map(TaxClass::name).join(", ");
                format!("must be none, proportional or a class: {classes}")
            }),
        }
    }
}

/// The rates of a country or of a part of it, in hundredths of a percent. A class without a rate of its own has the
/// standard rate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClassRates {
    #[serde(default)]
    pub standard: u32,
    #[serde(default)]
    pub reduced: Option<u32>,
    #[serde(default)]
    pub second_reduced: Option<u32>,
    #[serde(default)]
    pub super_reduced: Option<u32>,
}

impl ClassRates {
    pub fn rate(&self, class: TaxClass) -> TaxRate {
        let own = match class {
            TaxClass::Standard => None,
            TaxClass::Reduced => self.reduced,
            TaxClass::SecondReduced => self.second_reduced,
            TaxClass::SuperReduced => self.super_reduced,
            TaxClass::Zero => return TaxRate::ZERO,
            TaxClass::Exempt => return TaxRate { kind: TaxKind::Exempt, rate: 0 },
        };
        TaxRate::taxed(own.unwrap_or(self.standard))
    }

    fn is_valid(&self) -> bool {
        let rates = [Some(self.standard), self.reduced, self.second_reduced, self.super_reduced];
        rates.into_iter().flatten().all(|rate| rate <= MAX_RATE)
    }
}

/// In JSON, a number alone is the standard rate.
#[derive(Deserialize)]
#[serde(untagged)]
enum RatesText {
    Standard(u32),
    Classes(ClassRates),
}

impl From<RatesText> for ClassRates {
    fn from(text: RatesText) -> Self {
        match text {
            RatesText::Standard(standard) => Self { standard, ..Self::default() },
            RatesText::Classes(rates) => rates,
        }
    }
}

/// The tax of the shop, from its configuration: `{"included":true,"shipping":"proportional","default":0,"countries":
/// {"DE":{"standard":1900,"reduced":700},"US-CA":725}}`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TaxRates {
    /// Whether prices are with tax.
    pub included: bool,
    pub shipping: ShippingTax,
    pub default: ClassRates,
    /// By country, such as `DE`, or by country and region, such as `US-CA`.
    pub countries: BTreeMap<String, ClassRates>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct TaxText {
    #[serde(default)]
    included: bool,
    #[serde(default)]
    shipping: ShippingTax,
    #[serde(default)]
    default: Option<RatesText>,
    #[serde(default)]
    countries: BTreeMap<String, RatesText>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("is not valid: {0}")]
pub struct InvalidTaxRates(String);

impl TaxRates {
    pub fn parse(json: &str) -> Result<Self, InvalidTaxRates> {
        let text: TaxText = serde_json::from_str(json).map_err(|error| InvalidTaxRates(error.to_string()))?;
        let rates = Self {
            included: text.included,
            shipping: text.shipping,
            default: text.default.map(Into::into).unwrap_or_default(),
            countries: text.countries.into_iter().map(|(place, rates)| (place, rates.into())).collect(),
        };
        if let Some(place) = rates.countries.keys().find(|place| !is_place(place)) {
            return Err(InvalidTaxRates(format!("{place} is not a country such as DE, or a region such as US-CA")));
        }
        if !rates.countries.values().chain([&rates.default]).all(ClassRates::is_valid) {
            return Err(InvalidTaxRates(format!("a rate is above {MAX_RATE}, which is 100 %")));
        }
        Ok(rates)
    }

    /// The rates of a country, or of a region that has its own.
    pub fn at(&self, country: Country, region: Option<&str>) -> &ClassRates {
        let region = region.and_then(|region| {
            let place = format!("{}-{}", country.as_str(), region.trim().to_uppercase());
            self.countries.get(&place)
        });
        region.or_else(|| self.countries.get(country.as_str())).unwrap_or(&self.default)
    }
}

/// How an order is taxed at its destination. The shop's [`TaxRates`] decide that. An engine from outside can take their
/// place: it is asked before the order is priced, and its answers become the rules of this order.
pub trait TaxRules {
    /// Whether prices are with tax.
    fn prices_have_tax(&self) -> bool;

    /// The rate of an item, for a buyer who pays the tax to the shop.
    fn of_item(&self, item: &Item<'_>, destination: &Destination<'_>) -> TaxRate;

    fn of_shipping(&self, destination: &Destination<'_>) -> ShippingRate;
}

/// How shipping is taxed at a destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShippingRate {
    /// At the rates of the goods, in proportion to what they cost.
    Proportional,
    At(TaxRate),
}

impl TaxRules for TaxRates {
    fn prices_have_tax(&self) -> bool {
        self.included
    }

    fn of_item(&self, item: &Item<'_>, destination: &Destination<'_>) -> TaxRate {
        self.at(destination.country, destination.region).rate(item.tax_class)
    }

    fn of_shipping(&self, destination: &Destination<'_>) -> ShippingRate {
        match self.shipping {
            ShippingTax::None => ShippingRate::At(TaxRate::ZERO),
            ShippingTax::Proportional => ShippingRate::Proportional,
            ShippingTax::Class(class) => ShippingRate::At(self.at(destination.country, destination.region).rate(class)),
        }
    }
}

fn is_place(place: &str) -> bool {
    let (country, region) = place.split_once('-').map_or((place, None), |(country, region)| (country, Some(region)));
    let is_region = |region: &str| {
        (1..=3).contains(&region.len()) && region.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
    };
    Country::parse(country).is_ok_and(|known| known.as_str() == country) && region.is_none_or(is_region)
}
