//! Reads: one item, several items in one round trip, a page of a partition.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::update_item::{UpdateItemError, UpdateItemOutput};
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes, ReturnValue, ReturnValuesOnConditionCheckFailure};
use serde::de::DeserializeOwned;

use crate::Store;
use crate::engine::error::{StoreError, classify};
use crate::engine::expression::{BuiltChange, Change, Expression, Require};
use crate::engine::item::{Attributes, Item, read};
use crate::keys::{self, Key, TABLE};

/// Items that were read together, taken out one by one by key.
#[derive(Debug)]
pub(crate) struct Found(HashMap<Key, Attributes>);

impl Found {
    pub(crate) fn take<T: DeserializeOwned>(&mut self, key: &Key) -> Result<Option<T>, StoreError> {
        self.0.remove(key).map(read).transpose()
    }
}

/// The result of a conditional write of one item.
#[derive(Debug)]
pub(crate) enum WriteOutcome {
    /// The new values of the attributes that the write changed.
    Done(Attributes),
    /// The condition was false. This is the item as it is, or `None` if there is none.
    Refused(Option<Attributes>),
}

impl Store {
    /// Strongly consistent: it sees every write that was finished before.
    pub(crate) async fn get<T: DeserializeOwned>(&self, key: &Key) -> Result<Option<T>, StoreError> {
        let request =
            self.client.get_item().table_name(&*self.table).set_key(Some(key.attributes())).consistent_read(true);
        request.send().await.map_err(|e| classify(&e))?.item.map(read).transpose()
    }

    /// Strongly consistent, in one round trip, for up to a hundred keys.
    pub(crate) async fn get_all(&self, keys: &[&Key]) -> Result<Found, StoreError> {
        self.get_only(&[], keys).await
    }

    /// The same, but only these attributes of each item; all of them if none is named.
    async fn get_only(&self, attributes: &[&str], keys: &[&Key]) -> Result<Found, StoreError> {
        let (projection, names) = (!attributes.is_empty()).then(|| projection(attributes)).unzip();
        let mut found = HashMap::new();
        let mut wanted: Vec<Attributes> = keys.iter().map(|key| key.attributes()).collect();
        for _ in 0..3 {
            let keys = KeysAndAttributes::builder()
                .set_keys(Some(wanted))
                .set_projection_expression(projection.clone())
                .set_expression_attribute_names(names.clone())
                .consistent_read(true)
                .build()
                .map_err(|e| StoreError::Corrupt(e.to_string()))?;
            let answer = self
                .client
                .batch_get_item()
                .request_items(&*self.table, keys)
                .send()
                .await
                .map_err(|e| classify(&e))?;
            for item in answer.responses.unwrap_or_default().into_values().flatten() {
                if let (Some(AttributeValue::S(pk)), Some(AttributeValue::S(sk))) =
                    (item.get(TABLE.pk), item.get(TABLE.sk))
                {
                    found.insert(Key { pk: pk.clone(), sk: sk.clone() }, item);
                }
            }
            let left = answer.unprocessed_keys.unwrap_or_default().remove(&*self.table);
            match left {
                Some(left) if !left.keys.is_empty() => wanted = left.keys,
                _ => return Ok(Found(found)),
            }
        }
        Err(StoreError::Busy("batch left unprocessed".to_owned()))
    }

    /// Any number of keys, a hundred in each call and two calls at a time. Only these attributes of each item, or all.
    pub(crate) async fn get_many(&self, attributes: &[&str], keys: &[&Key]) -> Result<Found, StoreError> {
        let mut found = HashMap::new();
        for pair in keys.chunks(200) {
            let (first, second) = pair.split_at(pair.len().min(100));
            if second.is_empty() {
                found.extend(self.get_only(attributes, first).await?.0);
            } else {
                let (first, second) =
                    tokio::try_join!(self.get_only(attributes, first), self.get_only(attributes, second))?;
                found.extend(first.0.into_iter().chain(second.0));
            }
        }
        Ok(Found(found))
    }

