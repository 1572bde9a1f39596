//! Exchanges: buyers get another variant for what they send back, and no money moves.

use axum::http::Method;
use harness::orders::{PlacedOrder, order_of, usd};
use harness::products::staffed;
use harness::shop::{Person, Shop, TestRequest};
use harness::stock::bands_agree;
use serde_json::{Value, json};
use stripe_stand_in::Card;

/// A shop with a shirt in four sizes, three units of each; XL costs more. A guest's order of two units of `M` arrived.
struct Delivered {
    shop: Shop,
    staff: Person,
    bought: PlacedOrder,
    line: String,
    product: String,
}

async fn delivered() -> Delivered {
    let (shop, staff) = staffed().await;
    let variant =
        |size: &str, price| json!({ "sku": size, "price": usd(price), "stock": 3, "options": { "Size": size } });
    let variants = [variant("M", 1000), variant("L", 1000), variant("S", 1000), variant("XL", 1200)];
    let shirt = json!({ "name": "Shirt", "status": "active", "options": ["Size"], "variants": variants });
    let shirt = shop.post("/api/v1/products", &shirt).by(&staff).send().await.expect(201);
    shop.add_product(&staff, "A", 1000, 5).await;
    let bought = PlacedOrder::of(shop.place_order(&order_of("M", 2, "payment_intent"), "k-1").send().await);
    assert!(shop.pay(&bought.reference(), Card::Pays).await);
    for status in ["shipped", "delivered"] {
        shop.update_order(&bought, &staff, &json!({ "status": status })).send().await.expect(200);
    }
    let line = bought.whole["items"][0]["id"].as_str().unwrap().to_owned();
    Delivered { product: shirt.data()["id"].as_str().unwrap().to_owned(), shop, staff, bought, line }
}

impl Delivered {
    fn path(&self) -> String {
        format!("{}/returns", self.bought.path())
    }

    fn ask(&self, items: &Value, key: &str) -> TestRequest {
        let body = json!({ "kind": "return", "items": items });
        let request = self.shop.post(&self.path(), &body).header("order-token", &self.bought.token);
        request.header("idempotency-key", key)
    }

    fn exchange(&self, quantity: u32, to: &str) -> Value {
        json!([{ "id": self.line, "quantity": quantity, "reason": "does_not_fit", "exchangeFor": to }])
    }

    async fn asked(&self, quantity: u32, to: &str, key: &str) -> String {
        let answer = self.ask(&self.exchange(quantity, to), key).send().await.expect(201);
        answer.data()["id"].as_str().unwrap().to_owned()
    }

    fn act(&self, id: &str, what: &str, body: &Value) -> TestRequest {
        self.step(id, what).json(body)
    }

    /// Without a body.
    fn step(&self, id: &str, what: &str) -> TestRequest {
        self.shop.return_step(&self.bought, &self.staff, id, what)
    }

    fn found(&self, returned: u32, restocked: u32) -> Value {
        json!({ "items": [{ "id": self.line, "returned": returned, "restocked": restocked }] })
    }

    async fn order(&self) -> Value {
        self.shop.read_order(&self.bought).await
    }
}

#[tokio::test]
async fn a_guest_gets_another_size_for_what_came_back_and_no_money_moves() {
    let it = delivered().await;
    let id = it.asked(2, "l", "r-1").await;
    assert_eq!(it.shop.stock("L"), (3, 0), "nothing is held before staff approve it");
    it.step(&id, "approve").send().await.expect(200);
    it.step(&id, "approve").send().await.expect(200);
    assert_eq!(it.shop.stock("L"), (3, 2));
    it.step(&id, "receive").send().await.expect(200);
    let done = it.act(&id, "complete", &it.found(1, 1)).send().await.expect(200).data().clone();
    assert_eq!((&done["status"], &done["amount"], &done["fee"]), (&json!("exchanging"), &Value::Null, &usd(0)));
    assert_eq!(done["items"][0]["exchangeFor"]["options"], json!(["L"]));
    assert_eq!((it.shop.stock("L"), it.shop.stock("M")), ((2, 0), (2, 0)));
    it.act(&id, "complete", &it.found(2, 2)).send().await.expect(200);
    assert_eq!((it.shop.stock("L"), it.shop.stock("M")), ((2, 0), (2, 0)), "it was done before");
    let order = it.order().await;
    assert_eq!((&order["payment"]["refunded"], &order["refunds"]), (&usd(0), &json!([])));
    let line = &order["items"][0];
    assert_eq!((&line["returned"], &line["unitPrice"]), (&json!(0), &usd(1000)));
    assert_eq!((&line["exchanged"][0]["sku"], &line["exchanged"][0]["quantity"]), (&json!("L"), &json!(1)));
    let list = it.shop.get("/api/v1/admin/returns?status=exchanging").by(&it.staff).send().await.expect(200);
    assert_eq!(list.json["data"][0]["id"], json!(id), "staff see what is still to be sent");
    let parcel = json!({ "carrier": "DHL", "trackingCode": "JD014600003SE" });
    let sent = it.act(&id, "ship", &parcel).send().await.expect(200).data().clone();
    assert_eq!((&sent["status"], &sent["exchangeParcel"]["carrier"]), (&json!("completed"), &json!("DHL")));
    let again = it.act(&id, "ship", &parcel).send().await.expect(200).data().clone();
    assert_eq!(again, sent);
    let corrected = it.act(&id, "ship", &json!({ "carrier": "UPS" })).send().await.expect(200).data().clone();
    assert_eq!(corrected["exchangeParcel"]["carrier"], "UPS");
    assert_eq!(corrected["exchangeParcel"]["shippedAt"], sent["exchangeParcel"]["shippedAt"]);
    let history = it.shop.get_as_guest(&it.bought, "/track").send().await.expect(200).data()["history"].clone();
    let steps: Vec<&str> = history.as_array().unwrap().iter().filter_map(|entry| entry["what"].as_str()).collect();
    assert_eq!(steps[steps.len() - 3..], ["return_exchanging", "return_completed", "shipment_changed"]);
    bands_agree(&it.shop);
}

