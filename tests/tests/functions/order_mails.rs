//! Mails about orders, from the event in the outbox to the mail that SES gets.

use domain::mail::mails_for;
use harness::fake_service::FakeService;
use harness::orders::{PlacedOrder, order_of, selling, selling_at, usd};
use harness::shop::{Person, Shop};
use serde_json::{Value, json};
use std::time::Duration;
use store::outbox::OutboxEvent;
use stripe_stand_in::Card;

use crate::fixtures::{batch, feedback, mailer, mails, takes_all};

async fn selling_with_coupon() -> (Shop, Person) {
    let (shop, staff) = selling_at(1000, 9).await;
    shop.coupon(&staff, &json!({ "code": "TEN", "percent": 10 })).await;
    (shop, staff)
}

async fn bought_with_coupon(shop: &Shop, key: &str) -> PlacedOrder {
    let mut body = order_of("A", 2, "payment_intent");
    body["couponCode"] = json!("TEN");
    body["shippingAddress"]["name"] = json!("Ada <b>Lovelace</b>");
    PlacedOrder::of(shop.place_order(&body, key).send().await)
}

/// All mails for the order events in the outbox. Each job is delivered twice.
pub(crate) async fn delivered(shop: &Shop) -> Vec<String> {
    let wire = FakeService::new(takes_all);
    let mailer = mailer(shop, &wire);
    for item in shop.table.items_under("OUTBOX#").into_values() {
        let kind = item["event"]["type"].as_str().unwrap_or_default().to_owned();
        if !kind.starts_with("order.") && !kind.starts_with("parcel.") {
            continue;
        }
        let outbox_event: OutboxEvent = serde_json::from_value(item).unwrap();
        for job in mails_for(outbox_event.id, &outbox_event.event, outbox_event.at) {
            // The queue carries the job as JSON.
            let job: Value = serde_json::to_value(&job).unwrap();
            for _ in 0..2 {
                assert!(Box::pin(mailer.deliver(batch(&job))).await.batch_item_failures.is_empty());
            }
        }
    }
    mails(&wire)
}

fn about<'a>(mails: &'a [String], subject: &str) -> &'a str {
    let found: Vec<&String> = mails.iter().filter(|mail| mail.contains(subject)).collect();
    assert_eq!(found.len(), 1, "{subject}: {mails:#?}");
    found[0]
}

#[tokio::test]
async fn each_step_of_an_order_is_mailed_with_its_lines_and_totals() {
    let (shop, staff) = selling_with_coupon().await;
    let order = bought_with_coupon(&shop, "k").await;
    shop.pay(&order.reference(), Card::Declines).await;
    shop.pay(&order.reference(), Card::Pays).await;
    let shipped = json!({ "status": "shipped", "carrier": "DHL", "trackingCode": "00340" });
    shop.update_order(&order, &staff, &shipped).send().await.expect(200);
    shop.update_order(&order, &staff, &json!({ "status": "delivered" })).send().await.expect(200);
    let refund = json!({ "amount": usd(426), "reason": "Scratched" });
    shop.refund(&order, &staff, &refund, "r").send().await.expect(201);
    let mails = delivered(&shop).await;
    assert_eq!(mails.len(), 6);
    let number = order.whole["number"].as_str().unwrap();
    let parcel = about(&mails, &format!("Your order {number} is on its way"));
    let page = "https://www.dhl.com/global-en/home/tracking.html?tracking-id=00340";
    assert!(parcel.contains(&format!("Follow your parcel: {page}")), "{parcel}");
    assert_eq!(mails.iter().filter(|mail| mail.contains("Follow your parcel")).count(), 1);
    for (subject, says) in [
        (format!("Your order {number} at Kontor"), "Thank you for your order"),
        (format!("The payment for your order {number} did not go through"), "You can try again"),
        (format!("Your order {number} is paid"), "We have received $24.26"),
        (format!("Your order {number} is on its way"), "with DHL. Its tracking code is 00340"),
        (format!("Your order {number} was delivered"), "We hope you like it"),
        (format!("A refund for your order {number}"), "$4.26 of your order"),
    ] {
        let mail = about(&mails, &subject);
        assert!(mail.contains("ada@example.com"), "{mail}");
        for words in [says, "Thing A", "$20.00", "Discount", "-$2.00", "$5.00", "$1.26", "$24.26"] {
            assert!(mail.contains(words), "{subject}: {words}: {mail}");
        }
        let link = format!("https://shop.test/orders/{}?token={}", order.id, order.token);
        assert!(mail.contains(&link), "{mail}");
        assert!(mail.contains("Hello,"), "{mail}");
        for words in ["Lovelace", "Berlin", "Delivery address"] {
            assert!(!mail.contains(words), "whoever ordered may not be whose mailbox it is: {mail}");
        }
    }
}

