//! Completes the schemas of bodies and of parameters: what each property is for, what its values look like, and whether
//! it is always there.

use serde_json::{Map, Value, json};

use crate::http::description::sentences::sentence;
use crate::http::description::values::shape;

pub(super) fn complete(document: &mut Value) {
    let schemas = document["components"]["schemas"].take();
    let mut schemas: Map<String, Value> = schemas.as_object().cloned().unwrap_or_default();
    let known = schemas.clone();
    for (name, schema) in &mut schemas {
        members(schema, &mut |part| share(part, &known));
        properties(schema, &mut |properties, required| complete_all(name, properties, required));
    }
    if let Some(nothing) = schemas.get_mut("Nothing") {
        *nothing = json!({ "type": "null", "description": nothing["description"] });
    }
    document["components"]["schemas"] = Value::Object(schemas);
    for (path, operations) in document["paths"].as_object_mut().into_iter().flatten() {
        for (_, operation) in operations.as_object_mut().into_iter().flatten() {
            let parameters = operation.get_mut("parameters").and_then(Value::as_array_mut);
            for parameter in parameters.into_iter().flatten().filter(|parameter| parameter["in"] != "header") {
                let name = parameter["name"].as_str().unwrap_or_default().to_owned();
                merge(&mut parameter["schema"], shape(path, &name));
                describe(parameter, path, &name);
            }
        }
    }
}

/// Calls `change` with each schema inside of this one.
fn members(schema: &mut Value, change: &mut impl FnMut(&mut Value)) {
    for (_, part) in schema.as_object_mut().into_iter().flatten() {
        let parts = match part {
            Value::Array(parts) => parts.iter_mut().collect(),
            part => vec![part],
        };
        for part in parts {
            change(part);
            members(part, change);
        }
    }
}

/// A copy of a schema that has a name becomes a reference to it.
fn share(part: &mut Value, known: &Map<String, Value>) {
    if let Some((name, _)) = known.iter().find(|(_, schema)| *schema == part) {
        *part = json!({ "$ref": format!("#/components/schemas/{name}") });
    }
}

/// Calls `change` with the properties of a schema and of those that it is put together from.
fn properties(schema: &mut Value, change: &mut impl FnMut(&mut Map<String, Value>, &mut Vec<Value>)) {
    let mut required = schema["required"].as_array().cloned().unwrap_or_default();
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        change(properties, &mut required);
        if !required.is_empty() {
            schema["required"] = Value::Array(required);
        }
    }
    for part in schema.get_mut("allOf").and_then(Value::as_array_mut).into_iter().flatten() {
        properties(part, change);
    }
}

fn complete_all(schema: &str, properties: &mut Map<String, Value>, required: &mut Vec<Value>) {
    for (name, property) in properties {
        hoist_description(property);
        merge(property, shape(schema, name));
        describe(property, schema, name);
        // An answer has each of its properties: what it does not know is null. Only requests leave things out.
        let name = json!(name);
        if !schema.ends_with("Input") && is_nullable(property) && !required.contains(&name) {
            required.push(name);
        }
    }
}

fn is_nullable(property: &Value) -> bool {
    let is_null = |part: &Value| part == "null" || part["type"] == "null";
    let lists = [&property["type"], &property["oneOf"]];
    lists.into_iter().filter_map(Value::as_array).flatten().any(is_null)
}

/// The sentence about a property that may be null stands inside, beside the reference.
fn hoist_description(property: &mut Value) {
    let parts = property.get_mut("oneOf").and_then(Value::as_array_mut);
    let inside =
        parts.into_iter().flatten().filter_map(Value::as_object_mut).find_map(|part| part.remove("description"));
    if let Some(description) = inside {
        property["description"] = description;
    }
}

fn describe(property: &mut Value, of: &str, name: &str) {
    if let (Value::Null, Some(sentence)) = (&property["description"], sentence(of, name)) {
        property["description"] = json!(sentence);
    }
}

/// Adds keywords to a schema, also to those inside.
fn merge(schema: &mut Value, keywords: Value) {
    let is_reference = schema["type"].is_null();
    let Value::Object(mut keywords) = keywords else {
        return;
    };
    if is_reference {
        return;
    }
    if let (true, Some(Value::Array(names))) = (is_nullable(schema), keywords.get_mut("enum")) {
        names.push(Value::Null);
    }
    for (keyword, value) in keywords {
        if value.is_object() && schema[&keyword]["type"].is_string() {
            merge(&mut schema[&keyword], value);
        } else {
            schema[&keyword] = value;
        }
    }
}
