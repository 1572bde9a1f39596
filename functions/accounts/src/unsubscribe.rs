//! The unsubscribe link of mails. Opening it changes nothing, because mail scanners open links. The button on its page
//! unsubscribes, and so does the one-click POST of mail programs (RFC 8058).

use axum::extract::State;
use axum::response::Response;
use domain::mail_language::MailLanguage;
use domain::preferences::Topic;
use kit::http::body::Query;
use kit::http::language::AcceptLanguage;
use kit::http::problem::Problem;
use kit::http::visitor::Visitor;
use serde::Deserialize;
use store::Commit;
use store::retry::{Attempt, retry};
use store::users::{ProfileChanged, ProfileEdit};
use utoipa::IntoParams;

use crate::{App, limits, link, unsubscribe_page};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct UnsubscribeQuery {
    topic: String,
    token: String,
    /// The language of the mail, and so of this page.
    language: Option<String>,
}

/// Shows a page with a button that unsubscribes.
///
/// Mails link to it. Opening the page changes nothing, because mail programs open links too.
#[utoipa::path(get, path = "/api/v1/mail/unsubscribe", params(UnsubscribeQuery, ("Accept-Language" = Option<String>, Header)), responses(
    (status = 200, description = "An HTML page.", content_type = "text/html", body = String),
    (status = 400, description = "`link_invalid`."),
))]
pub(crate) async fn ask(
    State(app): State<App>,
    accepted: AcceptLanguage,
    Query(query): Query<UnsubscribeQuery>,
) -> Result<Response, Problem> {
    let (_, topic) = parse(&app, &query).await?;
    Ok(unsubscribe_page::question(&app.branding, query.language(accepted, &app), topic))
}

/// Unsubscribes from mail about one topic.
///
/// The button of the page and the unsubscribe button of mail programs call it.
#[utoipa::path(post, path = "/api/v1/mail/unsubscribe", params(UnsubscribeQuery, ("Accept-Language" = Option<String>, Header)), responses(
    (status = 200, description = "An HTML page.", content_type = "text/html", body = String),
    (status = 400, description = "`link_invalid`."),
    (status = 429, description = "`rate_limited`."),
))]
pub(crate) async fn confirm(
    State(app): State<App>,
    visitor: Visitor,
    accepted: AcceptLanguage,
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
    Ok(unsubscribe_page::done(&app.branding, query.language(accepted, &app), topic))
}

impl UnsubscribeQuery {
    /// A link of any age works, so a language that the shop does not know is as good as none.
    fn language(&self, AcceptLanguage(accepted): AcceptLanguage, app: &App) -> MailLanguage {
        let of_mail = self.language.as_deref().and_then(|language| MailLanguage::parse(language).ok());
        of_mail.or(accepted).unwrap_or(app.branding.language)
    }
}

async fn parse(app: &App, query: &UnsubscribeQuery) -> Result<(domain::id::UserId, Topic), Problem> {
    let topic = Topic::parse(&query.topic).ok_or_else(link::invalid)?;
    let key = app.links.key(app.context.clock.now()).await?;
    let user_id = key.parse_unsubscribe(topic, &query.token).ok_or_else(link::invalid)?;
    Ok((user_id, topic))
}
