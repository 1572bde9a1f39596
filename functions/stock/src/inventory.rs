//! Changing stock by hand: setting what was counted, or adding what came and taking what went.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use domain::event::Event;
use domain::stock::{Shift, StockChange, StockLevel, StockRefusal};
use kit::http::answer::{Answer, Envelope};
use kit::http::auth::SignedIn;
use kit::http::body::{Body, Fields, Fingerprinted};
use kit::http::etag::RequiredIfMatch;
use kit::http::idempotency::{IdempotencyKey, IdempotentRequest};
use kit::http::problem::Problem;
use products::{NewLevel, StockRefused};
use serde::Deserialize;
use store::Commit;
use store::retry::{Attempt, retry};
use store::stock::{Beside, StockConflict};
use utoipa::ToSchema;

use crate::App;
use crate::levels::{LevelBody, find, parse};

/// How often a change is decided anew when sales and other changes come between.
const TRIES: usize = 20;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SetInput {
    /// How many units there are, reserved ones included.
    on_hand: Option<i64>,
    /// At how many available units it counts as low.
    threshold: Option<i64>,
    #[schema(example = "counted")]
    reason: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AdjustInput {
    /// How many units came, or went if it is negative.
    #[schema(example = -2)]
    adjust: i64,
    #[schema(example = "broken in the store room")]
    reason: String,
}

/// Sets what was counted, or the threshold, or both.
#[utoipa::path(put, path = "/api/v1/inventory/{sku}", request_body = SetInput,
    params(("sku" = String, Path), ("If-Match" = String, Header)),
    responses(
        (status = 200, description = "Set.", body = Envelope<LevelBody>),
        (status = 404, description = "`sku_not_found`."),
        (status = 409, description = "`stock_reserved`: orders hold more than that."),
        (status = 412, description = "`precondition_failed`."),
        (status = 428, description = "`precondition_required`."),
    )
)]
pub(crate) async fn set(
    State(app): State<App>,
    staff: SignedIn,
    Path(sku): Path<String>,
    RequiredIfMatch(if_match): RequiredIfMatch,
    Body(body): Body<SetInput>,
) -> Result<Answer<LevelBody>, Problem> {
    let sku = parse(&sku)?;
    let mut fields = Fields::default();
    if body.on_hand.is_none() && body.threshold.is_none() {
        fields.refuse("onHand", &"is required, or threshold");
    }
    let reason = fields.check("reason", StockChange::parse_reason(&body.reason));
    let (reason,) = fields.finish((reason,))?;
    let new = NewLevel { on_hand: body.on_hand, threshold: body.threshold, reason, by: staff.user.id };
    for _ in 0..TRIES {
        let before = find(&app, &sku).await?;
        if !if_match.allows(before.version) {
            return Err(Problem::precondition_failed());
        }
        let now = app.context.clock.now();
        match app.writer.set_stock(&before, &new, now).await {
            Ok(after) => {
                let answer = Answer::ok("Set.", LevelBody::of(&after));
                return Ok(answer.with_version(after.version));
            }
            Err(StockRefused::Changed) => {}
            Err(StockRefused::Refused(refusal)) => return Err(refused(refusal, "onHand")),
            Err(StockRefused::Store(error)) => return Err(error.into()),
        }
    }
    Err(Problem::busy("the stock changed at every try"))
}

/// Adds what came, or takes what went. A retry with the same Idempotency-Key does it once.
#[utoipa::path(patch, path = "/api/v1/inventory/{sku}", request_body = AdjustInput,
    params(("sku" = String, Path), ("Idempotency-Key" = String, Header)),
    responses(
        (status = 200, description = "Changed. The numbers are those that it was decided on; other changes may have come between.", body = Envelope<LevelBody>),
        (status = 404, description = "`sku_not_found`."),
        (status = 409, description = "`not_enough_stock`, or `idempotency_key_in_flight`."),
        (status = 422, description = "`idempotency_key_reused`: with another body."),
    )
)]
pub(crate) async fn adjust(
    State(app): State<App>,
    staff: SignedIn,
    Path(sku): Path<String>,
    key: IdempotencyKey,
    Fingerprinted(body, fingerprint): Fingerprinted<AdjustInput>,
) -> Result<Response, Problem> {
    let sku = parse(&sku)?;
    let mut fields = Fields::default();
    if body.adjust == 0 {
        fields.refuse("adjust", &"must not be 0");
    }
    let reason = fields.check("reason", StockChange::parse_reason(&body.reason));
    let (reason,) = fields.finish((reason,))?;
    let owner = staff.user.id.to_string();
    let request = key.for_request(&owner, &format!("inventory#{sku}"), fingerprint);
    retry("the stock", || async {
        let now = app.context.clock.now();
        let (replay, level) = tokio::join!(request.replay(&app.context.store, now), find(&app, &sku));
        if let Some(replay) = replay? {
            return Ok(Attempt::Done(replay));
        }
        let level = level?;
        let shift = Shift { available: body.adjust, reserved: 0 };
        let decided = match level.shift(shift) {
            Ok(decided) => decided,
            // There may be too little because this very request, sent twice, took it meanwhile.
            Err(refusal) => {
                let replay = request.replay(&app.context.store, now).await?;
                return replay.map(Attempt::Done).ok_or_else(|| refused(refusal, "adjust"));
            }
        };
        let after = StockLevel {
            available: level.available + body.adjust,
            band: decided.to,
            version: level.version + 1,
            updated_at: now,
            ..level.clone()
        };
        let answer = Answer::ok("Changed.", LevelBody::of(&after));
        let change = StockChange {
            id: app.context.ids.stock_change(now),
            at: now,
            delta: body.adjust,
            on_hand: None,
            threshold: None,
            reason: reason.clone(),
            by: Some(staff.user.id),
        };
        let (token, event) = (change.id, Event::of_crossing(&level, decided.from, decided.to));
        let side_effects = Beside {
            change: Some(change),
            outbox_event: event.map(|event| app.context.ids.outbox_event(event, now)),
            idempotency_record: Some(request.record_answer(&answer, now)?),
        };
        let shifted = app.context.store.shift_stock(token, &level, &decided, &side_effects, now);
        match shifted.await {
            Ok(()) => Ok(Attempt::Done(answer.into_response())),
            // Decided again on what is there now; or answered again, if it was this very request.
            Err(Commit::Refused(StockConflict::Changed)) => Ok(Attempt::Overtaken),
            Err(Commit::Refused(StockConflict::Repeated)) => {
                let replay = request.replay(&app.context.store, now).await?;
                replay.map(Attempt::Done).ok_or_else(IdempotentRequest::in_flight)
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
    }
}
