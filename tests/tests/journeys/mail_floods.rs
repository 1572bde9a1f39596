//! Somebody tries to flood mailboxes of others through the shop.

use axum::http::Method;
use domain::mail::UNPAID_MAILS_BY_HOUR;
use harness::cloud::Cloud;
use harness::orders::order_at;
use harness::shop::{PASSWORD, Person, person};
use serde_json::json;

use crate::fixtures::{PRICE, product, register_verified, staff};

/// Places and cancels orders, as a guest who names this address, or with an account. Some may be refused.
async fn place_and_cancel(cloud: &Cloud, sku: &str, account: Option<&Person>, emails: &[String]) {
    let bearer = account.map(|account| ("authorization", format!("Bearer {}", account.access)));
    for (n, email) in emails.iter().enumerate() {
        let mut body = order_at(PRICE, sku, 1, "payment_intent");
        body["email"] = json!(email);
        let mut headers = vec![("idempotency-key", format!("{email}-{n}"))];
        headers.extend(bearer.clone());
        let url = format!("{}/api/v1/orders", cloud.api);
        let placed = cloud.fetch(Method::POST, &url, &headers, Some(&body)).await;
        if placed.status == 201 {
            let order = placed.data();
            let token = order["token"].as_str().unwrap_or_default().to_owned();
            let headers: Vec<_> = [("order-token", token)].into_iter().chain(bearer.clone()).collect();
            let url = format!("{url}/{}/cancel", order["id"].as_str().unwrap());
            cloud.fetch(Method::POST, &url, &headers, Some(&json!({}))).await.expect(200);
        }
    }
}

/// Waits for a mail that is caused now, after all others.
async fn pass(cloud: &Cloud, mark: &Person, n: usize) {
    cloud.post("/api/v1/auth/password/forgot", None, &json!({ "email": mark.email })).await.expect(202);
    let find = async |cloud: &Cloud| {
        let mails = cloud.mails_to(&mark.email).await;
        (mails.iter().filter(|mail| mail.subject.contains("Set a new password")).count() >= n).then_some(())
    };
    cloud.until("the mail after all others", find).await;
}

#[tokio::test]
async fn a_flood_of_orders_makes_no_flood_of_mails() {
    let cloud = Cloud::find();
    let staff = staff(&cloud, "floods.staff@example.com").await;
    product(&cloud, &staff, "JOURNEY-FLOOD", 9).await;
    let mark = register_verified(&cloud, "flood.mark@example.com").await;
    // The name is a message, and the address belongs to somebody else.
    let named = |name: &str| json!({ "email": "flood.victim@example.com", "password": PASSWORD, "name": name });
    let link = named("Pay at https://evil.example");
    cloud.post("/api/v1/auth/register", None, &link).await.expect_problem(400, "validation_failed");
    let urgent = named("URGENT Your card was charged");
    let eve = person(&cloud.post("/api/v1/auth/register", None, &urgent).await.expect(201));
    place_and_cancel(&cloud, "JOURNEY-FLOOD", Some(&eve), &vec![eve.email.clone(); 8]).await;
    let emails: Vec<String> = (0..8).map(|n| format!("flood.guest+{n}@example.com")).collect();
    place_and_cancel(&cloud, "JOURNEY-FLOOD", None, &emails).await;

    let limit = UNPAID_MAILS_BY_HOUR.max as usize;
    let is_full = async |cloud: &Cloud| (cloud.mails_to("flood.guest+").await.len() >= limit).then_some(());
    cloud.until("a handful of mails", is_full).await;
    for n in 1..=2 {
        pass(&cloud, &mark, n).await;
    }
    let mails = cloud.mails_to("flood.guest+").await;
    assert_eq!(mails.len(), limit, "of sixteen");
    assert!(mails.iter().all(|mail| mail.text.starts_with("Hello,") && !mail.text.contains("Lovelace")));
    let [verification] = cloud.mails_to("flood.victim@").await.try_into().unwrap();
    assert!(verification.subject.contains("Please confirm your address"));
    assert_eq!(verification.to, eve.email);
    assert!(!format!("{}{}", verification.text, verification.html).contains("URGENT"));
}
