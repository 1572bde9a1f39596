//! One test for each refusal of each transaction; each shows that nothing was written.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::access::Role;
use domain::event::Event;
use domain::id::{AuditId, EventId};
use domain::user::Ban;
use harness::table::TestTable;
use store::Commit;
use store::addresses::BookConflict;
use store::credentials::{CredentialsRefusal, Proof, ResetRefusal, TwoFactorOn};
use store::idempotency::Remembered;
use store::links::{Link, LinkKind};
use store::mail::{Attempt, Claim};
use store::outbox::Announced;
use store::sessions::{Device, Rotated, Rotation, SignIn, SignInRefusal};
use store::staff::StaffConflict;
use store::users::{DeleteRefusal, ProfileEdit, ProfileRefusal, RegisterRefusal, Registration};

use crate::people::{address, announced, entry, later, now, registration, session};

async fn with_user() -> (TestTable, Registration) {
    let table = TestTable::create().await;
    let r = registration(1);
    table.store.register(&r).await.unwrap();
    (table, r)
}

fn told(n: u128, r: &Registration) -> Announced {
    announced(n, Event::PasswordChanged { user_id: r.user.id })
}

/// The refusal, and that it changed nothing.
#[track_caller]
fn refused<R: std::fmt::Debug + PartialEq>(
    table: &TestTable,
    before: &BTreeMap<String, serde_json::Value>,
    outcome: Result<impl std::fmt::Debug, Commit<R>>,
    refusal: R,
) {
    assert_eq!(outcome.map(|_| ()).unwrap_err(), Commit::Refused(refusal));
    assert_eq!(&table.items(), before);
}

#[tokio::test]
async fn a_taken_address_refuses_a_registration() {
    let (table, r) = with_user().await;
    let before = table.items();
    let mut second = registration(2);
    second.user.email = r.user.email.clone();
    refused(
        &table,
        &before,
        table.store.register(&second).await,
        RegisterRefusal::EmailTaken,
    );
}

#[tokio::test]
async fn a_known_device_refuses_to_be_new() {
    let (table, r) = with_user().await;
    let before = table.items();
    let sign_in = SignIn {
        session: session(&r.user, 2),
        new_device: Some((r.device.clone(), told(1, &r))),
        proof: None,
    };
    refused(
        &table,
        &before,
        table.store.sign_in(&sign_in).await,
        SignInRefusal::DeviceKnown,
    );
}

async fn with_two_factor() -> (TestTable, Registration) {
    let (table, r) = with_user().await;
    table
        .store
        .begin_two_factor(r.user.id, "SECRET")
        .await
        .unwrap();
    let told = told(50, &r);
    let on = TwoFactorOn {
        secret: "SECRET",
        step: 7,
        recovery_hashes: vec!["one".into()],
        announced: &told,
    };
    table.store.enable_two_factor(r.user.id, on).await.unwrap();
    (table, r)
}

#[tokio::test]
async fn a_used_step_an_old_secret_and_an_unknown_recovery_code_refuse_a_sign_in() {
    let (table, r) = with_two_factor().await;
    let before = table.items();
    for (n, proof) in [
        (
            2,
            Proof::Step {
                secret: "SECRET".into(),
                step: 7,
            },
        ),
        (
            3,
            Proof::Step {
                secret: "SECRET".into(),
                step: 6,
            },
        ),
        (
            4,
            Proof::Step {
                secret: "OLD".into(),
                step: 8,
            },
        ),
        (
            5,
            Proof::Recovery {
                hash: "unknown".into(),
            },
        ),
    ] {
        let new_device = Some((
            Device {
                fingerprint: "f2".into(),
                ..r.device.clone()
            },
            told(n, &r),
        ));
        let sign_in = SignIn {
            session: session(&r.user, n),
            new_device,
            proof: Some(proof),
        };
        refused(
            &table,
            &before,
            table.store.sign_in(&sign_in).await,
            SignInRefusal::CodeUsed,
        );
    }
}

#[tokio::test]
async fn a_rotation_is_overtaken_by_another_and_by_the_sessions_end() {
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
    table
        .store
        .end_session(r.user.id, r.session.id)
        .await
        .unwrap();
    assert!(matches!(
        table.store.rotate(&rotation).await.unwrap(),
        Rotated::Overtaken(None)
    ));
    assert!(
        table
            .items_under(&format!("USER#{} / SESSION", r.user.id))
            .is_empty(),
        "no session is born of a refresh"
    );
}

