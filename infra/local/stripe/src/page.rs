//! The hosted checkout page: the order, and a button for each possible result of the payment.

use std::time::Duration;

use axum::Json;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;
use serde_json::Value;

use crate::state::Card;
use crate::{StandIn, listed};

#[derive(Debug, Deserialize)]
pub(crate) struct CardChoice {
    card: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct DisputeResult {
    won: bool,
}

pub(crate) async fn show(State(stand_in): State<StandIn>, Path(id): Path<String>) -> Response {
    let session = stand_in.state().find("checkout.session", &id);
    match session {
        Ok(session) if session["status"] == "open" => Html(render(&session, "")).into_response(),
        Ok(_) => (StatusCode::GONE, Html("This checkout is closed.")).into_response(),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

pub(crate) async fn submit(
    State(stand_in): State<StandIn>,
    Path(id): Path<String>,
    Form(choice): Form<CardChoice>,
) -> Response {
    let card = match choice.card.as_str() {
        "pay" | "authenticated" => Card::Pays,
        "decline" => Card::Declines,
        "insufficient" => Card::InsufficientFunds,
        "authenticate" => Card::RequiresAuthentication,
        _ => return StatusCode::BAD_REQUEST.into_response(),
    };
    let (outcome, session) = {
        let mut state = stand_in.state();
        (state.pay_session(&id, card), state.find("checkout.session", &id))
    };
    stand_in.deliver_new();
    let Ok(session) = session else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match outcome {
        Ok(intent) if intent["status"] == "succeeded" => {
            Html(thanks(session["success_url"].as_str().unwrap_or("/"))).into_response()
        }
        Ok(_) => Html(bank()).into_response(),
        Err(error) => {
            let problem = match error.body["error"]["decline_code"].as_str() {
                Some("insufficient_funds") => "Your card has insufficient funds.",
                Some(_) => "Your card was declined.",
                None => "This checkout is closed.",
            };
            (StatusCode::PAYMENT_REQUIRED, Html(render(&session, problem))).into_response()
        }
    }
}

pub(crate) async fn close_dispute(
    State(stand_in): State<StandIn>,
    Path(id): Path<String>,
    Json(result): Json<DisputeResult>,
) -> Response {
    let closed = stand_in.state().close_dispute(&id, result.won);
    stand_in.deliver_new();
    match closed {
        Ok(dispute) => Json(dispute).into_response(),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
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
    Json(listed(&stand_in.events()))
}

const STYLE: &str = "body{font:16px system-ui;max-width:26rem;margin:3rem auto;color:#1a1f36}h1{font-size:1.1rem}\
    table{width:100%}td{padding:.3rem 0}td:last-child{text-align:right;padding-left:2rem}button{display:block;width:100%;margin:.5rem 0;\
    padding:.7rem;border:1px solid #c1c9d2;border-radius:.4rem;background:#fff;font:inherit}button.go{background:#1a5cff;\
    color:#fff;border:0}.why{color:#c0123c}small{color:#697386}";

fn render(session: &Value, problem: &str) -> String {
    let currency = session["currency"].as_str().unwrap_or_default().to_uppercase();
    let amount = |value: &Value| {
        let cents = value.as_i64().unwrap_or(0);
        format!("{}.{:02} {currency}", cents / 100, cents % 100)
    };
    let row = |name: &str, value: &str| format!("<tr><td>{}</td><td>{value}</td></tr>", escape(name));
    let lines = session["_lines"].as_array().into_iter().flatten().map(|line| {
        let name = line["name"].as_str().unwrap_or_default();
        row(&format!("{} × {name}", line["quantity"]), &amount(&line["amount"]))
    });
    let lines: String = lines.collect();
    let off = match session["_discount"].as_i64() {
        Some(off) if off > 0 => row("Discount", &format!("−{}", amount(&session["_discount"]))),
        _ => String::new(),
    };
    let (total, cancel) = (amount(&session["amount_total"]), session["cancel_url"].as_str().unwrap_or("/"));
    let cancel = escape(cancel);
    format!(
        "<!doctype html><meta charset=utf-8><title>Checkout</title><style>{STYLE}</style><h1>Pay {total}</h1>\
        <table>{lines}{off}</table><p class=why role=alert>{problem}</p><form method=post>\
        <button class=go name=card value=pay>Pay {total}</button><button name=card value=authenticate>Pay with 3-D Secure</button>\
        <button name=card value=decline>Use a card that is declined</button>\
        <button name=card value=insufficient>Use a card without funds</button></form>\
        <p><a href=\"{cancel}\">Back to the shop</a></p><small>A stand-in for Stripe's page. No money moves.</small>"
    )
}

/// Goes back to the shop after two seconds. Without a storefront it shows at least that the order is paid.
fn thanks(back: &str) -> String {
    let back = escape(back);
    format!(
        "<!doctype html><meta charset=utf-8><meta http-equiv=refresh content=\"2;url={back}\"><title>Paid</title>\
        <style>{STYLE}</style><h1>Paid</h1><p><a href=\"{back}\">Back to the shop</a></p>"
    )
}

fn bank() -> String {
    format!(
        "<!doctype html><meta charset=utf-8><title>Your bank</title><style>{STYLE}</style><h1>Your bank asks: was this you?</h1>\
        <form method=post><button class=go name=card value=authenticated>Yes, pay</button>\
        <button name=card value=decline>No</button></form>"
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
