//! Calls that fail on demand.

use axum::http::Method;

use super::{INTENT, Stripe, refused, stripe};
use crate::Failure;
use crate::faults::FaultShares;

/// Too many requests are answered with 429 and the code rate_limit.
/// <https://docs.stripe.com/rate-limits>, <https://docs.stripe.com/error-codes#rate-limit>
#[test]
fn the_next_calls_fail_and_a_replay_does_not_count() {
    let stripe = stripe();
    stripe.send("/v1/payment_intents", "a", INTENT);
    stripe.stand_in.fail_next(Failure::RateLimited, 2);
    assert!(stripe.send("/v1/payment_intents", "a", INTENT).replayed);
    assert_eq!(stripe.refusal("/v1/payment_intents", INTENT), refused(429, "rate_limit"));
    assert_eq!(stripe.call(&Method::GET, "/v1/refunds", None, "").status, 429);
    assert_eq!(stripe.call(&Method::GET, "/v1/refunds", None, "").status, 200);
    assert_eq!(stripe.stand_in.all("payment_intent").len(), 1);
}

#[test]
fn random_failures_are_the_same_for_the_same_seed() {
    let statuses = |shares: &str| {
        let stripe = stripe();
        set(&stripe, shares);
        let calls = (0..200).map(|_| stripe.call(&Method::GET, "/v1/refunds", None, "").status);
        calls.collect::<Vec<u16>>()
    };
    let some = statuses(r#"{"internalErrors":20,"rateLimits":20,"seed":7}"#);
    assert_eq!(some, statuses(r#"{"internalErrors":20,"rateLimits":20,"seed":7}"#));
    assert_ne!(some, statuses(r#"{"internalErrors":20,"rateLimits":20,"seed":8}"#));
    let share = |wanted: u16| some.iter().filter(|status| **status == wanted).count();
    assert!((20..60).contains(&share(429)) && (15..60).contains(&share(500)), "{some:?}");
    assert!(statuses(r#"{"internalErrors":100}"#).iter().all(|status| *status == 500));
    assert!(statuses("{}").iter().all(|status| *status == 200));
}

fn set(stripe: &Stripe, shares: &str) {
    let shares: FaultShares = serde_json::from_str(shares).unwrap();
    assert!(shares.are_valid());
    stripe.stand_in.state().faults.set_shares(shares);
}
