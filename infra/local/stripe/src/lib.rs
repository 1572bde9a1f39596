//! A stand-in for the part of Stripe that the shop uses: intents, hosted checkout pages, refunds, coupons, disputes,
//! signed webhooks, and idempotency with Stripe's rules. It runs with the local cloud and inside tests, which can make
//! any call fail before or after its effect.
//!
//! It has nothing that the shop does not call. It refuses an unknown path, parameter or API version.

mod error;
mod page;
mod params;
mod refunds;
mod state;
mod webhooks;

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};

pub use crate::state::{Card, VERSION};
pub use crate::webhooks::{Delivery, sign};

use crate::error::StripeError;
use crate::params::Params;
use crate::state::{ApiResult, HandledRequest, Reply, StripeState};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallPhase {
    BeforeEffect,
    AfterEffect,
}

/// Called in both phases of each call. If it returns `false`, the call is lost there.
pub type Interceptor = Arc<dyn Fn(CallPhase) -> Pin<Box<dyn Future<Output = bool> + Send>> + Send + Sync>;

#[derive(Clone)]
pub struct Settings {
    /// The address of this server, for the links of hosted pages.
    pub public_url: String,
    /// Seconds since 1970.
    pub clock: Arc<dyn Fn() -> i64 + Send + Sync>,
    pub interceptor: Option<Interceptor>,
    /// Without it events are only recorded.
    pub webhook: Option<WebhookEndpoint>,
}

/// Where events are sent, and the secret that signs them.
#[derive(Debug, Clone)]
pub struct WebhookEndpoint {
    pub url: String,
    pub secret: String,
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Settings(…)")
    }
}

/// The stand-in. Its clones share one state.
#[derive(Clone)]
pub struct StandIn {
    state: Arc<Mutex<StripeState>>,
    settings: Arc<Settings>,
}

impl std::fmt::Debug for StandIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StandIn")
    }
}

impl StandIn {
    pub fn new(settings: Settings) -> Self {
        Self { state: Arc::default(), settings: Arc::new(settings) }
    }

