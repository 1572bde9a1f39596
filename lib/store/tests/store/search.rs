//! The state of the search index and its publications.

use domain::id::TransactionId;
use harness::table::TestTable;
use store::search::{IndexState, NewBase, Overtaken, Publication, Segment};

use crate::fixtures::{later, now, refused};

fn token(n: u128) -> TransactionId {
    TransactionId::new(now(), n)
}

fn publication(seq: u32) -> Publication {
    Publication { seq, at: now(), segment: Segment::Inline(vec![1, 2, 3]) }
}

/// Publishes these numbers.
async fn with_publications(numbers: std::ops::RangeInclusive<u32>) -> TestTable {
    let table = TestTable::create().await;
    for seq in numbers {
        let state = table.store.index_state().await.unwrap();
        table.store.publish(token(seq.into()), &state, &publication(seq)).await.unwrap();
    }
    table
}

async fn replace_base(table: &TestTable, n: u128, file: &str, covers: u32) -> IndexState {
    let state = table.store.index_state().await.unwrap();
    table.store.replace_base(token(n), &state, NewBase { file, covers, is_rebuilt: n == 100 }).await.unwrap();
    table.store.index_state().await.unwrap()
}

#[tokio::test]
async fn the_state_with_two_bases_and_publications_in_the_table_and_in_a_file() {
    let table = with_publications(1..=1).await;
    replace_base(&table, 100, "search/bases/1", 1).await;
    replace_base(&table, 101, "search/bases/2", 1).await;
    let state = table.store.index_state().await.unwrap();
    let segment = Segment::File("search/publications/2".to_owned());
    table.store.publish(token(2), &state, &Publication { seq: 2, at: later(), segment }).await.unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(&table.items()).unwrap());
    let news = table.store.index_news(0, 100).await.unwrap();
    assert_eq!((news.publications.len(), news.state.seq, news.state.rebuilds), (2, 2, 1));
    assert_eq!(news.publications[0], publication(1));
}

#[tokio::test]
async fn a_publication_is_refused_after_another_one_and_after_a_new_base() {
    let table = TestTable::create().await;
    let none = table.store.index_state().await.unwrap();
    table.store.publish(token(1), &none, &publication(1)).await.unwrap();
    let before = table.items();
    refused(&table, &before, table.store.publish(token(2), &none, &publication(1)).await, Overtaken);
    let without_base = table.store.index_state().await.unwrap();
    let first = replace_base(&table, 3, "search/bases/1", 1).await;
    let before = table.items();
    refused(&table, &before, table.store.publish(token(4), &without_base, &publication(2)).await, Overtaken);
    replace_base(&table, 5, "search/bases/2", 1).await;
    let before = table.items();
    refused(&table, &before, table.store.publish(token(6), &first, &publication(2)).await, Overtaken);
}

#[tokio::test]
async fn a_base_is_refused_after_another_one_but_not_after_publications() {
    let table = with_publications(1..=1).await;
    let base = |file| NewBase { file, covers: 1, is_rebuilt: false };
    let without_base = table.store.index_state().await.unwrap();
    let first = replace_base(&table, 10, "search/bases/1", 1).await;
    let before = table.items();
    refused(&table, &before, table.store.replace_base(token(11), &without_base, base("late")).await, Overtaken);
    table.store.publish(token(12), &first, &publication(2)).await.unwrap();
    table.store.replace_base(token(13), &first, base("search/bases/2")).await.unwrap();
    let before = table.items();
    refused(&table, &before, table.store.replace_base(token(14), &first, base("late")).await, Overtaken);
    let state = table.store.index_state().await.unwrap();
    assert_eq!((state.seq, state.base.as_deref()), (2, Some("search/bases/2")));
    assert_eq!(state.previous_base.as_deref(), Some("search/bases/1"));
}

#[tokio::test]
async fn a_publication_whose_answer_was_lost_is_made_once() {
    let table = TestTable::create().await;
    table.network.fail("TransactWriteItems", harness::network::Fault::After, 2);
    let none = IndexState::default();
    table.store.publish(token(1), &none, &publication(1)).await.unwrap();
    assert_eq!(table.store.index_news(0, 100).await.unwrap().publications, [publication(1)]);
}

#[tokio::test]
async fn the_oldest_publications_are_removed_and_news_begin_after_a_number() {
    let table = with_publications(1..=12).await;
    let old = table.store.oldest_publications(10).await.unwrap();
    assert_eq!(old.iter().map(|it| it.seq).collect::<Vec<_>>(), (1..=10).collect::<Vec<_>>());
    table.store.remove_publications(token(99), &old).await.unwrap();
    table.store.remove_publications(token(98), &[]).await.unwrap();
    for (after, expected) in [(0, vec![11, 12]), (11, vec![12]), (12, vec![]), (u32::MAX, vec![])] {
        let news = table.store.index_news(after, 2).await.unwrap();
        assert_eq!(news.publications.iter().map(|it| it.seq).collect::<Vec<_>>(), expected, "{after}");
        assert_eq!(news.state.seq, 12);
    }
    let newest = table.store.index_news(0, 1).await.unwrap().publications;
    assert_eq!(newest, [publication(12)], "not more than asked for, and the newest of them");
}
