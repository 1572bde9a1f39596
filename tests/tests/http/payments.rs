//! Payments: opening, Stripe's events, declined cards, refunds and disputes.

use std::time::Duration;

use axum::http::Method;
use harness::orders::{PlacedOrder, order_of, reference, selling, selling_at, usd};
use harness::products::staffed;
use harness::shop::{Answer, Person, Shop, WEBHOOK_SECRET};
use harness::stock::bands_agree;
use serde_json::{Value, json};
use stripe_stand_in::{Card, sign};

const WEBHOOK: &str = "/api/v1/payments/webhook";

/// A shop with five units of `A` at ten dollars, and a guest's order of two.
struct Ordered {
    shop: Shop,
    staff: Person,
    bought: PlacedOrder,
}

async fn ordered(method: &str) -> Ordered {
    let (shop, staff) = selling().await;
    let bought = PlacedOrder::of(shop.place_order(&order_of("A", 2, method), "k-1").send().await);
    Ordered { shop, staff, bought }
}

async fn paid() -> Ordered {
    let ordered = ordered("payment_intent").await;
    assert!(ordered.shop.pay(&ordered.bought.reference(), Card::Pays).await);
    ordered
}

async fn send(shop: &Shop, body: &str, signature: &str) -> Answer {
    let ask = shop.request(Method::POST, WEBHOOK).text("application/json", body.to_owned());
    ask.header("stripe-signature", signature).send().await
}

/// Replaces a secret and waits until every copy of the old one has expired.
fn set(shop: &Shop, name: &str, value: &str) {
    shop.secrets.replace(name, value.to_owned());
    shop.later(kit::runtime::secrets::MAX_AGE);
}

fn last(shop: &Shop, kind: &str) -> Value {
    shop.stripe.events().into_iter().rfind(|event| event["type"] == kind).unwrap()
}

#[tokio::test]
async fn events_without_a_recent_signature_of_stripe_are_refused() {
    let Ordered { shop, bought, .. } = ordered("payment_intent").await;
    shop.stripe.pay(&bought.reference(), Card::Pays);
    let event = last(&shop, "payment_intent.succeeded").to_string();
    let now = shop.now().unix_seconds();
    let good = sign(&event, WEBHOOK_SECRET, now);
    let bad = [
        String::new(),
        "nonsense".to_owned(),
        sign(&event, "whsec_other", now),
        sign(&event, WEBHOOK_SECRET, now - 301),
        sign(&event, WEBHOOK_SECRET, now + 301),
        sign(&format!("{event} "), WEBHOOK_SECRET, now),
        good.replace("v1=", "v0="),
    ];
    for signature in bad {
        send(&shop, &event, &signature).await.expect_problem(400, "invalid_signature");
    }
    // The signature is checked first: a body without a valid signature is not parsed.
    let refused = send(&shop, "{", "t=1,v1=00").await;
    refused.expect_problem(400, "invalid_signature");
    send(&shop, "{", &sign("{", WEBHOOK_SECRET, now)).await.expect_problem(400, "invalid_event");
    assert_eq!(shop.read_order(&bought).await["paymentStatus"], "unpaid");
    send(&shop, &event, &good).await.expect(200);
    assert_eq!(shop.read_order(&bought).await["paymentStatus"], "paid");
}

#[tokio::test]
async fn an_event_that_is_too_large_is_refused_in_the_form_of_our_errors() {
    let Ordered { shop, .. } = ordered("payment_intent").await;
    let at_most = 512 * 1024;
    for (bytes, status, code) in [
        (at_most, 400, "invalid_signature"),
        (at_most + 1, 413, "body_too_large"),
        (3 << 20, 413, "body_too_large"),
        (7 << 20, 413, "body_too_large"),
        (11 << 20, 413, "body_too_large"),
    ] {
        let refused = send(&shop, &"x".repeat(bytes), "t=1,v1=00").await.expect_problem(status, code);
        assert_eq!((&refused.json["path"], &refused.json["requestId"]), (&json!(WEBHOOK), &json!("req-1")));
        assert_eq!(refused.header("content-type"), "application/json");
    }
}

