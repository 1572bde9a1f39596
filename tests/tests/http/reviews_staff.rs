//! What staff do with reviews.

use axum::http::Method;
use domain::access::Role;
use domain::review::Moderation;
use harness::reviews::{ADMIN_REVIEWS, REVIEWS, Reviewing, reviewing};
use harness::shop::{Person, Shop};
use serde_json::{Value, json};

async fn listed(shop: &Shop, staff: &Person, query: &str) -> Vec<String> {
    let page = shop.get(&format!("{ADMIN_REVIEWS}?{query}")).by(staff).send().await.expect(200);
    page.data().as_array().unwrap().iter().map(|review| review["id"].as_str().unwrap().to_owned()).collect()
}

async fn shown(shop: &Shop, product: &str) -> usize {
    shop.reviews_of(product, "").await["data"].as_array().unwrap().len()
}

#[tokio::test]
async fn staff_approve_reject_and_answer_and_the_audit_trail_has_it() {
    let Reviewing { shop, staff, product } = reviewing(Moderation::Before).await;
    let sam = shop.staff("sam@example.com", Role::Support).await;
    let written = shop.reviewer("ada", &product, 4).await;
    assert_eq!(listed(&shop, &sam, "").await, [&*written.id]);
    assert_eq!(shown(&shop, &product).await, 0);
    shop.get(&format!("{REVIEWS}/{}", written.id)).send().await.expect_problem(404, "review_not_found");
    shop.get(&format!("{REVIEWS}/{}", written.id)).by(&written.author).send().await.expect(200);
    let approved = shop.approve(&written.id).by(&sam).send().await.expect(200);
    assert_eq!(
        (&approved.data()["state"], &approved.data()["userId"]),
        (&json!("approved"), &json!(written.author.id))
    );
    shop.approve(&written.id).by(&sam).send().await.expect(200);
    assert_eq!((shown(&shop, &product).await, listed(&shop, &sam, "state=pending").await.len()), (1, 0));
    shop.assert_reviews_agree();
    let answer = format!("{ADMIN_REVIEWS}/{}/answer", written.id);
    let put = || shop.request(Method::PUT, &answer).json(&json!({ "text": "Thank you." })).by(&sam);
    put().send().await.expect(200);
    put().send().await.expect(200);
    assert_eq!(shop.reviews_of(&product, "").await["data"][0]["answer"]["text"], "Thank you.");
    let removed = shop.request(Method::DELETE, &answer).by(&staff).send().await.expect(200);
    assert_eq!(removed.data()["answer"], Value::Null);
    let rejected = shop.reject(&written.id).by(&sam).send().await.expect(200);
    assert_eq!(rejected.data()["reason"], "Not about the product");
    assert_eq!((shown(&shop, &product).await, listed(&shop, &sam, "state=rejected").await.len()), (0, 1));
    let mine = shop.get(&format!("{REVIEWS}/mine")).by(&written.author).send().await.expect(200);
    assert_eq!((&mine.data()[0]["state"], &mine.data()[0]["reason"]), (&json!("rejected"), &rejected.data()["reason"]));
    shop.assert_reviews_agree();
    let audit = shop.table.items_under("AUDIT#");
    let mut acts: Vec<(&str, &Value, &Value)> = (audit.values())
        .filter(|entry| entry["subject"] == written.id)
        .map(|entry| (entry["action"].as_str().unwrap(), &entry["before"], &entry["after"]))
        .collect();
    acts.sort_by_key(|(action, _, after)| (*action, after.to_string()));
    let reason = json!("rejected: Not about the product");
    assert_eq!(
        acts,
        [
            ("review.answer", &Value::Null, &json!("Thank you.")),
            ("review.answer", &json!("Thank you."), &Value::Null),
            ("review.approve", &json!("pending"), &json!("approved")),
            ("review.reject", &json!("approved"), &reason),
        ]
    );
}

