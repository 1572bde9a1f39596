//! Pictures of what somebody sends back. They are private: whoever may see the return, its buyer or staff, gets links that
//! are valid for some minutes. An upload belongs to its return, so guests have uploads too.

use std::time::Duration;

use aws_sdk_s3::presigning::PresigningConfig;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use domain::access::Permission::ReturnsWrite;
use domain::event::Event;
use domain::id::{ImageId, OrderId, ReturnId, UploadId};
use domain::order::Actor;
use domain::picture::{Size, return_key};
use domain::rate::Limit;
use domain::returns::{PictureRefusal, Return};
use domain::upload::{Purpose, Upload, UploadState};
use kit::http::answer::{Answer, Envelope, Nothing};
use kit::http::body::Body;
use kit::http::problem::Problem;
use kit::http::visitor::{Counter, Visitor};
use serde::Serialize;
use store::Commit;
use store::audit::AuditChange;
use store::retry::{Attempt, retry_from};
use utoipa::ToSchema;

use crate::App;
use crate::documents::LINK_TTL;
use crate::uploads::{UploadBody, UploadFormBody, begin, missing};
use crate::user_pictures::PictureUploadInput;

const BY_ORDER: Limit = Limit::new("return-picture", 30, Duration::from_hours(1));

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReturnImageBody {
    id: String,
    urls: ReturnImageUrls,
}

/// The longer sides have at most 200, 800 and 1600 pixels. The links are valid for five minutes; each request makes new
/// ones.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReturnImageUrls {
    small: String,
    medium: String,
    large: String,
}

/// Creates a form to upload a picture of a return to S3.
///
/// For the buyer of the order (signed in, or with its `Order-Token`) and staff, while the return is open. The form is valid
/// for five minutes. A return has at most four pictures. Only its buyer and staff see them.
#[utoipa::path(post, path = "/api/v1/orders/{id}/returns/{return}/images/uploads", request_body = PictureUploadInput,
    params(("id" = String, Path), ("return" = String, Path), ("Order-Token" = Option<String>, Header)),
    responses(
        (status = 201, description = "The form for the upload.", body = Envelope<UploadFormBody>),
        (status = 404, description = "`return_not_found`: it does not exist, or it is not yours."),
        (status = 409, description = "`too_many_images`. `return_status_conflict`: the return is over."),
        (status = 429, description = "`rate_limited`."),
    )
)]
pub(crate) async fn create(
    State(app): State<App>,
    headers: HeaderMap,
    visitor: Visitor,
    Path((order, id)): Path<(String, String)>,
    Body(body): Body<PictureUploadInput>,
) -> Result<Answer<UploadFormBody>, Problem> {
    let now = app.context.clock.now();
    let (asked, actor) = Box::pin(app.goods_return(&headers, &order, &id)).await?;
    visitor.count(&app.context.store, now, &[Counter::of(BY_ORDER, &asked.order_id.to_string())]).await?;
    let purpose = Purpose::ReturnPicture { order_id: asked.order_id, return_id: asked.id };
    body.check(&purpose)?;
    let upload = Upload {
        id: app.context.ids.upload(now),
        owner: None,
        purpose,
        content_type: body.content_type,
        state: UploadState::Waiting,
        created_at: now,
    };
    asked.with_picture(upload.image_id(), now).map_err(refused)?;
    let entry = match actor {
        Actor::Staff(staff) => {
            let change = AuditChange { before: None, after: Some(format!("picture of {}", asked.id)) };
            Some(app.context.audit_entry(staff, "upload.create", upload.id, change, now))
        }
        _ => None,
    };
    begin(&app, &upload, entry.as_ref()).await
}

/// The state of an upload of a picture for a return.
///
/// Ask again until it is shown or refused. The return has the picture when it is shown.
#[utoipa::path(get, path = "/api/v1/orders/{id}/returns/{return}/images/uploads/{upload}",
    params(
        ("id" = String, Path), ("return" = String, Path), ("upload" = String, Path),
        ("Order-Token" = Option<String>, Header),
    ),
    responses(
        (status = 200, description = "The upload.", body = Envelope<UploadBody>),
        (status = 404, description = "`return_not_found`, or `upload_not_found`."),
    )
)]
pub(crate) async fn show(
    State(app): State<App>,
    headers: HeaderMap,
    Path((order, id, upload)): Path<(String, String, String)>,
) -> Result<Answer<UploadBody>, Problem> {
    let (asked, _) = Box::pin(app.goods_return(&headers, &order, &id)).await?;
    let upload = UploadId::parse(&upload).map_err(|_| missing())?;
    let record = app.context.store.upload(upload, app.context.clock.now()).await?.ok_or_else(missing)?;
    match record.upload.purpose {
        Purpose::ReturnPicture { return_id, .. } if return_id == asked.id => {
            Ok(Answer::ok("The upload.", UploadBody::of(&record.upload)))
        }
        _ => Err(missing()),
    }
}

