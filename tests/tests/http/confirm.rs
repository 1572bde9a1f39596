//! What staff must prove: a second factor, and a fresh proof of it for roles, exports and large refunds.

use std::time::Duration;

use axum::http::Method;
use domain::access::Role;
use harness::network::Fault;
use harness::orders::{PlacedOrder, order_at, selling, usd};
use harness::products::{PRODUCTS, shirt};
use harness::shop::{Answer, PASSWORD, Person, Shop, person};
use serde_json::{Value, json};
use stripe_stand_in::Card;

use crate::two_factor::turn_on;

/// As long as a proof is fresh in the test shop.
const FRESH: Duration = Duration::from_hours(12);

async fn confirm(shop: &Shop, person: &Person, body: &Value) -> Answer {
    shop.post("/api/v1/auth/confirm", body).by(person).send().await
}

async fn set_role(shop: &Shop, staff: &Person, of: &Person, role: &str) -> Answer {
    let path = format!("/api/v1/users/{}/role", of.id);
    shop.request(Method::PATCH, &path).json(&json!({ "role": role })).by(staff).send().await
}

/// The same person with new tokens of the same session.
async fn refreshed(shop: &Shop, of: &Person) -> Person {
    person(&shop.try_refresh(&of.refresh).await.expect(200))
}

#[tokio::test]
async fn a_role_and_an_export_need_a_fresh_proof_and_other_routes_do_not() {
    let shop = Shop::open().await;
    let root = shop.staff("root@example.com", Role::Admin).await;
    let ada = shop.register("ada@example.com").await;
    shop.later(Duration::from_mins(12 * 60 - 5));
    let root = refreshed(&shop, &root).await;
    set_role(&shop, &root, &ada, "support").await.expect(200);
    let export = json!({ "of": "products" });
    let made = shop.post("/api/v1/exports", &export).by(&root).send().await.expect(201);
    let shown = format!("/api/v1/exports/{}", made.data()["id"].as_str().unwrap());
    shop.later(Duration::from_mins(5));
    let before = shop.table.items_under("USER#");
    set_role(&shop, &root, &ada, "customer").await.expect_problem(403, "fresh_proof_required");
    shop.post("/api/v1/exports", &export).by(&root).send().await.expect_problem(403, "fresh_proof_required");
    shop.get(&shown).by(&root).send().await.expect_problem(403, "fresh_proof_required");
    assert_eq!(shop.table.items_under("USER#"), before);
    shop.get("/api/v1/users").by(&root).send().await.expect(200);

    assert_eq!(confirm(&shop, &root, &json!({})).await.expect(400).fields(), ["password"]);
    confirm(&shop, &root, &json!({ "password": "wrong password" })).await.expect_problem(401, "wrong_password");
    confirm(&shop, &root, &json!({ "code": "123456" })).await.expect_problem(409, "two_factor_off");
    assert_eq!(confirm(&shop, &root, &json!({ "password": PASSWORD, "x": 1 })).await.expect(400).fields(), ["x"]);
    set_role(&shop, &root, &ada, "customer").await.expect_problem(403, "fresh_proof_required");
    let until = confirm(&shop, &root, &json!({ "password": PASSWORD })).await.expect(200);
    assert_eq!(until.data()["freshUntil"], (shop.now() + FRESH).to_string());
    set_role(&shop, &root, &ada, "customer").await.expect(200);
    shop.get(&shown).by(&root).send().await.expect(200);
}

#[tokio::test]
async fn an_account_with_a_second_factor_proves_that_and_each_code_works_once() {
    let shop = Shop::open().await;
    let root = shop.staff("root@example.com", Role::Admin).await;
    let ada = shop.register("ada@example.com").await;
    let two_factor = turn_on(&shop, &root).await;
    set_role(&shop, &root, &ada, "support").await.expect_problem(403, "fresh_proof_required");
    let only_password = confirm(&shop, &root, &json!({ "password": PASSWORD })).await.expect(400);
    assert_eq!(only_password.fields(), ["code"]);
    confirm(&shop, &root, &json!({ "code": "000000" })).await.expect_problem(401, "invalid_code");
    let code = json!({ "code": two_factor.app.code_at(shop.now()) });
    confirm(&shop, &root, &code).await.expect(200);
    confirm(&shop, &root, &code).await.expect_problem(401, "code_used");
    set_role(&shop, &root, &ada, "support").await.expect(200);

    // A sign-in with a code is a proof, too.
    shop.later(Duration::from_mins(1));
    let login = shop.try_login("root@example.com", PASSWORD).await.expect(200);
    let step = json!({ "challengeToken": login.data()["challengeToken"], "code": two_factor.app.code_at(shop.now()) });
    let again = person(&shop.post("/api/v1/auth/login/2fa", &step).send().await.expect(200));
    set_role(&shop, &again, &ada, "customer").await.expect(200);
}

