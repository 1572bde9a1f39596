//! Sends requests to Stripe: over pooled connections, with a timeout for each try, and again with the same idempotency
//! key if that may help. A request without a key is a read, or harmless when it is repeated.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use domain::time::Time;
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use kit::runtime::config::Env;
use kit::runtime::secrets::Secrets;
use kit::runtime::telemetry;
use serde::Deserialize;
use stripe_client_core::{
    CustomizableStripeRequest, CustomizedStripeRequest, IdempotencyKey, RequestStrategy, StripeClient, StripeClientErr,
    StripeMethod,
};
use stripe_shared::version::VERSION;

use crate::{NextAction, OpenedAttempt, ProviderError};

const CONNECT: Duration = Duration::from_secs(2);
const TRY: Duration = Duration::from_secs(7);
const TRIES: u32 = 3;
const MAX_ANSWER: usize = 4 * 1024 * 1024;

const STRIPE: &str = "https://api.stripe.com";

#[derive(Debug, Clone)]
pub struct StripeConfig {
    /// `https://api.stripe.com`, except in tests.
    pub url: String,
    /// The name of the secret that holds the API key.
    pub key_secret: String,
    /// The hosts of Stripe's payment pages.
    pub checkout_hosts: Vec<String>,
    /// Whether buyers may pay by methods that take days, such as bank debits.
    pub slow_payments: bool,
}

/// Whether buyers may pay by methods that take days, from the settings of the shop.
pub fn slow_payments(env: &mut Env) -> bool {
    env.parsed("SLOW_PAYMENTS", false, |text| text.parse::<bool>().map_err(|_| "must be true or false"))
}

impl StripeConfig {
    pub fn read(env: &mut Env) -> Self {
        Self {
            url: env.url("STRIPE_URL"),
            key_secret: env.text("STRIPE_SECRET"),
            checkout_hosts: env.parsed("CHECKOUT_HOSTS", Vec::new(), parse_hosts),
            slow_payments: slow_payments(env),
        }
    }

    /// Whether buyers may be sent to this page: over https, to a host of Stripe's pages, on the usual port. A stand-in
    /// for Stripe has its pages where its API is.
    fn may_send_buyers_to(&self, page: &str) -> bool {
        let Some(page) = origin(page) else {
            return false;
        };
        if self.url == STRIPE {
            self.checkout_hosts.iter().any(|host| page == format!("https://{host}"))
        } else {
            Some(page) == origin(&self.url)
        }
    }
}

fn parse_hosts(text: &str) -> Result<Vec<String>, &'static str> {
    let hosts: Vec<String> = text.split(',').map(|host| host.trim().to_ascii_lowercase()).collect();
    let is_host =
        |host: &String| host.contains('.') && host.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'.' || c == b'-');
    if hosts.iter().all(is_host) { Ok(hosts) } else { Err("must be host names, such as checkout.stripe.com") }
}

/// Scheme, host and port of a URL. A user name before the host is part of it, so that it equals no origin without one.
fn origin(url: &str) -> Option<String> {
    let url: hyper::Uri = url.parse().ok()?;
    Some(format!("{}://{}", url.scheme_str()?, url.authority()?).to_ascii_lowercase())
}

/// A client of Stripe's API. Cloning it is cheap.
#[derive(Debug, Clone)]
pub struct Stripe {
    http: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    secrets: Secrets,
    config: Arc<StripeConfig>,
    pause: Duration,
}

/// One request.
struct StripeCall<'a> {
    stripe: &'a Stripe,
    now: Time,
}

impl StripeClientErr for ProviderError {
    fn deserialize_err(message: impl std::fmt::Display) -> Self {
        Self::Unavailable(message.to_string())
    }
}

struct Received {
    status: u16,
    /// It is the answer to an earlier request with the same idempotency key.
    is_replayed: bool,
    body: Bytes,
}

#[derive(Deserialize)]
struct Refusal {
    error: RefusalBody,
}

#[derive(Deserialize)]
struct RefusalBody {
    #[serde(rename = "type")]
    kind: String,
    code: Option<String>,
    message: Option<String>,
}