#[tokio::test]
async fn a_payment_page_of_another_host_is_given_to_nobody() {
    let (shop, _) = selling().await;
    let body = order_of("A", 1, "checkout_session");
    let (ours, theirs) = (shop.checkout.config.stripe.url.clone(), "https://checkout.stripe.com.evil.example");
    shop.stripe.show_pages_at(theirs);
    let bought = PlacedOrder::of(shop.place_order(&body, "k-1").send().await);
    assert_eq!(bought.payment["problem"], "payment_unavailable");
    for _ in 0..2 {
        let again = PlacedOrder::of(shop.place_order(&body, "k-1").send().await);
        let opened = shop.open_payment(&bought, "checkout-session").send().await.expect_problem(503, "busy");
        assert!(!format!("{} {}", again.whole, opened.text).contains("evil"), "{}", opened.text);
    }
    let items = shop.table.items();
    assert!(items.values().all(|item| !item.to_string().contains("evil")));
    let order = items.iter().find(|(key, _)| key.ends_with("/ ORDER")).unwrap().1;
    assert_eq!(order["payment"]["reference"], Value::Null, "an attempt that nobody may pay is not kept");
    // The buyer can pay on the shop's own page.
    shop.open_payment(&bought, "create-intent").send().await.expect(200);
    // A page that was good is checked again each time.
    shop.stripe.show_pages_at(&ours);
    let other = PlacedOrder::of(shop.place_order(&body, "k-2").send().await);
    let page = other.payment["checkoutUrl"].as_str().unwrap();
    assert!(page.starts_with(&ours), "{page}");
    shop.stripe.show_pages_at(theirs);
    shop.open_payment(&other, "checkout-session").send().await.expect_problem(503, "busy");
    shop.stripe.show_pages_at(&ours);
    let opened = shop.open_payment(&other, "checkout-session").send().await.expect(200);
    assert_eq!(opened.data()["checkoutUrl"], page);
}

#[tokio::test]
async fn both_webhook_secrets_are_valid_during_a_rotation() {
    let Ordered { shop, .. } = ordered("payment_intent").await;
    let event = shop.stripe.events()[0].to_string();
    set(&shop, "stripe-webhook", "whsec_new whsec_test");
    let now = shop.now().unix_seconds();
    for secret in ["whsec_new", WEBHOOK_SECRET] {
        send(&shop, &event, &sign(&event, secret, now)).await.expect(200);
    }
    set(&shop, "stripe-webhook", "whsec_new");
    let now = shop.now().unix_seconds();
    send(&shop, &event, &sign(&event, WEBHOOK_SECRET, now)).await.expect_problem(400, "invalid_signature");
}

#[tokio::test]
async fn events_of_other_shops_are_acknowledged_and_wrong_payments_are_refused() {
    let Ordered { shop, bought, .. } = ordered("payment_intent").await;
    shop.stripe.pay(&bought.reference(), Card::Pays);
    let paid = last(&shop, "payment_intent.succeeded");
    let deliver = |event: Value| {
        let shop = &shop;
        async move { shop.deliver_event(&event).await }
    };
    let mut unknown = paid.clone();
    unknown["type"] = json!("entitlements.active_entitlement_summary.updated");
    let acknowledged = deliver(unknown).await.expect(200);
    assert_eq!(acknowledged.data()["taken"], false);
    let mut another_shops = paid.clone();
    another_shops["data"]["object"]["metadata"] = json!({});
    deliver(another_shops).await.expect(200);
    for (field, value) in [("amount_received", json!(1)), ("currency", json!("eur"))] {
        let mut wrong = paid.clone();
        wrong["id"] = json!(format!("evt_{field}"));
        wrong["data"]["object"][field] = value;
        deliver(wrong.clone()).await.expect_problem(422, "payment_mismatch");
        deliver(wrong).await.expect(200);
    }
    let track = shop.get_as_guest(&bought, "/track").send().await.expect(200);
    let history = track.data()["history"].as_array().unwrap();
    let traces = history.iter().filter(|entry| entry["what"] == "payment_mismatch");
    assert_eq!(traces.count(), 2, "people see it in the order's history");
    let mut nowhere = paid.clone();
    nowhere["data"]["object"]["metadata"]["order_id"] = json!("ord_01M7W6C3804Q9PV3Y1B8S4HJET");
    deliver(nowhere).await.expect_problem(404, "order_not_found");
    assert_eq!(shop.read_order(&bought).await["paymentStatus"], "unpaid");
    // An event with few fields, of an unknown API version and with an unknown field.
    let object = &paid["data"]["object"];
    let sparse = json!({
        "id": "evt_sparse", "type": "payment_intent.succeeded", "api_version": "2031-01-01.fuchsia", "new": {},
        "data": { "object": {
            "object": "payment_intent", "id": object["id"], "amount_received": object["amount_received"],
            "currency": object["currency"], "metadata": object["metadata"],
        } },
    });
    deliver(sparse).await.expect(200);
    assert_eq!(shop.read_order(&bought).await["paymentStatus"], "paid");
}

