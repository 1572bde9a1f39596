//! The two routes, and who may keep what they answer.

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use domain::storefront::StorefrontPage;
use kit::http::caching::{IfNoneMatch, html};
use kit::http::problem::Problem;

use crate::App;
use crate::shell::fill;
use crate::template::render;
use crate::view::{Kept, View};

/// The home page.
///
/// Its HTML with the newest products, those that sell best, and the categories.
#[utoipa::path(get, path = "/pages", responses(
    (status = 200, description = "An HTML page.", content_type = "text/html", body = String),
))]
pub(crate) async fn home(
    State(app): State<App>,
    if_none_match: IfNoneMatch,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    app.answer("", query.as_deref(), &if_none_match).await
}

/// Any other page of the storefront.
///
/// Lists and products are real HTML. Pages that only people use are empty until the script of the storefront runs.
#[utoipa::path(get, path = "/pages/{*path}", responses(
    (status = 200, description = "An HTML page.", content_type = "text/html", body = String),
))]
pub(crate) async fn page(
    State(app): State<App>,
    Path(path): Path<String>,
    if_none_match: IfNoneMatch,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    app.answer(&path, query.as_deref(), &if_none_match).await
}

impl App {
    /// A page is always answered with HTML. Without the table or the index it has no content, and its script finds out
    /// what works.
    async fn answer(&self, path: &str, query: Option<&str>, asked: &IfNoneMatch) -> Result<Response, Problem> {
        let now = self.context.clock.now();
        let query = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        let page = StorefrontPage::of(path, query.map(|(name, value)| (name.into_owned(), value.into_owned())));
        let view = match Box::pin(self.view(&page, now)).await {
            Ok(view) => view,
            Err(cause) => {
                tracing::error!(%cause, "a page has no content");
                View::failed(self).map_err(Problem::internal)?
            }
        };
        let head = render("head.html", &view.head).map_err(Problem::internal)?;
        let shell = self.shell.current(now).await;
        let text = fill(&shell, self.branding.language, &head, &view.content);
        let mut response = html(view.status, text, asked, view.kept.as_str())?;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_SECURITY_POLICY, self.content_security_policy()?);
        if view.kept == Kept::Nowhere {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
        }
        Ok(response)
    }

    /// What a page may load if it is not behind the distribution, which sets a policy of its own.
    fn content_security_policy(&self) -> Result<HeaderValue, Problem> {
        let policy = format!(
            "default-src 'self'; img-src 'self' data: {}; object-src 'none'; base-uri 'none'; form-action 'self'; \
             frame-ancestors 'none'",
            origin_of(&self.images_url)
        );
        HeaderValue::from_str(&policy).map_err(Problem::internal)
    }
}

/// `https://images.test` of `https://images.test/public`.
fn origin_of(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + 3);
    url[host..].find('/').map_or(url, |at| &url[..host + at])
}

#[cfg(test)]
mod tests {
    use super::origin_of;

    #[test]
    fn an_origin_has_no_path() {
        assert_eq!(origin_of("https://images.test/public"), "https://images.test");
        assert_eq!(origin_of("http://127.0.0.1:4566"), "http://127.0.0.1:4566");
    }
}
