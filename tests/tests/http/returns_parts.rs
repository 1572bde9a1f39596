//! Returns of an order of which a part was sent, and returns whose goods never come.

use std::time::Duration;

use axum::http::Method;
use harness::orders::{PlacedOrder, selling, usd};
use harness::shop::{Answer, Person, Shop};
use serde_json::{Value, json};
use stripe_stand_in::Card;

const DAY: Duration = Duration::from_hours(24);

/// A shop with five units of `A`, and a guest's paid order of three.
struct Paid {
    shop: Shop,
    staff: Person,
    bought: PlacedOrder,
}

impl Paid {
    async fn begin() -> Self {
        let (shop, staff) = selling().await;
        let bought = shop.buy(3, "k-1").await;
        assert!(shop.pay(&bought.reference(), Card::Pays).await);
        Self { shop, staff, bought }
    }

    fn items(&self, quantity: u32) -> Value {
        json!([{ "id": self.bought.whole["items"][0]["id"], "quantity": quantity }])
    }

    /// The same as units that can be asked back, which are named by their variant.
    fn returnable(&self, quantity: u32) -> Value {
        json!([{ "id": self.bought.whole["items"][0]["id"], "sku": "A", "quantity": quantity }])
    }

    async fn ask(&self, quantity: u32, key: &str) -> Answer {
        let body = json!({ "kind": "withdrawal", "items": self.items(quantity) });
        let ask = self.shop.post(&format!("{}/returns", self.bought.path()), &body);
        ask.header("order-token", &self.bought.token).header("idempotency-key", key).send().await
    }

    async fn overview(&self) -> Value {
        self.shop.get_as_guest(&self.bought, "/returns").send().await.expect(200).data().clone()
    }

    async fn step(&self, by: &Person, id: &str, what: &str) -> Answer {
        self.shop.return_step(&self.bought, by, id, what).send().await
    }
}

fn id_of(answer: &Answer) -> String {
    answer.data()["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn units_of_a_parcel_come_back_before_the_rest_is_sent_and_the_rest_is_sent_all_the_same() {
    let it = Paid::begin().await;
    assert_eq!(it.overview().await["returnable"], json!([]));
    it.ask(1, "w-0").await.expect_problem(409, "order_not_returnable");
    let sent = it.shop.send_parcel(&it.bought, &it.staff, &json!({ "items": it.items(2) }), "p-1").send().await;
    let parcel = sent.expect(201).data()["parcels"][0]["id"].as_str().unwrap().to_owned();
    let overview = it.overview().await;
    assert_eq!(overview["returnable"], it.returnable(2));
    assert_eq!((overview["offers"].as_array().unwrap().len(), &overview["offers"][0]["until"]), (2, &Value::Null));
    it.ask(3, "w-1").await.expect_problem(400, "validation_failed");
    let asked = id_of(&it.ask(2, "w-2").await.expect(201));
    assert_eq!(it.overview().await["returnable"], json!([]), "the third unit was not sent");
    let path = format!("/api/v1/admin/orders/{}/parcels/{parcel}", it.bought.id);
    let removed = it.shop.request(Method::DELETE, &path).by(&it.staff).send().await;
    removed.expect_problem(409, "parcel_returned");
    let done = it.step(&it.staff, &asked, "complete").await.expect(200).data().clone();
    assert_eq!((&done["amount"], &done["shipping"]), (&usd(2140), &usd(0)));
    let order = it.shop.read_order(&it.bought).await;
    assert_eq!((&order["status"], &order["items"][0]["toSend"]), (&json!("processing"), &json!(1)));
    let rest = it.shop.send_parcel(&it.bought, &it.staff, &json!({}), "p-2").send().await.expect(201).data().clone();
    assert_eq!((&rest["status"], &rest["parcels"][1]["items"]), (&json!("shipped"), &it.items(1)));
    let last = id_of(&it.ask(1, "w-3").await.expect(201));
    let done = it.step(&it.staff, &last, "complete").await.expect(200).data().clone();
    assert_eq!((&done["amount"], &done["shipping"]), (&usd(1570), &usd(500)), "the buyer keeps nothing");
    assert_eq!(it.shop.read_order(&it.bought).await["payment"]["refunded"], order["total"]);
}

#[tokio::test]
async fn an_approved_return_whose_goods_do_not_come_ends_and_its_units_can_be_asked_back_again() {
    let it = Paid::begin().await;
    it.shop.send_parcel(&it.bought, &it.staff, &json!({}), "p-1").send().await.expect(201);
    let answer = it.ask(2, "w-1").await.expect(201);
    assert_eq!(answer.data()["sendBy"], (it.shop.now() + DAY * 20).to_string());
    let (unsent, received) = (id_of(&answer), id_of(&it.ask(1, "w-2").await.expect(201)));
    it.step(&it.staff, &received, "receive").await.expect(200);
    it.shop.time_passes(DAY * 19).await;
    assert_eq!(it.overview().await["returns"][0]["status"], "approved");
    it.shop.time_passes(DAY).await;
    it.shop.time_passes(Duration::from_mins(1)).await;
    let overview = it.overview().await;
    let statuses: Vec<&Value> = overview["returns"].as_array().unwrap().iter().map(|it| &it["status"]).collect();
    assert_eq!(statuses, ["cancelled", "received"]);
    assert_eq!(overview["returnable"], it.returnable(2));
    let track = it.shop.get_as_guest(&it.bought, "/track").send().await.expect(200).data().clone();
    let history = track["history"].as_array().unwrap();
    let ended: Vec<&Value> = history.iter().filter(|entry| entry["what"] == "return_cancelled").collect();
    assert_eq!((ended.len(), &ended[0]["by"]), (1, &json!("shop")));
    let events = it.shop.table.events().into_iter();
    let told = events.filter(|event| event["type"] == "return.changed" && event["unsent"] == true);
    assert_eq!(told.count(), 1);
    let due = it.shop.table.items().into_keys().filter(|key| key.contains("DUE#RETURN"));
    assert_eq!(due.count(), 0);
    let staff = it.shop.login("root@example.com").await;
    it.step(&staff, &unsent, "complete").await.expect_problem(409, "return_status_conflict");
    it.ask(2, "w-3").await.expect(201);
}
