//! Products are found by the present names and places of their categories and brands.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem};
use axum::http::Method;
use domain::id::ProductId;
use harness::fake_service::FakeService;
use harness::interruptions::Outcome;
use harness::products::{make, shirt, staffed};
use harness::shop::{Person, Shop};
use relay::route;
use search_index::{Query, State, Synonyms};
use serde_json::{Value, json};

use crate::fixtures::{messages, stream, takes_messages};
use crate::relay::outbox;
use crate::sales::{counter, deliver, indexer, rebuild};

async fn term(shop: &Shop, staff: &Person, plural: &str, body: &Value) -> String {
    let made = shop.post(&format!("/api/v1/{plural}"), body).by(staff).send().await.expect(201);
    made.data()["id"].as_str().unwrap().to_owned()
}

async fn edit(shop: &Shop, staff: &Person, path: &str, body: &Value) {
    shop.request(Method::PATCH, &format!("/api/v1/{path}")).json(body).by(staff).send().await.expect(200);
}

/// The messages about the index that the relay sends for all events so far.
fn search_messages(shop: &Shop) -> Vec<String> {
    route(&stream(&outbox(shop)).records).search.into_iter().map(|message| message.body).collect()
}

async fn finds(shop: &Shop, query: Query) -> usize {
    let index = shop.index.live(shop.store()).current(shop.now()).await.unwrap().index;
    let query = Query { states: State::ALL.to_vec(), limit: 10, ..query };
    index.search(&query, &Synonyms::default(), index.seq()).total
}

async fn finds_text(shop: &Shop, text: &str) -> usize {
    finds(shop, Query { text: text.to_owned(), ..Query::default() }).await
}

async fn finds_in(shop: &Shop, category: &str) -> usize {
    finds(shop, Query { category: Some(category.to_owned()), ..Query::default() }).await
}

#[tokio::test]
async fn products_are_found_by_the_new_name_of_their_brand() {
    let (shop, staff) = staffed().await;
    shop.index.leave_alone();
    let brand = term(&shop, &staff, "brands", &json!({ "name": "Acme" })).await;
    for (sku, status) in [("S-1", "active"), ("S-2", "draft"), ("S-3", "archived")] {
        let mut body = shirt(sku);
        (body["brandId"], body["status"]) = (json!(brand), json!(status));
        make(&shop, &staff, &body).await;
    }
    make(&shop, &staff, &shirt("OTHER")).await;
    rebuild(&shop).await;
    assert_eq!(finds_text(&shop, "acme").await, 3);
    edit(&shop, &staff, &format!("brands/{brand}"), &json!({ "name": "Zenith" })).await;
    let jobs = search_messages(&shop);
    assert_eq!(jobs.len(), 1);
    assert_eq!(serde_json::from_str::<Value>(&jobs[0]).unwrap(), json!({ "changed": "brand", "brandId": brand }));
    deliver(&counter(&shop), &jobs).await;
    assert_eq!((finds_text(&shop, "acme").await, finds_text(&shop, "zenith").await), (0, 3));
}

#[tokio::test]
async fn products_follow_the_whole_branch_of_a_category() {
    let (shop, staff) = staffed().await;
    shop.index.leave_alone();
    let clothes = term(&shop, &staff, "categories", &json!({ "name": "Clothes" })).await;
    let tops = term(&shop, &staff, "categories", &json!({ "name": "Tops", "parentId": clothes })).await;
    let sports = term(&shop, &staff, "categories", &json!({ "name": "Sports" })).await;
    let mut body = shirt("S");
    body["categoryIds"] = json!([tops]);
    make(&shop, &staff, &body).await;
    rebuild(&shop).await;
    assert_eq!((finds_in(&shop, &clothes).await, finds_in(&shop, &sports).await), (1, 0));
    edit(&shop, &staff, &format!("categories/{clothes}"), &json!({ "name": "Garments" })).await;
    deliver(&counter(&shop), &search_messages(&shop)).await;
    assert_eq!((finds_text(&shop, "garments").await, finds_text(&shop, "clothes").await), (1, 0));
    edit(&shop, &staff, &format!("categories/{tops}"), &json!({ "parentId": sports })).await;
    deliver(&counter(&shop), &search_messages(&shop)).await;
    assert_eq!((finds_in(&shop, &clothes).await, finds_in(&shop, &sports).await), (0, 1));
    edit(&shop, &staff, &format!("categories/{sports}"), &json!({ "active": false })).await;
    deliver(&counter(&shop), &search_messages(&shop)).await;
    assert_eq!(finds_text(&shop, "sports").await, 0, "customers do not see the name");
}

