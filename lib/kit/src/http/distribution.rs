//! The shop's distribution, which is CloudFront in front of the API. It proves itself with a secret. Only beside the secret
//! the address is believed that it names; otherwise the client is whom API Gateway saw.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, StatusCode};
use hmac::{Hmac, KeyInit, Mac};
use lambda_http::request::RequestContext;
use sha2::Sha256;

use crate::http::problem::Problem;
use crate::runtime::config::Env;

const SECRET: HeaderName = HeaderName::from_static("origin-secret");
const ADDRESS: HeaderName = HeaderName::from_static("viewer-address");

#[derive(Clone)]
pub struct Distribution {
    /// While it is replaced, the old and the new one with a space between them.
    secret: Arc<str>,
    /// Whether the API may be called around the distribution.
    direct_access: bool,
}

/// The address of whoever sent a request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ClientAddress(pub(crate) IpAddr);

impl std::fmt::Debug for Distribution {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Distribution(…)")
    }
}

impl Distribution {
    pub fn new(secret: &str, direct_access: bool) -> Self {
        Self { secret: secret.into(), direct_access }
    }

    pub fn read(env: &mut Env) -> Self {
        let direct_access = |text: &str| match text {
            "allowed" => Ok(true),
            "refused" => Ok(false),
            _ => Err("must be allowed or refused"),
        };
        Self::new(&env.text("ORIGIN_SECRET"), env.parsed("DIRECT_ACCESS", false, direct_access))
    }

    /// Notes the address of the client, and takes away what no handler needs to see. Refuses what came around the
    /// distribution, where it must not.
    pub(crate) fn admit(&self, request: &mut Request) -> Result<(), Problem> {
        let sent = request.headers().get(SECRET).and_then(|value| value.to_str().ok());
        let is_proven = self.is_own(sent.unwrap_or_default());
        let address = if is_proven { named(request.headers()) } else { None };
        if let Some(address) = address.or_else(|| seen_by_gateway(request)) {
            request.extensions_mut().insert(ClientAddress(address));
        }
        for name in [SECRET, ADDRESS] {
            request.headers_mut().remove(name);
        }
        if is_proven || self.direct_access || is_about_health(request.uri().path()) {
            return Ok(());
        }
        let message = "Please call the API at the address of the shop.";
        Err(Problem::new(StatusCode::FORBIDDEN, "direct_access_refused", message))
    }

    /// Whether a client with these headers may open a connection. Names of headers come as they were sent.
    pub fn admits_connection(&self, headers: Option<&BTreeMap<String, String>>) -> bool {
        let sent = headers.into_iter().flatten().find(|(name, _)| name.eq_ignore_ascii_case(SECRET.as_str()));
        self.direct_access || sent.is_some_and(|(_, secret)| self.is_own(secret))
    }

    /// Whether one of the secrets that were sent is one of ours.
    fn is_own(&self, sent: &str) -> bool {
        sent.split_whitespace().any(|sent| self.secret.split_whitespace().any(|own| same(own, sent)))
    }
}

/// Compares in a time that says nothing about the texts.
fn same(one: &str, other: &str) -> bool {
    let digest = |text: &str| Hmac::<Sha256>::new_from_slice(text.as_bytes()).map(Mac::finalize);
    matches!((digest(one), digest(other)), (Ok(one), Ok(other)) if one == other)
}

fn named(headers: &HeaderMap) -> Option<IpAddr> {
    headers.get(ADDRESS)?.to_str().ok()?.parse().ok()
}

fn seen_by_gateway(request: &Request) -> Option<IpAddr> {
    let RequestContext::ApiGatewayV2(context) = request.extensions().get()? else {
        return None;
    };
    context.http.source_ip.as_deref()?.parse().ok()
}

/// Who watches over the API asks it directly, to tell its failures from those of the distribution.
fn is_about_health(path: &str) -> bool {
    path == "/health" || path.starts_with("/health/")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use axum::body::Body;
    use axum::extract::Request;

    use super::{ADDRESS, ClientAddress, Distribution, SECRET};

    fn request(secret: &str, address: &str) -> Request {
        Request::get("/api/v1/shop").header(SECRET, secret).header(ADDRESS, address).body(Body::empty()).unwrap()
    }

    fn admitted(distribution: &Distribution, secret: &str) -> bool {
        distribution.admit(&mut request(secret, "203.0.113.5")).is_ok()
    }

    #[test]
    fn while_a_secret_is_replaced_both_are_good_on_either_side() {
        let [before, between, after] = ["old", "new old", "new"].map(|secret| Distribution::new(secret, false));
        assert!(admitted(&before, "old") && admitted(&before, "new old"));
        assert!(admitted(&between, "old") && admitted(&between, "new old") && admitted(&between, "new"));
        assert!(admitted(&after, "new old") && admitted(&after, "new"));
        assert!(!admitted(&before, "new") && !admitted(&after, "old"));
    }

    #[test]
    fn an_empty_secret_or_a_part_of_it_is_none() {
        let distribution = Distribution::new("secret", false);
        for wrong in ["", " ", "secre", "secrets", "Secret"] {
            assert!(!admitted(&distribution, wrong), "{wrong}");
        }
        assert!(!admitted(&Distribution::new("", false), ""));
    }

    #[test]
    fn a_connection_is_opened_with_the_secret_alone_where_the_api_may_not_be_called_around_the_distribution() {
        let headers = |name: &str, secret: &str| BTreeMap::from([(name.to_owned(), secret.to_owned())]);
        let [strict, open] = [false, true].map(|direct_access| Distribution::new("secret", direct_access));
        for name in ["origin-secret", "Origin-Secret"] {
            assert!(strict.admits_connection(Some(&headers(name, "secret"))), "{name}");
            assert!(!strict.admits_connection(Some(&headers(name, "guess"))), "{name}");
        }
        assert!(!strict.admits_connection(Some(&headers("secret", "secret"))) && !strict.admits_connection(None));
        assert!(open.admits_connection(None));
    }

    #[test]
    fn an_address_is_believed_only_beside_the_secret_and_neither_is_handed_on() {
        let distribution = Distribution::new("secret", true);
        for (secret, address, believed) in [
            ("secret", "203.0.113.5", Some("203.0.113.5")),
            ("secret", "2001:db8::1", Some("2001:db8::1")),
            ("secret", "everywhere", None),
            ("guess", "203.0.113.5", None),
        ] {
            let mut request = request(secret, address);
            distribution.admit(&mut request).unwrap();
            let found = request.extensions().get::<ClientAddress>().map(|address| address.0.to_string());
            assert_eq!(found.as_deref(), believed, "{secret} {address}");
            assert!(request.headers().is_empty());
        }
    }
}
