//! Asking to be told when something is back: one mail, then it is forgotten.

use axum::extract::{Path, State};
use domain::id::VariantId;
use kit::http::answer::{Answer, Envelope, Nothing};
use kit::http::auth::SignedIn;
use kit::http::problem::Problem;
use serde::Serialize;
use store::Commit;
use store::waiting::{WaitRefusal, Waiting};
use utoipa::ToSchema;

use crate::App;
use crate::levels::{find, missing, parse};

/// For how many things one person may wait.
const MAX_WAITS: usize = 100;

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WaitingBody {
    sku: String,
    product_id: String,
    variant_id: String,
    since: String,
}

impl From<Waiting> for WaitingBody {
    fn from(waiting: Waiting) -> Self {
        Self {
            sku: waiting.sku.to_string(),
            product_id: waiting.product_id.to_string(),
            variant_id: waiting.variant_id.to_string(),
            since: waiting.since.to_string(),
        }
    }
}

/// What I wait for.
#[utoipa::path(get, path = "/api/v1/stock-alerts", responses(
    (status = 200, description = "All of it, at most a hundred.", body = Envelope<Vec<WaitingBody>>),
))]
pub(crate) async fn list(State(app): State<App>, me: SignedIn) -> Result<Answer<Vec<WaitingBody>>, Problem> {
    let waits = app.context.store.waits_of(me.user.id).await?;
    let waits = waits.into_iter().map(WaitingBody::from).collect();
    Ok(Answer::ok("What you wait for.", waits))
}

/// Tell me when this SKU, of which there is none, is back. Asking twice is asking once.
#[utoipa::path(put, path = "/api/v1/stock-alerts/{sku}", params(("sku" = String, Path)), responses(
    (status = 200, description = "You will be told.", body = Envelope<Nothing>),
    (status = 404, description = "`sku_not_found`."),
    (status = 409, description = "`in_stock`, or `too_many_alerts`."),
))]
pub(crate) async fn ask(
    State(app): State<App>,
    me: SignedIn,
    Path(sku): Path<String>,
) -> Result<Answer<Nothing>, Problem> {
    let (sku, now) = (parse(&sku)?, app.context.clock.now());
    let (level, waits) = tokio::join!(find(&app, &sku), app.context.store.waits_of(me.user.id));
    let (level, waits) = (level?, waits?);
    let product = app.context.store.product(level.product_id).await?;
    if !product.is_some_and(|product| product.is_on_sale()) {
        return Err(missing());
    }
    let waits_already = waits.iter().any(|wait| wait.variant_id == level.variant_id);
    if waits.len() >= MAX_WAITS && !waits_already {
        let message = format!("You wait for {MAX_WAITS} things already.");
        return Err(Problem::conflict("too_many_alerts", message));
    }
    let token = app.context.ids.transaction(now);
    let waiting = app.context.store.wait_for(token, me.user.id, &level, now);
    waiting.await.map_err(|error| match error {
        Commit::Refused(WaitRefusal::InStock) => Problem::conflict("in_stock", "There is some: nothing to wait for."),
        Commit::Store(error) => error.into(),
    })?;
    Ok(Answer::ok("We will tell you by mail.", Nothing))
}

/// Never mind.
#[utoipa::path(delete, path = "/api/v1/stock-alerts/{sku}", params(("sku" = String, Path)), responses(
    (status = 200, description = "You will not be told.", body = Envelope<Nothing>),
    (status = 404, description = "`alert_not_found`."),
))]
pub(crate) async fn stop(
    State(app): State<App>,
    me: SignedIn,
    Path(sku): Path<String>,
) -> Result<Answer<Nothing>, Problem> {
    let sku = parse(&sku)?;
    let waits = app.context.store.waits_of(me.user.id).await?;
    // By what was asked for, or by what that SKU is now.
    let asked = waits.iter().find(|wait| wait.sku == sku);
    let variant: VariantId = match asked {
        Some(wait) => wait.variant_id,
        None => {
            let level = app.context.store.stock_level(&sku).await?;
            let now = level.map(|level| level.variant_id);
            now.filter(|id| waits.iter().any(|wait| wait.variant_id == *id))
                .ok_or_else(|| Problem::not_found("alert_not_found", "You do not wait for this."))?
        }
    };
    app.context.store.stop_waiting(me.user.id, variant).await?;
    Ok(Answer::ok("Never mind.", Nothing))
}
