//! One test for each refusal of a transaction. Each shows that nothing was written. Here: registration and credentials;
//! `refusals_of_changes` has the others.

use domain::event::Event;
use domain::id::{EventId, TransactionId};
use harness::table::TestTable;
use store::credentials::{CredentialsRefusal, NewPassword, Proof, ResetRefusal, TwoFactorOn};
use store::first_proof::StartOver;
use store::links::{Link, LinkKind};
use store::outbox::OutboxEvent;
use store::sessions::{Device, Rotation, SecondStep, SessionChanged, SignIn, SignInRefusal};
use store::users::{RegisterRefusal, Registration};

use crate::fixtures::{
    address, entry, later, now, outbox_event, password_changed, refused, registration, session, with_user,
};

#[tokio::test]
async fn a_taken_address_refuses_a_registration() {
    let (table, r) = with_user().await;
    let before = table.items();
    let mut second = registration(2);
    second.user.email = r.user.email.clone();
    refused(&table, &before, table.store.register(&second).await, RegisterRefusal::EmailTaken);
}

#[tokio::test]
async fn a_known_device_is_refused_as_a_new_one() {
    let (table, r) = with_user().await;
    let before = table.items();
    let sign_in = SignIn {
        session: session(&r.user, 2),
        new_device: Some((r.device.clone(), password_changed(1, &r))),
        second_step: None,
        entry: None,
    };
    refused(&table, &before, table.store.sign_in(&sign_in).await, SignInRefusal::DeviceKnown);
}

async fn with_two_factor() -> (TestTable, Registration) {
    let (table, r) = with_user().await;
    table.store.begin_two_factor(r.user.id, "SECRET").await.unwrap();
    let outbox_event = password_changed(50, &r);
    let on =
        TwoFactorOn { secret: "SECRET", step: 7, recovery_hashes: vec!["one".into()], outbox_event: &outbox_event };
    table.store.enable_two_factor(&r.user, r.session.id, on).await.unwrap();
    (table, r)
}

#[tokio::test]
async fn a_used_step_an_old_secret_and_an_unknown_recovery_code_refuse_a_sign_in() {
    let (table, r) = with_two_factor().await;
    let before = table.items();
    for (n, proof) in [
        (2, Proof::Totp { secret: "SECRET".into(), step: 7 }),
        (3, Proof::Totp { secret: "SECRET".into(), step: 6 }),
        (4, Proof::Totp { secret: "OLD".into(), step: 8 }),
        (5, Proof::Recovery { hash: "unknown".into() }),
    ] {
        let new_device = Some((Device { fingerprint: "f2".into(), ..r.device.clone() }, password_changed(n, &r)));
        let second_step = Some(SecondStep { proof, challenge: TransactionId::new(now(), n), until: later() });
        let sign_in = SignIn { session: session(&r.user, n), new_device, second_step, entry: None };
        refused(&table, &before, table.store.sign_in(&sign_in).await, SignInRefusal::CodeUsed);
    }
}

#[tokio::test]
async fn a_challenge_that_led_to_a_session_refuses_another_sign_in() {
    let (table, r) = with_two_factor().await;
    let sign_in = |n: u128, step: u64| {
        let proof = Proof::Totp { secret: "SECRET".into(), step };
        let second_step = Some(SecondStep { proof, challenge: TransactionId::new(now(), 1), until: later() });
        SignIn { session: session(&r.user, n), new_device: None, second_step, entry: None }
    };
    table.store.sign_in(&sign_in(2, 8)).await.unwrap();
    let before = table.items();
    refused(&table, &before, table.store.sign_in(&sign_in(3, 9)).await, SignInRefusal::ChallengeUsed);
}

#[tokio::test]
async fn a_refresh_is_overtaken_by_another_and_by_the_end_of_the_session() {
    let (table, r) = with_user().await;
    let rotation = Rotation {
        user_id: r.user.id,
        session_id: r.session.id,
        from_hash: "another".into(),
        to_hash: "second".into(),
        generation: 1,
        now: later(),
        until: later(),
        ip: String::new(),
    };
    refused(&table, &table.items(), table.store.rotate(&rotation).await, SessionChanged);
    table.store.end_session(r.user.id, r.session.id).await.unwrap();
    refused(&table, &table.items(), table.store.rotate(&rotation).await, SessionChanged);
    assert!(table.items_under(&format!("USER#{} / SESSION", r.user.id)).is_empty(), "a refresh creates no session");
}

#[tokio::test]
async fn a_changed_password_epoch_or_ended_session_refuses_a_password_change() {
    let (table, r) = with_user().await;
    let before = table.items();
    let change = async |n, user: &domain::user::User, session, from| {
        table.store.change_password(user, session, from, "new".into(), &password_changed(n, &r)).await
    };
    refused(&table, &before, change(1, &r.user, r.session.id, "other").await, CredentialsRefusal::Changed);
    let stale = domain::user::User { epoch: 9, ..r.user.clone() };
    refused(&table, &before, change(2, &stale, r.session.id, "hash").await, CredentialsRefusal::Changed);
    let gone = session(&r.user, 77).id;
    refused(&table, &before, change(3, &r.user, gone, "hash").await, CredentialsRefusal::SessionEnded);
}

