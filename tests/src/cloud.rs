//! The deployed local cloud, for journeys. `make test` starts it and gives its address in environment variables.

use std::process::Command;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderMap, Method, Request};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

use crate::shop::Answer;

#[derive(Debug, Clone)]
pub struct Cloud {
    pub api: String,
    pub url: String,
    /// The address of the Stripe stand-in.
    pub stripe: String,
    /// The origin whose pages may call the API.
    pub origin: String,
    agent: &'static str,
    command: String,
    client: Client<HttpConnector, Full<Bytes>>,
}

/// A mail in the mailbox.
#[derive(Debug, Clone)]
pub struct Mail {
    pub to: String,
    pub subject: String,
    pub text: String,
    pub html: String,
}

#[expect(clippy::disallowed_methods, reason = "the address of the cloud is set by the command that starts it")]
fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: journeys need the local cloud; run `make test`"))
}

fn client_at(address: &str) -> Client<HttpConnector, Full<Bytes>> {
    let mut connector = HttpConnector::new();
    connector.set_local_address(Some(address.parse().expect("an address")));
    Client::builder(TokioExecutor::new()).build(connector)
}

impl Cloud {
    /// Each journey calls from an address of its own, so that none uses up the limits of another.
    pub fn find() -> Self {
        static JOURNEYS: AtomicU8 = AtomicU8::new(1);
        let client = client_at(&format!("127.0.1.{}", JOURNEYS.fetch_add(1, Ordering::Relaxed)));
        let (api, url) = (variable("KONTOR_API"), variable("KONTOR_CLOUD"));
        Self {
            api,
            url,
            stripe: variable("KONTOR_STRIPE"),
            origin: variable("KONTOR_ORIGIN"),
            agent: "curl/8.5.0",
            command: variable("KONTOR_COMMAND"),
            client,
        }
    }

    /// The same cloud, called from another address of this machine, such as `127.0.0.2`.
    #[must_use]
    pub fn from_address(&self, address: &str) -> Self {
        Self { client: client_at(address), ..self.clone() }
    }

    /// The same cloud, called from another kind of device.
    #[must_use]
    pub fn with_agent(&self, agent: &'static str) -> Self {
        Self { agent, ..self.clone() }
    }

    pub async fn post(&self, path: &str, bearer: Option<&str>, body: &Value) -> Answer {
        self.request(Method::POST, path, bearer, Some(body)).await
    }

    pub async fn get(&self, path: &str, bearer: Option<&str>) -> Answer {
        self.request(Method::GET, path, bearer, None).await
    }

    pub async fn request(&self, method: Method, path: &str, bearer: Option<&str>, body: Option<&Value>) -> Answer {
        let bearer = bearer.map(|token| ("authorization", format!("Bearer {token}")));
        let headers: Vec<(&str, String)> = bearer.into_iter().collect();
        self.fetch(method, &format!("{}{path}", self.api), &headers, body).await
    }

    pub async fn fetch(&self, method: Method, url: &str, headers: &[(&str, String)], body: Option<&Value>) -> Answer {
        let mut request = Request::builder().method(method).uri(url).header("user-agent", self.agent);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        if body.is_some() {
            request = request.header("content-type", "application/json");
        }
        let body = body.map(Value::to_string).unwrap_or_default();
        let request = request.body(Full::new(Bytes::from(body))).expect("a request");
        self.send(request).await
    }

    /// Sends a form, as a page of a browser does: `card=pay`.
    pub async fn submit(&self, url: &str, form: &'static str) -> Answer {
        let request = Request::builder().method(Method::POST).uri(url).header("user-agent", self.agent);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        self.send(request.body(Full::new(Bytes::from_static(form.as_bytes()))).expect("a request")).await
    }

    async fn send(&self, request: Request<Full<Bytes>>) -> Answer {
        let response = self.client.request(request).await.expect("the local cloud answers");
        let (head, body) = response.into_parts();
        let bytes = body.collect().await.expect("a whole body").to_bytes();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let headers: HeaderMap = head.headers;
        Answer { status: head.status, headers, json: serde_json::from_str(&text).unwrap_or_default(), text }
    }

    /// Posts a file with a presigned form, as a browser does.
    pub async fn upload(&self, form: &Value, file: &[u8]) -> Answer {
        let mut body = Vec::new();
        let fields = form["fields"].as_object().expect("a form has fields");
        for (name, value) in fields {
            let value = value.as_str().unwrap_or_default();
            let part = format!("--frontier\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(part.as_bytes());
        }
        body.extend_from_slice(
            b"--frontier\r\nContent-Disposition: form-data; name=\"file\"; filename=\"file\"\r\n\r\n",
        );
        body.extend_from_slice(file);
        body.extend_from_slice(b"\r\n--frontier--\r\n");
        let request = Request::builder()
            .method(Method::POST)
            .uri(form["url"].as_str().expect("a form has a URL"))
            .header("content-type", "multipart/form-data; boundary=frontier")
            .body(Full::new(Bytes::from(body)))
            .expect("a request");
        self.send(request).await
    }

    /// Runs an operator's command on this cloud.
    pub fn operate(&self, words: &[&str]) -> String {
        let output = Command::new(&self.command).args(words).output().expect("the operator's command is built");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// All mails to this address.
    pub async fn mails_to(&self, email: &str) -> Vec<Mail> {
        let answer = self.fetch(Method::GET, &format!("{}/_ministack/ses/messages", self.url), &[], None).await;
        let boxes = answer.json["messages"].as_object().cloned().unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let mails = boxes.values().flat_map(|mails| mails.as_array().cloned().unwrap_or_default());
        let mails = mails.map(|mail| Mail {
            to: text(&mail["To"][0]),
            subject: text(&mail["Subject"]),
            text: text(&mail["BodyText"]),
            html: text(&mail["BodyHtml"]),
        });
        mails.filter(|mail| mail.to.contains(email)).collect()
    }

    /// Asks until there is an answer, because stream and queue deliver it later. Stops after the time of a redelivery.
    pub async fn until<T>(&self, what: &str, ask: impl AsyncFn(&Self) -> Option<T>) -> T {
        let mut again = tokio::time::interval(Duration::from_millis(50));
        for _ in 0..2_000 {
            again.tick().await;
            if let Some(found) = ask(self).await {
                return found;
            }
        }
        panic!("this did not happen in time: {what}");
    }

    /// Waits for a mail to this address with this subject and returns the newest.
    pub async fn mail(&self, email: &str, subject: &str) -> Mail {
        let find =
            async |cloud: &Self| cloud.mails_to(email).await.into_iter().rfind(|mail| mail.subject.contains(subject));
        self.until(&format!("mail “{subject}” to {email}"), find).await
    }
}
