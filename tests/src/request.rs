//! Requests as API Gateway forwards them, and parsed answers.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use lambda_http::request::RequestContext;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::contract;
use crate::shop::Person;

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0";

/// A parsed answer.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
    pub json: Value,
}

impl Answer {
    pub async fn of(response: axum::response::Response) -> Self {
        let (head, body) = response.into_parts();
        let bytes = body.collect().await.expect("a body that is whole").to_bytes();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let json = serde_json::from_str(&text).unwrap_or_default();
        Self { status: head.status, headers: head.headers, text, json }
    }

    pub fn code(&self) -> &str {
        self.json["code"].as_str().unwrap_or_default()
    }

    pub fn data(&self) -> &Value {
        &self.json["data"]
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The fields that were refused.
    pub fn fields(&self) -> Vec<&str> {
        self.json["details"].as_array().into_iter().flatten().filter_map(|detail| detail["field"].as_str()).collect()
    }

    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self
    }

    /// Asserts that the answer is an error with this status and code.
    #[track_caller]
    pub fn expect_problem(self, status: u16, code: &str) -> Self {
        assert_eq!((self.status.as_u16(), self.code()), (status, code), "{}", self.text);
        self
    }
}

/// A builder of a request.
#[derive(Debug)]
pub struct TestRequest {
    router: Router,
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    body: Body,
    /// The body, if it is JSON.
    json: Value,
    ip: String,
}

impl TestRequest {
    pub(crate) fn new(router: Router, method: Method, path: String) -> Self {
        Self {
            router,
            method,
            path,
            headers: Vec::new(),
            body: Body::empty(),
            json: Value::Null,
            ip: "192.0.2.1".to_owned(),
        }
    }

    pub fn json(mut self, body: &Value) -> Self {
        self.json = body.clone();
        self.text("application/json", body.to_string())
    }

    pub fn text(mut self, content_type: &str, body: impl Into<Body>) -> Self {
        self.body = body.into();
        self.header("content-type", content_type)
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn bearer(self, token: &str) -> Self {
        let value = format!("Bearer {token}");
        self.header("authorization", &value)
    }

    pub fn by(self, person: &Person) -> Self {
        self.bearer(&person.access)
    }

    /// As API Gateway sees it.
    pub fn from_ip(mut self, ip: &str) -> Self {
        ip.clone_into(&mut self.ip);
        self
    }

    pub async fn send(self) -> Answer {
        let mut request = Request::builder().method(&self.method).uri(&self.path);
        let names_agent = self.headers.iter().any(|(name, _)| name == "user-agent");
        for (name, value) in self.headers {
            request = request.header(name, value);
        }
        if !names_agent {
            request = request.header("user-agent", FIREFOX);
        }
        let context = json!({
            "requestId": "req-1",
            "timeEpoch": 0,
            "http": { "method": "GET", "sourceIp": self.ip },
        });
        let context = serde_json::from_value(context).expect("a request context of API Gateway");
        let request = request.extension(RequestContext::ApiGatewayV2(context)).body(self.body).expect("a request");
        let response = self.router.oneshot(request).await.expect("a router always answers");
        let answer = Answer::of(response).await;
        contract::check(self.method.as_str(), &self.path, &self.json, &answer);
        answer
    }
}
