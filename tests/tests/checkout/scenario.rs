//! A small shop with three units of one product, a coupon for two orders, and a buyer with the cart of a guest; and the
//! actions of people and functions in it.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::http::Method;
use domain::access::Role;
use domain::id::OrderId;
use harness::orders::{PlacedOrder, guest_order, order_of, reference};
use harness::shop::{Answer, CheckoutSettings, Person, Shop, TestRequest};
use harness::stock::sell_below_zero;
use harness::table::TestTable;
use janitor::Done;
use serde_json::{Value, json};
use store::due::Task;
use stripe_stand_in::Card;

/// The guest may hold so many unpaid orders.
pub(crate) const MOST_UNPAID: usize = 2;

/// The stock of `A`, and the units of it in the guest's cart.
pub(crate) const STOCK: i64 = 3;
pub(crate) const IN_CART: u32 = 2;

/// An action of a person or a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// The buyer orders the cart, to pay on the shop's page or on Stripe's. Every time it is the same request.
    Order,
    OrderOnStripesPage,
    /// The guest orders the cart to pay on delivery, follows the mailed link, and staff confirm the order.
    OrderCash,
    Confirm,
    Process,
    /// The guest pays with the newest reference, and Stripe sends its events; or sends none yet.
    Pay,
    PayWithoutEvents,
    /// The buyer's card is declined, and Stripe sends its events.
    Decline,
    /// The guest pays by bank debit, and Stripe sends its events; then the bank decides.
    PaySlowly,
    BankPays,
    BankRefuses,
    /// The buyer's bank opens a dispute, and Stripe sends its events, or sends none yet; then the bank decides.
    DisputeOpens,
    DisputeWithoutEvents,
    DisputeWon,
    DisputeLost,
    /// The bank sends the money of all refunds back.
    RefundsFail,
    /// Stripe sends all events so far.
    SendEvents,
    Cancel,
    /// The buyer opens a payment again: of the same kind, or of the other one.
    OpenAgain,
    OpenOther,
    /// Staff take one unit back and refund it.
    Return,
    /// Staff refund everything.
    RefundAll,
    Ship,
    /// Staff send one unit, the first parcel arrives, or staff take it out again.
    ShipOne,
    ParcelArrives,
    RemoveParcel,
    /// The buyer of a parcel does not take it.
    RefuseParcel,
    /// The janitor runs after the hold has ended, or after the time to pay has ended.
    HoldEnds,
    Expire,
    /// The janitor runs after the time that staff have to confirm an order.
    CashExpires,
    /// Another guest orders two units, cash on delivery.
    OtherBuys,
    /// The guest orders one unit twice, without the cart.
    OrdersAgain,
    /// The guest adds one unit to the cart in another window.
    CartChanges,
    RefundInDashboard,
}

pub(crate) struct Scenario {
    pub(crate) shop: Shop,
    pub(crate) staff: Person,
    /// Signs in to order the cart, because the coupon is limited for each customer.
    buyer: Person,
    cart: String,
    order: Mutex<Option<PlacedOrder>>,
    /// The units on hand at the beginning.
    pub(crate) stock: i64,
    /// The units that were added to the cart in another window.
    pub(crate) added: AtomicI64,
    /// The payments that the buyer got, by their ids at Stripe, newest last.
    pub(crate) references: Mutex<Vec<String>>,
}

impl Scenario {
    pub(crate) async fn open() -> Arc<Self> {
        Self::open_with(STOCK, 0).await
    }

    /// One unit is there, and two more can be ordered.
    pub(crate) async fn open_below_zero() -> Arc<Self> {
        Self::open_with(STOCK - 2, 2).await
    }

