//! Every point of a request about an exchange is tried: it dies there, its call is lost, or others act. Then it is repeated
//! as a client would, and the units of both variants and the order must add up.

use std::pin::Pin;
use std::sync::Arc;

use axum::http::Method;
use harness::interruptions::{Interruption, Outcome, Tally};
use harness::orders::{PlacedOrder, order_of, usd};
use harness::products::staffed;
use harness::shop::{Person, Shop};
use serde_json::{Value, json};

use self::Action::{Approve, Ask, Cancel, Complete, Decline, Sell, Ship};

static TRIED: Tally = Tally::new("docs/returns.md", "interleavings of exchanges");

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Action {
    /// Staff ask for an exchange of the third unit, which is approved at once.
    Ask,
    Approve,
    Cancel,
    Decline,
    /// One of two units came back.
    Complete,
    Ship,
    /// Somebody else orders what is left of the other variant.
    Sell,
}

/// A shop with a delivered order of three units of `M`, two of which its buyer wants to exchange for `L`.
struct Scenario {
    shop: Shop,
    staff: Person,
    bought: PlacedOrder,
    line: String,
    exchange: String,
}

const EXCHANGE_REASON: &str = "does_not_fit";

impl Scenario {
    /// After the steps of the way of the return.
    async fn after(steps: &[Action]) -> Arc<Self> {
        let (shop, staff) = staffed().await;
        let variant = |size: &str| json!({ "sku": size, "price": usd(1000), "stock": 5, "options": { "Size": size } });
        let shirt = json!({
            "name": "Shirt", "status": "active", "options": ["Size"], "variants": [variant("M"), variant("L")],
        });
        shop.post("/api/v1/products", &shirt).by(&staff).send().await.expect(201);
        let bought = PlacedOrder::of(shop.place_order(&order_of("M", 3, "cash_on_delivery"), "k-1").send().await);
        shop.confirm(&bought).await.send().await.expect(200);
        for status in ["shipped", "delivered"] {
            shop.update_order(&bought, &staff, &json!({ "status": status })).send().await.expect(200);
        }
        let line = bought.whole["items"][0]["id"].as_str().unwrap().to_owned();
        let item = json!({ "id": line, "quantity": 2, "reason": EXCHANGE_REASON, "exchangeFor": "L" });
        let body = json!({ "kind": "return", "items": [item] });
        let asked = shop.post(&format!("{}/returns", bought.path()), &body).header("order-token", &bought.token);
        let asked = asked.header("idempotency-key", "r-1").send().await.expect(201);
        let exchange = asked.data()["id"].as_str().unwrap().to_owned();
        let scenario = Arc::new(Self { shop, staff, bought, line, exchange });
        for &step in steps {
            scenario.act(step).await;
        }
        scenario
    }

    /// The same in a shop of its own.
    async fn copy(&self) -> Arc<Self> {
        Arc::new(Self {
            shop: self.shop.copy().await,
            staff: self.staff.clone(),
            bought: self.bought.clone(),
            line: self.line.clone(),
            exchange: self.exchange.clone(),
        })
    }

