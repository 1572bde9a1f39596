//! Products: adding, finding, changing, deleting and restoring them.

use axum::http::Method;
use domain::access::Role;
use harness::products::{PRODUCTS, change, in_sizes, make, path, shirt, size, sized, staffed, usd};
use harness::shop::{Answer, Shop};
use serde_json::{Value, json};

async fn show(shop: &Shop, product: &Value) -> Answer {
    shop.get(&path(product)).send().await
}

#[tokio::test]
async fn the_weight_of_a_variant_can_be_changed_and_removed() {
    let (shop, staff) = staffed().await;
    let mut body = shirt("SHIRT");
    body["weightGrams"] = json!(250);
    let made = make(&shop, &staff, &body).await;
    assert_eq!(made["variants"][0]["weightGrams"], 250);
    for (edit, weight) in [
        (json!({ "name": "Light" }), json!(250)),
        (json!({ "weightGrams": 0 }), json!(0)),
        (json!({ "weightGrams": 1_000_000 }), json!(1_000_000)),
        (json!({ "weightGrams": null }), Value::Null),
    ] {
        let edited = change(&shop, Method::PATCH, &made, &edit, &staff).send().await;
        assert_eq!(edited.expect(200).data()["variants"][0]["weightGrams"], weight);
    }
    for weight in [json!(-1), json!(1_000_001), json!(1.5)] {
        let refused = change(&shop, Method::PATCH, &made, &json!({ "weightGrams": weight }), &staff).send().await;
        assert_eq!(refused.expect_problem(400, "validation_failed").fields(), ["weightGrams"]);
        let small = size(0, &[("sku", json!("SMALL"))]);
        let large = size(1, &[("sku", json!("LARGE")), ("weightGrams", weight)]);
        let refused = shop.post(PRODUCTS, &in_sizes("SIZED", &[small, large])).by(&staff).send().await;
        assert_eq!(refused.expect_problem(400, "validation_failed").fields(), ["variants[1].weightGrams"]);
    }
}

#[tokio::test]
async fn a_product_without_options_needs_no_variants_in_the_request() {
    let (shop, staff) = staffed().await;
    let made = make(&shop, &staff, &shirt("SHIRT")).await;
    assert_eq!(made["slug"], "shirt-shirt");
    assert_eq!((&made["price"], &made["stock"]), (&usd(1999), &json!("in")));
    let shown = show(&shop, &made).await.expect(200);
    assert_eq!(shown.data(), &made);
    let by_slug = shop.get(&format!("{PRODUCTS}/shirt-shirt")).send().await;
    assert_eq!(by_slug.expect(200).data(), &made);
    let edit = json!({ "price": usd(1500), "compareAtPrice": usd(1999), "sku": "shirt-2" });
    let edited = change(&shop, Method::PATCH, &made, &edit, &staff).send().await.expect(200);
    assert_eq!(edited.data()["variants"][0]["sku"], "SHIRT-2");
    assert_eq!(edited.data()["variants"][0]["id"], made["variants"][0]["id"]);
    assert_eq!(edited.data()["compareAtPrice"], usd(1999));
    let cleared = json!({ "compareAtPrice": null });
    let cleared = change(&shop, Method::PATCH, &made, &cleared, &staff).send().await;
    assert_eq!(cleared.expect(200).data()["compareAtPrice"], Value::Null);
    let stock = shop.get("/api/v1/inventory/SHIRT-2").by(&staff).send().await;
    assert_eq!(stock.expect(200).data()["onHand"], 7, "the stock has the new SKU");
    shop.get("/api/v1/inventory/SHIRT").by(&staff).send().await.expect_problem(404, "sku_not_found");
}

#[tokio::test]
async fn a_hundred_variants_are_added_changed_and_removed() {
    let (shop, staff) = staffed().await;
    let made = make(&shop, &staff, &sized("TEE", 100)).await;
    assert_eq!(made["variants"].as_array().unwrap().len(), 100);
    assert_eq!(shop.table.items_under("STOCK#").len(), 200, "each with its history");
    let mut fewer = sized("OTHER", 100);
    fewer["slug"] = made["slug"].clone();
    let replaced = change(&shop, Method::PUT, &made, &fewer, &staff).header("if-match", "*").send().await.expect(200);
    assert_eq!(replaced.data()["variants"][99]["sku"], "OTHER-99");
    let levels = shop.table.items_under("STOCK#");
    let levels = levels.keys().filter(|key| key.ends_with("/ STOCK"));
    assert!(levels.clone().all(|key| key.contains("OTHER")) && levels.count() == 100);
    let one_more = sized("MORE", 101);
    let refused = shop.post(PRODUCTS, &one_more).by(&staff).send().await;
    assert_eq!(refused.expect_problem(400, "validation_failed").fields(), ["variants"]);
}

