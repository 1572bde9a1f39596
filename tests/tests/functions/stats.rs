//! The figures of the shop: what counts, on which day, and how they are asked for.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::calendar::ShopZone;
use domain::id::OrderId;
use domain::order::{HistoryCode, Method, RefundState, Status};
use domain::time::Time;
use harness::functions::TIME_ZONE;
use harness::orders::{PlacedOrder, order_of, selling_at, usd};
use harness::shop::{Person, Shop};
use relay::route;
use serde_json::{Value, json};
use stats_counter::StatsCounter;
use store::orders::WholeOrder;
use stripe_stand_in::Card;

use crate::fixtures::stream;
use crate::order_finding::assert_listed;
use crate::relay::outbox;
use crate::sales::{batch, buy_paid, returns};

pub(crate) const DASHBOARD: &str = "/api/v1/admin/dashboard";

pub(crate) fn stats_counter(shop: &Shop) -> StatsCounter {
    let zone = ShopZone::parse(TIME_ZONE).unwrap();
    StatsCounter::new(shop.table.store_of("stats-counter"), zone, shop.clock.clone(), shop.app.context.ids.clone())
}

/// The messages about the figures that the relay sends for all events so far.
pub(crate) fn stats_messages(shop: &Shop) -> Vec<String> {
    route(&stream(&outbox(shop)).records).stats.into_iter().map(|message| message.body).collect()
}

pub(crate) async fn count(shop: &Shop, messages: &[String]) {
    for some in messages.chunks(100) {
        let response = Box::pin(stats_counter(shop).deliver(batch(some))).await;
        assert!(response.batch_item_failures.is_empty(), "{response:?}");
    }
}

pub(crate) async fn count_all(shop: &Shop) {
    count(shop, &stats_messages(shop)).await;
}

pub(crate) async fn dashboard(shop: &Shop, staff: &Person, query: &str) -> Value {
    shop.get(&format!("{DASHBOARD}{query}")).by(staff).send().await.expect(200).data().clone()
}

/// Figures of a day by their paths in the answer, without those that are 0.
pub(crate) type Figures = BTreeMap<String, i64>;

const PATHS: [&str; 17] = [
    "/revenue/gross/amount",
    "/revenue/tax/amount",
    "/revenue/shipping/amount",
    "/revenue/discount/amount",
    "/revenue/refunds/amount",
    "/revenue/chargedBack/amount",
    "/orders/placed",
    "/orders/paid",
    "/orders/shipped",
    "/orders/delivered",
    "/orders/cancelled",
    "/orders/expired",
    "/orders/refunded",
    "/units/sold",
    "/units/returned",
    "/customers/new",
    "/customers/returningOrders",
];

fn figures_of(period: &Value) -> Figures {
    let value = |path: &&str| ((*path).to_owned(), period.pointer(path).unwrap().as_i64().unwrap());
    PATHS.iter().map(value).filter(|(_, value)| *value != 0).collect()
}

/// The figures of each day, as the dashboard tells them.
pub(crate) async fn told(shop: &Shop, staff: &Person) -> BTreeMap<String, Figures> {
    let all = dashboard(shop, staff, "?from=2026-11-01&to=2027-09-30").await;
    let mut days = BTreeMap::new();
    for period in all["periods"].as_array().unwrap() {
        let figures = figures_of(period);
        if !figures.is_empty() {
            days.insert(period["from"].as_str().unwrap().to_owned(), figures);
        }
    }
    let mut sum = Figures::new();
    for (path, amount) in days.values().flatten() {
        *sum.entry(path.clone()).or_default() += amount;
    }
    sum.retain(|_, amount| *amount != 0);
    assert_eq!(figures_of(&all["total"]), sum, "the total is the sum of the days");
    days
}

pub(crate) async fn whole_orders(shop: &Shop) -> Vec<WholeOrder> {
    let mut orders = Vec::new();
    for key in shop.table.items_under("ORDER#").into_keys().filter(|key| key.ends_with(" / ORDER")) {
        let id = OrderId::parse(key.trim_start_matches("ORDER#").trim_end_matches(" / ORDER")).unwrap();
        orders.push(shop.store().whole_order(id).await.unwrap().unwrap());
    }
    orders
}

