//! Stripe as far as the shop uses it: intents, hosted checkout pages, refunds, coupons, disputes, signed webhooks, and
//! idempotency as Stripe keeps it. It runs beside the local cloud, and inside tests, which can make any call fail
//! before it took effect, or after.
//!
//! Deliberately absent: everything the shop does not call. An unknown path, parameter or API version is refused.

mod answer;
mod books;
mod hooks;
mod money_back;
mod page;
mod params;

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};

pub use crate::books::{Card, VERSION};
pub use crate::hooks::{Delivery, sign};

use crate::answer::{Refusal, shown};
use crate::books::Books;
use crate::params::Params;

/// Which side of a call's effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Before,
    After,
}

/// Looks on at each side of each call; `false` loses the call there.
pub type Watch = Arc<dyn Fn(Side) -> Pin<Box<dyn Future<Output = bool> + Send>> + Send + Sync>;

#[derive(Clone)]
pub struct Settings {
    /// Where this server is reached, for the links of hosted pages.
    pub public_url: String,
    /// Seconds since 1970.
    pub clock: Arc<dyn Fn() -> i64 + Send + Sync>,
    pub watch: Option<Watch>,
    /// Where events go, and the secret that they are signed with. Without it they wait to be taken.
    pub webhook: Option<(String, String)>,
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Settings(…)")
    }
}

/// The stand-in; clones share its books.
#[derive(Clone)]
pub struct StandIn {
    books: Arc<Mutex<Books>>,
    settings: Arc<Settings>,
}

impl std::fmt::Debug for StandIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StandIn")
    }
}

impl StandIn {
    pub fn new(settings: Settings) -> Self {
        Self { books: Arc::default(), settings: Arc::new(settings) }
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        let mut books = self.books.lock().unwrap_or_else(PoisonError::into_inner);
        books.now = (self.settings.clock)();
        books
    }

    /// The whole API with its pages.
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
        let books = self.books();
        let objects = books.objects.values().filter(|object| object["object"] == kind);
        objects.cloned().collect()
    }

    /// The events so far, oldest first.
    pub fn events(&self) -> Vec<Value> {
        self.books().events.clone()
    }

    /// A buyer's browser confirms an intent, or pays on the hosted page of a session. Says whether it is paid now.
    pub fn pay(&self, reference: &str, card: Card) -> bool {
        let paid = {
            let mut books = self.books();
            if reference.starts_with("cs_") {
                books.pay_session(reference, card)
            } else {
                books.pay_intent(reference, card)
            }
        };
        self.deliver_new();
        paid.is_ok_and(|intent| intent["status"] == "succeeded")
    }

    /// Stripe ends a session whose day is over, or somebody cancels an intent in the dashboard.
    pub fn end(&self, reference: &str) {
        let _ = if reference.starts_with("cs_") {
            self.books().expire_session(reference)
        } else {
            self.books().cancel(reference, &Params::parse(""))
        };
        self.deliver_new();
    }

    /// Somebody refunds a charge in Stripe's dashboard.
    pub fn refund_in_dashboard(&self, intent: &str, amount: i64) {
        let form = format!("payment_intent={intent}&amount={amount}");
        let _ = self.books().create_refund(&Params::parse(&form));
        self.deliver_new();
    }

    fn act(&self, books: &mut Books, (method, path): (&Method, &str), params: &Params) -> Result<Value, Refusal> {
        let parts: Vec<&str> = path.trim_start_matches("/v1/").split('/').collect();
        match (method.as_str(), parts.as_slice()) {
            ("POST", ["payment_intents"]) => books.create_intent(params),
            ("GET", ["payment_intents", id]) => books.find("payment_intent", id),
            ("POST", ["payment_intents", id, "confirm"]) => books.confirm(id, params),
            ("POST", ["payment_intents", id, "cancel"]) => books.cancel(id, params),
            ("POST", ["checkout", "sessions"]) => books.create_session(params, &self.settings.public_url),
            ("GET", ["checkout", "sessions", id]) => books.find("checkout.session", id),
            ("POST", ["checkout", "sessions", id, "expire"]) => books.expire_session(id),
            ("POST", ["coupons"]) => books.create_coupon(params),
            ("POST", ["refunds"]) => books.create_refund(params),
            ("GET", ["refunds"]) => books.refunds(params),
            _ => Err(Refusal::new(
                404,
                "invalid_request_error",
                "url_invalid",
                &format!("Unrecognized request URL ({method}: {path})."),
            )),
        }
    }

    /// The call under its idempotency key: the same key and parameters are the same answer, also if it was a refusal.
    fn once(&self, method: &Method, path: &str, key: Option<&str>, params: &Params) -> (u16, Value, bool) {
        let what = format!("{method} {path}");
        let mut books = self.books();
        if let Some((known, with, status, body)) = key.and_then(|key| books.keys.get(key)) {
            if *known == what && with == params {
                return (*status, body.clone(), true);
            }
            let message =
                "Keys for idempotent requests can only be used with the same parameters they were first used with.";
            let refusal = Refusal::new(400, "idempotency_error", "idempotency_error", message);
            return (refusal.status, refusal.body, false);
        }
        let (status, body) = match self.act(&mut books, (method, path), params) {
            Ok(object) => (200, shown(&object)),
            Err(refusal) => (refusal.status, refusal.body),
        };
        if let Some(key) = key {
            let known = (what, params.clone(), status, body.clone());
            books.keys.insert(key.to_owned(), known);
        }
        (status, body, false)
    }
}

async fn api(State(stand_in): State<StandIn>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let lost = || StatusCode::BAD_GATEWAY.into_response();
    let watch = stand_in.settings.watch.clone();
    if let Some(watch) = &watch
        && !watch(Side::Before).await
    {
        return lost();
    }
    let (status, body, replayed) = answer(&stand_in, &method, &uri, &headers, &body);
    stand_in.deliver_new();
    if let Some(watch) = &watch
        && !watch(Side::After).await
    {
        return lost();
    }
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, axum::Json(body)).into_response();
    if replayed {
        let value = header::HeaderValue::from_static("true");
        response.headers_mut().insert("idempotent-replayed", value);
    }
    response
}

fn answer(stand_in: &StandIn, method: &Method, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> (u16, Value, bool) {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let key = header("authorization").and_then(|value| value.strip_prefix("Bearer "));
    if !key.is_some_and(|key| key.starts_with("sk_test_")) {
        let message = "You did not provide a good API key.";
        let refusal = Refusal::new(401, "invalid_request_error", "api_key_invalid", message);
        return (refusal.status, refusal.body, false);
    }
    if header("stripe-version") != Some(VERSION) {
        let refusal = Refusal::invalid("version_unknown", "This is not the API version that is known here.");
        return (refusal.status, refusal.body, false);
    }
    let text = match *method {
        Method::GET => uri.query().unwrap_or_default(),
        _ => str::from_utf8(body).unwrap_or_default(),
    };
    let params = Params::parse(text);
    let key = header("idempotency-key").filter(|_| *method == Method::POST);
    stand_in.once(method, uri.path(), key, &params)
}

/// What a page of events looks like to tests and people.
pub(crate) fn listed(events: &[Value]) -> Value {
    json!({ "object": "list", "data": events, "has_more": false })
}

#[cfg(test)]
mod tests;
