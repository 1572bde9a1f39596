//! Sales are counted from the orders, and products are sorted by them.

use std::time::Duration;

use aws_lambda_events::sqs::SqsEvent;
use domain::id::{OrderId, ProductId};
use domain::index_job::RebuildJob;
use domain::order::{Hold, PaymentStatus};
use harness::fake_service::FakeService;
use harness::orders::{PlacedOrder, order_of, selling_at, usd};
use harness::shop::{Person, Shop};
use indexer::Indexer;
use relay::route;
use search_index::{Query, Sort, State, Synonyms};
use serde_json::{Value, json};
use stripe_stand_in::Card;

use crate::fixtures::{queues, stream, takes_messages};
use crate::relay::outbox;

pub(crate) fn indexer(shop: &Shop, rebuild_queue: &FakeService) -> Indexer {
    let publisher = shop.index.publisher(shop.table.store_of("indexer"), shop.app.context.ids.clone());
    Indexer::new(publisher, queues(rebuild_queue), "http://queue.test/rebuild")
}

/// An indexer whose rebuild queue takes every job.
pub(crate) fn counter(shop: &Shop) -> Indexer {
    indexer(shop, &FakeService::new(takes_messages))
}

pub(crate) fn batch(bodies: &[String]) -> SqsEvent {
    let record = |(n, body): (usize, &String)| json!({ "messageId": n.to_string(), "body": body });
    let records: Vec<Value> = bodies.iter().enumerate().map(record).collect();
    serde_json::from_value(json!({ "Records": records })).unwrap()
}

/// The messages about sales that the relay sends for all events so far.
pub(crate) fn sales_messages(shop: &Shop) -> Vec<String> {
    route(&stream(&outbox(shop)).records).sales.into_iter().map(|message| message.body).collect()
}

pub(crate) async fn deliver(indexer: &Indexer, bodies: &[String]) {
    let response = Box::pin(indexer.deliver(batch(bodies))).await;
    assert!(response.batch_item_failures.is_empty(), "{response:?}");
}

/// Counts what the relay sends for all events so far.
pub(crate) async fn count_all(shop: &Shop) {
    deliver(&counter(shop), &sales_messages(shop)).await;
}

/// The product of a SKU.
pub(crate) fn product_of(shop: &Shop, sku: &str) -> ProductId {
    let stock = shop.table.items().remove(&format!("STOCK#{sku} / STOCK")).unwrap();
    ProductId::parse(stock["product_id"].as_str().unwrap()).unwrap()
}

/// The units of a SKU that were sold in the last thirty days, and ever.
pub(crate) async fn sold(shop: &Shop, sku: &str) -> [u64; 2] {
    let product = product_of(shop, sku);
    let sales = shop.store().sales(&[product]).await.unwrap().remove(&product).unwrap_or_default();
    [sales.recent(shop.now()), sales.ever]
}

/// The same, added up from the orders themselves.
pub(crate) async fn recounted(shop: &Shop, sku: &str) -> u64 {
    let mut units = 0;
    for key in shop.table.items_under("ORDER#").into_keys().filter(|key| key.ends_with(" / ORDER")) {
        let id = OrderId::parse(key.trim_start_matches("ORDER#").trim_end_matches(" / ORDER")).unwrap();
        let found = shop.store().order_and_purchase(id).await.unwrap().unwrap();
        let has_money = matches!(found.order.payment_status, PaymentStatus::Paid | PaymentStatus::PartiallyRefunded);
        if !has_money || found.order.hold != Hold::Taken {
            continue;
        }
        for line in found.purchase.lines.iter().filter(|line| line.sku.as_str() == sku) {
            let back = found.order.returned.get(&line.variant_id).copied().unwrap_or(0);
            units += u64::from(line.quantity - back);
        }
    }
    units
}

/// Orders these units of a SKU for ten dollars each, and pays.
pub(crate) async fn buy_paid(shop: &Shop, sku: &str, quantity: u32, key: &str) -> PlacedOrder {
    let bought = PlacedOrder::of(shop.place_order(&order_of(sku, quantity, "payment_intent"), key).send().await);
    assert!(shop.pay(&bought.reference(), Card::Pays).await);
    bought
}

