//! Pages of products: by words, filters and order, with the index in memory.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use domain::access::Permission::ProductsRead;
use domain::id::{BrandId, CategoryId};
use domain::product::Product;
use domain::taxonomy::{Taxonomy, TermId};
use domain::time::Time;
use indexing::{Excerpt, IndexError};
use kit::http::caching::{IfNoneMatch, shared, tag_of, unchanged};
use kit::http::problem::Problem;
use products::cards::RatingBody;
use search_index::{Group, Hit, Page, Query};

use crate::app::{App, LIST_AGE, View, unavailable};
use crate::body::{FoundProductBody, ProductListBody, ProductPagination};
use crate::cursor::ProductCursor;
use crate::facets::{FacetTerms, FacetsBody, counts};
use crate::misses;
use crate::query::{Named, NamedQuery, ProductsQuery};
use crate::suggest::suggestions;

/// Fewer products are little, so other words are suggested.
const LITTLE: usize = 3;

/// Products on sale.
///
/// All filters can be combined, with each other and with words. Without words and `sort`, the newest products come
/// first. Staff who send their token can also list drafts, archived and deleted products.
#[utoipa::path(get, path = "/api/v1/products", params(ProductsQuery, NamedQuery), responses(
    (status = 200, description = "A page of products.", body = ProductListBody),
    (status = 304, description = "Not modified."),
    (status = 403, description = "`forbidden`: only staff see products that are not on sale, and look for a SKU."),
    (status = 404, description = "`category_not_found`, or `brand_not_found`."),
    (status = 503, description = "`search_unavailable`, or `busy`."),
))]
pub(crate) async fn list(
    State(app): State<App>,
    headers: HeaderMap,
    if_none_match: IfNoneMatch,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let Some(named) = Named::read(query.as_deref().unwrap_or_default())? else {
        return Box::pin(app.page(&headers, &if_none_match, query.as_deref())).await;
    };
    let now = app.context.clock.now();
    let staff = app.context.auth.is_staff(&headers, ProductsRead).await?;
    if !staff && matches!(named, Named::Sku(_)) {
        return Err(for_staff());
    }
    let listing = named.list(&app, staff, now).await?;
    if staff {
        return Ok(axum::Json(listing).into_response());
    }
    Ok(shared(&listing, &tag_of(&listing)?, &if_none_match, LIST_AGE))
}

/// Products by words.
///
/// It takes the same query as the list of products, and answers in the same way. With `q`, those that fit best come
/// first.
#[utoipa::path(get, path = "/api/v1/products/search", params(ProductsQuery), responses(
    (status = 200, description = "A page of products.", body = ProductListBody),
    (status = 304, description = "Not modified."),
    (status = 403, description = "`forbidden`: only staff see products that are not on sale."),
    (status = 404, description = "`category_not_found`, or `brand_not_found`."),
    (status = 503, description = "`search_unavailable`, or `busy`."),
))]
pub(crate) async fn search(
    State(app): State<App>,
    headers: HeaderMap,
    if_none_match: IfNoneMatch,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    Box::pin(app.page(&headers, &if_none_match, query.as_deref())).await
}

impl App {
    async fn page(
        &self,
        headers: &HeaderMap,
        if_none_match: &IfNoneMatch,
        query: Option<&str>,
    ) -> Result<Response, Problem> {
        let now = self.context.clock.now();
        let asked = ProductsQuery::read(query.unwrap_or_default())?;
        let staff = self.context.auth.is_staff(headers, ProductsRead).await?;
        if !staff && asked.states() != [search_index::State::Active] {
            return Err(for_staff());
        }
        let (categories, brands) =
            tokio::try_join!(self.cards.taxonomies.categories(now), self.cards.taxonomies.brands(now))?;
        let filters = filters(&asked, &categories, &brands, staff)?;
        let view = self.view(asked.cursor.as_ref(), now).await?;
        let tag = view.tag(&[categories.version, brands.version], &asked.page_fingerprint)?;
        if !staff && let Some(answer) = unchanged(&tag, if_none_match, LIST_AGE) {
            return Ok(answer);
        }
        let key = (!staff && asked.facets).then(|| view.tag(&[categories.version, brands.version], &asked.fingerprint));
        let key = key.transpose()?;
        let known = key.as_ref().and_then(|key| self.facets.get(key, now));
        let filters = Query { count_facets: asked.facets && known.is_none(), ..filters };
        let mut body = self.answer(&asked, filters, &view, now).await?;
        if let Some(known) = known {
            body.facets = Some(known);
        } else if let (Some(key), Some(counted)) = (key, &body.facets) {
            self.facets.put(key, counted.clone(), now);
        }
        if staff {
            return Ok(axum::Json(body).into_response());
        }
        if let Some(words) = asked.only_words().filter(|_| body.pagination.total == 0) {
            misses::count(&self.context.store, words, now).await;
        }
        Ok(shared(&body, &tag, if_none_match, LIST_AGE))
    }

    /// A page that was reached by a cursor shows the catalogue as the first page did. If that is too long ago, the
    /// pages go on from the same place in today's catalogue.
    async fn view(&self, cursor: Option<&ProductCursor>, now: Time) -> Result<View, Problem> {
        let newest = self.newest(now).await?;
        let Some(cursor) = cursor else { return Ok(newest) };
        let earlier = self.index.at(cursor.seq, now).await.map_err(unavailable)?;
        Ok(match earlier {
            Some(index) => View { index, seq: cursor.seq, ..newest },
            None => newest,
        })
    }

