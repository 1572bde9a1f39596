//! A small shop with three of one thing, a coupon that two orders may carry, and a guest; what people and machines do in
//! it; and what must hold when the dust has settled.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use domain::access::Role;
use domain::coupon::CouponCode;
use harness::sale::{Bought, guest_order, order_of, reference};
use harness::shop::{Answer, Person, Shop};
use janitor::Done;
use serde_json::{Value, json};
use stripe_stand_in::Card;

/// How many there are of `A`, and how many of them the guest wants.
pub(crate) const STOCK: i64 = 3;
const WANTED: u32 = 2;

/// Something that somebody does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    /// The guest orders the cart, to pay on the shop's page or on Stripe's. The same again is the same request.
    Order,
    OrderOnStripesPage,
    /// The guest pays whatever way they were handed last, and Stripe tells the shop; or only pays.
    Pay,
    PayUntold,
    Decline,
    /// Stripe tells the shop all that happened so far.
    Hear,
    Cancel,
    /// The guest asks for the way to pay again: the same one, or the other.
    OpenAgain,
    OpenOther,
    /// Staff take one piece back and give its money back.
    Return,
    Ship,
    /// The janitor comes when the hold is over, when patience is.
    HoldEnds,
    Expire,
    /// Somebody else buys two, for cash.
    OtherBuys,
    /// The cart is changed in another window.
    CartChanges,
    RefundInDashboard,
}

pub(crate) struct World {
    pub(crate) shop: Shop,
    pub(crate) staff: Person,
    cart: String,
    bought: Mutex<Option<Bought>>,
    /// The handles that the guest was given, newest last.
    handed: Mutex<Vec<String>>,
}

impl World {
    pub(crate) async fn open() -> Arc<Self> {
        let shop = Shop::open().await;
        let staff = shop.staff("root@example.com", Role::Admin).await;
        shop.sell(&staff, "A", 1000, STOCK).await;
        let coupon = json!({ "code": "TEN", "percent": 10, "totalUses": 2, "usesPerCustomer": 1 });
        shop.coupon(&staff, &coupon).await;
        let cart = shop.cart_of("A", WANTED).await;
        let applied = shop.post("/api/v1/cart/coupon", &json!({ "code": "TEN" }));
        applied.header("cart-token", &cart).send().await.expect(200);
        Arc::new(Self::new(shop, staff, cart))
    }

    fn new(shop: Shop, staff: Person, cart: String) -> Self {
        Self {
            shop,
            staff,
            cart,
            bought: Mutex::default(),
            handed: Mutex::default(),
        }
    }

    /// A copy of this world, fresh from its opening, in which these things happened.
    pub(crate) async fn after(&self, acts: &[Act]) -> Arc<Self> {
        let shop = self.shop.copy().await;
        let world = Arc::new(Self::new(shop, self.staff.clone(), self.cart.clone()));
        for &act in acts {
            world.act(act).await;
        }
        world
    }

    pub(crate) fn bought(&self) -> Option<Bought> {
        self.bought.lock().unwrap().clone()
    }

    fn hand(&self, payment: &Value) {
        if !payment["clientSecret"].is_null() || !payment["checkoutUrl"].is_null() {
            self.handed.lock().unwrap().push(reference(payment));
        }
    }

    /// Nothing that anybody does is the shop's own failure.
    fn fair(act: Act, answer: &Answer) {
        let status = answer.status.as_u16();
        assert!(status < 500 || status == 503, "{act:?}: {}", answer.text);
    }

    pub(crate) async fn act(self: &Arc<Self>, act: Act) {
        let shop = &self.shop;
        match act {
            Act::Order => self.order("payment_intent").await,
            Act::OrderOnStripesPage => self.order("checkout_session").await,
            Act::Pay | Act::PayUntold | Act::Decline => {
                let handed = self.handed.lock().unwrap().last().cloned();
                let card = if act == Act::Decline {
                    Card::Declines
                } else {
                    Card::Pays
                };
                if let Some(reference) = handed {
                    shop.stripe.pay(&reference, card);
                }
                if act != Act::PayUntold {
                    self.hear().await;
                }
            }
            Act::Hear => self.hear().await,
            Act::HoldEnds => self.janitor(Duration::from_mins(31)).await,
            Act::Expire => self.janitor(Duration::from_hours(97)).await,
            Act::OtherBuys => {
                let mut body = order_of("A", 2, "cash_on_delivery");
                body["email"] = json!("eve@example.com");
                Self::fair(act, &shop.place(&body, "eve").send().await);
            }
            Act::CartChanges => {
                let body = json!({ "sku": "A", "quantity": 1 });
                let ask = shop.post("/api/v1/cart/items", &body);
                Self::fair(act, &ask.header("cart-token", &self.cart).send().await);
            }
            Act::RefundInDashboard => {
                for intent in shop.stripe.all("payment_intent") {
                    shop.stripe
                        .refund_in_dashboard(intent["id"].as_str().unwrap(), 300);
                }
            }
            Act::Cancel | Act::OpenAgain | Act::OpenOther | Act::Return | Act::Ship => {
                if let Some(bought) = self.bought() {
                    self.act_on(&bought, act).await;
                }
            }
        }
    }

