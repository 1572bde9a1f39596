//! Agreeing to be reminded of carts, and the link that brings a cart back.

use std::time::Duration;

use axum::http::Method;
use domain::id::EventId;
use domain::preferences::Topic;
use harness::network::Call;
use harness::reminders::{DELAY, not_reminding, reminding};
use harness::shop::{Answer, Person, Shop};
use kit::runtime::links::LinkKeys;
use serde_json::{Value, json};

const CART: &str = "/api/v1/cart";

/// Ada left two `A` in her cart, and was reminded of it. She is signed in again.
async fn reminded() -> (Shop, Person, String) {
    let (shop, _) = reminding().await;
    let ada = shop.who_agreed("ada@example.com").await;
    shop.fill_cart(&ada, "A", 2).await;
    shop.time_passes(DELAY).await;
    let token = shop.restore_token().await;
    let ada = shop.login(&ada.email).await;
    (shop, ada, token)
}

fn token_of(cart: &Answer) -> String {
    cart.data()["token"].as_str().unwrap().to_owned()
}

fn lines(wanted: &[(&str, u64)]) -> Vec<(String, u64)> {
    wanted.iter().map(|(sku, quantity)| ((*sku).to_owned(), *quantity)).collect()
}

#[tokio::test]
async fn nobody_is_reminded_of_carts_who_has_not_agreed_and_the_link_of_the_mail_takes_the_agreement_back() {
    let (shop, _) = reminding().await;
    let ada = shop.register_verified("ada@example.com").await;
    let agrees = async || shop.get("/api/v1/users/me").by(&ada).send().await.data()["preferences"]["carts"] == true;
    assert!(!agrees().await);
    shop.agree(&ada, true).await;
    assert!(agrees().await);
    let key = LinkKeys::new(shop.secrets.clone(), "link").key(shop.now()).await.unwrap();
    let path = format!("/api/v1/mail/unsubscribe?topic=carts&token={}", key.unsubscribe(ada.id, Topic::Carts));
    let page = shop.get(&path).send().await.expect(200);
    assert!(page.text.contains("mail about what you left in your cart?") && agrees().await);
    shop.request(Method::POST, &path).send().await.expect(200);
    assert!(!agrees().await);
}

#[tokio::test]
async fn a_storefront_learns_whether_the_shop_reminds_of_carts() {
    for ((shop, _), reminds) in [(reminding().await, true), (not_reminding().await, false)] {
        let settings = shop.get("/api/v1/shop").send().await.expect(200);
        assert_eq!(settings.data()["cartReminders"], reminds);
    }
}

#[tokio::test]
async fn the_link_gives_whoever_follows_it_a_cart_with_the_same_items_and_nothing_about_its_recipient() {
    let (shop, ada, link) = Box::pin(reminded()).await;
    let first = shop.restore_cart(&link).send().await.expect(200);
    assert_eq!(Shop::lines_of(&first), lines(&[("A", 2)]));
    let token = token_of(&first);
    let again = shop.restore_cart(&link).header("cart-token", &token).send().await.expect(200);
    assert_eq!(Shop::lines_of(&again), lines(&[("A", 2)]), "twice is once");
    assert_eq!(again.data()["token"], Value::Null);
    let other = token_of(&shop.restore_cart(&link).send().await.expect(200));
    assert_ne!(token, other, "a cart of its own");
    let ada_has = shop.get(CART).by(&ada).send().await.expect(200);
    assert_eq!(Shop::lines_of(&ada_has), lines(&[("A", 2)]));
    let kept = shop.table.items_under("SAVEDCART#");
    let known = format!("{} {}", first.text, serde_json::to_string(&kept).unwrap());
    assert_eq!(kept.len(), 1);
    for secret in [ada.email.as_str(), "Lovelace", &ada.id.to_string(), &ada.id.to_string()[4..]] {
        assert!(!known.contains(secret), "{known}");
    }
}