#[tokio::test]
async fn slugs_and_skus_are_unique_among_all_products() {
    let (shop, staff) = staffed().await;
    make(&shop, &staff, &shirt("A")).await;
    let before = shop.table.items();
    let mut same_slug = shirt("B");
    same_slug["slug"] = json!("shirt-a");
    let refused = shop.post(PRODUCTS, &same_slug).by(&staff).send().await;
    assert_eq!(refused.expect_problem(409, "slug_taken").fields(), ["slug"]);
    let mut same_sku = shirt("a");
    same_sku["slug"] = json!("another");
    let refused = shop.post(PRODUCTS, &same_sku).by(&staff).send().await;
    assert_eq!(refused.expect_problem(409, "sku_taken").fields(), ["sku"]);
    let taken = |n: usize| if n == 98 { json!("A") } else { json!(format!("T-{n}")) };
    let variants = (0..100).map(|n| size(n, &[("sku", taken(n))]));
    let many = in_sizes("T", &variants.collect::<Vec<_>>());
    let refused = shop.post(PRODUCTS, &many).by(&staff).send().await.expect_problem(409, "sku_taken");
    assert_eq!(refused.fields(), ["variants[98].sku"]);
    assert_eq!(shop.table.items(), before, "no refused request left an item");
}

#[tokio::test]
async fn lost_updates_are_refused_and_a_replacement_needs_a_version() {
    let (shop, staff) = staffed().await;
    let made = make(&shop, &staff, &shirt("A")).await;
    let tag = show(&shop, &made).await.header("etag").to_owned();
    let put = |tag: Option<&str>| {
        let ask = change(&shop, Method::PUT, &made, &json!({ "name": "New", "sku": "A", "price": usd(5) }), &staff);
        match tag {
            Some(tag) => ask.header("if-match", tag),
            None => ask,
        }
    };
    put(None).send().await.expect_problem(428, "precondition_required");
    let replaced = put(Some(&tag)).send().await.expect(200);
    assert_eq!(replaced.data()["slug"], made["slug"], "links still work");
    assert_eq!(replaced.data()["status"], "active");
    put(Some(&tag)).send().await.expect_problem(412, "precondition_failed");
    put(Some("\"v9\"")).send().await.expect_problem(412, "precondition_failed");
    put(Some("*")).send().await.expect(200);
    let stale = change(&shop, Method::PATCH, &made, &json!({ "name": "Other" }), &staff);
    stale.header("if-match", &tag).send().await.expect_problem(412, "precondition_failed");
    let fresh = shop.get(&path(&made)).by(&staff).send().await;
    assert_eq!(fresh.data()["name"], "New");
}

#[tokio::test]
async fn customers_see_stock_bands_and_staff_see_numbers_and_drafts() {
    let (shop, staff) = staffed().await;
    let ada = shop.register("ada@example.com").await;
    let made = make(&shop, &staff, &shirt("A")).await;
    for ask in [shop.get(&path(&made)), shop.get(&path(&made)).by(&ada)] {
        let seen = ask.send().await.expect(200);
        assert_eq!(seen.data()["variants"][0]["stock"], "in");
        assert!(seen.data()["variants"][0]["inventory"].is_null());
        assert!(!seen.text.contains("onHand"));
    }
    let seen = shop.get(&path(&made)).by(&staff).send().await.expect(200);
    let exact = json!({ "onHand": 7, "reserved": 0, "available": 7 });
    assert_eq!(seen.data()["variants"][0]["inventory"], exact);
    assert_eq!(seen.header("cache-control"), "no-store");
    let draft = make(&shop, &staff, &json!({ "name": "Soon", "sku": "B", "price": usd(1) })).await;
    show(&shop, &draft).await.expect_problem(404, "product_not_found");
    shop.get(&path(&draft)).by(&staff).send().await.expect(200);
    for ask in [shop.get(&format!("{PRODUCTS}?status=draft")), shop.get(&format!("{PRODUCTS}?status=draft")).by(&ada)] {
        ask.send().await.expect_problem(403, "forbidden");
    }
    let drafts = shop.get(&format!("{PRODUCTS}?status=draft")).by(&staff).send().await;
    assert_eq!(drafts.data()[0]["id"], draft["id"]);
    shop.get(&path(&made)).bearer("x.y.z").send().await.expect_problem(401, "invalid_token");
}

