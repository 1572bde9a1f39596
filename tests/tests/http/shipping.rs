//! Shipping methods that the buyer chooses: in quotes, in the cart, and in the order.

use axum::http::Method;
use domain::access::Role;
use harness::orders::{PlacedOrder, guest_order, order_of, selling, usd};
use harness::shop::{Answer, Person, Shop};
use serde_json::{Value, json};

const QUOTES: &str = "/api/v1/quotes";
const METHODS: &str = "/api/v1/admin/shipping-methods";

/// A method at one price for all countries.
fn flat(name: &str, price: i64) -> Value {
    json!({ "name": name, "zones": [{ "price": usd(price) }] })
}

async fn create(shop: &Shop, staff: &Person, body: &Value) -> Value {
    shop.post(METHODS, body).by(staff).send().await.expect(201).data().clone()
}

async fn change(shop: &Shop, staff: &Person, id: &Value, body: &Value) -> Answer {
    shop.request(Method::PATCH, &format!("{METHODS}/{}", id.as_str().unwrap())).json(body).by(staff).send().await
}

async fn quote(shop: &Shop, quantity: u32, country: &str, method: &Value) -> Answer {
    let mut body = json!({ "country": country, "item": { "sku": "A", "quantity": quantity } });
    if !method.is_null() {
        body["shippingMethodId"] = method.clone();
    }
    shop.post(QUOTES, &body).send().await
}

fn names(answer: &Answer) -> Vec<(&str, i64)> {
    let methods = answer.data()["shippingMethods"].as_array().unwrap();
    methods.iter().map(|m| (m["name"].as_str().unwrap(), m["price"]["amount"].as_i64().unwrap())).collect()
}

/// The configured method, which costs 5 dollars and nothing from 100 dollars on, an express by weight for two countries,
/// and one to collect the order.
async fn three_methods() -> (Shop, Person, Vec<Value>) {
    let (shop, staff) = selling().await;
    let express = json!({
        "name": "Express", "carrier": "DHL", "estimate": { "minDays": 1, "maxDays": 2 },
        "zones": [{ "countries": ["de", "AT"], "valueTiers": [{ "upTo": usd(2_000), "price": usd(900) }, { "upTo": usd(3_000), "price": usd(1_200) }] }],
    });
    let pickup = json!({ "name": "Pickup", "pickup": true, "zones": [{ "countries": ["DE"], "price": usd(0) }] });
    create(&shop, &staff, &express).await;
    create(&shop, &staff, &pickup).await;
    let all = shop.get(METHODS).by(&staff).send().await.expect(200).data().as_array().unwrap().clone();
    let ids = all.iter().map(|method| method["id"].clone()).collect();
    (shop, staff, ids)
}

#[tokio::test]
async fn a_buyer_chooses_a_method_that_applies_and_the_order_keeps_it_as_it_was() {
    let (shop, staff, ids) = three_methods().await;
    let first = quote(&shop, 2, "DE", &Value::Null).await.expect(200);
    assert_eq!(names(&first), [("Standard", 500), ("Express", 900), ("Pickup", 0)]);
    assert_eq!(first.data()["shippingMethod"], first.data()["shippingMethods"][0]);
    assert_eq!(first.data()["totals"]["shipping"], usd(500));
    assert_eq!(names(&quote(&shop, 3, "AT", &Value::Null).await.expect(200)), [("Standard", 500), ("Express", 1_200)]);
    assert_eq!(names(&quote(&shop, 4, "AT", &Value::Null).await.expect(200)), [("Standard", 500)]);
    assert_eq!(names(&quote(&shop, 1, "US", &Value::Null).await.expect(200)), [("Standard", 500)]);
    let express = quote(&shop, 2, "DE", &ids[1]).await.expect(200);
    let chosen = json!({
        "id": ids[1], "name": "Express", "carrier": "DHL", "price": usd(900), "pickup": false,
        "estimate": { "minDays": 1, "maxDays": 2 },
    });
    assert_eq!((&express.data()["shippingMethod"], &express.data()["totals"]["shipping"]), (&chosen, &usd(900)));
    let mut body = order_of("A", 2, "payment_intent");
    body["shippingMethodId"] = ids[1].clone();
    body["expectedTotal"] = express.data()["totals"]["total"].clone();
    let placed = PlacedOrder::of(shop.place_order(&body, "k").send().await);
    assert_eq!((&placed.whole["shippingMethod"], &placed.whole["totals"]["shipping"]), (&chosen, &usd(900)));
    // What staff do later changes no order, and the same request still gets its order.
    change(&shop, &staff, &ids[1], &json!({ "name": "Rocket", "zones": [{ "price": usd(1) }] })).await.expect(200);
    assert_eq!(shop.read_order(&placed).await["shippingMethod"], chosen);
    let repeated = shop.place_order(&body, "k").send().await.expect(201);
    assert_eq!(repeated.data()["shippingMethod"], chosen);
}

