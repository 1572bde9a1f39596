//! Parcels: an order is sent in one or in several. Where its units are follows from them, and so does its status.
//!
//! An order that is sent as a whole keeps no parcel of its own: its parcel is made from its shipment, as for orders from
//! before there were several.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    Actor, Dispute, HistoryCode, Hold, Method, Order, OrderRefusal, PaymentStatus, Purchase, Shipment, Status,
    StockEffect, Transition,
};
use crate::event::Event;
use crate::id::{ParcelId, VariantId};
use crate::time::Time;

/// The most parcels of an order. It keeps them in its item, which has to stay small.
pub const MAX_PARCELS: usize = 30;

/// How much of an order is on its way or has arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fulfillment {
    Unfulfilled,
    PartiallyShipped,
    Shipped,
    PartiallyDelivered,
    Delivered,
}

impl Fulfillment {
    pub const ALL: [Self; 5] =
        [Self::Unfulfilled, Self::PartiallyShipped, Self::Shipped, Self::PartiallyDelivered, Self::Delivered];

    pub fn name(self) -> &'static str {
        match self {
            Self::Unfulfilled => "unfulfilled",
            Self::PartiallyShipped => "partially_shipped",
            Self::Shipped => "shipped",
            Self::PartiallyDelivered => "partially_delivered",
            Self::Delivered => "delivered",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parcel {
    pub id: ParcelId,
    /// Its units. Empty: all that the other parcels left.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<(VariantId, u32)>,
    pub shipment: Shipment,
    /// `None`: nobody knows any more, in an order that is older than this time, or comes from another shop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipped_at: Option<Time>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivered_at: Option<Time>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParcelStatus {
    Shipped,
    Delivered,
    /// The buyer of an order for cash on delivery did not take it.
    Returned,
}

impl ParcelStatus {
    pub const ALL: [Self; 3] = [Self::Shipped, Self::Delivered, Self::Returned];

    pub fn name(self) -> &'static str {
        match self {
            Self::Shipped => "shipped",
            Self::Delivered => "delivered",
            Self::Returned => "returned",
        }
    }
}

/// A parcel that staff send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewParcel {
    pub id: ParcelId,
    /// `None`: all that is left to send.
    pub lines: Option<Vec<(VariantId, u32)>>,
    pub shipment: Shipment,
    pub note: Option<String>,
}

/// What staff change about a parcel. What is `None` stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ParcelChange {
    pub carrier: Option<String>,
    pub tracking_code: Option<String>,
    pub is_delivered: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParcelRefusal {
    #[error(transparent)]
    Order(#[from] OrderRefusal),
    #[error("is not a line of this order")]
    UnknownLine(VariantId),
    #[error("has only {left} units that are still to be sent")]
    TooMany { variant: VariantId, left: u32 },
    #[error("an order has at most {MAX_PARCELS} parcels")]
    TooManyParcels,
    #[error("the order has no such parcel")]
    UnknownParcel,
    #[error("the parcel was delivered")]
    Delivered,
    #[error("items of it were returned")]
    Returned,
}

/// How many units of a variant are among these.
fn count(lines: &[(VariantId, u32)], variant: VariantId) -> u32 {
    lines.iter().filter(|(it, _)| *it == variant).map(|(_, units)| units).sum()
}

fn sum<'a>(units: impl IntoIterator<Item = &'a u32>) -> u32 {
    units.into_iter().sum()
}

impl Order {
    /// The id of the parcel of an order that is sent as a whole, or of the parcel with all that was left.
    fn last_parcel_id(&self) -> ParcelId {
        ParcelId::from_bytes(self.id.to_bytes())
    }

    /// The status without regard to refunds.
    fn status_of_goods(&self) -> Status {
        self.status_before_refund.unwrap_or(self.status)
    }

    fn set_status_of_goods(&mut self, status: Status) {
        match &mut self.status_before_refund {
            Some(before) => *before = status,
            None => self.status = status,
        }
    }

    fn is_sent_as_a_whole(&self) -> bool {
        let is_sent = matches!(self.status_of_goods(), Status::Shipped | Status::Delivered);
        self.parcels.is_empty() && (is_sent || self.shipped_at.is_some())
    }

    /// Whether a part of it, or all of it, left the shop.
    pub fn is_sent(&self) -> bool {
        !self.parcels.is_empty() || self.is_sent_as_a_whole()
    }

    /// Units that will never be sent, because they were given back before. Until the first parcel all units that come
    /// back are such units.
    fn not_sent(&self) -> &BTreeMap<VariantId, u32> {
        if self.is_sent() { &self.not_sent } else { &self.returned }
    }

    fn has_sent_the_rest(&self) -> bool {
        self.is_sent_as_a_whole() || self.parcels.iter().any(|parcel| parcel.lines.is_empty())
    }

