//! `POST /api/v1/auth/refresh`.

use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use harness::network::Fault;
use harness::shop::{Shop, person};

#[tokio::test]
async fn a_refresh_gives_a_new_pair_and_retires_the_old_token() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    shop.later(Duration::from_mins(20));
    assert!(!shop.is_accepted(&ada.access).await, "the access token has expired");
    let next = person(&shop.try_refresh(&ada.refresh).await.expect(200));
    assert_ne!(next.refresh, ada.refresh);
    assert!(shop.is_accepted(&next.access).await);
    person(&shop.try_refresh(&next.refresh).await.expect(200));
}

#[tokio::test]
async fn a_client_that_lost_the_answer_gets_the_same_pair_again() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    let first = person(&shop.try_refresh(&ada.refresh).await.expect(200));
    shop.later(Duration::from_secs(10));
    let again = person(&shop.try_refresh(&ada.refresh).await.expect(200));
    assert_eq!(again.refresh, first.refresh);
    person(&shop.try_refresh(&first.refresh).await.expect(200));
}

#[tokio::test]
async fn a_retired_token_used_again_ends_the_whole_session() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    let next = person(&shop.try_refresh(&ada.refresh).await.expect(200));
    shop.later(Duration::from_secs(11));
    assert!(shop.is_accepted(&next.access).await);
    shop.try_refresh(&ada.refresh).await.expect_problem(401, "refresh_token_reused");
    assert!(!shop.is_accepted(&next.access).await, "the access tokens of thief and owner end together");
    shop.try_refresh(&next.refresh).await.expect_problem(401, "invalid_refresh_token");
}

#[tokio::test]
async fn a_token_retired_long_ago_ends_its_session_and_no_other() {
    let shop = Shop::open().await;
    shop.register("ada@example.com").await;
    let (stolen, other) = (shop.login("ada@example.com").await, shop.login("ada@example.com").await);
    let mut newest = stolen.clone();
    for _ in 0..5 {
        newest = person(&shop.try_refresh(&newest.refresh).await.expect(200));
    }
    shop.try_refresh(&stolen.refresh).await.expect_problem(401, "refresh_token_reused");
    assert!(!shop.is_accepted(&newest.access).await);
    assert!(shop.is_accepted(&other.access).await);
}

#[tokio::test]
async fn a_forged_token_of_a_known_session_ends_nothing() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    let next = person(&shop.try_refresh(&ada.refresh).await.expect(200));
    // A forged token with the right session and a wrong secret. The last characters belong to the secret.
    for token in [&ada.refresh, &next.refresh] {
        let forged = format!("{}AAAAAAAA", &token[..token.len() - 8]);
        shop.try_refresh(&forged).await.expect_problem(401, "invalid_refresh_token");
    }
    for token in ["", "rft_", "rft_AAAA", &next.access, &format!("{}A", next.refresh)] {
        shop.try_refresh(token).await.expect_problem(401, "invalid_refresh_token");
    }
    assert!(shop.is_accepted(&next.access).await);
    shop.try_refresh(&next.refresh).await.expect(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_refreshes_all_get_the_same_pair() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    let body = serde_json::json!({ "refreshToken": ada.refresh });
    let tries: Vec<_> = (0..10).map(|_| tokio::spawn(shop.post("/api/v1/auth/refresh", &body).send())).collect();
    let mut tokens = Vec::new();
    for answer in tries {
        tokens.push(person(&answer.await.unwrap().expect(200)).refresh);
    }
    tokens.dedup();
    assert_eq!(tokens.len(), 1);
    shop.try_refresh(&tokens[0]).await.expect(200);
}

#[tokio::test]
async fn a_rotation_succeeds_when_the_answer_of_the_table_is_lost() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    // The first two updates are the counters of the rate limits.
    shop.table.network.fail("UpdateItem", Fault::After, 3);
    let next = person(&shop.try_refresh(&ada.refresh).await.expect(200));
    assert!(shop.is_accepted(&next.access).await);
    shop.try_refresh(&next.refresh).await.expect(200);
}

#[tokio::test]
async fn an_unused_refresh_token_expires_after_seven_days() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    shop.later(Duration::from_hours(7 * 24));
    shop.try_refresh(&ada.refresh).await.expect_problem(401, "invalid_refresh_token");
}

#[tokio::test]
async fn a_session_ends_after_ninety_days_even_if_it_is_refreshed() {
    let shop = Shop::open().await;
    let mut ada = shop.register("ada@example.com").await;
    for _ in 0..15 {
        shop.later(Duration::from_hours(6 * 24 - 1));
        ada = person(&shop.try_refresh(&ada.refresh).await.expect(200));
    }
    shop.later(Duration::from_hours(6 * 24));
    shop.try_refresh(&ada.refresh).await.expect_problem(401, "invalid_refresh_token");
}

#[tokio::test]
async fn a_session_is_refreshed_sixty_times_a_minute_from_all_addresses_together() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    let body = serde_json::json!({ "refreshToken": ada.refresh });
    let refresh = |n: u32| shop.post("/api/v1/auth/refresh", &body).from_ip(&format!("192.0.2.{n}")).send();
    for n in 0..60 {
        refresh(n).await.expect(200);
    }
    refresh(99).await.expect_problem(429, "rate_limited");
}

#[tokio::test]
async fn a_forged_token_with_the_highest_number_is_refused_like_any_other() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    let real = BASE64URL_NOPAD.decode(ada.refresh.strip_prefix("rft_").unwrap().as_bytes()).unwrap();
    let forged = [&real[..32], &u32::MAX.to_be_bytes(), &real[36..]].concat();
    let forged = format!("rft_{}", BASE64URL_NOPAD.encode(&forged));
    shop.try_refresh(&forged).await.expect_problem(401, "invalid_refresh_token");
    shop.try_refresh(&ada.refresh).await.expect(200);
}
