//! Lists of products, by cursor: what is on sale, newest first, by category and by brand; for staff the other shelves
//! too.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use domain::access::Permission::ProductsWrite;
use domain::id::{BrandId, CategoryId};
use domain::product::Product;
use domain::taxonomy::{Taxonomy, TermId};
use domain::time::Time;
use kit::http::answer::{Listing, Pagination};
use kit::http::body::Query;
use kit::http::caching::{IfNoneMatch, shared, tag_of};
use kit::http::paging;
use kit::http::problem::Problem;
use serde::Deserialize;
use store::lists::{List, ProductState};
use store::page::{Cursor, PageRequest};
use utoipa::IntoParams;

use crate::App;
use crate::app::PRODUCT_AGE;
use crate::body::SummaryBody;

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
    let now = app.context.clock.now();
    let request = paging::page(query.limit, query.cursor.as_deref())?;
    let state = state(query.status.as_deref())?;
    let staff = app.context.auth.is_staff(&headers, ProductsWrite).await?;
    if state != ProductState::Active && !staff {
        let message = "Only staff see what is not on sale.";
        return Err(Problem::forbidden("forbidden", message));
    }
    let read = read(&app, &query, (state, staff), &request, now);
    if staff {
        return Ok(axum::Json(read.await?).into_response());
    }
    let key = format!("{:?} {:?} {:?}", query.category, query.brand, request);
    let (listing, tag) = remembered(&app, key, now, read).await?;
    Ok(shared(&*listing, &tag, &asked, PRODUCT_AGE))
}

/// A list from memory if it is young enough, or else as it is read now; with its tag, so that it is hashed once.
pub(crate) async fn remembered(
    app: &App,
    key: String,
    now: Time,
    read: impl Future<Output = Result<Listing<SummaryBody>, Problem>>,
) -> Result<(Arc<Listing<SummaryBody>>, HeaderValue), Problem> {
    if let Some(known) = app.lists.get(&key, now) {
        return Ok(known);
    }
    let listing = Arc::new(read.await?);
    let tag = tag_of(&*listing)?;
    app.lists.put(key, (Arc::clone(&listing), tag.clone()), now);
    Ok((listing, tag))
}

async fn read(
    app: &App,
    query: &ProductsQuery,
    (state, staff): (ProductState, bool),
    request: &PageRequest,
    now: Time,
) -> Result<Listing<SummaryBody>, Problem> {
    let lists = lists(app, query, staff, now).await?;
    let brand = match (&query.category, &query.brand) {
        (Some(_), Some(name)) => Some(app.brands(now).await?.find_named(name).map(|b| b.id)),
        _ => None,
    };
    let keep =
        |product: &Product| brand.is_none_or(|brand| product.brand == brand) && ProductState::of(product) == state;
    page(app, &lists, state, request, keep).await
}

/// One page of lists.
pub(crate) async fn page(
    app: &App,
    lists: &[List],
    state: ProductState,
    request: &PageRequest,
    keep: impl Fn(&Product) -> bool,
) -> Result<Listing<SummaryBody>, Problem> {
    let mut after = request.after.clone();
    let mut data: Vec<SummaryBody> = Vec::new();
    for _ in 0..PAGES {
        let limit = request.limit - u32::try_from(data.len()).unwrap_or(request.limit);
        let part = PageRequest { limit, after };
        let found = app.context.store.listed(lists, state, &part).await?;
        let products = app.context.store.products(&found.items).await?;
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
        pagination: Pagination { limit: request.limit, next_cursor: after.as_ref().map(Cursor::encode) },
    })
}

fn state(status: Option<&str>) -> Result<ProductState, Problem> {
    match status {
        None | Some("active") => Ok(ProductState::Active),
        Some("draft") => Ok(ProductState::Draft),
        Some("archived") => Ok(ProductState::Archived),
        Some("deleted") => Ok(ProductState::Deleted),
        Some(_) => Err(Problem::field("status", "must be active, draft, archived or deleted")),
    }
}

/// Which lists a query is about: a category's with all below it, a brand's, or the list of all.
async fn lists(app: &App, query: &ProductsQuery, staff: bool, now: Time) -> Result<Vec<List>, Problem> {
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
