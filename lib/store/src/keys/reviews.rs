//! Reviews of products.

use domain::id::{ProductId, ReviewId, UserId};
use domain::rating::Stars;
use domain::review::{ReviewState, Reviewer};

use super::{GSI1, GSI2, IndexKey, Key, SHARDS};

/// A review, with the votes and reports about it, and its due work.
pub fn review_partition(id: ReviewId) -> String {
    format!("REVIEW#{id}")
}

pub fn review(id: ReviewId) -> Key {
    Key::new(review_partition(id), "REVIEW")
}

/// A user finds the review helpful.
pub fn review_vote(id: ReviewId, user: UserId) -> Key {
    Key::new(review_partition(id), format!("VOTE#{user}"))
}

/// GSI1 over what one user found helpful.
pub fn review_vote_of(user: UserId, id: ReviewId) -> IndexKey {
    IndexKey { index: GSI1, pk: review_votes_of_partition(user), sk: id.to_string() }
}

pub fn review_votes_of_partition(user: UserId) -> String {
    format!("VOTES#{user}")
}

pub const REVIEW_REPORT_PREFIX: &str = "REPORT#";

pub fn review_report(id: ReviewId, user: UserId) -> Key {
    Key::new(review_partition(id), format!("{REVIEW_REPORT_PREFIX}{user}"))
}

/// What a buyer wrote about a product. It makes the review unique.
pub fn reviewer(reviewer: &Reviewer, product: ProductId) -> Key {
    Key::new(reviewer_partition(reviewer), product.to_string())
}

pub fn reviewer_partition(reviewer: &Reviewer) -> String {
    format!("REVIEWER#{reviewer}")
}

/// GSI1 over the reviews of one buyer.
pub fn reviews_of(reviewer: &Reviewer, id: ReviewId) -> IndexKey {
    IndexKey { index: GSI1, pk: reviewer_partition(reviewer), sk: id.to_string() }
}

/// The reviews of a product that customers see, by their stars.
pub fn review_by_stars(product: ProductId, stars: Stars, id: ReviewId) -> Key {
    Key::new(product_reviews_partition(product), format!("{}{id}", stars_prefix(stars)))
}

pub fn stars_prefix(stars: Stars) -> String {
    format!("{}#", stars.get())
}

/// The review of an entry.
pub fn starred_review(sk: &str) -> Option<ReviewId> {
    ReviewId::parse(sk.split('#').nth(1)?).ok()
}

/// GSI1 over the reviews of a product that customers see, by their age.
pub fn review_of_product(product: ProductId, id: ReviewId) -> IndexKey {
    IndexKey { index: GSI1, pk: product_reviews_partition(product), sk: id.to_string() }
}

pub fn product_reviews_partition(product: ProductId) -> String {
    format!("REVIEWS#{product}")
}

/// GSI2 over the same, by how many customers found them helpful.
pub fn review_by_votes(product: ProductId, votes: u32, id: ReviewId) -> IndexKey {
    IndexKey { index: GSI2, pk: product_reviews_partition(product), sk: format!("{votes:010}#{id}") }
}

/// GSI2 over the reviews that customers do not see.
pub fn review_by_state(state: ReviewState, id: ReviewId) -> IndexKey {
    let pk = reviews_by_state_partition(state, id.shard(SHARDS));
    IndexKey { index: GSI2, pk, sk: id.to_string() }
}

pub fn reviews_by_state_partition(state: ReviewState, shard: u8) -> String {
    format!("REVIEWS#{}#{shard}", state.name())
}

pub const REPORTED_REVIEWS: &str = "REPORTEDREVIEWS";

/// A review that was reported since staff looked at it.
pub fn reported_review(id: ReviewId) -> Key {
    Key::new(REPORTED_REVIEWS, id.to_string())
}

/// How many of the reviews that customers see have how many stars.
pub fn product_rating(id: ProductId) -> Key {
    Key::new(format!("RATING#{id}"), "RATING")
}
