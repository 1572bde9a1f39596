//! Logs and metrics. Logs are JSON lines. The line of a request is also a CloudWatch embedded metric, which counts
//! requests, errors and milliseconds without further cost.
//!
//! Nothing secret is logged: no bodies, no headers, and types that hold a secret print themselves as `…`.

use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};

use domain::time::Time;
use serde::Serialize;
use serde_json::json;
use tracing_subscriber::EnvFilter;

const NAMESPACE: &str = "Kontor";

/// Whether this process is a function, whose standard output is its log. Tests do not log.
static LOGGING: AtomicBool = AtomicBool::new(false);

/// Sends `tracing` and metrics to standard output as JSON; once, at start.
pub fn init() {
    LOGGING.store(true, Ordering::Relaxed);
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let logs = tracing_subscriber::fmt().json().flatten_event(true).without_time().with_current_span(false);
    let _ = logs.with_env_filter(filter).try_init();
}

/// One finished request.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RequestLine {
    pub(crate) method: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) route: Option<String>,
    pub(crate) status: u16,
    pub(crate) millis: u128,
    pub(crate) request_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) trace_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) user: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<String>,
    /// Why it failed, for errors on our side.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cause: Option<String>,
}

pub(crate) fn request(line: &RequestLine, now: Time) {
    let level = if line.status >= 500 { "ERROR" } else { "INFO" };
    let mut json = serde_json::to_value(line).unwrap_or_default();
    let metrics = [("Requests", "Count"), ("ServerErrors", "Count"), ("Latency", "Milliseconds")];
    json["level"] = level.into();
    json["timestamp"] = now.to_string().into();
    json["Requests"] = 1.into();
    json["ServerErrors"] = u8::from(line.status >= 500).into();
    json["Latency"] = serde_json::to_value(line.millis).unwrap_or_default();
    write(json, &metrics, now);
}

/// Counts something that operators watch, such as reused refresh tokens.
pub fn count(name: &'static str, how_many: usize, now: Time) {
    let mut json = json!({ "level": "INFO", "timestamp": now.to_string() });
    json[name] = how_many.into();
    write(json, &[(name, "Count")], now);
}

/// An embedded metric is a JSON line that names which of its fields are metrics.
fn write(mut json: serde_json::Value, metrics: &[(&str, &str)], now: Time) {
    if !LOGGING.load(Ordering::Relaxed) {
        return;
    }
    let metrics: Vec<_> = metrics.iter().map(|(name, unit)| json!({ "Name": name, "Unit": unit })).collect();
    json["service"] = service().into();
    json["_aws"] = json!({
        "Timestamp": now.unix_millis(),
        "CloudWatchMetrics": [{ "Namespace": NAMESPACE, "Dimensions": [["service"]], "Metrics": metrics }],
    });
    let mut out = std::io::stdout().lock();
    // A request does not fail because its log line cannot be written.
    let _ = writeln!(out, "{json}");
}

/// The function's name, as Lambda sets it.
#[expect(
    clippy::disallowed_methods,
    reason = "the runtime sets it before anything starts; it is not part of our configuration"
)]
fn service() -> String {
    std::env::var("AWS_LAMBDA_FUNCTION_NAME").unwrap_or_else(|_| "local".to_owned())
}
