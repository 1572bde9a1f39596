//! Whoever announces or sends may stop at any call, and any call may be lost: every event is posted, and after it was
//! recorded never again.

use std::time::Duration;

use domain::public_event::EventType;
use harness::interruptions::Outcome;
use harness::network::Fault;
use serde_json::{Value, json};

use crate::webhooks::World;

/// The queue delivers a message again that was not deleted, some minutes later and until it is done. Then the clock does
/// the rest.
async fn settle(world: &World, messages: &[Value]) {
    let sender = world.sender();
    for _ in 0..3 {
        world.shop.later(Duration::from_mins(2));
        world.hand(&sender, messages).await;
        world.work(&sender).await;
    }
    for _ in 0..3 {
        world.shop.later(Duration::from_mins(20));
        world.tick(&sender).await;
    }
}

#[tokio::test]
async fn whoever_sends_may_be_killed_at_any_call_and_the_event_is_posted_once_or_twice_and_never_lost() {
    let (mut tried, mut twice) = (0, 0);
    for fails_first in [false, true] {
        for at in 0.. {
            let world = World::new().await;
            let event = world.announce(1).await;
            let messages: Vec<Value> = world.shop.webhooks.queue.take().into_iter().map(|it| it.body).collect();
            if fails_first {
                world.receiver.answer_with(500);
                world.hand(&world.sender(), &messages).await;
                world.receiver.answer_with(200);
                world.shop.later(Duration::from_mins(1));
            }
            let sender = world.sender();
            let interruptions = world.shop.table.network.interruptions.clone();
            let killed = Box::pin(world.hand(&sender, &messages));
            let outcome = interruptions.crash_at(at, killed).await;
            if matches!(outcome, Outcome::NotReached) {
                break;
            }
            tried += 1;
            settle(&world, &messages).await;
            assert!(world.is_delivered(event).await, "{at}");
            let posted = world.receiver.received().len() - usize::from(fails_first);
            assert!((1..=2).contains(&posted), "{at}: {posted}");
            twice += usize::from(posted == 2);
            settle(&world, &messages).await;
            assert_eq!(
                world.receiver.received().len() - usize::from(fails_first),
                posted,
                "never after it was recorded"
            );
        }
    }
    assert!(tried > 15 && twice > 0 && twice < tried, "{tried} {twice}");
}

#[tokio::test]
async fn whoever_announces_may_be_killed_at_any_call_and_is_repeated_without_a_second_delivery() {
    for at in 0.. {
        let world = World::new().await;
        let event = world.event(1, EventType::OrderPaid);
        let interruptions = world.shop.table.network.interruptions.clone();
        let (first, second) = (world.announcer(), world.announcer());
        let outcome = interruptions.crash_at(at, Box::pin(first.announce(&event, "{}"))).await;
        if matches!(outcome, Outcome::NotReached) {
            assert!(at >= 6, "it makes three calls");
            break;
        }
        assert_eq!(second.announce(&event, "{}").await, Ok(1));
        assert_eq!(world.work(&world.sender()).await, 0);
        assert!(world.is_delivered(event.id).await, "{at}");
        assert_eq!(world.receiver.received().len(), 1, "{at}");
    }
}

#[tokio::test]
async fn a_call_to_the_table_that_fails_leaves_the_message_in_the_queue_or_the_delivery_done() {
    for fault in [Fault::Before, Fault::After, Fault::Throttle, Fault::Conflict] {
        for skip in 0..6 {
            let world = World::new().await;
            let event = world.announce(1).await;
            let messages: Vec<Value> = world.shop.webhooks.queue.take().into_iter().map(|it| it.body).collect();
            let sender = world.sender();
            world.shop.table.network.fail_any(skip, fault, 3);
            let failed = world.hand(&sender, &messages).await;
            world.shop.table.network.heal();
            assert!(failed == 1 || world.is_delivered(event).await, "{fault:?} {skip}");
            settle(&world, &messages).await;
            assert!(world.is_delivered(event).await, "{fault:?} {skip}");
            assert!(world.receiver.received().len() <= 2, "{fault:?} {skip}");
        }
    }
}

#[tokio::test]
async fn a_lost_answer_of_the_table_is_repeated_by_the_client_and_posts_nothing_twice() {
    for skip in 0..6 {
        let world = World::new().await;
        world.announce(1).await;
        world.shop.table.network.fail_any(skip, Fault::After, 1);
        assert_eq!(world.work(&world.sender()).await, 0);
        assert_eq!(world.receiver.received().len(), 1, "{skip}");
    }
}

#[tokio::test]
async fn the_clock_that_stops_after_it_put_a_delivery_into_the_queue_puts_it_again_and_it_is_posted_once() {
    for at in 0.. {
        let world = World::new().await;
        world.receiver.answer_with(500);
        let event = world.announce(1).await;
        world.work(&world.sender()).await;
        world.receiver.answer_with(200);
        world.shop.later(Duration::from_mins(1));
        let sender = world.sender();
        let interruptions = world.shop.table.network.interruptions.clone();
        let minute = Box::pin(sender.handle(webhook_sender::Event::EveryMinute(json!({}))));
        if matches!(interruptions.crash_at(at, minute).await, Outcome::NotReached) {
            assert!(at >= 8, "it makes four calls");
            break;
        }
        let other = world.sender();
        world.work(&other).await;
        for _ in 0..2 {
            world.shop.later(Duration::from_mins(20));
            world.tick(&other).await;
        }
        assert!(world.is_delivered(event).await, "{at}");
        assert_eq!(world.receiver.received().len(), 2, "{at}");
    }
}
