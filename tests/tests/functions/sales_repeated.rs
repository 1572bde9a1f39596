//! The counters of sales are right whatever becomes of the messages and of who counts.

use harness::interruptions::Outcome;
use harness::network::Fault;
use harness::numbers::Numbers;
use harness::orders::{PlacedOrder, selling_at, usd};
use harness::shop::{Person, Shop};
use serde_json::json;

use crate::sales::{
    batch, bestsellers, buy_paid, count_all, counter, deliver, newest_order, rebuild, recounted, returns,
    sales_messages, sold,
};

/// Whether the counters of `A` and `B`, and what customers find, are what the orders say.
async fn assert_right(shop: &Shop, what: &str) {
    for sku in ["A", "B"] {
        let units = recounted(shop, sku).await;
        assert_eq!(sold(shop, sku).await, [units, units], "{sku}, {what}");
    }
}

/// Two orders of which one is counted, and changed after that.
async fn half_counted() -> (Shop, Person) {
    let (shop, staff) = selling_at(1000, 50).await;
    shop.add_product(&staff, "B", 1000, 50).await;
    let first = buy_paid(&shop, "A", 3, "k-1").await;
    // The index has no base, so the copies of the table need no files.
    count_all(&shop).await;
    let back = json!({ "items": returns(&first, 1), "reason": "Too small" });
    shop.refund(&first, &staff, &back, "r-1").send().await.expect(201);
    buy_paid(&shop, "B", 2, "k-2").await;
    (shop, staff)
}

#[tokio::test]
async fn messages_that_come_twice_late_and_backwards_count_once() {
    let (shop, _) = half_counted().await;
    let mut messages = sales_messages(&shop);
    messages.extend(messages.clone());
    messages.reverse();
    for message in &messages {
        deliver(&counter(&shop), std::slice::from_ref(message)).await;
        deliver(&counter(&shop), &messages).await;
    }
    assert_right(&shop, "after all").await;
    assert_eq!(sold(&shop, "A").await, [2, 2]);
}

#[tokio::test]
async fn whoever_counts_may_stop_at_any_call() {
    let (original, _) = half_counted().await;
    for at in 0.. {
        let shop = original.copy().await;
        shop.index.leave_alone();
        rebuild(&shop).await;
        let messages = sales_messages(&shop);
        let stopping = counter(&shop);
        let outcome = shop.table.network.interruptions.crash_at(at, Box::pin(stopping.deliver(batch(&messages)))).await;
        if matches!(outcome, Outcome::NotReached) {
            assert!(at > 10, "counting passes some points");
            break;
        }
        deliver(&counter(&shop), &messages).await;
        assert_right(&shop, &at.to_string()).await;
        assert_eq!(bestsellers(&shop).await.iter().map(|(_, units)| *units).collect::<Vec<_>>(), [2, 2], "{at}");
    }
}

#[tokio::test]
async fn a_call_that_fails_leaves_the_message_in_the_queue_or_the_counters_right() {
    let (original, _) = half_counted().await;
    for fault in [Fault::Before, Fault::After, Fault::Throttle, Fault::Conflict] {
        for skip in 0..8 {
            let shop = original.copy().await;
            let messages = sales_messages(&shop);
            shop.table.network.fail_any(skip, fault, 3);
            let response = Box::pin(counter(&shop).deliver(batch(&messages))).await;
            shop.table.network.heal();
            if response.batch_item_failures.is_empty() {
                assert_right(&shop, &format!("{fault:?} {skip}")).await;
            }
            deliver(&counter(&shop), &messages).await;
            assert_right(&shop, &format!("{fault:?} {skip}, repeated")).await;
        }
    }
}

#[tokio::test]
async fn an_order_that_changes_while_it_is_counted_ends_as_it_is_then() {
    let (original, staff) = half_counted().await;
    for at in 0.. {
        let shop = original.copy().await;
        let body = json!({ "status": "shipped" });
        let bought = newest_order(&shop);
        let line = shop.get(&bought.path()).by(&staff).send().await.expect(200).data()["items"][0]["id"].clone();
        shop.update_order(&bought, &staff, &body).send().await.expect(200);
        let back = json!({ "amount": usd(0), "items": [{ "id": line, "quantity": 1 }], "reason": "Came back" });
        let back = shop.refund(&bought, &staff, &back, "r-9");
        let messages = sales_messages(&shop);
        let others_messages = messages.clone();
        let other = counter(&shop);
        let others = async move {
            back.send().await.expect(201);
            // Its own message is not there yet; an older one of the order is.
            deliver(&other, &others_messages).await;
        };
        let caller = counter(&shop);
        let counting = Box::pin(caller.deliver(batch(&messages)));
        let outcome = Box::pin(shop.table.network.interruptions.interrupt_at(at, others, counting)).await;
        if matches!(outcome, Outcome::NotReached) {
            assert!(at > 10, "counting passes some points");
            break;
        }
        assert_right(&shop, &at.to_string()).await;
    }
}

