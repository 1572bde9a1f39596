//! Reviews: who may write them, and what their authors do with them.

use axum::http::Method;
use domain::review::Moderation;
use harness::orders::{PlacedOrder, order_of};
use harness::reviews::{REVIEWS, Reviewing, id_of, reviewing};
use harness::shop::Person;
use serde_json::{Value, json};

#[tokio::test]
async fn only_customers_who_bought_a_product_and_kept_it_review_it() {
    let Reviewing { shop, staff, product } = reviewing(Moderation::After).await;
    shop.submit(&product, 5).send().await.expect_problem(401, "unauthenticated");
    let ada = shop.register("ada@example.com").await;
    shop.submit(&product, 5).by(&ada).send().await.expect_problem(409, "email_not_verified");
    shop.prove_address(&ada).await;
    shop.submit(&product, 5).by(&ada).send().await.expect_problem(409, "not_bought");
    let bought = shop.buy_as(&ada, "A").await;
    let bob = shop.register_verified("bob@example.com").await;
    let of_ada = json!({ "productId": product, "stars": 5, "orderId": bought.id });
    shop.post(REVIEWS, &of_ada).by(&bob).send().await.expect_problem(404, "order_not_found");
    let unpaid = PlacedOrder::of(shop.place_order(&order_of("A", 1, "payment_intent"), "unpaid").send().await);
    let body = json!({ "productId": product, "stars": 5, "orderId": unpaid.id });
    shop.post(REVIEWS, &body).header("order-token", &unpaid.token).send().await.expect_problem(409, "not_bought");
    let other = shop.add_product(&staff, "B", 1000, 5).await;
    shop.submit(other["id"].as_str().unwrap(), 5).by(&ada).send().await.expect_problem(409, "not_bought");
    let written = shop.submit(&product, 5).by(&ada).send().await.expect(201);
    assert_eq!((&written.data()["state"], &written.data()["orderId"]), (&json!("approved"), &json!(bought.id)));
    shop.submit(&product, 4).by(&ada).send().await.expect_problem(409, "already_reviewed");
    let cleo = shop.register_verified("cleo@example.com").await;
    let returned = shop.buy_as(&cleo, "A").await;
    let back = json!([{ "id": returned.whole["items"][0]["id"], "quantity": 1 }]);
    let back = json!({ "items": back, "reason": "Too small" });
    shop.refund(&returned, &staff, &back, "r-1").send().await.expect(201);
    shop.submit(&product, 1).by(&cleo).send().await.expect_problem(409, "not_bought");
    shop.assert_reviews_agree();
}

