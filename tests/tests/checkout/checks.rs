//! What must hold when the dust has settled, whatever happened: goods, money, coupons, events and carts add up.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use domain::cart::Cart;
use domain::coupon::CouponCode;
use serde_json::Value;

use crate::world::{STOCK, WANTED, World};

impl World {
    /// What must hold, whatever happened.
    pub(crate) fn check(&self, what: &str) {
        Checked::of(self, what).all();
    }
}

/// The world as it lies in the table and in Stripe's books.
struct Checked<'a> {
    world: &'a World,
    what: &'a str,
    items: BTreeMap<String, Value>,
    orders: Vec<Value>,
}

fn number(value: &Value) -> i64 {
    value.as_i64().unwrap_or(0)
}

impl<'a> Checked<'a> {
    fn of(world: &'a World, what: &'a str) -> Self {
        let items = world.shop.table.items();
        let orders = items.iter().filter(|(key, _)| key.starts_with("ORDER#") && key.ends_with("/ ORDER"));
        Self { orders: orders.map(|(_, order)| order.clone()).collect(), world, what, items }
    }

    fn under<'b>(&'b self, order: &Value, sort: &'b str) -> impl Iterator<Item = &'b Value> {
        let beginning = format!("ORDER#{} / {sort}", order["id"].as_str().unwrap());
        let mine = self.items.iter().filter(move |(key, _)| key.starts_with(&beginning));
        mine.map(|(_, item)| item)
    }

    fn told(&self, order: &Value, kind: &str) -> i64 {
        let events = self.items.iter().filter(|(key, _)| key.starts_with("OUTBOX#"));
        let about = events.filter(|(_, item)| item["event"]["type"] == kind && item["event"]["orderId"] == order["id"]);
        i64::try_from(about.count()).unwrap()
    }

    fn is_over(order: &Value) -> bool {
        order["status"] == "cancelled" || order["status"] == "expired"
    }

    #[track_caller]
    #[expect(clippy::needless_pass_by_value, reason = "the rules read best so")]
    fn same<T: PartialEq + std::fmt::Debug>(&self, seen: T, wanted: T, rule: &str) {
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
        self.coupon();
        for order in &self.orders {
            self.money(order);
            self.events(order);
            self.follow_ups(order);
        }
        self.charges();
        self.cart();
    }

    /// On hand, reserved and sold are what there was.
    fn stock(&self) {
        let (on_hand, reserved) = self.world.shop.stock("A");
        let of = |state: &str| {
            let mine = self.orders.iter().filter(|order| order["hold"]["state"] == state);
            mine.map(|order| {
                let back = order["returned"].as_object().into_iter().flatten();
                number(&order["units"]) - back.map(|(_, units)| number(units)).sum::<i64>()
            })
            .sum::<i64>()
        };
        self.same(reserved, of("held"), "what is reserved is what orders hold");
        self.same(on_hand + of("taken"), STOCK, "nothing is lost, nothing is made");
        let history = self.items.iter().filter(|(key, _)| key.starts_with("STOCK#A / CHANGE#"));
        let sum: i64 = history.map(|(_, change)| number(&change["delta"])).sum();
        self.same(sum, on_hand, "the stock's history adds up to what is on hand");
    }

    /// Uses are the orders that carry it.
    fn coupon(&self) {
        let carrying = self.orders.iter().filter(|order| !order["coupon"].is_null());
        let carrying = carrying.filter(|order| !Self::is_over(order)).count();
        let code = CouponCode::parse("TEN").unwrap();
        let used = number(&self.items[&format!("COUPON#{code} / COUPON")]["used"]);
        self.same(used, i64::try_from(carrying).unwrap(), "a coupon's uses are its orders");
        let by_customer = self.items.iter().filter(|(key, _)| key.starts_with("COUPON#TEN / USE#"));
        let uses: i64 = by_customer.map(|(_, item)| number(&item["uses"])).sum();
        self.same(uses, used, "uses by customer add up");
    }

