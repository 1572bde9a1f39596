//! Authors write, edit and delete reviews.

use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use domain::id::{ImageId, OrderId, ProductId};
use domain::rate::Limit;
use domain::rating::Stars;
use domain::review::{MAX_TEXT, MAX_TITLE, NewReview, Review, ReviewChange, ReviewContent};
use domain::text::{self, InvalidText, PersonName};
use kit::http::answer::{Answer, Envelope, Nothing};
use kit::http::body::{Body, Fields, nullable};
use kit::http::etag::IfMatch;
use kit::http::problem::Problem;
use kit::http::visitor::Visitor;
use products::review_body::OwnReviewBody;
use serde::Deserialize;
use store::Commit;
use store::reviews::{ReviewConflict, ReviewWrites};
use utoipa::ToSchema;

use crate::App;
use crate::author::Proof;
use crate::change::Decision;

/// Reviews that are written or edited from one network.
const WRITES: Limit = Limit::new("review", 60, Duration::from_hours(1));

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ReviewInput {
    product_id: String,
    /// The order that the product was bought with. Guests need it; for others it is looked for among the newest hundred
    /// orders of the account.
    order_id: Option<String>,
    /// 1 to 5.
    stars: i64,
    /// A line that says it in short.
    title: Option<String>,
    /// What the customer thinks of it.
    text: Option<String>,
    /// The name to show. Without it, nobody learns who wrote the review.
    name: Option<String>,
}

/// Fields that are left out stay as they are.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReviewPatchInput {
    /// 1 to 5.
    stars: Option<i64>,
    /// `null`: none.
    #[serde(default, deserialize_with = "nullable")]
    title: Option<Option<String>>,
    /// `null`: none.
    #[serde(default, deserialize_with = "nullable")]
    text: Option<Option<String>>,
    /// The name to show. `null`: none.
    #[serde(default, deserialize_with = "nullable")]
    name: Option<Option<String>>,
}

fn title(text: &str) -> Result<String, InvalidText> {
    text::line(text, MAX_TITLE)
}

fn words(text: &str) -> Result<String, InvalidText> {
    let text = text::prose(text, MAX_TEXT)?;
    if text.is_empty() { Err(InvalidText::Empty) } else { Ok(text) }
}

impl ReviewPatchInput {
    /// What it says of a field: nothing, that there is none, or a value.
    fn field<T>(
        fields: &mut Fields,
        name: &str,
        given: Option<&Option<String>>,
        old: Option<&T>,
        parse: fn(&str) -> Result<T, InvalidText>,
    ) -> Option<Option<T>>
    where
        T: Clone,
    {
        match given {
            None => Some(old.cloned()),
            Some(given) => fields.check_optional(name, given.as_deref(), parse),
        }
    }

    fn apply(&self, to: &ReviewContent) -> Result<ReviewContent, Problem> {
        let mut fields = Fields::default();
        let stars = match self.stars {
            None => Some(to.stars),
            Some(stars) => fields.check("stars", Stars::new(stars)),
        };
        let checked = (
            stars,
            Self::field(&mut fields, "title", self.title.as_ref(), to.title.as_ref(), title),
            Self::field(&mut fields, "text", self.text.as_ref(), to.text.as_ref(), words),
            Self::field(&mut fields, "name", self.name.as_ref(), to.name.as_ref(), PersonName::parse),
        );
        let (stars, title, text, name) = fields.finish(checked)?;
        Ok(ReviewContent { stars, title, text, name })
    }
}

/// What was checked of a [`ReviewInput`].
struct Parsed {
    product_id: ProductId,
    order_id: Option<OrderId>,
    content: ReviewContent,
}

impl ReviewInput {
    fn parse(&self) -> Result<Parsed, Problem> {
        let mut fields = Fields::default();
        let checked = (
            fields.check("productId", ProductId::parse(&self.product_id)),
            fields.check_optional("orderId", self.order_id.as_deref(), OrderId::parse),
            fields.check("stars", Stars::new(self.stars)),
            fields.check_optional("title", self.title.as_deref(), title),
            fields.check_optional("text", self.text.as_deref(), words),
            fields.check_optional("name", self.name.as_deref(), PersonName::parse),
        );
        let (product_id, order_id, stars, title, text, name) = fields.finish(checked)?;
        Ok(Parsed { product_id, order_id, content: ReviewContent { stars, title, text, name } })
    }
}

fn answer(app: &App, message: &str, review: &Review) -> Answer<OwnReviewBody> {
    Answer::ok(message, OwnReviewBody::of(review, &app.images_url)).with_version(review.version)
}

