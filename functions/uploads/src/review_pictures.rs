//! Uploads of pictures for one's own review. Guests have none, because an upload belongs to an account.

use std::time::Duration;

use axum::extract::{Path, State};
use domain::id::ReviewId;
use domain::product::MAX_ALT;
use domain::rate::Limit;
use domain::review::{MAX_PICTURES, Review};
use domain::text;
use domain::upload::{Purpose, Upload, UploadState};
use kit::http::answer::{Answer, Envelope};
use kit::http::auth::SignedIn;
use kit::http::body::{Body, Fields};
use kit::http::problem::Problem;
use kit::http::visitor::{Counter, Visitor};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::App;
use crate::uploads::{UploadBody, UploadFormBody, begin, find, missing};

const BY_USER: Limit = Limit::new("review-picture", 30, Duration::from_hours(1));

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ReviewPictureInput {
    /// image/jpeg, image/png or image/webp.
    content_type: String,
    /// The text for people who cannot see it.
    alt: Option<String>,
}

/// Creates a form to upload a picture for my review to S3.
///
/// The form is valid for five minutes. A review has at most four pictures. Depending on the shop, customers see a review
/// with a new picture when staff have approved it again.
#[utoipa::path(post, path = "/api/v1/reviews/{id}/images/uploads", request_body = ReviewPictureInput,
    params(("id" = String, Path)),
    responses(
        (status = 201, description = "The form for the upload.", body = Envelope<UploadFormBody>),
        (status = 404, description = "`review_not_found`: there is none, or it is not yours."),
        (status = 409, description = "`too_many_images`."),
        (status = 429, description = "`rate_limited`."),
    )
)]
pub(crate) async fn create(
    State(app): State<App>,
    me: SignedIn,
    visitor: Visitor,
    Path(id): Path<String>,
    Body(body): Body<ReviewPictureInput>,
) -> Result<Answer<UploadFormBody>, Problem> {
    let now = app.context.clock.now();
    visitor.count(&app.context.store, now, &[Counter::of(BY_USER, &me.user.id.to_string())]).await?;
    let review = own(&app, &me, &id).await?;
    let mut fields = Fields::default();
    let alt = fields.check("alt", text::prose(body.alt.as_deref().unwrap_or_default(), MAX_ALT));
    let review_id = review.id;
    let purpose = alt.map(|alt| Purpose::ReviewPicture { review_id, alt });
    if purpose.as_ref().is_some_and(|purpose| !purpose.takes(&body.content_type)) {
        fields.refuse("contentType", &"must be image/jpeg, image/png or image/webp");
    }
    let (purpose,) = fields.finish((purpose,))?;
    if review.images.len() >= MAX_PICTURES {
        return Err(Problem::conflict("too_many_images", format!("A review has at most {MAX_PICTURES} pictures.")));
    }
    let upload = Upload {
        id: app.context.ids.upload(now),
        owner: Some(me.user.id.into()),
        purpose,
        content_type: body.content_type,
        state: UploadState::Waiting,
        created_at: now,
    };
    begin(&app, &upload, None).await
}

/// The state of an upload of a picture for my review.
///
/// Ask again until it is shown or refused. The review has the picture when it is shown.
#[utoipa::path(get, path = "/api/v1/reviews/{id}/images/uploads/{upload}",
    params(("id" = String, Path), ("upload" = String, Path)),
    responses(
        (status = 200, description = "The upload.", body = Envelope<UploadBody>),
        (status = 404, description = "`upload_not_found`."),
    )
)]
pub(crate) async fn show(
    State(app): State<App>,
    me: SignedIn,
    Path((id, upload)): Path<(String, String)>,
) -> Result<Answer<UploadBody>, Problem> {
    let upload = find(&app, me.user.id.into(), &upload).await?.upload;
    match &upload.purpose {
        Purpose::ReviewPicture { review_id, .. } if review_id.to_string() == id => {
            Ok(Answer::ok("The upload.", UploadBody::of(&upload)))
        }
        _ => Err(missing()),
    }
}

async fn own(app: &App, me: &SignedIn, id: &str) -> Result<Review, Problem> {
    let missing = || Problem::not_found("review_not_found", "There is no such review.");
    let id = ReviewId::parse(id).map_err(|_| missing())?;
    let review = app.context.store.review(id).await?;
    review.filter(|review| review.is_by(me.user.id)).ok_or_else(missing)
}
