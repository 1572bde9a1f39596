//! Categories and brands: the tree, its rules under concurrent changes, and the products in it.

use axum::http::Method;
use harness::products::{PRODUCTS, make, path, shirt, staffed};
use harness::shop::{Answer, Person, Shop};
use serde_json::{Value, json};

const CATEGORIES: &str = "/api/v1/categories";

async fn category(shop: &Shop, staff: &Person, name: &str, parent: Option<&Value>) -> Value {
    let body = json!({ "name": name, "parentId": parent.map(|parent| parent["id"].clone()) });
    shop.post(CATEGORIES, &body).by(staff).send().await.expect(201).data().clone()
}

fn of(category: &Value) -> String {
    format!("{CATEGORIES}/{}", category["id"].as_str().unwrap())
}

async fn patch(shop: &Shop, staff: &Person, category: &Value, body: &Value) -> Answer {
    shop.request(Method::PATCH, &of(category)).json(body).by(staff).send().await
}

#[tokio::test]
async fn categories_form_an_ordered_tree_and_branches_can_be_hidden() {
    let (shop, staff) = staffed().await;
    let clothes = category(&shop, &staff, "Clothes", None).await;
    let shirts = category(&shop, &staff, "Shirts", Some(&clothes)).await;
    category(&shop, &staff, "Art", None).await;
    category(&shop, &staff, "Blue", Some(&shirts)).await;
    let names = |answer: &Answer| -> Vec<String> {
        let terms = answer.data().as_array().unwrap().iter();
        terms.map(|term| format!("{}{}", term["depth"], term["name"].as_str().unwrap())).collect()
    };
    let list = shop.get(CATEGORIES).send().await.expect(200);
    assert_eq!(names(&list), ["0Art", "0Clothes", "1Shirts", "2Blue"]);
    patch(&shop, &staff, &shirts, &json!({ "active": false })).await.expect(200);
    shop.later(std::time::Duration::from_secs(30));
    let list = shop.get(CATEGORIES).send().await.expect(200);
    assert_eq!(names(&list), ["0Art", "0Clothes"]);
    shop.get(&format!("{CATEGORIES}/blue")).send().await.expect_problem(404, "category_not_found");
    let all = shop.get(CATEGORIES).by(&staff).send().await.expect(200);
    assert_eq!(names(&all).len(), 4);
    shop.get(&format!("{CATEGORIES}/blue")).by(&staff).send().await.expect(200);
}