    async fn open_with(stock: i64, below_zero: i64) -> Arc<Self> {
        let mut settings = CheckoutSettings::default();
        settings.limits.buyer.orders = MOST_UNPAID;
        let shop = Shop::with_settings(settings, TestTable::create().await);
        let staff = shop.staff("root@example.com", Role::Admin).await;
        shop.add_product(&staff, "A", 1000, stock).await;
        if below_zero > 0 {
            sell_below_zero(&shop, &staff, below_zero).await;
        }
        let coupon = json!({ "code": "TEN", "percent": 10, "totalUses": 2, "usesPerCustomer": 1 });
        shop.coupon(&staff, &coupon).await;
        let buyer = shop.register_verified("ada@example.com").await;
        // No guest has ordered with this address, so the janitor has nothing to do but what the scenarios are about.
        shop.store().forget_due(&Task::Join { user_id: buyer.id }).await.unwrap();
        let cart = shop.cart_of("A", IN_CART).await;
        let (order, added, references) = (Mutex::default(), AtomicI64::default(), Mutex::default());
        Arc::new(Self { shop, staff, buyer, cart, order, stock, added, references })
    }

    /// This scenario after these actions.
    pub(crate) async fn after(self: Arc<Self>, actions: &[Action]) -> Arc<Self> {
        for &action in actions {
            self.act(action).await;
        }
        self
    }

    /// Another one where the same has happened.
    pub(crate) async fn copy(&self) -> Arc<Self> {
        Arc::new(Self {
            shop: self.shop.copy().await,
            staff: self.staff.clone(),
            buyer: self.buyer.clone(),
            cart: self.cart.clone(),
            order: Mutex::new(self.order()),
            stock: self.stock,
            added: AtomicI64::new(self.added.load(Ordering::Relaxed)),
            references: Mutex::new(self.references.lock().unwrap().clone()),
        })
    }

    pub(crate) fn order(&self) -> Option<PlacedOrder> {
        self.order.lock().unwrap().clone()
    }

    fn keep_reference(&self, payment: &Value) {
        if !payment["clientSecret"].is_null() || !payment["checkoutUrl"].is_null() {
            self.references.lock().unwrap().push(reference(payment));
        }
    }

    /// No action ends in an internal error.
    fn assert_no_internal_error(action: Action, answer: &Answer) {
        let status = answer.status.as_u16();
        assert!(status < 500 || status == 503, "{action:?}: {}", answer.text);
    }

    pub(crate) async fn act(self: &Arc<Self>, action: Action) {
        let shop = &self.shop;
        match action {
            Action::Order => self.place_order("payment_intent").await,
            Action::OrderOnStripesPage => self.place_order("checkout_session").await,
            Action::OrderCash => self.place_order("cash_on_delivery").await,
            Action::Pay | Action::PayWithoutEvents | Action::Decline | Action::PaySlowly => {
                let references = self.references.lock().unwrap().last().cloned();
                let card = match action {
                    Action::Decline => Card::Declines,
                    Action::PaySlowly => Card::Slow,
                    _ => Card::Pays,
                };
                if let Some(reference) = references {
                    shop.stripe.pay(&reference, card);
                }
                if action != Action::PayWithoutEvents {
                    self.send_events().await;
                }
            }
            Action::BankPays | Action::BankRefuses => {
                self.banks_decide(action == Action::BankPays);
                self.send_events().await;
            }
            Action::DisputeOpens | Action::DisputeWithoutEvents => {
                for intent in shop.stripe.all("payment_intent") {
                    if intent["status"] == "succeeded" {
                        shop.stripe.open_dispute(intent["id"].as_str().unwrap(), false);
                    }
                }
                if action == Action::DisputeOpens {
                    self.send_events().await;
                }
            }
            Action::DisputeWon | Action::DisputeLost => {
                self.disputes_close(action == Action::DisputeWon);
                self.send_events().await;
            }
            Action::RefundsFail => {
                for refund in shop.stripe.all("refund") {
                    shop.stripe.update_refund(refund["id"].as_str().unwrap(), "failed");
                }
                self.send_events().await;
            }
            Action::SendEvents => self.send_events().await,
            Action::HoldEnds => self.janitor(Duration::from_mins(36)).await,
            Action::Expire => self.janitor(Duration::from_hours(97)).await,
            Action::CashExpires => self.janitor(Duration::from_hours(73)).await,
            Action::OtherBuys => {
                let mut body = order_of("A", 2, "cash_on_delivery");
                body["email"] = json!("eve@example.com");
                Self::assert_no_internal_error(action, &shop.place_order(&body, "eve").send().await);
            }
            Action::OrdersAgain => {
                // From other networks, so that only the limit of the buyer counts.
                for n in 0..2 {
                    let mut body = order_of("A", 1, "payment_intent");
                    body["email"] = json!("ada+again@example.com");
                    let ask = shop.place_order(&body, &format!("again-{n}")).from_ip(&format!("198.51.100.{n}"));
                    Self::assert_no_internal_error(action, &ask.send().await);
                }
            }
            Action::CartChanges => {
                let request = shop.add_to_cart("A", 1);
                let answer = request.header("cart-token", &self.cart).send().await;
                Self::assert_no_internal_error(action, &answer);
                if answer.status == 200 {
                    self.added.fetch_add(1, Ordering::Relaxed);
                }
            }
            Action::RefundInDashboard => {
                for intent in shop.stripe.all("payment_intent") {
                    shop.stripe.refund_in_dashboard(intent["id"].as_str().unwrap(), 300);
                }
            }
            Action::Cancel
            | Action::Confirm
            | Action::Process
            | Action::OpenAgain
            | Action::OpenOther
            | Action::Return
            | Action::RefundAll
            | Action::RefuseParcel
            | Action::ShipOne
            | Action::ParcelArrives
            | Action::RemoveParcel
            | Action::Ship => {
                if let Some(order) = self.order() {
                    self.act_on(&order, action).await;
                }
            }
        }
    }

