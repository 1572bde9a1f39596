//! Reviews: what customers wrote about a product that they bought, and what came of it. Each change makes the next
//! [`Review`]; what follows from a change is decided on the review before and after it ([`ReviewChange`]).

use serde::{Deserialize, Serialize};

use crate::actor::ActorId;
use crate::event::Event;
use crate::id::{ImageId, OrderId, ProductId, ReviewId, UserId};
use crate::order::{Hold, Order, OrderLine, PaymentStatus};
use crate::product::Image;
use crate::rating::Stars;
use crate::text::PersonName;
use crate::time::Time;

/// The most characters of a title, of a text, and of an answer of the shop.
pub const MAX_TITLE: usize = 120;
pub const MAX_TEXT: usize = 2_000;
pub const MAX_ANSWER: usize = 2_000;
/// The most characters of the reason of a rejection, and of a report.
pub const MAX_REASON: usize = 200;
/// How many reviews can be asked about at once.
pub const MAX_MARKED: usize = 100;
/// The most pictures of a review.
pub const MAX_PICTURES: usize = 4;
/// In so many of the newest orders of an account the shop looks for the product.
pub const MAX_ORDERS: u32 = 100;

/// When the shop shows what customers write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moderation {
    /// Staff approve it first.
    Before,
    /// At once. Staff look at what was reported.
    After,
}

impl Moderation {
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        match text {
            "before" => Ok(Self::Before),
            "after" => Ok(Self::After),
            _ => Err("must be before or after"),
        }
    }
}

/// Who wrote a review: an account, or the mailbox of a guest by its fingerprint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reviewer {
    User(UserId),
    Guest(String),
}

impl Reviewer {
    pub fn user(&self) -> Option<UserId> {
        match self {
            Self::User(id) => Some(*id),
            Self::Guest(_) => None,
        }
    }
}

impl std::fmt::Display for Reviewer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::User(id) => id.fmt(f),
            Self::Guest(fingerprint) => write!(f, "guest_{fingerprint}"),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReviewState {
    /// Staff have not looked at it yet.
    Pending,
    /// Customers see it.
    Approved,
    Rejected,
}

impl ReviewState {
    pub const ALL: [Self; 3] = [Self::Pending, Self::Approved, Self::Rejected];

    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
        }
    }
}

/// The orders of lists of a product's reviews.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReviewSort {
    Newest,
    /// What most customers found helpful first.
    Helpful,
    RatingDown,
    RatingUp,
}

impl ReviewSort {
    pub const ALL: [Self; 4] = [Self::Newest, Self::Helpful, Self::RatingDown, Self::RatingUp];

    pub fn name(self) -> &'static str {
        match self {
            Self::Newest => "newest",
            Self::Helpful => "helpful",
            Self::RatingDown => "rating:desc",
            Self::RatingUp => "rating:asc",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.name() == text)
    }
}

/// What its author writes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewContent {
    pub stars: Stars,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The name to show. Without one nobody learns who wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<PersonName>,
}

/// What the shop answers in public.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewAnswer {
    pub text: String,
    pub by: ActorId,
    pub at: Time,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    pub id: ReviewId,
    pub product_id: ProductId,
    /// The order that shows that its author bought the product.
    pub order_id: OrderId,
    /// `None`: the account was deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<Reviewer>,
    #[serde(flatten)]
    pub content: ReviewContent,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub images: Vec<Image>,
    pub state: ReviewState,
    /// Why staff rejected it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<ReviewAnswer>,
    /// How many customers found it helpful.
    #[serde(default)]
    pub helpful: u32,
    /// How many customers reported it since staff looked at it last.
    #[serde(default)]
    pub reports: u32,
    /// Raised by every change that is not a vote or a report.
    pub version: u64,
    /// Raised by every change.
    pub change: u64,
    pub created_at: Time,
    pub updated_at: Time,
}

/// Why a review cannot have another picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("A review has at most {MAX_PICTURES} pictures.")]
pub struct TooManyPictures;

