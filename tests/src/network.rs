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
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;

use crate::engine::Engine;
use crate::interruptions::Interruptions;
use crate::rights;

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
    engine: Engine,
    state: Arc<Mutex<State>>,
    pub interruptions: Interruptions,
}

impl Network {
    pub(crate) fn new(engine: Engine) -> Self {
        Self { engine, state: Arc::default(), interruptions: Interruptions::default() }
    }

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
        if operation.is_empty() {
            let answer = send(request).await?;
            let is_lost = fault == Some(Fault::After) || !self.interruptions.pass().await;
            return if is_lost { Err(failed()) } else { Ok(answer) };
        }
        let mut body = body(&request);
        if let Err(reason) = rights::check(caller(&request), &operation, &body) {
            eprintln!("{reason}");
            return Ok(refusal("AccessDeniedException", serde_json::json!({ "Message": reason })));
        }
        body["ReturnConsumedCapacity"] = "TOTAL".into();
        let begins_trip = self.state().set_off();
        // While the request or the answer is on its way, others go on, as they do with a real network.
        tokio::task::yield_now().await;
        let reply = self.engine.call(&operation, body);
        tokio::task::yield_now().await;
        self.state().arrive();
        let (units, is_refused) = (reply.units(), reply.is_refusal());
        let is_write = operation.contains("Write") || !is_read(&operation);
        self.state().calls.push(Call { operation, units, is_write, begins_trip, is_refused });
        if fault == Some(Fault::After) || !self.interruptions.pass().await {
            return Err(failed());
        }
        Ok(reply.into())
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

/// Sends a call of another service, such as S3. Only the table is in this process.
async fn send(request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
    let other = |error: Box<dyn std::error::Error + Send + Sync>| ConnectorError::other(error, None);
    let request = request.try_into_http1x().map_err(|error| other(error.into()))?;
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(other)?.to_bytes();
    let request = axum::http::Request::from_parts(head, Full::new(body));
    let client = Client::builder(TokioExecutor::new()).build_http();
    let response = client.request(request).await.map_err(|error| ConnectorError::io(error.into()))?;
    let (head, body) = response.into_parts();
    let body = body.collect().await.map_err(|error| other(error.into()))?.to_bytes();
    let response = axum::http::Response::from_parts(head, SdkBody::from(body));
    HttpResponse::try_from(response).map_err(|error| ConnectorError::other(error.into(), None))
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
