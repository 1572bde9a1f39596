//! Whoever issues documents may stop at any call, and any call may be lost: each document is issued once.

use harness::bucket::Bucket;
use harness::interruptions::Outcome;
use harness::network::Fault;
use harness::orders::{selling_at, usd};
use harness::shop::{Person, Shop};
use serde_json::json;

use crate::documents::{assert_right, bucket, issue, issuer, messages};
use crate::sales::{batch, buy_paid, newest_order, returns};

/// An order with an invoice, and one without; and a refund of the first.
async fn half_issued() -> (Shop, Person, Bucket) {
    let (shop, staff) = selling_at(1000, 50).await;
    let bucket = bucket(&shop);
    let first = buy_paid(&shop, "A", 3, "k-1").await;
    issue(&shop, &bucket).await;
    let back = json!({ "items": returns(&first, 1), "reason": "Too small" });
    shop.refund(&first, &staff, &back, "r-1").send().await.expect(201);
    buy_paid(&shop, "A", 2, "k-2").await;
    (shop, staff, bucket)
}

/// The same again, with its own bucket.
async fn again(original: &Shop, files: &Bucket) -> (Shop, Bucket) {
    let shop = original.copy().await;
    let bucket = bucket(&shop);
    for (key, file) in files.files() {
        bucket.put(&key, file);
    }
    (shop, bucket)
}

#[tokio::test]
async fn whoever_issues_documents_may_stop_at_any_call() {
    let (original, _, files) = half_issued().await;
    for at in 0.. {
        let (shop, bucket) = again(&original, &files).await;
        let stopping = issuer(&shop, &bucket);
        let work = Box::pin(stopping.deliver(batch(&messages(&shop))));
        let outcome = shop.table.network.interruptions.crash_at(at, work).await;
        if matches!(outcome, Outcome::NotReached) {
            assert!(at > 20, "issuing passes some points");
            break;
        }
        issue(&shop, &bucket).await;
        assert_right(&shop, &bucket, &at.to_string()).await;
    }
}

#[tokio::test]
async fn a_call_that_fails_leaves_the_message_in_the_queue_or_the_documents_right() {
    let (original, _, files) = half_issued().await;
    for fault in [Fault::Before, Fault::After, Fault::Throttle, Fault::Conflict] {
        for skip in 0..12 {
            let (shop, bucket) = again(&original, &files).await;
            shop.table.network.fail_any(skip, fault, 3);
            let response = Box::pin(issuer(&shop, &bucket).deliver(batch(&messages(&shop)))).await;
            shop.table.network.heal();
            if response.batch_item_failures.is_empty() {
                assert_right(&shop, &bucket, &format!("{fault:?} {skip}")).await;
            }
            issue(&shop, &bucket).await;
            assert_right(&shop, &bucket, &format!("{fault:?} {skip}, repeated")).await;
        }
    }
}

#[tokio::test]
async fn two_that_issue_documents_at_the_same_time_give_each_number_once() {
    let (original, staff, files) = half_issued().await;
    for at in 0.. {
        let (shop, bucket) = again(&original, &files).await;
        let refunded =
            shop.refund(&newest_order(&shop), &staff, &json!({ "amount": usd(100), "reason": "Late" }), "r-9");
        let (other, caller, told) = (issuer(&shop, &bucket), issuer(&shop, &bucket), messages(&shop));
        let others_messages = told.clone();
        let others = async move {
            refunded.send().await.expect(201);
            let response = Box::pin(other.deliver(batch(&others_messages))).await;
            assert!(response.batch_item_failures.is_empty());
        };
        let work = Box::pin(caller.deliver(batch(&told)));
        let outcome = Box::pin(shop.table.network.interruptions.interrupt_at(at, others, work)).await;
        if matches!(outcome, Outcome::NotReached) {
            assert!(at > 20, "issuing passes some points");
            break;
        }
        issue(&shop, &bucket).await;
        assert_right(&shop, &bucket, &at.to_string()).await;
    }
}