#[tokio::test]
async fn a_guest_sees_the_reviews_that_were_written_for_the_order_and_nobody_elses() {
    let Reviewing { shop, staff, product } = reviewing(Moderation::Before).await;
    let other_product = shop.add_product(&staff, "B", 1000, 5).await;
    let (bought, later) =
        (shop.buy_as_guest("ada@example.com", "A").await, shop.buy_as_guest("ada@example.com", "B").await);
    let other = shop.buy_as_guest("bob@example.com", "A").await;
    let body = json!({ "productId": product, "stars": 4, "orderId": bought.id });
    let written = shop.post(REVIEWS, &body).header("order-token", &bought.token).send().await.expect(201);
    let mine = |order: &PlacedOrder, token: &str| {
        shop.get(&format!("{REVIEWS}/mine?orderId={}", order.id)).header("order-token", token)
    };
    let seen = mine(&bought, &bought.token).send().await.expect(200);
    assert_eq!(*seen.data(), json!([written.data()]));
    // Nothing tells of what was written for other orders.
    let for_later = json!({ "productId": other_product["id"], "stars": 2, "orderId": later.id });
    shop.post(REVIEWS, &for_later).header("order-token", &later.token).send().await.expect(201);
    let limited = shop.get(&format!("{REVIEWS}/mine?limit=1&orderId={}", bought.id));
    let limited = limited.header("order-token", &bought.token).send().await.expect(200);
    assert_eq!((limited.data(), &limited.json["pagination"]["nextCursor"]), (seen.data(), &Value::Null));
    assert_eq!(*mine(&other, &other.token).send().await.expect(200).data(), json!([]));
    mine(&bought, &other.token).send().await.expect_problem(404, "order_not_found");
    shop.get(&format!("{REVIEWS}/mine?orderId={}", bought.id)).send().await.expect_problem(401, "unauthenticated");
    shop.get(&format!("{REVIEWS}/mine")).send().await.expect_problem(401, "unauthenticated");
    let without_order = shop.get(&format!("{REVIEWS}/mine")).header("order-token", &bought.token).send().await;
    assert_eq!(without_order.expect_problem(400, "validation_failed").fields(), ["orderId"]);
    let nonsense = shop.get(&format!("{REVIEWS}/mine?orderId=x")).header("order-token", &bought.token).send().await;
    assert_eq!(nonsense.expect_problem(400, "validation_failed").fields(), ["orderId"]);
    // An account sees the reviews of one of its orders in the same way.
    let cleo = shop.register_verified("cleo@example.com").await;
    let (first, second) = (shop.buy_as(&cleo, "A").await, shop.buy_as(&cleo, "B").await);
    shop.submit(&product, 5).by(&cleo).send().await.expect(201);
    for (order, count) in [(&first, 1), (&second, 0)] {
        let seen = shop.get(&format!("{REVIEWS}/mine?orderId={}", order.id)).by(&cleo).send().await.expect(200);
        assert_eq!(seen.data().as_array().map(Vec::len), Some(count));
    }
    let foreign = shop.get(&format!("{REVIEWS}/mine?orderId={}", bought.id)).by(&cleo).send().await;
    foreign.expect_problem(404, "order_not_found");
}

#[tokio::test]
async fn a_guest_reviews_with_the_token_of_the_order_and_is_one_person_with_the_account_of_the_mailbox() {
    let Reviewing { shop, product, .. } = reviewing(Moderation::After).await;
    let bought = shop.buy_as_guest("ada@example.com", "A").await;
    let body = json!({ "productId": product, "stars": 4, "orderId": bought.id, "name": "Ada" });
    shop.post(REVIEWS, &body).send().await.expect_problem(401, "unauthenticated");
    let without_order = shop.submit(&product, 4).header("order-token", &bought.token).send().await;
    assert_eq!(without_order.expect_problem(400, "validation_failed").fields(), ["orderId"]);
    let other = shop.buy_as_guest("bob@example.com", "A").await;
    let stolen = shop.post(REVIEWS, &body).header("order-token", &other.token).send().await;
    stolen.expect_problem(404, "order_not_found");
    let written = shop.post(REVIEWS, &body).header("order-token", &bought.token).send().await.expect(201);
    let id = id_of(written.data());
    let again = shop.post(REVIEWS, &body).header("order-token", &bought.token).send().await;
    again.expect_problem(409, "already_reviewed");
    // Another spelling of the same mailbox is the same person.
    let plus = shop.buy_as_guest("ada+2@example.com", "A").await;
    let body = json!({ "productId": product, "stars": 1, "orderId": plus.id });
    let again = shop.post(REVIEWS, &body).header("order-token", &plus.token).send().await;
    again.expect_problem(409, "already_reviewed");
    let ada = shop.register_verified("ada@example.com").await;
    shop.time_passes(std::time::Duration::from_mins(2)).await;
    shop.submit(&product, 1).by(&ada).send().await.expect_problem(409, "already_reviewed");
    // The order is in the account now, so the account may edit what was written with its token.
    shop.edit_review(&id, &json!({ "stars": 3 })).by(&ada).send().await.expect(200);
    let edited = shop.edit_review(&id, &json!({ "stars": 2 })).header("order-token", &bought.token).send().await;
    assert_eq!(edited.expect(200).data()["stars"], 2);
    shop.edit_review(&id, &json!({ "stars": 5 })).header("order-token", &other.token).send().await.expect(404);
    shop.delete_review(&id).header("order-token", &bought.token).send().await.expect(200);
    shop.assert_reviews_agree();
    shop.submit(&product, 5).by(&ada).send().await.expect(201);
    shop.assert_reviews_agree();
}