#[tokio::test]
async fn following_the_link_never_doubles_what_is_in_the_cart_also_when_the_guest_signs_in() {
    let (shop, ada, link) = Box::pin(reminded()).await;
    let signed_in = shop.restore_cart(&link).by(&ada).send().await.expect(200);
    assert_eq!(Shop::lines_of(&signed_in), lines(&[("A", 2)]));
    let token = token_of(&shop.restore_cart(&link).send().await.expect(200));
    shop.add_to_cart("B", 1).header("cart-token", &token).send().await.expect(200);
    let merged = shop.get(CART).header("cart-token", &token).by(&ada).send().await.expect(200);
    assert_eq!(Shop::lines_of(&merged), lines(&[("A", 2), ("B", 1)]));
    let line = merged.data()["items"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("{CART}/items/{line}");
    shop.request(Method::PATCH, &path).json(&json!({ "quantity": 1 })).by(&ada).send().await.expect(200);
    let kept = shop.restore_cart(&link).by(&ada).send().await.expect(200);
    assert_eq!(Shop::lines_of(&kept), lines(&[("A", 1), ("B", 1)]), "what she changed stays");
    shop.request(Method::DELETE, &path).by(&ada).send().await.expect(200);
    let back = shop.restore_cart(&link).by(&ada).send().await.expect(200);
    assert_eq!(Shop::lines_of(&back), lines(&[("B", 1), ("A", 2)]), "what is missing comes back");
}

#[tokio::test]
async fn a_stranger_who_is_signed_in_gets_the_items_and_changes_nothing_of_the_recipient() {
    let (shop, ada, link) = Box::pin(reminded()).await;
    let eve = shop.register("eve@example.com").await;
    let copy = shop.restore_cart(&link).by(&eve).send().await.expect(200);
    assert_eq!(Shop::lines_of(&copy), lines(&[("A", 2)]));
    shop.empty_cart(&eve).send().await.expect(200);
    assert_eq!(Shop::lines_of(&shop.get(CART).by(&ada).send().await), lines(&[("A", 2)]));
    shop.fill_cart(&ada, "B", 1).await;
    let again = shop.restore_cart(&link).by(&eve).send().await.expect(200);
    assert_eq!(Shop::lines_of(&again), lines(&[("A", 2)]), "she does not see what Ada puts into her cart");
}

#[tokio::test]
async fn a_link_that_is_forged_unknown_for_another_purpose_or_old_is_refused_and_changes_nothing() {
    let (shop, ada, link) = Box::pin(reminded()).await;
    let key = LinkKeys::new(shop.secrets.clone(), "link").key(shop.now()).await.unwrap();
    let unknown = shop.restore_token_of(EventId::new(shop.now(), 99)).await;
    let before = shop.table.items_under("CART#");
    let bad = [
        String::new(),
        "x".to_owned(),
        format!("B{}", &link[1..]),
        format!("{link}A"),
        "A".repeat(10_000),
        "' OR 1=1 --\u{0}é".to_owned(),
        key.unsubscribe(ada.id, Topic::Carts),
        unknown,
    ];
    for token in &bad {
        shop.restore_cart(token).send().await.expect_problem(400, "link_invalid");
        shop.restore_cart(token).by(&ada).send().await.expect_problem(400, "link_invalid");
    }
    for body in [json!({}), json!({ "token": 1 }), json!({ "token": link, "userId": ada.id.to_string() }), json!([])] {
        let refused = shop.post("/api/v1/cart/restore", &body).send().await;
        assert_eq!(refused.status, 400, "{body}: {}", refused.text);
    }
    assert_eq!(shop.table.items_under("CART#"), before);
    shop.later(Duration::from_hours(30 * 24) - Duration::from_secs(1));
    shop.restore_cart(&link).send().await.expect(200);
    shop.later(Duration::from_secs(1));
    shop.restore_cart(&link).send().await.expect_problem(400, "link_invalid");
}

#[tokio::test]
async fn following_links_counts_for_the_limit_of_carts() {
    let (shop, _, link) = Box::pin(reminded()).await;
    for _ in 0..120 {
        shop.restore_cart("x").from_ip("192.0.2.7").send().await.expect_problem(400, "link_invalid");
    }
    shop.restore_cart(&link).from_ip("192.0.2.7").send().await.expect_problem(429, "rate_limited");
}

#[tokio::test]
async fn a_cart_costs_and_says_the_same_as_ever_unless_the_shop_reminds_and_its_owner_agreed() {
    let mut seen: Vec<(Vec<Call>, Value)> = Vec::new();
    for (reminds, agrees) in [(false, false), (false, true), (true, false), (true, true)] {
        let (shop, _) = if reminds { reminding().await } else { not_reminding().await };
        let ada = shop.register_verified("ada@example.com").await;
        shop.agree(&ada, agrees).await;
        shop.table.network.take_calls();
        shop.fill_cart(&ada, "A", 1).await;
        shop.get(CART).by(&ada).send().await.expect(200);
        let calls = shop.table.network.take_calls();
        let cart = shop.table.items_under("CART#").into_values().next().unwrap();
        seen.push((calls, cart));
    }
    let names = |cart: &Value| cart.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let (calls, cart) = &seen[0];
    assert!(!names(cart).iter().any(|name| name.starts_with("GSI") || name == "reminder"), "{cart}");
    for (others, item) in &seen[1..3] {
        assert_eq!((others, names(item)), (calls, names(cart)));
    }
    let (reminding, item) = &seen[3];
    let units = |calls: &[Call]| calls.iter().map(|call| call.units).sum::<f64>();
    assert_eq!(reminding.len(), calls.len(), "no call more");
    assert!(units(reminding) - units(calls) <= 1.0, "one unit for the index: {reminding:?}");
    assert!(item["GSI2PK"].as_str().unwrap().starts_with("CARTREMINDERS#"));
}
