//! The figures are right to the cent whatever becomes of the messages and of who counts, and a recount finds and repairs
//! what is not.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::stats::Counter;
use domain::time::Time;
use harness::interruptions::Outcome;
use harness::network::Fault;
use harness::numbers::Numbers;
use harness::orders::{PlacedOrder, order_of, selling_at, usd};
use harness::shop::{Person, Shop};
use serde_json::{Value, json};
use stats_counter::{RecountOptions, Recounted};
use stripe_stand_in::Card;

use crate::sales::{batch, buy_paid, newest_order, recounted, returns};
use crate::stats::{DASHBOARD, assert_right, count, count_all, stats_counter, stats_messages};

/// Two orders of which one is counted, and changed after that.
async fn half_counted() -> (Shop, Person) {
    let (shop, staff) = selling_at(1000, 50).await;
    let first = buy_paid(&shop, "A", 3, "k-1").await;
    count_all(&shop).await;
    let back = json!({ "items": returns(&first, 1), "reason": "Too small" });
    shop.refund(&first, &staff, &back, "r-1").send().await.expect(201);
    buy_paid(&shop, "A", 2, "k-2").await;
    (shop, staff)
}

#[tokio::test]
async fn whoever_counts_figures_may_stop_at_any_call() {
    let (original, staff) = half_counted().await;
    for at in 0.. {
        let shop = original.copy().await;
        let messages = stats_messages(&shop);
        let stopping = stats_counter(&shop);
        let outcome = shop.table.network.interruptions.crash_at(at, Box::pin(stopping.deliver(batch(&messages)))).await;
        if matches!(outcome, Outcome::NotReached) {
            assert!(at > 8, "counting passes some points");
            break;
        }
        count(&shop, &messages).await;
        assert_right(&shop, &staff, &at.to_string()).await;
    }
}

#[tokio::test]
async fn a_call_that_fails_leaves_the_message_in_the_queue_or_the_figures_right() {
    let (original, staff) = half_counted().await;
    for fault in [Fault::Before, Fault::After, Fault::Throttle, Fault::Conflict] {
        for skip in 0..8 {
            let shop = original.copy().await;
            let messages = stats_messages(&shop);
            shop.table.network.fail_any(skip, fault, 3);
            let response = Box::pin(stats_counter(&shop).deliver(batch(&messages))).await;
            shop.table.network.heal();
            if response.batch_item_failures.is_empty() {
                assert_right(&shop, &staff, &format!("{fault:?} {skip}")).await;
            }
            count(&shop, &messages).await;
            assert_right(&shop, &staff, &format!("{fault:?} {skip}, repeated")).await;
        }
    }
}

#[tokio::test]
async fn an_order_that_changes_while_its_figures_are_counted_ends_as_it_is_then() {
    let (original, staff) = half_counted().await;
    for at in 0.. {
        let shop = original.copy().await;
        let bought = newest_order(&shop);
        let shipped = shop.update_order(&bought, &staff, &json!({ "status": "shipped" }));
        let messages = stats_messages(&shop);
        let (others_messages, other) = (messages.clone(), stats_counter(&shop));
        let others = async move {
            shipped.send().await.expect(200);
            // Its own message is not there yet; an older one of the order is.
            let response = Box::pin(other.deliver(batch(&others_messages))).await;
            assert!(response.batch_item_failures.is_empty());
        };
        let caller = stats_counter(&shop);
        let counting = Box::pin(caller.deliver(batch(&messages)));
        let outcome = Box::pin(shop.table.network.interruptions.interrupt_at(at, others, counting)).await;
        if matches!(outcome, Outcome::NotReached) {
            assert!(at > 8, "counting passes some points");
            break;
        }
        assert_right(&shop, &staff, &at.to_string()).await;
    }
}

/// What may happen to an order of the storm.
async fn something(shop: &Shop, staff: &Person, bought: &PlacedOrder, numbers: &mut Numbers, key: &str) {
    let one = if bought.whole["items"].is_array() { returns(bought, 1) } else { json!([]) };
    let reference = bought.payment["clientSecret"].is_string().then(|| bought.reference());
    let answer = match (numbers.below(11), reference) {
        (0..=2, Some(reference)) => {
            let cards = [Card::Pays, Card::Pays, Card::Declines, Card::RefundFails, Card::Disputes, Card::Slow];
            shop.stripe.pay(&reference, cards[numbers.below(cards.len())]);
            return;
        }
        (3, _) => shop.cancel(bought),
        (4, _) => shop.update_order(bought, staff, &json!({ "status": "shipped" })),
        (5, _) => shop.update_order(bought, staff, &json!({ "status": "delivered" })),
        (6, _) => shop.refund(bought, staff, &json!({ "items": one, "reason": "Too small" }), key),
        (7, _) => shop.refund(bought, staff, &json!({ "amount": usd(0), "items": one, "reason": "Back" }), key),
        (8, _) => shop.refund(bought, staff, &json!({ "amount": usd(137), "reason": "Late" }), key),
        (9, _) => shop.refund(bought, staff, &json!({ "reason": "Late" }), key),
        _ => shop.update_order(bought, staff, &json!({ "status": "shipped", "note": "All the same" })),
    };
    // Some of these are refused, as they should be.
    assert!(answer.send().await.status.as_u16() < 500);
}

