//! Calls that fail before or after they took effect: what is tried again ends as if nothing had failed.

use harness::network::Fault;
use harness::orders::order_of;
use serde_json::json;

use super::{Live, batch};

#[tokio::test]
async fn an_event_is_logged_and_sent_whatever_fails_in_between_if_its_message_comes_again() {
    for fault in [Fault::Before, Fault::After, Fault::Throttle, Fault::Conflict] {
        let mut failed = 0;
        for skip in 0..12 {
            let live = Live::open().await;
            live.connect("staff", Some(&live.staff)).await;
            let first = live.watch("staff", "staff:orders").await;
            live.shop.place_order(&order_of("A", 1, "checkout_session"), "k-1").send().await.expect(201);
            let jobs = live.jobs();
            // The SDK tries three times.
            live.shop.table.network.fail_any(skip, fault, 3);
            let response = live.pusher.deliver(batch(&jobs)).await;
            live.shop.table.network.heal();
            if !response.batch_item_failures.is_empty() {
                failed += 1;
                live.deliver(&jobs).await;
            }
            let mut got = live.connections.take("staff");
            got.dedup();
            assert_eq!(got.len(), 1, "{fault:?} after {skip}: {got:?}");
            assert_eq!((&got[0]["type"], &got[0]["previous"]), (&json!("order.placed"), &json!(first)));
        }
        assert!(failed > 0, "{fault:?}");
    }
}

#[tokio::test]
async fn a_subscription_that_failed_half_way_is_whole_when_it_is_sent_again() {
    for fault in [Fault::Before, Fault::After, Fault::Throttle] {
        let mut failed = 0;
        for skip in 0..12 {
            let live = Live::open().await;
            live.connect("a", None).await;
            let topic = format!("product:{}", live.product());
            let message = json!({ "action": "subscribe", "topics": [topic] });
            live.shop.table.network.fail_any(skip, fault, 3);
            let heard = live.say("a", &message).await;
            live.shop.table.network.heal();
            if heard["type"] == "error" {
                assert_eq!(heard["code"], "busy", "{heard}");
                failed += 1;
                assert_eq!(live.say("a", &message).await["type"], "subscribed");
            }
            live.set_price(1_234).await;
            live.pass_on().await;
            assert_eq!(live.types("a"), ["product.changed"], "{fault:?} after {skip}");
        }
        assert!(failed > 0, "{fault:?}");
    }
}

#[tokio::test]
async fn a_connection_that_opens_while_a_call_fails_is_open_or_refused_and_never_both() {
    for fault in [Fault::Before, Fault::After, Fault::Throttle, Fault::Conflict] {
        for skip in 0..3 {
            let live = Live::open().await;
            let ticket = super::ticket(&live.ask_for_ticket(None).send().await.expect(201));
            live.shop.table.network.fail_any(skip, fault, 1);
            let first = live.connect_with("a", &ticket).await;
            live.shop.table.network.heal();
            let second = live.connect_with("b", &ticket).await;
            let opened = [first, second].iter().filter(|status| **status == 200).count();
            assert_eq!(opened, 1, "{fault:?} after {skip}: {first}, {second}");
            assert_eq!(live.shop.table.items_under("CONNECTION#").len(), 1);
        }
    }
}
