//! An order that is sent in several parcels.

use axum::http::Method;
use domain::access::Role;
use harness::orders::{PlacedOrder, order_of, selling, usd};
use harness::shop::{Person, Shop, TestRequest};
use serde_json::{Value, json};
use stripe_stand_in::Card;

/// A shop with five units of `A`, and a guest's paid order of three.
async fn paid() -> (Shop, Person, PlacedOrder) {
    let (shop, staff) = selling().await;
    let bought = shop.buy(3, "k-1").await;
    assert!(shop.pay(&bought.reference(), Card::Pays).await);
    (shop, staff, bought)
}

fn items(bought: &PlacedOrder, quantity: u32) -> Value {
    json!([{ "id": bought.whole["items"][0]["id"], "quantity": quantity }])
}

fn parcel(shop: &Shop, method: Method, bought: &PlacedOrder, id: &Value) -> TestRequest {
    shop.request(method, &format!("/api/v1/admin/orders/{}/parcels/{}", bought.id, id.as_str().unwrap()))
}

/// The events about orders and parcels after the payment.
fn told(shop: &Shop) -> Vec<String> {
    let events = shop.table.events();
    let types = events.iter().map(|event| event["type"].as_str().unwrap().to_owned());
    types.filter(|it| it.starts_with("parcel.") || it == "order.shipped" || it == "order.delivered").collect()
}

#[tokio::test]
async fn an_order_goes_in_two_parcels_and_its_status_follows_from_them() {
    let (shop, staff, bought) = paid().await;
    let first =
        json!({ "items": items(&bought, 2), "carrier": "DHL", "trackingCode": "T1", "note": "The rest is late" });
    let sent = shop.send_parcel(&bought, &staff, &first, "p-1").send().await.expect(201).data().clone();
    assert_eq!((&sent["status"], &sent["fulfillmentStatus"]), (&json!("processing"), &json!("partially_shipped")));
    assert_eq!((&sent["items"][0]["toSend"], &sent["shippedAt"]), (&json!(1), &Value::Null));
    let seen = &sent["parcels"][0];
    assert_eq!((&seen["items"], &seen["status"]), (&items(&bought, 2), &json!("shipped")));
    assert_eq!(seen["trackingUrl"], "https://www.dhl.com/global-en/home/tracking.html?tracking-id=T1");
    assert_eq!(seen["shippedAt"], shop.now().to_string());

    // What is left; the shipment of older clients is that of the newest parcel.
    let second = json!({ "carrier": "UPS", "trackingCode": "T2" });
    let sent = shop.send_parcel(&bought, &staff, &second, "p-2").send().await.expect(201).data().clone();
    assert_eq!((&sent["status"], &sent["fulfillmentStatus"]), (&json!("shipped"), &json!("shipped")));
    assert_eq!((&sent["shipment"]["trackingCode"], &sent["parcels"][1]["items"]), (&json!("T2"), &items(&bought, 1)));

    let arrived = json!({ "status": "delivered" });
    for (at, status, fulfillment) in [(1, "shipped", "partially_delivered"), (0, "delivered", "delivered")] {
        let ask = || parcel(&shop, Method::PATCH, &bought, &sent["parcels"][at]["id"]).json(&arrived).by(&staff).send();
        let changed = ask().await.expect(200).data().clone();
        assert_eq!((&changed["status"], &changed["fulfillmentStatus"]), (&json!(status), &json!(fulfillment)));
        let again = ask().await.expect(200).data().clone();
        assert_eq!(again, changed, "the same again changes nothing");
    }
    let sent = ["parcel.shipped", "parcel.shipped", "order.shipped"];
    assert_eq!(told(&shop), [sent, ["parcel.delivered", "parcel.delivered", "order.delivered"]].concat());
    let track = shop.get(&format!("{}/track", bought.path())).header("order-token", &bought.token).send().await;
    let track = track.expect(200).data().clone();
    assert_eq!(
        (&track["parcels"][1]["trackingCode"], &track["fulfillmentStatus"]),
        (&json!("T2"), &json!("delivered"))
    );
    let history: Vec<&str> =
        track["history"].as_array().unwrap().iter().map(|it| it["what"].as_str().unwrap()).collect();
    assert_eq!(history[2..], ["parcel_shipped", "shipped", "parcel_delivered", "delivered"]);
    assert_eq!(shop.read_order(&bought).await["parcels"].as_array().unwrap().len(), 2, "the buyer sees them");
    let audited = shop.table.items_under("AUDIT#").into_values().filter(|entry| entry["action"] == "order.parcel");
    assert_eq!(audited.count(), 4);
}

#[tokio::test]
async fn the_same_request_sends_one_parcel() {
    let (shop, staff, bought) = paid().await;
    let body = json!({ "items": items(&bought, 1) });
    let ask = |body: Value, key| shop.send_parcel(&bought, &staff, &body, key).send();
    let first = ask(body.clone(), "p-1").await.expect(201).data().clone();
    let again = ask(body.clone(), "p-1").await.expect(201);
    assert_eq!(again.data(), &first);
    assert_eq!(again.header("idempotent-replayed"), "true");
    ask(json!({}), "p-1").await.expect_problem(422, "idempotency_key_reused");
    assert_eq!(ask(body, "p-2").await.expect(201).data()["parcels"].as_array().unwrap().len(), 2);
    assert_eq!(told(&shop), ["parcel.shipped"; 2]);
}

