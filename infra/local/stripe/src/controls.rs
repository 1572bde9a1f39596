//! What banks, buyers and staff do at Stripe, and faults, for people and load tests: routes under `/_stand_in/`.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::StandIn;
use crate::error::public_fields;
use crate::faults::FaultShares;
use crate::state::ApiResult;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PaymentResult {
    paid: bool,
}

/// The bank decides a payment that is processing.
pub(crate) async fn decide_payment(
    State(stand_in): State<StandIn>,
    Path(id): Path<String>,
    Json(result): Json<PaymentResult>,
) -> Response {
    answer(stand_in.change(|state| state.decide_payment(&id, result.paid)))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewDispute {
    payment_intent: String,
    #[serde(default)]
    inquiry: bool,
}

pub(crate) async fn open_dispute(State(stand_in): State<StandIn>, Json(new): Json<NewDispute>) -> Response {
    answer(stand_in.change(|state| state.open_dispute(&new.payment_intent, new.inquiry)))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DisputeResult {
    won: bool,
}

pub(crate) async fn close_dispute(
    State(stand_in): State<StandIn>,
    Path(id): Path<String>,
    Json(result): Json<DisputeResult>,
) -> Response {
    answer(stand_in.change(|state| state.close_dispute(&id, result.won)))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewRefund {
    payment_intent: String,
    amount: i64,
}

/// Somebody refunds in Stripe's dashboard.
pub(crate) async fn refund(State(stand_in): State<StandIn>, Json(new): Json<NewRefund>) -> Response {
    answer(stand_in.refund(&new.payment_intent, new.amount))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RefundResult {
    status: String,
}

pub(crate) async fn update_refund(
    State(stand_in): State<StandIn>,
    Path(id): Path<String>,
    Json(result): Json<RefundResult>,
) -> Response {
    answer(stand_in.change(|state| state.decide_refund(&id, &result.status)))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Balance {
    available: Option<i64>,
}

pub(crate) async fn set_balance(State(stand_in): State<StandIn>, Json(balance): Json<Balance>) -> StatusCode {
    stand_in.set_balance(balance.available);
    StatusCode::NO_CONTENT
}

pub(crate) async fn set_faults(State(stand_in): State<StandIn>, Json(shares): Json<FaultShares>) -> StatusCode {
    if !shares.are_valid() {
        return StatusCode::BAD_REQUEST;
    }
    stand_in.state().faults.set_shares(shares);
    StatusCode::NO_CONTENT
}

/// How to send the events again.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Redelivery {
    #[serde(default = "once")]
    times: usize,
    #[serde(default)]
    reversed: bool,
    #[serde(default)]
    after_seconds: u64,
}

fn once() -> usize {
    1
}

pub(crate) async fn redeliver(State(stand_in): State<StandIn>, Json(redelivery): Json<Redelivery>) -> StatusCode {
    let after = Duration::from_secs(redelivery.after_seconds);
    stand_in.deliver_again(redelivery.times.min(10), redelivery.reversed, after);
    StatusCode::ACCEPTED
}

pub(crate) async fn events(State(stand_in): State<StandIn>) -> Json<Value> {
    Json(list(&stand_in.events()))
}

pub(crate) async fn objects(State(stand_in): State<StandIn>, Path(kind): Path<String>) -> Json<Value> {
    Json(list(&stand_in.all(&kind)))
}

fn list(objects: &[Value]) -> Value {
    let data: Vec<Value> = objects.iter().map(public_fields).collect();
    json!({ "object": "list", "data": data, "has_more": false })
}

fn answer(result: ApiResult) -> Response {
    match result {
        Ok(object) => Json(public_fields(&object)).into_response(),
        Err(error) => {
            let status = StatusCode::from_u16(error.status).unwrap_or(StatusCode::BAD_REQUEST);
            (status, Json(error.body)).into_response()
        }
    }
}
