//! Compares every request and every answer of a test with the description of the API: the status, the error code, the
//! headers, and the bodies against their schemas. So the description is as true as the tests are many.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::sync::{LazyLock, Mutex, PoisonError};

use domain::time::Time;
use regex_lite::Regex;
use serde_json::{Map, Value};

use crate::gateway::{Pattern, words};
use crate::request::Answer;

static API: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(status::OPENAPI).expect("the description"));

/// The paths of the API and their operations. A path without parameters goes first: `/users/me` is not `/users/{id}`.
static PATHS: LazyLock<Vec<(Pattern, &'static Value)>> = LazyLock::new(|| {
    let paths = API["paths"].as_object().expect("paths");
    let mut paths: Vec<_> = paths.iter().map(|(path, operations)| (Pattern::parse(path), operations)).collect();
    paths.sort_by_key(|(pattern, _)| Reverse(pattern.fixed_words()));
    paths
});

/// These headers have a meaning for the client, so the description names them where they are sent.
const HEADERS: [&str; 5] = ["ETag", "Retry-After", "Idempotent-Replayed", "Cart-Token", "WWW-Authenticate"];

/// Asserts that an answer is one that the description allows, and that a body that was accepted is one too. Paths and
/// methods that do not exist are not in it.
pub(crate) fn check(method: &str, path: &str, body: &Value, answer: &Answer) {
    // Like a path that does not exist, this is no answer of an operation.
    if answer.code() == "direct_access_refused" {
        return;
    }
    let words = words(path);
    let found = PATHS.iter().find(|(pattern, _)| pattern.fits(&words));
    let Some(operation) = found.and_then(|(_, operations)| operations.get(method.to_ascii_lowercase())) else {
        return;
    };
    let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
    if answer.status.is_success()
        && !body.is_null()
        && let Err(why) = check_value(schema, body)
    {
        panic!("{method} {path} takes a body that is not described: {why}\n{body}");
    }
    if let Err(why) = check_answer(operation, answer) {
        panic!("{method} {path} answers {} not as described: {why}\n{}", answer.status.as_u16(), answer.text);
    }
}

fn check_answer(operation: &Value, answer: &Answer) -> Result<(), String> {
    let described = operation["responses"].get(answer.status.as_str()).ok_or("the status is not described")?;
    let described = resolve(&API, described);
    for name in HEADERS {
        if answer.headers.contains_key(name) && described["headers"][name].is_null() {
            return Err(format!("the header {name} is not described"));
        }
    }
    if answer.headers.contains_key("RateLimit") && operation["responses"].get("429").is_none() {
        return Err("there is a rate limit, but 429 is not described".to_owned());
    }
    match described["content"].get("application/json") {
        Some(content) => check_value(&content["schema"], &answer.json),
        None => Ok(()),
    }
}

/// Whether a value fits a schema of the description, and has nothing that the schema does not know.
pub fn check_value(schema: &Value, value: &Value) -> Result<(), String> {
    check_in(&API, schema, value)
}

/// The same for a schema that refers only to parts of itself.
pub fn check_alone(schema: &Value, value: &Value) -> Result<(), String> {
    check_in(schema, schema, value)
}

fn check_in(document: &Value, schema: &Value, value: &Value) -> Result<(), String> {
    fit(document, schema, value, "$")?;
    all_known(document, schema, value, "$")
}

fn resolve<'a>(document: &'a Value, part: &'a Value) -> &'a Value {
    let reference = part["$ref"].as_str();
    reference.and_then(|reference| document.pointer(&reference[1..])).unwrap_or(part)
}

