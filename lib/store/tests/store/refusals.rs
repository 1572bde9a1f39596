//! One test for each refusal of a transaction. Each shows that nothing was written. Here: registration and credentials;
//! `refusals_of_changes` has the others.

use domain::id::{EventId, TransactionId};
use harness::table::TestTable;
use store::credentials::{CredentialsRefusal, Proof, ResetRefusal, TwoFactorOn};
use store::links::{Link, LinkKind};
use store::sessions::{Device, Rotated, Rotation, SignIn, SignInRefusal};
use store::users::{RegisterRefusal, Registration};

use crate::fixtures::{later, now, password_changed, refused, registration, session, with_user};

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
        proof: None,
    };
    refused(&table, &before, table.store.sign_in(&sign_in).await, SignInRefusal::DeviceKnown);
}

async fn with_two_factor() -> (TestTable, Registration) {
    let (table, r) = with_user().await;
    table.store.begin_two_factor(r.user.id, "SECRET").await.unwrap();
    let outbox_event = password_changed(50, &r);
    let on =
        TwoFactorOn { secret: "SECRET", step: 7, recovery_hashes: vec!["one".into()], outbox_event: &outbox_event };
    table.store.enable_two_factor(r.user.id, on).await.unwrap();
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
        let sign_in = SignIn { session: session(&r.user, n), new_device, proof: Some(proof) };
        refused(&table, &before, table.store.sign_in(&sign_in).await, SignInRefusal::CodeUsed);
    }
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
    let overtaken = table.store.rotate(&rotation).await.unwrap();
    assert!(matches!(overtaken, Rotated::Overtaken(Some(session)) if session == r.session));
    table.store.end_session(r.user.id, r.session.id).await.unwrap();
    assert!(matches!(table.store.rotate(&rotation).await.unwrap(), Rotated::Overtaken(None)));
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
async fn a_used_and_an_old_link_refuse_a_reset() {
    let (table, r) = with_user().await;
    let link = Link::new(LinkKind::Reset, Some(r.user.id), 1, now());
    let before = table.items();
    let reset = table
        .store
        .reset_password(EventId::new(now(), 8), &link, r.user.id, "new".into(), &password_changed(1, &r))
        .await;
    refused(&table, &before, reset, ResetRefusal::LinkUsed);
    table.store.issue_link(&link, &password_changed(9, &r)).await.unwrap();
    table.store.end_all_sessions(r.user.id).await.unwrap();
    let before = table.items();
    let reset = table
        .store
        .reset_password(password_changed(9, &r).id, &link, r.user.id, "new".into(), &password_changed(2, &r))
        .await;
    refused(&table, &before, reset, ResetRefusal::LinkStale);
}

#[tokio::test]
async fn a_used_link_and_a_deleted_user_refuse_a_verification() {
    let (table, r) = with_user().await;
    let before = table.items();
    let verify = async |link, token| table.store.verify_email(link, r.user.id, TransactionId::new(now(), token)).await;
    refused(&table, &before, verify(EventId::new(now(), 8), 1).await, ResetRefusal::LinkUsed);
    table.store.delete_user(&r.user, "hash", &password_changed(1, &r)).await.unwrap();
    let before = table.items();
    refused(&table, &before, verify(r.outbox_event.id, 2).await, ResetRefusal::LinkStale);
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
    refused(&table, &before, table.store.enable_two_factor(r.user.id, on).await, CredentialsRefusal::Changed);
    refused(
        &table,
        &before,
        table.store.disable_two_factor(r.user.id, &outbox_event).await,
        CredentialsRefusal::Changed,
    );
    let codes = table.store.replace_recovery_codes(r.user.id, vec!["x".into()]).await;
    refused(&table, &before, codes, CredentialsRefusal::Changed);
    let (table, r) = with_two_factor().await;
    let before = table.items();
    refused(&table, &before, table.store.begin_two_factor(r.user.id, "NEW").await, CredentialsRefusal::Changed);
}
