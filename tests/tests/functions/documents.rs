//! Invoices and credit notes: which there are, what they say, and that each is issued once and stays, whatever becomes of
//! the messages and of who issues them.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use axum::http::Method;
use data_encoding::HEXLOWER;
use documents::{Config, Documents};
use domain::calendar::ShopZone;
use domain::document::{Document, DocumentKind};
use domain::id::OrderId;
use domain::mail_language::MailLanguage;
use domain::tax::{TaxAmount, TaxRate};
use harness::bucket::Bucket;
use harness::functions::{TIME_ZONE, seller};
use harness::orders::{PlacedOrder, order_of, selling_at, usd};
use harness::shop::Shop;
use relay::route;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use stripe_stand_in::Card;

use crate::fixtures::stream;
use crate::public_events::told;
use crate::relay::outbox;
use crate::sales::{batch, buy_paid, returns};

pub(crate) fn issuer(shop: &Shop, bucket: &Bucket) -> Documents {
    let config = Config {
        table: String::new(),
        bucket: "documents".to_owned(),
        zone: ShopZone::parse(TIME_ZONE).unwrap(),
        seller: seller(),
        language: MailLanguage::ENGLISH,
    };
    let store = shop.table.store_of("documents");
    Documents::new(&config, store, bucket.client(), shop.clock.clone(), shop.app.context.ids.clone())
}

pub(crate) fn bucket(shop: &Shop) -> Bucket {
    Bucket::new(&shop.table.network.interruptions)
}

/// The messages about documents that the relay sends for all events so far.
pub(crate) fn messages(shop: &Shop) -> Vec<String> {
    route(&stream(&outbox(shop)).records).documents.into_iter().map(|message| message.body).collect()
}

pub(crate) async fn issue(shop: &Shop, bucket: &Bucket) {
    let response = Box::pin(issuer(shop, bucket).deliver(batch(&messages(shop)))).await;
    assert!(response.batch_item_failures.is_empty(), "{response:?}");
}

async fn documents_of(shop: &Shop, bought: &PlacedOrder) -> Vec<Document> {
    shop.store().documents_of(OrderId::parse(&bought.id).unwrap()).await.unwrap()
}

fn numbers(documents: &[Document]) -> Vec<&str> {
    documents.iter().map(|document| document.number.as_str()).collect()
}

/// What must be true when nobody is at work: numbers without gaps, a file for each document and no other, the hash of each
/// in the table, and money that adds up.
pub(crate) async fn assert_right(shop: &Shop, bucket: &Bucket, what: &str) {
    let (mut files, mut counts) = (BTreeMap::new(), BTreeMap::<_, BTreeSet<String>>::new());
    for key in shop.table.items_under("ORDER#").into_keys().filter(|key| key.ends_with(" / ORDER")) {
        let id = OrderId::parse(key.trim_start_matches("ORDER#").trim_end_matches(" / ORDER")).unwrap();
        let order = shop.store().order(id).await.unwrap().unwrap();
        let documents = shop.store().documents_of(id).await.unwrap();
        let sum = |kind| documents.iter().filter(|d| d.kind == kind).map(|d| d.amount).sum::<i64>();
        let paid = if order.was_paid() { order.totals.total } else { 0 };
        assert_eq!(sum(DocumentKind::Invoice), paid, "{what}");
        assert_eq!(sum(DocumentKind::CreditNote) - sum(DocumentKind::Cancellation), order.refunded, "{what}");
        for document in documents {
            assert_eq!(document.net() + document.tax(), document.amount, "{what}: {}", document.number);
            let file = document.file.clone().unwrap_or_else(|| panic!("{what}: {} has no file", document.number));
            files.insert(document.key(), file.sha256);
            assert!(counts.entry(document.series()).or_default().insert(document.number.clone()), "{what}");
        }
    }
    for (series, taken) in counts {
        let all: BTreeSet<String> = (1..=taken.len()).map(|count| series.number(count as u64)).collect();
        assert_eq!(taken, all, "{what}");
    }
    let stored = bucket.files();
    let hashes: BTreeMap<String, String> =
        stored.iter().map(|(key, file)| (key.clone(), HEXLOWER.encode(&Sha256::digest(file)))).collect();
    assert_eq!(hashes, files, "{what}");
    assert!(stored.values().all(|file| file.starts_with(b"%PDF-")), "{what}");
}

fn by_rate(documents: &[&Document]) -> BTreeMap<TaxRate, [i64; 2]> {
    let mut sums = BTreeMap::<_, [i64; 2]>::new();
    for part in documents.iter().flat_map(|document| &document.taxes) {
        let sum = sums.entry(part.rate).or_default();
        *sum = [sum[0] + part.net, sum[1] + part.tax];
    }
    sums
}

