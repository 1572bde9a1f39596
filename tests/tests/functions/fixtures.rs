//! Fake services for the functions that a queue or a stream calls, and their messages.

use std::sync::Arc;

use data_encoding::BASE64;
use domain::access::Role;
use domain::id::ProductId;
use domain::product::Product;
use domain::tax::TaxRates;
use domain::vat::VatNumber;
use harness::fake_service::{FakeService, Reply};
use harness::shop::{CheckoutSettings, Person, Shop, TaxSettings};
use harness::table::TestTable;
use kit::runtime::branding::Branding;
use kit::runtime::ids::Ids;
use mailer::{Config, Mailer};
use serde_json::{Value, json};

/// An SQS client of a fake service.
pub(crate) fn queues(wire: &FakeService) -> aws_sdk_sqs::Client {
    let config = aws_sdk_sqs::Config::builder()
        .behavior_version_latest()
        .region(aws_sdk_sqs::config::Region::new("eu-west-1"))
        .credentials_provider(aws_sdk_sqs::config::Credentials::new("test", "test", None, None, "test"))
        .retry_config(aws_sdk_sqs::config::retry::RetryConfig::disabled())
        .http_client(wire.clone())
        .build();
    aws_sdk_sqs::Client::from_conf(config)
}

/// A client of S3, or of what stands for it.
pub(crate) fn files(wire: &FakeService) -> aws_sdk_s3::Client {
    let config = aws_sdk_s3::Config::builder()
        .behavior_version_latest()
        .region(aws_sdk_s3::config::Region::new("eu-west-1"))
        .credentials_provider(aws_sdk_s3::config::Credentials::new("test", "test", None, None, "test"))
        .retry_config(aws_sdk_s3::config::retry::RetryConfig::disabled())
        .force_path_style(true)
        .http_client(wire.clone())
        .build();
    aws_sdk_s3::Client::from_conf(config)
}

