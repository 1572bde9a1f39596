//! Search: the routes that find products, with the index in memory: lists, words, suggestions and the first page; and
//! how staff set the search.

mod app;
mod body;
mod cursor;
mod facets;
mod home;
mod list;
pub mod misses;
mod named;
mod parameters;
mod query;
mod rules;
mod settings;
mod suggest;
mod synonyms;

pub use app::{App, Config};
use axum::Router;
use domain::access::Permission::{ProductsRead, ProductsWrite};
use kit::http::auth::Access::{OptionalStaff, Public, Staff};
use kit::http::routes::{HttpMethod, Route};
use kit::route;

pub fn routes() -> Vec<Route<App>> {
    vec![
        route!(Public, "getHome", home::show),
        // The catalog function has the same path, to create products.
        route!(OptionalStaff(ProductsRead), "listProducts", list::list).beside(HttpMethod::Post),
        route!(OptionalStaff(ProductsRead), "searchProducts", list::search),
        route!(Public, "suggestProducts", suggest::show),
        route!(Staff(ProductsRead), "listSynonyms", synonyms::list),
        route!(Staff(ProductsWrite), "createSynonym", synonyms::create),
        route!(Staff(ProductsRead), "getSynonym", synonyms::show),
        route!(Staff(ProductsWrite), "replaceSynonym", synonyms::replace),
        route!(Staff(ProductsWrite), "deleteSynonym", synonyms::delete),
        route!(Staff(ProductsRead), "listSearchRules", rules::list),
        route!(Staff(ProductsWrite), "createSearchRule", rules::create),
        route!(Staff(ProductsRead), "getSearchRule", rules::show),
        route!(Staff(ProductsWrite), "replaceSearchRule", rules::replace),
        route!(Staff(ProductsWrite), "deleteSearchRule", rules::delete),
        route!(Staff(ProductsRead), "listQueriesWithoutResults", misses::list),
    ]
}

pub fn router(app: App) -> Router {
    let context = app.context.clone();
    context.router(routes(), app)
}
