//! Synonyms and rules of the search: exact shapes, and a test for each refusal.

use domain::id::{ProductId, SearchRuleId, SynonymId};
use domain::search::{SearchRule, SearchSetting, SettingKind, Synonym};
use harness::table::TestTable;
use serde_json::json;
use store::idempotency::IdempotencyRecord;
use store::search_settings::SettingConflict;

use crate::fixtures::{entry, later, now, refused};

fn synonym(n: u128) -> SearchSetting<Synonym> {
    let content = Synonym { input: Some("trainers".into()), terms: vec!["shoes".into()] };
    SearchSetting::new(SynonymId::new(now(), n), content, now())
}

fn rule(n: u128, query: &str) -> SearchSetting<SearchRule> {
    let content = SearchRule { query: query.into(), products: vec![ProductId::new(now(), 1)] };
    SearchSetting::new(SearchRuleId::new(now(), n), content, now())
}

async fn add<K: SettingKind>(table: &TestTable, n: u128, setting: &SearchSetting<K>) {
    table.store.add_search_setting(setting, None, &entry(n, "search.create")).await.unwrap();
}

#[tokio::test]
async fn a_synonym_and_a_rule_are_an_item_each_and_the_query_of_a_rule_is_one_too() {
    let table = TestTable::create().await;
    let (synonym, rule) = (synonym(1), rule(2, "Summer dress"));
    add(&table, 1, &synonym).await;
    add(&table, 2, &rule).await;
    let mut items = table.items_under("SEARCH");
    let mut take = |place: &str| items.remove(place).unwrap();
    let at = "2026-11-20T10:00:00.000Z";
    let expected = json!({
        "PK": "SEARCHSETTINGS", "SK": format!("SYNONYM#{}", synonym.id), "id": synonym.id.to_string(), "version": 1,
        "content": { "input": "trainers", "terms": ["shoes"] }, "created_at": at, "updated_at": at,
    });
    assert_eq!(take(&format!("SEARCHSETTINGS / SYNONYM#{}", synonym.id)), expected);
    let expected = json!({
        "PK": "SEARCHSETTINGS", "SK": format!("RULE#{}", rule.id), "id": rule.id.to_string(), "version": 1,
        "content": { "query": "Summer dress", "products": [ProductId::new(now(), 1).to_string()] },
        "created_at": at, "updated_at": at,
    });
    assert_eq!(take(&format!("SEARCHSETTINGS / RULE#{}", rule.id)), expected);
    let query = "QUERY#summerdress";
    assert_eq!(take(&format!("SEARCHSETTINGS / {query}")), json!({ "PK": "SEARCHSETTINGS", "SK": query }));
    let head = json!({ "PK": "SEARCHSETTINGS", "SK": "HEAD", "synonyms": 1, "rules": 1 });
    assert_eq!(take("SEARCHSETTINGS / HEAD"), head);
    assert_eq!(take("SEARCH / STATE"), json!({ "PK": "SEARCH", "SK": "STATE", "settings": 2 }));
    assert!(items.is_empty(), "{items:?}");
    let all = table.store.search_settings().await.unwrap();
    assert_eq!((all.synonyms, all.rules), (vec![synonym.clone()], vec![rule.clone()]));
    table.store.delete_search_setting(&rule, &entry(3, "search.delete")).await.unwrap();
    table.store.delete_search_setting(&synonym, &entry(4, "search.delete")).await.unwrap();
    let left = table.items_under("SEARCHSETTINGS");
    assert_eq!(left.into_keys().collect::<Vec<_>>(), ["SEARCHSETTINGS / HEAD"]);
}

#[tokio::test]
async fn a_repeated_request_and_a_taken_query_refuse_a_new_rule() {
    let table = TestTable::create().await;
    let record = IdempotencyRecord {
        scope: "owner#search-rules".into(),
        key: "k".into(),
        fingerprint: "print".into(),
        status: 201,
        answer: "{}".into(),
        until: later(),
    };
    let store = &table.store;
    store.add_search_setting(&rule(1, "dress"), Some(&record), &entry(1, "search.create")).await.unwrap();
    let before = table.items();
    let repeated = store.add_search_setting(&rule(2, "shoes"), Some(&record), &entry(2, "search.create")).await;
    refused(&table, &before, repeated, SettingConflict::Repeated);
    let taken = store.add_search_setting(&rule(3, "DRESS"), None, &entry(3, "search.create")).await;
    refused(&table, &before, taken, SettingConflict::Taken);
    add(&table, 4, &rule(4, "shoes")).await;
    let before = table.items();
    let (old, new) = (rule(4, "shoes"), rule(4, "dress").content);
    let taken = store.replace_search_setting(&old, &old.with(new, later()), &entry(5, "search.edit")).await;
    refused(&table, &before, taken, SettingConflict::Taken);
}

#[tokio::test]
async fn as_many_rules_as_there_may_be_refuse_one_more() {
    let table = TestTable::create().await;
    for n in 0..u128::from(SearchRule::MAX) {
        add(&table, n, &rule(n, &format!("query {n}"))).await;
    }
    let before = table.items();
    let more = table.store.add_search_setting(&rule(9_999, "more"), None, &entry(9_999, "search.create")).await;
    refused(&table, &before, more, SettingConflict::TooMany);
    add(&table, 9_999, &synonym(1)).await;
}

#[tokio::test]
async fn a_newer_version_and_a_deletion_refuse_a_change() {
    let table = TestTable::create().await;
    let (store, old) = (&table.store, synonym(1));
    add(&table, 1, &old).await;
    let new = old.with(Synonym { input: None, terms: vec!["a".into(), "b".into()] }, later());
    store.replace_search_setting(&old, &new, &entry(2, "search.edit")).await.unwrap();
    let before = table.items();
    let stale = store.replace_search_setting(&old, &new, &entry(3, "search.edit")).await;
    refused(&table, &before, stale, SettingConflict::Changed);
    let stale = store.delete_search_setting(&old, &entry(4, "search.delete")).await;
    refused(&table, &before, stale, SettingConflict::Changed);
    store.delete_search_setting(&new, &entry(5, "search.delete")).await.unwrap();
    let before = table.items();
    let gone = store.replace_search_setting(&new, &new.with(old.content, later()), &entry(6, "search.edit")).await;
    refused(&table, &before, gone, SettingConflict::Changed);
    let gone = store.delete_search_setting(&new, &entry(7, "search.delete")).await;
    refused(&table, &before, gone, SettingConflict::Changed);
}
