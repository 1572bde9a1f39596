//! A transaction is a list of writes; all of them are done, or none. Each conditional write has a refusal of its own.
//! DynamoDB's cancellation reason *i* becomes the refusal of write *i*.

use std::time::Duration;

use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{CancellationReason, ConditionCheck, Delete, Put, TransactWriteItem, Update};

use crate::Store;
use crate::engine::error::{Commit, StoreError, classify};
use crate::engine::expression::{BuiltChange, Change, Expression, Require};
use crate::engine::item::Item;
use crate::keys::Key;

/// How many writes one transaction takes.
pub(crate) const MAX_WRITES: usize = 100;

/// How often a transaction is tried that is in conflict with another one.
const MAX_TRIES: u32 = 5;

#[derive(Debug)]
pub struct Transaction<R> {
    token: String,
    writes: Vec<(Write, Option<R>)>,
}

#[derive(Debug, Clone)]
enum Write {
    Put(Item, Expression),
    Update(BuiltChange),
    Delete(Key, Expression),
    Check(Key, Expression),
}

impl<R: Clone> Transaction<R> {
    /// `token` names this transaction and no other. With it, DynamoDB does not carry out a write twice whose answer
    /// was lost. It can be any id that is made for this transaction.
    pub fn new(token: impl std::fmt::Display) -> Self {
        Self { token: token.to_string(), writes: Vec::new() }
    }

    /// How many writes there are. DynamoDB accepts at most a hundred.
    pub(crate) fn len(&self) -> usize {
        self.writes.len()
    }

    /// Adds the writes of another transaction. The token stays.
    #[must_use]
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.writes.extend(other.writes);
        self
    }

    /// The same writes in as many transactions as needed.
    pub(crate) fn in_parts(self) -> Vec<Self> {
        let mut parts: Vec<Self> = Vec::new();
        for write in self.writes {
            match parts.last_mut() {
                Some(part) if part.len() < MAX_WRITES => part.writes.push(write),
                _ => parts.push(Self { token: format!("{}-{}", self.token, parts.len()), writes: vec![write] }),
            }
        }
        parts
    }

    /// Writes the item, whether or not there is one already. Only an entry of the audit trail must be new.
    #[must_use]
    pub(crate) fn put(mut self, item: Item) -> Self {
        let on = Expression::requiring(item.requires());
        self.writes.push((Write::Put(item, on), None));
        self
    }

    #[must_use]
    pub(crate) fn put_new(mut self, item: Item, taken: R) -> Self {
        self.writes.push((Write::Put(item, Expression::requiring(vec![Require::Absent])), Some(taken)));
        self
    }

    #[must_use]
    pub(crate) fn put_if(mut self, item: Item, requires: Vec<Require>, refusal: R) -> Self {
        self.writes.push((Write::Put(item, Expression::requiring(requires)), Some(refusal)));
        self
    }

    #[must_use]
    pub(crate) fn change(mut self, change: Change, refusal: R) -> Self {
        self.writes.push((Write::Update(change.build()), Some(refusal)));
        self
    }

    #[must_use]
    pub(crate) fn delete(mut self, key: Key) -> Self {
        self.writes.push((Write::Delete(key, Expression::default()), None));
        self
    }

    #[must_use]
    pub(crate) fn delete_if(mut self, key: Key, requires: Vec<Require>, refusal: R) -> Self {
        self.writes.push((Write::Delete(key, Expression::requiring(requires)), Some(refusal)));
        self
    }

    /// Writes nothing. The transaction is refused if the item is not as required.
    #[must_use]
    pub(crate) fn check(mut self, key: Key, requires: Vec<Require>, refusal: R) -> Self {
        self.writes.push((Write::Check(key, Expression::requiring(requires)), Some(refusal)));
        self
    }
}

impl Store {
    /// Commits all writes or none. A transaction that is throttled or in conflict with another one is tried again,
    /// after a random pause.
    pub async fn commit<R: Clone>(&self, transaction: Transaction<R>) -> Result<(), Commit<R>> {
        let items: Vec<TransactWriteItem> = transaction
            .writes
            .iter()
            .map(|(write, _)| self.wire(write.clone()))
            .collect::<Result<_, _>>()
            .map_err(|e| StoreError::Corrupt(e.to_string()))?;
        let mut pause = self.pause;
        for attempt in 1.. {
            let sent = self.client.transact_write_items().set_transact_items(Some(items.clone()));
            let Err(error) = sent.client_request_token(&transaction.token).send().await else {
                return Ok(());
            };
            let busy = match error.as_service_error() {
                Some(TransactWriteItemsError::TransactionCanceledException(canceled)) => {
                    let reasons = canceled.cancellation_reasons();
                    // A refusal is the answer, even if other writes were throttled or in conflict.
                    if let Some(refusal) = refusal(&transaction.writes, reasons) {
                        return Err(Commit::Refused(refusal));
                    }
                    StoreError::Busy(
                        reasons.iter().filter_map(|r| r.code()).find(|&c| c != "None").unwrap_or("?").to_owned(),
                    )
                }
                Some(other) if other.code() == Some("IdempotentParameterMismatchException") => {
                    return Err(StoreError::Corrupt("two transactions under one token".to_owned()).into());
                }
                _ => classify(&error),
            };
            if attempt == MAX_TRIES || !matches!(busy, StoreError::Busy(_)) {
                return Err(busy.into());
            }
            tokio::time::sleep(jittered(pause)).await;
            pause *= 2;
        }
        unreachable!("the last try returns")
    }

    fn wire(&self, write: Write) -> Result<TransactWriteItem, aws_sdk_dynamodb::error::BuildError> {
        let item = TransactWriteItem::builder();
        let table = self.table.to_string();
        Ok(match write {
            Write::Put(body, on) => item.put(
                Put::builder()
                    .table_name(table)
                    .set_item(Some(body.into_attributes()))
                    .set_condition_expression(on.condition.clone())
                    .set_expression_attribute_names(on.names())
                    .set_expression_attribute_values(on.values())
                    .build()?,
            ),
            Write::Update(BuiltChange { key, update, expression: on }) => item.update(
                Update::builder()
                    .table_name(table)
                    .set_key(Some(key.attributes()))
                    .update_expression(update)
                    .set_condition_expression(on.condition.clone())
                    .set_expression_attribute_names(on.names())
                    .set_expression_attribute_values(on.values())
                    .build()?,
            ),
            Write::Delete(key, on) => item.delete(
                Delete::builder()
                    .table_name(table)
                    .set_key(Some(key.attributes()))
                    .set_condition_expression(on.condition.clone())
                    .set_expression_attribute_names(on.names())
                    .set_expression_attribute_values(on.values())
                    .build()?,
            ),
            Write::Check(key, on) => item.condition_check(
                ConditionCheck::builder()
                    .table_name(table)
                    .set_key(Some(key.attributes()))
                    .condition_expression(on.condition.clone().unwrap_or_default())
                    .set_expression_attribute_names(on.names())
                    .set_expression_attribute_values(on.values())
                    .build()?,
            ),
        }
        .build())
    }
}

fn refusal<R: Clone>(writes: &[(Write, Option<R>)], reasons: &[CancellationReason]) -> Option<R> {
    let mut pairs = writes.iter().zip(reasons);
    pairs.find_map(|((_, refusal), reason)| refusal.clone().filter(|_| reason.code() == Some("ConditionalCheckFailed")))
}

#[expect(clippy::disallowed_methods, reason = "a random pause changes nothing that a test checks")]
pub(crate) fn jittered(pause: Duration) -> Duration {
    pause.mul_f64(0.5 + rand::random::<f64>())
}
