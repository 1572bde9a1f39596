//! What customers must not learn: whether something exists that is not on sale, and how many there are.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::Method;
use harness::functions::http_functions;
use harness::orders::{PlacedOrder, guest_order, order_of, selling, usd};
use harness::products::{make, shirt};
use harness::shop::{Answer, Person, Shop, TestRequest};
use serde_json::{Value, json};

/// The names of one product.
struct Named {
    state: &'static str,
    id: String,
    slug: String,
    variant: String,
    sku: String,
}

/// A draft, an archived and a deleted product, and one that never existed.
async fn hidden(shop: &Shop, staff: &Person) -> Vec<Named> {
    let mut all = Vec::new();
    for (state, sku) in [("draft", "DRAFT"), ("archived", "OLD"), ("deleted", "GONE")] {
        let mut body = shirt(sku);
        body["stock"] = json!(0);
        body["status"] = json!(if state == "deleted" { "active" } else { state });
        let made = make(shop, staff, &body).await;
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let (id, slug, variant) = (text(&made["id"]), text(&made["slug"]), text(&made["variants"][0]["id"]));
        if state == "deleted" {
            let path = format!("/api/v1/products/{id}");
            shop.request(Method::DELETE, &path).by(staff).send().await.expect(200);
        }
        all.push(Named { state, id, slug, variant, sku: sku.to_owned() });
    }
    all.push(Named {
        state: "unknown",
        id: "prd_01M7W6C3804Q9PV3Y1B8S4HJET".to_owned(),
        slug: "no-such-shirt".to_owned(),
        variant: "var_01M7W6C3804Q9PV3Y1B8S4HJET".to_owned(),
        sku: "NONE".to_owned(),
    });
    all
}

