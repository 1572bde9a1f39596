//! What the tests of several files start from, all at one fixed time.

pub(crate) mod orders;

use std::collections::BTreeMap;
use std::time::Duration;

use domain::address::{Address, AddressKind, Country, PostalAddress};
use domain::email::Email;
use domain::event::Event;
use domain::id::{AddressId, AuditId, EventId, ProductId, SessionId, TransactionId, UserId, VariantId};
use domain::money::Currency;
use domain::product::{Definition, Product, ProductStatus, VariantDefinition, VariantFacts};
use domain::session::{REFRESH_TTL, Session};
use domain::sku::Sku;
use domain::slug::Slug;
use domain::stock::StockLevel;
use domain::taxonomy::{Taxonomy, TermDefinition, TermId};
use domain::text::PersonName;
use domain::time::Time;
use domain::user::{Credentials, User};
use harness::table::TestTable;
use store::Commit;
use store::audit::AuditEntry;
use store::links::{Link, LinkKind};
use store::outbox::OutboxEvent;
use store::products::ProductSave;
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
    let actor = Some(UserId::new(now(), 99).into());
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
        company: None,
    };
    Address { id: AddressId::new(now(), n), kind: AddressKind::Shipping, postal, created_at: now() }
}

pub(crate) fn sku(text: &str) -> Sku {
    Sku::parse(text).unwrap()
}

/// A product of one variant, as it is first saved; `n` makes its ids.
pub(crate) fn save(n: u128, slug: &str, of: &str, stock: i64) -> ProductSave {
    let variant = VariantDefinition { stock: Some(stock), ..VariantDefinition::new(VariantFacts::new(sku(of), 1999)) };
    let new = Definition::new(Slug::parse(slug).unwrap(), "Shirt");
    let definition = Definition { status: ProductStatus::Active, variants: vec![variant], ..new };
    let (id, variant) = (ProductId::new(now(), n), VariantId::new(now(), n));
    let decided = Product::define(id, Currency::USD, definition, || variant, now()).unwrap();
    let level = StockLevel::new(sku(of), id, variant, stock, now());
    ProductSave {
        token: TransactionId::new(now(), 1_000 + n),
        before: None,
        after: decided.product,
        added: vec![(level, None)],
        removed: Vec::new(),
        renamed: Vec::new(),
        entry: entry(2_000 + n, "product.create"),
        outbox_event: changed(3_000 + n, id),
        idempotency_record: None,
    }
}

/// The event of a changed product.
pub(crate) fn changed(n: u128, product_id: ProductId) -> OutboxEvent {
    let event = Event::ProductChanged { product_id, removed_images: Vec::new(), moved: false };
    outbox_event(n, event)
}

/// Adds a category or brand.
pub(crate) async fn with_term<I: TermId>(table: &TestTable, id: I) -> Taxonomy<I> {
    let number = if I::MAX_DEPTH == 1 { 76 } else { 77 };
    let taxonomy: Taxonomy<I> = table.store.taxonomy().await.unwrap();
    let definition = TermDefinition {
        slug: Slug::parse("shirts").unwrap(),
        name: "Shirts".into(),
        description: String::new(),
        parent: None,
        position: 0,
        active: true,
    };
    let change = taxonomy.add(id, definition, now()).unwrap();
    table.store.save_term(&change, &entry(number, "term.create"), &[]).await.unwrap();
    table.store.taxonomy().await.unwrap()
}

/// A table with one user.
pub(crate) async fn with_user() -> (TestTable, Registration) {
    let table = TestTable::create().await;
    let r = registration(1);
    table.store.register(&r).await.unwrap();
    (table, r)
}

pub(crate) fn password_changed(n: u128, r: &Registration) -> OutboxEvent {
    outbox_event(n, Event::PasswordChanged { user_id: r.user.id })
}

/// Asserts the refusal, and that it changed nothing.
#[track_caller]
pub(crate) fn refused<R: std::fmt::Debug + PartialEq>(
    table: &TestTable,
    before: &BTreeMap<String, serde_json::Value>,
    outcome: Result<impl std::fmt::Debug, Commit<R>>,
    refusal: R,
) {
    assert_eq!(outcome.map(|_| ()).unwrap_err(), Commit::Refused(refusal));
    assert_eq!(&table.items(), before);
}
