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
