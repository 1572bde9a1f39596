//! What lists of products and search find, count and sort.

use axum::http::Method;
use harness::products::{PRODUCTS, make, path, staffed, usd};
use harness::shop::{Answer, Person, Shop};
use serde_json::{Value, json};

pub(crate) const SEARCH: &str = "/api/v1/products/search";

/// A variant with these options, price and stock.
fn variant(sku: &str, options: &[(&str, &str)], price: i64, stock: i64) -> Value {
    let options: serde_json::Map<_, _> =
        options.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    json!({ "sku": sku, "options": options, "price": usd(price), "stock": stock })
}

async fn with_variants(shop: &Shop, staff: &Person, name: &str, options: &[&str], variants: &[Value]) -> Value {
    let body = json!({ "name": name, "status": "active", "options": options, "variants": variants });
    make(shop, staff, &body).await
}

/// A product without options, with these fields too.
pub(crate) async fn plain(shop: &Shop, staff: &Person, name: &str, fields: Value) -> Value {
    let sku = name.to_uppercase().replace(' ', "-");
    let mut body = json!({ "name": name, "sku": sku, "price": usd(1000), "status": "active", "stock": 5 });
    body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    make(shop, staff, &body).await
}

async fn term(shop: &Shop, staff: &Person, plural: &str, name: &str, parent: Option<&Value>) -> Value {
    let body = json!({ "name": name, "parentId": parent.map(|parent| parent["id"].clone()) });
    shop.post(&format!("/api/v1/{plural}"), &body).by(staff).send().await.expect(201).data().clone()
}

pub(crate) async fn search(shop: &Shop, query: &str) -> Answer {
    shop.get(&format!("{SEARCH}?{query}")).send().await.expect(200)
}

pub(crate) fn names(answer: &Answer) -> Vec<&str> {
    answer.data().as_array().unwrap().iter().map(|card| card["name"].as_str().unwrap()).collect()
}

fn sorted(answer: &Answer) -> Vec<&str> {
    let mut names = names(answer);
    names.sort_unstable();
    names
}

/// The counts of the values of an option or attribute.
fn values(answer: &Answer, kind: &str, name: &str) -> Value {
    let groups = answer.json["facets"][kind].as_array().unwrap().iter();
    let group = groups.into_iter().find(|group| group["name"] == name).cloned().unwrap_or_default();
    let mut counts = serde_json::Map::new();
    for value in group["values"].as_array().into_iter().flatten() {
        counts.insert(value["value"].as_str().unwrap().to_owned(), value["count"].clone());
    }
    Value::Object(counts)
}

#[tokio::test]
async fn words_and_filters_of_every_kind_are_combined_and_lists_and_search_answer_alike() {
    let (shop, staff) = staffed().await;
    let clothes = term(&shop, &staff, "categories", "Clothes", None).await;
    let shirts = term(&shop, &staff, "categories", "Shirts", Some(&clothes)).await;
    let (acme, bolt) =
        (term(&shop, &staff, "brands", "Acme", None).await, term(&shop, &staff, "brands", "Bolt", None).await);
    let cotton =
        json!({ "categoryIds": [shirts["id"]], "brandId": acme["id"], "attributes": { "Material": "Cotton" } });
    plain(&shop, &staff, "Harbour shirt", cotton).await;
    let linen = json!({ "brandId": bolt["id"], "attributes": { "Material": "Linen" }, "price": usd(3000), "stock": 0 });
    plain(&shop, &staff, "Harbour trousers", linen).await;
    let wool = json!({ "attributes": { "Material": "Wool" }, "price": usd(2000), "compareAtPrice": usd(2500) });
    plain(&shop, &staff, "Walnut table", wool).await;
    for (query, expected) in [
        ("q=harbour", vec!["Harbour shirt", "Harbour trousers"]),
        ("q=harbor+shirts", vec!["Harbour shirt"]),
        ("q=acme", vec!["Harbour shirt"]),
        ("q=harbour-shirt", vec!["Harbour shirt"]),
        ("category=clothes", vec!["Harbour shirt"]),
        ("brand=acme,bolt", vec!["Harbour shirt", "Harbour trousers"]),
        ("attributes[Material]=Cotton&attributes%5BMaterial%5D=Wool", vec!["Harbour shirt", "Walnut table"]),
        ("attributes[Material]=Cotton&brand=bolt", vec![]),
        ("attributes[Colour]=Red", vec![]),
        ("inStock=true", vec!["Harbour shirt", "Walnut table"]),
        ("inStock=false", vec!["Harbour shirt", "Harbour trousers", "Walnut table"]),
        ("onOffer=true", vec!["Walnut table"]),
        ("minPrice=2000&maxPrice=2000", vec!["Walnut table"]),
        ("maxPrice=2000&q=harbour", vec!["Harbour shirt"]),
        ("rating=4.5", vec![]),
    ] {
        let found = search(&shop, query).await;
        assert_eq!(sorted(&found), expected, "{query}");
        assert_eq!(found.json["pagination"]["total"], json!(expected.len()), "{query}");
        let list = shop.get(&format!("{PRODUCTS}?{query}")).send().await.expect(200);
        assert_eq!(list.json, found.json, "{query}");
    }
}

