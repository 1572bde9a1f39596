//! Orders of another shop that are over. They are kept for their customers and for the books. Nothing happens because of
//! them: they hold no stock, are due for nothing, and count no coupon.

use std::collections::BTreeMap;

use super::{
    Actor, HistoryCode, HistoryEntry, Hold, Method, Order, OrderLine, Payment, PaymentStatus, Purchase, Shipment,
    Status,
};
use crate::address::PostalAddress;
use crate::cart::MAX_LINES;
use crate::email::Email;
use crate::id::{OrderId, ProductId, UserId, VariantId};
use crate::metadata::Metadata;
use crate::money::{Currency, allocate};
use crate::pricing::Totals;
use crate::product::MAX_PRICE;
use crate::sku::Sku;
use crate::tax::TaxRate;
use crate::time::Time;

/// The most units of a line.
const MAX_UNITS: u32 = 100_000;

/// An order as the other shop knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastOrder {
    pub id: OrderId,
    pub number: String,
    pub user_id: Option<UserId>,
    pub email: Email,
    pub status: Status,
    pub currency: Currency,
    pub lines: Vec<PastLine>,
    pub shipping_price: i64,
    pub discount: i64,
    pub tax: i64,
    pub total: i64,
    pub shipping: PostalAddress,
    pub billing: Option<PostalAddress>,
    pub note: Option<String>,
    pub shipment: Option<Shipment>,
    pub placed_at: Time,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastLine {
    pub product_id: ProductId,
    pub variant_id: VariantId,
    pub sku: Sku,
    pub name: String,
    pub options: Vec<String>,
    pub unit_price: i64,
    pub quantity: u32,
}

/// A field of a past order that breaks a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PastField {
    Status,
    Total,
    Discount,
    PlacedAt,
    Lines,
    /// The quantity of the line at this place.
    Quantity(usize),
}

/// A past order as this shop keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FinishedOrder {
    pub order: Order,
    pub purchase: Purchase,
    /// Oldest first.
    pub history: Vec<HistoryEntry>,
}

impl PastLine {
    fn into_order(self, discount: i64, tax: i64) -> OrderLine {
        OrderLine {
            product_id: self.product_id,
            variant_id: self.variant_id,
            sku: self.sku,
            name: self.name,
            options: self.options,
            image: None,
            unit_price: self.unit_price,
            quantity: self.quantity,
            discount,
            tax_rate: TaxRate::default(),
            tax,
            backordered: 0,
            available_from: None,
        }
    }
}

impl PastOrder {
    /// The finished order, or the fields that are wrong, each with what is wrong.
    pub fn finish(self, now: Time) -> Result<FinishedOrder, Vec<(PastField, String)>> {
        let wrong = self.violations(now);
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let end = match self.status {
            Status::Shipped => HistoryCode::Shipped,
            Status::Delivered => HistoryCode::Delivered,
            Status::Refunded => HistoryCode::Refunded,
            _ => HistoryCode::Cancelled,
        };
        let entry = |code, status| HistoryEntry { at: self.placed_at, by: Actor::Shop, code, detail: None, status };
        let mut history = vec![entry(HistoryCode::Placed, Status::Pending), entry(end, self.status)];
        history[1].detail = Some("in an earlier shop".to_owned());
        let weights: Vec<i64> = self.lines.iter().map(PastLine::total).collect();
        let discounts = allocate(self.discount, &weights);
        let taxed: Vec<i64> = weights.iter().zip(&discounts).map(|(total, discount)| total - discount).collect();
        let taxes = allocate(self.tax, &taxed);
        let refunded = if self.status == Status::Refunded { self.total } else { 0 };
        let order = Order {
            id: self.id,
            number: self.number,
            user_id: self.user_id,
            email: self.email,
            language: None,
            status: self.status,
            payment_status: match self.status {
                Status::Cancelled => PaymentStatus::Unpaid,
                Status::Refunded => PaymentStatus::Refunded,
                _ => PaymentStatus::Paid,
            },
            totals: Totals {
                currency: self.currency,
                subtotal: weights.iter().sum(),
                discount: self.discount,
                shipping: self.shipping_price,
                tax: self.tax,
                total: self.total,
                tax_included: false,
            },
            units: self.lines.iter().map(|line| line.quantity).sum(),
            payment: Payment {
                method: Method::Elsewhere,
                attempt: 1,
                reference: None,
                charge: None,
                closing: Vec::new(),
                reported_at: None,
            },
            hold: if self.status == Status::Cancelled { Hold::Released } else { Hold::Taken },
            awaits_confirmation: false,
            coupon: None,
            pay_by: None,
            refunded,
            refunding: 0,
            refunded_externally: 0,
            refunded_otherwise: refunded,
            open_refunds: Vec::new(),
            duplicate_charges: Vec::new(),
            returned: BTreeMap::new(),
            shipment: self.shipment,
            parcels: Vec::new(),
            not_sent: BTreeMap::new(),
            dispute: None,
            evidence_due_by: None,
            charged_back: 0,
            status_before_refund: None,
            failures: 0,
            retry_at: None,
            // The other shop does not say when.
            paid_at: None,
            shipped_at: None,
            delivered_at: None,
            joined_at: None,
            refund_failed: false,
            metadata: Metadata::default(),
            version: 2,
            created_at: self.placed_at,
            updated_at: self.placed_at,
            returning: BTreeMap::new(),
            returns: 0,
            exchanged: Vec::new(),
            exchanges: 0,
        };
        let shares = discounts.into_iter().zip(taxes);
        let lines = self.lines.into_iter().zip(shares).map(|(line, (discount, tax))| line.into_order(discount, tax));
        let purchase = Purchase {
            lines: lines.collect(),
            shipping: self.shipping,
            billing: self.billing,
            note: self.note,
            shipping_method: None,
            taxes: Vec::new(),
            vat: None,
            standard_shipping: None,
            pictures: None,
        };
        Ok(FinishedOrder { order, purchase, history })
    }