#[tokio::test]
async fn a_second_return_of_an_exchanged_unit_puts_the_right_variant_back() {
    let it = delivered().await;
    let id = it.asked(1, "L", "r-1").await;
    it.step(&id, "approve").send().await.expect(200);
    it.act(&id, "complete", &it.found(1, 1)).send().await.expect(200);
    let left = it.shop.get_as_guest(&it.bought, "/returns").send().await.expect(200).data()["returnable"].clone();
    let expected = |sku: &str| json!({ "id": it.line, "sku": sku, "quantity": 1 });
    assert_eq!(left, json!([expected("M"), expected("L")]));
    let item =
        |sku: &str, quantity: u32| json!({ "id": it.line, "sku": sku, "quantity": quantity, "reason": "damaged" });
    for (items, field) in [
        (json!([item("L", 2)]), format!("items.{}", it.line)),
        (json!([item("S", 1)]), format!("items.{}", it.line)),
        (json!([item("L", 1), item("l", 1)]), "items[1].id".to_owned()),
        (json!([item("L/", 1)]), "items[0].sku".to_owned()),
    ] {
        let refused = it.ask(&items, "r-2").send().await.expect_problem(400, "validation_failed");
        assert_eq!(refused.json["details"][0]["field"], field, "{items}");
    }
    let both = it.ask(&json!([item("L", 1), item("M", 1)]), "r-2").send().await.expect(201).data().clone();
    let both = both["id"].as_str().unwrap();
    it.step(both, "approve").send().await.expect(200);
    let unnamed = it.act(both, "complete", &it.found(1, 1)).send().await.expect_problem(400, "validation_failed");
    assert_eq!(unnamed.json["details"][0]["field"], format!("items.{}", it.line));
    let found = |sku: &str, restocked: u32| json!({ "id": it.line, "sku": sku, "returned": 1, "restocked": restocked });
    let found = json!({ "items": [found("L", 1), found("M", 0)] });
    let done = it.act(both, "complete", &found).send().await.expect(200).data().clone();
    assert_eq!((&done["status"], &done["amount"]), (&json!("completed"), &it.bought.whole["total"]));
    assert_eq!((it.shop.stock("L"), it.shop.stock("M")), ((3, 0), (2, 0)));
    let order = it.order().await;
    assert_eq!((&order["status"], &order["items"][0]["exchanged"]), (&json!("refunded"), &json!([])));
}

#[tokio::test]
async fn an_exchange_that_is_given_up_leaves_no_stock_held() {
    let it = delivered().await;
    for (key, what) in [("r-1", "decline"), ("r-2", "cancel")] {
        let id = it.asked(2, "L", key).await;
        it.step(&id, "approve").send().await.expect(200);
        assert_eq!(it.shop.stock("L"), (3, 2));
        for _ in 0..2 {
            let over = match what {
                "decline" => it.act(&id, "decline", &json!({ "reason": "It was worn" })),
                _ => {
                    let path = format!("{}/{id}/cancel", it.path());
                    it.shop.request(Method::POST, &path).header("order-token", &it.bought.token)
                }
            };
            over.send().await.expect(200);
        }
        assert_eq!(it.shop.stock("L"), (3, 0), "{what}");
    }
    let refused = it.act(&it.asked(1, "L", "r-3").await, "ship", &json!({})).send().await;
    refused.expect_problem(409, "return_status_conflict");
}