#[tokio::test]
async fn after_a_declined_card_another_card_can_pay() {
    for method in ["payment_intent", "checkout_session"] {
        let Ordered { shop, bought, .. } = ordered(method).await;
        let reference = bought.reference();
        assert!(!shop.pay(&reference, Card::Declines).await);
        let seen = shop.read_order(&bought).await;
        assert_eq!((&seen["status"], &seen["paymentStatus"]), (&json!("pending"), &json!("failed")));
        assert_eq!(shop.stock("A"), (5, 2), "the units are still reserved");
        assert!(!shop.pay(&reference, Card::InsufficientFunds).await);
        assert!(!shop.pay(&reference, Card::RequiresAuthentication).await);
        assert!(shop.pay(&reference, Card::Pays).await);
        assert_eq!(shop.read_order(&bought).await["paymentStatus"], "paid");
        let failed = shop.table.events();
        let failed = failed.iter().filter(|event| event["type"] == "order.payment_failed");
        assert_eq!(failed.count(), 1, "one event");
    }
}

#[tokio::test]
async fn a_payment_that_stripe_could_not_open_is_opened_later() {
    let (shop, staff) = staffed().await;
    shop.add_product(&staff, "A", 1000, 5).await;
    set(&shop, "stripe-key", "wrong");
    let placed = shop.place_order(&order_of("A", 2, "payment_intent"), "k-1").send().await;
    let bought = PlacedOrder::of(placed);
    assert_eq!(bought.payment["problem"], "payment_unavailable");
    shop.open_payment(&bought, "create-intent").send().await.expect(503);
    set(&shop, "stripe-key", "sk_test_1");
    let again = PlacedOrder::of(shop.place_order(&order_of("A", 2, "payment_intent"), "k-1").send().await);
    assert_eq!(again.id, bought.id);
    let opened = shop.open_payment(&bought, "create-intent").send().await.expect(200);
    assert_eq!(opened.data()["clientSecret"], again.payment["clientSecret"], "the same attempt");
    assert_eq!(shop.stripe.all("payment_intent").len(), 1);
}

#[tokio::test]
async fn a_closed_payment_releases_the_stock_and_a_new_one_reserves_it_again() {
    let Ordered { shop, bought, .. } = ordered("checkout_session").await;
    let session = bought.reference();
    shop.stripe.expire_or_cancel(&session);
    let ended = last(&shop, "checkout.session.expired");
    shop.deliver_event(&ended).await.expect(200);
    assert_eq!(shop.stock("A"), (5, 0));
    let opened = shop.open_payment(&bought, "checkout-session").send().await.expect(200);
    assert_eq!(shop.stock("A"), (5, 2));
    assert_ne!(reference(opened.data()), session);
    assert!(shop.pay(&reference(opened.data()), Card::Pays).await);
    assert_eq!(shop.stock("A"), (3, 0));
}

