//! Coupons, and how often they are used.

use axum::http::Method;

use super::{COUPON, NOW, SESSION, bad_field, refused, stripe};
use crate::Card;

/// A coupon has a name of at most 40 characters, a positive amount, and an id that is its own.
/// <https://docs.stripe.com/api/coupons/create>
#[test]
fn a_coupon_is_checked_field_by_field() {
    let stripe = stripe();
    stripe.post("/v1/coupons", &format!("{COUPON}&name={}", "n".repeat(40)));
    assert_eq!(stripe.refusal("/v1/coupons", COUPON), refused(400, "resource_already_exists"));
    let refusal = |form: &str| stripe.refusal("/v1/coupons", form);
    let basis = "amount_off=500&currency=usd&duration=once";
    assert_eq!(refusal(&format!("{basis}&name={}", "n".repeat(41))), bad_field("", "name"));
    assert_eq!(refusal(&format!("{basis}&id=a b")), bad_field("", "id"));
    assert_eq!(refusal(&format!("{basis}&id={}", "a".repeat(201))), bad_field("", "id"));
    let integer = |field: &str| bad_field("parameter_invalid_integer", field);
    assert_eq!(refusal("amount_off=0&currency=usd&duration=once"), integer("amount_off"));
    assert_eq!(refusal(&format!("{basis}&max_redemptions=0")), integer("max_redemptions"));
    assert_eq!(refusal(&format!("{basis}&redeem_by={NOW}")), integer("redeem_by"));
    assert_eq!(refusal("amount_off=500&duration=once"), bad_field("parameter_missing", "currency"));
    assert_eq!(refusal("amount_off=500&currency=usd&duration=weekly"), bad_field("", "duration"));
}

/// A coupon that was redeemed `max_redemptions` times is no longer valid.
/// <https://docs.stripe.com/api/coupons/object#coupon_object-max_redemptions>
#[test]
fn a_coupon_is_used_as_often_as_it_may_be() {
    let stripe = stripe();
    stripe.post("/v1/coupons", COUPON);
    let with_coupon = format!("{SESSION}&discounts[0][coupon]=off");
    let session = stripe.post("/v1/checkout/sessions", &with_coupon);
    assert_eq!((&session["amount_subtotal"], &session["amount_total"]), (&2000.into(), &1500.into()));
    assert_eq!(stripe.stand_in.all("coupon")[0]["times_redeemed"], 0, "not before it is complete");
    assert!(stripe.stand_in.pay(session["id"].as_str().unwrap(), Card::Pays));
    let coupon = &stripe.stand_in.all("coupon")[0];
    assert_eq!((&coupon["times_redeemed"], &coupon["valid"]), (&1.into(), &false.into()));
    assert_eq!(stripe.refusal("/v1/checkout/sessions", &with_coupon), refused(400, "coupon_expired"));
}

/// A coupon is not redeemed after `redeem_by`.
/// <https://docs.stripe.com/api/coupons/object#coupon_object-redeem_by>
#[test]
fn a_coupon_ends_at_its_last_moment() {
    let stripe = stripe();
    stripe.post("/v1/coupons", &format!("{COUPON}&redeem_by={}", NOW + 60));
    let with_coupon = format!("{SESSION}&discounts[0][coupon]=off");
    stripe.post("/v1/checkout/sessions", &with_coupon);
    stripe.pass(60);
    assert_eq!(stripe.refusal("/v1/checkout/sessions", &with_coupon), refused(400, "coupon_expired"));
}

/// Deleting a coupon does not change what uses it already; it cannot be redeemed any more.
/// <https://docs.stripe.com/api/coupons/delete>
#[test]
fn a_deleted_coupon_is_gone_and_a_session_keeps_its_discount() {
    let stripe = stripe();
    stripe.post("/v1/coupons", COUPON);
    let session = stripe.session("discounts[0][coupon]=off");
    let delete = || stripe.call(&Method::DELETE, "/v1/coupons/off", None, "");
    assert_eq!(delete().body, serde_json::json!({ "id": "off", "object": "coupon", "deleted": true }));
    assert_eq!(delete().status, 404);
    let with_coupon = format!("{SESSION}&discounts[0][coupon]=off");
    assert_eq!(stripe.refusal("/v1/checkout/sessions", &with_coupon), refused(404, "resource_missing"));
    assert!(stripe.stand_in.pay(&session, Card::Pays));
    assert_eq!(stripe.stand_in.all("payment_intent")[0]["amount_received"], 1500);
}

/// A session takes one discount, in its own currency.
/// <https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-discounts>
#[test]
fn a_session_takes_one_coupon_of_its_currency() {
    let stripe = stripe();
    stripe.post("/v1/coupons", COUPON);
    stripe.post("/v1/coupons", "id=euros&amount_off=500&currency=eur&duration=once");
    for discounts in ["discounts[0][coupon]=euros", "discounts[0][coupon]=off&discounts[1][coupon]=off"] {
        let refusal = stripe.refusal("/v1/checkout/sessions", &format!("{SESSION}&{discounts}"));
        assert_eq!(refusal, bad_field("", "discounts"), "{discounts}");
    }
    stripe.post("/v1/coupons", "id=all&amount_off=2000&currency=usd&duration=once");
    let free = stripe.refusal("/v1/checkout/sessions", &format!("{SESSION}&discounts[0][coupon]=all"));
    assert_eq!(free, refused(400, "amount_too_small"));
}
