//! Nobody can flood a mailbox through the shop: from what people do to the mails that SES gets.

use std::time::Duration;

use axum::http::Method;
use domain::access::Role;
use domain::id::EventId;
use domain::mail::{MAILS_BY_DAY, MAILS_BY_HOUR, MailJob, MailTemplate, Recipient, UNPAID_MAILS_BY_HOUR};
use harness::fake_service::{FakeService, Reply};
use harness::network::Fault;
use harness::orders::{PlacedOrder, order_of};
use harness::shop::{PASSWORD, Person, Shop, TestRequest, person};
use serde_json::json;

use crate::fixtures::{batch, is_mail, mailer, mails, messages, stream, takes_all, takes_messages};
use crate::relay::{outbox, relay};

async fn selling() -> Shop {
    let shop = Shop::open().await;
    let staff = shop.staff("root@example.com", Role::Admin).await;
    shop.add_product(&staff, "A", 1000, 9).await;
    shop
}

/// What the stream, the relay, the queue and the mailer make of all events. Each message is delivered twice.
async fn mailed(shop: &Shop) -> Vec<String> {
    let (queue, ses) = (FakeService::new(takes_messages), FakeService::new(takes_all));
    let forwarded = relay(&queue).forward(stream(&outbox(shop))).await;
    assert!(forwarded.batch_item_failures.is_empty());
    let mailer = mailer(shop, &ses);
    for message in messages(&queue).into_iter().filter(is_mail) {
        for _ in 0..2 {
            assert!(mailer.deliver(batch(&message)).await.batch_item_failures.is_empty());
        }
    }
    mails(&ses).into_iter().filter(|mail| !mail.contains("root@example.com")).collect()
}

