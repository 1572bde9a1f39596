//! Catalog: the routes of products, categories and brands. Everybody can read what is on sale. Staff who send their
//! token also see drafts, deleted products and exact stock.

mod app;
mod body;
mod browse;
mod home;
mod images;
mod input;
mod parse;
mod products;
mod refusal;
mod term_routes;
mod terms;
mod variant_input;

pub use app::{App, Config};
use axum::Router;
use domain::access::Permission::ProductsWrite;
use kit::http::auth::Access::{Public, Staff};
use kit::http::routes::Route;
use kit::route;

use crate::term_routes::{brands, categories};

pub fn routes() -> Vec<Route<App>> {
    vec![
        route!(Public, home::show),
        route!(Public, browse::list),
        route!(Public, products::show),
        route!(Staff(ProductsWrite), products::create),
        route!(Staff(ProductsWrite), products::replace),
        route!(Staff(ProductsWrite), products::edit),
        route!(Staff(ProductsWrite), products::delete),
        route!(Staff(ProductsWrite), products::restore),
        route!(Staff(ProductsWrite), images::arrange),
        route!(Staff(ProductsWrite), images::remove),
        route!(Public, categories::list),
        route!(Public, categories::show),
        route!(Staff(ProductsWrite), categories::create),
        route!(Staff(ProductsWrite), categories::replace),
        route!(Staff(ProductsWrite), categories::edit),
        route!(Staff(ProductsWrite), categories::delete),
        route!(Public, brands::list),
        route!(Public, brands::show),
        route!(Staff(ProductsWrite), brands::create),
        route!(Staff(ProductsWrite), brands::replace),
        route!(Staff(ProductsWrite), brands::edit),
        route!(Staff(ProductsWrite), brands::delete),
    ]
}

pub fn router(app: App) -> Router {
    let context = app.context.clone();
    context.router(routes(), app)
}
