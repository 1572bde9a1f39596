//! What keeps the statistics current. The jobs say what changed and not how: whoever does one reads the current data. So a
//! job may arrive late, twice or out of order.

use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::id::{OrderId, UserId};

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "changed", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum StatsJob {
    Order { order_id: OrderId },
    Customer { user_id: UserId },
}

/// The job that an event makes necessary.
pub fn stats_job_for(event: &Event) -> Option<StatsJob> {
    match *event {
        Event::OrderPlaced { order_id }
        | Event::OrderPaid { order_id }
        | Event::PaymentProcessing { order_id }
        | Event::PaymentFailed { order_id }
        | Event::OrderShipped { order_id }
        | Event::OrderDelivered { order_id }
        | Event::OrderCancelled { order_id, .. }
        | Event::OrderExpired { order_id }
        | Event::OrderRefunded { order_id, .. }
        | Event::OrderReturned { order_id }
        | Event::OrderImported { order_id }
        | Event::RefundFailed { order_id, .. }
        | Event::DisputeOpened { order_id, .. }
        | Event::DisputeClosed { order_id, .. } => Some(StatsJob::Order { order_id }),
        Event::UserRegistered { user_id } => Some(StatsJob::Customer { user_id }),
        _ => None,
    }
}