#[tokio::test]
async fn an_order_that_cannot_be_read_does_not_hold_up_the_others() {
    let (shop, _) = half_counted().await;
    let messages = sales_messages(&shop);
    let orders = shop.table.items_under("ORDER#");
    let broken = orders.values().find(|item| item["SK"] == "ORDER" && item["units"] == 2).unwrap()["id"].clone();
    let key = |sk: &str| [("PK", format!("ORDER#{}", broken.as_str().unwrap())), ("SK", sk.to_owned())];
    let mut update = shop.table.client.update_item().table_name("kontor");
    for (name, value) in key("ORDER") {
        update = update.key(name, aws_sdk_dynamodb::types::AttributeValue::S(value));
    }
    let update = update.update_expression("SET payment_status = :new").expression_attribute_values(
        ":new",
        aws_sdk_dynamodb::types::AttributeValue::S("of_a_newer_version".to_owned()),
    );
    update.send().await.unwrap();
    let response = Box::pin(counter(&shop).deliver(batch(&messages))).await;
    let of_broken = messages.iter().filter(|message| message.contains(broken.as_str().unwrap())).count();
    assert_eq!(response.batch_item_failures.len(), of_broken);
    assert_eq!((sold(&shop, "A").await, sold(&shop, "B").await), ([2, 2], [0, 0]));
    let unknown = json!({ "changed": "order", "orderId": "ord_01M7W6C3804Q9PV3Y1B8S4HJET" }).to_string();
    deliver(&counter(&shop), &[unknown]).await;
}

#[tokio::test]
async fn after_a_storm_of_orders_and_returns_the_counters_are_what_the_orders_say() {
    for seed in 1..=3 {
        let mut numbers = Numbers(seed * 0x9e37_79b9);
        let (shop, staff) = selling_at(1000, 500).await;
        shop.add_product(&staff, "B", 1000, 500).await;
        let mut bought: Vec<PlacedOrder> = Vec::new();
        for step in 0..30 {
            let key = format!("s-{step}");
            if bought.len() < 3 || numbers.below(3) == 0 {
                let sku = ["A", "B"][numbers.below(2)];
                bought.push(buy_paid(&shop, sku, 4, &key).await);
            } else {
                let order = &bought[numbers.below(bought.len())];
                let one = returns(order, 1);
                let answer = match numbers.below(6) {
                    0 => shop.update_order(order, &staff, &json!({ "status": "shipped" })),
                    1 => shop.refund(order, &staff, &json!({ "items": one, "reason": "Too small" }), &key),
                    2 => shop.refund(order, &staff, &json!({ "amount": usd(0), "items": one, "reason": "Back" }), &key),
                    3 => shop.refund(order, &staff, &json!({ "reason": "Late" }), &key),
                    4 => shop.refund(order, &staff, &json!({ "amount": usd(100), "reason": "Late" }), &key),
                    _ => shop.cancel(order),
                };
                // Some of these are refused, as they should be.
                assert!(answer.send().await.status.as_u16() < 500);
            }
            if numbers.below(2) == 0 {
                let some: Vec<String> = numbers.shuffled(sales_messages(&shop)).into_iter().take(5).collect();
                deliver(&counter(&shop), &some).await;
            }
        }
        let (first, second) = (numbers.shuffled(sales_messages(&shop)), numbers.shuffled(sales_messages(&shop)));
        let other = counter(&shop);
        let one = counter(&shop);
        tokio::join!(
            async {
                for some in first.chunks(4) {
                    deliver(&one, some).await;
                }
            },
            async {
                for some in second.chunks(3) {
                    deliver(&other, some).await;
                }
            }
        );
        assert_right(&shop, &format!("seed {seed}")).await;
        let zero = shop
            .table
            .items_under("SALES#")
            .values()
            .all(|item| item["days"].as_object().is_none_or(|days| days.len() <= 1));
        assert!(zero, "all were paid on one day");
    }
}