/// A body that returns units of the first line of an order.
pub(crate) fn returns(bought: &PlacedOrder, units: u32) -> Value {
    json!([{ "id": bought.whole["items"][0]["id"], "quantity": units }])
}

/// The SKUs that are sold best, as customers find them, with the units of the last thirty days.
pub(crate) async fn bestsellers(shop: &Shop) -> Vec<(String, u32)> {
    let index = shop.index.live(shop.store()).current(shop.now()).await.unwrap().index;
    let query = Query { states: vec![State::Active], sort: Sort::Bestselling, limit: 10, ..Query::default() };
    let hits = index.search(&query, &Synonyms::default(), index.seq()).hits;
    let name = |card: &[u8]| indexing::Excerpt::product(card).unwrap().variants[0].sku.to_string();
    hits.iter().map(|hit| (name(&hit.card), hit.popularity.sales)).collect()
}

pub(crate) async fn rebuild(shop: &Shop) {
    let rebuilder = shop.index.rebuilder(shop.table.store_of("rebuilder"), shop.app.context.ids.clone());
    rebuilder.run(RebuildJob::Products).await.unwrap();
}

async fn ship(shop: &Shop, bought: &PlacedOrder, staff: &Person) {
    shop.update_order(bought, staff, &json!({ "status": "shipped" })).send().await.expect(200);
}

/// The order that was placed last, as far as staff need to know it.
pub(crate) fn newest_order(shop: &Shop) -> PlacedOrder {
    let orders = shop.table.items_under("ORDER#");
    let order = orders.values().filter(|item| item["SK"] == "ORDER").max_by_key(|item| item["id"].to_string());
    let id = order.unwrap()["id"].as_str().unwrap().to_owned();
    PlacedOrder { id, token: String::new(), payment: json!({}), whole: json!({}) }
}

#[tokio::test]
async fn what_is_paid_counts_and_what_comes_back_does_not() {
    let (shop, staff) = selling_at(1000, 50).await;
    shop.buy(9, "k-0").await;
    count_all(&shop).await;
    assert_eq!(sold(&shop, "A").await, [0, 0], "it is not paid");
    let first = buy_paid(&shop, "A", 3, "k-1").await;
    count_all(&shop).await;
    assert_eq!(sold(&shop, "A").await, [3, 3]);
    // One unit comes back with its money, and one without.
    ship(&shop, &first, &staff).await;
    let back = json!({ "items": returns(&first, 1), "reason": "Too small" });
    shop.refund(&first, &staff, &back, "r-1").send().await.expect(201);
    count_all(&shop).await;
    assert_eq!(sold(&shop, "A").await, [2, 2]);
    let goods = json!({ "amount": usd(0), "items": returns(&first, 1), "reason": "Came back" });
    shop.refund(&first, &staff, &goods, "r-2").send().await.expect(201);
    count_all(&shop).await;
    assert_eq!(sold(&shop, "A").await, [1, 1]);
    // Money alone changes nothing until all of it is back.
    let second = buy_paid(&shop, "A", 5, "k-2").await;
    ship(&shop, &second, &staff).await;
    shop.refund(&second, &staff, &json!({ "amount": usd(500), "reason": "Late" }), "r-3").send().await.expect(201);
    count_all(&shop).await;
    assert_eq!(sold(&shop, "A").await, [6, 6]);
    shop.refund(&second, &staff, &json!({ "reason": "Lost" }), "r-4").send().await.expect(201);
    count_all(&shop).await;
    assert_eq!(sold(&shop, "A").await, [1, 1]);
    let third = buy_paid(&shop, "A", 4, "k-3").await;
    count_all(&shop).await;
    shop.cancel(&third).send().await.expect(200);
    count_all(&shop).await;
    assert_eq!((sold(&shop, "A").await, recounted(&shop, "A").await), ([1, 1], 1));
}

#[tokio::test]
async fn a_charge_back_takes_the_sale_back_and_an_open_dispute_does_not() {
    let (shop, _) = selling_at(1000, 50).await;
    let bought = buy_paid(&shop, "A", 2, "k-1").await;
    let dispute = shop.stripe.open_dispute(&bought.reference(), false);
    shop.deliver_events().await;
    count_all(&shop).await;
    assert_eq!(sold(&shop, "A").await, [2, 2]);
    shop.stripe.close_dispute(&dispute, false);
    shop.deliver_events().await;
    count_all(&shop).await;
    assert_eq!(sold(&shop, "A").await, [0, 0]);
}