#[tokio::test]
async fn cancelled_and_expired_orders_are_mailed_once() {
    let (shop, _) = selling_with_coupon().await;
    let cancelled = bought_with_coupon(&shop, "k-1").await;
    shop.pay(&cancelled.reference(), Card::Pays).await;
    shop.cancel(&cancelled).send().await.expect(200);
    let unpaid = bought_with_coupon(&shop, "k-2").await;
    shop.cancel(&unpaid).send().await.expect(200);
    bought_with_coupon(&shop, "k-3").await;
    shop.later(Duration::from_hours(97));
    shop.janitor().run().await.unwrap();
    let mails = delivered(&shop).await;
    let with = |words: &str| mails.iter().filter(|mail| mail.contains(words)).count();
    assert_eq!(with("is cancelled, as you asked. We refund what you paid"), 1);
    assert_eq!(with("is cancelled, as you asked. You were not charged"), 1);
    assert_eq!(with("was not paid in time"), 1);
    assert_eq!(with("$24.26 of your order"), 1);
}

#[tokio::test]
async fn a_guest_whose_link_has_ended_gets_a_new_one_by_mail() {
    let (shop, _) = selling_with_coupon().await;
    let order = bought_with_coupon(&shop, "k").await;
    shop.later(Duration::from_hours(31 * 24));
    let see = |token: &str| shop.get(&order.path()).header("order-token", token).send();
    see(&order.token).await.expect_problem(404, "order_not_found");
    for email in ["ada@example.com", "eve@example.com"] {
        let ask = shop.post(&format!("{}/link", order.path()), &json!({ "email": email }));
        ask.send().await.expect(202);
    }
    let mails = delivered(&shop).await;
    let mail = about(&mails, "A new link to your order");
    assert!(mail.contains("ada@example.com") && mail.contains("works for 30 days"), "{mail}");
    let token = mail.split(&format!("https://shop.test/orders/{}?token=", order.id)).nth(1).unwrap();
    let token: String = token.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect();
    see(&token).await.expect(200);
}

#[tokio::test]
async fn news_of_the_delivery_can_be_stopped_and_confirmations_of_orders_always_come() {
    let (shop, staff) = selling_with_coupon().await;
    let me = shop.register_verified("bob@example.com").await;
    let mut body = order_of("A", 1, "cash_on_delivery");
    body.as_object_mut().unwrap().remove("email");
    body["shippingAddress"]["name"] = json!("Ada <b>Lovelace</b> at Evil.com");
    body["shippingAddress"]["company"] = json!("Engines Ltd");
    let order = PlacedOrder::of(shop.place_order(&body, "k").by(&me).send().await.expect(201));
    let ship = async |order: &PlacedOrder| {
        shop.update_order(order, &staff, &json!({ "status": "shipped" })).send().await.expect(200);
    };
    ship(&order).await;
    let mails = delivered(&shop).await;
    let placed = about(&mails, "You pay $15.70 on delivery");
    assert!(!placed.contains("nsubscribe"), "{placed}");
    assert!(placed.contains("Hello Ada Lovelace,"), "{placed}");
    let address = "Engines Ltd\nAda <b>Lovelace</b> at Evil. com\n1 Harbour Street\n10115 Berlin\nDE";
    assert!(placed.contains(address), "{placed}");
    let (_, html) = placed.split_once("<!doctype html>").unwrap();
    assert!(!html.contains("<b>Lovelace"), "{html}");
    assert!(placed.contains(&format!("https://shop.test/orders/{}", order.id)));
    assert!(!placed.contains("?token="), "the owner signs in to see it, so the link has no token");
    let shipped = about(&mails, "is on its way");
    assert!(shipped.contains("List-Unsubscribe") && shipped.contains("topic=orders&language=en&token="), "{shipped}");
    let no_news = json!({ "preferences": { "orders": false } });
    shop.request(axum::http::Method::PATCH, "/api/v1/users/me").json(&no_news).by(&me).send().await.expect(200);
    let second = PlacedOrder::of(shop.place_order(&body, "k-2").by(&me).send().await.expect(201));
    ship(&second).await;
    let events =
        |kind: &str| shop.table.items_under("OUTBOX#").values().filter(|it| it["event"]["type"] == kind).count();
    assert_eq!((events("order.placed"), events("order.shipped")), (2, 2));
    let mails = delivered(&shop).await;
    assert!(mails.len() == 1 && mails[0].contains("Thank you for your order"), "{mails:#?}");
}

