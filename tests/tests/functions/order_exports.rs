//! The file of the orders of a period: its lines, and that no order is missing or twice.

use std::time::Duration;

use domain::access::Role;
use domain::money::Currency;
use domain::upload::Period;
use harness::fake_service::{FakeService, Reply};
use harness::orders::{ORDERS, PlacedOrder, address, order_at, selling_at, usd};
use harness::shop::{Person, Shop};
use import_export::{Config, ImportExport};
use kit::runtime::ids::Ids;
use products::ProductWriter;
use serde_json::{Value, json};
use store::page::PageRequest;
use stripe_stand_in::Card;

use crate::fixtures::{TAX_INSIDE, batch, german_shop};

/// The function over the table of a shop, with a bucket and a queue that take everything.
fn import_export(shop: &Shop, service: &FakeService) -> ImportExport {
    let config = Config {
        table: "kontor".to_owned(),
        bucket: "files".to_owned(),
        queue: "http://queue.test/csv".to_owned(),
        currency: Currency::USD,
    };
    let s3 = aws_sdk_s3::Config::builder()
        .behavior_version_latest()
        .region(aws_sdk_s3::config::Region::new("eu-west-1"))
        .credentials_provider(aws_sdk_s3::config::Credentials::new("test", "test", None, None, "test"))
        .retry_config(aws_sdk_s3::config::retry::RetryConfig::disabled())
        .http_client(service.clone())
        .build();
    let sqs = aws_sdk_sqs::Config::builder()
        .behavior_version_latest()
        .region(aws_sdk_sqs::config::Region::new("eu-west-1"))
        .credentials_provider(aws_sdk_sqs::config::Credentials::new("test", "test", None, None, "test"))
        .http_client(service.clone())
        .build();
    let writer = ProductWriter { store: shop.table.store_of("import-export"), ids: Ids::random() };
    let (s3, sqs) = (aws_sdk_s3::Client::from_conf(s3), aws_sdk_sqs::Client::from_conf(sqs));
    ImportExport::new(config, writer, s3, sqs, shop.clock.clone())
}

async fn order(shop: &Shop, skus: &[&str], note: &str, key: &str) -> PlacedOrder {
    let mut cart = String::new();
    for sku in skus {
        let mut ask = shop.add_to_cart(sku, 2);
        if !cart.is_empty() {
            ask = ask.header("cart-token", &cart);
        }
        let answer = ask.send().await.expect(200);
        cart = answer.data()["token"].as_str().map_or(cart, str::to_owned);
    }
    let body = json!({
        "email": "ada@example.com", "shippingAddress": address(), "paymentMethod": "payment_intent", "note": note,
    });
    let placed = shop.post(ORDERS, &body).header("idempotency-key", key).header("cart-token", &cart).send().await;
    let placed = PlacedOrder::of(placed);
    assert!(shop.pay(&placed.reference(), Card::Pays).await);
    placed
}

/// The cells of a CSV file in which texts are quoted.
fn records(file: &str) -> Vec<Vec<String>> {
    let cells = |line: &str| line.split(',').map(|cell| cell.trim_matches('"').to_owned()).collect();
    file.lines().map(cells).collect()
}

async fn exported(shop: &Shop, staff: &Person, from: &str, to: &str) -> Vec<Vec<String>> {
    let asked = json!({ "of": "orders", "from": from, "to": to });
    let begun = shop.post("/api/v1/exports", &asked).by(staff).send().await.expect(201);
    let id = begun.data()["id"].as_str().unwrap().to_owned();
    let bucket = FakeService::new(|_| Reply::Answer(200, String::new()));
    let function = import_export(shop, &bucket);
    for _ in 0..2 {
        let job = json!({ "job": "export", "exportId": id });
        let failed = function.deliver(batch(&job)).await.batch_item_failures;
        assert!(failed.is_empty(), "{failed:?}");
    }
    let seen = shop.get(&format!("/api/v1/exports/{id}")).by(staff).send().await.expect(200);
    let files = bucket.requests();
    assert_eq!((&seen.data()["state"], files.len()), (&json!("finished"), 1), "a second message writes nothing");
    let records = records(&files[0]);
    assert_eq!(seen.data()["lines"], json!(records.len() - 1));
    records
}

