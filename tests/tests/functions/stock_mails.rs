//! Mails about stock, to staff and to waiting customers.

use domain::id::EventId;
use domain::mail::{MailJob, MailTemplate, Recipient};
use domain::product::Product;
use harness::fake_service::{FakeService, Reply};
use harness::shop::Shop;

use crate::fixtures::{mailer, mailer_with_queue, mails, takes_all};

#[tokio::test]
async fn each_waiting_customer_gets_one_mail_when_the_job_is_repeated() {
    let shop = Shop::open().await;
    let staff = shop.staff("root@example.com", domain::access::Role::Admin).await;
    let product = crate::fixtures::product(&shop, &staff, 0).await;
    let people = [shop.register_verified("ada@example.com").await, shop.register_verified("bob@example.com").await];
    for person in &people {
        shop.request(axum::http::Method::PUT, "/api/v1/stock-alerts/SHIRT").by(person).send().await.expect(200);
    }
    let wave = wave(&shop, &product);
    let (ses, queue) = (FakeService::new(takes_all), FakeService::new(crate::fixtures::takes_messages));
    let dealing = mailer_with_queue(&shop, &ses, &queue);
    let dealt = dealing.deliver(batch(&wave)).await;
    assert!(dealt.batch_item_failures.is_empty());
    let dealt = dealing.deliver(batch(&wave)).await;
    assert!(dealt.batch_item_failures.is_empty());
    let jobs = crate::fixtures::messages(&queue);
    assert_eq!(jobs.len(), 2, "the repeated job finds no waiting customer");
    for _ in 0..2 {
        for job in &jobs {
            let job: MailJob = serde_json::from_value(job.clone()).unwrap();
            dealing.mail(&job).await.unwrap();
        }
    }
    assert_eq!(mails(&ses).len(), 2, "each mail went out once");
    assert!(mails(&ses).iter().all(|mail| mail.contains("is back in stock at Kontor")));
}

#[tokio::test]
async fn no_waiting_customer_is_missed_when_the_queue_fails() {
    let shop = Shop::open().await;
    let staff = shop.staff("root@example.com", domain::access::Role::Admin).await;
    let product = crate::fixtures::product(&shop, &staff, 0).await;
    let ada = shop.register_verified("ada@example.com").await;
    shop.request(axum::http::Method::PUT, "/api/v1/stock-alerts/SHIRT").by(&ada).send().await.expect(200);
    let wave = wave(&shop, &product);
    let (ses, queue) = (FakeService::new(takes_all), FakeService::new(|_| Reply::Lost));
    let dealt = mailer_with_queue(&shop, &ses, &queue).deliver(batch(&wave)).await;
    assert_eq!(dealt.batch_item_failures.len(), 1);
    let waits = shop.get("/api/v1/stock-alerts").by(&ada).send().await;
    assert_eq!(waits.data().as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn low_stock_is_mailed_to_the_staff_address() {
    let shop = Shop::open().await;
    let staff = shop.staff("root@example.com", domain::access::Role::Admin).await;
    let product = crate::fixtures::product(&shop, &staff, 3).await;
    let job = MailJob {
        event_id: EventId::new(shop.now(), 7),
        to: Recipient::Staff,
        at: shop.now(),
        template: MailTemplate::LowStock { product_id: product.id, sku: product.variants[0].sku.clone() },
    };
    let ses = FakeService::new(takes_all);
    mailer(&shop, &ses).mail(&job).await.unwrap();
    let mail = mails(&ses).concat();
    assert!(mail.contains("staff@example.com") && mail.contains("Low stock: Shirt (SHIRT)"));
    assert!(mail.contains("3 can still be sold"), "{mail}");
}

/// The job that mails all customers who wait for the product.
fn wave(shop: &Shop, product: &Product) -> MailJob {
    MailJob {
        event_id: EventId::new(shop.now(), 7),
        to: Recipient::Waiting(product.variants[0].id),
        at: shop.now(),
        template: MailTemplate::BackInStock { product_id: product.id, sku: product.variants[0].sku.clone() },
    }
}

fn batch(job: &MailJob) -> aws_lambda_events::sqs::SqsEvent {
    crate::fixtures::batch(&serde_json::to_value(job).unwrap())
}