#[tokio::test]
async fn a_guest_with_a_bounced_address_gets_no_more_mail() {
    let (shop, _) = selling_with_coupon().await;
    let order = bought_with_coupon(&shop, "k").await;
    assert_eq!(delivered(&shop).await.len(), 1);
    let dead = json!({ "eventType": "Bounce", "bounce": {
        "bounceType": "Permanent", "bouncedRecipients": [{ "emailAddress": "Ada@Example.com" }],
    } });
    let silent = FakeService::new(takes_all);
    let heeded = mailer(&shop, &silent).deliver(feedback(&dead)).await;
    assert!(heeded.batch_item_failures.is_empty());
    shop.pay(&order.reference(), Card::Pays).await;
    assert!(delivered(&shop).await.is_empty());
    shop.later(Duration::from_hours(365 * 24));
    let staff = shop.login("root@example.com").await;
    let shipped = json!({ "status": "shipped" });
    shop.update_order(&order, &staff, &shipped).send().await.expect(200);
    assert_eq!(delivered(&shop).await.len(), 1, "after a year mail is sent again");
}

#[tokio::test]
async fn a_guest_who_pays_on_delivery_gets_only_the_mail_to_confirm_until_the_address_is_proven() {
    let (shop, _) = selling().await;
    let order = |n: usize, email: &str| {
        let mut body = order_of("A", 1, "cash_on_delivery");
        body["email"] = json!(email);
        body["shippingAddress"]["name"] = json!("Free money at evil.example");
        shop.place_order(&body, &format!("k-{n}")).send()
    };
    let ada = PlacedOrder::of(order(1, "ada@example.com").await);
    let mails = delivered(&shop).await;
    assert_eq!(mails.len(), 1);
    let number = ada.whole["number"].as_str().unwrap();
    let mail = about(&mails, &format!("Please confirm your order {number} at Kontor"));
    for words in ["Hello,", "1 × Thing A: $10.00", "Total: $15.70", "before 20 November 2026 at 10:30 UTC"] {
        assert!(mail.contains(words), "{words}: {mail}");
    }
    assert!(!mail.contains("evil.example") && !mail.contains(&ada.token), "{mail}");
    let (_, link) = mail.split_once("https://shop.test/confirm-order?token=").unwrap();
    let token = &link[..64];
    let confirm = shop.post("/api/v1/orders/confirm", &json!({ "token": token })).send();
    confirm.await.expect(200);
    let mails = delivered(&shop).await;
    assert_eq!(mails.len(), 1);
    assert!(about(&mails, &format!("Your order {number} at Kontor")).contains("You pay $15.70 on delivery"));

    // Strangers who did not order hear nothing more: not that it was cancelled, and not that it expired.
    let cancelled = PlacedOrder::of(order(2, "stranger@example.com").await);
    shop.cancel(&cancelled).send().await.expect(200);
    PlacedOrder::of(order(3, "other@example.com").await);
    shop.later(Duration::from_mins(30));
    shop.janitor().run().await.unwrap();
    assert_eq!(delivered(&shop).await.len(), 0, "the link would not work any more");
    shop.later(Duration::from_hours(72));
    shop.janitor().run().await.unwrap();
    let mails = delivered(&shop).await;
    assert_eq!(mails.len(), 1);
    assert!(about(&mails, "was not confirmed in time").contains("You owe nothing"));
}

