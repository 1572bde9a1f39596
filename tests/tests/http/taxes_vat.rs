//! Businesses with a VAT number, and the authority that knows these numbers.

use std::sync::Arc;
use std::time::Duration;

use axum::http::Method;
use domain::access::Role;
use domain::id::OrderId;
use domain::tax::TaxRates;
use domain::vat::VatNumber;
use harness::orders::{PlacedOrder, order_at, usd};
use harness::shop::{CheckoutSettings, PASSWORD, Shop, TaxSettings};
use harness::table::TestTable;
use serde_json::{Value, json};
use stripe_stand_in::Card;

const QUOTES: &str = "/api/v1/quotes";
/// A number that the authority knows.
const FRENCH: &str = "FR XX 123456789";

async fn german_shop(time_limit: Duration) -> Shop {
    let rates = r#"{"included":true,"shipping":"standard","countries":{"DE":1900,"FR":2000}}"#;
    let tax = TaxSettings {
        rates: TaxRates::parse(rates).unwrap(),
        shop_vat: Some(VatNumber::parse("DE123456789").unwrap()),
        time_limit,
    };
    let settings = CheckoutSettings { tax: Arc::new(tax), ..CheckoutSettings::default() };
    let shop = Shop::with_settings(settings, TestTable::create().await);
    let staff = shop.staff("root@example.com", Role::Admin).await;
    shop.add_product(&staff, "A", 1200, 50).await;
    shop
}

async fn patient_shop() -> Shop {
    german_shop(Duration::from_secs(10)).await
}

fn ask(country: &str, number: &str) -> Value {
    json!({ "country": country, "vatNumber": number, "item": { "sku": "A", "quantity": 2, "price": usd(1200) } })
}

fn order(country: &str, number: &str) -> Value {
    let mut body = order_at(1200, "A", 2, "payment_intent");
    body["shippingAddress"]["country"] = json!(country);
    body["vatNumber"] = json!(number);
    body
}

#[tokio::test]
async fn a_business_of_another_country_pays_the_tax_itself_and_the_order_keeps_who_said_so() {
    let shop = patient_shop().await;
    assert_eq!(shop.get("/api/v1/shop").send().await.expect(200).data()["tax"]["reverseCharge"], true);
    let consumer = shop.post(QUOTES, &ask("FR", "DE987654321")).send().await.expect(200).data().clone();
    assert_eq!((&consumer["totals"]["total"], &consumer["vat"]["reverseCharged"]), (&usd(2900), &json!(false)));

    let quote = shop.post(QUOTES, &ask("FR", FRENCH)).send().await.expect(200).data().clone();
    // 12.00 with 20 % are 10.00 without it, and 5.00 are 4.17.
    assert_eq!((&quote["lines"][0]["unitPrice"], &quote["lines"][0]["total"]), (&usd(1000), &usd(2000)));
    assert_eq!((&quote["totals"]["shipping"], &quote["totals"]["total"]), (&usd(417), &usd(2417)));
    let kind = json!([{ "rate": 0, "kind": "reverse_charge", "net": usd(2417), "tax": usd(0) }]);
    assert_eq!((&quote["totals"]["taxes"], &quote["totals"]["taxIncluded"]), (&kind, &json!(false)));

    let mut body = order("FR", "frxx123456789");
    body["expectedTotal"] = usd(2417);
    let placed = PlacedOrder::of(shop.place_order(&body, "k").send().await);
    assert_eq!(placed.whole["totals"], quote["totals"]);
    let vat = json!({
        "number": "FRXX123456789",
        "reverseCharged": true,
        "checkedAt": "2026-11-20T10:00:00.000Z",
        "reference": "WAPIFRXX123456789",
    });
    assert_eq!((&placed.whole["vat"], &quote["vat"]), (&vat, &vat));
    assert_eq!(shop.stripe.vat_checks(), ["FRXX123456789"], "the order asks nobody again");

    shop.later(Duration::from_hours(25));
    shop.post(QUOTES, &ask("FR", FRENCH)).send().await.expect(200);
    assert_eq!(shop.stripe.vat_checks().len(), 2, "a day later it is asked again");
}