#[tokio::test]
async fn what_cannot_be_in_a_parcel_is_refused_and_changes_nothing() {
    let (shop, staff, bought) = paid().await;
    let before = shop.table.items_under("ORDER#");
    let line = bought.whole["items"][0]["id"].as_str().unwrap().to_owned();
    let ask = |body: Value| shop.send_parcel(&bought, &staff, &body, "p-1").send();
    let stranger = "var_01M7XEBF1GJ9S2EBBH215VRVD3";
    for (body, field) in [
        (json!({ "items": items(&bought, 4) }), format!("items.{line}")),
        (json!({ "items": items(&bought, 0) }), format!("items.{line}")),
        (json!({ "items": [{ "id": stranger, "quantity": 1 }] }), format!("items.{stranger}")),
        (json!({ "items": [] }), "items".to_owned()),
        (json!({ "items": [{ "id": line, "quantity": 1 }, { "id": line, "quantity": 1 }] }), "items[1].id".to_owned()),
        (json!({ "items": [{ "id": "A", "quantity": 1 }] }), "items[0].id".to_owned()),
        (json!({ "carrier": "a".repeat(101) }), "carrier".to_owned()),
        (json!({ "trackingCode": "see https://evil.example" }), "trackingCode".to_owned()),
        (json!({ "note": "a".repeat(201) }), "note".to_owned()),
    ] {
        let answer = ask(body.clone()).await.expect_problem(400, "validation_failed");
        assert_eq!(answer.fields(), [field], "{body}");
    }
    let support = shop.staff("sue@example.com", Role::Support).await;
    let ada = shop.register("ada@example.com").await;
    shop.send_parcel(&bought, &ada, &json!({}), "p-1").send().await.expect_problem(403, "forbidden");
    let unpaid = shop.buy(1, "k-2").await;
    shop.send_parcel(&unpaid, &support, &json!({}), "p").send().await.expect_problem(409, "order_status_conflict");
    let missing = json!("pcl_01M7XEBF1GJ9S2EBBH215VRVD3");
    let arrived = json!({ "status": "delivered" });
    for id in [&missing, &json!(bought.id)] {
        let ask = parcel(&shop, Method::PATCH, &bought, id).json(&arrived).by(&staff);
        ask.send().await.expect_problem(404, "parcel_not_found");
        parcel(&shop, Method::DELETE, &bought, id).by(&staff).send().await.expect_problem(404, "parcel_not_found");
    }
    for body in [json!({}), json!({ "status": "shipped" }), json!({ "status": "lost" })] {
        let ask = parcel(&shop, Method::PATCH, &bought, &missing).json(&body).by(&staff);
        ask.send().await.expect_problem(400, "validation_failed");
    }
    let after = shop.table.items_under("ORDER#");
    assert!(before.iter().all(|(key, item)| after[key] == *item));
}

#[tokio::test]
async fn what_is_not_sent_goes_back_at_once_and_the_order_is_not_cancelled_any_more() {
    let (shop, staff, bought) = paid().await;
    let one = json!({ "items": items(&bought, 1) });
    shop.send_parcel(&bought, &staff, &one, "p-1").send().await.expect(201);
    shop.cancel(&bought).send().await.expect_problem(409, "order_status_conflict");
    let rest = json!({ "items": items(&bought, 2), "restock": true, "reason": "Sold out" });
    shop.refund(&bought, &staff, &rest, "r-1").send().await.expect(201);
    let seen = shop.read_order(&bought).await;
    assert_eq!((&seen["status"], &seen["fulfillmentStatus"]), (&json!("shipped"), &json!("shipped")));
    assert_eq!((&seen["items"][0]["returned"], &seen["items"][0]["toSend"]), (&json!(2), &json!(0)));
    assert_eq!(shop.table.items()["STOCK#A / STOCK"]["available"], 4);
    shop.send_parcel(&bought, &staff, &json!({}), "p-2").send().await.expect_problem(409, "order_status_conflict");
    assert_eq!(told(&shop), ["parcel.shipped", "order.shipped"]);
}

#[tokio::test]
async fn a_disputed_order_sends_a_parcel_only_with_a_note() {
    let (shop, staff, bought) = paid().await;
    let one = json!({ "items": items(&bought, 1) });
    shop.send_parcel(&bought, &staff, &one, "p-1").send().await.expect(201);
    shop.stripe.open_dispute(&bought.reference(), false);
    shop.deliver_events().await;
    shop.send_parcel(&bought, &staff, &json!({}), "p-2").send().await.expect_problem(409, "payment_disputed");
    let noted = json!({ "note": "She called us" });
    shop.send_parcel(&bought, &staff, &noted, "p-3").send().await.expect(201);
}

