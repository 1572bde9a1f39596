//! The audit trail: what is in it, from where, who may read it, and that it can be searched but not flooded.

use std::time::Duration;

use axum::http::Method;
use domain::access::Role;
use harness::network::Fault;
use harness::orders::{PlacedOrder, order_of};
use harness::products::staffed;
use harness::shop::{Person, Shop};
use harness::stock;
use serde_json::{Value, json};

/// The trail's entries, newest first.
async fn trail(shop: &Shop, staff: &Person, query: &str) -> Vec<Value> {
    let (mut entries, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = shop.get(&format!("/api/v1/audit?{query}{cursor}")).by(staff).send().await.expect(200);
        entries.extend(page.data().as_array().unwrap().clone());
        match page.json["pagination"]["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return entries,
        }
    }
}

fn actions(entries: &[Value]) -> Vec<&str> {
    entries.iter().rev().map(|entry| entry["action"].as_str().unwrap()).collect()
}

/// The entries of an action in the table.
fn written(shop: &Shop, action: &str) -> Vec<Value> {
    shop.table.items_under("AUDIT#").into_values().filter(|entry| entry["action"] == action).collect()
}

#[tokio::test]
async fn what_staff_read_change_and_move_is_in_the_trail_with_its_origin() {
    let (shop, staff) = staffed().await;
    shop.add_product(&staff, "A", 1000, 5).await;
    let ada = shop.register("ada@example.com").await;
    let order = PlacedOrder::of(shop.place_order(&order_of("A", 1, "payment_intent"), "k").send().await);
    let get = |path: String| shop.get(&path).by(&staff).send();
    stock::set(&shop, &staff, &json!({ "onHand": 9, "reason": "counted" })).await.expect(200);
    stock::adjust(&shop, &staff, -2, "k-1").await.expect(200);
    stock::adjust(&shop, &staff, -2, "k-1").await.expect(200);
    shop.post("/api/v1/exports", &json!({ "of": "stock" })).by(&staff).send().await.expect(201);
    shop.post("/api/v1/uploads", &json!({ "for": "products" })).by(&staff).send().await.expect(201);
    get("/api/v1/users?email=ada".to_owned()).await.expect(200);
    get(format!("/api/v1/users/{}", ada.id)).await.expect(200);
    get(order.path()).await.expect(200);
    get(format!("{}/track", order.path())).await.expect(200);
    get(format!("/api/v1/payments/{}", order.id.replace("ord_", "pay_"))).await.expect(200);
    get("/api/v1/admin/orders?status=pending".to_owned()).await.expect(200);
    get("/api/v1/users/usr_01M7XEBF1GJ9S2EBBH215VRVD3".to_owned()).await.expect(404);
    // Buyers who read their own order are not in the trail.
    shop.get_as_guest(&order, "").send().await.expect(200);

    let entries = trail(&shop, &staff, &format!("actor={}", staff.id)).await;
    assert_eq!(
        actions(&entries),
        [
            "product.create",
            "inventory.set",
            "inventory.adjust",
            "export.create",
            "upload.create",
            "user.list",
            "user.read",
            "order.read",
            "order.read",
            "payment.read",
            "order.list",
        ]
    );
    let of = |action: &str| entries.iter().find(|entry| entry["action"] == action).unwrap();
    assert_eq!(of("inventory.set")["before"], "5 on hand, threshold 5");
    assert_eq!(of("inventory.set")["after"], "9 on hand, threshold 5: counted");
    assert_eq!(of("inventory.adjust")["after"], "-2: test");
    assert_eq!(of("user.list")["after"], "addresses that begin with ada");
    assert_eq!(of("user.read")["subject"], ada.id.to_string());
    assert_eq!(of("order.read")["subject"], order.id);
    let origin = json!({ "ip": "192.0.2.1", "device": "Firefox on Linux", "requestId": "req-1" });
    assert!(entries.iter().all(|entry| entry["origin"] == origin), "{entries:#?}");
}

#[tokio::test]
async fn sign_ins_of_staff_good_and_refused_are_in_the_trail_and_those_of_customers_are_not() {
    let (shop, staff) = staffed().await;
    shop.register("ada@example.com").await;
    for email in ["root@example.com", "ada@example.com", "nobody@example.com"] {
        shop.try_login(email, "wrong password").await.expect_problem(401, "invalid_credentials");
    }
    shop.later(Duration::from_secs(1));
    shop.login("root@example.com").await;
    shop.login("ada@example.com").await;
    let entries = trail(&shop, &staff, "").await;
    let short = |entry: &Value| json!([entry["action"], entry["actor"], entry["subject"], entry["after"]]);
    let id = staff.id.to_string();
    assert_eq!(
        entries.iter().rev().map(short).collect::<Vec<_>>(),
        [
            json!(["user.change-role", null, id, null]),
            json!(["user.sign-in-refused", id, id, "invalid_credentials"]),
            json!(["user.sign-in", id, id, null]),
        ]
    );
    assert_eq!(entries[1]["origin"]["ip"], "192.0.2.1");
}

