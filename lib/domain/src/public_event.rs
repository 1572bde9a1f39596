//! The events that others are told of: merchants' endpoints, the event bus and open connections. Events about passwords,
//! sign-ins and links are nobody's business but the user's, and are not among them.

use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::id::{BrandId, CategoryId, EventId, OrderId, ProductId, ReturnId, ReviewId, UserId};
use crate::returns::ReturnStatus;
use crate::sku::Sku;
use crate::time::Time;

/// A public event. Whoever passes it on reads its object as it is by then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PublicEvent {
    pub id: EventId,
    #[serde(rename = "type")]
    pub event_type: EventType,
    pub at: Time,
    pub object: EventObject,
}

/// What an event is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventObject {
    Order(OrderId),
    Product(ProductId),
    Category(CategoryId),
    Brand(BrandId),
    /// A stock level.
    Stock(Sku),
    Review {
        product_id: ProductId,
        review_id: ReviewId,
    },
    Customer(UserId),
    Return {
        order_id: OrderId,
        return_id: ReturnId,
    },
}

impl EventObject {
    /// The order that it is, or belongs to.
    pub fn order(&self) -> Option<OrderId> {
        match self {
            Self::Order(order_id) | Self::Return { order_id, .. } => Some(*order_id),
            _ => None,
        }
    }
}

macro_rules! event_types {
    ($($name:ident = $text:literal),+ $(,)?) => {
        /// The types of public events. A name keeps its meaning for ever.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum EventType {
            $(#[serde(rename = $text)] $name),+
        }

        impl EventType {
            pub const ALL: &[Self] = &[$(Self::$name),+];

            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text),+
                }
            }

            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|event_type| event_type.name() == text)
            }
        }
    };
}

event_types! {
    OrderPlaced = "order.placed",
    OrderPaid = "order.paid",
    OrderPaymentProcessing = "order.payment_processing",
    OrderPaymentFailed = "order.payment_failed",
    OrderShipped = "order.shipped",
    OrderDelivered = "order.delivered",
    OrderCancelled = "order.cancelled",
    OrderExpired = "order.expired",
    OrderRefunded = "order.refunded",
    OrderRefundFailed = "order.refund_failed",
    OrderReturned = "order.returned",
    OrderDisputeOpened = "order.dispute_opened",
    OrderDisputeClosed = "order.dispute_closed",
    ProductChanged = "product.changed",
    CategoryChanged = "category.changed",
    BrandChanged = "brand.changed",
    StockLow = "stock.low",
    StockBack = "stock.back",
    ReviewSubmitted = "review.submitted",
    ReviewApproved = "review.approved",
    ReviewRejected = "review.rejected",
    ReviewDeleted = "review.deleted",
    CustomerRegistered = "customer.registered",
    CustomerDeleted = "customer.deleted",
    ParcelShipped = "parcel.shipped",
    ParcelDelivered = "parcel.delivered",
    ParcelRemoved = "parcel.removed",
    ReturnRequested = "return.requested",
    ReturnApproved = "return.approved",
    ReturnDeclined = "return.declined",
    ReturnReceived = "return.received",
    ReturnCompleted = "return.completed",
    ReturnCancelled = "return.cancelled",
    ReturnExchanging = "return.exchanging",
}

