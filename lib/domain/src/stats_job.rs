//! What keeps the statistics current. The jobs say what changed and not how: whoever does one reads the current data. So a
//! job may arrive late, twice or out of order.

use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::id::{OrderId, SessionId, UserId};
use crate::stats::Counter;
use crate::time::Time;

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "changed", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum StatsJob {
    Order {
        order_id: OrderId,
    },
    Customer {
        user_id: UserId,
    },
    /// Somebody signed in, or registered.
    SignIn {
        session_id: SessionId,
    },
    /// A cart was made; or the table removed it at the end of its time, so nobody ordered it. `change` is the name of this
    /// change in the table's stream.
    Cart {
        change: String,
        at: Time,
        is_abandoned: bool,
    },
}

/// Something that counts by itself: once, on the day on which it happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happening {
    /// No other happening has this name.
    pub name: String,
    pub at: Time,
    pub counter: Counter,
}

impl StatsJob {
    /// `None` if it is about an order.
    pub fn happening(&self) -> Option<Happening> {
        let (name, at, counter) = match self {
            Self::Order { .. } => return None,
            Self::Customer { user_id } => (user_id.to_string(), user_id.time(), Counter::SignUps),
            Self::SignIn { session_id } => (session_id.to_string(), session_id.time(), Counter::SignIns),
            Self::Cart { change, at, is_abandoned: false } => (format!("cart-{change}"), *at, Counter::CartsMade),
            Self::Cart { change, at, is_abandoned: true } => (format!("cart-{change}"), *at, Counter::CartsAbandoned),
        };
        Some(Happening { name, at, counter })
    }
}

/// The job that an event makes necessary.
pub fn stats_job_for(event: &Event) -> Option<StatsJob> {
    match *event {
        Event::OrderPlaced { order_id }
        | Event::OrderPaid { order_id }
        | Event::PaymentProcessing { order_id }
        | Event::PaymentFailed { order_id }
        | Event::OrderShipped { order_id, .. }
        | Event::OrderDelivered { order_id }
        | Event::OrderCancelled { order_id, .. }
        | Event::OrderExpired { order_id }
        | Event::OrderRefunded { order_id, .. }
        | Event::OrderReturned { order_id }
        | Event::OrderImported { order_id }
        | Event::RefundFailed { order_id, .. }
        | Event::DisputeOpened { order_id, .. }
        | Event::DisputeClosed { order_id, .. }
        | Event::ParcelRemoved { order_id, .. } => Some(StatsJob::Order { order_id }),
        Event::UserRegistered { user_id } => Some(StatsJob::Customer { user_id }),
        _ => None,
    }
}
