//! Reviews, the votes and reports about them, and the ratings of products.
//!
//! Every change of a review, a vote too, is one transaction that commits if nobody changed the review in between. It
//! writes what follows from the change: the entries of lists, and the counters of the rating. So these are exact without
//! being read.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use domain::id::{ImageId, ProductId, ReviewId, TransactionId, UserId};
use domain::rating::{Rating, Stars};
use domain::review::{Review, ReviewChange, ReviewSort, ReviewState, Reviewer};
use domain::time::Time;
use domain::upload::UploadState;
use serde::{Deserialize, Serialize};

use crate::audit::AuditEntry;
use crate::due::{Due, Task};
use crate::engine::error::{Commit, StoreError};
use crate::engine::expression::{Change, Require};
use crate::engine::item::{Attributes, Item, number, read};
use crate::engine::page::{ALL, Cursor, KeyRange, Page, PageRequest};
use crate::keys::{GSI1, GSI2, Key, REVIEW_REPORT_PREFIX, SHARDS};
use crate::outbox::OutboxEvent;
use crate::uploads::UploadRecord;
use crate::{Store, Transaction, keys};

/// How many reviews a list with two conditions looks at for one page, and how many of them are read at once.
const MAX_READ: usize = 1_000;
const STEP: usize = 100;

/// How long the shop knows who reported a review.
const REPORT_KEPT: Duration = Duration::from_hours(365 * 24);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReviewConflict {
    /// The review changed after it was read, or was deleted.
    Changed,
    /// The buyer has reviewed the product before.
    AlreadyReviewed,
    /// The vote, the report or the upload was taken before.
    AlreadyDone,
}

/// A report, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewReport {
    pub user_id: UserId,
    pub reason: String,
    pub at: Time,
}

/// What one user says about a review, once.
#[derive(Debug, Clone)]
pub enum ReviewMark {
    Vote { user_id: UserId, at: Time },
    Unvote { user_id: UserId },
    Report(ReviewReport),
}

/// What is written with a change of a review.
#[derive(Debug, Clone, Default)]
pub struct ReviewWrites {
    pub events: Vec<OutboxEvent>,
    pub audit: Option<AuditEntry>,
    pub mark: Option<ReviewMark>,
    /// The upload whose picture the review gets.
    pub upload: Option<(UploadRecord, ImageId)>,
    /// For a new review: the same person by another name, who must not have reviewed the product.
    pub not_by: Option<Reviewer>,
}

/// What a buyer wrote about a product.
#[derive(Debug, Serialize, Deserialize)]
struct Written {
    review_id: ReviewId,
}

#[derive(Debug, Serialize, Deserialize)]
struct Vote {
    review_id: ReviewId,
    user_id: UserId,
    at: Time,
}

type Writes = Transaction<ReviewConflict>;

fn review_item(review: &Review) -> Result<Item, StoreError> {
    let item = Item::new(keys::review(review.id), review)?;
    Ok(if review.is_shown() {
        item.index(keys::review_of_product(review.product_id, review.id)).index(keys::review_by_votes(
            review.product_id,
            review.helpful,
            review.id,
        ))
    } else {
        item.index(keys::review_by_state(review.state, review.id))
    })
}

/// The entries of lists that are items of their own.
fn entries(review: Option<&Review>) -> BTreeSet<Key> {
    let Some(review) = review.filter(|review| review.is_shown()) else {
        return BTreeSet::new();
    };
    let by_stars = keys::review_by_stars(review.product_id, review.content.stars, review.id);
    let reported = (review.reports > 0).then(|| keys::reported_review(review.id));
    [by_stars].into_iter().chain(reported).collect()
}

impl ReviewMark {
    fn write(&self, writes: Writes, id: ReviewId) -> Result<Writes, StoreError> {
        let once = ReviewConflict::AlreadyDone;
        Ok(match self {
            &Self::Vote { user_id, at } => {
                let item = Item::new(keys::review_vote(id, user_id), &Vote { review_id: id, user_id, at })?;
                writes.put_new(item.index(keys::review_vote_of(user_id, id)), once)
            }
            &Self::Unvote { user_id } => writes.delete_if(keys::review_vote(id, user_id), vec![Require::Exists], once),
            Self::Report(report) => {
                let item = Item::new(keys::review_report(id, report.user_id), report)?;
                writes.put_new(item.expires(report.at + REPORT_KEPT), once)
            }
        })
    }
}