#[tokio::test]
async fn without_a_choice_an_order_gets_the_first_method_that_applies() {
    let (shop, staff, ids) = three_methods().await;
    change(&shop, &staff, &ids[2], &json!({ "position": 1 })).await.expect(200);
    let placed = shop.buy(1, "k").await;
    assert_eq!(
        (&placed.whole["shippingMethod"]["name"], &placed.whole["totals"]["shipping"]),
        (&json!("Pickup"), &usd(0))
    );
    let mut abroad = order_of("A", 1, "payment_intent");
    abroad["shippingAddress"]["country"] = json!("US");
    let placed = PlacedOrder::of(shop.place_order(&abroad, "k2").send().await);
    assert_eq!(placed.whole["shippingMethod"]["name"], "Standard");
}

#[tokio::test]
async fn a_method_that_does_not_apply_is_refused_by_its_field_and_nothing_is_ordered() {
    let (shop, staff, ids) = three_methods().await;
    let unknown = json!("shm_01M7W6C3804Q9PV3Y1B8S4HJET");
    let not_offered = |answer: &Answer| assert_eq!(answer.fields(), ["shippingMethodId"]);
    for (quantity, country, method) in [(1, "US", &ids[1]), (4, "DE", &ids[1]), (1, "AT", &ids[2]), (1, "DE", &unknown)]
    {
        let refused = quote(&shop, quantity, country, method).await;
        not_offered(&refused.expect_problem(409, "shipping_method_not_offered"));
    }
    for bad in [json!("express"), json!("ord_01M7W6C3804Q9PV3Y1B8S4HJET"), json!("")] {
        not_offered(&quote(&shop, 1, "DE", &bad).await.expect_problem(400, "validation_failed"));
    }
    change(&shop, &staff, &ids[1], &json!({ "active": false })).await.expect(200);
    let before = shop.table.items_under("ORDER#");
    let mut body = order_of("A", 1, "payment_intent");
    body["shippingMethodId"] = ids[1].clone();
    not_offered(&shop.place_order(&body, "k").send().await.expect_problem(409, "shipping_method_not_offered"));
    assert_eq!(shop.table.items_under("ORDER#"), before);
    body["shippingMethodId"] = ids[0].clone();
    PlacedOrder::of(shop.place_order(&body, "k").send().await);
}

#[tokio::test]
async fn a_method_that_became_dearer_after_the_quote_is_told_and_not_charged() {
    let (shop, staff, ids) = three_methods().await;
    let quoted = quote(&shop, 1, "DE", &ids[0]).await.expect(200).data()["totals"]["total"].clone();
    change(&shop, &staff, &ids[0], &json!({ "zones": [{ "price": usd(501) }] })).await.expect(200);
    let mut body = order_of("A", 1, "payment_intent");
    (body["shippingMethodId"], body["expectedTotal"]) = (ids[0].clone(), quoted);
    shop.place_order(&body, "k").send().await.expect_problem(409, "total_changed");
    body["expectedTotal"] = quote(&shop, 1, "DE", &ids[0]).await.expect(200).data()["totals"]["total"].clone();
    let placed = PlacedOrder::of(shop.place_order(&body, "k").send().await);
    assert_eq!(placed.whole["totals"]["shipping"], usd(501));
}

#[tokio::test]
async fn shipping_is_free_from_the_value_after_the_discount() {
    let (shop, staff, ids) = three_methods().await;
    let zones = json!({ "zones": [{ "price": usd(500), "freeFrom": usd(2_000) }] });
    change(&shop, &staff, &ids[0], &zones).await.expect(200);
    shop.coupon(&staff, &json!({ "code": "ONECENT", "amount": usd(1) })).await;
    let mut body = json!({ "country": "US", "item": { "sku": "A", "quantity": 2 } });
    let free = shop.post(QUOTES, &body).send().await.expect(200);
    assert_eq!(free.data()["totals"]["shipping"], usd(0));
    body["couponCode"] = json!("ONECENT");
    let discounted = shop.post(QUOTES, &body).send().await.expect(200);
    assert_eq!(discounted.data()["totals"]["shipping"], usd(500));
}

#[tokio::test]
async fn the_weight_of_all_units_decides_and_what_is_too_heavy_has_a_code_but_the_cart_is_still_shown() {
    let (shop, staff) = selling().await;
    let heavy = json!({ "name": "Stone", "sku": "STONE", "price": usd(1_000), "status": "active", "stock": 9, "weightGrams": 2_500 });
    shop.post("/api/v1/products", &heavy).by(&staff).send().await.expect(201);
    let first = shop.get(METHODS).by(&staff).send().await.expect(200).data()[0]["id"].clone();
    let tiers = json!([{ "upToGrams": 2_500, "price": usd(400) }, { "upToGrams": 7_500, "price": usd(800) }]);
    change(&shop, &staff, &first, &json!({ "zones": [{ "weightTiers": tiers }] })).await.expect(200);
    let of = async |quantity: u32| {
        let body = json!({ "country": "DE", "item": { "sku": "STONE", "quantity": quantity } });
        shop.post(QUOTES, &body).send().await
    };
    for (quantity, price) in [(1, 400), (2, 800), (3, 800)] {
        assert_eq!(of(quantity).await.expect(200).data()["totals"]["shipping"], usd(price));
    }
    of(4).await.expect_problem(409, "no_shipping_method");
    let cart = shop.cart_of("STONE", 4).await;
    let shown = shop.get("/api/v1/cart?country=DE").header("cart-token", &cart).send().await.expect(200);
    let data = shown.data();
    assert_eq!((&data["shippingMethods"], &data["shippingMethod"]), (&json!([]), &Value::Null));
    assert_eq!((&data["totals"]["shipping"], &data["totals"]["total"]), (&Value::Null, &usd(4_000)));
    let order = guest_order("ada@example.com", "payment_intent");
    let refused = shop.place_order(&order, "k").header("cart-token", &cart).send().await;
    refused.expect_problem(409, "no_shipping_method");
}

