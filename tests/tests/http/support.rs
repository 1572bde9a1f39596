//! What support may read and not change: drafts and coupons. And the states of coupons.

use std::time::Duration;

use axum::http::Method;
use domain::access::Role;
use harness::products::{PRODUCTS, make, shirt, staffed};
use harness::shop::{Person, Shop};
use serde_json::{Value, json};

const COUPONS: &str = "/api/v1/coupons";

#[tokio::test]
async fn support_sees_products_that_are_not_on_sale_and_changes_none() {
    let (shop, staff) = staffed().await;
    let support = shop.staff("sue@example.com", Role::Support).await;
    let customer = shop.register("ada@example.com").await;
    let mut draft = shirt("DRAFT");
    draft["status"] = json!("draft");
    let path = format!("{PRODUCTS}/{}", make(&shop, &staff, &draft).await["id"].as_str().unwrap());
    for status in ["draft", "archived", "deleted"] {
        let list = format!("{PRODUCTS}?status={status}");
        shop.get(&list).by(&support).send().await.expect(200);
        shop.get(&list).by(&customer).send().await.expect_problem(403, "forbidden");
    }
    shop.get(&path).by(&support).send().await.expect(200);
    shop.get(&path).by(&customer).send().await.expect_problem(404, "product_not_found");
    let named = json!({ "name": "Other" });
    let ask = shop.request(Method::PATCH, &path).json(&named).header("if-match", "*").by(&support);
    ask.send().await.expect_problem(403, "forbidden");
    shop.post(PRODUCTS, &shirt("NEW")).by(&support).send().await.expect_problem(403, "forbidden");
    shop.request(Method::DELETE, &path).by(&support).send().await.expect_problem(403, "forbidden");
}

#[tokio::test]
async fn support_reads_coupons_and_changes_none() {
    let (shop, staff) = staffed().await;
    let support = shop.staff("sue@example.com", Role::Support).await;
    let body = json!({ "code": "TEN", "percent": 10 });
    shop.coupon(&staff, &body).await;
    let path = format!("{COUPONS}/TEN");
    assert_eq!(shop.get(COUPONS).by(&support).send().await.expect(200).data()[0]["code"], "TEN");
    assert_eq!(shop.get(&path).by(&support).send().await.expect(200).data()["state"], "active");
    shop.post(COUPONS, &body).by(&support).send().await.expect_problem(403, "forbidden");
    let edit = shop.request(Method::PATCH, &path).json(&json!({ "percent": 20 })).header("if-match", "*");
    edit.by(&support).send().await.expect_problem(403, "forbidden");
    shop.request(Method::DELETE, &path).by(&support).send().await.expect_problem(403, "forbidden");
    let customer = shop.register("ada@example.com").await;
    shop.get(COUPONS).by(&customer).send().await.expect_problem(403, "forbidden");
}

/// The codes of all pages of a query.
async fn codes(shop: &Shop, staff: &Person, query: &str) -> Vec<String> {
    let (mut codes, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = shop.get(&format!("{COUPONS}?{query}{cursor}")).by(staff).send().await.expect(200);
        codes.extend(page.data().as_array().unwrap().iter().map(|coupon| coupon["code"].as_str().unwrap().to_owned()));
        match page.json["pagination"]["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return codes,
        }
    }
}

#[tokio::test]
async fn coupons_are_listed_by_their_state_and_the_beginning_of_their_code_in_pages_of_any_size() {
    let (shop, staff) = staffed().await;
    let support = shop.staff("sue@example.com", Role::Support).await;
    let later = (shop.now() + Duration::from_hours(1)).to_string();
    let soon = (shop.now() + Duration::from_mins(1)).to_string();
    let made: [(&str, Value); 8] = [
        ("A-1", json!({})),
        ("A-2", json!({ "endsAt": later })),
        ("A-3", json!({ "totalUses": 1 })),
        ("D-1", json!({ "active": false })),
        ("D-2", json!({ "active": false, "endsAt": soon })),
        ("E-1", json!({ "endsAt": soon })),
        ("E-2", json!({ "endsAt": soon })),
        ("S-1", json!({ "startsAt": later })),
    ];
    for (code, terms) in made {
        let mut body = json!({ "code": code, "percent": 10 });
        body.as_object_mut().unwrap().extend(terms.as_object().unwrap().clone());
        shop.coupon(&staff, &body).await;
    }
    shop.later(Duration::from_mins(1));
    for limit in [1, 2, 3, 100] {
        let of = async |state: &str| codes(&shop, &support, &format!("state={state}&limit={limit}")).await;
        assert_eq!(of("active").await, ["A-1", "A-2", "A-3"]);
        assert_eq!(of("disabled").await, ["D-1", "D-2"]);
        assert_eq!(of("ended").await, ["E-1", "E-2"]);
        assert_eq!(of("scheduled").await, ["S-1"]);
        assert!(of("used_up").await.is_empty());
        assert_eq!(codes(&shop, &support, &format!("limit={limit}")).await.len(), 8);
        let from = async |code: &str| codes(&shop, &support, &format!("code={code}&limit={limit}")).await;
        assert_eq!(from("a").await, ["A-1", "A-2", "A-3"]);
        assert_eq!(from("d-2").await, ["D-2"]);
        assert_eq!(from("E-&state=ended").await, ["E-1", "E-2"]);
        assert!(from("B").await.is_empty());
    }
    for state in ["", "lost", "ACTIVE"] {
        let refused = shop.get(&format!("{COUPONS}?state={state}")).by(&support).send().await.expect(400);
        assert_eq!(refused.fields(), ["state"]);
    }
    let long = "A".repeat(41);
    for code in ["", "%23", "A%20B", &long] {
        let refused = shop.get(&format!("{COUPONS}?code={code}")).by(&support).send().await.expect(400);
        assert_eq!(refused.fields(), ["code"]);
    }
}
