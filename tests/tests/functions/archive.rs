//! The archive: from the stream to the bucket that keeps the audit trail.

use archive::{Archive, ArchiveError, Config};
use axum::http::Method;
use domain::access::Role;
use harness::fake_service::{FakeService, Reply};
use harness::shop::Shop;
use serde_json::{Value, json};

use crate::fixtures::stream;

fn archive(bucket: &FakeService) -> Archive {
    let config = aws_sdk_s3::Config::builder()
        .behavior_version_latest()
        .region(aws_sdk_s3::config::Region::new("eu-west-1"))
        .credentials_provider(aws_sdk_s3::config::Credentials::new("test", "test", None, None, "test"))
        .retry_config(aws_sdk_s3::config::retry::RetryConfig::disabled())
        .http_client(bucket.clone())
        .build();
    Archive::new(aws_sdk_s3::Client::from_conf(config), &Config { bucket: "archive".to_owned() })
}

fn lines(file: &str) -> Vec<Value> {
    file.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test]
async fn every_entry_of_the_audit_trail_becomes_a_line_of_a_file_and_other_items_none() {
    let shop = Shop::open().await;
    let admin = shop.staff("root@example.com", Role::Admin).await;
    let ada = shop.register("ada@example.com").await;
    let path = format!("/api/v1/users/{}/ban", ada.id);
    let ban = json!({ "reason": "Card testing", "until": "2099-01-01T00:00:00Z" });
    shop.post(&path, &ban).by(&admin).send().await.expect(200);
    shop.request(Method::DELETE, &path).by(&admin).send().await.expect(200);
    let items: Vec<Value> = shop.table.items().into_values().collect();
    let entries: Vec<Value> = shop.table.items_under("AUDIT#").into_values().collect();
    assert!(entries.len() >= 3 && items.len() > entries.len());
    let bucket = FakeService::new(|_| Reply::Answer(200, String::new()));
    archive(&bucket).keep(stream(&items)).await.unwrap();
    let files = bucket.requests();
    assert_eq!(files.len(), 1);
    let kept = lines(&files[0]);
    assert!(kept.iter().all(|line| line["change"] == "INSERT" && line["sequence"].is_string()));
    let kept: Vec<Value> = kept.into_iter().map(|mut line| line["entry"].take()).collect();
    assert_eq!(kept, entries);

    let others: Vec<Value> = items.into_iter().filter(|item| !entries.contains(item)).collect();
    archive(&bucket).keep(stream(&others)).await.unwrap();
    assert_eq!(bucket.requests().len(), 1);
}

#[tokio::test]
async fn an_entry_that_somebody_replaces_or_removes_is_kept_as_it_was() {
    let was = json!({ "PK": "AUDIT#2026-11-20", "SK": "a", "action": "user.ban" });
    for (change, now) in [("MODIFY", Some(json!({ "PK": was["PK"], "SK": "a" }))), ("REMOVE", None)] {
        let mut event = stream(std::slice::from_ref(&was));
        let record = &mut event.records[0];
        record.event_name = change.to_owned();
        record.change.old_image = record.change.new_image.clone();
        record.change.new_image = stream(&now.clone().into_iter().collect::<Vec<_>>())
            .records
            .pop()
            .map(|record| record.change.new_image)
            .unwrap_or_default();
        let bucket = FakeService::new(|_| Reply::Answer(200, String::new()));
        archive(&bucket).keep(event).await.unwrap();
        let mut line = json!({ "change": change, "sequence": "seq-0", "before": was });
        if let Some(now) = now {
            line["entry"] = now;
        }
        assert_eq!(lines(&bucket.requests()[0]), [line]);
    }
}

#[tokio::test]
async fn a_batch_that_the_bucket_did_not_confirm_is_delivered_again() {
    let entry = json!({ "PK": "AUDIT#2026-11-20", "SK": "a" });
    for reply in [Reply::Answer(503, String::new()), Reply::Lost] {
        let bucket = FakeService::new(move |_| reply.clone());
        let failed = archive(&bucket).keep(stream(std::slice::from_ref(&entry))).await;
        assert!(matches!(failed, Err(ArchiveError::Bucket(_))));
    }
}
