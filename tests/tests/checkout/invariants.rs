//! What must be true after everything has settled: stock, money, coupons, events and carts add up.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use domain::cart::Cart;
use domain::coupon::CouponCode;
use serde_json::Value;

use crate::scenario::{IN_CART, MOST_UNPAID, Scenario};

impl Scenario {
    /// Asserts all invariants. `what` names the interruption.
    pub(crate) fn check(&self, what: &str) {
        Invariants::of(self, what).all();
    }

    /// Asserts what is true at every moment, before anything has settled.
    pub(crate) async fn check_holds(&self, what: &str) {
        let counted = self.shop.store().held_units().await.unwrap();
        Invariants::of(self, what).holds(i64::try_from(counted).unwrap());
    }
}

/// The state in the table and at Stripe.
struct Invariants<'a> {
    scenario: &'a Scenario,
    what: &'a str,
    items: BTreeMap<String, Value>,
    orders: Vec<Value>,
}

fn number(value: &Value) -> i64 {
    value.as_i64().unwrap_or(0)
}

impl<'a> Invariants<'a> {
    fn of(scenario: &'a Scenario, what: &'a str) -> Self {
        let items = scenario.shop.table.items();
        let orders = items.iter().filter(|(key, _)| key.starts_with("ORDER#") && key.ends_with("/ ORDER"));
        Self { orders: orders.map(|(_, order)| order.clone()).collect(), scenario, what, items }
    }

    fn under<'b>(&'b self, order: &Value, sort: &'b str) -> impl Iterator<Item = &'b Value> {
        let beginning = format!("ORDER#{} / {sort}", order["id"].as_str().unwrap());
        self.items.iter().filter(move |(key, _)| key.starts_with(&beginning)).map(|(_, item)| item)
    }

    fn event_count(&self, order: &Value, kind: &str) -> i64 {
        let events = self.items.iter().filter(|(key, _)| key.starts_with("OUTBOX#"));
        let about = events.filter(|(_, item)| item["event"]["type"] == kind && item["event"]["orderId"] == order["id"]);
        i64::try_from(about.count()).unwrap()
    }

    fn is_over(order: &Value) -> bool {
        order["status"] == "cancelled" || order["status"] == "expired"
    }

    #[track_caller]
    #[expect(clippy::needless_pass_by_value, reason = "the rules are easier to read in this form")]
    fn assert_same<T: PartialEq + std::fmt::Debug>(&self, seen: T, wanted: T, rule: &str) {
        assert!(
            seen == wanted,
            "{}: {rule}: {seen:?} is not {wanted:?}\norders: {:#?}\nhistory: {:#?}",
            self.what,
            self.orders,
            self.items.iter().filter(|(key, _)| key.contains("HISTORY")).collect::<Vec<_>>(),
        );
    }

    fn all(&self) {
        self.stock();
        self.below_zero();
        self.coupon();
        for order in &self.orders {
            self.money(order);
            self.events(order);
            self.follow_ups(order);
            self.parcels(order);
        }
        self.charges();
        self.cart();
    }

    /// What is reserved is what unpaid orders hold, each of them until a time. Nobody holds more orders than allowed.
    fn holds(&self, counted: i64) {
        let held = || self.orders.iter().filter(|order| order["hold"]["state"] == "held");
        let (_, reserved) = self.on_hand_and_reserved();
        self.assert_same(counted, reserved, "the counter of held units is what is reserved");
        self.assert_same(held().map(|order| number(&order["units"])).sum(), reserved, "unpaid orders hold it");
        let now = self.scenario.shop.now().to_string();
        let mut open = 0;
        for order in held() {
            let until =
                order["hold"]["until"].as_str().unwrap_or_else(|| panic!("{}: a hold without an end", self.what));
            // The money is on its way, so it does not count as unpaid.
            let is_processing = order["payment_status"] == "processing";
            let adas = !is_processing && order["email"].as_str().unwrap().starts_with("ada");
            open += usize::from(adas && now.as_str() < until);
        }
        assert!(open <= MOST_UNPAID, "{}: {open} unpaid orders of one buyer", self.what);
    }

