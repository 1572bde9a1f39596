//! Search as you type: how the words may go on, and what they find already.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use domain::product::Product;
use domain::product_query::{SUGGESTED_PRODUCTS, SUGGESTED_QUERIES, SUGGESTED_TERMS};
use domain::slug::Slug;
use domain::taxonomy::{Taxonomy, Term, TermId};
use kit::http::answer::{Answer, Envelope};
use kit::http::caching::{IfNoneMatch, shared, unchanged};
use kit::http::money::MoneyBody;
use kit::http::problem::Problem;
use products::cards::{ImageBody, TermNameBody};
use search_index::{Query, State as ProductState};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use crate::app::{App, LIST_AGE, View};
use crate::body::HighlightsBody;
use crate::list::products;
use crate::parameters::Parameters;
use crate::query::words;

/// How many words are left out, the last ones first, until the others find something.
const MAX_LEFT_OUT: usize = 4;

#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SuggestQuery {
    /// What was typed so far, 1 to 200 characters.
    q: String,
    /// Names the query.
    #[param(ignore)]
    fingerprint: Vec<u8>,
}

/// What was typed may mean these.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct SuggestionsBody {
    /// Words that begin as typed and find something, those that find most first; at most 6.
    queries: Vec<String>,
    /// The products that fit best, at most 6.
    products: Vec<SuggestedProductBody>,
    /// Categories with these words in their names, at most 4.
    categories: Vec<TermNameBody>,
    /// Brands with these words in their names, at most 4.
    brands: Vec<TermNameBody>,
}

/// A product, as far as a line below the search field needs it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct SuggestedProductBody {
    id: String,
    slug: String,
    /// The name of the product.
    name: String,
    /// The lowest price of the variants that can be bought; if all are sold out, of all.
    price: MoneyBody,
    /// The best stock band of its variants: `in`, `low`, `backorder`, `preorder` or `out`.
    stock: &'static str,
    image: Option<ImageBody>,
    /// Where the words stand that were typed.
    highlights: HighlightsBody,
}

/// Suggestions while somebody types.
///
/// Queries, products, categories and brands in one answer. Ask for it some 100 milliseconds after the last letter.
#[utoipa::path(get, path = "/api/v1/products/suggest", params(SuggestQuery), responses(
    (status = 200, description = "What the words may mean.", body = Envelope<SuggestionsBody>),
    (status = 304, description = "Not modified."),
    (status = 503, description = "`search_unavailable`, or `busy`."),
))]
pub(crate) async fn show(
    State(app): State<App>,
    if_none_match: IfNoneMatch,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let asked = SuggestQuery::read(query.as_deref().unwrap_or_default())?;
    let now = app.context.clock.now();
    let taxonomies = &app.cards.taxonomies;
    let (categories, brands) = tokio::try_join!(taxonomies.categories(now), taxonomies.brands(now))?;
    let view = app.newest(now).await?;
    let tag = view.tag(&[categories.version, brands.version], &asked.fingerprint)?;
    if let Some(answer) = unchanged(&tag, &if_none_match, LIST_AGE) {
        return Ok(answer);
    }
    let states = vec![ProductState::Active];
    let queries = view.index.completions(&asked.q, &states, &view.settings.synonyms, SUGGESTED_QUERIES);
    let found = view.search(&Query {
        text: asked.q.clone(),
        states,
        pinned: view.pinned(Some(&asked.q)),
        limit: SUGGESTED_PRODUCTS,
        ..Query::default()
    });
    let product = |product: &Product| SuggestedProductBody::of(product, &asked.q, &app);
    let body = SuggestionsBody {
        queries,
        products: products(&found.hits)?.iter().map(product).collect(),
        categories: named(&categories, &asked.q),
        brands: named(&brands, &asked.q),
    };
    Ok(shared(&Answer::ok("Suggestions.", body).envelope, &tag, &if_none_match, LIST_AGE))
}

impl SuggestQuery {
    fn read(query: &str) -> Result<Self, Problem> {
        let mut given = Parameters::of(query);
        let fingerprint = given.fingerprint(&[]);
        if !given.has("q") {
            given.refuse("q", &"is required");
        }
        let q = given.take("q", |text| {
            let words = words(text)?;
            if words.is_empty() { Err("must not be empty".to_owned()) } else { Ok(words) }
        });
        given.finish(Self { q: q.unwrap_or_default(), fingerprint })
    }
}

impl SuggestedProductBody {
    fn of(product: &Product, words: &str, app: &App) -> Self {
        let image = product.images.first();
        Self {
            id: product.id.to_string(),
            slug: product.slug.to_string(),
            name: product.name.clone(),
            price: product.price(product.cheapest().map_or(0, |variant| variant.price)).into(),
            stock: product.best_band().name(),
            image: image.map(|image| ImageBody::of(product, image, &app.cards.images_url)),
            highlights: HighlightsBody::of(&product.name, words, app.language),
        }
    }
}

/// The terms that customers see with all these words in their names. The last word may be the beginning of one. Names
/// that begin with the words come first, then those with most products.
fn named<I: TermId>(taxonomy: &Taxonomy<I>, words: &str) -> Vec<TermNameBody> {
    let Ok(words) = Slug::of_name(words) else { return Vec::new() };
    let asked: Vec<&str> = words.as_str().split('-').collect();
    let Some((last, whole)) = asked.split_last() else { return Vec::new() };
    let mut found: Vec<(bool, u64, &Term<I>)> = Vec::new();
    for term in taxonomy.sorted() {
        let Ok(name) = Slug::of_name(&term.name) else { continue };
        let has = |fits: &dyn Fn(&str) -> bool| name.as_str().split('-').any(fits);
        let fits = has(&|word| word.starts_with(last)) && whole.iter().all(|asked| has(&|word| word == *asked));
        if fits && taxonomy.is_shown(term.id) {
            found.push((!name.as_str().starts_with(words.as_str()), term.shown_count(), term));
        }
    }
    found.sort_by_key(|(is_inside, products, _)| (*is_inside, u64::MAX - products));
    found.into_iter().take(SUGGESTED_TERMS).map(|(_, _, term)| TermNameBody::of(term)).collect()
}

/// Other words that find something, where these find little: how they may go on, or the first of them.
pub(crate) fn suggestions(view: &View, words: &str, states: &[ProductState]) -> Vec<String> {
    let typed = words.to_lowercase();
    let mut beginning = typed.as_str();
    for _ in 0..=MAX_LEFT_OUT {
        let mut found = view.index.completions(beginning, states, &view.settings.synonyms, SUGGESTED_QUERIES);
        found.retain(|other| *other != typed);
        if !found.is_empty() {
            return found;
        }
        let Some((before, _)) = beginning.rsplit_once(char::is_whitespace) else { break };
        beginning = before.trim_end();
    }
    Vec::new()
}
