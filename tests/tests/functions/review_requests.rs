//! The mail that asks for reviews some days after the delivery.

use std::time::Duration;

use axum::http::Method;
use domain::mail::MailJob;
use domain::review::Moderation;
use harness::fake_service::FakeService;
use harness::orders::PlacedOrder;
use harness::reviews::{REVIEWS, Reviewing, reviewing};
use harness::shop::{Person, Shop};
use relay::route;
use serde_json::json;

use crate::fixtures::{mailer, mails, stream, takes_all};
use crate::relay::outbox;

const DAY: Duration = Duration::from_hours(24);

async fn deliver(shop: &Shop, staff: &Person, bought: &PlacedOrder) {
    for status in ["processing", "shipped", "delivered"] {
        shop.update_order(bought, staff, &json!({ "status": status })).send().await.expect(200);
    }
}

/// The mails that ask for reviews because of all events so far. Each job comes twice.
async fn asked(shop: &Shop) -> Vec<String> {
    let ses = FakeService::new(takes_all);
    let mailer = mailer(shop, &ses);
    for message in route(&stream(&outbox(shop)).records).mail {
        let job: MailJob = serde_json::from_str(&message.body).unwrap();
        if job.template.name() == "ask-for-review" {
            mailer.mail(&job).await.unwrap();
            mailer.mail(&job).await.unwrap();
        }
    }
    mails(&ses)
}

#[tokio::test]
async fn a_customer_is_asked_once_for_each_order_some_days_after_its_delivery() {
    let Reviewing { shop, staff, product } = reviewing(Moderation::After).await;
    let ada = shop.register_verified("ada@example.com").await;
    let bought = shop.buy_as(&ada, "A").await;
    shop.time_passes(DAY * 30).await;
    assert!(asked(&shop).await.is_empty(), "it was not delivered yet");
    let staff = shop.login(&staff.email).await;
    deliver(&shop, &staff, &bought).await;
    shop.time_passes((DAY * 7).saturating_sub(Duration::from_secs(1))).await;
    assert!(asked(&shop).await.is_empty());
    shop.time_passes(Duration::from_secs(1)).await;
    shop.time_passes(DAY).await;
    let events = shop.table.events();
    assert_eq!(events.iter().filter(|event| event["type"] == "order.reviews_due").count(), 1);
    let mail = asked(&shop).await;
    assert_eq!(mail.len(), 1);
    assert!(
        mail[0].contains("How do you like what you bought at Kontor?") && mail[0].contains("Thing A"),
        "{}",
        mail[0]
    );
    assert!(mail[0].contains(&format!("https://shop.test/products/thing-a/review?order={}", bought.id)), "{}", mail[0]);
    assert!(mail[0].contains("mail/unsubscribe?topic=reviews"), "{}", mail[0]);
    let ada = shop.login(&ada.email).await;
    let by_order = json!({ "productId": product, "stars": 5, "orderId": bought.id });
    shop.post(REVIEWS, &by_order).by(&ada).send().await.expect(201);
}

#[tokio::test]
async fn nobody_is_asked_who_has_reviewed_everything_gave_it_back_does_not_want_it_or_is_a_guest() {
    let Reviewing { shop, staff, product } = reviewing(Moderation::After).await;
    let mut bought = Vec::new();
    for name in ["reviewed", "returned", "silent", "erased", "asked"] {
        let person = shop.register_verified(&format!("{name}@example.com")).await;
        let order = shop.buy_as(&person, "A").await;
        deliver(&shop, &staff, &order).await;
        bought.push((person, order));
    }
    let guests = shop.buy_as_guest("guest@example.com", "A").await;
    deliver(&shop, &staff, &guests).await;
    shop.submit(&product, 5).by(&bought[0].0).send().await.expect(201);
    let back = json!([{ "id": bought[1].1.whole["items"][0]["id"], "quantity": 1 }]);
    let back = json!({ "items": back, "reason": "Too small" });
    shop.refund(&bought[1].1, &staff, &back, "r-1").send().await.expect(201);
    let silent = json!({ "preferences": { "reviews": false } });
    shop.request(Method::PATCH, "/api/v1/users/me").json(&silent).by(&bought[2].0).send().await.expect(200);
    let body = json!({ "password": harness::shop::PASSWORD });
    shop.request(Method::DELETE, "/api/v1/users/me").json(&body).by(&bought[3].0).send().await.expect(200);
    shop.time_passes(DAY * 8).await;
    let mail = asked(&shop).await;
    assert_eq!(mail.len(), 1);
    assert!(mail[0].contains("asked@example.com"), "{}", mail[0]);
    assert!(shop.table.items().keys().all(|key| !key.ends_with("DUE#REVIEWS")));
}

#[tokio::test]
async fn a_shop_that_does_not_want_it_asks_nobody() {
    let (shop, staff) = harness::orders::selling().await;
    let ada = shop.register_verified("ada@example.com").await;
    let bought = shop.buy_as(&ada, "A").await;
    deliver(&shop, &staff, &bought).await;
    assert!(shop.table.items().keys().all(|key| !key.ends_with("DUE#REVIEWS")));
}
