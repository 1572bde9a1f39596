//! Staff create, edit, sort and delete shipping methods. The list is decided on and written as a whole: a change that
//! was overtaken by another one is decided again.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use domain::id::ShippingMethodId;
use domain::shipping::{ListRefusal, ShippingMethod, ShippingMethods};
use kit::http::answer::{Answer, Envelope, Nothing};
use kit::http::auth::Identity;
use kit::http::body::{Body, Fingerprinted};
use kit::http::etag::IfMatch;
use kit::http::idempotency::{IdempotencyKey, IdempotentRequest};
use kit::http::problem::Problem;
use store::Commit;
use store::audit::{AuditChange, AuditEntry};
use store::retry::{Attempt, retry};
use store::shipping::ShippingConflict;

use crate::App;
use crate::body::ShippingMethodBody;
use crate::describe::describe;
use crate::input::{ShippingMethodInput, ShippingMethodPatchInput};

/// All shipping methods, in the order that buyers see.
///
/// There are at most 20. Before staff change anything, there is the one of the shop's configuration.
#[utoipa::path(get, path = "/api/v1/admin/shipping-methods", responses(
    (status = 200, description = "The shipping methods.", body = Envelope<Vec<ShippingMethodBody>>),
))]
pub(crate) async fn list(State(app): State<App>) -> Result<Answer<Vec<ShippingMethodBody>>, Problem> {
    let list = app.methods().await?;
    let methods = list.methods.iter().map(|method| app.body(&list, method));
    Ok(Answer::ok("The shipping methods.", methods.collect()))
}

/// One shipping method.
///
/// With the tag that a change of it names.
#[utoipa::path(get, path = "/api/v1/admin/shipping-methods/{id}", params(("id" = String, Path)), responses(
    (status = 200, description = "The shipping method.", body = Envelope<ShippingMethodBody>, headers(("ETag"))),
    (status = 404, description = "`shipping_method_not_found`."),
))]
pub(crate) async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Answer<ShippingMethodBody>, Problem> {
    let list = app.methods().await?;
    app.answer("The shipping method.", &list, parse(&id)?)
}

/// Creates a shipping method.
///
/// Orders and quotes follow at once, carts within seconds. The first change of staff also writes down the method that the
/// shop has from its configuration; from then on the configuration changes nothing.
#[utoipa::path(post, path = "/api/v1/admin/shipping-methods", request_body = ShippingMethodInput,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses(
        (status = 201, description = "Created.", body = Envelope<ShippingMethodBody>, headers(("ETag"))),
        (status = 409, description = "`too_many_shipping_methods`: there are 20. `idempotency_key_in_flight`."),
        (status = 422, description = "`idempotency_key_reused`: the key was used with another body."),
    )
)]
pub(crate) async fn create(
    State(app): State<App>,
    staff: Identity,
    key: Option<IdempotencyKey>,
    Fingerprinted(body, fingerprint): Fingerprinted<ShippingMethodInput>,
) -> Result<Response, Problem> {
    let (store, now) = (&app.context.store, app.context.clock.now());
    let request = key.map(|key| key.for_request(&staff.id().to_string(), "shipping-methods", fingerprint));
    if let Some(request) = &request
        && let Some(replay) = request.replay(store, now).await?
    {
        return Ok(replay);
    }
    let asked = body.parse(app.rates.currency)?;
    let id = app.context.ids.shipping_method(now);
    let new = ShippingMethod { id, terms: asked.terms, version: 1, created_at: now, updated_at: now };
    retry("the shipping methods", || async {
        let before = app.methods().await?;
        let after = before.with(new.clone(), asked.position).map_err(refused)?;
        let answer = Answer::created("Created.", app.body(&after, &new)).with_version(new.version);
        let record = request.as_ref().map(|request| request.record_answer(&answer, now)).transpose()?;
        let entry = app.audit_entry(&staff, "create", id, &before, &after);
        match store.save_shipping_methods(&after, record.as_ref(), &entry).await {
            Ok(()) => Ok(Attempt::Done(answer.into_response())),
            Err(Commit::Refused(ShippingConflict::Changed)) => Ok(Attempt::Overtaken),
            Err(Commit::Refused(ShippingConflict::Repeated)) => match &request {
                Some(request) => Ok(Attempt::Done(request.replay_committed(store, now).await?)),
                None => Err(IdempotentRequest::in_flight()),
            },
            Err(Commit::Store(error)) => Err(error.into()),
        }
    })
    .await
}

