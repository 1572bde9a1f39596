//! Pictures and CSV imports that are interrupted at every call. The table is in the test process; files and queue are
//! in the local cloud.

use std::collections::BTreeMap;

use aws_lambda_events::sqs::SqsEvent;
use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration};
use domain::access::Role;
use domain::id::{ProductId, UploadId};
use domain::money::Currency;
use domain::picture::{CSV_INBOX, PICTURE_INBOX};
use domain::upload::{CsvKind, Purpose, Upload, UploadState};
use harness::network::{Fault, Network};
use harness::shop::{Person, Shop};
use import_export::{Config, ImportExport};
use kit::runtime::ids::Ids;
use media::Media;
use products::ProductWriter;
use serde_json::json;
use store::audit::AuditChange;

/// A shop in this process, with a bucket of its own in the local cloud.
struct Setup {
    shop: Shop,
    staff: Person,
    files: aws_sdk_s3::Client,
    bucket: String,
}

impl Setup {
    async fn open(bucket: &str) -> Self {
        let shop = Shop::open().await;
        let staff = shop.staff("root@example.com", Role::Admin).await;
        let files = aws_sdk_s3::Client::new(&kit::runtime::aws::config().await);
        let here = CreateBucketConfiguration::builder().location_constraint(BucketLocationConstraint::EuWest1).build();
        files.create_bucket().bucket(bucket).create_bucket_configuration(here).send().await.unwrap();
        Self { shop, staff, files, bucket: bucket.to_owned() }
    }

    async fn faulty_files(&self, network: &Network) -> aws_sdk_s3::Client {
        let aws = kit::runtime::aws::config().await;
        let config = aws_sdk_s3::config::Builder::from(&aws).http_client(network.clone());
        aws_sdk_s3::Client::from_conf(config.build())
    }

    async fn product(&self) -> ProductId {
        let body =
            json!({ "name": "Shirt", "sku": "SHIRT", "status": "active", "price": { "amount": 1, "currency": "usd" } });
        let made = self.shop.post("/api/v1/products", &body).by(&self.staff).send().await;
        ProductId::parse(made.expect(201).data()["id"].as_str().unwrap()).unwrap()
    }

    async fn expect(&self, purpose: Purpose, content_type: &str, inbox: &str, file: &[u8]) -> UploadId {
        let upload = Upload {
            id: self.shop.app.context.ids.upload(self.shop.now()),
            owner: Some(self.staff.id.into()),
            purpose,
            content_type: content_type.to_owned(),
            state: UploadState::Waiting,
            created_at: self.shop.now(),
        };
        let change = AuditChange::default();
        let entry =
            self.shop.app.context.audit_entry(self.staff.id, "upload.create", upload.id, change, self.shop.now());
        self.shop.store().create_upload(&upload, Some(&entry)).await.unwrap();
        let put = self.files.put_object().bucket(&self.bucket);
        put.key(format!("{inbox}{}", upload.id)).body(file.to_vec().into()).send().await.unwrap();
        upload.id
    }

    async fn keys(&self) -> Vec<String> {
        let listed = self.files.list_objects_v2().bucket(&self.bucket).send().await.unwrap();
        listed.contents.unwrap_or_default().into_iter().filter_map(|object| object.key).collect()
    }

    async fn progress(&self, id: UploadId) -> UploadState {
        let record = self.shop.store().upload(id, self.shop.now()).await.unwrap();
        record.unwrap().upload.state
    }
}

fn photo() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbImage::new(40, 30).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

#[tokio::test]
async fn a_picture_is_shown_once_when_its_processing_is_interrupted() {
    for fault in [Fault::Before, Fault::After] {
        // Ten is more than the number of calls, so every call fails once, and in the last runs none.
        for skip in 0..10 {
            let setup = Box::pin(Setup::open(&format!("pictures-{fault:?}-{skip}").to_lowercase())).await;
            let product_id = setup.product().await;
            let alt = "A shirt".to_owned();
            let purpose = Purpose::Picture { product_id, alt };
            let id = setup.expect(purpose, "image/png", PICTURE_INBOX, &photo()).await;
            // One network for table and files, so that their calls are counted in one order.
            let network = setup.shop.table.network.clone();
            let files = setup.faulty_files(&network).await;
            let (store, clock) = (setup.shop.table.store_of("media"), setup.shop.clock.clone());
            let media = Media::new(store, files, &setup.bucket, clock, Ids::seeded(9));
            network.fail_any(skip, fault, 5);
            let key = format!("{PICTURE_INBOX}{id}");
            let _ = media.receive(&key).await;
            network.heal();
            for _ in 0..2 {
                media.receive(&key).await.unwrap();
            }
            let product = setup.shop.store().product(product_id).await.unwrap().unwrap();
            assert_eq!(product.images.len(), 1, "{fault:?} after {skip}");
            let image_id = product.images[0].id;
            assert_eq!(setup.progress(id).await, UploadState::Shown { image_id });
            let keys = setup.keys().await;
            assert_eq!(keys.len(), 3, "{fault:?} after {skip}: {keys:?}");
            assert!(keys.iter().all(|key| key.starts_with("public/products/")));
        }
    }
}

