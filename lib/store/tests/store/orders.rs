//! Exact shapes of the checkout's items: a cart, a coupon, an order and its changes.

use std::time::Duration;

use domain::cart::{Cart, CartLine, CartOwner, RequestFingerprint};
use domain::coupon::{Coupon, CouponCode, CouponTerms, CustomerKey, Discount};
use domain::email::Email;
use domain::event::Event;
use domain::id::{CategoryId, CouponId, EventId, ImageId, OrderId, RefundId, TransactionId, UserId};
use domain::money::{Currency, Money};
use domain::order::{
    Buyer, Charge, DraftLine, Method, Order, OrderDetails, OrderDraft, PlacedOrder, RefundRequest, Transition,
};
use domain::pricing::{Rates, ShippingRates, TaxRates};
use domain::product::{Image, Offer};
use domain::stock::{StockAdjustment, StockDelta, StockLevel};
use harness::table::TestTable;
use store::coupons::CouponWithUse;
use store::idempotency::IdempotencyRecord;
use store::orders::{Placement, SideEffects};

use crate::people::{address, entry, later, now, outbox_event};
use crate::products::{save, sku, with_term};

pub(crate) fn code() -> CouponCode {
    CouponCode::parse("TEN").unwrap()
}

pub(crate) fn coupon(n: u128) -> Coupon {
    Coupon {
        id: CouponId::new(now(), n),
        code: code(),
        terms: CouponTerms {
            discount: Discount::Percentage { percent: 10, maximum: None },
            minimum_order: 0,
            starts_at: None,
            ends_at: Some(now() + Duration::from_hours(24)),
            total_uses: Some(1),
            uses_per_customer: Some(1),
            products: Vec::new(),
            categories: Vec::new(),
            active: true,
        },
        used: 0,
        version: 1,
        created_at: now(),
        updated_at: now(),
    }
}

fn idempotency_record() -> IdempotencyRecord {
    IdempotencyRecord {
        scope: "guest#orders".into(),
        key: "k-1".into(),
        fingerprint: "print".into(),
        status: 201,
        answer: "ord".into(),
        until: now() + Duration::from_hours(24),
    }
}

/// A table with nine shirts, a coupon for one order, and a cart of two with it; and the order that the cart becomes.
pub(crate) struct Counter {
    pub(crate) table: TestTable,
    pub(crate) level: StockLevel,
    pub(crate) cart: Cart,
    pub(crate) coupon: CouponWithUse,
    pub(crate) placed: PlacedOrder,
}