/// A queue that takes every message.
pub(crate) fn takes_messages(body: &str) -> Reply {
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

/// The messages that were sent to a queue.
pub(crate) fn messages(queue: &FakeService) -> Vec<Value> {
    let asked = queue.requests().into_iter();
    let entries = asked.flat_map(|body| {
        let asked: Value = serde_json::from_str(&body).unwrap();
        asked["Entries"].as_array().unwrap().clone()
    });
    entries.map(|entry| serde_json::from_str(entry["MessageBody"].as_str().unwrap()).unwrap()).collect()
}

/// Whether a message is for the mailer. The media function gets one about each order.
pub(crate) fn is_mail(message: &Value) -> bool {
    message["letter"].is_object()
}

/// A batch of one message.
pub(crate) fn batch(message: &Value) -> aws_lambda_events::sqs::SqsEvent {
    let record = json!({ "messageId": "m-1", "body": message.to_string() });
    serde_json::from_value(json!({ "Records": [record] })).unwrap()
}

/// A product without options, with this stock.
pub(crate) async fn product(shop: &Shop, staff: &Person, stock: i64) -> Product {
    let body = json!({
        "name": "Shirt", "sku": "SHIRT", "status": "active", "stock": stock,
        "price": { "amount": 1999, "currency": "usd" },
    });
    let made = shop.post("/api/v1/products", &body).by(staff).send().await.expect(201);
    let id = ProductId::parse(made.data()["id"].as_str().unwrap()).unwrap();
    shop.store().product(id).await.unwrap().unwrap()
}

/// Rates whose tax is in the prices.
pub(crate) const TAX_INSIDE: &str = r#"{"included":true,"shipping":"standard","countries":{"DE":1900,"FR":2000}}"#;
/// The same rates on top of the prices.
pub(crate) const TAX_ON_TOP: &str = r#"{"shipping":"standard","countries":{"DE":1900,"FR":2000}}"#;

/// A shop in Germany that taxes at these rates, and sells `A` for 11.90.
pub(crate) async fn german_shop(rates: &str) -> (Shop, Person) {
    let settings = CheckoutSettings::default();
    let tax = TaxSettings {
        rates: TaxRates::parse(rates).unwrap(),
        shop_vat: Some(VatNumber::parse("DE123456789").unwrap()),
        ..settings.tax.as_ref().clone()
    };
    let shop = Shop::with_settings(CheckoutSettings { tax: Arc::new(tax), ..settings }, TestTable::create().await);
    let staff = shop.staff("root@example.com", Role::Admin).await;
    shop.add_product(&staff, "A", 1190, 50).await;
    (shop, staff)
}

const SENT: &str = "<SendRawEmailResponse xmlns=\"http://ses.amazonaws.com/doc/2010-12-01/\"><SendRawEmailResult>\
    <MessageId>m-1</MessageId></SendRawEmailResult></SendRawEmailResponse>";

pub(crate) fn takes_all(_: &str) -> Reply {
    Reply::Answer(200, SENT.to_owned())
}

pub(crate) fn mailer(shop: &Shop, wire: &FakeService) -> Mailer {
    mailer_with_queue(shop, wire, &FakeService::new(takes_messages))
}

/// A mailer that puts further jobs into `queue`.
pub(crate) fn mailer_with_queue(shop: &Shop, wire: &FakeService, queue: &FakeService) -> Mailer {
    let config = aws_sdk_ses::Config::builder()
        .behavior_version_latest()
        .region(aws_sdk_ses::config::Region::new("eu-west-1"))
        .credentials_provider(aws_sdk_ses::config::Credentials::new("test", "test", None, None, "test"))
        .retry_config(aws_sdk_ses::config::retry::RetryConfig::disabled())
        .http_client(wire.clone())
        .build();
    Mailer::new(
        settings(),
        shop.table.store_of("mailer"),
        aws_sdk_ses::Client::from_conf(config),
        queues(queue),
        shop.secrets.clone(),
        shop.clock.clone(),
        Ids::seeded(3),
    )
}

pub(crate) fn settings() -> Config {
    Config {
        table: "kontor".to_owned(),
        link_secret: "link".to_owned(),
        from: "shop@example.com".to_owned(),
        branding: Branding::new("Kontor", "https://shop.test"),
        currency: domain::money::Currency::USD,
        images_url: "https://images.test".to_owned(),
        configuration_set: "mail".to_owned(),
        api_url: "https://api.test".to_owned(),
        staff_mail: "staff@example.com".to_owned(),
        queue: "http://queue.test/mail".to_owned(),
    }
}

/// The mails that SES got, with the words of their headers and parts decoded.
pub(crate) fn mails(wire: &FakeService) -> Vec<String> {
    let raw = wire.requests().into_iter().map(|body| {
        let data = body.split('&').find_map(|part| part.strip_prefix("RawMessage.Data=")).unwrap().to_owned();
        let data = data.replace("%2B", "+").replace("%2F", "/").replace("%3D", "=");
        String::from_utf8(BASE64.decode(data.as_bytes()).unwrap()).unwrap()
    });
    raw.map(|mail| decoded(&mail)).collect()
}

fn decoded(mail: &str) -> String {
    let boundary = mail.split("boundary=\"").nth(1).unwrap().split('"').next().unwrap();
    let boundary = format!("--{boundary}");
    let parts = mail.split(&boundary).map(|part| {
        let Some((head, body)) = part.split_once("\r\n\r\n") else { return part.to_owned() };
        let body = match head {
            _ if head.contains("base64") => base64(body),
            _ if head.contains("quoted-printable") => quoted_printable(&body.replace("=\r\n", "")),
            _ => body.to_owned(),
        };
        let body = body.replace("\r\n", "\n");
        format!("{}\n\n{body}", encoded_words(&head.replace("\r\n\t", " ").replace("\r\n ", " ")))
    });
    parts.collect()
}

fn base64(text: &str) -> String {
    let letters: String = text.split_whitespace().collect();
    String::from_utf8(BASE64.decode(letters.as_bytes()).unwrap()).unwrap()
}

fn quoted_printable(text: &str) -> String {
    let (first, rest) = text.split_once('=').unwrap_or((text, ""));
    let mut bytes = first.as_bytes().to_vec();
    for part in rest.split('=').filter(|part| !part.is_empty()) {
        bytes.push(u8::from_str_radix(&part[..2], 16).unwrap());
        bytes.extend_from_slice(&part.as_bytes()[2..]);
    }
    String::from_utf8(bytes).unwrap()
}

/// Turns `=?utf-8?Q?f=C3=BCr?=` into `für`.
fn encoded_words(head: &str) -> String {
    let mut words = head.replace("?= =?", "?==?");
    while let Some((before, (word, after))) =
        words.split_once("=?utf-8?").and_then(|(before, rest)| Some((before, rest.split_once("?=")?)))
    {
        let (kind, text) = word.split_once('?').unwrap();
        let text =
            if kind.eq_ignore_ascii_case("b") { base64(text) } else { quoted_printable(&text.replace('_', " ")) };
        words = format!("{before}{text}{after}");
    }
    words
}

pub(crate) fn feedback(body: &serde_json::Value) -> aws_lambda_events::sqs::SqsEvent {
    let record =
        serde_json::json!({ "messageId": "a", "body": body.to_string(), "attributes": {}, "messageAttributes": {} });
    serde_json::from_value(serde_json::json!({ "Records": [record] })).unwrap()
}

/// The stream event that DynamoDB sends when these items are inserted.
pub(crate) fn stream(items: &[Value]) -> aws_lambda_events::dynamodb::Event {
    let typed = |item: &Value| -> Value {
        let map = item.as_object().unwrap();
        map.iter().map(|(name, value)| (name.clone(), attribute(value))).collect::<serde_json::Map<_, _>>().into()
    };
    let record = |(n, item): (usize, &Value)| {
        json!({
            "eventID": n.to_string(), "eventName": "INSERT", "eventVersion": "1.1", "eventSource": "aws:dynamodb", "awsRegion": "eu-west-1",
            "dynamodb": {
                "ApproximateCreationDateTime": 1_795_168_800, "Keys": { "PK": attribute(&item["PK"]), "SK": attribute(&item["SK"]) },
                "NewImage": typed(item), "SequenceNumber": format!("seq-{n}"), "SizeBytes": 1, "StreamViewType": "NEW_AND_OLD_IMAGES",
            },
        })
    };
    serde_json::from_value(json!({ "Records": items.iter().enumerate().map(record).collect::<Vec<_>>() })).unwrap()
}

fn attribute(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            json!({ "M": map.iter().map(|(k, v)| (k.clone(), attribute(v))).collect::<serde_json::Map<_, _>>() })
        }
        Value::Array(items) => json!({ "L": items.iter().map(attribute).collect::<Vec<_>>() }),
        Value::Number(number) => json!({ "N": number.to_string() }),
        Value::Bool(is) => json!({ "BOOL": is }),
        Value::Null => json!({ "NULL": true }),
        Value::String(text) => json!({ "S": text }),
    }
}
