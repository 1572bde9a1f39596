//! The picture of a user: from the form to the profile, and which files are left.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::http::Method;
use domain::access::Role;
use domain::id::{ImageId, UploadId};
use harness::fake_service::{FakeService, Reply};
use harness::network::Fault;
use harness::products::{make, shirt};
use harness::shop::{PASSWORD, Person, Shop};
use image::{DynamicImage, ImageFormat, RgbImage};
use kit::runtime::ids::Ids;
use media::Media;
use relay::route;
use serde_json::{Value, json};
use store::links::LinkKind;

use crate::fixtures::{batch, stream};
use crate::relay::outbox;

const PICTURES: &str = "/api/v1/users/me/picture/uploads";

/// A bucket, and the function that watches it.
struct Bucket {
    files: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
    media: Media,
}

impl Bucket {
    fn of(shop: &Shop) -> Self {
        let files: Arc<Mutex<BTreeMap<String, Vec<u8>>>> = Arc::default();
        let held = files.clone();
        let wire = FakeService::new(move |request| answer(&mut held.lock().unwrap(), request));
        let media = Media::new(
            shop.table.store_of("media"),
            crate::fixtures::files(&wire),
            "files",
            shop.clock.clone(),
            Ids::seeded(5),
        );
        Self { files, media }
    }

    fn files(&self) -> Vec<String> {
        self.files.lock().unwrap().keys().cloned().collect()
    }

    /// The browser sends the file of a form.
    fn put(&self, upload: &str, file: &[u8]) {
        self.files.lock().unwrap().insert(format!("inbox/pictures/{upload}"), file.to_vec());
    }

    async fn send(&self, message: &Value) {
        assert!(self.media.deliver(batch(message)).await.batch_item_failures.is_empty(), "{message}");
    }

    /// S3 says that the file is there.
    async fn notify(&self, upload: &str) {
        let object = json!({ "key": format!("inbox/pictures/{upload}"), "size": 1 });
        let record =
            json!({ "eventName": "ObjectCreated:Post", "s3": { "bucket": { "name": "files" }, "object": object } });
        self.send(&json!({ "Records": [record] })).await;
    }

    async fn receive(&self, upload: &str, file: &[u8]) {
        self.put(upload, file);
        self.notify(upload).await;
    }

    /// The messages about pictures that all events so far cause. Each is sent twice.
    async fn tidy(&self, shop: &Shop) {
        for message in route(&stream(&outbox(shop)).records).media {
            let message = serde_json::from_str(&message.body).unwrap();
            self.send(&message).await;
            self.send(&message).await;
        }
    }
}

/// S3 as far as one picture needs it.
fn answer(files: &mut BTreeMap<String, Vec<u8>>, request: &str) -> Reply {
    let (method, path) = request.split_once(' ').unwrap();
    let key = path.split_once("files/").unwrap().1.to_owned();
    match method {
        "GET" => match files.get(&key) {
            Some(file) => Reply::File(file.clone()),
            None => Reply::Answer(404, "<Error><Code>NoSuchKey</Code></Error>".to_owned()),
        },
        "PUT" => {
            files.insert(key, Vec::new());
            Reply::Answer(200, String::new())
        }
        "DELETE" => {
            files.remove(&key);
            Reply::Answer(204, String::new())
        }
        _ => Reply::Answer(500, request.to_owned()),
    }
}

fn png() -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(RgbImage::new(30, 20)).write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// The id of a new upload of this person's picture.
async fn ask(shop: &Shop, person: &Person) -> String {
    let form = shop.post(PICTURES, &json!({ "contentType": "image/png" })).by(person).send().await.expect(201);
    form.data()["id"].as_str().unwrap().to_owned()
}

/// The file that an upload becomes.
fn file_of(upload: &str) -> String {
    let id = UploadId::parse(upload).unwrap();
    format!("users/{}.jpg", ImageId::from_bytes(id.to_bytes()))
}

fn url_of(upload: &str) -> Value {
    json!(format!("https://images.test/{}", file_of(upload)))
}

async fn shown(shop: &Shop, person: &Person) -> Value {
    shop.get("/api/v1/users/me").by(person).send().await.expect(200).data()["pictureUrl"].clone()
}

