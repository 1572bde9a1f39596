//! Products. Whoever loses a race against another change decides again on what is there, unless they named a version.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use domain::access::Permission::ProductsWrite;
use domain::id::{BrandId, CategoryId};
use domain::product::{Product, Redefined};
use domain::taxonomy::{Taxonomy, TermId};
use domain::time::Time;
use kit::answer::{Answer, Envelope, Listing, Nothing, Pagination};
use kit::body::{Body, Fingerprinted, Query};
use kit::etag::{self, IfMatch, RequiredIfMatch};
use kit::gate::SignedIn;
use kit::idempotency::{MaybeIdempotencyKey, Once};
use kit::paging;
use kit::problem::Problem;
use kit::public::{IfNoneMatch, shared, tag_of};
use serde::Deserialize;
use shelves::{ProductChange, Unsaved, untouched};
use store::page::{Cursor, PageRequest};
use store::products::{List, Shelf};
use utoipa::IntoParams;

use crate::App;
use crate::app::{PRODUCT_AGE, missing};
use crate::body::{ProductBody, SummaryBody};
use crate::input::{Defined, ProductEdit, ProductInput};
use crate::save;

/// How often a change is decided anew when others change the product at the same time.
const TRIES: usize = 8;

/// How many pages of the table one page of an answer may take, when it is filtered by a brand as well.
const PAGES: usize = 5;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ProductsQuery {
    /// A category's id or slug; what lies in the categories below it is in it too.
    category: Option<String>,
    /// A brand's id or slug.
    brand: Option<String>,
    /// For staff: `active` (if it is not given), `draft`, `archived` or `deleted`.
    status: Option<String>,
    /// How many, 1 to 100; 20 if it is not given. With both a category and a brand a page may hold fewer.
    limit: Option<u32>,
    /// `nextCursor` of the page before.
    cursor: Option<String>,
}

/// Products on sale, newest first.
#[utoipa::path(get, path = "/api/v1/products", params(ProductsQuery), responses(
    (status = 200, description = "A page of products.", body = Listing<SummaryBody>),
    (status = 304, description = "As you have it."),
    (status = 404, description = "`category_not_found`, or `brand_not_found`."),
))]
pub(crate) async fn list(
    State(app): State<App>,
    headers: HeaderMap,
    asked: IfNoneMatch,
    Query(query): Query<ProductsQuery>,
) -> Result<Response, Problem> {
    let now = app.base.clock.now();
    let request = paging::page(query.limit, query.cursor.as_deref())?;
    let shelf = shelf(query.status.as_deref())?;
    let staff = app.base.gate.is_staff(&headers, ProductsWrite).await?;
    if shelf != Shelf::Active && !staff {
        let message = "Only staff see what is not on sale.";
        return Err(Problem::forbidden("forbidden", message));
    }
    let key = format!("{:?} {:?} {:?}", query.category, query.brand, request);
    if !staff && let Some(known) = app.lists.get(&key, now) {
        let tag = tag_of(&known.data)?;
        return Ok(shared(&*known, &tag, &asked, PRODUCT_AGE));
    }
    let lists = lists(&app, &query, staff, now).await?;
    let brand = match (&query.category, &query.brand) {
        (Some(_), Some(name)) => Some(app.brands(now).await?.find_named(name).map(|b| b.id)),
        _ => None,
    };
    let keep = |product: &Product| {
        brand.is_none_or(|brand| product.brand == brand) && Shelf::of(product) == shelf
    };
    let listing = Arc::new(page(&app, &lists, shelf, &request, keep).await?);
    if staff {
        return Ok(axum::Json(&*listing).into_response());
    }
    app.lists.put(key, Arc::clone(&listing), now);
    Ok(shared(
        &*listing,
        &tag_of(&listing.data)?,
        &asked,
        PRODUCT_AGE,
    ))
}

