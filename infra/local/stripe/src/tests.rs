//! Stripe's own types can read the answers of the stand-in, and its idempotency works as Stripe's does.

use std::sync::Arc;

use axum::http::Method;
use serde_json::{Value, json};
use stripe_events::Webhook;
use stripe_shared::{Charge, CheckoutSession, Coupon, Dispute, PaymentIntent, Refund};

use crate::params::Params;
use crate::state::Reply;
use crate::{Card, Settings, StandIn};

fn stand_in() -> StandIn {
    StandIn::new(Settings {
        public_url: "http://pay.test".to_owned(),
        clock: Arc::new(|| 1_000),
        interceptor: None,
        webhook: None,
    })
}

fn post(stand_in: &StandIn, path: &str, key: &str, form: &str) -> Reply {
    stand_in.call(&Method::POST, path, Some(key), &Params::parse(form))
}

const INTENT: &str = "amount=1999&currency=usd&metadata[order_id]=ord_1&metadata[attempt]=1";
const SESSION: &str = "mode=payment&success_url=http://shop.test/ok&line_items[0][quantity]=2&line_items[0][price_data][currency]=usd&\
    line_items[0][price_data][unit_amount]=1000&line_items[0][price_data][product_data][name]=Shirt&discounts[0][coupon]=off&\
    payment_intent_data[metadata][order_id]=ord_1";

fn read<T: miniserde::Deserialize>(object: &Value) {
    let text = object.to_string();
    assert!(miniserde::json::from_str::<T>(&text).is_ok(), "{text}");
}

#[test]
fn all_objects_and_events_are_read_by_stripes_own_types() {
    let stand_in = stand_in();
    let intent = post(&stand_in, "/v1/payment_intents", "a", INTENT).body;
    read::<PaymentIntent>(&intent);
    let id = intent["id"].as_str().unwrap();
    assert!(!stand_in.pay(id, Card::InsufficientFunds));
    assert!(!stand_in.pay(id, Card::RequiresAuthentication));
    assert!(stand_in.pay(id, Card::Disputes));
    let coupon = post(&stand_in, "/v1/coupons", "b", "id=off&amount_off=500&currency=usd&duration=once").body;
    read::<Coupon>(&coupon);
    let Reply { status, body: session, .. } = post(&stand_in, "/v1/checkout/sessions", "c", SESSION);
    assert_eq!((status, session["amount_total"].as_i64()), (200, Some(1500)), "{session}");
    read::<CheckoutSession>(&session);
    let id = session["id"].as_str().unwrap();
    assert!(stand_in.pay(id, Card::Pays));
    let paid = stand_in.all("checkout.session")[0]["payment_intent"].as_str().unwrap().to_owned();
    let refund = post(&stand_in, "/v1/refunds", "d", &format!("payment_intent={paid}&amount=100")).body;
    read::<Refund>(&refund);
    stand_in.all("charge").iter().for_each(read::<Charge>);
    let dispute = stand_in.all("dispute")[0].clone();
    read::<Dispute>(&dispute);
    stand_in.state().close_dispute(dispute["id"].as_str().unwrap(), false).unwrap();
    let other = post(&stand_in, "/v1/checkout/sessions", "e", SESSION).body;
    post(&stand_in, &format!("/v1/checkout/sessions/{}/expire", other["id"].as_str().unwrap()), "f", "");
    let other = post(&stand_in, "/v1/payment_intents", "g", INTENT).body;
    post(&stand_in, &format!("/v1/payment_intents/{}/cancel", other["id"].as_str().unwrap()), "h", "");
    let events = stand_in.events();
    let kinds: std::collections::BTreeSet<_> = events.iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(kinds.len(), 11, "{kinds:?}");
    for event in events {
        let delivery = stand_in.delivery(&event, "whsec");
        let read = Webhook::construct_event_with_timestamp(&delivery.body, &delivery.signature, "whsec", 1_000);
        assert!(read.is_ok(), "{:?}: {event}", read.err());
    }
}

#[test]
fn an_idempotency_key_gets_the_same_answer_and_refuses_other_parameters() {
    let stand_in = stand_in();
    let first = post(&stand_in, "/v1/payment_intents", "a", INTENT).body;
    let reordered = "currency=usd&metadata[attempt]=1&metadata[order_id]=ord_1&amount=1999";
    assert_eq!(
        post(&stand_in, "/v1/payment_intents", "a", reordered),
        Reply { status: 200, body: first, replayed: true }
    );
    let Reply { status, body: other, .. } = post(&stand_in, "/v1/payment_intents", "a", "amount=2000&currency=usd");
    assert_eq!((status, &other["error"]["type"]), (400, &json!("idempotency_error")));
    assert_eq!(stand_in.all("payment_intent").len(), 1);
    let failed = post(&stand_in, "/v1/payment_intents", "b", "amount=1&currency=usd");
    assert_eq!(
        post(&stand_in, "/v1/payment_intents", "b", "amount=1&currency=usd"),
        Reply { status: 400, body: failed.body, replayed: true },
        "errors too"
    );
}

#[test]
fn the_stand_in_refuses_what_stripe_refuses() {
    let stand_in = stand_in();
    let code = |path: &str, key: &str, form: &str| {
        let Reply { status, body, .. } = post(&stand_in, path, key, form);
        (status, body["error"]["code"].as_str().unwrap_or_default().to_owned())
    };
    let refused = |status: u16, code: &str| (status, code.to_owned());
    assert_eq!(code("/v1/payment_intents", "a", &format!("{INTENT}&colour=red")), refused(400, "parameter_unknown"));
    assert_eq!(code("/v1/payment_intents", "b", "amount=99999999999&currency=usd"), refused(400, "amount_too_large"));
    assert_eq!(code("/v1/customers", "c", ""), refused(404, "url_invalid"));
    let intent = post(&stand_in, "/v1/payment_intents", "d", INTENT).body;
    let id = intent["id"].as_str().unwrap();
    assert_eq!(code("/v1/refunds", "e", &format!("payment_intent={id}")), refused(400, "charge_missing"));
    stand_in.pay(id, Card::Pays);
    assert_eq!(
        code(&format!("/v1/payment_intents/{id}/cancel"), "f", ""),
        refused(400, "payment_intent_unexpected_state")
    );
    assert_eq!(code("/v1/refunds", "g", &format!("payment_intent={id}&amount=2000")), refused(400, "amount_too_large"));
    assert_eq!(code("/v1/refunds", "h", &format!("payment_intent={id}")).0, 200);
    assert_eq!(code("/v1/refunds", "i", &format!("payment_intent={id}")), refused(400, "charge_already_refunded"));
    assert_eq!(code("/v1/coupons", "j", "id=off&amount_off=500&currency=usd&duration=once").0, 200);
    assert_eq!(
        code("/v1/coupons", "k", "id=off&amount_off=500&currency=usd&duration=once"),
        refused(400, "resource_already_exists")
    );
}
