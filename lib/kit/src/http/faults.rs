//! All faults of a refused body or query string at once. The strict parse stops at its first fault. So that fault is
//! repaired with what the schema shows, and the rest is parsed again, until nothing is refused any more. This is done
//! only for input that is refused already.

use serde_json::{Map, Value};
use serde_path_to_error::{Path, Segment};

use crate::http::forms::{Forms, Step};
use crate::http::problem::{Detail, Problem};

/// Nobody reads more at once, and each one costs another parse.
const MAX_DETAILS: usize = 50;
/// A longer example is hard to read in a sentence; the description of the API has it.
const MAX_FORM: usize = 300;

/// What the strict parse stopped at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    at: Vec<Step>,
    kind: Kind,
    message: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Missing,
    Unknown,
    Duplicate,
    Wrong,
}

impl Fault {
    /// The path of an unknown field ends with its name, as the client sent it. That of a missing or duplicate field ends
    /// before; serde's message has the name.
    pub(super) fn new(path: &Path, message: &str) -> Self {
        let mut at: Vec<Step> = path
            .iter()
            .map(|segment| match segment {
                Segment::Map { key } | Segment::Enum { variant: key } => Step::Name(key.clone()),
                Segment::Seq { index } => Step::Index(*index),
                Segment::Unknown => Step::Name("?".to_owned()),
            })
            .collect();
        let kinds = [
            ("missing field `", Kind::Missing),
            ("unknown field `", Kind::Unknown),
            ("duplicate field `", Kind::Duplicate),
        ];
        let named = kinds.into_iter().find_map(|(beginning, kind)| Some((kind, message.strip_prefix(beginning)?)));
        if let Some((Kind::Missing | Kind::Duplicate, name)) = named {
            at.extend(name.split('`').next().map(|name| Step::Name(name.to_owned())));
        }
        Self { at, kind: named.map_or(Kind::Wrong, |(kind, _)| kind), message: sentence(message) }
    }

    /// The answer that names this fault alone.
    pub(super) fn detail(&self) -> Detail {
        Detail { field: field(&self.at), message: self.message.clone() }
    }

    fn detail_with_form(&self, forms: &Forms) -> Detail {
        let mut detail = self.detail();
        if let ("must be an object" | "must be a list", Some(form)) = (&*self.message, forms.example(&self.at)) {
            let form = form.to_string();
            if (3..=MAX_FORM).contains(&form.len()) {
                detail.message = format!("{} such as {form}", self.message);
            }
        }
        detail
    }
}

/// Every fault of a body. `parse` is the strict parse.
pub(super) fn of_body(first: Fault, body: &Value, forms: &Forms, parse: &dyn Fn(&Value) -> Option<Fault>) -> Problem {
    let (mut repaired, mut faults) = (body.clone(), Vec::new());
    let mut next = Some(first);
    while let Some(fault) = next.filter(|_| faults.len() < MAX_DETAILS) {
        // A repair that is refused too is taken out. If that is refused as well, it would be for ever.
        let own = faults.iter().find(|known: &&Fault| fault.at.starts_with(&known.at));
        let is_changed = match own {
            Some(own) => part(&mut repaired, &own.at).is_some_and(|(part, last)| remove(part, last)),
            None => {
                repair(&mut repaired, &fault, forms)
                    || part(&mut repaired, &fault.at).is_some_and(|(part, last)| remove(part, last))
            }
        };
        if own.is_none() {
            faults.push(fault);
        }
        next = if is_changed { parse(&repaired) } else { None };
    }
    let mut details: Vec<Detail> = faults.iter().map(|fault| fault.detail_with_form(forms)).collect();
    forms.check(body, &mut |at, message| {
        if details.len() < MAX_DETAILS && !faults.iter().any(|fault| at.starts_with(&fault.at)) {
            details.push(Detail { field: field(at), message });
        }
    });
    Problem::validation(details)
}

/// Every fault of a query string.
pub(super) fn of_query(first: Fault, query: &str, parse: &dyn Fn(&str) -> Option<Fault>) -> Problem {
    let mut pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let mut details: Vec<Detail> = Vec::new();
    let mut next = Some(first);
    while let Some(fault) = next.filter(|_| details.len() < MAX_DETAILS) {
        let detail = fault.detail();
        if details.iter().any(|known| known.field == detail.field) {
            break;
        }
        let [Step::Name(name)] = fault.at.as_slice() else {
            details.push(detail);
            break;
        };
        let mut is_first = fault.kind == Kind::Duplicate;
        pairs.retain(|(key, _)| key != name || std::mem::take(&mut is_first));
        if fault.kind == Kind::Missing {
            pairs.push((name.clone(), String::new()));
        }
        details.push(detail);
        next = parse(&form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish());
    }
    Problem::validation(details)
}

