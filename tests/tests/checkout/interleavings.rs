//! Every point is tried: before and after each call that a checkout, a payment, a cancellation, a refund, an expiry or
//! a webhook makes to the table or the provider. At the point the caller crashes, its call is lost, or others act. Then
//! events arrive twice and in the wrong order, the janitor runs, and the invariants are checked: once for each state to
//! which interruptions lead, because many of them lead to the same one.

use std::collections::BTreeSet;
use std::sync::Arc;

use harness::interruptions::{Outcome, Tally};

use crate::scenario::Action::{
    BankPays, BankRefuses, Cancel, CartChanges, CashExpires, Confirm, Decline, DisputeLost, DisputeOpens,
    DisputeWithoutEvents, DisputeWon, Expire, HoldEnds, OpenAgain, OpenOther, Order, OrderCash, OrderOnStripesPage,
    OrdersAgain, OtherBuys, ParcelArrives, Pay, PaySlowly, PayWithoutEvents, Process, RefundAll, RefundInDashboard,
    RefundsFail, RefuseParcel, RemoveParcel, Return, SendEvents, Ship, ShipOne,
};
use crate::scenario::{Action, Scenario};

static TALLY: Tally = Tally::new("docs/checkout.md", "interleavings: every point is tried");

/// At each of its points, `action` crashes and is tried again or not, or its call is lost. Returns how often.
async fn fails(before: &[Action], action: Action) -> usize {
    fails_in(&Scenario::open().await.after(before).await, before, action).await
}

/// The same where more can be ordered than is there.
async fn fails_below_zero(before: &[Action], action: Action) -> usize {
    fails_in(&Scenario::open_below_zero().await.after(before).await, before, action).await
}

async fn fails_in(first: &Arc<Scenario>, before: &[Action], action: Action) -> usize {
    let (mut count, mut settled) = (0, BTreeSet::new());
    for at in 0.. {
        for again in [true, false] {
            let scenario = first.copy().await;
            let interruptions = scenario.shop.table.network.interruptions.clone();
            match interruptions.crash_at(at, scenario.act(action)).await {
                Outcome::NotReached => return count,
                Outcome::Crashed => {}
                Outcome::Finished(()) => panic!("{action:?} went on after its crash at {at}"),
            }
            if again {
                scenario.act(action).await;
            }
            let what = format!("{action:?} crashed at {at} after {before:?}, again: {again}");
            scenario.settle_and_check(&mut settled, &what).await;
        }
        let scenario = first.copy().await;
        let interruptions = scenario.shop.table.network.interruptions.clone();
        interruptions.lose_call_at(at, scenario.act(action)).await;
        let what = format!("{action:?} lost its call at {at} after {before:?}");
        scenario.settle_and_check(&mut settled, &what).await;
        count += 3;
    }
    count
}

/// At each point of `action`, another action happens. Returns how often.
async fn meets(before: &[Action], action: Action, others: &[Action]) -> usize {
    meets_in(&Scenario::open().await.after(before).await, before, action, others).await
}

/// The same where more can be ordered than is there.
async fn meets_below_zero(before: &[Action], action: Action, others: &[Action]) -> usize {
    meets_in(&Scenario::open_below_zero().await.after(before).await, before, action, others).await
}

async fn meets_in(first: &Arc<Scenario>, before: &[Action], action: Action, others: &[Action]) -> usize {
    let (mut count, mut settled) = (0, BTreeSet::new());
    for &other in others {
        for at in 0.. {
            let scenario = first.copy().await;
            let interruptions = scenario.shop.table.network.interruptions.clone();
            let rival = Arc::clone(&scenario);
            let others_act = async move { rival.act(other).await };
            let outcome = Box::pin(interruptions.interrupt_at(at, others_act, scenario.act(action)));
            if let Outcome::NotReached = outcome.await {
                break;
            }
            let what = format!("{action:?} met {other:?} at {at} after {before:?}");
            scenario.settle_and_check(&mut settled, &what).await;
            count += 1;
        }
    }
    count
}

