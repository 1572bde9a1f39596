//! The functions that nobody calls over HTTP: relay, mailer, janitor.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod events;
mod janitor;
mod mail_templates;
mod mailer;
mod order_mails;
mod pictures;
mod relay;
mod stock_mails;

use domain::id::ProductId;
use domain::product::Product;
use harness::fake_service::{FakeService, Reply};
use harness::shop::{Person, Shop};
use serde_json::{Value, json};

/// An SQS client at whose other end `wire` is.
fn queues(wire: &FakeService) -> aws_sdk_sqs::Client {
    let config = aws_sdk_sqs::Config::builder()
        .behavior_version_latest()
        .region(aws_sdk_sqs::config::Region::new("eu-west-1"))
        .credentials_provider(aws_sdk_sqs::config::Credentials::new("test", "test", None, None, "test"))
        .retry_config(aws_sdk_sqs::config::retry::RetryConfig::disabled())
        .http_client(wire.clone())
        .build();
    aws_sdk_sqs::Client::from_conf(config)
}

/// A queue that takes every message.
fn takes_messages(body: &str) -> Reply {
    let asked: Value = serde_json::from_str(body).unwrap();
    let taken: Vec<Value> = asked["Entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| json!({ "Id": entry["Id"], "MessageId": "m", "MD5OfMessageBody": "" }))
        .collect();
    let answer = json!({ "Successful": taken, "Failed": [] });
    Reply::Answer(200, answer.to_string())
}

/// The messages that a queue was given.
fn messages(queue: &FakeService) -> Vec<Value> {
    let asked = queue.requests().into_iter();
    let entries = asked.flat_map(|body| {
        let asked: Value = serde_json::from_str(&body).unwrap();
        asked["Entries"].as_array().unwrap().clone()
    });
    entries.map(|entry| serde_json::from_str(entry["MessageBody"].as_str().unwrap()).unwrap()).collect()
}

/// A batch of one message.
fn batch(message: &Value) -> aws_lambda_events::sqs::SqsEvent {
    let record = json!({ "messageId": "m-1", "body": message.to_string() });
    serde_json::from_value(json!({ "Records": [record] })).unwrap()
}

/// A shirt without options, of which there is so much.
async fn product(shop: &Shop, staff: &Person, stock: i64) -> Product {
    let body = json!({
        "name": "Shirt", "sku": "SHIRT", "status": "active", "stock": stock,
        "price": { "amount": 1999, "currency": "usd" },
    });
    let made = shop.post("/api/v1/products", &body).by(staff).send().await.expect(201);
    let id = ProductId::parse(made.data()["id"].as_str().unwrap()).unwrap();
    shop.store().product(id).await.unwrap().unwrap()
}
