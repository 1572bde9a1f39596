//! The pictures of an order outlive its products: the media function copies them.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use domain::id::{ImageId, ProductId};
use domain::product::{Image, Revision};
use harness::fake_service::{FakeService, Reply};
use harness::orders::{PlacedOrder, selling};
use harness::shop::{Person, Shop};
use kit::runtime::ids::Ids;
use media::Media;
use products::{ProductChange, ProductWriter};
use relay::route;
use serde_json::{Value, json};

use crate::fixtures::{batch, files, stream};
use crate::relay::outbox;

/// A bucket that has these files.
#[derive(Clone)]
struct Bucket {
    files: Arc<Mutex<BTreeSet<String>>>,
}

impl Bucket {
    fn with(files: impl IntoIterator<Item = String>) -> Self {
        Self { files: Arc::new(Mutex::new(files.into_iter().collect())) }
    }

    fn files(&self) -> BTreeSet<String> {
        self.files.lock().unwrap().clone()
    }

    fn remove(&self, file: &str) {
        assert!(self.files.lock().unwrap().remove(file), "{file}");
    }

    /// S3 as far as copies need it.
    fn answer(&self, request: &str) -> Reply {
        let parts: Vec<&str> = request.split(' ').collect();
        let key = |place: &str| place.split_once("files/").map(|(_, key)| key.to_owned()).unwrap();
        let mut files = self.files.lock().unwrap();
        let ["PUT", to, from] = parts[..] else {
            return Reply::Answer(500, format!("only copies are expected: {request}"));
        };
        if !files.contains(&key(from)) {
            return Reply::Answer(404, "<Error><Code>NoSuchKey</Code></Error>".to_owned());
        }
        files.insert(key(to));
        Reply::Answer(200, "<CopyObjectResult><ETag>e</ETag></CopyObjectResult>".to_owned())
    }

    fn service(&self) -> FakeService {
        let bucket = self.clone();
        FakeService::new(move |request| bucket.answer(request))
    }
}

fn media(shop: &Shop, wire: &FakeService) -> Media {
    Media::new(shop.table.store_of("media"), files(wire), "files", shop.clock.clone(), Ids::seeded(5))
}

/// A shop whose product `A` has a picture; and the picture.
async fn pictured() -> (Shop, Person, String) {
    let (shop, staff) = selling().await;
    let list = shop.get("/api/v1/products").send().await.expect(200);
    let id = ProductId::parse(list.json["data"][0]["id"].as_str().unwrap()).unwrap();
    let product = shop.store().product(id).await.unwrap().unwrap();
    let image = ImageId::new(shop.now(), 1);
    let with = product.changed(shop.now(), |product| {
        product.images = vec![Image { id: image, alt: String::new(), width: 4, height: 3, shows: None }];
    });
    let revision = Revision::with_same_skus(with);
    let change = ProductChange { action: "test", by: None, before: Some(product), revision, idempotency_record: None };
    let writer = ProductWriter { store: shop.store().clone(), ids: shop.app.context.ids.clone() };
    writer.commit(&change, shop.now()).await.unwrap();
    (shop, staff, format!("products/{id}/{image}/small.jpg"))
}

/// The messages that the relay makes of the orders in the outbox.
fn messages(shop: &Shop) -> Vec<Value> {
    let orders = outbox(shop).into_iter().filter(|item| item["event"]["type"].as_str().unwrap().starts_with("order."));
    let routed = route(&stream(&orders.collect::<Vec<_>>()).records);
    routed.media.iter().map(|message| serde_json::from_str(&message.body).unwrap()).collect()
}

async fn is_done(media: &Media, message: &Value) -> bool {
    media.deliver(batch(message)).await.batch_item_failures.is_empty()
}

async fn shown(shop: &Shop, order: &PlacedOrder) -> Value {
    shop.read_order(order).await["items"][0]["imageUrl"].clone()
}

#[tokio::test]
async fn an_order_keeps_its_picture_whatever_becomes_of_the_product() {
    let (shop, _, picture) = pictured().await;
    let bucket = Bucket::with([format!("public/{picture}")]);
    let order = shop.buy(1, "k").await;
    let of_product = json!(format!("https://images.test/{picture}"));
    assert_eq!(order.whole["items"][0]["imageUrl"], of_product);
    let sent = messages(&shop);
    assert_eq!(sent, [json!({ "orderId": order.id })]);
    assert_eq!(shown(&shop, &order).await, of_product, "until there is a copy");
    let wire = bucket.service();
    let media = media(&shop, &wire);
    assert!(is_done(&media, &sent[0]).await);
    let image = picture.split('/').nth(2).unwrap();
    let copy = format!("orders/{}/{image}.jpg", order.id);
    assert_eq!(shown(&shop, &order).await, json!(format!("https://images.test/{copy}")));
    // A repetition finds that all is done, also when the product's picture is gone.
    bucket.remove(&format!("public/{picture}"));
    assert!(is_done(&media, &sent[0]).await);
    assert_eq!(shown(&shop, &order).await, json!(format!("https://images.test/{copy}")));
    assert_eq!((bucket.files(), wire.requests().len()), (BTreeSet::from([format!("public/{copy}")]), 1));
}

#[tokio::test]
async fn a_picture_that_was_hidden_is_copied_and_one_that_is_gone_is_not_shown() {
    for (files, is_shown) in [(vec!["hidden/"], true), (vec![], false)] {
        let (shop, _, picture) = pictured().await;
        let order = shop.buy(1, "k").await;
        let bucket = Bucket::with(files.iter().map(|prefix| format!("{prefix}{picture}")));
        assert!(is_done(&media(&shop, &bucket.service()), &messages(&shop)[0]).await);
        assert_eq!(shown(&shop, &order).await.is_string(), is_shown);
        assert_eq!(bucket.files().iter().any(|file| file.starts_with("public/orders/")), is_shown);
    }
}

#[tokio::test]
async fn while_s3_fails_the_order_shows_the_products_picture_and_the_message_comes_again() {
    let (shop, _, picture) = pictured().await;
    let order = shop.buy(1, "k").await;
    let sent = messages(&shop);
    for broken in [Reply::Lost, Reply::Answer(503, String::new())] {
        let wire = FakeService::new(move |_| broken.clone());
        assert!(!is_done(&media(&shop, &wire), &sent[0]).await);
        assert_eq!(shown(&shop, &order).await, json!(format!("https://images.test/{picture}")));
    }
    let bucket = Bucket::with([format!("public/{picture}")]);
    assert!(is_done(&media(&shop, &bucket.service()), &sent[0]).await);
    assert!(shown(&shop, &order).await.as_str().unwrap().contains("/orders/ord_"));
}

#[tokio::test]
async fn a_message_about_an_order_that_does_not_exist_is_done() {
    let (shop, _, _) = pictured().await;
    let wire = Bucket::with([]).service();
    let message = json!({ "orderId": "ord_01M7W6C3804Q9PV3Y1B8S4HJET" });
    assert!(is_done(&media(&shop, &wire), &message).await);
    assert!(wire.requests().is_empty());
}