    /// The order's books are Stripe's books.
    fn money(&self, order: &Value) {
        let intents = self.world.shop.stripe.all("payment_intent");
        let charges = self.world.shop.stripe.all("charge");
        let mine = charges.iter().filter(|charge| charge["metadata"]["order_id"] == order["id"]);
        let mut kept = 0;
        for charge in mine {
            let intent = intents.iter().find(|intent| intent["latest_charge"] == charge["id"]);
            let intent = intent.unwrap()["id"].as_str().unwrap();
            let (amount, back) = (number(&charge["amount"]), number(&charge["amount_refunded"]));
            kept += amount - back;
            if order["payment"]["charge"] == intent {
                self.same(back, number(&order["refunded"]), "what went back is written down");
                self.same(amount, number(&order["totals"]["total"]), "the charge is the total");
                if Self::is_over(order) {
                    self.same(back, amount, "nobody pays for an order that is over");
                }
            } else {
                let surplus = order["surplus"].as_array().into_iter().flatten();
                let known = surplus.filter(|known| *known == intent).count();
                self.same(known, 1, "each charge is known to its order");
                self.same(back, amount, "what was paid on top goes back");
            }
        }
        let total = number(&order["totals"]["total"]);
        assert!(kept <= total, "{}: more was kept than the order comes to", self.what);
        let online = order["payment"]["method"] != "cash_on_delivery";
        let sold = ["paid", "processing", "shipped", "delivered"].iter().any(|status| order["status"] == *status);
        if online && sold {
            self.same(kept, total - number(&order["refunded"]), "a paid order is paid once");
        }
    }

    /// Each charge belongs to an order that knows it, and each refund was asked for once.
    fn charges(&self) {
        let refunds = self.world.shop.stripe.all("refund");
        let asked = refunds.iter().map(|refund| refund["metadata"]["refund_id"].to_string());
        let mut asked: Vec<String> = asked.filter(|id| id != "null").collect();
        let all = asked.len();
        asked.sort();
        asked.dedup();
        self.same(asked.len(), all, "a refund is made once");
        for charge in self.world.shop.stripe.all("charge") {
            let known = self.orders.iter().any(|order| order["id"] == charge["metadata"]["order_id"]);
            self.same(known, true, "a charge has its order");
        }
    }

    /// One event for each change, and none without.
    fn events(&self, order: &Value) {
        let history = |what: &str| {
            let entries = self.under(order, "HISTORY#").filter(|entry| entry["what"] == what);
            i64::try_from(entries.count()).unwrap()
        };
        self.same(self.told(order, "order.placed"), 1, "placed is told once");
        for (event, what) in [
            ("order.paid", "paid"),
            ("order.cancelled", "cancelled"),
            ("order.expired", "expired"),
            ("order.shipped", "shipped"),
            ("order.payment_failed", "payment_failed"),
        ] {
            self.same(self.told(order, event), history(what), event);
            assert!(history(what) <= 1, "{}: {what} twice", self.what);
        }
        let made = self.under(order, "REFUND#").filter(|refund| refund["state"] == "succeeded");
        let made = i64::try_from(made.count()).unwrap();
        self.same(self.told(order, "order.refunded"), made, "each refund is told once");
    }

    /// Nothing is left to do, and nothing can be paid that is over.
    fn follow_ups(&self, order: &Value) {
        self.same(&order["payment"]["closing"], &Value::Null, "attempts are closed");
        self.same(order["open_refunds"].as_array().map_or(0, Vec::len), 0, "refunds are made");
        self.same(number(&order["refunding"]), 0, "nothing is on its way");
        let handed = self.world.handed.lock().unwrap();
        let stripe = &self.world.shop.stripe;
        let attempts = [stripe.all("payment_intent"), stripe.all("checkout.session")].concat();
        let open = attempts.iter().filter(|attempt| {
            let id = attempt["id"].as_str().unwrap();
            let status = attempt["status"].as_str().unwrap();
            attempt["metadata"]["order_id"] == order["id"]
                && handed.iter().any(|known| known == id)
                && ["open", "requires_payment_method", "requires_action"].contains(&status)
        });
        let open = open.count();
        self.same(open, 0, "nothing that was handed out can be paid for ever");
    }

    /// Each piece is in the cart or in the one order that the cart became.
    fn cart(&self) {
        let ordered = self.orders.iter().filter(|order| order["email"] == "ada@example.com");
        let ordered: Vec<i64> = ordered.map(|order| number(&order["units"])).collect();
        assert!(ordered.len() <= 1, "{}: one cart, {ordered:?}", self.what);
        let lost = self.world.bought().is_some() && ordered.is_empty();
        self.same(lost, false, "an order that was answered is there");
        let carts = (self.items.iter()).filter(|(key, _)| key.starts_with("CART#"));
        let carts = carts.map(|(_, cart)| serde_json::from_value::<Cart>(cart.clone()).unwrap());
        let lines = carts.flat_map(|cart| cart.lines);
        let in_carts: i64 = lines.map(|line| i64::from(line.quantity)).sum();
        let wanted = i64::from(WANTED) + self.world.added.load(Ordering::Relaxed);
        let pieces = in_carts + ordered.iter().sum::<i64>();
        self.same(pieces, wanted, "each piece is in the cart or in its order");
    }
}
