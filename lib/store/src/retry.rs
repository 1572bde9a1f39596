//! Read, decide, commit; and again if another change came first. Every change that is decided on what was read goes
//! through here, so there is one number of tries and one answer when they are used up.

use crate::StoreError;

/// Enough for fifty changes of the same item at the same time.
const MAX_TRIES: usize = 20;

/// What came of one try.
#[derive(Debug)]
pub enum Attempt<T> {
    /// Committed, or decided without a commit.
    Done(T),
    /// Another change was committed first. What was read is out of date.
    Overtaken,
}

/// Calls `attempt`, which reads, decides and commits, until it is done. `what` names the changed thing for the log.
pub async fn retry<T, E, F>(what: &str, mut attempt: impl FnMut() -> F) -> Result<T, E>
where
    E: From<StoreError>,
    F: Future<Output = Result<Attempt<T>, E>>,
{
    for _ in 0..MAX_TRIES {
        if let Attempt::Done(done) = attempt().await? {
            return Ok(done);
        }
    }
    Err(StoreError::Busy(format!("{what} changed at every try")).into())
}

/// The same, if the first try is decided on what was read already. `read` reads it again for the next tries.
pub async fn retry_from<R, T, E, G, F>(
    what: &str,
    first: R,
    read: impl Fn() -> G,
    attempt: impl Fn(R) -> F,
) -> Result<T, E>
where
    E: From<StoreError>,
    G: Future<Output = Result<R, E>>,
    F: Future<Output = Result<Attempt<T>, E>>,
{
    let (mut first, read, attempt) = (Some(first), &read, &attempt);
    retry(what, || {
        let known = first.take();
        async move {
            let current = match known {
                Some(known) => known,
                None => read().await?,
            };
            attempt(current).await
        }
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::{Attempt, MAX_TRIES, retry_from};
    use crate::StoreError;

    #[tokio::test]
    async fn the_first_try_uses_what_was_read_and_each_further_one_reads_again() {
        let read = || async { Ok::<_, StoreError>("read again") };
        let first = retry_from("it", "read", read, |found| async move { Ok(Attempt::Done(found)) }).await;
        assert_eq!(first, Ok("read"));
        let again = |found| async move { Ok(if found == "read" { Attempt::Overtaken } else { Attempt::Done(found) }) };
        assert_eq!(retry_from("it", "read", read, again).await, Ok("read again"));
    }

    #[tokio::test]
    async fn a_change_that_is_always_overtaken_is_busy() {
        let tries = std::cell::Cell::new(0);
        let attempt = |()| async {
            tries.set(tries.get() + 1);
            Ok::<_, StoreError>(Attempt::<()>::Overtaken)
        };
        let busy = retry_from("it", (), || async { Ok(()) }, attempt).await;
        assert!(matches!(busy, Err(StoreError::Busy(_))) && tries.get() == MAX_TRIES);
    }
}
