//! The list of one's orders, when orders were paid and sent, and what only staff see of them.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::id::OrderId;
use domain::metadata::InvalidMetadata;
use harness::orders::{ORDERS, PlacedOrder, guest_order, home_of, order_of, selling};
use harness::shop::Shop;
use serde_json::{Value, json};
use store::orders::SideEffects;
use stripe_stand_in::Card;

#[tokio::test]
async fn the_list_has_what_was_bought_so_that_an_account_page_is_one_request() {
    let (shop, staff) = selling().await;
    let me = shop.register("bob@example.com").await;
    let home = home_of(&shop, &me).await;
    let body = json!({ "shippingAddressId": home, "paymentMethod": "payment_intent" });
    shop.add_to_cart("A", 2).by(&me).send().await.expect(200);
    let small = PlacedOrder::of(shop.place_order(&body, "k-1").by(&me).send().await);
    for n in 0..12 {
        shop.add_product(&staff, &format!("B{n:02}"), 500, 9).await;
        shop.add_to_cart(&format!("B{n:02}"), 1).by(&me).send().await.expect(200);
    }
    shop.later(Duration::from_secs(1));
    let large = PlacedOrder::of(shop.place_order(&body, "k-2").by(&me).send().await);
    shop.table.network.take_calls();
    let list = shop.get(ORDERS).by(&me).send().await.expect(200);
    let calls = shop.table.network.take_calls();
    let batches = calls.iter().filter(|call| call.operation == "BatchGetItem").count();
    assert_eq!((calls.len(), batches), (3, 2), "session, orders, lines");
    let orders = list.json["data"].as_array().unwrap();
    assert_eq!([&orders[0]["id"], &orders[1]["id"]], [&json!(large.id), &json!(small.id)]);
    assert_eq!((orders[0]["items"].as_array().unwrap().len(), &orders[0]["itemCount"]), (10, &json!(12)));
    assert_eq!((&orders[1]["itemCount"], &orders[1]["units"]), (&json!(1), &json!(2)));
    let whole = &small.whole["items"][0];
    let item = &orders[1]["items"][0];
    for name in ["id", "productId", "sku", "name", "options", "imageUrl", "quantity"] {
        assert_eq!(item[name], whole[name], "{name}");
    }
    assert_eq!((&item["sku"], &item["name"], &item["quantity"]), (&json!("A"), &json!("Thing A"), &json!(2)));
    let page = shop.get(&format!("{ORDERS}?limit=1")).by(&me).send().await.expect(200);
    let cursor = page.json["pagination"]["nextCursor"].as_str().unwrap();
    let rest = shop.get(&format!("{ORDERS}?cursor={cursor}")).by(&me).send().await.expect(200);
    assert_eq!(rest.json["data"], json!([orders[1]]));
}

/// When the order was paid, shipped and delivered.
async fn times(shop: &Shop, bought: &PlacedOrder) -> [Value; 3] {
    let seen = shop.read_order(bought).await;
    ["paidAt", "shippedAt", "deliveredAt"].map(|name| seen[name].clone())
}

#[tokio::test]
async fn an_order_says_when_it_was_paid_shipped_and_delivered_and_repeats_move_nothing() {
    let (shop, staff) = selling().await;
    let bought = shop.buy(1, "k").await;
    assert_eq!(times(&shop, &bought).await, [Value::Null, Value::Null, Value::Null]);
    let [paid, shipped, delivered] =
        [0, 60, 120].map(|minutes| json!((shop.now() + Duration::from_mins(minutes)).to_string()));
    shop.pay(&bought.reference(), Card::Pays).await;
    for _ in 0..2 {
        shop.deliver_events().await;
        assert_eq!(times(&shop, &bought).await, [paid.clone(), Value::Null, Value::Null]);
        shop.later(Duration::from_mins(30));
    }
    for (status, after) in [
        ("shipped", [paid.clone(), shipped.clone(), Value::Null]),
        ("delivered", [paid.clone(), shipped.clone(), delivered.clone()]),
    ] {
        for _ in 0..2 {
            shop.update_order(&bought, &staff, &json!({ "status": status })).send().await.expect(200);
            assert_eq!(times(&shop, &bought).await, after);
            shop.later(Duration::from_mins(30));
        }
    }
}

