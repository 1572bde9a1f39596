//! How staff set the search: synonyms and rules, an item each, and a head that counts them, so that there are never too
//! many. Every change raises a number in the state of the search index. Whoever answers queries reads that state
//! anyhow, and reads the settings again when the number is another one.

use domain::search::{SearchRule, SearchSetting, SettingKind, Synonym, normalized};

use crate::audit::AuditEntry;
use crate::engine::error::{Commit, StoreError};
use crate::engine::expression::{Change, Require};
use crate::engine::item::{Item, number, read};
use crate::idempotency::IdempotencyRecord;
use crate::keys::{Key, SEARCH_SETTINGS, search_setting_prefix};
use crate::{Store, Transaction, keys};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettingConflict {
    /// A request with this Idempotency-Key was carried out before.
    Repeated,
    /// There are as many as there may be.
    TooMany,
    /// Another one has this query.
    Taken,
    /// It was changed or deleted after it was read.
    Changed,
}

/// All that staff have set, each kind with the oldest first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SearchSettings {
    pub synonyms: Vec<SearchSetting<Synonym>>,
    pub rules: Vec<SearchSetting<SearchRule>>,
}

impl Store {
    /// All synonyms and rules, in one query. It is at least as new as every state of the index that was read before it.
    pub async fn search_settings(&self) -> Result<SearchSettings, StoreError> {
        let (synonyms, rules) = (search_setting_prefix::<Synonym>(), search_setting_prefix::<SearchRule>());
        let mut settings = SearchSettings::default();
        for (place, item) in self.query_all(SEARCH_SETTINGS.to_owned(), "").await? {
            if place.starts_with(&synonyms) {
                settings.synonyms.push(read(item)?);
            } else if place.starts_with(&rules) {
                settings.rules.push(read(item)?);
            }
        }
        Ok(settings)
    }

    /// All of one kind, oldest first.
    pub async fn search_settings_of<K: SettingKind>(&self) -> Result<Vec<SearchSetting<K>>, StoreError> {
        let items = self.query_all(SEARCH_SETTINGS.to_owned(), &search_setting_prefix::<K>()).await?;
        items.into_iter().map(|(_, item)| read(item)).collect()
    }

    pub async fn search_setting<K: SettingKind>(&self, id: K::Id) -> Result<Option<SearchSetting<K>>, StoreError> {
        self.get(&keys::search_setting::<K>(id)).await
    }

    pub async fn add_search_setting<K: SettingKind>(
        &self,
        new: &SearchSetting<K>,
        idempotency_record: Option<&IdempotencyRecord>,
        entry: &AuditEntry,
    ) -> Result<(), Commit<SettingConflict>> {
        let one_more = Change::at(keys::search_settings_head())
            .add(K::PLURAL, 1)
            .require(Require::BelowOrLacking(K::PLURAL, number(K::MAX)));
        let mut writes = Transaction::new(entry.id);
        if let Some(record) = idempotency_record {
            writes = writes.put_new(record.item()?, SettingConflict::Repeated);
        }
        writes = writes.change(one_more, SettingConflict::TooMany);
        if let Some(query) = new.content.query() {
            writes = writes.put_new(Item::bare(taken(query)), SettingConflict::Taken);
        }
        let writes = writes.put_new(item(new)?, SettingConflict::Changed);
        self.commit(raise(writes, entry)?).await
    }

    pub async fn replace_search_setting<K: SettingKind>(
        &self,
        before: &SearchSetting<K>,
        after: &SearchSetting<K>,
        entry: &AuditEntry,
    ) -> Result<(), Commit<SettingConflict>> {
        let unchanged = vec![Require::Equals("version", number(before.version))];
        let mut writes = Transaction::new(entry.id).put_if(item(after)?, unchanged, SettingConflict::Changed);
        if let (Some(old), Some(new)) = (before.content.query(), after.content.query())
            && normalized(old) != normalized(new)
        {
            writes = writes.delete(taken(old)).put_new(Item::bare(taken(new)), SettingConflict::Taken);
        }
        self.commit(raise(writes, entry)?).await
    }

    pub async fn delete_search_setting<K: SettingKind>(
        &self,
        setting: &SearchSetting<K>,
        entry: &AuditEntry,
    ) -> Result<(), Commit<SettingConflict>> {
        let unchanged = vec![Require::Equals("version", number(setting.version))];
        let one_less = Change::at(keys::search_settings_head()).add(K::PLURAL, -1);
        let mut writes = Transaction::new(entry.id)
            .delete_if(keys::search_setting::<K>(setting.id), unchanged, SettingConflict::Changed)
            .change(one_less, SettingConflict::Changed);
        if let Some(query) = setting.content.query() {
            writes = writes.delete(taken(query));
        }
        self.commit(raise(writes, entry)?).await
    }
}

fn item<K: SettingKind>(setting: &SearchSetting<K>) -> Result<Item, StoreError> {
    Item::new(keys::search_setting::<K>(setting.id), setting)
}

/// The item that makes the query of a rule unique.
fn taken(query: &str) -> Key {
    keys::search_setting_query(&normalized(query))
}

/// Every change tells those who answer queries, and the audit trail. There may be no index yet.
fn raise(writes: Transaction<SettingConflict>, entry: &AuditEntry) -> Result<Transaction<SettingConflict>, StoreError> {
    let change = Change::at(keys::index_state()).add("settings", 1);
    Ok(writes.change(change, SettingConflict::Changed).put(entry.item()?))
}
