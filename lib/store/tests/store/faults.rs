//! Commits with network faults, throttling and conflicting transactions.

use domain::event::Event;
use harness::network::Fault;
use harness::table::TestTable;
use store::users::RegisterRefusal;
use store::{Commit, StoreError};

use crate::fixtures::{outbox_event, registration};

#[tokio::test]
async fn a_transaction_in_conflict_with_another_is_tried_again() {
    let table = TestTable::create().await;
    table.network.fail("TransactWriteItems", Fault::Conflict, 4);
    table.store.register(&registration(1)).await.unwrap();
    assert_eq!(table.events().len(), 1);
}

#[tokio::test]
async fn a_transaction_that_is_always_in_conflict_is_busy_and_writes_nothing() {
    let table = TestTable::create().await;
    table.network.fail("TransactWriteItems", Fault::Conflict, 5);
    let outcome = table.store.register(&registration(1)).await;
    assert_eq!(outcome, Err(Commit::Store(StoreError::Busy("TransactionConflict".into()))));
    assert!(table.items().is_empty());
}

#[tokio::test]
async fn throttling_is_busy_after_every_try() {
    let table = TestTable::create().await;
    table.network.fail("TransactWriteItems", Fault::Throttle, 100);
    let outcome = table.store.register(&registration(1)).await;
    assert_eq!(outcome, Err(Commit::Store(StoreError::Busy("ThrottlingException".into()))));
    table.network.heal();
    assert!(table.items().is_empty());
}

#[tokio::test]
async fn after_a_lost_answer_a_write_is_repeated_and_takes_effect_once() {
    let table = TestTable::create().await;
    table.network.fail("TransactWriteItems", Fault::After, 2);
    table.store.register(&registration(1)).await.unwrap();
    assert_eq!(table.items().len(), 7);
    // Another transaction is not taken for a repetition.
    let mut second = registration(2);
    second.user.email = registration(1).user.email;
    assert_eq!(table.store.register(&second).await, Err(Commit::Refused(RegisterRefusal::EmailTaken)));
}

#[tokio::test]
async fn without_any_answer_it_is_unavailable_and_a_repetition_takes_effect_once() {
    let table = TestTable::create().await;
    table.network.fail("TransactWriteItems", Fault::After, 3);
    let outcome = table.store.register(&registration(1)).await;
    assert!(matches!(outcome, Err(Commit::Store(StoreError::Unavailable(_)))), "{outcome:?}");
    table.store.register(&registration(1)).await.unwrap();
    assert_eq!(table.items().len(), 7);
}

#[tokio::test]
async fn one_token_for_two_transactions_is_an_error() {
    let table = TestTable::create().await;
    table.store.register(&registration(1)).await.unwrap();
    let mut other = registration(2);
    other.outbox_event = outbox_event(1001, Event::UserRegistered { user_id: other.user.id });
    let outcome = table.store.register(&other).await;
    assert!(matches!(outcome, Err(Commit::Store(StoreError::Corrupt(_)))), "{outcome:?}");
}

#[tokio::test]
async fn reads_survive_two_lost_answers_and_fail_after_the_third() {
    let table = TestTable::create().await;
    let r = registration(1);
    table.store.register(&r).await.unwrap();
    for fault in [Fault::Before, Fault::After, Fault::Throttle] {
        table.network.fail("GetItem", fault, 2);
        assert_eq!(table.store.user(r.user.id).await.unwrap(), Some(r.user.clone()));
        table.network.fail("GetItem", fault, 3);
        assert!(table.store.user(r.user.id).await.is_err());
        table.network.heal();
    }
}