async fn refusal(shop: &Shop, person: &Person, upload: &str) -> Value {
    let state = shop.get(&format!("{PICTURES}/{upload}")).by(person).send().await.expect(200);
    assert_eq!(state.data()["state"], "refused", "{}", state.text);
    state.data()["refusal"]["code"].clone()
}

async fn remove(shop: &Shop, person: &Person) -> Value {
    let removed = shop.request(Method::DELETE, "/api/v1/users/me/picture").by(person).send().await.expect(200);
    removed.data()["pictureUrl"].clone()
}

#[tokio::test]
async fn an_uploaded_picture_is_in_the_profile_in_sign_ins_in_the_export_and_for_staff() {
    let shop = Shop::open().await;
    let (ada, bucket) = (shop.register("ada@example.com").await, Bucket::of(&shop));
    let form = shop.post(PICTURES, &json!({ "contentType": "image/png" })).by(&ada).send().await.expect(201);
    let upload = form.data()["id"].as_str().unwrap();
    assert_eq!(form.data()["fields"]["key"], format!("inbox/pictures/{upload}"));
    assert_eq!(form.data()["maxBytes"], 5 * 1024 * 1024);
    assert_eq!(shown(&shop, &ada).await, Value::Null);
    let path = format!("{PICTURES}/{upload}");
    let state = shop.get(&path).by(&ada).send().await.expect(200);
    assert_eq!(state.data()["state"], "waiting");
    bucket.receive(upload, &png()).await;
    // A message that arrives twice changes nothing.
    bucket.notify(upload).await;
    let state = shop.get(&path).by(&ada).send().await.expect(200);
    assert_eq!(state.data()["state"], "shown");
    assert_eq!(shown(&shop, &ada).await, url_of(upload));
    assert!(!file_of(upload).contains(&ada.id.to_string()));
    assert_eq!(bucket.files(), [format!("public/{}", file_of(upload))], "the original is gone");
    let signed_in = shop.try_login("ada@example.com", PASSWORD).await.expect(200);
    assert_eq!(signed_in.data()["user"]["pictureUrl"], url_of(upload));
    let export = shop.get("/api/v1/users/me/export").by(&ada).send().await.expect(200);
    assert_eq!(export.data()["profile"]["pictureUrl"], url_of(upload));
    let staff = shop.staff("root@example.com", Role::Admin).await;
    let user = shop.get(&format!("/api/v1/users/{}", ada.id)).by(&staff).send().await.expect(200);
    assert_eq!(user.data()["pictureUrl"], url_of(upload));
    assert_eq!(shown(&shop, &staff).await, Value::Null);
    bucket.tidy(&shop).await;
    assert_eq!(bucket.files().len(), 1, "no event removes it");
}

#[tokio::test]
async fn a_new_picture_takes_the_place_of_the_old_one_and_an_older_one_comes_too_late() {
    let shop = Shop::open().await;
    let (ada, bucket) = (shop.register("ada@example.com").await, Bucket::of(&shop));
    let mut uploads = Vec::new();
    for _ in 0..3 {
        uploads.push(ask(&shop, &ada).await);
        shop.later(Duration::from_secs(1));
    }
    bucket.receive(&uploads[1], &png()).await;
    bucket.receive(&uploads[0], &png()).await;
    assert_eq!(refusal(&shop, &ada, &uploads[0]).await, "picture_outdated");
    assert_eq!(shown(&shop, &ada).await, url_of(&uploads[1]));
    bucket.receive(&uploads[2], &png()).await;
    assert_eq!(shown(&shop, &ada).await, url_of(&uploads[2]));
    assert_eq!(bucket.files().len(), 2);
    bucket.tidy(&shop).await;
    // An old message about a picture that was replaced.
    bucket.receive(&uploads[1], &png()).await;
    assert_eq!(bucket.files(), [format!("public/{}", file_of(&uploads[2]))]);
    assert_eq!(shown(&shop, &ada).await, url_of(&uploads[2]));
}

#[tokio::test]
async fn two_deliveries_of_one_file_at_the_same_time_show_it_once() {
    let shop = Shop::open().await;
    let (ada, bucket) = (shop.register("ada@example.com").await, Bucket::of(&shop));
    let upload = ask(&shop, &ada).await;
    bucket.put(&upload, &png());
    tokio::join!(bucket.notify(&upload), bucket.notify(&upload));
    assert_eq!(shown(&shop, &ada).await, url_of(&upload));
    bucket.tidy(&shop).await;
    assert_eq!(bucket.files(), [format!("public/{}", file_of(&upload))]);
}

