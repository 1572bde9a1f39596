//! Form parameters in Stripe's notation, such as `metadata[order_id]=…`. Their order does not matter.

use std::collections::{BTreeMap, BTreeSet};

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
            Some(key) => Err(unknown_parameter(key)),
        }
    }

    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    pub(crate) fn required(&self, key: &str) -> Result<&str, StripeError> {
        let missing =
            || StripeError::parameter(key, Some("parameter_missing"), &format!("Missing required param: {key}."));
        self.get(key).filter(|value| !value.is_empty()).ok_or_else(missing)
    }

    pub(crate) fn number(&self, key: &str) -> Result<Option<i64>, StripeError> {
        self.get(key).map(|value| value.parse().map_err(|_| invalid_integer(key, "Invalid integer"))).transpose()
    }

    /// A whole number of this range.
    pub(crate) fn number_in(&self, key: &str, least: i64, most: i64) -> Result<Option<i64>, StripeError> {
        let number = self.number(key)?;
        match number {
            Some(number) if !(least..=most).contains(&number) => {
                Err(invalid_integer(key, &format!("This value must be from {least} to {most}")))
            }
            _ => Ok(number),
        }
    }

    /// All `name[…]` parameters as an object.
    pub(crate) fn object(&self, name: &str) -> Map<String, Value> {
        let entries = self.under(name).map(|(key, value)| (key.to_owned(), Value::from(value)));
        entries.collect()
    }

    /// What stands in the brackets after this name, with its values: `order_id` of `metadata[order_id]`, and
    /// `address][line1` of `shipping[address][line1]`.
    pub(crate) fn under(&self, name: &str) -> impl Iterator<Item = (&str, &str)> {
        let beginning = format!("{name}[");
        self.0.iter().filter_map(move |(key, value)| {
            let inner = key.strip_prefix(&beginning)?.strip_suffix(']')?;
            Some((inner, value.as_str()))
        })
    }

    /// The values of `name[]`, `name[0]` and so on.
    pub(crate) fn list(&self, name: &str) -> Vec<&str> {
        self.under(name).map(|(_, value)| value).collect()
    }

    /// The indices of an array of objects, such as `line_items[0][quantity]`.
    pub(crate) fn indices(&self, name: &str) -> BTreeSet<usize> {
        let indices = self.under(name).filter_map(|(inner, _)| inner.split(']').next()?.parse().ok());
        indices.collect()
    }
}

pub(crate) fn unknown_parameter(key: &str) -> StripeError {
    StripeError::parameter(key, Some("parameter_unknown"), &format!("Received unknown parameter: {key}"))
}

pub(crate) fn invalid_integer(key: &str, problem: &str) -> StripeError {
    StripeError::parameter(key, Some("parameter_invalid_integer"), &format!("{problem}: {key}"))
}

fn without_indices(key: &str) -> String {
    let parts = key.split('[').map(|part| match part.strip_suffix(']') {
        Some(inner) if !inner.is_empty() && inner.bytes().all(|c| c.is_ascii_digit()) => "[]".to_owned(),
        Some(inner) => format!("[{inner}]"),
        None => part.to_owned(),
    });
    parts.collect()
}
