//! Importing past orders.

use axum::http::Method;
use domain::access::Role;
use harness::network::Fault;
use harness::shop::Shop;
use ops::import::Progress;
use serde_json::{Value, json};

use crate::sales::count_all;

use super::support::{counts, example, faults, file, import, import_examples, importer};

async fn moved() -> Shop {
    let shop = Shop::open().await;
    for heading in ["Customers", "Products", "Coupons", "Orders"] {
        import_examples(&shop, heading).await;
    }
    shop
}

#[tokio::test]
async fn an_imported_order_is_seen_by_its_customer_as_it_was() {
    let shop = moved().await;
    let ada = shop.login("ada@example.com").await;
    let mine = shop.get("/api/v1/orders").by(&ada).send().await.expect(200);
    let order = mine.json["data"][0].clone();
    assert_eq!((&order["number"], &order["status"]), (&json!("1001"), &json!("delivered")));
    let path = format!("/api/v1/orders/{}", order["id"].as_str().unwrap());
    let whole = shop.get(&path).by(&ada).send().await.expect(200);
    let whole = whole.data();
    assert_eq!((&whole["paymentStatus"], &whole["payment"]["method"]), (&json!("paid"), &json!("elsewhere")));
    assert_eq!((&whole["total"]["amount"], &whole["createdAt"]), (&json!(14_800), &json!("2024-06-01T12:00:00.000Z")));
    let names: Vec<_> = whole["items"].as_array().unwrap().iter().map(|item| &item["name"]).collect();
    assert_eq!(names, ["Linen shirt", "Mug (no longer sold)"]);
    let track = shop.get(&format!("{path}/track")).by(&ada).send().await.expect(200);
    assert!(track.text.contains("JD0001"), "{}", track.text);
    let grace = shop.login("grace@example.com").await;
    assert_eq!(shop.get(&path).by(&grace).send().await.status, 404);
}

#[tokio::test]
async fn past_orders_move_no_stock_no_money_no_coupon_and_send_no_mail() {
    let shop = Shop::open().await;
    import_examples(&shop, "Customers").await;
    import_examples(&shop, "Products").await;
    import_examples(&shop, "Coupons").await;
    let parts = ["STOCK#", "COUPON#", "PRODUCT#", "DUE#", "UNPAID#"];
    let before: Vec<_> = parts.map(|part| shop.table.items_under(part)).into();
    let known = shop.table.events();
    import_examples(&shop, "Orders").await;
    let after: Vec<_> = parts.map(|part| shop.table.items_under(part)).into();
    assert_eq!(after, before);
    let events: Vec<Value> = shop.table.events().into_iter().filter(|event| !known.contains(event)).collect();
    assert!(!events.is_empty() && events.iter().all(|event| event["type"] == "order.imported"));
    assert!(shop.table.items_under("ORDER#").keys().all(|key| !key.contains("DUE#")));
    shop.time_passes(std::time::Duration::from_hours(24 * 30)).await;
    assert!(shop.stripe.events().is_empty());
}

#[tokio::test]
async fn past_orders_count_as_sold_on_the_day_on_which_they_were_placed() {
    let shop = moved().await;
    count_all(&shop).await;
    count_all(&shop).await;
    let sales = shop.table.items_under("SALES#");
    assert!(!sales.is_empty());
    for sold in sales.values() {
        assert!(sold["ever"].as_u64() > Some(0) && sold["days"].is_null(), "that was long ago: {sold}");
    }
}

#[tokio::test]
async fn staff_record_a_refund_of_a_past_order_and_stripe_is_not_asked() {
    let shop = moved().await;
    let staff = shop.staff("staff@example.com", Role::Admin).await;
    let found = shop.get("/api/v1/admin/orders?status=delivered").by(&staff).send().await.expect(200);
    let id = found.json["data"][0]["id"].as_str().unwrap().to_owned();
    let payment = id.replace("ord_", "pay_");
    let body = json!({ "amount": { "amount": 1000, "currency": "usd" }, "reason": "late", "paidOtherwise": true });
    let ask = shop.post(&format!("/api/v1/payments/{payment}/refunds"), &body).header("idempotency-key", "r-1");
    let refunded = ask.by(&staff).send().await;
    assert!(refunded.status.is_success(), "{}", refunded.text);
    assert!(shop.stripe.events().is_empty());
    let note =
        shop.request(Method::PATCH, &format!("/api/v1/admin/orders/{id}")).json(&json!({ "status": "processing" }));
    assert!(note.by(&staff).send().await.status.is_client_error());
}

#[tokio::test]
async fn orders_are_imported_once_whatever_was_interrupted() {
    let text = example("Orders", "csv");
    for (at, fault) in (0..7).flat_map(|at| [(at, Fault::Before), (at, Fault::After)]) {
        let shop = Shop::open().await;
        import_examples(&shop, "Customers").await;
        let path = file("csv", &text);
        shop.table.network.fail_any(at, fault, 1_000);
        let _ = importer(&shop).import("orders", &path, Progress::Nowhere).await;
        shop.table.network.heal();
        let report = importer(&shop).import("orders", &path, Progress::Nowhere).await.unwrap();
        assert_eq!(report.bad, 0, "{}", report.text());
        let orders = shop.table.items_under("ORDER#");
        assert_eq!(orders.keys().filter(|key| key.ends_with(" / ORDER")).count(), 1, "call {at}, {fault:?}");
        assert_eq!(counts(&import(&shop, "orders", "csv", &text).await), [0, 1, 0]);
    }
}

#[tokio::test]
async fn open_orders_and_wrong_sums_are_refused_with_line_and_field() {
    let shop = Shop::open().await;
    let line = "1 Main St,10115,Berlin,DE";
    let head = "number,placed_at,status,customer,email,total,shipping_name,shipping_line1,shipping_postal_code,\
        shipping_city,shipping_country,line_sku,line_name,line_price,line_quantity\n";
    let at = "2024-06-01T12:00:00Z";
    let rows = [
        format!("1,{at},paid,,a@example.com,5.00,A,{line},S,Shirt,5.00,1"),
        format!("2,{at},delivered,,a@example.com,6.00,A,{line},S,Shirt,5.00,1"),
        format!("3,{at},delivered,99,,5.00,A,{line},S,Shirt,5.00,1"),
        format!("4,{at},delivered,,,5.00,A,{line},S,Shirt,5.00,1"),
        format!("5,{at},delivered,,a@example.com,10.00,A,{line},S,Shirt,5.00,1"),
        "5,,,,,,,,,,,S,Shirt,five,1".to_owned(),
        format!("6,{at},delivered,,a@example.com,5.00,A,{line},S,Shirt,5.00,1"),
    ];
    let report = import(&shop, "orders", "csv", &format!("{head}{}\n", rows.join("\n"))).await;
    assert_eq!(report.new, 1);
    assert_eq!(faults(&report), [(2, "status"), (3, "total"), (4, "customer"), (5, "email"), (7, "line_price")]);
}