#[tokio::test]
async fn a_changed_password_epoch_or_ended_session_refuses_a_password_change() {
    let (table, r) = with_user().await;
    let before = table.items();
    let change = async |n, user: &domain::user::User, session, from| {
        table
            .store
            .change_password(user, session, (from, "new".into()), &told(n, &r))
            .await
    };
    refused(
        &table,
        &before,
        change(1, &r.user, r.session.id, "other").await,
        CredentialsRefusal::Changed,
    );
    let stale = domain::user::User {
        epoch: 9,
        ..r.user.clone()
    };
    refused(
        &table,
        &before,
        change(2, &stale, r.session.id, "hash").await,
        CredentialsRefusal::Changed,
    );
    let gone = session(&r.user, 77).id;
    refused(
        &table,
        &before,
        change(3, &r.user, gone, "hash").await,
        CredentialsRefusal::SessionEnded,
    );
}

#[tokio::test]
async fn a_used_and_a_stale_link_refuse_a_reset() {
    let (table, r) = with_user().await;
    let link = Link::new(LinkKind::Reset, Some(r.user.id), 1, now());
    let before = table.items();
    let reset = table
        .store
        .reset_password(
            (EventId::new(now(), 8), &link),
            r.user.id,
            "new".into(),
            &told(1, &r),
        )
        .await;
    refused(&table, &before, reset, ResetRefusal::LinkUsed);
    table.store.issue_link(&link, &told(9, &r)).await.unwrap();
    table.store.end_all_sessions(r.user.id).await.unwrap();
    let before = table.items();
    let reset = table
        .store
        .reset_password(
            (told(9, &r).id, &link),
            r.user.id,
            "new".into(),
            &told(2, &r),
        )
        .await;
    refused(&table, &before, reset, ResetRefusal::LinkStale);
}

#[tokio::test]
async fn a_used_link_and_a_deleted_user_refuse_a_verification() {
    let (table, r) = with_user().await;
    let before = table.items();
    let verify = async |link, token| {
        table
            .store
            .verify_email(link, r.user.id, AuditId::new(now(), token))
            .await
    };
    refused(
        &table,
        &before,
        verify(EventId::new(now(), 8), 1).await,
        ResetRefusal::LinkUsed,
    );
    table
        .store
        .delete_user(&r.user, "hash", &told(1, &r))
        .await
        .unwrap();
    let before = table.items();
    refused(
        &table,
        &before,
        verify(r.announced.id, 2).await,
        ResetRefusal::LinkStale,
    );
}

#[tokio::test]
async fn two_factor_refuses_to_be_begun_twice_confirmed_stale_and_turned_off_when_off() {
    let (table, r) = with_user().await;
    let before = table.items();
    let told = told(1, &r);
    let on = TwoFactorOn {
        secret: "NEVER SHOWN",
        step: 7,
        recovery_hashes: vec!["one".into()],
        announced: &told,
    };
    refused(
        &table,
        &before,
        table.store.enable_two_factor(r.user.id, on).await,
        CredentialsRefusal::Changed,
    );
    refused(
        &table,
        &before,
        table.store.disable_two_factor(r.user.id, &told).await,
        CredentialsRefusal::Changed,
    );
    let codes = table
        .store
        .replace_recovery_codes(r.user.id, vec!["x".into()])
        .await;
    refused(&table, &before, codes, CredentialsRefusal::Changed);
    let (table, r) = with_two_factor().await;
    let before = table.items();
    refused(
        &table,
        &before,
        table.store.begin_two_factor(r.user.id, "NEW").await,
        CredentialsRefusal::Changed,
    );
}

#[tokio::test]
async fn a_profile_edit_is_refused_by_a_newer_version_and_by_deletion() {
    let (table, r) = with_user().await;
    let before = table.items();
    let edit = ProfileEdit {
        name: Some(domain::text::PersonName::parse("Eve").unwrap()),
        preferences: None,
    };
    refused(
        &table,
        &before,
        table.store.edit_profile(r.user.id, &edit, Some(9)).await,
        ProfileRefusal::Changed,
    );
    table
        .store
        .delete_user(&r.user, "hash", &told(1, &r))
        .await
        .unwrap();
    let before = table.items();
    refused(
        &table,
        &before,
        table.store.edit_profile(r.user.id, &edit, None).await,
        ProfileRefusal::Missing,
    );
}

