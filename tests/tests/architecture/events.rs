//! The schemas of public events in `docs/events`, and the examples of their payloads. They are files, so that a review sees
//! each change and others can read them. `make update` writes them again, but never a change that would break a program
//! which reads events by the schema that was published.

use std::collections::BTreeSet;

use axum::http::Method;
use domain::public_event::{EventType, PublicEvent};
use event_payloads::{Payloads, about, example, schema};
use harness::contract::check_alone;
use harness::orders::{PlacedOrder, guest_order};
use harness::products::{make, staffed, usd};
use harness::shop::Shop;
use harness::template::root;
use kit::runtime::ids::Ids;
use serde_json::{Value, json};
use stripe_stand_in::Card;

use crate::contract::compare;

fn file(event_type: EventType) -> String {
    format!("docs/events/{}.json", event_type.name())
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap() + "\n"
}

#[test]
fn the_schemas_are_up_to_date_and_break_no_program_that_reads_events() {
    for &event_type in EventType::ALL {
        let now = schema(event_type);
        let published = std::fs::read_to_string(root().join(file(event_type))).unwrap_or_default();
        if let Ok(published) = serde_json::from_str::<Value>(&published)
            && published["$id"] == now["$id"]
        {
            let broken = breaks(&published, &now);
            assert!(broken.is_empty(), "{}: {broken:#?}\na change like this needs a new VERSION", event_type.name());
        }
        compare(&file(event_type), &pretty(&now));
    }
    let published = std::fs::read_dir(root().join("docs/events")).unwrap().count();
    assert_eq!(published, EventType::ALL.len(), "a published type stays");
}

#[test]
fn the_page_about_events_says_what_each_type_means() {
    let page = std::fs::read_to_string(root().join("docs/events.md")).unwrap();
    for &event_type in EventType::ALL {
        let line = format!("| [`{0}`](events/{0}.json) | {1} |", event_type.name(), about(event_type));
        assert!(page.contains(&line), "{line}");
    }
}

#[test]
fn every_example_fits_its_schema() {
    let now = Shop::start_time();
    for &event_type in EventType::ALL {
        let payload = example(event_type, Ids::seeded(1).event(now), now);
        check_alone(&schema(event_type), &payload).unwrap_or_else(|why| panic!("{}: {why}", event_type.name()));
    }
}

/// The payload of the newest event of this type.
async fn payload(shop: &Shop, event_type: EventType) -> Value {
    let outbox = shop.table.items_under("OUTBOX#").into_values();
    let public = |item: Value| {
        let event = serde_json::from_value(item["event"].clone()).unwrap();
        let id = serde_json::from_value(item["id"].clone()).unwrap();
        domain::public_event::public_event_for(id, &event, shop.now())
    };
    let event: PublicEvent = outbox.filter_map(public).rfind(|event| event.event_type == event_type).unwrap();
    let payloads = Payloads::new(shop.table.store_of("events"), "https://images.example.com");
    serde_json::from_str(&payloads.render(&event, shop.now()).await.unwrap()).unwrap()
}

#[tokio::test]
async fn the_examples_are_what_a_shop_tells() {
    let (shop, staff) = staffed().await;
    let mut terms = Vec::new();
    for (list, name) in [("categories", "Shirts"), ("brands", "Harbour")] {
        let made = shop.post(&format!("/api/v1/{list}"), &json!({ "name": name })).by(&staff).send().await.expect(201);
        let path = format!("/api/v1/{list}/{}", made.data()["id"].as_str().unwrap());
        let slug = json!({ "slug": format!("{}-new", name.to_lowercase()) });
        shop.request(Method::PATCH, &path).json(&slug).by(&staff).send().await.expect(200);
        terms.push(made.data()["id"].clone());
    }
    let variant = |size: &str| json!({ "sku": format!("SHIRT-BLUE-{size}"), "options": { "Size": size }, "price": usd(1999), "stock": 7 });
    let product = json!({
        "name": "Blue shirt", "description": "A shirt of soft cotton.", "status": "active", "categoryIds": [terms[0]], "brandId": terms[1],
        "attributes": { "Material": "Cotton" }, "options": ["Size"], "variants": [variant("M"), variant("L")],
    });
    let product_id = make(&shop, &staff, &product).await["id"].clone();
    let low = json!({ "adjust": -4, "reason": "Broken in the store room" });
    let low = shop.request(Method::PATCH, "/api/v1/inventory/SHIRT-BLUE-L").json(&low).by(&staff);
    low.header("idempotency-key", "low").send().await.expect(200);
    let mut order = guest_order("ada@example.com", "payment_intent");
    order["item"] = json!({ "sku": "SHIRT-BLUE-M", "quantity": 2, "price": usd(1999) });
    let placed = PlacedOrder::of(shop.place_order(&order, "k-1").send().await);
    assert!(shop.pay(&placed.reference(), Card::Pays).await);
    shop.register("ada@example.com").await;
    let review =
        json!({ "productId": product_id, "orderId": placed.id, "stars": 5, "title": "Soft and warm", "name": "Ada" });
    let review = shop.post("/api/v1/reviews", &review).header("order-token", &placed.token);
    review.header("idempotency-key", "r-1").send().await.expect(201);
    shop.update_order(&placed, &staff, &json!({ "status": "shipped" })).send().await.expect(200);
    let withdrawal =
        json!({ "kind": "withdrawal", "items": [{ "id": placed.whole["items"][0]["id"], "quantity": 1 }] });
    let withdrawal = shop.post(&format!("{}/returns", placed.path()), &withdrawal).header("order-token", &placed.token);
    withdrawal.header("idempotency-key", "w-1").send().await.expect(201);
    for event_type in [
        EventType::OrderPaid,
        EventType::ProductChanged,
        EventType::CategoryChanged,
        EventType::BrandChanged,
        EventType::StockLow,
        EventType::CustomerRegistered,
        EventType::ReviewSubmitted,
        EventType::ReturnApproved,
    ] {
        let mut payload = payload(&shop, event_type).await;
        check_alone(&schema(event_type), &payload).unwrap();
        let kept: Value =
            ["sequence", "object", "data"].map(|name| (name.to_owned(), payload[name].take())).into_iter().collect();
        let kind = kept["object"]["kind"].as_str().unwrap();
        compare(&format!("lib/event-payloads/examples/{kind}.json"), &pretty(&kept));
    }
}

