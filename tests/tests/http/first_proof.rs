//! Somebody registers the address of another person and leaves traps in the account. Its owner proves the address, and
//! nothing of the stranger is left.

use std::time::Duration;

use axum::http::Method;
use domain::event::Event;
use domain::id::VariantId;
use domain::sku::Sku;
use harness::interruptions::Outcome;
use harness::network::Fault;
use harness::products::{make, shirt, staffed};
use harness::shop::{Answer, PASSWORD, Person, Shop, person};
use serde_json::{Value, json};
use store::carts::WishlistItem;
use store::credentials::TwoFactorOn;
use store::links::LinkKind;

const EMAIL: &str = "victim@example.com";
const OWN: &str = "a sentence of my own";

fn address() -> Value {
    json!({ "type": "shipping", "name": "Eve", "line1": "1 Trap St", "city": "London", "postalCode": "N1", "country": "GB" })
}

async fn reset(shop: &Shop, token: &str) -> Answer {
    let body = json!({ "token": token, "password": OWN });
    shop.post("/api/v1/auth/password/reset", &body).send().await
}

async fn forgot(shop: &Shop) -> String {
    shop.post("/api/v1/auth/password/forgot", &json!({ "email": EMAIL })).send().await.expect(202);
    shop.mailed_token(LinkKind::Reset, "user.password_reset_requested").await
}

async fn verify(shop: &Shop, body: &Value) -> Answer {
    shop.post("/api/v1/auth/email/verify", body).send().await
}

/// A stranger with the victim's address, and everything that an account can hold. The second factor and the stock alert
/// are of a time when an unproven account could have them.
async fn with_traps() -> (Shop, Person) {
    let (shop, staff) = staffed().await;
    for (sku, stock) in [("OUT", 0), ("IN", 7)] {
        let mut body = shirt(sku);
        body["stock"] = json!(stock);
        body["status"] = json!("active");
        make(&shop, &staff, &body).await;
    }
    let eve = shop.register(EMAIL).await;
    let eve_at = |method: Method, path: &str, body: &Value| shop.request(method, path).json(body).by(&eve).send();
    eve_at(Method::POST, "/api/v1/users/me/addresses", &address()).await.expect(201);
    let edit = json!({ "name": "Eve the Trap", "preferences": { "orders": false } });
    eve_at(Method::PATCH, "/api/v1/users/me", &edit).await.expect(200);
    eve_at(Method::POST, "/api/v1/cart/items", &json!({ "sku": "IN", "quantity": 2 })).await.expect(200);
    eve_at(Method::POST, "/api/v1/wishlist", &json!({ "sku": "IN" })).await.expect(200);
    let level = shop.store().stock_level(&Sku::parse("OUT").unwrap()).await.unwrap().unwrap();
    let token = shop.app.context.ids.transaction(shop.now());
    shop.store().create_stock_alert(token, eve.id, &level, shop.now()).await.unwrap();
    let user = shop.store().user(eve.id).await.unwrap().unwrap();
    shop.store().begin_two_factor(eve.id, "SECRET").await.unwrap();
    let event = Event::TwoFactorChanged { user_id: eve.id, enabled: true };
    let outbox_event = shop.app.context.ids.outbox_event(event, shop.now());
    let session = shop.store().sessions(eve.id, &store::page::PageRequest { limit: 1, after: None }).await.unwrap();
    let on =
        TwoFactorOn { secret: "SECRET", step: 7, recovery_hashes: vec!["one".into()], outbox_event: &outbox_event };
    shop.store().enable_two_factor(&user, session.items[0].id, on).await.unwrap();
    assert!(shop.is_accepted(&eve.access).await);
    (shop, eve)
}

/// Nothing that the stranger had or left is of any use.
async fn is_clean(shop: &Shop, eve: &Person) {
    assert!(!shop.is_accepted(&eve.access).await);
    shop.try_refresh(&eve.refresh).await.expect_problem(401, "session_ended");
    shop.try_login(EMAIL, PASSWORD).await.expect_problem(401, "invalid_credentials");
    let signed_in = shop.try_login(EMAIL, OWN).await.expect(200);
    let me = person(&signed_in);
    assert_eq!(me.id, eve.id, "orders stay with the account");
    let user = &signed_in.data()["user"];
    assert_eq!(
        (&user["name"], &user["emailVerified"], &user["twoFactorEnabled"]),
        (&json!("victim"), &json!(true), &json!(false))
    );
    assert_eq!(user["preferences"]["orders"], true);
    for list in ["/api/v1/users/me/addresses", "/api/v1/wishlist", "/api/v1/stock-alerts"] {
        let listed = shop.get(list).by(&me).send().await.expect(200);
        assert_eq!(listed.data(), &json!([]), "{list}");
    }
    assert_eq!(shop.get("/api/v1/cart").by(&me).send().await.expect(200).data()["units"], 0);
    let sessions = shop.get("/api/v1/auth/sessions").by(&me).send().await.expect(200);
    assert_eq!(sessions.data().as_array().unwrap().len(), 1);
    let left: Vec<String> =
        shop.table.items_under(&format!("USER#{}", me.id)).iter().map(|(key, item)| format!("{key} {item}")).collect();
    assert!(left.iter().all(|item| !item.contains("Trap") && !item.contains("SECRET")), "{left:#?}");
    let proof = json!({ "type": "user.email_verified", "userId": me.id.to_string() });
    assert_eq!(shop.table.events().into_iter().filter(|event| *event == proof).count(), 1, "one welcome mail");
}

