//! Password hashing: Argon2id with the parameters that OWASP recommends. Other hashes are only checked: those of other
//! shops, which the next sign-in replaces.
//!
//! Each computation takes 19 MiB and tens of milliseconds of a core. So at most two run at a time, on threads outside
//! the async runtime, and a bounded number waits. Further requests are refused as busy.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use argon2::{Algorithm, Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier, Version};
use data_encoding::BASE64_NOPAD;
use kit::http::problem::Problem;
use kit::runtime::ids::Ids;
use tokio::sync::Semaphore;

use crate::old_hash::Work;

const AT_ONCE: usize = 2;
const QUEUE: usize = 32;

/// How much work one hash is.
#[derive(Debug, Clone, Copy)]
pub struct Cost {
    memory_kib: u32,
    passes: u32,
}

impl Cost {
    /// What OWASP recommends.
    pub const RECOMMENDED: Self = Self { memory_kib: 19 * 1024, passes: 2 };
    /// As little as Argon2 can do: for tests, which sign in thousands of times.
    pub const LEAST: Self = Self { memory_kib: 8, passes: 1 };

    /// How every hash of this cost begins.
    fn form(self) -> String {
        format!("$argon2id$v=19$m={},t={},p=1$", self.memory_kib, self.passes)
    }

    fn argon2(self) -> Option<Argon2<'static>> {
        let params = Params::new(self.memory_kib, self.passes, 1, None).ok()?;
        Some(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
    }
}

#[derive(Debug, Clone)]
pub struct Hasher {
    ids: Ids,
    cost: Cost,
    permits: Arc<Semaphore>,
    queued: Arc<AtomicUsize>,
    done: Arc<AtomicUsize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Wrong,
    Right,
    /// Right, but the hash has old parameters and should be replaced.
    Outdated,
}

impl Hasher {
    pub fn new(ids: Ids, cost: Cost) -> Self {
        Self { ids, cost, permits: Arc::new(Semaphore::new(AT_ONCE)), queued: Arc::default(), done: Arc::default() }
    }

    /// How many hashes were computed. Tests compare the work of two requests with it.
    pub fn computed(&self) -> usize {
        self.done.load(Ordering::SeqCst)
    }

    /// How every hash that it makes begins: algorithm and parameters.
    pub fn form(&self) -> String {
        self.cost.form()
    }

    pub async fn hash(&self, password: &str) -> Result<String, Problem> {
        let (password, salt, cost) = (password.to_owned(), self.ids.bytes::<16>(), self.cost);
        self.compute(move || {
            let hash = cost.argon2().and_then(|argon2| argon2.hash_password_with_salt(password.as_bytes(), &salt).ok());
            hash.map(|hash| hash.to_string()).ok_or_else(|| Problem::internal("argon2 refused to hash"))
        })
        .await?
    }

    /// A hash in our form that no password has: for accounts whose owner has to set a password.
    pub fn of_no_password(&self) -> String {
        let [salt, hash] = [16, 32].map(|length| BASE64_NOPAD.encode(&self.ids.bytes::<32>()[..length]));
        format!("{}{salt}${hash}", self.form())
    }

    pub(crate) async fn verify(&self, password: &str, hash: &str) -> Result<Verdict, Problem> {
        self.verify_evenly(password, Some(hash), &[]).await
    }

    /// `None`: the account does not exist. The work is the same for every account whose hash has our form or one of
    /// these, and without an account the result is always `Wrong`.
    pub(crate) async fn verify_evenly(
        &self,
        password: &str,
        hash: Option<&str>,
        forms: &[String],
    ) -> Result<Verdict, Problem> {
        let ours = self.form();
        let (password, work) = (password.to_owned(), Work::of(hash, &ours, forms));
        let (verdict, more) = self
            .compute(move || {
                for hash in &work.thrown_away {
                    let _ = check(&password, hash, &ours);
                }
                let verdict = work.decides.as_ref().map_or(Verdict::Wrong, |hash| check(&password, hash, &ours));
                (verdict, work.thrown_away.len() + usize::from(work.decides.is_some()) - 1)
            })
            .await?;
        self.done.fetch_add(more, Ordering::SeqCst);
        Ok(verdict)
    }

