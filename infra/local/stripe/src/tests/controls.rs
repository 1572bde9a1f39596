//! Over HTTP: headers, conflicts, the controls and the hosted page.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, Request};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tokio::sync::Notify;
use tower::ServiceExt;

use super::{INTENT, SESSION, id, stripe};
use crate::{Card, Failure, Settings, StandIn, VERSION};

struct Answer {
    status: u16,
    headers: HeaderMap,
    text: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

async fn send(stand_in: &StandIn, request: Request<Body>) -> Answer {
    let response = stand_in.router().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let text = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
    Answer { status: parts.status.as_u16(), headers: parts.headers, text }
}

async fn api(stand_in: &StandIn, path: &str, key: &str, form: &str) -> Answer {
    let request = Request::post(path)
        .header("authorization", "Bearer sk_test_1")
        .header("stripe-version", VERSION)
        .header("idempotency-key", key)
        .body(Body::from(form.to_owned()));
    send(stand_in, request.unwrap()).await
}

async fn control(stand_in: &StandIn, method: &str, path: &str, body: Value) -> Answer {
    let request = Request::builder().method(method).uri(format!("/_stand_in/{path}"));
    let request = request.header("content-type", "application/json").body(Body::from(body.to_string()));
    send(stand_in, request.unwrap()).await
}

/// Each answer has a Request-Id; a saved answer says Idempotent-Replayed, and Stripe-Should-Retry says whether to try
/// again.
/// <https://docs.stripe.com/api/request_ids>, <https://docs.stripe.com/error-low-level#idempotency>
#[tokio::test]
async fn headers_say_what_was_replayed_and_what_may_be_tried_again() {
    let stripe = stripe();
    let stand_in = &stripe.stand_in;
    let first = api(stand_in, "/v1/payment_intents", "a", INTENT).await;
    assert_eq!((first.status, first.header("idempotent-replayed")), (200, ""));
    assert!(first.header("request-id").starts_with("req_"));
    let again = api(stand_in, "/v1/payment_intents", "a", INTENT).await;
    assert_eq!((again.status, again.header("idempotent-replayed")), (200, "true"));
    assert_ne!(first.header("request-id"), again.header("request-id"));
    stand_in.fail_next(Failure::InternalErrorAfterEffect, 1);
    for replayed in ["", "true"] {
        let failed = api(stand_in, "/v1/payment_intents", "b", INTENT).await;
        assert_eq!((failed.status, failed.header("stripe-should-retry")), (500, "false"));
        assert_eq!(failed.header("idempotent-replayed"), replayed);
    }
}

/// A key has at most 255 characters; an API key and the known version are needed.
/// <https://docs.stripe.com/api/idempotent_requests>, <https://docs.stripe.com/api/authentication>
#[tokio::test]
async fn a_long_key_a_wrong_api_key_and_another_version_are_refused() {
    let stripe = stripe();
    let stand_in = &stripe.stand_in;
    assert_eq!(api(stand_in, "/v1/payment_intents", &"k".repeat(255), INTENT).await.status, 200);
    assert_eq!(api(stand_in, "/v1/payment_intents", &"k".repeat(256), INTENT).await.status, 400);
    for (api_key, version, status) in [("sk_live_1", VERSION, 401), ("sk_test_1", "2020-08-27", 400)] {
        let request = Request::post("/v1/payment_intents")
            .header("authorization", format!("Bearer {api_key}"))
            .header("stripe-version", version)
            .body(Body::from(INTENT));
        assert_eq!(send(stand_in, request.unwrap()).await.status, status);
    }
    assert_eq!(stand_in.all("payment_intent").len(), 1);
}

/// Two requests with one key at the same time: the second is a conflict. If the first caller goes away, its key is free.
/// <https://docs.stripe.com/error-low-level#idempotency>
#[tokio::test]
async fn a_second_request_is_a_conflict_until_the_first_is_answered_or_given_up() {
    let (arrived, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (here, wait) = (arrived.clone(), go_on.clone());
    let stand_in = StandIn::new(Settings {
        public_url: "http://pay.test".to_owned(),
        clock: Arc::new(|| super::NOW),
        interceptor: Some(Arc::new(move |_| {
            let (here, wait) = (here.clone(), wait.clone());
            Box::pin(async move {
                here.notify_one();
                wait.notified().await;
                true
            })
        })),
        webhook: None,
    });
    let first = {
        let stand_in = stand_in.clone();
        tokio::spawn(async move { api(&stand_in, "/v1/payment_intents", "a", INTENT).await.status })
    };
    for _ in ["before the effect", "after it"] {
        arrived.notified().await;
        let second = api(&stand_in, "/v1/payment_intents", "a", INTENT).await;
        assert_eq!((second.status, second.header("stripe-should-retry")), (409, "true"));
        assert_eq!(second.json()["error"]["code"], "idempotency_key_in_use");
        go_on.notify_one();
    }
    assert_eq!(first.await.unwrap(), 200);
    let given_up = api(&stand_in, "/v1/payment_intents", "b", INTENT);
    assert!(tokio::time::timeout(Duration::ZERO, given_up).await.is_err());
    assert!(stand_in.state().keys.replay("b", "", &crate::params::Params::default(), super::NOW).is_none());
    assert!(crate::idempotency::KeyInUse::new(&stand_in, "b").is_ok());
}

#[tokio::test]
async fn controls_decide_payments_disputes_and_refunds_and_refuse_unknown_fields() {
    let stripe = stripe();
    let stand_in = &stripe.stand_in;
    let intent = stripe.intent();
    let payment = format!("payments/{intent}");
    assert_eq!(control(stand_in, "POST", &payment, json!({ "paid": true })).await.status, 400, "not processing");
    stand_in.pay(&intent, Card::Slow);
    assert_eq!(control(stand_in, "POST", &payment, json!({ "paid": true, "why": "" })).await.status, 422);
    assert_eq!(control(stand_in, "POST", &payment, json!({ "paid": true })).await.json()["status"], "succeeded");
    let refund = control(stand_in, "POST", "refunds", json!({ "paymentIntent": intent, "amount": 100 })).await.json();
    let path = format!("refunds/{}", id(&refund));
    assert_eq!(control(stand_in, "POST", &path, json!({ "status": "failed" })).await.json()["status"], "failed");
    assert_eq!(control(stand_in, "POST", "balance", json!({ "available": 99 })).await.status, 204);
    let poor = control(stand_in, "POST", "refunds", json!({ "paymentIntent": intent, "amount": 100 })).await;
    assert_eq!(poor.json()["error"]["code"], "balance_insufficient");
    let inquiry = json!({ "paymentIntent": intent, "inquiry": true });
    let dispute = control(stand_in, "POST", "disputes", inquiry).await.json();
    assert_eq!(dispute["status"], "warning_needs_response");
    let path = format!("disputes/{}", id(&dispute));
    assert_eq!(control(stand_in, "POST", &path, json!({ "won": false })).await.json()["status"], "needs_response");
    assert_eq!(control(stand_in, "POST", &path, json!({ "won": false })).await.json()["status"], "lost");
    let objects = control(stand_in, "GET", "objects/charge", Value::Null).await.json();
    assert_eq!(objects["data"][0]["payment_intent"], intent);
    assert!(objects["data"][0].get("_pending_refund").is_none(), "{objects}");
}

#[tokio::test]
async fn faults_lose_requests_and_answers_until_they_end() {
    let stripe = stripe();
    let stand_in = &stripe.stand_in;
    for (faults, made) in [(json!({ "lostRequests": 100 }), 0), (json!({ "lostAnswers": 100, "seed": 3 }), 1)] {
        assert_eq!(control(stand_in, "PUT", "faults", faults).await.status, 204);
        assert_eq!(api(stand_in, "/v1/payment_intents", "a", INTENT).await.status, 502);
        assert_eq!(stand_in.all("payment_intent").len(), made);
    }
    assert_eq!(control(stand_in, "PUT", "faults", json!({ "lostAnswers": 101 })).await.status, 400);
    assert_eq!(control(stand_in, "PUT", "faults", json!({ "lostAnswer": 1 })).await.status, 422);
    assert_eq!(control(stand_in, "PUT", "faults", json!({})).await.status, 204);
    let again = api(stand_in, "/v1/payment_intents", "a", INTENT).await;
    assert_eq!((again.status, again.header("idempotent-replayed")), (200, "true"));
}

/// A buyer who comes to an expired session sees that it has expired.
/// <https://docs.stripe.com/api/checkout/sessions/expire>
#[tokio::test]
async fn the_page_offers_bank_debits_and_says_what_became_of_the_payment() {
    let stripe = stripe();
    let stand_in = &stripe.stand_in;
    let show = async |session: &str| {
        send(stand_in, Request::get(format!("/pay/{session}")).body(Body::empty()).unwrap()).await
    };
    let choose = async |session: &str, card: &str| {
        let request =
            Request::post(format!("/pay/{session}")).header("content-type", "application/x-www-form-urlencoded");
        send(stand_in, request.body(Body::from(format!("card={card}"))).unwrap()).await
    };
    let session = stripe.session("");
    let page = show(&session).await;
    assert!(page.text.contains("Pay 20.00 USD") && page.text.contains("Pay by bank debit (slow)"), "{}", page.text);
    let paid = choose(&session, "slow").await;
    assert!(paid.status == 200 && paid.text.contains("is being processed"), "{}", paid.text);
    assert_eq!(show(&session).await.status, 410);
    let session = stripe.session("excluded_payment_method_types[0]=us_bank_account");
    assert!(!show(&session).await.text.contains("bank debit"));
    assert_eq!(choose(&session, "slow").await.status, 402);
    let yen = SESSION.replace("=usd", "=jpy");
    let yen = id(&stripe.post("/v1/checkout/sessions", &yen));
    let page = show(&yen).await;
    assert!(page.text.contains("Pay 2000 JPY") && !page.text.contains("bank debit"), "{}", page.text);
    stripe.pass(24 * 60 * 60);
    for expired in [show(&session).await, choose(&session, "pay").await] {
        assert!(expired.status == 410 && expired.text.contains("expired"), "{}", expired.text);
    }
}
