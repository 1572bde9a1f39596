//! Every call of a request fails in every way, one after the other, and then the client sends the request again. In
//! the end the request has taken effect exactly once.

use axum::http::Method;
use domain::access::Role;
use harness::network::Fault;
use harness::shop::{Answer, PASSWORD, Person, Shop, person};
use serde_json::json;

const FAULTS: [Fault; 4] = [Fault::Before, Fault::After, Fault::Throttle, Fault::Conflict];
/// More than the number of calls of any of these requests.
const CALLS: usize = 8;

/// Makes each call of a request fail in turn, for all tries of the SDK, and then sends the request again on a good
/// network. `check` gets the shop and the second answer.
async fn at_every_call(
    request: impl AsyncFn(&Shop, &Person, &Person) -> Answer,
    check: impl AsyncFn(&Shop, &Person, Answer),
) {
    at_every_call_after(async |_, _| (), request, check).await;
}

/// The same, but `prepare` runs first, on a good network.
async fn at_every_call_after(
    prepare: impl AsyncFn(&Shop, &Person),
    request: impl AsyncFn(&Shop, &Person, &Person) -> Answer,
    check: impl AsyncFn(&Shop, &Person, Answer),
) {
    for fault in FAULTS {
        for skip in 0..CALLS {
            let shop = Shop::open().await;
            let ada = shop.register("ada@example.com").await;
            let support = shop.staff("sam@example.com", Role::Support).await;
            prepare(&shop, &ada).await;
            shop.table.network.fail_any(skip, fault, 5);
            let first = request(&shop, &ada, &support).await;
            assert!(first.status.is_success() || first.status == 503, "{fault:?} after {skip} calls: {}", first.text);
            shop.table.network.heal();
            let second = request(&shop, &ada, &support).await;
            check(&shop, &ada, second).await;
        }
    }
}

fn events(shop: &Shop, kind: &str) -> usize {
    shop.table.events().iter().filter(|event| event["type"] == kind).count()
}

#[tokio::test]
async fn a_registration_happens_once_when_calls_fail() {
    let body = json!({ "email": "eve@example.com", "password": PASSWORD, "name": "Eve" });
    at_every_call(
        async |shop, _, _| shop.post("/api/v1/auth/register", &body).send().await,
        async |shop, _, second| {
            assert!(second.status == 201 || second.code() == "email_taken", "{}", second.text);
            assert_eq!(events(shop, "user.registered"), 3, "Ada, Sam and Eve, once each");
            shop.login("eve@example.com").await;
        },
    )
    .await;
}

#[tokio::test]
async fn a_refresh_happens_once_when_calls_fail() {
    at_every_call(
        async |shop, ada, _| shop.try_refresh(&ada.refresh).await,
        async |shop, _, second| {
            let next = person(&second.expect(200));
            assert!(shop.is_accepted(&next.access).await);
            shop.try_refresh(&next.refresh).await.expect(200);
        },
    )
    .await;
}

#[tokio::test]
async fn a_password_change_happens_once_when_calls_fail() {
    let new = "another long sentence";
    let body = json!({ "currentPassword": PASSWORD, "newPassword": new });
    at_every_call(
        async |shop, ada, _| shop.post("/api/v1/auth/password/change", &body).by(ada).send().await,
        async |shop, ada, second| {
            assert!(second.status == 200 || second.code() == "wrong_password", "{}", second.text);
            assert_eq!(events(shop, "user.password_changed"), 1);
            assert!(shop.is_accepted(&ada.access).await, "the session that changed it stays open");
            shop.try_login("ada@example.com", new).await.expect(200);
        },
    )
    .await;
}

#[tokio::test]
async fn a_ban_happens_once_when_calls_fail() {
    let body = json!({ "reason": "x", "until": "2026-12-01T00:00:00Z" });
    at_every_call(
        async |shop, ada, support| {
            let path = format!("/api/v1/users/{}/ban", ada.id);
            shop.post(&path, &body).by(support).send().await
        },
        async |shop, ada, second| {
            second.expect(200);
            shop.get("/api/v1/users/me").by(ada).send().await.expect_problem(403, "account_banned");
            let audited = shop.table.items_under("AUDIT#2026-11-20").len();
            assert_eq!(events(shop, "user.banned"), audited, "each act has an event and an audit entry, or neither");
        },
    )
    .await;
}

#[tokio::test]
async fn an_account_deletion_happens_once_when_calls_fail() {
    let body = json!({ "password": PASSWORD });
    at_every_call(
        async |shop, ada, _| {
            let ask = shop.request(Method::DELETE, "/api/v1/users/me");
            ask.json(&body).by(ada).send().await
        },
        async |shop, _, second| {
            assert!(second.status == 200 || second.code() == "session_ended", "{}", second.text);
            assert_eq!(events(shop, "user.deleted"), 1);
            shop.try_login("ada@example.com", PASSWORD).await.expect_problem(401, "invalid_credentials");
        },
    )
    .await;
}

/// The number of units in the cart of this person.
async fn pieces(shop: &Shop, whose: &Person) -> u64 {
    shop.get("/api/v1/cart").by(whose).send().await.expect(200).data()["units"].as_u64().unwrap()
}

async fn sell(shop: &Shop) {
    let staff = shop.staff("root@example.com", Role::Admin).await;
    shop.add_product(&staff, "A", 1000, 10).await;
}

#[tokio::test]
async fn adding_to_a_cart_with_an_idempotency_key_happens_once_when_calls_fail() {
    at_every_call_after(
        async |shop, _| sell(shop).await,
        async |shop, ada, _| {
            let add = shop.add_to_cart("A", 2).by(ada);
            add.header("idempotency-key", "once").send().await
        },
        async |shop, ada, second| {
            assert_eq!(second.expect(200).data()["units"], 2);
            assert_eq!(pieces(shop, ada).await, 2);
        },
    )
    .await;
}

#[tokio::test]
async fn moving_a_wishlist_item_into_the_cart_happens_once_when_calls_fail() {
    at_every_call_after(
        async |shop, ada| {
            sell(shop).await;
            shop.post("/api/v1/wishlist", &json!({ "sku": "A" })).by(ada).send().await.expect(200);
        },
        async |shop, ada, _| {
            let products = shop.table.items_under("PRODUCT#");
            let product = products.values().next().unwrap();
            let id = product["variants"][0]["id"].as_str().unwrap();
            let path = format!("/api/v1/wishlist/{id}/move-to-cart");
            shop.request(Method::POST, &path).by(ada).send().await
        },
        async |shop, ada, second| {
            assert!(second.status == 200 || second.code() == "wish_not_found");
            assert_eq!(pieces(shop, ada).await, 1, "one unit, in the wishlist or in the cart");
        },
    )
    .await;
}
