//! Storms of buyers of what is not there.

use std::sync::Arc;

use domain::access::Role;
use harness::orders::order_of;
use harness::shop::{Answer, Person, Shop};
use harness::stock::{bands_agree, sell_below_zero, set};
use serde_json::{Value, json};
use tokio::task::JoinSet;

const BUYERS: usize = 50;

/// A shop with this stock of `A`, which can be ordered down to `limit` units below zero.
async fn shop_below_zero(stock: i64, limit: i64) -> (Arc<Shop>, Person) {
    let shop = Shop::open().await;
    let staff = shop.staff("root@example.com", Role::Admin).await;
    shop.add_product(&staff, "A", 1000, stock).await;
    sell_below_zero(&shop, &staff, limit).await;
    (Arc::new(shop), staff)
}

/// Each of fifty guests orders so many units.
fn storm(shop: &Arc<Shop>, units: impl Fn(usize) -> u32) -> JoinSet<Answer> {
    let mut all = JoinSet::new();
    for n in 0..BUYERS {
        let mut body = order_of("A", units(n), "cash_on_delivery");
        body["email"] = json!(format!("buyer-{n}@example.com"));
        let ask = shop.place_order(&body, &format!("k-{n}")).from_ip(&format!("198.51.100.{n}"));
        all.spawn(async move { ask.send().await });
    }
    all
}

/// The sums of the units and of those that buyers were told are not there. All others were told that there is not enough.
fn sold_and_told(answers: &[Answer]) -> (i64, i64) {
    let placed = answers.iter().filter(|answer| answer.status == 201);
    let number = |value: &Value| value.as_i64().unwrap();
    let line = |answer: &Answer| {
        let line = &answer.data()["items"][0];
        (number(&line["quantity"]), number(&line["backordered"]))
    };
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        assert!(answer.code() == "not_enough_stock" || answer.status == 503, "{}", answer.text);
    }
    placed.map(line).fold((0, 0), |sum, line| (sum.0 + line.0, sum.1 + line.1))
}

fn available(shop: &Shop) -> i64 {
    let (on_hand, reserved) = shop.stock("A");
    on_hand - reserved
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_buyers_of_ten_units_and_fifteen_below_zero_get_twenty_five() {
    let (shop, _) = shop_below_zero(10, 15).await;
    let answers = storm(&shop, |_| 1).join_all().await;
    assert_eq!(sold_and_told(&answers), (25, 15));
    assert_eq!(available(&shop), -15);
    bands_agree(&shop);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn each_buyer_of_a_storm_is_told_exactly_which_units_are_not_there() {
    let (shop, _) = shop_below_zero(20, 30).await;
    let answers = storm(&shop, |n| 1 + u32::try_from(n % 3).unwrap()).join_all().await;
    let (sold, told) = sold_and_told(&answers);
    assert!((21..=50).contains(&sold), "{sold}");
    assert_eq!((available(&shop), told), (20 - sold, sold - 20));
    bands_agree(&shop);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_orders_while_staff_end_it_is_sold_on_the_old_terms_or_not_at_all() {
    let (shop, staff) = shop_below_zero(5, 40).await;
    let buyers = storm(&shop, |_| 1);
    let off = set(&shop, &staff, &json!({ "backorder": null, "reason": "ended" })).await;
    let answers = buyers.join_all().await;
    let (sold, told) = sold_and_told(&answers);
    assert_eq!((available(&shop), told), (5 - sold, (sold - 5).max(0)));
    assert!(off.status == 200 || off.status == 503, "{}", off.text);
    bands_agree(&shop);
    set(&shop, &staff, &json!({ "backorder": null, "reason": "ended" })).await.expect(200);
    let more = shop.place_order(&order_of("A", 5, "cash_on_delivery"), "late").send().await;
    more.expect_problem(409, "not_enough_stock");
}
