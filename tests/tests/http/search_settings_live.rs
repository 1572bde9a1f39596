//! Whoever answers queries follows what staff set: an instance that is running, one that starts, and one whose table
//! refuses.

use axum::http::Method;
use domain::product::Product;
use harness::network::Fault;
use harness::products::{make, shirt, staffed};
use harness::shop::{Person, Shop};
use indexing::{Current, Excerpt, LiveIndex};
use search_index::{Query, Sort, State};
use serde_json::{Value, json};

const SYNONYMS: &str = "/api/v1/admin/search/synonyms";
const RULES: &str = "/api/v1/admin/search/rules";

/// A shop with these products on sale, and its index.
async fn selling(names: &[&str]) -> (Shop, Person, Vec<Value>) {
    let (shop, root) = staffed().await;
    let mut products = Vec::new();
    for (n, name) in names.iter().enumerate() {
        let mut body = shirt(&format!("S-{n}"));
        body["name"] = json!(name);
        products.push(make(&shop, &root, &body).await);
    }
    // Before a request to the search function, everything is in the index.
    shop.get(SYNONYMS).by(&root).send().await.expect(200);
    shop.index.leave_alone();
    (shop, root, products)
}

async fn set(shop: &Shop, root: &Person, route: &str, body: &Value) -> String {
    let made = shop.post(route, body).by(root).send().await.expect(201);
    made.data()["id"].as_str().unwrap().to_owned()
}

async fn look(shop: &Shop, live: &LiveIndex) -> Current {
    live.current(shop.clock.now()).await.unwrap()
}

/// The names of what a query finds, as the search function asks.
fn found_with(current: &Current, query: Query) -> Vec<String> {
    let pinned = current.settings.pinned_for(&query.text).to_vec();
    let query = Query { pinned, limit: 10, ..query };
    let page = current.index.search(&query, &current.settings.synonyms, current.index.seq());
    let product = |card: &[u8]| -> Product { Excerpt::product(card).unwrap() };
    page.hits.iter().map(|hit| product(&hit.card).name).collect()
}

fn found(current: &Current, text: &str) -> Vec<String> {
    found_with(current, Query { text: text.to_owned(), states: vec![State::Active], ..Query::default() })
}

#[tokio::test]
async fn a_running_instance_finds_by_a_new_synonym_at_its_next_look_and_reads_nothing_more_after_that() {
    let (shop, root, _) = selling(&["Green couch", "Blue sofa"]).await;
    let live = shop.index.live(shop.store());
    assert_eq!(found(&look(&shop, &live).await, "sofa"), ["Blue sofa"]);
    let id = set(&shop, &root, SYNONYMS, &json!({ "terms": ["sofa", "couch"] })).await;
    shop.table.network.take_calls();
    for (text, names) in [("sofa", ["Blue sofa", "Green couch"]), ("Couch", ["Green couch", "Blue sofa"])] {
        assert_eq!(found(&look(&shop, &live).await, text), names);
    }
    let calls: Vec<String> = shop.table.network.take_calls().into_iter().map(|call| call.operation).collect();
    assert_eq!(calls, ["Query", "Query", "Query"], "a look, the settings, and another look");
    let delete = shop.request(Method::DELETE, &format!("{SYNONYMS}/{id}"));
    delete.by(&root).send().await.expect(200);
    assert_eq!(found(&look(&shop, &live).await, "sofa"), ["Blue sofa"]);
}

#[tokio::test]
async fn a_one_way_synonym_goes_one_way_also_with_phrases() {
    let (shop, root, _) = selling(&["Running shoes", "Red trainers"]).await;
    set(&shop, &root, SYNONYMS, &json!({ "input": "Trainers", "terms": ["running shoes"] })).await;
    // An instance that starts reads them at once.
    let current = look(&shop, &shop.index.live(shop.store())).await;
    assert_eq!(found(&current, "trainers"), ["Red trainers", "Running shoes"]);
    assert_eq!(found(&current, "running shoes"), ["Running shoes"]);
}

