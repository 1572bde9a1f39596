//! Staff look for orders: by number, mail address, account, time and status, and by what happened to payment and refunds.

use std::collections::BTreeSet;
use std::time::Duration;

use domain::access::Role;
use domain::event::Event;
use domain::id::{OrderId, TransactionId};
use domain::order::StockEffect;
use harness::orders::{PlacedOrder, order_of, selling_at};
use harness::shop::{Person, Shop};
use serde_json::json;
use store::orders::{Placement, SideEffects};
use stripe_stand_in::Card;

const ALL: &str = "/api/v1/admin/orders";

/// The ids of all pages of a query, in their order.
pub(crate) async fn found(shop: &Shop, staff: &Person, query: &str) -> Vec<String> {
    let (mut ids, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = shop.get(&format!("{ALL}?{query}{cursor}")).by(staff).send().await.expect(200);
        ids.extend(page.data().as_array().unwrap().iter().map(|order| order["id"].as_str().unwrap().to_owned()));
        match page.json["pagination"]["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return ids,
        }
    }
}

async fn ordered(shop: &Shop, email: &str, method: &str, key: &str) -> PlacedOrder {
    let mut body = order_of("A", 1, method);
    body["email"] = json!(email);
    let placed = PlacedOrder::of(shop.place_order(&body, key).send().await);
    shop.later(Duration::from_mins(1));
    placed
}

/// Five orders a minute apart from 10:00 on: a guest's that is paid, one of the same guest for cash, one of an account
/// that is paid and shipped, one of another guest that is not paid, and one more of the account.
struct Searched {
    shop: Shop,
    staff: Person,
    customer: Person,
    orders: Vec<PlacedOrder>,
}

impl Searched {
    async fn open() -> Self {
        let (shop, staff) = selling_at(1000, 20).await;
        let customer = shop.register("bob@example.com").await;
        let mut orders = Vec::new();
        orders.push(ordered(&shop, "ada@example.com", "payment_intent", "k-0").await);
        assert!(shop.pay(&orders[0].reference(), Card::Pays).await);
        orders.push(ordered(&shop, "ada@example.com", "cash_on_delivery", "k-1").await);
        let mine = order_of("A", 1, "payment_intent");
        for n in [2, 4] {
            let placed = PlacedOrder::of(shop.place_order(&mine, &format!("k-{n}")).by(&customer).send().await);
            assert!(shop.pay(&placed.reference(), Card::Pays).await);
            shop.later(Duration::from_mins(1));
            orders.push(placed);
            if n == 2 {
                orders.push(ordered(&shop, "eve@example.com", "checkout_session", "k-3").await);
            }
        }
        shop.update_order(&orders[2], &staff, &json!({ "status": "shipped" })).send().await.expect(200);
        Self { shop, staff, customer, orders }
    }

    /// The places of what a query finds.
    async fn places(&self, query: &str) -> Vec<usize> {
        let ids = found(&self.shop, &self.staff, query).await;
        let place = |id: &String| self.orders.iter().position(|order| order.id == *id).unwrap();
        ids.iter().map(place).collect()
    }
}

#[tokio::test]
async fn orders_are_found_by_their_keys_newest_first_or_oldest_first() {
    let searched = Searched::open().await;
    let customer = searched.customer.id;
    let number = searched.orders[1].whole["number"].as_str().unwrap().to_owned();
    let paid = searched.orders[0].reference();
    let cases = [
        ("", vec![4, 3, 2, 1, 0]),
        ("order=oldest", vec![0, 1, 2, 3, 4]),
        ("order=oldest&limit=2", vec![0, 1, 2, 3, 4]),
        ("limit=1", vec![4, 3, 2, 1, 0]),
        (&format!("number={number}"), vec![1]),
        (&format!("number={}", number.to_lowercase()), vec![1]),
        (&format!("number={number}&status=paid"), vec![]),
        ("number=261120-00000000", vec![]),
        (&format!("paymentIntent={paid}"), vec![0]),
        (&format!("paymentIntent={paid}&status=shipped"), vec![]),
        ("paymentIntent=pi_nobody", vec![]),
        ("documentNumber=IN-2026-000042", vec![]),
        ("email=ada@example.com", vec![1, 0]),
        ("email=bob@example.com", vec![4, 2]),
        ("email=nobody@example.com", vec![]),
        ("email=ada@example.com&order=oldest&limit=1", vec![0, 1]),
        (&format!("userId={customer}"), vec![4, 2]),
        (&format!("userId={customer}&email=ada@example.com"), vec![]),
        ("from=2026-11-20T10:01:00Z", vec![4, 3, 2, 1]),
        ("to=2026-11-20T10:01:00Z", vec![0]),
        ("from=2026-11-20T10:01:00Z&to=2026-11-20T10:03:00Z&order=oldest&limit=1", vec![1, 2]),
        ("from=2026-11-20&to=2026-11-20", vec![4, 3, 2, 1, 0]),
        ("from=2026-11-21", vec![]),
        ("to=2026-11-19", vec![]),
        (&format!("userId={customer}&from=2026-11-20T10:03:00Z"), vec![4]),
        ("status=paid", vec![4, 0]),
        ("status=shipped,paid&limit=1", vec![4, 2, 0]),
        ("status=paid,paid", vec![4, 0]),
    ];
    for (query, places) in cases {
        assert_eq!(searched.places(query).await, places, "{query}");
    }
}

