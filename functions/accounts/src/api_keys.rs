//! The API keys of the shop's servers: making, listing and deleting them. The text of a key is in the answer that makes
//! it and nowhere else; the table has a hash of its secret.

use axum::extract::{Path, State};
use domain::api_key::ApiKey;
use domain::id::ApiKeyId;
use domain::time::Time;
use kit::http::answer::{Answer, Envelope, Nothing};
use kit::http::api_keys;
use kit::http::auth::SignedIn;
use kit::http::body::{Body, Fields};
use kit::http::problem::Problem;
use serde::{Deserialize, Serialize};
use store::Commit;
use store::api_keys::{ApiKeyConflict, UsedApiKey};
use store::audit::AuditChange;
use utoipa::ToSchema;

use crate::App;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ApiKeyInput {
    /// What the key is for.
    name: String,
    /// What its server may do. A key never gets more permissions later.
    permissions: Vec<String>,
    /// From this time on it is refused. Default: it is valid until it is deleted.
    expires_at: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ApiKeyBody {
    id: String,
    /// What it is for.
    name: String,
    /// What its server may do.
    permissions: Vec<&'static str>,
    /// The admin who made it. It stays valid when their role changes.
    created_by: String,
    created_at: String,
    /// Null: it is valid until it is deleted.
    expires_at: Option<String>,
    /// To the hour. Null: it was never used.
    last_used_at: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NewApiKeyBody {
    /// The key itself, for `Authorization: Bearer`. It is shown only now.
    key: String,
    /// What is known of it from now on.
    #[schema(inline = false)]
    api_key: ApiKeyBody,
}

impl ApiKeyBody {
    fn of(UsedApiKey { key, used_at }: &UsedApiKey) -> Self {
        Self {
            id: key.id.to_string(),
            name: key.name.clone(),
            permissions: key.permissions.iter().map(|permission| permission.name()).collect(),
            created_by: key.created_by.to_string(),
            created_at: key.created_at.to_string(),
            expires_at: key.expires_at.map(|at| at.to_string()),
            last_used_at: used_at.map(|at| at.to_string()),
        }
    }
}

/// Makes an API key for a server.
///
/// The answer has the key, and no other answer ever has it. Requests with it are those of staff with its permissions. If
/// this answer is lost, delete the key and make another one.
#[utoipa::path(post, path = "/api/v1/admin/api-keys", request_body = ApiKeyInput, responses(
    (status = 201, description = "The key.", body = Envelope<NewApiKeyBody>),
    (status = 409, description = "`too_many_api_keys`: delete one first. `changed_meanwhile`: your own role was changed."),
))]
pub(crate) async fn create(
    State(app): State<App>,
    admin: SignedIn,
    Body(body): Body<ApiKeyInput>,
) -> Result<Answer<NewApiKeyBody>, Problem> {
    let now = app.context.clock.now();
    let mut fields = Fields::default();
    let end = body.expires_at.map(|text| Time::parse(&text).map_err(|error| error.to_string()));
    let end = end.map(|end| end.and_then(|end| ApiKey::check_end(end, now).map_err(|error| error.to_string())));
    let checked = (
        fields.check("name", ApiKey::parse_name(&body.name)),
        fields.check("permissions", ApiKey::parse_permissions(&body.permissions)),
        fields.check("expiresAt", end.transpose()),
    );
    let (name, permissions, expires_at) = fields.finish(checked)?;
    let id = app.context.ids.api_key(now);
    let (text, hash) = api_keys::write(id, &app.context.ids.bytes());
    let key = ApiKey { id, name, permissions, hash, created_by: admin.user.id, created_at: now, expires_at };
    let change = AuditChange { before: None, after: Some(describe(&key)) };
    let entry = app.context.audit_entry(admin.user.id, "api-key.create", id, change, now);
    app.context.store.create_api_key(&key, &admin.user, &entry).await.map_err(refused)?;
    let api_key = ApiKeyBody::of(&UsedApiKey { key, used_at: None });
    Ok(Answer::created("The key was made. It is shown only once.", NewApiKeyBody { key: text, api_key }))
}

/// Lists all API keys, oldest first.
///
/// There are at most 50. The keys themselves are not in the answer.
#[utoipa::path(get, path = "/api/v1/admin/api-keys", responses(
    (status = 200, description = "The keys.", body = Envelope<Vec<ApiKeyBody>>),
))]
pub(crate) async fn list(State(app): State<App>) -> Result<Answer<Vec<ApiKeyBody>>, Problem> {
    let keys = app.context.store.api_keys().await?;
    Ok(Answer::ok("The API keys.", keys.iter().map(ApiKeyBody::of).collect()))
}

/// Deletes an API key.
///
/// It is refused from the next request on.
#[utoipa::path(delete, path = "/api/v1/admin/api-keys/{id}", params(("id" = String, Path)), responses(
    (status = 200, description = "Deleted.", body = Envelope<Nothing>),
    (status = 404, description = "`api_key_not_found`."),
    (status = 409, description = "`changed_meanwhile`: your own role was changed."),
))]
pub(crate) async fn delete(
    State(app): State<App>,
    admin: SignedIn,
    Path(id): Path<String>,
) -> Result<Answer<Nothing>, Problem> {
    let id = ApiKeyId::parse(&id).map_err(|_| missing())?;
    let UsedApiKey { key, .. } = app.context.store.api_key(id).await?.ok_or_else(missing)?;
    let change = AuditChange { before: Some(describe(&key)), after: None };
    let entry = app.context.audit_entry(admin.user.id, "api-key.delete", id, change, app.context.clock.now());
    app.context.store.delete_api_key(id, &admin.user, &entry).await.map_err(refused)?;
    Ok(Answer::ok("The key was deleted.", Nothing))
}

fn describe(key: &ApiKey) -> String {
    let permissions: Vec<&str> = key.permissions.iter().map(|permission| permission.name()).collect();
    let end = key.expires_at.map_or(String::new(), |at| format!(", until {at}"));
    format!("{}: {}{end}", key.name, permissions.join(", "))
}

fn missing() -> Problem {
    Problem::not_found("api_key_not_found", "There is no such API key.")
}

fn refused(conflict: Commit<ApiKeyConflict>) -> Problem {
    match conflict {
        Commit::Refused(ApiKeyConflict::TooMany) => {
            let message = format!("There are {} API keys already. Delete one that is not used.", ApiKey::MAX);
            Problem::conflict("too_many_api_keys", message)
        }
        Commit::Refused(ApiKeyConflict::Missing) => missing(),
        Commit::Refused(ApiKeyConflict::ActorChanged) => {
            let message = "Your role or your sessions were changed at the same time. Please try again.";
            Problem::conflict("changed_meanwhile", message)
        }
        Commit::Store(error) => error.into(),
    }
}
