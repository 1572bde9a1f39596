//! Sessions: list, end one, end all, logout.

use axum::http::Method;
use domain::access::Role;
use harness::shop::Shop;

#[tokio::test]
async fn ending_a_session_takes_effect_on_its_next_request() {
    let shop = Shop::open().await;
    let phone = shop.register("ada@example.com").await;
    let laptop = shop.login("ada@example.com").await;
    let sessions = shop.get("/api/v1/auth/sessions").by(&laptop).send().await.expect(200);
    let other = sessions.data().as_array().unwrap().iter().find(|session| session["current"] == false).unwrap();
    assert_eq!((&other["device"], &other["ip"]), (&"Firefox on Linux".into(), &"192.0.2.1".into()));
    let path = format!("/api/v1/auth/sessions/{}", other["id"].as_str().unwrap());
    shop.request(Method::DELETE, &path).by(&laptop).send().await.expect(200);
    assert!(!shop.is_accepted(&phone.access).await);
    assert!(shop.is_accepted(&laptop.access).await);
    shop.try_refresh(&phone.refresh).await.expect_problem(401, "invalid_refresh_token");
    shop.request(Method::DELETE, &path).by(&laptop).send().await.expect(200);
}

#[tokio::test]
async fn nobody_can_end_the_session_of_another_user() {
    let shop = Shop::open().await;
    let (ada, eve) = (shop.register("ada@example.com").await, shop.register("eve@example.com").await);
    let sessions = shop.get("/api/v1/auth/sessions").by(&ada).send().await;
    let id = sessions.data()[0]["id"].as_str().unwrap().to_owned();
    shop.request(Method::DELETE, &format!("/api/v1/auth/sessions/{id}")).by(&eve).send().await.expect(200);
    assert!(shop.is_accepted(&ada.access).await);
    for id in ["nonsense", "usr_01M7XEBF1GJ9S2EBBH215VRVD3", "../profile"] {
        let path = format!("/api/v1/auth/sessions/{}", id.replace('/', "%2F"));
        shop.request(Method::DELETE, &path).by(&eve).send().await.expect_problem(404, "session_not_found");
    }
}

#[tokio::test]
async fn staff_see_and_end_the_sessions_of_users_of_a_lower_role() {
    let shop = Shop::open().await;
    let support = shop.staff("sam@example.com", Role::Support).await;
    let admin = shop.staff("root@example.com", Role::Admin).await;
    let (phone, laptop) = (shop.register("ada@example.com").await, shop.login("ada@example.com").await);
    let path = |id: &dyn std::fmt::Display| format!("/api/v1/users/{id}/sessions");
    let end = |id: String| shop.request(Method::DELETE, &path(&id)).by(&support).send();
    shop.get(&path(&phone.id)).by(&phone).send().await.expect_problem(403, "forbidden");
    let sessions = shop.get(&path(&phone.id)).by(&support).send().await.expect(200);
    let devices: Vec<_> =
        sessions.data().as_array().unwrap().iter().map(|it| (&it["device"], &it["current"])).collect();
    assert_eq!(devices, [(&"Firefox on Linux".into(), &false.into()); 2]);
    let own = shop.get(&path(&support.id)).by(&support).send().await.expect(200);
    assert_eq!(own.data()[0]["current"], true);
    shop.get(&path(&"usr_01M7XEBF1GJ9S2EBBH215VRVD3")).by(&support).send().await.expect_problem(404, "user_not_found");

    end(support.id.to_string()).await.expect_problem(403, "not_oneself");
    end(admin.id.to_string()).await.expect_problem(403, "outranked");
    end("usr_01M7XEBF1GJ9S2EBBH215VRVD3".into()).await.expect_problem(404, "user_not_found");
    assert!(shop.is_accepted(&support.access).await && shop.is_accepted(&admin.access).await);
    end(phone.id.to_string()).await.expect(200);
    for person in [&phone, &laptop] {
        shop.get("/api/v1/users/me").by(person).send().await.expect_problem(401, "session_ended");
        shop.try_refresh(&person.refresh).await.expect_problem(401, "session_ended");
    }
    assert_eq!(shop.get(&path(&phone.id)).by(&support).send().await.data(), &serde_json::json!([]));
    shop.login("ada@example.com").await;
    let trail = shop.get(&format!("/api/v1/audit?actor={}", support.id)).by(&admin).send().await.expect(200);
    let acts: Vec<_> = trail.data().as_array().unwrap().iter().map(|entry| entry["action"].as_str().unwrap()).collect();
    assert_eq!(acts.iter().filter(|act| **act == "user.end-sessions").count(), 1);
    assert_eq!(acts.iter().filter(|act| **act == "user.read-sessions").count(), 3);
}

#[tokio::test]
async fn logout_ends_this_session_and_logout_everywhere_ends_all() {
    let shop = Shop::open().await;
    let (one, two, three) = (
        shop.register("ada@example.com").await,
        shop.login("ada@example.com").await,
        shop.login("ada@example.com").await,
    );
    shop.request(Method::POST, "/api/v1/auth/logout").by(&one).send().await.expect(200);
    assert!(!shop.is_accepted(&one.access).await);
    assert!(shop.is_accepted(&two.access).await);
    shop.request(Method::DELETE, "/api/v1/auth/sessions").by(&two).send().await.expect(200);
    for person in [&two, &three] {
        shop.get("/api/v1/users/me").by(person).send().await.expect_problem(401, "session_ended");
        shop.try_refresh(&person.refresh).await.expect_problem(401, "session_ended");
    }
    let again = shop.login("ada@example.com").await;
    let sessions = shop.get("/api/v1/auth/sessions").by(&again).send().await.expect(200);
    assert_eq!(sessions.data().as_array().unwrap().len(), 1, "dead sessions are not listed");
}

#[tokio::test]
async fn sessions_are_listed_in_pages() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    for _ in 0..4 {
        shop.login("ada@example.com").await;
    }
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let answer = shop.get(&format!("/api/v1/auth/sessions?limit=2{cursor}")).by(&ada).send().await.expect(200);
        seen.extend(answer.data().as_array().unwrap().iter().map(|session| session["id"].as_str().unwrap().to_owned()));
        match answer.json["pagination"]["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen.len(), 5);
    let mut distinct = seen.clone();
    distinct.sort();
    distinct.dedup();
    assert_eq!(distinct.len(), 5);
    for query in ["limit=0", "limit=101", "limit=x", "cursor=%21", "cursor=", "page=2"] {
        shop.get(&format!("/api/v1/auth/sessions?{query}"))
            .by(&ada)
            .send()
            .await
            .expect_problem(400, "validation_failed");
    }
}