#[tokio::test]
async fn a_pinned_product_comes_first_for_its_query_and_only_there() {
    let (shop, root, products) = selling(&["Summer dress", "Long summer dress", "Straw hat"]).await;
    let live = shop.index.live(shop.store());
    let before = found(&look(&shop, &live).await, "summer dress");
    assert_eq!(before.len(), 2);
    let pinned = json!({ "query": "summer dress", "productIds": [products[2]["id"], products[1]["id"]] });
    set(&shop, &root, RULES, &pinned).await;
    let current = look(&shop, &live).await;
    for same in ["summer dress", " Summer-Dress", "SUMMERDRESS"] {
        assert_eq!(found(&current, same)[..2], ["Straw hat", "Long summer dress"], "{same}");
    }
    assert_eq!(found(&current, "summer dress").len(), 3);
    for other in ["summer", "dress", "long summer dress", "summer dresses"] {
        assert!(!found(&current, other).contains(&"Straw hat".to_owned()), "{other}");
    }
    let states = vec![State::Active];
    let newest = Query { text: "summer dress".to_owned(), states, sort: Sort::Newest, ..Query::default() };
    assert_eq!(found_with(&current, newest), ["Long summer dress", "Summer dress"], "only by relevance");
}

#[tokio::test]
async fn customers_see_no_pinned_draft_and_staff_do() {
    let (shop, root) = staffed().await;
    let mut draft = shirt("D");
    draft["status"] = json!("draft");
    let draft = make(&shop, &root, &draft).await;
    make(&shop, &root, &shirt("A")).await;
    set(&shop, &root, RULES, &json!({ "query": "shirt", "productIds": [draft["id"]] })).await;
    let current = look(&shop, &shop.index.live(shop.store())).await;
    assert_eq!(found(&current, "shirt"), ["Shirt A"]);
    let of_staff = Query { text: "shirt".to_owned(), states: State::ALL.to_vec(), ..Query::default() };
    assert_eq!(found_with(&current, of_staff), ["Shirt D", "Shirt A"]);
}

#[tokio::test]
async fn a_failure_while_the_settings_are_read_loses_no_change_and_no_search() {
    let (shop, root, _) = selling(&["Green couch", "Blue sofa"]).await;
    let live = shop.index.live(shop.store());
    look(&shop, &live).await;
    set(&shop, &root, SYNONYMS, &json!({ "terms": ["sofa", "couch"] })).await;
    for fault in [Fault::Throttle, Fault::Before, Fault::After] {
        // The look itself passes. The SDK tries the settings three times.
        shop.table.network.fail_any(1, fault, 3);
        assert_eq!(found(&look(&shop, &live).await, "sofa"), ["Blue sofa"], "{fault:?}");
        shop.table.network.heal();
    }
    assert_eq!(found(&look(&shop, &live).await, "sofa").len(), 2);
    // The same where an instance starts: after the state, its publications.
    shop.table.network.fail_any(2, Fault::Throttle, 3);
    let starting = shop.index.live(shop.store());
    assert_eq!(found(&look(&shop, &starting).await, "sofa"), ["Blue sofa"]);
    shop.table.network.heal();
    assert_eq!(found(&look(&shop, &starting).await, "sofa").len(), 2);
}

#[tokio::test]
async fn what_was_set_before_there_was_an_index_holds_when_there_is_one() {
    let (shop, root) = staffed().await;
    shop.index.leave_alone();
    set(&shop, &root, SYNONYMS, &json!({ "terms": ["sofa", "couch"] })).await;
    let mut couch = shirt("C");
    couch["name"] = json!("Couch");
    make(&shop, &root, &couch).await;
    let ids = kit::runtime::ids::Ids::seeded(7);
    let rebuilder = shop.index.rebuilder(shop.store().clone(), ids);
    rebuilder.run(domain::index_job::RebuildJob::Create).await.unwrap();
    assert_eq!(found(&look(&shop, &shop.index.live(shop.store())).await, "sofa"), ["Couch"]);
}