    /// The items that there are, by the ids that their keys are made of.
    pub(crate) async fn get_by<K: Clone + Ord, T: DeserializeOwned>(
        &self,
        ids: &[K],
        key: impl Fn(&K) -> Key,
    ) -> Result<BTreeMap<K, T>, StoreError> {
        let keys: Vec<Key> = ids.iter().map(key).collect();
        let mut found = self.get_many(&[], &keys.iter().collect::<Vec<_>>()).await?;
        let mut items = BTreeMap::new();
        for (id, key) in ids.iter().zip(&keys) {
            if let Some(item) = found.take(key)? {
                items.insert(id.clone(), item);
            }
        }
        Ok(items)
    }

    /// Checks that the table answers.
    pub async fn answers(&self) -> Result<(), StoreError> {
        self.get::<serde_json::Value>(&keys::health_check()).await.map(drop)
    }

    /// Writes the item, whether or not there is one already. Only an entry of the audit trail must be new; if it is
    /// there, an earlier try wrote it.
    pub(crate) async fn put(&self, item: Item) -> Result<(), StoreError> {
        let requires = item.requires();
        self.put_if(item, requires).await.map(drop)
    }

    /// Puts an item if its key is not used yet. Otherwise it returns the existing item.
    pub(crate) async fn put_new(&self, item: Item) -> Result<WriteOutcome, StoreError> {
        self.put_if(item, vec![Require::Absent]).await
    }

    /// Puts an item if the existing one is as required. Otherwise it returns the existing item.
    pub(crate) async fn put_if(&self, item: Item, requires: Vec<Require>) -> Result<WriteOutcome, StoreError> {
        let on = Expression::requiring(requires);
        let request = self.client.put_item().table_name(&*self.table).set_item(Some(item.into_attributes()));
        let sent = request
            .set_condition_expression(on.condition.clone())
            .set_expression_attribute_names(on.names())
            .set_expression_attribute_values(on.values())
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        match sent {
            Ok(_) => Ok(WriteOutcome::Done(HashMap::new())),
            Err(error) => match error.as_service_error() {
                Some(aws_sdk_dynamodb::operation::put_item::PutItemError::ConditionalCheckFailedException(failed)) => {
                    Ok(WriteOutcome::Refused(failed.item.clone()))
                }
                _ => Err(classify(&error)),
            },
        }
    }

    /// Changes one item. The SDK may repeat a write whose answer was lost. So a caller must be able to see in the
    /// refused item that its own write was done already.
    pub(crate) async fn change(&self, change: Change) -> Result<WriteOutcome, StoreError> {
        let BuiltChange { key, update, expression: on } = change.build();
        let sent = self
            .client
            .update_item()
            .table_name(&*self.table)
            .set_key(Some(key.attributes()))
            .update_expression(update)
            .set_condition_expression(on.condition.clone())
            .set_expression_attribute_names(on.names())
            .set_expression_attribute_values(on.values())
            .return_values(ReturnValue::UpdatedNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        written(sent)
    }

    pub(crate) async fn delete(&self, key: &Key) -> Result<(), StoreError> {
        let request = self.client.delete_item().table_name(&*self.table).set_key(Some(key.attributes()));
        request.send().await.map(drop).map_err(|e| classify(&e))
    }
}

/// The projection of an item on its key and these attributes. Placeholders are used because some names are reserved
/// words.
fn projection(attributes: &[&str]) -> (String, HashMap<String, String>) {
    let named = |name: &&str| (format!("#{name}"), (*name).to_owned());
    let names: HashMap<_, _> = attributes.iter().chain(&[TABLE.pk, TABLE.sk]).map(named).collect();
    (names.keys().cloned().collect::<Vec<_>>().join(","), names)
}

fn written<R: std::fmt::Debug>(
    sent: Result<UpdateItemOutput, SdkError<UpdateItemError, R>>,
) -> Result<WriteOutcome, StoreError> {
    match sent {
        Ok(output) => Ok(WriteOutcome::Done(output.attributes.unwrap_or_default())),
        Err(error) => match error.as_service_error() {
            Some(UpdateItemError::ConditionalCheckFailedException(failed)) => {
                Ok(WriteOutcome::Refused(failed.item.clone()))
            }
            _ => Err(classify(&error)),
        },
    }
}
