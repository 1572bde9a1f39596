//! Staff make, read, change and delete endpoints.

use axum::extract::{Path, State};
use domain::id::WebhookEndpointId;
use domain::webhook::{Disabled, DisabledReason, WebhookEndpoint};
use kit::http::answer::{Answer, Envelope, Nothing};
use kit::http::auth::Identity;
use kit::http::body::{Body, Fields};
use kit::http::etag::{IfMatch, RequiredIfMatch};
use kit::http::problem::Problem;
use store::Commit;
use store::audit::{AuditChange, AuditEntry};
use store::retry::{Attempt, retry};
use store::webhooks::WebhookConflict;

use crate::App;
use crate::body::{
    NewWebhookEndpointBody, WebhookEndpointBody, WebhookEndpointInput, WebhookEndpointPatchInput, describe,
};

/// Makes an endpoint.
///
/// It gets events within a minute. The answer has the secret that they are signed with, and no other answer ever has it: if
/// this answer is lost, make a new secret. Signatures are those of Standard Webhooks, so its libraries check them.
#[utoipa::path(post, path = "/api/v1/admin/webhooks", request_body = WebhookEndpointInput, responses(
    (status = 201, description = "The endpoint and its secret.", body = Envelope<NewWebhookEndpointBody>, headers(("ETag"))),
    (status = 409, description = "`too_many_webhooks`: there are 20. Delete one first."),
))]
pub(crate) async fn create(
    State(app): State<App>,
    staff: Identity,
    Body(body): Body<WebhookEndpointInput>,
) -> Result<Answer<NewWebhookEndpointBody>, Problem> {
    let now = app.context.clock.now();
    let mut fields = Fields::default();
    let checked = (
        fields.check("url", app.guard.check_url(&body.url).await),
        fields.check("description", WebhookEndpoint::parse_description(&body.description.unwrap_or_default())),
        fields.check_optional("eventTypes", body.event_types, |types| WebhookEndpoint::parse_event_types(&types)),
        fields.check_optional("maxPerMinute", body.max_per_minute, WebhookEndpoint::check_per_minute),
    );
    let (url, description, event_types, max_per_minute) = fields.finish(checked)?;
    let is_disabled = body.enabled == Some(false);
    let endpoint = WebhookEndpoint {
        id: app.context.ids.webhook_endpoint(now),
        url,
        description,
        event_types,
        max_per_minute: max_per_minute.unwrap_or(WebhookEndpoint::PER_MINUTE),
        secret: 1,
        retiring: Vec::new(),
        disabled: is_disabled.then_some(Disabled { at: now, why: DisabledReason::Staff }),
        failing: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let answer = with_secret(&app, &endpoint).await?;
    let entry = audit_entry(&app, &staff, "create", endpoint.id, changed(None, Some(&endpoint)));
    app.context.store.add_webhook_endpoint(&endpoint, &entry).await.map_err(refused)?;
    Ok(Answer::created("The endpoint was made. Its secret is shown only once.", answer).with_version(endpoint.version))
}

/// All endpoints, oldest first.
///
/// There are at most 20.
#[utoipa::path(get, path = "/api/v1/admin/webhooks", responses(
    (status = 200, description = "The endpoints.", body = Envelope<Vec<WebhookEndpointBody>>),
))]
pub(crate) async fn list(State(app): State<App>) -> Result<Answer<Vec<WebhookEndpointBody>>, Problem> {
    let now = app.context.clock.now();
    let endpoints = app.context.store.webhook_endpoints().await?;
    Ok(Answer::ok("The endpoints.", endpoints.iter().map(|endpoint| WebhookEndpointBody::of(endpoint, now)).collect()))
}

/// One endpoint.
///
/// With how it works now, and the tag that a change of it names.
#[utoipa::path(get, path = "/api/v1/admin/webhooks/{id}", params(("id" = String, Path)), responses(
    (status = 200, description = "The endpoint.", body = Envelope<WebhookEndpointBody>, headers(("ETag"))),
    (status = 404, description = "`webhook_not_found`."),
))]
pub(crate) async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Answer<WebhookEndpointBody>, Problem> {
    let endpoint = find(&app, &id).await?;
    let body = WebhookEndpointBody::of(&endpoint, app.context.clock.now());
    Ok(Answer::ok("The endpoint.", body).with_version(endpoint.version))
}