/// One test for each line, so that they run in parallel.
macro_rules! tests {
    ($($name:ident: $scenario:expr;)+) => {
        const TESTS: usize = [$(stringify!($name)),+].len();
        $(
            #[tokio::test]
            async fn $name() {
                TALLY.ended($scenario.await, TESTS);
            }
        )+
    };
}

tests! {
    a_checkout_survives_a_failure_at_any_call: fails(&[], Order);
    a_checkout_on_stripes_page_survives_a_failure_at_any_call: fails(&[], OrderOnStripesPage);
    a_checkout_survives_a_repetition_at_any_call: meets(&[], Order, &[Order]);
    a_checkout_survives_another_buyer_at_any_call: meets(&[], Order, &[OtherBuys]);
    a_checkout_survives_a_change_of_the_cart_at_any_call: meets(&[], Order, &[CartChanges]);
    a_checkout_survives_the_end_of_the_hold_at_any_call: meets(&[], Order, &[HoldEnds]);

    opening_another_payment_survives_a_failure_at_any_call: fails(&[Order], OpenOther);
    opening_a_payment_after_the_hold_survives_a_failure_at_any_call: fails(&[Order, HoldEnds], OpenAgain);
    opening_another_payment_survives_the_buyer_at_any_call: meets(&[Order], OpenOther, &[Pay, Cancel, OpenOther]);
    opening_another_payment_survives_the_janitor_at_any_call: meets(&[Order], OpenOther, &[HoldEnds, Expire]);
    opening_a_payment_after_the_hold_survives_buyers_at_any_call: meets(&[Order, HoldEnds], OpenAgain, &[OtherBuys, Pay]);

    a_cancellation_survives_a_failure_at_any_call: fails(&[Order], Cancel);
    a_cancellation_of_a_paid_order_survives_a_failure_at_any_call: fails(&[Order, Pay], Cancel);
    a_cancellation_survives_a_payment_or_a_repetition_at_any_call: meets(&[Order], Cancel, &[Pay, Cancel]);
    a_cancellation_survives_another_payment_or_the_end_of_the_hold_at_any_call: meets(&[Order], Cancel, &[OpenOther, HoldEnds]);
    a_cancellation_of_a_paid_order_survives_staff_at_any_call: meets(&[Order, Pay], Cancel, &[Return, Ship]);
    a_cancellation_of_a_paid_order_survives_a_repetition_or_a_refund_at_any_call: meets(&[Order, Pay], Cancel, &[Cancel, RefundInDashboard]);

    a_refund_survives_a_failure_at_any_call: fails(&[Order, Pay], Return);
    a_refund_survives_a_repetition_or_a_cancellation_at_any_call: meets(&[Order, Pay], Return, &[Return, Cancel]);
    a_refund_survives_shipping_or_stripe_at_any_call: meets(&[Order, Pay], Return, &[Ship, RefundInDashboard, SendEvents]);

    an_event_survives_a_failure_at_any_call: fails(&[Order, PayWithoutEvents], SendEvents);
    a_declined_payment_survives_a_failure_at_any_call: fails(&[Order], Decline);
    an_event_of_a_sold_out_order_survives_a_failure_at_any_call: fails(&[Order, PayWithoutEvents, HoldEnds, OtherBuys], SendEvents);
    an_event_survives_a_repetition_or_the_buyer_at_any_call: meets(&[Order, PayWithoutEvents], SendEvents, &[SendEvents, Cancel, OpenOther]);
    an_event_survives_the_janitor_at_any_call: meets(&[Order, PayWithoutEvents], SendEvents, &[HoldEnds, Expire]);

    the_end_of_a_hold_survives_a_failure_at_any_call: fails(&[Order], HoldEnds);
    the_end_of_a_hold_survives_the_buyer_at_any_call: meets(&[Order], HoldEnds, &[Pay, Cancel, OpenAgain]);

    an_expiry_survives_a_failure_at_any_call: fails(&[Order], Expire);
    an_expiry_survives_a_payment_or_a_cancellation_at_any_call: meets(&[Order, HoldEnds], Expire, &[Pay, Cancel]);
    an_expiry_survives_a_payment_in_the_last_second_at_any_call: meets(&[Order, PayWithoutEvents, HoldEnds], Expire, &[SendEvents]);
    an_expiry_survives_a_new_payment_or_another_buyer_at_any_call: meets(&[Order, HoldEnds], Expire, &[OpenAgain, OtherBuys]);
    an_expiry_survives_the_events_of_a_payment_at_any_call: meets(&[Order, PayWithoutEvents], Expire, &[SendEvents]);

    a_cash_order_survives_a_failure_at_any_call: fails(&[], OrderCash);
    a_confirmation_survives_a_failure_at_any_call: fails(&[OrderCash], Confirm);
    a_confirmation_survives_the_guest_or_the_janitor_at_any_call: meets(&[OrderCash], Confirm, &[Confirm, Cancel, HoldEnds]);
    the_confirmation_of_staff_survives_a_failure_at_any_call: fails(&[OrderCash, Confirm], Process);
    the_confirmation_of_staff_survives_others_at_any_call: meets(&[OrderCash, Confirm], Process, &[Process, Cancel, CashExpires]);
    the_end_of_an_unconfirmed_order_survives_a_failure_at_any_call: fails(&[OrderCash], HoldEnds);
    the_end_of_a_cash_order_survives_a_failure_at_any_call: fails(&[OrderCash, Confirm], CashExpires);
    the_end_of_a_cash_order_survives_others_at_any_call: meets(&[OrderCash, Confirm], CashExpires, &[Cancel, Process]);
    a_cancellation_of_a_confirmed_order_survives_staff_at_any_call: meets(&[OrderCash, Confirm, Process], Cancel, &[Cancel, Ship]);

    a_slow_payment_survives_a_failure_at_any_call: fails(&[Order], PaySlowly);
    a_slow_payment_on_stripes_page_survives_a_failure_at_any_call: fails(&[OrderOnStripesPage], PaySlowly);
    a_slow_payment_survives_the_buyer_or_the_janitor_at_any_call: meets(&[Order], PaySlowly, &[Cancel, OpenOther, HoldEnds]);
    a_slow_payment_survives_the_decision_of_the_bank_at_any_call: meets(&[Order], PaySlowly, &[BankPays, BankRefuses]);
    a_slow_payment_after_the_hold_survives_another_buyer_at_any_call: meets(&[Order, HoldEnds, OpenAgain], PaySlowly, &[OtherBuys, Expire]);
    the_success_of_a_slow_payment_survives_a_failure_at_any_call: fails(&[Order, PaySlowly], BankPays);
    the_success_of_a_slow_payment_survives_others_at_any_call: meets(&[Order, PaySlowly], BankPays, &[Cancel, OpenOther, Expire]);
    the_failure_of_a_slow_payment_survives_a_failure_at_any_call: fails(&[OrderOnStripesPage, PaySlowly], BankRefuses);
    the_failure_of_a_slow_payment_survives_others_at_any_call: meets(&[OrderOnStripesPage, PaySlowly], BankRefuses, &[Cancel, OpenAgain, OpenOther]);
    a_new_payment_after_a_slow_one_failed_survives_a_failure_at_any_call: fails(&[OrderOnStripesPage, PaySlowly, BankRefuses], OpenAgain);

    a_dispute_survives_a_failure_at_any_call: fails(&[Order, Pay], DisputeOpens);
    a_dispute_before_its_payment_survives_a_failure_at_any_call: fails(&[Order, PayWithoutEvents, DisputeWithoutEvents], SendEvents);
    a_dispute_survives_staff_or_the_buyer_at_any_call: meets(&[Order, Pay], DisputeOpens, &[Return, Ship, Cancel]);
    a_refund_survives_a_dispute_at_any_call: meets(&[Order, Pay], Return, &[DisputeOpens, DisputeWithoutEvents]);
    a_lost_dispute_survives_a_failure_at_any_call: fails(&[Order, Pay, DisputeOpens, Cancel], DisputeLost);
    a_won_dispute_survives_a_failure_at_any_call: fails(&[Order, Pay, DisputeOpens, Cancel], DisputeWon);
    a_decision_about_a_dispute_survives_staff_at_any_call: meets(&[Order, Pay, Ship, DisputeOpens], DisputeLost, &[Return, SendEvents]);

    a_whole_refund_survives_a_failure_at_any_call: fails(&[Order, Pay], RefundAll);
    a_whole_refund_survives_others_at_any_call: meets(&[Order, Pay], RefundAll, &[Ship, Cancel, RefundInDashboard, Return]);
    a_refund_that_comes_back_survives_a_failure_at_any_call: fails(&[Order, Pay, Ship, RefundAll], RefundsFail);
    a_refund_survives_its_failure_at_any_call: meets(&[Order, Pay], Return, &[RefundsFail]);
    a_refund_in_the_dashboard_survives_its_failure_at_any_call: meets(&[Order, Pay, RefundInDashboard], SendEvents, &[RefundsFail]);
    a_parcel_survives_a_failure_at_any_call: fails(&[Order, Pay], ShipOne);
    a_parcel_survives_others_at_any_call: meets(&[Order, Pay], ShipOne, &[ShipOne, Ship, Return, RefundAll, Cancel]);
    a_parcel_survives_a_dispute_or_a_refund_in_the_dashboard_at_any_call: meets(&[Order, Pay], ShipOne, &[DisputeOpens, RefundInDashboard]);
    a_refund_of_an_order_that_is_partly_sent_survives_staff_at_any_call: meets(&[Order, Pay, ShipOne], RefundAll, &[Ship, Return, ParcelArrives, RemoveParcel]);
    a_return_of_an_order_that_is_partly_sent_survives_staff_at_any_call: meets(&[Order, Pay, ShipOne], Return, &[Ship, ParcelArrives, RemoveParcel, DisputeOpens]);
    a_parcel_that_is_taken_out_survives_a_failure_at_any_call: fails(&[Order, Pay, ShipOne], RemoveParcel);
    a_parcel_that_arrives_survives_a_failure_at_any_call: fails(&[Order, Pay, ShipOne], ParcelArrives);
    a_parcel_of_an_order_for_cash_survives_staff_at_any_call: meets(&[OrderCash, Confirm], ShipOne, &[Ship, Cancel, CashExpires]);
    a_refused_order_in_parcels_survives_staff_at_any_call: meets(&[OrderCash, Confirm, ShipOne], RefuseParcel, &[Ship, ParcelArrives]);
    a_refused_parcel_survives_a_failure_at_any_call: fails(&[OrderCash, Confirm, Process, Ship], RefuseParcel);
    a_refused_parcel_survives_a_repetition_at_any_call: meets(&[OrderCash, Confirm, Process, Ship], RefuseParcel, &[RefuseParcel]);

    a_checkout_survives_more_orders_of_its_buyer_at_any_call: meets(&[], Order, &[OrdersAgain]);
    opening_a_payment_after_the_hold_survives_more_orders_of_its_buyer_at_any_call: meets(&[Order, HoldEnds], OpenAgain, &[OrdersAgain]);
    more_orders_than_allowed_survive_a_failure_at_any_call: fails(&[Order], OrdersAgain);

    a_checkout_below_zero_survives_a_failure_at_any_call: fails_below_zero(&[], Order);
    a_checkout_below_zero_survives_another_buyer_or_a_repetition_at_any_call: meets_below_zero(&[], Order, &[OtherBuys, Order]);
    opening_a_payment_below_zero_after_the_hold_survives_another_buyer_at_any_call: meets_below_zero(&[Order, HoldEnds], OpenAgain, &[OtherBuys]);
    an_event_of_an_order_below_zero_survives_a_failure_at_any_call: fails_below_zero(&[Order, PayWithoutEvents, HoldEnds, OtherBuys], SendEvents);
    a_cancellation_below_zero_survives_another_buyer_at_any_call: meets_below_zero(&[Order, Pay], Cancel, &[OtherBuys]);
}
