//! Values for the tests, all at one fixed time.

use std::time::Duration;

use domain::address::{Address, AddressKind, Country, PostalAddress};
use domain::email::Email;
use domain::event::Event;
use domain::id::{AddressId, AuditId, EventId, SessionId, UserId};
use domain::session::{REFRESH_TTL, Session};
use domain::text::PersonName;
use domain::time::Time;
use domain::user::{Credentials, User};
use store::audit::AuditEntry;
use store::links::{Link, LinkKind};
use store::outbox::OutboxEvent;
use store::sessions::Device;
use store::staff::StaffAct;
use store::users::Registration;

pub(crate) fn now() -> Time {
    Time::parse("2026-11-20T10:00:00Z").unwrap()
}

pub(crate) fn later() -> Time {
    now() + Duration::from_mins(1)
}

pub(crate) fn outbox_event(n: u128, event: Event) -> OutboxEvent {
    OutboxEvent { id: EventId::new(now(), n), at: now(), event }
}

pub(crate) fn registration(n: u128) -> Registration {
    let email = Email::parse(&format!("user{n}@example.com")).unwrap();
    let user = User::register(UserId::new(now(), n), email, PersonName::parse("Ada").unwrap(), now());
    Registration {
        credentials: Credentials { password_hash: "hash".into(), totp_secret: None, totp_pending: None, totp_step: 0 },
        session: session(&user, n),
        device: Device { fingerprint: "f1".into(), name: "Firefox on Linux".into(), first_seen: now() },
        outbox_event: outbox_event(1000 + n, Event::UserRegistered { user_id: user.id }),
        verification: Link::new(LinkKind::Verify, Some(user.id), 1, now()),
        user,
    }
}

pub(crate) fn session(user: &User, n: u128) -> Session {
    Session {
        id: SessionId::new(now(), n),
        user_id: user.id,
        epoch: user.epoch,
        generation: 0,
        refresh_hash: "first".into(),
        rotated_at: now(),
        device: "Firefox on Linux".into(),
        ip: "192.0.2.1".into(),
        created_at: now(),
        refresh_until: now() + REFRESH_TTL,
        proof: None,
    }
}

pub(crate) fn entry(n: u128, action: &str) -> AuditEntry {
    let subject = UserId::new(now(), 1).to_string();
    let actor = Some(UserId::new(now(), 99));
    AuditEntry {
        id: AuditId::new(now(), n),
        at: now(),
        actor,
        action: action.into(),
        subject,
        before: None,
        after: Some("x".into()),
        origin: None,
    }
}

/// An act of the shop itself.
pub(crate) fn act<'a>(target: &'a User, entry: &'a AuditEntry) -> StaffAct<'a> {
    StaffAct { actor: None, target, entry }
}

pub(crate) fn address(n: u128) -> Address {
    let postal = PostalAddress {
        name: "Ada".into(),
        line1: "1 Main St".into(),
        line2: None,
        city: "London".into(),
        region: None,
        postal_code: "N1".into(),
        country: Country::parse("GB").unwrap(),
        phone: None,
    };
    Address { id: AddressId::new(now(), n), kind: AddressKind::Shipping, postal, created_at: now() }
}