/// Whether this order shows that its buyer has the product: it was paid, and at least one unit did not come back.
pub fn has_bought(order: &Order, lines: &[OrderLine], product: ProductId) -> bool {
    let is_paid = matches!(order.payment_status, PaymentStatus::Paid | PaymentStatus::PartiallyRefunded);
    let is_kept = |line: &OrderLine| line.quantity > order.returned.get(&line.variant_id).copied().unwrap_or(0);
    is_paid && order.hold == Hold::Taken && lines.iter().any(|line| line.product_id == product && is_kept(line))
}

/// A new review, before it is written.
#[derive(Debug, Clone)]
pub struct NewReview {
    pub id: ReviewId,
    pub product_id: ProductId,
    pub order_id: OrderId,
    pub author: Reviewer,
    pub content: ReviewContent,
}

impl Review {
    pub fn submit(new: NewReview, moderation: Moderation, now: Time) -> Self {
        Self {
            id: new.id,
            product_id: new.product_id,
            order_id: new.order_id,
            author: Some(new.author),
            content: new.content,
            images: Vec::new(),
            state: match moderation {
                Moderation::Before => ReviewState::Pending,
                Moderation::After => ReviewState::Approved,
            },
            reason: None,
            answer: None,
            helpful: 0,
            reports: 0,
            version: 1,
            change: 1,
            created_at: now,
            updated_at: now,
        }
    }

    pub fn is_shown(&self) -> bool {
        self.state == ReviewState::Approved
    }

    pub fn is_by(&self, user: UserId) -> bool {
        self.author == Some(Reviewer::User(user))
    }

    pub fn has_image(&self, id: ImageId) -> bool {
        self.images.iter().any(|image| image.id == id)
    }

    /// The next version.
    fn next(&self, now: Time, change: impl FnOnce(&mut Self)) -> Self {
        let mut next = self.clone();
        change(&mut next);
        next.version += 1;
        next.change += 1;
        next.updated_at = now;
        next
    }

    /// Staff look at what its author changed, unless the shop shows everything at once. What they rejected once, they
    /// look at again in any case.
    fn wait_for_staff(&mut self, moderation: Moderation) {
        if moderation == Moderation::Before || self.state != ReviewState::Approved {
            self.state = ReviewState::Pending;
            self.reason = None;
            self.reports = 0;
        }
    }

    /// `None` if it says the same already.
    pub fn edited(&self, content: &ReviewContent, moderation: Moderation, now: Time) -> Option<Self> {
        let edit = |next: &mut Self| {
            next.content = content.clone();
            next.wait_for_staff(moderation);
        };
        (*content != self.content).then(|| self.next(now, edit))
    }

    pub fn with_image(&self, image: Image, moderation: Moderation, now: Time) -> Result<Self, TooManyPictures> {
        if self.images.len() >= MAX_PICTURES {
            return Err(TooManyPictures);
        }
        Ok(self.next(now, |next| {
            next.images.push(image);
            next.wait_for_staff(moderation);
        }))
    }

    /// Nobody needs to look at it again, because nothing is new in it.
    pub fn without_image(&self, id: ImageId, now: Time) -> Option<Self> {
        self.has_image(id).then(|| self.next(now, |next| next.images.retain(|image| image.id != id)))
    }

    /// `None` if it is approved already, and was not reported since.
    pub fn approved(&self, now: Time) -> Option<Self> {
        let approve = |next: &mut Self| {
            next.state = ReviewState::Approved;
            next.reason = None;
            next.reports = 0;
        };
        (!self.is_shown() || self.reports > 0).then(|| self.next(now, approve))
    }

    /// `None` if it is rejected for the same reason already.
    pub fn rejected(&self, reason: &str, now: Time) -> Option<Self> {
        let is_so = self.state == ReviewState::Rejected && self.reason.as_deref() == Some(reason);
        let reject = |next: &mut Self| {
            next.state = ReviewState::Rejected;
            next.reason = Some(reason.to_owned());
            next.reports = 0;
        };
        (!is_so).then(|| self.next(now, reject))
    }

