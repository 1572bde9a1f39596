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
    use proptest::prelude::{
        Just, Strategy, TestCaseError, any, prop, prop_assert, prop_assert_eq, prop_oneof, proptest,
    };
    use serde::Deserialize;
    use serde::de::DeserializeOwned;
    use serde_json::Value;
    use utoipa::ToSchema;

    use super::{Object, Query, parse};
    use crate::http::money::MoneyInput;
    use crate::http::postal::PostalInput;
    use crate::http::problem::Problem;

    #[derive(Debug, Deserialize, ToSchema)]
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
        #[schema(value_type = Option<Required>)]
        object: Option<Object<Required>>,
        #[schema(value_type = Option<String>)]
        kind: Option<AddressKind>,
        #[schema(value_type = Option<String>)]
        currency: Option<Currency>,
        #[schema(value_type = Option<MoneyInput>)]
        price: Option<Object<MoneyInput>>,
        #[schema(value_type = Option<Vec<Required>>)]
        others: Option<Vec<Object<Required>>>,
    }

    #[derive(Debug, Deserialize, ToSchema)]
    #[allow(dead_code, reason = "only the errors are looked at")]
    struct Required {
        name: String,
        size: u32,
    }

    /// The details, each as `field message`.
    fn details<T>(result: Result<T, Problem>) -> Vec<String> {
        let details = result.err().expect("an error").details;
        details.into_iter().map(|detail| format!("{} {}", detail.field, detail.message)).collect()
    }

    fn of_body(body: &str) -> Vec<String> {
        details(parse::<Object<Everything>, Everything>(body.as_bytes()))
    }

    async fn of_query(query: &str) -> Vec<String> {
        let (mut parts, ()) = Request::get(format!("/?{query}")).body(()).unwrap().into_parts();
        details(Query::<Everything>::from_request_parts(&mut parts, &()).await)
    }

    #[test]
    fn errors_of_a_body_are_plain_english() {
        for (body, expected) in [
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
            (r#"{"object":["Ada"]}"#, r#"object must be an object such as {"name":"text","size":0}"#),
            (r#"{"object":{"size":1}}"#, "object.name is required"),
            (r#"{"price":19.99}"#, r#"price must be an object such as {"amount":1999,"currency":"usd"}"#),
            (r#"{"kind":"home"}"#, "kind must be one of: shipping, billing"),
            (r#"{"currency":"dollars"}"#, "currency must be a currency code of three letters, such as usd"),
            (r#"{"color":"red"}"#, "color is not a known field"),
            (r#"{"flag":true,"flag":true}"#, "flag must be given only once"),
        ] {
            assert_eq!(of_body(body), [expected], "{body}");
        }
        for body in ["[]", "7"] {
            let [told] = &of_body(body)[..] else { panic!("one detail") };
            assert!(told.starts_with(r#". must be an object such as {"currency":"text","#), "{told}");
        }
    }

    #[test]
    fn all_faults_of_a_body_are_told_at_once() {
        let body = r#"{"color":"red","text":7,"list":["a",1,2],"object":{"length":1},"currency":"dollars","price":
            {"amount":1.5},"others":[{"name":"a","size":1},{"name":true},7],"map":{"a":-1,"b":"x"},"flag":"yes"}"#;
        let mut found = of_body(body);
        found.sort_unstable();
        assert_eq!(
            found,
            [
                "color is not a known field",
                "currency must be a currency code of three letters, such as usd",
                "flag must be true or false",
                "list[1] must be text",
                "list[2] must be text",
                "map.a must be a whole number, 0 or more",
                "map.b must be a whole number, 0 or more",
                "object.name is required",
                "object.size is required",
                "others[1].name must be text",
                "others[1].size is required",
                r#"others[2] must be an object such as {"name":"text","size":0}"#,
                "price.amount must be a whole number",
                "price.currency is required",
                "text must be text",
            ]
        );
    }

    #[test]
    fn a_refused_body_is_told_the_bounds_of_its_values_too() {
        let found = of_body(r#"{"color":"red","price":{"amount":-1,"currency":"usd"}}"#);
        assert_eq!(found, ["color is not a known field", "price.amount must be between 0 and 99999999"]);
    }

    #[test]
    fn the_answer_stays_short_whatever_was_sent() {
        let fields: Vec<String> = (0..1_000).map(|n| format!("\"{}{n}\":1", "x".repeat(1_000))).collect();
        let found = of_body(&format!("{{{}}}", fields.join(",")));
        assert_eq!(found.len(), 50);
        assert!(found.iter().all(|detail| detail.len() < 200));
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let names = prop::sample::select(vec![
            "text",
            "signed",
            "unsigned",
            "float",
            "flag",
            "list",
            "map",
            "object",
            "kind",
            "currency",
            "price",
            "others",
            "name",
            "size",
            "amount",
            "line1",
            "city",
            "postalCode",
            "country",
            "phone",
            "",
            "a`b",
        ]);
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            prop::sample::select(vec!["usd", "shipping", "", "x", "7"]).prop_map(Value::from),
            ".{0,20}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 60, 8, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::btree_map(names.clone(), inner, 0..10)
                    .prop_map(|fields| fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()),
            ]
        })
    }

    fn check_explained<T: DeserializeOwned + ToSchema>(body: &Value) -> Result<(), TestCaseError> {
        let bytes = serde_json::to_vec(body).unwrap();
        let is_accepted = serde_json::from_slice::<Object<T>>(&bytes).is_ok();
        match parse::<Object<T>, T>(&bytes) {
            Ok(_) => prop_assert!(is_accepted),
            Err(problem) => {
                prop_assert!(!is_accepted && problem.code == "validation_failed");
                let mut fields: Vec<&String> = problem.details.iter().map(|detail| &detail.field).collect();
                prop_assert!(!fields.is_empty() && fields.len() <= 50);
                let said = fields.len();
                fields.sort_unstable();
                fields.dedup();
                prop_assert_eq!(fields.len(), said, "a field is named twice");
            }
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn whatever_is_refused_is_explained_and_nothing_else(body in any_json()) {
            check_explained::<Everything>(&body)?;
            check_explained::<PostalInput>(&body)?;
            check_explained::<MoneyInput>(&body)?;
        }

        #[test]
        fn any_query_string_is_read_or_explained(query in "([a-z]{1,8}(=[a-z0-9%+.-]{0,5})?&?){0,8}") {
            let read = serde_urlencoded::from_str::<Everything>(&query);
            let (mut parts, ()) = Request::get(format!("/?{query}")).body(()).unwrap().into_parts();
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let given = runtime.block_on(Query::<Everything>::from_request_parts(&mut parts, &()));
            prop_assert_eq!(read.is_ok(), given.is_ok());
            prop_assert!(given.err().is_none_or(|problem| !problem.details.is_empty()));
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
            assert_eq!(of_query(query).await, [expected], "{query}");
        }
    }

    #[tokio::test]
    async fn all_faults_of_a_query_string_are_told_at_once() {
        let found = of_query("color=red&signed=x&unsigned=1&flag=yes&text=a&text=b&size=1&color=blue").await;
        let expected = [
            "color is not a known field",
            "signed must be a whole number",
            "flag must be true or false",
            "text must be given only once",
            "size is not a known field",
        ];
        assert_eq!(found, expected);
    }
}