/// A request that names a product, its variant or its SKU: the route, and the answer that hides all of them.
struct Reference {
    route: &'static str,
    answer: (u16, &'static str),
    ask: fn(&Shop, &Named, &Seen) -> TestRequest,
}

/// What a customer has who tries them.
struct Seen {
    me: Person,
    cart: String,
    /// A product on sale.
    product: String,
}

fn item(named: &Named, way: &str, on_sale: &str) -> Value {
    match way {
        "sku" => json!({ "sku": named.sku }),
        "product" => json!({ "productId": named.id }),
        "variant" => json!({ "productId": named.id, "variantId": named.variant }),
        _ => json!({ "productId": on_sale, "variantId": named.variant }),
    }
}

fn order(shop: &Shop, named: &Named, seen: &Seen, way: &str, coupon: Option<&str>) -> TestRequest {
    let mut body = guest_order("grace@example.com", "payment_intent");
    body["item"] = item(named, way, &seen.product);
    body["couponCode"] = coupon.into();
    body["expectedTotal"] = usd(1);
    shop.place_order(&body, "k")
}

fn add(shop: &Shop, named: &Named, seen: &Seen, way: &str) -> TestRequest {
    shop.post("/api/v1/cart/items", &item(named, way, &seen.product)).header("cart-token", &seen.cart)
}

fn quote(shop: &Shop, named: &Named, seen: &Seen, way: &str, coupon: Option<&str>) -> TestRequest {
    let item = item(named, way, &seen.product);
    shop.post("/api/v1/quotes", &json!({ "country": "DE", "item": item, "couponCode": coupon }))
}

fn validate(shop: &Shop, named: &Named, code: &str) -> TestRequest {
    let items = json!([{ "sku": "A", "quantity": 1 }, { "sku": named.sku, "quantity": 1 }]);
    shop.post("/api/v1/coupons/validate", &json!({ "code": code, "items": items }))
}

fn line(shop: &Shop, method: Method, named: &Named, seen: &Seen) -> TestRequest {
    let path = format!("/api/v1/cart/items/{}", named.variant);
    shop.request(method, &path).json(&json!({ "quantity": 1 })).header("cart-token", &seen.cart)
}

const NO_PRODUCT: (u16, &str) = (404, "product_not_found");

/// Every way to name a product.
fn references() -> Vec<Reference> {
    let of = |route, answer, ask| Reference { route, answer, ask };
    vec![
        of("GET /api/v1/products/{id}", NO_PRODUCT, |shop, named, _| {
            shop.get(&format!("/api/v1/products/{}", named.id))
        }),
        of("GET /api/v1/products/{id}", NO_PRODUCT, |shop, named, _| {
            shop.get(&format!("/api/v1/products/{}", named.slug))
        }),
        of("GET /api/v1/products/{id}", NO_PRODUCT, |shop, named, seen| {
            shop.get(&format!("/api/v1/products/{}", named.slug)).by(&seen.me)
        }),
        of("POST /api/v1/cart/items", NO_PRODUCT, |shop, named, seen| add(shop, named, seen, "sku")),
        of("POST /api/v1/cart/items", NO_PRODUCT, |shop, named, seen| add(shop, named, seen, "product")),
        of("POST /api/v1/cart/items", NO_PRODUCT, |shop, named, seen| add(shop, named, seen, "variant")),
        of("POST /api/v1/cart/items", NO_PRODUCT, |shop, named, seen| {
            add(shop, named, seen, "variant of another product")
        }),
        of("PATCH /api/v1/cart/items/{id}", (404, "cart_item_not_found"), |shop, named, seen| {
            line(shop, Method::PATCH, named, seen)
        }),
        of("PUT /api/v1/cart/items/{id}", (404, "cart_item_not_found"), |shop, named, seen| {
            line(shop, Method::PUT, named, seen)
        }),
        of("DELETE /api/v1/cart/items/{id}", (404, "cart_item_not_found"), |shop, named, seen| {
            line(shop, Method::DELETE, named, seen)
        }),
        of("POST /api/v1/orders", NO_PRODUCT, |shop, named, seen| order(shop, named, seen, "sku", None)),
        of("POST /api/v1/orders", NO_PRODUCT, |shop, named, seen| order(shop, named, seen, "product", None)),
        of("POST /api/v1/orders", NO_PRODUCT, |shop, named, seen| order(shop, named, seen, "variant", Some("OFF"))),
        of("POST /api/v1/orders", NO_PRODUCT, |shop, named, seen| order(shop, named, seen, "sku", Some("OFF"))),
        of("POST /api/v1/orders", (409, "coupon_not_found"), |shop, named, seen| {
            order(shop, named, seen, "sku", Some("NOPE"))
        }),
        of("POST /api/v1/quotes", NO_PRODUCT, |shop, named, seen| quote(shop, named, seen, "sku", None)),
        of("POST /api/v1/quotes", NO_PRODUCT, |shop, named, seen| quote(shop, named, seen, "product", None)),
        of("POST /api/v1/quotes", NO_PRODUCT, |shop, named, seen| quote(shop, named, seen, "variant", Some("OFF"))),
        of("POST /api/v1/quotes", NO_PRODUCT, |shop, named, seen| quote(shop, named, seen, "sku", Some("NOPE"))),
        of("POST /api/v1/coupons/validate", NO_PRODUCT, |shop, named, _| validate(shop, named, "OFF")),
        of("POST /api/v1/coupons/validate", NO_PRODUCT, |shop, named, _| validate(shop, named, "NOPE")),
        of("POST /api/v1/wishlist", NO_PRODUCT, |shop, named, seen| {
            shop.post("/api/v1/wishlist", &json!({ "sku": named.sku })).by(&seen.me)
        }),
        of("POST /api/v1/wishlist/{id}/move-to-cart", (404, "wish_not_found"), |shop, named, seen| {
            shop.request(Method::POST, &format!("/api/v1/wishlist/{}/move-to-cart", named.variant)).by(&seen.me)
        }),
        of("DELETE /api/v1/wishlist/{id}", (200, ""), |shop, named, seen| {
            shop.request(Method::DELETE, &format!("/api/v1/wishlist/{}", named.variant)).by(&seen.me)
        }),
        of("PUT /api/v1/stock-alerts/{sku}", (404, "sku_not_found"), |shop, named, seen| {
            shop.request(Method::PUT, &format!("/api/v1/stock-alerts/{}", named.sku)).by(&seen.me)
        }),
        of("DELETE /api/v1/stock-alerts/{sku}", (404, "alert_not_found"), |shop, named, seen| {
            shop.request(Method::DELETE, &format!("/api/v1/stock-alerts/{}", named.sku)).by(&seen.me)
        }),
    ]
}

/// The answer without what differs in any two requests.
fn told(answer: &Answer) -> Value {
    let mut told = answer.json.clone();
    for differs in ["timestamp", "path"] {
        if let Some(fields) = told.as_object_mut() {
            fields.remove(differs);
        }
    }
    told
}

/// A shop in which `A` is on sale and `OFF` is a coupon, and a customer with a cart.
async fn shop_with_customer() -> (Shop, Person, Seen) {
    let (shop, staff) = selling().await;
    shop.coupon(&staff, &json!({ "code": "OFF", "percent": 10 })).await;
    let cart = shop.cart_of("A", 1).await;
    let me = shop.register_verified("ada@example.com").await;
    let on_sale = shop.get("/api/v1/products/thing-a").send().await.expect(200);
    let product = on_sale.data()["id"].as_str().unwrap().to_owned();
    (shop, staff, Seen { me, cart, product })
}

#[tokio::test]
async fn what_is_not_on_sale_is_answered_like_what_does_not_exist() {
    let (shop, staff, seen) = shop_with_customer().await;
    let all = hidden(&shop, &staff).await;
    let before = shop.table.items();
    for (at, reference) in references().iter().enumerate() {
        let mut told_of: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for named in &all {
            shop.table.network.take_calls();
            let answer = (reference.ask)(&shop, named, &seen).send().await;
            let (status, code) = reference.answer;
            let what = format!("{} ({at}) of the {} product", reference.route, named.state);
            assert_eq!((answer.status.as_u16(), answer.code()), (status, code), "{what}: {}", answer.text);
            // The time of an answer tells as much as its words.
            let trips = shop.table.network.take_calls().iter().filter(|call| call.begins_trip).count();
            told_of.entry(format!("{} after {trips} trips", told(&answer))).or_default().push(named.state);
        }
        assert_eq!(told_of.len(), 1, "{} ({at}): {told_of:#?}", reference.route);
    }
    let kept = |items: &BTreeMap<String, Value>| {
        items.keys().filter(|key| !key.starts_with("LIMIT#")).cloned().collect::<BTreeSet<_>>()
    };
    assert_eq!(kept(&before), kept(&shop.table.items()), "nothing is written");
}

#[tokio::test]
async fn every_route_for_customers_that_names_a_product_is_in_the_table() {
    let groups = ["products", "cart", "orders", "quotes", "coupons", "wishlist", "stock-alerts"];
    // They name no product: lists, whole carts, orders by their ids, coupon codes.
    let others = [
        "GET /api/v1/products",
        "GET /api/v1/products/suggest",
        "GET /api/v1/cart",
        "DELETE /api/v1/cart",
        "POST /api/v1/cart/coupon",
        "POST /api/v1/cart/restore",
        "DELETE /api/v1/cart/coupon",
        "GET /api/v1/wishlist",
        "GET /api/v1/stock-alerts",
        "GET /api/v1/orders",
    ];
    let references = references();
    let mut missing = Vec::new();
    for line in http_functions().into_iter().flat_map(|function| function.routes) {
        let (route, access) = line.split_once("  ").unwrap();
        let group = route.split("/api/v1/").nth(1).unwrap_or_default().split('/').next().unwrap_or_default();
        let is_for_customers =
            ["public", "public, sign-in optional", "signed in"].contains(&access) && groups.contains(&group);
        let of_an_order = route.contains("/orders/");
        let listed = others.contains(&route) || references.iter().any(|reference| reference.route == route);
        if is_for_customers && !of_an_order && !listed {
            missing.push(route.to_owned());
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
}

#[tokio::test]
async fn a_category_or_brand_that_is_not_active_is_answered_like_one_that_does_not_exist() {
    let (shop, staff) = selling().await;
    let mut ids: BTreeMap<(&str, &str), Value> = BTreeMap::new();
    for (kind, slug, parent, active) in [
        ("categories", "shown", None, true),
        ("categories", "hidden", None, false),
        ("categories", "below", Some("hidden"), true),
        ("brands", "shown", None, true),
        ("brands", "hidden", None, false),
    ] {
        let mut body = json!({ "name": slug, "slug": slug, "active": active });
        if let Some(parent) = parent {
            body["parentId"] = ids[&("categories", parent)].clone();
        }
        let made = shop.post(&format!("/api/v1/{kind}"), &body).by(&staff).send().await.expect(201);
        ids.insert((kind, slug), made.data()["id"].clone());
    }
    let id = |kind, slug| ids[&(kind, slug)].as_str().unwrap().to_owned();
    let categories = ["hidden".to_owned(), id("categories", "hidden"), "below".to_owned(), id("categories", "below")];
    let brands = ["hidden".to_owned(), id("brands", "hidden")];
    let unknown = |prefix: &str| ["none".to_owned(), format!("{prefix}_01M7W6C3804Q9PV3Y1B8S4HJET")];
    for (names, code, ways) in [
        (
            categories.into_iter().chain(unknown("cat")).collect::<Vec<_>>(),
            "category_not_found",
            vec!["/api/v1/categories/{}", "/api/v1/products?category={}", "/api/v1/products?brand=shown&category={}"],
        ),
        (
            brands.into_iter().chain(unknown("brd")).collect(),
            "brand_not_found",
            vec!["/api/v1/brands/{}", "/api/v1/products?brand={}", "/api/v1/products?category=shown&brand={}"],
        ),
    ] {
        for way in ways {
            let mut answers = BTreeSet::new();
            for name in &names {
                let answer = shop.get(&way.replace("{}", name)).send().await.expect_problem(404, code);
                answers.insert(told(&answer).to_string());
            }
            assert_eq!(answers.len(), 1, "{way}: {answers:#?}");
        }
    }
    shop.get("/api/v1/products?category=shown&brand=shown").send().await.expect(200);
}

#[tokio::test]
async fn a_deleted_coupon_is_answered_like_one_that_never_existed() {
    let (shop, staff, seen) = shop_with_customer().await;
    shop.coupon(&staff, &json!({ "code": "OVER", "percent": 10 })).await;
    shop.request(Method::DELETE, "/api/v1/coupons/OVER").by(&staff).send().await.expect(200);
    let mut answers = BTreeMap::new();
    for code in ["OVER", "NOPE"] {
        let cart = shop.post("/api/v1/cart/coupon", &json!({ "code": code })).header("cart-token", &seen.cart);
        let items = json!([{ "sku": "A", "quantity": 1 }]);
        let check = shop.post("/api/v1/coupons/validate", &json!({ "code": code, "items": items }));
        let mut body = order_of("A", 1, "payment_intent");
        body["couponCode"] = json!(code);
        let mut told_of = Vec::new();
        for (ask, status) in [(cart, 404), (check, 404), (shop.place_order(&body, code), 409)] {
            told_of.push(told(&ask.send().await.expect_problem(status, "coupon_not_found")));
        }
        answers.insert(code, told_of);
    }
    assert_eq!(answers["OVER"], answers["NOPE"]);
}

/// Asserts that a refusal for want of stock names no number.
#[track_caller]
fn names_no_number(answer: Answer) {
    let answer = answer.expect_problem(409, "not_enough_stock");
    let mut texts = vec![answer.json["message"].as_str().unwrap().to_owned()];
    let details = answer.json["details"].as_array().unwrap().iter();
    texts.extend(details.map(|detail| detail["message"].as_str().unwrap().to_owned()));
    assert!(texts.iter().all(|text| !text.contains(|c: char| c.is_ascii_digit())), "{texts:?}");
}

#[tokio::test]
async fn no_refusal_tells_a_customer_how_many_units_there_are() {
    let (shop, staff, seen) = shop_with_customer().await;
    shop.add_product(&staff, "B", 1000, 3).await;
    names_no_number(shop.add_to_cart("B", 4).send().await);
    let cart = shop.cart_of("B", 3).await;
    names_no_number(shop.add_to_cart("B", 1).header("cart-token", &cart).send().await);
    let shown = shop.get("/api/v1/cart").header("cart-token", &cart).send().await.expect(200);
    let path = format!("/api/v1/cart/items/{}", shown.data()["items"][0]["id"].as_str().unwrap());
    for method in [Method::PATCH, Method::PUT] {
        let ask = shop.request(method, &path).json(&json!({ "quantity": 4 })).header("cart-token", &cart);
        names_no_number(ask.send().await);
    }
    names_no_number(shop.place_order(&order_of("B", 4, "payment_intent"), "k-1").send().await);
    // The hold of an order has ended, and another buyer has what it held.
    let order = PlacedOrder::of(shop.place_order(&order_of("B", 2, "payment_intent"), "k-2").send().await);
    shop.later(std::time::Duration::from_mins(31));
    shop.janitor().run().await.unwrap();
    let mut other = order_of("B", 2, "payment_intent");
    other["email"] = json!("eve@example.com");
    shop.place_order(&other, "k-3").from_ip("198.51.100.9").send().await.expect(201);
    names_no_number(shop.open_payment(&order, "create-intent").send().await);
    let body = guest_order("grace@example.com", "payment_intent");
    names_no_number(shop.place_order(&body, "k-4").header("cart-token", &cart).send().await);
    // A wish for the last unit, which is in the cart already.
    let wish = shop.login(&seen.me.email).await;
    let added = shop.post("/api/v1/wishlist", &json!({ "sku": "B" })).by(&wish).send().await.expect(200);
    shop.add_to_cart("B", 1).by(&wish).send().await.expect(200);
    let path = format!("/api/v1/wishlist/{}/move-to-cart", added.data()["id"].as_str().unwrap());
    names_no_number(shop.request(Method::POST, &path).by(&wish).send().await);
    let staff = shop.login("root@example.com").await;
    let take = shop.request(Method::PATCH, "/api/v1/inventory/B").json(&json!({ "adjust": -9, "reason": "lost" }));
    let refused =
        take.by(&staff).header("idempotency-key", "take").send().await.expect_problem(409, "not_enough_stock");
    assert!(refused.text.contains("only 1 are available"), "staff see numbers: {}", refused.text);
}
