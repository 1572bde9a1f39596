//! Stripe's own types can read all objects and events of the stand-in.

use std::collections::BTreeSet;

use axum::http::Method;
use serde_json::Value;
use stripe_events::Webhook;
use stripe_shared::{Charge, CheckoutSession, Coupon, DeletedCoupon, Dispute, PaymentIntent, Refund};
use stripe_types::List;

use super::{COUPON, INTENT, NOW, id, stripe};
use crate::Card;
use crate::error::public_fields;

fn read<T: miniserde::Deserialize>(object: &Value) {
    let text = public_fields(object).to_string();
    assert!(miniserde::json::from_str::<T>(&text).is_ok(), "{text}");
}

#[test]
fn all_objects_and_events_are_read_by_stripes_own_types() {
    let stripe = stripe();
    let stand_in = &stripe.stand_in;
    for card in [Card::InsufficientFunds, Card::RequiresAuthentication, Card::Disputes] {
        let intent = stripe.intent();
        stand_in.pay(&intent, card);
        read::<PaymentIntent>(&stripe.get(&format!("/v1/payment_intents/{intent}"), ""));
    }
    let shipping = "shipping[name]=Ada&shipping[address][line1]=1 Harbour Street&shipping[address][country]=DE";
    let details = shipping.replace("shipping[name]", "payment_intent_data[shipping][name]");
    let details = details.replace("shipping[address]", "payment_intent_data[shipping][address]");
    read::<Coupon>(&stripe.post("/v1/coupons", COUPON));
    let excluded = "excluded_payment_method_types[0]=klarna";
    for (card, paid, more) in [
        (Card::Slow, true, "discounts[0][coupon]=off"),
        (Card::Slow, false, details.as_str()),
        (Card::Pays, true, excluded),
    ] {
        let session = stripe.session(more);
        stand_in.pay(&session, card);
        stand_in.decide_payment(&session, paid);
        read::<CheckoutSession>(&stripe.get(&format!("/v1/checkout/sessions/{session}"), ""));
        read::<CheckoutSession>(&stripe.get(&format!("/v1/checkout/sessions/{session}"), "expand[]=payment_intent"));
    }
    read::<DeletedCoupon>(&stripe.call(&Method::DELETE, "/v1/coupons/off", None, "").body);
    for status in ["succeeded", "failed", "canceled", "requires_action"] {
        let intent = id(&stripe.post("/v1/payment_intents", &format!("{INTENT}&{shipping}&{excluded}")));
        stand_in.pay(&intent, Card::PendingRefund);
        let refund = id(&stripe.post("/v1/refunds", &format!("payment_intent={intent}&amount=100")));
        stand_in.update_refund(&refund, status);
    }
    read::<List<Refund>>(&stripe.get("/v1/refunds", "limit=1"));
    let intent = stripe.intent();
    stand_in.pay(&intent, Card::OpensInquiry);
    let dispute = id(&stand_in.all("dispute")[1]);
    stripe.post(&format!("/v1/disputes/{dispute}"), "evidence[uncategorized_text]=It arrived&submit=true");
    stand_in.close_dispute(&dispute, false);
    read::<List<Dispute>>(&stripe.get("/v1/disputes", ""));
    stand_in.close_dispute(&dispute, true);
    let open = stripe.session("");
    stand_in.pay(&open, Card::RequiresAuthentication);
    stripe.post(&format!("/v1/checkout/sessions/{open}/expire"), "");
    stand_in.all("payment_intent").iter().for_each(read::<PaymentIntent>);
    stand_in.all("charge").iter().for_each(read::<Charge>);
    stand_in.all("refund").iter().for_each(read::<Refund>);
    stand_in.all("dispute").iter().for_each(read::<Dispute>);
    let events = stand_in.events();
    let kinds: BTreeSet<_> = events.iter().map(|event| event["type"].as_str().unwrap()).collect();
    let all = "charge.dispute.closed charge.dispute.created charge.dispute.funds_reinstated \
        charge.dispute.funds_withdrawn charge.dispute.updated charge.failed charge.pending charge.refund.updated \
        charge.refunded charge.succeeded checkout.session.async_payment_failed \
        checkout.session.async_payment_succeeded checkout.session.completed checkout.session.expired \
        payment_intent.canceled payment_intent.created payment_intent.payment_failed payment_intent.processing \
        payment_intent.requires_action payment_intent.succeeded refund.created refund.failed refund.updated";
    assert_eq!(kinds, all.split_whitespace().collect());
    for event in events {
        let delivery = stand_in.delivery(&event, "whsec");
        let read = Webhook::construct_event_with_timestamp(&delivery.body, &delivery.signature, "whsec", NOW);
        assert!(read.is_ok(), "{:?}: {event}", read.err());
    }
}