/// Changes an endpoint.
///
/// Events that are sent after a minute follow the change. An endpoint that was disabled because it failed starts over when
/// it is enabled; what it missed can be sent again.
#[utoipa::path(patch, path = "/api/v1/admin/webhooks/{id}", request_body = WebhookEndpointPatchInput,
    params(("id" = String, Path), ("If-Match" = Option<String>, Header)),
    responses(
        (status = 200, description = "Changed.", body = Envelope<WebhookEndpointBody>, headers(("ETag"))),
        (status = 404, description = "`webhook_not_found`."),
        (status = 412, description = "`precondition_failed`."),
    )
)]
pub(crate) async fn edit(
    State(app): State<App>,
    staff: Identity,
    Path(id): Path<String>,
    if_match: IfMatch,
    Body(body): Body<WebhookEndpointPatchInput>,
) -> Result<Answer<WebhookEndpointBody>, Problem> {
    let mut fields = Fields::default();
    let url = match &body.url {
        Some(url) => Some(app.guard.check_url(url).await),
        None => None,
    };
    let types = body.event_types.map(|types| types.map(|types| WebhookEndpoint::parse_event_types(&types)).transpose());
    let checked = (
        fields.check("url", url.transpose()),
        fields.check_optional("description", body.description, |text| WebhookEndpoint::parse_description(&text)),
        fields.check("eventTypes", types.transpose()),
        fields.check_optional("maxPerMinute", body.max_per_minute, WebhookEndpoint::check_per_minute),
    );
    let (url, description, event_types, max_per_minute) = fields.finish(checked)?;
    retry("the endpoint", || async {
        let now = app.context.clock.now();
        let before = find(&app, &id).await?;
        if_match.check(before.version)?;
        let after = WebhookEndpoint {
            url: url.clone().unwrap_or_else(|| before.url.clone()),
            description: description.clone().unwrap_or_else(|| before.description.clone()),
            event_types: event_types.clone().unwrap_or_else(|| before.event_types.clone()),
            max_per_minute: max_per_minute.unwrap_or(before.max_per_minute),
            version: before.version + 1,
            updated_at: now,
            ..before.clone()
        };
        let after = match body.enabled {
            Some(enabled) => after.switched(enabled, now),
            None => after,
        };
        let entry = audit_entry(&app, &staff, "edit", after.id, changed(Some(&before), Some(&after)));
        match app.context.store.change_webhook_endpoint(&before, &after, &entry, None).await {
            Ok(()) => {
                let body = WebhookEndpointBody::of(&after, now);
                Ok(Attempt::Done(Answer::ok("Changed.", body).with_version(after.version)))
            }
            Err(Commit::Refused(_)) => Ok(Attempt::Overtaken),
            Err(Commit::Store(error)) => Err(error.into()),
        }
    })
    .await
}

/// Deletes an endpoint.
///
/// What waits for it is not sent any more.
#[utoipa::path(delete, path = "/api/v1/admin/webhooks/{id}",
    params(("id" = String, Path), ("If-Match" = Option<String>, Header)),
    responses(
        (status = 200, description = "Deleted.", body = Envelope<Nothing>),
        (status = 404, description = "`webhook_not_found`."),
        (status = 412, description = "`precondition_failed`."),
    )
)]
pub(crate) async fn delete(
    State(app): State<App>,
    staff: Identity,
    Path(id): Path<String>,
    if_match: IfMatch,
) -> Result<Answer<Nothing>, Problem> {
    retry("the endpoint", || async {
        let endpoint = find(&app, &id).await?;
        if_match.check(endpoint.version)?;
        let entry = audit_entry(&app, &staff, "delete", endpoint.id, changed(Some(&endpoint), None));
        match app.context.store.delete_webhook_endpoint(&endpoint, &entry).await {
            Ok(()) => Ok(Attempt::Done(Answer::ok("The endpoint was deleted.", Nothing))),
            Err(Commit::Refused(_)) => Ok(Attempt::Overtaken),
            Err(Commit::Store(error)) => Err(error.into()),
        }
    })
    .await
}

