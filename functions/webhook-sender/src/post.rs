//! One HTTP request to an endpoint: to the addresses that were checked, without redirects, within ten seconds, and with an
//! answer that is read only up to a bound.

use std::error::Error;
use std::time::Duration;

use bytes::Bytes;
use domain::time::Time;
use domain::webhook::delivery::{AttemptProblem, DeliveryAttempt, MAX_EXCERPT};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::{Method, Request, Response};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use kit::runtime::clock::Clock;
use outgoing_webhooks::{Guard, HostRefusal};
use tokio::time::{Instant, timeout_at};

const CONNECT: Duration = Duration::from_secs(5);

/// How much of an answer is read. A connection whose answer is longer is closed.
const MAX_ANSWER: usize = 64 * 1024;

#[derive(Debug, Clone)]
pub(crate) struct Poster {
    http: Client<HttpsConnector<HttpConnector<Guard>>, Full<Bytes>>,
    guard: Guard,
    clock: Clock,
    time_out: Duration,
}

/// What came back.
#[derive(Default)]
struct Outcome {
    status: Option<u16>,
    problem: Option<AttemptProblem>,
    excerpt: String,
}

impl Outcome {
    fn without_answer(problem: AttemptProblem) -> Self {
        Self { problem: Some(problem), ..Self::default() }
    }
}

impl Poster {
    pub(crate) fn new(guard: Guard, clock: Clock, time_out: Duration) -> Self {
        let mut connector = HttpConnector::new_with_resolver(guard.clone());
        connector.set_connect_timeout(Some(CONNECT));
        connector.set_nodelay(true);
        connector.enforce_http(false);
        let connector =
            HttpsConnectorBuilder::new().with_webpki_roots().https_or_http().enable_http1().wrap_connector(connector);
        let http = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(Duration::from_secs(20))
            .build(connector);
        Self { http, guard, clock, time_out }
    }

    pub(crate) fn with_time_out(self, time_out: Duration) -> Self {
        Self { time_out, ..self }
    }

    pub(crate) async fn post(
        &self,
        url: &str,
        id: &str,
        sent_at: Time,
        signatures: &str,
        payload: String,
    ) -> DeliveryAttempt {
        let Outcome { status, problem, excerpt } = match self.request(url, id, sent_at, signatures, payload) {
            Some(request) => self.exchange(request).await,
            None => Outcome::without_answer(AttemptProblem::AddressRefused),
        };
        let millis = u64::try_from(self.clock.now().since(sent_at).as_millis()).unwrap_or(u64::MAX);
        DeliveryAttempt { at: sent_at, millis, status, problem, excerpt }
    }

    /// `None`: nothing may be sent to this URL. The rules may be stricter than they were when it was stored.
    fn request(
        &self,
        url: &str,
        id: &str,
        sent_at: Time,
        signatures: &str,
        payload: String,
    ) -> Option<Request<Full<Bytes>>> {
        let url = self.guard.reach().parse_url(url).ok()?;
        let request = Request::builder().method(Method::POST).uri(url);
        request
            .header("content-type", "application/json")
            .header("user-agent", "Kontor-Webhooks/1")
            .header("webhook-id", id)
            .header("webhook-timestamp", sent_at.unix_seconds())
            .header("webhook-signature", signatures)
            .body(Full::from(payload))
            .ok()
    }

    async fn exchange(&self, request: Request<Full<Bytes>>) -> Outcome {
        let end = Instant::now() + self.time_out;
        match timeout_at(end, self.http.request(request)).await {
            Err(_) => Outcome::without_answer(AttemptProblem::TimedOut),
            Ok(Err(error)) => Outcome::without_answer(problem(&error)),
            Ok(Ok(response)) => {
                let status = Some(response.status().as_u16());
                Outcome { status, problem: None, excerpt: excerpt(response, end).await }
            }
        }
    }
}

/// The beginning of an answer. The status counts, whatever becomes of the rest.
async fn excerpt(response: Response<Incoming>, end: Instant) -> String {
    let (mut body, mut beginning, mut length) = (response.into_body(), Vec::new(), 0);
    while length < MAX_ANSWER
        && let Ok(Some(Ok(frame))) = timeout_at(end, body.frame()).await
    {
        let Ok(data) = frame.into_data() else { continue };
        length += data.len();
        // Four bytes for each character at most.
        let room = (MAX_EXCERPT * 4).saturating_sub(beginning.len());
        beginning.extend_from_slice(&data[..data.len().min(room)]);
    }
    let visible = |c: &char| !c.is_control() || *c == '\n';
    String::from_utf8_lossy(&beginning).chars().filter(visible).take(MAX_EXCERPT).collect()
}

fn problem(error: &hyper_util::client::legacy::Error) -> AttemptProblem {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(inner) = cause {
        match inner.downcast_ref::<HostRefusal>() {
            Some(HostRefusal::NotPublic) => return AttemptProblem::AddressRefused,
            Some(HostRefusal::NotFound) => return AttemptProblem::HostNotFound,
            None => cause = inner.source(),
        }
    }
    if error.is_connect() { AttemptProblem::NotConnected } else { AttemptProblem::Broken }
}
