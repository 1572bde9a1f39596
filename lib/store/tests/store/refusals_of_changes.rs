//! The refusals of changes: of profiles, by staff, of addresses, of mails.

use std::time::Duration;

use domain::access::Role;
use domain::email::Email;
use domain::id::{EventId, TransactionId, UploadId};
use domain::text::PersonName;
use domain::upload::{Purpose, Upload, UploadState};
use domain::user::{Ban, User};
use harness::table::TestTable;
use store::Commit;
use store::addresses::BookConflict;
use store::credentials::{CredentialsRefusal, Proof, ResetRefusal};
use store::email_change::{EmailChange, EmailChangeRefusal, FollowedChange, Proven};
use store::first_proof::StartOver;
use store::idempotency::IdempotencyRecord;
use store::links::{Link, LinkKind};
use store::mail::{SendAttempt, SendClaim};
use store::staff::{StaffAct, StaffConflict};
use store::uploads::UploadConflict;
use store::users::{DeleteRefusal, ProfileChanged, ProfileEdit, Registration};

use crate::fixtures::{act, address, entry, later, now, password_changed, refused, registration, with_user};

#[tokio::test]
async fn a_profile_edit_is_refused_by_a_newer_version_and_by_deletion() {
    let (table, r) = with_user().await;
    let edit = ProfileEdit { name: Some(PersonName::parse("Eve").unwrap()), ..ProfileEdit::default() };
    let stale = async |n| table.store.edit_profile(&r.user, &edit, TransactionId::new(now(), n)).await;
    table.store.end_all_sessions(r.user.id).await.unwrap();
    let before = table.items();
    refused(&table, &before, stale(1).await, ProfileChanged);
    table.store.delete_user(&r.user, "hash", None, &password_changed(1, &r)).await.unwrap();
    let before = table.items();
    refused(&table, &before, stale(2).await, ProfileChanged);
}

#[tokio::test]
async fn a_changed_password_refuses_a_deletion_and_a_deleted_user_refuses_another() {
    let (table, r) = with_user().await;
    let before = table.items();
    refused(
        &table,
        &before,
        table.store.delete_user(&r.user, "other", None, &password_changed(1, &r)).await,
        DeleteRefusal::Changed,
    );
    table.store.delete_user(&r.user, "hash", None, &password_changed(2, &r)).await.unwrap();
    let before = table.items();
    refused(
        &table,
        &before,
        table.store.delete_user(&r.user, "hash", None, &password_changed(3, &r)).await,
        DeleteRefusal::Changed,
    );
}

#[tokio::test]
async fn a_picture_that_was_set_since_refuses_what_would_forget_its_file() {
    let (table, r) = with_user().await;
    let upload = Upload {
        id: UploadId::new(now(), 1),
        owner: Some(r.user.id.into()),
        purpose: Purpose::UserPicture { user_id: r.user.id, epoch: r.user.epoch },
        content_type: "image/png".to_owned(),
        state: UploadState::Waiting,
        created_at: now(),
    };
    table.store.create_upload(&upload, None).await.unwrap();
    let record = table.store.upload(upload.id, now()).await.unwrap().unwrap();
    let picture = upload.image_id();
    let show =
        async |n| table.store.show_user_picture(TransactionId::new(now(), n), &record, picture, &r.user, None).await;
    show(1).await.unwrap();
    let before = table.items();
    let outcome = show(2).await.unwrap_err();
    assert!(matches!(outcome, Commit::Refused(UploadConflict::Upload | UploadConflict::Product)), "{outcome:?}");
    assert_eq!(table.items(), before);
    let deleted = table.store.delete_user(&r.user, "hash", None, &password_changed(3, &r)).await;
    refused(&table, &before, deleted, DeleteRefusal::Changed);
    let removed = table.store.remove_picture(&r.user, None, now(), TransactionId::new(now(), 4)).await;
    refused(&table, &before, removed, ProfileChanged);
    let start = StartOver {
        user: &r.user,
        name: &r.user.name,
        password_hash: "new",
        followed: r.outbox_event.id,
        next: None,
        first_proof: password_changed(5, &r),
        password_changed: None,
        picture_removed: None,
        token: TransactionId::new(now(), 5),
        now: now(),
    };
    refused(&table, &before, table.store.start_over(&start).await, ResetRefusal::Changed);
    let user = table.store.user(r.user.id).await.unwrap().unwrap();
    assert_eq!((user.picture, user.picture_at), (Some(picture), Some(now())));
    let start = StartOver { user: &user, ..start };
    table.store.start_over(&start).await.unwrap();
    let user = table.store.user(r.user.id).await.unwrap().unwrap();
    assert_eq!((user.picture, user.picture_at), (None, None));
    table.store.delete_user(&user, "new", None, &password_changed(6, &r)).await.unwrap();
}

