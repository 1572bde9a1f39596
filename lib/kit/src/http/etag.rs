//! Versions as entity tags: `"v3"`.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};

use crate::http::problem::Problem;

pub fn of(version: u64) -> HeaderValue {
    HeaderValue::from_str(&format!("\"v{version}\"")).unwrap_or(HeaderValue::from_static("\"v0\""))
}

/// The tag of something that is shown with things which have versions of their own. `If-Match` compares the first
/// version only.
pub fn of_shown(version: u64, shown: &[u64]) -> HeaderValue {
    let shown: Vec<String> = shown.iter().map(u64::to_string).collect();
    HeaderValue::from_str(&format!("\"v{version}-{}\"", shown.join("-"))).unwrap_or_else(|_| of(version))
}

/// What `If-Match` asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IfMatch {
    /// No condition.
    Any,
    /// One of these versions. Tags that are not versions are left out, so the list may be empty.
    Versions(Vec<u64>),
}

impl IfMatch {
    /// Refuses every other version with 412.
    pub fn check(&self, version: u64) -> Result<(), Problem> {
        if self.allows(version) { Ok(()) } else { Err(Problem::precondition_failed()) }
    }

    fn allows(&self, version: u64) -> bool {
        match self {
            Self::Any => true,
            Self::Versions(versions) => versions.contains(&version),
        }
    }

    pub fn parse(header: Option<&str>) -> Self {
        match header.map(str::trim) {
            None | Some("*") => Self::Any,
            Some(tags) => {
                // The distribution makes a tag weak when it compresses the answer. It still names one version.
                let version = |tag: &str| {
                    let tag = tag.trim().trim_start_matches("W/").strip_prefix("\"v")?.strip_suffix('"')?;
                    tag.split('-').next()?.parse().ok()
                };
                Self::Versions(tags.split(',').filter_map(version).collect())
            }
        }
    }
}

/// `If-Match` where it is required: 428 without it. `*` matches every version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequiredIfMatch(pub IfMatch);

impl<S: Send + Sync> FromRequestParts<S> for RequiredIfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        if parts.headers.contains_key(header::IF_MATCH) {
            let Ok(if_match) = IfMatch::from_request_parts(parts, state).await;
            return Ok(Self(if_match));
        }
        let message = "Send If-Match with the ETag that you read, or * to replace any version.";
        let status = StatusCode::PRECONDITION_REQUIRED;
        Err(Problem::new(status, "precondition_required", message))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let header = parts.headers.get(header::IF_MATCH).map(|value| value.to_str().unwrap_or_default());
        Ok(Self::parse(header))
    }
}

#[cfg(test)]
mod tests {
    use super::IfMatch;

    #[test]
    fn only_our_own_tags_match_also_if_they_became_weak() {
        assert!(IfMatch::parse(None).allows(3));
        assert!(IfMatch::parse(Some("*")).allows(3));
        assert!(IfMatch::parse(Some("\"v2\", \"v3\"")).allows(3));
        assert!(IfMatch::parse(Some("\"v3-17-4\"")).allows(3));
        assert!(IfMatch::parse(Some("W/\"v3\"")).allows(3));
        for tag in ["\"v4\"", "v3", "W/\"v4\"", "\"3\"", "", "\"v3\" \"v3\""] {
            assert!(!IfMatch::parse(Some(tag)).allows(3), "{tag}");
        }
    }
}
