//! Concurrent changes of products, and changes that are interrupted at any call.

use axum::http::Method;
use harness::network::Fault;
use harness::products::{PRODUCTS, change, in_sizes, make, path, shirt, size, sized, staffed, usd};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_concurrent_requests_for_a_slug_or_sku_one_succeeds() {
    let (shop, staff) = staffed().await;
    let other = make(&shop, &staff, &shirt("OTHER")).await;
    let mut tries: Vec<_> = (0..10).map(|_| tokio::spawn(shop.post(PRODUCTS, &shirt("A")).by(&staff).send())).collect();
    // Products that are renamed want the same slug and SKU.
    let rename = json!({ "slug": "shirt-a", "sku": "A" });
    tries.extend((0..5).map(|_| tokio::spawn(change(&shop, Method::PATCH, &other, &rename, &staff).send())));
    let mut won = 0;
    for answer in tries {
        let answer = answer.await.unwrap();
        match answer.status.as_u16() {
            201 => won += 1,
            200 => won += 10,
            _ => assert_eq!(answer.status.as_u16(), 409, "{}", answer.text),
        }
    }
    assert!(won == 1 || won % 10 == 0, "one product won, not two: {won}");
    let holders = shop.table.items_under("PRODUCT#");
    let named = holders.values().filter(|item| item["slug"] == "shirt-a");
    assert_eq!(named.count(), 1);
    let sku = |item: &Value| item["variants"][0]["sku"] == "A";
    assert_eq!(holders.values().filter(|item| sku(item)).count(), 1);
}

#[tokio::test]
async fn a_claim_without_a_product_can_be_replaced_later() {
    let (shop, staff) = staffed().await;
    // The claims of a hundred SKUs begin, and then the network stays down.
    shop.table.network.fail_any(3, Fault::Before, 1_000);
    shop.post(PRODUCTS, &sized("T", 100)).by(&staff).send().await.expect_problem(503, "busy");
    shop.table.network.heal();
    let orphans = shop.table.items_under("STOCK#").len();
    assert!(orphans > 0 && shop.table.items_under("PRODUCT#").is_empty());
    let again = || shop.post(PRODUCTS, &shirt("T-0")).by(&staff).send();
    again().await.expect_problem(409, "sku_taken");
    shop.later(std::time::Duration::from_mins(2));
    again().await.expect(201);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_edits_of_different_fields_are_all_kept() {
    let (shop, staff) = staffed().await;
    let made = make(&shop, &staff, &shirt("A")).await;
    let edits = [
        json!({ "name": "Name" }),
        json!({ "description": "Words" }),
        json!({ "price": usd(1) }),
        json!({ "attributes": { "Wool": "100 %" } }),
    ];
    let edits: Vec<_> =
        edits.iter().map(|edit| tokio::spawn(change(&shop, Method::PATCH, &made, edit, &staff).send())).collect();
    for edit in edits {
        edit.await.unwrap().expect(200);
    }
    let now = shop.get(&path(&made)).by(&staff).send().await;
    let now = now.data();
    assert_eq!((&now["name"], &now["description"]), (&json!("Name"), &json!("Words")));
    assert_eq!((&now["price"], &now["attributes"]["Wool"]), (&usd(1), &json!("100 %")));
}

#[tokio::test]
async fn one_idempotency_key_makes_one_product_when_answers_are_lost() {
    let (shop, staff) = staffed().await;
    let send = || shop.post(PRODUCTS, &shirt("A")).by(&staff).header("idempotency-key", "k").send();
    shop.table.network.fail("TransactWriteItems", Fault::After, 3);
    send().await.expect_problem(503, "busy");
    let again = send().await.expect(201);
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!(shop.table.items_under("PRODUCT#").len(), 1);
    let other = shop.post(PRODUCTS, &shirt("B")).by(&staff).header("idempotency-key", "k");
    other.send().await.expect_problem(422, "idempotency_key_reused");
}

#[tokio::test]
async fn a_change_that_is_interrupted_at_any_call_is_complete_or_absent() {
    for fault in [Fault::Before, Fault::After, Fault::Throttle, Fault::Conflict] {
        for skip in 0..5 {
            let (shop, staff) = staffed().await;
            let made = make(&shop, &staff, &sized("T", 3)).await;
            let (kept, new) = (size(0, &[("sku", json!("T-0"))]), size(1, &[("sku", json!("NEW"))]));
            let mut next = in_sizes("T", &[kept, new]);
            next["slug"] = json!("new-slug");
            shop.table.network.fail_any(skip, fault, 5);
            let put = change(&shop, Method::PUT, &made, &next, &staff).header("if-match", "*");
            let _ = put.send().await;
            shop.table.network.heal();
            let now = shop.get(&path(&made)).by(&staff).send().await.expect(200);
            let variants = now.data()["variants"].as_array().unwrap().clone();
            let skus = variants.iter().map(|variant| variant["sku"].as_str().unwrap().to_owned());
            let mut skus: Vec<String> = skus.collect();
            skus.sort();
            let levels = shop.table.items_under("STOCK#");
            let mut held: Vec<String> = levels
                .iter()
                .filter(|(key, _)| key.ends_with("/ STOCK"))
                .map(|(_, item)| item["sku"].as_str().unwrap().to_owned())
                .collect();
            held.sort();
            assert_eq!(skus, held, "{fault:?} after {skip}");
            let slugs = shop.table.items_under("SLUG#");
            let slug = format!("SLUG#{} / SLUG", now.data()["slug"].as_str().unwrap());
            assert_eq!(slugs.keys().collect::<Vec<_>>(), [&slug], "{fault:?} after {skip}");
        }
    }
}
