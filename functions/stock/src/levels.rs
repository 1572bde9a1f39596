//! Reading stock levels, for staff.

use axum::Json;
use axum::extract::{Path, State};
use domain::id::ProductId;
use domain::sku::Sku;
use domain::stock::{StockChange, StockLevel};
use kit::http::answer::{Answer, Envelope, Listing, listing};
use kit::http::body::Query;
use kit::http::paging::{self, ListQuery};
use kit::http::problem::Problem;
use products::stock_body::StockLevelBody;
use serde::{Deserialize, Serialize};
use store::page::Page;
use utoipa::{IntoParams, ToSchema};

use crate::App;

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StockChangeBody {
    id: String,
    at: String,
    /// How many units were added; negative if units were taken.
    delta: i64,
    /// The new number of units on hand, if it was set.
    on_hand: Option<i64>,
    /// The new threshold, if it was set.
    threshold: Option<i64>,
    reason: String,
    /// The id of the user who made the change; null for automatic changes, such as sales.
    by: Option<String>,
}

impl From<StockChange> for StockChangeBody {
    fn from(change: StockChange) -> Self {
        Self {
            id: change.id.to_string(),
            at: change.at.to_string(),
            delta: change.delta,
            on_hand: change.on_hand,
            threshold: change.threshold,
            reason: change.reason,
            by: change.by.map(|id| id.to_string()),
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct InventoryQuery {
    /// Only levels that are low or of which nothing is there, by SKU.
    #[serde(default)]
    low: bool,
    /// Only this product's SKUs.
    product: Option<String>,
    /// Products in a page, or SKUs with `low`; 1 to 100, 20 by default.
    limit: Option<u32>,
    cursor: Option<String>,
}

/// Lists stock levels.
///
/// They are those of all products, of one product, or only the low ones.
/// The list of all begins with active products; drafts, archived and deleted ones follow. Within each state the newest
/// product is first.
#[utoipa::path(get, path = "/api/v1/inventory", params(InventoryQuery), responses(
    (status = 200, description = "A page of stock levels.", body = Listing<StockLevelBody>),
))]
pub(crate) async fn list(
    State(app): State<App>,
    Query(query): Query<InventoryQuery>,
) -> Result<Json<Listing<StockLevelBody>>, Problem> {
    let request = paging::page(query.limit, query.cursor.as_deref())?;
    let page = match (query.product, query.low) {
        (Some(_), true) => {
            return Err(Problem::field("low", "cannot be combined with product"));
        }
        (Some(id), false) => {
            let id = ProductId::parse(&id).map_err(|e| Problem::field("product", e.to_string()))?;
            Page { items: of_products(&app, &[id]).await?, next: None }
        }
        (None, true) => app.context.store.low_stock(&request).await?,
        (None, false) => {
            let products = app.context.store.listed_by_state(&request).await?;
            let Page { items, next } =
                products.ok_or_else(|| Problem::field("cursor", "is not a cursor of this list"))?;
            Page { items: of_products(&app, &items).await?, next }
        }
    };
    Ok(listing("Stock levels.", page, request.limit, |level| StockLevelBody::of(&level)))
}

async fn of_products(app: &App, ids: &[ProductId]) -> Result<Vec<StockLevel>, Problem> {
    let products = app.context.store.products(ids).await?;
    let skus: Vec<Sku> =
        products.iter().flat_map(|product| product.variants.iter().map(|variant| variant.sku.clone())).collect();
    Ok(app.context.store.stock_levels(&skus).await?)
}

/// The stock level of one SKU.
///
/// Its ETag is needed to set it.
#[utoipa::path(get, path = "/api/v1/inventory/{sku}", params(("sku" = String, Path)), responses(
    (status = 200, description = "The stock level.", body = Envelope<StockLevelBody>, headers(("ETag"))),
    (status = 404, description = "`sku_not_found`."),
))]
pub(crate) async fn show(State(app): State<App>, Path(sku): Path<String>) -> Result<Answer<StockLevelBody>, Problem> {
    let level = find(&app, &parse(&sku)?).await?;
    Ok(Answer::ok("The stock level.", StockLevelBody::of(&level)).with_version(level.version))
}

/// The history of a stock level: every change, newest first.
///
/// Changes by staff, by CSV files and by orders, each with its reason.
#[utoipa::path(get, path = "/api/v1/inventory/{sku}/history", params(("sku" = String, Path), ListQuery), responses(
    (status = 200, description = "A page of stock changes.", body = Listing<StockChangeBody>),
    (status = 404, description = "`sku_not_found`."),
))]
pub(crate) async fn history(
    State(app): State<App>,
    Path(sku): Path<String>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Listing<StockChangeBody>>, Problem> {
    let (sku, request) = (parse(&sku)?, query.page()?);
    find(&app, &sku).await?;
    let page = app.context.store.stock_history(&sku, &request).await?;
    Ok(listing("The history.", page, request.limit, StockChangeBody::from))
}

pub(crate) fn parse(sku: &str) -> Result<Sku, Problem> {
    Sku::parse(sku).map_err(|_| missing())
}

pub(crate) async fn find(app: &App, sku: &Sku) -> Result<StockLevel, Problem> {
    let level = app.context.store.stock_level(sku).await?;
    level.ok_or_else(missing)
}

pub(crate) fn missing() -> Problem {
    Problem::not_found("sku_not_found", "There is no such SKU.")
}