#[tokio::test]
async fn whichever_call_of_a_delivery_fails_the_next_delivery_shows_the_picture_once() {
    for fault in [Fault::Before, Fault::After] {
        for skip in 0..3 {
            let shop = Shop::open().await;
            let (ada, bucket) = (shop.register("ada@example.com").await, Bucket::of(&shop));
            let old = ask(&shop, &ada).await;
            bucket.receive(&old, &png()).await;
            shop.later(Duration::from_secs(1));
            let upload = ask(&shop, &ada).await;
            bucket.put(&upload, &png());
            shop.table.network.fail_any(skip, fault, 3);
            let key = format!("inbox/pictures/{upload}");
            assert!(bucket.media.receive(&key).await.is_err(), "{fault:?} {skip}");
            shop.table.network.heal();
            bucket.notify(&upload).await;
            assert_eq!(shown(&shop, &ada).await, url_of(&upload), "{fault:?} {skip}");
            let removed = shop.table.events().into_iter().filter(|event| event["type"] == "user.picture_removed");
            assert_eq!(removed.count(), 1, "{fault:?} {skip}");
            bucket.tidy(&shop).await;
            assert_eq!(bucket.files(), [format!("public/{}", file_of(&upload))], "{fault:?} {skip}");
        }
    }
}

#[tokio::test]
async fn a_removed_picture_is_deleted_and_one_that_was_on_its_way_does_not_come_back() {
    let shop = Shop::open().await;
    let (ada, bucket) = (shop.register("ada@example.com").await, Bucket::of(&shop));
    let (first, late) = (ask(&shop, &ada).await, ask(&shop, &ada).await);
    bucket.receive(&first, &png()).await;
    shop.later(Duration::from_secs(1));
    assert_eq!(remove(&shop, &ada).await, Value::Null);
    assert_eq!(remove(&shop, &ada).await, Value::Null, "without a picture it is no error");
    bucket.receive(&late, &png()).await;
    assert_eq!(refusal(&shop, &ada, &late).await, "picture_outdated");
    bucket.tidy(&shop).await;
    assert_eq!((shown(&shop, &ada).await, bucket.files()), (Value::Null, vec![]));
    let next = ask(&shop, &ada).await;
    bucket.receive(&next, &png()).await;
    assert_eq!(shown(&shop, &ada).await, url_of(&next));
}

#[tokio::test]
async fn a_deleted_account_gets_no_picture_and_its_own_is_deleted() {
    let shop = Shop::open().await;
    let (ada, bucket) = (shop.register("ada@example.com").await, Bucket::of(&shop));
    let (first, late) = (ask(&shop, &ada).await, ask(&shop, &ada).await);
    bucket.receive(&first, &png()).await;
    bucket.put(&late, &png());
    let delete = shop.request(Method::DELETE, "/api/v1/users/me").json(&json!({ "password": PASSWORD }));
    delete.by(&ada).send().await.expect(200);
    bucket.notify(&late).await;
    let record = shop.store().upload(UploadId::parse(&late).unwrap(), shop.now()).await.unwrap().unwrap();
    let state = serde_json::to_value(&record.upload).unwrap();
    assert_eq!((&state["state"], &state["code"]), (&json!("refused"), &json!("account_gone")));
    bucket.tidy(&shop).await;
    assert!(bucket.files().is_empty(), "{:?}", bucket.files());
}

#[tokio::test]
async fn an_account_that_starts_over_loses_the_picture_and_gets_none_of_before() {
    let shop = Shop::open().await;
    let (eve, bucket) = (shop.register("ada@example.com").await, Bucket::of(&shop));
    let (first, late) = (ask(&shop, &eve).await, ask(&shop, &eve).await);
    bucket.receive(&first, &png()).await;
    let token = shop.mailed_token(LinkKind::Verify, "user.registered").await;
    let verified = shop.post("/api/v1/auth/email/verify", &json!({ "token": token })).send().await.expect(200);
    let token = verified.data()["passwordResetToken"].clone();
    bucket.receive(&late, &png()).await;
    let new = json!({ "token": token, "password": "another long sentence" });
    shop.post("/api/v1/auth/password/reset", &new).send().await.expect(200);
    let login = shop.try_login("ada@example.com", "another long sentence").await.expect(200);
    assert_eq!(login.data()["user"]["pictureUrl"], Value::Null);
    let ada = harness::shop::person(&login);
    assert_eq!(refusal(&shop, &ada, &late).await, "sessions_ended");
    bucket.tidy(&shop).await;
    assert!(bucket.files().is_empty(), "{:?}", bucket.files());
}

