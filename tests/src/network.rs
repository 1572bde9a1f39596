//! The network between an SDK client and its service. Tests can make a call fail: before or after its effect, by
//! throttling, or by a conflict with another transaction. It also counts the calls and the capacity units that they
//! used.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use axum::body::Bytes;
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;

use crate::interruptions::Interruptions;
use crate::rights;

type Http = Client<hyper_util::client::legacy::connect::HttpConnector, Full<Bytes>>;

/// How a call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The call never arrives.
    Before,
    /// The call takes effect, but its answer is lost.
    After,
    Throttle,
    /// Another transaction touches the same item.
    Conflict,
}

/// One call that was made.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    pub operation: String,
    /// Capacity units, indexes included. Zero if the service does not report them.
    pub units: f64,
    pub is_write: bool,
    /// No other call was in progress when it began. Parallel calls count as one round trip.
    pub begins_trip: bool,
    pub is_refused: bool,
}

#[derive(Debug, Default)]
struct State {
    calls: Vec<Call>,
    under_way: usize,
    /// Since when calls are in progress. `waited` is the sum of the earlier times.
    waiting_since: Option<Instant>,
    waited: Duration,
    faults: Vec<Planned>,
}

#[expect(clippy::disallowed_methods, reason = "benches measure real time")]
impl State {
    /// Begins a call. Returns whether no other call is in progress.
    fn set_off(&mut self) -> bool {
        self.under_way += 1;
        self.waiting_since.get_or_insert_with(Instant::now);
        self.under_way == 1
    }

    fn arrive(&mut self) {
        self.under_way -= 1;
        if self.under_way == 0 {
            let since = self.waiting_since.take();
            self.waited += since.map_or(Duration::ZERO, |since| since.elapsed());
        }
    }
}

#[derive(Debug)]
struct Planned {
    operation: Option<String>,
    skip: usize,
    times: usize,
    fault: Fault,
}

#[derive(Debug, Clone)]
pub struct Network {
    http: Http,
    state: Arc<Mutex<State>>,
    pub interruptions: Interruptions,
}

impl Default for Network {
    fn default() -> Self {
        Self {
            http: Client::builder(TokioExecutor::new()).build_http(),
            state: Arc::default(),
            interruptions: Interruptions::default(),
        }
    }
}

impl Network {
    /// The next `times` calls of this operation fail in this way. The SDK itself tries three times.
    pub fn fail(&self, operation: &str, fault: Fault, times: usize) {
        self.state().faults.push(Planned { operation: Some(operation.to_owned()), skip: 0, times, fault });
    }

    /// After `skip` calls of any operation, the next `times` calls fail in this way.
    pub fn fail_any(&self, skip: usize, fault: Fault, times: usize) {
        self.state().faults.push(Planned { operation: None, skip, times, fault });
    }

    pub fn heal(&self) {
        self.state().faults.clear();
    }

    /// The calls since the last use of this method.
    pub fn take_calls(&self) -> Vec<Call> {
        std::mem::take(&mut self.state().calls)
    }

