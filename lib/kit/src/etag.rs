//! Versions as entity tags: `"v3"`.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};

pub fn of(version: u64) -> HeaderValue {
    HeaderValue::from_str(&format!("\"v{version}\"")).unwrap_or(HeaderValue::from_static("\"v0\""))
}

/// What `If-Match` asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IfMatch {
    /// No condition.
    Any,
    /// One of these versions. A tag that was never ours is none of them, so the list may be empty.
    Versions(Vec<u64>),
}

impl IfMatch {
    pub fn allows(&self, version: u64) -> bool {
        match self {
            Self::Any => true,
            Self::Versions(versions) => versions.contains(&version),
        }
    }

    pub fn parse(header: Option<&str>) -> Self {
        match header.map(str::trim) {
            None | Some("*") => Self::Any,
            Some(tags) => {
                let version = |tag: &str| {
                    tag.trim()
                        .strip_prefix("\"v")?
                        .strip_suffix('"')?
                        .parse()
                        .ok()
                };
                Self::Versions(tags.split(',').filter_map(version).collect())
            }
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let header = parts
            .headers
            .get(header::IF_MATCH)
            .map(|value| value.to_str().unwrap_or_default());
        Ok(Self::parse(header))
    }
}

#[cfg(test)]
mod tests {
    use super::IfMatch;

    #[test]
    fn only_our_own_strong_tags_match() {
        assert!(IfMatch::parse(None).allows(3));
        assert!(IfMatch::parse(Some("*")).allows(3));
        assert!(IfMatch::parse(Some("\"v2\", \"v3\"")).allows(3));
        for tag in ["\"v4\"", "v3", "W/\"v3\"", "\"3\"", "", "\"v3\" \"v3\""] {
            assert!(!IfMatch::parse(Some(tag)).allows(3), "{tag}");
        }
    }
}
