//! Rules: staff pin products to a query, so that they come first.

use axum::extract::{Path, State};
use axum::response::Response;
use domain::search::{SearchRule, SearchSetting};
use kit::http::answer::{Answer, Envelope, Nothing};
use kit::http::auth::Identity;
use kit::http::body::{Body, Fingerprinted};
use kit::http::etag::{IfMatch, RequiredIfMatch};
use kit::http::idempotency::IdempotencyKey;
use kit::http::problem::{Detail, Problem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::App;
use crate::settings::{self, Shown, violated};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SearchRuleInput {
    /// The whole query. Case, accents, spaces and hyphens do not matter.
    query: String,
    /// The products that come first, in this order.
    product_ids: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SearchRuleBody {
    id: String,
    /// The whole query. Case, accents, spaces and hyphens do not matter.
    query: String,
    /// The products that come first, in this order. Some may be deleted or not on sale by now; these are not shown.
    product_ids: Vec<String>,
    created_at: String,
    updated_at: String,
}

impl Shown for SearchRule {
    type Body = SearchRuleBody;
    const NOT_FOUND: &'static str = "search_rule_not_found";
    const TOO_MANY: &'static str = "too_many_search_rules";

    fn body(setting: &SearchSetting<Self>) -> SearchRuleBody {
        SearchRuleBody {
            id: setting.id.to_string(),
            query: setting.content.query.clone(),
            product_ids: setting.content.products.iter().map(ToString::to_string).collect(),
            created_at: setting.created_at.to_string(),
            updated_at: setting.updated_at.to_string(),
        }
    }

    /// Its products exist now. Those that are deleted later do no harm.
    async fn check(&self, app: &App) -> Result<(), Problem> {
        let found = app.context.store.products(&self.products).await?;
        let exists = |id| found.iter().any(|product| product.id == id && product.deleted_at.is_none());
        let missing = self.products.iter().enumerate().filter(|(_, id)| !exists(**id));
        let refuse = |(at, _)| Detail { field: format!("productIds[{at}]"), message: "does not exist".to_owned() };
        let details: Vec<Detail> = missing.map(refuse).collect();
        if details.is_empty() { Ok(()) } else { Err(Problem::validation(details)) }
    }
}

impl SearchRuleInput {
    fn define(&self) -> Result<SearchRule, Problem> {
        SearchRule::define(&self.query, &self.product_ids).map_err(violated)
    }
}

/// All rules of the search, oldest first.
///
/// There are at most 500.
#[utoipa::path(get, path = "/api/v1/admin/search/rules", responses(
    (status = 200, description = "The rules.", body = Envelope<Vec<SearchRuleBody>>),
))]
pub(crate) async fn list(State(app): State<App>) -> Result<Answer<Vec<SearchRuleBody>>, Problem> {
    settings::list::<SearchRule>(&app).await
}

/// One rule of the search.
///
/// With the tag that a change of it names.
#[utoipa::path(get, path = "/api/v1/admin/search/rules/{id}", params(("id" = String, Path)), responses(
    (status = 200, description = "The rule.", body = Envelope<SearchRuleBody>, headers(("ETag"))),
    (status = 404, description = "`search_rule_not_found`."),
))]
pub(crate) async fn show(State(app): State<App>, Path(id): Path<String>) -> Result<Answer<SearchRuleBody>, Problem> {
    settings::show::<SearchRule>(&app, &id).await
}

/// Pins products to a query.
///
/// A search for exactly this query shows them first if it is sorted by relevance, whether they have its words or not.
/// Filters hold for them too, and customers see only those that are on sale.
#[utoipa::path(post, path = "/api/v1/admin/search/rules", request_body = SearchRuleInput,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses(
        (status = 201, description = "Created.", body = Envelope<SearchRuleBody>, headers(("ETag"))),
        (status = 409, description = "`search_query_taken`. `too_many_search_rules`: there are 500. `idempotency_key_in_flight`."),
        (status = 422, description = "`idempotency_key_reused`: the key was used with another body."),
    )
)]
pub(crate) async fn create(
    State(app): State<App>,
    staff: Identity,
    key: Option<IdempotencyKey>,
    Fingerprinted(body, fingerprint): Fingerprinted<SearchRuleInput>,
) -> Result<Response, Problem> {
    let id = app.context.ids.search_rule(app.context.clock.now());
    settings::create(&app, &staff, key, fingerprint, id, body.define()?).await
}

/// Replaces a rule of the search.
///
/// All of its products must exist, those that it had before too.
#[utoipa::path(put, path = "/api/v1/admin/search/rules/{id}", request_body = SearchRuleInput,
    params(("id" = String, Path), ("If-Match" = String, Header)),
    responses(
        (status = 200, description = "Replaced.", body = Envelope<SearchRuleBody>, headers(("ETag"))),
        (status = 404, description = "`search_rule_not_found`."),
        (status = 409, description = "`search_query_taken`."),
        (status = 412, description = "`precondition_failed`."),
        (status = 428, description = "`precondition_required`."),
    )
)]
pub(crate) async fn replace(
    State(app): State<App>,
    staff: Identity,
    Path(id): Path<String>,
    RequiredIfMatch(if_match): RequiredIfMatch,
    Body(body): Body<SearchRuleInput>,
) -> Result<Answer<SearchRuleBody>, Problem> {
    settings::replace(&app, &staff, &id, &if_match, body.define()?).await
}

/// Deletes a rule of the search.
///
/// Its products stay as they are.
#[utoipa::path(delete, path = "/api/v1/admin/search/rules/{id}",
    params(("id" = String, Path), ("If-Match" = Option<String>, Header)),
    responses(
        (status = 200, description = "Deleted.", body = Envelope<Nothing>),
        (status = 404, description = "`search_rule_not_found`."),
        (status = 412, description = "`precondition_failed`."),
    )
)]
pub(crate) async fn delete(
    State(app): State<App>,
    staff: Identity,
    Path(id): Path<String>,
    if_match: IfMatch,
) -> Result<Answer<Nothing>, Problem> {
    settings::delete::<SearchRule>(&app, &staff, &id, &if_match).await
}
