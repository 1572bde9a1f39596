//! The parameters of lists.

use domain::id::ProductId;
use domain::order::{MAX_NUMBER, MAX_SHIPMENT, MAX_SOUGHT_WORDS, Method, Status as OrderStatus};
use domain::product::{MAX_ATTRIBUTE, MAX_ATTRIBUTE_NAME, MAX_IDS, MAX_OPTION, MAX_OPTION_NAME, MAX_PRICE};
use domain::product_query::{MAX_BRANDS, MAX_CURSOR, MAX_GROUPS, MAX_NUMBERED, MAX_VALUES, MAX_WORDS, SORTS};
use domain::slug::Slug;
use domain::text::PersonName;
use serde_json::{Value, json};
use store::lists::ProductState;

use super::{MOMENT, ULID, one_of, text};

/// The parameters of lists of products.
pub(super) fn of_products(name: &str) -> Option<Value> {
    let groups = |name_length: usize, value_length: usize| {
        json!({
            "maxProperties": MAX_GROUPS,
            "propertyNames": text(1, name_length),
            "additionalProperties": { "maxItems": MAX_VALUES, "items": text(1, value_length) },
        })
    };
    Some(match name {
        "q" => text(0, MAX_WORDS),
        "category" => text(1, Slug::MAX_LENGTH),
        "brand" => {
            json!({ "minLength": 1, "pattern": format!("^[^,]+(,[^,]+){{0,{}}}$", MAX_BRANDS - 1) })
        }
        "minPrice" | "maxPrice" => json!({ "minimum": 0, "maximum": MAX_PRICE }),
        "rating" => json!({ "minimum": 1, "maximum": 5 }),
        "attributes" => groups(MAX_ATTRIBUTE_NAME, MAX_ATTRIBUTE),
        "options" => groups(MAX_OPTION_NAME, MAX_OPTION),
        "sort" => json!({ "enum": SORTS }),
        "status" => {
            let states = ProductState::ALL.map(|state| state.name().to_ascii_lowercase()).join("|");
            json!({ "pattern": format!("^({states})(,({states})){{0,3}}$") })
        }
        "facets" => json!({ "default": true }),
        "page" => json!({ "minimum": 1, "maximum": MAX_NUMBERED }),
        "cursor" => text(1, MAX_CURSOR),
        "ids" => ids(ProductId::PREFIX, MAX_IDS),
        _ => return None,
    })
}

/// At most so many ids with commas between them.
pub(super) fn ids(prefix: &str, max: usize) -> Value {
    let id = format!("{prefix}[{ULID}]{{26}}");
    json!({ "pattern": format!("^{id}(,{id}){{0,{}}}$", max - 1) })
}

/// The parameters of the list of all orders.
pub(super) fn of_orders(name: &str) -> Option<Value> {
    Some(match name {
        "number" => text(1, MAX_NUMBER),
        "q" => text(1, MAX_SOUGHT_WORDS),
        "trackingCode" => {
            json!({ "minLength": 1, "maxLength": MAX_SHIPMENT, "pattern": "^[ -~]*[A-Za-z0-9][ -~]*$" })
        }
        "documentNumber" => json!({ "pattern": "^(IN|CN|CC|in|cn|cc)-[0-9]{4}-[0-9]{6,12}$" }),
        "paymentIntent" => json!({ "maxLength": 255, "pattern": "^pi_[A-Za-z0-9_]+$" }),
        "name" => text(2, PersonName::MAX_LENGTH),
        "from" | "to" => json!({ "pattern": MOMENT }),
        "status" => {
            let one = OrderStatus::ALL.map(OrderStatus::name).join("|");
            json!({ "pattern": format!("^({one})(,({one}))*$") })
        }
        "paymentMethod" => json!({ "enum": one_of(Method::ALL) }),
        "order" => json!({ "enum": ["newest", "oldest"], "default": "newest" }),
        _ => return None,
    })
}