    fn on_hand_and_reserved(&self) -> (i64, i64) {
        let stock = &self.items["STOCK#A / STOCK"];
        let reserved = number(&stock["reserved"]);
        (number(&stock["available"]) + reserved, reserved)
    }

    /// On hand, reserved and sold units add up to the stock at the beginning.
    fn stock(&self) {
        let (on_hand, reserved) = self.on_hand_and_reserved();
        let of = |state: &str| {
            let mine = self.orders.iter().filter(|order| order["hold"]["state"] == state);
            mine.map(|order| {
                let back = order["returned"].as_object().into_iter().flatten();
                number(&order["units"]) - back.map(|(_, units)| number(units)).sum::<i64>()
            })
            .sum::<i64>()
        };
        self.assert_same(reserved, of("held"), "what is reserved is what orders hold");
        self.assert_same(on_hand + of("taken"), self.scenario.stock, "no unit is lost and none is added");
        let history = self.items.iter().filter(|(key, _)| key.starts_with("STOCK#A / CHANGE#"));
        let sum: i64 = history.map(|(_, change)| number(&change["delta"])).sum();
        self.assert_same(sum, on_hand, "the stock's history adds up to what is on hand");
    }

    /// No more is sold than the limit allows, and the buyers of all units that are not there were told.
    fn below_zero(&self) {
        let stock = &self.items["STOCK#A / STOCK"];
        let missing = -number(&stock["available"]);
        let limit = number(&stock["backorder"]["limit"]);
        assert!(missing <= limit, "{}: {missing} units are sold that are not there, of {limit}", self.what);
        let live = self.orders.iter().filter(|order| order["hold"]["state"] != "released");
        let lines = live.flat_map(|order| self.under(order, "PURCHASE")).flat_map(|it| it["lines"].as_array().unwrap());
        let told: i64 = lines.map(|line| number(&line["backordered"])).sum();
        assert!(missing <= told, "{}: {missing} units are not there, and buyers were told of {told}", self.what);
    }

    /// A coupon is used by the orders that carry it.
    fn coupon(&self) {
        let carrying = self.orders.iter().filter(|order| !order["coupon"].is_null());
        let carrying = carrying.filter(|order| !Self::is_over(order)).count();
        let code = CouponCode::parse("TEN").unwrap();
        let used = number(&self.items[&format!("COUPON#{code} / COUPON")]["used"]);
        self.assert_same(used, i64::try_from(carrying).unwrap(), "a coupon's uses are its orders");
        let by_customer = self.items.iter().filter(|(key, _)| key.starts_with("COUPON#TEN / USE#"));
        let uses: i64 = by_customer.map(|(_, item)| number(&item["uses"])).sum();
        self.assert_same(uses, used, "uses by customer add up");
    }

    /// The order and Stripe have the same amounts.
    fn money(&self, order: &Value) {
        let intents = self.scenario.shop.stripe.all("payment_intent");
        let charges = self.scenario.shop.stripe.all("charge");
        let mine = charges.iter().filter(|charge| charge["metadata"]["order_id"] == order["id"]);
        let mine = mine.filter(|charge| charge["status"] == "succeeded");
        let has_failed_refunds = self.under(order, "REFUND#").any(|refund| refund["state"] == "failed");
        let mut kept = 0;
        for charge in mine {
            let intent = intents.iter().find(|intent| intent["latest_charge"] == charge["id"]);
            let intent = intent.unwrap()["id"].as_str().unwrap();
            let (amount, back) = (number(&charge["amount"]), number(&charge["amount_refunded"]));
            kept += amount - back;
            if order["payment"]["charge"] == intent {
                self.assert_same(back, number(&order["refunded"]), "refunds are recorded");
                self.assert_same(amount, number(&order["totals"]["total"]), "the charge is the total");
                if Self::is_over(order) && !has_failed_refunds {
                    self.assert_same(back, amount, "an order that has ended is refunded");
                }
            } else {
                let duplicates = order["surplus"].as_array().into_iter().flatten();
                let known = duplicates.filter(|known| *known == intent).count();
                self.assert_same(known, 1, "each charge is recorded in its order");
                self.assert_same(back, amount, "a duplicate charge is refunded");
            }
        }
        let total = number(&order["totals"]["total"]);
        assert!(kept <= total, "{}: more was kept than the order comes to", self.what);
        let online = order["payment"]["method"] != "cash_on_delivery";
        let taken: i64 = (self.scenario.shop.stripe.all("dispute").iter())
            .filter(|dispute| dispute["status"] == "lost" && dispute["payment_intent"] == order["payment"]["charge"])
            .map(|dispute| number(&dispute["amount"]))
            .sum();
        self.assert_same(number(&order["charged_back"]), taken, "a lost dispute is recorded");
        let sold = ["paid", "processing", "shipped", "delivered"].iter().any(|status| order["status"] == *status);
        if online && sold {
            self.assert_same(kept, total - number(&order["refunded"]), "a paid order is paid once");
        }
    }

