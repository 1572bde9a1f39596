//! The JSON schema of each type of event, made from the schemas of the API's bodies.

use checkout::order_body::OrderBody;
use checkout::return_body::ReturnBody;
use domain::id::{BrandId, CategoryId, EventId, OrderId, ProductId, ReturnId, ReviewId, UserId};
use domain::public_event::EventType;
use kit::http::description::schemas_of;
use kit::http::user::StaffUserBody;
use products::product_body::ProductBody;
use products::review_body::WholeReviewBody;
use products::stock_body::StockLevelBody;
use products::term_body::TermBody;
use serde_json::{Value, json};
use utoipa::ToSchema;

/// The version of all schemas. A schema may get new properties as it is. Who takes one away, or gives one another type,
/// raises the version.
pub(crate) const VERSION: u32 = 1;

/// What an event is about.
pub(crate) fn kind(event_type: EventType) -> &'static str {
    match event_type.name().split('.').next().unwrap_or_default() {
        // It tells of the order with all of its parcels.
        "parcel" => "order",
        kind => kind,
    }
}

/// What an event of this type says.
pub fn about(event_type: EventType) -> &'static str {
    match event_type {
        EventType::OrderPlaced => "An order was placed. It may not be paid yet.",
        EventType::OrderPaid => "The money for an order arrived.",
        EventType::OrderPaymentProcessing => "The buyer paid by a slow method; the bank decides within days.",
        EventType::OrderPaymentFailed => "A payment failed. The buyer can try again until the order expires.",
        EventType::OrderShipped => "An order left the shop.",
        EventType::OrderDelivered => "An order arrived.",
        EventType::OrderCancelled => "The buyer or the shop cancelled an order.",
        EventType::OrderExpired => "An order was not paid in time.",
        EventType::OrderRefunded => "Money of an order was given back, all of it or a part.",
        EventType::OrderRefundFailed => "A refund did not reach the buyer.",
        EventType::OrderReturned => "Units of an order came back, or will not be sent.",
        EventType::OrderDisputeOpened => "The buyer's bank asks about a payment, or took it back.",
        EventType::OrderDisputeClosed => "The buyer's bank decided about a dispute.",
        EventType::ProductChanged => "Something about a product changed, except its stock. It may be new, or deleted.",
        EventType::CategoryChanged => {
            "Customers find the products of a category in another way: its name, slug, parent or state changed."
        }
        EventType::BrandChanged => {
            "Customers find the products of a brand in another way: its name, slug or state changed."
        }
        EventType::StockLow => "The stock of a SKU fell to its threshold or below.",
        EventType::StockBack => "A SKU that was out of stock is available again.",
        EventType::ReviewSubmitted => "A review is new, or was written anew.",
        EventType::ReviewApproved => "Customers see a review.",
        EventType::ReviewRejected => "Staff rejected a review.",
        EventType::ReviewDeleted => "A review was deleted.",
        EventType::ParcelShipped => "One of several parcels of an order left the shop.",
        EventType::ParcelDelivered => "One of several parcels of an order arrived.",
        EventType::ParcelRemoved => {
            "Staff took a parcel out that they had entered by mistake. Its units are still to be sent."
        }
        EventType::CustomerRegistered => "Somebody registered. The mail address may not be proven yet.",
        EventType::CustomerDeleted => "A customer deleted the account. Delete what you keep about this customer.",
        EventType::ReturnRequested => "A buyer asks to send goods back. Staff decide about it.",
        EventType::ReturnApproved => {
            "A buyer may send goods back: staff approved it, or it is a withdrawal, which needs no approval."
        }
        EventType::ReturnDeclined => "Staff declined a return.",
        EventType::ReturnReceived => "The goods of a return arrived.",
        EventType::ReturnCompleted => {
            "The goods of a return were inspected, and its money goes back; or what the buyer gets in exchange was sent."
        }
        EventType::ReturnCancelled => "The buyer keeps the goods after all, or they did not arrive in time.",
        EventType::ReturnExchanging => {
            "The goods of a return were inspected, and what the buyer gets in exchange is still to be sent. Money for other items goes back."
        }
    }
}

