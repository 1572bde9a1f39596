//! The mailer: from jobs to mails.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use domain::id::EventId;
use domain::mail::{MailJob, MailTemplate, Recipient};
use domain::preferences::Preferences;
use harness::fake_service::{FakeService, Reply};
use harness::network::Fault;
use harness::products::staffed;
use harness::shop::{Person, Shop};
use mailer::MailError;
use store::users::ProfileEdit;

use crate::fixtures::{feedback, mailer, mails, product, takes_all};

fn job(shop: &Shop, person: &Person, template: MailTemplate) -> MailJob {
    MailJob { event_id: EventId::new(shop.now(), 7), to: Recipient::User(person.id), at: shop.now(), template }
}

/// What SES reports after it accepted the mail of this request, by number.
fn report(wire: &FakeService, request: usize) -> serde_json::Value {
    let request = wire.requests().swap_remove(request);
    let field =
        |name: &str| request.split('&').find_map(|part| Some(part.strip_prefix(name)?.strip_prefix('=')?.to_owned()));
    let mut tags = serde_json::json!({ "ses:configuration-set": [field("ConfigurationSetName")] });
    for n in 1.. {
        let Some(name) = field(&format!("Tags.member.{n}.Name")) else { break };
        tags[name] = serde_json::json!([field(&format!("Tags.member.{n}.Value"))]);
    }
    serde_json::json!({ "eventType": "Send", "mail": { "messageId": "m-1", "tags": tags }, "send": {} })
}

#[tokio::test]
async fn a_job_that_is_delivered_twice_or_late_is_mailed_once() {
    let shop = Shop::open().await;
    let ada = shop.register_verified("ada@example.com").await;
    let wire = FakeService::new(takes_all);
    let mailer = mailer(&shop, &wire);
    for template in [MailTemplate::Verify, MailTemplate::Welcome, MailTemplate::Verify, MailTemplate::Welcome] {
        mailer.mail(&job(&shop, &ada, template)).await.unwrap();
    }
    shop.later(Duration::from_hours(24));
    mailer.mail(&MailJob { at: shop.now(), ..job(&shop, &ada, MailTemplate::Verify) }).await.unwrap();
    assert_eq!(mails(&wire).len(), 3, "the third mail is for another event");
}

#[tokio::test]
async fn concurrent_deliveries_send_one_mail() {
    let shop = Shop::open().await;
    let ada = shop.register_verified("ada@example.com").await;
    let wire = FakeService::new(takes_all);
    let mailer = mailer(&shop, &wire);
    let job = job(&shop, &ada, MailTemplate::Reset);
    let (a, b, c) = tokio::join!(mailer.mail(&job), mailer.mail(&job), mailer.mail(&job));
    for outcome in [a, b, c] {
        assert!(matches!(outcome, Ok(()) | Err(MailError::InProgress)), "{outcome:?}");
    }
    assert_eq!(mails(&wire).len(), 1);
}

