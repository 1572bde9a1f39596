//! The state machine: every change of an order. A change that happened before, or is not possible any more, is `None`
//! or a refusal. Both leave the order as it is, so events may arrive twice, late and in any order.

use serde::{Deserialize, Serialize};

use crate::actor::ActorId;
use crate::event::{CancelReason, Event};
use crate::id::{RefundId, UserId, VariantId};
use crate::money::Money;
use crate::returns::Return;
use crate::sku::Sku;
use crate::stock::StockDelta;
use crate::time::Time;

use super::{HistoryCode, HistoryEntry, Hold, Method, Order, Purchase, Refund, Status};
use crate::coupon::AppliedCoupon;

/// Who did something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Actor {
    User(UserId),
    Guest,
    /// A member of staff, or a server of the shop.
    Staff(ActorId),
    Provider,
    Shop,
}

impl Actor {
    /// Staff and the shop itself see what buyers do not.
    pub fn is_of_shop(self) -> bool {
        matches!(self, Self::Staff(_) | Self::Shop)
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shipment {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carrier: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tracking_code: Option<String>,
}

/// What happens to the stock of an order's lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StockEffect {
    Keep,
    /// From available to reserved.
    Reserve,
    /// From reserved to available.
    Release,
    /// From reserved to the buyer.
    Consume,
    /// From available to the buyer.
    Sell,
    /// From the buyer to available.
    Return(Vec<(VariantId, u32)>),
    /// Of a return, whose units can be of other variants than the lines. Each variant is there once.
    Moves(Vec<StockMove>),
}

/// A move of the stock of one variant of a line's product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockMove {
    pub line: VariantId,
    pub variant_id: VariantId,
    pub sku: Sku,
    pub delta: StockDelta,
}

/// Money that a provider took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// The provider's id of it.
    pub id: String,
    /// The attempt that it paid, if the provider says so.
    pub attempt: Option<u32>,
    pub money: Money,
}

/// A decided change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transition {
    /// The order after it. The decision relied on the version before it.
    pub order: Order,
    pub stock: StockEffect,
    pub coupon_back: Option<AppliedCoupon>,
    /// The refunds that are made or changed with it.
    pub refunds: Vec<Refund>,
    pub entry: Option<HistoryEntry>,
    pub event: Option<Event>,
    /// What else it makes known: a parcel with which the order is shipped or delivered.
    pub second_event: Option<Event>,
    /// The return that is made or changed with it. It makes an event of its own.
    pub changed_return: Option<Return>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OrderRefusal {
    #[error("the order is {}", .0.name())]
    Status(Status),
    #[error("this order is not paid online")]
    NotOnline,
    #[error("its buyer has not confirmed it yet")]
    NotConfirmed,
    #[error("the payment was tried too often")]
    TooManyAttempts,
    #[error("another attempt replaced this one")]
    AttemptOver,
    /// The money may be lost, so staff must want to ship all the same.
    #[error("its payment is disputed. Add a note that says why it is sent all the same")]
    Disputed,
    #[error("all of its items were returned")]
    AllReturned,
    #[error("a part of it was sent")]
    PartlySent,
}

impl Order {
    pub(super) fn transition(&self, now: Time, change: impl FnOnce(&mut Self)) -> Transition {
        Transition {
            order: self.next(now, change),
            stock: StockEffect::Keep,
            coupon_back: None,
            refunds: Vec::new(),
            entry: None,
            event: None,
            second_event: None,
            changed_return: None,
        }
    }

    /// Whether it waits for an online payment.
    pub fn is_waiting(&self) -> bool {
        self.status == Status::Pending && self.payment.method.is_online()
    }

    /// Whether it was cancelled or expired: nothing is sold, and all money is refunded.
    pub(super) fn is_over(&self) -> bool {
        matches!(self.status, Status::Cancelled | Status::Expired)
    }

    /// The stock is released some time before the payment window ends.
    pub fn hold_ended(&self, now: Time) -> Option<Transition> {
        match self.hold {
            Hold::Held { until } if until <= now && self.is_waiting() => {
                // An attempt without stock must not be paid, so the buyer opens a new one.
                let transition = self.transition(now, |next| {
                    next.hold = Hold::Released;
                    if self.payment.reference.is_some() {
                        next.start_attempt(self.payment.method, true);
                    }
                });
                let transition = Transition { stock: StockEffect::Release, ..transition };
                Some(transition.recorded(Actor::Shop, HistoryCode::HoldEnded, None, None))
            }
            _ => None,
        }
    }

    /// Nobody paid in time; or nobody confirmed an order for cash on delivery in time.
    pub fn expired(&self, now: Time) -> Option<Transition> {
        let end = if self.is_waiting() { self.pay_by } else { self.held_until() };
        if end.is_none_or(|end| now < end) {
            return None;
        }
        let event = Event::OrderExpired { order_id: self.id };
        let transition = self.ended(Status::Expired, &[], now);
        Some(transition.recorded(Actor::Shop, HistoryCode::Expired, None, Some(event)))
    }

    /// The order is over: stock and coupon are given back, and the open attempt is closed.
    fn ended(&self, status: Status, lines: &[(VariantId, u32)], now: Time) -> Transition {
        let transition = self.transition(now, |next| {
            next.status = status;
            next.hold = Hold::Released;
            if !self.was_paid() {
                next.payment.closing.extend(self.payment.reference.clone());
                next.leave_attempt();
            }
            next.count_returned(lines);
        });
        Transition {
            stock: match self.hold {
                Hold::Held { .. } => StockEffect::Release,
                Hold::Taken if !lines.is_empty() => StockEffect::Return(lines.to_vec()),
                Hold::Taken | Hold::Released => StockEffect::Keep,
            },
            coupon_back: self.coupon.clone(),
            ..transition
        }
    }