#[tokio::test]
async fn a_user_who_changed_since_refuses_every_act_of_staff() {
    let (table, r) = with_user().await;
    table.store.end_all_sessions(r.user.id).await.unwrap();
    let before = table.items();
    let entry = entry(1, "user.test");
    let ban = Ban { reason: "x".into(), until: later(), by: r.user.id, rank: Role::Support, at: now() };
    let banned = table.store.ban(act(&r.user, &entry), &ban, &password_changed(1, &r)).await;
    refused(&table, &before, banned, StaffConflict::Changed);
    let role = table.store.change_role(act(&r.user, &entry), Role::Support).await;
    refused(&table, &before, role, StaffConflict::Changed);
    let current = table.store.user(r.user.id).await.unwrap().unwrap();
    let unbanned = table.store.unban(act(&current, &entry), &password_changed(3, &r)).await;
    refused(&table, &before, unbanned, StaffConflict::Changed);
}

#[tokio::test]
async fn staff_whose_role_or_sessions_changed_since_can_do_nothing_and_whose_name_changed_can() {
    let (table, r) = with_user().await;
    let staff = User { role: Role::Admin, ..registration(2).user };
    table.store.register(&Registration { user: staff.clone(), ..registration(2) }).await.unwrap();
    let entry = entry(1, "user.test");
    let before = table.items();
    for stale in [User { role: Role::Support, ..staff.clone() }, User { epoch: 2, ..staff.clone() }] {
        let act = StaffAct { actor: Some(&stale), ..act(&r.user, &entry) };
        let ban = Ban { reason: "x".into(), until: later(), by: staff.id, rank: Role::Admin, at: now() };
        refused(
            &table,
            &before,
            table.store.ban(act, &ban, &password_changed(1, &r)).await,
            StaffConflict::ActorChanged,
        );
        refused(&table, &before, table.store.unban(act, &password_changed(2, &r)).await, StaffConflict::ActorChanged);
        refused(&table, &before, table.store.change_role(act, Role::Support).await, StaffConflict::ActorChanged);
    }
    let edit = ProfileEdit { name: Some(PersonName::parse("Eve").unwrap()), ..ProfileEdit::default() };
    table.store.edit_profile(&staff, &edit, TransactionId::new(now(), 1)).await.unwrap();
    let act = StaffAct { actor: Some(&staff), ..act(&r.user, &entry) };
    table.store.change_role(act, Role::Support).await.unwrap();
}

#[tokio::test]
async fn the_list_of_admins_follows_every_role_and_a_deletion_needs_one_who_still_is_an_admin() {
    let table = TestTable::create().await;
    let mut admins = Vec::new();
    for n in 1..=3 {
        let user = User { role: Role::Admin, ..registration(n).user };
        table.store.register(&Registration { user: user.clone(), ..registration(n) }).await.unwrap();
        admins.push(user);
    }
    let [one, two, three] = &admins[..] else { unreachable!() };
    let listed = || table.items_under("ADMINS").len();
    assert_eq!(listed(), 3);
    let demoted = entry(1, "user.change-role");
    table.store.change_role(act(two, &demoted), Role::Customer).await.unwrap();
    assert_eq!(listed(), 2);
    let before = table.items();
    let (first, second) = (registration(1), registration(2));
    let gone = table.store.delete_user(one, "hash", Some(two.id), &password_changed(9, &first)).await;
    refused(&table, &before, gone, DeleteRefusal::OtherAdminGone);
    let promoted = table.store.delete_user(two, "hash", None, &password_changed(9, &second)).await;
    refused(&table, &before, promoted, DeleteRefusal::Changed);
    assert_eq!(table.store.another_admin(one.id).await.unwrap(), Some(three.id));
    table.store.delete_user(one, "hash", Some(three.id), &password_changed(9, &first)).await.unwrap();
    assert_eq!(listed(), 1);
    assert_eq!(table.store.another_admin(three.id).await.unwrap(), None);
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
        table.store.change_book(&r.user, TransactionId::new(now(), n), change, idempotency_record).await
    };
    change(1, &one, Some(&idempotency_record)).await.unwrap();
    let before = table.items();
    refused(&table, &before, change(2, &two, None).await, BookConflict::Changed);
    let next = table.store.address_book(r.user.id).await.unwrap().add(address(3), false).unwrap();
    refused(&table, &before, change(3, &next, Some(&idempotency_record)).await, BookConflict::Repeated);
    table.store.delete_user(&r.user, "hash", None, &password_changed(1, &r)).await.unwrap();
    let before = table.items();
    refused(&table, &before, change(4, &next, None).await, BookConflict::SessionsEnded);
}

