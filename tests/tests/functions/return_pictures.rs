//! The pictures of a return: from the form to the links, who sees them, and which files are left, also when the function
//! dies anywhere, its calls are lost, or the account is erased in the middle.

use std::collections::BTreeSet;
use std::io::Cursor;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::http::Method;
use domain::id::{OrderId, ReturnId};
use domain::picture::{Size, return_key};
use harness::bucket::Bucket;
use harness::interruptions::{Interruption, Outcome, Tally};
use harness::orders::{PlacedOrder, order_of, selling};
use harness::shop::{PASSWORD, Person, Shop, TestRequest};
use image::{DynamicImage, ImageFormat, RgbImage};
use kit::runtime::ids::Ids;
use media::Media;
use relay::route;
use serde_json::{Value, json};

use crate::fixtures::{batch, stream};
use crate::relay::outbox;

static TRIED: Tally = Tally::new("docs/returns.md", "interleavings of their pictures");

/// A shop with a delivered order of three units, one of which its buyer sends back.
struct Returned {
    shop: Shop,
    staff: Person,
    /// `None`: a guest.
    buyer: Option<Person>,
    bought: PlacedOrder,
    id: String,
    bucket: Bucket,
}

impl Returned {
    async fn begin(buyer: Option<&str>) -> Self {
        let (shop, staff) = selling().await;
        let mut order = order_of("A", 3, "cash_on_delivery");
        let buyer = match buyer {
            Some(email) => {
                order.as_object_mut().unwrap().remove("email");
                Some(shop.register_verified(email).await)
            }
            None => None,
        };
        let place = shop.place_order(&order, "k-1");
        let place = if let Some(buyer) = &buyer { place.by(buyer) } else { place };
        let bought = PlacedOrder::of(place.send().await);
        if buyer.is_none() {
            shop.confirm(&bought).await.send().await.expect(200);
        }
        for status in ["shipped", "delivered"] {
            shop.update_order(&bought, &staff, &json!({ "status": status })).send().await.expect(200);
        }
        let bucket = Bucket::new(&shop.table.network.interruptions);
        let mut it = Self { shop, staff, buyer, bought, id: String::new(), bucket };
        it.id = it.ask_back("r-1").await;
        it
    }

    /// The same in a shop and a bucket of its own.
    async fn copy(&self) -> Arc<Self> {
        let shop = self.shop.copy().await;
        let bucket = Bucket::new(&shop.table.network.interruptions);
        let (staff, buyer) = (self.staff.clone(), self.buyer.clone());
        Arc::new(Self { shop, staff, buyer, bought: self.bought.clone(), id: self.id.clone(), bucket })
    }

    async fn ask_back(&self, key: &str) -> String {
        let variant = &self.bought.whole["items"][0]["id"];
        let body = json!({ "kind": "return", "items": [{ "id": variant, "quantity": 1, "reason": "damaged" }] });
        let ask = self.shop.post(&format!("{}/returns", self.bought.path()), &body).header("idempotency-key", key);
        let asked = self.by_buyer(ask).send().await.expect(201);
        asked.data()["id"].as_str().unwrap().to_owned()
    }

    fn by_buyer(&self, request: TestRequest) -> TestRequest {
        match &self.buyer {
            Some(buyer) => request.by(buyer),
            None => request.header("order-token", &self.bought.token),
        }
    }

    fn path(&self, below: &str) -> String {
        format!("{}/returns/{}/images{below}", self.bought.path(), self.id)
    }

    /// Without anybody's token.
    fn form(&self) -> TestRequest {
        self.shop.post(&self.path("/uploads"), &json!({ "contentType": "image/png" }))
    }

    async fn upload(&self) -> String {
        let form = self.by_buyer(self.form()).send().await.expect(201);
        form.data()["id"].as_str().unwrap().to_owned()
    }

    async fn state(&self, upload: &str) -> Value {
        let show = self.by_buyer(self.shop.get(&self.path(&format!("/uploads/{upload}"))));
        show.send().await.expect(200).data().clone()
    }

    /// S3 says that the file of an upload is there.
    async fn notify(&self, upload: &str) -> bool {
        let (store, clock) = (self.shop.table.store_of("media"), self.shop.clock.clone());
        // Each message is worked on by an instance that has numbers of its own.
        let seed = upload.bytes().fold(5, |seed: u64, byte| seed.wrapping_mul(31).wrapping_add(byte.into()));
        let media = Media::new(store, self.bucket.client(), "files", clock, Ids::seeded(seed));
        let object = json!({ "key": format!("inbox/pictures/{upload}"), "size": 1 });
        let record =
            json!({ "eventName": "ObjectCreated:Post", "s3": { "bucket": { "name": "files" }, "object": object } });
        media.deliver(batch(&json!({ "Records": [record] }))).await.batch_item_failures.is_empty()
    }