    fn state(&self) -> MutexGuard<'_, StripeState> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.now = (self.settings.clock)();
        state
    }

    /// The API and the hosted pages.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/pay/{id}", get(page::show).post(page::submit))
            .route("/_stand_in/disputes/{id}", post(page::close_dispute))
            .route("/_stand_in/events", get(page::events))
            .route("/_stand_in/redeliver", post(page::redeliver))
            .fallback(api)
            .with_state(self.clone())
    }

    /// All objects of a kind, such as `charge` or `refund`.
    pub fn all(&self, kind: &str) -> Vec<Value> {
        let state = self.state();
        let objects = state.objects.values().filter(|object| object["object"] == kind);
        objects.cloned().collect()
    }

    /// All events, oldest first.
    pub fn events(&self) -> Vec<Value> {
        self.state().events.clone()
    }

    /// A buyer confirms an intent, or pays on the hosted page of a session. Returns whether it is paid now.
    pub fn pay(&self, reference: &str, card: Card) -> bool {
        let paid = {
            let mut state = self.state();
            if reference.starts_with("cs_") {
                state.pay_session(reference, card)
            } else {
                state.pay_intent(reference, card)
            }
        };
        self.deliver_new();
        paid.is_ok_and(|intent| intent["status"] == "succeeded")
    }

    /// A session expires after a day, or somebody cancels an intent in the dashboard.
    pub fn expire_or_cancel(&self, reference: &str) {
        let _ = if reference.starts_with("cs_") {
            self.state().expire_session(reference)
        } else {
            self.state().cancel(reference, &Params::parse(""))
        };
        self.deliver_new();
    }

    /// From now on the hosted pages are said to be at this address, those of open sessions too.
    pub fn show_pages_at(&self, url: &str) {
        let mut state = self.state();
        state.pages = Some(url.to_owned());
        for (id, object) in &mut state.objects {
            if object["object"] == "checkout.session" && object["status"] == "open" {
                object["url"] = format!("{url}/pay/{id}").into();
            }
        }
    }

    /// Somebody refunds a charge in Stripe's dashboard.
    pub fn refund_in_dashboard(&self, intent: &str, amount: i64) {
        let form = format!("payment_intent={intent}&amount={amount}");
        let _ = self.state().create_refund(&Params::parse(&form));
        self.deliver_new();
    }

    fn dispatch(&self, state: &mut StripeState, method: &Method, path: &str, params: &Params) -> ApiResult {
        let parts: Vec<&str> = path.trim_start_matches("/v1/").split('/').collect();
        match (method.as_str(), parts.as_slice()) {
            ("POST", ["payment_intents"]) => state.create_intent(params),
            ("GET", ["payment_intents", id]) => state.find("payment_intent", id),
            ("POST", ["payment_intents", id, "confirm"]) => state.confirm(id, params),
            ("POST", ["payment_intents", id, "cancel"]) => state.cancel(id, params),
            ("POST", ["checkout", "sessions"]) => {
                let pages = state.pages.clone().unwrap_or_else(|| self.settings.public_url.clone());
                state.create_session(params, &pages)
            }
            ("GET", ["checkout", "sessions", id]) => state.find("checkout.session", id),
            ("POST", ["checkout", "sessions", id, "expire"]) => state.expire_session(id),
            ("POST", ["coupons"]) => state.create_coupon(params),
            ("POST", ["refunds"]) => state.create_refund(params),
            ("GET", ["refunds"]) => state.refunds(params),
            _ => Err(StripeError::new(
                404,
                "invalid_request_error",
                "url_invalid",
                &format!("Unrecognized request URL ({method}: {path})."),
            )),
        }
    }

    /// Handles a call. A second one with the same idempotency key and parameters gets the same answer, also if that was
    /// an error.
    fn call(&self, method: &Method, path: &str, key: Option<&str>, params: &Params) -> Reply {
        let route = format!("{method} {path}");
        let mut state = self.state();
        if let Some(handled) = key.and_then(|key| state.handled_requests.get(key)) {
            if handled.route == route && handled.params == *params {
                return Reply { replayed: true, ..handled.reply.clone() };
            }
            let message =
                "Keys for idempotent requests can only be used with the same parameters they were first used with.";
            return Err(StripeError::new(400, "idempotency_error", "idempotency_error", message)).into();
        }
        let reply = Reply::from(self.dispatch(&mut state, method, path, params));
        if let Some(key) = key {
            let handled = HandledRequest { route, params: params.clone(), reply: reply.clone() };
            state.handled_requests.insert(key.to_owned(), handled);
        }
        reply
    }
}

async fn api(State(stand_in): State<StandIn>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let lost = || StatusCode::BAD_GATEWAY.into_response();
    let interceptor = stand_in.settings.interceptor.clone();
    if let Some(intercept) = &interceptor
        && !intercept(CallPhase::BeforeEffect).await
    {
        return lost();
    }
    let reply = reply(&stand_in, &method, &uri, &headers, &body);
    stand_in.deliver_new();
    if let Some(intercept) = &interceptor
        && !intercept(CallPhase::AfterEffect).await
    {
        return lost();
    }
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, axum::Json(reply.body)).into_response();
    if reply.replayed {
        let value = header::HeaderValue::from_static("true");
        response.headers_mut().insert("idempotent-replayed", value);
    }
    response
}

fn reply(stand_in: &StandIn, method: &Method, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Reply {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let key = header("authorization").and_then(|value| value.strip_prefix("Bearer "));
    if !key.is_some_and(|key| key.starts_with("sk_test_")) {
        let message = "You did not provide a good API key.";
        return Err(StripeError::new(401, "invalid_request_error", "api_key_invalid", message)).into();
    }
    if header("stripe-version") != Some(VERSION) {
        let message = "This is not the API version that is known here.";
        return Err(StripeError::invalid("version_unknown", message)).into();
    }
    let text = match *method {
        Method::GET => uri.query().unwrap_or_default(),
        _ => str::from_utf8(body).unwrap_or_default(),
    };
    let params = Params::parse(text);
    let key = header("idempotency-key").filter(|_| *method == Method::POST);
    stand_in.call(method, uri.path(), key, &params)
}

/// A list of events in Stripe's format.
pub(crate) fn listed(events: &[Value]) -> Value {
    json!({ "object": "list", "data": events, "has_more": false })
}

#[cfg(test)]
mod tests;