/// One page of lists.
pub(crate) async fn page(
    app: &App,
    lists: &[List],
    shelf: Shelf,
    request: &PageRequest,
    keep: impl Fn(&Product) -> bool,
) -> Result<Listing<SummaryBody>, Problem> {
    let mut after = request.after.clone();
    let mut data: Vec<SummaryBody> = Vec::new();
    for _ in 0..PAGES {
        let limit = request.limit - u32::try_from(data.len()).unwrap_or(request.limit);
        let part = PageRequest { limit, after };
        let found = app.base.store.listed(lists, shelf, &part).await?;
        let products = app.base.store.products(&found.items).await?;
        let kept = products.iter().filter(|product| keep(product));
        data.extend(kept.map(|product| SummaryBody::of(product, &app.images_url)));
        after = found.next;
        if after.is_none() || data.len() >= request.limit as usize {
            break;
        }
    }
    Ok(Listing {
        status_code: 200,
        message: "Products.".to_owned(),
        data,
        pagination: Pagination {
            limit: request.limit,
            next_cursor: after.as_ref().map(Cursor::encode),
        },
    })
}

fn shelf(status: Option<&str>) -> Result<Shelf, Problem> {
    match status {
        None | Some("active") => Ok(Shelf::Active),
        Some("draft") => Ok(Shelf::Draft),
        Some("archived") => Ok(Shelf::Archived),
        Some("deleted") => Ok(Shelf::Deleted),
        Some(_) => Err(Problem::field(
            "status",
            "must be active, draft, archived or deleted",
        )),
    }
}

/// Which lists a query is about: a category's with all below it, a brand's, or the list of all.
async fn lists(
    app: &App,
    query: &ProductsQuery,
    staff: bool,
    now: Time,
) -> Result<Vec<List>, Problem> {
    if let Some(name) = &query.category {
        let categories = app.categories(now).await?;
        let id = seen::<CategoryId>(&categories, name, staff)?;
        let branch = categories.branch(id).into_iter();
        let shown = branch.filter(|&id| staff || categories.is_shown(id));
        return Ok(shown.map(List::of).collect());
    }
    match &query.brand {
        Some(name) => {
            let brands = app.brands(now).await?;
            Ok(vec![List::of(seen::<BrandId>(&brands, name, staff)?)])
        }
        None => Ok(vec![List::all()]),
    }
}

fn seen<I: TermId>(taxonomy: &Taxonomy<I>, name: &str, staff: bool) -> Result<I, Problem> {
    taxonomy
        .find_named(name)
        .filter(|term| staff || taxonomy.is_shown(term.id))
        .map(|term| term.id)
        .ok_or_else(crate::terms::missing::<I>)
}

/// A product by id or slug. Staff, who send their token, see drafts and deleted ones too, and exact stock.
#[utoipa::path(get, path = "/api/v1/products/{id}", params(("id" = String, Path, description = "Id or slug")), responses(
    (status = 200, description = "The product.", body = Envelope<ProductBody>),
    (status = 304, description = "As you have it."),
    (status = 404, description = "`product_not_found`."),
))]
pub(crate) async fn show(
    State(app): State<App>,
    headers: HeaderMap,
    asked: IfNoneMatch,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    if app.base.gate.is_staff(&headers, ProductsWrite).await? {
        let product = app.find(&name).await?;
        let skus: Vec<_> = product.variants.iter().map(|v| v.sku.clone()).collect();
        let levels = app.base.store.stock_levels(&skus).await?;
        let body = ProductBody::of(&product, &app.images_url).with_levels(&levels);
        let tag = etag::of_shown(product.version, product.shelf);
        let answer = Answer::ok("The product.", body);
        return Ok(answer
            .with_header(axum::http::header::ETAG, tag)
            .into_response());
    }
    let product = app.on_sale(&name, app.base.clock.now()).await?;
    let body = ProductBody::of(&product, &app.images_url);
    let tag = etag::of_shown(product.version, product.shelf);
    let answer = Answer::ok("The product.", body).envelope;
    Ok(shared(&answer, &tag, &asked, PRODUCT_AGE))
}

