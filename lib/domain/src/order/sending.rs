//! Sending parcels: each is decided on the order and on what was bought, and the order's status follows.

use std::collections::BTreeMap;

use super::parcel::count;
use super::{
    Actor, Dispute, HistoryCode, Hold, MAX_PARCELS, Method, NewParcel, Order, OrderRefusal, Parcel, ParcelChange,
    ParcelRefusal, ParcelStatus, PaymentStatus, Purchase, Shipment, Status, StockEffect, Transition,
};
use crate::event::Event;
use crate::id::{ParcelId, VariantId};
use crate::time::Time;

impl Order {
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
        if self.parcels.is_empty() || self.units_unsent() > 0 {
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
            let left = self.unsent(purchase);
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
        // What a buyer sent back, or wants to send back, was in one of the parcels that stay.
        let units = |of: &BTreeMap<VariantId, u32>, variant| of.get(&variant).copied().unwrap_or(0);
        for line in &purchase.lines {
            let variant = line.variant_id;
            let sent: u32 = parcels.iter().map(|parcel| count(&parcel.lines, variant)).sum();
            let back = units(&self.returned, variant) + units(&self.returning, variant);
            if back > sent + units(&self.not_sent, variant) {
                return Err(ParcelRefusal::Returned);
            }
        }
        // What was exchanged came back from the buyer, and a parcel had brought it.
        if !self.exchanged.is_empty() {
            return Err(ParcelRefusal::Returned);
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

    /// Whether staff may send it now, as far as it is not sent.
    pub fn may_be_sent(&self) -> bool {
        self.may_leave_the_shop(Status::Shipped, None).is_ok()
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
