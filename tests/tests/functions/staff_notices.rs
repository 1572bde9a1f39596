//! Mails about the shop to members of staff, as each of them chose.

use axum::http::Method;
use domain::access::Role;
use domain::id::{EventId, OrderId};
use domain::mail::{MailJob, MailTemplate, OrderNotice, Recipient};
use harness::fake_service::FakeService;
use harness::network::Fault;
use harness::orders::selling;
use harness::shop::{Person, Shop};
use serde_json::{Value, json};

use crate::fixtures::{batch, mailer_with_queue, mails, messages, product, takes_all, takes_messages};

async fn member(shop: &Shop, email: &str, notices: &Value) -> Person {
    let person = shop.register_verified(email).await;
    shop.give_role(&person, Role::Support).await;
    let asked = shop.request(Method::PATCH, "/api/v1/users/me").json(&json!({ "notices": notices })).by(&person);
    asked.send().await.expect(200);
    person
}

fn job(shop: &Shop, n: u128, template: MailTemplate) -> MailJob {
    MailJob { event_id: EventId::new(shop.now(), n), to: Recipient::Staff, at: shop.now(), template }
}

/// To whom mails go if the job, and each message that follows from it, is delivered twice.
async fn told(shop: &Shop, job: &MailJob) -> Vec<String> {
    let (ses, queue) = (FakeService::new(takes_all), FakeService::new(takes_messages));
    let mailer = mailer_with_queue(shop, &ses, &queue);
    let job = serde_json::to_value(job).unwrap();
    for _ in 0..2 {
        assert!(mailer.deliver(batch(&job)).await.batch_item_failures.is_empty());
    }
    for message in messages(&queue) {
        assert!(mailer.deliver(batch(&message)).await.batch_item_failures.is_empty());
    }
    let to = |mail: String| {
        let line = mail.lines().find_map(|line| line.strip_prefix("To: "))?;
        Some(line.split(['<', '>']).nth(1)?.to_owned())
    };
    let mut told: Vec<String> = mails(&ses).into_iter().filter_map(to).collect();
    told.sort();
    told
}

#[tokio::test]
async fn each_member_of_staff_gets_the_mails_that_they_asked_for_once() {
    let (shop, root) = selling().await;
    let product = product(&shop, &root, 3).await;
    let order = shop.buy(1, "k").await;
    let order_id = OrderId::parse(&order.id).unwrap();
    member(&shop, "stock@example.com", &json!({ "lowStock": true })).await;
    let all =
        member(&shop, "all@example.com", &json!({ "lowStock": true, "failedPayments": true, "orders": true })).await;
    let low = MailTemplate::LowStock { product_id: product.id, sku: product.variants[0].sku.clone() };
    let notice = |notice| MailTemplate::OrderNotice { order_id, notice };
    let of = |names: &[&str]| -> Vec<String> { names.iter().map(|&name| name.to_owned()).collect() };
    let (one, other, mailbox) = ("all@example.com", "stock@example.com", "staff@example.com");
    assert_eq!(told(&shop, &job(&shop, 1, low.clone())).await, of(&[one, mailbox, other]));
    assert_eq!(told(&shop, &job(&shop, 2, notice(OrderNotice::DisputeLost))).await, of(&[one, mailbox]));
    assert_eq!(told(&shop, &job(&shop, 3, notice(OrderNotice::PaymentFailed))).await, of(&[one]), "nobody else");
    // Who is no member of staff any more gets none, and who asks for nothing is not looked for.
    shop.give_role(&all, Role::Customer).await;
    assert_eq!(told(&shop, &job(&shop, 4, low.clone())).await, of(&[mailbox, other]));
    assert_eq!(shop.table.items_under("NOTICES").len(), 2);
    let stock = shop.login("stock@example.com").await;
    let nothing = json!({ "notices": { "lowStock": false } });
    shop.request(Method::PATCH, "/api/v1/users/me").json(&nothing).by(&stock).send().await.expect(200);
    assert_eq!(shop.table.items_under("NOTICES").len(), 1);
    assert_eq!(told(&shop, &job(&shop, 5, low)).await, of(&[mailbox]));
}

#[tokio::test]
async fn a_queue_that_fails_loses_no_notice_and_doubles_none() {
    let (shop, root) = selling().await;
    let product = product(&shop, &root, 3).await;
    member(&shop, "stock@example.com", &json!({ "lowStock": true })).await;
    let low = MailTemplate::LowStock { product_id: product.id, sku: product.variants[0].sku.clone() };
    let low = serde_json::to_value(job(&shop, 1, low)).unwrap();
    let (ses, queue) = (FakeService::new(takes_all), FakeService::new(takes_messages));
    let mailer = mailer_with_queue(&shop, &ses, &queue);
    shop.table.network.fail("Query", Fault::Before, 3);
    assert_eq!(mailer.deliver(batch(&low)).await.batch_item_failures.len(), 1);
    assert!(mailer.deliver(batch(&low)).await.batch_item_failures.is_empty());
    assert_eq!((mails(&ses).len(), messages(&queue).len()), (1, 1));
}

#[tokio::test]
async fn customers_have_no_notices_to_choose() {
    let shop = Shop::open().await;
    let ada = shop.register_verified("ada@example.com").await;
    let ask = |body: Value| shop.request(Method::PATCH, "/api/v1/users/me").json(&body).by(&ada).send();
    let refused = ask(json!({ "notices": { "lowStock": true } })).await.expect_problem(400, "validation_failed");
    assert!(refused.text.contains("\"notices\""), "{}", refused.text);
    assert!(shop.table.items_under("NOTICES").is_empty());
    assert_eq!(ask(json!({ "name": "Ada" })).await.expect(200).data()["notices"], Value::Null);
}
