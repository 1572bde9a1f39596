//! The order's rules by examples.

mod ledger;

use std::collections::BTreeMap;
use std::time::Duration;

use super::{
    Actor, Basket, BasketLine, Buyer, Charge, Dispute, Hold, Method, Order, OrderRefusal,
    PaymentStatus, PlaceRefusal, Placed, Placing, Purchase, Refund, RefundAsk, RefundRefusal,
    RefundState, Status, Step, StockEffect, charge_seen,
};
use crate::address::{Country, PostalAddress};
use crate::coupon::{Coupon, Discount};
use crate::email::Email;
use crate::event::{CancelReason, Event};
use crate::id::{OrderId, ProductId, RefundId, UserId, VariantId};
use crate::money::{Currency, Money};
use crate::pricing::{Rates, ShippingRates, TaxRates};
use crate::product::{Definition, Product, Status as OnSale, VariantDefinition};
use crate::sku::Sku;
use crate::slug::Slug;
use crate::stock::StockLevel;
use crate::time::Time;

const HOLD: Duration = Duration::from_mins(30);
const PATIENCE: Duration = Duration::from_hours(96);

fn now() -> Time {
    Time::parse("2026-11-21T10:00:00Z").unwrap()
}

fn rates() -> Rates {
    Rates {
        currency: Currency::USD,
        shipping: ShippingRates::parse(r#"{"default":500}"#).unwrap(),
        tax: TaxRates::parse(r#"{"default":700}"#).unwrap(),
    }
}

fn product(n: u128, price: i64) -> Product {
    let sku = Sku::parse(&format!("SKU-{n}")).unwrap();
    let variant = VariantDefinition {
        id: None,
        sku,
        values: Vec::new(),
        price,
        compare_at: None,
        stock: Some(0),
    };
    let definition = Definition {
        slug: Slug::parse(&format!("thing-{n}")).unwrap(),
        name: "Thing".into(),
        description: String::new(),
        status: OnSale::Active,
        brand: None,
        categories: Vec::new(),
        attributes: BTreeMap::new(),
        options: Vec::new(),
        variants: vec![variant],
    };
    let (id, variant) = (ProductId::new(now(), n), VariantId::new(now(), n));
    Product::define(id, Currency::USD, definition, || variant, now())
        .unwrap()
        .product
}

fn level(product: &Product, available: i64) -> StockLevel {
    let variant = &product.variants[0];
    StockLevel::new(
        variant.sku.clone(),
        (product.id, variant.id),
        available,
        now(),
    )
}

fn placing(method: Method) -> Placing {
    let line = |text: &str| text.to_owned();
    Placing {
        id: OrderId::new(now(), 1),
        buyer: Buyer {
            user_id: None,
            email: Email::parse("ada@example.com").unwrap(),
        },
        method,
        shipping: PostalAddress {
            name: line("Ada"),
            line1: line("1 Main Street"),
            line2: None,
            city: line("Berlin"),
            region: None,
            postal_code: line("10115"),
            country: Country::parse("DE").unwrap(),
            phone: None,
        },
        billing: None,
        note: None,
        expected_total: None,
        hold: HOLD,
        patience: PATIENCE,
    }
}

/// Orders of things with these prices and quantities, of which there are ten each.
fn place(
    things: &[(i64, u32)],
    coupon: Option<&Coupon>,
    placing: Placing,
) -> Result<Placed, PlaceRefusal> {
    let products: Vec<Product> = (1..)
        .zip(things)
        .map(|(n, &(price, _))| product(n, price))
        .collect();
    let levels: Vec<StockLevel> = products.iter().map(|product| level(product, 10)).collect();
    let line = |((product, level), &(_, quantity))| -> BasketLine<'_> {
        let product: &Product = product;
        BasketLine {
            product,
            variant: &product.variants[0],
            level,
            categories: &[],
            quantity,
            told_price: None,
        }
    };
    let rates = rates();
    let basket = Basket {
        lines: products.iter().zip(&levels).zip(things).map(line).collect(),
        coupon: coupon.map(|coupon| (coupon, 0)),
        rates: &rates,
    };
    basket.place(placing, now())
}

fn placed(method: Method) -> (Order, Purchase) {
    let placed = place(&[(1999, 3), (1000, 1)], None, placing(method)).unwrap();
    (placed.order, placed.purchase)
}

fn charge(order: &Order, id: &str) -> Charge {
    Charge {
        id: id.to_owned(),
        attempt: None,
        money: order.money(order.totals.total),
    }
}

fn refund_id(n: u128) -> RefundId {
    RefundId::new(now(), n)
}

fn paid() -> (Order, Purchase) {
    let (order, purchase) = placed(Method::PaymentIntent);
    let order = order
        .charged(&charge(&order, "pi_1"), false, refund_id(1), now())
        .unwrap()
        .order;
    (order, purchase)
}

fn ask(n: u128, amount: Option<i64>, lines: Vec<(VariantId, u32)>) -> RefundAsk {
    RefundAsk {
        id: refund_id(n),
        amount,
        lines,
        restock: true,
        reason: "did not fit".to_owned(),
        by: UserId::new(now(), 1),
    }
}

fn settle(order: &Order, refund: &Refund) -> Step {
    order.refund_made(refund, "re_1", now()).unwrap()
}

#[test]
fn an_order_is_what_was_wanted_at_what_it_costs_and_waits_for_its_money() {
    let made = place(
        &[(1999, 3), (1000, 1)],
        None,
        placing(Method::PaymentIntent),
    )
    .unwrap();
    let order = made.order;
    assert_eq!(
        (
            order.totals.subtotal,
            order.totals.shipping,
            order.totals.tax
        ),
        (6997, 500, 490)
    );
    assert_eq!((order.totals.total, order.units), (7987, 4));
    assert_eq!(
        (order.status, order.payment_status),
        (Status::Pending, PaymentStatus::Unpaid)
    );
    assert_eq!(made.stock, StockEffect::Reserve);
    assert_eq!(order.due_at(), Some(now() + HOLD));
    assert_eq!(
        order.hold_ended(now() + HOLD).unwrap().order.due_at(),
        Some(now() + PATIENCE)
    );
    assert!(order.number.starts_with("261121-"), "{}", order.number);
    assert_eq!(
        order.payment_id().to_string()[4..],
        order.id.to_string()[4..]
    );
}

#[test]
fn what_cannot_be_sold_at_what_was_told_is_refused() {
    let wants = |things: &[(i64, u32)], change: &dyn Fn(&mut Placing)| {
        let mut placing = placing(Method::PaymentIntent);
        change(&mut placing);
        place(things, None, placing).unwrap_err()
    };
    assert_eq!(wants(&[], &|_| {}), PlaceRefusal::Empty);
    let sku = Sku::parse("SKU-1").unwrap();
    assert_eq!(
        wants(&[(100, 11)], &|_| {}),
        PlaceRefusal::NotEnough { sku, available: 10 }
    );
    assert_eq!(
        wants(&[(1000, 1)], &|p| p.expected_total = Some(1569)),
        PlaceRefusal::TotalChanged { total: 1570 }
    );
    let (thing, rates) = (product(1, 1000), rates());
    let level = level(&thing, 1);
    let line = BasketLine {
        product: &thing,
        variant: &thing.variants[0],
        level: &level,
        categories: &[],
        quantity: 1,
        told_price: Some(999),
    };
    let basket = Basket {
        lines: vec![line],
        coupon: None,
        rates: &rates,
    };
    let changed = basket.place(placing(Method::PaymentIntent), now());
    assert!(matches!(changed, Err(PlaceRefusal::PriceChanged(_))));
    let agreed = Placing {
        expected_total: Some(1570),
        ..placing(Method::PaymentIntent)
    };
    assert!(
        basket.place(agreed, now()).is_ok(),
        "a total that was seen agrees to the price"
    );
}

#[test]
fn what_costs_nothing_is_sold_at_once_and_too_little_is_not_charged() {
    let coupon = |amount| {
        let mut coupon = Coupon::without_limits(Discount::Fixed { amount }, now());
        coupon.terms.uses_per_customer = Some(1);
        coupon
    };
    let (all, thing, free) = (coupon(1000), product(1, 1000), r#"{"default":0}"#);
    let level = level(&thing, 1);
    let rates = Rates {
        shipping: ShippingRates::parse(free).unwrap(),
        ..rates()
    };
    let of = |coupon: &Coupon| {
        let line = BasketLine {
            product: &thing,
            variant: &thing.variants[0],
            level: &level,
            categories: &[],
            quantity: 1,
            told_price: None,
        };
        let basket = Basket {
            lines: vec![line],
            coupon: Some((coupon, 0)),
            rates: &rates,
        };
        basket.place(placing(Method::CheckoutSession), now())
    };
    let made = of(&all).unwrap();
    assert_eq!(
        (made.order.status, made.stock),
        (Status::Paid, StockEffect::Sell)
    );
    assert_eq!(
        (made.order.payment.method, made.order.due_at()),
        (Method::Free, None)
    );
    let carried = made.order.coupon.unwrap();
    assert_eq!(carried.counted_for.unwrap().as_str(), "ada@example.com");
    assert_eq!(of(&coupon(999)), Err(PlaceRefusal::TooSmall));
}

#[test]
fn a_payment_counts_once_and_a_second_one_goes_back() {
    let (order, _) = placed(Method::PaymentIntent);
    let first = order
        .charged(&charge(&order, "pi_1"), false, refund_id(1), now())
        .unwrap();
    assert_eq!(first.stock, StockEffect::Consume);
    assert_eq!(first.event, Some(Event::OrderPaid { order_id: order.id }));
    let paid = first.order;
    assert_eq!(
        paid.charged(&charge(&order, "pi_1"), true, refund_id(2), now()),
        None
    );
    let second = paid
        .charged(&charge(&order, "pi_2"), true, refund_id(2), now())
        .unwrap();
    let refund = second.refunds[0].clone();
    assert!(
        refund.surplus
            && refund.charge.as_deref() == Some("pi_2")
            && refund.amount == order.totals.total
    );
    assert_eq!(
        (second.stock, second.order.status),
        (StockEffect::Keep, Status::Paid)
    );
    assert_eq!(
        second
            .order
            .charged(&charge(&order, "pi_2"), true, refund_id(3), now()),
        None
    );
    let back = settle(&second.order, &refund).order;
    assert_eq!(
        (back.refunded, back.payment_status),
        (0, PaymentStatus::Paid)
    );
    let wrong = Charge {
        id: "pi_1".to_owned(),
        attempt: None,
        money: Money::new(order.totals.total - 1, Currency::USD),
    };
    assert_eq!(charge_seen(&order, &wrong), Err(OrderRefusal::Mismatch));
}

#[test]
fn a_late_payment_takes_stock_again_or_goes_back_by_itself() {
    let (order, _) = placed(Method::PaymentIntent);
    let late = order.hold_ended(now() + HOLD).unwrap();
    assert_eq!(late.stock, StockEffect::Release);
    let charge = charge(&order, "pi_1");
    let there = late
        .order
        .charged(&charge, true, refund_id(1), now())
        .unwrap();
    assert_eq!(
        (there.stock, there.order.status),
        (StockEffect::Sell, Status::Paid)
    );
    let gone = late
        .order
        .charged(&charge, false, refund_id(1), now())
        .unwrap();
    assert_eq!(
        (gone.stock.clone(), gone.order.status),
        (StockEffect::Keep, Status::Cancelled)
    );
    let reason = CancelReason::OutOfStock;
    assert_eq!(
        gone.event,
        Some(Event::OrderCancelled {
            order_id: order.id,
            reason
        })
    );
    assert_eq!((gone.order.refunding, gone.order.refundable()), (7987, 0));
    let back = settle(&gone.order, &gone.refunds[0]).order;
    assert_eq!(
        (back.payment_status, back.status),
        (PaymentStatus::Refunded, Status::Cancelled)
    );

    let expired = late.order.expired(now() + PATIENCE).unwrap().order;
    let too_late = expired.charged(&charge, true, refund_id(1), now()).unwrap();
    assert_eq!(
        (too_late.stock, too_late.order.status),
        (StockEffect::Keep, Status::Expired)
    );
    assert_eq!(too_late.order.refunding, 7987);
}

#[test]
fn a_cancelled_order_gives_back_what_it_took_and_closes_its_payment() {
    let (order, purchase) = placed(Method::PaymentIntent);
    let opened = order
        .attempt_opened(1, "pi_1", now())
        .unwrap()
        .unwrap()
        .order;
    assert_eq!(opened.attempt_opened(1, "pi_1", now()), Ok(None));
    let step = opened
        .cancelled(&purchase, (Actor::Guest, None), refund_id(1), now())
        .unwrap();
    assert_eq!((step.stock, step.refunds), (StockEffect::Release, vec![]));
    assert_eq!(step.order.payment.closing.as_deref(), Some("pi_1"));
    assert_eq!(step.order.due_at(), Some(now()));
    let closed = step.order.attempt_closed("pi_1", now()).unwrap().order;
    assert_eq!(closed.due_at(), None);
    assert!(
        closed.attempt_opened(1, "pi_1", now()).is_err(),
        "nothing is opened for it any more"
    );
    assert!(
        closed
            .cancelled(&purchase, (Actor::Guest, None), refund_id(1), now())
            .is_err()
    );

    let (paid, purchase) = paid();
    let step = paid
        .cancelled(&purchase, (Actor::Guest, None), refund_id(2), now())
        .unwrap();
    let all: Vec<_> = purchase
        .lines
        .iter()
        .map(|line| (line.variant_id, line.quantity))
        .collect();
    assert_eq!(step.stock, StockEffect::Return(all));
    assert_eq!(step.refunds[0].amount, 7987);
}

#[test]
fn goods_go_one_way_and_cash_is_paid_when_they_arrive() {
    let staff = Actor::Staff(UserId::new(now(), 1));
    let (mut order, purchase) = placed(Method::CashOnDelivery);
    assert_eq!(order.due_at(), None, "nothing waits for cash");
    assert!(
        order
            .advanced(Status::Delivered, None, staff, now())
            .is_err()
    );
    order = order
        .advanced(Status::Processing, None, staff, now())
        .unwrap()
        .order;
    let shipped = order.advanced(Status::Shipped, None, staff, now()).unwrap();
    assert_eq!(shipped.stock, StockEffect::Consume);
    let shipped = shipped.order;
    assert!(
        shipped
            .cancelled(&purchase, (Actor::Guest, None), refund_id(1), now())
            .is_err()
    );
    let delivered = shipped
        .advanced(Status::Delivered, None, staff, now())
        .unwrap()
        .order;
    assert_eq!(delivered.payment_status, PaymentStatus::Paid);
    let back = delivered
        .refund(&purchase, ask(1, None, Vec::new()), now())
        .unwrap();
    assert_eq!(back.refunds[0].state, RefundState::Succeeded);
    assert_eq!(back.order.status, Status::Refunded);
    let (unpaid, _) = placed(Method::PaymentIntent);
    for to in Status::ALL {
        assert_eq!(
            unpaid.advanced(to, None, staff, now()),
            Err(OrderRefusal::Status(Status::Pending))
        );
    }
}

#[test]
fn line_returns_add_up_to_the_line_and_refunds_never_exceed_the_payment() {
    let (mut order, purchase) = paid();
    let (variant, other) = (purchase.lines[0].variant_id, purchase.lines[1].variant_id);
    let mut back = 0;
    for n in 1..=3 {
        let step = order
            .refund(&purchase, ask(n, None, vec![(variant, 1)]), now())
            .unwrap();
        assert_eq!(step.stock, StockEffect::Return(vec![(variant, 1)]));
        back += step.refunds[0].amount;
        order = settle(&step.order, &step.refunds[0]).order;
    }
    let line = &purchase.lines[0];
    assert_eq!(back, line.total() - line.discount + line.tax);
    assert_eq!(order.payment_status, PaymentStatus::PartiallyRefunded);
    let refused = |amount, lines| {
        order
            .refund(&purchase, ask(9, amount, lines), now())
            .unwrap_err()
    };
    assert_eq!(
        refused(None, vec![(variant, 1)]),
        RefundRefusal::TooMany { variant, left: 0 }
    );
    let stranger = VariantId::new(now(), 77);
    assert_eq!(
        refused(None, vec![(stranger, 1)]),
        RefundRefusal::UnknownLine(stranger)
    );
    let left = order.refundable();
    assert_eq!(
        refused(Some(left + 1), Vec::new()),
        RefundRefusal::TooMuch { left }
    );
    assert_eq!(refused(Some(0), Vec::new()), RefundRefusal::Nothing);
    let rest = order
        .refund(&purchase, ask(5, None, Vec::new()), now())
        .unwrap();
    assert_eq!(rest.refunds[0].amount, left);
    let done = settle(&rest.order, &rest.refunds[0]).order;
    assert_eq!(
        (done.status, done.refunded),
        (Status::Refunded, done.totals.total)
    );
    let disputed = order.disputed("pi_1", Dispute::Open, now()).unwrap().order;
    assert_eq!(
        disputed.refund(&purchase, ask(6, None, vec![(other, 1)]), now()),
        Err(RefundRefusal::Disputed)
    );
}

#[test]
fn the_echo_of_our_own_refund_changes_nothing_and_a_foreign_one_is_taken_in() {
    let (order, purchase) = paid();
    let step = order
        .refund(&purchase, ask(1, Some(1000), Vec::new()), now())
        .unwrap();
    let elsewhere =
        |order: &Order, in_all| order.refunded_elsewhere("pi_1", in_all, refund_id(8), now());
    assert_eq!(elsewhere(&step.order, 1000), None, "before our own answer");
    let settled = settle(&step.order, &step.refunds[0]).order;
    assert_eq!(elsewhere(&settled, 1000), None, "after it");
    let taken = elsewhere(&settled, 1700).unwrap();
    assert_eq!((taken.refunds[0].amount, taken.order.refunded), (700, 1700));
    assert_eq!(elsewhere(&taken.order, 1700), None, "twice");
    assert_eq!(elsewhere(&taken.order, 1000), None, "late");
    assert_eq!(
        settled.refunded_elsewhere("pi_9", 1700, refund_id(8), now()),
        None
    );
}

#[test]
fn a_refund_that_the_provider_refuses_can_be_asked_for_again() {
    let (order, purchase) = paid();
    let step = order
        .refund(&purchase, ask(1, None, Vec::new()), now())
        .unwrap();
    let refund = step.refunds[0].clone();
    assert_eq!(step.order.refundable(), 0);
    let refused = |step: &Step, elsewhere| {
        let ids = [refund_id(8), refund_id(9)];
        let refund = &step.refunds[0];
        step.order
            .refund_refused(refund, ("no", elsewhere), ids, now())
    };
    let failed = refused(&step, 0).unwrap();
    assert_eq!((failed.order.refundable(), &failed.event), (7987, &None));
    assert_eq!(refused(&failed, 0), None, "twice");
    assert_eq!(failed.order.refund_made(&refund, "re_1", now()), None);
    // Some of it went back past us: that much is known now, and staff may ask for the rest.
    let part = refused(&step, 1000).unwrap();
    assert_eq!((part.order.refunded, part.order.refundable()), (1000, 6987));
    assert_eq!(part.order.open_refunds, []);
}

#[test]
fn an_order_that_is_over_keeps_no_money_whatever_went_back_past_us() {
    let (order, purchase) = paid();
    let over = order.cancelled(&purchase, (Actor::Guest, None), refund_id(1), now());
    let over = over.unwrap();
    let refused = |elsewhere| {
        let ids = [refund_id(8), refund_id(9)];
        let step = over
            .order
            .refund_refused(&over.refunds[0], ("no", elsewhere), ids, now());
        step.unwrap()
    };
    let rest = refused(1000);
    assert_eq!((rest.order.refunded, rest.order.refunding), (1000, 6987));
    assert_eq!(rest.order.open_refunds, [refund_id(9)]);
    assert_eq!(refused(7987).order.payment_status, PaymentStatus::Refunded);
    assert_eq!(
        refused(0).order.open_refunds,
        [],
        "it would be refused again"
    );
}

#[test]
fn attempts_follow_one_another_and_only_the_last_is_open() {
    let (order, _) = placed(Method::PaymentIntent);
    let until = now() + HOLD;
    let payable = |order: &Order, method, over| order.made_payable(method, over, until, now());
    assert_eq!(payable(&order, Method::PaymentIntent, false), Ok(None));
    let other = payable(&order, Method::CheckoutSession, false)
        .unwrap()
        .unwrap()
        .order;
    assert_eq!(
        (other.payment.attempt, other.attempt_key().ends_with("-2")),
        (2, true)
    );
    assert_eq!(
        other.attempt_opened(1, "pi_1", now()),
        Err(OrderRefusal::AttemptOver)
    );
    let open = other
        .attempt_opened(2, "cs_2", now())
        .unwrap()
        .unwrap()
        .order;
    assert_eq!(open.attempt_ended(1, now()), None, "an older one");
    let ended = open.attempt_ended(2, now()).unwrap();
    assert_eq!(
        (ended.stock, ended.order.hold),
        (StockEffect::Release, Hold::Released)
    );
    let again = payable(&ended.order, Method::CheckoutSession, false)
        .unwrap()
        .unwrap();
    assert_eq!(
        (again.stock, again.order.hold),
        (StockEffect::Reserve, Hold::Held { until: Some(until) })
    );
    let failed = order.declined(1, Some("card_declined"), now()).unwrap();
    assert_eq!(
        failed.event,
        Some(Event::PaymentFailed { order_id: order.id })
    );
    assert_eq!(failed.order.declined(1, None, now()), None, "told once");
    let (paid, _) = paid();
    assert_eq!(paid.declined(1, None, now()), None, "late");
    assert!(payable(&paid, Method::PaymentIntent, false).is_err());
    let (cash, _) = placed(Method::CashOnDelivery);
    assert_eq!(
        payable(&cash, Method::PaymentIntent, false),
        Err(OrderRefusal::NotOnline)
    );
}

#[test]
fn a_payment_through_an_attempt_that_was_given_up_closes_the_present_one() {
    let (order, _) = placed(Method::PaymentIntent);
    let other = order.made_payable(Method::CheckoutSession, false, now() + HOLD, now());
    let other = other.unwrap().unwrap().order;
    let open = other
        .attempt_opened(2, "cs_2", now())
        .unwrap()
        .unwrap()
        .order;
    let charge = |attempt| Charge {
        attempt: Some(attempt),
        ..charge(&order, "pi_1")
    };
    let late = open
        .charged(&charge(1), true, refund_id(1), now())
        .unwrap()
        .order;
    assert_eq!(
        (late.status, late.payment.closing.as_deref()),
        (Status::Paid, Some("cs_2"))
    );
    let present = open
        .charged(&charge(2), true, refund_id(1), now())
        .unwrap()
        .order;
    assert_eq!(present.due_at(), None);
}

#[test]
fn errands_that_fail_are_tried_less_and_less_often() {
    let (order, purchase) = paid();
    let mut order = order
        .cancelled(&purchase, (Actor::Guest, None), refund_id(1), now())
        .unwrap()
        .order;
    let mut waits = Vec::new();
    for _ in 0..14 {
        let before = order.due_at().unwrap();
        order = order.put_off(before).order;
        waits.push(order.due_at().unwrap().since(before).as_secs() / 60);
    }
    assert_eq!(waits[..4], [1, 2, 4, 8]);
    assert_eq!(waits[13], 24 * 60);
}
