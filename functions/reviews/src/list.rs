//! Reviews for customers: those of a product, one, and one's own.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use domain::id::{OrderId, ProductId};
use domain::rating::Stars;
use domain::review::{ReviewSort, Reviewer};
use kit::http::answer::{Answer, Envelope, Listing, Pagination, listing};
use kit::http::body::{Fields, Query};
use kit::http::caching::{IfNoneMatch, shared, tag_of};
use kit::http::paging;
use kit::http::problem::Problem;
use products::review_body::{OwnReviewBody, RatingSummaryBody, ReviewBody};
use serde::{Deserialize, Serialize};
use store::page::Page;
use utoipa::{IntoParams, ToSchema};

use crate::App;
use crate::author::missing;

/// How long caches may keep a page.
const LIST_AGE: Duration = Duration::from_secs(5);

/// A page of the reviews of a product.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReviewListBody {
    status_code: u16,
    message: String,
    data: Vec<ReviewBody>,
    pagination: Pagination,
    /// What all reviews say together. Null on further pages.
    summary: Option<RatingSummaryBody>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ReviewsQuery {
    /// `newest`, which is the default, `helpful`, `rating:desc` or `rating:asc`.
    sort: Option<String>,
    /// Only reviews with so many stars, 1 to 5.
    rating: Option<i64>,
    limit: Option<u32>,
    cursor: Option<String>,
}

/// The reviews of a product that customers see.
///
/// The first page says how many reviews have how many stars. It may be cached for five seconds. With `sort=helpful` and a
/// rating, a page can be short although more follow: go on until `nextCursor` is null.
#[utoipa::path(get, path = "/api/v1/reviews/product/{id}",
    params(("id" = String, Path, description = "The id of the product."), ReviewsQuery),
    responses(
        (status = 200, description = "A page of reviews.", body = ReviewListBody),
        (status = 304, description = "Not modified."),
        (status = 404, description = "`product_not_found`: this is not the id of a product."),
    )
)]
pub(crate) async fn of_product(
    State(app): State<App>,
    if_none_match: IfNoneMatch,
    Path(id): Path<String>,
    Query(query): Query<ReviewsQuery>,
) -> Result<Response, Problem> {
    let product =
        ProductId::parse(&id).map_err(|_| Problem::not_found("product_not_found", "There is no such product."))?;
    let request = paging::page(query.limit, query.cursor.as_deref())?;
    let mut fields = Fields::default();
    let sort = fields.check_optional("sort", query.sort.as_deref(), |sort| {
        ReviewSort::parse(sort).ok_or("must be newest, helpful, rating:desc or rating:asc")
    });
    let stars = fields.check_optional("rating", query.rating, Stars::new);
    let (sort, stars) = fields.finish((sort, stars))?;
    let store = &app.context.store;
    let page = store.reviews_of_product(product, sort.unwrap_or(ReviewSort::Newest), stars, &request);
    let is_first = request.after.is_none();
    let (page, rating) =
        tokio::join!(page, async { if is_first { store.rating(product).await.map(Some) } else { Ok(None) } });
    let (page, rating) = (page?, rating?);
    let body = ReviewListBody {
        status_code: 200,
        message: "Reviews.".to_owned(),
        data: page.items.iter().map(|review| ReviewBody::of(review, &app.images_url)).collect(),
        pagination: Pagination { limit: request.limit, next_cursor: page.next.map(|cursor| cursor.encode()) },
        summary: rating.map(RatingSummaryBody::from),
    };
    Ok(shared(&body, &tag_of(&body)?, &if_none_match, LIST_AGE))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub(crate) struct OwnReviewsQuery {
    /// Only reviews that were written for this order. Whoever is not signed in names it, and sends its `Order-Token`.
    order_id: Option<String>,
    limit: Option<u32>,
    cursor: Option<String>,
}

/// My reviews, newest first.
///
/// Those too that customers do not see. With `orderId` they are in one page, whatever the limit, and there is no cursor.
#[utoipa::path(get, path = "/api/v1/reviews/mine",
    params(OwnReviewsQuery, ("Order-Token" = Option<String>, Header)),
    responses(
        (status = 200, description = "A page of your reviews.", body = Listing<OwnReviewBody>),
        (status = 401, description = "`unauthenticated`."),
        (status = 404, description = "`order_not_found`."),
    )
)]
pub(crate) async fn mine(
    State(app): State<App>,
    headers: HeaderMap,
    Query(query): Query<OwnReviewsQuery>,
) -> Result<Json<Listing<OwnReviewBody>>, Problem> {
    let request = paging::page(query.limit, query.cursor.as_deref())?;
    let mut fields = Fields::default();
    let order = fields.check_optional("orderId", query.order_id.as_deref(), OrderId::parse);
    let (order,) = fields.finish((order,))?;
    let page = match order {
        Some(_) if request.after.is_some() => return Err(Problem::field("cursor", "must be left out with orderId")),
        // A page of all their reviews would tell of those for other orders, if only how many there are.
        Some(order) => {
            Page { items: Box::pin(app.of_order(&headers, order, app.context.clock.now())).await?, next: None }
        }
        None => {
            let me = app.context.auth.authenticate_optional(&headers).await?;
            let me = me.ok_or_else(|| app.without_sign_in(&headers))?;
            app.context.store.reviews_by(&Reviewer::User(me.user.id), &request).await?
        }
    };
    Ok(listing("Your reviews.", page, request.limit, |review| OwnReviewBody::of(&review, &app.images_url)))
}

/// One review.
///
/// One that customers do not see is only for its author: signed in, or a guest with the `Order-Token` of its order.
#[utoipa::path(get, path = "/api/v1/reviews/{id}",
    params(("id" = String, Path), ("Order-Token" = Option<String>, Header)),
    responses(
        (status = 200, description = "The review.", body = Envelope<ReviewBody>, headers(("ETag"))),
        (status = 404, description = "`review_not_found`."),
    )
)]
pub(crate) async fn show(
    State(app): State<App>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Answer<ReviewBody>, Problem> {
    let me = app.context.auth.authenticate_optional(&headers).await?;
    let review = app.find(&id).await?;
    let now = app.context.clock.now();
    if !review.is_shown() && !app.is_own(&headers, me.as_ref(), &review, now).await? {
        return Err(missing());
    }
    Ok(Answer::ok("The review.", ReviewBody::of(&review, &app.images_url)).with_version(review.version))
}
