//! Reads: one item, several items in one round trip, a page of a partition.

use std::collections::HashMap;

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::update_item::{UpdateItemError, UpdateItemOutput};
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes, ReturnValue, ReturnValuesOnConditionCheckFailure};
use serde::de::DeserializeOwned;

use crate::Store;
use crate::engine::error::{StoreError, classify};
use crate::engine::expression::{Change, Expression, Require};
use crate::engine::item::{Attributes, Item, read};
use crate::keys::Key;

/// Items that were read together, taken out one by one by key.
#[derive(Debug)]
pub(crate) struct Found(HashMap<Key, Attributes>);

impl Found {
    pub(crate) fn take<T: DeserializeOwned>(&mut self, key: &Key) -> Result<Option<T>, StoreError> {
        self.0.remove(key).map(read).transpose()
    }
}

/// What became of a conditional write of one item.
#[derive(Debug)]
pub(crate) enum Written {
    /// The attributes that the write changed, as they are now.
    Done(Attributes),
    /// The condition did not hold; this is the item as it is, or nothing if there is none.
    Refused(Option<Attributes>),
}

impl Store {
    /// Strongly consistent: what was written before is seen.
    pub(crate) async fn get<T: DeserializeOwned>(&self, key: &Key) -> Result<Option<T>, StoreError> {
        let request =
            self.client.get_item().table_name(&*self.table).set_key(Some(key.attributes())).consistent_read(true);
        request.send().await.map_err(|e| classify(&e))?.item.map(read).transpose()
    }

    /// Strongly consistent, one round trip, however many keys up to a hundred.
    pub(crate) async fn get_all(&self, keys: &[&Key]) -> Result<Found, StoreError> {
        self.get_only(&[], keys).await
    }

    /// The same, of each item only these attributes; all if none are named.
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
                .build();
            let keys = keys.map_err(|e| StoreError::Corrupt(e.to_string()))?;
            let sent = self.client.batch_get_item().request_items(&*self.table, keys).send().await;
            let answer = sent.map_err(|e| classify(&e))?;
            for item in answer.responses.unwrap_or_default().into_values().flatten() {
                if let (Some(AttributeValue::S(pk)), Some(AttributeValue::S(sk))) = (item.get("PK"), item.get("SK")) {
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

    /// As many keys as it takes, a hundred a call, two calls at once; of each item only these attributes, or all.
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

    /// Whether the table answers at all.
    pub async fn answers(&self) -> Result<(), StoreError> {
        let nothing = Key { pk: "HEALTH".to_owned(), sk: "HEALTH".to_owned() };
        self.get::<serde_json::Value>(&nothing).await.map(drop)
    }

    pub(crate) async fn put(&self, item: Item) -> Result<(), StoreError> {
        let request = self.client.put_item().table_name(&*self.table).set_item(Some(item.into_attributes()));
        request.send().await.map(drop).map_err(|e| classify(&e))
    }

    /// Puts an item that must be the first under its key; otherwise hands back the one that is there.
    pub(crate) async fn put_new(&self, item: Item) -> Result<Written, StoreError> {
        self.put_if(item, vec![Require::Absent]).await
    }

    /// Puts an item over one that must be as required; otherwise hands that one back.
    pub(crate) async fn put_if(&self, item: Item, requires: Vec<Require>) -> Result<Written, StoreError> {
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
            Ok(_) => Ok(Written::Done(HashMap::new())),
            Err(error) => match error.as_service_error() {
                Some(aws_sdk_dynamodb::operation::put_item::PutItemError::ConditionalCheckFailedException(failed)) => {
                    Ok(Written::Refused(failed.item.clone()))
                }
                _ => Err(classify(&error)),
            },
        }
    }

    /// Changes one item. The SDK may repeat a write whose answer was lost, so a caller must be able to tell from the
    /// refused item that its own write is already in it.
    pub(crate) async fn change(&self, change: Change) -> Result<Written, StoreError> {
        let (key, update, on) = change.build();
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

/// The projection of an item on its key and these attributes, named because some are words of DynamoDB's own.
fn projection(attributes: &[&str]) -> (String, HashMap<String, String>) {
    let named = |name: &&str| (format!("#{name}"), (*name).to_owned());
    let names: HashMap<_, _> = attributes.iter().chain(&["PK", "SK"]).map(named).collect();
    (names.keys().cloned().collect::<Vec<_>>().join(","), names)
}

fn written<R: std::fmt::Debug>(
    sent: Result<UpdateItemOutput, SdkError<UpdateItemError, R>>,
) -> Result<Written, StoreError> {
    match sent {
        Ok(output) => Ok(Written::Done(output.attributes.unwrap_or_default())),
        Err(error) => match error.as_service_error() {
            Some(UpdateItemError::ConditionalCheckFailedException(failed)) => Ok(Written::Refused(failed.item.clone())),
            _ => Err(classify(&error)),
        },
    }
}
