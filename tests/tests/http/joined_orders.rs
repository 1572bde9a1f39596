//! Guests' orders join the account of their mail address, once it is proven.

use std::time::Duration;

use harness::interruptions::Outcome;
use harness::network::Fault;
use harness::orders::{ORDERS, PlacedOrder, order_of, selling_at};
use harness::shop::{Person, Shop};
use serde_json::{Value, json};
use stripe_stand_in::Card;

async fn buy_as(shop: &Shop, email: &str, key: &str) -> PlacedOrder {
    let mut body = order_of("A", 1, "payment_intent");
    body["email"] = json!(email);
    // Each at a time of its own, so that the order of the list is certain.
    shop.later(Duration::from_secs(1));
    PlacedOrder::of(shop.place_order(&body, key).send().await)
}

/// The person proves their address, and the janitor comes a minute later.
async fn prove(shop: &Shop, person: &Person) {
    shop.prove_address(person).await;
    shop.later(Duration::from_mins(1));
    shop.janitor().run().await.unwrap();
}

/// The ids in the list of one's orders.
async fn mine(shop: &Shop, person: &Person) -> Vec<String> {
    let list = shop.get(ORDERS).by(person).send().await.expect(200);
    let ids = list.json["data"].as_array().unwrap().iter().map(|order| order["id"].as_str().unwrap().to_owned());
    ids.collect()
}