impl Stripe {
    pub fn new(config: &StripeConfig, secrets: Secrets) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_connect_timeout(Some(CONNECT));
        connector.set_nodelay(true);
        connector.enforce_http(false);
        let connector =
            HttpsConnectorBuilder::new().with_webpki_roots().https_or_http().enable_http1().wrap_connector(connector);
        Self {
            http: Client::builder(TokioExecutor::new())
                .pool_timer(TokioTimer::new())
                .pool_idle_timeout(Duration::from_secs(20))
                .build(connector),
            secrets,
            config: Arc::new(config.clone()),
            pause: Duration::from_millis(200),
        }
    }

    /// The first pause before a request is sent again; it doubles.
    #[must_use]
    pub fn with_first_pause(self, pause: Duration) -> Self {
        Self { pause, ..self }
    }

    /// A request that changes something, with an idempotency key.
    pub(super) async fn post<T: miniserde::Deserialize>(
        &self,
        request: CustomizableStripeRequest<T>,
        key: &str,
        now: Time,
    ) -> Result<T, ProviderError> {
        let refused = |error: &dyn std::fmt::Display| ProviderError::Refused {
            code: "idempotency_key_invalid".to_owned(),
            message: error.to_string(),
        };
        let key = IdempotencyKey::new(key).map_err(|error| refused(&error))?;
        let call = StripeCall { stripe: self, now };
        let request = request.request_strategy(RequestStrategy::Idempotent(key));
        request.send(&call).await
    }

    /// The attempt of a page of Stripe, if buyers may be sent there. Otherwise somebody changed Stripe's answers or the
    /// account at Stripe: then nobody gets the page, and people have to look.
    pub(super) fn checked(&self, opened: OpenedAttempt, now: Time) -> Result<OpenedAttempt, ProviderError> {
        match &opened.next_action {
            NextAction::CheckoutUrl(page) if !self.config.may_send_buyers_to(page) => {
                let origin = origin(page).unwrap_or_default();
                tracing::error!(reference = opened.reference, origin, "Stripe named a payment page of another host");
                telemetry::count("MoneyNeedsPeople", 1, now);
                Err(ProviderError::Unavailable("its payment page is not one of Stripe's".to_owned()))
            }
            _ => Ok(opened),
        }
    }

    pub(crate) fn takes_slow_payments(&self) -> bool {
        self.config.slow_payments
    }

    /// A request without an idempotency key.
    pub(super) async fn send<T: miniserde::Deserialize>(
        &self,
        request: CustomizableStripeRequest<T>,
        now: Time,
    ) -> Result<T, ProviderError> {
        let call = StripeCall { stripe: self, now };
        request.send(&call).await
    }
}

impl StripeClient for StripeCall<'_> {
    type Err = ProviderError;

    async fn execute(&self, request: CustomizedStripeRequest) -> Result<Bytes, ProviderError> {
        let unavailable = |error: &dyn std::fmt::Display| ProviderError::Unavailable(error.to_string());
        let (request, settings) = request.into_pieces();
        let key = match &settings.request_strategy {
            Some(RequestStrategy::Idempotent(key)) => Some(key.as_str().to_owned()),
            _ => None,
        };
        let secret = self
            .stripe
            .secrets
            .get(&self.stripe.config.key_secret, self.now)
            .await
            .map_err(|error| unavailable(&error))?;
        let query = request.query.map(|query| format!("?{query}")).unwrap_or_default();
        let uri = format!("{}/v1{}{query}", self.stripe.config.url, request.path);
        let method = match request.method {
            StripeMethod::Get => "GET",
            StripeMethod::Post => "POST",
            StripeMethod::Delete => "DELETE",
        };
        let body = Bytes::from(request.body.unwrap_or_default());
        let build = || {
            let mut build = hyper::Request::builder()
                .method(method)
                .uri(&uri)
                .header("authorization", format!("Bearer {}", secret.trim()))
                .header("stripe-version", VERSION.as_str())
                .header("content-type", "application/x-www-form-urlencoded")
                .header("user-agent", concat!("Kontor/", env!("CARGO_PKG_VERSION")));
            if let Some(key) = &key {
                build = build.header("idempotency-key", key);
            }
            build.body(Full::new(body.clone()))
        };
        let mut pause = self.stripe.pause;
        for attempt in 1.. {
            let request = build().map_err(|error| unavailable(&error))?;
            let error = match self.once(request).await {
                Ok(answer) => return Ok(answer),
                Err(error @ (ProviderError::Refused { .. } | ProviderError::Stuck(_))) => return Err(error),
                Err(error) => error,
            };
            if attempt == TRIES {
                return Err(error);
            }
            tracing::warn!(method, path = request_path(&uri), %error, "a request to Stripe is sent again");
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
        unreachable!("the loop returns at its last try")
    }
}

