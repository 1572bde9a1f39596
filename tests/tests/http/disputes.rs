//! Disputes, refunds that come back, and goods that come back.

use std::time::Duration;

use harness::orders::{PlacedOrder, order_of, selling, usd};
use harness::shop::{Person, Shop};
use serde_json::{Value, json};
use stripe_stand_in::Card;

/// A shop with five units of `A` at ten dollars, and a guest's paid order of two.
struct Paid {
    shop: Shop,
    staff: Person,
    bought: PlacedOrder,
    reference: String,
}

async fn paid() -> Paid {
    let (shop, staff) = selling().await;
    let bought = shop.buy(2, "k-1").await;
    let reference = bought.reference();
    assert!(shop.pay(&reference, Card::Pays).await);
    Paid { shop, staff, bought, reference }
}

fn events(shop: &Shop, beginning: &str) -> Vec<Value> {
    let all = shop.stripe.events().into_iter();
    all.filter(|event| event["type"].as_str().unwrap().starts_with(beginning)).collect()
}

fn items(bought: &PlacedOrder, quantity: u32) -> Value {
    json!([{ "id": bought.whole["items"][0]["id"], "quantity": quantity }])
}

#[tokio::test]
async fn a_dispute_that_is_heard_before_its_payment_is_not_lost() {
    let (shop, _) = selling().await;
    let bought = shop.buy(2, "k-1").await;
    shop.stripe.pay(&bought.reference(), Card::Disputes);
    for event in events(&shop, "charge.dispute.") {
        shop.deliver_event(&event).await.expect_problem(404, "order_not_found");
    }
    assert_eq!(shop.read_order(&bought).await["payment"]["dispute"], Value::Null);
    shop.deliver_events().await;
    let payment = &shop.read_order(&bought).await["payment"];
    assert_eq!((&payment["status"], &payment["dispute"]), (&json!("paid"), &json!("open")));
    assert_eq!(payment["evidenceDueBy"], "2026-11-27T10:00:00.000Z");
    let told = shop.table.events();
    assert_eq!(told.iter().filter(|event| event["type"] == "order.dispute_opened").count(), 1);
}

#[tokio::test]
async fn a_dispute_about_a_payment_of_another_shop_is_acknowledged() {
    let Paid { shop, reference, .. } = paid().await;
    shop.stripe.open_dispute(&reference, false);
    let mut foreign = events(&shop, "charge.dispute.created")[0].clone();
    foreign["id"] = json!("evt_foreign");
    foreign["data"]["object"]["payment_intent"] = json!("pi_of_another_shop");
    let answer = shop.deliver_event(&foreign).await.expect(200);
    assert_eq!(answer.data()["taken"], false);
}

#[tokio::test]
async fn a_disputed_order_is_sent_only_with_a_note() {
    let Paid { shop, staff, bought, reference } = paid().await;
    shop.stripe.open_dispute(&reference, true);
    shop.deliver_events().await;
    assert_eq!(shop.read_order(&bought).await["payment"]["dispute"], "inquiry");
    let shipped = json!({ "status": "shipped" });
    shop.update_order(&bought, &staff, &shipped).send().await.expect_problem(409, "payment_disputed");
    let with_note = json!({ "status": "shipped", "note": "She called: it was her son" });
    shop.update_order(&bought, &staff, &with_note).send().await.expect(200);
    let path = format!("{}/track", bought.path());
    let track = shop.get(&path).by(&staff).send().await.expect(200);
    let last = track.data()["history"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&last["what"], &last["detail"]), (&json!("shipped"), &json!("She called: it was her son")));
}

#[tokio::test]
async fn a_refund_that_a_dispute_stopped_is_made_once_when_the_shop_wins() {
    let Paid { shop, staff, bought, reference } = paid().await;
    // Stripe knows of the dispute, and the shop does not yet.
    let dispute = shop.stripe.open_dispute(&reference, false);
    let some = json!({ "amount": usd(500), "reason": "Late" });
    let asked = shop.refund(&bought, &staff, &some, "r-1").send().await.expect(201);
    assert_eq!(asked.data()["status"], "pending");
    shop.deliver_events().await;
    let more = json!({ "reason": "Late" });
    shop.refund(&bought, &staff, &more, "r-2").send().await.expect_problem(409, "payment_disputed");
    for days in [1, 2, 3] {
        shop.time_passes(Duration::from_hours(24 * days)).await;
    }
    assert_eq!(shop.stripe.all("refund").len(), 0);
    shop.stripe.close_dispute(&dispute, true);
    shop.deliver_events().await;
    for _ in 0..2 {
        shop.time_passes(Duration::from_mins(1)).await;
    }
    let seen = shop.read_order(&bought).await;
    assert_eq!((&seen["refunds"][0]["status"], &seen["payment"]["refunded"]), (&json!("succeeded"), &usd(500)));
    assert_eq!(shop.stripe.all("refund").len(), 1);
}

