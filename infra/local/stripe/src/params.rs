//! Form parameters in Stripe's notation, such as `metadata[order_id]=…`. Their order does not matter.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::error::StripeError;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Params(BTreeMap<String, String>);

impl Params {
    pub(crate) fn parse(form: &str) -> Self {
        Self(form_urlencoded::parse(form.as_bytes()).into_owned().collect())
    }

    /// Refuses parameters that are not in the list. `[]` stands for any index and a final `*` for any name.
    pub(crate) fn allow_only(&self, allowed: &[&str]) -> Result<(), StripeError> {
        let unknown = self.0.keys().find(|key| {
            let key = without_indices(key);
            !allowed.iter().any(|known| match known.strip_suffix('*') {
                Some(beginning) => key.starts_with(beginning),
                None => key == *known,
            })
        });
        match unknown {
            None => Ok(()),
            Some(key) => Err(StripeError::invalid("parameter_unknown", &format!("Received unknown parameter: {key}"))),
        }
    }

    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    pub(crate) fn required(&self, key: &str) -> Result<&str, StripeError> {
        let missing = || StripeError::invalid("parameter_missing", &format!("Missing required param: {key}."));
        self.get(key).filter(|value| !value.is_empty()).ok_or_else(missing)
    }

    pub(crate) fn number(&self, key: &str) -> Result<Option<i64>, StripeError> {
        let invalid = |_| StripeError::invalid("parameter_invalid_integer", &format!("Invalid integer: {key}"));
        self.get(key).map(|value| value.parse().map_err(invalid)).transpose()
    }

    /// All `name[…]` parameters as an object.
    pub(crate) fn object(&self, name: &str) -> Value {
        let beginning = format!("{name}[");
        let entries = self.0.iter().filter_map(|(key, value)| {
            let inner = key.strip_prefix(&beginning)?.strip_suffix(']')?;
            Some((inner.to_owned(), Value::from(value.as_str())))
        });
        Value::Object(entries.collect::<Map<_, _>>())
    }
}

fn without_indices(key: &str) -> String {
    let parts = key.split('[').map(|part| match part.strip_suffix(']') {
        Some(inner) if !inner.is_empty() && inner.bytes().all(|c| c.is_ascii_digit()) => "[]".to_owned(),
        Some(inner) => format!("[{inner}]"),
        None => part.to_owned(),
    });
    parts.collect()
}
