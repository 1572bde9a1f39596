//! A Postman collection of the whole API that runs from its first request to its last, on a new shop with `kontor seed`:
//! each request keeps what the next ones need. `make test` runs it with newman and expects 2xx from all.

mod recipes;
mod scripts;
mod step;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::contract::{compare, description};
use recipes::folders;
use step::{FORM, Step, Who};

const ABOUT: &str = "Every operation of the API, in an order that works. Run it from the beginning, on a shop with \
                     `kontor seed`.

Set `staffPassword` first: `make dev` prints the password of root@example.com. Variables with the ports 4566 and 4567 are \
for the local cloud of `make dev`. On a deployed shop set `api`, `staffEmail`, `webhookSecret`, and as \
`vatNumber` a French one that VIES knows. There nobody can read mails and Stripe's pages by a script: requests that need a \
mailed token or a payment page take it from variables, such as `verifyToken`, which you set by hand.";

/// What the collection begins with. Scripts set the others.
const VARIABLES: [(&str, &str); 10] = [
    ("api", "http://127.0.0.1:4566/_aws/execute-api/kontor/$default"),
    ("mailbox", "http://127.0.0.1:4566/_ministack/ses/messages"),
    ("stripe", "http://127.0.0.1:4567"),
    ("staffEmail", "root@example.com"),
    ("staffPassword", ""),
    ("webhookSecret", "whsec_local"),
    ("password", "correct horse battery staple"),
    ("newPassword", "another long sentence of mine"),
    ("eventType", "order.paid"),
    ("vatNumber", "FRXX123456789"),
];

/// What examples of the description have, and the variables that stand for it here.
const EXAMPLES: [(&str, &str); 13] = [
    ("SHIRT-BLUE-M", "sku"),
    ("SHIRT-BLUE-L", "soldOutSku"),
    ("SUMMER-20", "couponCode"),
    ("ada@example.com", "email"),
    ("correct horse battery staple", "password"),
    ("another long sentence of mine", "newPassword"),
    ("brd_01M7W6C3804Q9PV3Y1B8S4HJET", "brandId"),
    ("cat_01M7W6C3804Q9PV3Y1B8S4HJET", "categoryId"),
    ("img_01M7W6C3804Q9PV3Y1B8S4HJET", "imageId"),
    ("ord_01M7W6C3804Q9PV3Y1B8S4HJET", "orderId"),
    ("prd_01M7W6C3804Q9PV3Y1B8S4HJET", "productId"),
    ("usr_01M7W6C3804Q9PV3Y1B8S4HJET", "userId"),
    ("var_01M7W6C3804Q9PV3Y1B8S4HJET", "variantId"),
];

/// The variable for a parameter of a path.
fn variable(path: &str, name: &str) -> &'static str {
    let all = [
        ("/users/me/addresses/", "addressId"),
        ("/auth/sessions/", "sessionId"),
        ("/admin/api-keys/", "apiKeyId"),
        ("/admin/webhooks/", "webhookId"),
        ("/admin/shipping-methods/", "shippingMethodId"),
        ("/admin/search/synonyms/", "synonymId"),
        ("/admin/search/rules/", "searchRuleId"),
        ("/users/me/picture/uploads/", "uploadId"),
        ("/reviews/product/", "productId"),
        ("/reviews/", "reviewId"),
        ("/users/", "userId"),
        ("/products/", "productId"),
        ("/categories/", "categoryId"),
        ("/brands/", "brandId"),
        ("/coupons/", "couponCode"),
        ("/inventory/", "sku"),
        ("/stock-alerts/", "soldOutSku"),
        ("/cart/items/", "variantId"),
        ("/wishlist/", "variantId"),
        ("/orders/", "orderId"),
        ("/payments/", "paymentId"),
        ("/uploads/", "uploadId"),
        ("/exports/", "exportId"),
        ("/events/schemas/", "eventType"),
    ];
    let found = all.iter().find(|(part, _)| path.contains(part)).map(|(_, variable)| *variable);
    match name {
        "image" => "imageId",
        "parcel" => "parcelId",
        "event" => "eventId",
        "upload" => "uploadId",
        "return" => "returnId",
        _ => found.unwrap_or_else(|| panic!("no variable for {name} of {path}")),
    }
}

/// An operation with its method and path.
struct Operation {
    method: String,
    path: String,
    json: Value,
}

fn operations(api: &Value) -> BTreeMap<String, Operation> {
    let mut all = BTreeMap::new();
    for (path, methods) in api["paths"].as_object().unwrap() {
        for (method, json) in methods.as_object().unwrap() {
            let name = json["operationId"].as_str().unwrap().to_owned();
            let operation = Operation { method: method.to_uppercase(), path: path.clone(), json: json.clone() };
            all.insert(name, operation);
        }
    }
    all
}

impl Operation {
    fn parameters(&self, place: &str) -> impl Iterator<Item = &Value> {
        self.json["parameters"].as_array().into_iter().flatten().filter(move |it| it["in"] == place)
    }

    fn url(&self, step: &Step) -> Value {
        let path = self.path.replace('{', ":").replace('}', "");
        let query = self.parameters("query").map(|parameter| {
            let name = parameter["name"].as_str().unwrap();
            let value = step.query.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
            json!({
                "key": name,
                "value": value.unwrap_or_default(),
                "description": parameter["description"],
                "disabled": value.is_none(),
            })
        });
        let places = self.parameters("path").map(|parameter| {
            let name = parameter["name"].as_str().unwrap();
            let own = step.path.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
            let value = own.unwrap_or_else(|| variable(&self.path, name));
            json!({ "key": name, "value": format!("{{{{{value}}}}}"), "description": parameter["description"] })
        });
        json!({
            "raw": format!("{{{{api}}}}{path}"),
            "host": ["{{api}}"],
            "path": path[1..].split('/').collect::<Vec<_>>(),
            "query": query.collect::<Vec<_>>(),
            "variable": places.collect::<Vec<_>>(),
        })
    }