#[tokio::test]
async fn a_paid_order_has_one_invoice_and_its_credit_notes_add_up_to_it() {
    let (shop, staff) = selling_at(1000, 50).await;
    let bucket = bucket(&shop);
    let waiting = shop.buy(1, "k-0").await;
    issue(&shop, &bucket).await;
    assert!(documents_of(&shop, &waiting).await.is_empty(), "nothing was paid");
    let bought = buy_paid(&shop, "A", 3, "k-1").await;
    issue(&shop, &bucket).await;
    for (key, body) in [
        ("r-1", json!({ "items": returns(&bought, 1), "reason": "Too small" })),
        ("r-2", json!({ "amount": usd(137), "reason": "Late" })),
        ("r-3", json!({ "amount": usd(0), "items": returns(&bought, 1), "reason": "Back" })),
        ("r-4", json!({ "reason": "All of it" })),
    ] {
        shop.refund(&bought, &staff, &body, key).send().await.expect(201);
        issue(&shop, &bucket).await;
        issue(&shop, &bucket).await;
        assert_right(&shop, &bucket, key).await;
    }
    let documents = documents_of(&shop, &bought).await;
    assert_eq!(numbers(&documents), ["IN-2026-000001", "CN-2026-000001", "CN-2026-000002", "CN-2026-000003"]);
    let (invoice, credit_notes) = documents.split_first().unwrap();
    assert_eq!(by_rate(&[invoice]), by_rate(&credit_notes.iter().collect::<Vec<_>>()));
    assert!(credit_notes.iter().all(|note| note.refers_to.as_deref() == Some("IN-2026-000001")));
    assert_eq!((credit_notes[0].amount, credit_notes[0].returned.len()), (1070, 1));
    assert_eq!(invoice.seller, seller());
    for (number, is_found) in [("IN-2026-000001", true), ("cn-2026-000003", true), ("IN-2026-000002", false)] {
        let path = format!("/api/v1/admin/orders?documentNumber={number}");
        let found = shop.get(&path).by(&staff).send().await.expect(200);
        let ids: Vec<_> = found.data().as_array().unwrap().iter().map(|order| order["id"].clone()).collect();
        assert_eq!(ids, if is_found { vec![json!(bought.id)] } else { vec![] }, "{number}");
    }
    let file = bucket.files().remove(&invoice.key()).unwrap();
    let has = |text: &str| file.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(has("factur-x.xml") && has("<fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>"));
}

#[tokio::test]
async fn orders_that_are_paid_on_delivery_have_an_invoice_then() {
    let (shop, staff) = selling_at(1000, 50).await;
    let bucket = bucket(&shop);
    let cash = PlacedOrder::of(shop.place_order(&order_of("A", 2, "cash_on_delivery"), "k-1").send().await);
    shop.confirm(&cash).await.send().await.expect(200);
    shop.update_order(&cash, &staff, &json!({ "status": "shipped" })).send().await.expect(200);
    issue(&shop, &bucket).await;
    assert!(documents_of(&shop, &cash).await.is_empty());
    shop.later(Duration::from_hours(24));
    let staff = shop.login("root@example.com").await;
    shop.update_order(&cash, &staff, &json!({ "status": "delivered" })).send().await.expect(200);
    issue(&shop, &bucket).await;
    let invoice = documents_of(&shop, &cash).await.remove(0);
    assert_eq!(invoice.supplied_on.unwrap().to_string(), "2026-11-20", "the day on which it was sent");
    assert_eq!(invoice.paid_on.to_string(), "2026-11-21");
    assert_right(&shop, &bucket, "cash").await;
}

#[tokio::test]
async fn an_order_with_nothing_to_pay_has_an_invoice_of_nothing_at_once() {
    let (shop, staff) = selling_at(1000, 50).await;
    let bucket = bucket(&shop);
    shop.coupon(&staff, &json!({ "code": "GIFT", "percent": 100 })).await;
    let as_gift = json!({ "name": "Gift", "position": 1, "zones": [{ "price": usd(0) }] });
    shop.post("/api/v1/admin/shipping-methods", &as_gift).by(&staff).send().await.expect(201);
    let mut body = order_of("A", 2, "payment_intent");
    body["couponCode"] = json!("GIFT");
    let free = PlacedOrder::of(shop.place_order(&body, "k-1").send().await);
    assert_eq!((&free.whole["total"], &free.payment["method"]), (&usd(0), &json!("free")));
    issue(&shop, &bucket).await;
    let [invoice]: [Document; 1] = documents_of(&shop, &free).await.try_into().unwrap();
    assert_eq!((invoice.kind, invoice.amount, invoice.net(), invoice.tax()), (DocumentKind::Invoice, 0, 0, 0));
    assert_eq!(invoice.paid_on, invoice.day);
    assert_right(&shop, &bucket, "free").await;
    // Its goods come back without money, so there is nothing to credit.
    let back = json!({ "amount": usd(0), "items": returns(&free, 1), "reason": "Back" });
    let refund = shop.refund(&free, &staff, &back, "r-1").send().await.expect(201);
    assert_eq!(refund.data()["taxes"], json!([]));
    issue(&shop, &bucket).await;
    assert_eq!(documents_of(&shop, &free).await.len(), 1);
}