/// Changes or moves a shipping method.
///
/// Orders keep the method and the price that they were placed with.
#[utoipa::path(patch, path = "/api/v1/admin/shipping-methods/{id}", request_body = ShippingMethodPatchInput,
    params(("id" = String, Path), ("If-Match" = Option<String>, Header)),
    responses(
        (status = 200, description = "Changed.", body = Envelope<ShippingMethodBody>, headers(("ETag"))),
        (status = 404, description = "`shipping_method_not_found`."),
        (status = 412, description = "`precondition_failed`."),
    )
)]
pub(crate) async fn edit(
    State(app): State<App>,
    staff: Identity,
    Path(id): Path<String>,
    if_match: IfMatch,
    Body(body): Body<ShippingMethodPatchInput>,
) -> Result<Answer<ShippingMethodBody>, Problem> {
    let id = parse(&id)?;
    retry("the shipping methods", || async {
        let before = app.methods().await?;
        let method = before.find(id).ok_or_else(missing)?;
        if_match.check(method.version)?;
        let asked = body.apply(&method.terms, app.rates.currency)?;
        let now = app.context.clock.now();
        let after = before.changed(id, asked.terms, asked.position, now).map_err(refused)?;
        let entry = app.audit_entry(&staff, "edit", id, &before, &after);
        let answer = app.answer("Changed.", &after, id)?;
        app.save(&after, &entry, answer).await
    })
    .await
}

/// Deletes a shipping method.
///
/// Orders keep the method and the price that they were placed with. Without any method the shop ships nowhere.
#[utoipa::path(delete, path = "/api/v1/admin/shipping-methods/{id}",
    params(("id" = String, Path), ("If-Match" = Option<String>, Header)),
    responses(
        (status = 200, description = "Deleted.", body = Envelope<Nothing>),
        (status = 404, description = "`shipping_method_not_found`."),
        (status = 412, description = "`precondition_failed`."),
    )
)]
pub(crate) async fn delete(
    State(app): State<App>,
    staff: Identity,
    Path(id): Path<String>,
    if_match: IfMatch,
) -> Result<Answer<Nothing>, Problem> {
    let id = parse(&id)?;
    retry("the shipping methods", || async {
        let before = app.methods().await?;
        let method = before.find(id).ok_or_else(missing)?;
        if_match.check(method.version)?;
        let after = before.without(id).map_err(refused)?;
        let entry = app.audit_entry(&staff, "delete", id, &before, &after);
        app.save(&after, &entry, Answer::ok("Deleted.", Nothing)).await
    })
    .await
}

impl App {
    async fn methods(&self) -> Result<ShippingMethods, Problem> {
        Ok(order_processing::shipping_methods(&self.context.store, &self.rates).await?)
    }

    /// The answer, if the list was still as it was read.
    async fn save<T>(
        &self,
        after: &ShippingMethods,
        entry: &AuditEntry,
        answer: Answer<T>,
    ) -> Result<Attempt<Answer<T>>, Problem> {
        match self.context.store.save_shipping_methods(after, None, entry).await {
            Ok(()) => Ok(Attempt::Done(answer)),
            Err(Commit::Refused(_)) => Ok(Attempt::Overtaken),
            Err(Commit::Store(error)) => Err(error.into()),
        }
    }

    fn body(&self, list: &ShippingMethods, method: &ShippingMethod) -> ShippingMethodBody {
        ShippingMethodBody::of(method, list, self.rates.currency)
    }

    fn answer(
        &self,
        message: &str,
        list: &ShippingMethods,
        id: ShippingMethodId,
    ) -> Result<Answer<ShippingMethodBody>, Problem> {
        let method = list.find(id).ok_or_else(missing)?;
        Ok(Answer::ok(message, self.body(list, method)).with_version(method.version))
    }

    fn audit_entry(
        &self,
        staff: &Identity,
        verb: &str,
        id: ShippingMethodId,
        before: &ShippingMethods,
        after: &ShippingMethods,
    ) -> AuditEntry {
        let words = |list: &ShippingMethods| {
            let method = list.find(id)?;
            Some(describe(&method.terms, list.position(id), self.rates.currency))
        };
        let change = AuditChange { before: words(before), after: words(after) };
        let action = format!("shipping-method.{verb}");
        self.context.audit_entry(staff.id(), &action, id, change, self.context.clock.now())
    }
}

fn parse(id: &str) -> Result<ShippingMethodId, Problem> {
    ShippingMethodId::parse(id).map_err(|_| missing())
}

fn missing() -> Problem {
    Problem::not_found("shipping_method_not_found", "There is no such shipping method.")
}

fn refused(refusal: ListRefusal) -> Problem {
    match refusal {
        ListRefusal::Missing => missing(),
        ListRefusal::TooMany => {
            let message = format!("There can be at most {} shipping methods. Delete one first.", ShippingMethods::MAX);
            Problem::conflict("too_many_shipping_methods", message)
        }
    }
}