    /// How many units are still to be sent.
    pub fn units_to_send(&self) -> u32 {
        if self.has_sent_the_rest() || self.is_over() {
            return 0;
        }
        let sent = sum(self.parcels.iter().flat_map(|parcel| &parcel.lines).map(|(_, units)| units));
        self.units.saturating_sub(sent + sum(self.not_sent().values()))
    }

    /// The units of each line that no parcel has and that nobody gave back.
    fn rest(&self, purchase: &Purchase) -> Vec<(VariantId, u32)> {
        let rest = purchase.lines.iter().map(|line| {
            let variant = line.variant_id;
            let sent: u32 = self.parcels.iter().map(|parcel| count(&parcel.lines, variant)).sum();
            let back = self.not_sent().get(&variant).copied().unwrap_or(0);
            (variant, line.quantity.saturating_sub(sent + back))
        });
        rest.filter(|&(_, units)| units > 0).collect()
    }

    /// The units of each line that are still to be sent.
    pub fn to_send(&self, purchase: &Purchase) -> Vec<(VariantId, u32)> {
        if self.has_sent_the_rest() || self.is_over() { Vec::new() } else { self.rest(purchase) }
    }

    /// Its parcels with their units, oldest first.
    pub fn parcels(&self, purchase: &Purchase) -> Vec<Parcel> {
        if self.is_sent_as_a_whole() {
            return vec![Parcel {
                id: self.last_parcel_id(),
                lines: self.rest(purchase),
                shipment: self.shipment.clone().unwrap_or_default(),
                shipped_at: self.shipped_at,
                delivered_at: self.delivered_at,
            }];
        }
        let with_lines = |parcel: &Parcel| {
            let lines = if parcel.lines.is_empty() { self.rest(purchase) } else { parcel.lines.clone() };
            Parcel { lines, ..parcel.clone() }
        };
        self.parcels.iter().map(with_lines).collect()
    }

    /// The parcels' carriers and tracking codes, oldest first.
    pub fn shipments(&self) -> Vec<&Shipment> {
        if self.parcels.is_empty() {
            self.shipment.iter().collect()
        } else {
            self.parcels.iter().map(|parcel| &parcel.shipment).collect()
        }
    }

    pub fn parcel_status(&self, parcel: &Parcel) -> ParcelStatus {
        let is_whole = self.parcels.is_empty() && self.status_of_goods() == Status::Delivered;
        match parcel.delivered_at {
            _ if self.is_over() => ParcelStatus::Returned,
            None if !is_whole => ParcelStatus::Shipped,
            _ => ParcelStatus::Delivered,
        }
    }

    pub fn fulfillment(&self) -> Fulfillment {
        if self.is_over() || !self.is_sent() {
            return Fulfillment::Unfulfilled;
        }
        if self.parcels.is_empty() {
            let is_delivered = self.status_of_goods() == Status::Delivered;
            return if is_delivered { Fulfillment::Delivered } else { Fulfillment::Shipped };
        }
        let arrived = self.parcels.iter().filter(|parcel| parcel.delivered_at.is_some()).count();
        match (arrived, self.units_to_send()) {
            (0, 0) => Fulfillment::Shipped,
            (0, _) => Fulfillment::PartiallyShipped,
            (_, 0) if arrived == self.parcels.len() => Fulfillment::Delivered,
            _ => Fulfillment::PartiallyDelivered,
        }
    }

    /// Staff send a parcel. The last one makes the order shipped. Until then it is processing.
    pub fn parcel_shipped(
        &self,
        purchase: &Purchase,
        parcel: &NewParcel,
        by: Actor,
        now: Time,
    ) -> Result<Transition, ParcelRefusal> {
        self.may_leave_the_shop(Status::Shipped, parcel.note.as_deref())?;
        if self.parcels.len() >= MAX_PARCELS {
            return Err(ParcelRefusal::TooManyParcels);
        }
        let left = self.to_send(purchase);
        let lines = parcel.lines.clone().unwrap_or_else(|| left.clone());
        for &(variant, units) in &lines {
            if !purchase.lines.iter().any(|line| line.variant_id == variant) {
                return Err(ParcelRefusal::UnknownLine(variant));
            }
            let left = count(&left, variant);
            if units == 0 || units > left {
                return Err(ParcelRefusal::TooMany { variant, left });
            }
        }
        if lines.is_empty() {
            return Err(OrderRefusal::AllReturned.into());
        }
        let sent = Parcel {
            id: parcel.id,
            lines,
            shipment: parcel.shipment.clone(),
            shipped_at: Some(now),
            delivered_at: None,
        };
        let transition = self.leaves_the_shop(now, |next| {
            next.status = Status::Processing;
            next.send(sent);
            next.follow_parcels(now);
        });
        let event = Event::ParcelShipped { order_id: self.id, parcel_id: parcel.id };
        let note = parcel.note.as_deref();
        Ok(if transition.order.status == Status::Processing {
            transition.recorded(by, HistoryCode::ParcelShipped, note, Some(event))
        } else {
            transition.sent(Some(event), note, by)
        })
    }

