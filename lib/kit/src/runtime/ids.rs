//! New ids and random bytes: from the operating system, or from a seed in tests.

use std::sync::{Arc, Mutex, PoisonError};

use domain::actor::ActorId;
use domain::event::Event;
use domain::id::{
    AddressId, ApiKeyId, AuditId, BrandId, CategoryId, CouponId, EventId, ExportId, OrderId, ParcelId, ProductId,
    RefundId, ReturnId, ReviewId, SearchRuleId, SessionId, ShippingMethodId, StockChangeId, SynonymId, TransactionId,
    UploadId, UserId, VariantId, WebhookEndpointId,
};
use domain::time::Time;
use domain::user::User;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use store::audit::{AuditChange, AuditEntry};
use store::outbox::OutboxEvent;

use crate::runtime::origin;

#[derive(Clone)]
pub struct Ids(Arc<Mutex<Source>>);

struct Source {
    rng: StdRng,
    /// Counts the ids made from a seed, so that ids of the same millisecond sort in the order they were made.
    made: Option<u64>,
}

impl Ids {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that asks the machine")]
    pub fn random() -> Self {
        Self::of(StdRng::from_rng(&mut rand::rng()), None)
    }

    pub fn seeded(seed: u64) -> Self {
        Self::of(StdRng::seed_from_u64(seed), Some(0))
    }

    /// Ids that sort after those that this made. After a seed, they are the same in every copy.
    pub fn copy(&self) -> Self {
        match self.0.lock().unwrap_or_else(PoisonError::into_inner).made {
            None => Self::random(),
            Some(made) => Self::of(StdRng::seed_from_u64(made), Some(made)),
        }
    }

    fn of(rng: StdRng, made: Option<u64>) -> Self {
        Self(Arc::new(Mutex::new(Source { rng, made })))
    }

    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.lock().unwrap_or_else(PoisonError::into_inner).rng.fill_bytes(&mut bytes);
        bytes
    }

    fn entropy(&self) -> u128 {
        let random = u128::from_le_bytes(self.bytes());
        let mut source = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut source.made {
            None => random,
            Some(made) => {
                *made += 1;
                (u128::from(*made) << 48) | (random & 0xffff_ffff_ffff)
            }
        }
    }
}

impl Ids {
    /// An event, ready for the outbox.
    pub fn outbox_event(&self, event: Event, now: Time) -> OutboxEvent {
        OutboxEvent { id: self.event(now), at: now, event }
    }

    /// The event of the picture that a user has and will have no more.
    pub fn picture_removed(&self, user: &User, now: Time) -> Option<OutboxEvent> {
        user.picture.map(|picture_id| self.outbox_event(Event::UserPictureRemoved { picture_id }, now))
    }

    /// The audit entry of what somebody did to `subject`, with the origin of the request that does it. `actor` is
    /// `None` for the shop itself and for operators.
    pub fn audit_entry(
        &self,
        actor: Option<ActorId>,
        action: impl Into<String>,
        subject: impl std::fmt::Display,
        change: AuditChange,
        now: Time,
    ) -> AuditEntry {
        AuditEntry {
            id: self.audit(now),
            at: now,
            actor,
            action: action.into(),
            subject: subject.to_string(),
            before: change.before,
            after: change.after,
            origin: origin::current(),
        }
    }
}

macro_rules! makers {
    ($($name:ident -> $id:ident),+ $(,)?) => {
        impl Ids {
            $(pub fn $name(&self, now: Time) -> $id {
                $id::new(now, self.entropy())
            })+
        }
    };
}

makers! {
    user -> UserId,
    session -> SessionId,
    api_key -> ApiKeyId,
    address -> AddressId,
    event -> EventId,
    transaction -> TransactionId,
    audit -> AuditId,
    product -> ProductId,
    variant -> VariantId,
    category -> CategoryId,
    brand -> BrandId,
    upload -> UploadId,
    export -> ExportId,
    stock_change -> StockChangeId,
    coupon -> CouponId,
    order -> OrderId,
    refund -> RefundId,
    parcel -> ParcelId,
    goods_return -> ReturnId,
    synonym -> SynonymId,
    search_rule -> SearchRuleId,
    webhook_endpoint -> WebhookEndpointId,
    review -> ReviewId,
    shipping_method -> ShippingMethodId,
}

impl std::fmt::Debug for Ids {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ids(…)")
    }
}
