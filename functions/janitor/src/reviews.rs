//! What becomes of somebody's reviews and votes when the account is deleted.

use domain::id::{ReviewId, UserId};
use domain::review::{Review, ReviewChange, Reviewer};
use domain::time::Time;
use store::page::PageRequest;
use store::retry::{Attempt, retry};
use store::reviews::{ReviewConflict, ReviewMark, ReviewWrites};
use store::{Commit, StoreError};

use crate::Janitor;

/// How many reviews and votes are read at once.
const AT_ONCE: u32 = 100;

impl Janitor {
    /// Their reviews stay without a name and without pictures, and their votes are taken back. Repeating it is safe.
    pub(crate) async fn forget_reviewer(&self, user_id: UserId, now: Time) -> Result<(), StoreError> {
        let (store, reviewer) = (&self.orders.store, Reviewer::User(user_id));
        let mut request = PageRequest { limit: AT_ONCE, after: None };
        loop {
            let page = store.reviews_by(&reviewer, &request).await?;
            for review in page.items {
                let forget = |review: &Review| {
                    let forgotten = review.is_by(user_id).then(|| review.anonymous(now));
                    forgotten.map(|review| (review, ReviewWrites::default()))
                };
                self.change_review(review.id, forget, now).await?;
            }
            request.after = page.next;
            if request.after.is_none() {
                break;
            }
        }
        loop {
            let votes = store.votes_of(user_id, AT_ONCE as usize).await?;
            for &review_id in &votes {
                let unvote = |review: &Review| {
                    let mark = Some(ReviewMark::Unvote { user_id });
                    Some((review.voted(false), ReviewWrites { mark, ..ReviewWrites::default() }))
                };
                if !self.change_review(review_id, unvote, now).await? {
                    store.forget_vote(review_id, user_id).await?;
                }
            }
            if votes.len() < AT_ONCE as usize {
                return Ok(());
            }
        }
    }

    /// `false` if there is no such review any more.
    async fn change_review(
        &self,
        id: ReviewId,
        decide: impl Fn(&Review) -> Option<(Review, ReviewWrites)>,
        now: Time,
    ) -> Result<bool, StoreError> {
        let (store, ids, decide) = (&self.orders.store, &self.orders.ids, &decide);
        retry("the review", || async move {
            let Some(review) = store.review(id).await? else {
                return Ok(Attempt::Done(false));
            };
            let Some((after, more)) = decide(&review) else {
                return Ok(Attempt::Done(true));
            };
            let change = ReviewChange::of(&review, &after);
            let events = change.events().into_iter().map(|event| ids.outbox_event(event, now)).collect();
            let more = ReviewWrites { events, ..more };
            match store.change_review(ids.transaction(now), change, &more, now).await {
                Ok(()) | Err(Commit::Refused(ReviewConflict::AlreadyDone)) => Ok(Attempt::Done(true)),
                Err(Commit::Refused(_)) => Ok(Attempt::Overtaken),
                Err(Commit::Store(error)) => Err(error),
            }
        })
        .await
    }
}
