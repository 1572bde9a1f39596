//! What other customers say about a review: that it helps, or that it should not be there. Each says it once.

use std::time::Duration;

use axum::extract::{Path, State};
use domain::id::ReviewId;
use domain::rate::Limit;
use domain::review::{MAX_MARKED, MAX_REASON, Review};
use domain::text;
use kit::http::answer::{Answer, Envelope, Nothing};
use kit::http::auth::SignedIn;
use kit::http::body::{Body, Fields, Query, id_list};
use kit::http::problem::Problem;
use kit::http::visitor::{Counter, Visitor};
use products::review_body::ReviewBody;
use serde::Deserialize;
use store::reviews::{ReviewMark, ReviewReport, ReviewWrites};
use utoipa::{IntoParams, ToSchema};

use crate::App;
use crate::author::missing;
use crate::change::Decision;

/// Votes and reports of one user.
const MARKS: Limit = Limit::new("review-mark", 120, Duration::from_hours(1));

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReportInput {
    /// Why customers should not see it. Only staff read it.
    reason: String,
}

impl App {
    /// A review that customers see, for a user with a proven address who did not write it.
    async fn markable(&self, visitor: &Visitor, me: &SignedIn, id: &str) -> Result<Review, Problem> {
        let (store, now) = (&self.context.store, self.context.clock.now());
        visitor.count(store, now, &[Counter::of(MARKS, &me.user.id.to_string())]).await?;
        if !me.user.email_verified {
            let message = "Please confirm your email address first. The link is in the mail that we sent you.";
            return Err(Problem::conflict("email_not_verified", message));
        }
        let review = self.find(id).await?;
        if review.is_by(me.user.id) {
            return Err(Problem::conflict("own_review", "This is your own review."));
        }
        if review.is_shown() { Ok(review) } else { Err(missing()) }
    }
}

/// Decided again on each version of a review.
fn if_shown(review: &Review, change: impl FnOnce(&Review) -> Review) -> Result<Decision, Problem> {
    if review.is_shown() { Ok(Some(change(review)).into()) } else { Err(missing()) }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct HelpfulQuery {
    /// At most 100 ids of reviews, with commas between them.
    #[param(example = "rev_01M7W6C3804Q9PV3Y1B8S4HJ5K")]
    ids: String,
}

/// Which of these reviews I found helpful.
///
/// A page of a product asks for the reviews that it shows, because their list is the same for everybody.
#[utoipa::path(get, path = "/api/v1/reviews/helpful", params(HelpfulQuery), responses(
    (status = 200, description = "The ids of those that you found helpful.", body = Envelope<Vec<String>>),
))]
pub(crate) async fn helpful(
    State(app): State<App>,
    me: SignedIn,
    Query(query): Query<HelpfulQuery>,
) -> Result<Answer<Vec<String>>, Problem> {
    let mut fields = Fields::default();
    let ids = fields.check("ids", id_list(&query.ids, MAX_MARKED, "reviews", ReviewId::parse));
    let (ids,) = fields.finish((ids,))?;
    let voted = app.context.store.voted_for(me.user.id, &ids).await?;
    Ok(Answer::ok("Reviews that you found helpful.", voted.iter().map(ToString::to_string).collect()))
}

/// Says that a review helps me.
///
/// Once; a repeated request changes nothing.
#[utoipa::path(put, path = "/api/v1/reviews/{id}/helpful", params(("id" = String, Path)), responses(
    (status = 200, description = "The review.", body = Envelope<ReviewBody>),
    (status = 404, description = "`review_not_found`."),
    (status = 409, description = "`own_review`, or `email_not_verified`."),
    (status = 429, description = "`rate_limited`."),
))]
pub(crate) async fn vote(
    State(app): State<App>,
    visitor: Visitor,
    me: SignedIn,
    Path(id): Path<String>,
) -> Result<Answer<ReviewBody>, Problem> {
    let review = app.markable(&visitor, &me, &id).await?;
    let user_id = me.user.id;
    let vote =
        |_: &Review, at| ReviewWrites { mark: Some(ReviewMark::Vote { user_id, at }), ..ReviewWrites::default() };
    let voted = app.change(review, |review, _| if_shown(review, |review| review.voted(true)), vote).await?;
    Ok(Answer::ok("You find this review helpful.", ReviewBody::of(&voted, &app.images_url)))
}

/// Takes back that a review helps me.
///
/// It is no error if I never said so.
#[utoipa::path(delete, path = "/api/v1/reviews/{id}/helpful", params(("id" = String, Path)), responses(
    (status = 200, description = "The review.", body = Envelope<ReviewBody>),
    (status = 404, description = "`review_not_found`."),
    (status = 409, description = "`own_review`, or `email_not_verified`."),
    (status = 429, description = "`rate_limited`."),
))]
pub(crate) async fn unvote(
    State(app): State<App>,
    visitor: Visitor,
    me: SignedIn,
    Path(id): Path<String>,
) -> Result<Answer<ReviewBody>, Problem> {
    let review = app.markable(&visitor, &me, &id).await?;
    let user_id = me.user.id;
    let unvote = |_: &Review, _| ReviewWrites { mark: Some(ReviewMark::Unvote { user_id }), ..ReviewWrites::default() };
    let voted = app.change(review, |review, _| if_shown(review, |review| review.voted(false)), unvote).await?;
    Ok(Answer::ok("You do not find this review helpful any more.", ReviewBody::of(&voted, &app.images_url)))
}

/// Reports a review to the shop's staff.
///
/// Once; a repeated request changes nothing. Customers see the review until staff have decided.
#[utoipa::path(post, path = "/api/v1/reviews/{id}/report", request_body = ReportInput, params(("id" = String, Path)), responses(
    (status = 200, description = "Reported.", body = Envelope<Nothing>),
    (status = 404, description = "`review_not_found`."),
    (status = 409, description = "`own_review`, or `email_not_verified`."),
    (status = 429, description = "`rate_limited`."),
))]
pub(crate) async fn report(
    State(app): State<App>,
    visitor: Visitor,
    me: SignedIn,
    Path(id): Path<String>,
    Body(body): Body<ReportInput>,
) -> Result<Answer<Nothing>, Problem> {
    let mut fields = Fields::default();
    let reason = fields.check("reason", text::line(&body.reason, MAX_REASON));
    let (reason,) = fields.finish((reason,))?;
    let review = app.markable(&visitor, &me, &id).await?;
    let user_id = me.user.id;
    let report = |_: &Review, at| {
        let report = ReviewReport { user_id, reason: reason.clone(), at };
        ReviewWrites { mark: Some(ReviewMark::Report(report)), ..ReviewWrites::default() }
    };
    app.change(review, |review, _| if_shown(review, Review::reported), report).await?;
    Ok(Answer::ok("Thank you. We will look at this review.", Nothing))
}