#[tokio::test]
async fn a_reset_of_an_unproven_account_throws_out_everything_of_whoever_registered_it() {
    let (shop, eve) = with_traps().await;
    let other_link = forgot(&shop).await;
    shop.later(Duration::from_secs(1));
    let token = forgot(&shop).await;
    reset(&shop, &token).await.expect(200);
    is_clean(&shop, &eve).await;
    assert_eq!(shop.table.events().iter().filter(|event| event["type"] == "user.password_changed").count(), 1);
    reset(&shop, &other_link).await.expect_problem(400, "link_invalid");
}

#[tokio::test]
async fn a_reset_may_bring_a_name() {
    let shop = Shop::open().await;
    shop.register(EMAIL).await;
    let token = forgot(&shop).await;
    let named = |name: &str| json!({ "token": token, "password": OWN, "name": name });
    let refused = shop.post("/api/v1/auth/password/reset", &named("\u{202e}eve")).send().await;
    assert_eq!(refused.expect_problem(400, "validation_failed").fields(), ["name"]);
    shop.post("/api/v1/auth/password/reset", &named("Vic Tim")).send().await.expect(200);
    assert_eq!(shop.try_login(EMAIL, OWN).await.expect(200).data()["user"]["name"], "Vic Tim");
}

#[tokio::test]
async fn a_verification_by_somebody_unknown_starts_over_and_leads_to_a_password_of_their_own() {
    let (shop, eve) = with_traps().await;
    let reset_link = forgot(&shop).await;
    shop.later(Duration::from_secs(1));
    let link = shop.mailed_token(LinkKind::Verify, "user.registered").await;
    let verified = verify(&shop, &json!({ "token": link })).await.expect(200);
    shop.try_login(EMAIL, PASSWORD).await.expect_problem(401, "invalid_credentials");
    reset(&shop, &reset_link).await.expect_problem(400, "link_invalid");
    let next = verified.data()["passwordResetToken"].as_str().unwrap();
    reset(&shop, next).await.expect(200);
    reset(&shop, next).await.expect_problem(400, "link_invalid");
    is_clean(&shop, &eve).await;
    verify(&shop, &json!({ "token": link })).await.expect_problem(400, "link_invalid");
}

#[tokio::test]
async fn who_registered_keeps_everything_with_a_session_or_the_password() {
    for signed_in in [true, false] {
        let shop = Shop::open().await;
        let ada = shop.register(EMAIL).await;
        shop.post("/api/v1/users/me/addresses", &address()).by(&ada).send().await.expect(201);
        let link = shop.mailed_token(LinkKind::Verify, "user.registered").await;
        if signed_in {
            let ask = shop.post("/api/v1/auth/email/verify", &json!({ "token": link }));
            ask.by(&ada).send().await.expect(200);
        } else {
            let wrong = json!({ "token": link, "password": "wrong password" });
            verify(&shop, &wrong).await.expect_problem(401, "wrong_password");
            let right = json!({ "token": link, "password": PASSWORD });
            assert_eq!(verify(&shop, &right).await.expect(200).data()["passwordResetToken"], json!(null));
        }
        assert_eq!(shop.is_accepted(&ada.access).await, signed_in, "others may know the password too");
        let ada = shop.login(EMAIL).await;
        let addresses = shop.get("/api/v1/users/me/addresses").by(&ada).send().await.expect(200);
        assert_eq!(addresses.data().as_array().unwrap().len(), 1);
        let me = shop.get("/api/v1/users/me").by(&ada).send().await.expect(200);
        assert_eq!((&me.data()["name"], &me.data()["emailVerified"]), (&json!("Ada Lovelace"), &json!(true)));
    }
}

#[tokio::test]
async fn a_session_of_another_account_proves_nothing() {
    let shop = Shop::open().await;
    let eve = shop.register(EMAIL).await;
    let link = shop.mailed_token(LinkKind::Verify, "user.registered").await;
    let bob = shop.register("bob@example.com").await;
    let ask = |access: &str| shop.post("/api/v1/auth/email/verify", &json!({ "token": link })).bearer(access).send();
    ask("nonsense").await.expect_problem(401, "invalid_token");
    let verified = ask(&bob.access).await.expect(200);
    assert!(verified.data()["passwordResetToken"].is_string());
    assert!(!shop.is_accepted(&eve.access).await);
    assert!(shop.is_accepted(&bob.access).await);
}

