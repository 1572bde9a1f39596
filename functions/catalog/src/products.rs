//! The routes of products. If the product changed after it was read, a change is decided again on the new version,
//! unless the client named a version with If-Match.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use domain::access::Permission::ProductsRead;
use domain::id::{BrandId, CategoryId};
use domain::product::{Product, Revision};
use domain::time::Time;
use kit::http::answer::{Answer, Envelope, Nothing};
use kit::http::auth::Identity;
use kit::http::body::{Body, Fingerprinted};
use kit::http::caching::{IfNoneMatch, shared};
use kit::http::etag::{IfMatch, RequiredIfMatch};
use kit::http::idempotency::IdempotencyKey;
use kit::http::problem::Problem;
use products::product_body::ProductBody;
use products::{ProductChange, SaveError};
use store::retry::{Attempt, retry_from};

use crate::App;
use crate::app::{PRODUCT_AGE, missing};
use crate::input::{Defined, ProductInput, ProductPatchInput};
use crate::refusal::{refused, violated};
use crate::shown::ShownProduct;

/// A product by id or slug.
///
/// Staff who send their token also see drafts, deleted products, exact stock and how many units were sold.
#[utoipa::path(get, path = "/api/v1/products/{id}", params(("id" = String, Path, description = "Id or slug")), responses(
    (status = 200, description = "The product.", body = Envelope<ProductBody>),
    (status = 304, description = "Not modified."),
    (status = 404, description = "`product_not_found`."),
))]
pub(crate) async fn show(
    State(app): State<App>,
    headers: HeaderMap,
    asked: IfNoneMatch,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    let now = app.context.clock.now();
    if app.context.auth.is_staff(&headers, ProductsRead).await? {
        let product = app.find(&name).await?;
        let skus: Vec<_> = product.variants.iter().map(|v| v.sku.clone()).collect();
        let (store, id) = (&app.context.store, [product.id]);
        let (levels, sales) = tokio::try_join!(store.stock_levels(&skus), store.sales(&id))?;
        let sales = sales.get(&product.id).cloned().unwrap_or_default();
        let ShownProduct { body, tag } = app.show(&product, true, now).await?;
        let answer = Answer::ok("The product.", body.with_levels(&levels).with_sales(&sales, now));
        return Ok(answer.with_header(axum::http::header::ETAG, tag).into_response());
    }
    let product = app.on_sale(&name, now).await?;
    let ShownProduct { body, tag } = app.show(&product, false, now).await?;
    let answer = Answer::ok("The product.", body).envelope;
    Ok(shared(&answer, &tag, &asked, PRODUCT_AGE))
}

/// Creates a product with its variants and their first stock.
///
/// A repeated request with the same Idempotency-Key creates no second product.
#[utoipa::path(post, path = "/api/v1/products", request_body = ProductInput,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses(
        (status = 201, description = "Created.", body = Envelope<ProductBody>, headers(("ETag"))),
        (status = 409, description = "`slug_taken`, `sku_taken`, or `idempotency_key_in_flight`."),
        (status = 422, description = "`idempotency_key_reused`: the key was used with another body."),
    )
)]
pub(crate) async fn create(
    State(app): State<App>,
    staff: Identity,
    key: Option<IdempotencyKey>,
    Fingerprinted(body, fingerprint): Fingerprinted<ProductInput>,
) -> Result<Response, Problem> {
    let now = app.context.clock.now();
    let Defined { definition, has_variants } = body.define(app.currency, None)?;
    let request = key.map(|key| key.for_request(&staff.id().to_string(), "products", fingerprint));
    if let Some(request) = &request
        && let Some(replay) = request.replay(&app.context.store, now).await?
    {
        return Ok(replay);
    }
    let (id, ids) = (app.context.ids.product(now), &app.context.ids);
    let revision = Product::define(id, app.currency, definition, || ids.variant(now), now)
        .map_err(|violations| violated(violations, has_variants))?;
    let shown = app.show(&revision.product, true, now).await?;
    let answer = Answer::created("Product created.", shown.body).with_version(revision.product.version);
    let idempotency_record = request.as_ref().map(|request| request.record_answer(&answer, now));
    let change = ProductChange {
        action: "product.create",
        by: Some(staff.id()),
        before: None,
        revision,
        idempotency_record: idempotency_record.transpose()?,
    };
    match app.writer.commit(&change, now).await {
        Ok(()) => Ok(answer.into_response()),
        Err(SaveError::Refused(refusal)) => Err(refused(&refusal, &change.revision.product)),
        Err(SaveError::Store(error)) => Err(error.into()),
        Err(SaveError::Changed | SaveError::Repeated) => match request {
            Some(request) => request.replay_committed(&app.context.store, now).await,
            None => Err(Problem::internal("the id of a new product exists already")),
        },
    }
}