#[tokio::test]
async fn nobody_is_asked_about_a_number_that_changes_nothing() {
    let shop = patient_shop().await;
    // Goods that stay in the country of the shop, or leave the Union, and a number of the shop's own country.
    for (key, country, number) in [("k-1", "DE", FRENCH), ("k-2", "US", FRENCH), ("k-3", "FR", "DE987654321")] {
        let quote = shop.post(QUOTES, &ask(country, number)).send().await.expect(200).data().clone();
        assert_eq!((&quote["vat"]["reverseCharged"], &quote["vat"]["checkedAt"]), (&json!(false), &Value::Null));
        let placed = shop.place_order(&order(country, number), key).send().await;
        assert_eq!(PlacedOrder::of(placed).whole["vat"], quote["vat"]);
    }
    assert!(shop.stripe.vat_checks().is_empty());
    for bad in ["", "FR", "FR12", "US123456789", "FRXX12345678901234567890"] {
        let refused = shop.post(QUOTES, &ask("FR", bad)).send().await;
        assert_eq!(refused.expect_problem(400, "validation_failed").fields(), ["vatNumber"], "{bad}");
        let refused = shop.place_order(&order("FR", bad), "bad").send().await;
        assert_eq!(refused.expect_problem(400, "validation_failed").fields(), ["vatNumber"], "{bad}");
    }
}

#[tokio::test]
async fn a_number_that_the_authority_does_not_know_is_refused_and_not_asked_about_again() {
    let shop = patient_shop().await;
    for (n, number) in ["FRXX123456200", "FRXX123456201"].into_iter().enumerate() {
        for _ in 0..2 {
            let refused = shop.post(QUOTES, &ask("FR", number)).send().await;
            assert_eq!(refused.expect_problem(409, "vat_number_invalid").fields(), ["vatNumber"]);
            shop.place_order(&order("FR", number), "k").send().await.expect_problem(409, "vat_number_invalid");
        }
        assert_eq!(shop.stripe.vat_checks().len(), n + 1);
    }
    shop.place_order(&order("FR", "DE987654321"), "other").send().await.expect(201);
}

#[tokio::test]
async fn without_an_answer_of_the_authority_nobody_is_free_of_tax_and_the_buyer_may_order_without_the_number() {
    let shop = patient_shop().await;
    for ending in [202, 300, 301, 302, 400, 401, 500, 501, 600, 601, 998] {
        let number = format!("FRXX123456{ending}");
        let refused = shop.post(QUOTES, &ask("FR", &number)).from_ip(&format!("192.0.2.{}", ending % 250)).send().await;
        assert_eq!(refused.expect_problem(409, "vat_check_unavailable").fields(), ["vatNumber"], "{number}");
    }
    let refused = shop.place_order(&order("FR", "FRXX123456301"), "k").send().await;
    refused.expect_problem(409, "vat_check_unavailable");
    let mut without = order("FR", "");
    without.as_object_mut().unwrap().remove("vatNumber");
    let placed = PlacedOrder::of(shop.place_order(&without, "k").send().await);
    assert_eq!(placed.whole["totals"]["total"], usd(2900));
}

#[tokio::test]
async fn an_authority_that_never_answers_is_left_after_some_time() {
    let shop = german_shop(Duration::from_millis(20)).await;
    let refused = shop.post(QUOTES, &ask("FR", "FRXX123456999")).send().await;
    refused.expect_problem(409, "vat_check_unavailable");
}

#[tokio::test]
async fn a_network_cannot_make_the_shop_ask_without_end() {
    let shop = patient_shop().await;
    for n in 0..10 {
        shop.post(QUOTES, &ask("FR", &format!("FRXX12345670{n}"))).send().await.expect(200);
    }
    shop.post(QUOTES, &ask("FR", "FRXX123456710")).send().await.expect_problem(429, "rate_limited");
    // What is known already costs nothing.
    shop.post(QUOTES, &ask("FR", "FRXX123456700")).send().await.expect(200);
    assert_eq!(shop.stripe.vat_checks().len(), 10);
}

