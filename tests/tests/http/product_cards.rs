//! What lists show of products: cards with prices and variants, names of brands and categories, and the products that a
//! request names.

use axum::http::Method;
use harness::orders::{PlacedOrder, order_at};
use harness::products::{PRODUCTS, change, in_sizes, make, path, shirt, size, sized, staffed, usd};
use harness::shop::{Answer, Person, Shop};
use serde_json::{Value, json};

async fn term(shop: &Shop, staff: &Person, plural: &str, name: &str, parent: Option<&Value>) -> Value {
    let body = json!({ "name": name, "parentId": parent.map(|parent| parent["id"].clone()) });
    shop.post(&format!("/api/v1/{plural}"), &body).by(staff).send().await.expect(201).data().clone()
}

async fn listed(shop: &Shop, query: &str) -> Answer {
    shop.get(&format!("{PRODUCTS}?{query}")).send().await
}

fn skus(answer: &Answer) -> Vec<&str> {
    let cards = answer.data().as_array().unwrap().iter();
    cards.map(|card| card["variants"][0]["sku"].as_str().unwrap()).collect()
}

fn ids(products: &[&Value]) -> String {
    let ids: Vec<&str> = products.iter().map(|product| product["id"].as_str().unwrap()).collect();
    format!("ids={}", ids.join(","))
}

#[tokio::test]
async fn a_card_shows_the_prices_that_can_be_paid_and_each_variants_stock() {
    let (shop, staff) = staffed().await;
    let small = size(0, &[("sku", json!("S")), ("price", usd(1000)), ("stock", json!(0))]);
    let medium = size(1, &[("sku", json!("M")), ("price", usd(5000)), ("compareAtPrice", usd(6000))]);
    let large = size(2, &[("sku", json!("L")), ("price", usd(7000)), ("stock", json!(2))]);
    let made = make(&shop, &staff, &in_sizes("TEE", &[small, medium, large])).await;
    let list = listed(&shop, "").await.expect(200);
    for shown in [&made, &list.data()[0]] {
        assert_eq!(shown["price"], usd(5000), "the cheapest one is sold out");
        assert_eq!(shown["priceRange"], json!({ "min": usd(5000), "max": usd(7000) }));
        assert_eq!((&shown["compareAtPrice"], &shown["sku"]), (&usd(6000), &Value::Null));
    }
    let card = &list.data()[0];
    let bands: Vec<_> = (0..3).map(|n| card["variants"][n]["stock"].as_str().unwrap()).collect();
    assert_eq!(bands, ["out", "in", "low"]);
    let first =
        json!({ "id": made["variants"][0]["id"], "sku": "S", "options": ["0"], "price": usd(1000), "stock": "out" });
    assert_eq!((&card["options"], &card["variants"][0]), (&json!(["Size"]), &first));
    let plain = make(&shop, &staff, &shirt("A")).await;
    assert_eq!((&plain["sku"], &listed(&shop, "limit=1").await.data()[0]["sku"]), (&json!("A"), &json!("A")));
}

#[tokio::test]
async fn a_card_has_at_most_24_variants_and_says_how_many_there_are() {
    let (shop, staff) = staffed().await;
    make(&shop, &staff, &sized("TEE", 30)).await;
    let list = listed(&shop, "").await.expect(200);
    let card = &list.data()[0];
    assert_eq!((card["variants"].as_array().unwrap().len(), &card["variantCount"]), (24, &json!(30)));
}