impl Counter {
    pub(crate) async fn open() -> Self {
        let (table, shirt) = (TestTable::create().await, save(1, "shirt", "A", 9));
        let store = &table.store;
        store.save_product(&shirt).await.unwrap();
        store.add_coupon(&coupon(1), &entry(1, "coupon.create")).await.unwrap();
        let (product, variant) = (&shirt.after, &shirt.after.variants[0]);
        let owner = CartOwner::Guest("print".into());
        let empty = Cart::empty(owner, EventId::new(now(), 50), now());
        let line =
            CartLine { product_id: product.id, variant_id: variant.id, sku: sku("A"), quantity: 2, quoted_price: 1999 };
        let request = RequestFingerprint { key: "key".into(), body: "body".into() };
        let mut cart = empty.add_once(line, request).unwrap().next_version(EventId::new(now(), 51), now());
        cart.coupon = Some(code());
        store.save_cart(&empty, &cart).await.unwrap();
        let level = store.stock_level(&sku("A")).await.unwrap().unwrap();
        let email = Email::parse("ada@example.com").unwrap();
        let coupon = store.coupon_for(&code(), Some(&CustomerKey::of(&email))).await;
        let coupon = coupon.unwrap().unwrap();
        let rates = Rates {
            currency: Currency::USD,
            shipping: ShippingRates::parse(r#"{"default":500}"#).unwrap(),
            tax: TaxRates::parse(r#"{"default":700}"#).unwrap(),
        };
        let offer = product.clone().into();
        let draft = OrderDraft {
            lines: vec![DraftLine {
                product: &offer,
                variant,
                level: &level,
                categories: &[],
                quantity: 2,
                quoted_price: Some(1999),
            }],
            coupon: Some(coupon.for_customer()),
            rates: &rates,
        };
        let details = OrderDetails {
            id: OrderId::new(now(), 1),
            buyer: Buyer { user_id: Some(UserId::new(now(), 1)), email },
            method: Method::PaymentIntent,
            shipping: address(1).postal,
            billing: None,
            note: Some("Ring twice".into()),
            expected_total: None,
            hold: Duration::from_mins(30),
            payment_window: Duration::from_hours(96),
        };
        let placed = draft.place(details, now()).unwrap();
        Self { table, level, cart, coupon, placed }
    }

    fn side_effects(&self, available: i64, reserved: i64, n: u128, event: Event) -> SideEffects {
        SideEffects {
            moves: vec![self.shift(available, reserved)],
            outbox_event: Some(outbox_event(n, event)),
            ..SideEffects::NONE
        }
    }

    pub(crate) fn shift(&self, available: i64, reserved: i64) -> (StockLevel, StockAdjustment) {
        let mut level = self.level.clone();
        if reserved < 0 {
            level.reserved = -reserved;
        }
        let decided = level.adjust(StockDelta { available, reserved }).unwrap();
        (level, decided)
    }

    /// The order as it is placed; `n` makes the ids of its event.
    pub(crate) fn placement(&self, n: u128) -> Placement<'_> {
        let side_effects = self.side_effects(-2, 2, n, self.placed.event.clone());
        Placement {
            token: TransactionId::new(now(), n),
            placed: &self.placed,
            coupon: Some(&self.coupon),
            carts: std::slice::from_ref(&self.cart),
            side_effects: SideEffects { idempotency_record: Some(idempotency_record()), ..side_effects },
        }
    }

    pub(crate) async fn place(&self) {
        self.table.store.place_order(&self.placement(60)).await.unwrap();
    }

    /// Places the order, opens its attempt and pays it.
    pub(crate) async fn pay(&self) -> Order {
        self.place().await;
        let order = &self.placed.order;
        let open = order.attempt_opened(1, "pi_1", now()).unwrap().unwrap();
        self.commit(61, order, &open, &SideEffects::NONE).await;
        let paid = paid(&open.order);
        let side_effects = self.side_effects(0, -2, 62, paid.event.clone().unwrap());
        let side_effects = SideEffects { provider_event: Some("evt_1".into()), ..side_effects };
        self.commit(62, &open.order, &paid, &side_effects).await;
        paid.order
    }

    async fn commit(&self, n: u128, before: &Order, transition: &Transition, side_effects: &SideEffects) {
        let token = TransactionId::new(now(), n);
        self.table.store.commit_transition(token, before, transition, None, side_effects).await.unwrap();
    }

    fn shape(&self, beginnings: &[&str]) -> String {
        let items = self.table.items();
        let kept = |key: &str| beginnings.iter().any(|beginning| key.starts_with(beginning));
        let items: Vec<_> = items.iter().filter(|(key, _)| kept(key)).collect();
        serde_json::to_string_pretty(&items).unwrap()
    }
}

pub(crate) fn paid(order: &Order) -> Transition {
    let charge = Charge { id: "pi_1".into(), attempt: Some(1), money: Money::new(order.totals.total, Currency::USD) };
    order.charged(&charge, true, RefundId::new(now(), 9), later()).unwrap()
}

#[tokio::test]
async fn a_cart_and_a_coupon_before_they_are_an_order() {
    let counter = Counter::open().await;
    insta::assert_snapshot!(counter.shape(&["CART#", "COUPON", "STOCK#A / STOCK"]));
}

#[tokio::test]
async fn an_order_that_was_placed() {
    let counter = Counter::open().await;
    counter.place().await;
    let parts = ["ORDER#", "CART#", "COUPON", "IDEM#", "STOCK#A / STOCK", "OUTBOX#evt_01M7W6C3800000000000000"];
    insta::assert_snapshot!(counter.shape(&parts));
}

#[tokio::test]
async fn an_order_that_was_paid_and_partly_refunded() {
    let counter = Counter::open().await;
    let order = counter.pay().await;
    let request = RefundRequest {
        id: RefundId::new(now(), 1),
        amount: Some(500),
        lines: Vec::new(),
        restock: false,
        reason: "Late".into(),
        by: UserId::new(now(), 2),
    };
    let refund = order.refund(&counter.placed.purchase, request, later()).unwrap();
    counter.commit(63, &order, &refund, &SideEffects::NONE).await;
    insta::assert_snapshot!(counter.shape(&["ORDER#", "CHARGE#", "STRIPE#", "STOCK#A / STOCK"]));
}

#[tokio::test]
async fn the_attributes_read_for_carts_and_orders_are_all_that_an_offer_has() {
    let mut saving = save(1, "shirt", "A", 9);
    saving.after.description = "Long.".into();
    saving.after.categories = vec![CategoryId::new(now(), 2)];
    saving.after.images = vec![Image { id: ImageId::new(now(), 3), alt: "A shirt".into(), width: 10, height: 20 }];
    saving.after.deleted_at = Some(later());
    let table = TestTable::create().await;
    with_term(&table, CategoryId::new(now(), 2)).await;
    table.store.save_product(&saving).await.unwrap();
    let products_and_stock = table.store.products_and_stock(&[saving.after.id], &[sku("A")]).await.unwrap();
    let (level, _) = saving.added[0].clone();
    assert_eq!(products_and_stock.offers, [Offer::from(saving.after)]);
    assert_eq!(products_and_stock.levels, [level]);
}
