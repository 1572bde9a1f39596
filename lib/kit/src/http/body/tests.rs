//! What a refused body or query string is told.

use std::collections::BTreeMap;

use axum::extract::FromRequestParts;
use axum::http::Request;
use domain::address::AddressKind;
use domain::money::Currency;
use proptest::prelude::{Just, Strategy, TestCaseError, any, prop, prop_assert, prop_assert_eq, prop_oneof, proptest};
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
