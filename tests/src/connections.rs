//! API Gateway's side of open connections, for a client of the SDK: what was sent to each connection, and which of them
//! are over.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_sdk_apigatewaymanagement::config::{BehaviorVersion, Builder, Credentials, Region};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use serde_json::Value;
use tokio::sync::Notify;

#[derive(Debug, Default)]
struct State {
    messages: BTreeMap<String, Vec<Value>>,
    gone: BTreeSet<String>,
    closed: Vec<String>,
    /// It takes a message only after the others have so many.
    slow: Option<(String, usize)>,
    taken: usize,
}

#[derive(Debug, Clone, Default)]
pub struct FakeConnections {
    state: Arc<Mutex<State>>,
    progress: Arc<Notify>,
}

impl FakeConnections {
    /// The settings of a client whose calls come here.
    pub fn settings(&self) -> Builder {
        aws_sdk_apigatewaymanagement::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-west-1"))
            .credentials_provider(Credentials::new("test", "test", None, None, "test"))
            .endpoint_url("http://connections.test/live")
            .http_client(self.clone())
    }

    /// What was sent to a connection since the last time.
    pub fn take(&self, connection: &str) -> Vec<Value> {
        self.state().messages.remove(connection).unwrap_or_default()
    }

    /// How many messages were taken in all.
    pub fn taken(&self) -> usize {
        self.state().taken
    }

    /// The client went away without a word.
    pub fn lose(&self, connection: &str) {
        self.state().gone.insert(connection.to_owned());
    }

    /// The connections that were ended since the last time.
    pub fn take_closed(&self) -> Vec<String> {
        std::mem::take(&mut self.state().closed)
    }

    /// This connection does not take its message before the others have taken so many.
    pub fn slow_down(&self, connection: &str, others: usize) {
        self.state().slow = Some((connection.to_owned(), others));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_waiting(&self, connection: &str) -> bool {
        let state = self.state();
        state.slow.as_ref().is_some_and(|(slow, others)| slow == connection && state.taken < *others)
    }

    async fn serve(self, connection: String, method: String, body: String) -> HttpResponse {
        while self.is_waiting(&connection) {
            self.progress.notified().await;
        }
        let mut state = self.state();
        if state.gone.contains(&connection) {
            return answer(410, r#"{"message":"GoneException"}"#, "GoneException");
        }
        if method == "DELETE" {
            state.closed.push(connection.clone());
            state.gone.insert(connection);
            return answer(204, "", "");
        }
        let message = serde_json::from_str(&body).expect("a message is JSON");
        state.messages.entry(connection).or_default().push(message);
        state.taken += 1;
        drop(state);
        self.progress.notify_waiters();
        self.progress.notify_one();
        answer(200, "", "")
    }
}

fn answer(status: u16, body: &str, error: &str) -> HttpResponse {
    let status = StatusCode::try_from(status).expect("a status");
    let mut response = HttpResponse::new(status, SdkBody::from(body));
    if !error.is_empty() {
        response.headers_mut().insert("x-amzn-errortype", error.to_owned());
    }
    response
}

impl HttpConnector for FakeConnections {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let connection = request.uri().rsplit('/').next().unwrap_or_default();
        let connection = connection.split('?').next().unwrap_or_default().replace("%3D", "=");
        let body = String::from_utf8_lossy(request.body().bytes().unwrap_or_default()).into_owned();
        let served = self.clone().serve(connection, request.method().to_owned(), body);
        HttpConnectorFuture::new(async move { Ok(served.await) })
    }
}

impl HttpClient for FakeConnections {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}
