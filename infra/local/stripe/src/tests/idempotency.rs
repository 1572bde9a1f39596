//! Idempotency keys.

use super::{INTENT, refused, stripe};
use crate::idempotency::{KeyInUse, Reply};
use crate::{Card, Failure};

const PATH: &str = "/v1/payment_intents";

/// The first answer is saved, whatever it is; the same key with other parameters is an error.
/// <https://docs.stripe.com/api/idempotent_requests>
#[test]
fn an_idempotency_key_gets_the_same_answer_and_refuses_other_parameters() {
    let stripe = stripe();
    let first = stripe.send(PATH, "a", INTENT);
    let reordered = "currency=usd&metadata[attempt]=1&metadata[order_id]=ord_1&amount=1999";
    assert_eq!(stripe.send(PATH, "a", reordered), Reply { replayed: true, ..first });
    for (path, form) in [(PATH, "amount=2000&currency=usd"), ("/v1/refunds", INTENT)] {
        let other = stripe.send(path, "a", form);
        assert_eq!((other.status, &other.body["error"]["type"]), (400, &"idempotency_error".into()));
    }
    assert_eq!(stripe.stand_in.all("payment_intent").len(), 1);
}

/// An error is saved too, once the call began to be executed.
/// <https://docs.stripe.com/error-low-level#idempotency>
#[test]
fn an_error_of_an_executed_call_is_replayed() {
    let stripe = stripe();
    let intent = stripe.intent();
    let refund = format!("payment_intent={intent}");
    let failed = stripe.send("/v1/refunds", "a", &refund);
    assert_eq!(failed.status, 400);
    stripe.stand_in.pay(&intent, Card::Pays);
    assert_eq!(stripe.send("/v1/refunds", "a", &refund), Reply { replayed: true, ..failed });
    assert_eq!(stripe.send("/v1/refunds", "b", &refund).status, 200);
}

/// Nothing is saved if parameters are not valid or a call was refused for its rate.
/// <https://docs.stripe.com/api/idempotent_requests>, <https://docs.stripe.com/error-low-level#idempotency>
#[test]
fn a_call_that_never_began_is_not_remembered() {
    let stripe = stripe();
    assert_eq!(stripe.send(PATH, "a", "amount=ten&currency=usd").status, 400);
    stripe.stand_in.fail_next(Failure::RateLimited, 1);
    assert_eq!(stripe.send(PATH, "a", INTENT).status, 429);
    let made = stripe.send(PATH, "a", INTENT);
    assert_eq!((made.status, made.replayed), (200, false));
}

/// A saved answer of status 500 is given again.
/// <https://docs.stripe.com/api/idempotent_requests>
#[test]
fn an_internal_error_is_replayed_whether_it_did_something_or_not() {
    for (failure, made) in [(Failure::InternalErrorBeforeEffect, 0), (Failure::InternalErrorAfterEffect, 1)] {
        let stripe = stripe();
        stripe.stand_in.fail_next(failure, 1);
        let failed = stripe.send(PATH, "a", INTENT);
        assert_eq!((failed.status, &failed.body["error"]["type"]), (500, &"api_error".into()));
        assert_eq!(stripe.stand_in.all("payment_intent").len(), made);
        assert_eq!(stripe.send(PATH, "a", INTENT), Reply { replayed: true, ..failed });
        assert_eq!(stripe.stand_in.all("payment_intent").len(), made);
        assert_eq!(stripe.send(PATH, "b", INTENT).status, 200);
    }
}

/// Keys can be removed after 24 hours; then the request is a new one.
/// <https://docs.stripe.com/api/idempotent_requests>
#[test]
fn a_key_ends_after_a_day() {
    let stripe = stripe();
    stripe.send(PATH, "a", INTENT);
    stripe.pass(24 * 60 * 60 - 1);
    assert!(stripe.send(PATH, "a", INTENT).replayed);
    stripe.pass(1);
    assert!(!stripe.send(PATH, "a", INTENT).replayed);
    assert_eq!(stripe.stand_in.all("payment_intent").len(), 2);
}

/// While a request is in progress, another one with its key is a conflict.
/// <https://docs.stripe.com/error-codes#idempotency-key-in-use>
#[test]
fn a_key_in_use_is_free_again_when_its_request_ends() {
    let stripe = stripe();
    let in_use = KeyInUse::new(&stripe.stand_in, "a");
    let Err(error) = KeyInUse::new(&stripe.stand_in, "a") else { panic!("the key is in use") };
    assert_eq!(super::Refused::of(&Err(error).into()), refused(409, "idempotency_key_in_use"));
    assert!(KeyInUse::new(&stripe.stand_in, "b").is_ok());
    drop(in_use);
    assert!(KeyInUse::new(&stripe.stand_in, "a").is_ok());
}
