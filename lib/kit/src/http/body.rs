//! Strict input: JSON of a bounded size without unknown fields, and query parameters likewise. An error names the field
//! and says in plain English what it must be.

use std::marker::PhantomData;

use axum::body::{Bytes, to_bytes};
use axum::extract::{FromRequest, FromRequestParts, OptionalFromRequest, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use data_encoding::HEXLOWER;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use sha2::{Digest, Sha256};

use crate::http::problem::{Detail, Problem};

/// The largest JSON body that any route takes.
pub const MAX_BODY: usize = 64 * 1024;

/// A JSON object. Without it, serde would also accept an array with the fields in their order.
#[derive(Debug, Clone, Copy)]
pub struct Object<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Fields<T> {
            type Value = Object<T>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Object<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Object)
            }
        }

        deserializer.deserialize_map(Fields(PhantomData))
    }
}

/// A JSON body. `T` denies unknown fields.
#[derive(Debug)]
pub struct Body<T>(pub T);

/// A JSON body and its fingerprint, which does not depend on spaces and on the order of fields.
#[derive(Debug)]
pub struct Fingerprinted<T>(pub T, pub String);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        parse::<Object<T>>(&read(request).await?).map(|Object(body)| Self(body))
    }
}

/// `Option<Body<T>>`: a body that may be left out, or be null. Without a body its type says nothing.
impl<S: Send + Sync, T: DeserializeOwned> OptionalFromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Option<Self>, Problem> {
        let is_json = check_media_type(request.headers());
        let bytes = read_bytes(request, MAX_BODY).await?;
        if bytes.is_empty() {
            return Ok(None);
        }
        is_json?;
        Ok(parse::<Option<Object<T>>>(&bytes)?.map(|Object(body)| Self(body)))
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Fingerprinted<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let bytes = read(request).await?;
        let Object(body) = parse(&bytes)?;
        let canonical: serde_json::Value = parse(&bytes)?;
        let fingerprint = HEXLOWER.encode(&Sha256::digest(canonical.to_string().as_bytes()));
        Ok(Self(body, fingerprint))
    }
}

/// A body as it was sent, of at most `MAX` bytes.
#[derive(Debug)]
pub struct RawBody<const MAX: usize>(pub Bytes);

impl<S: Send + Sync, const MAX: usize> FromRequest<S> for RawBody<MAX> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        read_bytes(request, MAX).await.map(Self)
    }
}

async fn read(request: Request) -> Result<Bytes, Problem> {
    check_media_type(request.headers())?;
    read_bytes(request, MAX_BODY).await
}

fn check_media_type(headers: &HeaderMap) -> Result<(), Problem> {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    if media_type.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    let message = "Send the body as application/json.";
    Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", message))
}

/// Reads no more than `max` bytes, whatever was sent.
async fn read_bytes(request: Request, max: usize) -> Result<Bytes, Problem> {
    to_bytes(request.into_body(), max).await.map_err(|_| {
        let message = format!("The body may have at most {max} bytes.");
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", message)
    })
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let parsed = serde_path_to_error::deserialize(&mut json);
    let value = parsed.map_err(|error| {
        let path = error.path().to_string();
        let inner = error.into_inner();
        match inner.classify() {
            serde_json::error::Category::Data => {
                let message = inner.to_string();
                invalid(&path, message.rsplit_once(" at line ").map_or(&*message, |(message, _)| message))
            }
            _ => malformed(),
        }
    })?;
    json.end().map_err(|_| malformed())?;
    Ok(value)
}

fn malformed() -> Problem {
    Problem::bad_request("malformed_json", "The body is not well-formed JSON.")
}

/// serde names a missing or unknown field in its message only; the client gets it in `field`.
fn invalid(path: &str, message: &str) -> Problem {
    let named = ["missing field `", "unknown field `", "duplicate field `"].iter().find_map(|beginning| {
        let name = message.strip_prefix(beginning)?.split('`').next()?;
        // A field name of the client's is repeated in the answer, but not at any length.
        Some(name.chars().take(100).collect::<String>())
    });
    let field = match (named, path) {
        (Some(name), "." | "") => name,
        (Some(name), path) if path == name || path.ends_with(&format!(".{name}")) => path.to_owned(),
        (Some(name), path) => format!("{path}.{name}"),
        (None, path) => path.to_owned(),
    };
    Problem::validation(vec![Detail { field, message: sentence(message) }])
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

/// A field of a PATCH that may be left out, be null (which clears it) or have a value.
pub fn nullable<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// Query parameters. `T` denies unknown fields.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        let pairs = serde_urlencoded::Deserializer::new(form(query));
        serde_path_to_error::deserialize(pairs).map(Self).map_err(|error| {
            let path = error.path().to_string();
            invalid(&path, &error.into_inner().to_string())
        })
    }
}

fn form(query: &str) -> form_urlencoded::Parse<'_> {
    form_urlencoded::parse(query.as_bytes())
}

/// Collects the errors of several fields, so that a person sees all of them at once.
#[derive(Debug, Default)]
pub struct Fields(Vec<Detail>);

impl Fields {
    pub fn check<T, E: std::fmt::Display>(&mut self, field: &str, parsed: Result<T, E>) -> Option<T> {
        parsed.map_err(|error| self.refuse(field, &error)).ok()
    }

