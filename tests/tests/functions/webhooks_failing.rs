//! Endpoints that fail: their events are tried again, and an endpoint that stays dead is disabled.

use std::time::Duration;

use domain::id::EventId;
use domain::mail::mails_for;
use domain::public_event::EventType;
use domain::webhook::DisabledReason;
use domain::webhook::delivery::DeliveryState;
use harness::fake_service::FakeService;
use harness::webhooks::{Behaviour, Receiver};
use serde_json::{Value, json};
use store::outbox::OutboxEvent;

use crate::fixtures::{mailer, mails, takes_all};
use crate::webhooks::{World, add, endpoint};

#[tokio::test]
async fn a_failed_event_is_tried_again_after_its_pause_and_the_log_has_each_attempt() {
    let world = World::new().await;
    let sender = world.sender();
    world.receiver.answer_with(500);
    let event = world.announce(1).await;
    assert_eq!(world.work(&sender).await, 0);
    world.tick(&sender).await;
    assert_eq!(world.receiver.received().len(), 1, "the pause is not over");
    world.shop.later(Duration::from_mins(1));
    world.tick(&sender).await;
    world.receiver.behave(Behaviour::Redirect("http://127.0.0.1:1/".to_owned()));
    world.shop.later(Duration::from_mins(3));
    world.tick(&sender).await;
    world.receiver.answer_with(202);
    world.shop.later(Duration::from_mins(13));
    world.tick(&sender).await;
    world.tick(&sender).await;
    let delivery = world.delivery(event).await.unwrap();
    let statuses: Vec<_> = delivery.attempts.iter().map(|attempt| attempt.status.unwrap()).collect();
    assert_eq!(statuses, [500, 500, 307, 202], "a redirect is not followed");
    assert_eq!(delivery.attempts[0].excerpt, "words of the server");
    assert_eq!(world.receiver.received().len(), 4);
    assert_eq!(world.endpoint().await.failing, None);
    assert!(world.receiver.received().windows(2).all(|two| two[0].header("webhook-id") == two[1].header("webhook-id")));
}

#[tokio::test]
async fn a_dead_endpoint_is_paused_probed_by_one_event_at_a_time_and_gets_all_when_it_is_back() {
    let world = World::new().await;
    let sender = world.sender();
    world.receiver.answer_with(503);
    let mut events = Vec::new();
    for n in 0..20 {
        events.push(world.announce(n).await);
        assert_eq!(world.work(&sender).await, 0);
    }
    assert_eq!(world.receiver.received().len(), 3, "after three failures in a row the others wait");
    world.shop.later(Duration::from_mins(13));
    world.tick(&sender).await;
    assert_eq!(world.receiver.received().len(), 4, "one event probes it");
    // Many new events come when the pause is over.
    world.shop.later(Duration::from_mins(40));
    let mut messages = Vec::new();
    for n in 20..30 {
        events.push(world.announce(n).await);
        messages.extend(world.shop.webhooks.queue.take().into_iter().map(|message| message.body));
    }
    assert_eq!(world.hand(&sender, &messages).await, 0);
    assert_eq!(world.receiver.received().len(), 5, "again one");
    world.receiver.answer_with(200);
    world.shop.later(Duration::from_hours(3));
    world.tick(&sender).await;
    assert_eq!(world.receiver.received().len(), 6);
    world.shop.later(Duration::from_mins(1));
    world.tick(&sender).await;
    world.shop.later(Duration::from_hours(3));
    world.tick(&sender).await;
    for event in &events {
        assert!(world.is_delivered(*event).await);
    }
    assert_eq!(world.receiver.received().len(), 5 + events.len(), "each once");
}

#[tokio::test]
async fn one_dead_endpoint_does_not_hold_up_the_others() {
    let world = World::new().await;
    let sender = world.sender().with_time_out(Duration::from_secs(1));
    let dead = Receiver::start(&world.shop.table.network.interruptions);
    dead.behave(Behaviour::Never);
    add(&world.shop, &endpoint(&world.shop, &dead.url, 2)).await;
    for n in 0..10 {
        assert_eq!(world.announcer().announce(&world.event(n, EventType::OrderPaid), "{}").await, Ok(2));
        assert_eq!(world.work(&sender).await, 0);
    }
    assert_eq!((world.receiver.received().len(), dead.received().len()), (10, 3));
}