/// The review itself, and what makes it the only one of its author about the product.
fn write_review(mut writes: Writes, change: ReviewChange<'_>, now: Time) -> Result<Writes, StoreError> {
    let unchanged = |before: &Review| vec![Require::Equals("change", number(before.change))];
    let key = |review: &Review| review.author.as_ref().map(|author| keys::reviewer(author, review.product_id));
    match (change.before, change.after) {
        (None, Some(after)) => {
            if let Some(author) = &after.author {
                let item = Item::new(keys::reviewer(author, after.product_id), &Written { review_id: after.id })?;
                let item = item.index(keys::reviews_of(author, after.id));
                writes = writes.put_new(item, ReviewConflict::AlreadyReviewed);
            }
            writes = writes.put_new(review_item(after)?, ReviewConflict::Changed);
        }
        (Some(before), Some(after)) => {
            writes = writes.put_if(review_item(after)?, unchanged(before), ReviewConflict::Changed);
            if let Some(gone) = key(before).filter(|_| after.author.is_none()) {
                writes = writes.delete(gone);
            }
        }
        (Some(before), None) => {
            writes = writes.delete_if(keys::review(before.id), unchanged(before), ReviewConflict::Changed);
            if let Some(gone) = key(before) {
                writes = writes.delete(gone);
            }
            let forget = Due { at: now, task: Task::ForgetReview { review_id: before.id } };
            writes = writes.put(forget.item()?);
        }
        (None, None) => {}
    }
    Ok(writes)
}

