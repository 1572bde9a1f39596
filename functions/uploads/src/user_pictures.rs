//! The upload of a person's own picture. Taking it away again is a change of the profile, which `accounts` makes.

use std::time::Duration;

use axum::extract::{Path, State};
use domain::rate::Limit;
use domain::upload::{Purpose, Upload, UploadState};
use kit::http::answer::{Answer, Envelope};
use kit::http::auth::SignedIn;
use kit::http::body::Body;
use kit::http::problem::Problem;
use kit::http::visitor::{Counter, Visitor};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::App;
use crate::uploads::{UploadBody, UploadFormBody, begin, find, missing};

const BY_USER: Limit = Limit::new("user-picture", 10, Duration::from_hours(1));

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct PictureUploadInput {
    /// image/jpeg, image/png or image/webp.
    pub(crate) content_type: String,
}

impl PictureUploadInput {
    pub(crate) fn check(&self, purpose: &Purpose) -> Result<(), Problem> {
        if purpose.takes(&self.content_type) {
            return Ok(());
        }
        Err(Problem::field("contentType", "must be image/jpeg, image/png or image/webp"))
    }
}

/// Creates a form to upload my picture to S3.
///
/// The form is valid for five minutes. The shop keeps the middle of the picture, as a small square. It takes the place
/// of the picture that I have.
#[utoipa::path(post, path = "/api/v1/users/me/picture/uploads", request_body = PictureUploadInput, responses(
    (status = 201, description = "The form for the upload.", body = Envelope<UploadFormBody>),
    (status = 429, description = "`rate_limited`."),
))]
pub(crate) async fn create(
    State(app): State<App>,
    me: SignedIn,
    visitor: Visitor,
    Body(body): Body<PictureUploadInput>,
) -> Result<Answer<UploadFormBody>, Problem> {
    let purpose = Purpose::UserPicture { user_id: me.user.id, epoch: me.user.epoch };
    body.check(&purpose)?;
    let now = app.context.clock.now();
    visitor.count(&app.context.store, now, &[Counter::of(BY_USER, &me.user.id.to_string())]).await?;
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

/// The state of an upload of my picture.
///
/// Ask again until it is shown or refused. The profile has the picture when it is shown.
#[utoipa::path(get, path = "/api/v1/users/me/picture/uploads/{id}", params(("id" = String, Path)), responses(
    (status = 200, description = "The upload.", body = Envelope<UploadBody>),
    (status = 404, description = "`upload_not_found`."),
))]
pub(crate) async fn show(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<String>,
) -> Result<Answer<UploadBody>, Problem> {
    let upload = find(&app, me.user.id.into(), &id).await?.upload;
    match upload.purpose {
        Purpose::UserPicture { .. } => Ok(Answer::ok("The upload.", UploadBody::of(&upload))),
        _ => Err(missing()),
    }
}
