//! The first page of a shop, and suggestions while somebody types.

use axum::http::Method;
use domain::access::Role;
use harness::products::{change, make, path, shirt, staffed, usd};
use serde_json::{Value, json};

use crate::search::plain;

const HOME: &str = "/api/v1/home";
const SUGGEST: &str = "/api/v1/products/suggest";

fn names(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|entry| entry["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn the_first_page_has_what_is_new_on_offer_and_in_each_category() {
    let (shop, staff) = staffed().await;
    let mut categories = Vec::new();
    for n in 0..10 {
        let body = json!({ "name": format!("Category {n}"), "position": n, "active": n != 1 });
        let made = shop.post("/api/v1/categories", &body).by(&staff).send().await.expect(201);
        categories.push(made.data()["id"].clone());
    }
    let below = json!({ "name": "Below", "parentId": categories[0] });
    let below = shop.post("/api/v1/categories", &below).by(&staff).send().await.expect(201).data()["id"].clone();
    for n in 0..13 {
        let category = if n < 8 { &below } else { &categories[n - 6] };
        let mut fields = json!({ "categoryIds": [category, categories[1]] });
        if n == 3 {
            fields["compareAtPrice"] = usd(9000);
        }
        if n == 4 {
            fields["compareAtPrice"] = usd(9000);
            fields["stock"] = json!(0);
        }
        plain(&shop, &staff, &format!("Item {n:02}"), fields).await;
    }
    plain(&shop, &staff, "Draft", json!({ "status": "draft", "categoryIds": [categories[9]] })).await;
    let home = shop.get(HOME).send().await.expect(200);
    let newest = names(&home.data()["newest"]);
    assert_eq!((newest.len(), newest[0], newest[11]), (12, "Item 12", "Item 01"));
    assert_eq!(names(&home.data()["onOffer"]), ["Item 03"], "what can be bought");
    for kind in ["bestselling", "highestRated"] {
        assert_eq!(home.data()[kind], json!([]), "nothing was sold or rated: {kind}");
    }
    let shown = &home.data()["categories"];
    assert_eq!(names(shown), ["Category 0", "Category 2", "Category 3", "Category 4", "Category 5", "Category 6"]);
    assert_eq!(shown[0]["products"].as_array().unwrap().len(), 6, "with those below it");
    assert_eq!(names(&shown[1]["products"]), ["Item 08"]);
    assert_eq!(home.header("cache-control"), "public, max-age=30, stale-while-revalidate=30");
}

#[tokio::test]
async fn the_first_page_is_kept_for_some_seconds_and_then_follows_the_catalogue() {
    let (shop, staff) = staffed().await;
    let made = make(&shop, &staff, &shirt("A")).await;
    let first = shop.get(HOME).send().await.expect(200);
    shop.table.network.take_calls();
    shop.get(HOME).header("if-none-match", first.header("etag")).send().await.expect(304);
    assert!(shop.table.network.take_calls().is_empty(), "from memory");
    change(&shop, Method::PATCH, &made, &json!({ "name": "New name" }), &staff).send().await.expect(200);
    shop.later(std::time::Duration::from_secs(5));
    let changed = shop.get(HOME).header("if-none-match", first.header("etag")).send().await.expect(200);
    assert_eq!(names(&changed.data()["newest"]), ["New name"]);
    shop.request(Method::DELETE, &path(&made)).by(&staff).send().await.expect(200);
    shop.later(std::time::Duration::from_secs(5));
    assert_eq!(shop.get(HOME).send().await.expect(200).data()["newest"], json!([]));
}

#[tokio::test]
async fn who_types_gets_queries_products_categories_and_brands_in_one_answer() {
    let (shop, staff) = staffed().await;
    let mut ids = Vec::new();
    for (plural, name, active) in [
        ("categories", "Harbour wear", true),
        ("categories", "Goods of the harbour", true),
        ("categories", "Harbour secrets", false),
        ("brands", "Harbour & Sons", true),
        ("brands", "Acme", true),
    ] {
        let body = json!({ "name": name, "active": active });
        let made = shop.post(&format!("/api/v1/{plural}"), &body).by(&staff).send().await.expect(201);
        ids.push(made.data()["id"].clone());
    }
    for n in 0..8 {
        plain(&shop, &staff, &format!("Harbour shirt {n}"), json!({ "stock": n })).await;
    }
    plain(&shop, &staff, "Harbour draft", json!({ "status": "draft" })).await;
    plain(&shop, &staff, "Walnut table", json!({})).await;
    let typed = async |words: &str| shop.get(&format!("{SUGGEST}?q={words}")).send().await.expect(200).data().clone();
    let harb = typed("harb").await;
    assert_eq!(harb["queries"][0], "harbour");
    let found = names(&harb["products"]);
    assert!(found.len() == 6 && found.iter().all(|name| name.starts_with("Harbour shirt")), "{found:?}");
    let part = |text: &str, found: bool| json!({ "text": text, "found": found });
    assert_eq!(harb["products"][0]["highlights"]["name"][0], part("Harbour", true));
    assert_eq!(names(&harb["categories"]), ["Harbour wear", "Goods of the harbour"]);
    assert_eq!(names(&harb["brands"]), ["Harbour & Sons"]);
    assert_eq!(names(&typed("HARBOUR+sh").await["products"]).len(), 6);
    assert_eq!(typed("harbour+w").await["categories"][0]["slug"], "harbour-wear");
    let nothing = typed("xylophone").await;
    for kind in ["queries", "products", "categories", "brands"] {
        assert_eq!(nothing[kind], json!([]), "{kind}");
    }
}

#[tokio::test]
async fn staff_get_the_same_first_page_and_suggestions_as_everybody() {
    let (shop, staff) = staffed().await;
    plain(&shop, &staff, "Harbour draft", json!({ "status": "draft" })).await;
    let support = shop.staff("sue@example.com", Role::Support).await;
    for path in [HOME.to_owned(), format!("{SUGGEST}?q=harb")] {
        let seen = shop.get(&path).by(&support).send().await.expect(200);
        assert!(!seen.text.contains("Harbour draft"), "{path}");
    }
}