#[tokio::test]
async fn nobody_who_knows_the_password_can_make_the_owners_link_invalid() {
    for proven in [false, true] {
        let shop = Shop::open().await;
        let eve = shop.register(EMAIL).await;
        if proven {
            shop.prove_address(&eve).await;
        }
        let token = forgot(&shop).await;
        let change = json!({ "currentPassword": PASSWORD, "newPassword": "another long sentence" });
        shop.post("/api/v1/auth/password/change", &change).by(&eve).send().await.expect(200);
        shop.request(Method::DELETE, "/api/v1/auth/sessions").by(&eve).send().await.expect(200);
        reset(&shop, &token).await.expect(200);
        shop.try_login(EMAIL, "another long sentence").await.expect_problem(401, "invalid_credentials");
        shop.try_login(EMAIL, OWN).await.expect(200);
    }
}

#[tokio::test]
async fn an_account_starts_over_once_when_calls_fail() {
    for fault in [Fault::Before, Fault::After, Fault::Throttle, Fault::Conflict] {
        // The calls: count, link, user twice, four reads of what is there, the transaction. The last run has no fault.
        for skip in 0..10 {
            let shop = Shop::open().await;
            let eve = shop.register(EMAIL).await;
            shop.post("/api/v1/users/me/addresses", &address()).by(&eve).send().await.expect(201);
            let token = forgot(&shop).await;
            shop.table.network.fail_any(skip, fault, 5);
            let first = reset(&shop, &token).await;
            assert!(first.status == 200 || first.status == 503, "{fault:?} after {skip} calls: {}", first.text);
            shop.table.network.heal();
            let second = reset(&shop, &token).await;
            assert!(second.status == 200 || second.code() == "link_invalid", "{}", second.text);
            assert_eq!(shop.table.events().iter().filter(|event| event["type"] == "user.password_changed").count(), 1);
            is_clean(&shop, &eve).await;
        }
    }
}

#[tokio::test]
async fn an_address_that_is_added_at_the_same_moment_is_not_left_behind() {
    for at in 0.. {
        let shop = Shop::open().await;
        let eve = shop.register(EMAIL).await;
        let token = forgot(&shop).await;
        let owner = {
            let ask = shop.post("/api/v1/auth/password/reset", &json!({ "token": token, "password": OWN }));
            async move { drop(ask.send().await.expect(200)) }
        };
        let add = shop.post("/api/v1/users/me/addresses", &address()).by(&eve).send();
        let outcome = shop.table.network.interruptions.interrupt_at(at, owner, add).await;
        if matches!(outcome, Outcome::NotReached) {
            assert!(at > 4, "a request passes some points");
            break;
        }
        is_clean(&shop, &eve).await;
    }
}

#[tokio::test]
async fn what_finds_no_room_in_the_transaction_is_removed_by_the_janitor() {
    let shop = Shop::open().await;
    let eve = shop.register(EMAIL).await;
    let ids = &shop.app.context.ids;
    for n in 0..120 {
        let variant_id = VariantId::new(shop.now(), n);
        let sku = Sku::parse(&format!("A{n}")).unwrap();
        let wish = WishlistItem { product_id: ids.product(shop.now()), variant_id, sku, since: shop.now() };
        shop.store().add_to_wishlist(eve.id, &wish).await.unwrap();
    }
    shop.later(Duration::from_mins(1));
    let token = forgot(&shop).await;
    reset(&shop, &token).await.expect(200);
    let wishes = || shop.table.items_under(&format!("WISH#{}", eve.id)).len();
    assert!((1..60).contains(&wishes()), "{}", wishes());
    shop.later(Duration::from_mins(1));
    let wish = WishlistItem {
        product_id: ids.product(shop.now()),
        variant_id: VariantId::new(shop.now(), 999),
        sku: Sku::parse("MINE").unwrap(),
        since: shop.now(),
    };
    shop.store().add_to_wishlist(eve.id, &wish).await.unwrap();
    // The janitor is interrupted after each of its calls in turn and still reaches the same end.
    let janitor = shop.janitor();
    for skip in [4, 6, 9] {
        shop.table.network.fail_any(skip, Fault::After, 3);
        let _ = janitor.run().await;
        shop.table.network.heal();
    }
    janitor.run().await.unwrap();
    assert_eq!(wishes(), 1, "what the owner added later stays");
    assert!(shop.table.items().keys().all(|key| !key.contains("DUE#")));
}
