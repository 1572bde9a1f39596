//! Files in and out. This is the door plate: a form with which a browser uploads one file straight to S3, what became
//! of it, and sheets to fetch. No file passes through here.

mod app;
mod exports;
mod form;
mod uploads;

pub use app::{App, Config};
use axum::Router;
use domain::access::Permission::ProductsWrite;
use kit::door;
use kit::doors::Door;
use kit::gate::Access::Staff;

pub fn doors() -> Vec<Door<App>> {
    vec![
        door!(Staff(ProductsWrite), uploads::expect),
        door!(Staff(ProductsWrite), uploads::show),
        door!(Staff(ProductsWrite), uploads::bad_lines),
        door!(Staff(ProductsWrite), exports::begin),
        door!(Staff(ProductsWrite), exports::show),
    ]
}

pub fn router(app: App, config: &Config) -> Router {
    let base = app.base.clone();
    base.router(doors(), app, &config.base)
}
