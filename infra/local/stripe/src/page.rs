//! The hosted checkout page: the order, and a button for each possible result of the payment.

use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;
use serde_json::Value;

use crate::StandIn;
use crate::amounts::shown;
use crate::cards::{Card, slow_method};
use crate::state::status_of;

#[derive(Debug, Deserialize)]
pub(crate) struct CardChoice {
    card: String,
}

pub(crate) async fn show(State(stand_in): State<StandIn>, Path(id): Path<String>) -> Response {
    let session = stand_in.change(|state| state.find("checkout.session", &id));
    match session {
        Ok(session) if session["status"] == "open" => Html(render(&session, "")).into_response(),
        Ok(session) => closed(&session),
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
        "slow" => Card::Slow,
        _ => return StatusCode::BAD_REQUEST.into_response(),
    };
    let (outcome, session) =
        stand_in.change(|state| (state.pay_session(&id, card), state.find("checkout.session", &id)));
    let Ok(session) = session else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let error = match outcome {
        Ok(intent) => match status_of(&intent) {
            "succeeded" => return Html(thanks(&session, "Paid")).into_response(),
            "processing" => return Html(thanks(&session, "Your payment is being processed")).into_response(),
            _ => return Html(bank()).into_response(),
        },
        Err(error) => error,
    };
    if session["status"] != "open" {
        return closed(&session);
    }
    let problem = match error.body["error"]["decline_code"].as_str() {
        Some("insufficient_funds") => "Your card has insufficient funds.",
        Some(_) => "Your card was declined.",
        None => "You cannot pay in this way here.",
    };
    (StatusCode::PAYMENT_REQUIRED, Html(render(&session, problem))).into_response()
}

/// The page of a session that is over.
fn closed(session: &Value) -> Response {
    let text = if session["status"] == "expired" { "This checkout has expired." } else { "This checkout is closed." };
    (StatusCode::GONE, Html(text)).into_response()
}

const STYLE: &str = "body{font:16px system-ui;max-width:26rem;margin:3rem auto;color:#1a1f36}h1{font-size:1.1rem}\
    table{width:100%}td{padding:.3rem 0}td:last-child{text-align:right;padding-left:2rem}button{display:block;width:100%;margin:.5rem 0;\
    padding:.7rem;border:1px solid #c1c9d2;border-radius:.4rem;background:#fff;font:inherit}button.go{background:#1a5cff;\
    color:#fff;border:0}.why{color:#c0123c}small{color:#697386}";

fn render(session: &Value, problem: &str) -> String {
    let currency = session["currency"].as_str().unwrap_or_default();
    let amount = |value: &Value| shown(value.as_i64().unwrap_or(0), currency);
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
    let excluded = session["excluded_payment_method_types"].as_array();
    let debit = slow_method(currency).filter(|debit| !excluded.is_some_and(|all| all.iter().any(|one| one == debit)));
    let debit = debit.map_or("", |_| "<button name=card value=slow>Pay by bank debit (slow)</button>");
    format!(
        "<!doctype html><meta charset=utf-8><title>Checkout</title><style>{STYLE}</style><h1>Pay {total}</h1>\
        <table>{lines}{off}</table><p class=why role=alert>{problem}</p><form method=post>\
        <button class=go name=card value=pay>Pay {total}</button><button name=card value=authenticate>Pay with 3-D Secure</button>\
        <button name=card value=decline>Use a card that is declined</button>\
        <button name=card value=insufficient>Use a card without funds</button>{debit}</form>\
        <p><a href=\"{cancel}\">Back to the shop</a></p><small>A stand-in for Stripe's page. No money moves.</small>"
    )
}

/// Goes back to the shop after two seconds. Without a storefront it shows at least what became of the payment.
fn thanks(session: &Value, title: &str) -> String {
    let back = session["success_url"].as_str().unwrap_or("/");
    let back = escape(&back.replace("{CHECKOUT_SESSION_ID}", session["id"].as_str().unwrap_or_default()));
    format!(
        "<!doctype html><meta charset=utf-8><meta http-equiv=refresh content=\"2;url={back}\"><title>{title}</title>\
        <style>{STYLE}</style><h1>{title}</h1><p><a href=\"{back}\">Back to the shop</a></p>"
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
