//! Strict input: JSON of a bounded size whose every field is known, and query parameters likewise. What is wrong is
//! told by field.

use std::marker::PhantomData;

use axum::body::{Bytes, to_bytes};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use data_encoding::HEXLOWER;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use sha2::{Digest, Sha256};

use crate::http::problem::{Detail, Problem};

/// The largest body that any route takes.
pub const MAX_BODY: usize = 64 * 1024;

/// A JSON object and nothing else: serde alone would take a struct's fields from an array as well, by their order.
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

/// A JSON body, with a fingerprint of what it says: the same for the same JSON however it is spaced or ordered.
#[derive(Debug)]
pub struct Fingerprinted<T>(pub T, pub String);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        parse::<Object<T>>(&read(request).await?).map(|Object(body)| Self(body))
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

async fn read(request: Request) -> Result<Bytes, Problem> {
    let content_type =
        request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/json") {
        let message = "Send the body as application/json.";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", message));
    }
    to_bytes(request.into_body(), MAX_BODY).await.map_err(|_| {
        let message = format!("The body may have at most {MAX_BODY} bytes.");
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
            serde_json::error::Category::Data => invalid(&path, &inner.to_string()),
            _ => malformed(),
        }
    })?;
    json.end().map_err(|_| malformed())?;
    Ok(value)
}

fn malformed() -> Problem {
    Problem::bad_request("malformed_json", "The body is not well-formed JSON.")
}

/// serde names a missing or unknown field in its message only; it belongs into `field`.
fn invalid(path: &str, message: &str) -> Problem {
    let message = message.split(" at line ").next().unwrap_or_default();
    let named = ["missing field `", "unknown field `", "duplicate field `"].iter().find_map(|beginning| {
        let name = message.strip_prefix(beginning)?.split('`').next()?;
        // A client's own field name comes back to it, but not at any length.
        Some(name.chars().take(100).collect::<String>())
    });
    let field = match (named, path) {
        (Some(name), "." | "") => name,
        (Some(name), path) if path == name || path.ends_with(&format!(".{name}")) => path.to_owned(),
        (Some(name), path) => format!("{path}.{name}"),
        (None, path) => path.to_owned(),
    };
    let message = match message {
        message if message.starts_with("missing field") => "is required".to_owned(),
        message if message.starts_with("unknown field") => "is not known here".to_owned(),
        message if message.starts_with("duplicate field") => "is given twice".to_owned(),
        message => message.chars().take(200).collect(),
    };
    Problem::validation(vec![Detail { field, message }])
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

/// Collects what is wrong with several fields, so that a person corrects them in one go.
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

    /// What was checked, if all of it was accepted.
    pub fn finish<T: Accepted>(self, checked: T) -> Result<T::Values, Problem> {
        checked.accepted().filter(|_| self.0.is_empty()).ok_or_else(|| Problem::validation(self.0))
    }
}

/// Several checked fields, which are all there or not at all.
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