    /// Each charge belongs to an order, and each refund was requested once.
    fn charges(&self) {
        let refunds = self.scenario.shop.stripe.all("refund");
        let asked = refunds.iter().map(|refund| refund["metadata"]["refund_id"].to_string());
        let mut asked: Vec<String> = asked.filter(|id| id != "null").collect();
        let all = asked.len();
        asked.sort();
        asked.dedup();
        self.assert_same(asked.len(), all, "a refund is made once");
        for charge in self.scenario.shop.stripe.all("charge") {
            let known = self.orders.iter().any(|order| order["id"] == charge["metadata"]["order_id"]);
            self.assert_same(known, true, "a charge has its order");
        }
    }

    /// There is one event for each change.
    fn events(&self, order: &Value) {
        let history = |what: &str| {
            let entries = self.under(order, "HISTORY#").filter(|entry| entry["what"] == what);
            i64::try_from(entries.count()).unwrap()
        };
        let guest_cash = order["payment"]["method"] == "cash_on_delivery";
        let placed = if guest_cash { history("confirmed") } else { 1 };
        self.assert_same(self.event_count(order, "order.placed"), placed, "there is one event for the order");
        let asked = self.event_count(order, "order.confirmation_requested");
        self.assert_same(asked, i64::from(guest_cash), "a guest who pays on delivery is asked once");
        assert!(history("confirmed") <= 1, "{}: confirmed twice", self.what);
        for (event, what) in [("order.paid", "paid"), ("order.expired", "expired")] {
            self.assert_same(self.event_count(order, event), history(what), event);
            assert!(history(what) <= 1, "{}: {what} twice", self.what);
        }
        // The order is shipped too when what was left is given back. If all of its parcels have arrived by then, it is
        // delivered at once.
        let is_shipped = !order["shipped_at"].is_null();
        let told = self.event_count(order, "order.shipped");
        let is_told = told > 0 || self.event_count(order, "order.delivered") > 0;
        assert!(!is_shipped || is_told, "{}: nobody was told that it is shipped", self.what);
        assert!(told <= 1 + history("parcel_removed"), "{}: order.shipped {told} times", self.what);
        for (event, what) in [("parcel.delivered", "parcel_delivered"), ("parcel.removed", "parcel_removed")] {
            self.assert_same(self.event_count(order, event), history(what), event);
        }
        let ended = history("cancelled") + history("delivery_refused");
        self.assert_same(self.event_count(order, "order.cancelled"), ended, "order.cancelled");
        assert!(ended <= 1, "{}: cancelled twice", self.what);
        for (event, what) in
            [("order.payment_processing", "payment_processing"), ("order.dispute_opened", "dispute_open")]
        {
            self.assert_same(self.event_count(order, event), history(what), event);
        }
        // Not if the order was cancelled before, or if the rest of the refund is tried again.
        for (event, what) in [("order.payment_failed", "payment_failed"), ("order.refund_failed", "refund_failed")] {
            assert!(self.event_count(order, event) <= history(what), "{}: {event}", self.what);
        }
        let failed = self.items.iter().filter(|(key, item)| {
            key.starts_with("OUTBOX#")
                && item["event"]["type"] == "order.refund_failed"
                && item["event"]["announced"] == true
        });
        let failed = failed.filter(|(_, item)| item["event"]["orderId"] == order["id"]).count();
        let made = self.under(order, "REFUND#").filter(|refund| refund["state"] == "succeeded");
        let made = made.filter(|refund| number(&refund["amount"]) > 0);
        let made = i64::try_from(made.count() + failed).unwrap();
        self.assert_same(self.event_count(order, "order.refunded"), made, "there is one event for each refund");
    }

