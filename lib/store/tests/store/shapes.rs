//! Exact item shapes. A change of one is a migration: these snapshots make it visible.

use std::time::Duration;

use domain::access::Role;
use domain::event::Event;
use domain::id::{EventId, TransactionId, WebhookEndpointId};
use domain::public_event::EventType;
use domain::rate::Limit;
use domain::text::PersonName;
use domain::user::Ban;
use domain::webhook::delivery::{DeliverJob, Delivery, DeliveryAttempt, NextStep};
use domain::webhook::{Disabled, DisabledReason, Failing, RetiringSecret, WebhookEndpoint};
use harness::table::TestTable;
use store::credentials::{Proof, TwoFactorOn};
use store::first_proof::StartOver;
use store::idempotency::IdempotencyRecord;
use store::links::{Link, LinkKind};
use store::mail::SendAttempt;
use store::sessions::{Rotation, SecondStep, SignIn};
use store::webhook_deliveries::WebhookEvent;

use crate::fixtures::{act, address, entry, later, now, outbox_event, registration, session};

/// Every item of the table, as JSON with sorted fields.
fn shape(table: &TestTable, partition: &str) -> String {
    serde_json::to_string_pretty(&table.items_under(partition)).unwrap()
}

#[tokio::test]
async fn a_registration() {
    let table = TestTable::create().await;
    table.store.register(&registration(1)).await.unwrap();
    insta::assert_snapshot!(shape(&table, ""));
}

#[tokio::test]
async fn a_refreshed_session() {
    let table = TestTable::create().await;
    let r = registration(1);
    table.store.register(&r).await.unwrap();
    let rotation = Rotation {
        user_id: r.user.id,
        session_id: r.session.id,
        from_hash: "first".into(),
        to_hash: "second".into(),
        generation: 1,
        now: later(),
        until: later() + Duration::from_hours(1),
        ip: "192.0.2.2".into(),
    };
    table.store.rotate(&rotation).await.unwrap();
    insta::assert_snapshot!(shape(&table, &format!("USER#{} / SESSION", r.user.id)));
}

#[tokio::test]
async fn two_factor_credentials_and_what_a_sign_in_uses_up() {
    let table = TestTable::create().await;
    let r = registration(1);
    table.store.register(&r).await.unwrap();
    table.store.begin_two_factor(r.user.id, "SECRET").await.unwrap();
    let event = outbox_event(1, Event::TwoFactorChanged { user_id: r.user.id, enabled: true });
    let on = TwoFactorOn {
        secret: "SECRET",
        step: 7,
        recovery_hashes: vec!["one".into(), "two".into()],
        outbox_event: &event,
    };
    table.store.enable_two_factor(&r.user, r.session.id, on).await.unwrap();
    for (n, proof) in
        [(2, Proof::Totp { secret: "SECRET".into(), step: 8 }), (3, Proof::Recovery { hash: "one".into() })]
    {
        let second_step = Some(SecondStep { proof, challenge: TransactionId::new(now(), n), until: later() });
        let sign_in = SignIn { session: session(&r.user, n), new_device: None, second_step, entry: None };
        table.store.sign_in(&sign_in).await.unwrap();
    }
    let used = shape(&table, &format!("USER#{} / CHALLENGE", r.user.id));
    insta::assert_snapshot!([shape(&table, &format!("USER#{} / CREDENTIALS", r.user.id)), used].join("\n"));
}

#[tokio::test]
async fn an_account_that_started_over() {
    let table = TestTable::create().await;
    let r = registration(1);
    table.store.register(&r).await.unwrap();
    let change = table.store.address_book(r.user.id).await.unwrap().add(address(1), false).unwrap();
    table.store.change_book(&r.user, TransactionId::new(now(), 1), &change, None).await.unwrap();
    let start = StartOver {
        user: &r.user,
        name: &PersonName::parse("user1").unwrap(),
        password_hash: "new",
        followed: r.outbox_event.id,
        next: Some((EventId::new(now(), 7), Link::new(LinkKind::Reset, Some(r.user.id), 1, now()))),
        first_proof: outbox_event(8, Event::EmailVerified { user_id: r.user.id }),
        password_changed: None,
        picture_removed: None,
        token: TransactionId::new(now(), 2),
        now: now(),
    };
    table.store.start_over(&start).await.unwrap();
    insta::assert_snapshot!([shape(&table, "USER#"), shape(&table, "LINK#")].join("\n"));
}

#[tokio::test]
async fn a_banned_user_with_due_work_and_audit() {
    let table = TestTable::create().await;
    let r = registration(1);
    table.store.register(&r).await.unwrap();
    let ban = Ban { reason: "fraud".into(), until: later(), by: r.user.id, rank: Role::Support, at: now() };
    let event = outbox_event(1, Event::UserBanned { user_id: r.user.id, reason: "fraud".into(), until: later() });
    table.store.ban(act(&r.user, &entry(1, "user.ban")), &ban, &event).await.unwrap();
    let profile = shape(&table, &format!("USER#{} / PROFILE", r.user.id));
    let due = shape(&table, &format!("USER#{} / DUE", r.user.id));
    insta::assert_snapshot!(
        [profile, due, shape(&table, "AUDIT#"), shape(&table, &format!("OUTBOX#{}", event.id))].join("\n")
    );
}

