//! Staff send an order in several parcels.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use checkout::order_body::OrderBody;
use checkout::{NamedLine, OrderAccess, check_lines, check_shipment};
use domain::id::{OrderId, ParcelId};
use domain::order::{Actor, NewParcel, Order, ParcelChange, ParcelRefusal, Purchase, Transition};
use domain::time::Time;
use kit::http::answer::{Answer, Envelope};
use kit::http::auth::Identity;
use kit::http::body::{Body, Fields, Fingerprinted, Object};
use kit::http::idempotency::{IdempotencyKey, Once, REPLAYED};
use kit::http::problem::Problem;
use order_processing::ChangeError;
use serde::Deserialize;
use store::idempotency::IdempotencyRecord;
use store::orders::SideEffects;
use utoipa::ToSchema;

use crate::App;
use crate::cancel::{problem_of, refused};
use crate::staff::change::check_note;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ParcelInput {
    /// What is in the parcel. Default: all that is still to be sent.
    #[schema(value_type = Option<Vec<ParcelItemInput>>)]
    items: Option<Vec<Object<ParcelItemInput>>>,
    carrier: Option<String>,
    tracking_code: Option<String>,
    /// Goes into the order's history. Without it, an order whose payment is disputed is not sent.
    note: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ParcelItemInput {
    /// The id of the order's line.
    id: String,
    /// How many units of it are in the parcel.
    quantity: u32,
}

/// Missing fields stay as they are.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ParcelPatchInput {
    carrier: Option<String>,
    tracking_code: Option<String>,
    /// `delivered`: the parcel arrived.
    status: Option<String>,
}

/// Sends a parcel of an order.
///
/// With the last one the order is `shipped`; until then it is `processing`, and its `fulfillmentStatus` is
/// `partially_shipped`. The buyer gets a mail about each parcel. The same Idempotency-Key sends one parcel.
#[utoipa::path(post, path = "/api/v1/admin/orders/{id}/parcels", request_body = ParcelInput,
    params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    responses(
        (status = 201, description = "The order with its parcels.", body = Envelope<OrderBody>),
        (status = 404, description = "`order_not_found`."),
        (status = 409, description = "`order_number_ambiguous`. `order_status_conflict`: nothing of the order can be sent now. `payment_disputed`: send it with a note that says why, or not at all. `all_items_returned`. `too_many_parcels`."),
        (status = 422, description = "`idempotency_key_reused`: with another body."),
    )
)]
pub(crate) async fn send(
    State(app): State<App>,
    staff: Identity,
    Path(id): Path<String>,
    key: IdempotencyKey,
    Fingerprinted(body, fingerprint): Fingerprinted<ParcelInput>,
) -> Result<Response, Problem> {
    let now = app.context.clock.now();
    let parcel = body.parse(app.context.ids.parcel(now))?;
    let id = app.order_named(&id).await?;
    let request = key.for_request(&staff.id().to_string(), &format!("parcels-{id}"), fingerprint);
    let actor = Actor::Staff(staff.id());
    let record = request.record_created(parcel.id, now);
    let sent = app.change_parcels(id, actor, Some(record), |order, purchase, now| {
        order.parcel_shipped(purchase, &parcel, actor, now).map(Some)
    });
    match Box::pin(request.once(&app.context.store, now, sent)).await? {
        Once::Now(order) => Ok(Answer::created("Parcel sent.", order).into_response()),
        Once::Before(_) => app.replay_parcel(id, actor).await,
    }
}

/// Corrects a parcel, or says that it arrived.
///
/// When all parcels have arrived, and nothing is left to send, the order is `delivered`. A value that the parcel already has changes nothing.
#[utoipa::path(patch, path = "/api/v1/admin/orders/{id}/parcels/{parcel}", request_body = ParcelPatchInput,
    params(("id" = String, Path), ("parcel" = String, Path)),
    responses(
        (status = 200, description = "The order with its parcels.", body = Envelope<OrderBody>),
        (status = 404, description = "`order_not_found`. `parcel_not_found`."),
        (status = 409, description = "`order_number_ambiguous`. `order_status_conflict`."),
    )
)]
pub(crate) async fn change(
    State(app): State<App>,
    staff: Identity,
    Path((id, parcel)): Path<(String, String)>,
    Body(body): Body<ParcelPatchInput>,
) -> Result<Answer<OrderBody>, Problem> {
    let change = body.parse()?;
    let parcel = parcel_named(&parcel)?;
    let id = app.order_named(&id).await?;
    let actor = Actor::Staff(staff.id());
    let changed =
        app.change_parcels(id, actor, None, |order, _, now| order.parcel_changed(parcel, &change, actor, now));
    Ok(Answer::ok("Parcel changed.", changed.await?))
}

