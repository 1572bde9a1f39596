//! Endpoints of merchants: who makes them, which URLs are refused, their secrets, and what is sent again.

use std::time::Duration;

use axum::http::Method;
use domain::access::{Permission, Role};
use domain::api_key::ApiKey;
use domain::id::{EventId, WebhookEndpointId};
use domain::webhook::delivery::{DeliverJob, Delivery, DeliveryAttempt, NextStep};
use harness::network::Fault;
use harness::products::staffed;
use harness::shop::{Answer, Person, Shop};
use serde_json::{Value, json};
use store::webhook_deliveries::WebhookEvent;

const WEBHOOKS: &str = "/api/v1/admin/webhooks";
const URL: &str = "https://erp.example.com/events";

async fn make(shop: &Shop, admin: &Person, body: &Value) -> Value {
    shop.post(WEBHOOKS, body).by(admin).send().await.expect(201).data().clone()
}

async fn made(shop: &Shop, admin: &Person) -> String {
    let made = make(shop, admin, &json!({ "url": URL })).await;
    format!("{WEBHOOKS}/{}", made["endpoint"]["id"].as_str().unwrap())
}

async fn edit(shop: &Shop, admin: &Person, path: &str, body: &Value) -> Answer {
    shop.request(Method::PATCH, path).json(body).by(admin).send().await
}

async fn rotate(shop: &Shop, admin: &Person, path: &str, tag: &str) -> Answer {
    shop.request(Method::POST, &format!("{path}/rotate-secret")).header("if-match", tag).by(admin).send().await
}

fn id_of(path: &str) -> WebhookEndpointId {
    WebhookEndpointId::parse(path.rsplit('/').next().unwrap()).unwrap()
}

/// An event that was kept, and what became of its delivery with this status.
async fn delivered(shop: &Shop, path: &str, n: u128, status: u16) -> EventId {
    let (now, store) = (shop.now(), shop.store());
    let event_id = EventId::new(now, n);
    let event_type = "order.paid".to_owned();
    let payload = json!({ "id": event_id, "data": { "email": "ada@example.com" } }).to_string();
    store.keep_webhook_event(&WebhookEvent { id: event_id, event_type, payload }).await.unwrap();
    let job = DeliverJob { endpoint_id: id_of(path), event_id, asked_at: now, is_test: false };
    let NextStep::Try(delivery) = Delivery::next_step(None, &job, "order.paid", now) else { panic!("it is new") };
    let excerpt = "words of the server".to_owned();
    let attempt = DeliveryAttempt { at: now, millis: 12, status: Some(status), problem: None, excerpt };
    assert!(store.put_webhook_delivery(&delivery.after(attempt, false, now, 0), now).await.unwrap());
    event_id
}

#[tokio::test]
async fn an_endpoint_is_made_read_changed_and_deleted_and_its_secret_is_shown_once() {
    let (shop, root) = staffed().await;
    let body =
        json!({ "url": " HTTPS://ERP.example.com/a/../events ", "description": "ERP", "eventTypes": ["order.paid"] });
    let made = make(&shop, &root, &body).await;
    let secret = made["secret"].as_str().unwrap();
    assert!(secret.starts_with("whsec_") && secret.len() == 50, "{secret}");
    let expected = json!({
        "id": made["endpoint"]["id"], "url": URL, "description": "ERP", "eventTypes": ["order.paid"], "maxPerMinute": 600,
        "enabled": true, "disabledAt": null, "disabledReason": null, "failingSince": null, "pausedUntil": null,
        "oldSecretUntil": null, "createdAt": "2026-11-20T10:00:00.000Z", "updatedAt": "2026-11-20T10:00:00.000Z",
    });
    assert_eq!(made["endpoint"], expected);
    let path = format!("{WEBHOOKS}/{}", made["endpoint"]["id"].as_str().unwrap());
    let shown = shop.get(&path).by(&root).send().await.expect(200);
    assert_eq!((shown.data(), shown.header("etag")), (&expected, "\"v1\""));
    assert_eq!(shop.get(WEBHOOKS).by(&root).send().await.expect(200).data(), &json!([expected]));
    let everything = format!("{:?}", shop.table.items());
    assert!(!everything.contains(secret) && !shown.text.contains("whsec_"), "no table and no other answer has it");
    let changes = json!({ "eventTypes": null, "maxPerMinute": 10, "enabled": false, "description": "" });
    let changed = edit(&shop, &root, &path, &changes).await.expect(200);
    let state = ["eventTypes", "maxPerMinute", "enabled", "disabledReason", "description"];
    let state: Vec<&Value> = state.iter().map(|name| &changed.data()[name]).collect();
    assert_eq!(json!(state), json!([null, 10, false, "staff", ""]));
    let stale = shop.request(Method::PATCH, &path).json(&json!({ "enabled": true })).header("if-match", "\"v1\"");
    stale.by(&root).send().await.expect_problem(412, "precondition_failed");
    edit(&shop, &root, &path, &json!({ "enabled": true })).await.expect(200);
    shop.request(Method::DELETE, &path).by(&root).send().await.expect(200);
    shop.get(&path).by(&root).send().await.expect_problem(404, "webhook_not_found");
    shop.request(Method::DELETE, &path).by(&root).send().await.expect_problem(404, "webhook_not_found");
    let trail = shop.get("/api/v1/audit").by(&root).send().await.expect(200);
    let actions: Vec<&str> = trail.data().as_array().unwrap().iter().map(|it| it["action"].as_str().unwrap()).collect();
    assert_eq!(actions[..4], ["webhook.delete", "webhook.edit", "webhook.edit", "webhook.create"]);
    assert_eq!(trail.data()[3]["after"], format!("{URL}: order.paid; 600 a minute; enabled"));
}

