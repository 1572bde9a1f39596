//! Mails about returns, from the event in the outbox to the mail that SES gets.

use axum::http::Method;
use domain::mail::mails_for;
use harness::fake_service::FakeService;
use harness::orders::{PlacedOrder, order_of, selling, usd};
use harness::products::staffed;
use harness::shop::{Person, Shop};
use serde_json::{Value, json};
use store::outbox::OutboxEvent;
use stripe_stand_in::Card;

use crate::fixtures::{batch, mailer, mails, takes_all};

/// A guest's order of three units that arrived.
async fn delivered() -> (Shop, Person, PlacedOrder) {
    let (shop, staff) = selling().await;
    let bought = PlacedOrder::of(shop.place_order(&order_of("A", 3, "payment_intent"), "k-1").send().await);
    assert!(shop.pay(&bought.reference(), Card::Pays).await);
    for status in ["shipped", "delivered"] {
        shop.update_order(&bought, &staff, &json!({ "status": status })).send().await.expect(200);
    }
    (shop, staff, bought)
}

async fn asked(shop: &Shop, bought: &PlacedOrder, kind: &str, key: &str) -> String {
    let variant = &bought.whole["items"][0]["id"];
    let body = json!({ "kind": kind, "items": [{ "id": variant, "quantity": 1, "reason": "does_not_fit" }] });
    let ask = shop.post(&format!("{}/returns", bought.path()), &body).header("order-token", &bought.token);
    let asked = ask.header("idempotency-key", key).send().await.expect(201);
    asked.data()["id"].as_str().unwrap().to_owned()
}

async fn act(shop: &Shop, staff: &Person, bought: &PlacedOrder, id: &str, what: &str) {
    let path = format!("/api/v1/admin/orders/{}/returns/{id}/{what}", bought.id);
    let request = shop.request(Method::POST, &path).by(staff);
    let request = if what == "decline" { request.json(&json!({ "reason": "It was worn" })) } else { request };
    request.send().await.expect(200);
}

/// The mails for the newest event of a return. The job is delivered twice.
async fn newest(shop: &Shop) -> Vec<String> {
    let wire = FakeService::new(takes_all);
    let mailer = mailer(shop, &wire);
    let mut items = shop.table.items_under("OUTBOX#").into_values();
    let newest = items.rfind(|item| item["event"]["type"] == "return.changed").unwrap();
    let outbox_event: OutboxEvent = serde_json::from_value(newest).unwrap();
    for job in mails_for(outbox_event.id, &outbox_event.event, outbox_event.at) {
        let job: Value = serde_json::to_value(&job).unwrap();
        for _ in 0..2 {
            assert!(Box::pin(mailer.deliver(batch(&job))).await.batch_item_failures.is_empty());
        }
    }
    mails(&wire)
}

#[tokio::test]
async fn the_buyer_reads_each_step_of_a_return_once_and_staff_read_that_they_have_to_decide() {
    let (shop, staff, bought) = delivered().await;
    let number = bought.whole["number"].as_str().unwrap().to_owned();
    let id = asked(&shop, &bought, "return", "r-1").await;
    let requested = newest(&shop).await;
    assert_eq!(requested.len(), 2);
    assert!(requested.iter().any(|mail| mail.contains(&format!("Your return for order {number}"))));
    assert!(requested.iter().any(|mail| mail.contains("a return waits for your decision")));
    for (what, says) in [
        ("approve", "You can send this back from your order"),
        ("receive", "We look at the goods, then your money goes back"),
        ("complete", "$7.70 goes back the way you paid"),
    ] {
        act(&shop, &staff, &bought, &id, what).await;
        let mails = newest(&shop).await;
        assert_eq!(mails.len(), 1, "{what}");
        assert!(mails[0].contains(says) && mails[0].contains(&number), "{what}: {}", mails[0]);
        assert!(mails[0].contains("1 =C3=97 Thing A") || mails[0].contains("1 × Thing A"), "{}", mails[0]);
    }
}