/// Lists the pictures of a return.
///
/// For the buyer of the order (signed in, or with its `Order-Token`) and staff.
#[utoipa::path(get, path = "/api/v1/orders/{id}/returns/{return}/images",
    params(("id" = String, Path), ("return" = String, Path), ("Order-Token" = Option<String>, Header)),
    responses(
        (status = 200, description = "The pictures, in the order in which they came.", body = Envelope<Vec<ReturnImageBody>>),
        (status = 404, description = "`return_not_found`: it does not exist, or it is not yours."),
    )
)]
pub(crate) async fn list(
    State(app): State<App>,
    headers: HeaderMap,
    Path((order, id)): Path<(String, String)>,
) -> Result<Answer<Vec<ReturnImageBody>>, Problem> {
    let (asked, actor) = Box::pin(app.goods_return(&headers, &order, &id)).await?;
    if let Actor::Staff(staff) = actor {
        app.context.trail.read(staff, "return.read", asked.id, None).await;
    }
    let mut images = Vec::with_capacity(asked.pictures.len());
    for &image in &asked.pictures {
        let urls = ReturnImageUrls {
            small: link(&app, asked.id, image, Size::Small).await?,
            medium: link(&app, asked.id, image, Size::Medium).await?,
            large: link(&app, asked.id, image, Size::Large).await?,
        };
        images.push(ReturnImageBody { id: image.to_string(), urls });
    }
    Ok(Answer::ok("The pictures of the return.", images))
}

/// Removes a picture of a return.
///
/// For the buyer of the order (signed in, or with its `Order-Token`) and staff, while the return is open. Its files are
/// deleted.
#[utoipa::path(delete, path = "/api/v1/orders/{id}/returns/{return}/images/{image}",
    params(
        ("id" = String, Path), ("return" = String, Path), ("image" = String, Path),
        ("Order-Token" = Option<String>, Header),
    ),
    responses(
        (status = 200, description = "Removed.", body = Envelope<Nothing>),
        (status = 404, description = "`return_not_found`, or `image_not_found`."),
        (status = 409, description = "`return_status_conflict`: the return is over."),
    )
)]
pub(crate) async fn remove(
    State(app): State<App>,
    headers: HeaderMap,
    Path((order, id, image)): Path<(String, String, String)>,
) -> Result<Answer<Nothing>, Problem> {
    let no_image = || Problem::not_found("image_not_found", "The return has no such picture.");
    let (asked, actor) = Box::pin(app.goods_return(&headers, &order, &id)).await?;
    let image = ImageId::parse(&image).map_err(|_| no_image())?;
    let (context, store) = (&app.context, &app.context.store);
    let again = || async { store.order_return(asked.order_id, asked.id).await?.ok_or_else(no_return) };
    let attempt = |asked: Return| async move {
        let now = context.clock.now();
        let without = asked.without_picture(image, now).map_err(refused)?.ok_or_else(no_image)?;
        let removed = Event::ReturnPicturesRemoved { return_id: asked.id, images: vec![image] };
        let entry = match actor {
            Actor::Staff(staff) => {
                let change = AuditChange { before: Some(image.to_string()), after: None };
                Some(context.audit_entry(staff, "return.remove_picture", asked.id, change, now))
            }
            _ => None,
        };
        let event = context.ids.outbox_event(removed, now);
        match store.remove_return_pictures(&without, &event, entry.as_ref()).await {
            Ok(()) => Ok(Attempt::Done(())),
            Err(Commit::Refused(_)) => Ok(Attempt::Overtaken),
            Err(Commit::Store(error)) => Err(Problem::from(error)),
        }
    };
    Box::pin(retry_from("the return", asked.clone(), again, attempt)).await?;
    Ok(Answer::ok("Picture removed.", Nothing))
}

async fn link(app: &App, id: ReturnId, image: ImageId, size: Size) -> Result<String, Problem> {
    let valid_for = PresigningConfig::expires_in(LINK_TTL).map_err(Problem::internal)?;
    let get = app.s3.get_object().bucket(&app.bucket).key(return_key(id, image, size));
    Ok(get.presigned(valid_for).await.map_err(Problem::internal)?.uri().to_owned())
}

fn no_return() -> Problem {
    Problem::not_found("return_not_found", "There is no such return.")
}

fn refused(refusal: PictureRefusal) -> Problem {
    match refusal {
        PictureRefusal::Over => Problem::conflict("return_status_conflict", refusal.to_string()),
        PictureRefusal::TooMany => Problem::conflict("too_many_images", refusal.to_string()),
    }
}

impl App {
    /// The return, and who asks for it: the buyer of its order or staff.
    async fn goods_return(&self, headers: &HeaderMap, order: &str, id: &str) -> Result<(Return, Actor), Problem> {
        if let (Ok(order), Ok(id)) = (OrderId::parse(order), ReturnId::parse(id)) {
            let store = &self.context.store;
            let (order, asked) = tokio::join!(store.order(order), store.order_return(order, id));
            if let (Some(order), Some(asked)) = (order?, asked?) {
                let now = self.context.clock.now();
                let actor = self.access.actor(headers, &order, ReturnsWrite, now).await?;
                return actor.map(|actor| (asked, actor)).ok_or_else(no_return);
            }
        }
        // A bad token is refused first, whatever is asked for with it.
        self.context.auth.identify(headers).await?;
        Err(no_return())
    }
}