fn taxes(parts: &[TaxAmount]) -> Value {
    let part = |part: &TaxAmount| json!({ "rate": part.rate.rate, "kind": part.rate.kind.name(), "net": usd(part.net), "tax": usd(part.tax) });
    parts.iter().map(part).collect()
}

#[tokio::test]
async fn a_refund_tells_the_taxes_of_its_credit_note_before_that_is_issued_and_after() {
    let (shop, staff) = selling_at(1000, 50).await;
    let bucket = bucket(&shop);
    let bought = buy_paid(&shop, "A", 3, "k-1").await;
    let refunds = [
        json!({ "items": returns(&bought, 1), "reason": "Too small" }),
        json!({ "amount": usd(137), "reason": "Late" }),
        json!({ "amount": usd(11), "items": returns(&bought, 1), "reason": "Scratched" }),
        json!({ "reason": "All of it" }),
    ];
    // Half of the credit notes are issued late, so that refunds are computed with and without them.
    let mut told_at_once = Vec::new();
    for (n, body) in refunds.iter().enumerate() {
        let refund = shop.refund(&bought, &staff, body, &format!("r-{n}")).send().await.expect(201).data().clone();
        told_at_once.push(refund["taxes"].clone());
        shop.later(Duration::from_secs(1));
        if n % 2 == 1 {
            issue(&shop, &bucket).await;
        }
    }
    let of_notes = documents_of(&shop, &bought).await;
    let of_notes: Vec<Value> = of_notes[1..].iter().map(|note| taxes(&note.taxes)).collect();
    assert_eq!(told_at_once, of_notes);
    let shown = |order: &Value| -> Vec<Value> {
        order["refunds"].as_array().unwrap().iter().map(|refund| refund["taxes"].clone()).collect()
    };
    assert_eq!(shown(&shop.read_order(&bought).await), of_notes);
    assert_eq!(shown(&told(&shop, "order.refunded").await["data"]), of_notes);
    // The last one fails, so it gives nothing back.
    let last = shop.stripe.all("refund").pop().unwrap();
    shop.stripe.update_refund(last["id"].as_str().unwrap(), "failed");
    shop.deliver_events().await;
    for _ in 0..2 {
        let seen = shown(&shop.read_order(&bought).await);
        assert_eq!((&seen[..3], &seen[3]), (&of_notes[..3], &json!([])));
        issue(&shop, &bucket).await;
    }
    let again = shop.refund(&bought, &staff, &json!({ "reason": "Again" }), "r-9").send().await.expect(201);
    assert_eq!(again.data()["taxes"], of_notes[3]);
}

#[tokio::test]
async fn numbers_begin_anew_with_the_year_of_the_shop_and_no_number_is_given_twice() {
    let (shop, _) = selling_at(1000, 50).await;
    let bucket = bucket(&shop);
    let old = buy_paid(&shop, "A", 1, "k-1").await;
    issue(&shop, &bucket).await;
    // 23:30 in UTC on the last day of the year; in Berlin the next one has begun.
    shop.later(Duration::from_mins((41 * 24 + 13) * 60 + 30));
    let new = buy_paid(&shop, "A", 1, "k-2").await;
    let newer = buy_paid(&shop, "A", 1, "k-3").await;
    issue(&shop, &bucket).await;
    assert_eq!(numbers(&documents_of(&shop, &old).await), ["IN-2026-000001"]);
    let both = [documents_of(&shop, &new).await.remove(0), documents_of(&shop, &newer).await.remove(0)];
    let numbers: BTreeSet<&str> = both.iter().map(|document| document.number.as_str()).collect();
    assert_eq!(numbers, BTreeSet::from(["IN-2027-000001", "IN-2027-000002"]));
    assert_right(&shop, &bucket, "two years").await;
}