#[tokio::test]
async fn the_orders_of_a_period_are_written_oldest_first_with_a_line_for_each_item() {
    let (shop, staff) = selling_at(1000, 50).await;
    let formula = json!({ "name": "=Thing B", "sku": "B", "price": usd(250), "status": "active", "stock": 50 });
    shop.post("/api/v1/products", &formula).by(&staff).send().await.expect(201);
    let first = order(&shop, &["A", "B"], "+49 30 1234", "k-1").await;
    shop.later(Duration::from_hours(24 * 15));
    let second = order(&shop, &["A"], "Ring", "k-2").await;
    let support = shop.staff("sue@example.com", Role::Support).await;
    let ship = json!({ "status": "shipped", "carrier": "DHL", "trackingCode": "T-1" });
    shop.update_order(&second, &support, &ship).send().await.expect(200);
    let first_line = json!([{ "id": first.whole["items"][0]["id"], "quantity": 1 }]);
    let parts =
        [json!({ "items": first_line, "carrier": "DHL", "trackingCode": "T-2" }), json!({ "trackingCode": "T-3" })];
    for (n, part) in parts.iter().enumerate() {
        shop.send_parcel(&first, &support, part, &format!("p-{n}")).send().await.expect(201);
    }
    // What is placed at the moment of the request may be committed after it, so it is not in the file.
    shop.later(Duration::from_millis(1));
    let file = exported(&shop, &support, "2026-11-01", "2026-12-31").await;
    let at = |name: &str| file[0].iter().position(|column| column == name).unwrap();
    let column = |name: &str| file[1..].iter().map(|line| line[at(name)].as_str()).collect::<Vec<_>>();
    let numbers = [&first, &first, &second].map(|order| order.whole["number"].as_str().unwrap());
    assert_eq!(column("number"), numbers);
    assert_eq!(column("item"), ["1", "2", "1"]);
    assert_eq!(column("item_sku"), ["A", "B", "A"]);
    assert_eq!(column("item_name"), ["Thing A", "'=Thing B", "Thing A"]);
    assert_eq!(column("item_price"), ["10.00", "2.50", "10.00"]);
    assert_eq!(column("item_quantity"), ["2", "2", "2"]);
    assert_eq!(column("note"), ["'+49 30 1234", "'+49 30 1234", "Ring"]);
    assert_eq!(column("status"), ["shipped"; 3]);
    assert_eq!(column("tracking_code"), ["T-2|T-3", "T-2|T-3", "T-1"]);
    assert_eq!(column("carrier"), ["DHL|", "DHL|", "DHL"]);
    assert_eq!(column("currency"), ["usd"; 3]);
    assert_eq!(column("shipping_method"), ["Standard"; 3]);
    let total = |order: &PlacedOrder| {
        let cents = order.whole["total"]["amount"].as_i64().unwrap();
        format!("{}.{:02}", cents / 100, cents % 100)
    };
    assert_eq!(column("total"), [total(&first), total(&first), total(&second)]);
    assert_eq!(column("billing_city"), column("shipping_city"));

    let december = exported(&shop, &support, "2026-12-01", "2026-12-31").await;
    assert_eq!(december[1..].iter().map(|line| line[at("id")].clone()).collect::<Vec<_>>(), [second.id]);
    assert_eq!(exported(&shop, &support, "2026-10-01", "2026-11-19").await.len(), 1);
}

#[tokio::test]
async fn the_file_says_how_each_order_is_taxed_and_which_company_bought() {
    let (shop, _) = german_shop(TAX_INSIDE).await;
    let staff = shop.staff("sue@example.com", Role::Support).await;
    for (key, country, company, number) in [
        ("k-1", "DE", None, None),
        ("k-2", "DE", Some("Engines GmbH"), Some("DE987654321")),
        ("k-3", "FR", Some("Engines SARL"), Some("FRXX123456789")),
    ] {
        let mut body = order_at(1190, "A", 2, "payment_intent");
        body["shippingAddress"]["country"] = json!(country);
        if let Some((company, number)) = company.zip(number) {
            body["shippingAddress"]["company"] = json!(company);
            body["vatNumber"] = json!(number);
        }
        if key == "k-2" {
            body["billingAddress"] = address();
            body["billingAddress"]["company"] = json!("Engines Holding");
        }
        PlacedOrder::of(shop.place_order(&body, key).send().await);
        shop.later(Duration::from_secs(1));
    }
    let file = exported(&shop, &staff, "2026-11-01", "2026-12-31").await;
    let at = |name: &str| file[0].iter().position(|column| column == name).unwrap();
    let column = |name: &str| file[1..].iter().map(|line| line[at(name)].as_str()).collect::<Vec<_>>();
    assert_eq!(column("tax_included"), ["true", "true", "false"]);
    assert_eq!(column("item_tax_rate"), ["19", "19", "0"]);
    assert_eq!(column("item_tax_kind"), ["taxed", "taxed", "reverse_charge"]);
    assert_eq!(column("taxes"), ["19=4.60", "19=4.60", "0=0.00"]);
    assert_eq!(column("tax"), ["4.60", "4.60", "0.00"]);
    assert_eq!(column("vat_number"), ["", "DE987654321", "FRXX123456789"]);
    assert_eq!(column("shipping_company"), ["", "Engines GmbH", "Engines SARL"]);
    assert_eq!(column("billing_company"), ["", "Engines Holding", "Engines SARL"]);
}

#[tokio::test]
async fn pages_of_a_period_have_every_order_once_over_months_and_changes_of_status() {
    let (shop, _) = selling_at(1000, 50).await;
    let from = shop.now();
    let mut placed = Vec::new();
    for n in 0..7 {
        placed.push(order(&shop, &["A"], "Ring", &format!("k-{n}")).await.id);
        shop.later(Duration::from_hours(24 * 9));
    }
    let staff = shop.staff("sue@example.com", Role::Support).await;
    let period = Period { from, to: shop.now() };
    for limit in [1, 2, 3, 100] {
        let (mut ids, mut request) = (Vec::new(), PageRequest { limit, after: None });
        loop {
            let page = shop.store().orders_placed(period, &request).await.unwrap();
            ids.extend(page.items.iter().map(|found| found.order.id.to_string()));
            let body: Value = json!({ "status": "processing", "orders": [{ "id": placed[6] }] });
            shop.post("/api/v1/admin/orders/bulk", &body).by(&staff).send().await.expect(200);
            match page.next {
                Some(after) => request.after = Some(after),
                None => break,
            }
        }
        assert_eq!(ids, placed, "{limit}");
    }
    let part = Period { from: from + Duration::from_hours(24), to: from + Duration::from_hours(24 * 18) };
    let page = shop.store().orders_placed(part, &PageRequest { limit: 10, after: None }).await.unwrap();
    assert_eq!(page.items.iter().map(|found| found.order.id.to_string()).collect::<Vec<_>>(), placed[1..2]);
}