fn request_path(uri: &str) -> &str {
    uri.split("/v1").nth(1).unwrap_or_default().split('?').next().unwrap_or_default()
}

impl StripeCall<'_> {
    /// One try: an answer, a final refusal, or an error that may not occur again.
    async fn once(&self, request: hyper::Request<Full<Bytes>>) -> Result<Bytes, ProviderError> {
        let unavailable = |what: String| ProviderError::Unavailable(what);
        let exchange = async {
            let response = self.stripe.http.request(request).await.map_err(|error| unavailable(error.to_string()))?;
            let status = response.status().as_u16();
            let is_replayed = response.headers().get("idempotent-replayed").is_some_and(|value| value == "true");
            let body = Limited::new(response.into_body(), MAX_ANSWER)
                .collect()
                .await
                .map_err(|error| unavailable(error.to_string()))?;
            Ok(Received { status, is_replayed, body: body.to_bytes() })
        };
        let Received { status, is_replayed, body } =
            tokio::time::timeout(TRY, exchange).await.map_err(|_| unavailable("timed out".to_owned()))??;
        if (200..300).contains(&status) {
            return Ok(body);
        }
        if is_replayed && status >= 500 {
            return Err(ProviderError::Stuck(format!("status {status}")));
        }
        let Ok(Refusal { error }) = serde_json::from_slice(&body) else {
            return Err(unavailable(format!("status {status}")));
        };
        let code = error.code.unwrap_or(error.kind);
        let again = matches!(status, 401 | 403 | 424 | 429 | 500..) || (status == 409 && code != "idempotency_error");
        if again {
            return Err(unavailable(format!("status {status}: {code}")));
        }
        let message = error.message.unwrap_or_default();
        Err(ProviderError::Refused { code, message })
    }
}

#[cfg(test)]
mod tests {
    use super::{StripeConfig, parse_hosts};

    fn config(url: &str, hosts: &str) -> StripeConfig {
        let checkout_hosts = parse_hosts(hosts).unwrap();
        StripeConfig { url: url.to_owned(), key_secret: String::new(), checkout_hosts, slow_payments: false }
    }

    #[test]
    fn buyers_are_sent_only_to_pages_of_stripe_over_https() {
        let stripe = config("https://api.stripe.com", "checkout.stripe.com, Pay.Shop.Example");
        for page in [
            "https://checkout.stripe.com/c/pay/cs_test_1#fid",
            "https://CHECKOUT.stripe.com/c/pay/cs_test_1",
            "https://pay.shop.example/c/pay/cs_test_1?a=b",
        ] {
            assert!(stripe.may_send_buyers_to(page), "{page}");
        }
        for page in [
            "",
            "/c/pay/cs_test_1",
            "http://checkout.stripe.com/c/pay/cs_test_1",
            "javascript:alert(1)",
            "https://checkout.stripe.com.evil.example/",
            "https://evil.example/checkout.stripe.com",
            "https://evil.example#checkout.stripe.com",
            "https://evil.example\\@checkout.stripe.com/",
            "https://checkout.stripe.com@evil.example/",
            "https://ada@checkout.stripe.com/",
            "https://checkout.stripe.com:8443/",
            "https://checkout.stripe.com\t.evil.example/",
            "https://api.stripe.com/",
            "//checkout.stripe.com/",
        ] {
            assert!(!stripe.may_send_buyers_to(page), "{page}");
        }
    }

    #[test]
    fn the_pages_of_a_stand_in_are_where_its_api_is() {
        let stand_in = config("http://127.0.0.1:4567", "checkout.stripe.com");
        assert!(stand_in.may_send_buyers_to("http://127.0.0.1:4567/pay/cs_1"));
        assert!(!stand_in.may_send_buyers_to("http://127.0.0.1:4568/pay/cs_1"));
        assert!(!stand_in.may_send_buyers_to("https://checkout.stripe.com/c/pay/cs_1"));
    }

    #[test]
    fn hosts_are_names_with_commas_between_them() {
        for bad in ["", "https://checkout.stripe.com", "checkout.stripe.com/", "a.b,", "localhost", "a.b c.d"] {
            assert!(parse_hosts(bad).is_err(), "{bad}");
        }
    }
}