#[tokio::test]
async fn filters_over_read_orders_hold_together_with_keys() {
    let searched = Searched::open().await;
    let customer = searched.customer.id;
    let cases = [
        ("paymentStatus=paid", vec![4, 2, 0]),
        ("paymentStatus=unpaid", vec![3, 1]),
        ("paymentStatus=paid&status=paid&limit=1", vec![4, 0]),
        ("paymentMethod=cash_on_delivery", vec![1]),
        ("paymentMethod=free", vec![]),
        ("paymentMethod=payment_intent&email=ada@example.com", vec![0]),
        (&format!("userId={customer}&status=shipped"), vec![2]),
        (&format!("userId={customer}&paymentStatus=paid&to=2026-11-20T10:03:00Z"), vec![2]),
        ("disputed=true", vec![]),
        ("refundFailed=true", vec![]),
        ("disputed=false&refundFailed=false&order=oldest&limit=2", vec![0, 1, 2, 3, 4]),
    ];
    for (query, places) in cases {
        assert_eq!(searched.places(query).await, places, "{query}");
    }
}

#[tokio::test]
async fn words_of_any_kind_find_each_order_once_in_the_order_of_the_list() {
    let searched = Searched::open().await;
    let Searched { orders, customer, .. } = &searched;
    let number = orders[1].whole["number"].as_str().unwrap().to_owned();
    let (id, paid) = (&orders[3].id, orders[0].reference());
    for (query, places) in [
        (format!("q={number}"), vec![1]),
        (format!("q=%20{}", number.to_lowercase().replace('-', "")), vec![1]),
        (format!("q={paid}"), vec![0]),
        (format!("q={id}"), vec![3]),
        (format!("q={}", customer.id), vec![4, 2]),
        ("q=ada@example.com".to_owned(), vec![1, 0]),
        ("q=bob@example.com".to_owned(), vec![4, 2]),
        // The name of the recipient of all orders.
        ("q=ada".to_owned(), vec![4, 3, 2, 1, 0]),
        ("q=LOVELACE&limit=2".to_owned(), vec![4, 3, 2, 1, 0]),
        ("q=lovelace&order=oldest&limit=1".to_owned(), vec![0, 1, 2, 3, 4]),
        ("q=lovelace&status=paid&limit=1".to_owned(), vec![4, 0]),
        ("q=lovelace&email=ada@example.com".to_owned(), vec![1, 0]),
        (format!("q=ada@example.com&userId={}", customer.id), vec![]),
        ("q=lovelace&from=2026-11-20T10:03:00Z".to_owned(), vec![4, 3]),
        ("q=nobody".to_owned(), vec![]),
        ("q=%23".to_owned(), vec![]),
    ] {
        assert_eq!(searched.places(&query).await, places, "{query}");
    }
}

