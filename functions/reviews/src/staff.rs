//! Staff approve, reject and answer reviews. Everything is in the audit trail.

use axum::Json;
use axum::extract::{Path, State};
use domain::review::{MAX_ANSWER, MAX_REASON, Review, ReviewAnswer, ReviewState};
use domain::text::{self, InvalidText};
use domain::time::Time;
use kit::http::answer::{Answer, Envelope, Listing, listing};
use kit::http::auth::Identity;
use kit::http::body::{Body, Fields, Query};
use kit::http::etag::{IfMatch, RequiredIfMatch};
use kit::http::paging;
use kit::http::problem::Problem;
use products::review_body::WholeReviewBody;
use serde::{Deserialize, Serialize};
use store::audit::AuditChange;
use store::reviews::{ReviewReport, ReviewWrites};
use utoipa::{IntoParams, ToSchema};

use crate::App;
use crate::change::Decision;

/// The most reports that an answer lists.
const MAX_REPORTS: usize = 100;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AllReviewsQuery {
    /// `pending`, which is the default, or `rejected`. Approved ones are in the lists of their products.
    state: Option<String>,
    /// `true`: instead of those, approved ones that were reported since staff looked at them last.
    reported: Option<bool>,
    limit: Option<u32>,
    cursor: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RejectReviewInput {
    /// Why. Its author reads it.
    reason: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReviewAnswerInput {
    /// What everybody reads below the review.
    text: String,
}

/// A review with what customers reported about it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReportedReviewBody {
    #[serde(flatten)]
    review: WholeReviewBody,
    /// All reports, also those from before staff looked at it; at most a hundred.
    reported: Vec<ReviewReportBody>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReviewReportBody {
    /// Who reported it.
    user_id: String,
    /// Why customers should not see it.
    reason: String,
    at: String,
}

impl From<ReviewReport> for ReviewReportBody {
    fn from(report: ReviewReport) -> Self {
        Self { user_id: report.user_id.to_string(), reason: report.reason, at: report.at.to_string() }
    }
}

/// Reviews that wait, were rejected or were reported.
///
/// Newest first. Approved reviews are in the lists of their products.
#[utoipa::path(get, path = "/api/v1/admin/reviews", params(AllReviewsQuery), responses(
    (status = 200, description = "A page of reviews.", body = Listing<WholeReviewBody>),
))]
pub(crate) async fn list(
    State(app): State<App>,
    Query(query): Query<AllReviewsQuery>,
) -> Result<Json<Listing<WholeReviewBody>>, Problem> {
    let request = paging::page(query.limit, query.cursor.as_deref())?;
    let reported = query.reported.unwrap_or(false);
    let mut fields = Fields::default();
    let state = fields.check_optional("state", query.state.as_deref(), |state| match state {
        _ if reported => Err("cannot be combined with reported"),
        "pending" => Ok(ReviewState::Pending),
        "rejected" => Ok(ReviewState::Rejected),
        _ => Err("must be pending or rejected"),
    });
    let (state,) = fields.finish((state,))?;
    let store = &app.context.store;
    let page = if reported {
        store.reported_reviews(&request).await?
    } else {
        store.reviews_in(state.unwrap_or(ReviewState::Pending), &request).await?
    };
    Ok(listing("Reviews.", page, request.limit, |review| WholeReviewBody::of(&review, &app.images_url)))
}

/// One review with its reports.
///
/// In any state.
#[utoipa::path(get, path = "/api/v1/admin/reviews/{id}", params(("id" = String, Path)), responses(
    (status = 200, description = "The review.", body = Envelope<ReportedReviewBody>, headers(("ETag"))),
    (status = 404, description = "`review_not_found`."),
))]
pub(crate) async fn show(
    State(app): State<App>,
    staff: Identity,
    Path(id): Path<String>,
) -> Result<Answer<ReportedReviewBody>, Problem> {
    let review = app.find(&id).await?;
    let reports = app.context.store.review_reports(review.id, MAX_REPORTS).await?;
    app.context.trail.read(staff.id(), "review.read", review.id, None).await;
    let body = ReportedReviewBody {
        review: WholeReviewBody::of(&review, &app.images_url),
        reported: reports.into_iter().map(ReviewReportBody::from).collect(),
    };
    Ok(Answer::ok("The review.", body).with_version(review.version))
}

/// Approves a review.
///
/// Customers see it. `If-Match` names the version that was read, so that nobody approves words that the author changed
/// meanwhile. Reports until now are settled.
#[utoipa::path(post, path = "/api/v1/admin/reviews/{id}/approve",
    params(("id" = String, Path), ("If-Match" = String, Header)),
    responses(
        (status = 200, description = "The review.", body = Envelope<WholeReviewBody>, headers(("ETag"))),
        (status = 404, description = "`review_not_found`."),
        (status = 412, description = "`precondition_failed`."),
        (status = 428, description = "`precondition_required`."),
    )
)]
pub(crate) async fn approve(
    State(app): State<App>,
    staff: Identity,
    Path(id): Path<String>,
    RequiredIfMatch(if_match): RequiredIfMatch,
) -> Result<Answer<WholeReviewBody>, Problem> {
    let act = Act { action: "review.approve", detail: Some("approved".to_owned()), staff: &staff, if_match: &if_match };
    act.on(&app, &id, Review::approved).await
}

