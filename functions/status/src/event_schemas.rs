//! `GET /api/v1/events/schemas/{type}`: the published JSON schemas of public events.

use axum::extract::Path;
use axum::http::{HeaderName, header};
use kit::http::problem::Problem;

macro_rules! published {
    ($($event_type:literal),+ $(,)?) => {
        /// The types of public events and their schemas. A test compares the list with the types that there are.
        pub const EVENT_SCHEMAS: &[(&str, &str)] =
            &[$(($event_type, include_str!(concat!("../../../docs/events/", $event_type, ".json")))),+];
    };
}

published! {
    "order.placed",
    "order.paid",
    "order.payment_processing",
    "order.payment_failed",
    "order.shipped",
    "order.delivered",
    "order.cancelled",
    "order.expired",
    "order.refunded",
    "order.refund_failed",
    "order.returned",
    "order.dispute_opened",
    "order.dispute_closed",
    "product.changed",
    "category.changed",
    "brand.changed",
    "stock.low",
    "stock.back",
    "review.submitted",
    "review.approved",
    "review.rejected",
    "review.deleted",
    "customer.registered",
    "customer.deleted",
    "parcel.shipped",
    "parcel.delivered",
    "parcel.removed",
    "return.requested",
    "return.approved",
    "return.declined",
    "return.received",
    "return.completed",
    "return.cancelled",
    "return.exchanging",
}

/// The JSON schema of a type of public events.
///
/// What events on the event bus tell. It may be cached for five minutes.
#[utoipa::path(get, path = "/api/v1/events/schemas/{type}",
    params(("type" = String, Path, description = "A type of events, such as `order.paid`.")),
    responses(
        (status = 200, description = "A JSON schema, draft 2020-12.", body = Object),
        (status = 404, description = "`event_type_not_found`."),
    )
)]
pub(crate) async fn show(Path(name): Path<String>) -> Result<([(HeaderName, &'static str); 2], &'static str), Problem> {
    let found = EVENT_SCHEMAS.iter().find(|(event_type, _)| *event_type == name);
    let missing = || Problem::not_found("event_type_not_found", "There is no such type of events.");
    let (_, schema) = found.ok_or_else(missing)?;
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "public, max-age=300")];
    Ok((headers, *schema))
}