#[tokio::test]
async fn the_conditions_on_a_variant_hold_for_one_and_the_same_variant() {
    let (shop, staff) = staffed().await;
    let sizes = ["Size"];
    let scattered = [
        variant("A-M", &[("Size", "M")], 4000, 0),
        variant("A-L", &[("Size", "L")], 4000, 5),
        variant("A-M2", &[("Size", "M long")], 4500, 5),
    ];
    with_variants(&shop, &staff, "Scattered", &sizes, &scattered).await;
    let dear = [variant("B-M", &[("Size", "M")], 6000, 5), variant("B-S", &[("Size", "S")], 3000, 5)];
    with_variants(&shop, &staff, "Dear", &sizes, &dear).await;
    with_variants(&shop, &staff, "Right", &sizes, &[variant("C-M", &[("Size", "M")], 4900, 1)]).await;
    let found = search(&shop, "options[Size]=M&inStock=true&maxPrice=5000").await;
    assert_eq!(names(&found), ["Right"]);
    // What each condition alone would change.
    assert_eq!(values(&found, "options", "Size"), json!({ "M": 1, "L": 1, "M long": 1, "S": 1 }));
    assert_eq!(found.json["facets"]["inStock"], 1);
    assert_eq!(sorted(&search(&shop, "options[Size]=M&maxPrice=5000").await), ["Right", "Scattered"]);
    assert_eq!(sorted(&search(&shop, "options[Size]=M&inStock=true").await), ["Dear", "Right"]);
}

#[tokio::test]
async fn a_group_is_counted_without_its_own_choices_and_all_others_with_them() {
    let (shop, staff) = staffed().await;
    for (name, colour, material, price) in [
        ("One", "Red", "Cotton", 1000),
        ("Two", "Red", "Linen", 2000),
        ("Three", "Blue", "Cotton", 3000),
        ("Four", "Green", "Wool", 4000),
    ] {
        let fields = json!({ "attributes": { "Colour": colour, "Material": material }, "price": usd(price) });
        plain(&shop, &staff, name, fields).await;
    }
    let all = search(&shop, "").await;
    assert_eq!(values(&all, "attributes", "Colour"), json!({ "Red": 2, "Blue": 1, "Green": 1 }));
    let red = search(&shop, "attributes[Colour]=Red").await;
    assert_eq!(values(&red, "attributes", "Colour"), json!({ "Red": 2, "Blue": 1, "Green": 1 }));
    assert_eq!(values(&red, "attributes", "Material"), json!({ "Cotton": 1, "Linen": 1 }));
    let both = search(&shop, "attributes[Colour]=Red&attributes[Material]=Cotton").await;
    assert_eq!(values(&both, "attributes", "Colour"), json!({ "Red": 1, "Blue": 1 }));
    assert_eq!(values(&both, "attributes", "Material"), json!({ "Cotton": 1, "Linen": 1 }));
    assert_eq!((both.json["facets"]["inStock"].clone(), both.json["facets"]["onOffer"].clone()), (json!(1), json!(0)));
    let steps = all.json["facets"]["prices"].as_array().unwrap();
    let counted: u64 = steps.iter().map(|step| step["count"].as_u64().unwrap()).sum();
    assert_eq!((counted, &steps[0]["from"]["currency"]), (4, &json!("usd")));
    let amount = |step: &Value, end: &str| step[end]["amount"].as_i64().unwrap();
    assert!(steps.iter().all(|step| amount(step, "from") < amount(step, "to")), "{steps:?}");
    assert!(steps.windows(2).all(|pair| amount(&pair[0], "to") <= amount(&pair[1], "from")), "{steps:?}");
    let ratings = all.json["facets"]["ratings"].as_array().unwrap();
    assert_eq!((&ratings[0], ratings.len()), (&json!({ "rating": 5, "count": 0 }), 5));
    assert!(search(&shop, "facets=false").await.json["facets"].is_null());
}