#[tokio::test]
async fn circles_too_deep_trees_and_taken_slugs_are_refused() {
    let (shop, staff) = staffed().await;
    let top = category(&shop, &staff, "Top", None).await;
    let below = category(&shop, &staff, "Below", Some(&top)).await;
    for parent in [&top, &below] {
        let circle = patch(&shop, &staff, &top, &json!({ "parentId": parent["id"] })).await;
        assert_eq!(circle.expect_problem(400, "category_circle").fields(), ["parentId"]);
    }
    let taken = shop.post(CATEGORIES, &json!({ "name": "Top" })).by(&staff).send().await;
    assert_eq!(taken.expect_problem(409, "slug_taken").fields(), ["slug"]);
    let mut last = below;
    for n in 3..=8 {
        last = category(&shop, &staff, &format!("Level {n}"), Some(&last)).await;
    }
    let deeper = json!({ "name": "Level 9", "parentId": last["id"] });
    let refused = shop.post(CATEGORIES, &deeper).by(&staff).send().await;
    assert_eq!(refused.expect_problem(400, "validation_failed").fields(), ["parentId"]);
    for body in [json!({ "name": "🎉", "slug": "🎉" }), json!({ "name": "x", "position": -1 })] {
        shop.post(CATEGORIES, &body).by(&staff).send().await.expect_problem(400, "validation_failed");
    }
    let brand = json!({ "name": "Acme", "parentId": top["id"] });
    let refused = shop.post("/api/v1/brands", &brand).by(&staff).send().await;
    assert_eq!(refused.expect_problem(400, "validation_failed").fields(), ["parentId"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_moves_never_make_a_circle() {
    let (shop, staff) = staffed().await;
    let a = category(&shop, &staff, "A", None).await;
    let b = category(&shop, &staff, "B", None).await;
    let under = |child: &Value, parent: &Value| {
        let body = json!({ "parentId": parent["id"] });
        tokio::spawn(shop.request(Method::PATCH, &of(child)).json(&body).by(&staff).send())
    };
    let (one, other) = (under(&a, &b), under(&b, &a));
    let done = [one.await.unwrap().status.as_u16(), other.await.unwrap().status.as_u16()];
    assert!(done.contains(&200) && done.contains(&400), "{done:?}");
    let list = shop.get(CATEGORIES).send().await.expect(200);
    assert_eq!(list.data().as_array().unwrap().len(), 2, "both are in the tree");
}

#[tokio::test]
async fn a_category_in_use_is_not_deleted() {
    let (shop, staff) = staffed().await;
    let top = category(&shop, &staff, "Top", None).await;
    let below = category(&shop, &staff, "Below", Some(&top)).await;
    let delete = |category: &Value| shop.request(Method::DELETE, &of(category)).by(&staff).send();
    delete(&top).await.expect_problem(409, "category_in_use");
    let mut body = shirt("A");
    body["categoryIds"] = json!([below["id"]]);
    body["status"] = json!("draft");
    let made = make(&shop, &staff, &body).await;
    delete(&below).await.expect_problem(409, "category_in_use");
    // The refused deletion opened the category again, so a product can be added to it.
    body["sku"] = json!("B");
    body["name"] = json!("Other");
    let other = make(&shop, &staff, &body).await;
    for product in [&made, &other] {
        shop.request(Method::DELETE, &path(product)).by(&staff).send().await.expect(200);
    }
    delete(&below).await.expect(200);
    delete(&below).await.expect_problem(404, "category_not_found");
    delete(&top).await.expect(200);
    let restored = shop.request(Method::POST, &format!("{}/restore", path(&made))).by(&staff).send().await.expect(200);
    assert_eq!(restored.data()["categoryIds"], json!([]), "a restored product does not get a deleted category back");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_category_is_deleted_or_gets_a_product_never_both() {
    for n in 0..10 {
        let (shop, staff) = staffed().await;
        let category = category(&shop, &staff, "C", None).await;
        let mut body = shirt("A");
        body["categoryIds"] = json!([category["id"]]);
        let make = tokio::spawn(shop.post(PRODUCTS, &body).by(&staff).send());
        let delete = tokio::spawn(shop.request(Method::DELETE, &of(&category)).by(&staff).send());
        let (made, deleted) = (make.await.unwrap(), delete.await.unwrap());
        let both = (made.status.as_u16(), deleted.status.as_u16());
        assert!([(201, 409), (400, 200), (400, 409)].contains(&both), "{n}: {both:?} {} {}", made.text, deleted.text);
    }
}

#[tokio::test]
async fn products_are_found_by_category_with_its_subcategories_by_brand_and_by_both() {
    let (shop, staff) = staffed().await;
    let top = category(&shop, &staff, "Top", None).await;
    let below = category(&shop, &staff, "Below", Some(&top)).await;
    let brand = shop.post("/api/v1/brands", &json!({ "name": "Acme" })).by(&staff).send().await;
    let brand = brand.expect(201).data().clone();
    for (sku, categories, brand) in [
        ("T", json!([top["id"]]), Value::Null),
        ("B", json!([below["id"]]), brand["id"].clone()),
        ("TB", json!([top["id"], below["id"]]), brand["id"].clone()),
        ("N", json!([]), brand["id"].clone()),
    ] {
        let mut body = shirt(sku);
        body["categoryIds"] = categories;
        body["brandId"] = brand;
        make(&shop, &staff, &body).await;
    }
    let found = async |query: &str| -> Vec<String> {
        let list = shop.get(&format!("{PRODUCTS}?{query}")).send().await.expect(200);
        list.data().as_array().unwrap().clone().iter().map(|p| p["name"].as_str().unwrap()[6..].to_owned()).collect()
    };
    assert_eq!(found("category=top").await, ["TB", "B", "T"]);
    assert_eq!(found("category=below").await, ["TB", "B"]);
    assert_eq!(found("brand=acme").await, ["N", "TB", "B"]);
    assert_eq!(found("brand=acme&category=top").await, ["TB", "B"]);
    assert_eq!(found("category=top&limit=1").await, ["TB"]);
    let moved = json!({ "parentId": null });
    patch(&shop, &staff, &below, &moved).await.expect(200);
    shop.later(std::time::Duration::from_secs(30));
    assert_eq!(found("category=top").await, ["TB", "T"]);
    shop.get(&format!("{PRODUCTS}?category=no")).send().await.expect_problem(404, "category_not_found");
    shop.get(&format!("{PRODUCTS}?brand=no")).send().await.expect_problem(404, "brand_not_found");
    shop.request(Method::DELETE, "/api/v1/brands/acme").by(&staff).send().await.expect_problem(409, "brand_in_use");
}

#[tokio::test]
async fn a_lost_update_of_a_category_is_refused() {
    let (shop, staff) = staffed().await;
    let made = category(&shop, &staff, "C", None).await;
    let put = |tag: Option<&str>| {
        let ask = shop.request(Method::PUT, &of(&made)).json(&json!({ "name": "D" })).by(&staff);
        tag.map_or_else(
            || shop.request(Method::PUT, &of(&made)).json(&json!({ "name": "D" })).by(&staff),
            |tag| ask.header("if-match", tag),
        )
        .send()
    };
    put(None).await.expect_problem(428, "precondition_required");
    assert_eq!(put(Some("\"v1\"")).await.expect(200).header("etag"), "\"v2\"");
    put(Some("\"v1\"")).await.expect_problem(412, "precondition_failed");
}

#[tokio::test]
async fn a_product_that_changes_its_brand_and_its_category_leaves_the_old_lists() {
    let (shop, staff) = staffed().await;
    let (top, other) = (category(&shop, &staff, "Top", None).await, category(&shop, &staff, "Other", None).await);
    let mut brands = Vec::new();
    for name in ["Acme", "Bolt"] {
        let made = shop.post("/api/v1/brands", &json!({ "name": name })).by(&staff).send().await;
        brands.push(made.expect(201).data()["id"].clone());
    }
    let mut body = shirt("A");
    body["categoryIds"] = json!([top["id"]]);
    body["brandId"] = brands[0].clone();
    let made = make(&shop, &staff, &body).await;
    let change = json!({ "categoryIds": [other["id"]], "brandId": brands[1] });
    shop.request(Method::PATCH, &path(&made)).json(&change).by(&staff).send().await.expect(200);
    for (query, found) in [("brand=acme", 0), ("brand=bolt", 1), ("category=top", 0), ("category=other", 1)] {
        let list = shop.get(&format!("{PRODUCTS}?{query}")).send().await.expect(200);
        assert_eq!(list.data().as_array().unwrap().len(), found, "{query}");
    }
}