/// Whether a fault could be repaired.
fn repair(body: &mut Value, fault: &Fault, forms: &Forms) -> bool {
    let Some((parent, last)) = part(body, &fault.at) else {
        return false;
    };
    match (fault.kind, parent, last) {
        (Kind::Unknown, parent, last) => remove(parent, last),
        (_, Value::Object(fields), Step::Name(name)) => insert(fields, name, forms.example(&fault.at)),
        (_, Value::Array(entries), Step::Index(index)) => {
            match (entries.get_mut(*index), forms.example(&fault.at)) {
                (Some(entry), Some(form)) => *entry = form,
                _ => return false,
            }
            true
        }
        _ => false,
    }
}

/// What a path's last step belongs to, and that step.
fn part<'a, 'b>(body: &'a mut Value, at: &'b [Step]) -> Option<(&'a mut Value, &'b Step)> {
    let (last, before) = at.split_last()?;
    let parent = before.iter().try_fold(body, |part, step| match step {
        Step::Name(name) => part.get_mut(name),
        Step::Index(index) => part.get_mut(index),
    })?;
    Some((parent, last))
}

/// Takes a field out. An entry of a list stays, because the places of the others must not change.
fn remove(parent: &mut Value, last: &Step) -> bool {
    match (parent, last) {
        (Value::Object(fields), Step::Name(name)) => fields.remove(name).is_some(),
        _ => false,
    }
}

fn insert(fields: &mut Map<String, Value>, name: &str, form: Option<Value>) -> bool {
    form.map(|form| fields.insert(name.to_owned(), form)).is_some()
}

/// The path as text: `variants[0].price`, or a dot for the whole. What the client named is repeated in the answer, but
/// not at any length.
fn field(at: &[Step]) -> String {
    let mut text = String::new();
    for step in at {
        match step {
            Step::Index(index) => text.extend(["[", &index.to_string(), "]"]),
            Step::Name(name) => {
                let dot = if text.is_empty() { "" } else { "." };
                text += dot;
                text.extend(name.chars().take(100));
            }
        }
    }
    if text.is_empty() { ".".to_owned() } else { text }
}

/// What a field must be, in place of serde's own message. The messages of our types begin with `must` or `is` and stay.
fn sentence(message: &str) -> String {
    // What the client sent stands before this, so the last one is serde's.
    let expected = message.rsplit_once(", expected ").map_or("", |(_, expected)| expected);
    let sentence = match message {
        "invalid digit found in string" | "cannot parse integer from empty string" => "must be a whole number",
        "number too large to fit in target type" => "is too large",
        "number too small to fit in target type" => "is too small",
        "invalid float literal" | "cannot parse float from empty string" => "must be a number",
        "provided string was not `true` or `false`" => "must be true or false",
        _ if message.starts_with("missing field") => "is required",
        _ if message.starts_with("unknown field") => "is not a known field",
        _ if message.starts_with("duplicate field") => "must be given only once",
        _ if message.starts_with("unknown variant") => {
            let names: Vec<&str> = expected.split('`').skip(1).step_by(2).collect();
            return format!("must be one of: {}", names.join(", "));
        }
        _ if message.starts_with("invalid value: integer `-") && expected.starts_with('i') => "is too small",
        _ if message.starts_with("invalid value: integer `") && !message.contains("`-") => "is too large",
        _ if message.starts_with("invalid ") => must_be(expected),
        _ if message.starts_with("must ") || message.starts_with("is ") => return message.chars().take(200).collect(),
        _ => "is not valid",
    };
    sentence.to_owned()
}

/// The type that serde expected, as people call it.
fn must_be(expected: &str) -> &'static str {
    match expected {
        "i8" | "i16" | "i32" | "i64" | "isize" => "must be a whole number",
        "u8" | "u16" | "u32" | "u64" | "usize" => "must be a whole number, 0 or more",
        "f32" | "f64" => "must be a number",
        "a boolean" => "must be true or false",
        "a string" => "must be text",
        "a sequence" => "must be a list",
        "a map" | "an object" => "must be an object",
        _ => "is not valid",
    }
}