#[tokio::test]
async fn a_mail_that_ses_refused_is_sent_at_the_next_delivery() {
    let shop = Shop::open().await;
    let ada = shop.register_verified("ada@example.com").await;
    let tries = Arc::new(AtomicUsize::new(0));
    let counted = tries.clone();
    let wire = FakeService::new(move |_| match counted.fetch_add(1, Ordering::SeqCst) {
        0 => Reply::Answer(454, "<ErrorResponse><Error><Code>Throttling</Code></Error></ErrorResponse>".to_owned()),
        _ => takes_all(""),
    });
    let mailer = mailer(&shop, &wire);
    let job = job(&shop, &ada, MailTemplate::Reset);
    assert!(matches!(mailer.mail(&job).await, Err(MailError::Refused(_))));
    mailer.mail(&job).await.unwrap();
    mailer.mail(&job).await.unwrap();
    assert_eq!(tries.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_crash_between_sending_and_recording_leads_to_a_second_copy_only_if_ses_does_not_report_the_mail_in_time() {
    for is_reported in [false, true] {
        let shop = Shop::open().await;
        let ada = shop.register_verified("ada@example.com").await;
        let wire = FakeService::new(takes_all);
        let mailer = mailer(&shop, &wire);
        let job = job(&shop, &ada, MailTemplate::Reset);
        // The claim is the first put. The second put records the mail as sent, and it fails at all three tries.
        shop.table.network.fail_any(2, Fault::Before, 3);
        assert!(matches!(mailer.mail(&job).await, Err(MailError::Store(_))));
        assert_eq!(mails(&wire).len(), 1);
        assert!(matches!(mailer.mail(&job).await, Err(MailError::InProgress)));
        if is_reported {
            assert!(mailer.deliver(feedback(&report(&wire, 0))).await.batch_item_failures.is_empty());
        }
        shop.later(Duration::from_secs(46));
        let copies = if is_reported { 1 } else { 2 };
        for _ in 0..2 {
            mailer.mail(&job).await.unwrap();
            assert_eq!(mails(&wire).len(), copies);
        }
    }
}

#[tokio::test]
async fn after_a_lost_answer_of_ses_each_delivery_sends_once_until_ses_reports_one_of_the_mails() {
    let shop = Shop::open().await;
    let ada = shop.register_verified("ada@example.com").await;
    let wire = FakeService::new(|_| Reply::Lost);
    let mailer = mailer(&shop, &wire);
    let job = job(&shop, &ada, MailTemplate::Reset);
    for deliveries in 1..=2 {
        assert!(matches!(mailer.mail(&job).await, Err(MailError::Refused(_))));
        assert_eq!(mails(&wire).len(), deliveries);
    }
    mailer.deliver(feedback(&report(&wire, 1))).await;
    mailer.mail(&job).await.unwrap();
    assert_eq!(mails(&wire).len(), 2);
}

#[tokio::test]
async fn reports_of_accepted_mails_that_come_twice_early_late_or_about_nothing_change_nothing() {
    let shop = Shop::open().await;
    let ada = shop.register_verified("ada@example.com").await;
    let wire = FakeService::new(takes_all);
    let mailer = mailer(&shop, &wire);
    let job = job(&shop, &ada, MailTemplate::Welcome);
    mailer.mail(&job).await.unwrap();
    let before = shop.table.items_under("MAIL#");
    let known = report(&wire, 0);
    let mut reports = vec![known.clone(), known.clone(), serde_json::json!({ "eventType": "Send", "mail": {} })];
    for (tag, value) in [
        ("event", "evt_unknown"),
        ("event", "evt_01M7W6C3804Q9PV3Y1B8S4HJET"),
        ("template", "reset"),
        ("template", "no-such"),
        ("user", "somebody"),
    ] {
        let mut report = known.clone();
        report["mail"]["tags"][tag] = serde_json::json!([value]);
        reports.push(report);
    }
    for report in reports {
        assert!(mailer.deliver(feedback(&report)).await.batch_item_failures.is_empty(), "{report}");
    }
    assert_eq!(shop.table.items_under("MAIL#"), before);
}

#[tokio::test]
async fn a_mail_that_many_users_get_is_reported_for_one_of_them() {
    let (shop, staff) = staffed().await;
    let product = product(&shop, &staff, 5).await;
    let wire = FakeService::new(|_| Reply::Lost);
    let mailer = mailer(&shop, &wire);
    let template = MailTemplate::BackInStock { product_id: product.id, sku: product.variants[0].sku.clone() };
    let mut jobs = Vec::new();
    for email in ["ada@example.com", "bob@example.com"] {
        let person = shop.register_verified(email).await;
        jobs.push(job(&shop, &person, template.clone()));
    }
    for job in &jobs {
        assert!(matches!(mailer.mail(job).await, Err(MailError::Refused(_))));
    }
    mailer.deliver(feedback(&report(&wire, 0))).await;
    mailer.mail(&jobs[0]).await.unwrap();
    assert!(matches!(mailer.mail(&jobs[1]).await, Err(MailError::Refused(_))));
    assert_eq!(mails(&wire).len(), 3);
}

#[tokio::test]
async fn a_claim_with_a_lost_answer_stays_valid() {
    let shop = Shop::open().await;
    let ada = shop.register_verified("ada@example.com").await;
    let wire = FakeService::new(takes_all);
    shop.table.network.fail("PutItem", Fault::After, 1);
    mailer(&shop, &wire).mail(&job(&shop, &ada, MailTemplate::Reset)).await.unwrap();
    assert_eq!(mails(&wire).len(), 1);
}

#[tokio::test]
async fn preferences_apply_to_all_mail_except_security_mail() {
    let shop = Shop::open().await;
    let ada = shop.register_verified("ada@example.com").await;
    let silent = Preferences { account: false, orders: false, stock: false, reviews: false, carts: false, news: false };
    let edit = ProfileEdit { preferences: Some(silent), ..ProfileEdit::default() };
    let user = shop.store().user(ada.id).await.unwrap().unwrap();
    let token = shop.app.context.ids.transaction(shop.now());
    shop.store().edit_profile(&user, &edit, token).await.unwrap();
    let wire = FakeService::new(takes_all);
    let mailer = mailer(&shop, &wire);
    mailer.mail(&job(&shop, &ada, MailTemplate::Welcome)).await.unwrap();
    assert!(mails(&wire).is_empty());
    mailer.mail(&job(&shop, &ada, MailTemplate::PasswordChanged)).await.unwrap();
    assert_eq!(mails(&wire).len(), 1);
}

#[tokio::test]
async fn a_deleted_user_gets_no_mail() {
    let shop = Shop::open().await;
    let ada = shop.register_verified("ada@example.com").await;
    shop.store().erase(ada.id).await.unwrap();
    let wire = FakeService::new(takes_all);
    mailer(&shop, &wire).mail(&job(&shop, &ada, MailTemplate::Reset)).await.unwrap();
    assert!(mails(&wire).is_empty());
}

#[tokio::test]
async fn a_mail_carries_links_that_work_and_headers_to_unsubscribe() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    let wire = FakeService::new(takes_all);
    let mailer = mailer(&shop, &wire);
    let outbox = shop.table.items_under("OUTBOX#");
    let event = outbox.values().next().unwrap()["id"].as_str().unwrap();
    let event_id = EventId::parse(event).unwrap();
    mailer.mail(&MailJob { event_id, ..job(&shop, &ada, MailTemplate::Verify) }).await.unwrap();
    let verify = mails(&wire).concat();
    assert!(!verify.contains("List-Unsubscribe"));
    let token = verify.split("https://shop.test/verify-email?token=").nth(1).unwrap()[..64].to_owned();
    shop.post("/api/v1/auth/email/verify", &serde_json::json!({ "token": token })).send().await.expect(200);
    mailer.mail(&job(&shop, &ada, MailTemplate::Welcome)).await.unwrap();
    let welcome = mails(&wire).pop().unwrap();
    assert!(welcome.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"));
    let link = welcome.split("List-Unsubscribe: <https://api.test").nth(1).unwrap().split('>').next().unwrap();
    let link: String = link.split_whitespace().collect();
    shop.request(axum::http::Method::POST, &link).send().await.expect(200);
}

#[tokio::test]
async fn every_mail_is_sent_with_the_configuration_set_that_reports_bounces() {
    let shop = Shop::open().await;
    let ada = shop.register_verified("ada@example.com").await;
    let wire = FakeService::new(takes_all);
    let job = job(&shop, &ada, MailTemplate::Reset);
    mailer(&shop, &wire).mail(&job).await.unwrap();
    let asked = wire.requests().concat();
    assert!(asked.contains("ConfigurationSetName=mail"), "{asked}");
}

#[tokio::test]
async fn a_batch_reports_only_the_jobs_that_failed() {
    let shop = Shop::open().await;
    let ada = shop.register_verified("ada@example.com").await;
    let wire = FakeService::new(takes_all);
    let good = serde_json::to_string(&job(&shop, &ada, MailTemplate::Welcome)).unwrap();
    let records: Vec<_> = [("a", good.as_str()), ("b", "{\"letter\":{\"template\":\"unknown\"}}"), ("c", "")]
        .iter()
        .map(|(id, body)| serde_json::json!({ "messageId": id, "body": body, "attributes": {}, "messageAttributes": {} }))
        .collect();
    let event = serde_json::from_value(serde_json::json!({ "Records": records })).unwrap();
    let response = mailer(&shop, &wire).deliver(event).await;
    let failed: Vec<_> = response.batch_item_failures.iter().map(|failure| failure.item_identifier.as_str()).collect();
    assert_eq!(failed, ["b", "c"]);
    assert_eq!(mails(&wire).len(), 1);
}

#[tokio::test]
async fn a_permanent_bounce_and_a_complaint_stop_all_mail_and_a_full_mailbox_does_not() {
    let shop = Shop::open().await;
    let wire = FakeService::new(takes_all);
    let mailer = mailer(&shop, &wire);
    let recipient = |email: &str| serde_json::json!([{ "emailAddress": email }]);
    let bounce = |kind: &str, email: &str| serde_json::json!({ "eventType": "Bounce", "bounce": { "bounceType": kind, "bouncedRecipients": recipient(email) }, "mail": {} });
    let complaint = |email: &str| serde_json::json!({ "notificationType": "Complaint", "complaint": { "complainedRecipients": recipient(email) } });
    for (event, email, mailed) in [
        (bounce("Transient", "full@example.com"), "full@example.com", 1),
        (bounce("Permanent", "dead@example.com"), "dead@example.com", 0),
        (complaint("angry@example.com"), "angry@example.com", 0),
        (bounce("Permanent", "nobody@example.com"), "fine@example.com", 1),
        (serde_json::json!({ "eventType": "Delivery", "mail": {} }), "good@example.com", 1),
    ] {
        let person = shop.register_verified(email).await;
        let before = mails(&wire).len();
        for _ in 0..2 {
            assert!(mailer.deliver(feedback(&event)).await.batch_item_failures.is_empty());
        }
        let mut job = job(&shop, &person, MailTemplate::PasswordChanged);
        job.event_id = kit::runtime::ids::Ids::random().event(shop.now());
        mailer.mail(&job).await.unwrap();
        assert_eq!(mails(&wire).len() - before, mailed, "{email}");
    }
}