/// What a program that reads by the schema `old` would miss or misread in what fits `new`. New properties and new names in
/// an `enum` break nothing.
fn breaks(old: &Value, new: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let documents = Documents { old, new };
    documents.compare(old, new, "$", &mut BTreeSet::new(), &mut found);
    found
}

struct Documents<'a> {
    old: &'a Value,
    new: &'a Value,
}

impl<'a> Documents<'a> {
    fn compare(&self, old: &'a Value, new: &'a Value, at: &str, seen: &mut BTreeSet<String>, found: &mut Vec<String>) {
        if let Some(name) = old["$ref"].as_str()
            && !seen.insert(name.to_owned())
        {
            return;
        }
        let (was, is) = (parts(self.old, old), parts(self.new, new));
        let (could_be, can_be) = (kinds(&was), kinds(&is));
        if !could_be.is_empty() && (can_be.is_empty() || !can_be.is_subset(&could_be)) {
            found.push(format!("{at} was {could_be:?} and is {can_be:?}"));
        }
        if was.iter().any(|part| !part["const"].is_null() && !is.iter().any(|now| now["const"] == part["const"])) {
            found.push(format!("{at} has another constant"));
        }
        let required: BTreeSet<&str> = is.iter().flat_map(|part| names(&part["required"])).collect();
        for name in was.iter().flat_map(|part| names(&part["required"])).filter(|name| !required.contains(name)) {
            found.push(format!("{at}.{name} is not always there any more"));
        }
        for (name, property) in was.iter().flat_map(|part| part["properties"].as_object().into_iter().flatten()) {
            match is.iter().map(|part| &part["properties"][name]).find(|property| !property.is_null()) {
                Some(now) => self.compare(property, now, &format!("{at}.{name}"), seen, found),
                None => found.push(format!("{at}.{name} is gone")),
            }
        }
        for inside in ["items", "additionalProperties"] {
            let of = |parts: &[&'a Value]| parts.iter().map(|part| &part[inside]).find(|part| part.is_object());
            if let (Some(old), Some(new)) = (of(&was), of(&is)) {
                self.compare(old, new, &format!("{at}.{inside}"), seen, found);
            }
        }
    }
}

/// A schema and all that it is put together from.
fn parts<'a>(document: &'a Value, schema: &'a Value) -> Vec<&'a Value> {
    let target = schema["$ref"].as_str().and_then(|reference| document.pointer(&reference[1..]));
    let schema = target.unwrap_or(schema);
    let inside = ["allOf", "oneOf"].into_iter().flat_map(|name| schema[name].as_array().into_iter().flatten());
    [vec![schema], inside.flat_map(|part| parts(document, part)).collect()].concat()
}

/// The types that a value may have. A constant has its own.
fn kinds<'a>(parts: &[&'a Value]) -> BTreeSet<&'a str> {
    parts.iter().flat_map(|part| names(&part["type"])).collect()
}

fn names(list: &Value) -> impl Iterator<Item = &str> {
    let single = list.as_str().into_iter();
    single.chain(list.as_array().into_iter().flatten().filter_map(Value::as_str))
}

#[test]
fn a_schema_may_grow_and_may_not_lose_or_retype_anything() {
    let old = json!({
        "required": ["id"],
        "properties": {
            "id": { "type": "string" },
            "schemaVersion": { "const": 1 },
            "data": { "oneOf": [{ "type": "null" }, { "$ref": "#/$defs/Order" }] },
        },
        "$defs": { "Order": {
            "type": "object",
            "required": ["total"],
            "properties": { "total": { "type": "integer" }, "lines": { "type": "array", "items": { "type": "string" } } },
        } },
    });
    let changed = |change: fn(&mut Value)| {
        let mut new = old.clone();
        change(&mut new);
        breaks(&old, &new)
    };
    let order = |new: &mut Value, name: &str, schema: Value| new["$defs"]["Order"]["properties"][name] = schema;
    assert!(breaks(&old, &old).is_empty());
    assert!(changed(|new| new["$defs"]["Order"]["properties"]["note"] = json!({ "type": "string" })).is_empty());
    let mut retyped = old.clone();
    order(&mut retyped, "total", json!({ "type": "string" }));
    assert_eq!(breaks(&old, &retyped).len(), 1);
    let mut nullable = old.clone();
    order(&mut nullable, "total", json!({ "type": ["integer", "null"] }));
    assert_eq!(breaks(&old, &nullable).len(), 1, "programs do not expect null");
    let mut inside = old.clone();
    order(&mut inside, "lines", json!({ "type": "array", "items": { "type": "object" } }));
    assert_eq!(breaks(&old, &inside).len(), 1);
    let gone = changed(|new| drop(new["$defs"]["Order"]["properties"].as_object_mut().unwrap().remove("lines")));
    assert_eq!(gone, ["$.data.lines is gone"]);
    let optional = changed(|new| new["$defs"]["Order"]["required"] = json!([]));
    assert_eq!(optional, ["$.data.total is not always there any more"]);
    assert_eq!(changed(|new| new["properties"]["schemaVersion"] = json!({ "const": 2 })).len(), 1);
}
