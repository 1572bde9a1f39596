//! The janitor: work that is due.

use std::time::Duration;

use domain::access::Role;
use harness::network::Fault;
use harness::shop::Shop;
use janitor::{Done, Janitor};
use serde_json::json;

async fn banned_shop(people: usize) -> (Shop, Janitor) {
    let shop = Shop::open().await;
    let support = shop.staff("sam@example.com", Role::Support).await;
    for n in 0..people {
        let person = shop.register(&format!("u{n}@example.com")).await;
        let body = json!({ "reason": "x", "until": "2026-11-20T10:01:00Z" });
        shop.post(&format!("/api/v1/users/{}/ban", person.id), &body).by(&support).send().await.expect(200);
    }
    let janitor = shop.janitor();
    (shop, janitor)
}

#[tokio::test]
async fn due_work_is_done_on_time_and_not_before() {
    let (shop, janitor) = banned_shop(9).await;
    assert_eq!(janitor.run().await.unwrap(), Done::default());
    shop.later(Duration::from_mins(1));
    assert_eq!(janitor.run().await.unwrap(), Done { done: 9, ..Done::default() });
    assert_eq!(janitor.run().await.unwrap(), Done::default());
    let audit = shop.table.items_under("AUDIT#");
    let lifted = audit.values().filter(|entry| entry["action"] == "user.unban" && entry["actor"].is_null()).count();
    assert_eq!(lifted, 9);
}

#[tokio::test]
async fn each_ban_is_lifted_once_when_calls_fail() {
    for fault in [Fault::Before, Fault::After, Fault::Throttle, Fault::Conflict] {
        // There are six calls: four queries, a read and the transaction. The last run has no fault.
        for skip in 0..7 {
            let (shop, janitor) = banned_shop(1).await;
            shop.later(Duration::from_mins(1));
            shop.table.network.fail_any(skip, fault, 5);
            let _ = janitor.run().await;
            shop.table.network.heal();
            let _ = janitor.run().await;
            assert_eq!(janitor.run().await.unwrap(), Done::default());
            let events = shop.table.events();
            let lifted = events.iter().filter(|event| event["type"] == "user.unbanned").count();
            assert_eq!(lifted, 1, "{fault:?} after {skip} calls");
            assert!(shop.table.items_under("USER#").keys().all(|key| !key.contains("DUE#")));
        }
    }
}

#[tokio::test]
async fn failed_work_does_not_stop_other_work() {
    let (shop, janitor) = banned_shop(3).await;
    shop.later(Duration::from_mins(1));
    // Three writes run in parallel, with three tries each. Seven lost tries make one or two of them fail.
    let lost = Fault::Before;
    shop.table.network.fail("TransactWriteItems", lost, 7);
    let first = janitor.run().await.unwrap();
    assert!(first.failed > 0);
    assert_eq!(first.done + first.failed, 3);
    shop.table.network.heal();
    let rest = Done { done: first.failed, ..Done::default() };
    assert_eq!(janitor.run().await.unwrap(), rest);
}