#[tokio::test]
async fn a_refund_that_fails_later_cancels_its_credit_note() {
    let (shop, staff) = selling_at(1000, 50).await;
    let bucket = bucket(&shop);
    let bought = shop.buy(1, "k-1").await;
    assert!(shop.pay(&bought.reference(), Card::Pays).await);
    shop.refund(&bought, &staff, &json!({ "reason": "Late" }), "r-1").send().await.expect(201);
    issue(&shop, &bucket).await;
    assert_eq!(documents_of(&shop, &bought).await.len(), 2);
    shop.stripe.update_refund(shop.stripe.all("refund")[0]["id"].as_str().unwrap(), "failed");
    shop.deliver_events().await;
    issue(&shop, &bucket).await;
    let documents = documents_of(&shop, &bought).await;
    assert_eq!(numbers(&documents), ["IN-2026-000001", "CN-2026-000001", "CC-2026-000001"]);
    assert_eq!(documents[2].refers_to.as_deref(), Some("CN-2026-000001"));
    assert_eq!(documents[2].taxes, documents[1].taxes);
    assert_right(&shop, &bucket, "cancelled").await;
}

#[tokio::test]
async fn the_first_file_that_is_stored_is_the_document() {
    let (shop, _) = selling_at(1000, 50).await;
    let bucket = bucket(&shop);
    let bought = buy_paid(&shop, "A", 1, "k-1").await;
    // Another version of the program stored it, and crashed.
    bucket.put("2026/IN-2026-000001.pdf", b"%PDF-1.7 of an earlier layout".to_vec());
    issue(&shop, &bucket).await;
    assert_right(&shop, &bucket, "stored before").await;
    assert_eq!(documents_of(&shop, &bought).await[0].file.as_ref().unwrap().bytes, 29);
}

#[tokio::test]
async fn documents_are_shown_to_the_buyer_and_to_staff_and_to_nobody_else() {
    let (shop, staff) = selling_at(1000, 50).await;
    let bucket = bucket(&shop);
    let bought = buy_paid(&shop, "A", 2, "k-1").await;
    let other = shop.buy(1, "k-2").await;
    let path = format!("/api/v1/orders/{}/documents", bought.id);
    let none = shop.get(&path).header("order-token", &bought.token).send().await.expect(200);
    assert_eq!(none.data(), &json!([]));
    issue(&shop, &bucket).await;
    shop.refund(&bought, &staff, &json!({ "amount": usd(100), "reason": "Late" }), "r-1").send().await.expect(201);
    issue(&shop, &bucket).await;
    for request in [shop.get(&path).header("order-token", &bought.token), shop.get(&path).by(&staff)] {
        let listed = request.send().await.expect(200);
        let [invoice, credit_note] = listed.data().as_array().unwrap().as_slice() else { panic!("{}", listed.text) };
        assert_eq!((&invoice["number"], &invoice["kind"]), (&json!("IN-2026-000001"), &json!("invoice")));
        assert_eq!(credit_note["refersTo"], "IN-2026-000001");
        let url = invoice["url"].as_str().unwrap();
        assert!(url.contains("/2026/IN-2026-000001.pdf?") && url.contains("X-Amz-Expires=300"), "{url}");
    }
    let eve = shop.register("eve@example.com").await;
    for refused in [
        shop.get(&path),
        shop.get(&path).by(&eve),
        shop.get(&path).header("order-token", &other.token),
        shop.get("/api/v1/orders/ord_01M7W6C3804Q9PV3Y1B8S4HJET/documents").by(&staff),
        shop.get("/api/v1/orders/1/documents").by(&staff),
    ] {
        refused.send().await.expect_problem(404, "order_not_found");
    }
    let slip = format!("/api/v1/admin/orders/{}/packing-slip", bought.id);
    let made = shop.get(&slip).by(&staff).send().await.expect(200);
    assert_eq!(made.header("content-type"), "application/pdf");
    assert!(made.text.starts_with("%PDF-"));
    shop.get(&slip).by(&eve).send().await.expect_problem(403, "forbidden");
    shop.get("/api/v1/admin/orders/1/packing-slip").by(&staff).send().await.expect_problem(404, "order_not_found");
}

#[tokio::test]
async fn documents_stay_when_the_account_goes() {
    let (shop, _) = selling_at(1000, 50).await;
    let bucket = bucket(&shop);
    let ada = shop.register("ada@example.com").await;
    let mut body = order_of("A", 1, "payment_intent");
    body.as_object_mut().unwrap().remove("email");
    let bought = PlacedOrder::of(shop.place_order(&body, "k-1").by(&ada).send().await);
    assert!(shop.pay(&bought.reference(), Card::Pays).await);
    issue(&shop, &bucket).await;
    let before = documents_of(&shop, &bought).await;
    let gone = shop.request(Method::DELETE, "/api/v1/users/me").json(&json!({ "password": harness::shop::PASSWORD }));
    gone.by(&ada).send().await.expect(200);
    shop.time_passes(Duration::from_hours(24)).await;
    assert_eq!(documents_of(&shop, &bought).await, before);
    assert_right(&shop, &bucket, "deleted").await;
}