#[tokio::test]
async fn categories_are_counted_with_those_below_them_and_hidden_ones_for_staff_only() {
    let (shop, staff) = staffed().await;
    let clothes = term(&shop, &staff, "categories", "Clothes", None).await;
    let shirts = term(&shop, &staff, "categories", "Shirts", Some(&clothes)).await;
    let secret = term(&shop, &staff, "categories", "Secret", None).await;
    let brand = term(&shop, &staff, "brands", "Secret brand", None).await;
    for (plural, term) in [("categories", &secret), ("brands", &brand)] {
        let path = format!("/api/v1/{plural}/{}", term["id"].as_str().unwrap());
        let edit = shop.request(Method::PATCH, &path).json(&json!({ "active": false }));
        edit.by(&staff).send().await.expect(200);
    }
    plain(&shop, &staff, "One", json!({ "categoryIds": [clothes["id"]] })).await;
    plain(&shop, &staff, "Two", json!({ "categoryIds": [shirts["id"], secret["id"]], "brandId": brand["id"] })).await;
    let facet = |term: &Value, parent: Value, count: usize| json!({ "id": term["id"], "slug": term["slug"], "name": term["name"], "parentId": parent, "count": count });
    let shown = json!([facet(&clothes, Value::Null, 2), facet(&shirts, clothes["id"].clone(), 1)]);
    let seen = search(&shop, "").await;
    assert_eq!((&seen.json["facets"]["categories"], &seen.json["facets"]["brands"]), (&shown, &json!([])));
    assert!(seen.json["facets"]["statuses"].is_null());
    let seen = shop.get(SEARCH).by(&staff).send().await.expect(200);
    let listed = |kind: &str| seen.json["facets"][kind].as_array().unwrap().len();
    assert_eq!((listed("categories"), listed("brands")), (3, 1));
}

#[tokio::test]
async fn products_come_in_the_order_that_is_asked_for() {
    let (shop, staff) = staffed().await;
    for (name, price) in [("Beta", 3000), ("äther", 1000), ("Zeta", 2000)] {
        let sku = format!("S{price}");
        plain(&shop, &staff, name, json!({ "price": usd(price), "sku": sku, "description": "word" })).await;
        shop.later(std::time::Duration::from_secs(1));
    }
    for (sort, expected) in [
        ("price:asc", ["äther", "Zeta", "Beta"]),
        ("price:desc", ["Beta", "Zeta", "äther"]),
        ("newest", ["Zeta", "äther", "Beta"]),
        ("name:asc", ["äther", "Beta", "Zeta"]),
        ("name:desc", ["Zeta", "Beta", "äther"]),
    ] {
        assert_eq!(names(&search(&shop, &format!("sort={sort}")).await), expected, "{sort}");
        assert_eq!(names(&search(&shop, &format!("q=word&sort={sort}")).await), expected, "{sort}");
    }
    for sort in ["relevance", "bestselling", "rating"] {
        assert_eq!(names(&search(&shop, &format!("sort={sort}")).await).len(), 3, "{sort}");
    }
    assert_eq!(names(&search(&shop, "").await), ["Zeta", "äther", "Beta"], "newest by default");
}

#[tokio::test]
async fn by_relevance_the_name_goes_before_the_description_and_stock_before_none() {
    let (shop, staff) = staffed().await;
    plain(&shop, &staff, "Oak board", json!({ "description": "Fits every lamp." })).await;
    plain(&shop, &staff, "Lamp sold out", json!({ "stock": 0 })).await;
    plain(&shop, &staff, "Lamp one", json!({})).await;
    assert_eq!(names(&search(&shop, "q=lamp").await), ["Lamp one", "Lamp sold out", "Oak board"]);
}