    async fn act_on(&self, order: &PlacedOrder, action: Action) {
        let shop = &self.shop;
        let request = match action {
            Action::Cancel => shop.cancel(order),
            Action::Confirm => shop.confirm(order).await,
            Action::Process => shop.update_order(order, &self.staff, &json!({ "status": "processing" })),
            Action::OpenAgain => shop.open_payment(order, "create-intent"),
            Action::OpenOther => shop.open_payment(order, "checkout-session"),
            Action::Ship => shop.update_order(order, &self.staff, &json!({ "status": "shipped" })),
            Action::ShipOne => {
                let line = &order.whole["items"][0]["id"];
                let one = json!({ "items": [{ "id": line, "quantity": 1 }] });
                shop.send_parcel(order, &self.staff, &one, "parcel-1")
            }
            Action::ParcelArrives => self.first_parcel(Method::PATCH, order).json(&json!({ "status": "delivered" })),
            Action::RemoveParcel => self.first_parcel(Method::DELETE, order),
            Action::RefuseParcel => shop.post(&format!("{}/cancel", order.path()), &json!({})).by(&self.staff),
            Action::RefundAll => shop.refund(order, &self.staff, &json!({ "reason": "Sorry" }), "all-1"),
            _ => {
                let line = &order.whole["items"][0]["id"];
                let items = json!([{ "id": line, "quantity": 1 }]);
                let body = json!({ "items": items, "restock": true, "reason": "Too small" });
                shop.refund(order, &self.staff, &body, "return-1")
            }
        };
        let answer = request.send().await;
        Self::assert_no_internal_error(action, &answer);
        self.keep_reference(answer.data());
    }

    /// A request about the first parcel of the order, as it is in the table. Without one, about none.
    fn first_parcel(&self, method: Method, order: &PlacedOrder) -> TestRequest {
        let stored = &self.shop.table.items()[&format!("ORDER#{} / ORDER", order.id)];
        let id = stored["parcels"][0]["id"].as_str().unwrap_or("pcl_00000000000000000000000000");
        let path = format!("/api/v1/admin/orders/{}/parcels/{id}", order.id);
        self.shop.request(method, &path).by(&self.staff)
    }

    async fn place_order(&self, method: &str) {
        let mut body = guest_order("ada@example.com", method);
        // Only a guest has to confirm an order for cash on delivery, and only an account may use the coupon.
        let is_guests = method == "cash_on_delivery";
        if !is_guests {
            body["couponCode"] = json!("TEN");
        }
        let request = self.shop.place_order(&body, "k-1").header("cart-token", &self.cart);
        let request = if is_guests { request } else { request.by(&self.buyer) };
        let answer = request.send().await;
        Self::assert_no_internal_error(Action::Order, &answer);
        if answer.status == 201 {
            let mut order = PlacedOrder::of(answer);
            self.keep_reference(&order.payment);
            // With it there is access to the order after the access token has expired.
            let now = self.shop.now();
            let key = self.shop.checkout.access.links.key(now).await.unwrap();
            order.token = key.order(OrderId::parse(&order.id).unwrap(), now);
            *self.order.lock().unwrap() = Some(order);
        }
    }

