//! What stands in a page for those who run no script.

use axum::http::StatusCode;
use serde::Serialize;

use crate::App;
use crate::app::PageError;
use crate::head::Head;
use crate::template::render;

#[derive(Debug)]
pub(crate) struct View {
    pub(crate) status: StatusCode,
    pub(crate) head: Head,
    /// HTML.
    pub(crate) content: String,
    pub(crate) kept: Kept,
}

/// Who may keep a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept {
    /// The distribution keeps it for a minute, shows it for ten more while it fetches a new one, and for a day if it gets
    /// none. Browsers always ask.
    ByAll,
    /// The address of the page may hold a token.
    ByBrowser,
    Nowhere,
}

impl Kept {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::ByAll => "public, max-age=0, s-maxage=60, stale-while-revalidate=600, stale-if-error=86400",
            Self::ByBrowser => "private, no-cache",
            Self::Nowhere => "no-store",
        }
    }
}

#[derive(Serialize)]
struct Message<'a> {
    title: &'a str,
    text: &'a str,
    home: &'a str,
}

#[derive(Serialize)]
struct NoScript<'a> {
    text: &'a str,
}

impl View {
    /// A page with content that everybody may find.
    pub(crate) fn found(head: Head, content: String) -> Self {
        Self { status: StatusCode::OK, head, content, kept: Kept::ByAll }
    }

    /// A page that only people use.
    pub(crate) fn private(app: &App) -> Result<Self, PageError> {
        Ok(Self { kept: Kept::ByBrowser, ..Self::scripted(app, None)? })
    }

    /// A list as only people need it: some of its products, or all in another order.
    pub(crate) fn filtered(app: &App, name: &str) -> Result<Self, PageError> {
        Self::scripted(app, Some(name))
    }

    /// Only a script makes this page, so without one it says so.
    fn scripted(app: &App, name: Option<&str>) -> Result<Self, PageError> {
        let content = render("noscript.html", &NoScript { text: &app.words.needs_script })?;
        Ok(Self::found(Head::hidden(app, name), content))
    }

    pub(crate) fn missing(app: &App) -> Result<Self, PageError> {
        Self::refused(app, StatusCode::NOT_FOUND, &app.words.not_found, &app.words.not_found_text)
    }

    /// It was there once, so crawlers may forget it at once.
    pub(crate) fn gone(app: &App) -> Result<Self, PageError> {
        Self::refused(app, StatusCode::GONE, &app.words.gone, &app.words.gone_text)
    }

    /// Crawlers come again later, and keep what they know.
    pub(crate) fn failed(app: &App) -> Result<Self, PageError> {
        let (title, text) = (&app.words.unavailable, &app.words.unavailable_text);
        let view = Self::refused(app, StatusCode::SERVICE_UNAVAILABLE, title, text)?;
        Ok(Self { kept: Kept::Nowhere, ..view })
    }

    fn refused(app: &App, status: StatusCode, title: &str, text: &str) -> Result<Self, PageError> {
        let message = Message { title, text, home: &app.words.home };
        let content = render("message.html", &message)?;
        Ok(Self { status, head: Head::hidden(app, Some(title)), content, kept: Kept::ByAll })
    }
}