#[tokio::test]
async fn a_file_that_is_no_picture_is_refused_and_the_picture_stays() {
    let shop = Shop::open().await;
    let (ada, bucket) = (shop.register("ada@example.com").await, Bucket::of(&shop));
    let first = ask(&shop, &ada).await;
    bucket.receive(&first, &png()).await;
    let bad = ask(&shop, &ada).await;
    bucket.receive(&bad, b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>").await;
    assert_eq!(refusal(&shop, &ada, &bad).await, "not_a_picture");
    assert_eq!(shown(&shop, &ada).await, url_of(&first));
    assert_eq!(bucket.files(), [format!("public/{}", file_of(&first))]);
}

#[tokio::test]
async fn an_upload_of_a_picture_is_only_for_its_owner_and_only_for_the_owner_themselves() {
    let shop = Shop::open().await;
    let (ada, bucket) = (shop.register("ada@example.com").await, Bucket::of(&shop));
    let eve = shop.register("eve@example.com").await;
    let upload = ask(&shop, &ada).await;
    shop.get(&format!("{PICTURES}/{upload}")).by(&eve).send().await.expect_problem(404, "upload_not_found");
    bucket.receive(&upload, &png()).await;
    assert_eq!((shown(&shop, &eve).await, shown(&shop, &ada).await), (Value::Null, url_of(&upload)));
    // An upload for the shop is not one of a picture of theirs.
    let staff = shop.staff("root@example.com", Role::Admin).await;
    let made = make(&shop, &staff, &shirt("A")).await;
    let body = json!({ "for": "picture", "productId": made["id"], "contentType": "image/png", "alt": "A shirt" });
    let form = shop.post("/api/v1/uploads", &body).by(&staff).send().await.expect(201);
    for id in [form.data()["id"].as_str().unwrap(), "upl_1", "..%2f..%2fpublic"] {
        shop.get(&format!("{PICTURES}/{id}")).by(&staff).send().await.expect_problem(404, "upload_not_found");
    }
    shop.get(&format!("/api/v1/uploads/{upload}")).by(&ada).send().await.expect_problem(403, "forbidden");
}

#[tokio::test]
async fn a_form_for_a_picture_is_refused_without_sign_in_for_other_files_and_after_ten_in_an_hour() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    let body = json!({ "contentType": "image/png" });
    shop.post(PICTURES, &body).send().await.expect_problem(401, "unauthenticated");
    shop.request(Method::DELETE, "/api/v1/users/me/picture").send().await.expect_problem(401, "unauthenticated");
    for (body, field) in [
        (json!({}), "contentType"),
        (json!({ "contentType": null }), "contentType"),
        (json!({ "contentType": "image/svg+xml" }), "contentType"),
        (json!({ "contentType": "text/csv" }), "contentType"),
        (json!({ "contentType": "image/png", "userId": "usr_01M7W6C3804Q9PV3Y1B8S4HJET" }), "userId"),
        (json!({ "contentType": "image/png", "key": "../public/x" }), "key"),
    ] {
        let refused = shop.post(PICTURES, &body).by(&ada).send().await.expect_problem(400, "validation_failed");
        assert_eq!(refused.fields().first(), Some(&field), "{}", refused.text);
    }
    assert!(shop.table.items_under("UPLOAD#").is_empty());
    for _ in 0..10 {
        ask(&shop, &ada).await;
    }
    shop.post(PICTURES, &body).by(&ada).send().await.expect_problem(429, "rate_limited");
    let bob = shop.register("bob@example.com").await;
    ask(&shop, &bob).await;
    shop.later(Duration::from_hours(1));
    ask(&shop, &shop.login("ada@example.com").await).await;
    assert_eq!(shop.table.items_under("UPLOAD#").len(), 12);
}