    /// Another parcel, or all of the order. It is the newest shipment.
    pub(super) fn send(&mut self, parcel: Parcel) {
        if !self.is_sent() {
            self.not_sent = self.returned.clone();
        }
        self.shipment = Some(parcel.shipment.clone()).filter(|shipment| *shipment != Shipment::default());
        self.parcels.push(parcel);
    }

    /// The newest parcel is sent in this way.
    pub(super) fn change_shipment(&mut self, shipment: Shipment) {
        if let Some(newest) = self.parcels.last_mut() {
            newest.shipment = shipment.clone();
        }
        self.shipment = Some(shipment);
    }

    /// The status that follows from the parcels, once nothing is left to send.
    pub(super) fn follow_parcels(&mut self, now: Time) {
        if self.parcels.is_empty() || self.units_to_send() > 0 {
            return;
        }
        if self.status_of_goods() == Status::Processing {
            self.set_status_of_goods(Status::Shipped);
            self.shipped_at = Some(now);
        }
        if self.status_of_goods() == Status::Shipped && self.parcels.iter().all(|parcel| parcel.delivered_at.is_some())
        {
            self.arrive(now);
        }
    }

    /// All of it has arrived.
    pub(super) fn arrive(&mut self, now: Time) {
        self.set_status_of_goods(Status::Delivered);
        self.delivered_at = Some(now);
        for parcel in &mut self.parcels {
            parcel.delivered_at.get_or_insert(now);
        }
        // The carrier collects the money, once for the whole order.
        if self.payment.method == Method::CashOnDelivery && !self.was_paid() {
            self.payment_status = PaymentStatus::Paid;
        }
    }

    /// The parcel with all that is left, without a list of its units.
    pub(super) fn last_parcel(&self, shipment: Option<Shipment>, now: Time) -> Parcel {
        let shipment = shipment.unwrap_or_default();
        Parcel { id: self.last_parcel_id(), lines: Vec::new(), shipment, shipped_at: Some(now), delivered_at: None }
    }

    /// Units come back. Those that were not sent yet are the first of them.
    pub(super) fn count_back(&mut self, purchase: &Purchase, lines: &[(VariantId, u32)]) {
        if self.is_sent() {
            let left = self.to_send(purchase);
            for &(variant, units) in lines {
                let unsent = units.min(count(&left, variant));
                if unsent > 0 {
                    *self.not_sent.entry(variant).or_default() += unsent;
                }
            }
        }
        self.count_returned(lines);
    }

    /// Staff correct a parcel, or say that it arrived. `None` if it is so already.
    pub fn parcel_changed(
        &self,
        id: ParcelId,
        change: &ParcelChange,
        by: Actor,
        now: Time,
    ) -> Result<Option<Transition>, ParcelRefusal> {
        let is_whole = self.is_sent_as_a_whole() && id == self.last_parcel_id();
        let place = self.parcels.iter().position(|parcel| parcel.id == id);
        if place.is_none() && !is_whole {
            return Err(ParcelRefusal::UnknownParcel);
        }
        if !matches!(self.status_of_goods(), Status::Processing | Status::Shipped | Status::Delivered) {
            return Err(OrderRefusal::Status(self.status).into());
        }
        let known = place.map(|place| &self.parcels[place]);
        let before = known.map_or_else(|| self.shipment.clone().unwrap_or_default(), |it| it.shipment.clone());
        let shipment = Shipment {
            carrier: change.carrier.clone().or_else(|| before.carrier.clone()),
            tracking_code: change.tracking_code.clone().or_else(|| before.tracking_code.clone()),
        };
        let is_there =
            known.map_or(self.status_of_goods() == Status::Delivered, |parcel| parcel.delivered_at.is_some());
        let arrives = change.is_delivered && !is_there;
        if shipment == before && !arrives {
            return Ok(None);
        }
        let is_newest = place.is_none_or(|place| place + 1 == self.parcels.len());
        let mut transition = self.transition(now, |next| {
            if is_newest && shipment != before {
                next.shipment = Some(shipment.clone());
            }
            match place {
                Some(place) => {
                    let parcel = &mut next.parcels[place];
                    parcel.shipment = shipment;
                    if arrives {
                        parcel.delivered_at = Some(now);
                    }
                    next.follow_parcels(now);
                }
                None if arrives => next.arrive(now),
                None => {}
            }
        });
        if !arrives {
            return Ok(Some(transition.recorded(by, HistoryCode::ShipmentChanged, None, None)));
        }
        let event = Event::ParcelDelivered { order_id: self.id, parcel_id: id };
        if transition.order.status_of_goods() != Status::Delivered {
            return Ok(Some(transition.recorded(by, HistoryCode::ParcelDelivered, None, Some(event))));
        }
        transition.second_event = (self.parcels.len() > 1).then_some(event);
        let event = Event::OrderDelivered { order_id: self.id };
        Ok(Some(transition.recorded(by, HistoryCode::Delivered, None, Some(event))))
    }

