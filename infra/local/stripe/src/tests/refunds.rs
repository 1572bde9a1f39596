//! Refunds: refused, pending, failed, listed.

use super::{Stripe, bad_field, id, refused, stripe};
use crate::Card;

fn paid(stripe: &Stripe, card: Card) -> String {
    let intent = stripe.intent();
    assert!(stripe.stand_in.pay(&intent, card));
    intent
}

fn refund(stripe: &Stripe, intent: &str, amount: i64) -> String {
    id(&stripe.post("/v1/refunds", &format!("payment_intent={intent}&amount={amount}")))
}

/// Several refunds of a charge are together at most its amount.
/// <https://docs.stripe.com/refunds>
#[test]
fn refunds_are_together_at_most_the_charge() {
    let stripe = stripe();
    let intent = stripe.intent();
    let form = format!("payment_intent={intent}");
    assert_eq!(stripe.refusal("/v1/refunds", &form), refused(400, "charge_missing"));
    stripe.stand_in.pay(&intent, Card::Pays);
    let events = stripe.events_of(|stripe| refund(stripe, &intent, 1000));
    assert_eq!(events, ["refund.created", "charge.refunded"]);
    assert_eq!(stripe.refusal("/v1/refunds", &format!("{form}&amount=1000")), refused(400, "amount_too_large"));
    assert_eq!(
        stripe.refusal("/v1/refunds", &format!("{form}&amount=0")),
        bad_field("parameter_invalid_integer", "amount")
    );
    assert_eq!(stripe.refusal("/v1/refunds", &format!("{form}&reason=bored")).field, "reason");
    let charge = id(&stripe.stand_in.all("charge")[0]);
    assert_eq!(stripe.refusal("/v1/refunds", &format!("{form}&charge={charge}")).code, "parameters_exclusive");
    assert_eq!(stripe.post("/v1/refunds", &format!("charge={charge}"))["amount"], 999, "the rest");
    assert_eq!(stripe.refusal("/v1/refunds", &form), refused(400, "charge_already_refunded"));
    assert_eq!(stripe.object("charge", &charge)["refunded"], true);
}

/// A charge that was charged back is not refunded. An inquiry does not hinder a refund.
/// <https://docs.stripe.com/error-codes#charge-disputed>, <https://docs.stripe.com/disputes/how-disputes-work#inquiries>
#[test]
fn a_charge_back_blocks_refunds_until_it_is_won_and_an_inquiry_does_not() {
    let stripe = stripe();
    let intent = paid(&stripe, Card::Disputes);
    let form = format!("payment_intent={intent}&amount=100");
    assert_eq!(stripe.refusal("/v1/refunds", &form), refused(400, "charge_disputed"));
    let dispute = id(&stripe.stand_in.all("dispute")[0]);
    stripe.stand_in.close_dispute(&dispute, true);
    refund(&stripe, &intent, 100);
    let intent = paid(&stripe, Card::OpensInquiry);
    refund(&stripe, &intent, 100);
    let inquiry = id(&stripe.stand_in.all("dispute")[1]);
    stripe.stand_in.close_dispute(&inquiry, false);
    let form = format!("payment_intent={intent}&amount=100");
    assert_eq!(stripe.refusal("/v1/refunds", &form), refused(400, "charge_disputed"), "it became a dispute");
    stripe.stand_in.close_dispute(&inquiry, false);
    assert_eq!(stripe.refusal("/v1/refunds", &form), refused(400, "charge_disputed"), "it was lost");
}

/// A refund takes its money from the available balance.
/// <https://docs.stripe.com/refunds>, <https://docs.stripe.com/error-codes#balance-insufficient>
#[test]
fn a_refund_needs_enough_balance() {
    let stripe = stripe();
    let intent = paid(&stripe, Card::Pays);
    stripe.stand_in.set_balance(Some(500));
    let form = format!("payment_intent={intent}");
    let insufficient = refused(400, "balance_insufficient");
    assert_eq!(stripe.refusal("/v1/refunds", &form), insufficient);
    let first = refund(&stripe, &intent, 400);
    assert_eq!(stripe.refusal("/v1/refunds", &format!("{form}&amount=101")), insufficient);
    stripe.stand_in.update_refund(&first, "canceled");
    refund(&stripe, &intent, 500);
    stripe.stand_in.set_balance(None);
    stripe.post("/v1/refunds", &form);
}