#[tokio::test]
async fn cash_is_paid_when_the_parcel_is_delivered() {
    let (shop, staff) = selling().await;
    let cash = PlacedOrder::of(shop.place_order(&order_of("A", 1, "cash_on_delivery"), "k").send().await);
    shop.confirm(&cash).await.send().await.expect(200);
    shop.update_order(&cash, &staff, &json!({ "status": "shipped" })).send().await.expect(200);
    assert_eq!(times(&shop, &cash).await[0], Value::Null);
    shop.update_order(&cash, &staff, &json!({ "status": "delivered" })).send().await.expect(200);
    assert_eq!(times(&shop, &cash).await[0], json!(shop.now().to_string()));
}

#[tokio::test]
async fn only_staff_see_the_reference_at_stripe() {
    let (shop, staff) = selling().await;
    let bought = shop.buy(1, "k").await;
    let payment = format!("/api/v1/payments/{}", bought.id.replace("ord_", "pay_"));
    for paid in [false, true] {
        if paid {
            shop.pay(&bought.reference(), Card::Pays).await;
        }
        let theirs = shop.get(&bought.path()).by(&staff).send().await.expect(200);
        assert_eq!(theirs.data()["payment"]["reference"], json!(bought.reference()));
        let theirs = shop.get(&payment).by(&staff).send().await.expect(200);
        assert_eq!(theirs.data()["reference"], json!(bought.reference()));
        assert_eq!(shop.read_order(&bought).await["payment"]["reference"], Value::Null);
        let mine = shop.get(&payment).header("order-token", &bought.token).send().await.expect(200);
        assert_eq!(mine.data()["reference"], Value::Null);
    }
    let page = PlacedOrder::of(shop.place_order(&order_of("A", 1, "checkout_session"), "k-2").send().await);
    let theirs = shop.get(&page.path()).by(&staff).send().await.expect(200);
    assert_eq!(theirs.data()["payment"]["reference"], Value::Null, "a page has no payment intent before it is paid");
}

#[tokio::test]
async fn staff_see_all_metadata_of_an_order_and_buyers_what_is_public() {
    let (shop, staff) = selling().await;
    let bought = shop.buy(1, "k").await;
    assert_eq!(bought.whole["metadata"], json!({}));
    let pairs = [("erp", "17"), ("public.gift", "Yes")];
    let change: BTreeMap<String, Option<String>> =
        pairs.iter().map(|(key, value)| ((*key).to_owned(), Some((*value).to_owned()))).collect();
    let id = OrderId::parse(&bought.id).unwrap();
    for _ in 0..2 {
        let decide = |order: &domain::order::Order, _: &_, now| order.metadata_changed(change.clone(), now);
        let changed = shop.checkout.orders.change::<InvalidMetadata>(id, &SideEffects::NONE, decide).await.unwrap();
        assert_eq!(changed.order.metadata.shown(true).len(), 2);
    }
    let theirs = shop.get(&bought.path()).by(&staff).send().await.expect(200);
    assert_eq!(theirs.data()["metadata"], json!({ "erp": "17", "public.gift": "Yes" }));
    assert_eq!(shop.read_order(&bought).await["metadata"], json!({ "public.gift": "Yes" }));
    let track = shop.get(&format!("{}/track", bought.path())).by(&staff).send().await.expect(200);
    assert_eq!(track.data()["history"].as_array().unwrap().len(), 1, "the history has nothing of it");
}

#[tokio::test]
async fn a_shipment_of_a_known_carrier_leads_to_the_carriers_page() {
    let (shop, staff) = selling().await;
    let bought = shop.buy(1, "k").await;
    shop.pay(&bought.reference(), Card::Pays).await;
    for (carrier, url) in [("UPS", json!("https://www.ups.com/track?tracknum=1Z99%2F1")), ("Uncle Bob", Value::Null)] {
        let body = json!({ "status": "shipped", "carrier": carrier, "trackingCode": "1Z 99/1" });
        let shipped = shop.update_order(&bought, &staff, &body).send().await.expect(200);
        assert_eq!(shipped.data()["shipment"]["trackingUrl"], url);
        let track = shop.get_as_guest(&bought, "/track").send().await.expect(200);
        assert_eq!(track.data()["shipment"]["trackingUrl"], url);
    }
}

#[tokio::test]
async fn a_guest_has_no_list() {
    let (shop, _) = selling().await;
    let token = shop.cart_of("A", 1).await;
    let body = guest_order("ada@example.com", "payment_intent");
    let bought = PlacedOrder::of(shop.place_order(&body, "k").header("cart-token", &token).send().await);
    let ask = shop.get(ORDERS).header("order-token", &bought.token);
    assert_eq!(ask.send().await.status, 401);
}
