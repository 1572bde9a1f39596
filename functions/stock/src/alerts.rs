//! Stock alerts: a customer asks for one mail when a SKU is back in stock.

use std::collections::HashMap;

use axum::extract::{Path, State};
use domain::id::{ProductId, VariantId};
use domain::product::Product;
use domain::sku::Sku;
use kit::http::answer::{Answer, Envelope, Nothing};
use kit::http::auth::SignedIn;
use kit::http::problem::Problem;
use products::cards::ProductCardBody;
use serde::Serialize;
use store::Commit;
use store::stock_alerts::{StockAlert, StockAlertRefusal};
use utoipa::ToSchema;

use crate::App;
use crate::levels::{missing, parse};

/// How many stock alerts one user may have.
const MAX_ALERTS: usize = 100;

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StockAlertBody {
    sku: String,
    product_id: String,
    variant_id: String,
    since: String,
    /// The product as lists show it. Null if it is not on sale any more.
    product: Option<ProductCardBody>,
}

impl StockAlertBody {
    fn of(alert: &StockAlert, cards: &HashMap<ProductId, ProductCardBody>) -> Self {
        Self {
            sku: alert.sku.to_string(),
            product_id: alert.product_id.to_string(),
            variant_id: alert.variant_id.to_string(),
            since: alert.since.to_string(),
            product: cards.get(&alert.product_id).cloned(),
        }
    }
}

/// Your stock alerts.
///
/// An alert ends when its mail is sent.
#[utoipa::path(get, path = "/api/v1/stock-alerts", responses(
    (status = 200, description = "All your stock alerts, at most a hundred.", body = Envelope<Vec<StockAlertBody>>),
))]
pub(crate) async fn list(State(app): State<App>, me: SignedIn) -> Result<Answer<Vec<StockAlertBody>>, Problem> {
    let store = &app.context.store;
    let alerts = store.stock_alerts_of(me.user.id).await?;
    let products = alerts.iter().map(|alert| alert.product_id);
    let cards = app.cards.on_sale(store, products, app.context.clock.now()).await?;
    Ok(Answer::ok("Your stock alerts.", alerts.iter().map(|alert| StockAlertBody::of(alert, &cards)).collect()))
}

/// Creates a stock alert for a SKU that is out of stock.
///
/// Or of which nothing is there, while it can be ordered all the same.
/// You get one mail when it is back in stock. A second request changes nothing.
#[utoipa::path(put, path = "/api/v1/stock-alerts/{sku}", params(("sku" = String, Path)), responses(
    (status = 200, description = "The alert was created.", body = Envelope<Nothing>),
    (status = 404, description = "`sku_not_found`."),
    (status = 409, description = "`in_stock`, `too_many_alerts`, or `email_not_verified`: your address is not confirmed, so we send no such mail to it."),
))]
pub(crate) async fn create(
    State(app): State<App>,
    me: SignedIn,
    Path(sku): Path<String>,
) -> Result<Answer<Nothing>, Problem> {
    let (sku, now) = (parse(&sku)?, app.context.clock.now());
    if !me.user.email_verified {
        let message = "Please confirm your email address first. The link is in the mail that we sent you.";
        return Err(Problem::conflict("email_not_verified", message));
    }
    let store = &app.context.store;
    let (level, alerts) = tokio::join!(store.stock_level(&sku), store.stock_alerts_of(me.user.id));
    let (level, alerts) = (level?, alerts?);
    // For an unknown SKU a product is read too, so that it takes as long as the SKU of a draft.
    let product_id = level.as_ref().map_or(ProductId::from_bytes([0; 16]), |level| level.product_id);
    let product = store.product(product_id).await?.filter(Product::is_on_sale);
    let level = level.filter(|_| product.is_some()).ok_or_else(missing)?;
    let exists = alerts.iter().any(|alert| alert.variant_id == level.variant_id);
    if alerts.len() >= MAX_ALERTS && !exists {
        return Err(Problem::conflict("too_many_alerts", format!("You have {MAX_ALERTS} stock alerts already.")));
    }
    let token = app.context.ids.transaction(now);
    let created = app.context.store.create_stock_alert(token, me.user.id, &level, now);
    created.await.map_err(|error| match error {
        Commit::Refused(StockAlertRefusal::InStock) => Problem::conflict("in_stock", "It is in stock."),
        Commit::Store(error) => error.into(),
    })?;
    Ok(Answer::ok("We will send you a mail when it is back in stock.", Nothing))
}

/// Deletes a stock alert.
///
/// No mail is sent then.
#[utoipa::path(delete, path = "/api/v1/stock-alerts/{sku}", params(("sku" = String, Path)), responses(
    (status = 200, description = "The alert was deleted.", body = Envelope<Nothing>),
    (status = 404, description = "`alert_not_found`."),
))]
pub(crate) async fn delete(
    State(app): State<App>,
    me: SignedIn,
    Path(sku): Path<String>,
) -> Result<Answer<Nothing>, Problem> {
    let none = || Problem::not_found("alert_not_found", "You have no stock alert for this SKU.");
    let sku = Sku::parse(&sku).map_err(|_| none())?;
    let alerts = app.context.store.stock_alerts_of(me.user.id).await?;
    // The SKU may be the one that the alert was created with, or the current one of the variant.
    let asked = alerts.iter().find(|alert| alert.sku == sku);
    let variant: VariantId = match asked {
        Some(alert) => alert.variant_id,
        None => {
            let level = app.context.store.stock_level(&sku).await?;
            let now = level.map(|level| level.variant_id);
            now.filter(|id| alerts.iter().any(|alert| alert.variant_id == *id)).ok_or_else(none)?
        }
    };
    app.context.store.delete_stock_alert(me.user.id, variant).await?;
    Ok(Answer::ok("Stock alert deleted.", Nothing))
}
