//! Staff, operators, and the answers of the gateway itself.

use aws_sdk_s3::error::ProvideErrorMetadata;
use axum::http::Method;
use domain::mail::{MailJob, MailTemplate, Recipient};
use domain::time::Time;
use harness::cloud::Cloud;
use harness::shop::{Answer, PASSWORD, Person};
use kit::runtime::ids::Ids;
use serde_json::json;

use crate::fixtures::{register, register_verified, staff};

#[tokio::test]
async fn the_first_admin_is_made_by_the_operator_and_bans_a_user() {
    let cloud = Cloud::find();
    let (root, eve) = (
        register_verified(&cloud, "root.journey@example.com").await,
        register_verified(&cloud, "eve.journey@example.com").await,
    );
    cloud.get("/api/v1/users", Some(&root.access)).await.expect_problem(403, "forbidden");
    assert!(cloud.operate(&["make-admin", &root.email]).contains("is an admin"));
    let found = cloud.get("/api/v1/users?email=eve.journey", Some(&root.access)).await.expect(200);
    assert_eq!(found.data()[0]["id"], eve.id.to_string());

    let path = format!("/api/v1/users/{}/ban", eve.id);
    let ban = json!({ "reason": "Card testing", "until": "2099-01-01T00:00:00Z" });
    cloud.post(&path, Some(&root.access), &ban).await.expect(200);
    cloud.get("/api/v1/users/me", Some(&eve.access)).await.expect_problem(403, "account_banned");
    let mail = cloud.mail(&eve.email, "is suspended").await;
    assert!(mail.text.contains("Card testing") && mail.text.contains("1 January 2099 at 00:00 UTC"));
    cloud.request(Method::DELETE, &path, Some(&root.access), None).await.expect(200);
    cloud.post("/api/v1/auth/login", None, &json!({ "email": eve.email, "password": PASSWORD })).await.expect(200);
    let trail = cloud.get(&format!("/api/v1/audit?actor={}", root.id), Some(&root.access)).await.expect(200);
    let acts: Vec<_> = trail.data().as_array().unwrap().iter().filter(|e| e["subject"] == eve.id.to_string()).collect();
    assert_eq!(acts.iter().map(|act| act["action"].as_str().unwrap()).collect::<Vec<_>>(), ["user.unban", "user.ban"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_admins_demote_each_other_at_the_same_moment_and_one_of_them_stays_admin() {
    let cloud = Cloud::find();
    let (one, two) = (staff(&cloud, "one.journey@example.com").await, staff(&cloud, "two.journey@example.com").await);
    let demote = |by: &Person, person: &Person| {
        let (cloud, access, path) = (cloud.clone(), by.access.clone(), format!("/api/v1/users/{}/role", person.id));
        let body = json!({ "role": "customer" });
        tokio::spawn(async move { cloud.request(Method::PATCH, &path, Some(&access), Some(&body)).await })
    };
    for _ in 0..8 {
        let answers = (demote(&one, &two), demote(&two, &one));
        let answers = [answers.0.await.unwrap(), answers.1.await.unwrap()];
        let statuses: Vec<u16> = answers.iter().map(|answer| answer.status.as_u16()).collect();
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
        assert!(answers.iter().all(|answer| ["", "forbidden", "changed_meanwhile"].contains(&answer.code())));
        let demoted = if statuses[0] == 200 { &two } else { &one };
        cloud.get("/api/v1/audit", Some(&demoted.access)).await.expect_problem(403, "forbidden");
        cloud.operate(&["make-admin", &demoted.email]);
        cloud.get("/api/v1/audit", Some(&demoted.access)).await.expect(200);
    }
}

#[tokio::test]
async fn the_audit_trail_is_copied_to_a_bucket_that_does_not_let_it_go() {
    let cloud = Cloud::find();
    let root = staff(&cloud, "archivist@example.com").await;
    let files = aws_sdk_s3::Client::new(&kit::runtime::aws::config().await);
    let buckets = files.list_buckets().send().await.unwrap().buckets.unwrap_or_default();
    let bucket = buckets.into_iter().find_map(|bucket| bucket.name.filter(|name| name.contains("archivebucket")));
    let bucket = bucket.unwrap();
    let kept = async |_: &Cloud| {
        let names = files.list_objects_v2().bucket(&bucket).send().await.unwrap().contents.unwrap_or_default();
        for name in names.into_iter().filter_map(|file| file.key) {
            let file = files.get_object().bucket(&bucket).key(&name).send().await.unwrap();
            let version = file.version_id.clone().unwrap();
            let text = String::from_utf8(file.body.collect().await.unwrap().to_vec()).unwrap();
            if text.contains(&root.id.to_string()) {
                return Some((name, version, text));
            }
        }
        None
    };
    let (name, version, text) = cloud.until("the copy of an audit entry", kept).await;
    assert!(text.lines().all(|line| line.starts_with(r#"{"change":"INSERT","#)), "{text}");
    let removed = files.delete_object().bucket(&bucket).key(name).version_id(version).send().await;
    assert_eq!(removed.unwrap_err().code(), Some("AccessDenied"));
}

#[tokio::test]
async fn keys_rotate_without_logging_anyone_out() {
    let cloud = Cloud::find();
    let ada = register(&cloud, "rotation@example.com").await;
    assert!(cloud.operate(&["rotate-keys"]).contains("keys are published"));
    cloud.get("/api/v1/users/me", Some(&ada.access)).await.expect(200);
    let refreshed = cloud.post("/api/v1/auth/refresh", None, &json!({ "refreshToken": ada.refresh })).await.expect(200);
    cloud.get("/api/v1/users/me", refreshed.data()["accessToken"].as_str()).await.expect(200);
    let jwks = cloud.get("/.well-known/jwks.json", None).await.expect(200);
    assert!(!jwks.json["keys"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn a_dead_mail_job_is_redriven_and_mailed_once() {
    let cloud = Cloud::find();
    let ada = register_verified(&cloud, "redrive@example.com").await;
    cloud.mail(&ada.email, "Welcome").await;
    // The same failed job twice in the dead-letter queue, as the queue would put it there.
    let at = Time::parse("2026-11-20T10:00:00Z").unwrap();
    let job = MailJob {
        event_id: Ids::random().event(at),
        to: Recipient::User(ada.id),
        at,
        template: MailTemplate::PasswordChanged,
    };
    let body = serde_json::to_string(&job).unwrap();
    let config = kit::runtime::aws::config().await;
    let queues = aws_sdk_sqs::Client::new(&config);
    let urls = queues.list_queues().send().await.unwrap().queue_urls.unwrap_or_default();
    let dead = urls.iter().find(|url| url.contains("MailDeadLetters")).unwrap();
    for _ in 0..2 {
        queues.send_message().queue_url(dead).message_body(&body).send().await.unwrap();
    }
    assert_eq!(cloud.operate(&["redrive"]).lines().next(), Some("2 messages are back in the mail queue"));
    cloud.mail(&ada.email, "Your password for Kontor was changed").await;
    let changed =
        cloud.mails_to(&ada.email).await.into_iter().filter(|mail| mail.subject.contains("was changed")).count();
    assert_eq!(changed, 1);
}

#[tokio::test]
async fn health_the_api_description_and_errors_are_answered_through_the_gateway() {
    let cloud = Cloud::find();
    cloud.get("/health", None).await.expect(200);
    let api: Answer = cloud.get("/api/v1/openapi.json", None).await.expect(200);
    assert_eq!(api.json["openapi"], "3.1.0");
    let nothing = cloud.get("/api/v1/no-such-thing", None).await.expect_problem(404, "no_such_route");
    assert_eq!(nothing.json["path"], "/api/v1/no-such-thing");
    let shop = cloud.get("/api/v1/shop", None).await.expect(200);
    assert_eq!(shop.data()["payment"]["stripePublishableKey"], "pk_test_local");
    for path in ["/health/live", "/api/v1/home", "/api/v1/shop"] {
        let head = cloud.request(Method::HEAD, path, None, None).await.expect(200);
        assert_eq!((head.header("content-type"), head.text.as_str()), ("application/json", ""));
        let refused = cloud.request(Method::PATCH, path, None, None).await.expect_problem(405, "method_not_allowed");
        assert!(refused.header("allow").starts_with("GET,HEAD"), "{path}");
    }
    let refused = cloud.get("/api/v1/orders/confirm", None).await.expect_problem(405, "method_not_allowed");
    assert_eq!(refused.header("allow"), "POST");
    let big = json!({ "email": "a@example.com", "password": "x".repeat(1_000_000) });
    cloud.post("/api/v1/auth/login", None, &big).await.expect_problem(413, "body_too_large");
    cloud.get("/api/v1/users/me", Some("x.y.z")).await.expect_problem(401, "invalid_token");
}

#[tokio::test]
async fn pages_of_allowed_origins_may_call_with_credentials_and_others_may_not() {
    let cloud = Cloud::find();
    let url = format!("{}/api/v1/users/me", cloud.api);
    let preflight = |origin: &str| {
        [
            ("origin", origin.to_owned()),
            ("access-control-request-method", "PATCH".to_owned()),
            ("access-control-request-headers", "authorization".to_owned()),
        ]
    };
    // The local cloud allows every port of this machine, for example Vite's.
    for origin in [&cloud.origin, "http://localhost:5173", "http://127.0.0.1:8080"] {
        let allowed = cloud.fetch(Method::OPTIONS, &url, &preflight(origin), None).await;
        assert_eq!(allowed.header("access-control-allow-origin"), origin);
        assert_eq!(allowed.header("access-control-allow-credentials"), "true");
        assert!(allowed.header("access-control-allow-methods").contains("PATCH"));
        let answer = cloud.fetch(Method::GET, &url, &[("origin", origin.to_owned())], None).await.expect(401);
        for (name, value) in [("access-control-allow-origin", origin), ("access-control-allow-credentials", "true")] {
            let values: Vec<_> = answer.headers.get_all(name).iter().collect();
            assert_eq!(values, [value], "{name} once: a browser takes no second one");
        }
        assert!(answer.header("access-control-expose-headers").contains("retry-after"));
        assert!(answer.header("access-control-expose-headers").contains("cart-token"));
    }
    for origin in ["https://evil.example", "http://localhost.evil.example", "null"] {
        let refused = cloud.fetch(Method::OPTIONS, &url, &preflight(origin), None).await;
        assert_eq!(refused.header("access-control-allow-origin"), "", "{origin}");
        let refused = cloud.fetch(Method::GET, &url, &[("origin", origin.to_owned())], None).await;
        assert_eq!(refused.header("access-control-allow-origin"), "", "{origin}");
    }
}

#[tokio::test]
async fn an_address_that_bounced_gets_no_more_mail() {
    let cloud = Cloud::find();
    // Mail to this address bounces, both in SES's mailbox simulator and in the local cloud.
    let dead = register(&cloud, "bounce@simulator.amazonses.com").await;
    let undeliverable = async |cloud: &Cloud| {
        let me = cloud.get("/api/v1/users/me", Some(&dead.access)).await.expect(200);
        (me.data()["emailUndeliverable"] == true).then_some(())
    };
    cloud.until("the bounce", undeliverable).await;
    let before = cloud.mails_to(&dead.email).await.len();
    let live = register(&cloud, "alive@example.com").await;
    for email in [&dead.email, &live.email] {
        cloud.post("/api/v1/auth/password/forgot", None, &json!({ "email": email })).await.expect(202);
    }
    cloud.mail(&live.email, "Set a new password").await;
    assert_eq!(cloud.mails_to(&dead.email).await.len(), before);
}
