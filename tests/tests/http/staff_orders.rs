//! One order as staff see it: what happened to it, by whom and why, and what its ids are good for.

use axum::http::Method;
use domain::access::Role;
use domain::event::Event;
use domain::id::{OrderId, TransactionId};
use domain::order::StockEffect;
use harness::orders::{PlacedOrder, order_of, selling, usd};
use serde_json::{Value, json};
use store::orders::{Placement, SideEffects};
use stripe_stand_in::Card;

#[tokio::test]
async fn staff_see_the_whole_order_with_who_did_what_and_why_by_its_id_and_by_its_number() {
    let (shop, staff) = selling().await;
    let support = shop.staff("sue@example.com", Role::Support).await;
    let ada = shop.register("ada@example.com").await;
    let placed = PlacedOrder::of(shop.place_order(&order_of("A", 2, "payment_intent"), "k").by(&ada).send().await);
    assert!(shop.pay(&placed.reference(), Card::Pays).await);
    let shipped = json!({ "status": "shipped", "carrier": "DHL", "trackingCode": "00340", "note": "By hand" });
    shop.update_order(&placed, &staff, &shipped).send().await.expect(200);
    let note = format!("/api/v1/admin/orders/{}/notes", placed.id);
    shop.post(&note, &json!({ "text": "Called them." })).by(&support).send().await.expect(200);
    let refund = json!({ "amount": usd(500), "reason": "Late" });
    shop.refund(&placed, &staff, &refund, "r").send().await.expect(201);
    shop.stripe.open_dispute(&placed.reference(), false);
    shop.deliver_events().await;

    let number = placed.whole["number"].as_str().unwrap();
    for name in [placed.id.clone(), number.to_owned(), number.to_lowercase()] {
        let path = format!("/api/v1/admin/orders/{name}");
        let order = shop.get(&path).by(&support).send().await.expect(200).data().clone();
        assert_eq!((&order["id"], &order["shipment"]["carrier"]), (&json!(placed.id), &json!("DHL")));
        assert_eq!((&order["customer"]["id"], &order["customer"]["name"]), (&json!(ada.id), &json!("Ada Lovelace")));
        assert_eq!((&order["payment"]["dispute"], &order["refunds"][0]["reason"]), (&json!("open"), &json!("Late")));
        assert_eq!(order["payment"]["evidenceDueBy"], "2026-11-27T10:00:00.000Z");
        let history: Vec<[&Value; 4]> = order["history"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| ["what", "by", "userId", "detail"].map(|name| &entry[name]))
            .collect();
        let (root, sue) = (json!(staff.id), json!(support.id));
        let expected = [
            [&json!("placed"), &json!("buyer"), &json!(ada.id), &Value::Null],
            [&json!("paid"), &json!("provider"), &Value::Null, &Value::Null],
            [&json!("shipped"), &json!("staff"), &root, &json!("By hand")],
            [&json!("note"), &json!("staff"), &sue, &json!("Called them.")],
            [&json!("refund"), &json!("staff"), &root, &json!("5.00 USD")],
            [&json!("refunded"), &json!("provider"), &Value::Null, &json!("5.00 USD")],
        ];
        assert_eq!(history[..6], expected);
        assert_eq!(history[6][0], "dispute_open");
        shop.get(&path).by(&ada).send().await.expect_problem(403, "forbidden");
        shop.get(&path).send().await.expect_problem(401, "unauthenticated");
    }
    let reads = shop.table.items_under("AUDIT#").into_values();
    assert_eq!(reads.filter(|entry| entry["action"] == "order.read" && entry["subject"] == placed.id).count(), 3);
}

#[tokio::test]
async fn what_is_no_order_is_not_found_and_a_guest_has_no_account() {
    let (shop, staff) = selling().await;
    let placed = shop.buy(1, "k").await;
    let get = |name: &str| shop.get(&format!("/api/v1/admin/orders/{name}")).by(&staff).send();
    let order = get(&placed.id).await.expect(200);
    assert_eq!((&order.data()["customer"], &order.data()["userId"]), (&Value::Null, &Value::Null));
    let pay = placed.id.replace("ord_", "pay_");
    for name in ["ord_01M7XEBF1GJ9S2EBBH215VRVD3", "261120-00000000", "7", &pay, &placed.id.to_lowercase()] {
        get(name).await.expect_problem(404, "order_not_found");
    }
}