#[tokio::test]
async fn the_status_shipped_means_one_parcel_with_all_that_is_left_and_delivered_means_all_of_them() {
    let (shop, staff, bought) = paid().await;
    let one = json!({ "items": items(&bought, 1), "carrier": "DHL" });
    shop.send_parcel(&bought, &staff, &one, "p-1").send().await.expect(201);
    let rest = json!({ "status": "shipped", "carrier": "UPS", "trackingCode": "T2" });
    let sent = shop.update_order(&bought, &staff, &rest).send().await.expect(200).data().clone();
    assert_eq!((&sent["parcels"][1]["items"], &sent["parcels"][1]["carrier"]), (&items(&bought, 2), &json!("UPS")));
    let corrected = shop.update_order(&bought, &staff, &json!({ "trackingCode": "T3" })).send().await.expect(200);
    assert_eq!(corrected.data()["parcels"][1]["trackingCode"], "T3");
    let all = shop.update_order(&bought, &staff, &json!({ "status": "delivered" })).send().await.expect(200);
    let parcels = all.data()["parcels"].as_array().unwrap();
    assert!(parcels.iter().all(|parcel| parcel["status"] == "delivered" && !parcel["deliveredAt"].is_null()));
    assert_eq!(told(&shop), ["parcel.shipped", "parcel.shipped", "order.shipped", "order.delivered"]);
}

#[tokio::test]
async fn an_order_that_is_sent_as_a_whole_has_one_parcel_that_can_be_corrected_and_taken_out() {
    let (shop, staff, bought) = paid().await;
    let shipped = json!({ "status": "shipped", "carrier": "DHL" });
    let sent = shop.update_order(&bought, &staff, &shipped).send().await.expect(200).data().clone();
    assert_eq!((&sent["parcels"][0]["items"], &sent["fulfillmentStatus"]), (&items(&bought, 3), &json!("shipped")));
    let id = &sent["parcels"][0]["id"];
    let code = json!({ "trackingCode": "T1" });
    let corrected = parcel(&shop, Method::PATCH, &bought, id).json(&code).by(&staff).send().await.expect(200);
    for shown in [&corrected.data()["shipment"], &corrected.data()["parcels"][0]] {
        assert_eq!((&shown["carrier"], &shown["trackingCode"]), (&json!("DHL"), &json!("T1")));
    }
    let undone = parcel(&shop, Method::DELETE, &bought, id).by(&staff).send().await.expect(200).data().clone();
    assert_eq!((&undone["status"], &undone["fulfillmentStatus"]), (&json!("processing"), &json!("unfulfilled")));
    assert_eq!(
        (&undone["parcels"], &undone["shippedAt"], &undone["shipment"]),
        (&json!([]), &Value::Null, &Value::Null)
    );
    parcel(&shop, Method::DELETE, &bought, id).by(&staff).send().await.expect_problem(404, "parcel_not_found");
    let one = json!({ "items": items(&bought, 1) });
    let sent = shop.send_parcel(&bought, &staff, &one, "p-1").send().await.expect(201).data().clone();
    let id = &sent["parcels"][0]["id"];
    let arrived = json!({ "status": "delivered" });
    parcel(&shop, Method::PATCH, &bought, id).json(&arrived).by(&staff).send().await.expect(200);
    parcel(&shop, Method::DELETE, &bought, id).by(&staff).send().await.expect_problem(409, "parcel_delivered");
    assert_eq!(told(&shop), ["order.shipped", "parcel.removed", "parcel.shipped", "parcel.delivered"]);
}

#[tokio::test]
async fn a_parcel_whose_items_came_back_stays() {
    let (shop, staff, bought) = paid().await;
    let one = json!({ "items": items(&bought, 1) });
    let sent = shop.send_parcel(&bought, &staff, &one, "p-1").send().await.expect(201).data().clone();
    shop.send_parcel(&bought, &staff, &json!({}), "p-2").send().await.expect(201);
    let back = json!({ "items": items(&bought, 3), "restock": true, "reason": "Too small", "amount": usd(100) });
    shop.refund(&bought, &staff, &back, "r-1").send().await.expect(201);
    let ask = parcel(&shop, Method::DELETE, &bought, &sent["parcels"][0]["id"]).by(&staff);
    ask.send().await.expect_problem(409, "parcel_returned");
}

#[tokio::test]
async fn an_order_has_at_most_thirty_parcels() {
    let (shop, staff) = harness::orders::selling_at(1000, 50).await;
    let placed = shop.place_order(&order_of("A", 40, "payment_intent"), "k").send().await;
    let bought = PlacedOrder::of(placed);
    assert!(shop.pay(&bought.reference(), Card::Pays).await);
    let one = json!({ "items": items(&bought, 1) });
    for n in 0..30 {
        shop.send_parcel(&bought, &staff, &one, &format!("p-{n}")).send().await.expect(201);
    }
    shop.send_parcel(&bought, &staff, &one, "p").send().await.expect_problem(409, "too_many_parcels");
}
