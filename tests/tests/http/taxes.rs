//! Tax inside prices or on top of them, by class of product, country and region.

use std::sync::Arc;

use axum::http::Method;
use domain::access::Role;
use domain::tax::TaxRates;
use harness::orders::{PlacedOrder, guest_order, order_at, usd};
use harness::products::{change, make, path};
use harness::shop::{CheckoutSettings, Person, Shop, TaxSettings};
use harness::table::TestTable;
use serde_json::{Value, json};
use stripe_stand_in::Card;

const INCLUDED: &str = r#"{"included":true,"shipping":"proportional","default":0,
    "countries":{"DE":{"standard":1900,"reduced":700},"US-CA":725}}"#;

async fn taxing(rates: &str) -> (Shop, Person) {
    let settings = CheckoutSettings::default();
    let tax = TaxSettings { rates: TaxRates::parse(rates).unwrap(), ..settings.tax.as_ref().clone() };
    let settings = CheckoutSettings { tax: Arc::new(tax), ..settings };
    let shop = Shop::with_settings(settings, TestTable::create().await);
    let staff = shop.staff("root@example.com", Role::Admin).await;
    (shop, staff)
}

fn book() -> Value {
    json!({ "name": "Book", "sku": "BOOK", "price": usd(1070), "status": "active", "stock": 9, "taxClass": "reduced" })
}

fn of_rate(rate: u32, net: i64, tax: i64) -> Value {
    let kind = if rate == 0 { "zero" } else { "taxed" };
    json!({ "rate": rate, "kind": kind, "net": usd(net), "tax": usd(tax) })
}

#[tokio::test]
async fn a_product_has_a_tax_class() {
    let (shop, staff) = taxing(INCLUDED).await;
    let made = make(&shop, &staff, &book()).await;
    assert_eq!(made["taxClass"], "reduced");
    assert_eq!(shop.get(&path(&made)).send().await.expect(200).data()["taxClass"], "reduced");
    let edited = change(&shop, Method::PATCH, &made, &json!({ "taxClass": "exempt" }), &staff).send().await.expect(200);
    assert_eq!(edited.data()["taxClass"], "exempt");
    let other = change(&shop, Method::PATCH, &made, &json!({ "name": "Novel" }), &staff).send().await.expect(200);
    assert_eq!(other.data()["taxClass"], "exempt");
    for bad in [json!({ "taxClass": "luxury" }), json!({ "taxClass": "" })] {
        let refused = change(&shop, Method::PATCH, &made, &bad, &staff).send().await;
        assert_eq!(refused.expect_problem(400, "validation_failed").fields(), ["taxClass"]);
    }
    let plain = json!({ "name": "Mug", "sku": "MUG", "price": usd(1190), "status": "active", "stock": 9 });
    assert_eq!(make(&shop, &staff, &plain).await["taxClass"], "standard");
}

#[tokio::test]
async fn a_price_with_tax_is_what_a_buyer_pays_and_the_tax_is_told_by_rate() {
    let (shop, staff) = taxing(INCLUDED).await;
    make(&shop, &staff, &book()).await;
    shop.add_product(&staff, "MUG", 1190, 9).await;
    let told = shop.get("/api/v1/shop").send().await.expect(200).data().clone();
    assert_eq!(told["taxIncluded"], true);
    let german = json!({ "country": "DE", "region": null, "standard": 1900, "reduced": 700, "secondReduced": 1900, "superReduced": 1900 });
    assert_eq!(told["tax"]["places"][0], german);
    assert_eq!((&told["tax"]["places"][1]["region"], &told["tax"]["shipping"]), (&json!("CA"), &json!("proportional")));

    let cart = shop.cart_of("MUG", 2).await;
    shop.add_to_cart("BOOK", 1).header("cart-token", &cart).send().await.expect(200);
    let seen = shop.get("/api/v1/cart?country=DE").header("cart-token", &cart).send().await.expect(200);
    // Of the shipping, 345 go with the mugs and 155 with the book.
    let german = json!([of_rate(700, 1145, 80), of_rate(1900, 2290, 435)]);
    assert_eq!((&seen.data()["totals"]["taxes"], &seen.data()["totals"]["total"]), (&german, &usd(3950)));
    let unknown = shop.get("/api/v1/cart").header("cart-token", &cart).send().await.expect(200);
    assert_eq!(
        (&unknown.data()["totals"]["taxes"], &unknown.data()["totals"]["taxIncluded"]),
        (&Value::Null, &json!(true))
    );
    let lost = shop.get("/api/v1/cart?region=CA").header("cart-token", &cart).send().await;
    assert_eq!(lost.expect_problem(400, "validation_failed").fields(), ["region"]);
    for (place, total) in [("country=US&region=ca", "taxed"), ("country=US&region=NY", "zero"), ("country=US", "zero")]
    {
        let seen = shop.get(&format!("/api/v1/cart?{place}")).header("cart-token", &cart).send().await.expect(200);
        let totals = &seen.data()["totals"];
        assert_eq!((&totals["taxes"][0]["kind"], &totals["total"]), (&json!(total), &usd(3950)), "{place}");
    }

    let ask = json!({ "country": "DE" });
    let quote = shop.post("/api/v1/quotes", &ask).header("cart-token", &cart).send().await.expect(200).data().clone();
    let mut body = guest_order("ada@example.com", "payment_intent");
    body["expectedTotal"] = usd(3950);
    let placed = shop.place_order(&body, "k").header("cart-token", &cart).send().await;
    let order = PlacedOrder::of(placed);
    assert_eq!((&order.whole["totals"], &order.whole["totals"]["taxes"]), (&quote["totals"], &german));
    let rates: Vec<_> = order.whole["items"].as_array().unwrap().iter().map(|line| line["taxRate"].clone()).collect();
    assert_eq!(rates, [json!(1900), json!(700)]);
    assert_eq!(order.whole["vat"], Value::Null);
}

#[tokio::test]
async fn the_tax_in_a_price_is_paid_once_and_comes_back_with_the_line() {
    let (shop, staff) = taxing(INCLUDED).await;
    shop.add_product(&staff, "MUG", 1190, 9).await;
    let bought = PlacedOrder::of(shop.place_order(&order_at(1190, "MUG", 2, "payment_intent"), "k").send().await);
    assert_eq!(bought.whole["totals"]["total"], usd(2880));
    assert!(shop.pay(&bought.reference(), Card::Pays).await);
    assert_eq!(shop.stripe.all("payment_intent")[0]["amount"], 2880);
    let line = bought.whole["items"][0]["id"].clone();
    let back = json!({ "items": [{ "id": line, "quantity": 1 }], "restock": true, "reason": "Too small" });
    let refunded = shop.refund(&bought, &staff, &back, "r-1").send().await;
    assert_eq!(refunded.expect(201).data()["amount"], usd(1190));
}
