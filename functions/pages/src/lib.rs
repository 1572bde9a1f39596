//! Pages: the pages of the storefront as they are before its script runs. Crawlers, previews of links and readers without
//! a script see real HTML: text, links, pictures, and what machines read of it. The script of the storefront then puts its
//! own page in place of it. These routes are no part of the API: browsers reach them through the distribution.

mod answer;
mod app;
mod card;
mod head;
mod home;
mod json_ld;
mod list;
mod product;
mod reviews;
mod shell;
mod template;
mod view;
mod words;

pub use app::{App, Config};
use axum::Router;
use kit::http::auth::Access::Public;
use kit::http::routes::Route;
use kit::route;

pub fn routes() -> Vec<Route<App>> {
    vec![route!(Public, "showHome", answer::home), route!(Public, "showPage", answer::page)]
}

pub fn router(app: App) -> Router {
    let context = app.context.clone();
    context.router(routes(), app)
}