#[tokio::test]
async fn staff_refund_in_parts_and_never_more_than_was_paid() {
    let Ordered { shop, staff, bought } = paid().await;
    let line = bought.whole["items"][0]["id"].as_str().unwrap();
    let support = shop.register("eve@example.com").await;
    let all = json!({ "reason": "Sorry" });
    let refused = shop.refund(&bought, &support, &all, "r-0").send().await;
    refused.expect_problem(403, "forbidden");
    let cases = [
        (json!({ "reason": "x", "amount": usd(0) }), "amount"),
        (json!({ "reason": "x", "amount": usd(2641) }), "amount"),
        (json!({ "reason": "x", "amount": { "amount": 5, "currency": "eur" } }), "amount"),
        (json!({ "reason": " " }), "reason"),
        (json!({ "reason": "x", "items": [] }), "items"),
        (
            json!({ "reason": "x", "items": [{ "id": "var_01M7W6C3804Q9PV3Y1B8S4HJET", "quantity": 1 }] }),
            "items.var_01M7W6C3804Q9PV3Y1B8S4HJET",
        ),
        (json!({ "reason": "x", "items": [{ "id": line, "quantity": 3 }] }), &format!("items.{line}")),
        (
            json!({ "reason": "x", "items": [{ "id": line, "quantity": 1 }, { "id": line, "quantity": 1 }] }),
            "items[1].id",
        ),
        (json!({ "reason": "x", "more": 1 }), "more"),
    ];
    for (body, field) in cases {
        let refused = shop.refund(&bought, &staff, &body, "r-0").send().await.expect(400);
        assert_eq!(refused.fields(), [field], "{}", refused.text);
    }
    // One unit is sent back and can be sold again: a refund of ten dollars and seven percent tax.
    let one = json!({ "reason": "Too small", "items": [{ "id": line, "quantity": 1 }], "restock": true });
    let first = shop.refund(&bought, &staff, &one, "r-1").send().await.expect(201);
    assert_eq!((&first.data()["amount"], &first.data()["status"]), (&usd(1070), &json!("succeeded")));
    assert_eq!(shop.stock("A"), (4, 0));
    let again = shop.refund(&bought, &staff, &one, "r-1").send().await.expect(201);
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!(again.data()["id"], first.data()["id"]);
    shop.refund(&bought, &staff, &all, "r-1").send().await.expect_problem(422, "idempotency_key_reused");
    let some = json!({ "reason": "Late", "amount": usd(70) });
    shop.refund(&bought, &staff, &some, "r-2").send().await.expect(201);
    let rest = shop.refund(&bought, &staff, &all, "r-3").send().await.expect(201);
    assert_eq!(rest.data()["amount"], usd(1500));
    let seen = shop.read_order(&bought).await;
    assert_eq!((&seen["status"], &seen["paymentStatus"]), (&json!("refunded"), &json!("refunded")));
    assert_eq!(seen["refunds"].as_array().unwrap().len(), 3);
    let audited = shop.table.items_under("AUDIT#");
    let audited = audited.values().filter(|entry| entry["action"] == "order.refund");
    assert_eq!(audited.count(), 3);
}

#[tokio::test]
async fn a_refund_that_stripe_did_not_answer_is_made_later_and_only_once() {
    let Ordered { shop, staff, bought } = paid().await;
    set(&shop, "stripe-key", "wrong");
    let all = json!({ "reason": "Sorry" });
    let made = shop.refund(&bought, &staff, &all, "r-1").send().await.expect(201);
    assert_eq!(made.data()["status"], "pending");
    for _ in 0..3 {
        shop.later(Duration::from_mins(30));
        shop.janitor().run().await.unwrap();
    }
    assert_eq!(shop.stripe.all("refund").len(), 0);
    set(&shop, "stripe-key", "sk_test_1");
    // Days later Stripe no longer knows the idempotency key, so the shop looks for the refund before it repeats it.
    shop.later(Duration::from_hours(48));
    for _ in 0..2 {
        shop.janitor().run().await.unwrap();
    }
    assert_eq!(shop.stripe.all("refund").len(), 1);
    assert_eq!(shop.read_order(&bought).await["refunds"][0]["status"], "succeeded");
}