#[tokio::test]
async fn a_deleted_user() {
    let table = TestTable::create().await;
    let r = registration(1);
    table.store.register(&r).await.unwrap();
    let event = outbox_event(1, Event::UserDeleted { user_id: r.user.id, picture: None });
    table.store.delete_user(&r.user, "hash", None, &event).await.unwrap();
    let keys: Vec<String> = table.items().into_keys().collect();
    insta::assert_snapshot!(keys.join("\n"));
    table.store.erase(r.user.id).await.unwrap();
    assert!(table.items_under("USER#").is_empty());
}

#[tokio::test]
async fn an_address_book() {
    let table = TestTable::create().await;
    let r = registration(1);
    table.store.register(&r).await.unwrap();
    let change = table.store.address_book(r.user.id).await.unwrap().add(address(1), false).unwrap();
    let idempotency_record = IdempotencyRecord {
        scope: "owner#addresses".into(),
        key: "k".into(),
        fingerprint: "print".into(),
        status: 201,
        answer: "{}".into(),
        until: later(),
    };
    table.store.change_book(&r.user, TransactionId::new(now(), 1), &change, Some(&idempotency_record)).await.unwrap();
    insta::assert_snapshot!(
        [shape(&table, &format!("USER#{} / ADDRESS", r.user.id)), shape(&table, "IDEM#")].join("\n")
    );
}

#[tokio::test]
async fn the_mails_that_a_mailbox_got_are_counted_by_name() {
    let table = TestTable::create().await;
    let limit = Limit::new("mails", 2, Duration::from_hours(1));
    let mut within = Vec::new();
    for n in [1, 2, 1, 3, 2] {
        let mail = SendAttempt { event: EventId::new(now(), n), template: "welcome", user: None, holder: "h1" };
        within.push(table.store.count_mail(mail, limit, "print", now()).await.unwrap());
    }
    assert_eq!(within, [true, true, true, false, true]);
    insta::assert_snapshot!(shape(&table, ""));
}

#[tokio::test]
async fn an_endpoint_of_webhooks_an_event_for_it_and_its_delivery() {
    let table = TestTable::create().await;
    let (endpoint_id, event_id) = (WebhookEndpointId::new(now(), 1), EventId::new(now(), 2));
    let endpoint = WebhookEndpoint {
        id: endpoint_id,
        url: "https://erp.example.com/".into(),
        description: "ERP".into(),
        event_types: Some(vec![EventType::OrderPaid]),
        max_per_minute: 600,
        secret: 2,
        retiring: vec![RetiringSecret { number: 1, until: later() }],
        disabled: Some(Disabled { at: now(), why: DisabledReason::Failing }),
        failing: None,
        version: 1,
        created_at: now(),
        updated_at: now(),
    };
    table.store.add_webhook_endpoint(&endpoint, &entry(1, "webhook.create")).await.unwrap();
    let failing = Failing { since: now(), failures: 1, until: later(), probe: None };
    assert!(table.store.note_webhook_failing(&endpoint, Some(failing)).await.unwrap());
    assert!(!table.store.note_webhook_failing(&endpoint, None).await.unwrap(), "it was not read like that");
    let event = WebhookEvent { id: event_id, event_type: "order.paid".into(), payload: "{}".into() };
    table.store.keep_webhook_event(&event).await.unwrap();
    let job = DeliverJob { endpoint_id, event_id, asked_at: now(), is_test: false };
    let NextStep::Try(delivery) = Delivery::next_step(None, &job, "order.paid", now()) else { panic!("it is new") };
    let sending = delivery.sending("h1".into(), now());
    assert!(table.store.put_webhook_delivery(&sending, now()).await.unwrap());
    let claimed = shape(&table, "WEBHOOK#");
    let answer = DeliveryAttempt { at: now(), millis: 5, status: Some(500), problem: None, excerpt: "no".into() };
    assert!(table.store.put_webhook_delivery(&sending.after(answer, false, now(), 0), now()).await.unwrap());
    insta::assert_snapshot!([claimed, shape(&table, "WEBHOOK")].join("\n"));
}

#[tokio::test]
async fn a_reset_link_limits_and_a_mails_record() {
    let table = TestTable::create().await;
    let asked = outbox_event(1, Event::PasswordResetRequested { user_id: None });
    table.store.issue_link(&Link::new(LinkKind::Reset, None, 0, now()), &asked).await.unwrap();
    table.store.count_request(Limit::new("login", 5, Duration::from_mins(1)), "192.0.2.1", now()).await.unwrap();
    let attempt = SendAttempt { event: EventId::new(now(), 5), template: "reset", user: None, holder: "h1" };
    table.store.claim_mail(attempt, now(), Duration::from_secs(45)).await.unwrap();
    let claimed = shape(&table, "MAIL#");
    table.store.mail_sent(attempt, "m-1", later()).await.unwrap();
    insta::assert_snapshot!([claimed, shape(&table, "")].join("\n"));
}
