//! VIES. Its rules are those of its service description and of its test service.
//! <https://ec.europa.eu/taxation_customs/vies/#/technical-information>

use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::{Stripe, stripe};

const PATH: &str = "/vies/rest-api/check-vat-number";

#[derive(Debug)]
struct Answer {
    status: u16,
    json: Value,
}

impl Answer {
    fn error(&self) -> &str {
        self.json["errorWrappers"][0]["error"].as_str().unwrap_or_default()
    }
}

async fn send(stripe: &Stripe, request: Request<Body>) -> Answer {
    let response = stripe.stand_in.router().oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    Answer { status, json: serde_json::from_slice(&body).unwrap_or_default() }
}

async fn ask(stripe: &Stripe, body: Value) -> Answer {
    let request = Request::post(PATH).header("content-type", "application/json").body(Body::from(body.to_string()));
    send(stripe, request.unwrap()).await
}

fn of(country: &str, number: &str) -> Value {
    json!({ "countryCode": country, "vatNumber": number })
}

fn asked_by(country: &str, number: &str) -> Value {
    json!({
        "countryCode": "FR", "vatNumber": "XX123456789",
        "requesterMemberStateCode": country, "requesterNumber": number,
    })
}

/// Greece is EL, and of the United Kingdom only Northern Ireland is there, as XI.
#[tokio::test]
async fn a_number_is_known_by_the_prefix_of_its_country() {
    let stripe = stripe();
    for (country, number) in [("FR", "XX123456789"), ("EL", "123456789"), ("XI", "123456789"), ("NL", "123456789B01")] {
        let answer = ask(&stripe, of(country, number)).await;
        assert_eq!((answer.status, &answer.json["valid"]), (200, &json!(true)), "{country}");
        assert_eq!((&answer.json["countryCode"], &answer.json["vatNumber"]), (&json!(country), &json!(number)));
    }
    for country in ["GR", "GB", "US", "fr", ""] {
        let answer = ask(&stripe, of(country, "123456789")).await;
        assert_eq!((answer.status, answer.error()), (400, "INVALID_INPUT"), "{country}");
    }
    assert_eq!(stripe.stand_in.vat_checks()[..2], ["FRXX123456789", "EL123456789"]);
}

#[tokio::test]
async fn a_number_has_two_to_twelve_letters_and_digits() {
    let stripe = stripe();
    for number in ["1", "1234567890123", "12 345678", "xx123456789", "12-34", ""] {
        let answer = ask(&stripe, of("FR", number)).await;
        assert_eq!((answer.status, answer.error()), (400, "INVALID_INPUT"), "{number}");
    }
}

#[tokio::test]
async fn only_who_names_a_number_of_their_own_gets_a_consultation_number() {
    let stripe = stripe();
    let named = ask(&stripe, asked_by("DE", "123456789")).await;
    assert_eq!(named.json["requestIdentifier"], "WAPIFRXX123456789");
    let nameless = ask(&stripe, of("FR", "XX123456789")).await;
    assert_eq!((&nameless.json["valid"], &nameless.json["requestIdentifier"]), (&json!(true), &json!("")));
    let mut half = asked_by("DE", "123456789");
    half.as_object_mut().unwrap().remove("requesterNumber");
    for body in [half, asked_by("GB", "123456789"), asked_by("DE", "1")] {
        let answer = ask(&stripe, body).await;
        assert_eq!((answer.status, answer.error()), (400, "INVALID_REQUESTER_INFO"));
    }
}

/// The test service of VIES says what the numbers mean.
#[tokio::test]
async fn the_last_digits_decide_as_those_of_the_test_service_do() {
    let stripe = stripe();
    let unknown = ask(&stripe, of("FR", "XX123456200")).await;
    assert_eq!((unknown.status, &unknown.json["valid"], &unknown.json["name"]), (200, &json!(false), &json!("---")));
    for (ending, error) in [
        ("201", "INVALID_INPUT"),
        ("202", "INVALID_REQUESTER_INFO"),
        ("300", "SERVICE_UNAVAILABLE"),
        ("301", "MS_UNAVAILABLE"),
        ("302", "TIMEOUT"),
        ("400", "VAT_BLOCKED"),
        ("401", "IP_BLOCKED"),
        ("500", "GLOBAL_MAX_CONCURRENT_REQ"),
        ("501", "GLOBAL_MAX_CONCURRENT_REQ_TIME"),
        ("600", "MS_MAX_CONCURRENT_REQ"),
        ("601", "MS_MAX_CONCURRENT_REQ_TIME"),
    ] {
        let answer = ask(&stripe, of("FR", &format!("XX123456{ending}"))).await;
        // The real service answers so with the status 200.
        assert_eq!((answer.status, answer.error()), (200, error));
        assert_eq!((&answer.json["actionSucceed"], &answer.json["valid"]), (&json!(false), &Value::Null));
    }
}

#[tokio::test]
async fn what_is_no_request_of_the_service_is_refused() {
    let stripe = stripe();
    let mut strange = of("FR", "XX123456789");
    strange["colour"] = json!("blue");
    for body in
        [json!({}), json!([]), json!({ "countryCode": "FR" }), json!({ "countryCode": "FR", "vatNumber": 7 }), strange]
    {
        assert_eq!(ask(&stripe, body).await.error(), "INVALID_INPUT");
    }
    let form = Request::post(PATH).body(Body::from(of("FR", "XX123456789").to_string())).unwrap();
    assert_eq!(send(&stripe, form).await.status, 415);
    assert_eq!(send(&stripe, Request::get(PATH).body(Body::empty()).unwrap()).await.status, 405);
    assert!(stripe.stand_in.vat_checks().is_empty());
}
