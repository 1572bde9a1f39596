//! Lists of products in pages, newest first: products on sale, by category and by brand. Staff can also list products
//! in other states.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use domain::access::Permission::ProductsWrite;
use domain::id::{BrandId, CategoryId};
use domain::product::Product;
use domain::taxonomy::Taxonomy;
use domain::time::Time;
use kit::http::answer::{Listing, Pagination};
use kit::http::body::Query;
use kit::http::caching::{IfNoneMatch, shared, tag_of};
use kit::http::paging;
use kit::http::problem::Problem;
use products::cards::ProductCardBody;
use serde::Deserialize;
use store::lists::{List, ProductState};
use store::page::{Cursor, PageRequest};
use utoipa::IntoParams;

use crate::App;
use crate::app::PRODUCT_AGE;
use crate::terms::{CatalogTerm, missing};

/// With both filters, category and brand, at most this many pages of the table are read for one page of the answer.
const PAGES: usize = 5;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ProductsQuery {
    /// A category's id or slug. Products in its subcategories are included.
    category: Option<String>,
    /// A brand's id or slug.
    brand: Option<String>,
    /// For staff: `active` (the default), `draft`, `archived` or `deleted`.
    status: Option<String>,
    /// Products in a page, 1 to 100; 20 by default. With a category and a brand, a page may contain fewer.
    limit: Option<u32>,
    /// `nextCursor` of the previous page.
    cursor: Option<String>,
}

/// Products on sale, newest first.
///
/// Filters can be combined. Staff who send their token can also list drafts, archived and deleted products.
#[utoipa::path(get, path = "/api/v1/products", params(ProductsQuery), responses(
    (status = 200, description = "A page of products.", body = Listing<ProductCardBody>),
    (status = 304, description = "Not modified."),
    (status = 403, description = "`forbidden`: only staff see products that are not on sale."),
    (status = 404, description = "`category_not_found`, or `brand_not_found`."),
))]
pub(crate) async fn list(
    State(app): State<App>,
    headers: HeaderMap,
    if_none_match: IfNoneMatch,
    Query(query): Query<ProductsQuery>,
) -> Result<Response, Problem> {
    let now = app.context.clock.now();
    let request = paging::page(query.limit, query.cursor.as_deref())?;
    let state = state(query.status.as_deref())?;
    let staff = app.context.auth.is_staff(&headers, ProductsWrite).await?;
    if state != ProductState::Active && !staff {
        return Err(Problem::forbidden("forbidden", "Only staff can see products that are not on sale."));
    }
    let read = read(&app, &query, state, staff, &request, now);
    if staff {
        return Ok(axum::Json(read.await?).into_response());
    }
    let key = format!("{:?} {:?} {:?}", query.category, query.brand, request);
    let (listing, tag) = cached(&app, key, now, read).await?;
    Ok(shared(&*listing, &tag, &if_none_match, PRODUCT_AGE))
}

/// A list with its entity tag, from the cache or from the table.
pub(crate) async fn cached(
    app: &App,
    key: String,
    now: Time,
    read: impl Future<Output = Result<Listing<ProductCardBody>, Problem>>,
) -> Result<(Arc<Listing<ProductCardBody>>, HeaderValue), Problem> {
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
    state: ProductState,
    staff: bool,
    request: &PageRequest,
    now: Time,
) -> Result<Listing<ProductCardBody>, Problem> {
    let lists = lists(app, query, staff, now).await?;
    let brand = match (&query.category, &query.brand) {
        (Some(_), Some(name)) => Some(visible::<BrandId>(&*app.cards.taxonomies.brands(now).await?, name, staff)?),
        _ => None,
    };
    let keep = |product: &Product| {
        brand.is_none_or(|brand| product.brand == Some(brand)) && ProductState::of(product) == state
    };
    page(app, &lists, state, request, keep, now).await
}

/// One page of the products in these lists.
pub(crate) async fn page(
    app: &App,
    lists: &[List],
    state: ProductState,
    request: &PageRequest,
    keep: impl Fn(&Product) -> bool,
    now: Time,
) -> Result<Listing<ProductCardBody>, Problem> {
    let mut after = request.after.clone();
    let mut data: Vec<ProductCardBody> = Vec::new();
    for _ in 0..PAGES {
        let limit = request.limit - u32::try_from(data.len()).unwrap_or(request.limit);
        let part = PageRequest { limit, after };
        let found = app.context.store.listed(lists, state, &part).await?;
        let mut products = app.context.store.products(&found.items).await?;
        products.retain(&keep);
        data.extend(app.cards.of(&products, now).await?);
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

/// The lists that a query reads: those of a category and its subcategories, that of a brand, or the list of all.
async fn lists(app: &App, query: &ProductsQuery, staff: bool, now: Time) -> Result<Vec<List>, Problem> {
    if let Some(name) = &query.category {
        let categories = app.cards.taxonomies.categories(now).await?;
        let id = visible::<CategoryId>(&categories, name, staff)?;
        let branch = categories.branch(id).into_iter().filter(|&id| staff || categories.is_shown(id));
        return Ok(branch.map(List::of).collect());
    }
    match &query.brand {
        Some(name) => {
            let brands = app.cards.taxonomies.brands(now).await?;
            Ok(vec![List::of(visible::<BrandId>(&brands, name, staff)?)])
        }
        None => Ok(vec![List::all()]),
    }
}

fn visible<I: CatalogTerm>(taxonomy: &Taxonomy<I>, name: &str, staff: bool) -> Result<I, Problem> {
    taxonomy
        .find_named(name)
        .filter(|term| staff || taxonomy.is_shown(term.id))
        .map(|term| term.id)
        .ok_or_else(missing::<I>)
}
