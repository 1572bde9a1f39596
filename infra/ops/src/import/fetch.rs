//! Downloads pictures. Addresses in a file of another shop are the words of a stranger: they lead to public servers over
//! https only, unless the operator allows more.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use domain::upload::MAX_PICTURE_BYTES;
use http_body_util::{BodyExt, Empty, Limited};
use hyper::Uri;
use hyper::header::LOCATION;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::Name;
use hyper_util::rt::TokioExecutor;

const TIMEOUT: Duration = Duration::from_mins(1);
const MAX_REDIRECTS: usize = 3;

/// What the operator allows besides https to public servers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FetchRules {
    pub allow_http: bool,
    /// Servers on this machine and in private networks.
    pub allow_private: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Fetcher {
    http: Client<HttpsConnector<HttpConnector<Resolver>>, Empty<Bytes>>,
    rules: FetchRules,
}

impl Fetcher {
    pub(super) fn new(rules: FetchRules) -> Self {
        let mut http = HttpConnector::new_with_resolver(Resolver { allow_private: rules.allow_private });
        http.enforce_http(false);
        let https =
            HttpsConnectorBuilder::new().with_webpki_roots().https_or_http().enable_http1().wrap_connector(http);
        Self { http: Client::builder(TokioExecutor::new()).build(https), rules }
    }

    /// The file at this address, or why it was not fetched.
    pub(super) async fn fetch(&self, url: &str) -> Result<Vec<u8>, String> {
        match tokio::time::timeout(TIMEOUT, self.follow(url)).await {
            Ok(fetched) => fetched,
            Err(_) => Err("did not arrive within a minute".to_owned()),
        }
    }

    async fn follow(&self, url: &str) -> Result<Vec<u8>, String> {
        let mut url: Uri = url.parse().map_err(|_| "is not a web address".to_owned())?;
        for _ in 0..=MAX_REDIRECTS {
            check(&url, self.rules)?;
            let answer = self.http.get(url.clone()).await.map_err(|_| "cannot be reached".to_owned())?;
            let status = answer.status();
            if status.is_redirection() {
                let next = answer.headers().get(LOCATION).and_then(|next| next.to_str().ok()).unwrap_or_default();
                url = joined(&url, next).ok_or("leads to something that is not a web address")?;
                continue;
            }
            if !status.is_success() {
                return Err(format!("was answered with {}", status.as_u16()));
            }
            let limit = usize::try_from(MAX_PICTURE_BYTES).unwrap_or(usize::MAX);
            let body = Limited::new(answer.into_body(), limit).collect().await;
            return Ok(body
                .map_err(|_| format!("broke off, or has more than {MAX_PICTURE_BYTES} bytes"))?
                .to_bytes()
                .into());
        }
        Err(format!("leads on more than {MAX_REDIRECTS} times"))
    }
}

fn check(url: &Uri, rules: FetchRules) -> Result<(), String> {
    let (scheme, host) = (url.scheme_str().unwrap_or_default(), url.host().unwrap_or_default());
    let allowed = scheme == "https" || (scheme == "http" && rules.allow_http);
    if !allowed || host.is_empty() || url.authority().is_some_and(|authority| authority.as_str().contains('@')) {
        return Err("must be an https address, without a user name".to_owned());
    }
    // Names are checked when they are looked up.
    let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    if literal.is_ok_and(|address| !rules.allow_private && !is_public(address)) {
        return Err("is in a private network".to_owned());
    }
    Ok(())
}

/// The target of a redirect: a whole address, or a path on the same server.
fn joined(from: &Uri, to: &str) -> Option<Uri> {
    if to.starts_with('/') && !to.starts_with("//") {
        return format!("{}://{}{to}", from.scheme_str()?, from.authority()?).parse().ok();
    }
    let to: Uri = to.parse().ok()?;
    to.scheme().is_some().then_some(to)
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => {
            let [a, b, ..] = v6.segments();
            let octets = v6.octets();
            let last = Ipv4Addr::new(octets[12], octets[13], octets[14], octets[15]);
            if let Some(v4) = v6.to_ipv4_mapped() {
                return is_public_v4(v4);
            }
            if (a, b) == (0x64, 0xff9b) {
                return is_public_v4(last);
            }
            // Of the addresses in use, these are public; except documentation, Teredo and 6to4.
            (0x2000..0x4000).contains(&a) && a != 0x2002 && (a, b) != (0x2001, 0xdb8) && (a, b) != (0x2001, 0)
        }
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_shared = a == 100 && (64..128).contains(&b);
    let is_reserved = a == 0 || a >= 224 || (a, b, c) == (192, 0, 0) || (a == 198 && (18..20).contains(&b));
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || is_shared
        || is_reserved)
}

/// Looks names up, and drops the addresses of private networks. The connection is made to the address that was checked.
#[derive(Debug, Clone)]
struct Resolver {
    allow_private: bool,
}

impl tower::Service<Name> for Resolver {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = std::io::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let allow_private = self.allow_private;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<SocketAddr> = found.filter(|found| allow_private || is_public(found.ip())).collect();
            if allowed.is_empty() {
                return Err(std::io::Error::other("the name leads to a private network"));
            }
            Ok(allowed.into_iter())
        })
    }
}

#[cfg(test)]
mod tests {
    use hyper::Uri;

    use super::{FetchRules, check, is_public, joined};

    #[test]
    fn only_https_to_public_servers_is_allowed_by_default() {
        let checked = |url: &str, rules| url.parse::<Uri>().is_ok_and(|url| check(&url, rules).is_ok());
        let strict = FetchRules::default();
        assert!(checked("https://cdn.example.com/a.png?v=1", strict) && checked("https://93.184.215.14/a", strict));
        for url in [
            "http://cdn.example.com/a.png",
            "ftp://cdn.example.com/a.png",
            "https://user:secret@cdn.example.com/a.png",
            "https://127.0.0.1/a.png",
            "https://[::1]/a.png",
            "https://169.254.169.254/latest/meta-data",
            "https://[::ffff:10.0.0.1]/",
            "/a.png",
        ] {
            assert!(!checked(url, strict), "{url}");
        }
        let lax = FetchRules { allow_http: true, allow_private: true };
        assert!(checked("http://127.0.0.1:9/a.png", lax) && !checked("file:///etc/passwd", lax));
    }

    #[test]
    fn addresses_of_private_networks_are_known() {
        for public in ["93.184.215.14", "8.8.8.8", "2606:2800:21f:cb07::1", "64:ff9b::808:808"] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
        for private in [
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "127.0.0.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "255.255.255.255",
            "224.0.0.1",
            "198.18.0.1",
            "192.0.0.8",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "ff02::1",
            "2001:db8::1",
            "2002:a00:1::",
            "::ffff:127.0.0.1",
            "64:ff9b::a00:1",
        ] {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
    }

    #[test]
    fn a_redirect_leads_to_a_whole_address_or_to_a_path_of_the_same_server() {
        let from: Uri = "https://a.example/x".parse().unwrap();
        let to = |to: &str| joined(&from, to).map(|uri| uri.to_string());
        assert_eq!(to("/y?z"), Some("https://a.example/y?z".to_owned()));
        assert_eq!(to("http://10.0.0.1/"), Some("http://10.0.0.1/".to_owned()));
        assert_eq!((to("//b.example/y"), to("y"), to("")), (None, None, None));
    }
}
