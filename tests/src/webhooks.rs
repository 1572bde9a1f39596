//! What webhooks of a test shop reach: their queue, the addresses of hosts, and a server of a merchant.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_sdk_sqs::config::retry::RetryConfig;
use aws_sdk_sqs::config::{Credentials, Region};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, Method};
use axum::response::{IntoResponse, Response};
use outgoing_webhooks::Resolver;
use serde_json::{Value, json};

use crate::interruptions::Interruptions;

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[derive(Debug, Clone)]
pub struct WebhookWorld {
    pub queue: TestQueue,
    pub resolver: Resolver,
}

impl WebhookWorld {
    pub fn new(interruptions: &Interruptions) -> Self {
        let ip = |text: &str| text.parse().expect("an address");
        let (public, private) = (ip("93.184.215.14"), ip("10.0.0.7"));
        let resolver = Resolver::fixed([
            ("erp.example.com", &[public][..]),
            ("private.example.com", &[private]),
            ("mixed.example.com", &[public, private]),
        ]);
        let queue = TestQueue { messages: Arc::default(), interruptions: interruptions.clone() };
        Self { queue, resolver }
    }
}

/// A message in a queue.
#[derive(Debug, Clone, PartialEq)]
pub struct QueuedMessage {
    pub body: Value,
    pub group: String,
    /// In seconds.
    pub delay: u64,
}

/// A queue in memory. Each call to it passes the interruptions.
#[derive(Debug, Clone)]
pub struct TestQueue {
    messages: Arc<Mutex<Vec<QueuedMessage>>>,
    interruptions: Interruptions,
}

impl TestQueue {
    pub fn client(&self) -> aws_sdk_sqs::Client {
        let config = aws_sdk_sqs::Config::builder()
            .behavior_version_latest()
            .region(Region::new("eu-west-1"))
            .credentials_provider(Credentials::new("test", "test", None, None, "test"))
            .retry_config(RetryConfig::disabled())
            .http_client(self.clone())
            .build();
        aws_sdk_sqs::Client::from_conf(config)
    }

    /// Takes all messages out.
    pub fn take(&self) -> Vec<QueuedMessage> {
        std::mem::take(&mut lock(&self.messages))
    }

    async fn exchange(self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let lost = || ConnectorError::io("the call was lost".into());
        if !self.interruptions.pass().await {
            return Err(lost());
        }
        let asked: Value = serde_json::from_slice(request.body().bytes().unwrap_or_default()).unwrap_or_default();
        let entries = asked["Entries"].as_array().cloned().unwrap_or_default();
        for entry in &entries {
            let body = serde_json::from_str(entry["MessageBody"].as_str().unwrap_or_default()).unwrap_or_default();
            let group = entry["MessageGroupId"].as_str().unwrap_or_default().to_owned();
            let delay = entry["DelaySeconds"].as_u64().unwrap_or_default();
            lock(&self.messages).push(QueuedMessage { body, group, delay });
        }
        if !self.interruptions.pass().await {
            return Err(lost());
        }
        let taken = entries.iter().map(|entry| json!({ "Id": entry["Id"], "MessageId": "m", "MD5OfMessageBody": "" }));
        let answer = json!({ "Successful": taken.collect::<Vec<_>>(), "Failed": [] });
        let status = StatusCode::try_from(200).expect("a status");
        Ok(HttpResponse::new(status, SdkBody::from(answer.to_string())))
    }
}

impl HttpConnector for TestQueue {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::new(self.clone().exchange(request))
    }
}

impl HttpClient for TestQueue {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

/// A request that a server got.
#[derive(Debug, Clone)]
pub struct Received {
    pub method: Method,
    pub headers: HeaderMap,
    pub body: String,
}

impl Received {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// How a merchant's server answers.
#[derive(Debug, Clone)]
pub enum Behaviour {
    Answer(u16, String),
    Redirect(String),
    Never,
}

/// A merchant's server on its own port. Each request to it passes the interruptions.
#[derive(Debug, Clone)]
pub struct Receiver {
    pub url: String,
    behaviour: Arc<Mutex<Behaviour>>,
    received: Arc<Mutex<Vec<Received>>>,
    interruptions: Interruptions,
}

impl Receiver {
    pub fn start(interruptions: &Interruptions) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        listener.set_nonblocking(true).expect("a listener that does not block");
        let url = format!("http://{}/events", listener.local_addr().expect("a bound listener has an address"));
        let behaviour = Arc::new(Mutex::new(Behaviour::Answer(200, "thanks".to_owned())));
        let receiver = Self { url, behaviour, received: Arc::default(), interruptions: interruptions.clone() };
        let server = receiver.clone();
        let app = Router::new().fallback(move |method: Method, headers: HeaderMap, body: Bytes| {
            let server = server.clone();
            async move { server.answer(method, headers, &body).await }
        });
        let listener = tokio::net::TcpListener::from_std(listener).expect("a runtime");
        tokio::spawn(axum::serve(listener, app).into_future());
        receiver
    }

    pub fn behave(&self, behaviour: Behaviour) {
        *lock(&self.behaviour) = behaviour;
    }

    /// From now on it answers with this status.
    pub fn answer_with(&self, status: u16) {
        self.behave(Behaviour::Answer(status, "words of the server".to_owned()));
    }

    pub fn received(&self) -> Vec<Received> {
        lock(&self.received).clone()
    }

    async fn answer(self, method: Method, headers: HeaderMap, body: &Bytes) -> Response {
        self.interruptions.pass().await;
        lock(&self.received).push(Received { method, headers, body: String::from_utf8_lossy(body).into_owned() });
        self.interruptions.pass().await;
        let behaviour = lock(&self.behaviour).clone();
        let status = |code| axum::http::StatusCode::from_u16(code).expect("a test names a status");
        match behaviour {
            Behaviour::Answer(code, text) => (status(code), text).into_response(),
            Behaviour::Redirect(to) => (status(307), [("location", to)]).into_response(),
            Behaviour::Never => std::future::pending().await,
        }
    }
}
