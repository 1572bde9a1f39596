//! The refresh token of a browser, in a cookie that no script can read. A request asks for it with
//! `Session-Cookie`, and its value is the name of the session: pages of one origin, such as the storefront and the console,
//! have sessions of their own.
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

const HEADER: HeaderName = HeaderName::from_static("session-cookie");
/// Browsers take a cookie with this name by HTTPS only, and only with `Secure`.
const HTTPS_ONLY: &str = "__Host-";
/// Where a shop has no HTTPS because it is only tried.
const OWN_MACHINE: [&str; 3] = ["http://127.0.0.1", "http://localhost", "http://[::1]"];
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Where the client of a request keeps its refresh token.
#[derive(Debug)]
pub(crate) struct SessionCookie {
    /// The name of the cookie. `None`: the request does not ask for one.
    name: Option<String>,
    sent: Option<String>,
}

impl SessionCookie {
    /// The refresh token of a request: that of its body, or the cookie.
    pub(crate) fn refresh_token(&self, of_body: Option<String>) -> Result<String, Problem> {
        match (of_body, self.name.is_some()) {
            (Some(token), false) => Ok(token),
            (Some(_), true) => Err(Problem::field("refreshToken", "must be left out, because the cookie has it")),
            (None, false) => Err(Problem::field("refreshToken", "is required")),
            (None, true) => Ok(self.sent.clone().unwrap_or_default()),
        }
    }

    /// Moves the refresh token of an answer into the cookie, if the request asks for that.
    pub(crate) fn keep(&self, signed_in: &mut SignedInBody) -> Option<(HeaderName, HeaderValue)> {
        let token = signed_in.refresh_token.take_if(|_| self.name.is_some())?;
        self.header(&token, REFRESH_TTL.as_secs())
    }

    /// Removes the cookie.
    pub(crate) fn forget(&self) -> Option<(HeaderName, HeaderValue)> {
        self.header("", 0)
    }

    fn header(&self, value: &str, seconds: u64) -> Option<(HeaderName, HeaderValue)> {
        let name = self.name.as_deref()?;
        // Safari takes no `Secure` cookie without HTTPS, not even on its own machine.
        let secure = if name.starts_with(HTTPS_ONLY) { "Secure; " } else { "" };
        let cookie = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; {secure}SameSite=Strict");
        let mut value = HeaderValue::try_from(cookie).ok()?;
        value.set_sensitive(true);
        Some((header::SET_COOKIE, value))
    }
}

impl FromRequestParts<App> for SessionCookie {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let Some(session) = parts.headers.get(&HEADER) else {
            return Ok(Self { name: None, sent: None });
        };
        let is_name =
            |name: &&str| (1..=16).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_lowercase());
        let session = session.to_str().ok().filter(is_name);
        let session =
            session.ok_or_else(|| Problem::field("Session-Cookie", "must have 1 to 16 letters from a to z"))?;
        if parts.headers.get(&FETCH_SITE).is_some_and(|site| site != "same-origin") {
            return Err(Problem::forbidden("cross_origin_request", "Only pages of the shop itself may ask for this."));
        }
        let url = &app.branding.shop_url;
        let name = if OWN_MACHINE.iter().any(|host| url.strip_prefix(host).is_some_and(ends_host)) {
            // Shops on one machine have one host, and cookies do not tell ports apart.
            let port = url.rsplit(':').next().filter(|port| port.bytes().all(|byte| byte.is_ascii_digit()));
            format!("kontor-{session}-{}", port.unwrap_or("80"))
        } else {
            // No other host of the domain can set it.
            format!("{HTTPS_ONLY}kontor-{session}")
        };
        Ok(Self { sent: find(&parts.headers, &name), name: Some(name) })
    }
}

fn ends_host(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with([':', '/'])
}

/// The value of a cookie of a request.
fn find(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines = headers.get_all(header::COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    let mut cookies = lines.flat_map(|line| line.split(';')).filter_map(|cookie| cookie.trim().split_once('='));
    cookies.find(|(found, _)| *found == name).map(|(_, value)| value.to_owned())
}