/// The day in Berlin in winter.
fn local(time: Time) -> String {
    (time + Duration::from_hours(1)).day()
}

/// The same figures, made again from the histories of the orders and from their refunds.
pub(crate) async fn remade(shop: &Shop) -> BTreeMap<String, Figures> {
    let mut days: BTreeMap<String, Figures> = BTreeMap::new();
    let mut add = |at: Time, path: &str, amount: i64| {
        *days.entry(local(at)).or_default().entry(path.to_owned()).or_default() += amount;
    };
    let mut first: BTreeMap<String, (Time, OrderId)> = BTreeMap::new();
    let mut sold = Vec::new();
    for WholeOrder { order, purchase, history, refunds, .. } in whole_orders(shop).await {
        if history.iter().all(|entry| entry.code != HistoryCode::Confirmed) && order.awaits_confirmation {
            continue;
        }
        let at = |code| history.iter().find(|entry| entry.code == code).map(|entry| entry.at);
        add(order.created_at, "/orders/placed", 1);
        for (code, path) in [
            (HistoryCode::Shipped, "/orders/shipped"),
            (HistoryCode::Delivered, "/orders/delivered"),
            (HistoryCode::Cancelled, "/orders/cancelled"),
            (HistoryCode::DeliveryRefused, "/orders/cancelled"),
            (HistoryCode::Expired, "/orders/expired"),
        ] {
            if let Some(at) = at(code) {
                add(at, path, 1);
            }
        }
        if order.status == Status::Refunded {
            let mut since = None;
            for entry in &history {
                since = if entry.status == Status::Refunded { since.or(Some(entry.at)) } else { None };
            }
            add(since.unwrap(), "/orders/refunded", 1);
        }
        let paid = match order.payment.method {
            Method::CashOnDelivery => at(HistoryCode::Delivered),
            Method::Free => Some(order.created_at),
            _ => at(HistoryCode::Paid),
        };
        let Some(paid) = paid else { continue };
        let customer = order.email.as_str().replace("+again", "");
        let me = (paid, order.id);
        first.entry(customer).and_modify(|first| *first = me.min(*first)).or_insert(me);
        sold.push(me);
        let lines: i64 = purchase.lines.iter().map(|line| line.unit_price * i64::from(line.quantity)).sum();
        let off: i64 = purchase.lines.iter().map(|line| line.discount).sum();
        let units: i64 = purchase.lines.iter().map(|line| i64::from(line.quantity)).sum();
        assert_eq!(lines - off + order.totals.shipping + order.totals.tax, order.totals.total);
        add(paid, "/revenue/gross/amount", order.totals.total);
        add(paid, "/revenue/tax/amount", order.totals.tax);
        add(paid, "/revenue/shipping/amount", order.totals.shipping);
        add(paid, "/revenue/discount/amount", off);
        add(paid, "/units/sold", units);
        add(paid, "/orders/paid", 1);
        let mut back = 0;
        for refund in refunds.iter().filter(|refund| !refund.of_duplicate_charge) {
            if refund.state == RefundState::Succeeded {
                add(refund.made_at.unwrap_or(refund.created_at), "/revenue/refunds/amount", refund.amount);
            }
            for (_, units) in refund.lines.iter().chain(&refund.unsent) {
                add(refund.created_at, "/units/returned", i64::from(*units));
                back += units;
            }
        }
        let left = order.returned.values().sum::<u32>() - back;
        if left > 0 {
            add(at(HistoryCode::Cancelled).unwrap(), "/units/returned", i64::from(left));
        }
        if order.charged_back > 0 {
            add(at(HistoryCode::DisputeLost).unwrap(), "/revenue/chargedBack/amount", order.charged_back);
        }
    }
    for me in sold {
        let is_first = first.values().any(|first| *first == me);
        add(me.0, if is_first { "/customers/new" } else { "/customers/returningOrders" }, 1);
    }
    for figures in days.values_mut() {
        figures.retain(|_, amount| *amount != 0);
    }
    days.retain(|_, figures| !figures.is_empty());
    days
}