#[tokio::test]
async fn a_changed_password_refuses_a_deletion_and_a_deleted_user_refuses_another() {
    let (table, r) = with_user().await;
    let before = table.items();
    refused(
        &table,
        &before,
        table
            .store
            .delete_user(&r.user, "other", &told(1, &r))
            .await,
        DeleteRefusal::Changed,
    );
    table
        .store
        .delete_user(&r.user, "hash", &told(2, &r))
        .await
        .unwrap();
    let before = table.items();
    refused(
        &table,
        &before,
        table.store.delete_user(&r.user, "hash", &told(3, &r)).await,
        DeleteRefusal::Changed,
    );
}

#[tokio::test]
async fn a_user_who_changed_since_refuses_every_act_of_staff() {
    let (table, r) = with_user().await;
    table.store.end_all_sessions(r.user.id).await.unwrap();
    let before = table.items();
    let ban = Ban {
        reason: "x".into(),
        until: later(),
        by: r.user.id,
        at: now(),
    };
    let banned = table
        .store
        .ban(&r.user, &ban, &entry(1, "user.ban"), &told(1, &r))
        .await;
    refused(&table, &before, banned, StaffConflict::Changed);
    let role = table
        .store
        .change_role(&r.user, Role::Support, &entry(2, "user.change-role"))
        .await;
    refused(&table, &before, role, StaffConflict::Changed);
    let current = table.store.user(r.user.id).await.unwrap().unwrap();
    let unbanned = table
        .store
        .unban(&current, &entry(3, "user.unban"), &told(3, &r))
        .await;
    refused(&table, &before, unbanned, StaffConflict::Changed);
}

#[tokio::test]
async fn an_address_change_is_refused_by_a_newer_book_a_deleted_user_and_a_used_key() {
    let (table, r) = with_user().await;
    let book = table.store.address_book(r.user.id).await.unwrap();
    let (one, two) = (
        book.add(address(1), false).unwrap(),
        book.add(address(2), false).unwrap(),
    );
    let remembered = Remembered {
        scope: "s".into(),
        key: "k".into(),
        fingerprint: "p".into(),
        status: 201,
        answer: "{}".into(),
        until: now() + Duration::from_secs(1),
    };
    let change = async |n, change, remembered| {
        table
            .store
            .change_book(r.user.id, AuditId::new(now(), n), change, remembered)
            .await
    };
    change(1, &one, Some(&remembered)).await.unwrap();
    let before = table.items();
    refused(
        &table,
        &before,
        change(2, &two, None).await,
        BookConflict::Changed,
    );
    let next = table
        .store
        .address_book(r.user.id)
        .await
        .unwrap()
        .add(address(3), false)
        .unwrap();
    refused(
        &table,
        &before,
        change(3, &next, Some(&remembered)).await,
        BookConflict::Repeated,
    );
    table
        .store
        .delete_user(&r.user, "hash", &told(1, &r))
        .await
        .unwrap();
    let before = table.items();
    refused(
        &table,
        &before,
        change(4, &next, None).await,
        BookConflict::UserGone,
    );
}

#[tokio::test]
async fn a_mail_is_claimed_once_taken_over_after_its_lease_and_never_after_it_was_sent() {
    let table = TestTable::create().await;
    let attempt = |holder| Attempt {
        event: EventId::new(now(), 5),
        template: "reset",
        holder,
    };
    let claim = async |holder, at| {
        table
            .store
            .claim_mail(attempt(holder), at, Duration::from_secs(45))
            .await
            .unwrap()
    };
    assert_eq!(claim("a", now()).await, Claim::Granted);
    assert_eq!(
        claim("a", now()).await,
        Claim::Granted,
        "our own, asked again"
    );
    assert_eq!(
        claim("b", now() + Duration::from_secs(44)).await,
        Claim::Elsewhere
    );
    assert_eq!(claim("b", later()).await, Claim::Granted);
    table
        .store
        .release_mail(attempt("a"), later())
        .await
        .unwrap();
    assert_eq!(
        claim("c", later()).await,
        Claim::Elsewhere,
        "nobody gives back another's claim"
    );
    table
        .store
        .mail_sent(attempt("b"), "m-1", later())
        .await
        .unwrap();
    assert_eq!(
        claim("c", later() + Duration::from_hours(1)).await,
        Claim::Sent
    );
    table
        .store
        .release_mail(attempt("b"), later())
        .await
        .unwrap();
    assert_eq!(
        claim("c", later() + Duration::from_hours(1)).await,
        Claim::Sent
    );
}