#[tokio::test]
async fn urls_of_private_networks_and_other_bad_input_are_refused_by_field_and_make_nothing() {
    let (shop, root) = staffed().await;
    for (url, says) in [
        ("http://erp.example.com/", "https"),
        ("https://127.0.0.1/", "not an address"),
        ("https://[::1]/", "not an address"),
        ("https://2852039166/", "not an address"),
        ("https://localhost/", "public internet"),
        ("https://erp.example.com:22/", "port"),
        ("https://root:secret@erp.example.com/", "password"),
        ("https://private.example.com/", "not in the public internet"),
        ("https://mixed.example.com/", "not in the public internet"),
        ("https://nowhere.example.com/", "cannot be found"),
        ("", "URL"),
    ] {
        let refused = shop.post(WEBHOOKS, &json!({ "url": url })).by(&root).send().await;
        let refused = refused.expect_problem(400, "validation_failed");
        assert_eq!(refused.fields(), ["url"], "{url}");
        let why = refused.json["details"][0]["message"].as_str().unwrap().to_owned();
        assert!(why.contains(says), "{url}: {why}");
    }
    let bad = json!({ "url": "x", "description": "a\u{202e}b", "eventTypes": ["order.payed"], "maxPerMinute": 0 });
    let refused = shop.post(WEBHOOKS, &bad).by(&root).send().await.expect(400);
    assert_eq!(refused.fields(), ["url", "description", "eventTypes", "maxPerMinute"]);
    for types in [json!([]), json!(["order.paid", "order.paid"]), json!(["webhook.test"]), json!(["*"])] {
        let refused = shop.post(WEBHOOKS, &json!({ "url": URL, "eventTypes": types })).by(&root).send().await;
        assert_eq!(refused.expect(400).fields(), ["eventTypes"]);
    }
    let unknown = shop.post(WEBHOOKS, &json!({ "url": URL, "secret": "whsec_mine" })).by(&root).send().await;
    assert_eq!(unknown.expect(400).fields(), ["secret"]);
    assert!(shop.table.items_under("WEBHOOKS").is_empty());
    let path = made(&shop, &root).await;
    let refused = edit(&shop, &root, &path, &json!({ "url": "https://private.example.com/" })).await;
    assert_eq!(refused.expect(400).fields(), ["url"]);
    assert_eq!(shop.get(&path).by(&root).send().await.expect(200).data()["url"], URL);
}

#[tokio::test]
async fn only_admins_with_a_fresh_proof_decide_where_events_go_and_keys_never_do() {
    let (shop, root) = staffed().await;
    let path = made(&shop, &root).await;
    let sam = shop.staff("sam@example.com", Role::Support).await;
    shop.post(WEBHOOKS, &json!({ "url": URL })).by(&sam).send().await.expect_problem(403, "forbidden");
    shop.get(&path).by(&sam).send().await.expect_problem(403, "forbidden");
    shop.get(&format!("{path}/deliveries")).by(&sam).send().await.expect_problem(403, "forbidden");
    assert!(!ApiKey::PERMISSIONS.contains(&Permission::WebhooksWrite));
    shop.later(Duration::from_hours(13));
    let stale = Person {
        access: shop.try_refresh(&root.refresh).await.data()["accessToken"].as_str().unwrap().to_owned(),
        ..root
    };
    shop.post(WEBHOOKS, &json!({ "url": URL })).by(&stale).send().await.expect_problem(403, "fresh_proof_required");
    let edited = edit(&shop, &stale, &path, &json!({ "description": "x" })).await;
    edited.expect_problem(403, "fresh_proof_required");
    rotate(&shop, &stale, &path, "*").await.expect_problem(403, "fresh_proof_required");
    shop.get(&path).by(&stale).send().await.expect(200);
}

