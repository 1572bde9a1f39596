//! The unsubscribe link of mails. Opening it changes nothing, because mail scanners open links. The button on its page
//! unsubscribes, and so does the one-click POST of mail programs (RFC 8058).

use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};
use domain::preferences::Topic;
use kit::http::body::Query;
use kit::http::problem::Problem;
use kit::http::visitor::Visitor;
use serde::Deserialize;
use store::Commit;
use store::retry::{Attempt, retry};
use store::users::{ProfileChanged, ProfileEdit};
use utoipa::IntoParams;

use crate::{App, limits, link};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct UnsubscribeQuery {
    topic: String,
    token: String,
}

/// Shows a page with a button that unsubscribes.
///
/// Mails link to it. Opening the page changes nothing, because mail programs open links too.
#[utoipa::path(get, path = "/api/v1/mail/unsubscribe", params(UnsubscribeQuery), responses(
    (status = 200, description = "An HTML page.", content_type = "text/html", body = String),
    (status = 400, description = "`link_invalid`."),
))]
pub(crate) async fn ask(State(app): State<App>, Query(query): Query<UnsubscribeQuery>) -> Result<Response, Problem> {
    let (_, topic) = parse(&app, &query).await?;
    let button = "<form method=\"post\"><button>Stop these mails</button></form>";
    Ok(page(&format!("<p>Do you want us to stop sending you mail about “{}”?</p>{button}", topic.name())))
}

/// Unsubscribes from mail about one topic.
///
/// The button of the page and the unsubscribe button of mail programs call it.
#[utoipa::path(post, path = "/api/v1/mail/unsubscribe", params(UnsubscribeQuery), responses(
    (status = 200, description = "An HTML page.", content_type = "text/html", body = String),
    (status = 400, description = "`link_invalid`."),
    (status = 429, description = "`rate_limited`."),
))]
pub(crate) async fn confirm(
    State(app): State<App>,
    visitor: Visitor,
    Query(query): Query<UnsubscribeQuery>,
) -> Result<Response, Problem> {
    visitor.rate_limit(&app.context.store, app.context.clock.now(), limits::LINK_USE_BY_IP, None).await?;
    let (user_id, topic) = parse(&app, &query).await?;
    let store = &app.context.store;
    let attempt = || async {
        // A deleted user gets no mail anyway.
        let Some(user) = store.user(user_id).await? else {
            return Ok(Attempt::Done(()));
        };
        if !user.preferences.wants(topic) {
            return Ok(Attempt::Done(()));
        }
        let edit = ProfileEdit { preferences: Some(user.preferences.with(topic, false)), ..ProfileEdit::default() };
        let token = app.context.ids.transaction(app.context.clock.now());
        match store.edit_profile(&user, &edit, token).await {
            Ok(()) => Ok(Attempt::Done(())),
            Err(Commit::Refused(ProfileChanged)) => Ok(Attempt::Overtaken),
            Err(Commit::Store(error)) => Err(error),
        }
    };
    retry("the profile", attempt).await?;
    Ok(page("<p>Done. You will not get these mails any more.</p>"))
}

async fn parse(app: &App, query: &UnsubscribeQuery) -> Result<(domain::id::UserId, Topic), Problem> {
    let topic = Topic::parse(&query.topic).ok_or_else(link::invalid)?;
    let key = app.links.key(app.context.clock.now()).await?;
    let user_id = key.parse_unsubscribe(topic, &query.token).ok_or_else(link::invalid)?;
    Ok((user_id, topic))
}

fn page(body: &str) -> Response {
    let style =
        "body{font:18px system-ui;max-width:30em;margin:4em auto;padding:0 1em}button{font:inherit;padding:.5em 1em}";
    let html = format!("<!doctype html><meta charset=\"utf-8\"><title>Mail</title><style>{style}</style>{body}");
    let policy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'";
    let headers: [(HeaderName, HeaderValue); 1] = [(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy))];
    (headers, Html(html)).into_response()
}