    async fn act_on(&self, bought: &Bought, act: Act) {
        let shop = &self.shop;
        let ask = match act {
            Act::Cancel => shop.cancel(bought),
            Act::OpenAgain => shop.open_payment(bought, "create-intent"),
            Act::OpenOther => shop.open_payment(bought, "checkout-session"),
            Act::Ship => shop.advance(bought, &self.staff, &json!({ "status": "shipped" })),
            _ => {
                let line = &bought.whole["items"][0]["id"];
                let items = json!([{ "id": line, "quantity": 1 }]);
                let body = json!({ "items": items, "restock": true, "reason": "Too small" });
                shop.refund(bought, &self.staff, &body, "return-1")
            }
        };
        let answer = ask.send().await;
        Self::fair(act, &answer);
        self.hand(answer.data());
    }

    async fn order(&self, method: &str) {
        let body = guest_order("ada@example.com", method);
        let ask = self
            .shop
            .place(&body, "k-1")
            .header("cart-token", &self.cart);
        let answer = ask.send().await;
        Self::fair(Act::Order, &answer);
        if answer.status == 201 {
            let bought = Bought::of(answer);
            self.hand(&bought.payment);
            *self.bought.lock().unwrap() = Some(bought);
        }
    }

    async fn hear(&self) {
        for event in self.shop.stripe.events() {
            Self::fair(Act::Hear, &self.shop.hear(&event).await);
        }
    }

    async fn janitor(&self, later: Duration) {
        self.shop.later(later);
        let _ = self.shop.janitor().run().await;
    }

