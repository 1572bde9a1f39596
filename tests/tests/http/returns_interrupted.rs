//! Every point is tried: before and after each call that a request about a return makes to the table. At the point it is killed, its call is lost, or others act. Then it is repeated as a client would, and units, refunds and the
//! sums of the order must add up.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::http::Method;
use harness::interruptions::{Interruption, Outcome, Tally};
use harness::orders::{PlacedOrder, order_of, selling, usd};
use harness::shop::{Person, Shop};
use serde_json::{Value, json};

use self::Action::{Ask, Cancel, Complete, Decline, End, Receive, Refund};

static TRIED: Tally = Tally::new("docs/returns.md", "interleavings of returns");

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Action {
    /// The buyer asks for the rest of the order.
    Ask,
    /// The buyer keeps the two units that are on their way back.
    Cancel,
    Receive,
    Decline,
    Complete,
    /// Staff refund one unit without a return.
    Refund,
    /// The janitor ends what should have arrived by now.
    End,
}

/// A shop with a delivered order of three units at ten dollars, paid in cash, two of which its buyer withdraws from.
struct Scenario {
    shop: Shop,
    staff: Person,
    bought: PlacedOrder,
    variant: String,
    withdrawal: String,
}

impl Scenario {
    async fn begin() -> Arc<Self> {
        let (shop, staff) = selling().await;
        let bought = PlacedOrder::of(shop.place_order(&order_of("A", 3, "cash_on_delivery"), "k-1").send().await);
        shop.confirm(&bought).await.send().await.expect(200);
        for status in ["shipped", "delivered"] {
            shop.update_order(&bought, &staff, &json!({ "status": status })).send().await.expect(200);
        }
        let variant = bought.whole["items"][0]["id"].as_str().unwrap().to_owned();
        let body = json!({ "kind": "withdrawal", "items": [{ "id": variant, "quantity": 2 }] });
        let asked = shop.post(&format!("{}/returns", bought.path()), &body).header("order-token", &bought.token);
        let asked = asked.header("idempotency-key", "w-1").send().await.expect(201);
        let withdrawal = asked.data()["id"].as_str().unwrap().to_owned();
        Arc::new(Self { shop, staff, bought, variant, withdrawal })
    }

    /// The same in a shop of its own, where it may be too late for the goods to arrive.
    async fn copy(&self, is_late: bool) -> Arc<Self> {
        let (shop, mut staff) = (self.shop.copy().await, self.staff.clone());
        if is_late {
            shop.later(Duration::from_hours(21 * 24));
            staff = shop.login(&staff.email).await;
        }
        Arc::new(Self {
            shop,
            staff,
            bought: self.bought.clone(),
            variant: self.variant.clone(),
            withdrawal: self.withdrawal.clone(),
        })
    }

