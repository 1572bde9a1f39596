//! Catalog: what the shop sells. This is the door plate. What anybody may read is public; staff who send their token
//! see more of it: drafts, deleted products, exact stock.

mod app;
mod body;
mod brands;
mod browse;
mod categories;
mod home;
mod images;
mod input;
mod parse;
mod products;
mod save;
mod terms;

pub use app::{App, Config};
use axum::Router;
use domain::access::Permission::ProductsWrite;
use kit::door;
use kit::doors::Door;
use kit::gate::Access::{Public, Staff};

pub fn doors() -> Vec<Door<App>> {
    vec![
        door!(Public, home::show),
        door!(Public, browse::list),
        door!(Public, products::show),
        door!(Staff(ProductsWrite), products::create),
        door!(Staff(ProductsWrite), products::replace),
        door!(Staff(ProductsWrite), products::edit),
        door!(Staff(ProductsWrite), products::delete),
        door!(Staff(ProductsWrite), products::restore),
        door!(Staff(ProductsWrite), images::arrange),
        door!(Staff(ProductsWrite), images::remove),
        door!(Public, categories::list),
        door!(Public, categories::show),
        door!(Staff(ProductsWrite), categories::create),
        door!(Staff(ProductsWrite), categories::replace),
        door!(Staff(ProductsWrite), categories::edit),
        door!(Staff(ProductsWrite), categories::delete),
        door!(Public, brands::list),
        door!(Public, brands::show),
        door!(Staff(ProductsWrite), brands::create),
        door!(Staff(ProductsWrite), brands::replace),
        door!(Staff(ProductsWrite), brands::edit),
        door!(Staff(ProductsWrite), brands::delete),
    ]
}

pub fn router(app: App, config: &Config) -> Router {
    let base = app.base.clone();
    base.router(doors(), app, &config.base)
}
