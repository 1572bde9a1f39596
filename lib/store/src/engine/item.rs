//! An item is a key and the fields of a domain value. serde writes and reads it, so the table holds what the domain
//! defines.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::time::Time;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::engine::error::StoreError;
use crate::engine::expression::Require;
use crate::keys::{AUDIT_PREFIX, IndexKey, Key, TABLE};

pub(crate) type Attributes = HashMap<String, AttributeValue>;

/// An item that will be written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Item {
    key: Key,
    attributes: Attributes,
}

impl Item {
    pub(crate) fn new<T: Serialize>(key: Key, body: &T) -> Result<Self, StoreError> {
        let attributes = serde_dynamo::to_item(body).map_err(|e| StoreError::Corrupt(format!("{}: {e}", key.pk)))?;
        Ok(Self { key, attributes })
    }

    /// An item that says all by its key.
    pub(crate) fn bare(key: Key) -> Self {
        Self { key, attributes: Attributes::new() }
    }

    #[must_use]
    pub(crate) fn index(mut self, index: IndexKey) -> Self {
        self.attributes.insert(index.index.pk.to_owned(), text(index.pk));
        self.attributes.insert(index.index.sk.to_owned(), text(index.sk));
        self
    }

    /// When DynamoDB may delete the item. Readers check the time as well, because DynamoDB may be days late.
    #[must_use]
    pub(crate) fn expires(mut self, at: Time) -> Self {
        self.attributes.insert("expires_at".to_owned(), seconds(at));
        self
    }

    /// What is required of the existing item: nothing; or that there is none, because nothing of the audit trail is
    /// ever replaced.
    pub(crate) fn requires(&self) -> Vec<Require> {
        if self.key.pk.starts_with(AUDIT_PREFIX) { vec![Require::Absent] } else { Vec::new() }
    }

    pub(crate) fn into_attributes(self) -> Attributes {
        let mut attributes = self.attributes;
        attributes.extend(self.key.attributes());
        attributes
    }
}

pub(crate) fn read<T: DeserializeOwned>(attributes: Attributes) -> Result<T, StoreError> {
    let place =
        [TABLE.pk, TABLE.sk].map(|name| attributes.get(name).and_then(|v| v.as_s().ok()).cloned().unwrap_or_default());
    serde_dynamo::from_item(attributes).map_err(|e| StoreError::Corrupt(format!("{} / {}: {e}", place[0], place[1])))
}

pub(crate) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

pub(crate) fn number(value: impl std::fmt::Display) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

pub(crate) fn seconds(time: Time) -> AttributeValue {
    number(time.unix_seconds())
}

pub(crate) fn value<T: Serialize>(value: &T) -> Result<AttributeValue, StoreError> {
    serde_dynamo::to_attribute_value(value).map_err(|e| StoreError::Corrupt(e.to_string()))
}
