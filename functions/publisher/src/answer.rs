//! The answer to CloudFormation: a small file, put to the address that the request names.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::Method;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde::Serialize;
use tokio::time::timeout;

use crate::{PublishError, Request};

const TIMEOUT: Duration = Duration::from_secs(10);

/// CloudFormation takes 4 KB as a whole.
const MAX_REASON: usize = 1_000;

#[derive(Debug, thiserror::Error)]
#[error("CloudFormation did not take the answer: {0}")]
pub struct AnswerError(String);

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Answer<'a> {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    physical_resource_id: &'a str,
    stack_id: &'a str,
    request_id: &'a str,
    logical_resource_id: &'a str,
}

impl<'a> Answer<'a> {
    /// The pages are known by their bucket.
    pub(crate) fn new(request: &'a Request, bucket: &'a str, error: Option<PublishError>) -> Self {
        Self {
            status: if error.is_none() { "SUCCESS" } else { "FAILED" },
            reason: error.map(|error| error.to_string().chars().take(MAX_REASON).collect()),
            physical_resource_id: bucket,
            stack_id: &request.stack_id,
            request_id: &request.request_id,
            logical_resource_id: &request.logical_resource_id,
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Answers(Client<HttpsConnector<HttpConnector>, Full<Bytes>>);

impl Answers {
    pub(crate) fn new() -> Self {
        let connector = HttpsConnectorBuilder::new().with_webpki_roots().https_or_http().enable_http1().build();
        Self(Client::builder(TokioExecutor::new()).build(connector))
    }

    /// The address is signed for a request without a content type.
    pub(crate) async fn send(&self, url: &str, answer: &Answer<'_>) -> Result<(), AnswerError> {
        let failed = |error: &dyn std::fmt::Display| AnswerError(error.to_string());
        let body = serde_json::to_vec(answer).map_err(|error| failed(&error))?;
        let request = hyper::Request::builder().method(Method::PUT).uri(url).body(Full::from(body));
        let sent = timeout(TIMEOUT, self.0.request(request.map_err(|error| failed(&error))?)).await;
        match sent {
            Ok(Ok(response)) if response.status().is_success() => Ok(()),
            Ok(Ok(response)) => Err(failed(&response.status())),
            Ok(Err(error)) => Err(failed(&error)),
            Err(_) => Err(failed(&"timed out")),
        }
    }
}
