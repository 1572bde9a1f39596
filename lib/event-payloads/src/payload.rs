//! The form of a payload.

use domain::public_event::{EventObject, PublicEvent};
use serde::Serialize;
use store::StoreError;

use crate::current::{Current, Data};
use crate::schema::VERSION;

/// The most bytes of a payload. An event on EventBridge has at most 256 KB with everything around its payload; the table
/// and the queues take more.
pub const MAX_PAYLOAD: usize = 250_000;

#[derive(Debug, thiserror::Error)]
pub enum PayloadError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the payload cannot be written: {0}")]
    Json(#[from] serde_json::Error),
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Payload<'a> {
    id: String,
    #[serde(rename = "type")]
    event_type: &'static str,
    timestamp: String,
    schema_version: u32,
    /// `None` if the object is gone.
    sequence: Option<u64>,
    object: ObjectBody,
    data: Option<&'a Data>,
    /// The data would make the payload larger than [`MAX_PAYLOAD`].
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    data_omitted: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ObjectBody {
    kind: &'static str,
    id: String,
    /// The product of a review.
    #[serde(skip_serializing_if = "Option::is_none")]
    product_id: Option<String>,
    /// The order of a return.
    #[serde(skip_serializing_if = "Option::is_none")]
    order_id: Option<String>,
}

impl ObjectBody {
    fn of(object: &EventObject) -> Self {
        let (kind, id) = match object {
            EventObject::Order(id) => ("order", id.to_string()),
            EventObject::Product(id) => ("product", id.to_string()),
            EventObject::Category(id) => ("category", id.to_string()),
            EventObject::Brand(id) => ("brand", id.to_string()),
            EventObject::Stock(sku) => ("stock", sku.to_string()),
            EventObject::Review { review_id, .. } => ("review", review_id.to_string()),
            EventObject::Customer(id) => ("customer", id.to_string()),
            EventObject::Return { return_id, .. } => ("return", return_id.to_string()),
        };
        let product_id = match object {
            EventObject::Review { product_id, .. } => Some(product_id.to_string()),
            _ => None,
        };
        let order_id = match object {
            EventObject::Return { order_id, .. } => Some(order_id.to_string()),
            _ => None,
        };
        Self { kind, id, product_id, order_id }
    }
}

/// The payload of an event about this object, `None` if the object is gone.
pub(crate) fn text(event: &PublicEvent, current: Option<&Current>) -> Result<String, PayloadError> {
    let mut payload = Payload {
        id: event.id.to_string(),
        event_type: event.event_type.name(),
        timestamp: event.at.to_string(),
        schema_version: VERSION,
        sequence: current.map(|current| current.sequence),
        object: ObjectBody::of(&event.object),
        data: current.map(|current| &current.data),
        data_omitted: false,
    };
    let whole = serde_json::to_string(&payload)?;
    if whole.len() <= MAX_PAYLOAD {
        return Ok(whole);
    }
    (payload.data, payload.data_omitted) = (None, true);
    Ok(serde_json::to_string(&payload)?)
}