#[tokio::test]
async fn a_lost_dispute_is_charged_back_and_staff_say_what_becomes_of_the_goods() {
    let Paid { shop, staff, bought, reference } = paid().await;
    let dispute = shop.stripe.open_dispute(&reference, false);
    let some = json!({ "amount": usd(500), "reason": "Late" });
    shop.refund(&bought, &staff, &some, "r-1").send().await.expect(201);
    shop.stripe.close_dispute(&dispute, false);
    shop.deliver_events().await;
    shop.time_passes(Duration::from_mins(1)).await;
    let seen = shop.read_order(&bought).await;
    let payment = &seen["payment"];
    assert_eq!((&payment["status"], &payment["dispute"]), (&json!("charged_back"), &json!("lost")));
    assert_eq!((&payment["chargedBack"], &payment["refunding"]), (&payment["amount"], &usd(0)));
    assert_eq!(seen["refunds"][0]["status"], "failed", "there is no money to refund any more");
    assert_eq!(shop.stock("A"), (3, 0));
    let staff = shop.login(&staff.email).await;
    let back = json!({ "amount": usd(0), "items": items(&bought, 2), "restock": true, "reason": "Came back" });
    shop.refund(&bought, &staff, &back, "r-2").send().await.expect(201);
    assert_eq!(shop.stock("A"), (5, 0));
    let money = json!({ "reason": "Late" });
    shop.refund(&bought, &staff, &money, "r-3").send().await.expect_problem(409, "payment_disputed");
}

#[tokio::test]
async fn a_refund_that_comes_back_leaves_the_order_as_before_it() {
    let Paid { shop, staff, bought, .. } = paid().await;
    shop.update_order(&bought, &staff, &json!({ "status": "shipped" })).send().await.expect(200);
    shop.refund(&bought, &staff, &json!({ "reason": "Lost" }), "r-1").send().await.expect(201);
    assert_eq!(shop.read_order(&bought).await["status"], "refunded");
    let refund = shop.stripe.all("refund")[0]["id"].as_str().unwrap().to_owned();
    shop.stripe.update_refund(&refund, "failed");
    for _ in 0..2 {
        shop.deliver_events().await;
    }
    let seen = shop.read_order(&bought).await;
    assert_eq!((&seen["status"], &seen["paymentStatus"]), (&json!("shipped"), &json!("paid")));
    assert_eq!((&seen["refunds"][0]["status"], &seen["payment"]["refunded"]), (&json!("failed"), &usd(0)));
    // Staff send the money to the buyer's bank, and say so.
    let otherwise = json!({ "reason": "Bank transfer", "paidOtherwise": true });
    let made = shop.refund(&bought, &staff, &otherwise, "r-2").send().await.expect(201);
    assert_eq!(made.data()["status"], "succeeded");
    assert_eq!(shop.stripe.all("refund").len(), 1);
    assert_eq!(shop.read_order(&bought).await["paymentStatus"], "refunded");
}

#[tokio::test]
async fn a_failure_that_is_heard_before_the_answer_to_the_refund_is_not_lost() {
    let Paid { shop, staff, bought, .. } = paid().await;
    shop.stripe.fail_next(stripe_stand_in::Failure::InternalErrorAfterEffect, 1);
    let some = json!({ "amount": usd(500), "reason": "Late" });
    shop.refund(&bought, &staff, &some, "r-1").send().await.expect(201);
    let refund = shop.stripe.all("refund")[0]["id"].as_str().unwrap().to_owned();
    shop.stripe.update_refund(&refund, "failed");
    shop.deliver_events().await;
    shop.time_passes(Duration::from_mins(2)).await;
    let seen = shop.read_order(&bought).await;
    assert_eq!((&seen["refunds"][0]["status"], &seen["payment"]["refunded"]), (&json!("failed"), &usd(0)));
    assert_eq!(seen["payment"]["refunding"], usd(0));
}

#[tokio::test]
async fn a_refund_in_stripes_dashboard_that_fails_is_taken_back() {
    let Paid { shop, bought, reference, .. } = paid().await;
    shop.stripe.refund_in_dashboard(&reference, 700);
    shop.stripe.refund_in_dashboard(&reference, 300);
    shop.deliver_events().await;
    assert_eq!(shop.read_order(&bought).await["payment"]["refunded"], usd(1000));
    let last = shop.stripe.all("refund").into_iter().find(|refund| refund["amount"] == 300).unwrap();
    shop.stripe.update_refund(last["id"].as_str().unwrap(), "failed");
    for _ in 0..2 {
        shop.deliver_events().await;
        for event in shop.stripe.events().iter().rev() {
            shop.deliver_event(event).await.expect(200);
        }
    }
    let seen = shop.read_order(&bought).await;
    assert_eq!((&seen["payment"]["refunded"], &seen["paymentStatus"]), (&usd(700), &json!("partially_refunded")));
}