#[tokio::test]
async fn cash_on_delivery_counts_when_it_is_delivered_and_not_when_the_parcel_comes_back() {
    let (shop, staff) = selling_at(1000, 50).await;
    let me = shop.register_verified("bob@example.com").await;
    let order = |key| shop.place_order(&order_of("A", 2, "cash_on_delivery"), key).by(&me);
    let (taken, refused) = (PlacedOrder::of(order("k-1").send().await), PlacedOrder::of(order("k-2").send().await));
    for bought in [&taken, &refused] {
        ship(&shop, bought, &staff).await;
    }
    count_all(&shop).await;
    assert_eq!(sold(&shop, "A").await, [0, 0]);
    shop.update_order(&taken, &staff, &json!({ "status": "delivered" })).send().await.expect(200);
    shop.post(&format!("{}/cancel", refused.path()), &json!({})).by(&staff).send().await.expect(200);
    count_all(&shop).await;
    assert_eq!(sold(&shop, "A").await, [2, 2]);
}

#[tokio::test]
async fn bestsellers_follow_the_orders_until_they_are_thirty_days_old() {
    let (shop, staff) = selling_at(1000, 50).await;
    shop.index.leave_alone();
    shop.add_product(&staff, "B", 1000, 50).await;
    rebuild(&shop).await;
    buy_paid(&shop, "A", 1, "k-1").await;
    let many = buy_paid(&shop, "B", 3, "k-2").await;
    count_all(&shop).await;
    assert_eq!(bestsellers(&shop).await, [("B".to_owned(), 3), ("A".to_owned(), 1)]);
    shop.cancel(&many).send().await.expect(200);
    count_all(&shop).await;
    assert_eq!(bestsellers(&shop).await, [("A".to_owned(), 1), ("B".to_owned(), 0)]);
    shop.later(Duration::from_hours(24 * 29));
    rebuild(&shop).await;
    assert_eq!(bestsellers(&shop).await[0], ("A".to_owned(), 1));
    shop.later(Duration::from_hours(24));
    rebuild(&shop).await;
    assert_eq!(bestsellers(&shop).await.iter().map(|(_, units)| *units).collect::<Vec<_>>(), [0, 0]);
    assert_eq!(sold(&shop, "A").await, [0, 1]);
}

#[tokio::test]
async fn a_product_that_is_published_again_keeps_its_sales() {
    let (shop, _) = selling_at(1000, 50).await;
    shop.index.leave_alone();
    rebuild(&shop).await;
    buy_paid(&shop, "A", 2, "k-1").await;
    count_all(&shop).await;
    let job = json!({ "changed": "products", "productIds": [product_of(&shop, "A").to_string()] }).to_string();
    deliver(&counter(&shop), &[job]).await;
    assert_eq!(bestsellers(&shop).await, [("A".to_owned(), 2)]);
}

#[tokio::test]
async fn orders_of_many_products_are_counted_in_as_many_transactions_as_they_need() {
    let (shop, staff) = selling_at(1000, 50).await;
    for order in 0..3 {
        shop.later(Duration::from_mins(1));
        let cart = shop.cart_of("A", 1).await;
        for line in 0..60 {
            let sku = format!("S-{order}-{line}");
            shop.add_product(&staff, &sku, 100, 5).await;
            shop.add_to_cart(&sku, 1).header("cart-token", &cart).send().await.expect(200);
        }
        let body = harness::orders::guest_order("ada@example.com", "payment_intent");
        let placed = shop.place_order(&body, &format!("k-{order}")).header("cart-token", &cart).send().await;
        assert!(shop.pay(&PlacedOrder::of(placed).reference(), Card::Pays).await);
    }
    count_all(&shop).await;
    assert_eq!(sold(&shop, "A").await, [3, 3]);
    for sku in ["S-0-0", "S-1-59", "S-2-30"] {
        assert_eq!(sold(&shop, sku).await, [1, 1], "{sku}");
    }
    assert_eq!(shop.table.items_under("SOLD#").len(), 3);
}
