//! Synonyms: staff say which words stand for others.

use axum::extract::{Path, State};
use axum::response::Response;
use domain::search::{SearchSetting, Synonym};
use kit::http::answer::{Answer, Envelope, Nothing};
use kit::http::auth::Identity;
use kit::http::body::{Body, Fingerprinted};
use kit::http::etag::{IfMatch, RequiredIfMatch};
use kit::http::idempotency::IdempotencyKey;
use kit::http::problem::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::App;
use crate::settings::{self, Shown, violated};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SynonymInput {
    /// With it the synonym goes one way: a search for it finds products with the terms too. Without it, each term finds
    /// the others.
    input: Option<String>,
    /// Words or phrases: at least two, or at least one with `input`. They differ by more than case and accents.
    terms: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SynonymBody {
    id: String,
    /// A search for it finds products with the terms too. Null: each term finds the others.
    input: Option<String>,
    /// Words or phrases.
    terms: Vec<String>,
    created_at: String,
    updated_at: String,
}

impl Shown for Synonym {
    type Body = SynonymBody;
    const NOT_FOUND: &'static str = "synonym_not_found";
    const TOO_MANY: &'static str = "too_many_synonyms";

    fn body(setting: &SearchSetting<Self>) -> SynonymBody {
        SynonymBody {
            id: setting.id.to_string(),
            input: setting.content.input.clone(),
            terms: setting.content.terms.clone(),
            created_at: setting.created_at.to_string(),
            updated_at: setting.updated_at.to_string(),
        }
    }
}

impl SynonymInput {
    fn define(&self) -> Result<Synonym, Problem> {
        Synonym::define(self.input.as_deref(), &self.terms).map_err(violated)
    }
}

/// All synonyms, oldest first.
///
/// There are at most 1,000.
#[utoipa::path(get, path = "/api/v1/admin/search/synonyms", responses(
    (status = 200, description = "The synonyms.", body = Envelope<Vec<SynonymBody>>),
))]
pub(crate) async fn list(State(app): State<App>) -> Result<Answer<Vec<SynonymBody>>, Problem> {
    settings::list::<Synonym>(&app).await
}

/// One synonym.
///
/// With the tag that a change of it names.
#[utoipa::path(get, path = "/api/v1/admin/search/synonyms/{id}", params(("id" = String, Path)), responses(
    (status = 200, description = "The synonym.", body = Envelope<SynonymBody>, headers(("ETag"))),
    (status = 404, description = "`synonym_not_found`."),
))]
pub(crate) async fn show(State(app): State<App>, Path(id): Path<String>) -> Result<Answer<SynonymBody>, Problem> {
    settings::show::<Synonym>(&app, &id).await
}

/// Creates a synonym.
///
/// Searches follow within a second. Forms of a word, and words that differ by case, accents or a hyphen, need no
/// synonym.
#[utoipa::path(post, path = "/api/v1/admin/search/synonyms", request_body = SynonymInput,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses(
        (status = 201, description = "Created.", body = Envelope<SynonymBody>, headers(("ETag"))),
        (status = 409, description = "`too_many_synonyms`: there are 1,000. `idempotency_key_in_flight`."),
        (status = 422, description = "`idempotency_key_reused`: the key was used with another body."),
    )
)]
pub(crate) async fn create(
    State(app): State<App>,
    staff: Identity,
    key: Option<IdempotencyKey>,
    Fingerprinted(body, fingerprint): Fingerprinted<SynonymInput>,
) -> Result<Response, Problem> {
    let id = app.context.ids.synonym(app.context.clock.now());
    settings::create(&app, &staff, key, fingerprint, id, body.define()?).await
}

/// Replaces a synonym.
///
/// Without `input` it goes both ways from now on.
#[utoipa::path(put, path = "/api/v1/admin/search/synonyms/{id}", request_body = SynonymInput,
    params(("id" = String, Path), ("If-Match" = String, Header)),
    responses(
        (status = 200, description = "Replaced.", body = Envelope<SynonymBody>, headers(("ETag"))),
        (status = 404, description = "`synonym_not_found`."),
        (status = 412, description = "`precondition_failed`."),
        (status = 428, description = "`precondition_required`."),
    )
)]
pub(crate) async fn replace(
    State(app): State<App>,
    staff: Identity,
    Path(id): Path<String>,
    RequiredIfMatch(if_match): RequiredIfMatch,
    Body(body): Body<SynonymInput>,
) -> Result<Answer<SynonymBody>, Problem> {
    settings::replace(&app, &staff, &id, &if_match, body.define()?).await
}

/// Deletes a synonym.
///
/// Its words stay words: they are found where they are written.
#[utoipa::path(delete, path = "/api/v1/admin/search/synonyms/{id}",
    params(("id" = String, Path), ("If-Match" = Option<String>, Header)),
    responses(
        (status = 200, description = "Deleted.", body = Envelope<Nothing>),
        (status = 404, description = "`synonym_not_found`."),
        (status = 412, description = "`precondition_failed`."),
    )
)]
pub(crate) async fn delete(
    State(app): State<App>,
    staff: Identity,
    Path(id): Path<String>,
    if_match: IfMatch,
) -> Result<Answer<Nothing>, Problem> {
    settings::delete::<Synonym>(&app, &staff, &id, &if_match).await
}
