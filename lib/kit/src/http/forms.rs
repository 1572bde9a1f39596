//! The right form of a body, from its schema: an example of each part, and the bounds of its values.

use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::http::description::{example, schemas_of};

/// A step of a path: a field, or an entry of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    Name(String),
    Index(usize),
}

/// The schema of a body, and all that it refers to.
#[derive(Debug)]
pub(super) struct Forms {
    name: String,
    schemas: Value,
}

impl Forms {
    pub(super) fn of<T: ToSchema>() -> Self {
        Self { name: T::name().into_owned(), schemas: schemas_of::<T>() }
    }

    /// What may stand at this path.
    pub(super) fn example(&self, at: &[Step]) -> Option<Value> {
        let step = |part: &Value, step: &Step| match step {
            Step::Name(name) => part.get(name).cloned(),
            Step::Index(_) => part.get(0).cloned(),
        };
        let of_body = example(&self.name);
        let of_part = of_body.and_then(|body| at.iter().try_fold(body, |part, next| step(&part, next)));
        of_part.or_else(|| self.example_of(self.schema_at(at)?))
    }

    fn schema_at(&self, at: &[Step]) -> Option<&Value> {
        at.iter().try_fold(self.schemas.get(&self.name)?, |schema, step| self.part(schema, step))
    }

    /// The schema of a field or of an entry.
    fn part<'a>(&'a self, schema: &'a Value, step: &Step) -> Option<&'a Value> {
        let schema = self.resolve(schema);
        match step {
            Step::Name(name) => schema["properties"].get(name).or(schema.get("additionalProperties")),
            Step::Index(_) => schema.get("items"),
        }
    }

    /// The schema that a reference leads to, and of two choices the one that is not null.
    fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        let choices = ["oneOf", "allOf"].into_iter().filter_map(|name| schema[name].as_array()).flatten();
        let choice = choices.into_iter().find(|choice| choice["type"] != "null");
        let named = schema["$ref"].as_str().and_then(|path| self.schemas.get(path.rsplit('/').next()?));
        named.or(choice).map_or(schema, |schema| self.resolve(schema))
    }

    fn example_of(&self, schema: &Value) -> Option<Value> {
        let schema = self.resolve(schema);
        let shown = [&schema["example"], &schema["enum"][0]].into_iter().find(|shown| !shown.is_null());
        if let Some(shown) = shown {
            return Some(shown.clone());
        }
        let mut kinds = schema["type"].as_array().into_iter().flatten().chain([&schema["type"]]);
        Some(match kinds.find_map(Value::as_str).filter(|kind| *kind != "null")? {
            "object" => {
                let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
                let field = |name: &str| Some((name.to_owned(), self.example_of(&schema["properties"][name])?));
                Value::Object(required.map(field).collect::<Option<Map<String, Value>>>()?)
            }
            "array" => json!([]),
            "integer" | "number" => json!(schema["minimum"].as_i64().unwrap_or(1)),
            "boolean" => json!(true),
            _ if schema["format"] == "date-time" => json!("2027-01-01T00:00:00Z"),
            _ => json!("text"),
        })
    }

    /// Reports each value that is out of its bounds, or is none of the words that are allowed.
    pub(super) fn check(&self, body: &Value, report: &mut dyn FnMut(&[Step], String)) {
        if let Some(schema) = self.schemas.get(&self.name) {
            self.check_part(schema, body, &mut Vec::new(), report);
        }
    }

    fn check_part(&self, schema: &Value, value: &Value, at: &mut Vec<Step>, report: &mut dyn FnMut(&[Step], String)) {
        if let Some(message) = out_of_bounds(self.resolve(schema), value) {
            report(at, message);
        }
        let fields = value.as_object().into_iter().flatten().map(|(name, part)| (Step::Name(name.clone()), part));
        let entries = value.as_array().into_iter().flatten().enumerate();
        for (step, part) in fields.chain(entries.map(|(index, part)| (Step::Index(index), part))) {
            if let Some(schema) = self.part(schema, &step) {
                at.push(step);
                self.check_part(schema, part, at, report);
                at.pop();
            }
        }
    }
}

fn out_of_bounds(schema: &Value, value: &Value) -> Option<String> {
    let bound = |name: &str| schema[name].as_u64().and_then(|bound| usize::try_from(bound).ok());
    let short = |size: usize, min: &str, of: &str| match bound(min)? {
        1 if size == 0 => Some("must not be empty".to_owned()),
        min => (size < min).then(|| format!("must have at least {min} {of}")),
    };
    let long = |size: usize, max: &str, of: &str| {
        bound(max).filter(|max| size > *max).map(|max| format!("must have at most {max} {of}"))
    };
    match value {
        Value::Number(number) => {
            let (number, min, max) = (number.as_i64()?, schema["minimum"].as_i64(), schema["maximum"].as_i64());
            let is_outside = min.is_some_and(|min| number < min) || max.is_some_and(|max| max < number);
            is_outside.then(|| match (min, max) {
                (Some(min), Some(max)) => format!("must be between {min} and {max}"),
                (Some(_), None) => "is too small".to_owned(),
                _ => "is too large".to_owned(),
            })
        }
        Value::Array(entries) => {
            let size = entries.len();
            short(size, "minItems", "entries").or_else(|| long(size, "maxItems", "entries"))
        }
        Value::String(text) => {
            let names: Vec<&str> = schema["enum"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            if !names.is_empty() && !names.iter().any(|name| name.eq_ignore_ascii_case(text.trim())) {
                return Some(format!("must be one of: {}", names.join(", ")));
            }
            // Most texts are trimmed, and passwords are not: this refuses only what both refuse.
            let (size, trimmed) = (text.chars().count(), text.trim().chars().count());
            short(size, "minLength", "characters").or_else(|| long(trimmed, "maxLength", "characters"))
        }
        _ => None,
    }
}
