//! Metadata of products and variants: staff set it, customers see its public part, and carts do not read it.

use axum::http::Method;
use harness::products::{PRODUCTS, change, in_sizes, make, path, shirt, size, staffed, usd};
use serde_json::{Value, json};

#[tokio::test]
async fn staff_set_metadata_and_customers_see_its_public_pairs() {
    let (shop, staff) = staffed().await;
    let mut body = shirt("A");
    body["metadata"] = json!({ "erp": "17", "public.badge": "New", "empty": "" });
    let made = make(&shop, &staff, &body).await;
    assert_eq!(made["metadata"], json!({ "erp": "17", "public.badge": "New" }));
    let seen = shop.get(&path(&made)).send().await.expect(200);
    assert_eq!(seen.data()["metadata"], json!({ "public.badge": "New" }));
    assert!(!seen.text.contains("erp"));
    let edit = json!({ "metadata": { "public.badge": null, "erp": "18", "public.film": "yes" } });
    let edited = change(&shop, Method::PATCH, &made, &edit, &staff).send().await.expect(200);
    assert_eq!(edited.data()["metadata"], json!({ "erp": "18", "public.film": "yes" }));
    let renamed = change(&shop, Method::PATCH, &made, &json!({ "name": "New" }), &staff).send().await.expect(200);
    assert_eq!(renamed.data()["metadata"], edited.data()["metadata"]);
    let whole = json!({ "name": "New", "sku": "A", "price": usd(5), "metadata": { "other": "1" } });
    let put = change(&shop, Method::PUT, &made, &whole, &staff).header("if-match", "*").send().await.expect(200);
    assert_eq!(put.data()["metadata"], json!({ "other": "1" }));
}

#[tokio::test]
async fn a_variant_keeps_its_metadata_until_a_change_names_it() {
    let (shop, staff) = staffed().await;
    let with = |n: usize, sku: &str, metadata: Option<Value>| {
        let mut variant = size(n, &[("sku", json!(sku)), ("metadata", metadata.unwrap_or_default())]);
        variant.as_object_mut().unwrap().remove("stock");
        variant
    };
    let small = with(0, "S", Some(json!({ "erp": "1", "public.fit": "slim" })));
    let made = make(&shop, &staff, &in_sizes("TEE", &[small, with(1, "M", None)])).await;
    let metadata = |product: &Value| -> Vec<Value> {
        product["variants"].as_array().unwrap().iter().map(|variant| variant["metadata"].clone()).collect()
    };
    assert_eq!(metadata(&made), [json!({ "erp": "1", "public.fit": "slim" }), json!({})]);
    let seen = shop.get(&path(&made)).send().await.expect(200);
    assert_eq!(metadata(seen.data()), [json!({ "public.fit": "slim" }), json!({})]);
    let patch = |variants: Value| change(&shop, Method::PATCH, &made, &json!({ "variants": variants }), &staff).send();
    let kept = patch(json!([with(0, "S", None), with(1, "M", Some(json!({ "erp": "2" })))])).await.expect(200);
    assert_eq!(metadata(kept.data()), [json!({ "erp": "1", "public.fit": "slim" }), json!({ "erp": "2" })]);
    let mut renamed = with(0, "S2", Some(json!({ "public.fit": null })));
    renamed["id"] = made["variants"][0]["id"].clone();
    let kept = patch(json!([renamed, with(2, "L", None)])).await.expect(200);
    assert_eq!(metadata(kept.data()), [json!({ "erp": "1" }), json!({})]);
    let mut whole = in_sizes("TEE", &[with(0, "S2", None)]);
    whole["name"] = json!("Sized TEE");
    let put = change(&shop, Method::PUT, &made, &whole, &staff).header("if-match", "*").send().await.expect(200);
    assert_eq!(metadata(put.data()), [json!({})], "a replacement names all of it");
}

#[tokio::test]
async fn bad_metadata_is_refused_by_field_and_changes_nothing() {
    let (shop, staff) = staffed().await;
    let made = make(&shop, &staff, &shirt("A")).await;
    let before = shop.table.items();
    let many: serde_json::Map<String, Value> = (0..51).map(|n| (format!("k{n}"), json!("v"))).collect();
    for bad in [json!({ "a b": "1" }), json!({ "": "1" }), json!({ "k": "v".repeat(501) }), json!(many)] {
        let refused = change(&shop, Method::PATCH, &made, &json!({ "metadata": bad }), &staff).send().await;
        assert_eq!(refused.expect_problem(400, "validation_failed").fields(), ["metadata"]);
    }
    for bad in [json!({ "k": 1 }), json!("text"), json!([])] {
        let refused = change(&shop, Method::PATCH, &made, &json!({ "metadata": bad }), &staff).send().await;
        refused.expect_problem(400, "validation_failed");
    }
    let bad = size(0, &[("sku", json!("B")), ("metadata", json!({ "ä": "1" }))]);
    let refused = shop.post(PRODUCTS, &in_sizes("TEE", &[bad])).by(&staff).send().await;
    assert_eq!(refused.expect_problem(400, "validation_failed").fields(), ["variants[0].metadata"]);
    assert_eq!(shop.table.items(), before);
}

#[tokio::test]
async fn a_product_and_its_variants_have_at_most_32_kb_of_metadata_together() {
    let (shop, staff) = staffed().await;
    let variants: Vec<_> = (0..4).map(|n| size(n, &[("sku", json!(format!("T-{n}")))])).collect();
    let made = make(&shop, &staff, &in_sizes("TEE", &variants)).await;
    let big = |of: usize| {
        let pairs: serde_json::Map<String, Value> = (0..20).map(|n| (format!("k{n}"), json!("v".repeat(of)))).collect();
        json!(pairs)
    };
    let mut filled = variants.clone();
    for variant in &mut filled {
        variant.as_object_mut().unwrap().remove("stock");
        variant["metadata"] = big(400);
    }
    let edit = json!({ "variants": filled });
    change(&shop, Method::PATCH, &made, &edit, &staff).send().await.expect(200);
    let refused = change(&shop, Method::PATCH, &made, &json!({ "metadata": big(100) }), &staff).send().await;
    assert_eq!(refused.expect_problem(400, "validation_failed").fields(), ["metadata"]);
}
