//! Payments that a bank decides days later.

use super::{INTENT, SESSION, id, refused, stripe};
use crate::Card;

/// A payment with a delayed method is processing until its bank decides, and then succeeds or fails.
/// <https://docs.stripe.com/payments/paymentintents/lifecycle>
#[test]
fn a_bank_debit_is_processing_until_the_bank_pays() {
    let stripe = stripe();
    let intent = stripe.intent();
    let begun = stripe.events_of(|stripe| assert!(!stripe.stand_in.pay(&intent, Card::Slow)));
    assert_eq!(begun, ["charge.pending", "payment_intent.processing"]);
    let now = stripe.object("payment_intent", &intent);
    assert_eq!((&now["status"], &now["amount_received"]), (&"processing".into(), &0.into()));
    let charge = &stripe.stand_in.all("charge")[0];
    assert_eq!((&charge["status"], &charge["paid"]), (&"pending".into(), &false.into()));
    let decided = stripe.events_of(|stripe| stripe.stand_in.decide_payment(&intent, true));
    assert_eq!(decided, ["charge.succeeded", "payment_intent.succeeded"]);
    assert_eq!(stripe.object("payment_intent", &intent)["amount_received"], 1999);
    let again = stripe.events_of(|stripe| stripe.stand_in.decide_payment(&intent, false));
    assert!(again.is_empty(), "a bank decides once: {again:?}");
}

/// When a delayed payment fails, its intent requires a payment method again.
/// <https://docs.stripe.com/payments/paymentintents/lifecycle>
#[test]
fn a_debit_that_fails_lets_the_buyer_pay_in_another_way() {
    let stripe = stripe();
    let intent = stripe.intent();
    stripe.stand_in.pay(&intent, Card::Slow);
    let failed = stripe.events_of(|stripe| stripe.stand_in.decide_payment(&intent, false));
    assert_eq!(failed, ["charge.failed", "payment_intent.payment_failed"]);
    assert_eq!(stripe.object("payment_intent", &intent)["status"], "requires_payment_method");
    let refund = format!("payment_intent={intent}");
    assert_eq!(stripe.refusal("/v1/refunds", &refund), refused(400, "charge_missing"), "no money came");
    assert!(stripe.stand_in.pay(&intent, Card::Pays));
}

/// An intent that is processing is, except in rare cases, not cancelled.
/// <https://docs.stripe.com/api/payment_intents/cancel>
#[test]
fn a_processing_intent_is_neither_cancelled_nor_confirmed_again() {
    let stripe = stripe();
    let intent = stripe.intent();
    let confirm = format!("/v1/payment_intents/{intent}/confirm");
    let debit = "payment_method=pm_usBankAccount_success";
    assert_eq!(stripe.post(&confirm, debit)["status"], "processing");
    let unexpected = refused(400, "payment_intent_unexpected_state");
    assert_eq!(stripe.refusal(&confirm, debit), unexpected);
    assert_eq!(stripe.refusal(&format!("/v1/payment_intents/{intent}/cancel"), ""), unexpected);
}

/// With a delayed method a session is complete and unpaid; a later event says whether the money came.
/// <https://docs.stripe.com/checkout/fulfillment#delayed-notification>
#[test]
fn a_session_is_complete_before_its_debit_is_paid_or_fails() {
    for (paid, event, payment_status) in [
        (true, "checkout.session.async_payment_succeeded", "paid"),
        (false, "checkout.session.async_payment_failed", "unpaid"),
    ] {
        let stripe = stripe();
        let session = stripe.session("");
        let begun = stripe.events_of(|stripe| assert!(!stripe.stand_in.pay(&session, Card::Slow)));
        let types =
            ["payment_intent.created", "charge.pending", "payment_intent.processing", "checkout.session.completed"];
        assert_eq!(begun, types);
        let now = stripe.object("checkout.session", &session);
        assert_eq!((&now["status"], &now["payment_status"]), (&"complete".into(), &"unpaid".into()));
        let decided = stripe.events_of(|stripe| stripe.stand_in.decide_payment(&session, paid));
        assert_eq!(decided.last().unwrap(), event);
        let now = stripe.object("checkout.session", &session);
        assert_eq!((&now["status"], &now["payment_status"]), (&"complete".into(), &payment_status.into()));
        assert!(!stripe.stand_in.pay(&session, Card::Pays), "the page is closed");
    }
}

/// A payment does not take the types of payment methods that it excludes.
/// <https://docs.stripe.com/api/payment_intents/create#create_payment_intent-excluded_payment_method_types>
#[test]
fn excluded_methods_are_refused() {
    let stripe = stripe();
    let incompatible = refused(400, "payment_intent_incompatible_payment_method");
    let excluded = "excluded_payment_method_types[0]=us_bank_account";
    let intent = id(&stripe.post("/v1/payment_intents", &format!("{INTENT}&{excluded}")));
    let confirm = format!("/v1/payment_intents/{intent}/confirm");
    assert_eq!(stripe.refusal(&confirm, "payment_method=pm_usBankAccount_success"), incompatible);
    assert!(!stripe.stand_in.pay(&intent, Card::Slow));
    assert!(stripe.stand_in.pay(&intent, Card::Pays));
    let session = stripe.session(excluded);
    assert!(!stripe.stand_in.pay(&session, Card::Slow));
    assert_eq!(stripe.object("checkout.session", &session)["status"], "open");
    let unknown = stripe.refusal("/v1/payment_intents", &format!("{INTENT}&excluded_payment_method_types[]=cheque"));
    assert_eq!(unknown.field, "excluded_payment_method_types");
    let unknown = stripe.refusal("/v1/checkout/sessions", &format!("{SESSION}&excluded_payment_method_types[0]="));
    assert_eq!(unknown.field, "excluded_payment_method_types");
}

/// ACH takes US dollars only, SEPA euros only.
/// <https://docs.stripe.com/payments/payment-methods/payment-method-support>
#[test]
fn a_debit_takes_only_the_currency_of_its_banks() {
    let stripe = stripe();
    let intent = stripe.intent();
    let confirm = format!("/v1/payment_intents/{intent}/confirm");
    let sepa = "payment_method=pm_sepaDebit_success_de";
    assert_eq!(stripe.refusal(&confirm, sepa), refused(400, "payment_intent_incompatible_payment_method"));
    let intent = id(&stripe.post("/v1/payment_intents", "amount=1999&currency=eur"));
    assert_eq!(stripe.post(&format!("/v1/payment_intents/{intent}/confirm"), sepa)["status"], "processing");
    let unknown = stripe.refusal(&confirm, "payment_method=pm_sepaDebit_whatever_de");
    assert_eq!(unknown, refused(404, "resource_missing"));
}
