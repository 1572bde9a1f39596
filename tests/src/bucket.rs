//! A bucket in memory: an S3 client whose files are kept by the test. Each call passes the interruptions of the table's
//! network, before and after its effect.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_sdk_s3::Client;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;

use crate::interruptions::Interruptions;

#[derive(Clone, Default)]
pub struct Bucket {
    state: Arc<Mutex<State>>,
    interruptions: Interruptions,
}

#[derive(Default)]
struct State {
    files: BTreeMap<String, Vec<u8>>,
    /// What type each file was written with, and how long it may be kept.
    headers: BTreeMap<String, [String; 2]>,
    refuses: bool,
}

impl std::fmt::Debug for Bucket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Bucket")
    }
}

impl Bucket {
    pub fn new(interruptions: &Interruptions) -> Self {
        Self { state: Arc::default(), interruptions: interruptions.clone() }
    }

    /// A client whose calls are not interrupted.
    pub fn unseen_client(&self) -> Client {
        Self { state: Arc::clone(&self.state), interruptions: Interruptions::default() }.client()
    }

    /// A client of this bucket, whatever the name of the bucket in its requests.
    pub fn client(&self) -> Client {
        let config = aws_sdk_s3::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-west-1"))
            .credentials_provider(Credentials::new("test", "test", None, None, "test"))
            .retry_config(RetryConfig::disabled())
            .endpoint_url("http://bucket.test")
            .force_path_style(true)
            .http_client(self.clone())
            .build();
        Client::from_conf(config)
    }

    /// The files by their keys.
    pub fn files(&self) -> BTreeMap<String, Vec<u8>> {
        self.state().files.clone()
    }

    /// `Content-Type` and `Cache-Control` of a file that a client wrote.
    pub fn headers(&self, key: &str) -> [String; 2] {
        self.state().headers[key].clone()
    }

    pub fn put(&self, key: &str, bytes: Vec<u8>) {
        self.state().files.insert(key.to_owned(), bytes);
    }

    pub fn remove(&self, key: &str) {
        self.state().files.remove(key);
    }

    /// Whether S3 refuses all requests from now on.
    pub fn refuse(&self, refuses: bool) {
        self.state().refuses = refuses;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, request: &HttpRequest) -> HttpResponse {
        let path = request.uri().split('?').next().unwrap_or_default();
        let key = path.trim_start_matches("http://bucket.test/").split_once('/').map_or("", |(_, key)| key).to_owned();
        let mut state = self.state();
        if state.refuses {
            return response(503, "<Error><Code>SlowDown</Code><Message>Slow down</Message></Error>");
        }
        match request.method() {
            "PUT" if request.headers().get("if-none-match").is_some() && state.files.contains_key(&key) => {
                response(412, "<Error><Code>PreconditionFailed</Code><Message>There is a file</Message></Error>")
            }
            "PUT" => {
                let bytes = request.body().bytes().unwrap_or_default();
                let header = |name: &str| request.headers().get(name).unwrap_or_default().to_owned();
                state.headers.insert(key.clone(), [header("content-type"), header("cache-control")]);
                state.files.insert(key, bytes.to_vec());
                response(200, "")
            }
            "DELETE" => {
                state.files.remove(&key);
                response(204, "")
            }
            "HEAD" => response(if state.files.contains_key(&key) { 200 } else { 404 }, ""),
            _ => match state.files.get(&key) {
                None => response(404, "<Error><Code>NoSuchKey</Code><Message>No such key</Message></Error>"),
                Some(bytes) if request.headers().get("if-none-match") == Some(&tag(bytes)) => response(304, ""),
                Some(bytes) => {
                    let length = bytes.len().to_string();
                    let mut answer = response(200, bytes.clone());
                    answer.headers_mut().insert("content-length", length);
                    answer.headers_mut().insert("etag", tag(bytes));
                    answer
                }
            },
        }
    }
}

/// The tag of a file with these bytes.
fn tag(bytes: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    format!("\"{:016x}\"", hasher.finish())
}

fn response(status: u16, body: impl Into<SdkBody>) -> HttpResponse {
    HttpResponse::new(StatusCode::try_from(status).expect("a status"), body.into())
}

impl HttpConnector for Bucket {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let bucket = self.clone();
        HttpConnectorFuture::new(async move {
            let failed = || ConnectorError::io("the network is down".into());
            if !bucket.interruptions.pass().await {
                return Err(failed());
            }
            let answer = bucket.answer(&request);
            if !bucket.interruptions.pass().await {
                return Err(failed());
            }
            Ok(answer)
        })
    }
}

impl HttpClient for Bucket {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}
