//! Finds the addresses of a host, and refuses the host if any of them is not in the public internet. The same guard is the
//! resolver of the client that sends events, and that client connects to the addresses that were checked. So nobody can
//! give one address to the check and another one to the connection.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use domain::webhook::address::is_public;
use domain::webhook::target::{InvalidTarget, Reach};
use hyper_util::client::legacy::connect::dns::{GaiResolver, Name};
use tower::Service;
use url::Url;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HostRefusal {
    #[error("has a host that cannot be found")]
    NotFound,
    #[error("has a host with an address that is not in the public internet")]
    NotPublic,
}

/// Why a URL is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UrlRefusal {
    #[error(transparent)]
    Url(#[from] InvalidTarget),
    #[error(transparent)]
    Host(#[from] HostRefusal),
}

/// How long the name of a new endpoint's host is looked up.
const LOOK_UP: Duration = Duration::from_secs(3);

/// Who knows the addresses of hosts.
#[derive(Debug, Clone)]
pub enum Resolver {
    System,
    /// Addresses that tests set, and replace.
    Fixed(Arc<Mutex<HashMap<String, Vec<IpAddr>>>>),
}

impl Resolver {
    pub fn fixed<'a>(hosts: impl IntoIterator<Item = (&'a str, &'a [IpAddr])>) -> Self {
        let hosts = hosts.into_iter().map(|(host, addresses)| (host.to_owned(), addresses.to_vec()));
        Self::Fixed(Arc::new(Mutex::new(hosts.collect())))
    }

    /// Replaces the addresses of a host, as its owner can at any time.
    pub fn replace(&self, host: &str, addresses: &[IpAddr]) {
        if let Self::Fixed(hosts) = self {
            hosts.lock().unwrap_or_else(PoisonError::into_inner).insert(host.to_owned(), addresses.to_vec());
        }
    }

    async fn addresses(&self, host: Name) -> Vec<IpAddr> {
        match self {
            Self::System => {
                let found = GaiResolver::new().call(host).await;
                found.map(|addresses| addresses.map(|address| address.ip()).collect()).unwrap_or_default()
            }
            Self::Fixed(hosts) => {
                let hosts = hosts.lock().unwrap_or_else(PoisonError::into_inner);
                hosts.get(host.as_str()).cloned().unwrap_or_default()
            }
        }
    }
}

#[derive(Debug, Clone)]
pub struct Guard {
    resolver: Resolver,
    reach: Reach,
}

impl Guard {
    pub fn new(resolver: Resolver, reach: Reach) -> Self {
        Self { resolver, reach }
    }

    pub fn reach(&self) -> Reach {
        self.reach
    }

    /// The normal form of a URL that events may be sent to now.
    pub async fn check_url(&self, text: &str) -> Result<String, UrlRefusal> {
        let url = self.reach.parse_url(text)?;
        if self.reach == Reach::Public {
            let host =
                Url::parse(&url).ok().and_then(|url| url.host_str()?.parse().ok()).ok_or(HostRefusal::NotFound)?;
            let found = tokio::time::timeout(LOOK_UP, self.check(host)).await;
            found.unwrap_or(Err(HostRefusal::NotFound))?;
        }
        Ok(url)
    }

    /// The addresses of a host that may be connected to.
    pub async fn check(&self, host: Name) -> Result<Vec<SocketAddr>, HostRefusal> {
        let addresses = self.resolver.addresses(host).await;
        if addresses.is_empty() {
            return Err(HostRefusal::NotFound);
        }
        if self.reach == Reach::Public && !addresses.iter().all(|address| is_public(*address)) {
            return Err(HostRefusal::NotPublic);
        }
        // The client sets the port.
        Ok(addresses.into_iter().map(|address| SocketAddr::new(address, 0)).collect())
    }
}

impl Service<Name> for Guard {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = HostRefusal;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, host: Name) -> Self::Future {
        let guard = self.clone();
        Box::pin(async move { guard.check(host).await.map(Vec::into_iter) })
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use domain::webhook::target::Reach;

    use super::{Guard, HostRefusal, Resolver};

    #[tokio::test]
    async fn a_host_is_refused_if_any_of_its_addresses_is_not_public() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        let (public, private) = (ip("93.184.215.14"), ip("10.0.0.7"));
        let resolver = Resolver::fixed([("good.example", &[public][..]), ("mixed.example", &[public, private])]);
        let check = async |reach, host: &str| Guard::new(resolver.clone(), reach).check(host.parse().unwrap()).await;
        assert_eq!(check(Reach::Public, "good.example").await.unwrap().len(), 1);
        assert_eq!(check(Reach::Public, "mixed.example").await, Err(HostRefusal::NotPublic));
        assert_eq!(check(Reach::Public, "none.example").await, Err(HostRefusal::NotFound));
        assert_eq!(check(Reach::Any, "mixed.example").await.unwrap().len(), 2);
        resolver.replace("good.example", &[private]);
        assert_eq!(check(Reach::Public, "good.example").await, Err(HostRefusal::NotPublic));
    }
}