#[tokio::test]
async fn what_is_still_to_be_sent_is_a_filter() {
    let searched = Searched::open().await;
    let Searched { shop, staff, orders, .. } = &searched;
    assert_eq!(searched.places("toSend=true").await, [4, 3, 1, 0]);
    assert_eq!(searched.places("toSend=false").await, [2]);
    // All goods are given back before they were sent, and the shop keeps the shipping fee.
    let line = &orders[0].whole["items"][0]["id"];
    let refund = json!({ "reason": "Not wanted", "items": [{ "id": line, "quantity": 1 }], "restock": true });
    shop.refund(&orders[0], staff, &refund, "r-1").send().await.expect(201);
    shop.deliver_events().await;
    assert_eq!(searched.places("status=paid,processing").await, [4, 0]);
    assert_eq!(searched.places("status=paid,processing&toSend=true").await, [4]);
}

#[tokio::test]
async fn disputed_orders_are_found_until_the_bank_has_decided() {
    let searched = Searched::open().await;
    let Searched { shop, orders, .. } = &searched;
    let dispute = shop.stripe.open_dispute(&orders[0].reference(), false);
    shop.deliver_events().await;
    assert_eq!(searched.places("disputed=true").await, [0]);
    assert_eq!(searched.places("disputed=true&status=shipped").await, Vec::<usize>::new());
    shop.stripe.close_dispute(&dispute, false);
    shop.deliver_events().await;
    assert_eq!(searched.places("disputed=true").await, Vec::<usize>::new());
    assert_eq!(searched.places("paymentStatus=charged_back").await, [0]);
}

#[tokio::test]
async fn a_failed_refund_is_found_until_another_is_made() {
    let searched = Searched::open().await;
    let Searched { shop, staff, orders, .. } = &searched;
    let refund = |key: &str| shop.refund(&orders[0], staff, &json!({ "reason": "Late" }), key);
    refund("r-1").send().await.expect(201);
    assert_eq!(searched.places("refundFailed=true").await, Vec::<usize>::new());
    let made = shop.stripe.all("refund")[0]["id"].as_str().unwrap().to_owned();
    shop.stripe.update_refund(&made, "failed");
    shop.deliver_events().await;
    assert_eq!(searched.places("refundFailed=true").await, [0]);
    assert_eq!(searched.places("refundFailed=true&paymentMethod=cash_on_delivery").await, Vec::<usize>::new());
    refund("r-2").send().await.expect(201);
    assert_eq!(searched.places("refundFailed=true").await, Vec::<usize>::new());
}

#[tokio::test]
async fn an_account_has_its_orders_in_a_list_for_staff() {
    let searched = Searched::open().await;
    let Searched { shop, staff, customer, orders } = &searched;
    let path = format!("/api/v1/users/{}/orders", customer.id);
    let first = shop.get(&format!("{path}?limit=1")).by(staff).send().await.expect(200);
    assert_eq!(first.data()[0]["id"], orders[4].id);
    let next = first.json["pagination"]["nextCursor"].as_str().unwrap();
    let second = shop.get(&format!("{path}?limit=1&cursor={next}")).by(staff).send().await.expect(200);
    assert_eq!((&second.data()[0]["id"], second.data().as_array().unwrap().len()), (&json!(orders[2].id), 1));
    shop.get("/api/v1/users/ada/orders").by(staff).send().await.expect_problem(404, "user_not_found");
    shop.get(&path).by(customer).send().await.expect_problem(403, "forbidden");
    let nobody = shop.get("/api/v1/users/usr_01M7XEBF1GJ9S2EBBH215VRVD3/orders").by(staff).send().await;
    assert_eq!(nobody.expect(200).data(), &json!([]));
}