#[tokio::test]
async fn a_used_link_and_one_from_before_another_reset_refuse_a_reset() {
    let (table, r) = with_user().await;
    let link = Link::new(LinkKind::Reset, Some(r.user.id), 0, now());
    let reset = async |link_id, event: &OutboxEvent| {
        let new = NewPassword { hash: "new".into(), name: None, outbox_event: event };
        table.store.reset_password(link_id, &link, &r.user, new).await
    };
    let before = table.items();
    refused(&table, &before, reset(EventId::new(now(), 8), &password_changed(1, &r)).await, ResetRefusal::LinkUsed);
    for n in [9, 10] {
        table.store.issue_link(&link, &password_changed(n, &r)).await.unwrap();
    }
    table.store.end_all_sessions(r.user.id).await.unwrap();
    reset(password_changed(9, &r).id, &password_changed(2, &r)).await.unwrap();
    let before = table.items();
    refused(
        &table,
        &before,
        reset(password_changed(10, &r).id, &password_changed(3, &r)).await,
        ResetRefusal::LinkStale,
    );
}

#[tokio::test]
async fn a_used_link_and_a_changed_or_deleted_user_refuse_a_verification() {
    let (table, r) = with_user().await;
    let before = table.items();
    let verify = async |link, user: &domain::user::User, token| {
        let proof = outbox_event(token, Event::EmailVerified { user_id: user.id });
        table.store.verify_email(link, user, false, TransactionId::new(now(), token), Some(&proof)).await
    };
    refused(&table, &before, verify(EventId::new(now(), 8), &r.user, 1).await, ResetRefusal::LinkUsed);
    let stale = domain::user::User { epoch: 9, ..r.user.clone() };
    refused(&table, &before, verify(r.outbox_event.id, &stale, 2).await, ResetRefusal::Changed);
    table.store.delete_user(&r.user, "hash", None, &password_changed(1, &r)).await.unwrap();
    let before = table.items();
    refused(&table, &before, verify(r.outbox_event.id, &r.user, 3).await, ResetRefusal::Changed);
}

#[tokio::test]
async fn the_first_proof_of_an_address_is_told_once() {
    let (table, r) = with_user().await;
    table.store.issue_link(&r.verification, &password_changed(9, &r)).await.unwrap();
    let proof = outbox_event(1, Event::EmailVerified { user_id: r.user.id });
    let verify = async |link, token, proof| {
        table.store.verify_email(link, &r.user, false, TransactionId::new(now(), token), proof).await
    };
    verify(r.outbox_event.id, 1, Some(&proof)).await.unwrap();
    let before = table.items();
    let link = password_changed(9, &r).id;
    refused(&table, &before, verify(link, 2, Some(&proof)).await, ResetRefusal::Changed);
    verify(link, 3, None).await.unwrap();
}

#[tokio::test]
async fn a_used_link_a_proven_address_and_a_changed_address_book_refuse_a_new_start() {
    let (table, r) = with_user().await;
    let name = domain::text::PersonName::parse("user1").unwrap();
    let start = async |user: &domain::user::User, followed, token| {
        let start = StartOver {
            user,
            name: &name,
            password_hash: "new",
            followed,
            next: None,
            first_proof: outbox_event(token, Event::EmailVerified { user_id: user.id }),
            password_changed: None,
            picture_removed: None,
            token: TransactionId::new(now(), token),
            now: now(),
        };
        table.store.start_over(&start).await
    };
    let before = table.items();
    refused(&table, &before, start(&r.user, EventId::new(now(), 8), 1).await, ResetRefusal::LinkUsed);
    let stale = domain::user::User { epoch: 9, ..r.user.clone() };
    refused(&table, &before, start(&stale, r.outbox_event.id, 2).await, ResetRefusal::Changed);
    let empty = table.store.address_book(r.user.id).await.unwrap();
    start(&r.user, r.outbox_event.id, 3).await.unwrap();
    let before = table.items();
    let change = empty.add(address(1), false).unwrap();
    let late = table.store.change_book(&r.user, TransactionId::new(now(), 4), &change, None).await;
    refused(&table, &before, late, store::addresses::BookConflict::SessionsEnded);
    table.store.issue_link(&r.verification, &password_changed(9, &r)).await.unwrap();
    let before = table.items();
    let proven = domain::user::User { epoch: 2, ..r.user.clone() };
    refused(&table, &before, start(&proven, password_changed(9, &r).id, 5).await, ResetRefusal::Changed);
}

#[tokio::test]
async fn two_factor_is_not_set_up_twice_confirmed_with_an_old_secret_or_turned_off_when_off() {
    let (table, r) = with_user().await;
    let before = table.items();
    let outbox_event = password_changed(1, &r);
    let on = TwoFactorOn {
        secret: "NEVER SHOWN",
        step: 7,
        recovery_hashes: vec!["one".into()],
        outbox_event: &outbox_event,
    };
    let enabled = table.store.enable_two_factor(&r.user, r.session.id, on).await;
    refused(&table, &before, enabled, CredentialsRefusal::Changed);
    for proof in [Proof::Totp { secret: "SECRET".into(), step: 8 }, Proof::Recovery { hash: "one".into() }] {
        let off = table.store.disable_two_factor(r.user.id, &proof, &outbox_event).await;
        refused(&table, &before, off, CredentialsRefusal::Changed);
        let codes = vec!["x".into()];
        let replaced = table.store.replace_recovery_codes(r.user.id, &proof, codes, TransactionId::new(now(), 3)).await;
        refused(&table, &before, replaced, CredentialsRefusal::Changed);
    }
    let removed = table.store.remove_two_factor(r.user.id, &entry(1, "user.reset-2fa"), &outbox_event).await;
    refused(&table, &before, removed, CredentialsRefusal::Changed);
    let (table, r) = with_two_factor().await;
    let before = table.items();
    refused(&table, &before, table.store.begin_two_factor(r.user.id, "NEW").await, CredentialsRefusal::Changed);
    for proof in [Proof::Totp { secret: "SECRET".into(), step: 7 }, Proof::Recovery { hash: "unknown".into() }] {
        let off = table.store.disable_two_factor(r.user.id, &proof, &outbox_event).await;
        refused(&table, &before, off, CredentialsRefusal::Changed);
    }
}