/// Creates a product, with its variants and their first stock. With an Idempotency-Key, once.
#[utoipa::path(post, path = "/api/v1/products", request_body = ProductInput,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses(
        (status = 201, description = "Created.", body = Envelope<ProductBody>),
        (status = 409, description = "`slug_taken`, `sku_taken`, or `idempotency_key_in_flight`."),
        (status = 422, description = "`idempotency_key_reused`: with another body."),
    )
)]
pub(crate) async fn create(
    State(app): State<App>,
    staff: SignedIn,
    MaybeIdempotencyKey(key): MaybeIdempotencyKey,
    Fingerprinted(body, fingerprint): Fingerprinted<ProductInput>,
) -> Result<Response, Problem> {
    let now = app.base.clock.now();
    let Defined {
        definition,
        has_variants,
    } = body.define(app.currency, None)?;
    let once = key.map(|key| key.once(&staff.user.id.to_string(), "products", fingerprint));
    if let Some(once) = &once
        && let Some(replay) = once.replay(&app.base.store, now).await?
    {
        return Ok(replay);
    }
    let (id, ids) = (app.base.ids.product(now), &app.base.ids);
    let decided = Product::define(id, app.currency, definition, || ids.variant(now), now)
        .map_err(|violations| Defined::problem(has_variants, violations))?;
    let answer = Answer::created(
        "Created.",
        ProductBody::of(&decided.product, &app.images_url),
    )
    .with_version(decided.product.version);
    let remembered = once.as_ref().map(|once| once.remember(&answer, now));
    let change = ProductChange {
        action: "product.create",
        by: Some(staff.user.id),
        before: None,
        decided,
        remembered: remembered.transpose()?,
    };
    match app.shelves.commit(&change, now).await {
        Ok(()) => Ok(answer.into_response()),
        Err(Unsaved::Refused(refusal)) => Err(save::refused(&refusal, &change.decided.product)),
        Err(Unsaved::Store(error)) => Err(error.into()),
        Err(Unsaved::Changed | Unsaved::Repeated) => match once {
            Some(once) => once
                .replay(&app.base.store, now)
                .await?
                .ok_or_else(Once::in_flight),
            None => Err(Problem::internal("a new product's id is taken")),
        },
    }
}

/// Replaces all that is said of a product. Stock and pictures stay: they have routes of their own.
#[utoipa::path(put, path = "/api/v1/products/{id}", request_body = ProductInput,
    params(("id" = String, Path, description = "Id or slug"), ("If-Match" = String, Header)),
    responses(
        (status = 200, description = "Replaced.", body = Envelope<ProductBody>),
        (status = 404, description = "`product_not_found`."),
        (status = 409, description = "`slug_taken`, `sku_taken`, `sku_reserved`, or `product_deleted`."),
        (status = 412, description = "`precondition_failed`."),
        (status = 428, description = "`precondition_required`."),
    )
)]
pub(crate) async fn replace(
    State(app): State<App>,
    staff: SignedIn,
    Path(name): Path<String>,
    RequiredIfMatch(if_match): RequiredIfMatch,
    Body(body): Body<ProductInput>,
) -> Result<Answer<ProductBody>, Problem> {
    let old = app.find(&name).await?;
    let defined = body.define(app.currency, Some(&old))?;
    let change = |old: &Product, now| redefine(&app, old, &defined, now);
    change_product(&app, &staff, old, &if_match, "product.edit", change).await
}

/// Changes what is given. A lost update is refused if you send If-Match.
#[utoipa::path(patch, path = "/api/v1/products/{id}", request_body = ProductEdit,
    params(("id" = String, Path, description = "Id or slug"), ("If-Match" = Option<String>, Header)),
    responses(
        (status = 200, description = "Changed.", body = Envelope<ProductBody>),
        (status = 404, description = "`product_not_found`."),
        (status = 409, description = "`slug_taken`, `sku_taken`, `sku_reserved`, or `product_deleted`."),
        (status = 412, description = "`precondition_failed`."),
    )
)]
pub(crate) async fn edit(
    State(app): State<App>,
    staff: SignedIn,
    Path(name): Path<String>,
    if_match: IfMatch,
    Body(body): Body<ProductEdit>,
) -> Result<Answer<ProductBody>, Problem> {
    let old = app.find(&name).await?;
    let change = |old: &Product, now| {
        let defined = body.clone().define(app.currency, old)?;
        redefine(&app, old, &defined, now)
    };
    change_product(&app, &staff, old, &if_match, "product.edit", change).await
}