    /// The browser sends the file of a form, and S3 says so twice.
    async fn receive(&self, upload: &str, file: Vec<u8>) {
        self.bucket.put(&format!("inbox/pictures/{upload}"), file);
        assert!(self.notify(upload).await && self.notify(upload).await);
    }

    async fn add(&self) -> Value {
        let upload = self.upload().await;
        self.receive(&upload, png()).await;
        self.state(&upload).await
    }

    /// The account is deleted, and the janitor erases it.
    async fn erase(&self) {
        let request = self.shop.request(Method::DELETE, "/api/v1/users/me").json(&json!({ "password": PASSWORD }));
        drop(request.by(self.buyer.as_ref().unwrap()).send().await);
        self.shop.time_passes(Duration::from_mins(1)).await;
    }

    /// The messages about removed pictures. Each is sent twice.
    async fn tidy(&self) {
        let (store, clock) = (self.shop.table.store_of("media"), self.shop.clock.clone());
        let media = Media::new(store, self.bucket.client(), "files", clock, Ids::seeded(6));
        for message in route(&stream(&outbox(&self.shop)).records).media {
            let message: Value = serde_json::from_str(&message.body).unwrap();
            if message["returnId"].is_string() {
                for _ in 0..2 {
                    assert!(media.deliver(batch(&message)).await.batch_item_failures.is_empty());
                }
            }
        }
    }

    /// The bucket has the files of the return's pictures and no other. Returns how many pictures it has.
    async fn check_files(&self, what: &str) -> usize {
        let (order, id) = (OrderId::parse(&self.bought.id).unwrap(), ReturnId::parse(&self.id).unwrap());
        let asked = self.shop.store().order_return(order, id).await.unwrap().unwrap();
        let keys = asked.pictures.iter().flat_map(|&image| Size::ALL.map(|size| return_key(id, image, size)));
        let files: BTreeSet<String> = self.bucket.files().into_keys().collect();
        assert_eq!(files, keys.collect(), "{what}");
        asked.pictures.len()
    }
}

fn png() -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(RgbImage::new(30, 20)).write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

#[tokio::test]
async fn a_return_has_up_to_four_pictures_that_only_its_buyer_and_staff_see() {
    for buyer in [None, Some("ada@example.com")] {
        let it = Returned::begin(buyer).await;
        let eve = it.shop.register_verified("eve@example.com").await;
        it.form().by(&eve).send().await.expect_problem(404, "return_not_found");
        it.form().send().await.expect_problem(404, "return_not_found");
        let late = it.upload().await;
        for n in 1..=4 {
            assert_eq!(it.add().await["state"], "shown");
            assert_eq!(it.check_files("added").await, n);
        }
        it.by_buyer(it.form()).send().await.expect_problem(409, "too_many_images");
        it.receive(&late, png()).await;
        assert_eq!(it.state(&late).await["refusal"]["code"], "too_many_images");
        assert_eq!(it.check_files("a fifth one").await, 4);

        let list = || it.shop.get(&it.path(""));
        list().by(&eve).send().await.expect_problem(404, "return_not_found");
        list().send().await.expect_problem(404, "return_not_found");
        let seen = it.by_buyer(list()).send().await.expect(200).data().clone();
        assert_eq!(seen.as_array().unwrap().len(), 4);
        let small = seen[0]["urls"]["small"].as_str().unwrap();
        let key = format!("private/returns/{}/{}/small.jpg", it.id, seen[0]["id"].as_str().unwrap());
        assert!(small.contains(&key) && small.contains("X-Amz-Expires=300"), "{small}");
        let by_staff = list().by(&it.staff).send().await.expect(200).data().clone();
        assert_eq!(by_staff[3]["id"], seen[3]["id"]);
        let read = it.shop.table.items_under("AUDIT#").into_values().filter(|entry| entry["action"] == "return.read");
        assert_eq!(read.count(), 1);
        let order = it.by_buyer(it.shop.get(&it.bought.path())).send().await.expect(200);
        assert_eq!(order.data()["returns"][0]["imageCount"], 4);
    }
}

#[tokio::test]
async fn an_upload_is_good_for_its_return_only_and_for_a_picture_only() {
    let it = Returned::begin(Some("ada@example.com")).await;
    let upload = it.upload().await;
    let mine = it.shop.post("/api/v1/users/me/picture/uploads", &json!({ "contentType": "image/png" }));
    let mine = it.by_buyer(mine).send().await.expect(201).data()["id"].as_str().unwrap().to_owned();
    let other = format!("{}/returns/{}/images/uploads/{upload}", it.bought.path(), it.ask_back("r-2").await);
    for path in [it.path(&format!("/uploads/{mine}")), format!("/api/v1/users/me/picture/uploads/{upload}"), other] {
        it.by_buyer(it.shop.get(&path)).send().await.expect_problem(404, "upload_not_found");
    }
    let by_staff = it.shop.get(&format!("/api/v1/uploads/{upload}")).by(&it.staff);
    by_staff.send().await.expect_problem(404, "upload_not_found");
    let svg = it.shop.post(&it.path("/uploads"), &json!({ "contentType": "image/svg+xml" }));
    let refused = it.by_buyer(svg).send().await.expect_problem(400, "validation_failed");
    assert_eq!(refused.fields(), ["contentType"]);
    let more = it.shop.post(&it.path("/uploads"), &json!({ "contentType": "image/png", "alt": "x" }));
    it.by_buyer(more).send().await.expect_problem(400, "validation_failed");
    it.receive(&upload, b"<script>alert(1)</script>".to_vec()).await;
    assert_eq!(it.state(&upload).await["refusal"]["code"], "not_a_picture");
    assert_eq!(it.check_files("no picture").await, 0);
}