#[tokio::test]
async fn there_are_never_more_than_twenty_endpoints_however_many_are_made_at_once() {
    let (shop, root) = staffed().await;
    for _ in 0..18 {
        made(&shop, &root).await;
    }
    let body = json!({ "url": URL });
    let one = || async { shop.post(WEBHOOKS, &body).by(&root).send().await };
    let (a, b, c, d) = tokio::join!(one(), one(), one(), one());
    let mut answers: Vec<u16> = [a, b, c, d].iter().map(|answer| answer.status.as_u16()).collect();
    answers.sort_unstable();
    assert_eq!(answers, [201, 201, 409, 409]);
    one().await.expect_problem(409, "too_many_webhooks");
    let all = shop.get(WEBHOOKS).by(&root).send().await.expect(200);
    let path = format!("{WEBHOOKS}/{}", all.data()[0]["id"].as_str().unwrap());
    shop.request(Method::DELETE, &path).by(&root).send().await.expect(200);
    one().await.expect(201);
}

#[tokio::test]
async fn a_lost_answer_to_a_change_changes_it_once() {
    let (shop, root) = staffed().await;
    shop.table.network.fail("TransactWriteItems", Fault::After, 1);
    let path = made(&shop, &root).await;
    assert_eq!(shop.get(WEBHOOKS).by(&root).send().await.expect(200).data().as_array().unwrap().len(), 1);
    shop.table.network.fail("TransactWriteItems", Fault::After, 1);
    let changed = edit(&shop, &root, &path, &json!({ "description": "ERP" })).await.expect(200);
    assert_eq!(changed.header("etag"), "\"v2\"");
}

#[tokio::test]
async fn a_new_secret_needs_the_read_tag_so_that_a_repeated_request_makes_no_second_one() {
    let (shop, root) = staffed().await;
    let path = made(&shop, &root).await;
    let missing = shop.request(Method::POST, &format!("{path}/rotate-secret")).by(&root).send().await;
    missing.expect_problem(428, "precondition_required");
    let first = rotate(&shop, &root, &path, "\"v1\"").await.expect(200);
    assert_eq!(first.data()["endpoint"]["oldSecretUntil"], "2026-11-21T10:00:00.000Z");
    rotate(&shop, &root, &path, "\"v1\"").await.expect_problem(412, "precondition_failed");
    let second = rotate(&shop, &root, &path, "\"v2\"").await.expect(200);
    assert_ne!(first.data()["secret"], second.data()["secret"]);
    rotate(&shop, &root, &path, "*").await.expect(200);
    rotate(&shop, &root, &path, "*").await.expect_problem(409, "too_many_webhook_secrets");
}

#[tokio::test]
async fn deliveries_are_listed_newest_first_in_pages_of_any_size_and_by_their_state() {
    let (shop, root) = staffed().await;
    let path = made(&shop, &root).await;
    let mut ids = Vec::new();
    for n in 0..7 {
        let status = if n % 3 == 0 { 500 } else { 200 };
        ids.insert(0, delivered(&shop, &path, n, status).await.to_string());
        shop.later(Duration::from_mins(1));
    }
    let of = async |query: &str| -> Vec<String> {
        let (mut found, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = shop.get(&format!("{path}/deliveries?{query}{cursor}")).by(&root).send().await.expect(200);
            let entries = page.data().as_array().unwrap().clone();
            found.extend(entries.iter().map(|entry| entry["eventId"].as_str().unwrap().to_owned()));
            match page.json["pagination"]["nextCursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return found,
            }
        }
    };
    for limit in [1, 2, 3, 7, 100] {
        assert_eq!(of(&format!("limit={limit}")).await, ids);
        let failed = of(&format!("state=waiting&limit={limit}")).await;
        assert_eq!(failed, [ids[0].clone(), ids[3].clone(), ids[6].clone()]);
        assert_eq!(of(&format!("state=delivered&limit={limit}")).await.len(), 4);
        assert!(of(&format!("state=failed&limit={limit}")).await.is_empty());
    }
    let refused = shop.get(&format!("{path}/deliveries?state=lost")).by(&root).send().await.expect(400);
    assert_eq!(refused.fields(), ["state"]);
    let one = shop.get(&format!("{path}/deliveries/{}", ids[0])).by(&root).send().await.expect(200);
    let attempt = json!({
        "at": "2026-11-20T10:06:00.000Z", "millis": 12, "httpStatus": 500, "problem": null, "answer": "words of the server",
    });
    assert_eq!(one.data()["attempts"], json!([attempt]));
    assert_eq!(one.data()["nextAttemptAt"], "2026-11-20T10:06:30.000Z");
    assert!(one.data()["payload"].as_str().unwrap().contains("ada@example.com"));
    let trail = shop.get("/api/v1/audit?action=webhook.read-delivery").by(&root).send().await.expect(200);
    assert_eq!(trail.data()[0]["after"], ids[0], "who read a customer's data is noted");
    let other = made(&shop, &root).await;
    let foreign = shop.get(&format!("{other}/deliveries/{}", ids[0])).by(&root).send().await;
    foreign.expect_problem(404, "webhook_delivery_not_found");
    assert!(shop.get(&format!("{other}/deliveries")).by(&root).send().await.data().as_array().unwrap().is_empty());
}

