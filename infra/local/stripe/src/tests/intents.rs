//! Payment intents: states, and what they carry.

use super::{INTENT, bad_field, id, refused, stripe};
use crate::Card;

/// A succeeded or cancelled intent is not cancelled.
/// <https://docs.stripe.com/api/payment_intents/cancel>
#[test]
fn only_an_open_intent_is_cancelled() {
    let stripe = stripe();
    let unexpected = refused(400, "payment_intent_unexpected_state");
    let intent = stripe.intent();
    stripe.stand_in.pay(&intent, Card::Pays);
    assert_eq!(stripe.refusal(&format!("/v1/payment_intents/{intent}/cancel"), ""), unexpected);
    let intent = stripe.intent();
    let cancel = format!("/v1/payment_intents/{intent}/cancel");
    assert_eq!(stripe.refusal(&cancel, "cancellation_reason=bored").field, "cancellation_reason");
    let events = stripe.events_of(|stripe| stripe.post(&cancel, "cancellation_reason=abandoned"));
    assert_eq!(events, ["payment_intent.canceled"]);
    assert_eq!(stripe.refusal(&cancel, ""), unexpected);
    assert!(!stripe.stand_in.pay(&intent, Card::Pays));
}

/// The intent of a session is not cancelled directly; the session is expired instead.
/// <https://docs.stripe.com/api/payment_intents/cancel>
#[test]
fn the_intent_of_a_session_is_neither_cancelled_nor_confirmed_directly() {
    let stripe = stripe();
    let session = stripe.session("");
    stripe.stand_in.pay(&session, Card::Declines);
    let intent = id(&stripe.stand_in.all("payment_intent")[0]);
    let unexpected = refused(400, "payment_intent_unexpected_state");
    assert_eq!(stripe.refusal(&format!("/v1/payment_intents/{intent}/cancel"), ""), unexpected);
    let confirm = format!("/v1/payment_intents/{intent}/confirm");
    assert_eq!(stripe.refusal(&confirm, "payment_method=pm_card_visa"), unexpected);
}

/// A decline is an error of status 402 with the intent, which can be paid again.
/// <https://docs.stripe.com/declines/codes>
#[test]
fn a_declined_card_says_why_and_leaves_the_intent_open() {
    let stripe = stripe();
    let intent = stripe.intent();
    let confirm = format!("/v1/payment_intents/{intent}/confirm");
    let form = "payment_method=pm_card_visa_chargeDeclinedInsufficientFunds";
    let declined = stripe.send(&confirm, "a", form);
    let error = &declined.body["error"];
    assert_eq!((declined.status, &error["code"]), (402, &"card_declined".into()));
    assert_eq!(error["decline_code"], "insufficient_funds");
    assert_eq!(error["payment_intent"]["status"], "requires_payment_method");
    assert_eq!(stripe.post(&confirm, "payment_method=pm_card_visa")["status"], "succeeded");
}

/// An intent carries the mail address for the receipt and the shipping address; both also come with its charge.
/// <https://docs.stripe.com/api/payment_intents/create>
#[test]
fn an_intent_carries_mail_shipping_address_and_description() {
    let stripe = stripe();
    let details = "receipt_email=ada@example.com&description=Order 7&shipping[name]=Ada&\
        shipping[address][line1]=1 Harbour Street&shipping[address][country]=DE";
    let intent = stripe.post("/v1/payment_intents", &format!("{INTENT}&{details}"));
    assert_eq!(intent["receipt_email"], "ada@example.com");
    assert_eq!(intent["shipping"]["address"]["line1"], "1 Harbour Street");
    stripe.stand_in.pay(&id(&intent), Card::Pays);
    let charge = &stripe.stand_in.all("charge")[0];
    for field in ["receipt_email", "shipping", "description", "metadata"] {
        assert_eq!(charge[field], intent[field], "{field}");
    }
}

/// A customer must exist.
/// <https://docs.stripe.com/error-codes#resource-missing>
#[test]
fn an_unknown_customer_object_or_url_is_missing() {
    let stripe = stripe();
    let missing = refused(404, "resource_missing");
    assert_eq!(stripe.refusal("/v1/payment_intents", &format!("{INTENT}&customer=cus_1")), missing);
    assert_eq!(stripe.refusal("/v1/checkout/sessions", &format!("{}&customer=cus_1", super::SESSION)), missing);
    assert_eq!(stripe.refusal("/v1/payment_intents/pi_9/cancel", ""), missing);
    assert_eq!(stripe.refusal("/v1/customers", ""), refused(404, "url_invalid"));
    assert!(stripe.stand_in.all("payment_intent").is_empty());
    assert_eq!(
        stripe.refusal("/v1/payment_intents", &format!("{INTENT}&colour=red")),
        bad_field("parameter_unknown", "colour")
    );
}