/// Whether the figures are what the orders say, and the orders are listed under what they are found by.
pub(crate) async fn assert_right(shop: &Shop, staff: &Person, what: &str) {
    assert_eq!(told(shop, staff).await, remade(shop).await, "{what}");
    let orders = whole_orders(shop).await;
    let placed = orders.iter().filter(|whole| !whole.order.awaits_confirmation);
    assert_listed(shop, placed, what);
}

#[tokio::test]
async fn each_amount_counts_on_its_own_day_in_the_time_zone_of_the_shop() {
    let (shop, _) = selling_at(1000, 50).await;
    let bought = shop.buy(3, "k-1").await;
    // In Berlin the next day has begun, in UTC it has not.
    shop.later(Duration::from_mins(13 * 60 + 15));
    assert!(shop.pay(&bought.reference(), Card::Pays).await, "23:15 in UTC");
    shop.later(Duration::from_hours(24));
    let staff = shop.login("root@example.com").await;
    let one = json!({ "items": returns(&bought, 1), "reason": "Too small" });
    shop.refund(&bought, &staff, &one, "r-1").send().await.expect(201);
    count_all(&shop).await;
    let days = dashboard(&shop, &staff, "?from=2026-11-20&to=2026-11-22").await;
    let day = |at: usize, path: &str| days["periods"][at].pointer(path).unwrap().clone();
    assert_eq!((day(0, "/orders/placed"), day(0, "/orders/paid")), (json!(1), json!(0)));
    assert_eq!((day(1, "/orders/placed"), day(1, "/orders/paid")), (json!(0), json!(1)));
    // Three units at ten dollars, five for shipping, and 7 % of tax on the units.
    assert_eq!(day(1, "/revenue/gross"), usd(3710));
    assert_eq!((day(1, "/revenue/tax"), day(1, "/revenue/net")), (usd(210), usd(3500)));
    assert_eq!(day(1, "/payments"), json!([{ "method": "payment_intent", "orders": 1, "gross": usd(3710) }]));
    assert_eq!((day(2, "/revenue/refunds"), day(2, "/units/returned")), (usd(1070), json!(1)));
    assert_eq!((day(2, "/revenue/gross"), day(2, "/revenue/averageOrder")), (usd(0), Value::Null));
    assert_eq!(days["total"]["revenue"]["averageOrder"], usd(3710));
    assert_eq!((&days["timeZone"], &days["interval"]), (&json!("Europe/Berlin"), &json!("day")));
    assert_right(&shop, &staff, "in the end").await;
}

#[tokio::test]
async fn a_payment_that_came_too_late_is_no_sale_and_its_refund_none_either() {
    let (shop, _) = selling_at(1000, 2).await;
    let late = shop.buy(2, "k-1").await;
    let reference = late.reference();
    shop.stripe.pay(&reference, Card::Pays);
    // Stripe's events are late: the hold ended, and another customer has the goods.
    shop.time_passes(Duration::from_mins(36)).await;
    let other = buy_paid(&shop, "A", 2, "k-2").await;
    shop.deliver_events().await;
    for _ in 0..3 {
        shop.time_passes(Duration::from_mins(1)).await;
    }
    shop.deliver_events().await;
    let staff = shop.login("root@example.com").await;
    count_all(&shop).await;
    let total = dashboard(&shop, &staff, "").await["total"].clone();
    assert_eq!((&total["orders"]["placed"], &total["orders"]["paid"]), (&json!(2), &json!(1)));
    assert_eq!(total["revenue"]["gross"], other.whole["totals"]["total"]);
    assert_eq!(total["revenue"]["refunds"], usd(0));
    assert_right(&shop, &staff, "late").await;
}

