//! One change of many orders by staff.

use domain::access::Role;
use harness::network::Fault;
use harness::orders::{PlacedOrder, order_of, selling_at};
use harness::shop::{Person, Shop, TestRequest};
use serde_json::{Value, json};
use stripe_stand_in::Card;

const MISSING: &str = "ord_01M7XEBF1GJ9S2EBBH215VRVD3";

fn bulk(shop: &Shop, staff: &Person, body: &Value) -> TestRequest {
    shop.post("/api/v1/admin/orders/bulk", body).by(staff)
}

async fn paid(shop: &Shop, count: usize) -> Vec<PlacedOrder> {
    let mut orders = Vec::new();
    for n in 0..count {
        let mut body = order_of("A", 1, "payment_intent");
        body["email"] = json!(format!("ada-{n}@example.com"));
        let placed = PlacedOrder::of(shop.place_order(&body, &format!("k-{n}")).send().await);
        assert!(shop.pay(&placed.reference(), Card::Pays).await);
        orders.push(placed);
    }
    orders
}

fn problems(answer: &Value) -> Vec<&str> {
    answer.as_array().unwrap().iter().map(|result| result["problem"].as_str().unwrap_or("-")).collect()
}

#[tokio::test]
async fn many_orders_are_shipped_each_with_its_parcel_and_a_repetition_changes_nothing() {
    let (shop, _) = selling_at(1000, 50).await;
    let support = shop.staff("sue@example.com", Role::Support).await;
    let orders = paid(&shop, 7).await;
    let entries: Vec<Value> = orders
        .iter()
        .enumerate()
        .map(|(n, order)| json!({ "id": order.id, "carrier": "DHL", "trackingCode": format!("T-{n}") }))
        .collect();
    let body = json!({ "status": "shipped", "orders": entries });
    let mut versions = Vec::new();
    for key in ["k", "k", "other"] {
        let answer = bulk(&shop, &support, &body).header("idempotency-key", key).send().await.expect(200);
        let ids: Vec<&Value> = answer.data().as_array().unwrap().iter().map(|result| &result["id"]).collect();
        assert_eq!(ids, orders.iter().map(|order| &order.whole["id"]).collect::<Vec<_>>());
        assert!(answer.data().as_array().unwrap().iter().all(|result| result["status"] == "shipped"));
        assert_eq!(problems(answer.data()), ["-"; 7]);
        versions.push(shop.table.items_under("ORDER#"));
    }
    assert!(versions.iter().all(|items| *items == versions[0]));
    let seen = shop.read_order(&orders[3]).await;
    assert_eq!((&seen["status"], &seen["shipment"]["trackingCode"]), (&json!("shipped"), &json!("T-3")));
    let shipped = shop.table.events().into_iter().filter(|event| event["type"] == "order.shipped").count();
    let audited = shop.table.items_under("AUDIT#").into_values().filter(|entry| entry["action"] == "order.advance");
    assert_eq!((shipped, audited.count()), (7, 7));
}

#[tokio::test]
async fn each_order_is_changed_or_refused_on_its_own() {
    let (shop, staff) = selling_at(1000, 50).await;
    let mut orders = paid(&shop, 3).await;
    shop.stripe.open_dispute(&orders[1].reference(), false);
    shop.deliver_events().await;
    let mut body = order_of("A", 1, "payment_intent");
    body["email"] = json!("eve@example.com");
    orders.push(PlacedOrder::of(shop.place_order(&body, "unpaid").send().await));
    let ids: Vec<Value> =
        orders.iter().map(|order| json!({ "id": order.id })).chain([json!({ "id": MISSING })]).collect();
    let answer = bulk(&shop, &staff, &json!({ "status": "processing", "orders": ids })).send().await.expect(200);
    let expected = ["-", "payment_disputed", "-", "order_status_conflict", "order_not_found"];
    assert_eq!(problems(answer.data()), expected);
    assert!(answer.data()[3]["message"].as_str().unwrap().contains("pending"));
    let statuses = answer.data().as_array().unwrap().iter().map(|result| &result["status"]).collect::<Vec<_>>();
    assert_eq!(statuses, [&json!("processing"), &Value::Null, &json!("processing"), &Value::Null, &Value::Null]);
    let with_note = json!({ "status": "processing", "note": "She called", "orders": [{ "id": orders[1].id }] });
    assert_eq!(problems(bulk(&shop, &staff, &with_note).send().await.expect(200).data()), ["-"]);
}