/// Reviews a product that I bought.
///
/// An order with the product was paid, and not all units came back. Whoever is not signed in sends the `Order-Token` of the
/// order. Each customer reviews a product once, and can edit the review. Depending on the shop, customers see it at once or
/// when staff have approved it.
#[utoipa::path(post, path = "/api/v1/reviews", request_body = ReviewInput,
    params(("Order-Token" = Option<String>, Header)),
    responses(
        (status = 201, description = "The review.", body = Envelope<OwnReviewBody>, headers(("ETag"))),
        (status = 404, description = "`order_not_found`."),
        (status = 409, description = "`not_bought`, `already_reviewed`, or `email_not_verified`."),
        (status = 429, description = "`rate_limited`."),
    )
)]
pub(crate) async fn create(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    Body(body): Body<ReviewInput>,
) -> Result<Answer<OwnReviewBody>, Problem> {
    let Parsed { product_id, order_id, content } = body.parse()?;
    let now = app.context.clock.now();
    visitor.rate_limit(&app.context.store, now, WRITES, None).await?;
    let Proof { order_id, author, also } = Box::pin(app.proof(&headers, product_id, order_id, now)).await?;
    let new = NewReview { id: app.context.ids.review(now), product_id, order_id, author, content };
    let review = Review::submit(new, app.moderation, now);
    let more = ReviewWrites { not_by: also, ..ReviewWrites::default() };
    match app.commit(ReviewChange::new(&review), more, now).await {
        Ok(()) => {
            let body = OwnReviewBody::of(&review, &app.images_url);
            Ok(Answer::created("Thank you for your review.", body).with_version(review.version))
        }
        Err(Commit::Refused(ReviewConflict::AlreadyReviewed)) => {
            Err(Problem::conflict("already_reviewed", "You have reviewed this product before."))
        }
        Err(Commit::Refused(ReviewConflict::Changed | ReviewConflict::AlreadyDone)) => {
            Err(Problem::internal("the id of a new review exists already"))
        }
        Err(Commit::Store(error)) => Err(error.into()),
    }
}

/// Edits my review.
///
/// Depending on the shop, customers see it again when staff have approved it.
#[utoipa::path(patch, path = "/api/v1/reviews/{id}", request_body = ReviewPatchInput,
    params(("id" = String, Path), ("Order-Token" = Option<String>, Header), ("If-Match" = Option<String>, Header)),
    responses(
        (status = 200, description = "The review.", body = Envelope<OwnReviewBody>, headers(("ETag"))),
        (status = 401, description = "`unauthenticated`."),
        (status = 404, description = "`review_not_found`: there is none, or it is not yours."),
        (status = 412, description = "`precondition_failed`."),
        (status = 429, description = "`rate_limited`."),
    )
)]
pub(crate) async fn edit(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(id): Path<String>,
    if_match: IfMatch,
    Body(body): Body<ReviewPatchInput>,
) -> Result<Answer<OwnReviewBody>, Problem> {
    let now = app.context.clock.now();
    visitor.rate_limit(&app.context.store, now, WRITES, None).await?;
    let review = app.own(&headers, &id, now).await?;
    let edit = |review: &Review, now| {
        if_match.check(review.version)?;
        Ok(review.edited(&body.apply(&review.content)?, app.moderation, now).into())
    };
    let edited = app.change(review, edit, |_, _| ReviewWrites::default()).await?;
    Ok(answer(&app, "Your review.", &edited))
}

/// Deletes my review.
///
/// With its pictures, votes and reports. The product can be reviewed again.
#[utoipa::path(delete, path = "/api/v1/reviews/{id}",
    params(("id" = String, Path), ("Order-Token" = Option<String>, Header)),
    responses(
        (status = 200, description = "Deleted.", body = Envelope<Nothing>),
        (status = 401, description = "`unauthenticated`."),
        (status = 404, description = "`review_not_found`: there is none, or it is not yours."),
    )
)]
pub(crate) async fn delete(
    State(app): State<App>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Answer<Nothing>, Problem> {
    let review = app.own(&headers, &id, app.context.clock.now()).await?;
    app.change(review, |_, _| Ok(Decision::Delete), |_, _| ReviewWrites::default()).await?;
    Ok(Answer::ok("Your review was deleted.", Nothing))
}

/// Removes a picture of my review.
///
/// Its files are deleted.
#[utoipa::path(delete, path = "/api/v1/reviews/{id}/images/{image}",
    params(("id" = String, Path), ("image" = String, Path), ("Order-Token" = Option<String>, Header)),
    responses(
        (status = 200, description = "The review without the picture.", body = Envelope<OwnReviewBody>, headers(("ETag"))),
        (status = 401, description = "`unauthenticated`."),
        (status = 404, description = "`review_not_found`, or `image_not_found`."),
    )
)]
pub(crate) async fn remove_image(
    State(app): State<App>,
    headers: HeaderMap,
    Path((id, image)): Path<(String, String)>,
) -> Result<Answer<OwnReviewBody>, Problem> {
    let missing = || Problem::not_found("image_not_found", "The review has no such picture.");
    let review = app.own(&headers, &id, app.context.clock.now()).await?;
    let image = ImageId::parse(&image).map_err(|_| missing())?;
    let remove =
        |review: &Review, now| review.without_image(image, now).ok_or_else(missing).map(|after| Some(after).into());
    let changed = app.change(review, remove, |_, _| ReviewWrites::default()).await?;
    Ok(answer(&app, "Picture removed.", &changed))
}