/// Replaces the fields of a product.
///
/// Its stock and its pictures stay, because they have their own routes.
#[utoipa::path(put, path = "/api/v1/products/{id}", request_body = ProductInput,
    params(("id" = String, Path, description = "Id or slug"), ("If-Match" = String, Header)),
    responses(
        (status = 200, description = "Replaced.", body = Envelope<ProductBody>, headers(("ETag"))),
        (status = 404, description = "`product_not_found`."),
        (status = 409, description = "`slug_taken`, `sku_taken`, `sku_reserved`, or `product_deleted`."),
        (status = 412, description = "`precondition_failed`."),
        (status = 428, description = "`precondition_required`."),
    )
)]
pub(crate) async fn replace(
    State(app): State<App>,
    staff: Identity,
    Path(name): Path<String>,
    RequiredIfMatch(if_match): RequiredIfMatch,
    Body(body): Body<ProductInput>,
) -> Result<Answer<ProductBody>, Problem> {
    let old = app.find(&name).await?;
    let defined = body.define(app.currency, Some(&old))?;
    let change = |old: &Product, now| redefine(&app, old, &defined, now);
    change_product(&app, &staff, old, &if_match, "product.edit", change).await
}

/// Changes the given fields of a product.
///
/// With If-Match, the change is refused if the product has another version now.
#[utoipa::path(patch, path = "/api/v1/products/{id}", request_body = ProductPatchInput,
    params(("id" = String, Path, description = "Id or slug"), ("If-Match" = Option<String>, Header)),
    responses(
        (status = 200, description = "Changed.", body = Envelope<ProductBody>, headers(("ETag"))),
        (status = 404, description = "`product_not_found`."),
        (status = 409, description = "`slug_taken`, `sku_taken`, `sku_reserved`, or `product_deleted`."),
        (status = 412, description = "`precondition_failed`."),
    )
)]
pub(crate) async fn edit(
    State(app): State<App>,
    staff: Identity,
    Path(name): Path<String>,
    if_match: IfMatch,
    Body(body): Body<ProductPatchInput>,
) -> Result<Answer<ProductBody>, Problem> {
    let old = app.find(&name).await?;
    let change = |old: &Product, now| {
        let defined = body.clone().define(app.currency, old)?;
        redefine(&app, old, &defined, now)
    };
    change_product(&app, &staff, old, &if_match, "product.edit", change).await
}

/// Deletes a product.
///
/// It can be restored. No other product can take its slug and its SKUs.
#[utoipa::path(delete, path = "/api/v1/products/{id}",
    params(("id" = String, Path, description = "Id or slug"), ("If-Match" = Option<String>, Header)),
    responses(
        (status = 200, description = "Deleted.", body = Envelope<Nothing>),
        (status = 404, description = "`product_not_found`."),
        (status = 409, description = "`product_deleted`: it is deleted already."),
        (status = 412, description = "`precondition_failed`."),
    )
)]
pub(crate) async fn delete(
    State(app): State<App>,
    staff: Identity,
    Path(name): Path<String>,
    if_match: IfMatch,
) -> Result<Answer<Nothing>, Problem> {
    let old = app.find(&name).await?;
    let change = |old: &Product, now| {
        refuse_deleted(old)?;
        Ok(Revision::with_same_skus(old.changed(now, |product| product.deleted_at = Some(now))))
    };
    change_product(&app, &staff, old, &if_match, "product.delete", change).await?;
    Ok(Answer::ok("Product deleted. It can be restored.", Nothing))
}