#[tokio::test]
async fn an_author_edits_and_deletes_their_own_review_and_nobody_elses() {
    let Reviewing { shop, staff, product } = reviewing(Moderation::After).await;
    let written = shop.reviewer("ada", &product, 5).await;
    let bob = shop.reviewer("bob", &product, 1).await.author;
    let edit = |person: &Person, body: Value| shop.edit_review(&written.id, &body).by(person);
    for stranger in [&bob, &staff] {
        edit(stranger, json!({ "stars": 1 })).send().await.expect_problem(404, "review_not_found");
        shop.delete_review(&written.id).by(stranger).send().await.expect_problem(404, "review_not_found");
    }
    shop.delete_review(&written.id).send().await.expect_problem(401, "unauthenticated");
    let edited = edit(&written.author, json!({ "stars": 3, "text": "It shrank.\nA lot.", "title": null })).send().await;
    let edited = edited.expect(200);
    assert_eq!((&edited.data()["stars"], &edited.data()["title"]), (&json!(3), &Value::Null));
    assert_eq!(edited.data()["text"], "It shrank.\nA lot.");
    let stale = edit(&written.author, json!({ "stars": 1 })).header("if-match", "\"v1\"").send().await;
    stale.expect_problem(412, "precondition_failed");
    let same = edit(&written.author, json!({ "stars": 3 })).send().await.expect(200);
    assert_eq!(same.header("etag"), edited.header("etag"), "nothing changed");
    let mine = shop.get(&format!("{REVIEWS}/mine")).by(&written.author).send().await.expect(200);
    assert_eq!(mine.data().as_array().unwrap().len(), 1);
    assert_eq!(mine.data()[0]["id"], written.id);
    shop.assert_reviews_agree();
    shop.delete_review(&written.id).by(&written.author).send().await.expect(200);
    shop.delete_review(&written.id).by(&written.author).send().await.expect_problem(404, "review_not_found");
    shop.get(&format!("{REVIEWS}/{}", written.id)).send().await.expect_problem(404, "review_not_found");
    assert_eq!(shop.reviews_of(&product, "").await["summary"]["count"], 1);
    shop.assert_reviews_agree();
    let again = shop.submit(&product, 4).by(&written.author).send().await.expect(201);
    assert_ne!(id_of(again.data()), written.id);
    shop.assert_reviews_agree();
}

