//! Staff look for orders by the name of the recipient and by tracking code.

use std::time::Duration;

use axum::http::Method;
use harness::orders::{PlacedOrder, order_of, selling_at};
use harness::shop::Shop;
use serde_json::json;
use stripe_stand_in::Card;

use crate::order_search::found;

const ALL: &str = "/api/v1/admin/orders";

async fn ordered_for(shop: &Shop, name: &str) -> String {
    let mut body = order_of("A", 1, "cash_on_delivery");
    body["shippingAddress"]["name"] = json!(name);
    let id = PlacedOrder::of(shop.place_order(&body, &format!("k-{}", name.len())).send().await).id;
    shop.later(Duration::from_mins(1));
    id
}

#[tokio::test]
async fn orders_are_found_by_the_beginning_of_the_recipients_name_and_of_its_last_word() {
    let (shop, staff) = selling_at(1000, 20).await;
    let names = ["Ada Lovelace", "Åsa-Lis  O'Hara", "Ann van Anders", "Lovell", "李"];
    let mut ids = Vec::new();
    for name in names {
        ids.push(ordered_for(&shop, name).await);
    }
    for (query, places) in [
        ("name=ada", vec![0]),
        ("name=Ada%20LOVE", vec![0]),
        ("name=love", vec![0, 3]),
        ("name=lovelace", vec![0]),
        ("name=asa%20lis", vec![1]),
        ("name=ohara", vec![1]),
        // Both words begin so, and the order is there once.
        ("name=an", vec![2]),
        ("name=van", vec![]),
        ("name=anders&limit=1", vec![2]),
        ("name=love&limit=1", vec![0, 3]),
        ("name=li", vec![4]),
        ("name=love&status=delivered", vec![]),
        ("name=love&email=eve@example.com", vec![]),
        ("name=lovelacex", vec![]),
    ] {
        let wanted: Vec<&String> = places.iter().map(|&place| &ids[place]).collect();
        assert_eq!(found(&shop, &staff, query).await.iter().collect::<Vec<_>>(), wanted, "{query}");
    }
}

#[tokio::test]
async fn orders_are_found_by_the_tracking_codes_that_their_parcels_have_now() {
    let (shop, staff) = selling_at(1000, 20).await;
    let mut body = order_of("A", 3, "payment_intent");
    // A name may look like a code.
    body["shippingAddress"]["name"] = json!("Ada 1Z999");
    let placed = PlacedOrder::of(shop.place_order(&body, "k-1").send().await);
    assert!(shop.pay(&placed.reference(), Card::Pays).await);
    let send = |code: &str| {
        let items = json!([{ "id": placed.whole["items"][0]["id"], "quantity": 1 }]);
        let parcel = json!({ "items": items, "carrier": "DHL", "trackingCode": code });
        shop.send_parcel(&placed, &staff, &parcel, &code.replace(' ', ""))
    };
    let first = send("00 34-0434 1610").send().await.expect(201);
    send("1Z999").send().await.expect(201);
    let codes = ["trackingCode=003404341610", "trackingCode=00%2034-0434%201610", "trackingCode=1z-999"];
    for query in codes.into_iter().chain(["name=1z999"]) {
        assert_eq!(found(&shop, &staff, query).await, [placed.id.as_str()], "{query}");
    }
    let parcel = format!("{ALL}/{}/parcels/{}", placed.id, first.data()["parcels"][0]["id"].as_str().unwrap());
    shop.request(Method::PATCH, &parcel).json(&json!({ "trackingCode": "0X" })).by(&staff).send().await.expect(200);
    assert!(found(&shop, &staff, "trackingCode=003404341610").await.is_empty(), "the code was changed");
    assert_eq!(found(&shop, &staff, "trackingCode=0x").await, [placed.id]);
    assert!(found(&shop, &staff, "trackingCode=0x&status=pending").await.is_empty());
    let whole = PlacedOrder::of(shop.place_order(&order_of("A", 1, "payment_intent"), "k-2").send().await);
    assert!(shop.pay(&whole.reference(), Card::Pays).await);
    let shipped = json!({ "status": "shipped", "trackingCode": "W1" });
    shop.update_order(&whole, &staff, &shipped).send().await.expect(200);
    assert_eq!(found(&shop, &staff, "trackingCode=w1").await, [whole.id]);
}
