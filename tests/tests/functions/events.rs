//! The functions accept the files in `events/`.

use harness::functions::http_functions;
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
async fn every_event_file_of_an_http_function_gets_its_expected_answer() {
    for function in http_functions() {
        let shop = Shop::open().await;
        for (case, expected) in function.events {
            let answer = shop.replay(&event(&format!("{}-{case}.json", function.name))).await;
            let outcome = format!("{} {}", answer.status.as_u16(), answer.code());
            assert_eq!(outcome.trim(), *expected, "{}-{case}: {}", function.name, answer.text);
            assert!(answer.code().is_empty() || answer.json["requestId"] == "event-1", "{}", answer.text);
        }
    }
}

#[tokio::test]
async fn the_event_file_for_a_cart_is_answered_with_an_empty_cart() {
    let shop = Shop::open().await;
    let empty = shop.replay(&event("carts-empty.json")).await;
    assert_eq!(empty.expect(200).data()["items"], serde_json::json!([]));
}

#[test]
fn a_message_of_an_unknown_kind_is_refused_and_not_ignored() {
    for text in ["{}", r#"{"job":"part"}"#, r#"{"records":[]}"#, "[]"] {
        assert!(serde_json::from_str::<media::Message>(text).is_err(), "{text}");
        assert!(serde_json::from_str::<import_export::Message>(text).is_err(), "{text}");
    }
    let removal = r#"{"termId":"brd_01M7W6C3804Q9PV3Y1B8S4HJET","imageId":"img_01M7W6C3804Q9PV3Y1B8S4HJET"}"#;
    assert!(matches!(serde_json::from_str(removal), Ok(media::Message::TermPictureRemoval(_))));
    let test = r#"{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"b"}"#;
    assert!(serde_json::from_str::<media::Message>(test).is_ok());
}

#[test]
fn the_event_files_of_stream_and_queue_can_be_parsed() {
    let stream: aws_lambda_events::dynamodb::Event = serde_json::from_str(&event("relay-registered.json")).unwrap();
    let routes = route(&stream.records);
    assert_eq!((routes.mail.len(), routes.unreadable), (1, None));
    let stream: aws_lambda_events::dynamodb::Event = serde_json::from_str(&event("relay-product.json")).unwrap();
    assert_eq!(route(&stream.records).search.len(), 1);
    let stream: aws_lambda_events::dynamodb::Event = serde_json::from_str(&event("archive-ban.json")).unwrap();
    assert_eq!(stream.records.len(), 1);
    for (file, is_tidy) in [("media-uploaded.json", false), ("media-tidy.json", true)] {
        let message: media::Message = serde_json::from_str(&body_of(file)).unwrap();
        assert_eq!(matches!(message, media::Message::ImageSync(_)), is_tidy, "{file}");
    }
    let message: media::Message = serde_json::from_str(&body_of("media-order.json")).unwrap();
    assert!(matches!(message, media::Message::PictureCopies(_)));
    let message: media::Message = serde_json::from_str(&body_of("media-user-picture.json")).unwrap();
    assert!(matches!(message, media::Message::UserPictureRemoval(_)));
    for (file, is_job) in [("import-export-uploaded.json", false), ("import-export-export.json", true)] {
        let message: import_export::Message = serde_json::from_str(&body_of(file)).unwrap();
        assert_eq!(matches!(message, import_export::Message::Job(_)), is_job, "{file}");
    }
    for (file, is_job) in
        [("mailer-welcome.json", true), ("mailer-bounce.json", false), ("mailer-accepted.json", false)]
    {
        let message: Message = serde_json::from_str(&body_of(file)).unwrap();
        assert_eq!(matches!(message, Message::Job(_)), is_job, "{file}");
    }
}
