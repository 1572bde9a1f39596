//! The terms of a coupon in one line, for the audit trail.

use domain::coupon::{CouponTerms, Discount};
use domain::money::{Currency, Money};

pub(crate) fn describe(terms: &CouponTerms, currency: Currency) -> String {
    let money = |amount| Money::new(amount, currency);
    let discount = match terms.discount {
        Discount::Percentage { percent, maximum: None } => format!("{percent} percent"),
        Discount::Percentage { percent, maximum: Some(most) } => format!("{percent} percent, at most {}", money(most)),
        Discount::Fixed { amount } => money(amount).to_string(),
    };
    let limits = [
        (terms.minimum_order > 0).then(|| format!("for orders of at least {}", money(terms.minimum_order))),
        terms.starts_at.map(|starts| format!("from {starts}")),
        terms.ends_at.map(|ends| format!("until {ends}")),
        terms.total_uses.map(|uses| format!("uses in all: {uses}")),
        terms.uses_per_customer.map(|uses| format!("uses for each customer: {uses}")),
        list("products", &terms.products),
        list("categories", &terms.categories),
        (!terms.active).then(|| "inactive".to_owned()),
    ];
    [discount].into_iter().chain(limits.into_iter().flatten()).collect::<Vec<_>>().join(", ")
}

fn list<I: ToString>(name: &str, ids: &[I]) -> Option<String> {
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    (!ids.is_empty()).then(|| format!("for the {name} {}", ids.join(" ")))
}

#[cfg(test)]
mod tests {
    use domain::coupon::{CouponTerms, Discount};
    use domain::id::ProductId;
    use domain::money::Currency;
    use domain::time::Time;

    use super::describe;

    #[test]
    fn terms_are_described_in_words_and_without_the_limits_that_they_do_not_have() {
        let fixed = CouponTerms::new(Discount::Fixed { amount: 500 });
        assert_eq!(describe(&fixed, Currency::USD), "5.00 USD");
        let product = ProductId::new(Time::from_unix_millis(0), 1);
        let limited = CouponTerms {
            minimum_order: 2_000,
            ends_at: Some(Time::from_unix_millis(0)),
            uses_per_customer: Some(1),
            products: vec![product],
            active: false,
            ..CouponTerms::new(Discount::Percentage { percent: 10, maximum: Some(1_000) })
        };
        let words = format!(
            "10 percent, at most 10.00 USD, for orders of at least 20.00 USD, until {}, uses for each customer: 1, \
             for the products {product}, inactive",
            Time::from_unix_millis(0)
        );
        assert_eq!(describe(&limited, Currency::USD), words);
    }
}
