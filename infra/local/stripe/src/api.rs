//! The API over HTTP: which request does what, and how its answer is sent.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};

use crate::error::StripeError;
use crate::faults::Failure;
use crate::idempotency::{KeyInUse, MAX_KEY, Reply};
use crate::params::Params;
use crate::state::{ApiResult, StripeState, VERSION};
use crate::{CallPhase, StandIn};

/// A request that has a good API key and the right version.
struct ApiRequest<'a> {
    method: &'a Method,
    path: &'a str,
    /// The idempotency key. Only POST requests have one.
    key: Option<&'a str>,
    params: Params,
}

pub(crate) async fn handle(
    State(stand_in): State<StandIn>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let request = match ApiRequest::read(&method, &uri, &headers, &body) {
        Ok(request) => request,
        Err(error) => return stand_in.respond(Err(error).into()),
    };
    let in_use = request.key.map(|key| KeyInUse::new(&stand_in, key)).transpose();
    let _in_use = match in_use {
        Ok(in_use) => in_use,
        Err(error) => return stand_in.respond(Err(error).into()),
    };
    let lost_in = stand_in.state().faults.lost_in();
    let lost = || StatusCode::BAD_GATEWAY.into_response();
    if lost_in == Some(CallPhase::BeforeEffect) || !stand_in.passes(CallPhase::BeforeEffect).await {
        return lost();
    }
    let reply = stand_in.call(request.method, request.path, request.key, &request.params);
    stand_in.deliver_new();
    if lost_in == Some(CallPhase::AfterEffect) || !stand_in.passes(CallPhase::AfterEffect).await {
        return lost();
    }
    stand_in.respond(reply)
}

impl<'a> ApiRequest<'a> {
    fn read(method: &'a Method, uri: &'a Uri, headers: &'a HeaderMap, body: &[u8]) -> Result<Self, StripeError> {
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let api_key = header("authorization").and_then(|value| value.strip_prefix("Bearer "));
        if !api_key.is_some_and(|key| key.starts_with("sk_test_")) {
            return Err(StripeError::unauthorized("You did not provide a good API key."));
        }
        if header("stripe-version") != Some(VERSION) {
            let message = "This is not the API version that is known here.";
            return Err(StripeError::parameter("Stripe-Version", Some("version_unknown"), message));
        }
        let key = header("idempotency-key").filter(|_| *method == Method::POST);
        if key.is_some_and(|key| key.is_empty() || key.chars().count() > MAX_KEY) {
            let message = format!("An idempotency key has 1 to {MAX_KEY} characters.");
            return Err(StripeError::parameter("Idempotency-Key", None, &message));
        }
        let text = match *method {
            Method::POST => str::from_utf8(body).unwrap_or_default(),
            _ => uri.query().unwrap_or_default(),
        };
        Ok(Self { method, path: uri.path(), key, params: Params::parse(text) })
    }
}

impl StandIn {
    async fn passes(&self, phase: CallPhase) -> bool {
        match &self.settings.interceptor {
            Some(intercept) => intercept(phase).await,
            None => true,
        }
    }

    /// Handles a call. A second one with the same idempotency key and parameters gets the same answer, also if that was
    /// an error.
    pub(crate) fn call(&self, method: &Method, path: &str, key: Option<&str>, params: &Params) -> Reply {
        let route = format!("{method} {path}");
        let mut state = self.state();
        let now = state.now;
        if let Some(reply) = key.and_then(|key| state.keys.replay(key, &route, params, now)) {
            return reply;
        }
        let reply = match state.faults.failure() {
            None => Reply::from(self.dispatch(&mut state, method, path, params)),
            Some(Failure::RateLimited) => Err(StripeError::rate_limited()).into(),
            Some(Failure::InternalErrorBeforeEffect) => Err(StripeError::internal()).into(),
            Some(Failure::InternalErrorAfterEffect) => {
                let _ = self.dispatch(&mut state, method, path, params);
                Err(StripeError::internal()).into()
            }
        };
        if let Some(key) = key {
            state.keys.save(key, route, params, &reply, now);
        }
        reply
    }

    fn dispatch(&self, state: &mut StripeState, method: &Method, path: &str, params: &Params) -> ApiResult {
        let parts: Vec<&str> = path.strip_prefix("/v1/").unwrap_or_default().split('/').collect();
        match (method.as_str(), parts.as_slice()) {
            ("POST", ["payment_intents"]) => state.create_intent(params),
            ("GET", ["payment_intents", id]) => state.retrieve("payment_intent", id, &["latest_charge"], params),
            ("POST", ["payment_intents", id, "confirm"]) => state.confirm(id, params),
            ("POST", ["payment_intents", id, "cancel"]) => state.cancel(id, params),
            ("GET", ["charges", id]) => state.retrieve("charge", id, &["payment_intent"], params),
            ("POST", ["checkout", "sessions"]) => {
                let pages = state.pages.clone().unwrap_or_else(|| self.settings.public_url.clone());
                state.create_session(params, &pages)
            }
            ("GET", ["checkout", "sessions"]) => state.list("checkout.session", path, &["payment_intent"], params),
            ("GET", ["checkout", "sessions", id]) => {
                state.retrieve("checkout.session", id, &["payment_intent"], params)
            }
            ("POST", ["checkout", "sessions", id, "expire"]) => {
                params.allow_only(&[])?;
                state.expire_session(id)
            }
            ("POST", ["coupons"]) => state.create_coupon(params),
            ("GET", ["coupons", id]) => state.retrieve("coupon", id, &[], params),
            ("DELETE", ["coupons", id]) => {
                params.allow_only(&[])?;
                state.delete_coupon(id)
            }
            ("POST", ["refunds"]) => state.create_refund(params),
            ("GET", ["refunds"]) => state.list("refund", path, &["charge", "payment_intent"], params),
            ("GET", ["refunds", id]) => state.retrieve("refund", id, &["charge", "payment_intent"], params),
            ("GET", ["disputes"]) => state.list("dispute", path, &["charge", "payment_intent"], params),
            ("GET", ["disputes", id]) => state.retrieve("dispute", id, &["charge", "payment_intent"], params),
            ("POST", ["disputes", id]) => state.update_dispute(id, params),
            _ => Err(StripeError::unknown_url(method.as_str(), path)),
        }
    }

    fn respond(&self, reply: Reply) -> Response {
        let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, axum::Json(reply.body)).into_response();
        let mut set = |name: &'static str, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                response.headers_mut().insert(HeaderName::from_static(name), value);
            }
        };
        set("request-id", &self.state().id("req"));
        if reply.replayed {
            set("idempotent-replayed", "true");
        }
        match reply.status {
            409 => set("stripe-should-retry", "true"),
            429 => set("stripe-rate-limited-reason", "global-rate"),
            // The same key would get the saved answer again.
            500 => set("stripe-should-retry", "false"),
            _ => {}
        }
        response
    }
}