/// The card for asynchronous success: its refund is pending, and later succeeds with the event refund.updated.
/// <https://docs.stripe.com/testing#refunds>
#[test]
fn a_pending_refund_succeeds_later() {
    let stripe = stripe();
    let intent = stripe.intent();
    stripe.post(&format!("/v1/payment_intents/{intent}/confirm"), "payment_method=pm_card_pendingRefund");
    let refund = stripe.post("/v1/refunds", &format!("payment_intent={intent}&amount=100"));
    assert_eq!((&refund["status"], &refund["pending_reason"]), (&"pending".into(), &"processing".into()));
    assert_eq!(stripe.stand_in.all("charge")[0]["amount_refunded"], 100, "it counts at once");
    let events = stripe.events_of(|stripe| stripe.stand_in.update_refund(&id(&refund), "succeeded"));
    assert_eq!(events, ["refund.updated", "charge.refund.updated"]);
    assert_eq!(stripe.get(&format!("/v1/refunds/{}", id(&refund)), "")["status"], "succeeded");
}

/// The card for asynchronous failure: its refund succeeds first, and later fails with the event refund.failed. The
/// amount of a failed refund goes back to the shop's balance.
/// <https://docs.stripe.com/testing#refunds>, <https://docs.stripe.com/refunds#failed-refunds>
#[test]
fn a_refund_that_seemed_to_succeed_fails_and_gives_its_amount_back() {
    let stripe = stripe();
    let intent = paid(&stripe, Card::RefundFails);
    let failing = refund(&stripe, &intent, 1999);
    assert_eq!(stripe.object("refund", &failing)["status"], "succeeded");
    assert_eq!(stripe.stand_in.all("charge")[0]["refunded"], true);
    let events = stripe.events_of(|stripe| stripe.pass(60));
    assert_eq!(events, ["refund.updated", "charge.refund.updated", "refund.failed"]);
    let failed = stripe.object("refund", &failing);
    assert_eq!((&failed["status"], &failed["failure_reason"]), (&"failed".into(), &"unknown".into()));
    let charge = &stripe.stand_in.all("charge")[0];
    assert_eq!((&charge["amount_refunded"], &charge["refunded"]), (&0.into(), &false.into()));
}

/// A refund is cancelled before the bank has it; a failed or cancelled one does not change any more.
/// <https://docs.stripe.com/refunds#cancel-refund>
#[test]
fn a_cancelled_refund_gives_its_amount_back_once() {
    let stripe = stripe();
    let intent = paid(&stripe, Card::PendingRefund);
    let pending = refund(&stripe, &intent, 700);
    stripe.stand_in.update_refund(&pending, "canceled");
    for status in ["canceled", "failed", "succeeded", "pending", "nonsense"] {
        let events = stripe.events_of(|stripe| stripe.stand_in.update_refund(&pending, status));
        assert!(events.is_empty(), "{status}: {events:?}");
    }
    assert_eq!(stripe.object("refund", &pending)["status"], "canceled");
    assert_eq!(stripe.stand_in.all("charge")[0]["amount_refunded"], 0);
}

/// Lists have 10 objects, or as many as `limit` says, 1 to 100, the newest first; cursors lead on.
/// <https://docs.stripe.com/api/pagination>
#[test]
fn refunds_are_listed_in_pages() {
    let stripe = stripe();
    let (intent, other) = (paid(&stripe, Card::Pays), paid(&stripe, Card::Pays));
    let made: Vec<String> = (0..12).map(|_| refund(&stripe, &intent, 1)).collect();
    refund(&stripe, &other, 1);
    let page = |query: &str| {
        let list = stripe.get("/v1/refunds", &format!("payment_intent={intent}&{query}"));
        let ids: Vec<String> = list["data"].as_array().unwrap().iter().map(id).collect();
        (ids, list["has_more"] == true)
    };
    let newest = |from: usize, to: usize| made[from..to].iter().rev().cloned().collect::<Vec<_>>();
    assert_eq!(page(""), (newest(2, 12), true));
    assert_eq!(page("limit=100"), (newest(0, 12), false));
    assert_eq!(page(&format!("limit=2&starting_after={}", made[2])), (newest(0, 2), false));
    assert_eq!(page(&format!("limit=2&ending_before={}", made[2])), (newest(3, 5), true));
    let charge = stripe.object("refund", &made[0])["charge"].as_str().unwrap().to_owned();
    assert_eq!(stripe.get("/v1/refunds", &format!("charge={charge}&limit=100"))["data"].as_array().unwrap().len(), 12);
    for bad in ["limit=0", "limit=101", "limit=ten", "starting_after=re_9", "colour=red"] {
        let reply = stripe.call(&axum::http::Method::GET, "/v1/refunds", None, bad);
        assert!((400..=404).contains(&reply.status), "{bad}");
    }
}