    /// How long calls were in progress since the last use of this method.
    pub fn take_waited(&self) -> Duration {
        std::mem::take(&mut self.state().waited)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fault_for(&self, operation: &str) -> Option<Fault> {
        let mut state = self.state();
        for planned in &mut state.faults {
            if planned.times == 0 || planned.operation.as_deref().is_some_and(|wanted| wanted != operation) {
                continue;
            }
            if planned.skip > 0 {
                planned.skip -= 1;
                continue;
            }
            planned.times -= 1;
            return Some(planned.fault);
        }
        None
    }

    async fn exchange(self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
        let fault = self.fault_for(&operation);
        let failed = || ConnectorError::io("the network is down".into());
        if !self.interruptions.pass().await {
            return Err(failed());
        }
        match fault {
            Some(Fault::Before) => {
                self.state().calls.push(Call {
                    operation,
                    units: 0.0,
                    is_write: false,
                    begins_trip: true,
                    is_refused: false,
                });
                return Err(failed());
            }
            Some(Fault::Throttle) => {
                return Ok(refusal("ThrottlingException", serde_json::json!({})));
            }
            Some(Fault::Conflict) => return Ok(conflict(&request)),
            Some(Fault::After) | None => {}
        }
        if let Err(reason) = rights::check(caller(&request), &operation, &body(&request)) {
            eprintln!("{reason}");
            return Ok(refusal("AccessDeniedException", serde_json::json!({ "Message": reason })));
        }
        let mut request = request;
        ask_for_capacity(&mut request);
        let begins_trip = self.state().set_off();
        let sent = self.send(request).await;
        self.state().arrive();
        let answer = sent?;
        let (units, is_write) = (units(answer.body()), operation.contains("Write") || !is_read(&operation));
        let is_refused = !answer.status().is_success();
        self.state().calls.push(Call { operation, units, is_write, begins_trip, is_refused });
        if fault == Some(Fault::After) || !self.interruptions.pass().await {
            return Err(failed());
        }
        HttpResponse::try_from(answer.map(SdkBody::from)).map_err(|error| ConnectorError::other(error.into(), None))
    }

    async fn send(&self, request: HttpRequest) -> Result<axum::http::Response<Bytes>, ConnectorError> {
        let other = |error: Box<dyn std::error::Error + Send + Sync>| ConnectorError::other(error, None);
        let request = request.try_into_http1x().map_err(|error| other(error.into()))?;
        let (head, body) = request.into_parts();
        let body = body.collect().await.map_err(other)?.to_bytes();
        let request = axum::http::Request::from_parts(head, Full::new(body));
        let response = self.http.request(request).await.map_err(|error| ConnectorError::io(error.into()))?;
        let (head, body) = response.into_parts();
        let body = body.collect().await.map_err(|error| other(error.into()))?.to_bytes();
        Ok(axum::http::Response::from_parts(head, body))
    }
}

impl HttpConnector for Network {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::new(self.clone().exchange(request))
    }
}

impl HttpClient for Network {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

fn is_read(operation: &str) -> bool {
    ["GetItem", "BatchGetItem", "Query", "TransactGetItems"].contains(&operation)
}

fn refusal(code: &str, mut body: serde_json::Value) -> HttpResponse {
    body["__type"] = format!("com.amazonaws.dynamodb.v20120810#{code}").into();
    let status = StatusCode::try_from(400).expect("400 is a status");
    HttpResponse::new(status, SdkBody::from(body.to_string()))
}

/// The access key id of a request: the name of the function that makes it.
fn caller(request: &HttpRequest) -> &str {
    let signature = request.headers().get("authorization").unwrap_or_default();
    let (_, credential) = signature.split_once("Credential=").unwrap_or_default();
    credential.split('/').next().unwrap_or_default()
}

fn body(request: &HttpRequest) -> serde_json::Value {
    request.body().bytes().and_then(|bytes| serde_json::from_slice(bytes).ok()).unwrap_or_default()
}

/// The answer to a transaction whose first item is in another transaction. A plain write gets another error for this.
fn conflict(request: &HttpRequest) -> HttpResponse {
    let body = body(request);
    let Some(items) = body["TransactItems"].as_array() else {
        return refusal("TransactionConflictException", serde_json::json!({}));
    };
    let code = |i: usize| {
        if i == 0 { "TransactionConflict" } else { "None" }
    };
    let reasons: Vec<_> = (0..items.len()).map(|i| serde_json::json!({ "Code": code(i) })).collect();
    let message = "Transaction cancelled, please refer cancellation reasons for specific reasons";
    refusal("TransactionCanceledException", serde_json::json!({ "CancellationReasons": reasons, "Message": message }))
}

fn ask_for_capacity(request: &mut HttpRequest) {
    let Some(mut body) = request.body().bytes().and_then(|b| serde_json::from_slice::<serde_json::Value>(b).ok())
    else {
        return;
    };
    body["ReturnConsumedCapacity"] = "TOTAL".into();
    let text = body.to_string();
    request.headers_mut().insert("content-length", text.len().to_string());
    *request.body_mut() = SdkBody::from(text);
}

fn units(answer: &[u8]) -> f64 {
    let answer: serde_json::Value = serde_json::from_slice(answer).unwrap_or_default();
    let of = |capacity: &serde_json::Value| capacity["CapacityUnits"].as_f64().unwrap_or_default();
    match &answer["ConsumedCapacity"] {
        serde_json::Value::Array(tables) => tables.iter().map(of).sum(),
        one => of(one),
    }
}