    fn act(self: &Arc<Self>, action: Action) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let scenario = Arc::clone(self);
        Box::pin(async move { Box::pin(scenario.act_now(action)).await })
    }

    /// Whatever comes of it: the books are looked at, not the answers.
    async fn act_now(&self, action: Action) {
        let Self { shop, bought, staff, variant, withdrawal } = self;
        let by_staff = |step: &str| shop.return_step(bought, staff, withdrawal, step);
        match action {
            Ask => {
                let body = json!({ "kind": "withdrawal", "items": [{ "id": variant, "quantity": 1 }] });
                let ask = shop.post(&format!("{}/returns", bought.path()), &body).header("order-token", &bought.token);
                drop(ask.header("idempotency-key", "w-2").send().await);
            }
            Cancel => {
                let path = format!("{}/returns/{withdrawal}/cancel", bought.path());
                drop(shop.request(Method::POST, &path).header("order-token", &bought.token).send().await);
            }
            Receive => drop(by_staff("receive").send().await),
            Decline => drop(by_staff("decline").json(&json!({ "reason": "Worn" })).send().await),
            Complete => {
                let found = json!({ "items": [{ "id": variant, "returned": 2, "restocked": 1 }] });
                drop(by_staff("complete").json(&found).send().await);
            }
            Refund => {
                let body = json!({ "items": [{ "id": variant, "quantity": 1 }], "reason": "Scratched" });
                drop(shop.refund(bought, staff, &body, "f-1").send().await);
            }
            End => drop(shop.janitor().run().await),
        }
    }

    /// The returns, refunds and units of the order add up, whatever happened.
    fn check_books(&self, what: &str) {
        let items = self.shop.table.items();
        let below = format!("ORDER#{} / ", self.bought.id);
        let order = &items[&format!("{below}ORDER")];
        let of = |prefix: &str| -> Vec<&Value> {
            let prefix = format!("{below}{prefix}#");
            items.iter().filter(|(key, _)| key.starts_with(&prefix)).map(|(_, item)| item).collect()
        };
        let number = |value: &Value| value.as_i64().unwrap_or(0);
        let (returns, refunds) = (of("RETURN"), of("REFUND"));
        let is = |it: &Value, status: &str| it["status"] == status;
        let open =
            returns.iter().filter(|it| ["requested", "approved", "received"].iter().any(|status| is(it, status)));
        let asked: i64 = open.map(|it| number(&it["lines"][0]["quantity"])).sum();
        let (returning, returned) =
            (number(&order["returning"][&self.variant]), number(&order["returned"][&self.variant]));
        assert_eq!(returning, asked, "{what}");
        assert!(returned + returning <= 3, "{what}: {order}");
        let back: i64 =
            refunds.iter().filter_map(|refund| refund["lines"].as_array()).flatten().map(|line| number(&line[1])).sum();
        assert_eq!(returned, back, "{what}");
        let given: i64 = refunds.iter().map(|refund| number(&refund["amount"])).sum();
        assert_eq!(number(&order["refunded"]) + number(&order["refunding"]), given, "{what}");
        for done in returns.iter().filter(|it| is(it, "completed")) {
            let refund = refunds.iter().find(|refund| refund["id"] == done["refund_id"]);
            assert_eq!(refund.map(|refund| &refund["amount"]), Some(&json!(number(&done["amount"]))), "{what}");
        }
        let waits = items.keys().filter(|key| key.starts_with(&format!("{below}DUE#RETURN#"))).count();
        assert_eq!(waits, returns.iter().filter(|it| is(it, "approved")).count(), "{what}");
        let restocked: i64 = returns.iter().map(|it| number(&it["lines"][0]["restocked"])).sum();
        assert_eq!(self.shop.stock("A"), (2 + restocked, 0), "{what}");
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
        let status = returns.iter().find(|it| it["id"] == *self.withdrawal).unwrap()["status"].clone();
        match action {
            Ask => assert_eq!(returns.len(), 2, "{what}"),
            Cancel | End => assert_eq!(status, "cancelled", "{what}"),
            Receive => assert_eq!(status, "received", "{what}"),
            Decline => assert_eq!(status, "declined", "{what}"),
            Complete => {
                assert_eq!((&status, &order["payment"]["refunded"]), (&json!("completed"), &usd(2140)), "{what}");
            }
            Refund => assert_eq!(order["payment"]["refunded"], usd(1070), "{what}"),
        }
    }
}

/// The action with the interruption at every point of it, each time in a new shop.
async fn at_every_point(action: Action, interruption: Interruption<Action>) -> usize {
    let begin = Scenario::begin().await;
    let is_late = action == End || matches!(interruption, Interruption::Others(End));
    for at in 0.. {
        let scenario = begin.copy(is_late).await;
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
async fn a_request_about_a_return_that_dies_or_is_lost_anywhere_gives_units_and_money_back_once() {
    let mut tried = 0;
    for action in [Ask, Cancel, Receive, Decline, Complete, End] {
        for interruption in [Interruption::Crash, Interruption::LostCall] {
            tried += Box::pin(at_every_point(action, interruption)).await;
        }
    }
    TRIED.ended(tried, 2);
}

#[tokio::test]
async fn what_others_do_in_the_middle_of_a_request_about_a_return_gives_nothing_back_twice() {
    let mut tried = 0;
    for (action, other) in [
        (Ask, Refund),
        (Refund, Ask),
        (Complete, Complete),
        (Complete, Cancel),
        (Cancel, Complete),
        (Complete, Refund),
        (Decline, Complete),
        (Receive, Cancel),
        (Receive, End),
        (End, Receive),
        (Complete, End),
        (End, Complete),
        (End, Cancel),
        (End, End),
    ] {
        tried += Box::pin(at_every_point(action, Interruption::Others(other))).await;
    }
    TRIED.ended(tried, 2);
}
