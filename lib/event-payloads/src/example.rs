//! An example of each payload, for test events and for the docs.

use domain::id::EventId;
use domain::public_event::EventType;
use domain::time::Time;
use serde_json::{Value, json};

use crate::schema::{VERSION, kind};

/// A payload of this type about an object that no shop has.
pub fn example(event_type: EventType, id: EventId, at: Time) -> Value {
    let mut payload = json!({
        "id": id.to_string(),
        "type": event_type.name(),
        "timestamp": at.to_string(),
        "schemaVersion": VERSION,
        "sequence": null,
        "object": { "kind": kind(event_type) },
        "data": null,
    });
    let told: Value = serde_json::from_str(object(event_type)).unwrap_or_default();
    for (name, value) in told.as_object().into_iter().flatten() {
        payload[name] = value.clone();
    }
    payload
}

/// `sequence`, `object` and `data` of the example. Tests write these files from a shop of theirs.
fn object(event_type: EventType) -> &'static str {
    match kind(event_type) {
        "order" => include_str!("../examples/order.json"),
        "product" => include_str!("../examples/product.json"),
        "category" => include_str!("../examples/category.json"),
        "brand" => include_str!("../examples/brand.json"),
        "stock" => include_str!("../examples/stock.json"),
        "review" => include_str!("../examples/review.json"),
        "return" => include_str!("../examples/return.json"),
        _ => include_str!("../examples/customer.json"),
    }
}
