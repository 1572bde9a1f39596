//! `GET /home`: what the first page of a shop shows.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderValue;
use axum::response::Response;
use domain::id::CategoryId;
use domain::product_query::{HOME_CATEGORIES, HOME_CATEGORY_PRODUCTS, HOME_PRODUCTS};
use domain::taxonomy::{Taxonomy, Term};
use domain::time::Time;
use kit::http::answer::{Answer, Envelope};
use kit::http::caching::{IfNoneMatch, shared};
use kit::http::problem::Problem;
use products::TERM_AGE;
use products::cards::{ImageBody, ProductCardBody};
use search_index::{Query, Sort, State as ProductState};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::{App, View};
use crate::list::{products, rating};

/// What is on sale, at most twelve products each.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HomeBody {
    newest: Vec<ProductCardBody>,
    /// What was sold most in the last 30 days, and then ever. Nothing that was never sold.
    bestselling: Vec<ProductCardBody>,
    /// By average rating. Nothing without ratings.
    highest_rated: Vec<ProductCardBody>,
    /// What was more expensive before and can be bought now, the best-selling first.
    on_offer: Vec<ProductCardBody>,
    /// The first eight categories at the top, with what sells best in each and below it: at most six products.
    categories: Vec<HomeCategoryBody>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct HomeCategoryBody {
    id: String,
    slug: String,
    /// The name of the category.
    name: String,
    /// Its picture. Null if it has none.
    image: Option<ImageBody>,
    /// The products that sell best in it.
    products: Vec<ProductCardBody>,
}

/// The answer with its tag.
#[derive(Debug)]
pub(crate) struct Home {
    answer: Envelope<HomeBody>,
    tag: HeaderValue,
}

/// What the first page of a shop shows.
///
/// The newest products, those that sell best, are rated highest or are on offer, and some of each category. It may be
/// cached for 30 seconds.
#[utoipa::path(get, path = "/api/v1/home", responses(
    (status = 200, description = "The content of the first page.", body = Envelope<HomeBody>),
    (status = 304, description = "Not modified."),
    (status = 503, description = "`search_unavailable`, or `busy`."),
))]
pub(crate) async fn show(State(app): State<App>, if_none_match: IfNoneMatch) -> Result<Response, Problem> {
    let now = app.context.clock.now();
    let home = match app.home.get(&(), now) {
        Some(known) => known,
        None => Box::pin(app.make_home(now)).await?,
    };
    Ok(shared(&home.answer, &home.tag, &if_none_match, TERM_AGE))
}

impl App {
    /// It takes a dozen searches, so it is kept for some seconds.
    async fn make_home(&self, now: Time) -> Result<Arc<Home>, Problem> {
        let taxonomies = &self.cards.taxonomies;
        let (categories, brands) = tokio::try_join!(taxonomies.categories(now), taxonomies.brands(now))?;
        let view = self.newest(now).await?;
        let tag = view.tag(&[categories.version, brands.version], &[])?;
        let by = |sort| Query { states: vec![ProductState::Active], sort, limit: HOME_PRODUCTS, ..Query::default() };
        let on_offer = Query { on_offer: true, in_stock: true, ..by(Sort::Bestselling) };
        let body = HomeBody {
            newest: self.cards_of(&view, &by(Sort::Newest), now).await?,
            bestselling: self.cards_of(&view, &by(Sort::Bestselling), now).await?,
            highest_rated: self.cards_of(&view, &Query { rating: Some(1), ..by(Sort::Rating) }, now).await?,
            on_offer: self.cards_of(&view, &on_offer, now).await?,
            categories: self.categories_of(&view, &categories, now).await?,
        };
        let home = Arc::new(Home { answer: Answer::ok("Welcome.", body).envelope, tag });
        self.home.put((), home.clone(), now);
        Ok(home)
    }

    async fn cards_of(&self, view: &View, query: &Query, now: Time) -> Result<Vec<ProductCardBody>, Problem> {
        let mut hits = view.search(query).hits;
        if query.sort == Sort::Bestselling && !query.on_offer {
            hits.retain(|hit| hit.popularity.sales_ever > 0);
        }
        Ok(self.cards.of(&products(&hits)?, |at| rating(&hits[at]), now).await?)
    }

    async fn categories_of(
        &self,
        view: &View,
        categories: &Taxonomy<CategoryId>,
        now: Time,
    ) -> Result<Vec<HomeCategoryBody>, Problem> {
        let mut bodies = Vec::new();
        let is_at_the_top = |term: &&Term<CategoryId>| term.parent.is_none() && categories.is_shown(term.id);
        for term in categories.sorted().into_iter().filter(is_at_the_top) {
            // Without words, relevance is what can be bought, and then what sells best.
            let best = Query {
                states: vec![ProductState::Active],
                category: Some(term.id.to_string()),
                limit: HOME_CATEGORY_PRODUCTS,
                ..Query::default()
            };
            let products = self.cards_of(view, &best, now).await?;
            if products.is_empty() {
                continue;
            }
            bodies.push(HomeCategoryBody {
                id: term.id.to_string(),
                slug: term.slug.to_string(),
                name: term.name.clone(),
                image: ImageBody::of_term(term, &self.cards.images_url),
                products,
            });
            if bodies.len() == HOME_CATEGORIES {
                break;
            }
        }
        Ok(bodies)
    }
}