    /// Everything that comes by itself: all events, twice and in the wrong order, and the janitor, as often as it takes.
    pub(crate) async fn settle(&self) {
        let shop = &self.shop;
        for span in [
            Duration::ZERO,
            Duration::from_mins(31),
            Duration::from_hours(97),
        ] {
            shop.later(span);
            let mut rounds = 0;
            loop {
                let events = shop.stripe.events();
                for event in events.iter().rev().chain(&events) {
                    shop.hear(event).await.expect(200);
                }
                let nothing_to_do = shop.janitor().run().await.unwrap() == Done::default();
                if nothing_to_do && shop.stripe.events().len() == events.len() {
                    break;
                }
                rounds += 1;
                assert!(rounds < 20, "there is no end to it");
                shop.later(Duration::from_mins(1));
            }
        }
    }

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
        let orders = items
            .iter()
            .filter(|(key, _)| key.starts_with("ORDER#") && key.ends_with("/ ORDER"));
        Self {
            orders: orders.map(|(_, order)| order.clone()).collect(),
            world,
            what,
            items,
        }
    }

    fn under<'b>(&'b self, order: &Value, sort: &'b str) -> impl Iterator<Item = &'b Value> {
        let beginning = format!("ORDER#{} / {sort}", order["id"].as_str().unwrap());
        let mine = self
            .items
            .iter()
            .filter(move |(key, _)| key.starts_with(&beginning));
        mine.map(|(_, item)| item)
    }

    fn told(&self, order: &Value, kind: &str) -> i64 {
        let events = self
            .items
            .iter()
            .filter(|(key, _)| key.starts_with("OUTBOX#"));
        let about = events.filter(|(_, item)| {
            item["event"]["type"] == kind && item["event"]["orderId"] == order["id"]
        });
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
            self.items
                .iter()
                .filter(|(key, _)| key.contains("HISTORY"))
                .collect::<Vec<_>>(),
        );
    }

    fn all(&self) {
        self.stock();
        self.coupon();
        for order in &self.orders {
            self.money(order);
            self.events(order);
            self.errands(order);
        }
        self.charges();
        self.cart();
    }

    /// On hand, reserved and sold are what there was.
    fn stock(&self) {
        let (on_hand, reserved) = self.world.shop.stock("A");
        let of = |state: &str| {
            let mine = self
                .orders
                .iter()
                .filter(|order| order["hold"]["state"] == state);
            mine.map(|order| {
                let back = order["returned"].as_object().into_iter().flatten();
                number(&order["units"]) - back.map(|(_, units)| number(units)).sum::<i64>()
            })
            .sum::<i64>()
        };
        self.same(reserved, of("held"), "what is reserved is what orders hold");
        self.same(
            on_hand + of("taken"),
            STOCK,
            "nothing is lost, nothing is made",
        );
    }

    /// Uses are the orders that carry it.
    fn coupon(&self) {
        let carrying = self
            .orders
            .iter()
            .filter(|order| !order["coupon"].is_null());
        let carrying = carrying.filter(|order| !Self::is_over(order)).count();
        let code = CouponCode::parse("TEN").unwrap();
        let used = number(&self.items[&format!("COUPON#{code} / COUPON")]["used"]);
        self.same(
            used,
            i64::try_from(carrying).unwrap(),
            "a coupon's uses are its orders",
        );
        let by_customer = self
            .items
            .iter()
            .filter(|(key, _)| key.starts_with("COUPON#TEN / USE#"));
        let uses: i64 = by_customer.map(|(_, item)| number(&item["uses"])).sum();
        self.same(uses, used, "uses by customer add up");
    }

    /// The order's books are Stripe's books.
    fn money(&self, order: &Value) {
        let intents = self.world.shop.stripe.all("payment_intent");
        let charges = self.world.shop.stripe.all("charge");
        let mine = charges
            .iter()
            .filter(|charge| charge["metadata"]["order_id"] == order["id"]);
        let mut kept = 0;
        for charge in mine {
            let intent = intents
                .iter()
                .find(|intent| intent["latest_charge"] == charge["id"]);
            let intent = intent.unwrap()["id"].as_str().unwrap();
            let (amount, back) = (
                number(&charge["amount"]),
                number(&charge["amount_refunded"]),
            );
            kept += amount - back;
            if order["payment"]["charge"] == intent {
                self.same(
                    back,
                    number(&order["refunded"]),
                    "what went back is written down",
                );
                self.same(
                    amount,
                    number(&order["totals"]["total"]),
                    "the charge is the total",
                );
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
        assert!(
            kept <= total,
            "{}: more was kept than the order comes to",
            self.what
        );
        let online = order["payment"]["method"] != "cash_on_delivery";
        let sold = ["paid", "processing", "shipped", "delivered"]
            .iter()
            .any(|status| order["status"] == *status);
        if online && sold {
            self.same(
                kept,
                total - number(&order["refunded"]),
                "a paid order is paid once",
            );
        }
    }

    /// Each charge belongs to an order that knows it.
    fn charges(&self) {
        for charge in self.world.shop.stripe.all("charge") {
            let known = self
                .orders
                .iter()
                .any(|order| order["id"] == charge["metadata"]["order_id"]);
            self.same(known, true, "a charge has its order");
        }
    }

    /// One event for each change, and none without.
    fn events(&self, order: &Value) {
        let history = |what: &str| {
            let entries = self
                .under(order, "HISTORY#")
                .filter(|entry| entry["what"] == what);
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
        let made = self
            .under(order, "REFUND#")
            .filter(|refund| refund["state"] == "succeeded");
        let made = i64::try_from(made.count()).unwrap();
        self.same(
            self.told(order, "order.refunded"),
            made,
            "each refund is told once",
        );
    }

    /// Nothing is left to do, and nothing can be paid that is over.
    fn errands(&self, order: &Value) {
        self.same(
            &order["payment"]["closing"],
            &Value::Null,
            "attempts are closed",
        );
        self.same(
            order["open_refunds"].as_array().map_or(0, Vec::len),
            0,
            "refunds are made",
        );
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

    /// The cart was ordered or is still there.
    fn cart(&self) {
        let ordered = self
            .orders
            .iter()
            .filter(|order| order["email"] == "ada@example.com")
            .count();
        assert!(ordered <= 1, "{}: one cart, {ordered} orders", self.what);
        let bought = self.world.bought().is_some();
        assert!(
            !bought || ordered == 1,
            "{}: an order that was answered is gone",
            self.what
        );
    }
}
