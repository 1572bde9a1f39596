//! Money: whole minor units of one currency, never a float, never silently wrapped.

use serde::{Deserialize, Serialize};

/// An ISO 4217 code in lower case, as Stripe writes it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a currency code of three letters, such as usd")]
pub struct InvalidCurrency;

/// A currency that a shop can sell in.
struct ShopCurrency {
    code: &'static str,
    /// How many digits people write after the decimal point. Stripe counts in the same units.
    decimals: u32,
    /// The smallest charge at Stripe, in minor units.
    smallest_charge: i64,
}

const fn with_cents(code: &'static str, smallest_charge: i64) -> ShopCurrency {
    ShopCurrency { code, decimals: 2, smallest_charge }
}

/// An amount of 500 is ¥500.
const fn without_cents(code: &'static str, smallest_charge: i64) -> ShopCurrency {
    ShopCurrency { code, decimals: 0, smallest_charge }
}

/// Source: "Minimum charge amount by currency" and "Special cases" at docs.stripe.com/currencies, as of September 2026.
///
/// Currencies that are not in Stripe's list are left out, because nobody knows the smallest order that can be paid. Of
/// those with special amounts only HUF is in the list: it is paid out in whole units, but charged with two decimals, so
/// orders need no care. BHD, JOD, KWD, OMR and TND have three decimals, of which the last must be 0; ISK and UGX have
/// none, but Stripe counts them with two zeros.
const SHOP_CURRENCIES: [ShopCurrency; 31] = [
    with_cents("aed", 200),
    with_cents("ars", 50),
    with_cents("aud", 50),
    with_cents("brl", 50),
    with_cents("cad", 50),
    with_cents("chf", 50),
    with_cents("cop", 50),
    with_cents("czk", 1500),
    with_cents("dkk", 250),
    with_cents("eur", 50),
    with_cents("gbp", 30),
    with_cents("hkd", 400),
    with_cents("huf", 17_500),
    with_cents("idr", 50),
    with_cents("ils", 50),
    with_cents("inr", 50),
    without_cents("jpy", 50),
    without_cents("krw", 50),
    with_cents("mxn", 1000),
    with_cents("myr", 200),
    with_cents("nok", 300),
    with_cents("nzd", 50),
    with_cents("php", 50),
    with_cents("pln", 200),
    with_cents("ron", 200),
    with_cents("rub", 50),
    with_cents("sek", 300),
    with_cents("sgd", 50),
    with_cents("thb", 1000),
    with_cents("usd", 50),
    with_cents("zar", 50),
];

/// A shop cannot sell in this currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be one of {}; Stripe documents no smallest charge for others, or counts their amounts in a special way",
    Currency::of_shops().collect::<Vec<_>>().join(", ")
)]
pub struct NotOfShops;

impl Currency {
    pub const USD: Self = Self(*b"usd");

    /// The codes of all currencies that a shop can sell in.
    pub fn of_shops() -> impl Iterator<Item = &'static str> {
        SHOP_CURRENCIES.iter().map(|currency| currency.code)
    }

    /// The currency of a shop.
    pub fn parse_of_shop(text: &str) -> Result<Self, NotOfShops> {
        Self::parse(text).ok().filter(|currency| currency.facts().is_some()).ok_or(NotOfShops)
    }

    fn facts(self) -> Option<&'static ShopCurrency> {
        SHOP_CURRENCIES.iter().find(|known| known.code == self.as_str())
    }

    pub fn parse(text: &str) -> Result<Self, InvalidCurrency> {
        let bytes: [u8; 3] = text.as_bytes().try_into().map_err(|_| InvalidCurrency)?;
        if bytes.iter().all(u8::is_ascii_alphabetic) {
            Ok(Self(bytes.map(|c| c.to_ascii_lowercase())))
        } else {
            Err(InvalidCurrency)
        }
    }

    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.0).unwrap_or_default()
    }

    /// How many digits people write after the decimal point.
    pub fn decimals(self) -> u32 {
        self.facts().map_or(2, |known| known.decimals)
    }

    /// The sign that people know it by in every language. `None`: its code is clearer, as for the many kinds of crowns.
    pub fn symbol(self) -> Option<&'static str> {
        Some(match self.as_str() {
            "aud" => "A$",
            "brl" => "R$",
            "cad" => "CA$",
            "eur" => "€",
            "gbp" => "£",
            "hkd" => "HK$",
            "ils" => "₪",
            "inr" => "₹",
            "jpy" => "¥",
            "krw" => "₩",
            "mxn" => "MX$",
            "nzd" => "NZ$",
            "php" => "₱",
            "usd" => "$",
            _ => return None,
        })
    }

    /// The smallest amount that can be paid online; 0 for a currency in which no shop sells.
    pub fn smallest_charge(self) -> Money {
        Money::new(self.facts().map_or(0, |known| known.smallest_charge), self)
    }
}