/// Makes a new secret.
///
/// For 24 hours events are signed with the secrets before it too, so that the server can change over at any time. If this
/// answer is lost, make another one: at most three earlier secrets sign.
#[utoipa::path(post, path = "/api/v1/admin/webhooks/{id}/rotate-secret",
    params(("id" = String, Path), ("If-Match" = String, Header)),
    responses(
        (status = 200, description = "The endpoint and its new secret.", body = Envelope<NewWebhookEndpointBody>, headers(("ETag"))),
        (status = 404, description = "`webhook_not_found`."),
        (status = 409, description = "`too_many_webhook_secrets`: three earlier secrets still sign."),
        (status = 412, description = "`precondition_failed`."),
        (status = 428, description = "`precondition_required`."),
    )
)]
pub(crate) async fn rotate_secret(
    State(app): State<App>,
    staff: Identity,
    Path(id): Path<String>,
    RequiredIfMatch(if_match): RequiredIfMatch,
) -> Result<Answer<NewWebhookEndpointBody>, Problem> {
    retry("the endpoint", || async {
        let before = find(&app, &id).await?;
        if_match.check(before.version)?;
        let after = before.with_new_secret(app.context.clock.now()).map_err(|_| {
            let message =
                "Three earlier secrets still sign. Wait until the first of them ends, a day after it was replaced.";
            Problem::conflict("too_many_webhook_secrets", message)
        })?;
        let answer = with_secret(&app, &after).await?;
        let entry = audit_entry(&app, &staff, "rotate-secret", after.id, AuditChange::default());
        match app.context.store.change_webhook_endpoint(&before, &after, &entry, None).await {
            Ok(()) => {
                let message = "The secret was made. It is shown only once.";
                Ok(Attempt::Done(Answer::ok(message, answer).with_version(after.version)))
            }
            Err(Commit::Refused(_)) => Ok(Attempt::Overtaken),
            Err(Commit::Store(error)) => Err(error.into()),
        }
    })
    .await
}

pub(crate) async fn find(app: &App, id: &str) -> Result<WebhookEndpoint, Problem> {
    let missing = || Problem::not_found("webhook_not_found", "There is no such endpoint.");
    let id = WebhookEndpointId::parse(id).map_err(|_| missing())?;
    app.context.store.webhook_endpoint(id).await?.ok_or_else(missing)
}

async fn with_secret(app: &App, endpoint: &WebhookEndpoint) -> Result<NewWebhookEndpointBody, Problem> {
    let now = app.context.clock.now();
    let secret = app.keys.key(now).await?.secret(endpoint.id, endpoint.secret).text();
    Ok(NewWebhookEndpointBody { secret, endpoint: WebhookEndpointBody::of(endpoint, now) })
}

fn changed(before: Option<&WebhookEndpoint>, after: Option<&WebhookEndpoint>) -> AuditChange {
    AuditChange { before: before.map(describe), after: after.map(describe) }
}

pub(crate) fn audit_entry(
    app: &App,
    staff: &Identity,
    verb: &str,
    endpoint: WebhookEndpointId,
    change: AuditChange,
) -> AuditEntry {
    app.context.audit_entry(staff.id(), &format!("webhook.{verb}"), endpoint, change, app.context.clock.now())
}

fn refused(error: Commit<WebhookConflict>) -> Problem {
    match error {
        Commit::Refused(WebhookConflict::TooMany) => {
            let message = format!("There can be at most {} endpoints. Delete one first.", WebhookEndpoint::MAX);
            Problem::conflict("too_many_webhooks", message)
        }
        Commit::Refused(WebhookConflict::Changed) => Problem::internal("the id of a new endpoint exists already"),
        Commit::Store(error) => error.into(),
    }
}