    /// The headers that the operation takes. Those that a step does not name are there, switched off.
    fn headers(&self, step: &Step) -> Vec<Value> {
        let header = |parameter: &Value| {
            let name = parameter["name"].as_str().unwrap();
            let own = step.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
            let usual = match name {
                "Idempotency-Key" => Some("{{$guid}}"),
                "If-Match" => Some("*"),
                _ => None,
            };
            let value = own.or(usual);
            json!({
                "key": name,
                "value": value.unwrap_or_default(),
                "description": parameter["description"],
                "disabled": value.is_none(),
            })
        };
        self.parameters("header").map(header).collect()
    }

    fn auth(&self, step: &Step) -> Value {
        let needs_permission = self.json["description"].as_str().unwrap().contains("Needs the permission");
        let token = match step.who {
            Who::Guest => return json!({ "type": "noauth" }),
            Who::ByAccess if self.json["security"] == json!([]) => return json!({ "type": "noauth" }),
            Who::Staff => "{{staffToken}}",
            Who::ByAccess if needs_permission => "{{staffToken}}",
            Who::ByAccess => "{{accessToken}}",
        };
        json!({ "type": "bearer", "bearer": [{ "key": "token", "value": token, "type": "string" }] })
    }

    fn body(&self, step: &Step) -> Option<Value> {
        let example = &self.json["requestBody"]["content"]["application/json"]["example"];
        let mut body = example.as_object()?.clone();
        for name in &step.without {
            assert!(body.remove(*name).is_some(), "the example of {} has no {name}", step.operation);
        }
        body.extend(step.with.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        let mut raw = serde_json::to_string_pretty(&body).unwrap();
        for (example, variable) in EXAMPLES {
            raw = raw.replace(example, &format!("{{{{{variable}}}}}"));
        }
        assert!(!raw.contains("_01M7W6"), "{} needs a variable for an id of its example: {raw}", step.operation);
        Some(json!({ "mode": "raw", "raw": raw, "options": { "raw": { "language": "json" } } }))
    }

    fn request(&self, step: &Step) -> Value {
        let title = step.title.unwrap_or_else(|| self.json["summary"].as_str().unwrap());
        let mut request = json!({
            "method": self.method,
            "url": self.url(step),
            "header": self.headers(step),
            "auth": self.auth(step),
            "description": self.json["description"],
        });
        if let Some(body) = self.body(step) {
            request["body"] = body;
        }
        let after = [scripts::keep(&step.keep), scripts::expect(&step.expect)].concat();
        item(title, &request, &step.before, after)
    }
}

/// A request of the collection with its scripts.
fn item(name: &str, request: &Value, before: &[String], after: Vec<String>) -> Value {
    let script = |listen: &str, lines: Vec<String>| json!({ "listen": listen, "script": { "type": "text/javascript", "exec": lines } });
    let mut events = Vec::new();
    if !before.is_empty() {
        let lines = before.iter().flat_map(|text| text.lines()).map(str::to_owned).collect();
        events.push(script("prerequest", lines));
    }
    if !after.is_empty() {
        events.push(script("test", after));
    }
    json!({ "name": name, "request": request, "event": events })
}

fn collection(api: &Value) -> Value {
    let operations = operations(api);
    let mut all = Vec::new();
    for folder in folders() {
        let requests: Vec<Value> = folder
            .steps
            .iter()
            .map(|step| match operations.get(step.operation) {
                Some(operation) => operation.request(step),
                None if step.operation == FORM => form(step),
                None => panic!("there is no operation {}", step.operation),
            })
            .collect();
        all.push(json!({ "name": folder.name, "description": folder.about, "item": requests }));
    }
    let variables: Vec<Value> = VARIABLES.iter().map(|(key, value)| json!({ "key": key, "value": value })).collect();
    json!({
        "info": {
            "name": "Kontor",
            "description": ABOUT,
            "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json",
        },
        "event": [{ "listen": "test", "script": { "type": "text/javascript", "exec": scripts::SUCCEEDED } }],
        "variable": variables,
        "item": all,
    })
}

/// The form of an upload, which goes to the bucket and not to the API.
fn form(step: &Step) -> Value {
    let request = json!({
        "method": "POST",
        "url": "{{uploadUrl}}",
        "auth": { "type": "noauth" },
        "body": { "mode": "formdata", "formdata": step.with.iter().map(|(_, field)| field).collect::<Vec<_>>() },
        "description": "Sends the file with all fields that the upload got.",
    });
    item(step.title.unwrap(), &request, &step.before, Vec::new())
}

#[test]
fn the_postman_collection_is_up_to_date() {
    let text = serde_json::to_string_pretty(&collection(&description())).unwrap() + "\n";
    compare("infra/kontor.postman_collection.json", &text);
}

/// The link that it follows comes by mail an hour after the last change of a cart at the earliest.
const TAKES_AN_HOUR: &str = "restoreCart";

#[test]
fn the_postman_collection_has_every_operation_that_can_be_tried_at_once() {
    let folders = folders();
    let recipes: BTreeSet<&str> = folders.iter().flat_map(|folder| &folder.steps).map(|step| step.operation).collect();
    let missing: Vec<String> = operations(&description())
        .into_keys()
        .filter(|name| !recipes.contains(name.as_str()) && name != TAKES_AN_HOUR)
        .collect();
    assert!(missing.is_empty(), "tests/tests/architecture/collection/recipes.rs lacks a step for {missing:?}");
}