#[tokio::test]
async fn brands_and_categories_are_named_with_the_way_to_them_and_nothing_more_is_read() {
    let (shop, staff) = staffed().await;
    let acme = term(&shop, &staff, "brands", "Acme", None).await;
    let clothes = term(&shop, &staff, "categories", "Clothes", None).await;
    let shirts = term(&shop, &staff, "categories", "Shirts", Some(&clothes)).await;
    let mut body = shirt("A");
    body["brandId"] = acme["id"].clone();
    body["categoryIds"] = json!([shirts["id"]]);
    let made = make(&shop, &staff, &body).await;
    let named = |term: &Value| json!({ "id": term["id"], "slug": term["slug"], "name": term["name"] });
    let shown = shop.get(&path(&made)).send().await.expect(200);
    let mut breadcrumb = named(&shirts);
    breadcrumb["path"] = json!([named(&clothes), named(&shirts)]);
    for product in [&made, shown.data()] {
        assert_eq!((&product["brand"], &product["categories"]), (&named(&acme), &json!([breadcrumb])));
    }
    assert_eq!(listed(&shop, "").await.data()[0]["brand"], named(&acme));
    shop.later(std::time::Duration::from_secs(5));
    shop.table.network.take_calls();
    shop.get(&path(&made)).send().await.expect(200);
    assert_eq!(shop.table.network.take_calls().len(), 2, "only the product and its rating: the names are in memory");
    // A new name is seen after half a minute, and the tag changes with it.
    let brand = format!("/api/v1/brands/{}", acme["id"].as_str().unwrap());
    let edit = |body: Value| shop.request(Method::PATCH, &brand).json(&body).by(&staff).send();
    edit(json!({ "name": "Acme & Sons" })).await.expect(200);
    shop.later(std::time::Duration::from_secs(30));
    let again = shop.get(&path(&made)).header("if-none-match", shown.header("etag")).send().await.expect(200);
    assert_eq!(again.data()["brand"]["name"], "Acme & Sons");
    edit(json!({ "active": false })).await.expect(200);
    shop.later(std::time::Duration::from_secs(30));
    let hidden = shop.get(&path(&made)).send().await.expect(200);
    assert_eq!((&hidden.data()["brand"], &hidden.data()["brandId"]), (&Value::Null, &acme["id"]));
}

#[tokio::test]
async fn products_are_listed_by_ids_in_their_order_and_drafts_for_staff_only() {
    let (shop, staff) = staffed().await;
    let ada = shop.register("ada@example.com").await;
    let (a, b) = (make(&shop, &staff, &shirt("A")).await, make(&shop, &staff, &shirt("B")).await);
    let mut draft = shirt("C");
    draft["status"] = json!("draft");
    let draft = make(&shop, &staff, &draft).await;
    let gone = make(&shop, &staff, &shirt("D")).await;
    shop.request(Method::DELETE, &path(&gone)).by(&staff).send().await.expect(200);
    let unknown = json!({ "id": "prd_01M7W6C3804Q9PV3Y1B8S4HJET" });
    let query = ids(&[&b, &unknown, &draft, &gone, &a, &b]);
    let first = listed(&shop, &query).await.expect(200);
    assert_eq!((skus(&first), &first.json["pagination"]["nextCursor"]), (vec!["B", "A"], &Value::Null));
    shop.table.network.take_calls();
    assert_eq!(skus(&listed(&shop, &ids(&[&a, &b])).await), ["A", "B"]);
    assert!(shop.table.network.take_calls().is_empty(), "from memory");
    let asked = shop.get(&format!("{PRODUCTS}?{query}"));
    asked.header("if-none-match", first.header("etag")).send().await.expect(304);
    let seen = shop.get(&format!("{PRODUCTS}?{query}")).by(&ada).send().await.expect(200);
    assert_eq!(skus(&seen), ["B", "A"]);
    let seen = shop.get(&format!("{PRODUCTS}?{query}")).by(&staff).send().await.expect(200);
    assert_eq!(skus(&seen), ["B", "C", "A"]);
}

#[tokio::test]
async fn at_most_50_ids_are_listed_and_no_other_filter_goes_with_them() {
    let (shop, staff) = staffed().await;
    let a = make(&shop, &staff, &shirt("A")).await;
    listed(&shop, &ids(&vec![&a; 50])).await.expect(200);
    for bad in [ids(&vec![&a; 51]), "ids=".to_owned(), "ids=A".to_owned(), format!("{},", ids(&[&a]))] {
        assert_eq!(listed(&shop, &bad).await.expect_problem(400, "validation_failed").fields(), ["ids"], "{bad}");
    }
    for (name, value) in
        [("category", "x"), ("brand", "x"), ("status", "active"), ("limit", "5"), ("cursor", "x"), ("sku", "A")]
    {
        let refused = listed(&shop, &format!("{}&{name}={value}", ids(&[&a]))).await;
        assert_eq!(refused.expect_problem(400, "validation_failed").fields(), [name]);
    }
}

#[tokio::test]
async fn staff_find_the_product_of_a_sku_in_any_state() {
    let (shop, staff) = staffed().await;
    let made = make(&shop, &staff, &sized("TEE", 3)).await;
    let find = |sku: &str| shop.get(&format!("{PRODUCTS}?sku={sku}")).by(&staff).send();
    assert_eq!(find("tee-2").await.expect(200).data()[0]["id"], made["id"]);
    assert_eq!(find("OTHER").await.expect(200).data(), &json!([]));
    shop.request(Method::DELETE, &path(&made)).by(&staff).send().await.expect(200);
    assert_eq!(find("TEE-1").await.expect(200).data()[0]["id"], made["id"], "a deleted product keeps its SKUs");
    assert_eq!(find("a%20b").await.expect_problem(400, "validation_failed").fields(), ["sku"]);
    assert_eq!(find("A&status=draft").await.expect_problem(400, "validation_failed").fields(), ["status"]);
    listed(&shop, "sku=TEE-1").await.expect_problem(403, "forbidden");
}