/// Takes a product off the shelves. It can be restored; its slug and SKUs stay its own.
#[utoipa::path(delete, path = "/api/v1/products/{id}",
    params(("id" = String, Path, description = "Id or slug"), ("If-Match" = Option<String>, Header)),
    responses(
        (status = 200, description = "Deleted.", body = Envelope<Nothing>),
        (status = 404, description = "`product_not_found`."),
        (status = 409, description = "`product_deleted`: already."),
        (status = 412, description = "`precondition_failed`."),
    )
)]
pub(crate) async fn delete(
    State(app): State<App>,
    staff: SignedIn,
    Path(name): Path<String>,
    if_match: IfMatch,
) -> Result<Answer<Nothing>, Problem> {
    let old = app.find(&name).await?;
    let change = |old: &Product, now| {
        refuse_deleted(old)?;
        Ok(untouched(
            old.changed(now, |product| product.deleted_at = Some(now)),
        ))
    };
    change_product(&app, &staff, old, &if_match, "product.delete", change).await?;
    Ok(Answer::ok("Deleted. It can be restored.", Nothing))
}

/// Puts a deleted product back on its shelf. It leaves out categories and a brand that are gone meanwhile.
#[utoipa::path(post, path = "/api/v1/products/{id}/restore", params(("id" = String, Path, description = "Id or slug")), responses(
    (status = 200, description = "Restored.", body = Envelope<ProductBody>),
    (status = 404, description = "`product_not_found`."),
    (status = 409, description = "`product_not_deleted`."),
))]
pub(crate) async fn restore(
    State(app): State<App>,
    staff: SignedIn,
    Path(name): Path<String>,
) -> Result<Answer<ProductBody>, Problem> {
    let old = app.find(&name).await?;
    let store = &app.base.store;
    let (categories, brands) =
        tokio::join!(store.taxonomy::<CategoryId>(), store.taxonomy::<BrandId>());
    let (categories, brands) = (categories?, brands?);
    let change = |old: &Product, now| {
        if old.deleted_at.is_none() {
            let message = "This product is not deleted.";
            return Err(Problem::conflict("product_not_deleted", message));
        }
        Ok(untouched(old.changed(now, |product| {
            product.deleted_at = None;
            product
                .categories
                .retain(|&id| categories.find(id).is_some());
            product.brand = product.brand.filter(|&id| brands.find(id).is_some());
        })))
    };
    change_product(&app, &staff, old, &IfMatch::Any, "product.restore", change).await
}

fn redefine(app: &App, old: &Product, defined: &Defined, now: Time) -> Result<Redefined, Problem> {
    refuse_deleted(old)?;
    let ids = &app.base.ids;
    old.redefine(defined.definition.clone(), || ids.variant(now), now)
        .map_err(|violations| Defined::problem(defined.has_variants, violations))
}

pub(crate) fn refuse_deleted(product: &Product) -> Result<(), Problem> {
    if product.deleted_at.is_none() {
        return Ok(());
    }
    let message = "This product is deleted; restore it first.";
    Err(Problem::conflict("product_deleted", message))
}

/// Decides on the product and commits; on the product as it is then, if another change came first.
pub(crate) async fn change_product(
    app: &App,
    staff: &SignedIn,
    mut old: Product,
    if_match: &IfMatch,
    action: &'static str,
    decide: impl Fn(&Product, Time) -> Result<Redefined, Problem>,
) -> Result<Answer<ProductBody>, Problem> {
    for _ in 0..TRIES {
        if !if_match.allows(old.version) {
            return Err(Problem::precondition_failed());
        }
        let now = app.base.clock.now();
        let change = ProductChange {
            action,
            by: Some(staff.user.id),
            decided: decide(&old, now)?,
            before: Some(old),
            remembered: None,
        };
        match app.shelves.commit(&change, now).await {
            Ok(()) => {
                let product = change.decided.product;
                let body = ProductBody::of(&product, &app.images_url);
                let tag = etag::of_shown(product.version, product.shelf);
                return Ok(Answer::ok("Changed.", body).with_header(axum::http::header::ETAG, tag));
            }
            Err(Unsaved::Refused(refusal)) => {
                return Err(save::refused(&refusal, &change.decided.product));
            }
            Err(Unsaved::Store(error)) => return Err(error.into()),
            Err(Unsaved::Changed | Unsaved::Repeated) => {
                let now = app.base.store.product(change.decided.product.id).await?;
                old = now.ok_or_else(missing)?;
            }
        }
    }
    Err(Problem::busy("the product changed at every try"))
}
