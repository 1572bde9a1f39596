//! The URL of an endpoint. It is parsed as browsers do it and kept in its normal form, so that whoever connects reads the
//! same host as whoever checked it.

use url::{Host, Url};

/// Which servers endpoints may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Servers of the public internet, by https.
    Public,
    /// Any server, by http too: for a cloud on one's own machine.
    Any,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTarget {
    #[error("must be a URL of at most {} characters", MAX_LENGTH)]
    NotAUrl,
    #[error("must begin with https://")]
    NotHttps,
    #[error("must not have a user name or a password")]
    HasUser,
    #[error("must not have a part after #")]
    HasFragment,
    #[error("must use port 443 or 8443")]
    Port,
    #[error("must have the name of a host in the public internet, and not an address")]
    Host,
}

pub const MAX_LENGTH: usize = 500;
const PORTS: [u16; 2] = [443, 8443];

/// Names that only mean something inside a network.
const LOCAL_NAMES: [&str; 8] =
    ["localhost", "local", "localdomain", "internal", "intranet", "lan", "home.arpa", "onion"];

impl Reach {
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        match text {
            "public" => Ok(Self::Public),
            "any" => Ok(Self::Any),
            _ => Err("must be public or any"),
        }
    }

    /// The normal form of a URL that events may be sent to. The addresses of its host are checked when it is known.
    pub fn parse_url(self, text: &str) -> Result<String, InvalidTarget> {
        let text = text.trim();
        if text.len() > MAX_LENGTH {
            return Err(InvalidTarget::NotAUrl);
        }
        let url = Url::parse(text).map_err(|_| InvalidTarget::NotAUrl)?;
        let may_be_http = self == Self::Any && url.scheme() == "http";
        if url.scheme() != "https" && !may_be_http {
            return Err(InvalidTarget::NotHttps);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(InvalidTarget::HasUser);
        }
        if url.fragment().is_some() {
            return Err(InvalidTarget::HasFragment);
        }
        if self == Self::Public {
            if !url.port_or_known_default().is_some_and(|port| PORTS.contains(&port)) {
                return Err(InvalidTarget::Port);
            }
            if !matches!(url.host(), Some(Host::Domain(name)) if is_public_name(name)) {
                return Err(InvalidTarget::Host);
            }
        }
        let normal = String::from(url);
        // Encoding can make it longer.
        if normal.len() > MAX_LENGTH { Err(InvalidTarget::NotAUrl) } else { Ok(normal) }
    }
}

fn is_public_name(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    // Without a dot it is a name of a network, such as `localhost`.
    name.contains('.') && !LOCAL_NAMES.iter().any(|local| name.ends_with(&format!(".{local}")))
}

#[cfg(test)]
mod tests {
    use super::{InvalidTarget, Reach};

    #[test]
    fn only_https_urls_with_a_public_name_are_accepted() {
        let parse = |text: &str| Reach::Public.parse_url(text);
        for (text, why) in [
            ("", InvalidTarget::NotAUrl),
            ("erp.example.com/hook", InvalidTarget::NotAUrl),
            ("https://", InvalidTarget::NotAUrl),
            ("https://exa mple.com/", InvalidTarget::NotAUrl),
            ("http://erp.example.com/", InvalidTarget::NotHttps),
            ("ftp://erp.example.com/", InvalidTarget::NotHttps),
            ("file:///etc/passwd", InvalidTarget::NotHttps),
            ("gopher://erp.example.com/", InvalidTarget::NotHttps),
            ("https://user@erp.example.com/", InvalidTarget::HasUser),
            ("https://erp.example.com@127.0.0.1/", InvalidTarget::HasUser),
            ("https://:secret@erp.example.com/", InvalidTarget::HasUser),
            ("https://erp.example.com/#part", InvalidTarget::HasFragment),
            ("https://erp.example.com:22/", InvalidTarget::Port),
            ("https://erp.example.com:80/", InvalidTarget::Port),
            ("https://127.0.0.1/", InvalidTarget::Host),
            ("https://2130706433/", InvalidTarget::Host),
            ("https://0x7f.1/", InvalidTarget::Host),
            ("https://0177.0.0.1/", InvalidTarget::Host),
            ("https://8.8.8.8/", InvalidTarget::Host),
            ("https://[::1]/", InvalidTarget::Host),
            ("https://[::ffff:169.254.169.254]/", InvalidTarget::Host),
            ("https://①②⑦.⓪.⓪.①/", InvalidTarget::Host),
            ("https://localhost/", InvalidTarget::Host),
            ("https://LOCALHOST./", InvalidTarget::Host),
            ("https://erp/", InvalidTarget::Host),
            ("https://printer.local/", InvalidTarget::Host),
            ("https://metadata.google.internal/", InvalidTarget::Host),
            ("https://router.home.arpa/", InvalidTarget::Host),
        ] {
            assert_eq!(parse(text), Err(why), "{text}");
        }
        let long = format!("https://erp.example.com/{}", "a".repeat(500));
        assert_eq!(parse(&long), Err(InvalidTarget::NotAUrl));
        let grows = format!("https://erp.example.com/{}", "ä".repeat(100));
        assert_eq!(parse(&grows), Err(InvalidTarget::NotAUrl));
    }

    #[test]
    fn a_url_is_kept_in_its_normal_form() {
        let parse = |text: &str| Reach::Public.parse_url(text).unwrap();
        assert_eq!(parse(" HTTPS://ERP.Example.COM:443/a/../hook?x=1 "), "https://erp.example.com/hook?x=1");
        assert_eq!(parse("https://bücher.example/ä"), "https://xn--bcher-kva.example/%C3%A4");
        assert_eq!(parse("https://erp.example.com:8443"), "https://erp.example.com:8443/");
        assert_eq!(parse("https:\\\\erp.example.com\\hook"), "https://erp.example.com/hook");
    }

    #[test]
    fn a_cloud_on_ones_own_machine_may_send_to_it() {
        let parse = |text: &str| Reach::Any.parse_url(text);
        assert_eq!(parse("http://127.0.0.1:9000/hook"), Ok("http://127.0.0.1:9000/hook".to_owned()));
        assert_eq!(parse("ftp://127.0.0.1/"), Err(InvalidTarget::NotHttps));
        assert_eq!(parse("http://user@127.0.0.1/"), Err(InvalidTarget::HasUser));
    }
}
