//! Writes of many items without conditions, for what only one process writes, or all write alike.

use aws_sdk_dynamodb::types::{PutRequest, WriteRequest};

use crate::Store;
use crate::engine::error::{StoreError, classify};
use crate::engine::item::Item;

/// How many items one call writes.
const MAX_ITEMS: usize = 25;

/// How often the rest of a batch is tried that DynamoDB had no capacity for.
const MAX_TRIES: u32 = 10;

impl Store {
    /// Writes these items, whether or not there are some already. If it fails, some of them may be written.
    pub(crate) async fn put_all(&self, items: Vec<Item>) -> Result<(), StoreError> {
        let mut left = Vec::with_capacity(items.len());
        for item in items {
            let put = PutRequest::builder().set_item(Some(item.into_attributes())).build();
            let put = put.map_err(|error| StoreError::Corrupt(error.to_string()))?;
            left.push(WriteRequest::builder().put_request(put).build());
        }
        let mut pause = self.pause;
        for _ in 0..MAX_TRIES {
            let mut unwritten = Vec::new();
            for some in left.chunks(MAX_ITEMS) {
                let request = self.client.batch_write_item().request_items(&*self.table, some.to_vec());
                let answer = request.send().await.map_err(|error| classify(&error))?;
                unwritten.extend(answer.unprocessed_items.unwrap_or_default().into_values().flatten());
            }
            if unwritten.is_empty() {
                return Ok(());
            }
            left = unwritten;
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
        Err(StoreError::Busy("a batch was left unprocessed".to_owned()))
    }
}
