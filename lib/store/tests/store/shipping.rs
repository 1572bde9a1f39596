//! The list of shipping methods: its exact shape, a test for each refusal, and that the largest one fits.

use domain::address::Country;
use domain::id::ShippingMethodId;
use domain::product::MAX_PRICE;
use domain::shipping::{
    DeliveryEstimate, ShippingMethod, ShippingMethods, ShippingPrice, ShippingTerms, ShippingZone, Tier,
};
use harness::table::TestTable;
use serde_json::json;
use store::idempotency::IdempotencyRecord;
use store::shipping::ShippingConflict;

use crate::fixtures::{entry, later, now, refused};

fn method(n: u128, zones: Vec<ShippingZone>) -> ShippingMethod {
    let terms = ShippingTerms {
        name: "Express".into(),
        carrier: Some("DHL".into()),
        zones,
        pickup: false,
        estimate: Some(DeliveryEstimate { min_days: 1, max_days: 2 }),
        active: true,
    };
    ShippingMethod { id: ShippingMethodId::new(now(), n), terms, version: 1, created_at: now(), updated_at: now() }
}

fn some_zones() -> Vec<ShippingZone> {
    let tiers = vec![Tier { up_to: 1_000, amount: 500 }];
    let germany = vec![Country::parse("DE").unwrap()];
    vec![
        ShippingZone { countries: germany, price: ShippingPrice::Weight { tiers }, free_from: Some(5_000) },
        ShippingZone { countries: vec![], price: ShippingPrice::Flat { amount: 900 }, free_from: None },
    ]
}

fn list(version: u64) -> ShippingMethods {
    ShippingMethods { version, methods: vec![method(1, some_zones())] }
}

#[tokio::test]
async fn all_shipping_methods_are_one_item_that_is_read_as_it_was_written() {
    let table = TestTable::create().await;
    assert_eq!(table.store.shipping_methods().await.unwrap(), None);
    table.store.save_shipping_methods(&list(1), None, &entry(1, "shipping-method.create")).await.unwrap();
    let at = "2026-11-20T10:00:00.000Z";
    let expected = json!({
        "PK": "SHIPPING", "SK": "METHODS", "version": 1,
        "methods": [{
            "id": ShippingMethodId::new(now(), 1).to_string(), "name": "Express", "carrier": "DHL",
            "zones": [
                { "countries": ["DE"], "price": { "by": "weight", "tiers": [{ "up_to": 1_000, "amount": 500 }] }, "free_from": 5_000 },
                { "price": { "by": "flat", "amount": 900 } },
            ],
            "estimate": { "min_days": 1, "max_days": 2 }, "active": true, "version": 1, "created_at": at, "updated_at": at,
        }],
    });
    assert_eq!(table.items()["SHIPPING / METHODS"], expected);
    assert_eq!(table.store.shipping_methods().await.unwrap(), Some(list(1)));
    let none = ShippingMethods { version: 2, methods: vec![] };
    table.store.save_shipping_methods(&none, None, &entry(2, "shipping-method.delete")).await.unwrap();
    assert_eq!(table.store.shipping_methods().await.unwrap(), Some(none), "an empty list stays empty");
}

#[tokio::test]
async fn a_list_that_was_changed_meanwhile_and_a_repeated_request_are_refused_and_change_nothing() {
    let table = TestTable::create().await;
    let record = IdempotencyRecord {
        scope: "owner#shipping-methods".into(),
        key: "k".into(),
        fingerprint: "print".into(),
        status: 201,
        answer: "{}".into(),
        until: later(),
    };
    let save = async |list: &ShippingMethods, record: Option<&IdempotencyRecord>, n| {
        table.store.save_shipping_methods(list, record, &entry(n, "shipping-method.create")).await
    };
    save(&list(1), Some(&record), 1).await.unwrap();
    let before = table.items();
    refused(&table, &before, save(&list(1), None, 2).await, ShippingConflict::Changed);
    refused(&table, &before, save(&list(3), None, 3).await, ShippingConflict::Changed);
    refused(&table, &before, save(&list(2), Some(&record), 4).await, ShippingConflict::Repeated);
    save(&list(2), None, 5).await.unwrap();
}

#[tokio::test]
async fn the_largest_list_that_staff_can_make_fits_in_its_item() {
    let codes: Vec<Country> = ('A'..='Z')
        .flat_map(|a| ('A'..='Z').map(move |b| format!("{a}{b}")))
        .filter_map(|code| Country::parse(&code).ok())
        .collect();
    assert!(codes.len() <= ShippingTerms::MAX_COUNTRIES);
    let tier = |n: usize| Tier { up_to: MAX_PRICE - 100 + i64::try_from(n).unwrap(), amount: MAX_PRICE };
    let zone = |countries: &[Country]| ShippingZone {
        countries: countries.to_vec(),
        price: ShippingPrice::Value { tiers: (0..ShippingTerms::MAX_TIERS).map(tier).collect() },
        free_from: Some(MAX_PRICE),
    };
    let zones: Vec<ShippingZone> = codes.chunks(codes.len().div_ceil(ShippingTerms::MAX_ZONES)).map(zone).collect();
    let mut largest = method(1, zones);
    largest.terms.name = "€".repeat(ShippingTerms::MAX_NAME);
    assert!(largest.terms.violations().is_empty());
    let methods = vec![largest; ShippingMethods::MAX];
    let whole = ShippingMethods { version: 1, methods };
    let json = serde_json::to_string(&whole).unwrap();
    assert!(json.len() < 300_000, "{} bytes", json.len());
    let table = TestTable::create().await;
    table.store.save_shipping_methods(&whole, None, &entry(1, "shipping-method.create")).await.unwrap();
    assert_eq!(table.store.shipping_methods().await.unwrap(), Some(whole));
}