#[tokio::test]
async fn the_words_that_were_found_are_marked_in_the_name() {
    let (shop, staff) = staffed().await;
    plain(&shop, &staff, "Red leather wallets", json!({})).await;
    let found = search(&shop, "q=wallet+red").await;
    let part = |text: &str, found: bool| json!({ "text": text, "found": found });
    let parts = json!([part("Red", true), part(" leather ", false), part("wallets", true)]);
    assert_eq!(found.data()[0]["highlights"], json!({ "name": parts }));
    assert_eq!(search(&shop, "").await.data()[0]["highlights"], Value::Null);
}

#[tokio::test]
async fn where_little_is_found_other_words_are_suggested() {
    let (shop, staff) = staffed().await;
    for name in ["Harbour lamp", "Harbour shirt", "Walnut table", "Walnut chair", "Walnut bench"] {
        plain(&shop, &staff, name, json!({})).await;
    }
    for (query, total, suggestions) in [
        ("q=lamp+harb", 1, json!(["lamp harbour"])),
        ("q=harbour+xylophone", 2, json!(["harbour"])),
        ("q=xylophone", 0, json!([])),
        ("q=walnut", 3, json!([])),
        ("sort=newest", 5, json!([])),
    ] {
        let found = search(&shop, query).await;
        assert_eq!(
            (&found.json["pagination"]["total"], &found.json["suggestions"]),
            (&json!(total), &suggestions),
            "{query}"
        );
    }
    let right = search(&shop, "q=walnut").await;
    assert_eq!(right.json["didYouMean"], Value::Null);
    let wrong = search(&shop, "q=walnuut").await;
    assert_eq!((&wrong.json["pagination"]["total"], &wrong.json["didYouMean"]), (&json!(3), &json!("walnut")));
}

#[tokio::test]
async fn staff_find_products_of_all_states_by_the_beginning_of_their_name_or_sku() {
    let (shop, staff) = staffed().await;
    let ada = shop.register("ada@example.com").await;
    plain(&shop, &staff, "Harbour active", json!({ "sku": "HB-1000" })).await;
    plain(&shop, &staff, "Harbour draft", json!({ "sku": "HB-2000", "status": "draft" })).await;
    plain(&shop, &staff, "Harbour archived", json!({ "sku": "HB-3000", "status": "archived" })).await;
    let gone = plain(&shop, &staff, "Harbour deleted", json!({ "sku": "HB-4000" })).await;
    shop.request(Method::DELETE, &path(&gone)).by(&staff).send().await.expect(200);
    let find = async |query: &str| {
        let found = shop.get(&format!("{PRODUCTS}?{query}")).by(&staff).send().await.expect(200);
        sorted(&found).into_iter().map(|name| name["Harbour ".len()..].to_owned()).collect::<Vec<_>>()
    };
    let all = "status=active,draft,archived,deleted";
    for words in ["harb", "Harbour", "HB", "hb-"] {
        assert_eq!(find(&format!("q={words}&{all}")).await, ["active", "archived", "deleted", "draft"], "{words}");
    }
    assert_eq!(find(&format!("q=HB-3000&{all}")).await, ["archived"]);
    assert_eq!(find(&format!("q=hb-20&{all}")).await, ["draft"]);
    assert_eq!(find("q=harb&status=draft,deleted").await, ["deleted", "draft"]);
    assert_eq!(find("q=harb").await, ["active"]);
    let counted = shop.get(&format!("{PRODUCTS}?q=harb&status=draft")).by(&staff).send().await.expect(200);
    let each = ["active", "draft", "archived", "deleted"].map(|status| json!({ "status": status, "count": 1 }));
    assert_eq!(counted.json["facets"]["statuses"], json!(each));
    for by in ["", ada.access.as_str()] {
        let ask = || shop.get(&format!("{PRODUCTS}?q=harb&{all}"));
        let refused = if by.is_empty() { ask() } else { ask().bearer(by) };
        refused.send().await.expect_problem(403, "forbidden");
    }
    assert_eq!(names(&search(&shop, "q=harb").await), ["Harbour active"]);
}
