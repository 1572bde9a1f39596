//! Votes about reviews, and what becomes of reviews and votes when accounts are deleted.

use std::time::Duration;

use axum::http::Method;
use domain::id::ReviewId;
use domain::review::Moderation;
use harness::reviews::{REVIEWS, Reviewing, reviewing};
use harness::shop::{PASSWORD, person};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_customers_who_vote_at_once_count_exactly_once_each() {
    let Reviewing { shop, product, .. } = reviewing(Moderation::After).await;
    let written = shop.reviewer("ada", &product, 5).await;
    let mut voters = Vec::new();
    for n in 0..50 {
        if n == 25 {
            // No more links may be followed from one network in a quarter of an hour.
            shop.later(Duration::from_mins(16));
        }
        voters.push(shop.register_verified(&format!("v{n}@example.com")).await);
    }
    for voter in &mut voters[..25] {
        *voter = person(&shop.try_refresh(&voter.refresh).await.expect(200));
    }
    let vote = |method: &Method| {
        let asks = voters.iter().map(|voter| shop.vote(method.clone(), &written.id).by(voter));
        asks.map(|ask| tokio::spawn(ask.send())).collect::<Vec<_>>()
    };
    // Everybody votes twice, and those whom the shop could not serve try again.
    for _ in 0..2 {
        for (voter, answer) in vote(&Method::PUT).into_iter().enumerate() {
            let mut answer = answer.await.unwrap();
            while answer.status == 503 {
                answer = shop.vote(Method::PUT, &written.id).by(&voters[voter]).send().await;
            }
            answer.expect(200);
        }
        assert_eq!(shop.reviews_of(&product, "").await["data"][0]["helpful"], 50);
    }
    shop.assert_reviews_agree();
    for answer in vote(&Method::DELETE) {
        let answer = answer.await.unwrap();
        assert!([200, 503].contains(&answer.status.as_u16()), "{}", answer.text);
    }
    shop.assert_reviews_agree();
}

#[tokio::test]
async fn a_vote_is_for_customers_with_a_proven_address_and_not_for_ones_own_review() {
    let Reviewing { shop, staff, product } = reviewing(Moderation::Before).await;
    let written = shop.reviewer("ada", &product, 5).await;
    let bob = shop.register("bob@example.com").await;
    shop.vote(Method::PUT, &written.id).by(&bob).send().await.expect_problem(409, "email_not_verified");
    shop.prove_address(&bob).await;
    shop.vote(Method::PUT, &written.id).by(&bob).send().await.expect_problem(404, "review_not_found");
    shop.approve(&written.id).by(&staff).send().await.expect(200);
    shop.vote(Method::PUT, &written.id).by(&written.author).send().await.expect_problem(409, "own_review");
    shop.vote(Method::DELETE, &written.id).by(&bob).send().await.expect(200);
    for _ in 0..2 {
        let voted = shop.vote(Method::PUT, &written.id).by(&bob).send().await.expect(200);
        assert_eq!(voted.data()["helpful"], 1);
    }
    let helpful = async |ids: &str| shop.get(&format!("{REVIEWS}/helpful?ids={ids}")).by(&bob).send().await;
    let unseen = ReviewId::new(shop.now(), 7);
    let both = format!("{unseen},{0},{0}", written.id);
    assert_eq!(helpful(&both).await.expect(200).data(), &json!([written.id]));
    assert_eq!(helpful(&unseen.to_string()).await.expect(200).data(), &json!([]));
    let too_many = [written.id.as_str(); 101].join(",");
    for bad in ["", ",", "prd_1", &format!("{},", written.id), &too_many] {
        assert_eq!(helpful(bad).await.expect(400).fields(), ["ids"], "{bad}");
    }
    let nobody = shop.get(&format!("{REVIEWS}/helpful?ids={}", written.id)).send().await;
    nobody.expect_problem(401, "unauthenticated");
    let etag = |answer: &harness::shop::Answer| answer.header("etag").to_owned();
    let path = format!("{REVIEWS}/{}", written.id);
    let before = etag(&shop.get(&path).send().await.expect(200));
    for _ in 0..2 {
        let taken_back = shop.vote(Method::DELETE, &written.id).by(&bob).send().await.expect(200);
        assert_eq!(taken_back.data()["helpful"], 0);
    }
    assert_eq!(etag(&shop.get(&path).send().await.expect(200)), before, "a vote is no new version");
    shop.vote(Method::PUT, &written.id).send().await.expect_problem(401, "unauthenticated");
    shop.assert_reviews_agree();
}

#[tokio::test]
async fn a_deleted_account_leaves_its_words_without_a_name_and_takes_its_votes_back() {
    let Reviewing { shop, product, .. } = reviewing(Moderation::After).await;
    let ada = shop.reviewer("ada", &product, 5).await;
    let bob = shop.reviewer("bob", &product, 2).await;
    shop.edit_review(&bob.id, &json!({ "name": "Bob" })).by(&bob.author).send().await.expect(200);
    shop.vote(Method::PUT, &ada.id).by(&bob.author).send().await.expect(200);
    let export = shop.get("/api/v1/users/me/export").by(&bob.author).send().await.expect(200);
    assert_eq!(
        (&export.data()["reviews"][0]["id"], &export.data()["reviews"][0]["name"]),
        (&json!(bob.id), &json!("Bob"))
    );
    assert_eq!(export.data()["helpfulReviewIds"], json!([ada.id]));
    let body = json!({ "password": PASSWORD });
    shop.request(Method::DELETE, "/api/v1/users/me").json(&body).by(&bob.author).send().await.expect(200);
    shop.time_passes(Duration::from_mins(2)).await;
    let list = shop.reviews_of(&product, "sort=rating:asc").await;
    assert_eq!((&list["data"][0]["id"], &list["data"][0]["name"]), (&json!(bob.id), &Value::Null));
    assert_eq!((&list["data"][0]["title"], &list["summary"]["count"]), (&json!("2 stars"), &json!(2)));
    assert_eq!(list["data"][1]["helpful"], 0);
    let left = shop.table.items();
    let of_reviews = left.iter().filter(|(key, _)| key.starts_with("REVIEW"));
    for (key, item) in of_reviews {
        assert!(!format!("{key} {item}").contains(&bob.author.id.to_string()), "{key}");
    }
    shop.assert_reviews_agree();
}

#[tokio::test]
async fn the_votes_and_reports_of_a_deleted_review_are_forgotten() {
    let Reviewing { shop, product, .. } = reviewing(Moderation::After).await;
    let ada = shop.reviewer("ada", &product, 5).await;
    let bob = shop.register_verified("bob@example.com").await;
    shop.vote(Method::PUT, &ada.id).by(&bob).send().await.expect(200);
    shop.report(&ada.id).by(&bob).send().await.expect(200);
    shop.delete_review(&ada.id).by(&ada.author).send().await.expect(200);
    shop.assert_reviews_agree();
    shop.time_passes(Duration::from_mins(1)).await;
    assert!(shop.table.items().keys().all(|key| !key.contains(&ada.id)), "nothing is left of it");
    let export = shop.get("/api/v1/users/me/export").by(&bob).send().await.expect(200);
    assert_eq!(export.data()["helpfulReviewIds"], json!([]));
}