#[tokio::test]
async fn the_cart_lists_the_methods_of_a_country_and_is_shown_with_the_chosen_one() {
    let (shop, _, ids) = three_methods().await;
    let cart = shop.cart_of("A", 2).await;
    let get = async |query: &str| shop.get(&format!("/api/v1/cart{query}")).header("cart-token", &cart).send().await;
    let without = get("").await.expect(200);
    assert_eq!((&without.data()["shippingMethods"], &without.data()["shippingMethod"]), (&Value::Null, &Value::Null));
    let express = ids[1].as_str().unwrap();
    let chosen = get(&format!("?country=DE&shippingMethodId={express}")).await.expect(200);
    assert_eq!(names(&chosen), [("Standard", 500), ("Express", 900), ("Pickup", 0)]);
    assert_eq!((&chosen.data()["shippingMethod"]["id"], &chosen.data()["totals"]["shipping"]), (&ids[1], &usd(900)));
    let refused = get(&format!("?country=US&shippingMethodId={express}")).await;
    refused.expect_problem(409, "shipping_method_not_offered");
    let no_country = get(&format!("?shippingMethodId={express}")).await.expect_problem(400, "validation_failed");
    assert_eq!(no_country.fields(), ["country"]);
    let bad = get("?country=DEU&shippingMethodId=1").await.expect_problem(400, "validation_failed");
    assert_eq!(bad.fields(), ["country", "shippingMethodId"]);
}

#[tokio::test]
async fn a_cart_reads_the_methods_beside_its_items_and_then_knows_them_for_seconds() {
    let (shop, _, _) = three_methods().await;
    let cart = shop.cart_of("A", 1).await;
    let mut costs = Vec::new();
    for query in ["", "", "?country=DE", "?country=DE"] {
        shop.table.network.take_calls();
        shop.get(&format!("/api/v1/cart{query}")).header("cart-token", &cart).send().await.expect(200);
        let calls = shop.table.network.take_calls();
        costs.push((calls.len(), calls.iter().filter(|call| call.begins_trip).count()));
    }
    let [_, known, with_country, again] = costs[..] else { panic!("{costs:?}") };
    assert_eq!(with_country, (known.0 + 1, known.1 + 1), "nothing else had to be read");
    assert_eq!(again, known);
}

#[tokio::test]
async fn the_shop_tells_where_it_ships_and_the_lowest_price_as_staff_have_set_them() {
    let (shop, staff, ids) = three_methods().await;
    let told = async || shop.get("/api/v1/shop").send().await.expect(200).data().clone();
    let first = told().await;
    assert_eq!(first["otherCountries"]["shipping"], usd(500));
    let country = |code: &str| json!({ "country": code, "shipping": usd(500), "taxRate": 700 });
    assert_eq!(first["countries"], json!([country("AT"), country("DE")]));
    assert_eq!(first["freeShippingFrom"], usd(10_000));
    change(&shop, &staff, &ids[0], &json!({ "active": false })).await.expect(200);
    let then = told().await;
    assert_eq!((&then["otherCountries"], &then["freeShippingFrom"]), (&Value::Null, &Value::Null));
    assert_eq!(then["countries"][0]["shipping"], usd(900));
    quote(&shop, 1, "US", &Value::Null).await.expect_problem(400, "validation_failed");
}

#[tokio::test]
async fn support_reads_shipping_methods_and_only_admins_change_them() {
    let (shop, staff) = selling().await;
    let made = create(&shop, &staff, &flat("Express", 900)).await;
    let path = format!("{METHODS}/{}", made["id"].as_str().unwrap());
    let support = shop.staff("sue@example.com", Role::Support).await;
    shop.get(METHODS).by(&support).send().await.expect(200);
    shop.get(&path).by(&support).send().await.expect(200);
    let ada = shop.register("ada@example.com").await;
    for (person, may_read) in [(&support, true), (&ada, false)] {
        if !may_read {
            shop.get(METHODS).by(person).send().await.expect_problem(403, "forbidden");
        }
        shop.post(METHODS, &flat("X", 1)).by(person).send().await.expect_problem(403, "forbidden");
        change(&shop, person, &made["id"], &json!({ "name": "X" })).await.expect_problem(403, "forbidden");
        shop.request(Method::DELETE, &path).by(person).send().await.expect_problem(403, "forbidden");
    }
    shop.get(METHODS).send().await.expect_problem(401, "unauthenticated");
}