#[tokio::test]
async fn what_is_sold_out_cannot_be_exchanged_and_nothing_is_changed() {
    let it = delivered().await;
    let id = it.asked(2, "L", "r-1").await;
    let sold = json!({ "adjust": -2, "reason": "Sold at the market" });
    let sell = it.shop.request(Method::PATCH, "/api/v1/inventory/L").json(&sold).by(&it.staff);
    sell.header("idempotency-key", "s-1").send().await.expect(200);
    let refused = it.step(&id, "approve").send().await.expect_problem(409, "not_enough_stock");
    assert_eq!(refused.json["details"][0]["field"], "items.L");
    let seen = it.shop.get(&format!("{}/{id}", it.path())).header("order-token", &it.bought.token).send().await;
    assert_eq!(seen.expect(200).data()["status"], "requested");
    assert_eq!(it.shop.stock("L"), (1, 0));
    // What can be ordered though it is not there is not promised either.
    let later = json!({ "backorder": { "mode": "backorder", "limit": 5 }, "reason": "More will come" });
    let later = it.shop.request(Method::PUT, "/api/v1/inventory/L").json(&later).by(&it.staff);
    later.header("if-match", "*").send().await.expect(200);
    it.step(&id, "approve").send().await.expect_problem(409, "not_enough_stock");
    let path = format!("{}/{id}/cancel", it.path());
    it.shop.request(Method::POST, &path).header("order-token", &it.bought.token).send().await.expect(200);
    let by_staff = json!({ "kind": "return", "items": it.exchange(2, "L") });
    let by_staff = it.shop.post(&it.path(), &by_staff).by(&it.staff).header("idempotency-key", "r-2");
    by_staff.send().await.expect_problem(409, "not_enough_stock");
    let by_staff = json!({ "kind": "return", "items": it.exchange(2, "S") });
    let by_staff = it.shop.post(&it.path(), &by_staff).by(&it.staff).header("idempotency-key", "r-3");
    assert_eq!(by_staff.send().await.expect(201).data()["status"], "approved");
    assert_eq!(it.shop.stock("S"), (3, 2), "what staff ask for is held at once");
    assert_eq!(it.order().await["returns"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn only_another_variant_of_the_product_on_sale_at_the_same_price_is_given_in_exchange() {
    let it = delivered().await;
    let differs = it.ask(&it.exchange(1, "XL"), "r-1").send().await.expect_problem(409, "exchange_price_differs");
    assert_eq!(differs.json["details"][0]["field"], "items[0].exchangeFor");
    for (to, field) in [
        ("A", "items[0].exchangeFor".to_owned()),
        ("LOST", "items[0].exchangeFor".to_owned()),
        ("L/", "items[0].exchangeFor".to_owned()),
        ("M", format!("items.{}.exchangeFor", it.line)),
    ] {
        let refused = it.ask(&it.exchange(1, to), "r-1").send().await.expect_problem(400, "validation_failed");
        assert_eq!(refused.json["details"][0]["field"], field, "{to}");
    }
    let withdrawal = json!({ "kind": "withdrawal", "items": it.exchange(1, "L") });
    let withdrawal = it.shop.post(&it.path(), &withdrawal).header("order-token", &it.bought.token);
    let refused = withdrawal.header("idempotency-key", "r-1").send().await.expect_problem(400, "validation_failed");
    assert_eq!(refused.json["details"][0]["field"], "items[0].exchangeFor");
    let many: Vec<Value> = (0..43)
        .map(|n| json!({ "id": it.line, "sku": format!("S{n}"), "quantity": 1, "reason": "other", "exchangeFor": "L" }))
        .collect();
    let refused = it.ask(&json!(many), "r-1").send().await.expect_problem(400, "validation_failed");
    assert_eq!(refused.json["details"][0]["field"], "items");
    assert_eq!(it.order().await["returns"], json!([]));
    let first = it.asked(1, "L", "r-1").await;
    let archive = it.shop.request(Method::PATCH, &format!("/api/v1/products/{}", it.product));
    archive.json(&json!({ "status": "archived" })).by(&it.staff).send().await.expect(200);
    let refused = it.ask(&it.exchange(1, "L"), "r-2").send().await.expect_problem(400, "validation_failed");
    assert_eq!(refused.json["details"][0]["field"], "items[0].exchangeFor");
    let again = it.ask(&it.exchange(1, "L"), "r-1").send().await.expect(201);
    assert_eq!((again.header("idempotent-replayed"), &again.data()["id"]), ("true", &json!(first)));
}

#[tokio::test]
async fn a_sku_that_was_renamed_in_the_meantime_is_still_the_variant_that_is_held() {
    let it = delivered().await;
    let id = it.asked(2, "L", "r-1").await;
    let path = format!("/api/v1/products/{}", it.product);
    let shirt = it.shop.get(&path).by(&it.staff).send().await.expect(200).data().clone();
    let renamed = |variant: &Value| {
        let sku = if variant["sku"] == "L" { json!("LARGE") } else { variant["sku"].clone() };
        json!({ "id": variant["id"], "sku": sku, "price": variant["price"], "options": variant["options"] })
    };
    let variants: Vec<Value> = shirt["variants"].as_array().unwrap().iter().map(renamed).collect();
    let rename = it.shop.request(Method::PATCH, &path).json(&json!({ "variants": variants }));
    rename.by(&it.staff).send().await.expect(200);
    it.step(&id, "approve").send().await.expect(200);
    it.act(&id, "complete", &it.found(1, 0)).send().await.expect(200);
    assert_eq!(it.shop.stock("LARGE"), (2, 0));
}