    fn act(self: &Arc<Self>, action: Action) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let scenario = Arc::clone(self);
        Box::pin(async move { Box::pin(scenario.act_now(action)).await })
    }

    /// Whatever comes of it: the books are looked at, not the answers.
    async fn act_now(&self, action: Action) {
        let Self { shop, bought, staff, line, exchange } = self;
        let by_staff = |step: &str| shop.return_step(bought, staff, exchange, step);
        match action {
            Ask => {
                let item = json!({ "id": line, "quantity": 1, "reason": EXCHANGE_REASON, "exchangeFor": "L" });
                let body = json!({ "kind": "return", "items": [item] });
                let ask = shop.post(&format!("{}/returns", bought.path()), &body).by(staff);
                drop(ask.header("idempotency-key", "r-2").send().await);
            }
            Approve => drop(by_staff("approve").send().await),
            Cancel => {
                let path = format!("{}/returns/{exchange}/cancel", bought.path());
                drop(shop.request(Method::POST, &path).header("order-token", &bought.token).send().await);
            }
            Decline => drop(by_staff("decline").json(&json!({ "reason": "Worn" })).send().await),
            Complete => {
                let found = json!({ "items": [{ "id": line, "returned": 1, "restocked": 1 }] });
                drop(by_staff("complete").json(&found).send().await);
            }
            Ship => drop(by_staff("ship").json(&json!({ "carrier": "DHL" })).send().await),
            Sell => drop(shop.place_order(&order_of("L", 4, "cash_on_delivery"), "k-2").send().await),
        }
    }

    /// The units of both variants add up, and no money moved.
    fn check_books(&self, what: &str) {
        let items = self.shop.table.items();
        let below = format!("ORDER#{} / ", self.bought.id);
        let order = &items[&format!("{below}ORDER")];
        let returns: Vec<&Value> = (items.iter())
            .filter(|(key, _)| key.starts_with(&format!("{below}RETURN#")))
            .map(|(_, item)| item)
            .collect();
        let number = |value: &Value| value.as_i64().unwrap_or(0);
        let is = |it: &Value, all: &[&str]| all.iter().any(|status| it["status"] == *status);
        let sum = |all: &[&str], of: &str| -> i64 {
            returns.iter().filter(|it| is(it, all)).map(|it| number(&it["lines"][0][of])).sum()
        };
        let held = sum(&["approved", "received"], "quantity");
        let asked = held + sum(&["requested"], "quantity");
        assert_eq!(number(&order["returning"][&self.line]), asked, "{what}");
        let exchanged = sum(&["exchanging", "completed"], "returned");
        assert_eq!(number(&order["exchanged"][0]["units"]), exchanged, "{what}: {order}");
        assert_eq!(number(&order["refunded"]) + number(&order["refunding"]), 0, "{what}");
        assert!(order["returned"].is_null(), "{what}");
        let restocked = sum(&["exchanging", "completed"], "restocked");
        assert_eq!(self.shop.stock("M"), (2 + restocked, 0), "{what}");
        let sold = items.iter().filter(|(key, _)| key.starts_with("ORDER#") && key.ends_with(" / ORDER")).count() > 1;
        let others = if sold { 4 } else { 0 };
        assert_eq!(self.shop.stock("L"), (5 - exchanged, held + others), "{what}");
    }

    /// After the repetition what was asked for is so, unless another act came in its way.
    async fn check(&self, action: Action, alone: bool, what: &str) {
        self.check_books(what);
        drop(self.shop.janitor().run().await);
        self.check_books(what);
        let order = self.shop.read_order(&self.bought).await;
        let returns = order["returns"].as_array().unwrap();
        assert!(returns.len() <= 2, "{what}: nothing is asked for twice");
        if !alone {
            return;
        }
        let status = returns.iter().find(|it| it["id"] == *self.exchange).unwrap()["status"].clone();
        let expected = match action {
            Ask | Sell => "requested",
            Approve => "approved",
            Cancel => "cancelled",
            Decline => "declined",
            Complete => "exchanging",
            Ship => "completed",
        };
        assert_eq!(status, expected, "{what}");
        assert_eq!(returns.len(), if action == Ask { 2 } else { 1 }, "{what}");
        let sent = self.shop.table.events();
        let completed = sent.iter().filter(|event| event["type"] == "return.changed" && event["status"] == "completed");
        assert_eq!(completed.count(), usize::from(action == Ship), "{what}: one event makes one mail");
    }
}

/// What has to have happened before the action.
fn before(action: Action) -> &'static [Action] {
    match action {
        Ask | Approve | Sell => &[],
        Cancel | Decline | Complete => &[Approve],
        Ship => &[Approve, Complete],
    }
}

/// The action with the interruption at every point of it, each time in a new shop.
async fn at_every_point(action: Action, interruption: Interruption<Action>) -> usize {
    let begin = Scenario::after(before(action)).await;
    for at in 0.. {
        let scenario = begin.copy().await;
        let what = format!("{action:?}, {interruption:?} at {at}");
        let points = scenario.shop.table.network.interruptions.clone();
        let (act, caller) = (|other| scenario.act(other), scenario.act(action));
        let outcome = points.happen_at(at, interruption, act, caller).await;
        if matches!(outcome, Outcome::NotReached) {
            return at;
        }
        scenario.check_books(&what);
        scenario.act(action).await;
        scenario.check(action, !matches!(interruption, Interruption::Others(_)), &what).await;
    }
    unreachable!("a request has few points")
}

#[tokio::test]
async fn a_request_about_an_exchange_that_dies_or_is_lost_anywhere_moves_each_unit_once() {
    let mut tried = 0;
    for action in [Ask, Approve, Cancel, Decline, Complete, Ship] {
        for interruption in [Interruption::Crash, Interruption::LostCall] {
            tried += Box::pin(at_every_point(action, interruption)).await;
        }
    }
    TRIED.ended(tried, 2);
}

#[tokio::test]
async fn what_others_do_in_the_middle_of_a_request_about_an_exchange_loses_and_doubles_nothing() {
    let mut tried = 0;
    for (action, other) in [
        (Ask, Approve),
        (Approve, Ask),
        (Approve, Sell),
        (Approve, Cancel),
        (Cancel, Complete),
        (Complete, Cancel),
        (Complete, Complete),
        (Decline, Complete),
        (Complete, Ask),
        (Ship, Ship),
        (Ship, Ask),
    ] {
        tried += Box::pin(at_every_point(action, Interruption::Others(other))).await;
    }
    TRIED.ended(tried, 2);
}
