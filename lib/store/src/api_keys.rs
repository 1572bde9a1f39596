//! API keys of servers. A key is one item; its head counts all keys, so that there are never too many. When a key was
//! used is an item of its own, because every function notes it and only accounts may change keys.

use std::time::Duration;

use domain::api_key::ApiKey;
use domain::id::ApiKeyId;
use domain::time::Time;
use domain::user::User;
use serde::{Deserialize, Serialize};

use crate::audit::AuditEntry;
use crate::engine::error::{Commit, StoreError};
use crate::engine::expression::{Change, Require};
use crate::engine::item::{Item, number, read, seconds, text};
use crate::staff::actor_check;
use crate::{Store, Transaction, keys};

/// A key that was not used for so long counts as never used.
const USE_KEPT: Duration = Duration::from_hours(400 * 24);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApiKeyConflict {
    /// There are as many as there may be.
    TooMany,
    /// It does not exist, or it was deleted by another request.
    Missing,
    /// The role of the admin was changed, or their sessions were ended.
    ActorChanged,
}

/// A key, and when it was used last, to the hour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsedApiKey {
    pub key: ApiKey,
    pub used_at: Option<Time>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Use {
    at: Time,
}

impl Store {
    /// Adds a key, while `actor` is still an admin who is signed in.
    pub async fn create_api_key(
        &self,
        key: &ApiKey,
        actor: &User,
        entry: &AuditEntry,
    ) -> Result<(), Commit<ApiKeyConflict>> {
        let one_more = Change::at(keys::api_keys_head())
            .add("count", 1)
            .require(Require::BelowOrLacking("count", number(ApiKey::MAX)));
        let transaction = actor_check(Transaction::new(entry.id), actor, ApiKeyConflict::ActorChanged)
            .change(one_more, ApiKeyConflict::TooMany)
            .put(Item::new(keys::api_key(key.id), key)?)
            .put(entry.item()?);
        self.commit(transaction).await
    }

    /// Deletes a key. It is refused from the next request on.
    pub async fn delete_api_key(
        &self,
        id: ApiKeyId,
        actor: &User,
        entry: &AuditEntry,
    ) -> Result<(), Commit<ApiKeyConflict>> {
        let one_less = Change::at(keys::api_keys_head()).add("count", -1).require(Require::Exists);
        let transaction = actor_check(Transaction::new(entry.id), actor, ApiKeyConflict::ActorChanged)
            .delete_if(keys::api_key(id), vec![Require::Exists], ApiKeyConflict::Missing)
            .change(one_less, ApiKeyConflict::Missing)
            .delete(keys::api_key_use(id))
            .put(entry.item()?);
        self.commit(transaction).await
    }

    /// What a request with a key needs to know, in one round trip.
    pub async fn api_key(&self, id: ApiKeyId) -> Result<Option<UsedApiKey>, StoreError> {
        let keys = [keys::api_key(id), keys::api_key_use(id)];
        let mut found = self.get_all(&keys.each_ref()).await?;
        let used_at = found.take::<Use>(&keys[1])?.map(|noted| noted.at);
        Ok(found.take(&keys[0])?.map(|key| UsedApiKey { key, used_at }))
    }

    /// All keys, oldest first.
    pub async fn api_keys(&self) -> Result<Vec<UsedApiKey>, StoreError> {
        let items = self.query_all(keys::API_KEYS.to_owned(), ApiKeyId::PREFIX).await?;
        let all = items.into_iter().map(|(_, item)| read::<ApiKey>(item)).collect::<Result<Vec<_>, _>>()?;
        if all.is_empty() {
            return Ok(Vec::new());
        }
        let uses: Vec<_> = all.iter().map(|key| keys::api_key_use(key.id)).collect();
        let mut found = self.get_many(&[], &uses.iter().collect::<Vec<_>>()).await?;
        let used = |(key, noted)| -> Result<UsedApiKey, StoreError> {
            Ok(UsedApiKey { key, used_at: found.take::<Use>(&noted)?.map(|noted| noted.at) })
        };
        all.into_iter().zip(uses).map(used).collect()
    }

    /// Notes a use, unless one of the last hour is noted.
    pub async fn note_api_key_use(&self, id: ApiKeyId, now: Time) -> Result<(), StoreError> {
        let before = text((now - ApiKey::USE_NOTED_EVERY + Duration::from_millis(1)).to_string());
        let change = Change::at(keys::api_key_use(id))
            .set("at", text(now.to_string()))
            .set("expires_at", seconds(now + USE_KEPT))
            .require(Require::BelowOrLacking("at", before));
        self.change(change).await.map(drop)
    }
}
