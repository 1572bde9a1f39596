//! The refusals of changes: of profiles, by staff, of addresses, of mails.

use std::time::Duration;

use domain::access::Role;
use domain::id::{EventId, TransactionId};
use domain::user::Ban;
use harness::table::TestTable;
use store::addresses::BookConflict;
use store::idempotency::IdempotencyRecord;
use store::mail::{Claim, SendAttempt};
use store::staff::StaffConflict;
use store::users::{DeleteRefusal, ProfileEdit, ProfileRefusal};

use crate::fixtures::{address, entry, later, now, password_changed, refused, with_user};

#[tokio::test]
async fn a_profile_edit_is_refused_by_a_newer_version_and_by_deletion() {
    let (table, r) = with_user().await;
    let before = table.items();
    let edit = ProfileEdit { name: Some(domain::text::PersonName::parse("Eve").unwrap()), preferences: None };
    refused(&table, &before, table.store.edit_profile(r.user.id, &edit, Some(9)).await, ProfileRefusal::Changed);
    table.store.delete_user(&r.user, "hash", &password_changed(1, &r)).await.unwrap();
    let before = table.items();
    refused(&table, &before, table.store.edit_profile(r.user.id, &edit, None).await, ProfileRefusal::Missing);
}

#[tokio::test]
async fn a_changed_password_refuses_a_deletion_and_a_deleted_user_refuses_another() {
    let (table, r) = with_user().await;
    let before = table.items();
    refused(
        &table,
        &before,
        table.store.delete_user(&r.user, "other", &password_changed(1, &r)).await,
        DeleteRefusal::Changed,
    );
    table.store.delete_user(&r.user, "hash", &password_changed(2, &r)).await.unwrap();
    let before = table.items();
    refused(
        &table,
        &before,
        table.store.delete_user(&r.user, "hash", &password_changed(3, &r)).await,
        DeleteRefusal::Changed,
    );
}

#[tokio::test]
async fn a_user_who_changed_since_refuses_every_act_of_staff() {
    let (table, r) = with_user().await;
    table.store.end_all_sessions(r.user.id).await.unwrap();
    let before = table.items();
    let ban = Ban { reason: "x".into(), until: later(), by: r.user.id, at: now() };
    let banned = table.store.ban(&r.user, &ban, &entry(1, "user.ban"), &password_changed(1, &r)).await;
    refused(&table, &before, banned, StaffConflict::Changed);
    let role = table.store.change_role(&r.user, Role::Support, &entry(2, "user.change-role")).await;
    refused(&table, &before, role, StaffConflict::Changed);
    let current = table.store.user(r.user.id).await.unwrap().unwrap();
    let unbanned = table.store.unban(&current, &entry(3, "user.unban"), &password_changed(3, &r)).await;
    refused(&table, &before, unbanned, StaffConflict::Changed);
}

#[tokio::test]
async fn an_address_change_is_refused_by_a_newer_book_a_deleted_user_and_a_used_key() {
    let (table, r) = with_user().await;
    let book = table.store.address_book(r.user.id).await.unwrap();
    let (one, two) = (book.add(address(1), false).unwrap(), book.add(address(2), false).unwrap());
    let idempotency_record = IdempotencyRecord {
        scope: "s".into(),
        key: "k".into(),
        fingerprint: "p".into(),
        status: 201,
        answer: "{}".into(),
        until: now() + Duration::from_secs(1),
    };
    let change = async |n, change, idempotency_record| {
        table.store.change_book(r.user.id, TransactionId::new(now(), n), change, idempotency_record).await
    };
    change(1, &one, Some(&idempotency_record)).await.unwrap();
    let before = table.items();
    refused(&table, &before, change(2, &two, None).await, BookConflict::Changed);
    let next = table.store.address_book(r.user.id).await.unwrap().add(address(3), false).unwrap();
    refused(&table, &before, change(3, &next, Some(&idempotency_record)).await, BookConflict::Repeated);
    table.store.delete_user(&r.user, "hash", &password_changed(1, &r)).await.unwrap();
    let before = table.items();
    refused(&table, &before, change(4, &next, None).await, BookConflict::UserGone);
}

#[tokio::test]
async fn a_mail_is_claimed_once_taken_over_after_its_lease_and_never_after_it_was_sent() {
    let table = TestTable::create().await;
    let attempt = |holder| SendAttempt { event: EventId::new(now(), 5), template: "reset", holder };
    let claim = async |holder, at| table.store.claim_mail(attempt(holder), at, Duration::from_secs(45)).await.unwrap();
    assert_eq!(claim("a", now()).await, Claim::Granted);
    assert_eq!(claim("a", now()).await, Claim::Granted, "the same attempt claims again");
    assert_eq!(claim("b", now() + Duration::from_secs(44)).await, Claim::InProgress);
    assert_eq!(claim("b", later()).await, Claim::Granted);
    table.store.release_mail(attempt("a"), later()).await.unwrap();
    assert_eq!(claim("c", later()).await, Claim::InProgress, "a claim is released by its holder only");
    table.store.mail_sent(attempt("b"), "m-1", later()).await.unwrap();
    assert_eq!(claim("c", later() + Duration::from_hours(1)).await, Claim::Sent);
    table.store.release_mail(attempt("b"), later()).await.unwrap();
    assert_eq!(claim("c", later() + Duration::from_hours(1)).await, Claim::Sent);
}