enum Buyer<'a> {
    Account(&'a Person),
    /// A guest who names this mailbox, with fifteen endings after a plus.
    Guest(&'a str),
}

/// Places and cancels orders, each from another network. Some may be refused.
async fn place_and_cancel(shop: &Shop, buyer: &Buyer<'_>, times: usize) {
    for n in 0..times {
        let mut body = order_of("A", 1, "payment_intent");
        body.as_object_mut().unwrap().remove("email");
        if let Buyer::Guest(name) = buyer {
            body["email"] = json!(format!("{name}+{}@example.com", n % 15));
        }
        let signed = |request: TestRequest| match buyer {
            Buyer::Account(person) => request.by(person),
            Buyer::Guest(_) => request,
        };
        let request = shop.place_order(&body, &format!("k-{n}-{}", shop.now())).from_ip(&format!("198.51.100.{n}"));
        let placed = signed(request).send().await;
        if placed.status == 201 {
            let order = PlacedOrder::of(placed);
            let cancel = shop.post(&format!("{}/cancel", order.path()), &json!({}));
            signed(cancel.header("order-token", &order.token)).send().await.expect(200);
        }
    }
}

#[tokio::test]
async fn an_unproven_account_on_anothers_address_causes_no_mail_but_the_verification() {
    let shop = selling().await;
    let body = json!({ "email": "victim@example.com", "password": PASSWORD, "name": "Your card was charged" });
    let eve = shop.post("/api/v1/auth/register", &body).send().await.expect(201);
    let eve = person(&eve);
    place_and_cancel(&shop, &Buyer::Account(&eve), 45).await;
    let mails = mailed(&shop).await;
    assert_eq!(mails.len(), 1);
    assert!(mails[0].contains("Please confirm your address") && mails[0].contains("To: <victim@example.com>"));
    assert!(mails[0].contains("Hello,") && !mails[0].contains("charged"), "{}", mails[0]);

    // The order's page has what the mails did not say.
    let orders = shop.get("/api/v1/orders").by(&eve).send().await.expect(200);
    assert_eq!(orders.json["data"][0]["status"], "cancelled");

    // The owner proves the address. Old orders are not mailed afterwards, and the stranger's words are gone.
    let token = shop.mailed_token(store::links::LinkKind::Verify, "user.registered").await;
    shop.post("/api/v1/auth/email/verify", &json!({ "token": token })).send().await.expect(200);
    let mails = mailed(&shop).await;
    assert_eq!(mails.len(), 1);
    assert!(mails[0].contains("Subject: Welcome to Kontor") && mails[0].contains("Hello victim,"));
}

#[tokio::test]
async fn whoever_places_and_cancels_45_orders_causes_a_handful_of_mails() {
    let limit = UNPAID_MAILS_BY_HOUR.max as usize;
    let shop = selling().await;
    let ada = shop.register_verified("ada@example.com").await;
    mailed(&shop).await;
    place_and_cancel(&shop, &Buyer::Account(&ada), 45).await;
    assert_eq!(mailed(&shop).await.len(), limit);

    // A guest names fifteen addresses of the same mailbox. The account's mails are counted for themselves.
    place_and_cancel(&shop, &Buyer::Guest("ada"), 45).await;
    let mails = mailed(&shop).await;
    assert_eq!(mails.len(), limit);
    assert!(mails.iter().all(|mail| !mail.contains("Lovelace")));

    // Others get theirs, and so does the same mailbox an hour later.
    place_and_cancel(&shop, &Buyer::Guest("bob"), 1).await;
    assert_eq!(mailed(&shop).await.len(), 2);
    shop.later(Duration::from_hours(1));
    let ada = shop.login("ada@example.com").await;
    place_and_cancel(&shop, &Buyer::Account(&ada), 1).await;
    let later = mailed(&shop).await;
    assert_eq!(later.iter().filter(|mail| mail.contains("Your order")).count(), 2, "{later:#?}");
}

/// A mail that counts for the mailbox of the person, of the event with this number.
fn welcome(shop: &Shop, person: &Person, n: usize) -> MailJob {
    let event_id = EventId::new(shop.now(), u128::try_from(n).unwrap());
    MailJob { event_id, to: Recipient::User(person.id), at: shop.now(), template: MailTemplate::Welcome }
}

fn recorded_as_limited(shop: &Shop) -> usize {
    shop.table.items_under("MAIL#").values().filter(|mail| mail["message_id"] == "limited").count()
}

/// How many mails the limit with this name has counted.
fn counted(shop: &Shop, name: &str) -> usize {
    let items = shop.table.items_under(&format!("LIMIT#{name}#"));
    items.values().map(|item| item["mails"].as_array().unwrap().len()).sum()
}

#[tokio::test]
async fn a_mail_over_the_limit_is_recorded_is_not_sent_later_and_security_mail_is_always_sent() {
    let shop = Shop::open().await;
    let ada = shop.register_verified("ada@example.com").await;
    let ses = FakeService::new(takes_all);
    let mailer = mailer(&shop, &ses);
    let max = MAILS_BY_HOUR.max as usize;
    let jobs: Vec<MailJob> = (0..max + 3).map(|n| welcome(&shop, &ada, n)).collect();
    for job in &jobs {
        mailer.mail(job).await.unwrap();
    }
    assert_eq!((mails(&ses).len(), recorded_as_limited(&shop)), (max, 3));
    assert_eq!((counted(&shop, "mails"), counted(&shop, "mails-day")), (max, max), "what is not sent does not count");
    for job in &jobs {
        mailer.mail(&MailJob { template: MailTemplate::PasswordChanged, ..job.clone() }).await.unwrap();
    }
    assert_eq!(mails(&ses).len(), 2 * max + 3, "security mail");
    shop.later(Duration::from_hours(1));
    for job in &jobs {
        mailer.mail(job).await.unwrap();
    }
    assert_eq!(mails(&ses).len(), 2 * max + 3, "what was limited is not sent later");
}

#[tokio::test]
async fn a_mailbox_gets_a_limited_number_of_mails_in_a_day() {
    let shop = Shop::open().await;
    let ada = shop.register_verified("ada@example.com").await;
    let ses = FakeService::new(takes_all);
    let mailer = mailer(&shop, &ses);
    for hour in 1..=4 {
        for n in 0..MAILS_BY_HOUR.max {
            mailer.mail(&welcome(&shop, &ada, n as usize)).await.unwrap();
        }
        assert_eq!(mails(&ses).len(), (MAILS_BY_HOUR.max * hour).min(MAILS_BY_DAY.max) as usize);
        shop.later(Duration::from_hours(1));
    }
}

#[tokio::test]
async fn a_mail_counts_once_however_often_its_job_fails_and_comes_back() {
    for fault in [Fault::Before, Fault::After] {
        // Six is more than the number of calls, so every call fails once, and in the last run none.
        for skip in 0..6 {
            let shop = Shop::open().await;
            let ada = shop.register_verified("ada@example.com").await;
            let (lossy, ses) = (FakeService::new(|_| Reply::Lost), FakeService::new(takes_all));
            let job = welcome(&shop, &ada, 1);
            shop.table.network.fail_any(skip, fault, 3);
            assert!(mailer(&shop, &lossy).mail(&job).await.is_err());
            shop.table.network.heal();
            // The claim of a crashed attempt expires.
            shop.later(Duration::from_secs(46));
            for _ in 0..2 {
                mailer(&shop, &ses).mail(&job).await.unwrap();
            }
            assert_eq!(mails(&ses).len(), 1, "{fault:?} after {skip}");
            assert_eq!((counted(&shop, "mails"), counted(&shop, "mails-day")), (1, 1), "{fault:?} after {skip}");
        }
    }
}

#[tokio::test]
async fn a_limited_mail_stays_limited_after_a_crash_before_its_record() {
    let shop = Shop::open().await;
    let ada = shop.register_verified("ada@example.com").await;
    let ses = FakeService::new(takes_all);
    let mailer = mailer(&shop, &ses);
    let max = MAILS_BY_HOUR.max as usize;
    for n in 0..max {
        mailer.mail(&welcome(&shop, &ada, n)).await.unwrap();
    }
    let over = welcome(&shop, &ada, max);
    for skip in 0..6 {
        shop.table.network.fail_any(skip, Fault::Before, 3);
        let _ = mailer.mail(&over).await;
        shop.table.network.heal();
        // The claim of the crashed attempt expires, and the hour goes on.
        shop.later(Duration::from_secs(46));
    }
    mailer.mail(&over).await.unwrap();
    shop.later(Duration::from_hours(1));
    mailer.mail(&over).await.unwrap();
    assert_eq!((mails(&ses).len(), recorded_as_limited(&shop)), (max, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn mails_that_are_sent_at_the_same_time_fill_the_limit_exactly() {
    let shop = Shop::open().await;
    let ada = shop.register_verified("ada@example.com").await;
    let ses = FakeService::new(takes_all);
    let max = MAILS_BY_HOUR.max as usize;
    let tries: Vec<_> = (0..max + 10)
        .map(|n| (mailer(&shop, &ses), welcome(&shop, &ada, n)))
        .map(|(mailer, job)| tokio::spawn(async move { mailer.mail(&job).await }))
        .collect();
    for done in tries {
        done.await.unwrap().unwrap();
    }
    assert_eq!((mails(&ses).len(), recorded_as_limited(&shop)), (max, 10));
}

#[tokio::test]
async fn an_unproven_account_gets_mail_for_its_proof_only() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    let (until, ses) = (shop.now(), FakeService::new(takes_all));
    let mailer = mailer(&shop, &ses);
    for template in [
        MailTemplate::Welcome,
        MailTemplate::PasswordChanged,
        MailTemplate::TwoFactorChanged { enabled: true },
        MailTemplate::NewDevice { device: "curl".into(), ip: "192.0.2.1".into() },
        MailTemplate::Banned { reason: "x".into(), until },
    ] {
        mailer.mail(&MailJob { template, ..welcome(&shop, &ada, 1) }).await.unwrap();
    }
    assert!(mails(&ses).is_empty());
    for template in [MailTemplate::Verify, MailTemplate::Reset] {
        mailer.mail(&MailJob { template, ..welcome(&shop, &ada, 1) }).await.unwrap();
    }
    let sent = mails(&ses);
    assert!(sent.len() == 2 && sent.iter().all(|mail| mail.contains("Hello,") && !mail.contains("Lovelace")));
    let alert = shop.request(Method::PUT, "/api/v1/stock-alerts/A").by(&ada).send().await;
    alert.expect_problem(409, "email_not_verified");
}