#[tokio::test]
async fn the_first_paid_order_of_a_mailbox_makes_a_new_customer_whoever_is_counted_first() {
    let (shop, staff) = selling_at(1000, 50).await;
    let mut orders = Vec::new();
    for (n, email) in ["ada@example.com", "ada+again@example.com", "bob@example.com"].into_iter().enumerate() {
        let mut body = order_of("A", 1, "payment_intent");
        body["email"] = json!(email);
        orders.push(PlacedOrder::of(shop.place_order(&body, &format!("k-{n}")).send().await));
        assert!(shop.pay(&orders[n].reference(), Card::Pays).await);
        shop.later(Duration::from_mins(1));
    }
    let mut messages = stats_messages(&shop);
    messages.reverse();
    for message in &messages {
        count(&shop, std::slice::from_ref(message)).await;
    }
    let customers = dashboard(&shop, &staff, "").await["total"]["customers"].clone();
    assert_eq!((&customers["new"], &customers["returningOrders"]), (&json!(2), &json!(1)));
    assert_right(&shop, &staff, "backwards").await;
    let items = shop.table.items_under("CUSTOMER#");
    assert_eq!(items.len(), 2);
    assert!(!format!("{items:?}").contains("example.com"), "no mail address");
}

#[tokio::test]
async fn what_sold_best_is_exact_for_every_choice_of_days() {
    let (shop, staff) = selling_at(1000, 50).await;
    let category = shop.post("/api/v1/categories", &json!({ "name": "Boats" })).by(&staff).send().await.expect(201);
    let body = json!({
        "name": "Thing B", "sku": "B", "price": usd(5000), "status": "active", "stock": 50,
        "categoryIds": [category.data()["id"]],
    });
    shop.post("/api/v1/products", &body).by(&staff).send().await.expect(201);
    buy_paid(&shop, "A", 3, "k-1").await;
    shop.later(Duration::from_hours(24));
    let mut body = order_of("B", 1, "payment_intent");
    body["item"]["price"] = usd(5000);
    let boat = PlacedOrder::of(shop.place_order(&body, "k-2").send().await);
    assert!(shop.pay(&boat.reference(), Card::Pays).await);
    let back = buy_paid(&shop, "A", 2, "k-3").await;
    shop.cancel(&back).send().await.expect(200);
    count_all(&shop).await;
    let staff = shop.login("root@example.com").await;
    let top = async |query: &str| {
        let answer = shop.get(&format!("{DASHBOARD}/top{query}")).by(&staff).send().await.expect(200);
        let rows = answer.data().as_array().unwrap().clone();
        rows.iter()
            .map(|row| (row["name"].clone(), row["count"].clone(), row["amount"]["amount"].clone()))
            .collect::<Vec<_>>()
    };
    let (a, b) = ((json!("Thing A"), json!(3), json!(3000)), (json!("Thing B"), json!(1), json!(5000)));
    assert_eq!(top("").await, [a.clone(), b.clone()]);
    assert_eq!(top("?by=amount").await, [b.clone(), a.clone()]);
    assert_eq!(top("?limit=1").await, std::slice::from_ref(&a));
    assert_eq!(top("?from=2026-11-20&to=2026-11-20").await, [a]);
    assert_eq!(top("?from=2026-11-21&to=2026-11-30").await, [b]);
    assert_eq!(top("?of=categories").await, [(json!("Boats"), json!(1), json!(5000))]);
    assert!(top("?from=2026-10-01&to=2026-11-19").await.is_empty());
}

#[tokio::test]
async fn coupons_count_their_uses_and_what_they_cost_when_the_order_is_paid() {
    let (shop, staff) = selling_at(1000, 50).await;
    shop.coupon(&staff, &json!({ "code": "SUMMER-20", "percent": 20 })).await;
    let me = shop.register_verified("bob@example.com").await;
    for n in 0..2 {
        let mut body = order_of("A", 2, "payment_intent");
        body["couponCode"] = json!("SUMMER-20");
        let bought = PlacedOrder::of(shop.place_order(&body, &format!("k-{n}")).by(&me).send().await);
        if n == 0 {
            assert!(shop.pay(&bought.reference(), Card::Pays).await);
        }
    }
    count_all(&shop).await;
    let answer = shop.get(&format!("{DASHBOARD}/top?of=coupons")).by(&staff).send().await.expect(200);
    assert_eq!(*answer.data(), json!([{ "id": "SUMMER-20", "name": null, "count": 1, "amount": usd(400) }]));
    assert_eq!(dashboard(&shop, &staff, "").await["total"]["revenue"]["discount"], usd(400));
    assert_right(&shop, &staff, "a coupon").await;
}

