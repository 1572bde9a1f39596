//! Brands: who makes what the shop sells. What they share with categories is in [`terms`](crate::terms).

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use domain::access::Permission::ProductsWrite;
use domain::id::BrandId;
use kit::http::answer::{Answer, Envelope, Nothing};
use kit::http::auth::SignedIn;
use kit::http::body::Body;
use kit::http::caching::IfNoneMatch;
use kit::http::etag::{IfMatch, RequiredIfMatch};
use kit::http::problem::Problem;

use crate::App;
use crate::terms::{self, TermBody, TermEdit, TermInput};

/// All brands. Staff, who send their token, see hidden ones too.
#[utoipa::path(get, path = "/api/v1/brands", responses(
    (status = 200, description = "All of them.", body = Envelope<Vec<TermBody>>),
    (status = 304, description = "As you have it."),
))]
pub(crate) async fn list(State(app): State<App>, headers: HeaderMap, asked: IfNoneMatch) -> Result<Response, Problem> {
    if app.context.auth.is_staff(&headers, ProductsWrite).await? {
        return terms::list::<BrandId>(&app.context.store.taxonomy().await?, true, &asked);
    }
    terms::list(&*app.brands(app.context.clock.now()).await?, false, &asked)
}

#[utoipa::path(get, path = "/api/v1/brands/{id}", params(("id" = String, Path, description = "Id or slug")), responses(
    (status = 200, description = "The brand.", body = Envelope<TermBody>),
    (status = 304, description = "As you have it."),
    (status = 404, description = "`brand_not_found`."),
))]
pub(crate) async fn show(
    State(app): State<App>,
    headers: HeaderMap,
    asked: IfNoneMatch,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    if app.context.auth.is_staff(&headers, ProductsWrite).await? {
        return terms::show::<BrandId>(&app.context.store.taxonomy().await?, &name, true, &asked);
    }
    let known = app.brands(app.context.clock.now()).await?;
    terms::show(&*known, &name, false, &asked)
}

#[utoipa::path(post, path = "/api/v1/brands", request_body = TermInput, responses(
    (status = 201, description = "Created.", body = Envelope<TermBody>),
    (status = 409, description = "`slug_taken`, or `taxonomy_full`."),
))]
pub(crate) async fn create(
    State(app): State<App>,
    staff: SignedIn,
    Body(body): Body<TermInput>,
) -> Result<Answer<TermBody>, Problem> {
    let id = app.context.ids.brand(app.context.clock.now());
    terms::create(&app, &staff, id, body).await
}

#[utoipa::path(put, path = "/api/v1/brands/{id}", request_body = TermInput,
    params(("id" = String, Path, description = "Id or slug"), ("If-Match" = String, Header)),
    responses(
        (status = 200, description = "Replaced.", body = Envelope<TermBody>),
        (status = 404, description = "`brand_not_found`."),
        (status = 409, description = "`slug_taken`."),
        (status = 412, description = "`precondition_failed`."),
        (status = 428, description = "`precondition_required`."),
    )
)]
pub(crate) async fn replace(
    State(app): State<App>,
    staff: SignedIn,
    Path(name): Path<String>,
    RequiredIfMatch(if_match): RequiredIfMatch,
    Body(body): Body<TermInput>,
) -> Result<Answer<TermBody>, Problem> {
    terms::replace::<BrandId>(&app, &staff, &name, &if_match, body).await
}

#[utoipa::path(patch, path = "/api/v1/brands/{id}", request_body = TermEdit,
    params(("id" = String, Path, description = "Id or slug"), ("If-Match" = Option<String>, Header)),
    responses(
        (status = 200, description = "Changed.", body = Envelope<TermBody>),
        (status = 404, description = "`brand_not_found`."),
        (status = 409, description = "`slug_taken`."),
        (status = 412, description = "`precondition_failed`."),
    )
)]
pub(crate) async fn edit(
    State(app): State<App>,
    staff: SignedIn,
    Path(name): Path<String>,
    if_match: IfMatch,
    Body(body): Body<TermEdit>,
) -> Result<Answer<TermBody>, Problem> {
    terms::edit::<BrandId>(&app, &staff, &name, &if_match, body).await
}

/// Deletes a brand that is not in use.
#[utoipa::path(delete, path = "/api/v1/brands/{id}",
    params(("id" = String, Path, description = "Id or slug"), ("If-Match" = Option<String>, Header)),
    responses(
        (status = 200, description = "Deleted.", body = Envelope<Nothing>),
        (status = 404, description = "`brand_not_found`."),
        (status = 409, description = "`brand_in_use`."),
        (status = 412, description = "`precondition_failed`."),
    )
)]
pub(crate) async fn delete(
    State(app): State<App>,
    staff: SignedIn,
    Path(name): Path<String>,
    if_match: IfMatch,
) -> Result<Answer<Nothing>, Problem> {
    terms::delete::<BrandId>(&app, &staff, &name, &if_match).await
}