    /// The guest followed the mailed link, so the address is proven. Staff have until `until` to confirm the order.
    pub fn confirmed(&self, until: Time, now: Time) -> Result<Option<Transition>, OrderRefusal> {
        if !self.awaits_confirmation && !self.is_over() {
            return Ok(None);
        }
        match self.held_until() {
            Some(end) if now < end => {}
            Some(_) => return Err(OrderRefusal::Status(Status::Expired)),
            None => return Err(OrderRefusal::Status(self.status)),
        }
        let transition = self.transition(now, |next| {
            next.awaits_confirmation = false;
            next.hold = Hold::Held { until };
        });
        let event = Event::OrderPlaced { order_id: self.id };
        Ok(Some(transition.recorded(Actor::Guest, HistoryCode::Confirmed, None, Some(event))))
    }

    pub fn cancelled(
        &self,
        purchase: &Purchase,
        by: Actor,
        why: Option<&str>,
        refund_id: RefundId,
        now: Time,
    ) -> Result<Transition, OrderRefusal> {
        let in_shop = matches!(self.status, Status::Pending | Status::Paid | Status::Processing);
        // The parcel comes back, and nobody has paid.
        let is_cash = self.payment.method == Method::CashOnDelivery;
        let has_arrived = self.parcels.iter().any(|parcel| parcel.delivered_at.is_some());
        let is_unpaid_parcel = self.is_sent() && is_cash && !self.was_paid() && !has_arrived;
        let at_the_door = is_unpaid_parcel && matches!(by, Actor::Staff(_)) && !self.is_over();
        if !in_shop && !at_the_door {
            return Err(OrderRefusal::Status(self.status));
        }
        if self.is_sent() && !at_the_door {
            return Err(OrderRefusal::PartlySent);
        }
        let lines = if self.hold == Hold::Taken { self.not_returned(purchase) } else { Vec::new() };
        let mut transition = self.ended(Status::Cancelled, &lines, now);
        if self.refundable() > 0 {
            let refund = self.new_refund(refund_id, self.refundable(), "cancelled", now);
            transition.order.add_refund(&refund);
            transition.refunds = vec![refund];
        }
        let (code, reason) = match by {
            _ if at_the_door => (HistoryCode::DeliveryRefused, CancelReason::DeliveryRefused),
            Actor::User(_) | Actor::Guest => (HistoryCode::Cancelled, CancelReason::Buyer),
            Actor::Staff(_) | Actor::Provider | Actor::Shop => (HistoryCode::Cancelled, CancelReason::Shop),
        };
        let event = Event::OrderCancelled { order_id: self.id, reason };
        Ok(transition.recorded(by, code, why, Some(event)))
    }

    /// Staff advance an order: processing, shipped or delivered. An order whose payment is disputed is shipped only with
    /// a note.
    pub fn advanced(
        &self,
        to: Status,
        shipment: Option<Shipment>,
        note: Option<&str>,
        by: Actor,
        now: Time,
    ) -> Result<Transition, OrderRefusal> {
        match to {
            Status::Processing => {
                self.may_leave_the_shop(to, note)?;
                let transition = self.leaves_the_shop(now, |next| {
                    next.status = to;
                    if shipment.is_some() {
                        next.shipment = shipment;
                    }
                });
                Ok(transition.recorded(by, HistoryCode::Processing, note, None))
            }
            Status::Shipped => {
                self.may_leave_the_shop(to, note)?;
                let last = (!self.parcels.is_empty()).then(|| self.last_parcel(shipment.clone(), now));
                let parcel_event =
                    last.as_ref().map(|parcel| Event::ParcelShipped { order_id: self.id, parcel_id: parcel.id });
                let transition = self.leaves_the_shop(now, |next| {
                    match last {
                        Some(parcel) => next.send(parcel),
                        None => next.not_sent = self.returned.clone(),
                    }
                    next.status = to;
                    next.shipped_at = Some(now);
                    if shipment.is_some() {
                        next.shipment = shipment;
                    }
                });
                Ok(transition.sent(parcel_event, note, by))
            }
            Status::Delivered if self.status == Status::Shipped => {
                let transition = self.transition(now, |next| {
                    next.arrive(now);
                    if let Some(shipment) = shipment {
                        next.change_shipment(shipment);
                    }
                });
                let event = Event::OrderDelivered { order_id: self.id };
                Ok(transition.recorded(by, HistoryCode::Delivered, note, Some(event)))
            }
            _ => Err(OrderRefusal::Status(self.status)),
        }
    }

    /// Corrects the carrier or tracking code.
    pub fn shipment_changed(&self, shipment: Shipment, by: Actor, now: Time) -> Result<Transition, OrderRefusal> {
        if !matches!(self.status, Status::Shipped | Status::Delivered) {
            return Err(OrderRefusal::Status(self.status));
        }
        let transition = self.transition(now, |next| next.change_shipment(shipment));
        Ok(transition.recorded(by, HistoryCode::ShipmentChanged, None, None))
    }

    /// Only adds to the history.
    pub fn noted(&self, text: &str, by: Actor, now: Time) -> Transition {
        self.transition(now, |_| {}).recorded(by, HistoryCode::Note, Some(text), None)
    }
}

impl Transition {
    pub(super) fn recorded(mut self, by: Actor, code: HistoryCode, detail: Option<&str>, event: Option<Event>) -> Self {
        self.entry = Some(HistoryEntry {
            at: self.order.updated_at,
            by,
            code,
            detail: detail.map(str::to_owned),
            status: self.order.status,
        });
        self.event = event;
        self
    }
}