/// What the history has, as this reader sees it.
fn whats(track: &Value) -> Vec<&str> {
    track["history"].as_array().unwrap().iter().map(|entry| entry["what"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn the_orders_of_a_guest_join_the_account_that_proves_the_address() {
    let (shop, staff) = selling_at(1000, 50).await;
    let first = buy_as(&shop, "ada@example.com", "k-1").await;
    let second = buy_as(&shop, "Ada@Example.com", "k-2").await;
    let other = buy_as(&shop, "bob@example.com", "k-3").await;
    shop.pay(&first.reference(), Card::Pays).await;
    let before = shop.read_order(&first).await;
    let ada = shop.register("ada@example.com").await;
    shop.janitor().run().await.unwrap();
    assert!(mine(&shop, &ada).await.is_empty(), "whoever registers an address sees nothing before the proof");
    shop.get(&first.path()).by(&ada).send().await.expect_problem(404, "order_not_found");
    prove(&shop, &ada).await;
    assert_eq!(mine(&shop, &ada).await, [second.id.clone(), first.id.clone()]);
    let seen = shop.get(&first.path()).by(&ada).send().await.expect(200);
    assert_eq!(seen.data()["userId"], json!(ada.id.to_string()));
    shop.get(&other.path()).by(&ada).send().await.expect_problem(404, "order_not_found");
    // Whoever has the token may not be the owner of the address, and does not learn of the account.
    assert_eq!(shop.read_order(&first).await, before);
    let as_guest = shop.get_as_guest(&first, "/track").send().await.expect(200);
    assert_eq!(whats(as_guest.data()), ["placed", "paid"]);
    let as_staff = shop.get(&format!("{}/track", first.path())).by(&staff).send().await.expect(200);
    assert_eq!(whats(as_staff.data()), ["placed", "paid", "joined_account"]);
    assert_eq!(as_staff.data()["history"][2]["detail"], json!(ada.id.to_string()));
    assert_eq!(as_staff.data()["history"][0]["userId"], Value::Null, "a guest placed it");
    // The token still opens the order, and a new one can be mailed.
    shop.cancel(&second).send().await.expect(200);
    let link = shop.post(&format!("{}/link", first.path()), &json!({ "email": "ada@example.com" }));
    link.send().await.expect(202);
    let asked = shop.table.events().into_iter().rfind(|event| event["type"] == "order.link_requested").unwrap();
    assert_eq!(asked["orderId"], json!(first.id));
    assert!(shop.table.items_under("USER#").keys().all(|key| !key.contains("DUE#JOIN")));
}

#[tokio::test]
async fn an_account_that_starts_over_gets_the_orders_too() {
    let (shop, _) = selling_at(1000, 50).await;
    let bought = buy_as(&shop, "ada@example.com", "k-1").await;
    let eve = shop.register("ada@example.com").await;
    let link = shop.mailed_token(store::links::LinkKind::Verify, "user.registered").await;
    shop.post("/api/v1/auth/email/verify", &json!({ "token": link })).send().await.expect(200);
    shop.later(Duration::from_mins(1));
    shop.janitor().run().await.unwrap();
    let order = shop.store().order(domain::id::OrderId::parse(&bought.id).unwrap()).await.unwrap().unwrap();
    assert_eq!(order.user_id, Some(eve.id));
}

#[tokio::test]
async fn a_guests_order_with_a_proven_address_is_in_the_account_at_once() {
    let (shop, _) = selling_at(1000, 50).await;
    let ada = shop.register_verified("ada@example.com").await;
    let bob = shop.register("bob@example.com").await;
    let order = buy_as(&shop, "ada@example.com", "k-1").await;
    assert_eq!(order.whole["userId"], Value::Null);
    assert!(!order.token.is_empty());
    let again = {
        let body = order_of("A", 1, "payment_intent");
        PlacedOrder::of(shop.place_order(&body, "k-1").send().await)
    };
    assert_eq!((again.id.clone(), again.token.is_empty()), (order.id.clone(), false));
    buy_as(&shop, "bob@example.com", "k-2").await;
    assert_eq!(mine(&shop, &ada).await, std::slice::from_ref(&order.id));
    assert!(mine(&shop, &bob).await.is_empty());
    assert!(shop.pay(&order.reference(), Card::Pays).await);
    assert_eq!(shop.read_order(&order).await["status"], "paid");
}

#[tokio::test]
async fn a_joined_order_counts_among_the_unpaid_orders_of_the_guest_and_of_no_one_else() {
    let (shop, _) = selling_at(1000, 50).await;
    let order = buy_as(&shop, "ada@example.com", "k-1").await;
    let lists = || shop.table.items_under("UNPAID#").into_keys().collect::<Vec<_>>();
    let before = lists();
    let ada = shop.register("ada@example.com").await;
    prove(&shop, &ada).await;
    assert_eq!(mine(&shop, &ada).await, std::slice::from_ref(&order.id));
    // The hold ends, and the owner of the account opens the payment again, which holds the stock again.
    shop.later(Duration::from_mins(31));
    shop.janitor().run().await.unwrap();
    assert_eq!(shop.stock("A"), (50, 0));
    let ada = shop.login("ada@example.com").await;
    let open = shop.post("/api/v1/payments/create-intent", &json!({ "orderId": order.id }));
    open.by(&ada).send().await.expect(200);
    assert_eq!((shop.stock("A"), lists()), ((50, 1), before));
}

#[tokio::test]
async fn an_order_that_changes_at_the_same_moment_joins_once() {
    for at in 0.. {
        let (shop, _) = selling_at(1000, 50).await;
        let order = buy_as(&shop, "ada@example.com", "k-1").await;
        let ada = shop.register_verified("ada@example.com").await;
        shop.later(Duration::from_mins(1));
        let cancel = shop.cancel(&order);
        let others = async move { drop(cancel.send().await.expect(200)) };
        let janitor = shop.janitor();
        let run = janitor.run();
        let outcome = shop.table.network.interruptions.interrupt_at(at, others, run).await;
        if matches!(outcome, Outcome::NotReached) {
            assert!(at > 10, "a run passes some points");
            break;
        }
        janitor.run().await.unwrap();
        assert_eq!(mine(&shop, &ada).await, std::slice::from_ref(&order.id), "{at}");
        assert_eq!(shop.read_order(&order).await["status"], "cancelled");
        joined_once(&shop, 1);
    }
}

/// So many orders have joined, each once.
fn joined_once(shop: &Shop, orders: usize) {
    let items = shop.table.items_under("ORDER#");
    assert_eq!(items.values().filter(|item| item["what"] == "joined_account").count(), orders);
}

#[tokio::test]
async fn every_order_joins_once_when_calls_fail() {
    for fault in [Fault::Before, Fault::After, Fault::Throttle, Fault::Conflict] {
        // After the queries of due work: the account, the query, two calls for each order, the end.
        for skip in 4..12 {
            let (shop, _) = selling_at(1000, 50).await;
            for key in ["k-1", "k-2"] {
                buy_as(&shop, "ada@example.com", key).await;
            }
            let ada = shop.register_verified("ada@example.com").await;
            shop.later(Duration::from_mins(1));
            shop.table.network.fail_any(skip, fault, 5);
            let _ = shop.janitor().run().await;
            shop.table.network.heal();
            shop.janitor().run().await.unwrap();
            assert_eq!(mine(&shop, &ada).await.len(), 2, "{fault:?} after {skip} calls");
            joined_once(&shop, 2);
            assert!(shop.table.items_under("USER#").keys().all(|key| !key.contains("DUE#JOIN")));
        }
    }
}

#[tokio::test]
async fn orders_are_found_by_their_mail_address_before_and_after_they_join() {
    let (shop, staff) = selling_at(1000, 50).await;
    let mut ids = Vec::new();
    for n in 0..3 {
        ids.insert(0, buy_as(&shop, "ada@example.com", &format!("k-{n}")).await.id);
    }
    buy_as(&shop, "bob@example.com", "k-9").await;
    let found = async || {
        let (mut found, mut cursor) = (Vec::new(), String::new());
        loop {
            let path = format!("/api/v1/admin/orders?email=ada@example.com&limit=2{cursor}");
            let page = shop.get(&path).by(&staff).send().await.expect(200);
            found.extend(page.data().as_array().unwrap().iter().map(|order| order["id"].as_str().unwrap().to_owned()));
            match page.json["pagination"]["nextCursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return found,
            }
        }
    };
    assert_eq!(found().await, ids);
    let ada = shop.register("ada@example.com").await;
    assert_eq!(found().await, ids);
    prove(&shop, &ada).await;
    assert_eq!(found().await, ids);
}