/// Rejects a review.
///
/// Nobody but its author sees it, who reads the reason and can write it anew.
#[utoipa::path(post, path = "/api/v1/admin/reviews/{id}/reject", request_body = RejectReviewInput,
    params(("id" = String, Path), ("If-Match" = Option<String>, Header)),
    responses(
        (status = 200, description = "The review.", body = Envelope<WholeReviewBody>, headers(("ETag"))),
        (status = 404, description = "`review_not_found`."),
        (status = 412, description = "`precondition_failed`."),
    )
)]
pub(crate) async fn reject(
    State(app): State<App>,
    staff: Identity,
    Path(id): Path<String>,
    if_match: IfMatch,
    Body(body): Body<RejectReviewInput>,
) -> Result<Answer<WholeReviewBody>, Problem> {
    let mut fields = Fields::default();
    let reason = fields.check("reason", text::line(&body.reason, MAX_REASON));
    let (reason,) = fields.finish((reason,))?;
    let act = Act {
        action: "review.reject",
        detail: Some(format!("rejected: {reason}")),
        staff: &staff,
        if_match: &if_match,
    };
    act.on(&app, &id, |review, now| review.rejected(&reason, now)).await
}

/// Answers a review in public.
///
/// The answer takes the place of the one before.
#[utoipa::path(put, path = "/api/v1/admin/reviews/{id}/answer", request_body = ReviewAnswerInput,
    params(("id" = String, Path), ("If-Match" = Option<String>, Header)),
    responses(
        (status = 200, description = "The review.", body = Envelope<WholeReviewBody>, headers(("ETag"))),
        (status = 404, description = "`review_not_found`."),
        (status = 412, description = "`precondition_failed`."),
    )
)]
pub(crate) async fn answer(
    State(app): State<App>,
    staff: Identity,
    Path(id): Path<String>,
    if_match: IfMatch,
    Body(body): Body<ReviewAnswerInput>,
) -> Result<Answer<WholeReviewBody>, Problem> {
    let mut fields = Fields::default();
    let words = text::prose(&body.text, MAX_ANSWER);
    let words = words.and_then(|words| if words.is_empty() { Err(InvalidText::Empty) } else { Ok(words) });
    let words = fields.check("text", words);
    let (words,) = fields.finish((words,))?;
    let act = Act { action: "review.answer", detail: Some(words.clone()), staff: &staff, if_match: &if_match };
    let by = staff.id();
    act.on(&app, &id, |review, at| review.answered(Some(ReviewAnswer { text: words.clone(), by, at }), at)).await
}

/// Removes the shop's answer to a review.
///
/// It is no error if there is none.
#[utoipa::path(delete, path = "/api/v1/admin/reviews/{id}/answer",
    params(("id" = String, Path), ("If-Match" = Option<String>, Header)),
    responses(
        (status = 200, description = "The review.", body = Envelope<WholeReviewBody>, headers(("ETag"))),
        (status = 404, description = "`review_not_found`."),
        (status = 412, description = "`precondition_failed`."),
    )
)]
pub(crate) async fn remove_answer(
    State(app): State<App>,
    staff: Identity,
    Path(id): Path<String>,
    if_match: IfMatch,
) -> Result<Answer<WholeReviewBody>, Problem> {
    let act = Act { action: "review.answer", detail: None, staff: &staff, if_match: &if_match };
    act.on(&app, &id, |review, now| review.answered(None, now)).await
}

/// What a member of staff does to a review.
struct Act<'a> {
    action: &'static str,
    /// What the audit trail says of the review after it.
    detail: Option<String>,
    staff: &'a Identity,
    if_match: &'a IfMatch,
}

impl Act<'_> {
    async fn on(
        &self,
        app: &App,
        id: &str,
        decide: impl Fn(&Review, Time) -> Option<Review>,
    ) -> Result<Answer<WholeReviewBody>, Problem> {
        let review = app.find(id).await?;
        let decide = |review: &Review, now| {
            self.if_match.check(review.version)?;
            Ok(Decision::from(decide(review, now)))
        };
        let audit = |review: &Review, now| {
            let before = match &review.answer {
                Some(answer) if self.action == "review.answer" => Some(answer.text.clone()),
                None if self.action == "review.answer" => None,
                _ => Some(review.state.name().to_owned()),
            };
            let change = AuditChange { before, after: self.detail.clone() };
            let entry = app.context.audit_entry(self.staff.id(), self.action, review.id, change, now);
            ReviewWrites { audit: Some(entry), ..ReviewWrites::default() }
        };
        let changed = app.change(review, decide, audit).await?;
        let body = WholeReviewBody::of(&changed, &app.images_url);
        Ok(Answer::ok("The review.", body).with_version(changed.version))
    }
}