    fn violations(&self, now: Time) -> Vec<(PastField, String)> {
        let mut wrong = Vec::new();
        let mut refuse = |field, message: String| wrong.push((field, message));
        if !matches!(self.status, Status::Shipped | Status::Delivered | Status::Cancelled | Status::Refunded) {
            let message = "must be shipped, delivered, cancelled or refunded; finish other orders in the old shop";
            refuse(PastField::Status, message.to_owned());
        }
        if self.placed_at > now {
            refuse(PastField::PlacedAt, "must not be in the future".to_owned());
        }
        if !(1..=MAX_LINES).contains(&self.lines.len()) {
            refuse(PastField::Lines, format!("must be 1 to {MAX_LINES} lines"));
        }
        for (place, line) in self.lines.iter().enumerate() {
            if !(1..=MAX_UNITS).contains(&line.quantity) {
                refuse(PastField::Quantity(place), format!("must be between 1 and {MAX_UNITS}"));
            }
        }
        let subtotal: i64 = self.lines.iter().map(PastLine::total).fold(0, i64::saturating_add);
        if self.discount > subtotal {
            refuse(PastField::Discount, "must not be more than the lines".to_owned());
        }
        let sum = subtotal.saturating_sub(self.discount).saturating_add(self.shipping_price).saturating_add(self.tax);
        if self.total != sum || !(0..=MAX_PRICE).contains(&sum) {
            let message = format!(
                "must be the lines − discount + shipping + tax, which is {sum} minor units, and at most {MAX_PRICE}"
            );
            refuse(PastField::Total, message);
        }
        wrong
    }
}

impl PastLine {
    fn total(&self) -> i64 {
        self.unit_price.saturating_mul(i64::from(self.quantity))
    }
}

#[cfg(test)]
mod tests {
    use super::{PastField, PastLine, PastOrder};
    use crate::address::{Country, PostalAddress};
    use crate::email::Email;
    use crate::id::{OrderId, ProductId, VariantId};
    use crate::money::Currency;
    use crate::order::{PaymentStatus, Status};
    use crate::sku::Sku;
    use crate::time::Time;

    const NOW: fn() -> Time = || Time::from_unix_millis(1_000_000);

    fn line(n: u128, unit_price: i64, quantity: u32) -> PastLine {
        let (product_id, variant_id) = (ProductId::new(NOW(), n), VariantId::new(NOW(), n));
        let sku = Sku::parse(&format!("S{n}")).unwrap();
        PastLine { product_id, variant_id, sku, name: "Shirt".into(), options: Vec::new(), unit_price, quantity }
    }

    fn past(status: Status) -> PastOrder {
        PastOrder {
            id: OrderId::new(NOW(), 1),
            number: "1001".into(),
            user_id: None,
            email: Email::parse("ada@example.com").unwrap(),
            status,
            currency: Currency::USD,
            lines: vec![line(1, 1_000, 2), line(2, 500, 1)],
            shipping_price: 300,
            discount: 250,
            tax: 100,
            total: 2_650,
            shipping: PostalAddress::new("Ada", "1 Main St", "N1", "London", Country::parse("GB").unwrap()),
            billing: None,
            note: None,
            shipment: None,
            placed_at: NOW(),
        }
    }

    #[test]
    fn a_past_order_is_over_and_its_lines_add_up_to_its_totals() {
        for status in [Status::Shipped, Status::Delivered, Status::Cancelled, Status::Refunded] {
            let made = past(status).finish(NOW()).unwrap();
            let order = &made.order;
            assert_eq!((order.due_at(), order.held_until(), order.units), (None, None, 3));
            assert_eq!(made.purchase.lines.iter().map(|line| line.discount).sum::<i64>(), 250);
            assert_eq!(made.purchase.lines.iter().map(|line| line.tax).sum::<i64>(), 100);
            assert_eq!(made.history.len() as u64, order.version);
            let refundable = if matches!(status, Status::Shipped | Status::Delivered) { 2_650 } else { 0 };
            assert_eq!(order.refundable(), refundable, "{status:?}");
        }
        assert_eq!(past(Status::Cancelled).finish(NOW()).unwrap().order.payment_status, PaymentStatus::Unpaid);
    }

    #[test]
    fn an_order_that_is_not_over_or_does_not_add_up_is_refused() {
        let refused = |change: fn(&mut PastOrder)| {
            let mut order = past(Status::Delivered);
            change(&mut order);
            order.finish(NOW()).unwrap_err().into_iter().map(|(field, _)| field).collect::<Vec<_>>()
        };
        assert_eq!(refused(|order| order.status = Status::Paid), [PastField::Status]);
        assert_eq!(refused(|order| order.total = 2_651), [PastField::Total]);
        assert_eq!(refused(|order| order.discount = 9_999), [PastField::Discount, PastField::Total]);
        assert_eq!(refused(|order| order.placed_at = Time::latest()), [PastField::PlacedAt]);
        assert_eq!(refused(|order| order.lines.clear()), [PastField::Lines, PastField::Discount, PastField::Total]);
        assert_eq!(refused(|order| order.lines[1].quantity = 0), [PastField::Quantity(1), PastField::Total]);
        assert_eq!(refused(|order| order.lines[0].unit_price = i64::MAX), [PastField::Total]);
    }
}