#[tokio::test]
async fn bad_reviews_are_refused_by_field_and_change_nothing() {
    let Reviewing { shop, product, .. } = reviewing(Moderation::After).await;
    let written = shop.reviewer("ada", &product, 5).await;
    let bob = shop.customer("bob").await;
    let before = shop.table.items_under("REVIEW");
    let good = json!({ "productId": product, "stars": 5 });
    for (field, bad) in [
        ("stars", json!(0)),
        ("stars", json!(6)),
        ("stars", json!(4.5)),
        ("stars", json!("5")),
        ("title", json!("")),
        ("title", json!("two\nlines")),
        ("title", json!("x".repeat(121))),
        ("text", json!(" ")),
        ("text", json!("x".repeat(2001))),
        ("text", json!("a\u{202e}b")),
        ("name", json!("www.example.com")),
        ("productId", json!("prd_1")),
        ("orderId", json!("ord_1")),
        ("verified", json!(true)),
        ("state", json!("approved")),
    ] {
        let mut body = good.clone();
        body[field] = bad.clone();
        let refused = shop.post(REVIEWS, &body).by(&bob).send().await.expect_problem(400, "validation_failed");
        assert_eq!(refused.fields(), [field], "{bad}");
        if !["productId", "orderId"].contains(&field) {
            let patch = shop.edit_review(&written.id, &json!({ field: bad })).by(&written.author).send().await;
            assert_eq!(patch.expect_problem(400, "validation_failed").fields(), [field], "{bad}");
        }
    }
    for path in ["rev_1", "prd_01M7W6C3804Q9PV3Y1B8S4HJET", "%00"] {
        shop.get(&format!("{REVIEWS}/{path}")).send().await.expect_problem(404, "review_not_found");
        shop.vote(Method::PUT, path).by(&bob).send().await.expect_problem(404, "review_not_found");
    }
    assert_eq!(shop.table.items_under("REVIEW"), before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_customer_who_sends_a_review_twenty_times_at_once_has_one() {
    let Reviewing { shop, product, .. } = reviewing(Moderation::After).await;
    let ada = shop.customer("ada").await;
    let tries: Vec<_> = (0..20).map(|n| tokio::spawn(shop.submit(&product, n % 5 + 1).by(&ada).send())).collect();
    let mut written = 0;
    for answer in tries {
        let answer = answer.await.unwrap();
        match answer.status.as_u16() {
            201 => written += 1,
            _ => drop(answer.expect_problem(409, "already_reviewed")),
        }
    }
    assert_eq!(written, 1);
    assert_eq!(shop.reviews_of(&product, "").await["summary"]["count"], 1);
    shop.assert_reviews_agree();
}

#[tokio::test]
async fn the_rating_is_on_the_page_of_the_product_in_lists_in_search_and_on_the_first_page() {
    let Reviewing { shop, staff, product } = reviewing(Moderation::After).await;
    shop.add_product(&staff, "B", 1000, 5).await;
    let shown = |answer: &Value| (answer["rating"]["average"].clone(), answer["rating"]["count"].clone());
    let page = format!("/api/v1/products/{product}");
    let before = shop.get(&page).send().await.expect(200);
    assert_eq!(shown(before.data()), (Value::Null, json!(0)));
    shop.reviewer("ada", &product, 5).await;
    shop.reviewer("bob", &product, 4).await;
    shop.reviewer("cleo", &product, 4).await;
    shop.later(std::time::Duration::from_mins(1));
    let after = shop.get(&page).send().await.expect(200);
    assert_eq!(shown(after.data()), (json!(433), json!(3)));
    assert_ne!(after.header("etag"), before.header("etag"), "caches learn of it");
    for path in [format!("/api/v1/products?ids={product}"), "/api/v1/products?q=thing&rating=4.3".to_owned()] {
        let found = shop.get(&path).send().await.expect(200);
        assert_eq!(found.data().as_array().unwrap().len(), 1, "{path}");
        assert_eq!(shown(&found.data()[0]), (json!(433), json!(3)), "{path}");
    }
    let best = shop.get("/api/v1/products?sort=rating").send().await.expect(200);
    assert_eq!(best.data()[0]["id"], product);
    let counts = best.json["facets"]["ratings"].as_array().unwrap().clone();
    assert_eq!(counts[1], json!({ "rating": 4, "count": 1 }));
    let home = shop.get("/api/v1/home").send().await.expect(200);
    let rated = home.data()["highestRated"].as_array().unwrap().clone();
    assert_eq!(rated.len(), 1, "nothing without reviews");
    assert_eq!(shown(&rated[0]), (json!(433), json!(3)));
    let ada = shop.login("ada@example.com").await;
    shop.post("/api/v1/wishlist", &json!({ "sku": "A" })).by(&ada).send().await.expect(200);
    let wishes = shop.get("/api/v1/wishlist").by(&ada).send().await.expect(200);
    assert_eq!(shown(&wishes.data()[0]["product"]), (json!(433), json!(3)));
}