async fn send_events(shop: &Shop) {
    for event in shop.stripe.events() {
        // An event about a dispute may come before the one about its payment.
        assert!(shop.deliver_event(&event).await.status.as_u16() < 500);
    }
}

#[tokio::test]
async fn after_a_storm_of_orders_the_figures_are_to_the_cent_what_the_orders_say() {
    for seed in 1..=4 {
        let mut numbers = Numbers(seed * 0x9e37_79b9);
        let (shop, mut staff) = selling_at(1999, 500).await;
        shop.add_product(&staff, "B", 333, 500).await;
        let mut bought: Vec<PlacedOrder> = Vec::new();
        for step in 0..60 {
            let key = format!("s-{step}");
            match numbers.below(10) {
                0..=2 => {
                    let (sku, price) = [("A", 1999), ("B", 333)][numbers.below(2)];
                    let method = ["payment_intent", "payment_intent", "cash_on_delivery"][numbers.below(3)];
                    let mut body = order_of(sku, 1 + u32::try_from(numbers.below(3)).unwrap(), method);
                    body["item"]["price"] = usd(price);
                    body["email"] =
                        json!(["ada@example.com", "ada+again@example.com", "bob@example.com"][numbers.below(3)]);
                    let order = PlacedOrder::of(shop.place_order(&body, &key).send().await);
                    if method == "cash_on_delivery" && numbers.below(3) > 0 {
                        shop.confirm(&order).await.send().await.expect(200);
                    }
                    bought.push(order);
                }
                3 => {
                    let hours = [1, 9, 97][numbers.below(3)];
                    shop.time_passes(Duration::from_hours(hours)).await;
                    shop.stripe.let_time_pass();
                    staff = shop.login("root@example.com").await;
                }
                4 => send_events(&shop).await,
                5 => {
                    for dispute in shop.stripe.all("dispute") {
                        shop.stripe.close_dispute(dispute["id"].as_str().unwrap(), numbers.below(2) == 0);
                    }
                }
                6 => {
                    for refund in shop.stripe.all("refund") {
                        if numbers.below(3) == 0 {
                            shop.stripe.update_refund(refund["id"].as_str().unwrap(), "failed");
                        }
                    }
                }
                7 => {
                    let some: Vec<String> = numbers.shuffled(stats_messages(&shop)).into_iter().take(5).collect();
                    count(&shop, &some).await;
                }
                _ if bought.is_empty() => {}
                _ => {
                    let order = bought[numbers.below(bought.len())].clone();
                    something(&shop, &staff, &order, &mut numbers, &key).await;
                }
            }
        }
        for _ in 0..4 {
            send_events(&shop).await;
            shop.time_passes(Duration::from_mins(5)).await;
        }
        let (first, second) = (numbers.shuffled(stats_messages(&shop)), numbers.shuffled(stats_messages(&shop)));
        tokio::join!(
            async {
                for some in first.chunks(4) {
                    count(&shop, some).await;
                }
            },
            async {
                for some in second.chunks(3) {
                    count(&shop, some).await;
                }
            }
        );
        let staff = shop.login("root@example.com").await;
        assert_right(&shop, &staff, &format!("seed {seed}")).await;
        let path = format!("{DASHBOARD}/top?from=2026-11-01&to=2027-09-30");
        let top = shop.get(&path).by(&staff).send().await.expect(200);
        for sku in ["A", "B"] {
            let rows = top.data().as_array().unwrap();
            let row = rows.iter().find(|row| row["name"] == format!("Thing {sku}"));
            let units = row.map_or(0, |row| row["count"].as_u64().unwrap());
            assert_eq!(units, recounted(&shop, sku).await, "{sku}, seed {seed}");
        }
        let found = recount(&shop, false).await;
        assert_eq!((found.outdated, found.wrong, found.busy), (0, Vec::new(), 0), "seed {seed}");
    }
}

pub(crate) async fn recount(shop: &Shop, is_repair: bool) -> Recounted {
    let from = Time::parse("2026-11-01T00:00:00Z").unwrap();
    let options = RecountOptions { from, is_repair, rate: 1_000_000 };
    // An operator has more rights than the function.
    let zone = domain::calendar::ShopZone::parse(harness::functions::TIME_ZONE).unwrap();
    let (clock, ids) = (shop.clock.clone(), shop.app.context.ids.clone());
    let counter = stats_counter::StatsCounter::new(shop.store().clone(), zone, clock, ids);
    Box::pin(counter.recount(&options, |_| {})).await.unwrap()
}