    /// A field that may be missing.
    pub fn check_optional<I, T, E: std::fmt::Display>(
        &mut self,
        field: &str,
        given: Option<I>,
        parse: impl FnOnce(I) -> Result<T, E>,
    ) -> Option<Option<T>> {
        match given {
            None => Some(None),
            Some(given) => self.check(field, parse(given)).map(Some),
        }
    }

    pub fn refuse(&mut self, field: &str, message: &impl std::fmt::Display) {
        self.0.push(Detail { field: field.to_owned(), message: message.to_string() });
    }

    /// The checked values, if all of them were accepted.
    pub fn finish<T: Accepted>(self, checked: T) -> Result<T::Values, Problem> {
        checked.accepted().filter(|_| self.0.is_empty()).ok_or_else(|| Problem::validation(self.0))
    }
}

/// Several checked values: either all of them or none.
pub trait Accepted {
    type Values;
    fn accepted(self) -> Option<Self::Values>;
}

macro_rules! accepted {
    ($($name:ident),+) => {
        #[allow(non_snake_case)]
        impl<$($name),+> Accepted for ($(Option<$name>,)+) {
            type Values = ($($name,)+);
            fn accepted(self) -> Option<Self::Values> {
                let ($($name,)+) = self;
                Some(($($name?,)+))
            }
        }
    };
}

accepted!(A);
accepted!(A, B);
accepted!(A, B, C);
accepted!(A, B, C, D);
accepted!(A, B, C, D, E);
accepted!(A, B, C, D, E, F);
accepted!(A, B, C, D, E, F, G);
accepted!(A, B, C, D, E, F, G, H);
accepted!(A, B, C, D, E, F, G, H, I);
accepted!(A, B, C, D, E, F, G, H, I, J);

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use axum::extract::FromRequestParts;
    use axum::http::Request;
    use domain::address::AddressKind;
    use domain::money::Currency;
    use serde::Deserialize;

    use super::{Object, Query, parse};
    use crate::http::problem::Problem;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code, reason = "only the errors are looked at")]
    struct Everything {
        text: Option<String>,
        signed: Option<i64>,
        unsigned: Option<u32>,
        float: Option<f64>,
        flag: Option<bool>,
        list: Option<Vec<String>>,
        map: Option<BTreeMap<String, u8>>,
        object: Option<Object<Required>>,
        kind: Option<AddressKind>,
        currency: Option<Currency>,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "only the errors are looked at")]
    struct Required {
        name: String,
    }

    /// The one detail, as `field message`.
    fn detail<T>(result: Result<T, Problem>) -> String {
        let details = result.err().expect("an error").details;
        assert_eq!(details.len(), 1);
        format!("{} {}", details[0].field, details[0].message)
    }

    #[test]
    fn errors_of_a_body_are_plain_english() {
        for (body, expected) in [
            ("[]", ". must be an object"),
            ("7", ". must be an object"),
            (r#"{"text":7}"#, "text must be text"),
            (r#"{"text":{"expected":"u8"}}"#, "text must be text"),
            (r#"{"signed":"a, expected b"}"#, "signed must be a whole number"),
            (r#"{"signed":"a at line 3"}"#, "signed must be a whole number"),
            (r#"{"signed":1.5}"#, "signed must be a whole number"),
            (r#"{"signed":9223372036854775808}"#, "signed is too large"),
            (r#"{"unsigned":"1"}"#, "unsigned must be a whole number, 0 or more"),
            (r#"{"unsigned":-1}"#, "unsigned must be a whole number, 0 or more"),
            (r#"{"unsigned":4294967296}"#, "unsigned is too large"),
            (r#"{"float":"x"}"#, "float must be a number"),
            (r#"{"flag":"yes"}"#, "flag must be true or false"),
            (r#"{"list":"a"}"#, "list must be a list"),
            (r#"{"list":["a",1]}"#, "list[1] must be text"),
            (r#"{"map":[]}"#, "map must be an object"),
            (r#"{"map":{"a":-1}}"#, "map.a must be a whole number, 0 or more"),
            (r#"{"object":["Ada"]}"#, "object must be an object"),
            (r#"{"object":{}}"#, "object.name is required"),
            (r#"{"kind":"home"}"#, "kind must be one of: shipping, billing"),
            (r#"{"currency":"dollars"}"#, "currency must be a currency code of three letters, such as usd"),
            (r#"{"color":"red"}"#, "color is not a known field"),
            (r#"{"flag":true,"flag":true}"#, "flag must be given only once"),
        ] {
            assert_eq!(detail(parse::<Object<Everything>>(body.as_bytes())), expected, "{body}");
        }
    }

    #[tokio::test]
    async fn errors_of_a_query_string_are_plain_english() {
        for (query, expected) in [
            ("signed=x", "signed must be a whole number"),
            ("unsigned=", "unsigned must be a whole number"),
            ("unsigned=-1", "unsigned must be a whole number"),
            ("unsigned=4294967296", "unsigned is too large"),
            ("signed=-9223372036854775809", "signed is too small"),
            ("float=x", "float must be a number"),
            ("flag=yes", "flag must be true or false"),
            ("kind=home", "kind must be one of: shipping, billing"),
            ("color=red", "color is not a known field"),
            ("flag=true&flag=true", "flag must be given only once"),
        ] {
            let (mut parts, ()) = Request::get(format!("/?{query}")).body(()).unwrap().into_parts();
            let result = Query::<Everything>::from_request_parts(&mut parts, &()).await;
            assert_eq!(detail(result), expected, "{query}");
        }
    }
}
