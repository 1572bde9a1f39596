//! Money: whole minor units of one currency, never a float, never silently wrapped.

use serde::{Deserialize, Serialize};

/// An ISO 4217 code in lower case, as Stripe writes it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a currency code of three letters, such as usd")]
pub struct InvalidCurrency;

impl Currency {
    /// Currencies without a minor unit: an amount of 500 is ¥500.
    const ZERO_DECIMAL: [&'static str; 16] = [
        "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "ugx", "vnd", "vuv",
        "xaf", "xof", "xpf",
    ];

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

    /// How many digits stand behind the point when people read it.
    pub fn decimals(self) -> u32 {
        if Self::ZERO_DECIMAL.contains(&self.as_str()) {
            0
        } else {
            2
        }
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
pub enum MoneyError {
    #[error("the amount is larger than we can count")]
    Overflow,
    #[error("two currencies cannot be added up")]
    CurrencyMismatch,
}

impl Money {
    pub fn new(amount: i64, currency: Currency) -> Self {
        Self { amount, currency }
    }

    pub fn zero(currency: Currency) -> Self {
        Self::new(0, currency)
    }

    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        self.amount
            .checked_add(other.amount)
            .map(|amount| Self { amount, ..self })
            .ok_or(MoneyError::Overflow)
    }

    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        self.amount
            .checked_sub(other.amount)
            .map(|amount| Self { amount, ..self })
            .ok_or(MoneyError::Overflow)
    }

    pub fn checked_mul(self, quantity: u32) -> Result<Self, MoneyError> {
        self.amount
            .checked_mul(i64::from(quantity))
            .map(|amount| Self { amount, ..self })
            .ok_or(MoneyError::Overflow)
    }

    /// The sum; `None` of nothing has a currency, so it is given.
    pub fn sum(
        currency: Currency,
        parts: impl IntoIterator<Item = Self>,
    ) -> Result<Self, MoneyError> {
        parts
            .into_iter()
            .try_fold(Self::zero(currency), Self::checked_add)
    }

    /// Shares this amount by weight so that the shares add up to it exactly: each share is rounded down and the cents
    /// left over go to the largest remainders, the first of equals. All weights zero shares evenly.
    pub fn allocate(self, weights: &[u64]) -> Vec<Self> {
        let even = weights.iter().all(|&weight| weight == 0);
        let weight = |i: usize| if even { 1 } else { i128::from(weights[i]) };
        let total: i128 = (0..weights.len()).map(weight).sum();
        let share = |i: usize| i128::from(self.amount) * weight(i);
        let mut shares: Vec<i128> = (0..weights.len())
            .map(|i| share(i).div_euclid(total))
            .collect();
        let mut order: Vec<usize> = (0..weights.len()).collect();
        order.sort_by_key(|&i| std::cmp::Reverse(share(i).rem_euclid(total)));
        let left =
            usize::try_from(i128::from(self.amount) - shares.iter().sum::<i128>()).unwrap_or(0);
        for &i in order.iter().take(left) {
            shares[i] += 1;
        }
        shares
            .into_iter()
            .map(|amount| Self {
                amount: i64::try_from(amount).unwrap_or(self.amount),
                ..self
            })
            .collect()
    }

    fn same_currency(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency {
            Ok(())
        } else {
            Err(MoneyError::CurrencyMismatch)
        }
    }
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

    use super::{Currency, Money, MoneyError};

    fn usd(amount: i64) -> Money {
        Money::new(amount, Currency::parse("USD").unwrap())
    }

    #[test]
    fn money_is_written_as_its_currency_counts() {
        assert_eq!(usd(1999).to_string(), "19.99 USD");
        assert_eq!(usd(-5).to_string(), "-0.05 USD");
        assert_eq!(
            Money::new(500, Currency::parse("jpy").unwrap()).to_string(),
            "500 JPY"
        );
        assert!(Currency::parse("us").is_err());
        assert!(Currency::parse("€€").is_err());
    }

    #[test]
    fn sums_are_checked() {
        assert_eq!(usd(i64::MAX).checked_add(usd(1)), Err(MoneyError::Overflow));
        assert_eq!(usd(i64::MAX).checked_mul(2), Err(MoneyError::Overflow));
        assert_eq!(
            usd(1).checked_add(Money::new(1, Currency::parse("eur").unwrap())),
            Err(MoneyError::CurrencyMismatch)
        );
        assert_eq!(usd(100).allocate(&[1, 1, 1]), [usd(34), usd(33), usd(33)]);
        assert_eq!(usd(100).allocate(&[]), []);
    }

    proptest! {
        #[test]
        fn shares_add_up_to_the_cent(amount in any::<i64>(), weights in prop::collection::vec(any::<u64>(), 1..100)) {
            let shares = usd(amount).allocate(&weights);
            prop_assert_eq!(shares.len(), weights.len());
            prop_assert_eq!(shares.iter().map(|s| i128::from(s.amount)).sum::<i128>(), i128::from(amount));
        }

        #[test]
        fn no_share_is_off_by_more_than_a_cent(amount in 0_i64..1_000_000_000, weights in prop::collection::vec(1_u64..1_000_000, 1..100)) {
            let total: u64 = weights.iter().sum();
            for (share, weight) in usd(amount).allocate(&weights).iter().zip(&weights) {
                let exact = i128::from(amount) * i128::from(*weight) / i128::from(total);
                prop_assert!((i128::from(share.amount) - exact).abs() <= 1);
                prop_assert!(share.amount >= 0);
            }
        }

        #[test]
        fn adding_undoes_subtracting(a in -1_000_000_000_i64..1_000_000_000, b in -1_000_000_000_i64..1_000_000_000) {
            prop_assert_eq!(usd(a).checked_sub(usd(b)).unwrap().checked_add(usd(b)).unwrap(), usd(a));
        }
    }
}