#[tokio::test]
async fn buyer_and_staff_hear_of_a_slow_payment_and_of_its_failure() {
    let (shop, _) = selling().await;
    let order = shop.buy(1, "k").await;
    shop.pay(&order.reference(), Card::Slow).await;
    shop.stripe.decide_payment(&order.reference(), false);
    shop.deliver_events().await;
    let mails = delivered(&shop).await;
    let number = order.whole["number"].as_str().unwrap();
    let buyers = about(&mails, &format!("The payment for your order {number} is being processed"));
    assert!(buyers.contains("ada@example.com") && buyers.contains("Please do not pay again"), "{buyers}");
    let staffs = about(&mails, &format!("Order {number}: the payment is being processed"));
    assert!(staffs.contains("staff@example.com"), "{staffs}");
    about(&mails, &format!("The payment for your order {number} did not go through"));
}

#[tokio::test]
async fn staff_hear_of_a_dispute_with_the_end_of_its_time_and_how_it_ended() {
    let (shop, _) = selling().await;
    let order = shop.buy(1, "k").await;
    shop.pay(&order.reference(), Card::Disputes).await;
    let dispute = shop.stripe.all("dispute")[0].clone();
    let opened = delivered(&shop).await;
    let number = order.whole["number"].as_str().unwrap();
    let mail = about(&opened, &format!("Order {number}: the payment is disputed"));
    assert!(
        mail.contains("staff@example.com") && mail.contains("evidence until 27 November 2026 at 10:00 UTC"),
        "{mail}"
    );
    shop.stripe.close_dispute(dispute["id"].as_str().unwrap(), false);
    shop.deliver_events().await;
    about(&delivered(&shop).await, &format!("Order {number}: the dispute is lost"));
}

#[tokio::test]
async fn a_refund_that_comes_back_is_told_to_buyer_and_staff() {
    let (shop, staff) = selling().await;
    let order = shop.buy(1, "k").await;
    shop.pay(&order.reference(), Card::Pays).await;
    let some = json!({ "amount": usd(100), "reason": "Scratched" });
    shop.refund(&order, &staff, &some, "r").send().await.expect(201);
    shop.stripe.update_refund(shop.stripe.all("refund")[0]["id"].as_str().unwrap(), "failed");
    shop.stripe.refund_in_dashboard(&order.reference(), 1570);
    shop.deliver_events().await;
    let mails = delivered(&shop).await;
    let number = order.whole["number"].as_str().unwrap();
    let mail = about(&mails, &format!("The refund for your order {number} did not go through"));
    assert!(mail.contains("$1.00 of your order"), "{mail}");
    about(&mails, &format!("Order {number}: a refund failed"));
    about(&mails, &format!("Order {number}: what about its items?"));
}

#[tokio::test]
async fn mails_about_an_order_name_its_shipping_method_and_how_long_it_takes() {
    let (shop, staff) = selling().await;
    let zones = json!([{ "price": usd(900) }]);
    let estimate = json!({ "minDays": 1, "maxDays": 2 });
    let express = json!({ "name": "Express", "carrier": "DHL", "estimate": estimate, "position": 1, "zones": zones });
    shop.post("/api/v1/admin/shipping-methods", &express).by(&staff).send().await.expect(201);
    let order = shop.buy(1, "k").await;
    shop.pay(&order.reference(), Card::Pays).await;
    shop.update_order(&order, &staff, &json!({ "status": "shipped" })).send().await.expect(200);
    let mails = delivered(&shop).await;
    assert!(mails.len() >= 2, "{mails:#?}");
    for mail in mails {
        assert!(mail.contains("Delivery: Express (DHL), 1–2 working days"), "{mail}");
    }
}

