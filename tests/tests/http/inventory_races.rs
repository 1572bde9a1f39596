//! Concurrent changes of stock, and changes that are interrupted at any call.

use axum::http::Method;
use domain::sku::Sku;
use domain::stock::StockDelta;
use harness::network::Fault;
use harness::products::{PRODUCTS, path};
use harness::stock::{SKU, Stocked, adjust, bands_agree, event_count, on_hand, set, stocked};
use serde_json::json;
use store::Commit;
use store::stock::StockWrites;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_hundred_concurrent_removals_from_fifty_units_take_exactly_fifty() {
    let Stocked { shop, staff, .. } = stocked(50).await;
    let tries: Vec<_> = (0..200)
        .map(|n| {
            let body = json!({ "adjust": -1, "reason": "sold" });
            let ask = shop.request(Method::PATCH, SKU).json(&body).by(&staff);
            tokio::spawn(ask.header("idempotency-key", &format!("k{n}")).send())
        })
        .collect();
    let mut taken = 0;
    for answer in tries {
        let answer = answer.await.unwrap();
        match answer.status.as_u16() {
            200 => taken += 1,
            _ => drop(answer.expect_problem(409, "not_enough_stock")),
        }
    }
    assert_eq!((taken, on_hand(&shop, &staff).await), (50, 0));
    assert_eq!(event_count(&shop, "stock.low"), 1, "one event when it becomes low");
    assert_eq!(event_count(&shop, "stock.back"), 0);
    let history = shop.table.items_under("STOCK#A / CHANGE#");
    let sum: i64 = history.values().map(|change| change["delta"].as_i64().unwrap()).sum();
    assert_eq!(sum, 0, "the history adds up to the stock");
    bands_agree(&shop);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_reservations_never_exceed_the_stock() {
    let Stocked { shop, staff, .. } = stocked(50).await;
    let sku = Sku::parse("A").unwrap();
    let tries: Vec<_> = (0..200)
        .map(|_| {
            let (store, sku, ids, now) = (shop.store().clone(), sku.clone(), shop.app.context.ids.clone(), shop.now());
            tokio::spawn(async move {
                loop {
                    let level = store.stock_level(&sku).await.unwrap().unwrap();
                    let Ok(decided) = level.adjust(StockDelta { available: -1, reserved: 1 }) else {
                        return 0;
                    };
                    let token = ids.stock_change(now);
                    match store.adjust_stock(token, &level, &decided, &StockWrites::default(), now).await {
                        Ok(()) => return 1,
                        Err(Commit::Refused(_)) => {}
                        Err(Commit::Store(error)) => panic!("{error}"),
                    }
                }
            })
        })
        .collect();
    let mut reserved = 0;
    for one in tries {
        reserved += one.await.unwrap();
    }
    let level = shop.store().stock_level(&sku).await.unwrap().unwrap();
    assert_eq!((reserved, level.reserved, level.available, level.on_hand()), (50, 50, 0, 50));
    bands_agree(&shop);
    set(&shop, &staff, &json!({ "onHand": 49, "reason": "x" })).await.expect_problem(409, "stock_reserved");
    let delete = shop.request(Method::PATCH, &format!("{PRODUCTS}/shirt-a")).json(&json!({ "sku": "B" })).by(&staff);
    delete.send().await.expect_problem(409, "sku_reserved");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_edits_and_band_changes_do_not_undo_each_other() {
    let Stocked { shop, staff, product: made } = stocked(6).await;
    let mut tasks = Vec::new();
    for n in 0..12 {
        let by = if n % 2 == 0 { -1 } else { 1 };
        let body = json!({ "adjust": by, "reason": "x" });
        let ask = shop.request(Method::PATCH, SKU).json(&body).by(&staff);
        tasks.push(tokio::spawn(ask.header("idempotency-key", &format!("k{n}")).send()));
        let body = json!({ "description": format!("edit {n}") });
        let ask = shop.request(Method::PATCH, &path(&made)).json(&body).by(&staff);
        tasks.push(tokio::spawn(ask.send()));
    }
    for task in tasks {
        let answer = task.await.unwrap();
        assert!([200, 503].contains(&answer.status.as_u16()), "{}", answer.text);
    }
    bands_agree(&shop);
}

#[tokio::test]
async fn a_retried_adjustment_is_made_once_when_answers_are_lost() {
    for fault in [Fault::Before, Fault::After, Fault::Throttle, Fault::Conflict] {
        for skip in 0..5 {
            let Stocked { shop, staff, .. } = stocked(6).await;
            shop.table.network.fail_any(skip, fault, 5);
            let _ = adjust(&shop, &staff, -1, "k").await;
            shop.table.network.heal();
            adjust(&shop, &staff, -1, "k").await.expect(200);
            adjust(&shop, &staff, -1, "k").await.expect(200);
            assert_eq!(on_hand(&shop, &staff).await, 5, "{fault:?} after {skip}");
            assert_eq!(event_count(&shop, "stock.low"), 1, "{fault:?} after {skip}");
            bands_agree(&shop);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_repeats_of_one_adjustment_take_the_last_units_once() {
    let Stocked { shop, staff, .. } = stocked(5).await;
    let tries: Vec<_> = (0..40)
        .map(|_| {
            let body = json!({ "adjust": -5, "reason": "sold" });
            let ask = shop.request(Method::PATCH, SKU).json(&body).by(&staff);
            tokio::spawn(ask.header("idempotency-key", "the-same").send())
        })
        .collect();
    for answer in tries {
        let answer = answer.await.unwrap();
        // No repeat is refused because of too little stock, because the request itself took the units.
        let status = answer.status.as_u16();
        assert!([200, 503].contains(&status), "{}", answer.text);
    }
    assert_eq!(on_hand(&shop, &staff).await, 0);
}