    async fn answer(
        &self,
        asked: &ProductsQuery,
        filters: Query,
        view: &View,
        now: Time,
    ) -> Result<ProductListBody, Problem> {
        let limit = asked.limit as usize;
        let page = asked.page.unwrap_or(1);
        let query = Query {
            pinned: view.pinned(asked.q.as_deref()),
            skip: (page as usize - 1) * limit,
            after: asked.cursor.as_ref().map(|cursor| cursor.after.clone()),
            // One more, to know whether there is a next page.
            limit: limit + 1,
            ..filters
        };
        let mut found = view.search(&query);
        let has_more = found.hits.len() > limit;
        found.hits.truncate(limit);
        let last = found.hits.last().filter(|_| has_more).map(|hit| hit.position.clone());
        let next = last.map(|after| ProductCursor::new(&asked.fingerprint, view.seq, after).encode());
        let is_little = found.total < LITTLE && asked.cursor.is_none();
        let suggestions = match &asked.q {
            Some(words) if is_little => suggestions(view, words, &query.states),
            _ => Vec::new(),
        };
        Ok(ProductListBody {
            status_code: 200,
            message: "Products.".to_owned(),
            data: self.found(&found.hits, asked.q.as_deref(), now).await?,
            pagination: ProductPagination {
                total: found.total,
                page: asked.cursor.is_none().then_some(page),
                limit: asked.limit,
                total_pages: found.total.div_ceil(limit),
                next_cursor: next,
            },
            facets: if query.count_facets { Some(self.count(&found, query.count_states, now).await?) } else { None },
            did_you_mean: found.corrected,
            suggestions,
        })
    }

    /// The cards of what was found.
    async fn found(&self, hits: &[Hit], words: Option<&str>, now: Time) -> Result<Vec<FoundProductBody>, Problem> {
        let products = products(hits)?;
        let cards = self.cards.of(&products, |at| rating(&hits[at]), now).await?;
        let body = |(card, product)| FoundProductBody::new(card, product, words, self.language);
        Ok(cards.into_iter().zip(&products).map(body).collect())
    }

    async fn count(&self, page: &Page, for_staff: bool, now: Time) -> Result<Arc<FacetsBody>, Problem> {
        let taxonomies = &self.cards.taxonomies;
        let categories: Vec<CategoryId> = counted(page, &Group::Category);
        let brands: Vec<BrandId> = counted(page, &Group::Brand);
        let (categories, brands) =
            tokio::try_join!(taxonomies.categories_with(&categories, now), taxonomies.brands_with(&brands, now))?;
        let currency = self.currency;
        let terms = FacetTerms { categories: &categories, brands: &brands, currency, for_staff };
        Ok(Arc::new(FacetsBody::of(page, terms)))
    }
}

/// The products of hits, as far as lists show them.
pub(crate) fn products(hits: &[Hit]) -> Result<Vec<Product>, Problem> {
    let products: Option<Vec<Product>> = hits.iter().map(|hit| Excerpt::product(&hit.card)).collect();
    products.ok_or_else(|| unavailable(IndexError::Unreadable("a product in it is damaged".to_owned())))
}

/// What customers think of a product that was found.
pub(crate) fn rating(hit: &Hit) -> RatingBody {
    RatingBody::of_index(hit.popularity.rating, hit.popularity.ratings)
}

/// What a query asks for, without the page.
fn filters(
    asked: &ProductsQuery,
    categories: &Taxonomy<CategoryId>,
    brands: &Taxonomy<BrandId>,
    staff: bool,
) -> Result<Query, Problem> {
    let category = asked.category.as_deref().map(|name| visible(categories, name, staff));
    let brand = |name: &String| visible(brands, name, staff);
    Ok(Query {
        text: asked.q.clone().unwrap_or_default(),
        states: asked.states(),
        count_states: staff,
        category: category.transpose()?,
        brands: asked.brand.iter().map(brand).collect::<Result<_, _>>()?,
        min_price: asked.min_price,
        max_price: asked.max_price,
        in_stock: asked.in_stock,
        on_offer: asked.on_offer,
        rating: asked.rating,
        attributes: asked.attributes.clone(),
        options: asked.options.clone(),
        sort: asked.order(),
        ..Query::default()
    })
}

fn visible<I: TermId>(taxonomy: &Taxonomy<I>, name: &str, staff: bool) -> Result<String, Problem> {
    let found = taxonomy.find_named(name).filter(|term| staff || taxonomy.is_shown(term.id));
    found.map(|term| term.id.to_string()).ok_or_else(|| missing::<I>())
}

fn missing<I: TermId>() -> Problem {
    let code = if I::KIND == CategoryId::KIND { "category_not_found" } else { "brand_not_found" };
    Problem::not_found(code, format!("There is no such {}.", I::KIND))
}

fn for_staff() -> Problem {
    Problem::forbidden("forbidden", "Only staff can see products that are not on sale, and look for a SKU.")
}

/// The terms that a page counts.
fn counted<I: TermId>(page: &Page, group: &Group) -> Vec<I> {
    let values = page.facets.iter().filter(|facet| facet.group == *group).flat_map(|facet| &facet.values);
    counts(values).map(|(id, _)| id).collect()
}
