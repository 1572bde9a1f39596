//! Every place is tried: each side of each call that a checkout, a payment, a cancellation, a refund, an expiry or a
//! webhook makes to the table or the provider. The caller dies there, its call is lost there, or others act there; then
//! events come twice and in the wrong order, the janitor comes, and the books are compared.

use std::sync::Arc;

use harness::places::Fate;

use crate::world::{Act, World};

/// Says how much was tried, for those who run the tests with `--nocapture`.
#[expect(clippy::print_stdout, reason = "a count that people ask for")]
fn tried(what: &str, scenarios: usize) {
    assert!(scenarios > 0, "{what} has no places");
    println!("{scenarios:4} interleavings: {what}");
}

/// At each of its places `act` dies, and whoever acts tries again or does not; and then its call is lost there.
async fn broken(before: &[Act], act: Act) {
    let first = World::open().await;
    let mut scenarios = 0;
    for at in 0.. {
        for again in [true, false] {
            let world = first.after(before).await;
            let places = world.shop.table.network.places.clone();
            match places.kill(at, world.act(act)).await {
                Fate::Unhurt => {
                    return tried(&format!("{act:?} broken after {before:?}"), scenarios);
                }
                Fate::Died => {}
                Fate::Lived(()) => panic!("{act:?} outlived its death at {at}"),
            }
            if again {
                world.act(act).await;
            }
            world.settle().await;
            world.check(&format!("{act:?} died at {at} after {before:?}, again: {again}"));
        }
        let world = first.after(before).await;
        let places = world.shop.table.network.places.clone();
        places.lose(at, world.act(act)).await;
        world.settle().await;
        world.check(&format!("{act:?} lost its call at {at} after {before:?}"));
        scenarios += 3;
    }
}

/// At each of the places of `act`, another one acts.
async fn overtaken(before: &[Act], act: Act, others: &[Act]) {
    let first = World::open().await;
    for &other in others {
        let mut scenarios = 0;
        for at in 0.. {
            let world = first.after(before).await;
            let places = world.shop.table.network.places.clone();
            let rival = Arc::clone(&world);
            let acts = async move { rival.act(other).await };
            let met = Box::pin(places.overtake(at, acts, world.act(act)));
            if let Fate::Unhurt = met.await {
                break;
            }
            world.settle().await;
            world.check(&format!("{act:?} overtaken by {other:?} at {at} after {before:?}"));
            scenarios += 1;
        }
        tried(&format!("{act:?} overtaken by {other:?} after {before:?}"), scenarios);
    }
}

#[tokio::test]
async fn a_checkout_may_break_anywhere() {
    broken(&[], Act::Order).await;
    broken(&[], Act::OrderOnStripesPage).await;
}

#[tokio::test]
async fn a_checkout_may_be_overtaken_anywhere() {
    let others = [Act::Order, Act::OtherBuys, Act::CartChanges, Act::HoldEnds];
    overtaken(&[], Act::Order, &others).await;
}

#[tokio::test]
async fn opening_a_payment_may_break_anywhere() {
    broken(&[Act::Order], Act::OpenOther).await;
    broken(&[Act::Order, Act::HoldEnds], Act::OpenAgain).await;
}

#[tokio::test]
async fn opening_a_payment_may_be_overtaken_anywhere() {
    let others = [Act::Pay, Act::Cancel, Act::OpenOther, Act::HoldEnds, Act::Expire];
    overtaken(&[Act::Order], Act::OpenOther, &others).await;
    let others = [Act::OtherBuys, Act::Pay];
    overtaken(&[Act::Order, Act::HoldEnds], Act::OpenAgain, &others).await;
}

#[tokio::test]
async fn a_cancellation_may_break_anywhere() {
    broken(&[Act::Order], Act::Cancel).await;
    broken(&[Act::Order, Act::Pay], Act::Cancel).await;
}

#[tokio::test]
async fn a_cancellation_may_be_overtaken_anywhere() {
    let others = [Act::Pay, Act::Cancel, Act::OpenOther, Act::HoldEnds];
    overtaken(&[Act::Order], Act::Cancel, &others).await;
    let others = [Act::Return, Act::Ship, Act::Cancel, Act::RefundInDashboard];
    overtaken(&[Act::Order, Act::Pay], Act::Cancel, &others).await;
}

#[tokio::test]
async fn a_refund_may_break_and_be_overtaken_anywhere() {
    broken(&[Act::Order, Act::Pay], Act::Return).await;
    let others = [Act::Return, Act::Cancel, Act::Ship, Act::RefundInDashboard, Act::Hear];
    overtaken(&[Act::Order, Act::Pay], Act::Return, &others).await;
}

#[tokio::test]
async fn an_event_may_break_anywhere() {
    broken(&[Act::Order, Act::PayUntold], Act::Hear).await;
    broken(&[Act::Order], Act::Decline).await;
    let sold_out = [Act::Order, Act::HoldEnds, Act::OtherBuys, Act::PayUntold];
    broken(&sold_out, Act::Hear).await;
}

#[tokio::test]
async fn an_event_may_be_overtaken_anywhere() {
    let others = [Act::Hear, Act::Cancel, Act::HoldEnds, Act::Expire, Act::OpenOther];
    overtaken(&[Act::Order, Act::PayUntold], Act::Hear, &others).await;
}

#[tokio::test]
async fn the_end_of_a_hold_may_break_and_be_overtaken_anywhere() {
    broken(&[Act::Order], Act::HoldEnds).await;
    let others = [Act::Pay, Act::Cancel, Act::OpenAgain];
    overtaken(&[Act::Order], Act::HoldEnds, &others).await;
}

#[tokio::test]
async fn an_expiry_may_break_and_be_overtaken_anywhere() {
    broken(&[Act::Order], Act::Expire).await;
    let others = [Act::Pay, Act::Cancel, Act::OpenAgain, Act::OtherBuys];
    overtaken(&[Act::Order, Act::HoldEnds], Act::Expire, &others).await;
    overtaken(&[Act::Order, Act::PayUntold], Act::Expire, &[Act::Hear]).await;
}
