//! What keeps the search index current. The jobs say what changed and not how: whoever does one reads the current data. So
//! a job may arrive late, twice or out of order.

use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::id::{BrandId, CategoryId, OrderId, ProductId};

/// A job of the indexer.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "changed", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum IndexJob {
    /// Anything of these products, the bands of their stock too.
    Products {
        product_ids: Vec<ProductId>,
    },
    /// The name, the place or the visibility of a category, so all products of its branch are published again.
    Category {
        category_id: CategoryId,
    },
    Brand {
        brand_id: BrandId,
    },
    /// What an order sold: it was paid, or items of it came back.
    Order {
        order_id: OrderId,
    },
}

/// A job of the rebuilder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RebuildJob {
    /// A first base, if there is none.
    Create,
    /// A new base of the one that there is and of what was published since.
    Merge,
    /// A new base of the products in the table.
    Products,
}

/// The job that an event makes necessary. A change of a product needs no event: every change of its item makes a job.
pub fn index_job_for(event: &Event) -> Option<IndexJob> {
    match *event {
        Event::CategoryChanged { category_id } => Some(IndexJob::Category { category_id }),
        Event::BrandChanged { brand_id } => Some(IndexJob::Brand { brand_id }),
        // The rating of the product may be another one.
        Event::ReviewSubmitted { product_id, .. }
        | Event::ReviewApproved { product_id, .. }
        | Event::ReviewRejected { product_id, .. }
        | Event::ReviewDeleted { product_id, .. } => Some(IndexJob::Products { product_ids: vec![product_id] }),
        // A free order is paid when it is placed, and cash on delivery when it is delivered.
        Event::OrderPlaced { order_id }
        | Event::OrderPaid { order_id }
        | Event::OrderDelivered { order_id }
        | Event::OrderCancelled { order_id, .. }
        | Event::OrderRefunded { order_id, .. }
        | Event::OrderReturned { order_id }
        | Event::OrderImported { order_id }
        | Event::RefundFailed { order_id, .. }
        | Event::DisputeClosed { order_id, .. } => Some(IndexJob::Order { order_id }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{IndexJob, index_job_for};
    use crate::event::{CancelReason, Event};
    use crate::id::{BrandId, CategoryId, OrderId, ProductId, ReviewId};
    use crate::time::Time;

    #[test]
    fn an_event_makes_a_job_for_what_it_changes_in_the_index() {
        let now = Time::from_unix_millis(0);
        let (order_id, brand_id, category_id) = (OrderId::new(now, 1), BrandId::new(now, 2), CategoryId::new(now, 3));
        let sales = Some(IndexJob::Order { order_id });
        assert_eq!(index_job_for(&Event::OrderPaid { order_id }), sales);
        assert_eq!(index_job_for(&Event::OrderCancelled { order_id, reason: CancelReason::Buyer }), sales);
        assert_eq!(index_job_for(&Event::DisputeClosed { order_id, won: false }), sales);
        assert_eq!(index_job_for(&Event::OrderShipped { order_id, in_parcels: false }), None);
        assert_eq!(index_job_for(&Event::OrderExpired { order_id }), None);
        assert_eq!(index_job_for(&Event::BrandChanged { brand_id }), Some(IndexJob::Brand { brand_id }));
        assert_eq!(index_job_for(&Event::CategoryChanged { category_id }), Some(IndexJob::Category { category_id }));
        let (product_id, review_id) = (ProductId::new(now, 4), ReviewId::new(now, 5));
        let rated = Some(IndexJob::Products { product_ids: vec![product_id] });
        assert_eq!(index_job_for(&Event::ReviewApproved { product_id, review_id }), rated);
        let changed = Event::ProductChanged { product_id, removed_images: Vec::new(), moved: false };
        assert_eq!(index_job_for(&changed), None);
    }
}