#[tokio::test]
async fn a_number_of_two_orders_opens_neither_and_lists_both() {
    let (shop, staff) = selling().await;
    let placed = shop.buy(1, "k").await;
    let id = OrderId::parse(&placed.id).unwrap();
    let mut found = shop.store().order_and_purchase(id).await.unwrap().unwrap();
    found.order.id = OrderId::new(shop.now(), 7);
    let twin = domain::order::PlacedOrder {
        event: Event::OrderPlaced { order_id: found.order.id },
        order: found.order,
        purchase: found.purchase,
        stock: StockEffect::Keep,
        unpaid: None,
    };
    let token = TransactionId::new(shop.now(), 7);
    let placement = Placement { token, placed: &twin, coupon: None, carts: &[], side_effects: SideEffects::NONE };
    shop.store().place_order(&placement).await.unwrap();
    let number = placed.whole["number"].as_str().unwrap();
    let path = format!("/api/v1/admin/orders/{number}");
    shop.get(&path).by(&staff).send().await.expect_problem(409, "order_number_ambiguous");
    let shipped = shop.request(Method::PATCH, &path).json(&json!({ "status": "shipped" })).by(&staff);
    shipped.send().await.expect_problem(409, "order_number_ambiguous");
    let note = shop.post(&format!("{path}/notes"), &json!({ "text": "Which?" })).by(&staff);
    note.send().await.expect_problem(409, "order_number_ambiguous");
    let list = shop.get(&format!("/api/v1/admin/orders?number={number}")).by(&staff).send().await.expect(200);
    assert_eq!(list.data().as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn staff_cancel_and_refund_by_the_ids_that_the_order_has() {
    let (shop, staff) = selling().await;
    let support = shop.staff("sue@example.com", Role::Support).await;
    let [cancelled, refunded] = ["k-1", "k-2"].map(|key| shop.buy(1, key));
    let (cancelled, refunded) = (cancelled.await, refunded.await);
    for placed in [&cancelled, &refunded] {
        assert!(shop.pay(&placed.reference(), Card::Pays).await);
    }
    let get = async |placed: &PlacedOrder| {
        let path = format!("/api/v1/admin/orders/{}", placed.whole["number"].as_str().unwrap());
        shop.get(&path).by(&support).send().await.expect(200).data().clone()
    };
    let id = get(&cancelled).await["id"].as_str().unwrap().to_owned();
    let cancel = json!({ "reason": "Out of stock" });
    shop.post(&format!("/api/v1/orders/{id}/cancel"), &cancel).by(&support).send().await.expect(200);
    let seen = get(&cancelled).await;
    assert_eq!((&seen["status"], &seen["paymentStatus"]), (&json!("cancelled"), &json!("refunded")));
    let entries = seen["history"].as_array().unwrap();
    let entry = entries.iter().find(|entry| entry["what"] == "cancelled").unwrap();
    assert_eq!((&entry["userId"], &entry["detail"]), (&json!(support.id), &json!("Out of stock")));
    let payment = get(&refunded).await["payment"]["id"].as_str().unwrap().to_owned();
    let refund = shop.post(&format!("/api/v1/payments/{payment}/refunds"), &json!({ "reason": "Late" }));
    refund.by(&staff).header("idempotency-key", "r").send().await.expect(201);
    assert_eq!(get(&refunded).await["status"], "refunded");
    assert_eq!(shop.stock("A"), (5, 0));
}

#[tokio::test]
async fn staff_keep_metadata_on_an_order_of_which_its_buyer_sees_the_public_part() {
    let (shop, _) = selling().await;
    let support = shop.staff("sue@example.com", Role::Support).await;
    let placed = shop.buy(1, "k").await;
    let change = async |body: Value| shop.update_order(&placed, &support, &body).send().await;
    let first = change(json!({ "metadata": { "erp": "17", "public.gift": "yes", "old": "1" } })).await.expect(200);
    assert_eq!(first.data()["metadata"], json!({ "erp": "17", "public.gift": "yes", "old": "1" }));
    assert_eq!(shop.read_order(&placed).await["metadata"], json!({ "public.gift": "yes" }));
    assert!(shop.pay(&placed.reference(), Card::Pays).await);
    let both = json!({ "status": "shipped", "metadata": { "erp": "18", "old": null } });
    for _ in 0..2 {
        let seen = change(both.clone()).await.expect(200).data().clone();
        assert_eq!((&seen["status"], &seen["metadata"]["erp"]), (&json!("shipped"), &json!("18")));
        assert_eq!(seen["metadata"]["old"], Value::Null);
    }
    let before = shop.table.items_under("ORDER#");
    for metadata in [json!({ "a b": "1" }), json!({ "k": "v".repeat(501) }), json!({ "k": 7 })] {
        for body in [json!({ "metadata": metadata }), json!({ "status": "delivered", "metadata": metadata })] {
            let refused = change(body).await.expect(400);
            assert!(refused.fields()[0].starts_with("metadata"), "{}", refused.text);
        }
    }
    change(json!({ "metadata": {} })).await.expect(200);
    change(json!({})).await.expect(400);
    assert_eq!(shop.table.items_under("ORDER#"), before);
    let ada = shop.register("eve@example.com").await;
    shop.update_order(&placed, &ada, &both).send().await.expect_problem(403, "forbidden");
}
