//! The files of `events/` are what the functions take.

use harness::shop::Shop;
use harness::template::root;
use mailer::Message;
use relay::route;
use serde_json::Value;

fn event(name: &str) -> String {
    std::fs::read_to_string(root().join("events").join(name)).unwrap()
}

#[tokio::test]
async fn the_accounts_events_register_sign_in_and_are_refused() {
    let shop = Shop::open().await;
    shop.replay(&event("accounts-register.json"))
        .await
        .expect(201);
    shop.replay(&event("accounts-login.json")).await.expect(200);
    shop.replay(&event("accounts-jwks.json")).await.expect(200);
    let refused = shop.replay(&event("accounts-unauthenticated.json")).await;
    assert_eq!(
        refused.expect_problem(401, "unauthenticated").json["requestId"],
        "event-1"
    );
}

#[test]
fn the_events_of_stream_and_queue_are_understood() {
    let stream: aws_lambda_events::dynamodb::Event =
        serde_json::from_str(&event("relay-registered.json")).unwrap();
    let routes = route(&stream.records);
    assert_eq!((routes.mail.len(), routes.broken), (2, None));
    for (file, is_job) in [("mailer-welcome.json", true), ("mailer-bounce.json", false)] {
        let batch: Value = serde_json::from_str(&event(file)).unwrap();
        let message: Message =
            serde_json::from_str(batch["Records"][0]["body"].as_str().unwrap()).unwrap();
        assert_eq!(matches!(message, Message::Job(_)), is_job, "{file}");
    }
}
