//! Commits changes of reviews. If another change came first, the review is read and the change decided again.

use domain::review::{Review, ReviewChange};
use domain::time::Time;
use kit::http::problem::Problem;
use store::Commit;
use store::retry::{Attempt, retry_from};
use store::reviews::{ReviewConflict, ReviewWrites};

use crate::App;
use crate::author::missing;

/// What becomes of a review.
pub(crate) enum Decision {
    /// It stays as it is.
    Keep,
    Write(Box<Review>),
    Delete,
}

impl From<Option<Review>> for Decision {
    fn from(changed: Option<Review>) -> Self {
        changed.map_or(Self::Keep, |after| Self::Write(Box::new(after)))
    }
}

impl App {
    /// Commits a change with its events.
    pub(crate) async fn commit(
        &self,
        change: ReviewChange<'_>,
        more: ReviewWrites,
        now: Time,
    ) -> Result<(), Commit<ReviewConflict>> {
        let ids = &self.context.ids;
        let events = change.events().into_iter().map(|event| ids.outbox_event(event, now)).collect();
        let more = ReviewWrites { events, ..more };
        self.context.store.change_review(ids.transaction(now), change, &more, now).await
    }

    /// Decides on a review that was read, and commits. `more` is what is written with it. Returns the review after it; of
    /// a deleted one, the review before.
    pub(crate) async fn change(
        &self,
        review: Review,
        decide: impl Fn(&Review, Time) -> Result<Decision, Problem>,
        more: impl Fn(&Review, Time) -> ReviewWrites,
    ) -> Result<Review, Problem> {
        let (id, decide, more) = (review.id, &decide, &more);
        let read = || async { self.context.store.review(id).await?.ok_or_else(missing) };
        let attempt = |review: Review| async move {
            let now = self.context.clock.now();
            let after = match decide(&review, now)? {
                Decision::Keep => return Ok(Attempt::Done(review)),
                Decision::Write(after) => Some(*after),
                Decision::Delete => None,
            };
            let change = ReviewChange { before: Some(&review), after: after.as_ref() };
            match Box::pin(self.commit(change, more(&review, now), now)).await {
                Ok(()) => Ok(Attempt::Done(after.unwrap_or(review))),
                Err(Commit::Refused(ReviewConflict::AlreadyDone)) => Ok(Attempt::Done(review)),
                Err(Commit::Refused(ReviewConflict::Changed | ReviewConflict::AlreadyReviewed)) => {
                    Ok(Attempt::Overtaken)
                }
                Err(Commit::Store(error)) => Err(error.into()),
            }
        };
        // Boxed, because every handler's future would be large with it inside.
        Box::pin(retry_from("the review", review, read, attempt)).await
    }
}