    async fn send_events(&self) {
        for event in self.shop.stripe.events() {
            Self::assert_no_internal_error(Action::SendEvents, &self.shop.deliver_event(&event).await);
        }
    }

    /// The banks decide about the payments that are being processed. Returns whether there were any.
    fn banks_decide(&self, paid: bool) -> bool {
        let intents = self.shop.stripe.all("payment_intent");
        let processing: Vec<&Value> = intents.iter().filter(|intent| intent["status"] == "processing").collect();
        for intent in &processing {
            self.shop.stripe.decide_payment(intent["id"].as_str().unwrap(), paid);
        }
        !processing.is_empty()
    }

    fn disputes_close(&self, won: bool) -> bool {
        let disputes = self.shop.stripe.all("dispute");
        let open: Vec<&Value> = disputes.iter().filter(|dispute| dispute["status"] == "needs_response").collect();
        for dispute in &open {
            self.shop.stripe.close_dispute(dispute["id"].as_str().unwrap(), won);
        }
        !open.is_empty()
    }

    async fn janitor(&self, later: Duration) {
        self.shop.later(later);
        let _ = self.shop.janitor().run().await;
    }

    /// Everything that later steps depend on: the table, Stripe, the time, and what the test itself remembers.
    fn state(&self) -> u64 {
        let (table, stripe) = (&self.shop.table.items(), self.shop.stripe.snapshot());
        let remembered = (&self.order, &self.added, &self.references);
        let text = format!("{table:?} {stripe} {} {remembered:?}", self.shop.now());
        // Stripe has another port in each copy.
        let mut hasher = DefaultHasher::new();
        text.replace(self.shop.stripe.url(), "").hash(&mut hasher);
        hasher.finish()
    }

    /// Lets everything settle and checks the invariants, unless another interruption led to the same state: what follows
    /// from that is the same, and was checked.
    pub(crate) async fn settle_and_check(&self, settled: &mut BTreeSet<u64>, what: &str) {
        self.check_holds(what).await;
        if settled.insert(self.state()) {
            self.settle().await;
            self.check(what);
        }
    }

    /// Everything that happens without people: all events, twice and in the wrong order, and the janitor, until there
    /// is nothing left to do. Later the events come once more. Then the banks decide what they have not decided yet, and
    /// it all happens again.
    async fn settle(&self) {
        let mut sent = self.settle_after(Duration::ZERO, 0).await;
        sent = self.settle_after(Duration::from_mins(36), sent).await;
        if self.banks_decide(true) | self.disputes_close(true) {
            sent = self.settle_after(Duration::ZERO, sent).await;
        }
        self.settle_after(Duration::from_hours(97), sent).await;
    }

    /// Stripe has sent so many events before, in the right order too. Returns how many these are now.
    async fn settle_after(&self, span: Duration, mut sent: usize) -> usize {
        let shop = &self.shop;
        shop.later(span);
        let mut again = 0;
        for _ in 0..20 {
            let events = shop.stripe.events();
            for event in events[again..].iter().rev() {
                // What is about a charge comes before the charge, so that Stripe has to send it again.
                let answer = shop.deliver_event(event).await;
                assert!(answer.status == 200 || answer.status == 404, "{event}: {}", answer.text);
            }
            for event in &events[sent..] {
                shop.deliver_event(event).await.expect(200);
            }
            (again, sent) = (events.len(), events.len());
            let nothing_to_do = shop.janitor().run().await.unwrap() == Done::default();
            if nothing_to_do && shop.stripe.events().len() == sent {
                return sent;
            }
            shop.later(Duration::from_mins(1));
        }
        panic!("it never settles");
    }
}
