//! The reviews that a product's page has before its script runs: those that most customers found helpful.

use domain::review::Review;
use serde::Serialize;

use crate::App;

pub(crate) const REVIEWS: u32 = 5;

#[derive(Serialize)]
pub(crate) struct ShownReview<'a> {
    stars: String,
    title: Option<&'a str>,
    text: Option<&'a str>,
    author: &'a str,
    /// As programs read it.
    day: String,
    date: String,
    answer: Option<&'a str>,
}

impl<'a> ShownReview<'a> {
    pub(crate) fn of(app: &'a App, review: &'a Review) -> Self {
        let content = &review.content;
        Self {
            stars: app.words.stars(content.stars.get()),
            title: content.title.as_deref(),
            text: content.text.as_deref(),
            author: content.name.as_ref().map_or(app.words.anonymous.as_str(), |name| name.as_str()),
            day: review.created_at.day(),
            date: app.words.locale.date(review.created_at),
            answer: review.answer.as_ref().map(|answer| answer.text.as_str()),
        }
    }
}
