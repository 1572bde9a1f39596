//! The refresh token of a browser, in a cookie that no script can read.

use std::time::Duration;

use axum::http::Method;
use harness::request::TestRequest;
use harness::shop::{Answer, PASSWORD, Shop, person};
use serde_json::{Value, json};

use crate::two_factor::turn_on;

/// A request as a page of the shop itself sends it, with the cookie that the browser has.
fn in_browser(request: TestRequest, cookie: &str) -> TestRequest {
    let request = request.header("session-cookie", "shop").header("sec-fetch-site", "same-origin");
    if cookie.is_empty() { request } else { request.header("cookie", &format!("theme=dark; {cookie}")) }
}

fn login(shop: &Shop) -> TestRequest {
    shop.post("/api/v1/auth/login", &json!({ "email": "ada@example.com", "password": PASSWORD }))
}

fn refresh(shop: &Shop) -> TestRequest {
    shop.post("/api/v1/auth/refresh", &json!({}))
}

/// What the browser keeps of an answer: `name=value`.
fn cookie(answer: &Answer) -> String {
    let (cookie, attributes) = answer.header("set-cookie").split_once("; ").expect("a cookie");
    assert_eq!(attributes, "Path=/; Max-Age=604800; HttpOnly; Secure; SameSite=Strict");
    assert_eq!(answer.data()["refreshToken"], Value::Null, "no script can read it");
    assert_eq!(answer.header("cache-control"), "no-store");
    cookie.to_owned()
}

#[tokio::test]
async fn a_browser_signs_in_and_stays_signed_in_without_seeing_the_refresh_token() {
    let shop = Shop::open().await;
    let registration = json!({ "email": "ada@example.com", "name": "Ada Lovelace", "password": PASSWORD });
    let registered = in_browser(shop.post("/api/v1/auth/register", &registration), "").send().await.expect(201);
    assert!(cookie(&registered).starts_with("__Host-kontor-shop=rft_"));
    let signed_in = in_browser(login(&shop), "").send().await.expect(200);
    let first = cookie(&signed_in);
    let next = in_browser(refresh(&shop), &first).send().await.expect(200);
    assert_ne!(cookie(&next), first);
    assert!(shop.is_accepted(&person(&next).access).await);
}

#[tokio::test]
async fn a_lost_answer_gives_the_same_cookie_again_and_a_stolen_one_ends_the_session() {
    let shop = Shop::open().await;
    shop.register("ada@example.com").await;
    let first = cookie(&in_browser(login(&shop), "").send().await.expect(200));
    let second = cookie(&in_browser(refresh(&shop), &first).send().await.expect(200));
    let again = cookie(&in_browser(refresh(&shop), &first).send().await.expect(200));
    assert_eq!(again, second);
    shop.later(Duration::from_secs(11));
    in_browser(refresh(&shop), &first).send().await.expect_problem(401, "refresh_token_reused");
    in_browser(refresh(&shop), &second).send().await.expect_problem(401, "invalid_refresh_token");
}

#[tokio::test]
async fn the_cookie_counts_only_with_the_header_and_the_body_only_without() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    let kept = cookie(&in_browser(login(&shop), "").send().await.expect(200));
    let bare = refresh(&shop).header("cookie", &kept).send().await.expect_problem(400, "validation_failed");
    assert_eq!(bare.fields(), ["refreshToken"]);
    let both = shop.post("/api/v1/auth/refresh", &json!({ "refreshToken": ada.refresh }));
    let both = in_browser(both, &kept).send().await.expect_problem(400, "validation_failed");
    assert_eq!(both.fields(), ["refreshToken"]);
    in_browser(refresh(&shop), "").send().await.expect_problem(401, "invalid_refresh_token");
    in_browser(refresh(&shop), "kontor-shop=rft_A").send().await.expect_problem(401, "invalid_refresh_token");
    let other = login(&shop).header("session-cookie", "a b").send().await.expect_problem(400, "validation_failed");
    assert_eq!(other.fields(), ["Session-Cookie"]);
    in_browser(refresh(&shop), &kept).send().await.expect(200);
}

#[tokio::test]
async fn a_page_of_another_origin_gets_nothing() {
    let shop = Shop::open().await;
    shop.register("ada@example.com").await;
    let kept = cookie(&in_browser(login(&shop), "").send().await.expect(200));
    for site in ["cross-site", "same-site", "none"] {
        let forged = refresh(&shop).header("session-cookie", "shop").header("sec-fetch-site", site);
        let refused = forged.header("cookie", &kept).send().await.expect_problem(403, "cross_origin_request");
        assert_eq!(refused.header("set-cookie"), "");
    }
    in_browser(refresh(&shop), &kept).send().await.expect(200);
}

#[tokio::test]
async fn signing_out_removes_the_cookie_and_ends_the_session() {
    let shop = Shop::open().await;
    shop.register("ada@example.com").await;
    let signed_in = in_browser(login(&shop), "").send().await.expect(200);
    let kept = cookie(&signed_in);
    let logout = shop.request(Method::POST, "/api/v1/auth/logout").bearer(&person(&signed_in).access);
    let answer = in_browser(logout, &kept).send().await.expect(200);
    let removed = "__Host-kontor-shop=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Strict";
    assert_eq!(answer.header("set-cookie"), removed);
    in_browser(refresh(&shop), &kept).send().await.expect_problem(401, "invalid_refresh_token");
}

#[tokio::test]
async fn the_second_step_keeps_the_session_in_the_cookie_too() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    let two_factor = turn_on(&shop, &ada).await;
    let first = in_browser(login(&shop), "").send().await.expect(200);
    assert_eq!(first.header("set-cookie"), "");
    let body = json!({ "challengeToken": first.data()["challengeToken"], "code": two_factor.app.code_at(shop.now()) });
    let second = in_browser(shop.post("/api/v1/auth/login/2fa", &body), "").send().await.expect(200);
    in_browser(refresh(&shop), &cookie(&second)).send().await.expect(200);
}

#[tokio::test]
async fn storefront_and_console_have_sessions_of_their_own() {
    let shop = Shop::open().await;
    shop.register("ada@example.com").await;
    let kept = cookie(&in_browser(login(&shop), "").send().await.expect(200));
    let console = |request: TestRequest| request.header("session-cookie", "console").header("cookie", &kept);
    console(refresh(&shop)).send().await.expect_problem(401, "invalid_refresh_token");
    let signed_in = console(login(&shop)).send().await.expect(200);
    assert!(cookie(&signed_in).starts_with("__Host-kontor-console=rft_"));
    in_browser(refresh(&shop), &kept).send().await.expect(200);
}

#[tokio::test]
async fn on_ones_own_machine_the_cookie_is_named_after_the_port_and_needs_no_https() {
    for (url, name) in [("http://127.0.0.1:4568", "kontor-shop-4568="), ("http://localhost", "kontor-shop-80=")] {
        let shop = Shop::open_at(url).await;
        shop.register("ada@example.com").await;
        let signed_in = in_browser(login(&shop), "").send().await.expect(200);
        let (kept, attributes) = signed_in.header("set-cookie").split_once("; ").unwrap();
        assert!(kept.starts_with(name), "{kept}");
        assert_eq!(attributes, "Path=/; Max-Age=604800; HttpOnly; SameSite=Strict");
        in_browser(refresh(&shop), kept).send().await.expect(200);
    }
    for url in ["http://shop.example.com", "http://localhost.example.com"] {
        let shop = Shop::open_at(url).await;
        shop.register("ada@example.com").await;
        assert!(cookie(&in_browser(login(&shop), "").send().await.expect(200)).starts_with("__Host-kontor-shop="));
    }
}