#[tokio::test]
async fn after_three_days_without_success_the_endpoint_is_disabled_staff_get_a_mail_and_later_all_that_it_missed() {
    let world = World::new().await;
    let sender = world.sender();
    world.receiver.answer_with(500);
    let start = world.shop.now();
    let first = world.announce(1).await;
    world.work(&sender).await;
    while world.endpoint().await.disabled.is_none() {
        world.shop.later(Duration::from_mins(30));
        world.tick(&sender).await;
        assert!(world.shop.now().since(start) < Duration::from_hours(24 * 5), "it ends");
    }
    assert!(world.shop.now().since(start) >= Duration::from_hours(72));
    assert_eq!(world.receiver.received().len(), 11);
    let endpoint = world.endpoint().await;
    assert_eq!(endpoint.disabled.unwrap().why, DisabledReason::Failing);
    let disabled = |event: &&Value| event["type"] == "webhook.disabled";
    assert_eq!(world.shop.table.events().iter().filter(disabled).count(), 1);
    let mailed = mails_about_disabled(&world).await;
    assert!(mailed.len() == 1 && mailed[0].contains("To: \"team\" <staff@example.com>"), "{mailed:?}");
    // What happens now is kept, but not sent.
    let missed = world.event(2, EventType::OrderPaid);
    world.shop.later(Duration::from_mins(1));
    assert_eq!(world.announcer().announce(&missed, "{}").await, Ok(0));
    world.receiver.answer_with(200);
    world.change(|endpoint| endpoint.switched(true, start)).await;
    assert!(mails_about_disabled(&world).await.is_empty(), "it is enabled again");
    world.shop.later(Duration::from_mins(1));
    let now = world.shop.now();
    let job = json!({ "resend": {
        "endpointId": world.endpoint, "from": start, "until": now, "askedAt": now, "deliveredToo": false,
    } });
    assert_eq!(world.hand(&sender, &[job]).await, 0);
    while world.work(&sender).await == 0 && !world.is_delivered(missed.id).await {}
    assert!(world.is_delivered(first).await);
    assert_eq!(world.receiver.received().len(), 13);
}

/// The mails that the mailer sends now for the events about disabled endpoints.
async fn mails_about_disabled(world: &World) -> Vec<String> {
    let wire = FakeService::new(takes_all);
    let mailer = mailer(&world.shop, &wire);
    let outbox = world.shop.table.items_under("OUTBOX#").into_values();
    for item in outbox.filter(|item| item["event"]["type"] == "webhook.disabled") {
        let event: OutboxEvent = serde_json::from_value(item).unwrap();
        for job in mails_for(EventId::new(world.shop.now(), 5), &event.event, event.at) {
            mailer.mail(&job).await.unwrap();
        }
    }
    mails(&wire)
}

#[tokio::test]
async fn an_endpoint_that_answers_gone_is_disabled_at_once_and_what_was_under_way_waits() {
    let world = World::new().await;
    let sender = world.sender();
    world.receiver.answer_with(410);
    world.announce(1).await;
    world.work(&sender).await;
    assert_eq!(world.endpoint().await.disabled.unwrap().why, DisabledReason::Gone);
    let other = world.event(2, EventType::OrderPaid);
    world.shop.later(Duration::from_secs(1));
    // The list that the announcer knows is a moment old.
    let job = json!({ "deliver": { "endpointId": world.endpoint, "eventId": other.id, "askedAt": other.at } });
    world.announcer().announce(&other, "{}").await.unwrap();
    assert_eq!(world.hand(&sender, &[job]).await, 0);
    assert_eq!(world.receiver.received().len(), 1);
    world.receiver.answer_with(200);
    let now = world.shop.now();
    world.change(|endpoint| endpoint.switched(true, now)).await;
    world.tick(&sender).await;
    assert!(world.is_delivered(other.id).await);
}

#[tokio::test]
async fn an_event_that_alone_fails_does_not_disable_an_endpoint_that_takes_others() {
    let world = World::new().await;
    let sender = world.sender();
    world.receiver.answer_with(500);
    let poison = world.announce(0).await;
    world.work(&sender).await;
    for n in 1..300 {
        world.receiver.answer_with(200);
        world.announce(n).await;
        assert_eq!(world.work(&sender).await, 0);
        world.shop.later(Duration::from_mins(30));
        world.receiver.answer_with(500);
        world.tick(&sender).await;
    }
    let delivery = world.delivery(poison).await.unwrap();
    assert!(matches!(delivery.state, DeliveryState::Failed { .. }), "{:?}", delivery.state);
    assert_eq!(world.endpoint().await.disabled, None);
    assert_eq!(world.receiver.received().len(), 299 + 11);
}