/// The schema of the payloads of this type. It is whole: it refers to nothing outside.
pub fn schema(event_type: EventType) -> Value {
    let name = event_type.name();
    let (data, definitions) = data(event_type);
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": format!("urn:kontor:event:{name}:{VERSION}"),
        "title": name,
        "description": about(event_type),
        "type": "object",
        "required": ["id", "type", "timestamp", "schemaVersion", "sequence", "object", "data"],
        "properties": {
            "id": {
                "description": "The event. An event that is delivered twice has the same id.",
                "type": "string",
                "pattern": pattern(EventId::PREFIX),
            },
            "type": { "description": "What happened.", "const": name },
            "timestamp": { "description": "When it happened.", "type": "string", "format": "date-time" },
            "schemaVersion": { "description": "The version of this schema.", "const": VERSION },
            "sequence": {
                "description": "Grows with each change of the object: of two payloads about it, the one with the larger number tells the newer state. Null when the object is gone.",
                "type": ["integer", "null"],
                "minimum": 0,
            },
            "object": object(event_type),
            "data": data,
            "dataOmitted": {
                "description": "Only there if the data would make the payload too large. Ask the API for the object.",
                "const": true,
            },
        },
        "$defs": definitions,
    })
}

fn object(event_type: EventType) -> Value {
    let kind = kind(event_type);
    let id = match kind {
        "order" => json!({ "type": "string", "pattern": pattern(OrderId::PREFIX) }),
        "product" => json!({ "type": "string", "pattern": pattern(ProductId::PREFIX) }),
        "category" => json!({ "type": "string", "pattern": pattern(CategoryId::PREFIX) }),
        "brand" => json!({ "type": "string", "pattern": pattern(BrandId::PREFIX) }),
        "review" => json!({ "type": "string", "pattern": pattern(ReviewId::PREFIX) }),
        "customer" => json!({ "type": "string", "pattern": pattern(UserId::PREFIX) }),
        "return" => json!({ "type": "string", "pattern": pattern(ReturnId::PREFIX) }),
        // A stock level is known by its SKU.
        _ => json!({ "type": "string", "minLength": 1 }),
    };
    let mut object = json!({
        "description": "What the event is about.",
        "type": "object",
        "required": ["kind", "id"],
        "properties": { "kind": { "const": kind }, "id": id },
    });
    if kind == "review" {
        object["required"] = json!(["kind", "id", "productId"]);
        object["properties"]["productId"] = json!({ "type": "string", "pattern": pattern(ProductId::PREFIX) });
    }
    if kind == "return" {
        object["required"] = json!(["kind", "id", "orderId"]);
        object["properties"]["orderId"] = json!({ "type": "string", "pattern": pattern(OrderId::PREFIX) });
    }
    object
}

/// The schema of `data`, and those that it refers to.
fn data(event_type: EventType) -> (Value, Value) {
    match kind(event_type) {
        "order" => body::<OrderBody>(),
        "product" => body::<ProductBody>(),
        "category" | "brand" => body::<TermBody>(),
        "stock" => body::<StockLevelBody>(),
        "review" => body::<WholeReviewBody>(),
        "return" => body::<ReturnBody>(),
        _ => body::<StaffUserBody>(),
    }
}

fn body<T: ToSchema>() -> (Value, Value) {
    let name = T::name();
    let data = json!({
        "description": "The object as it was when the payload was made, as the API answers it to staff. Null when it is gone.",
        "oneOf": [{ "type": "null" }, { "$ref": format!("#/$defs/{name}") }],
    });
    let mut definitions = schemas_of::<T>();
    refer(&mut definitions);
    (data, definitions)
}

/// In the description of the API, schemas stand in another place.
fn refer(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(text) if name == "$ref" => *text = text.replace("#/components/schemas/", "#/$defs/"),
                    member => refer(member),
                }
            }
        }
        Value::Array(entries) => entries.iter_mut().for_each(refer),
        _ => {}
    }
}

/// The form of an id. The letters are those of a ULID.
fn pattern(prefix: &str) -> String {
    format!("^{prefix}[0-9A-HJKMNP-TV-Z]{{26}}$")
}
