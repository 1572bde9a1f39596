//! The history of an order.

use serde::{Deserialize, Serialize};

use super::{Actor, Status};
use crate::time::Time;

/// What an entry of an order's history says. The names are stored and public.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HistoryCode {
    Placed,
    Confirmed,
    Paid,
    PaidTooLate,
    PaidTwice,
    PaymentProcessing,
    PaymentFailed,
    PaymentEnded,
    /// A charge was not the total of the order.
    PaymentMismatch,
    HoldEnded,
    Expired,
    Cancelled,
    /// The buyer did not take or pay the parcel.
    DeliveryRefused,
    Processing,
    Shipped,
    Delivered,
    ShipmentChanged,
    Note,
    /// A guest's order joined the account of its mail address. Only staff see it.
    JoinedAccount,
    Refund,
    Refunded,
    RefundFailed,
    /// Goods came back without money.
    Returned,
    DisputeInquiry,
    DisputeOpen,
    DisputeWon,
    DisputeLost,
    /// A part of it was sent, or arrived; or staff took a parcel out again.
    ParcelShipped,
    ParcelDelivered,
    ParcelRemoved,
    ReturnRequested,
    ReturnApproved,
    ReturnDeclined,
    ReturnReceived,
    ReturnCompleted,
    ReturnCancelled,
    ReturnExchanging,
}

impl HistoryCode {
    /// Whether only staff see these entries.
    pub fn is_for_staff(self) -> bool {
        matches!(self, Self::Note | Self::JoinedAccount)
    }

    pub const ALL: [Self; 37] = [
        Self::Placed,
        Self::Confirmed,
        Self::Paid,
        Self::PaidTooLate,
        Self::PaidTwice,
        Self::PaymentProcessing,
        Self::PaymentFailed,
        Self::PaymentEnded,
        Self::PaymentMismatch,
        Self::HoldEnded,
        Self::Expired,
        Self::Cancelled,
        Self::DeliveryRefused,
        Self::Processing,
        Self::Shipped,
        Self::Delivered,
        Self::ShipmentChanged,
        Self::Note,
        Self::JoinedAccount,
        Self::Refund,
        Self::Refunded,
        Self::RefundFailed,
        Self::Returned,
        Self::DisputeInquiry,
        Self::DisputeOpen,
        Self::DisputeWon,
        Self::DisputeLost,
        Self::ParcelShipped,
        Self::ParcelDelivered,
        Self::ParcelRemoved,
        Self::ReturnRequested,
        Self::ReturnApproved,
        Self::ReturnDeclined,
        Self::ReturnReceived,
        Self::ReturnCompleted,
        Self::ReturnCancelled,
        Self::ReturnExchanging,
    ];
}

/// One entry of an order's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryEntry {
    pub at: Time,
    pub by: Actor,
    #[serde(rename = "what")]
    pub code: HistoryCode,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The order's status after it.
    pub status: Status,
}