    /// `None` if the shop answers the same already.
    pub fn answered(&self, answer: Option<ReviewAnswer>, now: Time) -> Option<Self> {
        let text = |answer: &Option<ReviewAnswer>| answer.as_ref().map(|answer| answer.text.clone());
        (text(&answer) != text(&self.answer)).then(|| self.next(now, |next| next.answer = answer))
    }

    /// A customer finds it helpful, or does not any more.
    #[must_use]
    pub fn voted(&self, helpful: bool) -> Self {
        let votes = if helpful { self.helpful.saturating_add(1) } else { self.helpful.saturating_sub(1) };
        Self { helpful: votes, change: self.change + 1, ..self.clone() }
    }

    #[must_use]
    pub fn reported(&self) -> Self {
        Self { reports: self.reports.saturating_add(1), change: self.change + 1, ..self.clone() }
    }

    /// What the shop keeps when its author deletes the account: stars and words, without name and pictures.
    #[must_use]
    pub fn anonymous(&self, now: Time) -> Self {
        self.next(now, |next| {
            next.author = None;
            next.content.name = None;
            next.images.clear();
        })
    }
}

/// A review before and after a change. A new one has no before, a deleted one no after.
#[derive(Debug, Clone, Copy)]
pub struct ReviewChange<'a> {
    pub before: Option<&'a Review>,
    pub after: Option<&'a Review>,
}

impl<'a> ReviewChange<'a> {
    pub fn new(after: &'a Review) -> Self {
        Self { before: None, after: Some(after) }
    }

    pub fn of(before: &'a Review, after: &'a Review) -> Self {
        Self { before: Some(before), after: Some(after) }
    }

    pub fn deletion(before: &'a Review) -> Self {
        Self { before: Some(before), after: None }
    }

    /// The stars that the product's rating loses, and those that it gets.
    pub fn stars(self) -> StarsChange {
        let shown = |review: Option<&Review>| review.filter(|review| review.is_shown()).map(|it| it.content.stars);
        let (lost, got) = (shown(self.before), shown(self.after));
        if lost == got { StarsChange::default() } else { StarsChange { lost, got } }
    }

    /// What others learn of it. Votes, reports and answers make no event.
    pub fn events(self) -> Vec<Event> {
        let Some(review) = self.after.or(self.before) else {
            return Vec::new();
        };
        let (product_id, review_id) = (review.product_id, review.id);
        let mut events = Vec::new();
        match (self.before, self.after) {
            (Some(_), None) => events.push(Event::ReviewDeleted { product_id, review_id }),
            (before, Some(after)) => {
                let is_written = |before: &Review| {
                    before.content != after.content || after.images.iter().any(|image| !before.has_image(image.id))
                };
                if before.is_none_or(is_written) {
                    events.push(Event::ReviewSubmitted { product_id, review_id });
                }
                if before.map(|before| before.state) != Some(after.state) {
                    match after.state {
                        ReviewState::Pending => {}
                        ReviewState::Approved => events.push(Event::ReviewApproved { product_id, review_id }),
                        ReviewState::Rejected => events.push(Event::ReviewRejected { product_id, review_id }),
                    }
                }
            }
            (None, None) => {}
        }
        events.extend(self.pictures());
        events
    }

    /// Pictures that go, or that are hidden or shown again.
    fn pictures(self) -> Option<Event> {
        let before = self.before?;
        let stays = |id: ImageId| self.after.is_some_and(|after| after.has_image(id));
        let ids = before.images.iter().map(|image| image.id);
        let removed_images: Vec<ImageId> = ids.filter(|id| !stays(*id)).collect();
        let is_rejected = |review: &Review| review.state == ReviewState::Rejected;
        let is_moved = |after: &Review| !after.images.is_empty() && is_rejected(before) != is_rejected(after);
        let is_needed = self.after.is_some_and(is_moved) || !removed_images.is_empty();
        is_needed.then_some(Event::ReviewPicturesChanged { review_id: before.id, removed_images })
    }
}

/// What a change of a review does to the rating of its product.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StarsChange {
    pub lost: Option<Stars>,
    pub got: Option<Stars>,
}

#[cfg(test)]
mod tests;