#[tokio::test]
async fn bad_filters_are_refused_with_their_names() {
    let (shop, staff) = selling_at(1000, 5).await;
    let long = |field: &str| format!("{field}={}", "1a".repeat(51));
    let (name, code, words) = (long("name"), long("trackingCode"), long("q"));
    let cases = [
        ("number=12345678901234567890123456789012345678901", "number"),
        ("email=nobody", "email"),
        ("userId=ada", "userId"),
        ("from=yesterday", "from"),
        ("to=2026-13-01", "to"),
        ("from=2026-11-22&to=2026-11-20", "from"),
        ("status=", "status"),
        ("status=paid,lost", "status"),
        ("status=paid,%20shipped", "status"),
        ("paymentStatus=lost", "paymentStatus"),
        ("paymentMethod=gold", "paymentMethod"),
        ("disputed=yes", "disputed"),
        ("refundFailed=", "refundFailed"),
        ("order=cheapest", "order"),
        ("limit=0", "limit"),
        ("cursor=%20", "cursor"),
        ("nobody=Ada", "nobody"),
        ("name=a", "name"),
        ("name=%23!", "name"),
        ("trackingCode=", "trackingCode"),
        ("trackingCode=--", "trackingCode"),
        ("name=ada&trackingCode=1", "name"),
        ("name=ada&number=1", "name"),
        ("trackingCode=1&number=1", "trackingCode"),
        ("sku=A/1", "sku"),
        ("sku=", "sku"),
        ("sku=A&number=1", "sku"),
        ("sku=A&trackingCode=1", "sku"),
        ("sku=A&name=ada", "sku"),
        ("documentNumber=", "documentNumber"),
        ("documentNumber=IN-2026-42", "documentNumber"),
        ("documentNumber=IN-26-000042", "documentNumber"),
        ("documentNumber=XX-2026-000042", "documentNumber"),
        ("documentNumber=IN-2026-000042-1", "documentNumber"),
        ("documentNumber=IN-2026-000042&sku=A", "documentNumber"),
        ("paymentIntent=", "paymentIntent"),
        ("paymentIntent=ch_1", "paymentIntent"),
        ("paymentIntent=pi_%23", "paymentIntent"),
        ("paymentIntent=pi_1&number=1", "paymentIntent"),
        ("paymentIntent=pi_1&documentNumber=IN-2026-000042", "paymentIntent"),
        ("postalCode=", "postalCode"),
        ("postalCode=--", "postalCode"),
        ("postalCode=123456789012345678901", "postalCode"),
        ("phone=1234", "phone"),
        ("phone=call%20me", "phone"),
        ("emailPrefix=a", "emailPrefix"),
        ("emailPrefix=a%20b", "emailPrefix"),
        ("emailPrefix=%C3%A4d", "emailPrefix"),
        ("emailPrefix=ada&postalCode=10117", "emailPrefix"),
        ("q=", "q"),
        ("q=%20", "q"),
        ("q=a%0Ab", "q"),
        ("q=ada&number=1", "q"),
        ("toSend=1", "toSend"),
        (&words, "q"),
        ("phone=1234567&sku=A", "phone"),
        (&name, "name"),
        (&code, "trackingCode"),
    ];
    for (query, field) in cases {
        let refused = shop.get(&format!("{ALL}?{query}")).by(&staff).send().await.expect(400);
        assert_eq!(refused.fields(), [field], "{query}");
    }
}

/// A cursor of one query is only a place in another. Base64 of what is below, above and between all ids.
#[tokio::test]
async fn a_cursor_of_another_query_or_of_nobody_is_harmless() {
    let searched = Searched::open().await;
    let Searched { shop, staff, customer, .. } = &searched;
    let first = shop.get(&format!("{ALL}?limit=3")).by(staff).send().await.expect(200);
    let next = first.json["pagination"]["nextCursor"].as_str().unwrap().to_owned();
    assert_eq!(searched.places(&format!("order=oldest&cursor={next}")).await, [3, 4]);
    assert_eq!(searched.places(&format!("email=ada@example.com&cursor={next}")).await, [1, 0]);
    let late = format!("from=2026-11-20T10:04:00Z&cursor={next}");
    assert_eq!(searched.places(&late).await, Vec::<usize>::new());
    // U+0001, "zzz", "ord_" and a line break.
    for forged in ["AQ", "enp6", "b3JkXw", "Cg"] {
        for query in ["", "order=oldest&", "status=paid&", "from=2026-11-20&to=2026-11-20&", "disputed=true&"] {
            let path = format!("{ALL}?{query}cursor={forged}");
            shop.get(&path).by(staff).send().await.expect(200);
        }
        let path = format!("/api/v1/users/{}/orders?cursor={forged}", customer.id);
        shop.get(&path).by(staff).send().await.expect(200);
    }
}

