//! Counters of rate limits.

use std::time::Duration;

use domain::rate::Limit;
use harness::table::TestTable;

use crate::fixtures::now;

const LIMIT: Limit = Limit::new("login", 5, Duration::from_mins(1));

#[tokio::test]
async fn a_request_that_is_taken_back_does_not_count_and_no_counter_falls_below_zero() {
    let table = TestTable::create().await;
    let remaining = async || table.store.count_request(LIMIT, "192.0.2.1", now()).await.unwrap().remaining;
    let take_back = async || table.store.uncount_request(LIMIT, "192.0.2.1", now()).await.unwrap();
    take_back().await;
    assert!(table.items().is_empty(), "taking back creates no counter");
    assert_eq!((remaining().await, remaining().await), (4, 3));
    take_back().await;
    assert_eq!(remaining().await, 3);
    for _ in 0..4 {
        take_back().await;
    }
    assert_eq!(remaining().await, 4);
}