#[tokio::test]
async fn a_mail_is_claimed_once_taken_over_after_its_lease_and_never_after_it_was_sent() {
    let table = TestTable::create().await;
    let attempt = |holder| SendAttempt { event: EventId::new(now(), 5), template: "reset", user: None, holder };
    let claim = async |holder, at| table.store.claim_mail(attempt(holder), at, Duration::from_secs(45)).await.unwrap();
    assert_eq!(claim("a", now()).await, SendClaim::Granted);
    assert_eq!(claim("a", now()).await, SendClaim::Granted, "the same attempt claims again");
    assert_eq!(claim("b", now() + Duration::from_secs(44)).await, SendClaim::InProgress);
    assert_eq!(claim("b", later()).await, SendClaim::Granted);
    table.store.release_mail(attempt("a"), later()).await.unwrap();
    assert_eq!(claim("c", later()).await, SendClaim::InProgress, "a claim is released by its holder only");
    table.store.mail_sent(attempt("b"), "m-1", later()).await.unwrap();
    assert_eq!(claim("c", later() + Duration::from_hours(1)).await, SendClaim::Sent);
    table.store.release_mail(attempt("b"), later()).await.unwrap();
    assert_eq!(claim("c", later() + Duration::from_hours(1)).await, SendClaim::Sent);
}

#[tokio::test]
async fn a_used_link_a_taken_address_and_a_changed_account_refuse_a_change_of_address() {
    let (table, r) = with_user().await;
    let other = registration(2);
    table.store.register(&other).await.unwrap();
    let link = |to: &Email| {
        let change =
            EmailChange { from: Some(r.user.email.clone()), to: to.clone(), language: None, epoch: r.user.epoch };
        Link { change: Some(change), ..Link::new(LinkKind::ChangeEmail, Some(r.user.id), 0, now()) }
    };
    let asked = password_changed(9, &r);
    let request = async |hash, code: Option<&Proof>, link: &Link| {
        let proven = Proven { password_hash: hash, code };
        table.store.request_email_change(&r.user, proven, link, &asked).await
    };
    let free = link(&Email::parse("new@example.com").unwrap());
    let before = table.items();
    refused(&table, &before, request("other", None, &free).await, CredentialsRefusal::Changed);
    let code = Proof::Recovery { hash: "unknown".into() };
    refused(&table, &before, request("hash", Some(&code), &free).await, CredentialsRefusal::Changed);
    let change = async |user: &User, session, link: &Link, n| {
        let followed = FollowedChange {
            user,
            session,
            link_id: asked.id,
            link,
            change: link.change.as_ref().unwrap(),
            outbox_event: password_changed(n, &r),
            first_proof: None,
            entry: entry(n, "user.change-email"),
            now: now(),
        };
        table.store.change_email(&followed).await
    };
    refused(&table, &before, change(&r.user, r.session.id, &free, 10).await, EmailChangeRefusal::LinkUsed);
    request("hash", None, &free).await.unwrap();
    let before = table.items();
    let taken = link(&other.user.email);
    refused(&table, &before, change(&r.user, r.session.id, &taken, 11).await, EmailChangeRefusal::Taken);
    let moved = User { email: Email::parse("moved@example.com").unwrap(), ..r.user.clone() };
    refused(&table, &before, change(&moved, r.session.id, &free, 12).await, EmailChangeRefusal::Changed);
    refused(&table, &before, change(&r.user, other.session.id, &free, 13).await, EmailChangeRefusal::SessionEnded);
    change(&r.user, r.session.id, &free, 14).await.unwrap();
    let before = table.items();
    refused(&table, &before, change(&r.user, r.session.id, &free, 15).await, EmailChangeRefusal::LinkUsed);
    let deleted = table.store.delete_user(&r.user, "hash", None, &password_changed(16, &r)).await;
    refused(&table, &before, deleted, DeleteRefusal::Changed);
}
