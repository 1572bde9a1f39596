//! Disputes and inquiries.

use super::{NOW, Stripe, id, refused, stripe};
use crate::Card;

const DAY: i64 = 24 * 60 * 60;

fn disputed(stripe: &Stripe, inquiry: bool) -> String {
    let intent = stripe.intent();
    stripe.stand_in.pay(&intent, Card::Pays);
    stripe.stand_in.open_dispute(&intent, inquiry)
}

/// A dispute names charge and payment intent, has a deadline for evidence, and its own metadata, which is empty.
/// <https://docs.stripe.com/api/disputes/object>
#[test]
fn a_dispute_knows_its_charge_and_nothing_of_our_metadata() {
    let stripe = stripe();
    let intent = stripe.intent();
    let events = stripe.events_of(|stripe| stripe.stand_in.pay(&intent, Card::Disputes));
    assert_eq!(events[2..], ["charge.dispute.created", "charge.dispute.funds_withdrawn"]);
    let dispute = &stripe.get("/v1/disputes", &format!("payment_intent={intent}"))["data"][0];
    assert_eq!(dispute["payment_intent"], intent);
    assert_eq!(dispute["charge"], stripe.object("payment_intent", &intent)["latest_charge"]);
    assert_eq!(dispute["metadata"], serde_json::json!({}));
    assert_eq!(dispute["status"], "needs_response");
    assert_eq!(dispute["is_charge_refundable"], false);
    assert_eq!(dispute["evidence_details"]["due_by"], NOW + 7 * DAY);
    stripe.pass(7 * DAY + 1);
    assert_eq!(stripe.stand_in.all("dispute")[0]["evidence_details"]["past_due"], true);
}

/// Money comes back when a dispute is won, and does not when it is lost.
/// <https://docs.stripe.com/disputes/how-disputes-work>, <https://docs.stripe.com/api/events/types>
#[test]
fn a_dispute_is_won_or_lost_once() {
    let stripe = stripe();
    let won = disputed(&stripe, false);
    let events = stripe.events_of(|stripe| stripe.stand_in.close_dispute(&won, true));
    assert_eq!(events, ["charge.dispute.funds_reinstated", "charge.dispute.closed"]);
    assert_eq!(stripe.object("dispute", &won)["status"], "won");
    let lost = disputed(&stripe, false);
    let events = stripe.events_of(|stripe| stripe.stand_in.close_dispute(&lost, false));
    assert_eq!(events, ["charge.dispute.closed"]);
    assert!(stripe.events_of(|stripe| stripe.stand_in.close_dispute(&lost, true)).is_empty());
    assert_eq!(stripe.object("dispute", &lost)["status"], "lost");
    assert_eq!(stripe.stand_in.open_dispute("pi_9", false), "");
}

/// An inquiry moves no money; it is closed, or becomes a dispute that takes the money.
/// <https://docs.stripe.com/disputes/how-disputes-work#inquiries>
#[test]
fn an_inquiry_is_closed_or_becomes_a_dispute() {
    let stripe = stripe();
    let opened = stripe.events_of(|stripe| disputed(stripe, true));
    assert_eq!(opened.last().unwrap(), "charge.dispute.created", "no money is withdrawn");
    let inquiry = id(&stripe.stand_in.all("dispute")[0]);
    assert_eq!(stripe.object("dispute", &inquiry)["status"], "warning_needs_response");
    let events = stripe.events_of(|stripe| stripe.stand_in.close_dispute(&inquiry, true));
    assert_eq!(events, ["charge.dispute.closed"]);
    assert_eq!(stripe.object("dispute", &inquiry)["status"], "warning_closed");
    let inquiry = disputed(&stripe, true);
    let events = stripe.events_of(|stripe| stripe.stand_in.close_dispute(&inquiry, false));
    assert_eq!(events, ["charge.dispute.updated", "charge.dispute.funds_withdrawn"]);
    let dispute = stripe.object("dispute", &inquiry);
    assert_eq!((&dispute["status"], &dispute["is_charge_refundable"]), (&"needs_response".into(), &false.into()));
}

/// Evidence is submitted once, before its deadline. Then the bank reviews it.
/// <https://docs.stripe.com/api/disputes/update>
#[test]
fn evidence_is_submitted_once_and_in_time() {
    let stripe = stripe();
    let dispute = disputed(&stripe, false);
    let path = format!("/v1/disputes/{dispute}");
    let evidence = "evidence[uncategorized_text]=It arrived";
    assert_eq!(stripe.post(&path, &format!("{evidence}&submit=false"))["status"], "needs_response");
    let sent = stripe.post(&path, evidence);
    assert_eq!((&sent["status"], &sent["evidence_details"]["submission_count"]), (&"under_review".into(), &1.into()));
    assert_eq!(stripe.refusal(&path, evidence), refused(400, "dispute_unexpected_state"));
    let late = disputed(&stripe, true);
    stripe.pass(7 * DAY + 1);
    assert_eq!(stripe.refusal(&format!("/v1/disputes/{late}"), evidence), refused(400, "dispute_unexpected_state"));
}
