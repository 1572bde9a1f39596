//! Who sent a request: the address that the distribution or API Gateway saw, and the device that the browser names.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use data_encoding::HEXLOWER;
use domain::rate::{Allowance, Limit};
use domain::time::Time;
use lambda_http::request::RequestContext;
use sha2::{Digest, Sha256};
use store::audit::RequestOrigin;
use store::{Store, StoreError};

use crate::http::distribution::ClientAddress;
use crate::http::problem::Problem;

/// What the middleware writes into the RateLimit headers.
#[derive(Debug, Clone, Default)]
pub(crate) struct RateLimitState(pub(crate) Arc<Mutex<Option<Allowance>>>);

#[derive(Debug, Clone)]
pub struct Visitor {
    pub ip: IpAddr,
    /// Such as `Firefox on Linux`.
    pub device: String,
    rate_limit_state: RateLimitState,
}

/// Whom a limit counts.
#[derive(Debug, Clone)]
pub struct Counter {
    pub limit: Limit,
    /// The client in the key of the counter.
    pub client: String,
}

impl Counter {
    pub fn of(limit: Limit, account: &str) -> Self {
        Self { limit, client: fingerprint(account) }
    }
}

impl Visitor {
    /// Counts the network of this visitor.
    pub fn by_network(&self, limit: Limit) -> Counter {
        Counter { limit, client: self.network() }
    }

    /// Counts the use of one account from the network of this visitor, so that nobody uses up the limit of others.
    pub fn by_account_here(&self, limit: Limit, account: &str) -> Counter {
        Counter::of(limit, &format!("{account} {}", self.network()))
    }

    /// What rate limits count by. A whole IPv6 network counts as one visitor, because one visitor has all of it.
    pub fn network(&self) -> String {
        network_of(self.ip)
    }

    /// The kind of device, for keys.
    pub fn fingerprint(&self) -> String {
        fingerprint(&self.device)
    }

    /// Counts this request by IP address and, where one is named, by account. Refuses it if one of them is over its
    /// limit.
    pub async fn rate_limit(
        &self,
        store: &Store,
        now: Time,
        by_ip: Limit,
        account: Option<(Limit, &str)>,
    ) -> Result<(), Problem> {
        let by_account = account.map(|(limit, account)| Counter::of(limit, account));
        let counters: Vec<Counter> = [self.by_network(by_ip)].into_iter().chain(by_account).collect();
        self.count(store, now, &counters).await.map(drop)
    }

    /// Counts this request by all of these at once. Refuses it if one of them is over its limit.
    pub async fn count(&self, store: &Store, now: Time, counters: &[Counter]) -> Result<Vec<Allowance>, Problem> {
        let allowances = count(store, now, counters).await?;
        if let Some(allowance) = allowances.iter().copied().reduce(Allowance::more_restrictive) {
            self.answer_with(allowance)?;
        }
        Ok(allowances)
    }

    /// Takes back what `count` counted at the same `now`, for a request that turned out to be a repeat. Its answer names
    /// no limit. If this fails, the client has a request less in the window.
    pub async fn uncount_repeat(&self, store: &Store, now: Time, counters: &[Counter]) {
        for counter in counters {
            if let Err(error) = store.uncount_request(counter.limit, &counter.client, now).await {
                tracing::warn!(%error, limit = counter.limit.name, "a repeat stays counted");
            }
        }
        *self.rate_limit_state.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Names the most restrictive limit in the headers. Refuses the request if it is over that limit.
    fn answer_with(&self, allowance: Allowance) -> Result<(), Problem> {
        let mut state = self.rate_limit_state.0.lock().unwrap_or_else(PoisonError::into_inner);
        *state = Some(state.map_or(allowance, |earlier| earlier.more_restrictive(allowance)));
        if allowance.exceeded { Err(over_limit(allowance)) } else { Ok(()) }
    }
}

async fn count(store: &Store, now: Time, counters: &[Counter]) -> Result<Vec<Allowance>, StoreError> {
    let Some((first, others)) = counters.split_first() else {
        return Ok(Vec::new());
    };
    // Boxed, because many calls at the same time would make the future of every handler large.
    let first = Box::pin(store.count_request(first.limit, &first.client, now));
    let (first, others) = tokio::join!(first, Box::pin(count(store, now, others)));
    Ok([first?].into_iter().chain(others?).collect())
}

/// The network of an address, as it is counted.
pub(crate) fn network_of(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => {
            let [a, b, c, d, ..] = ip.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

/// The refusal of a request that is over its limit.
pub(crate) fn over_limit(allowance: Allowance) -> Problem {
    let message = "Too many attempts. Please wait.";
    let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", message);
    problem.with_header(header::RETRY_AFTER, HeaderValue::from(allowance.retry_after()))
}

/// A short hash of a text that must not be in a key.
pub fn fingerprint(text: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(text.as_bytes())[..12])
}

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Some(&ClientAddress(ip)) = parts.extensions.get() else {
            return Err(Problem::internal("the request did not come through API Gateway"));
        };
        let rate_limit_state = parts.extensions.get().cloned().unwrap_or_default();
        Ok(Self { ip, device: describe(user_agent(&parts.headers)), rate_limit_state })
    }
}

/// Where a request came from, for the audit trail. `None`: it did not come through API Gateway.
pub(crate) fn origin(request: &Request) -> Option<RequestOrigin> {
    let RequestContext::ApiGatewayV2(context) = request.extensions().get()? else {
        return None;
    };
    Some(RequestOrigin {
        ip: request.extensions().get::<ClientAddress>()?.0.to_string(),
        device: describe(user_agent(request.headers())),
        request_id: context.request_id.clone()?,
    })
}

fn user_agent(headers: &HeaderMap) -> &str {
    headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Enough of a user agent for its owner to recognise the device. Versions change too often to be part of it.
fn describe(agent: &str) -> String {
    let find =
        |names: &[(&str, &'static str)]| names.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
    let browser = find(&[
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ]);
    let system = find(&[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => "an unknown device".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{RateLimitState, Visitor, describe};

    #[test]
    fn devices_are_named_without_versions() {
        let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0";
        assert_eq!(describe(firefox), "Firefox on Linux");
        let safari = "Mozilla/5.0 (iPhone; CPU iPhone OS 20_0 like Mac OS X) Version/20.0 Mobile/15E148 Safari/604.1";
        assert_eq!(describe(safari), "Safari on iPhone");
        assert_eq!(describe("curl/8.5.0"), "curl");
        assert_eq!(describe("<script>"), "an unknown device");
    }

    #[test]
    fn a_whole_ipv6_network_counts_as_one_visitor() {
        let visitor = |ip: &str| Visitor {
            ip: ip.parse().unwrap(),
            device: String::new(),
            rate_limit_state: RateLimitState::default(),
        };
        assert_eq!(visitor("2001:db8:1:2:3::4").network(), visitor("2001:db8:1:2:ffff::1").network());
        assert_ne!(visitor("2001:db8:1:3::4").network(), visitor("2001:db8:1:2::4").network());
        assert_eq!(visitor("192.0.2.1").network(), "192.0.2.1");
    }
}
