//! Staff create, edit and delete coupons.

use axum::Json;
use axum::extract::{Path, State};
use domain::coupon::{Coupon, CouponCode, CouponState};
use kit::http::answer::{Answer, Envelope, Listing, Nothing, listing};
use kit::http::auth::Identity;
use kit::http::body::{Body, Fields, Query};
use kit::http::etag::IfMatch;
use kit::http::paging;
use kit::http::problem::Problem;
use serde::Deserialize;
use store::Commit;
use store::audit::AuditChange;
use store::coupons::CouponConflict;
use utoipa::IntoParams;

use crate::App;
use crate::body::{CouponBody, CouponInput, CouponPatchInput};
use crate::describe::describe;

pub(crate) fn missing() -> Problem {
    Problem::not_found("coupon_not_found", "There is no such coupon.")
}

async fn find(app: &App, code: &str) -> Result<Coupon, Problem> {
    let code = CouponCode::parse(code).map_err(|_| missing())?;
    app.context.store.coupon(&code).await?.ok_or_else(missing)
}

fn conflict(error: Commit<CouponConflict>) -> Problem {
    match error {
        Commit::Refused(CouponConflict::Taken) => {
            Problem::conflict("coupon_code_taken", "A coupon with this code already exists.")
        }
        Commit::Refused(CouponConflict::Changed) => Problem::precondition_failed(),
        Commit::Store(error) => error.into(),
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct CouponsQuery {
    /// Only coupons in this state: `active`, `scheduled`, `ended`, `used_up` or `disabled`.
    state: Option<String>,
    /// Only coupons whose code begins so.
    #[param(example = "SUMMER")]
    code: Option<String>,
    limit: Option<u32>,
    cursor: Option<String>,
}

/// The coupons, sorted by code.
///
/// Inactive and expired ones are in the list too. With a state, a page can be short or empty although more pages follow: go
/// on until `nextCursor` is null.
#[utoipa::path(get, path = "/api/v1/coupons", params(CouponsQuery), responses(
    (status = 200, description = "A page of coupons.", body = Listing<CouponBody>),
))]
pub(crate) async fn list(
    State(app): State<App>,
    Query(query): Query<CouponsQuery>,
) -> Result<Json<Listing<CouponBody>>, Problem> {
    let request = paging::page(query.limit, query.cursor.as_deref())?;
    let mut fields = Fields::default();
    let state = fields.check_optional("state", query.state.as_deref(), |state| {
        CouponState::parse(state).ok_or("must be active, scheduled, ended, used_up or disabled")
    });
    let code = fields.check_optional("code", query.code.as_deref(), CouponCode::parse_beginning);
    let (state, code) = fields.finish((state, code))?;
    let (currency, now) = (app.rates.currency, app.context.clock.now());
    let page = app.context.store.coupons(&code.unwrap_or_default(), state, now, &request).await?;
    Ok(listing("The coupons.", page, request.limit, |coupon| CouponBody::of(&coupon, currency, now)))
}

/// One coupon.
///
/// With the number of orders that use it.
#[utoipa::path(get, path = "/api/v1/coupons/{code}", params(("code" = String, Path)), responses(
    (status = 200, description = "The coupon.", body = Envelope<CouponBody>, headers(("ETag"))),
    (status = 404, description = "`coupon_not_found`."),
))]
pub(crate) async fn show(State(app): State<App>, Path(code): Path<String>) -> Result<Answer<CouponBody>, Problem> {
    let coupon = find(&app, &code).await?;
    let body = CouponBody::of(&coupon, app.rates.currency, app.context.clock.now());
    Ok(Answer::ok("The coupon.", body).with_version(coupon.version))
}

/// Creates a coupon.
///
/// Its code is unique, so a repeated request creates no second one.
#[utoipa::path(post, path = "/api/v1/coupons", request_body = CouponInput, responses(
    (status = 201, description = "Coupon created.", body = Envelope<CouponBody>, headers(("ETag"))),
    (status = 409, description = "`coupon_code_taken`."),
))]
pub(crate) async fn create(
    State(app): State<App>,
    staff: Identity,
    Body(body): Body<CouponInput>,
) -> Result<Answer<CouponBody>, Problem> {
    let code = CouponCode::parse(&body.code).map_err(|error| Problem::field("code", error.to_string()))?;
    let currency = app.rates.currency;
    let now = app.context.clock.now();
    let coupon = Coupon {
        id: app.context.ids.coupon(now),
        code,
        terms: body.into_terms(currency)?,
        used: 0,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let created = AuditChange { before: None, after: Some(describe(&coupon.terms, currency)) };
    let entry = app.context.audit_entry(staff.id(), "coupon.create", &coupon.code, created, now);
    app.context.store.add_coupon(&coupon, &entry).await.map_err(conflict)?;
    Ok(Answer::created("Coupon created.", CouponBody::of(&coupon, currency, now)).with_version(coupon.version))
}

/// Changes a coupon.
///
/// Orders that use it keep their discount.
#[utoipa::path(patch, path = "/api/v1/coupons/{code}", params(("code" = String, Path)), request_body = CouponPatchInput, responses(
    (status = 200, description = "Coupon updated.", body = Envelope<CouponBody>, headers(("ETag"))),
    (status = 404, description = "`coupon_not_found`."),
    (status = 412, description = "`precondition_failed`."),
))]
pub(crate) async fn edit(
    State(app): State<App>,
    staff: Identity,
    Path(code): Path<String>,
    if_match: IfMatch,
    Body(body): Body<CouponPatchInput>,
) -> Result<Answer<CouponBody>, Problem> {
    let before = find(&app, &code).await?;
    if_match.check(before.version)?;
    let currency = app.rates.currency;
    let now = app.context.clock.now();
    let after = Coupon {
        terms: body.apply(&before.terms, currency)?,
        version: before.version + 1,
        updated_at: now,
        ..before.clone()
    };
    let terms = |coupon: &Coupon| Some(describe(&coupon.terms, currency));
    let change = AuditChange { before: terms(&before), after: terms(&after) };
    let entry = app.context.audit_entry(staff.id(), "coupon.edit", &after.code, change, now);
    app.context.store.edit_coupon(&before, &after, &entry).await.map_err(conflict)?;
    Ok(Answer::ok("Coupon updated.", CouponBody::of(&after, currency, now)).with_version(after.version))
}

/// Deletes a coupon.
///
/// Orders that use it keep their discount.
#[utoipa::path(delete, path = "/api/v1/coupons/{code}", params(("code" = String, Path)), responses(
    (status = 200, description = "Coupon deleted.", body = Envelope<Nothing>),
    (status = 404, description = "`coupon_not_found`."),
    (status = 412, description = "`precondition_failed`."),
))]
pub(crate) async fn delete(
    State(app): State<App>,
    staff: Identity,
    Path(code): Path<String>,
    if_match: IfMatch,
) -> Result<Answer<Nothing>, Problem> {
    let coupon = find(&app, &code).await?;
    if_match.check(coupon.version)?;
    let now = app.context.clock.now();
    let deleted = AuditChange { before: Some(describe(&coupon.terms, app.rates.currency)), after: None };
    let entry = app.context.audit_entry(staff.id(), "coupon.delete", &coupon.code, deleted, now);
    app.context.store.delete_coupon(&coupon, &entry).await.map_err(conflict)?;
    Ok(Answer::ok("Coupon deleted.", Nothing))
}
