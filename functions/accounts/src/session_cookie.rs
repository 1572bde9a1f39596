//! The refresh token of a browser, in a cookie that no script can read. A request asks for it with
//! `Session-Storage: cookie`.
//!
//! Foreign pages cannot use the cookie: it is `SameSite=Strict`, the header makes browsers ask for leave first, which CORS
//! does not give, and a browser that says that a request comes from another origin is refused.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use domain::session::REFRESH_TTL;
use kit::http::problem::Problem;

use crate::App;
use crate::body::SignedInBody;

const HEADER: HeaderName = HeaderName::from_static("session-storage");
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Where the client of a request keeps its refresh token.
#[derive(Debug)]
pub(crate) struct SessionCookie {
    name: &'static str,
    asked: bool,
    sent: Option<String>,
}

impl SessionCookie {
    /// The refresh token of a request: that of its body, or the cookie.
    pub(crate) fn refresh_token(&self, of_body: Option<String>) -> Result<String, Problem> {
        match (of_body, self.asked) {
            (Some(token), false) => Ok(token),
            (Some(_), true) => Err(Problem::field("refreshToken", "must be left out, because the cookie has it")),
            (None, false) => Err(Problem::field("refreshToken", "is required")),
            (None, true) => Ok(self.sent.clone().unwrap_or_default()),
        }
    }

    /// Moves the refresh token of an answer into the cookie, if the request asks for that.
    pub(crate) fn keep(&self, signed_in: &mut SignedInBody) -> Option<(HeaderName, HeaderValue)> {
        let token = signed_in.refresh_token.take_if(|_| self.asked)?;
        self.header(&token, REFRESH_TTL.as_secs())
    }

    /// Removes the cookie.
    pub(crate) fn forget(&self) -> Option<(HeaderName, HeaderValue)> {
        self.asked.then(|| self.header("", 0)).flatten()
    }

    fn header(&self, value: &str, seconds: u64) -> Option<(HeaderName, HeaderValue)> {
        let name = self.name;
        let cookie = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; Secure; SameSite=Strict");
        let mut value = HeaderValue::try_from(cookie).ok()?;
        value.set_sensitive(true);
        Some((header::SET_COOKIE, value))
    }
}

impl FromRequestParts<App> for SessionCookie {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        // `__Host-` lets no other host of the domain set it, but browsers take it by HTTPS only.
        let is_https = app.branding.shop_url.starts_with("https://");
        let name = if is_https { "__Host-kontor-session" } else { "kontor-session" };
        let asked = match parts.headers.get(&HEADER).map(HeaderValue::as_bytes) {
            None => false,
            Some(b"cookie") => true,
            Some(_) => return Err(Problem::field("Session-Storage", "must be cookie, or be left out")),
        };
        if asked && parts.headers.get(&FETCH_SITE).is_some_and(|site| site != "same-origin") {
            return Err(Problem::forbidden("cross_origin_request", "Only pages of the shop itself may ask for this."));
        }
        Ok(Self { name, asked, sent: find(&parts.headers, name).filter(|_| asked) })
    }
}

/// The value of a cookie of a request.
fn find(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines = headers.get_all(header::COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    let mut cookies = lines.flat_map(|line| line.split(';')).filter_map(|cookie| cookie.trim().split_once('='));
    cookies.find(|(found, _)| *found == name).map(|(_, value)| value.to_owned())
}
