//! Categories and brands count the products on sale in them, whatever happens to products and to them at the same time.

use axum::http::Method;
use harness::products::{change, make, path, shirt, staffed};
use harness::shop::{Person, Shop};
use serde_json::json;

async fn term(shop: &Shop, staff: &Person, plural: &str, name: &str) -> String {
    let made = shop.post(&format!("/api/v1/{plural}"), &json!({ "name": name })).by(staff).send().await.expect(201);
    made.data()["id"].as_str().unwrap().to_owned()
}

/// The counts of these terms as staff see them, after a comparison with the lists of products in the table.
async fn counts(shop: &Shop, staff: &Person, terms: &[&String]) -> Vec<u64> {
    let items = shop.table.items();
    let mut counts = Vec::new();
    for &id in terms {
        let (plural, list) = if id.starts_with("cat_") { ("categories", "CATEGORY") } else { ("brands", "BRAND") };
        let shown = shop.get(&format!("/api/v1/{plural}/{id}")).by(staff).send().await.expect(200);
        let count = shown.data()["productCount"].as_u64().unwrap();
        let listed = items.keys().filter(|key| key.starts_with(&format!("{list}#{id} / ACTIVE#"))).count();
        assert_eq!(count, u64::try_from(listed).unwrap(), "{id}");
        counts.push(count);
    }
    counts
}

#[tokio::test]
async fn each_change_of_a_product_counts_once_in_the_terms_that_it_is_in() {
    let (shop, staff) = staffed().await;
    let a = term(&shop, &staff, "categories", "A").await;
    let b = term(&shop, &staff, "categories", "B").await;
    let acme = term(&shop, &staff, "brands", "Acme").await;
    let all = [&a, &b, &acme];
    let mut body = shirt("S");
    body["status"] = json!("draft");
    body["categoryIds"] = json!([a]);
    let made = make(&shop, &staff, &body).await;
    assert_eq!(counts(&shop, &staff, &all).await, [0, 0, 0], "a draft is not on sale");
    for (edit, expected) in [
        (json!({ "brandId": acme }), [0, 0, 0]),
        (json!({ "status": "active" }), [1, 0, 1]),
        (json!({ "name": "New" }), [1, 0, 1]),
        (json!({ "categoryIds": [a, b] }), [1, 1, 1]),
        (json!({ "categoryIds": [b], "brandId": null }), [0, 1, 0]),
        (json!({ "status": "archived", "categoryIds": [a] }), [0, 0, 0]),
        (json!({ "status": "active", "brandId": acme }), [1, 0, 1]),
    ] {
        change(&shop, Method::PATCH, &made, &edit, &staff).send().await.expect(200);
        assert_eq!(counts(&shop, &staff, &all).await, expected, "{edit}");
    }
    shop.request(Method::DELETE, &path(&made)).by(&staff).send().await.expect(200);
    assert_eq!(counts(&shop, &staff, &all).await, [0, 0, 0]);
    shop.request(Method::POST, &format!("{}/restore", path(&made))).by(&staff).send().await.expect(200);
    assert_eq!(counts(&shop, &staff, &all).await, [1, 0, 1]);
    let edit = shop.request(Method::PATCH, &format!("/api/v1/categories/{a}")).json(&json!({ "name": "C" }));
    let edited = edit.by(&staff).send().await.expect(200);
    assert_eq!((&edited.data()["name"], &edited.data()["productCount"]), (&json!("C"), &json!(1)));
    let first = shop.get(&format!("/api/v1/categories/{a}")).send().await.expect(200);
    change(&shop, Method::PATCH, &made, &json!({ "status": "draft" }), &staff).send().await.expect(200);
    shop.later(std::time::Duration::from_secs(30));
    let again = shop.get(&format!("/api/v1/categories/{a}")).header("if-none-match", first.header("etag"));
    assert_eq!(again.send().await.expect(200).data()["productCount"], 0, "the tag changes with the count");
}

#[tokio::test]
async fn a_refused_or_repeated_save_counts_nothing() {
    let (shop, staff) = staffed().await;
    let a = term(&shop, &staff, "categories", "A").await;
    let mut body = shirt("S");
    body["categoryIds"] = json!([a]);
    for _ in 0..2 {
        let post = shop.post("/api/v1/products", &body).header("idempotency-key", "k-1").by(&staff);
        post.send().await.expect(201);
    }
    shop.post("/api/v1/products", &body).by(&staff).send().await.expect_problem(409, "slug_taken");
    assert_eq!(counts(&shop, &staff, &[&a]).await, [1]);
}

/// Numbers that look random, the same in each run.
fn numbers(seed: u64) -> impl FnMut(u64) -> u64 {
    let mut state = seed;
    move |below| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn counts_equal_a_recount_after_a_storm_of_changes_of_products_and_terms() {
    for seed in 1..=3 {
        let (shop, staff) = staffed().await;
        let mut terms = Vec::new();
        for (plural, name) in [("categories", "A"), ("categories", "B"), ("categories", "C"), ("brands", "X")] {
            terms.push(term(&shop, &staff, plural, name).await);
        }
        let mut products = Vec::new();
        for n in 0..4 {
            products.push(make(&shop, &staff, &shirt(&format!("S{n}"))).await);
        }
        let mut below = numbers(seed);
        for _ in 0..6 {
            let mut requests = Vec::new();
            for product in &products {
                // Two changes of each product at the same moment, and one of a term.
                for _ in 0..2 {
                    let chosen: Vec<&String> = terms[..3].iter().filter(|_| below(2) == 0).collect();
                    let brand = (below(2) == 0).then(|| &terms[3]);
                    let status = ["active", "active", "draft", "archived"][usize::try_from(below(4)).unwrap()];
                    let edit = json!({ "categoryIds": chosen, "brandId": brand, "status": status });
                    requests.push(match below(6) {
                        0 => shop.request(Method::DELETE, &path(product)).by(&staff),
                        1 => shop.request(Method::POST, &format!("{}/restore", path(product))).by(&staff),
                        _ => change(&shop, Method::PATCH, product, &edit, &staff),
                    });
                }
            }
            let name = json!({ "name": format!("Name {}", below(100)) });
            let renamed = format!("/api/v1/categories/{}", terms[0]);
            requests.push(shop.request(Method::PATCH, &renamed).json(&name).by(&staff));
            let sent: Vec<_> = requests.into_iter().map(|request| tokio::spawn(request.send())).collect();
            for answer in sent {
                let answer = answer.await.unwrap();
                // 409: the product is deleted, or it is not.
                assert!([200, 409].contains(&answer.status.as_u16()), "{}", answer.text);
            }
            counts(&shop, &staff, &terms.iter().collect::<Vec<_>>()).await;
        }
    }
}
