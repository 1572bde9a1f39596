//! Staff manage shipping methods.

use axum::http::Method;
use harness::network::Fault;
use harness::orders::{selling, usd};
use harness::products::staffed;
use harness::shop::{Person, Shop};
use serde_json::{Value, json};
use tokio::task::JoinSet;

const METHODS: &str = "/api/v1/admin/shipping-methods";

fn flat(name: &str, price: i64) -> Value {
    json!({ "name": name, "zones": [{ "price": usd(price) }] })
}

fn path(method: &Value) -> String {
    format!("{METHODS}/{}", method["id"].as_str().unwrap())
}

async fn create(shop: &Shop, staff: &Person, body: &Value) -> Value {
    shop.post(METHODS, body).by(staff).send().await.expect(201).data().clone()
}

async fn list(shop: &Shop, staff: &Person) -> Vec<Value> {
    shop.get(METHODS).by(staff).send().await.expect(200).data().as_array().unwrap().clone()
}

async fn names(shop: &Shop, staff: &Person) -> Vec<String> {
    list(shop, staff).await.iter().map(|method| method["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn the_configured_rate_is_the_first_method_until_staff_change_something_and_an_emptied_list_stays_empty() {
    let (shop, staff) = staffed().await;
    let configured = list(&shop, &staff).await;
    assert!(shop.table.items_under("SHIPPING").is_empty());
    let zone =
        json!({ "countries": [], "price": usd(500), "weightTiers": null, "valueTiers": null, "freeFrom": usd(10_000) });
    let expected = json!([{
        "id": "shm_00000000000000000000000000", "position": 1, "name": "Standard", "carrier": null, "zones": [zone],
        "pickup": false, "estimate": null, "active": true,
        "createdAt": "1970-01-01T00:00:00.000Z", "updatedAt": "1970-01-01T00:00:00.000Z",
    }]);
    assert_eq!(json!(configured), expected);
    let renamed =
        shop.request(Method::PATCH, &path(&configured[0])).json(&json!({ "name": "Parcel", "carrier": "DHL" }));
    let renamed = renamed.by(&staff).send().await.expect(200);
    assert_eq!((renamed.header("etag"), &renamed.data()["zones"]), ("\"v2\"", &expected[0]["zones"]));
    create(&shop, &staff, &flat("Express", 900)).await;
    assert_eq!(names(&shop, &staff).await, ["Parcel", "Express"]);
    for method in list(&shop, &staff).await {
        shop.request(Method::DELETE, &path(&method)).by(&staff).send().await.expect(200);
    }
    assert!(list(&shop, &staff).await.is_empty());
    let told = shop.get("/api/v1/shop").send().await.expect(200);
    assert_eq!((&told.data()["countries"], &told.data()["otherCountries"]), (&json!([]), &Value::Null));
}

#[tokio::test]
async fn methods_are_created_moved_changed_and_deleted_and_each_change_is_noted() {
    let (shop, staff) = staffed().await;
    let full = json!({
        "name": " Express ", "carrier": "DHL", "pickup": false, "active": true, "position": 1,
        "estimate": { "minDays": 1, "maxDays": 3 },
        "zones": [
            { "countries": ["DE", "at"], "weightTiers": [{ "upToGrams": 1_000, "price": usd(500) }], "freeFrom": usd(5_000) },
            { "valueTiers": [{ "upTo": usd(9_000), "price": usd(1_500) }] },
        ],
    });
    let made = shop.post(METHODS, &full).by(&staff).send().await.expect(201);
    assert_eq!(made.header("etag"), "\"v1\"");
    let made = made.data().clone();
    let mut expected = full.clone();
    (expected["name"], expected["id"]) = (json!("Express"), made["id"].clone());
    (expected["zones"][0]["countries"], expected["zones"][1]["countries"]) = (json!(["DE", "AT"]), json!([]));
    for (zone, missing) in [(0, "valueTiers"), (0, "price"), (1, "weightTiers"), (1, "price"), (1, "freeFrom")] {
        expected["zones"][zone][missing] = Value::Null;
    }
    for at in ["createdAt", "updatedAt"] {
        expected[at] = json!("2026-11-20T10:00:00.000Z");
    }
    assert_eq!(made, expected);
    assert_eq!(names(&shop, &staff).await, ["Express", "Standard"]);
    let patch = |body: Value| shop.request(Method::PATCH, &path(&made)).json(&body).by(&staff).send();
    let moved = patch(json!({ "position": 2, "carrier": null, "estimate": null })).await.expect(200);
    expected["position"] = json!(2);
    (expected["carrier"], expected["estimate"]) = (Value::Null, Value::Null);
    assert_eq!(moved.data(), &expected);
    let shown = shop.get(&path(&made)).by(&staff).send().await.expect(200);
    assert_eq!((shown.data(), shown.header("etag")), (&expected, "\"v2\""));
    let stale = shop.request(Method::DELETE, &path(&made)).header("if-match", "\"v1\"").by(&staff).send().await;
    stale.expect_problem(412, "precondition_failed");
    shop.request(Method::DELETE, &path(&made)).header("if-match", "\"v2\"").by(&staff).send().await.expect(200);
    shop.get(&path(&made)).by(&staff).send().await.expect_problem(404, "shipping_method_not_found");
    patch(json!({ "active": false })).await.expect_problem(404, "shipping_method_not_found");
    let trail = shop.get("/api/v1/audit").by(&staff).send().await.expect(200);
    let entries: Vec<Value> =
        trail.data().as_array().unwrap()[..3].iter().map(|e| json!([e["action"], e["before"], e["after"]])).collect();
    let zones = "DE AT 5.00 USD up to 1000 g, free from 50.00 USD; other countries 15.00 USD up to 90.00 USD";
    let first = format!("Express with DHL: {zones}; 1 to 3 working days; position 1");
    let second = format!("Express: {zones}; position 2");
    let expected = json!([
        ["shipping-method.delete", second, null],
        ["shipping-method.edit", first, second],
        ["shipping-method.create", null, first],
    ]);
    assert_eq!(json!(entries), expected);
}

#[tokio::test]
async fn bad_shipping_methods_are_refused_by_field_and_change_nothing() {
    let (shop, staff) = staffed().await;
    let made = create(&shop, &staff, &flat("Express", 900)).await;
    let before = shop.table.items_under("SHIPPING");
    let zones = |zones: Value| json!({ "name": "X", "zones": zones });
    let tiers = |n: i64| (0..n).map(|n| json!({ "upToGrams": n, "price": usd(1) })).collect::<Vec<_>>();
    let codes = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL".split(' ');
    let many: Vec<Value> = codes.map(|code| json!({ "countries": [code], "price": usd(1) })).collect();
    let named = |name: &str| json!({ "name": name, "zones": [{ "price": usd(1) }] });
    let with = |field: &str, value: Value| {
        let mut body = named("X");
        body[field] = value;
        body
    };
    for (body, fields) in [
        (json!({}), vec!["name", "zones"]),
        (with("price", json!(1)), vec!["price"]),
        (zones(json!([])), vec!["zones"]),
        (named(""), vec!["name"]),
        (named(&"x".repeat(61)), vec!["name"]),
        (named("a\u{202e}b"), vec!["name"]),
        (with("carrier", json!("x".repeat(101))), vec!["carrier"]),
        (with("position", json!(0)), vec!["position"]),
        (with("position", json!(21)), vec!["position"]),
        (with("estimate", json!({ "minDays": 3, "maxDays": 2 })), vec!["estimate.minDays"]),
        (with("estimate", json!({ "minDays": 0, "maxDays": 366 })), vec!["estimate.maxDays"]),
        (zones(json!([{}])), vec!["zones[0].price"]),
        (zones(json!([{ "price": usd(1), "weightTiers": tiers(1) }])), vec!["zones[0].price"]),
        (zones(json!([{ "price": usd(-1) }])), vec!["zones[0].price"]),
        (
            zones(json!([{ "price": usd(100_000_000), "freeFrom": usd(-1) }])),
            vec!["zones[0].price", "zones[0].freeFrom"],
        ),
        (zones(json!([{ "price": { "amount": 1, "currency": "eur" } }])), vec!["zones[0].price"]),
        (
            zones(json!([{ "price": usd(1), "countries": ["DE", "XX", "DEU"] }])),
            vec!["zones[0].countries[1]", "zones[0].countries[2]"],
        ),
        (
            zones(json!([{ "price": usd(1), "countries": ["DE"] }, { "price": usd(2), "countries": ["de"] }])),
            vec!["zones[1].countries[0]"],
        ),
        (zones(json!([{ "price": usd(1) }, { "price": usd(2) }])), vec!["zones[1].countries"]),
        (zones(json!(many)), vec!["zones"]),
        (zones(json!([{ "weightTiers": [] }])), vec!["zones[0].weightTiers"]),
        (zones(json!([{ "weightTiers": tiers(11) }])), vec!["zones[0].weightTiers"]),
        (
            zones(json!([{ "weightTiers": [{ "upToGrams": 100_000_001, "price": usd(1) }] }])),
            vec!["zones[0].weightTiers[0].upToGrams"],
        ),
        (
            zones(
                json!([{ "valueTiers": [{ "upTo": usd(5), "price": usd(1) }, { "upTo": usd(5), "price": usd(1) }] }]),
            ),
            vec!["zones[0].valueTiers[1].upTo"],
        ),
    ] {
        let refused = shop.post(METHODS, &body).by(&staff).send().await.expect_problem(400, "validation_failed");
        assert_eq!(refused.fields(), fields, "{}", refused.text);
        if body.get("name").is_some() {
            let changed = shop.request(Method::PATCH, &path(&made)).json(&body).by(&staff).send().await;
            assert_eq!(changed.expect_problem(400, "validation_failed").fields(), fields);
        }
    }
    assert_eq!(shop.table.items_under("SHIPPING"), before);
    for id in ["1", "shm_1", "shm_01M7W6C3804Q9PV3Y1B8S4HJET", "ord_01M7W6C3804Q9PV3Y1B8S4HJET"] {
        let missing = shop.get(&format!("{METHODS}/{id}")).by(&staff).send().await;
        missing.expect_problem(404, "shipping_method_not_found");
    }
}

#[tokio::test]
async fn a_shop_has_at_most_twenty_methods() {
    let (shop, staff) = staffed().await;
    for n in 1..20 {
        create(&shop, &staff, &flat(&format!("M{n}"), n)).await;
    }
    let refused = shop.post(METHODS, &flat("One more", 1)).by(&staff).send().await;
    refused.expect_problem(409, "too_many_shipping_methods");
    assert_eq!(list(&shop, &staff).await.len(), 20);
}

#[tokio::test]
async fn a_repeated_creation_makes_one_method() {
    let (shop, staff) = staffed().await;
    let body = flat("Express", 900);
    let send = |body: &Value| shop.post(METHODS, body).header("idempotency-key", "k").by(&staff).send();
    let first = send(&body).await.expect(201);
    let again = send(&body).await.expect(201);
    assert_eq!(again.data(), first.data());
    send(&flat("Express", 901)).await.expect_problem(422, "idempotency_key_reused");
    assert_eq!(names(&shop, &staff).await, ["Standard", "Express"]);
    // The answer of the write is lost: it is asked again and finds itself done.
    shop.table.network.fail("TransactWriteItems", Fault::After, 1);
    create(&shop, &staff, &flat("Slow", 100)).await;
    assert_eq!(names(&shop, &staff).await, ["Standard", "Express", "Slow"]);
}

#[tokio::test]
async fn changes_of_several_staff_at_the_same_time_are_all_kept() {
    let (shop, staff) = selling().await;
    let mut creations = JoinSet::new();
    for n in 0..8 {
        creations.spawn(shop.post(METHODS, &flat(&format!("M{n}"), n)).by(&staff).send());
    }
    let made: Vec<Value> = creations.join_all().await.into_iter().map(|made| made.expect(201).data().clone()).collect();
    assert_eq!(list(&shop, &staff).await.len(), 9);
    let body = json!({ "active": false });
    let mut changes = JoinSet::new();
    for method in &made {
        changes.spawn(shop.request(Method::PATCH, &path(method)).json(&body).by(&staff).send());
    }
    for answer in changes.join_all().await {
        answer.expect(200);
    }
    let off = list(&shop, &staff).await.iter().filter(|method| method["active"] == false).count();
    assert_eq!(off, 8);
    // Of two changes of the same version, one is refused.
    let patch = |name: &str| {
        let body = json!({ "name": name });
        shop.request(Method::PATCH, &path(&made[0])).json(&body).header("if-match", "\"v2\"").by(&staff).send()
    };
    let (one, other) = tokio::join!(patch("One"), patch("Other"));
    let mut statuses = [one.status.as_u16(), other.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412]);
}