#[tokio::test]
async fn only_a_change_that_products_are_found_by_has_an_event() {
    let (shop, staff) = staffed().await;
    let category = term(&shop, &staff, "categories", &json!({ "name": "Clothes" })).await;
    for body in [json!({ "description": "To wear" }), json!({ "position": 7 }), json!({ "name": "Clothes" })] {
        edit(&shop, &staff, &format!("categories/{category}"), &body).await;
    }
    assert!(search_messages(&shop).is_empty());
    for body in [json!({ "name": "Garments" }), json!({ "slug": "wear" }), json!({ "active": false })] {
        let before = search_messages(&shop).len();
        edit(&shop, &staff, &format!("categories/{category}"), &body).await;
        assert_eq!(search_messages(&shop).len(), before + 1, "{body}");
    }
    let before = search_messages(&shop).len();
    shop.request(Method::DELETE, &format!("/api/v1/categories/{category}")).by(&staff).send().await.expect(200);
    assert_eq!(search_messages(&shop).len(), before, "no product was in it");
}

#[tokio::test]
async fn a_term_with_very_many_products_makes_a_new_base() {
    let (shop, staff) = staffed().await;
    let brand = term(&shop, &staff, "brands", &json!({ "name": "Acme" })).await;
    let text = |value: String| AttributeValue::S(value);
    let entry = |number: u128| {
        let id = ProductId::new(shop.now(), number);
        let key = [("PK", format!("BRAND#{brand}")), ("SK", format!("ACTIVE#{id}"))];
        let item: HashMap<String, AttributeValue> =
            key.into_iter().map(|(name, value)| (name.to_owned(), text(value))).collect();
        let put = Put::builder().table_name("kontor").set_item(Some(item)).build().unwrap();
        TransactWriteItem::builder().put(put).build()
    };
    let (wire, job) = (FakeService::new(takes_messages), json!({ "changed": "brand", "brandId": brand }).to_string());
    for (part, asked) in [(0..20_u128, None), (20..21, Some(json!("products")))] {
        for hundred in part {
            let items = (hundred * 100..(hundred + 1) * 100).map(entry).collect();
            shop.table.client.transact_write_items().set_transact_items(Some(items)).send().await.unwrap();
        }
        deliver(&indexer(&shop, &wire), std::slice::from_ref(&job)).await;
        assert_eq!(messages(&wire).into_iter().find(|job| *job == "products"), asked);
    }
}

/// A product is published with the categories and brands that were read just before one of them gets another name.
#[tokio::test]
async fn no_new_name_is_lost_while_a_product_is_published() {
    for at in 0.. {
        let (shop, staff) = staffed().await;
        shop.index.leave_alone();
        let brand = term(&shop, &staff, "brands", &json!({ "name": "Acme" })).await;
        let mut body = shirt("S");
        body["brandId"] = json!(brand);
        let made = make(&shop, &staff, &body).await;
        rebuild(&shop).await;
        let product = json!({ "changed": "products", "productIds": [made["id"]] }).to_string();
        let publishing = counter(&shop);
        // It knows the brands of before.
        deliver(&publishing, std::slice::from_ref(&product)).await;
        let rename = shop.request(Method::PATCH, &format!("/api/v1/brands/{brand}"));
        let rename = rename.json(&json!({ "name": "Zenith" })).by(&staff);
        let other = counter(&shop);
        let job = json!({ "changed": "brand", "brandId": brand }).to_string();
        let others = async move {
            rename.send().await.expect(200);
            deliver(&other, &[job]).await;
        };
        let run = deliver(&publishing, std::slice::from_ref(&product));
        let outcome = Box::pin(shop.table.network.interruptions.interrupt_at(at, others, run)).await;
        if matches!(outcome, Outcome::NotReached) {
            assert!(at > 6, "a publication passes some points");
            break;
        }
        assert_eq!((finds_text(&shop, "zenith").await, finds_text(&shop, "acme").await), (1, 0), "{at}");
    }
}