#[tokio::test]
async fn a_picture_for_a_deleted_product_leaves_no_file() {
    let setup = Box::pin(Setup::open("pictures-late")).await;
    let product_id = setup.product().await;
    let purpose = Purpose::Picture { product_id, alt: String::new() };
    let id = setup.expect(purpose, "image/png", PICTURE_INBOX, &photo()).await;
    let path = format!("/api/v1/products/{product_id}");
    setup.shop.request(axum::http::Method::DELETE, &path).by(&setup.staff).send().await.expect(200);
    let (store, clock) = (setup.shop.table.store_of("media"), setup.shop.clock.clone());
    let media = Media::new(store, setup.files.clone(), &setup.bucket, clock, Ids::seeded(9));
    media.receive(&format!("{PICTURE_INBOX}{id}")).await.unwrap();
    let UploadState::Refused { code, .. } = setup.progress(id).await else {
        panic!("it is refused");
    };
    assert_eq!(code, "product_gone");
    assert!(setup.keys().await.is_empty());
    for stray in ["inbox/pictures/../../public/x", "public/x", "inbox/pictures/x"] {
        media.receive(stray).await.unwrap();
    }
}

/// Takes all messages out of a queue, each as a batch of one.
async fn drain(queues: &aws_sdk_sqs::Client, queue: &str) -> Vec<SqsEvent> {
    let mut events = Vec::new();
    loop {
        let received = queues.receive_message().queue_url(queue).max_number_of_messages(10);
        let messages = received.send().await.unwrap().messages.unwrap_or_default();
        if messages.is_empty() {
            return events;
        }
        for message in messages {
            let record = json!({ "messageId": "m", "body": message.body });
            events.push(serde_json::from_value(json!({ "Records": [record] })).unwrap());
            let receipt = message.receipt_handle.unwrap();
            queues.delete_message().queue_url(queue).receipt_handle(receipt).send().await.unwrap();
        }
    }
}

#[tokio::test]
async fn an_import_is_applied_once_when_it_is_interrupted_and_its_parts_are_repeated() {
    let lines: String = (0..260).map(|n| format!("p-{n},P-{n},Product {n},5,active\n")).collect();
    let csv = format!("slug,sku,name,price,status\n{lines}p-bad,P-BAD,Bad,none,active\n");
    let queues = aws_sdk_sqs::Client::new(&kit::runtime::aws::config().await);
    for (fault, skip) in [
        (Fault::Before, 0),
        (Fault::Before, 2),
        (Fault::Before, 9),
        (Fault::After, 1),
        (Fault::After, 3),
        (Fault::After, 40),
        (Fault::Throttle, 300),
        (Fault::Conflict, 3),
    ] {
        let name = format!("csv-{fault:?}-{skip}").to_lowercase();
        let setup = Box::pin(Setup::open(&name)).await;
        let kind = CsvKind::Products;
        let purpose = Purpose::Csv { kind };
        let id = setup.expect(purpose, "text/csv", CSV_INBOX, csv.as_bytes()).await;
        let queue = queues.create_queue().queue_name(&name).send().await.unwrap().queue_url.unwrap();
        let config = Config {
            table: "kontor".to_owned(),
            bucket: setup.bucket.clone(),
            queue: queue.clone(),
            currency: Currency::USD,
        };
        let writer = ProductWriter { store: setup.shop.table.store_of("import-export"), ids: Ids::seeded(9) };
        let (files, clock) = (setup.files.clone(), setup.shop.clock.clone());
        let import_export = ImportExport::new(config, writer, files, queues.clone(), clock);
        let network = &setup.shop.table.network;
        let key = format!("{CSV_INBOX}{id}");
        network.fail_any(skip, fault, 4);
        let _ = import_export.receive(&key).await;
        let mut parts = drain(&queues, &queue).await;
        for part in parts.clone() {
            import_export.deliver(part).await;
        }
        network.heal();
        // S3's event is delivered again, and then every part twice more, in reverse order.
        import_export.receive(&key).await.unwrap();
        parts.extend(drain(&queues, &queue).await);
        parts.reverse();
        for part in [parts.clone(), parts].concat() {
            let done = import_export.deliver(part).await;
            assert!(done.batch_item_failures.is_empty(), "{name}");
        }
        let UploadState::Finished { counts } = setup.progress(id).await else {
            panic!("{name}: it is finished");
        };
        let counted = (counts.lines, counts.changed + counts.unchanged, counts.bad, counts.parts_done);
        assert_eq!(counted, (261, 260, 1, 2), "{name}");
        let audited = setup.shop.table.items_under("AUDIT#");
        assert_eq!(audited.values().filter(|entry| entry["action"] == "products.import").count(), 1, "{name}");
        let products = setup.shop.table.items_under("PRODUCT#");
        let versions: BTreeMap<_, _> =
            products.values().map(|product| (product["slug"].to_string(), product["version"].as_u64())).collect();
        assert_eq!(versions.len(), 260, "{name}");
        assert!(versions.values().all(|&version| version == Some(1)), "{name}: each once");
    }
}