#[tokio::test]
async fn a_page_that_has_looked_at_enough_orders_ends_and_its_cursor_goes_on() {
    let (shop, staff) = selling_at(1000, 5).await;
    let one = PlacedOrder::of(shop.place_order(&order_of("A", 1, "payment_intent"), "k").send().await);
    // 1,100 copies a second apart, all older than the order. Each hundredth went to another place. The refund of the first and
    // of the last hundred failed, and half of these have their name not as a name.
    let start = shop.now();
    let found = shop.store().order_and_purchase(OrderId::parse(&one.id).unwrap()).await.unwrap().unwrap();
    let mut copies = Vec::new();
    for n in 1..=1_100_u64 {
        let at = start - Duration::from_secs(n);
        let mut order = found.order.clone();
        (order.id, order.created_at) = (OrderId::new(at, n.into()), at);
        order.refund_failed = !(101..=1_000).contains(&n);
        let event = Event::OrderPlaced { order_id: order.id };
        let (mut purchase, stock) = (found.purchase.clone(), StockEffect::Keep);
        if order.refund_failed && n % 2 == 0 {
            (purchase.shipping.name, purchase.shipping.line2) =
                ("Alan Turing".to_owned(), Some("c/o Ada Lovelace".to_owned()));
        }
        purchase.shipping.city = if n % 100 == 0 { "Ostseebad Binz".to_owned() } else { "Ostseebad".to_owned() };
        let placed = domain::order::PlacedOrder { order, purchase, stock, event, unpaid: None };
        let (token, side_effects) = (TransactionId::new(at, n.into()), SideEffects::NONE);
        let placement = Placement { token, placed: &placed, coupon: None, carts: &[], side_effects };
        shop.store().place_order(&placement).await.unwrap();
        copies.push((placed.order, placed.purchase));
    }
    shop.store().list_for_finding(copies.iter().map(|(order, purchase)| (order, purchase))).await.unwrap();
    let all = self::found(&shop, &staff, "email=ada@example.com&limit=100").await;
    assert_eq!((all.len(), all.iter().collect::<BTreeSet<_>>().len()), (1_101, 1_101));
    for words in ["q=ada@example.com&limit=100", "q=lovelace&limit=100"] {
        assert_eq!(self::found(&shop, &staff, words).await, all, "{words}");
    }
    for words in ["q=ostseebad&limit=100", "q=ostseebad+lovelace&limit=100"] {
        assert_eq!(self::found(&shop, &staff, words).await, all[1..], "{words}");
    }
    let hundredths: Vec<String> = copies.iter().skip(99).step_by(100).map(|(order, _)| order.id.to_string()).collect();
    for words in ["q=binz", "q=ostseebad+binz", "q=harbour+binz+lovelace&limit=3"] {
        assert_eq!(self::found(&shop, &staff, words).await, hundredths, "{words}");
    }
    let oldest: Vec<String> = hundredths.into_iter().rev().collect();
    assert_eq!(self::found(&shop, &staff, "q=street+binz+ostseebad&order=oldest&limit=5").await, oldest);
    assert!(self::found(&shop, &staff, "q=ostseebad+binz+grace").await.is_empty());
    let failed = self::found(&shop, &staff, "refundFailed=true&limit=100").await;
    assert_eq!(failed.len(), 200);
    for order in ["newest", "oldest"] {
        let query = format!("q=ada+lovelace&refundFailed=true&order={order}");
        let mut found = self::found(&shop, &staff, &query).await;
        if order == "oldest" {
            found.reverse();
        }
        assert_eq!(found, failed, "{order} first: names and words go on together");
    }
    let words = "q=lovelace&paymentMethod=free";
    for query in [words, "paymentMethod=free", "paymentMethod=free&status=pending", "paymentMethod=free&order=oldest"] {
        let short = shop.get(&format!("{ALL}?{query}")).by(&staff).send().await.expect(200);
        assert_eq!(short.data(), &json!([]));
        assert!(short.json["pagination"]["nextCursor"].is_string(), "{query}: there are more to look at");
        assert!(self::found(&shop, &staff, query).await.is_empty());
    }
}

#[tokio::test]
async fn looking_for_orders_is_in_the_audit_trail_with_what_was_looked_for() {
    let (shop, _) = selling_at(1000, 5).await;
    let support = shop.staff("sue@example.com", Role::Support).await;
    shop.get(&format!("{ALL}?email=ada@example.com&status=paid&limit=5")).by(&support).send().await.expect(200);
    let entries = shop.table.items_under("AUDIT#").into_values();
    let entry = entries.into_iter().find(|entry| entry["action"] == "order.list").unwrap();
    assert_eq!(entry["after"], "email: ada@example.com, status: paid");
    assert_eq!(entry["actor"], support.id.to_string());
}