#[tokio::test]
async fn shipments_are_corrected_without_a_status() {
    let (shop, staff) = selling_at(1000, 50).await;
    let orders = paid(&shop, 2).await;
    shop.update_order(&orders[0], &staff, &json!({ "status": "shipped", "carrier": "DHL" })).send().await.expect(200);
    let entries: Vec<Value> = orders.iter().map(|order| json!({ "id": order.id, "carrier": "UPS" })).collect();
    let answer = bulk(&shop, &staff, &json!({ "orders": entries })).send().await.expect(200);
    assert_eq!(problems(answer.data()), ["-", "order_status_conflict"]);
    assert_eq!(shop.read_order(&orders[0]).await["shipment"]["carrier"], "UPS");
}

#[tokio::test]
async fn an_order_that_the_table_could_not_change_is_busy_and_the_repetition_changes_it() {
    let (shop, staff) = selling_at(1000, 50).await;
    let orders = paid(&shop, 2).await;
    let body = json!({ "status": "processing", "orders": [{ "id": orders[0].id }, { "id": orders[1].id }] });
    for fault in [Fault::Before, Fault::After, Fault::Throttle, Fault::Conflict] {
        let round = shop.copy().await;
        round.table.network.fail("TransactWriteItems", fault, 100);
        let answer = bulk(&round, &staff, &body).send().await.expect(200);
        assert_eq!(problems(answer.data()), ["busy"; 2], "{fault:?}");
        round.table.network.heal();
        assert_eq!(problems(bulk(&round, &staff, &body).send().await.expect(200).data()), ["-"; 2], "{fault:?}");
        for order in &orders {
            let history = round.table.items_under(&format!("ORDER#{} / HISTORY", order.id)).into_values();
            assert_eq!(history.filter(|entry| entry["what"] == "processing").count(), 1, "{fault:?}");
        }
    }
}

#[tokio::test]
async fn bad_changes_of_many_orders_are_refused_whole() {
    let (shop, staff) = selling_at(1000, 50).await;
    let orders = paid(&shop, 1).await;
    let (id, before) = (&orders[0].id, shop.table.items_under("ORDER#"));
    let many: Vec<Value> = (0..51).map(|_| json!({ "id": MISSING })).collect();
    let cases = [
        (json!({ "status": "shipped" }), "orders"),
        (json!({ "status": "shipped", "orders": [] }), "orders"),
        (json!({ "status": "shipped", "orders": many }), "orders"),
        (json!({ "status": "shipped", "orders": [[]] }), "orders[0]"),
        (json!({ "status": "shipped", "orders": [{ "id": "7" }] }), "orders[0].id"),
        (json!({ "status": "shipped", "orders": [{ "id": id }, { "id": id }] }), "orders[1].id"),
        (json!({ "status": "cancelled", "orders": [{ "id": id }] }), "status"),
        (json!({ "orders": [{ "id": id }] }), "orders[0].carrier"),
        (json!({ "status": "shipped", "carrier": "DHL", "orders": [{ "id": id }] }), "carrier"),
        (json!({ "status": "shipped", "orders": [{ "id": id, "status": "paid" }] }), "orders[0].status"),
        (json!({ "status": "shipped", "orders": [{ "id": id, "carrier": "c".repeat(101) }] }), "orders[0].carrier"),
        (
            json!({ "status": "shipped", "orders": [{ "id": id, "trackingCode": "www.evil.example" }] }),
            "orders[0].trackingCode",
        ),
        (json!({ "status": "shipped", "note": "n".repeat(201), "orders": [{ "id": id }] }), "note"),
    ];
    for (body, field) in cases {
        let refused = bulk(&shop, &staff, &body).send().await.expect(400);
        assert_eq!(refused.fields(), [field], "{}", refused.text);
    }
    let ada = shop.register("ada@example.com").await;
    let good = json!({ "status": "shipped", "orders": [{ "id": id }] });
    bulk(&shop, &ada, &good).send().await.expect_problem(403, "forbidden");
    assert_eq!(shop.table.items_under("ORDER#"), before);
}