#[tokio::test]
async fn each_of_several_parcels_is_mailed_with_its_items_and_with_what_is_still_to_come() {
    let (shop, staff) = selling_with_coupon().await;
    let order = bought_with_coupon(&shop, "k").await;
    shop.pay(&order.reference(), Card::Pays).await;
    let number = order.whole["number"].as_str().unwrap();
    let one = json!([{ "id": order.whole["items"][0]["id"], "quantity": 1 }]);
    let first = json!({ "items": one, "carrier": "DHL", "trackingCode": "00340" });
    shop.send_parcel(&order, &staff, &first, "p-1").send().await.expect(201);
    let mails = delivered(&shop).await;
    let mail = about(&mails, &format!("A part of your order {number} is on its way"));
    for words in
        ["with DHL. Its tracking code is 00340.", "In this parcel: 1 × Thing A.", "Still to come: 1 × Thing A."]
    {
        assert!(mail.contains(words), "{words}: {mail}");
    }
    let page = "https://www.dhl.com/global-en/home/tracking.html?tracking-id=00340";
    assert!(mail.contains(&format!("Follow your parcel: {page}")), "{mail}");
    shop.send_parcel(&order, &staff, &json!({}), "p-2").send().await.expect(201);
    let mails = delivered(&shop).await;
    assert_eq!(mails.len(), 1, "one mail about the parcel, and none about the order: {mails:#?}");
    let mail = about(&mails, &format!("The rest of your order {number} is on its way"));
    assert!(mail.contains("Nothing else is to come"), "{mail}");
    shop.update_order(&order, &staff, &json!({ "status": "delivered" })).send().await.expect(200);
    assert!(delivered(&shop).await[0].contains(&format!("Your order {number} was delivered")));
}

#[tokio::test]
async fn each_of_two_parcels_that_leave_within_a_second_tells_what_was_to_come_when_it_left() {
    let (shop, staff) = selling_with_coupon().await;
    let order = bought_with_coupon(&shop, "k").await;
    shop.pay(&order.reference(), Card::Pays).await;
    delivered(&shop).await;
    let one = json!({ "items": [{ "id": order.whole["items"][0]["id"], "quantity": 1 }] });
    shop.send_parcel(&order, &staff, &one, "p-1").send().await.expect(201);
    shop.send_parcel(&order, &staff, &json!({}), "p-2").send().await.expect(201);
    let mails = delivered(&shop).await;
    assert_eq!(mails.len(), 2, "{mails:#?}");
    let number = order.whole["number"].as_str().unwrap();
    let first = about(&mails, &format!("A part of your order {number} is on its way"));
    assert!(first.contains("Still to come: 1 × Thing A."), "{first}");
    let last = about(&mails, &format!("The rest of your order {number} is on its way"));
    assert!(last.contains("Nothing else is to come"), "{last}");
}

#[tokio::test]
async fn a_parcel_that_was_taken_out_before_its_mail_was_sent_has_no_mail() {
    let (shop, staff) = selling_with_coupon().await;
    let order = bought_with_coupon(&shop, "k").await;
    shop.pay(&order.reference(), Card::Pays).await;
    delivered(&shop).await;
    let one = json!({ "items": [{ "id": order.whole["items"][0]["id"], "quantity": 1 }] });
    let sent = shop.send_parcel(&order, &staff, &one, "p-1").send().await.expect(201).data().clone();
    let id = sent["parcels"][0]["id"].as_str().unwrap();
    let path = format!("/api/v1/admin/orders/{}/parcels/{id}", order.id);
    shop.request(axum::http::Method::DELETE, &path).by(&staff).send().await.expect(200);
    assert!(delivered(&shop).await.is_empty());
}

#[tokio::test]
async fn the_mails_of_an_order_say_what_is_not_there_until_it_is_sent() {
    let (shop, staff) = selling_at(1000, 1).await;
    harness::stock::sell_below_zero(&shop, &staff, 9).await;
    for (language, key, says) in [
        ("en", "k-1", "Not in stock yet: 2 of 3. Expected from 24 December 2026."),
        ("de", "k-2", "Noch nicht auf Lager: 3 von 3. Erwartet ab 24.\u{a0}Dezember 2026."),
    ] {
        let body = order_of("A", 3, "payment_intent");
        let ask = shop.place_order(&body, key).header("accept-language", language);
        let order = PlacedOrder::of(ask.send().await);
        shop.pay(&order.reference(), Card::Pays).await;
        let number = order.whole["number"].as_str().unwrap();
        let mails = delivered(&shop).await;
        let mine: Vec<&String> = mails.iter().filter(|mail| mail.contains(number)).collect();
        assert_eq!(mine.len(), 2, "{mine:#?}");
        assert!(mine.iter().all(|mail| mail.matches(says).count() == 2), "as text and as HTML: {mine:#?}");
        shop.update_order(&order, &staff, &json!({ "status": "shipped" })).send().await.expect(200);
        let sent = delivered(&shop).await.into_iter().rfind(|mail| mail.contains(number)).unwrap();
        assert!(!sent.contains(says), "{sent}");
    }
}