#[tokio::test]
async fn a_refund_waits_until_the_balance_at_stripe_is_enough() {
    let Paid { shop, staff, bought, .. } = paid().await;
    shop.stripe.set_balance(Some(100));
    let some = json!({ "amount": usd(500), "reason": "Late" });
    let asked = shop.refund(&bought, &staff, &some, "r-1").send().await.expect(201);
    assert_eq!(asked.data()["status"], "pending");
    shop.time_passes(Duration::from_mins(2)).await;
    shop.stripe.set_balance(None);
    shop.time_passes(Duration::from_mins(5)).await;
    assert_eq!(shop.read_order(&bought).await["refunds"][0]["status"], "succeeded");
    assert_eq!(shop.stripe.all("refund").len(), 1);
}

#[tokio::test]
async fn a_whole_refund_before_shipping_puts_the_goods_back_on_sale() {
    let Paid { shop, staff, bought, .. } = paid().await;
    let whole = shop.refund(&bought, &staff, &json!({ "reason": "Sorry" }), "r-1").send().await.expect(201);
    assert_eq!((&whole.data()["items"], &whole.data()["unsentItems"][0]["quantity"]), (&json!([]), &json!(2)));
    assert_eq!(shop.stock("A"), (5, 0));
    let shipped = json!({ "status": "shipped" });
    let refused = shop.update_order(&bought, &staff, &shipped).send().await;
    refused.expect_problem(409, "order_status_conflict");
}

#[tokio::test]
async fn a_whole_refund_in_the_dashboard_asks_staff_about_the_goods() {
    let Paid { shop, staff, bought, reference } = paid().await;
    shop.stripe.refund_in_dashboard(&reference, 2640);
    shop.deliver_events().await;
    assert_eq!(shop.read_order(&bought).await["status"], "refunded");
    assert_eq!(shop.stock("A"), (3, 0));
    let asked = shop.table.events();
    assert!(
        asked.iter().any(|event| event["type"] == "order.refunded" && event["goodsUndecided"] == true),
        "{asked:?}"
    );
    let back = json!({ "items": items(&bought, 2), "restock": true, "reason": "Was not sent" });
    let made = shop.refund(&bought, &staff, &back, "r-1").send().await.expect(201);
    assert_eq!((&made.data()["amount"], shop.stock("A")), (&usd(0), (5, 0)));
    let again = json!({ "items": items(&bought, 1), "restock": true, "reason": "Once more" });
    shop.refund(&bought, &staff, &again, "r-2").send().await.expect(400);
}

#[tokio::test]
async fn a_line_that_is_worth_nothing_can_come_back() {
    let (shop, staff) = selling().await;
    shop.coupon(&staff, &json!({ "code": "ALL", "percent": 100 })).await;
    let mut body = order_of("A", 2, "payment_intent");
    body["couponCode"] = json!("ALL");
    let bought = PlacedOrder::of(shop.place_order(&body, "k-1").send().await);
    let free = bought.whole["totals"]["total"]["amount"] == 0;
    if !free {
        shop.pay(&bought.reference(), Card::Pays).await;
    }
    let back = json!({ "items": items(&bought, 2), "restock": true, "reason": "Too small" });
    let made = shop.refund(&bought, &staff, &back, "r-1").send().await.expect(201);
    assert_eq!((&made.data()["amount"], &made.data()["status"]), (&usd(0), &json!("succeeded")));
    assert_eq!(shop.stock("A"), (5, 0));
}

#[tokio::test]
async fn a_parcel_that_is_refused_at_the_door_comes_back_and_nothing_was_paid() {
    let (shop, staff) = selling().await;
    let bought = PlacedOrder::of(shop.place_order(&order_of("A", 2, "cash_on_delivery"), "k-1").send().await);
    shop.confirm(&bought).await.send().await.expect(200);
    shop.update_order(&bought, &staff, &json!({ "status": "shipped" })).send().await.expect(200);
    shop.cancel(&bought).send().await.expect_problem(409, "order_status_conflict");
    let path = format!("{}/cancel", bought.path());
    let refused = shop.post(&path, &json!({ "reason": "Nobody was there" })).by(&staff).send().await.expect(200);
    let order = refused.data();
    assert_eq!((&order["status"], &order["paymentStatus"]), (&json!("cancelled"), &json!("unpaid")));
    assert_eq!((&order["payment"]["refunded"], shop.stock("A")), (&usd(0), (5, 0)));
    let track = shop.get(&format!("{}/track", bought.path())).by(&staff).send().await.expect(200);
    let last = track.data()["history"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&last["what"], &last["detail"]), (&json!("delivery_refused"), &json!("Nobody was there")));
}
