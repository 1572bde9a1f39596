//! The language that a browser asks for.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::header::ACCEPT_LANGUAGE;
use axum::http::request::Parts;
use domain::mail_language::MailLanguage;

/// The best of the `Accept-Language` header that the shop knows. A header that makes no sense is as good as none.
#[derive(Debug, Clone, Copy)]
pub struct AcceptLanguage(pub Option<MailLanguage>);

impl<S: Sync> FromRequestParts<S> for AcceptLanguage {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let header = parts.headers.get(ACCEPT_LANGUAGE).and_then(|header| header.to_str().ok());
        Ok(Self(header.and_then(MailLanguage::preferred)))
    }
}