#[tokio::test]
async fn events_are_sent_again_by_messages_and_only_to_enabled_endpoints() {
    let (shop, root) = staffed().await;
    let path = made(&shop, &root).await;
    let id = id_of(&path).to_string();
    let event = delivered(&shop, &path, 1, 200).await.to_string();
    shop.later(Duration::from_mins(10));
    let again = format!("{path}/deliveries/{event}/resend");
    shop.request(Method::POST, &again).by(&root).send().await.expect(202);
    let now = shop.now().to_string();
    let sent = shop.webhooks.queue.take();
    let expected = json!({ "deliver": { "endpointId": id, "eventId": event, "askedAt": now } });
    assert_eq!((sent.len(), &sent[0].body, &sent[0].group), (1, &expected, &id));
    let body = json!({ "since": "2026-11-20T09:30:00Z", "deliveredToo": true });
    shop.post(&format!("{path}/resend"), &body).by(&root).send().await.expect(202);
    let sent = shop.webhooks.queue.take();
    let expected = json!({ "resend": {
        "endpointId": id, "from": "2026-11-20T09:30:00.000Z", "until": now, "askedAt": now, "deliveredToo": true,
    } });
    assert_eq!((sent.len(), &sent[0].body), (1, &expected));
    for since in ["2026-10-01T00:00:00Z", "2026-11-20T11:00:00Z", "2027-01-01T00:00:00Z", "yesterday"] {
        let refused = shop.post(&format!("{path}/resend"), &json!({ "since": since })).by(&root).send().await;
        assert_eq!(refused.expect(400).fields(), ["since"], "{since}");
    }
    for unknown in ["evt_01M7W6C3804Q9PV3Y1B8S4HJET", "ord_1", "x"] {
        let refused = shop.request(Method::POST, &format!("{path}/deliveries/{unknown}/resend")).by(&root).send().await;
        refused.expect_problem(404, "webhook_delivery_not_found");
    }
    edit(&shop, &root, &path, &json!({ "enabled": false })).await.expect(200);
    shop.request(Method::POST, &again).by(&root).send().await.expect_problem(409, "webhook_disabled");
    let refused = shop.post(&format!("{path}/resend"), &json!({ "since": "2026-11-20T09:30:00Z" })).by(&root);
    refused.send().await.expect_problem(409, "webhook_disabled");
    assert!(shop.webhooks.queue.take().is_empty());
}

#[tokio::test]
async fn a_test_is_an_event_that_says_so_and_goes_to_disabled_endpoints_too() {
    let (shop, root) = staffed().await;
    let path = made(&shop, &root).await;
    edit(&shop, &root, &path, &json!({ "enabled": false })).await.expect(200);
    let sent = shop.request(Method::POST, &format!("{path}/test")).by(&root).send().await.expect(202);
    let event = EventId::parse(sent.data()["eventId"].as_str().unwrap()).unwrap();
    let messages = shop.webhooks.queue.take();
    assert_eq!(messages[0].body["deliver"]["isTest"], true);
    let kept = shop.store().webhook_delivery_facts(id_of(&path), event).await.unwrap().event.unwrap();
    let payload: Value = serde_json::from_str(&kept.payload).unwrap();
    assert_eq!((kept.event_type.as_str(), &payload["type"]), ("webhook.test", &json!("webhook.test")));
    assert_eq!(payload["object"], json!({ "kind": "webhook", "id": id_of(&path) }));
    let unknown = format!("{WEBHOOKS}/whe_01M7W6C3804Q9PV3Y1B8S4HJET/test");
    shop.request(Method::POST, &unknown).by(&root).send().await.expect_problem(404, "webhook_not_found");
}
