//! Changes of stock by staff: setting a counted number, or adding and taking units.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use domain::stock::{BackorderChange, StockChange, StockRefusal, StockSetting};
use kit::http::answer::{Answer, Envelope};
use kit::http::auth::Identity;
use kit::http::body::{Body, Fields, Fingerprinted, Object, nullable};
use kit::http::etag::RequiredIfMatch;
use kit::http::idempotency::IdempotencyKey;
use kit::http::problem::Problem;
use products::stock_body::StockLevelBody;
use products::{StockEdit, StockNumbers};
use serde::Deserialize;
use store::Commit;
use store::retry::{Attempt, retry};
use store::stock::StockConflict;
use utoipa::ToSchema;

use crate::App;
use crate::backorder_input::{AVAILABLE_FROM, BackorderInput};
use crate::levels::{find, parse};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SetStockInput {
    /// Units on hand, reserved ones included. A number below zero can only stay as it is.
    on_hand: Option<i64>,
    /// At this number of available units or fewer the SKU counts as low.
    threshold: Option<i64>,
    #[schema(example = "counted")]
    reason: String,
    /// How it can be ordered though it is not there. Null: it cannot. What is sold by then stays sold.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<BackorderInput>)]
    backorder: Option<Option<Object<BackorderInput>>>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AdjustStockInput {
    /// Units to add, or to take if it is negative.
    #[schema(example = -2)]
    adjust: i64,
    #[schema(example = "broken in the store room")]
    reason: String,
}

/// Sets the units on hand, the threshold or the backorder.
///
/// What is left out stays as it is. `backorder` says how the SKU can be ordered though it is not there. The units on hand
/// are for a counted number: to add or take units, use PATCH.
#[utoipa::path(put, path = "/api/v1/inventory/{sku}", request_body = SetStockInput,
    params(("sku" = String, Path), ("If-Match" = String, Header)),
    responses(
        (status = 200, description = "The new stock level.", body = Envelope<StockLevelBody>, headers(("ETag"))),
        (status = 404, description = "`sku_not_found`."),
        (status = 409, description = "`stock_reserved`: orders have reserved more than that."),
        (status = 412, description = "`precondition_failed`."),
        (status = 428, description = "`precondition_required`."),
    )
)]
pub(crate) async fn set(
    State(app): State<App>,
    staff: Identity,
    Path(sku): Path<String>,
    RequiredIfMatch(if_match): RequiredIfMatch,
    Body(body): Body<SetStockInput>,
) -> Result<Answer<StockLevelBody>, Problem> {
    let sku = parse(&sku)?;
    let mut fields = Fields::default();
    if body.on_hand.is_none() && body.threshold.is_none() && body.backorder.is_none() {
        fields.refuse("onHand", &"is required if threshold and backorder are missing");
    }
    let backorder = match body.backorder {
        None => Some(BackorderChange::Keep),
        Some(None) => Some(BackorderChange::Off),
        Some(Some(Object(terms))) => terms.parse(&mut fields).map(BackorderChange::To),
    };
    let reason = fields.check("reason", StockChange::parse_reason(&body.reason));
    let (backorder, reason) = fields.finish((backorder, reason))?;
    let setting = StockSetting { on_hand: body.on_hand, threshold: body.threshold, backorder };
    let edit = StockEdit { numbers: StockNumbers::Set(setting), reason, by: staff.id() };
    retry("the stock", || async {
        let before = find(&app, &sku).await?;
        if_match.check(before.version)?;
        let decided = app
            .writer
            .decide_stock(before, &edit, app.context.clock.now())
            .map_err(|refusal| refused(refusal, "onHand"))?;
        match app.writer.commit_stock(&decided, None, Some(app.writer.stock_entry(&decided))).await {
            Ok(()) => {
                let answer = Answer::ok("Stock level set.", StockLevelBody::of(&decided.after));
                Ok(Attempt::Done(answer.with_version(decided.after.version)))
            }
            Err(Commit::Refused(_)) => Ok(Attempt::Overtaken),
            Err(Commit::Store(error)) => Err(error.into()),
        }
    })
    .await
}

/// Adds or takes units.
///
/// Requests with the same Idempotency-Key change the stock only once.
#[utoipa::path(patch, path = "/api/v1/inventory/{sku}", request_body = AdjustStockInput,
    params(("sku" = String, Path), ("Idempotency-Key" = String, Header)),
    responses(
        (status = 200, description = "The new stock level. Other changes at the same time may not be in it yet.", body = Envelope<StockLevelBody>),
        (status = 404, description = "`sku_not_found`."),
        (status = 409, description = "`not_enough_stock`, or `idempotency_key_in_flight`."),
        (status = 422, description = "`idempotency_key_reused`: the key was used with another body."),
    )
)]
pub(crate) async fn adjust(
    State(app): State<App>,
    staff: Identity,
    Path(sku): Path<String>,
    key: IdempotencyKey,
    Fingerprinted(body, fingerprint): Fingerprinted<AdjustStockInput>,
) -> Result<Response, Problem> {
    let sku = parse(&sku)?;
    let mut fields = Fields::default();
    if body.adjust == 0 {
        fields.refuse("adjust", &"must not be 0");
    }
    let reason = fields.check("reason", StockChange::parse_reason(&body.reason));
    let (reason,) = fields.finish((reason,))?;
    let edit = StockEdit { numbers: StockNumbers::Adjust(body.adjust), reason, by: staff.id() };
    let owner = staff.id().to_string();
    let request = key.for_request(&owner, &format!("inventory#{sku}"), fingerprint);
    retry("the stock", || async {
        let now = app.context.clock.now();
        let (replay, level) = tokio::join!(request.replay(&app.context.store, now), find(&app, &sku));
        if let Some(replay) = replay? {
            return Ok(Attempt::Done(replay));
        }
        let decided = match app.writer.decide_stock(level?, &edit, now) {
            Ok(decided) => decided,
            // If the client sent this request twice, the first one may have taken the units. Then its answer is sent.
            Err(refusal) => {
                let replay = request.replay(&app.context.store, now).await?;
                return replay.map(Attempt::Done).ok_or_else(|| refused(refusal, "adjust"));
            }
        };
        let answer = Answer::ok("Stock level adjusted.", StockLevelBody::of(&decided.after));
        let record = request.record_answer(&answer, now)?;
        match app.writer.commit_stock(&decided, Some(record), Some(app.writer.stock_entry(&decided))).await {
            Ok(()) => Ok(Attempt::Done(answer.into_response())),
            Err(Commit::Refused(StockConflict::Changed)) => Ok(Attempt::Overtaken),
            Err(Commit::Refused(StockConflict::Repeated)) => {
                request.replay_committed(&app.context.store, now).await.map(Attempt::Done)
            }
            Err(Commit::Store(error)) => Err(error.into()),
        }
    })
    .await
}

fn refused(refusal: StockRefusal, field: &str) -> Problem {
    match refusal {
        StockRefusal::NotEnough { .. } => Problem::conflict("not_enough_stock", format!("Sorry, {refusal}.")),
        StockRefusal::BelowReserved { .. } => Problem::conflict("stock_reserved", format!("Sorry, {refusal}.")),
        StockRefusal::OutOfRange => Problem::field(field, refusal.to_string()),
        StockRefusal::PastDay => Problem::field(AVAILABLE_FROM, refusal.to_string()),
    }
}