/// Whether a value fits a schema. This knows the keywords that the description uses.
fn fit(document: &Value, schema: &Value, value: &Value, at: &str) -> Result<(), String> {
    let schema = resolve(document, schema);
    let bad = |what: &str, wanted: &Value| Err(format!("{at}: {value} is not of {what} {wanted}"));
    let kinds = list(&schema["type"]).collect::<Vec<_>>();
    if !kinds.is_empty() && !kinds.iter().any(|kind| is_of(kind.as_str().unwrap_or_default(), value)) {
        return bad("type", &schema["type"]);
    }
    if schema.get("const").is_some_and(|wanted| wanted != value) {
        return bad("const", &schema["const"]);
    }
    if let Some(names) = schema["enum"].as_array()
        && !names.contains(value)
    {
        return bad("enum", &schema["enum"]);
    }
    if let Some(text) = value.as_str() {
        let length = text.chars().count() as u64;
        let is_too_short = schema["minLength"].as_u64().is_some_and(|min| length < min);
        if is_too_short || schema["maxLength"].as_u64().is_some_and(|max| length > max) {
            return Err(format!("{at}: {value} has {length} characters"));
        }
        if schema["pattern"].as_str().is_some_and(|pattern| !matches(pattern, text)) {
            return bad("pattern", &schema["pattern"]);
        }
        let is_formed = match schema["format"].as_str() {
            Some("date-time") => Time::parse(text).is_ok(),
            Some("email") => text.contains('@'),
            Some("uri") => text.contains(':'),
            _ => true,
        };
        if !is_formed {
            return bad("format", &schema["format"]);
        }
    }
    if let Some(number) = value.as_i64() {
        let is_too_small = schema["minimum"].as_i64().is_some_and(|min| number < min);
        if is_too_small || schema["maximum"].as_i64().is_some_and(|max| number > max) {
            return Err(format!("{at}: {value} is out of bounds"));
        }
    }
    for (index, entry) in value.as_array().into_iter().flatten().enumerate() {
        fit(document, &schema["items"], entry, &format!("{at}[{index}]"))?;
    }
    for part in list(&schema["allOf"]) {
        fit(document, part, value, at)?;
    }
    let choices: Vec<Result<(), String>> =
        list(&schema["oneOf"]).map(|choice| fit(document, choice, value, at)).collect();
    if let [Err(first), ..] = choices.as_slice()
        && choices.iter().all(Result::is_err)
    {
        return Err(first.clone());
    }
    value.as_object().map_or(Ok(()), |object| fit_object(document, schema, object, at))
}

fn fit_object(document: &Value, schema: &Value, object: &Map<String, Value>, at: &str) -> Result<(), String> {
    for name in list(&schema["required"]).filter_map(Value::as_str) {
        if !object.contains_key(name) {
            return Err(format!("{at}.{name} is missing"));
        }
    }
    for (name, shape) in schema["properties"].as_object().into_iter().flatten() {
        if let Some(value) = object.get(name) {
            fit(document, shape, value, &format!("{at}.{name}"))?;
        }
    }
    let others = &schema["additionalProperties"];
    if others.is_object() {
        return object.iter().try_for_each(|(name, value)| fit(document, others, value, &format!("{at}.{name}")));
    }
    Ok(())
}

/// Whether a schema names every property of a value.
fn all_known(document: &Value, schema: &Value, value: &Value, at: &str) -> Result<(), String> {
    let mut known = BTreeMap::new();
    names(document, schema, &mut known);
    if known.is_empty() {
        let items = &resolve(document, schema)["items"];
        return list(value).filter(|_| value.is_array()).try_for_each(|entry| all_known(document, items, entry, at));
    }
    for (name, value) in value.as_object().into_iter().flatten() {
        let shape = known.get(name.as_str()).ok_or_else(|| format!("{at}.{name} is not described"))?;
        all_known(document, shape, value, &format!("{at}.{name}"))?;
    }
    Ok(())
}

/// The properties of a schema and of all that it is put together from.
fn names<'a>(document: &'a Value, schema: &'a Value, known: &mut BTreeMap<&'a str, &'a Value>) {
    let schema = resolve(document, schema);
    let own = schema["properties"].as_object().into_iter().flatten().map(|(name, shape)| (name.as_str(), shape));
    known.extend(own);
    list(&schema["allOf"]).chain(list(&schema["oneOf"])).for_each(|part| names(document, part, known));
}

fn list(part: &Value) -> impl Iterator<Item = &Value> {
    let single = (!part.is_null() && !part.is_array()).then_some(part);
    part.as_array().into_iter().flatten().chain(single)
}

fn is_of(kind: &str, value: &Value) -> bool {
    match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        _ => value.is_object(),
    }
}

fn matches(pattern: &str, text: &str) -> bool {
    static KNOWN: LazyLock<Mutex<HashMap<String, Regex>>> = LazyLock::new(Mutex::default);
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let regex = known.entry(pattern.to_owned()).or_insert_with(|| Regex::new(pattern).expect("a good pattern"));
    regex.is_match(text)
}