#[tokio::test]
async fn pictures_are_removed_while_the_return_is_open_and_stay_when_it_is_over() {
    let it = Returned::begin(None).await;
    it.add().await;
    let kept = it.add().await["imageId"].as_str().unwrap().to_owned();
    let seen = it.by_buyer(it.shop.get(&it.path(""))).send().await.expect(200).data().clone();
    let first = seen[0]["id"].as_str().unwrap();
    let remove = |image: &str| it.shop.request(Method::DELETE, &it.path(&format!("/{image}")));
    let eve = it.shop.register_verified("eve@example.com").await;
    remove(first).by(&eve).send().await.expect_problem(404, "return_not_found");
    it.by_buyer(remove(first)).send().await.expect(200);
    it.by_buyer(remove(first)).send().await.expect_problem(404, "image_not_found");
    it.by_buyer(remove("nothing")).send().await.expect_problem(404, "image_not_found");
    it.tidy().await;
    assert_eq!(it.check_files("removed").await, 1);
    let late = it.upload().await;
    let decline = format!("/api/v1/admin/orders/{}/returns/{}/decline", it.bought.id, it.id);
    it.shop.post(&decline, &json!({ "reason": "It was worn" })).by(&it.staff).send().await.expect(200);
    it.by_buyer(it.form()).send().await.expect_problem(409, "return_status_conflict");
    it.by_buyer(remove(&kept)).send().await.expect_problem(409, "return_status_conflict");
    it.receive(&late, png()).await;
    assert_eq!(it.state(&late).await["refusal"]["code"], "return_over");
    assert_eq!(it.check_files("over").await, 1);
}

#[tokio::test]
async fn an_erased_account_leaves_its_returns_without_pictures() {
    let it = Returned::begin(Some("ada@example.com")).await;
    it.add().await;
    it.add().await;
    let late = it.upload().await;
    it.erase().await;
    it.tidy().await;
    assert_eq!(it.check_files("erased").await, 0);
    it.receive(&late, png()).await;
    it.tidy().await;
    assert_eq!(it.check_files("a file that came later").await, 0);
    let left = it.shop.get("/api/v1/admin/returns?status=requested").by(&it.staff).send().await.expect(200);
    assert_eq!(left.json["data"][0]["imageCount"], 0, "the return stays");
}

/// What others do while the function works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Other {
    Erase,
    /// The same notification is handled twice at once.
    Notify,
}

#[tokio::test]
async fn a_picture_is_on_its_return_once_or_leaves_no_file_wherever_its_way_is_interrupted() {
    let begin = Returned::begin(Some("ada@example.com")).await;
    let upload = begin.upload().await;
    let mut tried = 0;
    let others = [Interruption::Others(Other::Erase), Interruption::Others(Other::Notify)];
    for interruption in [Interruption::Crash, Interruption::LostCall].into_iter().chain(others) {
        for at in 0.. {
            let it = begin.copy().await;
            it.bucket.put(&format!("inbox/pictures/{upload}"), png());
            let points = it.shop.table.network.interruptions.clone();
            let (what, receive) = (format!("{interruption:?} at {at}"), it.notify(&upload));
            let outcome = points.happen_at(at, interruption, |other| act(&it, &upload, other), receive).await;
            if matches!(outcome, Outcome::NotReached) {
                break;
            }
            tried += 1;
            assert!(it.notify(&upload).await && it.notify(&upload).await, "{what}");
            it.tidy().await;
            let pictures = it.check_files(&what).await;
            assert_eq!(pictures, usize::from(interruption != Interruption::Others(Other::Erase)), "{what}");
        }
    }
    TRIED.ended(tried, 1);
}

fn act(it: &Arc<Returned>, upload: &str, what: Other) -> Pin<Box<dyn Future<Output = ()> + Send>> {
    let (it, upload) = (Arc::clone(it), upload.to_owned());
    // On a thread of its own, because no other may take over the future of the function.
    Box::pin(async move {
        let runtime = tokio::runtime::Handle::current();
        let act = move || {
            runtime.block_on(async {
                if what == Other::Erase {
                    it.erase().await;
                    it.tidy().await;
                } else {
                    assert!(it.notify(&upload).await);
                }
            });
        };
        tokio::task::spawn_blocking(act).await.unwrap();
    })
}
