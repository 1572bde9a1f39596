//! New ids and random bytes: from the operating system, or from a seed in tests.

use std::sync::{Arc, Mutex, PoisonError};

use domain::id::{AddressId, AuditId, EventId, SessionId, UserId};
use domain::time::Time;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

#[derive(Clone)]
pub struct Ids(Arc<Mutex<Source>>);

struct Source {
    rng: StdRng,
    /// Counts the ids made from a seed, so that those of one standing moment sort as they were made.
    made: Option<u128>,
}

impl Ids {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that asks the machine"
    )]
    pub fn random() -> Self {
        Self::of(StdRng::from_rng(&mut rand::rng()), None)
    }

    pub fn seeded(seed: u64) -> Self {
        Self::of(StdRng::seed_from_u64(seed), Some(0))
    }

    fn of(rng: StdRng, made: Option<u128>) -> Self {
        Self(Arc::new(Mutex::new(Source { rng, made })))
    }

    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .rng
            .fill_bytes(&mut bytes);
        bytes
    }

    pub fn user(&self, now: Time) -> UserId {
        UserId::new(now, self.entropy())
    }

    pub fn session(&self, now: Time) -> SessionId {
        SessionId::new(now, self.entropy())
    }

    pub fn address(&self, now: Time) -> AddressId {
        AddressId::new(now, self.entropy())
    }

    pub fn event(&self, now: Time) -> EventId {
        EventId::new(now, self.entropy())
    }

    pub fn audit(&self, now: Time) -> AuditId {
        AuditId::new(now, self.entropy())
    }

    fn entropy(&self) -> u128 {
        let random = u128::from_le_bytes(self.bytes());
        let mut source = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut source.made {
            None => random,
            Some(made) => {
                *made += 1;
                (*made << 48) | (random & 0xffff_ffff_ffff)
            }
        }
    }
}

impl std::fmt::Debug for Ids {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ids(…)")
    }
}
