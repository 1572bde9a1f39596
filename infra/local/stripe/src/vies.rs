//! VIES, the service of the European Union that knows VAT numbers. The last three digits of a number decide what it
//! says, with the meanings that the test service of VIES gives to them; all other numbers are valid.

use axum::Json;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::StandIn;

const COUNTRIES: &str = "AT BE BG CY CZ DE DK EE EL ES FI FR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK XI";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Ask {
    country_code: String,
    vat_number: String,
    #[serde(default)]
    requester_member_state_code: Option<String>,
    #[serde(default)]
    requester_number: Option<String>,
}

pub(crate) async fn check(State(stand_in): State<StandIn>, headers: HeaderMap, body: String) -> Response {
    if !headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"application/json")) {
        return StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response();
    }
    let Ok(ask) = serde_json::from_str::<Ask>(&body) else {
        return failed(StatusCode::BAD_REQUEST, "INVALID_INPUT");
    };
    let number = format!("{}{}", ask.country_code, ask.vat_number);
    stand_in.state().vat_checks.push(number.clone());
    if !is_number(&ask.country_code, &ask.vat_number) {
        return failed(StatusCode::BAD_REQUEST, "INVALID_INPUT");
    }
    let requester = match (&ask.requester_member_state_code, &ask.requester_number) {
        (None, None) => None,
        (Some(country), Some(number)) if is_number(country, number) => Some(number),
        _ => return failed(StatusCode::BAD_REQUEST, "INVALID_REQUESTER_INFO"),
    };
    let digits: String = ask.vat_number.chars().filter(char::is_ascii_digit).collect();
    let error = match digits.get(digits.len().saturating_sub(3)..).unwrap_or_default() {
        "200" => return verdict(&ask, false, None),
        "201" => "INVALID_INPUT",
        "202" => "INVALID_REQUESTER_INFO",
        "300" => "SERVICE_UNAVAILABLE",
        "301" => "MS_UNAVAILABLE",
        "302" => "TIMEOUT",
        "400" => "VAT_BLOCKED",
        "401" => "IP_BLOCKED",
        "500" => "GLOBAL_MAX_CONCURRENT_REQ",
        "501" => "GLOBAL_MAX_CONCURRENT_REQ_TIME",
        "600" => "MS_MAX_CONCURRENT_REQ",
        "601" => "MS_MAX_CONCURRENT_REQ_TIME",
        // These two are ours: no answer at all, and one that is no JSON.
        "998" => return (StatusCode::BAD_GATEWAY, "<html>Bad gateway</html>").into_response(),
        "999" => return std::future::pending().await,
        _ => return verdict(&ask, true, requester.map(|_| format!("WAPI{number}"))),
    };
    failed(StatusCode::OK, error)
}

fn is_number(country: &str, number: &str) -> bool {
    let known = COUNTRIES.split(' ').any(|known| known == country);
    known && (2..=12).contains(&number.len()) && number.bytes().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
}

/// VIES tells the consultation number only to a requester who names their own number.
fn verdict(ask: &Ask, valid: bool, identifier: Option<String>) -> Response {
    let name = if valid { "Analytical Engines" } else { "---" };
    Json(json!({
        "countryCode": ask.country_code,
        "vatNumber": ask.vat_number,
        "requestDate": "2026-11-20T10:00:00.000Z",
        "valid": valid,
        "requestIdentifier": identifier.unwrap_or_default(),
        "name": name,
        "address": name,
    }))
    .into_response()
}

fn failed(status: StatusCode, error: &str) -> Response {
    let body: Value = json!({ "actionSucceed": false, "errorWrappers": [{ "error": error }] });
    (status, Json(body)).into_response()
}
