//! The order's rules by examples.

mod backorders;
mod cash;
mod disputes;
mod exchanges;
mod join;
mod ledger;
mod limits;
mod money;
mod parcels;
mod placing;
mod quotes;
mod recomputed;
mod refunds;
mod returns;
mod slow;
mod transitions;

use std::time::Duration;

use super::{
    Actor, Buyer, CashTerms, Charge, ChargeMismatch, Dispute, DisputeReport, DraftLine, Hold, HoldLimits, HoldRefusal,
    HolderKind, Method, Order, OrderDetails, OrderDraft, OrderLimits, OrderRefusal, PaymentMethods, PaymentReport,
    PaymentStatus, PaymentTerms, PlaceRefusal, PlacedOrder, Purchase, Refund, RefundRefusal, RefundRequest,
    RefundState, Status, StockEffect, Transition, UnitLimits, UnitRefusal, UnpaidOrder, UnpaidOrders,
};
use crate::address::{Country, PostalAddress};
use crate::coupon::{Coupon, CustomerCoupon, Discount};
use crate::email::Email;
use crate::event::{CancelReason, Event};
use crate::id::{OrderId, ProductId, RefundId, UserId, VariantId};
use crate::money::{Currency, Money};
use crate::pricing::{Rates, ShippingRates};
use crate::product::{Definition, Offer, Product, ProductStatus, VariantDefinition, VariantFacts};
use crate::shipping::ShippingMethods;
use crate::sku::Sku;
use crate::slug::Slug;
use crate::stock::StockLevel;
use crate::tax::TaxRates;
use crate::time::Time;

const HOLD: Duration = Duration::from_mins(30);
const PAYMENT_WINDOW: Duration = Duration::from_hours(96);
const PROCESSING: Duration = Duration::from_hours(14 * 24);
const TERMS: PaymentTerms = PaymentTerms { hold: HOLD, window: PAYMENT_WINDOW, processing: PROCESSING };
const CONFIRM_WITHIN: Duration = Duration::from_hours(72);

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

fn product(n: u128, price: i64) -> Offer {
    let sku = Sku::parse(&format!("SKU-{n}")).unwrap();
    let variants = vec![VariantDefinition::new(VariantFacts::new(sku, price))];
    let slug = Slug::parse(&format!("thing-{n}")).unwrap();
    let definition = Definition { status: ProductStatus::Active, variants, ..Definition::new(slug, "Thing") };
    let (id, variant) = (ProductId::new(now(), n), VariantId::new(now(), n));
    Product::define(id, Currency::USD, definition, || variant, now()).unwrap().product.into()
}

fn level(product: &Offer, available: i64) -> StockLevel {
    let variant = &product.variants[0];
    StockLevel::new(variant.sku.clone(), product.id, variant.id, available, now())
}

fn details(method: Method) -> OrderDetails {
    let country = Country::parse("DE").unwrap();
    OrderDetails {
        id: OrderId::new(now(), 1),
        buyer: Buyer {
            user_id: None,
            email: Email::parse("ada@example.com").unwrap(),
            language: None,
            is_verified: false,
        },
        method,
        shipping: PostalAddress::new("Ada", "1 Main Street", "10115", "Berlin", country),
        shipping_method: None,
        billing: None,
        note: None,
        vat: None,
        expected_total: None,
        terms: TERMS,
        cash: CashTerms { limit: 20_000, confirm_within: CONFIRM_WITHIN },
        units: OrderLimits::default().units,
    }
}

/// The same for an account with a proven address.
fn by_account(method: Method) -> OrderDetails {
    let details = details(method);
    let buyer = Buyer { user_id: Some(UserId::new(now(), 7)), is_verified: true, ..details.buyer };
    OrderDetails { buyer, ..details }
}

/// A line for one unit of a product.
fn one_of<'a>(product: &'a Offer, level: &'a StockLevel) -> DraftLine<'a> {
    DraftLine { product, variant: &product.variants[0], level, categories: &[], quantity: 1, quoted_price: None }
}

/// Orders of things with these prices and quantities, of which there are ten each.
fn place(things: &[(i64, u32)], coupon: Option<&Coupon>, details: OrderDetails) -> Result<PlacedOrder, PlaceRefusal> {
    let products: Vec<Offer> = (1..).zip(things).map(|(n, &(price, _))| product(n, price)).collect();
    let levels: Vec<StockLevel> = products.iter().map(|product| level(product, 10)).collect();
    let line = |((product, level), &(_, quantity))| DraftLine { quantity, ..one_of(product, level) };
    let rates = rates();
    let methods = ShippingMethods::configured(&rates.shipping);
    let draft = OrderDraft {
        lines: products.iter().zip(&levels).zip(things).map(line).collect(),
        coupon: coupon.map(CustomerCoupon::unused),
        methods: &methods,
        rates: &rates,
    };
    draft.place(details, now())
}

fn placed(method: Method) -> (Order, Purchase) {
    let placed = place(&[(1999, 3), (1000, 1)], None, details(method)).unwrap();
    (placed.order, placed.purchase)
}

fn charge(order: &Order, id: &str) -> Charge {
    Charge { id: id.to_owned(), attempt: None, money: order.money(order.totals.total) }
}

fn refund_id(n: u128) -> RefundId {
    RefundId::new(now(), n)
}

fn paid() -> (Order, Purchase) {
    let (order, purchase) = placed(Method::PaymentIntent);
    let order = order.charged(&charge(&order, "pi_1"), false, refund_id(1), now()).unwrap().order;
    (order, purchase)
}

fn refund_request(n: u128, amount: Option<i64>, lines: Vec<(VariantId, u32)>) -> RefundRequest {
    RefundRequest {
        id: refund_id(n),
        amount,
        shipping: 0,
        lines,
        restock: true,
        paid_otherwise: false,
        reason: "did not fit".to_owned(),
        by: UserId::new(now(), 1).into(),
    }
}

/// The provider says how the attempt goes, so many minutes after the order was placed.
fn report(attempt: u32, minutes: u64) -> PaymentReport {
    PaymentReport { attempt, at: now() + Duration::from_mins(minutes) }
}

fn dispute(dispute: Dispute) -> DisputeReport {
    DisputeReport { charge: "pi_1".to_owned(), dispute, amount: 7987, evidence_due_by: Some(now() + PROCESSING) }
}

fn make_refund(order: &Order, refund: &Refund) -> Transition {
    order.refund_made(refund, "re_1", now()).unwrap()
}