#[tokio::test]
async fn a_session_that_ended_gets_no_proof_and_another_session_keeps_its_own() {
    let shop = Shop::open().await;
    let phone = shop.staff("root@example.com", Role::Admin).await;
    let ada = shop.register("ada@example.com").await;
    shop.later(FRESH);
    let (phone, laptop) = (refreshed(&shop, &phone).await, shop.login("root@example.com").await);
    set_role(&shop, &laptop, &ada, "support").await.expect(200);
    set_role(&shop, &phone, &ada, "customer").await.expect_problem(403, "fresh_proof_required");
    shop.request(Method::POST, "/api/v1/auth/logout").by(&phone).send().await.expect(200);
    confirm(&shop, &phone, &json!({ "password": PASSWORD })).await.expect_problem(401, "session_ended");
}

#[tokio::test]
async fn a_confirmation_takes_effect_when_calls_fail() {
    let first = Shop::open().await;
    let root = first.staff("root@example.com", Role::Admin).await;
    let ada = first.register("ada@example.com").await;
    for fault in [Fault::Before, Fault::After, Fault::Throttle, Fault::Conflict] {
        for skip in 0..6 {
            let shop = first.copy().await;
            shop.later(FRESH);
            let root = refreshed(&shop, &root).await;
            shop.table.network.fail_any(skip, fault, 5);
            let failed = confirm(&shop, &root, &json!({ "password": PASSWORD })).await;
            assert!(failed.status == 200 || failed.status == 503, "{fault:?} after {skip}: {}", failed.text);
            shop.table.network.heal();
            confirm(&shop, &root, &json!({ "password": PASSWORD })).await.expect(200);
            set_role(&shop, &root, &ada, "support").await.expect(200);
        }
    }
}

#[tokio::test]
async fn a_refund_needs_a_fresh_proof_if_it_and_the_earlier_ones_of_the_order_are_above_the_amount() {
    let (shop, staff) = selling().await;
    shop.add_product(&staff, "DEAR", 9_000, 5).await;
    let bought = PlacedOrder::of(shop.place_order(&order_at(9_000, "DEAR", 2, "payment_intent"), "k").send().await);
    assert!(shop.pay(&bought.reference(), Card::Pays).await);
    shop.later(FRESH);
    let staff = refreshed(&shop, &staff).await;
    let body = |amount: i64| json!({ "amount": usd(amount), "reason": "Late" });
    shop.refund(&bought, &staff, &body(10_001), "r-1").send().await.expect_problem(403, "fresh_proof_required");
    let all = json!({ "reason": "All" });
    shop.refund(&bought, &staff, &all, "r-2").send().await.expect_problem(403, "fresh_proof_required");
    assert!(shop.stripe.all("refund").is_empty());
    shop.refund(&bought, &staff, &body(10_000), "r-3").send().await.expect(201);
    shop.refund(&bought, &staff, &body(1), "r-4").send().await.expect_problem(403, "fresh_proof_required");
    shop.refund(&bought, &staff, &body(10_000), "r-3").send().await.expect(201);
    assert_eq!(shop.stripe.all("refund").len(), 1);
    confirm(&shop, &staff, &json!({ "password": PASSWORD })).await.expect(200);
    shop.refund(&bought, &staff, &body(1), "r-4").send().await.expect(201);
}

#[tokio::test]
async fn where_a_second_factor_is_required_staff_without_one_are_like_customers() {
    let shop = Shop::open_with_two_factor_required().await;
    let root = shop.staff("root@example.com", Role::Admin).await;
    let ada = shop.register("ada@example.com").await;
    let mut draft = shirt("A");
    draft["status"] = json!("draft");
    for (method, path) in [
        (Method::GET, "/api/v1/users".to_owned()),
        (Method::GET, "/api/v1/audit".to_owned()),
        (Method::GET, "/api/v1/inventory".to_owned()),
        (Method::GET, "/api/v1/coupons".to_owned()),
        (Method::GET, "/api/v1/admin/orders".to_owned()),
        (Method::DELETE, format!("/api/v1/users/{}/ban", ada.id)),
    ] {
        shop.request(method, &path).by(&root).send().await.expect_problem(403, "two_factor_required");
    }
    shop.post(PRODUCTS, &draft).by(&root).send().await.expect_problem(403, "two_factor_required");
    shop.get("/api/v1/users").by(&ada).send().await.expect_problem(403, "forbidden");
    shop.get("/api/v1/users/me").by(&root).send().await.expect(200);

    turn_on(&shop, &root).await;
    shop.get("/api/v1/users").by(&root).send().await.expect(200);
    let made = shop.post(PRODUCTS, &draft).by(&root).send().await.expect(201);
    let product = format!("{PRODUCTS}/{}", made.data()["id"].as_str().unwrap());
    shop.get(&product).by(&root).send().await.expect(200);
    let rita = shop.staff("rita@example.com", Role::Admin).await;
    shop.get(&product).by(&rita).send().await.expect_problem(404, "product_not_found");
}