#[tokio::test]
async fn public_answers_are_cached_and_not_sent_again_when_unchanged() {
    let (shop, staff) = staffed().await;
    let made = make(&shop, &staff, &shirt("A")).await;
    let first = show(&shop, &made).await.expect(200);
    assert_eq!(first.header("cache-control"), "public, max-age=5, stale-while-revalidate=5");
    let again = shop.get(&path(&made)).header("if-none-match", first.header("etag")).send().await.expect(304);
    assert_eq!((again.text.as_str(), again.header("etag")), ("", first.header("etag")));
    shop.table.network.take_calls();
    show(&shop, &made).await.expect(200);
    assert!(shop.table.network.take_calls().is_empty(), "from memory");
    change(&shop, Method::PATCH, &made, &json!({ "name": "New" }), &staff).send().await.expect(200);
    shop.later(std::time::Duration::from_secs(5));
    let changed = shop.get(&path(&made)).header("if-none-match", first.header("etag"));
    assert_eq!(changed.send().await.expect(200).data()["name"], "New");
    shop.table.network.take_calls();
    shop.later(std::time::Duration::from_secs(5));
    let by_slug = format!("{PRODUCTS}/{}", made["slug"].as_str().unwrap());
    shop.get(&by_slug).send().await.expect(200);
    assert_eq!(shop.table.network.take_calls().len(), 2, "one round trip by slug, and one for the rating");
    for list in [PRODUCTS, "/api/v1/home", "/api/v1/categories", "/api/v1/brands"] {
        let first = shop.get(list).send().await.expect(200);
        shop.get(list).header("if-none-match", first.header("etag")).send().await.expect(304);
    }
}

#[tokio::test]
async fn pages_are_newest_first_and_have_each_product_once() {
    let (shop, staff) = staffed().await;
    for n in 0..7 {
        make(&shop, &staff, &shirt(&format!("S{n}"))).await;
    }
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = shop.get(&format!("{PRODUCTS}?limit=3{cursor}")).send().await.expect(200);
        let names = page.data().as_array().unwrap().iter();
        seen.extend(names.map(|product| product["name"].as_str().unwrap().to_owned()));
        match page.json["pagination"]["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    let expected: Vec<String> = (0..7).rev().map(|n| format!("Shirt S{n}")).collect();
    assert_eq!(seen, expected);
    let home = shop.get("/api/v1/home").send().await.expect(200);
    assert_eq!(home.data()["newest"].as_array().unwrap().len(), 7);
    for bad in ["limit=0", "limit=101", "cursor=%00", "status=gone", "colour=red"] {
        shop.get(&format!("{PRODUCTS}?{bad}")).send().await.expect(400);
    }
}

#[tokio::test]
async fn a_deleted_product_is_hidden_from_customers_and_can_be_restored() {
    let (shop, staff) = staffed().await;
    let made = make(&shop, &staff, &shirt("A")).await;
    let delete = || shop.request(Method::DELETE, &path(&made)).by(&staff).send();
    delete().await.expect(200);
    delete().await.expect_problem(409, "product_deleted");
    shop.later(std::time::Duration::from_secs(5));
    show(&shop, &made).await.expect_problem(404, "product_not_found");
    let list = shop.get(PRODUCTS).send().await;
    assert!(list.data().as_array().unwrap().is_empty());
    let edit = change(&shop, Method::PATCH, &made, &json!({ "name": "x" }), &staff).send().await;
    edit.expect_problem(409, "product_deleted");
    let taken = shop.post(PRODUCTS, &shirt("A")).by(&staff).send().await;
    assert_eq!(taken.status.as_u16(), 409, "its slug and SKU stay reserved");
    let restore = || shop.request(Method::POST, &format!("{}/restore", path(&made))).by(&staff).send();
    restore().await.expect(200);
    restore().await.expect_problem(409, "product_not_deleted");
    show(&shop, &made).await.expect(200);
    let audit = shop.table.items_under("AUDIT#");
    let actions: Vec<_> = audit.values().map(|entry| entry["action"].as_str().unwrap()).collect();
    for action in ["product.create", "product.delete", "product.restore"] {
        assert_eq!(actions.iter().filter(|&&one| one == action).count(), 1, "{action}");
    }
    let events = shop.table.events();
    let moved = events.iter().filter(|event| event["moved"] == true).count();
    assert_eq!(moved, 2, "one event hides its pictures and one restores them");
}

#[tokio::test]
async fn only_staff_can_change_products() {
    let (shop, staff) = staffed().await;
    let made = make(&shop, &staff, &shirt("A")).await;
    let (ada, sam) = (shop.register("ada@example.com").await, shop.staff("sam@example.com", Role::Support).await);
    let before = shop.table.items_under("PRODUCT#");
    for (method, path) in [
        (Method::POST, PRODUCTS.to_owned()),
        (Method::PUT, path(&made)),
        (Method::PATCH, path(&made)),
        (Method::DELETE, path(&made)),
        (Method::POST, format!("{}/restore", path(&made))),
        (Method::PUT, format!("{}/images", path(&made))),
        (Method::POST, "/api/v1/categories".to_owned()),
        (Method::POST, "/api/v1/uploads".to_owned()),
        (Method::PUT, "/api/v1/inventory/A".to_owned()),
    ] {
        let ask = || shop.request(method.clone(), &path).json(&json!({}));
        ask().send().await.expect_problem(401, "unauthenticated");
        ask().by(&ada).send().await.expect_problem(403, "forbidden");
        ask().by(&sam).send().await.expect_problem(403, "forbidden");
    }
    assert_eq!(shop.table.items_under("PRODUCT#"), before);
}
