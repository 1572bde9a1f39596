//! Files in and out. This is the door plate: a form with which a browser uploads one file straight to S3, what became
//! of it, and sheets to fetch. No file passes through here.

mod app;
mod exports;
mod form;
mod uploads;

pub use app::{App, Config};
use axum::Router;
use domain::access::Permission::ProductsWrite;
use kit::http::auth::Access::Staff;
use kit::http::routes::Route;
use kit::route;

pub fn routes() -> Vec<Route<App>> {
    vec![
        route!(Staff(ProductsWrite), uploads::expect),
        route!(Staff(ProductsWrite), uploads::show),
        route!(Staff(ProductsWrite), uploads::bad_lines),
        route!(Staff(ProductsWrite), exports::begin),
        route!(Staff(ProductsWrite), exports::show),
    ]
}

pub fn router(app: App) -> Router {
    let context = app.context.clone();
    context.router(routes(), app)
}
