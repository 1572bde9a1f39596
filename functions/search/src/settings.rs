//! What the routes of synonyms and those of rules do: they differ in their bodies and words only.

use std::future::Future;

use axum::response::{IntoResponse, Response};
use domain::search::{SearchSetting, SettingKind, Violation};
use kit::http::answer::{Answer, Nothing};
use kit::http::auth::Identity;
use kit::http::etag::IfMatch;
use kit::http::idempotency::IdempotencyKey;
use kit::http::problem::{Detail, Problem};
use serde::Serialize;
use store::Commit;
use store::audit::{AuditChange, AuditEntry};
use store::retry::{Attempt, retry};
use store::search_settings::SettingConflict;

use crate::App;

/// What clients see of a kind of settings.
pub(crate) trait Shown: SettingKind {
    type Body: Serialize;
    /// The error codes.
    const NOT_FOUND: &'static str;
    const TOO_MANY: &'static str;

    fn body(setting: &SearchSetting<Self>) -> Self::Body;

    /// Checks what only the table knows.
    fn check(&self, _app: &App) -> impl Future<Output = Result<(), Problem>> + Send {
        std::future::ready(Ok(()))
    }
}

pub(crate) async fn list<K: Shown>(app: &App) -> Result<Answer<Vec<K::Body>>, Problem> {
    let all = app.context.store.search_settings_of::<K>().await?;
    Ok(Answer::ok(&format!("The {}.", K::PLURAL), all.iter().map(K::body).collect()))
}

pub(crate) async fn show<K: Shown>(app: &App, id: &str) -> Result<Answer<K::Body>, Problem> {
    let setting = find::<K>(app, id).await?;
    Ok(Answer::ok(&format!("The {}.", K::NAME), K::body(&setting)).with_version(setting.version))
}

/// `key` and `fingerprint` are those of the request.
pub(crate) async fn create<K: Shown>(
    app: &App,
    staff: &Identity,
    key: Option<IdempotencyKey>,
    fingerprint: String,
    id: K::Id,
    content: K,
) -> Result<Response, Problem> {
    let (store, now) = (&app.context.store, app.context.clock.now());
    let route = format!("search-{}", K::PLURAL);
    let request = key.map(|key| key.for_request(&staff.id().to_string(), &route, fingerprint));
    if let Some(request) = &request
        && let Some(replay) = request.replay(store, now).await?
    {
        return Ok(replay);
    }
    content.check(app).await?;
    let new = SearchSetting::new(id, content, now);
    let answer = Answer::created("Created.", K::body(&new)).with_version(new.version);
    let record = request.as_ref().map(|request| request.record_answer(&answer, now)).transpose()?;
    let entry = audit_entry(app, staff, "create", None, Some(&new));
    match (store.add_search_setting(&new, record.as_ref(), &entry).await, request) {
        (Ok(()), _) => Ok(answer.into_response()),
        (Err(Commit::Refused(SettingConflict::Repeated)), Some(request)) => request.replay_committed(store, now).await,
        (Err(error), _) => Err(refused::<K>(error)),
    }
}

pub(crate) async fn replace<K: Shown>(
    app: &App,
    staff: &Identity,
    id: &str,
    if_match: &IfMatch,
    content: K,
) -> Result<Answer<K::Body>, Problem> {
    retry("the setting", || async {
        let before = find::<K>(app, id).await?;
        if_match.check(before.version)?;
        content.check(app).await?;
        let after = before.with(content.clone(), app.context.clock.now());
        let entry = audit_entry(app, staff, "edit", Some(&before), Some(&after));
        match app.context.store.replace_search_setting(&before, &after, &entry).await {
            Ok(()) => Ok(Attempt::Done(Answer::ok("Replaced.", K::body(&after)).with_version(after.version))),
            Err(Commit::Refused(SettingConflict::Changed)) => Ok(Attempt::Overtaken),
            Err(error) => Err(refused::<K>(error)),
        }
    })
    .await
}

pub(crate) async fn delete<K: Shown>(
    app: &App,
    staff: &Identity,
    id: &str,
    if_match: &IfMatch,
) -> Result<Answer<Nothing>, Problem> {
    retry("the setting", || async {
        let setting = find::<K>(app, id).await?;
        if_match.check(setting.version)?;
        let entry = audit_entry(app, staff, "delete", Some(&setting), None);
        match app.context.store.delete_search_setting(&setting, &entry).await {
            Ok(()) => Ok(Attempt::Done(Answer::ok("Deleted.", Nothing))),
            Err(Commit::Refused(SettingConflict::Changed)) => Ok(Attempt::Overtaken),
            Err(error) => Err(refused::<K>(error)),
        }
    })
    .await
}

/// All fields that were refused.
pub(crate) fn violated(violations: Vec<Violation>) -> Problem {
    let detail = |Violation { field, message }| Detail { field, message };
    Problem::validation(violations.into_iter().map(detail).collect())
}

async fn find<K: Shown>(app: &App, id: &str) -> Result<SearchSetting<K>, Problem> {
    let missing = || Problem::not_found(K::NOT_FOUND, format!("There is no such {}.", K::NAME));
    let id = K::parse_id(id).ok_or_else(missing)?;
    app.context.store.search_setting(id).await?.ok_or_else(missing)
}

fn audit_entry<K: Shown>(
    app: &App,
    staff: &Identity,
    verb: &str,
    before: Option<&SearchSetting<K>>,
    after: Option<&SearchSetting<K>>,
) -> AuditEntry {
    let describe = |setting: &SearchSetting<K>| setting.content.describe();
    let change = AuditChange { before: before.map(describe), after: after.map(describe) };
    let subject = after.or(before).map(|setting| setting.id.to_string()).unwrap_or_default();
    let action = format!("search-{}.{verb}", K::NAME);
    app.context.audit_entry(staff.id(), &action, subject, change, app.context.clock.now())
}

fn refused<K: Shown>(error: Commit<SettingConflict>) -> Problem {
    match error {
        Commit::Refused(SettingConflict::TooMany) => {
            let message = format!("There can be at most {} {}. Delete one first.", K::MAX, K::PLURAL);
            Problem::conflict(K::TOO_MANY, message)
        }
        Commit::Refused(SettingConflict::Taken) => {
            let mut problem = Problem::conflict("search_query_taken", "Another rule has this query.");
            let message = "is in use already; case, accents, spaces and hyphens do not matter".to_owned();
            problem.details.push(Detail { field: "query".to_owned(), message });
            problem
        }
        Commit::Refused(SettingConflict::Changed | SettingConflict::Repeated) => {
            Problem::internal("the id of a new setting exists already")
        }
        Commit::Store(error) => error.into(),
    }
}
