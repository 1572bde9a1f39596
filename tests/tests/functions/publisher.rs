//! The pages that a deployment uploads, and what CloudFormation hears about it.

use std::path::PathBuf;

use axum::http::Method;
use harness::bucket::Bucket;
use harness::interruptions::{Interruptions, Outcome};
use harness::webhooks::Receiver;
use publisher::{Config, Publisher, Request};
use serde_json::{Value, json};

/// Pages such as those of the package: more files with hashes than are uploaded at once.
struct Package {
    folder: PathBuf,
    bucket: Bucket,
    receiver: Receiver,
    publisher: Publisher,
}

impl Package {
    fn new(name: &str, interruptions: &Interruptions) -> Self {
        let folder = std::env::temp_dir().join(format!("kontor-publisher-{}-{name}", std::process::id()));
        let (bucket, receiver) = (Bucket::new(interruptions), Receiver::start(&Interruptions::default()));
        let config = Config { pages_bucket: "pages".to_owned(), folder: folder.clone() };
        let publisher = Publisher::new(&config, bucket.client());
        Self { folder, bucket, receiver, publisher }
    }

    fn with_pages(self) -> Self {
        for n in 0..20 {
            self.write(&format!("assets/shop/part-{n:08x}.js"), "export {};");
        }
        self.write("index.html", "<!doctype html>");
        self.write("favicon.svg", "<svg/>");
        self.write("llms.txt", "Kontor");
        self.write("assets/shop/licenses.md", "MIT");
        self.write("console/index.html", "<!doctype html>");
        self.write("console/assets/style-0a1b2c3d.css", "a {}");
        self.write("api/docs/guides/events/order.paid.json", "{}");
        self
    }

    fn write(&self, key: &str, text: &str) {
        let path = self.folder.join(key);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    async fn handle(&self, kind: &str) {
        self.publisher.handle(&request(kind, &self.receiver.url)).await.unwrap();
    }

    fn answers(&self) -> Vec<Value> {
        self.receiver.received().iter().map(|answer| serde_json::from_str(&answer.body).unwrap()).collect()
    }

    fn names(&self) -> Vec<String> {
        self.bucket.files().into_keys().collect()
    }
}

impl Drop for Package {
    fn drop(&mut self) {
        _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// A request as CloudFormation writes it.
fn request(kind: &str, url: &str) -> Request {
    let request = json!({
        "RequestType": kind,
        "RequestId": "r1",
        "ResponseURL": url,
        "StackId": "arn:aws:cloudformation:eu-west-1:1:stack/kontor/s1",
        "ResourceType": "Custom::PublishedPages",
        "LogicalResourceId": "PublishedPages",
        "ResourceProperties": { "ServiceToken": "arn", "Package": "arn:1" },
    });
    serde_json::from_value(request).unwrap()
}

fn answer(status: &str) -> Value {
    json!({
        "Status": status,
        "PhysicalResourceId": "pages",
        "StackId": "arn:aws:cloudformation:eu-west-1:1:stack/kontor/s1",
        "RequestId": "r1",
        "LogicalResourceId": "PublishedPages",
    })
}

#[tokio::test]
async fn a_deployment_uploads_every_page_with_its_type_and_how_long_it_may_be_kept() {
    let package = Package::new("upload", &Interruptions::default()).with_pages();
    package.bucket.put("assets/shop/of-before-11111111.js", b"old".to_vec());
    package.handle("Create").await;
    let immutable = "public, max-age=31536000, immutable";
    for (key, kind, kept) in [
        ("index.html", "text/html; charset=utf-8", "no-cache"),
        ("favicon.svg", "image/svg+xml", "no-cache"),
        ("llms.txt", "text/plain; charset=utf-8", "no-cache"),
        ("assets/shop/licenses.md", "text/markdown; charset=utf-8", "no-cache"),
        ("assets/shop/part-0000000a.js", "text/javascript; charset=utf-8", immutable),
        ("console/index.html", "text/html; charset=utf-8", "no-cache"),
        ("console/assets/style-0a1b2c3d.css", "text/css; charset=utf-8", immutable),
        ("api/docs/guides/events/order.paid.json", "application/json", "no-cache"),
    ] {
        assert_eq!(package.bucket.headers(key), [kind, kept], "{key}");
    }
    assert_eq!(package.bucket.files()["index.html"], b"<!doctype html>");
    assert_eq!(package.names().len(), 28, "open pages still load the file of before");
    assert_eq!(package.answers(), [answer("SUCCESS")]);
    let received = &package.receiver.received()[0];
    assert_eq!(received.method, Method::PUT);
    assert!(!received.headers.contains_key("content-type"), "the address is signed without one");
}

#[tokio::test]
async fn a_request_that_comes_twice_changes_nothing_and_a_deleted_stack_keeps_its_files() {
    let package = Package::new("twice", &Interruptions::default()).with_pages();
    package.handle("Create").await;
    let files = package.bucket.files();
    package.write("index.html", "<!doctype html><title>new</title>");
    package.handle("Update").await;
    package.handle("Update").await;
    let updated = package.bucket.files();
    assert_eq!(updated["index.html"], b"<!doctype html><title>new</title>");
    assert_eq!(updated.keys().collect::<Vec<_>>(), files.keys().collect::<Vec<_>>());
    package.handle("Delete").await;
    assert_eq!(package.bucket.files(), updated);
    assert_eq!(package.answers(), vec![answer("SUCCESS"); 4]);
}

#[tokio::test]
async fn no_page_is_there_before_the_files_that_it_names_wherever_the_upload_stops() {
    let mut points = 0;
    loop {
        let interruptions = Interruptions::default();
        let package = Package::new(&format!("stop-{points}"), &interruptions).with_pages();
        let outcome = interruptions.lose_call_at(points, package.handle("Create")).await;
        let names = package.names();
        let scripts = names.iter().filter(|name| name.contains("assets") && !name.contains("licenses")).count();
        assert!(scripts == 21 || scripts == names.len(), "{names:?}");
        if matches!(outcome, Outcome::NotReached) {
            assert_eq!(package.answers(), [answer("SUCCESS")]);
            break;
        }
        let mut failed = package.answers().remove(0);
        let reason = failed.as_object_mut().unwrap().remove("Reason").unwrap();
        assert!(reason.as_str().unwrap().starts_with("S3 refused "), "{reason}");
        assert_eq!(failed, answer("FAILED"));
        points += 1;
    }
    assert_eq!(points, 54, "before and after each of 27 files");
}

#[tokio::test]
async fn a_package_without_pages_fails_the_deployment_and_says_what_to_do() {
    let package = Package::new("empty", &Interruptions::default());
    package.handle("Create").await;
    package.write("assets/shop/part-00000001.js", "export {};");
    package.handle("Update").await;
    let mut expected = answer("FAILED");
    expected["Reason"] = json!("the package of this function has no pages: `make release` puts them into it");
    assert_eq!(package.answers(), [expected.clone(), expected]);
    assert!(package.names().is_empty());
}

#[tokio::test]
async fn an_answer_that_does_not_arrive_is_an_error_so_that_lambda_repeats_the_request() {
    let package = Package::new("unanswered", &Interruptions::default()).with_pages();
    package.receiver.answer_with(403);
    let refused = package.publisher.handle(&request("Create", &package.receiver.url)).await.unwrap_err();
    assert_eq!(refused.to_string(), "CloudFormation did not take the answer: 403 Forbidden");
    let nobody = package.publisher.handle(&request("Delete", "http://127.0.0.1:1/")).await.unwrap_err();
    assert!(!nobody.to_string().contains("127.0.0.1"), "the address is a secret: {nobody}");
}