    /// Each unit is in a parcel, or was given back before it was sent, or is still to be sent.
    fn parcels(&self, order: &Value) {
        let parcels = order["parcels"].as_array().cloned().unwrap_or_default();
        let not_sent: i64 = order["not_sent"].as_object().into_iter().flatten().map(|(_, units)| number(units)).sum();
        let listed = parcels.iter().flat_map(|parcel| parcel["lines"].as_array().cloned().unwrap_or_default());
        let sent: i64 = listed.map(|line| number(&line[1])).sum();
        let has_rest = parcels.iter().any(|parcel| parcel["lines"].is_null());
        let left = number(&order["units"]) - sent - not_sent;
        assert!(left >= 0, "{}: more is sent than was bought", self.what);
        let is_sent = has_rest || left == 0;
        match order["status"].as_str() {
            Some("processing") => assert!(parcels.is_empty() || !is_sent, "{}: all is sent", self.what),
            Some("shipped" | "delivered") => assert!(parcels.is_empty() || is_sent, "{}: not all is sent", self.what),
            Some("paid" | "pending" | "expired") => self.assert_same(parcels.len(), 0, "nothing is sent yet"),
            _ => {}
        }
    }

    /// Nothing is left to do, and no order that has ended can be paid.
    fn follow_ups(&self, order: &Value) {
        self.assert_same(&order["payment"]["closing"], &Value::Null, "attempts are closed, and their coupons deleted");
        self.assert_same(order["open_refunds"].as_array().map_or(0, Vec::len), 0, "refunds are made");
        self.assert_same(number(&order["refunding"]), 0, "no refund is in progress");
        let references = self.scenario.references.lock().unwrap();
        let stripe = &self.scenario.shop.stripe;
        let attempts = [stripe.all("payment_intent"), stripe.all("checkout.session")].concat();
        let open = attempts.iter().filter(|attempt| {
            let id = attempt["id"].as_str().unwrap();
            let status = attempt["status"].as_str().unwrap();
            attempt["metadata"]["order_id"] == order["id"]
                && references.iter().any(|known| known == id)
                && ["open", "requires_payment_method", "requires_action"].contains(&status)
        });
        let open = open.count();
        self.assert_same(open, 0, "no payment that the guest got stays open");
    }

    /// Each unit is in the cart or in the one order that the cart became.
    fn cart(&self) {
        let ordered = self.orders.iter().filter(|order| order["email"] == "ada@example.com");
        let ordered: Vec<i64> = ordered.map(|order| number(&order["units"])).collect();
        assert!(ordered.len() <= 1, "{}: one cart, {ordered:?}", self.what);
        let lost = self.scenario.order().is_some() && ordered.is_empty();
        self.assert_same(lost, false, "an order that was answered exists");
        let carts = (self.items.iter()).filter(|(key, _)| key.starts_with("CART#"));
        let carts = carts.map(|(_, cart)| serde_json::from_value::<Cart>(cart.clone()).unwrap());
        let lines = carts.flat_map(|cart| cart.lines);
        let in_carts: i64 = lines.map(|line| i64::from(line.quantity)).sum();
        let wanted = i64::from(IN_CART) + self.scenario.added.load(Ordering::Relaxed);
        let pieces = in_carts + ordered.iter().sum::<i64>();
        self.assert_same(pieces, wanted, "each unit is in the cart or in its order");
    }
}