    async fn compute<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
        let slot =
            QueueSlot::take(&self.queued).ok_or_else(|| Problem::busy("too many passwords are being checked"))?;
        let permit = self.permits.clone().acquire_owned().await.map_err(Problem::internal)?;
        let done = tokio::task::spawn_blocking(move || {
            // The thread holds them, not the request: a client that disconnects frees nothing before the work is done.
            let _held = (permit, slot);
            work()
        });
        let result = done.await.map_err(Problem::internal)?;
        self.done.fetch_add(1, Ordering::SeqCst);
        Ok(result)
    }
}

/// One of the places in the queue. Dropping it frees the place.
struct QueueSlot(Arc<AtomicUsize>);

impl QueueSlot {
    fn take(queued: &Arc<AtomicUsize>) -> Option<Self> {
        let slot = Self(queued.clone());
        (queued.fetch_add(1, Ordering::SeqCst) < QUEUE).then_some(slot)
    }
}

impl Drop for QueueSlot {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

fn check(password: &str, hash: &str, our_form: &str) -> Verdict {
    if hash.starts_with("$2") {
        return if bcrypt::verify(password, hash).unwrap_or(false) { Verdict::Outdated } else { Verdict::Wrong };
    }
    let Ok(parsed) = PasswordHash::new(hash) else {
        return Verdict::Wrong;
    };
    match Argon2::default().verify_password(password.as_bytes(), &parsed) {
        Ok(()) if hash.starts_with(our_form) => Verdict::Right,
        Ok(()) => Verdict::Outdated,
        Err(_) => Verdict::Wrong,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;

    use axum::http::StatusCode;
    use kit::runtime::ids::Ids;

    use super::{Cost, Hasher, QUEUE, Verdict};

    const OUR_FORM: &str = "$argon2id$v=19$m=19456,t=2,p=1$";

    fn hasher() -> Hasher {
        Hasher::new(Ids::seeded(1), Cost::RECOMMENDED)
    }

    #[tokio::test]
    async fn a_hash_is_salted_and_checked() {
        let hasher = hasher();
        let (one, two) = (hasher.hash("correct horse").await.unwrap(), hasher.hash("correct horse").await.unwrap());
        assert_ne!(one, two);
        assert!(one.starts_with(OUR_FORM), "{one}");
        assert_eq!(hasher.verify("correct horse", &one).await.unwrap(), Verdict::Right);
        assert_eq!(hasher.verify("wrong horse", &one).await.unwrap(), Verdict::Wrong);
        let bcrypt = bcrypt::hash("correct horse", 4).unwrap();
        assert_eq!(hasher.verify("correct horse", &bcrypt).await.unwrap(), Verdict::Outdated);
        assert_eq!(hasher.verify("wrong horse", &bcrypt).await.unwrap(), Verdict::Wrong);
    }

    #[tokio::test]
    async fn every_account_and_none_take_as_many_computations() {
        let hasher = hasher();
        let forms = ["$2b$04$", "$argon2id$v=19$m=64,t=1,p=1$"].map(str::to_owned);
        let bcrypt = bcrypt::hash("correct horse", 4).unwrap();
        let (ours, nobody) = (hasher.hash("correct horse").await.unwrap(), hasher.of_no_password());
        for (hash, verdict) in [
            (None, Verdict::Wrong),
            (Some(nobody.as_str()), Verdict::Wrong),
            (Some(ours.as_str()), Verdict::Right),
            (Some(bcrypt.as_str()), Verdict::Outdated),
        ] {
            for forms in [&forms[..], &[]] {
                let before = hasher.computed();
                assert_eq!(hasher.verify_evenly("correct horse", hash, forms).await.unwrap(), verdict);
                assert_eq!(hasher.computed() - before, 1 + forms.len());
            }
        }
    }

    #[tokio::test]
    async fn a_full_queue_refuses_as_busy() {
        let hasher = hasher();
        hasher.queued.fetch_add(QUEUE, Ordering::SeqCst);
        let refused = hasher.verify("any", OUR_FORM).await.unwrap_err();
        assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
        hasher.queued.fetch_sub(QUEUE, Ordering::SeqCst);
        assert!(hasher.verify("any", OUR_FORM).await.is_ok());
        assert_eq!(hasher.queued.load(Ordering::SeqCst), 0);
    }
}
