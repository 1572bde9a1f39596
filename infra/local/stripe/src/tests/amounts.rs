//! Amounts by currency.

use super::{bad_field, id, refused, stripe};
use crate::Card;
use crate::amounts::shown;

/// Each charge has a minimum by currency.
/// <https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts>
#[test]
fn a_charge_has_a_minimum_by_currency() {
    let stripe = stripe();
    for (currency, least) in [
        ("usd", 50),
        ("eur", 50),
        ("gbp", 30),
        ("jpy", 50),
        ("krw", 50),
        ("aed", 200),
        ("myr", 200),
        ("pln", 200),
        ("ron", 200),
        ("dkk", 250),
        ("nok", 300),
        ("sek", 300),
        ("hkd", 400),
        ("mxn", 1_000),
        ("thb", 1_000),
        ("czk", 1_500),
        ("huf", 17_500),
    ] {
        let form = |amount: i64| format!("amount={amount}&currency={currency}");
        stripe.post("/v1/payment_intents", &form(least));
        let small = stripe.refusal("/v1/payment_intents", &form(least - 1));
        assert_eq!(small, refused(400, "amount_too_small"), "{currency}");
        let session = super::SESSION.replace("[quantity]=2", "[quantity]=1").replace("=usd", &format!("={currency}"));
        let session = session.replace("unit_amount]=1000", &format!("unit_amount]={}", least - 1));
        let small = stripe.refusal("/v1/checkout/sessions", &session);
        assert_eq!(small, refused(400, "amount_too_small"), "{currency}");
    }
    for bad in ["amount=0", "amount=-100", "amount="] {
        let refusal = stripe.refusal("/v1/payment_intents", &format!("{bad}&currency=usd"));
        assert_eq!(refusal.status, 400, "{bad}");
    }
}

/// An amount has up to eight digits, in INR nine, in COP ten, in IDR twelve.
/// <https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts>
#[test]
fn a_charge_has_a_maximum_by_currency() {
    let stripe = stripe();
    for (currency, most) in [
        ("usd", 99_999_999),
        ("jpy", 99_999_999),
        ("inr", 999_999_999),
        ("cop", 9_999_999_999),
        ("idr", 999_999_999_999_i64),
    ] {
        let form = |amount: i64| format!("amount={amount}&currency={currency}");
        stripe.post("/v1/payment_intents", &form(most));
        let large = stripe.refusal("/v1/payment_intents", &form(most + 1));
        assert_eq!(large, refused(400, "amount_too_large"), "{currency}");
    }
    let line = super::SESSION.replace("[quantity]=2", "[quantity]=999999");
    assert_eq!(stripe.refusal("/v1/checkout/sessions", &line), refused(400, "amount_too_large"));
}

/// A currency is one of Stripe's, in lower case.
/// <https://docs.stripe.com/currencies#presentment-currencies>
#[test]
fn an_unknown_currency_is_refused() {
    let stripe = stripe();
    for bad in ["xyz", "USD", "us", "usdd", "usd eur", "bgn"] {
        let refusal = stripe.refusal("/v1/payment_intents", &format!("amount=1999&currency={bad}"));
        assert_eq!(refusal, bad_field("", "currency"), "{bad}");
        let coupon = stripe.refusal("/v1/coupons", &format!("amount_off=100&duration=once&currency={bad}"));
        assert_eq!(coupon, bad_field("", "currency"), "{bad}");
    }
}

/// In currencies with three decimals the last digit is 0; ISK and UGX are sent with two decimals that are 00. HUF and
/// TWD are charged with two decimals.
/// <https://docs.stripe.com/currencies#special-cases>
#[test]
fn special_currencies_have_only_the_digits_that_they_may_have() {
    let stripe = stripe();
    let integer = |field: &str| bad_field("parameter_invalid_integer", field);
    for (currency, good, bad) in
        [("kwd", 5_120, 5_124), ("bhd", 5_120, 5_121), ("isk", 50_000, 50_050), ("ugx", 500_000, 500_001)]
    {
        let form = |amount: i64| format!("amount={amount}&currency={currency}");
        let intent = id(&stripe.post("/v1/payment_intents", &form(good)));
        assert_eq!(stripe.refusal("/v1/payment_intents", &form(bad)), integer("amount"), "{currency}");
        stripe.stand_in.pay(&intent, Card::Pays);
        let part = bad - good;
        let refund = stripe.refusal("/v1/refunds", &format!("payment_intent={intent}&amount={part}"));
        assert_eq!(refund, integer("amount"), "{currency}");
        let coupon = format!("amount_off={bad}&currency={currency}&duration=once");
        assert_eq!(stripe.refusal("/v1/coupons", &coupon), integer("amount_off"), "{currency}");
    }
    for currency in ["huf", "twd"] {
        stripe.post("/v1/payment_intents", &format!("amount=20045&currency={currency}"));
    }
}

#[test]
fn amounts_are_shown_with_the_decimals_of_their_currency() {
    for (amount, currency, text) in [
        (1_999, "usd", "19.99 USD"),
        (5, "eur", "0.05 EUR"),
        (500, "jpy", "500 JPY"),
        (5_120, "kwd", "5.120 KWD"),
        (500, "isk", "5.00 ISK"),
    ] {
        assert_eq!(shown(amount, currency), text);
    }
}