#[tokio::test]
async fn a_withdrawal_is_confirmed_by_mail_and_a_declined_return_says_why() {
    let (shop, staff, bought) = delivered().await;
    let id = asked(&shop, &bought, "withdrawal", "r-1").await;
    let confirmed = newest(&shop).await;
    assert_eq!(confirmed.len(), 1);
    assert!(confirmed[0].contains("We received your withdrawal from order"), "{}", confirmed[0]);
    act(&shop, &staff, &bought, &id, "decline").await;
    let declined = newest(&shop).await;
    assert!(declined[0].contains("The reason: It was worn."), "{}", declined[0]);
}

#[tokio::test]
async fn the_buyer_reads_what_is_exchanged_and_when_it_is_on_its_way() {
    let (shop, staff) = staffed().await;
    let variant = |size: &str| json!({ "sku": size, "price": usd(1000), "stock": 5, "options": { "Size": size } });
    let shirt = json!({
        "name": "Shirt", "status": "active", "options": ["Size"], "variants": [variant("M"), variant("L")],
    });
    shop.post("/api/v1/products", &shirt).by(&staff).send().await.expect(201);
    let bought = PlacedOrder::of(shop.place_order(&order_of("M", 2, "payment_intent"), "k-1").send().await);
    assert!(shop.pay(&bought.reference(), Card::Pays).await);
    for status in ["shipped", "delivered"] {
        shop.update_order(&bought, &staff, &json!({ "status": status })).send().await.expect(200);
    }
    let item = json!({
        "id": bought.whole["items"][0]["id"], "quantity": 1, "reason": "does_not_fit", "exchangeFor": "L",
    });
    let body = json!({ "kind": "return", "items": [item] });
    let ask = shop.post(&format!("{}/returns", bought.path()), &body).header("order-token", &bought.token);
    let asked = ask.header("idempotency-key", "r-1").send().await.expect(201);
    let id = asked.data()["id"].as_str().unwrap().to_owned();
    let requested = newest(&shop).await;
    assert!(requested.iter().any(|mail| mail.contains("You want this in exchange")), "{requested:?}");
    for (what, says) in [
        ("approve", "We keep this for you in exchange"),
        ("receive", "then we send you what you get in exchange"),
        ("complete", "We write to you when it is on its way"),
    ] {
        act(&shop, &staff, &bought, &id, what).await;
        let mails = newest(&shop).await;
        assert_eq!(mails.len(), 1, "{what}");
        assert!(mails[0].contains(says), "{what}: {}", mails[0]);
        assert!(!mails[0].contains("money goes back"), "{what}: {}", mails[0]);
    }
    let path = format!("/api/v1/admin/orders/{}/returns/{id}/ship", bought.id);
    let parcel = json!({ "carrier": "DHL", "trackingCode": "JD014600003SE" });
    shop.post(&path, &parcel).by(&staff).send().await.expect(200);
    let mails = newest(&shop).await;
    assert_eq!(mails.len(), 1);
    assert!(mails[0].contains("is on its way with DHL"), "{}", mails[0]);
    assert!(mails[0].contains("Its tracking code is JD014600003SE"), "{}", mails[0]);
}

#[tokio::test]
async fn a_return_that_ends_because_nothing_came_is_mailed_and_one_that_the_buyer_cancels_is_not() {
    let (shop, staff, bought) = delivered().await;
    let id = asked(&shop, &bought, "return", "r-1").await;
    act(&shop, &staff, &bought, &id, "approve").await;
    let approved = newest(&shop).await;
    assert!(approved[0].contains("It has to be here by"), "{}", approved[0]);
    let other = asked(&shop, &bought, "withdrawal", "r-2").await;
    let cancel = shop.request(Method::POST, &format!("{}/returns/{other}/cancel", bought.path()));
    cancel.header("order-token", &bought.token).send().await.expect(200);
    assert!(newest(&shop).await.is_empty());
    shop.time_passes(std::time::Duration::from_hours(20 * 24)).await;
    let ended = newest(&shop).await;
    assert_eq!(ended.len(), 1);
    assert!(ended[0].contains(&format!("Your return for order {}", bought.whole["number"].as_str().unwrap())));
    assert!(ended[0].contains("so we closed the return"), "{}", ended[0]);
}
