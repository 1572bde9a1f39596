//! The pictures of a review: from the form to the list, and which files are left.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::{Arc, Mutex};

use axum::http::Method;
use domain::review::Moderation;
use harness::fake_service::{FakeService, Reply};
use harness::reviews::{REVIEWS, Review, Reviewing, reviewing};
use harness::shop::{PASSWORD, Person, Shop};
use image::{DynamicImage, ImageFormat, RgbImage};
use kit::runtime::ids::Ids;
use media::Media;
use relay::route;
use serde_json::{Value, json};

use crate::fixtures::{batch, stream};
use crate::relay::outbox;

const NOT_FOUND: &str = "<Error><Code>NoSuchKey</Code></Error>";

/// A bucket, and the function that watches it.
struct Bucket {
    files: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
    media: Media,
}

impl Bucket {
    fn of(shop: &Shop, moderation: Moderation) -> Self {
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
        Self { files, media: media.with_moderation(moderation) }
    }

    fn count(&self, prefix: &str) -> usize {
        self.files.lock().unwrap().keys().filter(|key| key.starts_with(prefix)).count()
    }

    /// The browser sends the file of a form, and S3 says twice that it is there.
    async fn receive(&self, upload: &str) {
        let key = format!("inbox/pictures/{upload}");
        self.files.lock().unwrap().insert(key.clone(), png());
        let object = json!({ "key": key, "size": 1 });
        let record =
            json!({ "eventName": "ObjectCreated:Post", "s3": { "bucket": { "name": "files" }, "object": object } });
        for _ in 0..2 {
            self.send(&json!({ "Records": [record] })).await;
        }
    }

    async fn send(&self, message: &Value) {
        assert!(self.media.deliver(batch(message)).await.batch_item_failures.is_empty(), "{message}");
    }

    /// The messages that all events so far cause, the newest first. Each is sent twice.
    async fn tidy(&self, shop: &Shop) {
        for message in route(&stream(&outbox(shop)).records).media.into_iter().rev() {
            let message: Value = serde_json::from_str(&message.body).unwrap();
            if message["reviewId"].is_string() {
                self.send(&message).await;
                self.send(&message).await;
            }
        }
    }
}

