//! The files of `events/` are what the functions take.

use harness::shop::Shop;
use harness::template::root;
use mailer::Message;
use relay::route;
use serde_json::Value;

fn event(name: &str) -> String {
    std::fs::read_to_string(root().join("events").join(name)).unwrap()
}

/// The body of the one message in a batch.
fn body_of(name: &str) -> String {
    let batch: Value = serde_json::from_str(&event(name)).unwrap();
    batch["Records"][0]["body"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_shelves_events_are_answered() {
    let shop = Shop::open().await;
    shop.replay(&event("catalog-products.json")).await.expect(200);
    shop.replay(&event("catalog-home.json")).await.expect(200);
    for name in [
        "coupons-unauthenticated.json",
        "orders-unauthenticated.json",
        "stock-unauthenticated.json",
        "uploads-unauthenticated.json",
    ] {
        let refused = shop.replay(&event(name)).await;
        refused.expect_problem(401, "unauthenticated");
    }
}

#[tokio::test]
async fn the_tills_events_are_answered() {
    let shop = Shop::open().await;
    let empty = shop.replay(&event("carts-empty.json")).await;
    assert_eq!(empty.expect(200).data()["items"], serde_json::json!([]));
    for (name, status, code) in [
        ("orders-empty-cart.json", 409, "cart_empty"),
        ("payments-missing.json", 404, "order_not_found"),
        ("stripe-webhook-unsigned.json", 400, "invalid_signature"),
    ] {
        let answer = shop.replay(&event(name)).await;
        answer.expect_problem(status, code);
    }
}

#[test]
fn a_message_that_is_nobodys_is_refused_not_passed_over() {
    for text in ["{}", r#"{"job":"part"}"#, r#"{"records":[]}"#, "[]"] {
        assert!(serde_json::from_str::<media::Message>(text).is_err(), "{text}");
        assert!(serde_json::from_str::<import_export::Message>(text).is_err(), "{text}");
    }
    let test = r#"{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"b"}"#;
    assert!(serde_json::from_str::<media::Message>(test).is_ok());
}

#[tokio::test]
async fn the_accounts_events_register_sign_in_and_are_refused() {
    let shop = Shop::open().await;
    shop.replay(&event("accounts-register.json")).await.expect(201);
    shop.replay(&event("accounts-login.json")).await.expect(200);
    shop.replay(&event("accounts-jwks.json")).await.expect(200);
    let refused = shop.replay(&event("accounts-unauthenticated.json")).await;
    assert_eq!(refused.expect_problem(401, "unauthenticated").json["requestId"], "event-1");
}

#[test]
fn the_events_of_stream_and_queue_are_understood() {
    let stream: aws_lambda_events::dynamodb::Event = serde_json::from_str(&event("relay-registered.json")).unwrap();
    let routes = route(&stream.records);
    assert_eq!((routes.mail.len(), routes.broken), (2, None));
    for (file, is_tidy) in [("media-uploaded.json", false), ("media-tidy.json", true)] {
        let message: media::Message = serde_json::from_str(&body_of(file)).unwrap();
        assert_eq!(matches!(message, media::Message::Tidy(_)), is_tidy, "{file}");
    }
    for (file, is_job) in [("import-export-uploaded.json", false), ("import-export-export.json", true)] {
        let message: import_export::Message = serde_json::from_str(&body_of(file)).unwrap();
        assert_eq!(matches!(message, import_export::Message::Job(_)), is_job, "{file}");
    }
    for (file, is_job) in [("mailer-welcome.json", true), ("mailer-bounce.json", false)] {
        let message: Message = serde_json::from_str(&body_of(file)).unwrap();
        assert_eq!(matches!(message, Message::Job(_)), is_job, "{file}");
    }
}
