//! Reviews in JSON: for customers, for their authors, and for staff.

use domain::rating::{Rating, Stars};
use domain::review::{Review, ReviewAnswer, Reviewer};
use serde::Serialize;
use utoipa::ToSchema;

use crate::cards::ImageBody;

/// What a customer wrote about a product that they bought.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReviewBody {
    id: String,
    product_id: String,
    /// 1 to 5.
    stars: u8,
    /// Null if there is none.
    title: Option<String>,
    /// Null if there are only stars.
    text: Option<String>,
    /// The name that its author wants to show. Null if they want to show none, or deleted the account.
    name: Option<String>,
    /// Pictures that its author took, at most four.
    images: Vec<ImageBody>,
    /// How many customers found it helpful.
    helpful: u32,
    /// What the shop answers. Null if it did not.
    answer: Option<ReviewAnswerBody>,
    created_at: String,
    updated_at: String,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReviewAnswerBody {
    /// The words of the shop.
    text: String,
    at: String,
}

/// A review, as its author sees it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OwnReviewBody {
    #[serde(flatten)]
    review: ReviewBody,
    /// `pending`, `approved` or `rejected`. Customers see only approved ones.
    state: &'static str,
    /// Why the shop rejected it. Null if it did not.
    reason: Option<String>,
    /// The order that the product was bought with.
    order_id: String,
}

/// A review, as staff see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WholeReviewBody {
    #[serde(flatten)]
    review: ReviewBody,
    /// `pending`, `approved` or `rejected`. Customers see only approved ones.
    state: &'static str,
    /// Why it was rejected. Null if it was not.
    reason: Option<String>,
    /// The order that the product was bought with.
    order_id: String,
    /// Who wrote it. Null for a guest, and after the account was deleted.
    user_id: Option<String>,
    /// How many customers reported it since staff looked at it last.
    reports: u32,
}

/// What customers think of a product, in numbers.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RatingSummaryBody {
    /// The average of all stars in hundredths: 453 is 4.53 stars. Null without reviews.
    average: Option<u16>,
    /// How many reviews there are.
    count: u32,
    /// How many reviews have how many stars, from five to one.
    histogram: Vec<StarCountBody>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StarCountBody {
    /// 1 to 5.
    stars: u8,
    /// How many reviews have so many stars.
    count: u32,
}

impl ReviewBody {
    pub fn of(review: &Review, images_url: &str) -> Self {
        let content = &review.content;
        let image = |image| ImageBody::of_review(review.id, image, images_url);
        Self {
            id: review.id.to_string(),
            product_id: review.product_id.to_string(),
            stars: content.stars.get(),
            title: content.title.clone(),
            text: content.text.clone(),
            name: content.name.as_ref().map(|name| name.as_str().to_owned()),
            images: review.images.iter().map(image).collect(),
            helpful: review.helpful,
            answer: review.answer.as_ref().map(ReviewAnswerBody::from),
            created_at: review.created_at.to_string(),
            updated_at: review.updated_at.to_string(),
        }
    }
}

impl From<&ReviewAnswer> for ReviewAnswerBody {
    fn from(answer: &ReviewAnswer) -> Self {
        Self { text: answer.text.clone(), at: answer.at.to_string() }
    }
}

impl OwnReviewBody {
    pub fn of(review: &Review, images_url: &str) -> Self {
        Self {
            review: ReviewBody::of(review, images_url),
            state: review.state.name(),
            reason: review.reason.clone(),
            order_id: review.order_id.to_string(),
        }
    }
}

impl WholeReviewBody {
    pub fn of(review: &Review, images_url: &str) -> Self {
        Self {
            review: ReviewBody::of(review, images_url),
            state: review.state.name(),
            reason: review.reason.clone(),
            order_id: review.order_id.to_string(),
            user_id: review.author.as_ref().and_then(Reviewer::user).map(|id| id.to_string()),
            reports: review.reports,
        }
    }
}

impl From<Rating> for RatingSummaryBody {
    fn from(rating: Rating) -> Self {
        let counts = (Stars::MIN..=Stars::MAX).zip(rating.histogram());
        let histogram = counts.rev().map(|(stars, count)| StarCountBody { stars, count });
        Self { average: rating.average(), count: rating.count(), histogram: histogram.collect() }
    }
}
