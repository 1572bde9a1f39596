//! Writes items of older shapes again in the shape of today. Only the operator's command uses it: it is the one scan, and
//! no function has the right to it.
//!
//! An item is read and written by the code that always reads and writes it, so there is no list of changes here. What
//! comes out differently is updated, attribute by attribute, if the attribute is still as it was read. So a change at the
//! same moment wins, and nothing that the reader does not know is lost. The meaning is the same, so no version is raised.

use std::collections::HashMap;

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::coupon::Coupon;
use domain::order::Order;
use domain::product::Product;
use domain::user::User;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Store;
use crate::engine::error::{StoreError, classify};
use crate::engine::item::{Attributes, read};
use crate::keys::{self, Key, TABLE};

/// What came of some items of the table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rewritten {
    pub read: u64,
    /// Items of an older shape, which have the shape of today now, or would have it without a dry run.
    pub older: u64,
    /// Items that changed at the same moment. The next run looks at them again.
    pub overtaken: u64,
    /// Where the table goes on; `None` at its end.
    pub next: Option<ScanPlace>,
}

/// The last item that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanPlace(Key);

impl ScanPlace {
    /// The text that [`Self`] is written as: both keys with a space between them.
    pub fn parse(text: &str) -> Option<Self> {
        let (pk, sk) = text.split_once(' ')?;
        Some(Self(Key { pk: pk.to_owned(), sk: sk.to_owned() }))
    }
}

impl std::fmt::Display for ScanPlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.0.pk, self.0.sk)
    }
}

/// The attributes that today's code writes in another way than they are stored.
fn differences(key: &Key, item: &Attributes) -> Result<Attributes, StoreError> {
    match key.pk.split('#').next().unwrap_or_default() {
        "USER" if key.sk == keys::PROFILE => again::<User>(item),
        "ORDER" if key.sk == keys::ORDER => again::<Order>(item),
        "PRODUCT" => again::<Product>(item),
        "COUPON" if key.sk == keys::COUPON => again::<Coupon>(item),
        // Other items were never of another shape.
        _ => Ok(Attributes::new()),
    }
}

fn again<T: Serialize + DeserializeOwned>(item: &Attributes) -> Result<Attributes, StoreError> {
    let value: T = read(item.clone())?;
    let mut written: Attributes =
        serde_dynamo::to_item(&value).map_err(|error| StoreError::Corrupt(error.to_string()))?;
    written.retain(|name, value| item.get(name) != Some(value));
    Ok(written)
}

impl Store {
    /// Looks at the next items of the table.
    pub async fn rewrite_some(
        &self,
        after: Option<&ScanPlace>,
        limit: i32,
        is_dry_run: bool,
    ) -> Result<Rewritten, StoreError> {
        let start = after.map(|place| place.0.attributes());
        let scan = self.client.scan().table_name(&*self.table).limit(limit).set_exclusive_start_key(start);
        let page = scan.send().await.map_err(|error| classify(&error))?;
        let mut done = Rewritten {
            next: page.last_evaluated_key.as_ref().and_then(key_of).map(ScanPlace),
            ..Rewritten::default()
        };
        for item in page.items.unwrap_or_default() {
            done.read += 1;
            let Some(key) = key_of(&item) else {
                continue;
            };
            let changes = differences(&key, &item)?;
            if changes.is_empty() {
                continue;
            }
            if is_dry_run || self.rewrite(&key, &item, changes).await? {
                done.older += 1;
            } else {
                done.overtaken += 1;
            }
        }
        Ok(done)
    }

    /// Says whether the attributes were still as they were read.
    async fn rewrite(&self, key: &Key, old: &Attributes, changes: Attributes) -> Result<bool, StoreError> {
        let (mut names, mut values) = (HashMap::new(), HashMap::new());
        let (mut sets, mut requires) = (Vec::new(), vec![format!("attribute_exists({})", TABLE.pk)]);
        for (n, (name, value)) in changes.into_iter().enumerate() {
            sets.push(format!("#n{n} = :new{n}"));
            match old.get(&name) {
                Some(before) => {
                    requires.push(format!("#n{n} = :old{n}"));
                    values.insert(format!(":old{n}"), before.clone());
                }
                None => requires.push(format!("attribute_not_exists(#n{n})")),
            }
            values.insert(format!(":new{n}"), value);
            names.insert(format!("#n{n}"), name);
        }
        let update = self.client.update_item().table_name(&*self.table).set_key(Some(key.attributes()));
        let sent = update
            .update_expression(format!("SET {}", sets.join(", ")))
            .condition_expression(requires.join(" AND "))
            .set_expression_attribute_names(Some(names))
            .set_expression_attribute_values(Some(values))
            .send()
            .await;
        match sent {
            Ok(_) => Ok(true),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(_)) => Ok(false),
                _ => Err(classify(&error)),
            },
        }
    }
}

fn key_of(item: &Attributes) -> Option<Key> {
    match (item.get(TABLE.pk)?, item.get(TABLE.sk)?) {
        (AttributeValue::S(pk), AttributeValue::S(sk)) => Some(Key { pk: pk.clone(), sk: sk.clone() }),
        _ => None,
    }
}
