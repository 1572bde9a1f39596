//! Parcels: an order is sent in one or in several. Where its units are follows from them, and so does its status.
//!
//! An order that is sent as a whole keeps no parcel of its own: its parcel is made from its shipment, as for orders from
//! before there were several.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Order, OrderRefusal, Purchase, Shipment, Status};
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
    #[error("items of it were returned, or are asked back")]
    Returned,
}

/// How many units of a variant are among these.
pub(super) fn count(lines: &[(VariantId, u32)], variant: VariantId) -> u32 {
    lines.iter().filter(|(it, _)| *it == variant).map(|(_, units)| units).sum()
}

fn sum<'a>(units: impl IntoIterator<Item = &'a u32>) -> u32 {
    units.into_iter().sum()
}

impl Order {
    /// The id of the parcel of an order that is sent as a whole, or of the parcel with all that was left.
    pub(super) fn last_parcel_id(&self) -> ParcelId {
        ParcelId::from_bytes(self.id.to_bytes())
    }

    /// The status without regard to refunds.
    pub(super) fn status_of_goods(&self) -> Status {
        self.status_before_refund.unwrap_or(self.status)
    }

    pub(super) fn set_status_of_goods(&mut self, status: Status) {
        match &mut self.status_before_refund {
            Some(before) => *before = status,
            None => self.status = status,
        }
    }

    pub(super) fn is_sent_as_a_whole(&self) -> bool {
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

    /// How many units no parcel has and nobody gave back.
    pub(super) fn units_unsent(&self) -> u32 {
        if self.has_sent_the_rest() || self.is_over() {
            return 0;
        }
        let sent = sum(self.parcels.iter().flat_map(|parcel| &parcel.lines).map(|(_, units)| units));
        self.units.saturating_sub(sent + sum(self.not_sent().values()))
    }

    /// The units of each line that no parcel has and that nobody gave back.
    fn rest(&self, purchase: &Purchase) -> Vec<(VariantId, u32)> {
        self.rest_after(&self.parcels, purchase)
    }

    /// The units of each line that none of these parcels has and that nobody gave back.
    fn rest_after(&self, parcels: &[Parcel], purchase: &Purchase) -> Vec<(VariantId, u32)> {
        let rest = purchase.lines.iter().map(|line| {
            let variant = line.variant_id;
            let sent: u32 = parcels.iter().map(|parcel| count(&parcel.lines, variant)).sum();
            let back = self.not_sent().get(&variant).copied().unwrap_or(0);
            (variant, line.quantity.saturating_sub(sent + back))
        });
        rest.filter(|&(_, units)| units > 0).collect()
    }

    /// The units of each line that are in no parcel, and that nobody gave back, also if nobody pays for them any more.
    pub(super) fn unsent(&self, purchase: &Purchase) -> Vec<(VariantId, u32)> {
        if self.has_sent_the_rest() || self.is_over() { Vec::new() } else { self.rest(purchase) }
    }

    /// The units of each line that are still to be sent. None if all of the money went back: until staff say what becomes
    /// of the goods, nothing leaves the shop.
    pub fn to_send(&self, purchase: &Purchase) -> Vec<(VariantId, u32)> {
        if self.status == Status::Refunded { Vec::new() } else { self.unsent(purchase) }
    }

    /// Whether [`Order::to_send`] has a line, without the purchase.
    pub(super) fn has_units_to_send(&self) -> bool {
        self.status != Status::Refunded && self.units_unsent() > 0
    }

    /// What was still to come when this parcel was sent, whatever was sent since.
    pub fn to_come_after(&self, purchase: &Purchase, id: ParcelId) -> Vec<(VariantId, u32)> {
        let parcels = self.parcels(purchase);
        let sent = parcels.iter().position(|parcel| parcel.id == id).map_or(0, |place| place + 1);
        self.rest_after(&parcels[..sent], purchase)
    }

    /// One of its parcels with its units.
    pub fn parcel(&self, purchase: &Purchase, id: ParcelId) -> Option<Parcel> {
        self.parcels(purchase).into_iter().find(|parcel| parcel.id == id)
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
        match (arrived, self.units_unsent()) {
            (0, 0) => Fulfillment::Shipped,
            (0, _) => Fulfillment::PartiallyShipped,
            (_, 0) if arrived == self.parcels.len() => Fulfillment::Delivered,
            _ => Fulfillment::PartiallyDelivered,
        }
    }
}