/// The public event of a domain event, if it has one.
pub fn public_event_for(id: EventId, event: &Event, at: Time) -> Option<PublicEvent> {
    use EventObject::{Brand, Category, Customer, Order, Product, Stock};
    let review = |product_id, review_id| EventObject::Review { product_id, review_id };
    let (event_type, object) = match *event {
        Event::OrderPlaced { order_id } => (EventType::OrderPlaced, Order(order_id)),
        Event::OrderPaid { order_id } => (EventType::OrderPaid, Order(order_id)),
        Event::PaymentProcessing { order_id } => (EventType::OrderPaymentProcessing, Order(order_id)),
        Event::PaymentFailed { order_id } => (EventType::OrderPaymentFailed, Order(order_id)),
        Event::OrderShipped { order_id, .. } => (EventType::OrderShipped, Order(order_id)),
        Event::OrderDelivered { order_id } => (EventType::OrderDelivered, Order(order_id)),
        Event::OrderCancelled { order_id, .. } => (EventType::OrderCancelled, Order(order_id)),
        Event::OrderExpired { order_id } => (EventType::OrderExpired, Order(order_id)),
        Event::OrderRefunded { order_id, .. } => (EventType::OrderRefunded, Order(order_id)),
        Event::RefundFailed { order_id, .. } => (EventType::OrderRefundFailed, Order(order_id)),
        Event::OrderReturned { order_id } => (EventType::OrderReturned, Order(order_id)),
        Event::DisputeOpened { order_id, .. } => (EventType::OrderDisputeOpened, Order(order_id)),
        Event::DisputeClosed { order_id, .. } => (EventType::OrderDisputeClosed, Order(order_id)),
        Event::ProductChanged { product_id, .. } => (EventType::ProductChanged, Product(product_id)),
        Event::CategoryChanged { category_id } => (EventType::CategoryChanged, Category(category_id)),
        Event::BrandChanged { brand_id } => (EventType::BrandChanged, Brand(brand_id)),
        Event::StockLow { ref sku, .. } => (EventType::StockLow, Stock(sku.clone())),
        Event::StockBack { ref sku, .. } => (EventType::StockBack, Stock(sku.clone())),
        Event::ReviewSubmitted { product_id, review_id } => (EventType::ReviewSubmitted, review(product_id, review_id)),
        Event::ReviewApproved { product_id, review_id } => (EventType::ReviewApproved, review(product_id, review_id)),
        Event::ReviewRejected { product_id, review_id } => (EventType::ReviewRejected, review(product_id, review_id)),
        Event::ReviewDeleted { product_id, review_id } => (EventType::ReviewDeleted, review(product_id, review_id)),
        Event::UserRegistered { user_id } => (EventType::CustomerRegistered, Customer(user_id)),
        Event::UserDeleted { user_id, .. } => (EventType::CustomerDeleted, Customer(user_id)),
        Event::ParcelShipped { order_id, .. } => (EventType::ParcelShipped, Order(order_id)),
        Event::ParcelDelivered { order_id, .. } => (EventType::ParcelDelivered, Order(order_id)),
        Event::ParcelRemoved { order_id, .. } => (EventType::ParcelRemoved, Order(order_id)),
        Event::ReturnChanged { order_id, return_id, status, .. } => {
            (of_return(status), EventObject::Return { order_id, return_id })
        }
        Event::VerificationRequested { .. }
        | Event::EmailVerified { .. }
        | Event::PasswordResetRequested { .. }
        | Event::PasswordChanged { .. }
        | Event::TwoFactorChanged { .. }
        | Event::NewDevice { .. }
        | Event::SignInsFailed { .. }
        | Event::EmailChangeRequested { .. }
        | Event::EmailChanged { .. }
        | Event::AddressTaken { .. }
        | Event::UserBanned { .. }
        | Event::UserUnbanned { .. }
        | Event::UserPictureRemoved { .. }
        | Event::TermPictureRemoved { .. }
        | Event::ExportRequested { .. }
        | Event::ConfirmationRequested { .. }
        | Event::OrderImported { .. }
        | Event::OrderLinkRequested { .. }
        | Event::ReviewPicturesChanged { .. }
        | Event::ReviewsDue { .. }
        | Event::CartReminderDue { .. }
        | Event::WebhookDisabled { .. }
        | Event::ReturnPicturesRemoved { .. } => return None,
    };
    Some(PublicEvent { id, event_type, at, object })
}

fn of_return(status: ReturnStatus) -> EventType {
    match status {
        ReturnStatus::Requested => EventType::ReturnRequested,
        ReturnStatus::Approved => EventType::ReturnApproved,
        ReturnStatus::Declined => EventType::ReturnDeclined,
        ReturnStatus::Received => EventType::ReturnReceived,
        ReturnStatus::Completed => EventType::ReturnCompleted,
        ReturnStatus::Cancelled => EventType::ReturnCancelled,
        ReturnStatus::Exchanging => EventType::ReturnExchanging,
    }
}

#[cfg(test)]
mod tests {
    use super::{EventObject, EventType, PublicEvent, public_event_for};
    use crate::event::Event;
    use crate::id::{EventId, OrderId, UserId};
    use crate::time::Time;

    #[test]
    fn a_public_event_names_its_type_and_its_object() {
        let now = Time::from_unix_millis(0);
        let (id, order_id) = (EventId::new(now, 1), OrderId::new(now, 2));
        let event = public_event_for(id, &Event::OrderPaid { order_id }, now);
        let expected =
            PublicEvent { id, event_type: EventType::OrderPaid, at: now, object: EventObject::Order(order_id) };
        assert_eq!(event, Some(expected));
    }

    #[test]
    fn events_about_signing_in_are_not_public() {
        let now = Time::from_unix_millis(0);
        let id = EventId::new(now, 1);
        let private = Event::PasswordResetRequested { user_id: Some(UserId::new(now, 2)) };
        assert_eq!(public_event_for(id, &private, now), None);
    }

    #[test]
    fn every_type_is_found_by_its_name() {
        for event_type in EventType::ALL {
            assert_eq!(EventType::parse(event_type.name()), Some(*event_type));
        }
        assert_eq!(EventType::parse("order.unknown"), None);
    }
}