#[tokio::test]
async fn refused_attempts_of_signed_in_users_are_in_the_trail_and_cannot_flood_it() {
    let (shop, staff) = staffed().await;
    let ada = shop.register("ada@example.com").await;
    let refused = async || {
        shop.get("/api/v1/audit").by(&ada).send().await.expect_problem(403, "forbidden");
    };
    refused().await;
    let path = format!("/api/v1/users/{}/ban", staff.id);
    let ban = json!({ "reason": "x", "until": "2027-01-01T00:00:00Z" });
    shop.post(&path, &ban).by(&staff).send().await.expect_problem(403, "not_oneself");
    let mut entries = written(&shop, "access.refused");
    entries.sort_by_key(|entry| entry["after"].to_string());
    let short = |entry: &Value| json!([entry["actor"], entry["subject"], entry["after"]]);
    assert_eq!(
        entries.iter().map(short).collect::<Vec<_>>(),
        [
            json!([ada.id.to_string(), "GET /api/v1/audit", "forbidden"]),
            json!([staff.id.to_string(), format!("POST {path}"), "not_oneself"]),
        ]
    );
    assert_eq!(entries[0]["origin"]["request_id"], "req-1");
    for _ in 0..50 {
        refused().await;
    }
    assert_eq!(written(&shop, "access.refused").len(), 31, "thirty of hers in an hour");
    shop.get("/api/v1/audit").send().await.expect_problem(401, "unauthenticated");
    assert_eq!(written(&shop, "access.refused").len(), 31);
}

#[tokio::test]
async fn reading_neither_fails_nor_doubles_when_its_entry_cannot_be_written_or_its_answer_is_lost() {
    let (shop, staff) = staffed().await;
    let ada = shop.register("ada@example.com").await;
    let read = async || {
        shop.get(&format!("/api/v1/users/{}", ada.id)).by(&staff).send().await.expect(200);
    };
    for fault in [Fault::Before, Fault::Throttle] {
        shop.table.network.fail("PutItem", fault, 5);
        read().await;
        shop.table.network.heal();
    }
    assert!(written(&shop, "user.read").is_empty());
    shop.table.network.fail("PutItem", Fault::After, 1);
    read().await;
    assert_eq!(written(&shop, "user.read").len(), 1);
    let before = shop.table.items_under("USER#");
    for fault in [Fault::Before, Fault::After, Fault::Throttle, Fault::Conflict] {
        shop.table.network.fail("TransactWriteItems", fault, 20);
        shop.get("/api/v1/users").by(&ada).send().await.expect_problem(403, "forbidden");
        shop.table.network.heal();
    }
    assert!(written(&shop, "access.refused").len() <= 1);
    assert_eq!(shop.table.items_under("USER#"), before);
}

#[tokio::test]
async fn the_trail_is_searched_by_who_what_and_when_in_any_combination() {
    let (shop, root) = staffed().await;
    let rita = shop.staff("rita@example.com", Role::Admin).await;
    let ada = shop.register("ada@example.com").await;
    let path = format!("/api/v1/users/{}", ada.id);
    for hour in 0..6 {
        let staff = if hour % 2 == 0 { &root } else { &rita };
        let staff = shop.login(&staff.email).await;
        shop.get(&path).by(&staff).send().await.expect(200);
        shop.later(Duration::from_hours(20));
    }
    let root = shop.login("root@example.com").await;
    let count = async |query: &str| trail(&shop, &root, query).await.len();
    assert_eq!(count("action=user.read").await, 6);
    assert_eq!(count(&format!("action=user.read&actor={}&limit=2", root.id)).await, 3);
    assert_eq!(count(&format!("actor={}", rita.id)).await, 6, "three sign-ins, three readings");
    let span = "from=2026-11-21T00:00:00Z&to=2026-11-23T00:00:00Z";
    assert_eq!(count(&format!("action=user.read&{span}")).await, 3);
    assert_eq!(count(&format!("action=user.read&{span}&actor={}", root.id)).await, 1);
    assert_eq!(count(&format!("{span}&limit=1")).await, 6);
    assert_eq!(count("actor=shop").await, 2, "the operator made two admins");
    assert_eq!(count("action=user.delete").await, 0);
    for (query, field) in [
        ("actor=nobody", "actor"),
        ("action=", "action"),
        ("from=today", "from"),
        ("to=2026-11-31T00:00:00Z", "to"),
        ("from=2026-11-21T00:00:00Z&to=2026-11-20T00:00:00Z", "from"),
        ("limit=0", "limit"),
        ("day=2026-11-20", "day"),
    ] {
        let refused = shop.get(&format!("/api/v1/audit?{query}")).by(&root).send().await;
        assert_eq!(refused.expect_problem(400, "validation_failed").fields(), [field], "{query}");
    }
    let support = shop.staff("sam@example.com", Role::Support).await;
    shop.get("/api/v1/audit").by(&support).send().await.expect_problem(403, "forbidden");
    shop.request(Method::DELETE, "/api/v1/audit").by(&root).send().await.expect(405);
}