#[tokio::test]
async fn an_order_asks_about_a_number_that_no_quote_named_before() {
    let shop = patient_shop().await;
    for key in ["k-1", "k-2"] {
        let placed = PlacedOrder::of(shop.place_order(&order("FR", FRENCH), key).send().await);
        assert_eq!(placed.whole["vat"]["reverseCharged"], true);
    }
    assert_eq!(shop.stripe.vat_checks().len(), 1, "the second order knows it");
}

#[tokio::test]
async fn numbers_of_greece_and_of_northern_ireland_are_asked_about_with_their_own_prefix() {
    let shop = patient_shop().await;
    let mut northern = ask("GB", "XI123456789");
    northern["postalCode"] = json!("BT1 1AA");
    for body in [ask("GR", "GR 123456789"), northern] {
        let quote = shop.post(QUOTES, &body).send().await.expect(200).data().clone();
        assert_eq!(quote["vat"]["reverseCharged"], true, "{body}");
    }
    assert_eq!(shop.stripe.vat_checks(), ["EL123456789", "XI123456789"]);
}

#[tokio::test]
async fn a_vat_number_is_exported_with_the_account_and_erased_with_it_where_nothing_was_sold() {
    let shop = patient_shop().await;
    let ada = shop.register_verified("ada@example.com").await;
    let place = async |key: &str, number: Option<&str>| {
        let mut body = order("FR", number.unwrap_or_default());
        let fields = body.as_object_mut().unwrap();
        fields.remove("email");
        if number.is_none() {
            fields.remove("vatNumber");
        }
        let placed = PlacedOrder::of(shop.place_order(&body, key).by(&ada).send().await);
        shop.later(Duration::from_secs(1));
        placed
    };
    let paid = place("k-1", Some(FRENCH)).await;
    assert!(shop.pay(&paid.reference(), Card::Pays).await);
    let cancelled = place("k-2", Some("DE987654321")).await;
    shop.post(&format!("{}/cancel", cancelled.path()), &json!({})).by(&ada).send().await.expect(200);
    let plain = place("k-3", None).await;
    let export = shop.get("/api/v1/users/me/export").by(&ada).send().await.expect(200);
    let exported = export.data()["orders"].as_array().unwrap().iter();
    let exported: Vec<Value> = exported.map(|order| json!([order["id"], order["vatNumber"]])).collect();
    let newest_first =
        [json!([plain.id, null]), json!([cancelled.id, "DE987654321"]), json!([paid.id, "FRXX123456789"])];
    assert_eq!(exported, newest_first);

    for bought in [&paid, &cancelled] {
        let whole = shop.store().order_and_purchase(OrderId::parse(&bought.id).unwrap()).await.unwrap().unwrap();
        shop.store().list_for_finding([(&whole.order, &whole.purchase)]).await.unwrap();
    }
    let listed =
        || ["frxx123456789", "de987654321"].map(|word| shop.table.items_under(&format!("WORDORDERS#{word}")).len());
    assert_eq!(listed(), [1, 1]);

    let delete = shop.request(Method::DELETE, "/api/v1/users/me").json(&json!({ "password": PASSWORD }));
    delete.by(&ada).send().await.expect(200);
    for _ in 0..2 {
        shop.janitor().run().await.unwrap();
        let mut kept = Vec::new();
        for bought in [&paid, &cancelled] {
            let purchase = shop.store().purchase(OrderId::parse(&bought.id).unwrap()).await.unwrap().unwrap();
            kept.push(purchase.vat.map(|vat| vat.number.as_str().to_owned()));
        }
        assert_eq!(kept, [Some("FRXX123456789".to_owned()), None], "the paid order keeps it for bookkeeping");
        assert_eq!(listed(), [1, 0], "staff find the paid order by it");
    }
}
