//! Checkout sessions: how long they live, and what they are made of.

use super::{NOW, SESSION, bad_field, id, refused, stripe};
use crate::Card;

const DAY: i64 = 24 * 60 * 60;

/// A session lives 30 minutes to 24 hours, without `expires_at` 24 hours.
/// <https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-expires_at>
#[test]
fn a_session_lives_thirty_minutes_to_a_day() {
    let stripe = stripe();
    for at in [NOW, NOW + 1799, NOW + DAY + 1] {
        let refusal = stripe.refusal("/v1/checkout/sessions", &format!("{SESSION}&expires_at={at}"));
        assert_eq!(refusal, bad_field("", "expires_at"), "{at}");
    }
    for at in [NOW + 1800, NOW + DAY] {
        let session = stripe.post("/v1/checkout/sessions", &format!("{SESSION}&expires_at={at}"));
        assert_eq!(session["expires_at"], at);
    }
    assert_eq!(stripe.post("/v1/checkout/sessions", SESSION)["expires_at"], NOW + DAY);
}

/// An expired session is not paid any more. Its event is checkout.session.expired, and the pending purchase is
/// cancelled.
/// <https://docs.stripe.com/payments/checkout/managing-limited-inventory>
#[test]
fn a_session_expires_by_the_clock_and_cancels_its_intent() {
    let stripe = stripe();
    let session = stripe.session(&format!("expires_at={}", NOW + 1800));
    stripe.stand_in.pay(&session, Card::Declines);
    stripe.pass(1799);
    assert!(stripe.events_of(|_| ()).is_empty());
    let before = stripe.stand_in.events().len();
    stripe.pass(1);
    assert!(!stripe.stand_in.pay(&session, Card::Pays), "in the last second it is over");
    assert_eq!(stripe.event_types(before), ["payment_intent.canceled", "checkout.session.expired"]);
    let now = stripe.object("checkout.session", &session);
    assert_eq!((&now["status"], &now["url"]), (&"expired".into(), &serde_json::Value::Null));
    assert_eq!(stripe.stand_in.all("payment_intent")[0]["status"], "canceled");
    stripe.pass(DAY);
    assert_eq!(stripe.event_types(before).len(), 2, "once");
}

/// Only an open session is expired.
/// <https://docs.stripe.com/api/checkout/sessions/expire>
#[test]
fn only_an_open_session_is_expired_by_a_call() {
    let stripe = stripe();
    let session = stripe.session("");
    let expire = format!("/v1/checkout/sessions/{session}/expire");
    let events = stripe.events_of(|stripe| stripe.post(&expire, ""));
    assert_eq!(events, ["checkout.session.expired"], "there was no intent yet");
    assert_eq!(stripe.refusal(&expire, ""), refused(400, "checkout_session_not_open"));
    let session = stripe.session("");
    stripe.stand_in.pay(&session, Card::Pays);
    let expire = format!("/v1/checkout/sessions/{session}/expire");
    assert_eq!(stripe.refusal(&expire, ""), refused(400, "checkout_session_not_open"));
}

/// The intent of a session gets description, metadata, receipt address and shipping of `payment_intent_data`.
/// <https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-payment_intent_data>
#[test]
fn the_intent_of_a_session_carries_what_the_session_was_given() {
    let stripe = stripe();
    let session = stripe.session(
        "payment_intent_data[description]=Order 7&payment_intent_data[receipt_email]=ada@example.com&\
        payment_intent_data[shipping][name]=Ada&payment_intent_data[shipping][address][line1]=1 Harbour Street&\
        customer_email=ada@example.com&client_reference_id=ord_1",
    );
    stripe.stand_in.pay(&session, Card::Pays);
    let read = stripe.get(&format!("/v1/checkout/sessions/{session}"), "expand[]=payment_intent");
    let intent = &read["payment_intent"];
    assert_eq!(intent["metadata"]["order_id"], "ord_1");
    assert_eq!(intent["description"], "Order 7");
    assert_eq!(intent["receipt_email"], "ada@example.com");
    assert_eq!(intent["shipping"]["address"]["line1"], "1 Harbour Street");
    let found = stripe.get("/v1/checkout/sessions", &format!("payment_intent={}", id(intent)));
    assert_eq!(found["data"][0]["id"], session);
    let path = format!("/v1/checkout/sessions/{session}");
    let unknown = stripe.call(&axum::http::Method::GET, &path, None, "expand[]=url");
    assert_eq!(unknown.status, 400);
}

/// A session in payment mode has 1 to 100 line items of one currency, each with a name, a price and a quantity.
/// <https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-line_items>
#[test]
fn a_session_has_one_to_a_hundred_complete_line_items() {
    let stripe = stripe();
    let basis = "mode=payment&success_url=https://shop.test/ok";
    let line = |n: usize| {
        format!(
            "&line_items[{n}][quantity]=1&line_items[{n}][price_data][currency]=usd&\
            line_items[{n}][price_data][unit_amount]=100&line_items[{n}][price_data][product_data][name]=Shirt"
        )
    };
    let lines = |count: usize| format!("{basis}{}", (0..count).map(line).collect::<String>());
    assert_eq!(stripe.post("/v1/checkout/sessions", &lines(100))["amount_total"], 10_000);
    assert_eq!(stripe.refusal("/v1/checkout/sessions", &lines(101)), bad_field("", "line_items"));
    assert_eq!(stripe.refusal("/v1/checkout/sessions", basis).code, "parameter_missing");
    let broken = |from: &str, to: &str| stripe.refusal("/v1/checkout/sessions", &lines(2).replace(from, to));
    let (quantity, price) = ("line_items[1][quantity]", "line_items[1][price_data][unit_amount]");
    let integer = "parameter_invalid_integer";
    assert_eq!(broken("[1][quantity]=1", "[1][quantity]=0"), bad_field(integer, quantity));
    assert_eq!(broken("&line_items[1][quantity]=1", ""), bad_field("parameter_missing", quantity));
    assert_eq!(
        broken("[1][price_data][unit_amount]=100", "[1][price_data][unit_amount]=-1"),
        bad_field(integer, price)
    );
    assert_eq!(
        broken("[1][price_data][unit_amount]=100", "[1][price_data][unit_amount]=1.5"),
        bad_field(integer, price)
    );
    let name = "line_items[1][price_data][product_data][name]";
    assert_eq!(broken(&format!("{name}=Shirt"), &format!("{name}=")), bad_field("parameter_missing", name));
    let currency = "line_items[1][price_data][currency]";
    assert_eq!(broken(&format!("{currency}=usd"), &format!("{currency}=eur")), bad_field("", currency));
    let free = lines(1).replace("unit_amount]=100", "unit_amount]=0");
    assert_eq!(stripe.refusal("/v1/checkout/sessions", &free), refused(400, "amount_too_small"));
    let mode = SESSION.replace("mode=payment", "mode=setup");
    assert_eq!(stripe.refusal("/v1/checkout/sessions", &mode), bad_field("", "mode"));
}