#[tokio::test]
async fn staff_list_products_of_several_states_newest_first() {
    let (shop, staff) = staffed().await;
    let customer = shop.register_verified("ann@example.com").await;
    for n in 0..7 {
        let mut body = shirt(&format!("S{n}"));
        body["status"] = json!(["active", "draft", "archived"][n % 3]);
        make(&shop, &staff, &body).await;
    }
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let query = format!("{PRODUCTS}?status=active,draft&limit=2{cursor}");
        let page = shop.get(&query).by(&staff).send().await.expect(200);
        seen.extend(skus(&page).into_iter().map(str::to_owned));
        match page.json["pagination"]["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen, ["S6", "S4", "S3", "S1", "S0"]);
    for bad in ["active,", "active,gone", "active,active,active,active,active", ""] {
        let refused = shop.get(&format!("{PRODUCTS}?status={bad}")).by(&staff).send().await;
        assert_eq!(refused.expect_problem(400, "validation_failed").fields(), ["status"], "{bad}");
    }
    listed(&shop, "status=active,draft").await.expect_problem(403, "forbidden");
    let refused = shop.get(&format!("{PRODUCTS}?status=draft")).by(&customer).send().await;
    refused.expect_problem(403, "forbidden");
}

#[tokio::test]
async fn carts_and_orders_show_the_picture_of_the_variant() {
    let (shop, staff) = staffed().await;
    let variant = |sku: &str, colour: &str| json!({ "sku": sku, "options": { "Colour": colour }, "price": usd(1000), "stock": 5 });
    let body = json!({
        "name": "Tee", "status": "active", "options": ["Colour"], "variants": [variant("R", "Red"), variant("B", "Blue")],
    });
    let made = make(&shop, &staff, &body).await;
    let pictures = crate::images::with_pictures(&shop, &made, 3).await;
    let shows = |option: &str, value: &str| json!({ "option": option, "value": value });
    let arrange = |shown: [Value; 3]| {
        let image = |(id, shows): (&String, Value)| json!({ "id": id, "alt": "", "shows": shows });
        let images: Vec<Value> = pictures.iter().zip(shown).map(image).collect();
        let ask = shop.request(Method::PUT, &format!("{}/images", path(&made)));
        ask.json(&json!({ "images": images })).by(&staff).send()
    };
    for other in [shows("Colour", "Green"), shows("Size", "Blue")] {
        let refused = arrange([Value::Null, other, Value::Null]).await;
        assert_eq!(refused.expect_problem(400, "validation_failed").fields(), ["images[1].shows"]);
    }
    let refused = arrange([Value::Null, shows("", "Blue"), Value::Null]).await;
    assert_eq!(refused.expect_problem(400, "validation_failed").fields(), ["images[1].shows.option"]);
    let arranged = arrange([Value::Null, shows("Colour", "Red"), shows("Colour", "Blue")]).await.expect(200);
    assert_eq!(arranged.data()["images"][2]["shows"], shows("Colour", "Blue"));
    assert_eq!(arranged.data()["variants"][1]["imageId"], json!(pictures[2]));
    let cart = shop.post("/api/v1/cart/items", &json!({ "sku": "B", "quantity": 1 })).send().await;
    let url = cart.data()["items"][0]["imageUrl"].as_str().unwrap();
    assert!(url.contains(&pictures[2]), "{url}");
    let order = PlacedOrder::of(shop.place_order(&order_at(1000, "R", 1, "cash_on_delivery"), "k-1").send().await);
    let url = order.whole["items"][0]["imageUrl"].as_str().unwrap();
    assert!(url.contains(&pictures[1]), "{url}");
    let mut red = variant("R", "Red");
    red.as_object_mut().unwrap().remove("stock");
    let renamed = json!({ "variants": [red, variant("N", "Navy")] });
    let renamed = change(&shop, Method::PATCH, &made, &renamed, &staff).send().await.expect(200);
    assert_eq!(renamed.data()["images"][2]["shows"], Value::Null, "no variant is blue now");
    assert_eq!(renamed.data()["variants"][1]["imageId"], json!(pictures[0]));
}