#[tokio::test]
async fn nobody_approves_words_that_the_author_changed_after_they_were_read() {
    let Reviewing { shop, staff, product } = reviewing(Moderation::Before).await;
    let written = shop.reviewer("ada", &product, 4).await;
    let path = format!("{ADMIN_REVIEWS}/{}", written.id);
    let approve = || shop.request(Method::POST, &format!("{path}/approve")).by(&staff);
    approve().send().await.expect_problem(428, "precondition_required");
    let read = shop.get(&path).by(&staff).send().await.expect(200);
    let edit = json!({ "text": "Buy at my shop instead" });
    shop.edit_review(&written.id, &edit).by(&written.author).send().await.expect(200);
    let stale = approve().header("if-match", read.header("etag")).send().await;
    stale.expect_problem(412, "precondition_failed");
    assert_eq!(shown(&shop, &product).await, 0);
    let read = shop.get(&path).by(&staff).send().await.expect(200);
    approve().header("if-match", read.header("etag")).send().await.expect(200);
    // What was approved once waits again after an edit.
    shop.edit_review(&written.id, &json!({ "stars": 1 })).by(&written.author).send().await.expect(200);
    assert_eq!((shown(&shop, &product).await, listed(&shop, &staff, "").await.len()), (0, 1));
    shop.assert_reviews_agree();
}

#[tokio::test]
async fn reported_reviews_are_listed_until_staff_decide() {
    let Reviewing { shop, staff, product } = reviewing(Moderation::After).await;
    let [kept, gone] = [shop.reviewer("ada", &product, 5).await, shop.reviewer("bob", &product, 1).await];
    let cleo = shop.register_verified("cleo@example.com").await;
    for review in [&kept, &gone] {
        for _ in 0..2 {
            shop.report(&review.id).by(&cleo).send().await.expect(200);
        }
        shop.report(&review.id).by(&review.author).send().await.expect_problem(409, "own_review");
    }
    assert_eq!(listed(&shop, &staff, "reported=true").await, [gone.id.clone(), kept.id.clone()]);
    let whole = shop.get(&format!("{ADMIN_REVIEWS}/{}", gone.id)).by(&staff).send().await.expect(200);
    assert_eq!(
        (&whole.data()["reports"], &whole.data()["reported"][0]["reason"]),
        (&json!(1), &json!("An advertisement"))
    );
    shop.assert_reviews_agree();
    shop.approve(&kept.id).by(&staff).send().await.expect(200);
    shop.reject(&gone.id).by(&staff).send().await.expect(200);
    assert!(listed(&shop, &staff, "reported=true").await.is_empty());
    shop.report(&kept.id).by(&cleo).send().await.expect(200);
    assert!(listed(&shop, &staff, "reported=true").await.is_empty(), "each customer reports once");
    shop.report(&gone.id).by(&cleo).send().await.expect_problem(404, "review_not_found");
    let refused = shop.get(&format!("{ADMIN_REVIEWS}?reported=true&state=pending")).by(&staff).send().await;
    assert_eq!(refused.expect_problem(400, "validation_failed").fields(), ["state"]);
    shop.assert_reviews_agree();
}

#[tokio::test]
async fn customers_do_nothing_that_is_for_staff() {
    let Reviewing { shop, product, .. } = reviewing(Moderation::Before).await;
    let written = shop.reviewer("ada", &product, 4).await;
    let path = format!("{ADMIN_REVIEWS}/{}", written.id);
    for ask in [
        shop.get(ADMIN_REVIEWS),
        shop.get(&path),
        shop.approve(&written.id),
        shop.reject(&written.id),
        shop.request(Method::PUT, &format!("{path}/answer")).json(&json!({ "text": "Me" })),
        shop.request(Method::DELETE, &format!("{path}/answer")),
    ] {
        ask.by(&written.author).send().await.expect_problem(403, "forbidden");
    }
    assert_eq!(shown(&shop, &product).await, 0);
}
