//! A service for an SDK client. The test decides its answers, and it records the requests.

use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;

/// What the service does with a request.
#[derive(Debug, Clone)]
pub enum Reply {
    Answer(u16, String),
    File(Vec<u8>),
    /// The request takes effect, but its answer is lost.
    Lost,
}

type Service = Arc<dyn Fn(&str) -> Reply + Send + Sync>;

#[derive(Clone)]
pub struct FakeService {
    service: Service,
    requests: Arc<Mutex<Vec<String>>>,
}

impl std::fmt::Debug for FakeService {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FakeService")
    }
}

impl FakeService {
    /// `service` gets each request's body. Of a request without one, or with one that is no text, it gets the method
    /// and the path, and for a copy in S3 its source.
    pub fn new(service: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Self {
        Self { service: Arc::new(service), requests: Arc::default() }
    }

    /// The bodies of the requests so far.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn place(request: &HttpRequest) -> String {
    let path = request.uri().split('?').next().unwrap_or_default();
    let source = request.headers().get("x-amz-copy-source").unwrap_or_default();
    format!("{} {path} {source}", request.method()).trim_end().to_owned()
}

impl HttpConnector for FakeService {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let body = match std::str::from_utf8(request.body().bytes().unwrap_or_default()) {
            Ok("") | Err(_) => place(&request),
            Ok(text) => text.to_owned(),
        };
        let reply = (self.service)(&body);
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).push(body);
        HttpConnectorFuture::ready(match reply {
            Reply::File(bytes) => {
                let length = bytes.len().to_string();
                let status = StatusCode::try_from(200).expect("a status");
                let mut answer = HttpResponse::new(status, SdkBody::from(bytes));
                answer.headers_mut().insert("content-length", length);
                Ok(answer)
            }
            Reply::Lost => Err(ConnectorError::io("the answer was lost".into())),
            Reply::Answer(status, body) => {
                let status = StatusCode::try_from(status).expect("a test names a status");
                Ok(HttpResponse::new(status, SdkBody::from(body)))
            }
        })
    }
}

impl HttpClient for FakeService {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}