/// Counters that only go up and down, so those of two reviews of a product are not in each other's way for long.
fn rate(writes: Writes, change: ReviewChange<'_>) -> Writes {
    let Some(product) = change.after.or(change.before).map(|review| review.product_id) else {
        return writes;
    };
    let stars = change.stars();
    let by = |stars: Option<Stars>, amount: i64| stars.map(|stars| (Rating::counter(stars), amount));
    let counters = [by(stars.lost, -1), by(stars.got, 1)];
    let counters: Vec<(&str, i64)> = counters.into_iter().flatten().collect();
    if counters.is_empty() {
        return writes;
    }
    let add = |change: Change, (name, amount): (&'static str, i64)| change.add(name, amount);
    let rating = Change::at(keys::product_rating(product));
    writes.change(counters.into_iter().fold(rating, add), ReviewConflict::Changed)
}

impl Store {
    /// Commits a change that was decided on `change.before`, with everything that follows from it.
    pub async fn change_review(
        &self,
        token: TransactionId,
        change: ReviewChange<'_>,
        more: &ReviewWrites,
        now: Time,
    ) -> Result<(), Commit<ReviewConflict>> {
        let Some(review) = change.after.or(change.before) else {
            return Ok(());
        };
        let mut writes = Transaction::new(token);
        // These first: what was taken before is not said to have changed meanwhile.
        if let Some(mark) = &more.mark {
            writes = mark.write(writes, review.id)?;
        }
        if let Some((upload, image_id)) = &more.upload {
            let shown = upload.with(UploadState::Shown { image_id: *image_id });
            writes = writes.put_if(shown.item()?, upload.unchanged(), ReviewConflict::AlreadyDone);
        }
        if let Some(other) = &more.not_by {
            let key = keys::reviewer(other, review.product_id);
            writes = writes.check(key, vec![Require::Absent], ReviewConflict::AlreadyReviewed);
        }
        writes = rate(write_review(writes, change, now)?, change);
        let (old, new) = (entries(change.before), entries(change.after));
        for key in old.difference(&new) {
            writes = writes.delete(key.clone());
        }
        for key in new.difference(&old) {
            writes = writes.put(Item::bare(key.clone()));
        }
        for event in &more.events {
            writes = writes.put(event.item()?);
        }
        if let Some(audit) = &more.audit {
            writes = writes.put(audit.item()?);
        }
        self.commit(writes).await
    }

    pub async fn review(&self, id: ReviewId) -> Result<Option<Review>, StoreError> {
        self.get(&keys::review(id)).await
    }

    /// These reviews in this order, without those that do not exist.
    pub async fn reviews(&self, ids: &[ReviewId]) -> Result<Vec<Review>, StoreError> {
        let keys: Vec<Key> = ids.iter().map(|&id| keys::review(id)).collect();
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let mut found = self.get_many(&[], &keys.iter().collect::<Vec<_>>()).await?;
        let reviews = keys.iter().map(|key| found.take(key)).collect::<Result<Vec<_>, _>>()?;
        Ok(reviews.into_iter().flatten().collect())
    }

    /// A page of the reviews of a product that customers see; with stars only those that have as many. What has the same
    /// place is sorted by its age. With stars, the most helpful are looked for among the first thousand after the cursor,
    /// so a page can be short.
    pub async fn reviews_of_product(
        &self,
        product: ProductId,
        sort: ReviewSort,
        stars: Option<Stars>,
        request: &PageRequest,
    ) -> Result<Page<Review>, StoreError> {
        let all = KeyRange::of(keys::product_reviews_partition(product));
        let mut page = match (sort, stars) {
            (ReviewSort::Newest, None) => self.page(&all.in_index(GSI1).newest_first(), request).await?,
            (ReviewSort::Helpful, None) => self.page(&all.in_index(GSI2).newest_first(), request).await?,
            (ReviewSort::Helpful, Some(stars)) => self.helpful_with(&all.in_index(GSI2), stars, request).await?,
            (ReviewSort::RatingUp, None) => self.entries_page(&all, request, keys::starred_review).await?,
            (ReviewSort::RatingDown, None) => {
                self.entries_page(&all.newest_first(), request, keys::starred_review).await?
            }
            (_, Some(stars)) => {
                let range = all.with_prefix(keys::stars_prefix(stars)).newest_first();
                self.entries_page(&range, request, keys::starred_review).await?
            }
        };
        // An index may be a moment late.
        page.items.retain(Review::is_shown);
        Ok(page)
    }

    async fn helpful_with(
        &self,
        range: &KeyRange,
        stars: Stars,
        request: &PageRequest,
    ) -> Result<Page<Review>, StoreError> {
        let range = range.clone().newest_first();
        let (limit, mut after) = (request.limit as usize, request.after.clone());
        let mut items: Vec<Review> = Vec::new();
        for _ in 0..MAX_READ / STEP {
            let read_at_once = self.query(&range, after.as_ref().map(Cursor::place), STEP).await?;
            let is_last = read_at_once.len() < STEP;
            for (place, item) in read_at_once {
                after = Some(Cursor::after(place));
                let review: Review = read(item)?;
                if review.content.stars == stars {
                    items.push(review);
                }
                if items.len() == limit {
                    return Ok(Page { items, next: after });
                }
            }
            if is_last {
                after = None;
                break;
            }
        }
        Ok(Page { items, next: after })
    }

    /// A page of a list whose entries are only keys.
    async fn entries_page(
        &self,
        range: &KeyRange,
        request: &PageRequest,
        review: fn(&str) -> Option<ReviewId>,
    ) -> Result<Page<Review>, StoreError> {
        let limit = request.limit as usize;
        let mut entries = self.query(range, request.after.as_ref().map(Cursor::place), limit + 1).await?;
        let more = entries.len() > limit;
        entries.truncate(limit);
        let next = entries.last().filter(|_| more).map(|(place, _)| Cursor::after(place.clone()));
        let ids: Vec<ReviewId> = entries.iter().filter_map(|(place, _)| review(place)).collect();
        Ok(Page { items: self.reviews(&ids).await?, next })
    }

    /// The reviews of one buyer, newest first.
    pub async fn reviews_by(&self, reviewer: &Reviewer, request: &PageRequest) -> Result<Page<Review>, StoreError> {
        let range = KeyRange::of(keys::reviewer_partition(reviewer)).in_index(GSI1).newest_first();
        let page: Page<Written> = self.page(&range, request).await?;
        let ids: Vec<ReviewId> = page.items.iter().map(|written| written.review_id).collect();
        Ok(Page { items: self.reviews(&ids).await?, next: page.next })
    }

    /// What one buyer wrote about these products.
    pub async fn reviews_about(
        &self,
        reviewer: &Reviewer,
        products: &BTreeSet<ProductId>,
    ) -> Result<Vec<Review>, StoreError> {
        let written = self.written(std::slice::from_ref(reviewer), products).await?;
        self.reviews(&written.into_iter().map(|(_, review)| review).collect::<Vec<_>>()).await
    }

    /// Those of these products that one of these has reviewed.
    pub async fn reviewed_products(
        &self,
        reviewers: &[Reviewer],
        products: &BTreeSet<ProductId>,
    ) -> Result<BTreeSet<ProductId>, StoreError> {
        Ok(self.written(reviewers, products).await?.into_iter().map(|(product, _)| product).collect())
    }

    /// What these wrote about these products.
    async fn written(
        &self,
        reviewers: &[Reviewer],
        products: &BTreeSet<ProductId>,
    ) -> Result<Vec<(ProductId, ReviewId)>, StoreError> {
        let key = |(reviewer, product): (&Reviewer, ProductId)| (product, keys::reviewer(reviewer, product));
        let pairs = reviewers.iter().flat_map(|reviewer| products.iter().map(move |&product| (reviewer, product)));
        let keys: Vec<(ProductId, Key)> = pairs.map(key).collect();
        let mut found = self.get_many(&[], &keys.iter().map(|(_, key)| key).collect::<Vec<_>>()).await?;
        let mut all = Vec::new();
        for (product, key) in &keys {
            all.extend(found.take::<Written>(key)?.map(|written| (*product, written.review_id)));
        }
        Ok(all)
    }

    /// Reviews that customers do not see, newest first.
    pub async fn reviews_in(&self, state: ReviewState, request: &PageRequest) -> Result<Page<Review>, StoreError> {
        let shard = |shard| KeyRange::of(keys::reviews_by_state_partition(state, shard)).in_index(GSI2).newest_first();
        self.merged_page(&(0..SHARDS).map(shard).collect::<Vec<_>>(), request).await
    }

    /// Reviews that were reported since staff looked at them, newest first.
    pub async fn reported_reviews(&self, request: &PageRequest) -> Result<Page<Review>, StoreError> {
        let range = KeyRange::of(keys::REPORTED_REVIEWS.to_owned()).newest_first();
        self.entries_page(&range, request, |place| ReviewId::parse(place).ok()).await
    }

    /// Some of the reports about a review.
    pub async fn review_reports(&self, id: ReviewId, limit: usize) -> Result<Vec<ReviewReport>, StoreError> {
        let range = KeyRange::of(keys::review_partition(id)).with_prefix(REVIEW_REPORT_PREFIX);
        let reports: Vec<(String, Attributes)> = self.query(&range, None, limit).await?;
        reports.into_iter().map(|(_, item)| read(item)).collect()
    }

    /// Some of the reviews that a user found helpful.
    pub async fn votes_of(&self, user: UserId, limit: usize) -> Result<Vec<ReviewId>, StoreError> {
        let range = KeyRange::of(keys::review_votes_of_partition(user)).in_index(GSI1);
        let votes = self.query(&range, None, limit).await?;
        votes.into_iter().map(|(_, item)| read::<Vote>(item).map(|vote| vote.review_id)).collect()
    }

    /// Which of these reviews a user found helpful.
    pub async fn voted_for(&self, user: UserId, reviews: &[ReviewId]) -> Result<Vec<ReviewId>, StoreError> {
        let votes: Vec<Key> = reviews.iter().map(|&id| keys::review_vote(id, user)).collect();
        let mut found = self.get_many(&[], &votes.iter().collect::<Vec<_>>()).await?;
        let voted = votes.iter().filter_map(|vote| found.take::<Vote>(vote).transpose());
        voted.map(|vote| vote.map(|vote| vote.review_id)).collect()
    }

    /// Removes a vote about a review that is gone.
    pub async fn forget_vote(&self, id: ReviewId, user: UserId) -> Result<(), StoreError> {
        self.delete(&keys::review_vote(id, user)).await
    }

    /// Removes what is left of a deleted review: votes and reports, the due item last. Repeating it is safe.
    pub async fn forget_review(&self, review_id: ReviewId) -> Result<(), StoreError> {
        let due = Task::ForgetReview { review_id }.key();
        let range = KeyRange::of(keys::review_partition(review_id));
        for (sk, _) in self.query(&range, None, ALL).await? {
            if sk != due.sk {
                self.delete(&Key { pk: due.pk.clone(), sk }).await?;
            }
        }
        self.delete(&due).await
    }

    /// The rating of one product.
    pub async fn rating(&self, product: ProductId) -> Result<Rating, StoreError> {
        Ok(self.get(&keys::product_rating(product)).await?.unwrap_or_default())
    }

    /// The ratings of those of these products that were ever rated.
    pub async fn ratings(&self, products: &[ProductId]) -> Result<BTreeMap<ProductId, Rating>, StoreError> {
        self.get_by(products, |&id| keys::product_rating(id)).await
    }
}