#[tokio::test]
async fn a_dispute_stops_refunds_until_the_shop_wins_it() {
    let Ordered { shop, staff, bought } = ordered("payment_intent").await;
    shop.pay(&bought.reference(), Card::Disputes).await;
    let payment = &shop.read_order(&bought).await["payment"];
    assert_eq!((&payment["status"], &payment["dispute"]), (&json!("paid"), &json!("open")));
    let all = json!({ "reason": "Sorry" });
    shop.refund(&bought, &staff, &all, "r-1").send().await.expect_problem(409, "payment_disputed");
    let opened = last(&shop, "charge.dispute.created");
    let mut closed = opened.clone();
    closed["id"] = json!("evt_closed");
    closed["type"] = json!("charge.dispute.closed");
    closed["data"]["object"]["status"] = json!("won");
    for event in [&closed, &opened, &closed] {
        shop.deliver_event(event).await.expect(200);
    }
    assert_eq!(shop.read_order(&bought).await["payment"]["dispute"], "won");
}

#[tokio::test]
async fn a_failed_refund_can_be_made_again() {
    let Ordered { shop, staff, bought } = paid().await;
    let some = json!({ "reason": "Late", "amount": usd(500) });
    let made = shop.refund(&bought, &staff, &some, "r-1").send().await;
    let id = made.expect(201).data()["id"].clone();
    let failed = json!({
        "id": "evt_failed", "type": "refund.failed",
        "data": { "object": {
            "object": "refund", "id": "re_1", "failure_reason": "lost_or_stolen_card",
            "metadata": { "refund_id": id, "order_id": bought.id },
        } },
    });
    for _ in 0..2 {
        shop.deliver_event(&failed).await.expect(200);
    }
    let seen = shop.read_order(&bought).await;
    assert_eq!(seen["refunds"][0]["status"], "failed");
    let payment = &seen["payment"];
    assert_eq!((&payment["refunded"], &payment["status"]), (&usd(0), &json!("paid")));
    shop.refund(&bought, &staff, &some, "r-2").send().await.expect(201);
    let mut strange = failed.clone();
    strange["id"] = json!("evt_strange");
    strange["data"]["object"]["metadata"]["refund_id"] = json!("rfd_01M7W6C3804Q9PV3Y1B8S4HJET");
    shop.deliver_event(&strange).await.expect_problem(404, "order_not_found");
}

/// Staff give `A` another SKU.
async fn rename(shop: &Shop, staff: &Person) {
    let path = "/api/v1/products/thing-a";
    shop.request(Method::PATCH, path).json(&json!({ "sku": "B" })).by(staff).send().await.expect(200);
}

#[tokio::test]
async fn what_was_sold_comes_back_under_the_new_sku_by_a_refund_and_by_a_cancellation() {
    for is_refund in [true, false] {
        let (shop, staff) = selling_at(1000, 2).await;
        let bought = shop.buy(2, "k-1").await;
        assert!(shop.pay(&bought.reference(), Card::Pays).await);
        rename(&shop, &staff).await;
        assert_eq!(shop.stock("B"), (0, 0));
        if is_refund {
            let items = json!([{ "id": bought.whole["items"][0]["id"], "quantity": 2 }]);
            let returned = json!({ "reason": "Too small", "items": items, "restock": true });
            shop.refund(&bought, &staff, &returned, "r-1").send().await.expect(201);
        } else {
            shop.cancel(&bought).send().await.expect(200);
        }
        assert_eq!(shop.stock("B"), (2, 0));
        bands_agree(&shop);
    }
}

#[tokio::test]
async fn a_payment_after_the_hold_takes_stock_under_the_new_sku() {
    let (shop, staff) = selling_at(1000, 2).await;
    let bought = shop.buy(2, "k-1").await;
    // The buyer pays in the last second, and Stripe's event is late.
    assert!(shop.stripe.pay(&bought.reference(), Card::Pays));
    shop.later(Duration::from_mins(31));
    shop.janitor().run().await.unwrap();
    let staff = shop.login(&staff.email).await;
    rename(&shop, &staff).await;
    shop.deliver_event(&last(&shop, "payment_intent.succeeded")).await.expect(200);
    assert_eq!(shop.read_order(&bought).await["status"], "paid");
    assert_eq!(shop.stock("B"), (0, 0));
    bands_agree(&shop);
}
