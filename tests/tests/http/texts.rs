//! Names and other texts that reach mails have no links.

use axum::http::Method;
use harness::orders::{PlacedOrder, address, order_of, selling};
use harness::shop::{Answer, PASSWORD, Shop};
use serde_json::json;
use stripe_stand_in::Card;

/// The request was refused because of this one field.
#[track_caller]
fn refused(answer: Answer, field: &str) {
    let answer = answer.expect_problem(400, "validation_failed");
    assert_eq!(answer.fields(), [field]);
}

#[tokio::test]
async fn names_of_people_are_names() {
    let shop = Shop::open().await;
    let register = |email: &str, name: &str| {
        shop.post("/api/v1/auth/register", &json!({ "email": email, "password": PASSWORD, "name": name })).send()
    };
    let ada = shop.register("ada@example.com").await;
    for name in [
        "URGENT your card was charged https://evil.example",
        "www.evil.example",
        "Bank of t.co",
        "eve@evil.example",
        "<b>Eve</b>",
        "Call +1 800 555 0199",
    ] {
        refused(register("eve@example.com", name).await, "name");
        let edit = shop.request(Method::PATCH, "/api/v1/users/me").json(&json!({ "name": name }));
        refused(edit.by(&ada).send().await, "name");
    }
    assert_eq!(shop.table.events().len(), 1, "only Ada is registered");
    let me = shop.get("/api/v1/users/me").by(&ada).send().await.expect(200);
    assert_eq!(me.data()["name"], "Ada Lovelace");
    for (n, name) in ["J.R.R. Tolkien", "St. John", "O'Hara", "Dr. No", "Jean-Luc", "李小龍"].into_iter().enumerate()
    {
        let answer = register(&format!("u{n}@example.com"), name).await.expect(201);
        assert_eq!(answer.data()["user"]["name"], name);
    }
}

#[tokio::test]
async fn lines_of_addresses_have_no_web_addresses() {
    let (shop, _) = selling().await;
    let ada = shop.register("ada@example.com").await;
    for field in ["name", "line1", "line2", "city", "region"] {
        for text in ["https://evil.example", "see www.evil.example"] {
            let mut home = address();
            home[field] = json!(text);
            let mut order = order_of("A", 1, "payment_intent");
            order["shippingAddress"] = home.clone();
            let path = format!("shippingAddress.{field}");
            refused(shop.place_order(&order, field).send().await, &path);
            home["type"] = json!("shipping");
            refused(shop.post("/api/v1/users/me/addresses", &home).by(&ada).send().await, field);
        }
    }
    assert!(shop.table.items_under("ORDER#").is_empty());
    let mut order = order_of("A", 1, "payment_intent");
    order["shippingAddress"]["line2"] = json!("c/o Amazon.com Inc.");
    shop.place_order(&order, "company").send().await.expect(201);
}

#[tokio::test]
async fn what_staff_write_to_customers_has_no_links() {
    let (shop, staff) = selling().await;
    let ada = shop.register("ada@example.com").await;
    let until = "2027-01-01T00:00:00Z";
    let ban = |reason: &str| {
        let path = format!("/api/v1/users/{}/ban", ada.id);
        shop.post(&path, &json!({ "reason": reason, "until": until })).by(&staff).send()
    };
    refused(ban("Read https://evil.example").await, "reason");
    let order = PlacedOrder::of(shop.place_order(&order_of("A", 1, "payment_intent"), "k").send().await);
    shop.pay(&order.reference(), Card::Pays).await;
    for (field, text) in [("carrier", "evil.example"), ("trackingCode", "https://evil.example/1")] {
        let shipped = json!({ "status": "shipped", field: text });
        refused(shop.update_order(&order, &staff, &shipped).send().await, field);
    }
    let shipped = json!({ "status": "shipped", "carrier": "DHL", "trackingCode": "1Z.999-AA.10" });
    shop.update_order(&order, &staff, &shipped).send().await.expect(200);
    ban("Too many returns. See our terms.").await.expect(200);
}