#[tokio::test]
async fn registrations_sign_ins_and_carts_count_once_by_what_the_table_tells() {
    let (shop, staff) = selling_at(1000, 50).await;
    shop.login("root@example.com").await;
    let cart = shop.cart_of("A", 1).await;
    shop.add_to_cart("A", 1).header("cart-token", &cart).send().await.expect(200);
    let items = ["OUTBOX#", "USER#", "CART#"].map(|kind| shop.table.items_under(kind).into_values());
    let mut event = stream(&items.into_iter().flatten().collect::<Vec<_>>());
    let mut removed: Vec<_> =
        event.records.iter().filter(|record| format!("{:?}", record.change.keys).contains("CART#")).cloned().collect();
    assert_eq!(removed.len(), 1);
    for (at, record) in removed.iter_mut().enumerate() {
        record.event_name = "REMOVE".to_owned();
        record.event_id = format!("removed-{at}");
        record.change.old_image = std::mem::take(&mut record.change.new_image);
    }
    // An order, or the customer, removes a cart too. Then nobody abandoned it.
    assert!(route(&removed).stats.is_empty());
    for record in &mut removed {
        let who = json!({ "type": "Service", "principalId": "dynamodb.amazonaws.com" });
        record.user_identity = serde_json::from_value(who).unwrap();
    }
    event.records.extend(removed);
    let messages: Vec<String> = route(&event.records).stats.into_iter().map(|message| message.body).collect();
    for _ in 0..2 {
        count(&shop, &messages).await;
        count(&shop, &[messages.clone(), messages.clone()].concat()).await;
    }
    let total = dashboard(&shop, &staff, "").await["total"].clone();
    let (customers, carts) = (&total["customers"], &total["carts"]);
    assert_eq!((&customers["signUps"], &customers["signIns"], &carts["made"]), (&json!(1), &json!(2), &json!(1)));
    // A guest's cart lives for a day, so it was abandoned on the next one.
    assert_eq!(carts["abandoned"], 0);
    let next = dashboard(&shop, &staff, "?from=2026-11-21&to=2026-11-21").await;
    assert_eq!(next["total"]["carts"], json!({ "made": 0, "abandoned": 1 }));
}

#[tokio::test]
async fn the_metrics_are_the_sums_of_all_days_and_a_key_of_a_server_may_read_them() {
    let (shop, _) = selling_at(1000, 50).await;
    let first = buy_paid(&shop, "A", 2, "k-1").await;
    shop.later(Duration::from_hours(40 * 24));
    let staff = shop.login("root@example.com").await;
    buy_paid(&shop, "A", 1, "k-2").await;
    shop.refund(&first, &staff, &json!({ "amount": usd(100), "reason": "Late" }), "r-1").send().await.expect(201);
    count_all(&shop).await;
    let body = json!({ "name": "Monitoring", "permissions": ["stats:read"] });
    let made = shop.post("/api/v1/admin/api-keys", &body).by(&staff).send().await.expect(201);
    let secret = made.data()["key"].as_str().unwrap().to_owned();
    let metrics = shop.get("/metrics").bearer(&secret).send().await.expect(200);
    assert_eq!(metrics.headers["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    let gross = first.whole["totals"]["total"]["amount"].as_i64().unwrap() + 1070 + 500;
    for line in [
        "kontor_orders_total{became=\"paid\"} 2".to_owned(),
        "kontor_paid_orders_total{method=\"payment_intent\"} 2".to_owned(),
        format!("kontor_revenue_minor_units_total{{part=\"gross\"}} {gross}"),
        "kontor_units_sold_total 3".to_owned(),
        "kontor_new_customers_total 1".to_owned(),
        "kontor_refunded_minor_units 100".to_owned(),
        "# TYPE kontor_refunded_minor_units gauge".to_owned(),
    ] {
        assert!(metrics.text.lines().any(|told| told == line), "{line}\n{}", metrics.text);
    }
    shop.get("/metrics").send().await.expect_problem(401, "unauthenticated");
}
