//! Search: the routes that find products, with the index in memory: lists, words, suggestions and the first page; and how
//! staff set the search.

mod app;
mod body;
mod cursor;
mod facets;
mod home;
mod list;
mod named;
mod parameters;
mod query;
mod suggest;

pub use app::{App, Config};
use axum::Router;
use domain::access::Permission::ProductsRead;
use kit::http::auth::Access::{OptionalStaff, Public};
use kit::http::routes::{HttpMethod, Route};
use kit::route;

pub fn routes() -> Vec<Route<App>> {
    vec![
        route!(Public, "getHome", home::show),
        // The catalog function has the same path, to create products.
        route!(OptionalStaff(ProductsRead), "listProducts", list::list).beside(HttpMethod::Post),
        route!(OptionalStaff(ProductsRead), "searchProducts", list::search),
        route!(Public, "suggestProducts", suggest::show),
    ]
}

pub fn router(app: App) -> Router {
    let context = app.context.clone();
    context.router(routes(), app)
}