/// Restores a deleted product.
///
/// Categories and a brand that no longer exist are removed from it.
#[utoipa::path(post, path = "/api/v1/products/{id}/restore", params(("id" = String, Path, description = "Id or slug")), responses(
    (status = 200, description = "Restored.", body = Envelope<ProductBody>, headers(("ETag"))),
    (status = 404, description = "`product_not_found`."),
    (status = 409, description = "`product_not_deleted`."),
))]
pub(crate) async fn restore(
    State(app): State<App>,
    staff: Identity,
    Path(name): Path<String>,
) -> Result<Answer<ProductBody>, Problem> {
    let old = app.find(&name).await?;
    let store = &app.context.store;
    let (categories, brands) = tokio::join!(store.taxonomy::<CategoryId>(), store.taxonomy::<BrandId>());
    let (categories, brands) = (categories?, brands?);
    let change = |old: &Product, now| {
        if old.deleted_at.is_none() {
            let message = "This product is not deleted.";
            return Err(Problem::conflict("product_not_deleted", message));
        }
        Ok(Revision::with_same_skus(old.changed(now, |product| {
            product.deleted_at = None;
            product.categories.retain(|&id| categories.find(id).is_some());
            product.brand = product.brand.filter(|&id| brands.find(id).is_some());
        })))
    };
    change_product(&app, &staff, old, &IfMatch::Any, "product.restore", change).await
}

fn redefine(app: &App, old: &Product, defined: &Defined, now: Time) -> Result<Revision, Problem> {
    refuse_deleted(old)?;
    let ids = &app.context.ids;
    old.redefine(defined.definition.clone(), || ids.variant(now), now)
        .map_err(|violations| violated(violations, defined.has_variants))
}

pub(crate) fn refuse_deleted(product: &Product) -> Result<(), Problem> {
    if product.deleted_at.is_none() {
        return Ok(());
    }
    let message = "This product is deleted; restore it first.";
    Err(Problem::conflict("product_deleted", message))
}

/// Decides on `old` and commits. If another change was committed first, it reads the product again and decides again.
pub(crate) async fn change_product(
    app: &App,
    staff: &Identity,
    old: Product,
    if_match: &IfMatch,
    action: &'static str,
    decide: impl Fn(&Product, Time) -> Result<Revision, Problem>,
) -> Result<Answer<ProductBody>, Problem> {
    let (id, decide) = (old.id, &decide);
    let attempt = |old: Product| async move {
        if_match.check(old.version)?;
        let now = app.context.clock.now();
        let revision = decide(&old, now)?;
        let by = Some(staff.id());
        let change = ProductChange { action, by, before: Some(old), revision, idempotency_record: None };
        let product = &change.revision.product;
        // Before the commit, so that no failed read hides that the change is done.
        let shown = app.show(product, true, now).await?;
        match app.writer.commit(&change, now).await {
            Ok(()) => {
                let answer = Answer::ok("Product changed.", shown.body);
                Ok(Attempt::Done(answer.with_header(axum::http::header::ETAG, shown.tag)))
            }
            Err(SaveError::Changed | SaveError::Repeated) => Ok(Attempt::Overtaken),
            Err(SaveError::Refused(refusal)) => Err(refused(&refusal, product)),
            Err(SaveError::Store(error)) => Err(error.into()),
        }
    };
    let read = || async { app.context.store.product(id).await?.ok_or_else(missing) };
    // Boxed: with two products and an answer in it, it is large.
    Box::pin(retry_from("the product", old, read, attempt)).await
}
