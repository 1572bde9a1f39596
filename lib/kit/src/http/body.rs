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
use serde_json::Value;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use crate::http::faults::{self, Fault};
use crate::http::forms::Forms;
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

impl<S: Send + Sync, T: DeserializeOwned + ToSchema> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        parse::<Object<T>, T>(&read(request).await?).map(|Object(body)| Self(body))
    }
}

/// `Option<Body<T>>`: a body that may be left out, or be null. Without a body its type says nothing.
impl<S: Send + Sync, T: DeserializeOwned + ToSchema> OptionalFromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Option<Self>, Problem> {
        let is_json = check_media_type(request.headers());
        let bytes = read_bytes(request, MAX_BODY).await?;
        if bytes.is_empty() {
            return Ok(None);
        }
        is_json?;
        Ok(parse::<Option<Object<T>>, T>(&bytes)?.map(|Object(body)| Self(body)))
    }
}

impl<S: Send + Sync, T: DeserializeOwned + ToSchema> FromRequest<S> for Fingerprinted<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let bytes = read(request).await?;
        let Object(body) = parse::<Object<T>, T>(&bytes)?;
        let canonical: Value = serde_json::from_slice(&bytes).map_err(|_| malformed())?;
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

/// A message that is JSON like a body, and did not come with a request.
pub fn from_json<T: DeserializeOwned + ToSchema>(text: &str) -> Result<T, Problem> {
    parse::<Object<T>, T>(text.as_bytes()).map(|Object(message)| message)
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

fn parse<T: DeserializeOwned, S: ToSchema>(bytes: &[u8]) -> Result<T, Problem> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    match serde_path_to_error::deserialize(&mut json) {
        Ok(value) => json.end().map_err(|_| malformed()).map(|()| value),
        Err(error) => {
            let body = serde_json::from_slice(bytes).map_err(|_| malformed())?;
            let parse = |body: &Value| serde_path_to_error::deserialize::<_, T>(body).err().as_ref().map(fault);
            // The text is well-formed, but for some wrong types the parser says something else.
            let first = if error.inner().is_data() { Some(fault(&error)) } else { parse(&body) };
            Err(first.map_or_else(malformed, |first| faults::of_body(first, &body, &Forms::of::<S>(), &parse)))
        }
    }
}

fn fault(error: &serde_path_to_error::Error<serde_json::Error>) -> Fault {
    let message = error.inner().to_string();
    Fault::new(error.path(), message.rsplit_once(" at line ").map_or(&*message, |(message, _)| message))
}

fn malformed() -> Problem {
    Problem::bad_request("malformed_json", "The body is not well-formed JSON.")
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
        let parse = |query: &str| {
            let pairs = serde_urlencoded::Deserializer::new(form_urlencoded::parse(query.as_bytes()));
            serde_path_to_error::deserialize(pairs)
                .map(Self)
                .map_err(|error| Fault::new(error.path(), &error.inner().to_string()))
        };
        parse(query).map_err(|first| faults::of_query(first, query, &|query| parse(query).err()))
    }
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

    /// An entry of a list that may be there only once.
    pub fn check_once<T: Copy + PartialEq, E: std::fmt::Display>(
        &mut self,
        field: &str,
        parsed: Result<T, E>,
        known: &mut Vec<T>,
    ) -> Option<T> {
        let entry = self.check(field, parsed)?;
        if known.contains(&entry) {
            self.refuse(field, &"is listed twice");
        }
        known.push(entry);
        Some(entry)
    }

    pub fn refuse(&mut self, field: &str, message: &impl std::fmt::Display) {
        self.0.push(Detail { field: field.to_owned(), message: message.to_string() });
    }

    /// The checked values, if all of them were accepted.
    pub fn finish<T: Accepted>(self, checked: T) -> Result<T::Values, Problem> {
        checked.accepted().filter(|_| self.0.is_empty()).ok_or_else(|| Problem::validation(self.0))
    }
}

/// The ids in a parameter, each once. `kind` says what they are of.
pub fn id_list<T: PartialEq, E>(
    text: &str,
    max: usize,
    kind: &str,
    parse: impl Fn(&str) -> Result<T, E>,
) -> Result<Vec<T>, String> {
    let refusal = || format!("must be 1 to {max} ids of {kind} with commas between them");
    let mut ids = Vec::new();
    for (n, id) in text.split(',').enumerate() {
        let id = parse(id).ok().filter(|_| n < max).ok_or_else(refusal)?;
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    Ok(ids)
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
accepted!(A, B, C, D, E, F, G, H, I, J, K);
accepted!(A, B, C, D, E, F, G, H, I, J, K, L);

#[cfg(test)]
mod tests;
