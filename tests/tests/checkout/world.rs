//! A small shop with three of one thing, a coupon that two orders may carry, and a guest; and what people and machines
//! do in it.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use domain::access::Role;
use harness::sale::{Bought, guest_order, order_of, reference};
use harness::shop::{Answer, Person, Shop};
use janitor::Done;
use serde_json::{Value, json};
use stripe_stand_in::Card;

/// How many there are of `A`, and how many of them the guest wants.
pub(crate) const STOCK: i64 = 3;
pub(crate) const WANTED: u32 = 2;

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
    /// How many pieces came into the cart in another window.
    pub(crate) added: AtomicI64,
    /// The handles that the guest was given, newest last.
    pub(crate) handed: Mutex<Vec<String>>,
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
        Self { shop, staff, cart, bought: Mutex::default(), added: AtomicI64::default(), handed: Mutex::default() }
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
                let card = if act == Act::Decline { Card::Declines } else { Card::Pays };
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
                let ask = shop.put_in("A", 1);
                let answer = ask.header("cart-token", &self.cart).send().await;
                Self::fair(act, &answer);
                if answer.status == 200 {
                    self.added.fetch_add(1, Ordering::Relaxed);
                }
            }
            Act::RefundInDashboard => {
                for intent in shop.stripe.all("payment_intent") {
                    shop.stripe.refund_in_dashboard(intent["id"].as_str().unwrap(), 300);
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
        let ask = self.shop.place(&body, "k-1").header("cart-token", &self.cart);
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

    /// Everything that comes by itself: all events, twice and in the wrong order, and the janitor, as often as it
    /// takes.
    pub(crate) async fn settle(&self) {
        let shop = &self.shop;
        for span in [Duration::ZERO, Duration::from_mins(31), Duration::from_hours(97)] {
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
}
