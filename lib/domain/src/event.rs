//! What happened, as others are told of it. An event is written in the transaction of its cause and names people by id
//! only: what it tells is read, when it is needed, from where it is kept.

use serde::{Deserialize, Serialize};

use crate::id::{ExportId, ImageId, OrderId, ProductId, RefundId, UserId, VariantId};
use crate::sku::Sku;
use crate::stock::{Band, Crossing, StockLevel, crossing};
use crate::time::Time;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all_fields = "camelCase")]
pub enum Event {
    #[serde(rename = "user.registered")]
    UserRegistered { user_id: UserId },
    #[serde(rename = "user.verification_requested")]
    VerificationRequested { user_id: UserId },
    /// `None`: somebody asked for an address that has no account. It is written all the same, so that asking for a
    /// known and an unknown address is the same work.
    #[serde(rename = "user.password_reset_requested")]
    PasswordResetRequested { user_id: Option<UserId> },
    #[serde(rename = "user.password_changed")]
    PasswordChanged { user_id: UserId },
    #[serde(rename = "user.two_factor_changed")]
    TwoFactorChanged { user_id: UserId, enabled: bool },
    #[serde(rename = "user.new_device")]
    NewDevice { user_id: UserId, device: String, ip: String },
    #[serde(rename = "user.banned")]
    UserBanned { user_id: UserId, reason: String, until: Time },
    #[serde(rename = "user.unbanned")]
    UserUnbanned { user_id: UserId },
    #[serde(rename = "user.deleted")]
    UserDeleted { user_id: UserId },
    /// Anything about a product but its stock.
    #[serde(rename = "product.changed")]
    ProductChanged {
        product_id: ProductId,
        /// Pictures that it no longer has.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        removed_images: Vec<ImageId>,
        /// It was deleted or restored, and its pictures go with it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        moved: bool,
    },
    #[serde(rename = "export.requested")]
    ExportRequested { export_id: ExportId },
    /// A stock fell to its threshold.
    #[serde(rename = "stock.low")]
    StockLow { product_id: ProductId, sku: Sku },
    /// There is some again of what there was none.
    #[serde(rename = "stock.back")]
    StockBack { product_id: ProductId, variant_id: VariantId, sku: Sku },
    #[serde(rename = "order.placed")]
    OrderPlaced { order_id: OrderId },
    #[serde(rename = "order.paid")]
    OrderPaid { order_id: OrderId },
    #[serde(rename = "order.payment_failed")]
    PaymentFailed { order_id: OrderId },
    #[serde(rename = "order.shipped")]
    OrderShipped { order_id: OrderId },
    #[serde(rename = "order.delivered")]
    OrderDelivered { order_id: OrderId },
    #[serde(rename = "order.cancelled")]
    OrderCancelled { order_id: OrderId, reason: CancelReason },
    #[serde(rename = "order.expired")]
    OrderExpired { order_id: OrderId },
    #[serde(rename = "order.refunded")]
    OrderRefunded { order_id: OrderId, refund_id: RefundId },
}

/// Why an order was cancelled, as its buyer is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CancelReason {
    Buyer,
    Shop,
    /// It was paid when its goods were gone.
    OutOfStock,
}

impl Event {
    /// What others are told when a stock leaves one band for another.
    pub fn of_crossing(level: &StockLevel, from: Band, to: Band) -> Option<Self> {
        let (product_id, sku) = (level.product_id, level.sku.clone());
        crossing(from, to).map(|crossing| match crossing {
            Crossing::Low => Self::StockLow { product_id, sku },
            Crossing::Back => Self::StockBack { product_id, variant_id: level.variant_id, sku },
        })
    }
}
