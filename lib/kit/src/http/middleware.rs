//! The middleware of every HTTP function. It writes errors as JSON, sets the headers of every answer and logs one line
//! a request. CORS is not here: API Gateway answers preflights and sets those headers. It catches no panic: a panic
//! ends the process, and Lambda answers 500 and starts another.

use std::sync::{Arc, PoisonError};

use axum::extract::{MatchedPath, OriginalUri, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use domain::actor::ActorId;
use domain::rate::Allowance;
use lambda_http::request::RequestContext;

use crate::http::distribution::Distribution;
use crate::http::problem::{Problem, ProblemBody};
use crate::http::visitor::{self, RateLimitState};
use crate::runtime::clock::Clock;
use crate::runtime::origin;
use crate::runtime::telemetry::{self, RequestLine};

const SECURITY_HEADERS: [(HeaderName, &str); 7] = [
    (header::STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
    (HeaderName::from_static("permissions-policy"), "interest-cohort=()"),
];

/// Wraps a function's routes.
pub fn wrap(routes: Router, clock: Clock, distribution: Distribution) -> Router {
    let finish = from_fn_with_state((clock, distribution), finish);
    routes.fallback(not_found).method_not_allowed_fallback(method_not_allowed).layer(finish)
}

async fn not_found() -> Problem {
    Problem::not_found("no_such_route", "This path does not exist.")
}

pub(crate) async fn method_not_allowed() -> Problem {
    let status = StatusCode::METHOD_NOT_ALLOWED;
    Problem::new(status, "method_not_allowed", "This path does not support that method.")
}

async fn finish(
    State((clock, distribution)): State<(Clock, Distribution)>,
    mut request: Request,
    next: Next,
) -> Response {
    let started = clock.now();
    let rate_limit_state = RateLimitState::default();
    request.extensions_mut().insert(rate_limit_state.clone());
    let mut line = RequestLine {
        method: request.method().to_string(),
        request_id: request_id(&request),
        trace_id: trace_id(request.headers()),
        ..RequestLine::default()
    };
    let uri: Uri = request.extensions().get::<OriginalUri>().map_or_else(|| request.uri().clone(), |uri| uri.0.clone());

    let mut response = match distribution.admit(&mut request) {
        Ok(()) => origin::within(visitor::origin(&request), next.run(request)).await,
        Err(problem) => problem.into_response(),
    };

    line.route = response.extensions().get::<MatchedRoute>().map(|route| route.0.clone());
    line.user = response.extensions().get::<Caller>().map(|caller| caller.0.to_string());
    if let Some(problem) = response.extensions_mut().remove::<Arc<Problem>>() {
        line.code = Some(problem.code.to_owned());
        line.cause.clone_from(&problem.cause);
        let headers = std::mem::take(response.headers_mut());
        response = write_out(&problem, &uri, &line.request_id, clock.now().to_string());
        for (name, value) in headers.iter().filter(|(name, _)| !is_about_the_body(name)) {
            response.headers_mut().append(name, value.clone());
        }
    }
    let headers = response.headers_mut();
    for (name, value) in SECURITY_HEADERS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if let Ok(id) = HeaderValue::from_str(&line.request_id) {
        headers.insert(HeaderName::from_static("x-request-id"), id);
    }
    if let Some(allowance) = *rate_limit_state.0.lock().unwrap_or_else(PoisonError::into_inner) {
        write_allowance(headers, &allowance);
    }
    line.status = response.status().as_u16();
    line.millis = clock.now().since(started).as_millis();
    telemetry::request(&line, clock.now());
    response
}

fn is_about_the_body(name: &HeaderName) -> bool {
    [header::CONTENT_LENGTH, header::CONTENT_TYPE].contains(name)
}

fn write_out(problem: &Problem, uri: &Uri, request_id: &str, timestamp: String) -> Response {
    let body = ProblemBody {
        status_code: problem.status.as_u16(),
        error: problem.status.canonical_reason().unwrap_or("Error"),
        code: problem.code,
        message: &problem.message,
        details: &problem.details,
        available: problem.available,
        timestamp,
        path: uri.path(),
        request_id,
    };
    let mut response = (problem.status, Json(body)).into_response();
    response.headers_mut().extend(problem.headers.clone());
    response
}

fn write_allowance(headers: &mut HeaderMap, allowance: &Allowance) {
    let limit = allowance.limit;
    let policy = format!("\"{}\";q={};w={}", limit.name, limit.max, limit.window.as_secs());
    let state = format!("\"{}\";r={};t={}", limit.name, allowance.remaining, allowance.retry_after());
    for (name, value) in [("ratelimit-policy", policy), ("ratelimit", state)] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
}

fn request_id(request: &Request) -> String {
    let id = match request.extensions().get() {
        Some(RequestContext::ApiGatewayV2(context)) => context.request_id.clone(),
        _ => None,
    };
    id.unwrap_or_else(|| "none".to_owned())
}

/// The Lambda runtime sets this header itself and overwrites what a client sent.
fn trace_id(headers: &HeaderMap) -> Option<String> {
    let header = headers.get("x-amzn-trace-id")?.to_str().ok()?;
    header.split(';').find_map(|part| part.strip_prefix("Root=")).map(str::to_owned)
}

/// The pattern that a request matched, kept on its answer for the log line.
#[derive(Debug, Clone)]
struct MatchedRoute(String);

/// The signed-in user or the key, for the log line too.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caller(pub(crate) ActorId);

/// Runs inside the router, where the matched pattern is known.
pub(crate) async fn note_route(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map(|path| MatchedRoute(path.as_str().to_owned()));
    let mut response = next.run(request).await;
    if let Some(route) = route {
        response.extensions_mut().insert(route);
    }
    response
}