impl std::fmt::Debug for Currency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.as_str().to_owned()
    }
}

impl TryFrom<String> for Currency {
    type Error = InvalidCurrency;
    fn try_from(text: String) -> Result<Self, InvalidCurrency> {
        Self::parse(&text)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    pub amount: i64,
    pub currency: Currency,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be an amount such as 19.99, with as many decimals as the currency has")]
pub struct InvalidAmount;

impl Money {
    pub fn new(amount: i64, currency: Currency) -> Self {
        Self { amount, currency }
    }

    /// Parses a price as people write it: `19.99`, in yen `500`. It uses no float.
    pub fn parse_decimal(text: &str, currency: Currency) -> Result<Self, InvalidAmount> {
        let (whole, part) = text.split_once('.').unwrap_or((text, ""));
        let decimals = currency.decimals() as usize;
        let digits = |text: &str| text.bytes().all(|c| c.is_ascii_digit());
        let good =
            (1..=12).contains(&whole.len()) && part.len() <= decimals && (!text.contains('.') || !part.is_empty());
        if !good || !digits(whole) || !digits(part) {
            return Err(InvalidAmount);
        }
        let amount = format!("{whole}{part:0<decimals$}").parse().map_err(|_| InvalidAmount)?;
        Ok(Self::new(amount, currency))
    }

    /// The opposite of `parse_decimal`: `19.99`.
    pub fn decimal(self) -> String {
        let text = self.to_string();
        text.split(' ').next().unwrap_or_default().to_owned()
    }
}

/// Divides an amount by weight so that the parts add up to it exactly: each part is rounded down and the remaining
/// minor units go to the largest remainders, the first of equals. If all weights are zero, the parts are equal.
pub fn allocate(amount: i64, weights: &[i64]) -> Vec<i64> {
    let even = weights.iter().all(|&weight| weight <= 0);
    let weight = |i: usize| if even { 1 } else { i128::from(weights[i].max(0)) };
    let total: i128 = (0..weights.len()).map(weight).sum();
    let exact = |i: usize| i128::from(amount) * weight(i);
    let mut parts: Vec<i128> = (0..weights.len()).map(|i| exact(i).div_euclid(total)).collect();
    let mut by_remainder: Vec<usize> = (0..weights.len()).collect();
    by_remainder.sort_by_key(|&i| std::cmp::Reverse(exact(i).rem_euclid(total)));
    let remaining = usize::try_from(i128::from(amount) - parts.iter().sum::<i128>()).unwrap_or(0);
    for &i in by_remainder.iter().take(remaining) {
        parts[i] += 1;
    }
    parts.into_iter().map(|part| i64::try_from(part).unwrap_or(amount)).collect()
}

/// `19.99 USD`, `500 JPY`.
impl std::fmt::Display for Money {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let code = self.currency.as_str().to_uppercase();
        if self.currency.decimals() == 0 {
            return write!(f, "{} {code}", self.amount);
        }
        let sign = if self.amount < 0 { "-" } else { "" };
        let amount = self.amount.unsigned_abs();
        write!(f, "{sign}{}.{:02} {code}", amount / 100, amount % 100)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop, prop_assert, prop_assert_eq, proptest};

    use super::{Currency, Money, allocate};

    fn usd(amount: i64) -> Money {
        Money::new(amount, Currency::parse("USD").unwrap())
    }

    #[test]
    fn money_is_written_as_its_currency_counts() {
        assert_eq!(usd(1999).to_string(), "19.99 USD");
        assert_eq!(usd(-5).to_string(), "-0.05 USD");
        assert_eq!(Money::new(500, Currency::parse("jpy").unwrap()).to_string(), "500 JPY");
        assert!(Currency::parse("us").is_err());
        assert!(Currency::parse("€€").is_err());
    }

    #[test]
    fn a_shop_sells_in_currencies_whose_smallest_charge_is_known_and_that_need_no_special_care() {
        for (code, smallest) in [("usd", "0.50"), ("GBP", "0.30"), ("huf", "175.00"), ("jpy", "50"), ("krw", "50")] {
            assert_eq!(Currency::parse_of_shop(code).unwrap().smallest_charge().decimal(), smallest, "{code}");
        }
        // Three decimals, no decimals that are sent as two, no smallest charge, no longer money, no code.
        for code in ["bhd", "jod", "kwd", "omr", "tnd", "isk", "ugx", "mga", "twd", "clp", "bgn", "hrk", "us", "$"] {
            let refused = Currency::parse_of_shop(code).unwrap_err().to_string();
            assert!(refused.starts_with("must be one of aed, ars, "), "{code}: {refused}");
        }
        assert!(Currency::of_shops().is_sorted());
    }

    #[test]
    fn amounts_are_read_without_a_float_and_with_the_currencys_decimals() {
        let yen = Currency::parse("jpy").unwrap();
        let read = |text: &str, currency| Money::parse_decimal(text, currency).map(|money| money.amount);
        assert_eq!(read("19.99", usd(0).currency), Ok(1999));
        assert_eq!(read("19.9", usd(0).currency), Ok(1990));
        assert_eq!(read("19", usd(0).currency), Ok(1900));
        assert_eq!(read("500", yen), Ok(500));
        for bad in ["", ".", "1.", ".5", "1.999", "-1", "1,5", "1e3", "٣", "9999999999999"] {
            assert!(read(bad, usd(0).currency).is_err(), "{bad}");
        }
        assert!(read("5.0", yen).is_err());
        assert_eq!(usd(1990).decimal(), "19.90");
        assert_eq!(Money::new(500, yen).decimal(), "500");
    }

    #[test]
    fn remaining_cents_go_to_the_first_of_equals() {
        assert_eq!(allocate(100, &[1, 1, 1]), [34, 33, 33]);
        assert!(allocate(100, &[]).is_empty());
    }

    proptest! {
        #[test]
        fn shares_add_up_to_the_cent(amount in any::<i64>(), weights in prop::collection::vec(0..=i64::MAX, 1..100)) {
            let shares = allocate(amount, &weights);
            prop_assert_eq!(shares.len(), weights.len());
            prop_assert_eq!(shares.iter().copied().map(i128::from).sum::<i128>(), i128::from(amount));
        }

        #[test]
        fn no_share_is_off_by_more_than_a_cent(amount in 0_i64..1_000_000_000, weights in prop::collection::vec(1_i64..1_000_000, 1..100)) {
            let total: i64 = weights.iter().sum();
            for (&share, weight) in allocate(amount, &weights).iter().zip(&weights) {
                let exact = i128::from(amount) * i128::from(*weight) / i128::from(total);
                prop_assert!((i128::from(share) - exact).abs() <= 1);
                prop_assert!(share >= 0);
            }
        }
    }
}
