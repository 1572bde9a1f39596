//! `GET /home`: the content of a shop's first page.

use axum::extract::State;
use axum::response::Response;
use domain::product::Product;
use kit::http::answer::{Answer, Envelope};
use kit::http::caching::{IfNoneMatch, shared};
use kit::http::problem::Problem;
use products::TERM_AGE;
use products::cards::ProductCardBody;
use serde::Serialize;
use store::lists::{List, ProductState};
use store::page::PageRequest;
use utoipa::ToSchema;

use crate::App;
use crate::browse::{cached, page};

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HomeBody {
    newest: Vec<ProductCardBody>,
}

/// The newest products.
///
/// What the first page of a shop shows. It may be cached for 30 seconds.
#[utoipa::path(get, path = "/api/v1/home", responses(
    (status = 200, description = "The content of the first page.", body = Envelope<HomeBody>),
    (status = 304, description = "Not modified."),
))]
pub(crate) async fn show(State(app): State<App>, if_none_match: IfNoneMatch) -> Result<Response, Problem> {
    let now = app.context.clock.now();
    let request = PageRequest { limit: 12, after: None };
    let all = [List::all()];
    let read = page(&app, &all, ProductState::Active, &request, Product::is_on_sale, now);
    let (listing, tag) = cached(&app, "home".to_owned(), now, read).await?;
    let body = HomeBody { newest: listing.data.clone() };
    let answer = Answer::ok("Welcome.", body).envelope;
    Ok(shared(&answer, &tag, &if_none_match, TERM_AGE))
}