async fn damage(shop: &Shop, by: i64) {
    let items = shop.table.items_under("STATS#2026-11#");
    let damaged = items.values().find(|item| item["gross"].is_number()).unwrap();
    let text = |name: &str| AttributeValue::S(damaged[name].as_str().unwrap().to_owned());
    let update = shop.table.client.update_item().table_name("kontor").key("PK", text("PK")).key("SK", text("SK"));
    let update =
        update.update_expression("ADD gross :by").expression_attribute_values(":by", AttributeValue::N(by.to_string()));
    update.send().await.unwrap();
}

#[tokio::test]
async fn a_recount_says_which_figures_are_wrong_and_repairs_them() {
    let (shop, staff) = half_counted().await;
    let found = recount(&shop, false).await;
    assert_eq!((found.orders, found.outdated, found.wrong.len()), (2, 2, 0), "two are not counted as they are now");
    assert!(found.missing.places().any(|(_, amounts)| amounts.get(Counter::Refunds) == 1070));
    damage(&shop, 250).await;
    let found = recount(&shop, true).await;
    assert_eq!(found.outdated, 2);
    // The orders were counted meanwhile, so that day is compared by the next one.
    assert!(found.busy > 0);
    let found = recount(&shop, false).await;
    let [wrong] = &found.wrong[..] else { panic!("{found:?}") };
    assert_eq!((wrong.counter, wrong.stored - wrong.right, wrong.is_repaired), (Counter::Gross, 250, false));
    assert_eq!(wrong.of, "2026-11-20", "and the sums of all days are right");
    let found = recount(&shop, true).await;
    assert!(found.wrong[0].is_repaired && found.busy == 0, "{found:?}");
    let found = recount(&shop, true).await;
    assert_eq!((found.outdated, found.wrong, found.busy), (0, Vec::new(), 0));
    assert_right(&shop, &staff, "repaired").await;
}

#[tokio::test]
async fn a_recount_goes_on_while_orders_change_and_makes_nothing_wrong() {
    let (original, staff) = half_counted().await;
    count_all(&original).await;
    for at in (0..).step_by(3) {
        let shop = original.copy().await;
        let orders = shop.table.items_under("ORDER#");
        let id = orders.values().find(|item| item["SK"] == "ORDER").unwrap()["id"].as_str().unwrap().to_owned();
        let bought = PlacedOrder { id, token: String::new(), payment: json!({}), whole: json!({}) };
        let refund = shop.refund(&bought, &staff, &json!({ "amount": usd(100), "reason": "Late" }), "r-9");
        let shipped = shop.update_order(&bought, &staff, &json!({ "status": "shipped" }));
        let (other, messages) = (stats_counter(&shop), stats_messages(&shop));
        let others = async move {
            shipped.send().await.expect(200);
            let _ = refund.send().await;
            let _ = Box::pin(other.deliver(batch(&messages))).await;
        };
        let interrupted =
            Box::pin(shop.table.network.interruptions.interrupt_at(at, others, recount(&shop, true))).await;
        let Outcome::Finished(found) = interrupted else {
            assert!(at > 15, "a recount passes some points");
            break;
        };
        assert_eq!(found.wrong, Vec::new(), "{at}: nothing was wrong");
        count_all(&shop).await;
        assert_right(&shop, &staff, &at.to_string()).await;
        let after = recount(&shop, false).await;
        assert_eq!((after.outdated, after.wrong, after.busy), (0, Vec::new(), 0), "{at}");
    }
}

#[tokio::test]
async fn an_order_that_cannot_be_read_does_not_hold_up_the_figures_of_others() {
    let (shop, _) = half_counted().await;
    let messages = stats_messages(&shop);
    let orders = shop.table.items_under("ORDER#");
    let broken = orders.values().find(|item| item["SK"] == "ORDER" && item["units"] == 3).unwrap()["id"].clone();
    let text = |text: String| AttributeValue::S(text);
    let update = shop.table.client.update_item().table_name("kontor");
    let update =
        update.key("PK", text(format!("ORDER#{}", broken.as_str().unwrap()))).key("SK", text("ORDER".to_owned()));
    let update = update.update_expression("SET payment_status = :new");
    update.expression_attribute_values(":new", text("of_a_newer_version".to_owned())).send().await.unwrap();
    let response = Box::pin(stats_counter(&shop).deliver(batch(&messages))).await;
    let of_broken = messages.iter().filter(|message| message.contains(broken.as_str().unwrap())).count();
    assert_eq!(response.batch_item_failures.len(), of_broken);
    let counted: Vec<Value> = shop.table.items_under("COUNTED#ord_").into_values().collect();
    assert_eq!(counted.len(), 2);
    let unknown = json!({ "changed": "order", "orderId": "ord_01M7W6C3804Q9PV3Y1B8S4HJET" }).to_string();
    count(&shop, &[unknown]).await;
}