/// Takes a parcel out that was entered by mistake.
///
/// Its units are still to be sent after that, and the order is `processing`. The buyer may have got the mail about it.
#[utoipa::path(delete, path = "/api/v1/admin/orders/{id}/parcels/{parcel}",
    params(("id" = String, Path), ("parcel" = String, Path)),
    responses(
        (status = 200, description = "The order with the parcels that stay.", body = Envelope<OrderBody>),
        (status = 404, description = "`order_not_found`. `parcel_not_found`."),
        (status = 409, description = "`order_number_ambiguous`. `order_status_conflict`. `parcel_delivered`. `parcel_returned`."),
    )
)]
pub(crate) async fn remove(
    State(app): State<App>,
    staff: Identity,
    Path((id, parcel)): Path<(String, String)>,
) -> Result<Answer<OrderBody>, Problem> {
    let parcel = parcel_named(&parcel)?;
    let id = app.order_named(&id).await?;
    let actor = Actor::Staff(staff.id());
    let removed = app.change_parcels(id, actor, None, |order, purchase, now| {
        order.parcel_removed(purchase, parcel, actor, now).map(Some)
    });
    Ok(Answer::ok("Parcel taken out.", removed.await?))
}

fn parcel_missing() -> Problem {
    Problem::not_found("parcel_not_found", "This parcel does not exist.")
}

fn parcel_named(id: &str) -> Result<ParcelId, Problem> {
    ParcelId::parse(id).map_err(|_| parcel_missing())
}

fn parcel_refused(refusal: &ParcelRefusal) -> Problem {
    let message = refusal.to_string();
    let code = match refusal {
        ParcelRefusal::Order(refusal) => return refused(refusal),
        ParcelRefusal::UnknownParcel => return parcel_missing(),
        ParcelRefusal::UnknownLine(variant) | ParcelRefusal::TooMany { variant, .. } => {
            return Problem::field(&format!("items.{variant}"), message);
        }
        ParcelRefusal::TooManyParcels => "too_many_parcels",
        ParcelRefusal::Delivered => "parcel_delivered",
        ParcelRefusal::Returned => "parcel_returned",
    };
    Problem::conflict(code, format!("This cannot be done: {message}."))
}

impl App {
    /// Commits a change by staff, with its entry in the audit trail.
    async fn change_parcels(
        &self,
        id: OrderId,
        actor: Actor,
        idempotency_record: Option<IdempotencyRecord>,
        decide: impl Fn(&Order, &Purchase, Time) -> Result<Option<Transition>, ParcelRefusal>,
    ) -> Result<OrderBody, Problem> {
        let audit = self.audit(actor, "order.parcel", id, self.context.clock.now());
        let side_effects = SideEffects { audit, idempotency_record, ..SideEffects::NONE };
        let changed: Result<_, ChangeError<ParcelRefusal>> =
            self.checkout.orders.change(id, &side_effects, decide).await;
        let found = changed.map_err(|error| problem_of(error, |refusal| parcel_refused(&refusal)))?;
        Ok(OrderBody::of(&found.order, &found.purchase, &self.images_url, actor))
    }

    /// The order as it is now.
    async fn replay_parcel(&self, id: OrderId, actor: Actor) -> Result<Response, Problem> {
        let found = self.context.store.order_and_purchase(id).await?.ok_or_else(OrderAccess::missing)?;
        let body = OrderBody::of(&found.order, &found.purchase, &self.images_url, actor);
        Ok((REPLAYED, Answer::created("Parcel sent.", body)).into_response())
    }
}

impl ParcelInput {
    fn parse(self, id: ParcelId) -> Result<NewParcel, Problem> {
        let mut fields = Fields::default();
        let shipment = check_shipment(&mut fields, "", self.carrier, self.tracking_code);
        let note = check_note(&mut fields, self.note);
        let named = |Object(line): Object<ParcelItemInput>| NamedLine { id: line.id, quantity: line.quantity };
        let lines = check_lines(&mut fields, self.items.map(|items| items.into_iter().map(named)));
        let (shipment, note, lines) = fields.finish((shipment, note, lines))?;
        Ok(NewParcel { id, lines, shipment: shipment.unwrap_or_default(), note })
    }
}

impl ParcelPatchInput {
    fn parse(self) -> Result<ParcelChange, Problem> {
        let mut fields = Fields::default();
        let shipment = check_shipment(&mut fields, "", self.carrier, self.tracking_code);
        let status = fields.check_optional("status", self.status, |status| match status.as_str() {
            "delivered" => Ok(()),
            _ => Err("must be delivered"),
        });
        let (shipment, status) = fields.finish((shipment, status))?;
        if shipment.is_none() && status.is_none() {
            return Err(Problem::field("status", "is required, or carrier or trackingCode"));
        }
        let shipment = shipment.unwrap_or_default();
        Ok(ParcelChange {
            carrier: shipment.carrier,
            tracking_code: shipment.tracking_code,
            is_delivered: status.is_some(),
        })
    }
}