    /// Staff take a parcel out that they entered by mistake: its units are still to be sent.
    pub fn parcel_removed(
        &self,
        purchase: &Purchase,
        id: ParcelId,
        by: Actor,
        now: Time,
    ) -> Result<Transition, ParcelRefusal> {
        let mut parcels = self.parcels(purchase);
        let place = parcels.iter().position(|parcel| parcel.id == id).ok_or(ParcelRefusal::UnknownParcel)?;
        if self.parcel_status(&parcels[place]) == ParcelStatus::Delivered {
            return Err(ParcelRefusal::Delivered);
        }
        if !matches!(self.status, Status::Processing | Status::Shipped) {
            return Err(OrderRefusal::Status(self.status).into());
        }
        parcels.remove(place);
        // What a buyer sent back was in one of the parcels that stay.
        for (variant, &returned) in &self.returned {
            let sent: u32 = parcels.iter().map(|parcel| count(&parcel.lines, *variant)).sum();
            if returned > sent + self.not_sent.get(variant).copied().unwrap_or(0) {
                return Err(ParcelRefusal::Returned);
            }
        }
        let transition = self.transition(now, |next| {
            next.status = Status::Processing;
            next.shipped_at = None;
            next.shipment = parcels.last().map(|parcel| parcel.shipment.clone());
            if parcels.is_empty() {
                next.not_sent.clear();
            }
            next.parcels = parcels;
        });
        let event = Event::ParcelRemoved { order_id: self.id, parcel_id: id };
        Ok(transition.recorded(by, HistoryCode::ParcelRemoved, None, Some(event)))
    }

    /// Whether staff may prepare it (`Processing`) or send a part of it or all of it (`Shipped`) now.
    pub(super) fn may_leave_the_shop(&self, to: Status, note: Option<&str>) -> Result<(), OrderRefusal> {
        if self.awaits_confirmation && self.status == Status::Pending {
            return Err(OrderRefusal::NotConfirmed);
        }
        let cash = self.payment.method == Method::CashOnDelivery;
        let ready = self.status == Status::Paid || (cash && self.status == Status::Pending);
        let goes_on = to == Status::Shipped && self.status == Status::Processing;
        if !ready && !goes_on {
            return Err(OrderRefusal::Status(self.status));
        }
        if note.is_none() && self.dispute.is_some_and(|dispute| dispute != Dispute::Won) {
            return Err(OrderRefusal::Disputed);
        }
        if self.is_all_returned() {
            return Err(OrderRefusal::AllReturned);
        }
        Ok(())
    }

    /// The change with which goods are sold, if they were only held until now: what is still held is cash on delivery.
    pub(super) fn leaves_the_shop(&self, now: Time, change: impl FnOnce(&mut Self)) -> Transition {
        let is_held = matches!(self.hold, Hold::Held { .. });
        let mut transition = self.transition(now, |next| {
            if is_held {
                next.hold = Hold::Taken;
            }
            change(next);
        });
        if is_held {
            transition.stock = StockEffect::Consume;
        }
        transition
    }
}

impl Transition {
    /// The order is shipped now. The buyer of an order that goes in several parcels gets a mail about each of them.
    pub(super) fn sent(mut self, parcel: Option<Event>, note: Option<&str>, by: Actor) -> Self {
        let in_parcels = self.order.parcels.len() > 1;
        self.second_event = parcel.filter(|_| in_parcels);
        let event = Event::OrderShipped { order_id: self.order.id, in_parcels };
        self.recorded(by, HistoryCode::Shipped, note, Some(event))
    }

    /// Nothing is left to send, because the rest was given back: the parcels before it are all of the order.
    pub(super) fn with_shipping_ended(mut self, before: &Order) -> Self {
        let order_id = self.order.id;
        self.second_event = match self.order.status_of_goods() {
            after if after == before.status_of_goods() => None,
            Status::Shipped => Some(Event::OrderShipped { order_id, in_parcels: true }),
            Status::Delivered => Some(Event::OrderDelivered { order_id }),
            _ => None,
        };
        self
    }
}