/// S3 as far as pictures need it. A request is a method, a key, and for a copy the key that is copied.
fn answer(files: &mut BTreeMap<String, Vec<u8>>, request: &str) -> Reply {
    let parts: Vec<&str> = request.split(' ').collect();
    let key = |place: &str| place.split_once("files/").map(|(_, key)| key.to_owned()).unwrap();
    let missing = || Reply::Answer(404, NOT_FOUND.to_owned());
    match parts[..] {
        ["GET", from] => files.get(&key(from)).map_or_else(missing, |file| Reply::File(file.clone())),
        ["PUT", to] => {
            files.insert(key(to), Vec::new());
            Reply::Answer(200, String::new())
        }
        ["PUT", to, from] => match files.get(&key(from)).cloned() {
            Some(file) => {
                files.insert(key(to), file);
                Reply::Answer(200, "<CopyObjectResult><ETag>e</ETag></CopyObjectResult>".to_owned())
            }
            None => missing(),
        },
        ["DELETE", from] => {
            files.remove(&key(from));
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

fn ask(shop: &Shop, person: &Person, review: &str) -> harness::shop::TestRequest {
    let body = json!({ "contentType": "image/png", "alt": "On a chair" });
    shop.post(&format!("{REVIEWS}/{review}/images/uploads"), &body).by(person)
}

/// Adds a picture to a review, and returns the state of its upload.
async fn add(shop: &Shop, bucket: &Bucket, review: &Review) -> Value {
    let form = ask(shop, &review.author, &review.id).send().await.expect(201);
    let upload = form.data()["id"].as_str().unwrap();
    bucket.receive(upload).await;
    let path = format!("{REVIEWS}/{}/images/uploads/{upload}", review.id);
    shop.get(&path).by(&review.author).send().await.expect(200).data().clone()
}

#[tokio::test]
async fn a_review_has_up_to_four_pictures_of_its_author() {
    let Reviewing { shop, product, .. } = reviewing(Moderation::After).await;
    let (written, bucket) = (shop.reviewer("ada", &product, 5).await, Bucket::of(&shop, Moderation::After));
    let bob = shop.register_verified("bob@example.com").await;
    ask(&shop, &bob, &written.id).send().await.expect_problem(404, "review_not_found");
    let waiting = ask(&shop, &written.author, &written.id).send().await.expect(201);
    for n in 1..=4 {
        assert_eq!(add(&shop, &bucket, &written).await["state"], "shown");
        assert_eq!(bucket.count("public/reviews/"), 3 * n);
    }
    ask(&shop, &written.author, &written.id).send().await.expect_problem(409, "too_many_images");
    bucket.receive(waiting.data()["id"].as_str().unwrap()).await;
    let path = format!("{REVIEWS}/{}/images/uploads/{}", written.id, waiting.data()["id"].as_str().unwrap());
    let late = shop.get(&path).by(&written.author).send().await.expect(200);
    assert_eq!(late.data()["refusal"]["code"], "too_many_images");
    shop.get(&path).by(&bob).send().await.expect_problem(404, "upload_not_found");
    let list = shop.reviews_of(&product, "").await;
    let images = list["data"][0]["images"].as_array().unwrap().clone();
    assert_eq!((images.len(), &images[0]["alt"]), (4, &json!("On a chair")));
    let id = images[0]["id"].as_str().unwrap();
    assert!(images[0]["urls"]["small"].as_str().unwrap().ends_with(&format!("{}/{id}/small.jpg", written.id)));
    let remove = |person| shop.request(Method::DELETE, &format!("{REVIEWS}/{}/images/{id}", written.id)).by(person);
    remove(&bob).send().await.expect_problem(404, "review_not_found");
    remove(&written.author).send().await.expect(200);
    remove(&written.author).send().await.expect_problem(404, "image_not_found");
    bucket.tidy(&shop).await;
    assert_eq!((bucket.count("public/"), bucket.count("")), (9, 9), "no other file is left");
    shop.assert_reviews_agree();
}

#[tokio::test]
async fn a_new_picture_is_looked_at_before_customers_see_it_where_staff_look_first() {
    let Reviewing { shop, staff, product } = reviewing(Moderation::Before).await;
    let (written, bucket) = (shop.reviewer("ada", &product, 5).await, Bucket::of(&shop, Moderation::Before));
    shop.approve(&written.id).by(&staff).send().await.expect(200);
    assert_eq!(add(&shop, &bucket, &written).await["state"], "shown");
    assert!(shop.reviews_of(&product, "").await["data"].as_array().unwrap().is_empty());
    shop.assert_reviews_agree();
    shop.approve(&written.id).by(&staff).send().await.expect(200);
    assert_eq!(shop.reviews_of(&product, "").await["data"][0]["images"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn pictures_of_a_rejected_review_are_hidden_and_those_of_a_deleted_one_removed() {
    let Reviewing { shop, staff, product } = reviewing(Moderation::After).await;
    let (written, bucket) = (shop.reviewer("ada", &product, 5).await, Bucket::of(&shop, Moderation::After));
    let other = shop.reviewer("bob", &product, 5).await;
    add(&shop, &bucket, &written).await;
    add(&shop, &bucket, &other).await;
    shop.reject(&written.id).by(&staff).send().await.expect(200);
    bucket.tidy(&shop).await;
    assert_eq!((bucket.count("public/"), bucket.count("hidden/")), (3, 3));
    shop.approve(&written.id).by(&staff).send().await.expect(200);
    bucket.tidy(&shop).await;
    assert_eq!((bucket.count("public/"), bucket.count("hidden/")), (6, 0));
    let late = ask(&shop, &written.author, &written.id).send().await.expect(201);
    shop.delete_review(&written.id).by(&written.author).send().await.expect(200);
    bucket.receive(late.data()["id"].as_str().unwrap()).await;
    bucket.tidy(&shop).await;
    assert_eq!((bucket.count("public/"), bucket.count("")), (3, 3));
    let body = json!({ "password": PASSWORD });
    shop.request(Method::DELETE, "/api/v1/users/me").json(&body).by(&other.author).send().await.expect(200);
    shop.time_passes(std::time::Duration::from_mins(1)).await;
    bucket.tidy(&shop).await;
    assert_eq!(bucket.count(""), 0, "a deleted account leaves no pictures");
    assert_eq!(shop.reviews_of(&product, "").await["summary"]["count"], 1);
}
