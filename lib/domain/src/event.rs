//! Domain events. An event is written in the transaction of its cause. It has ids only, because its handlers read
//! the current data.

use serde::{Deserialize, Serialize};

use crate::id::{
    BrandId, CategoryId, EventId, ExportId, ImageId, OrderId, ParcelId, ProductId, RefundId, ReturnId, ReviewId,
    UserId, VariantId, WebhookEndpointId,
};
use crate::returns::ReturnStatus;
use crate::sku::Sku;
use crate::stock::{Band, StockLevel};
use crate::time::Time;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all_fields = "camelCase")]
pub enum Event {
    #[serde(rename = "user.registered")]
    UserRegistered { user_id: UserId },
    #[serde(rename = "user.verification_requested")]
    VerificationRequested { user_id: UserId },
    /// The first proof that the address belongs to whoever uses the account.
    #[serde(rename = "user.email_verified")]
    EmailVerified { user_id: UserId },
    /// `None` if no account has this address. The event is written all the same, so that a request for an unknown
    /// address takes the same work as one for a known address.
    #[serde(rename = "user.password_reset_requested")]
    PasswordResetRequested { user_id: Option<UserId> },
    #[serde(rename = "user.password_changed")]
    PasswordChanged { user_id: UserId },
    #[serde(rename = "user.two_factor_changed")]
    TwoFactorChanged { user_id: UserId, enabled: bool },
    #[serde(rename = "user.new_device")]
    NewDevice { user_id: UserId, device: String, ip: String },
    /// Many sign-ins failed within an hour. `None`: no proven account has this address.
    #[serde(rename = "user.sign_ins_failed")]
    SignInsFailed {
        user_id: Option<UserId>,
        /// The password was right and the codes were wrong, so somebody else knows the password.
        password_known: bool,
    },
    /// The link of this event goes to the new address.
    #[serde(rename = "user.email_change_requested")]
    EmailChangeRequested { user_id: UserId },
    /// The account has another address, which is proven. `request` is the event that asked for it.
    #[serde(rename = "user.email_changed")]
    EmailChanged { user_id: UserId, request: EventId },
    /// Somebody tried to register the address of this account.
    #[serde(rename = "user.address_taken")]
    AddressTaken { user_id: UserId },
    #[serde(rename = "user.banned")]
    UserBanned { user_id: UserId, reason: String, until: Time },
    #[serde(rename = "user.unbanned")]
    UserUnbanned { user_id: UserId },
    #[serde(rename = "user.deleted")]
    UserDeleted {
        user_id: UserId,
        /// The picture that they had.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        picture: Option<ImageId>,
    },
    /// A user has another picture or none.
    #[serde(rename = "user.picture_removed")]
    UserPictureRemoved { picture_id: ImageId },
    /// Anything about a product except its stock.
    #[serde(rename = "product.changed")]
    ProductChanged {
        product_id: ProductId,
        /// Images that it no longer has.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        removed_images: Vec<ImageId>,
        /// It was deleted or restored, so its images must be hidden or shown.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        moved: bool,
    },
    /// Customers find the products of the category and of those below it in another way: its name, slug or parent changed,
    /// or whether it is active.
    #[serde(rename = "category.changed")]
    CategoryChanged { category_id: CategoryId },
    #[serde(rename = "brand.changed")]
    BrandChanged { brand_id: BrandId },
    /// A category or brand has another picture or none, or was deleted.
    #[serde(rename = "term.picture_removed")]
    TermPictureRemoved { term_id: String, image_id: ImageId },
    #[serde(rename = "export.requested")]
    ExportRequested { export_id: ExportId },
    /// A stock level fell to its threshold or below.
    #[serde(rename = "stock.low")]
    StockLow { product_id: ProductId, sku: Sku },
    /// A SKU that was out of stock is available again.
    #[serde(rename = "stock.back")]
    StockBack { product_id: ProductId, variant_id: VariantId, sku: Sku },
    /// A guest ordered cash on delivery, and has to prove the address. `OrderPlaced` follows when that is done.
    #[serde(rename = "order.confirmation_requested")]
    ConfirmationRequested { order_id: OrderId },
    #[serde(rename = "order.placed")]
    OrderPlaced { order_id: OrderId },
    #[serde(rename = "order.paid")]
    OrderPaid { order_id: OrderId },
    /// The buyer paid by a slow method, and the bank decides within days.
    #[serde(rename = "order.payment_processing")]
    PaymentProcessing { order_id: OrderId },
    #[serde(rename = "order.payment_failed")]
    PaymentFailed { order_id: OrderId },
    #[serde(rename = "order.shipped")]
    OrderShipped {
        order_id: OrderId,
        /// It went in several parcels, and the buyer gets a mail about each of them.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        in_parcels: bool,
    },
    #[serde(rename = "order.delivered")]
    OrderDelivered { order_id: OrderId },
    #[serde(rename = "order.cancelled")]
    OrderCancelled { order_id: OrderId, reason: CancelReason },
    #[serde(rename = "order.expired")]
    OrderExpired { order_id: OrderId },
    #[serde(rename = "order.refunded")]
    OrderRefunded {
        order_id: OrderId,
        refund_id: RefundId,
        /// All of the money was refunded in the provider's dashboard, so staff have to say what becomes of the goods.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        goods_undecided: bool,
    },
    /// Units came back, or will not be sent, and no other event says so now.
    #[serde(rename = "order.returned")]
    OrderReturned { order_id: OrderId },
    /// The order was placed in another shop and is over. Nobody gets a mail.
    #[serde(rename = "order.imported")]
    OrderImported { order_id: OrderId },
    #[serde(rename = "order.refund_failed")]
    RefundFailed {
        order_id: OrderId,
        refund_id: RefundId,
        /// The buyer was told that the money is on its way.
        announced: bool,
    },
    /// The buyer's bank asks about the payment, or took it back.
    #[serde(rename = "order.dispute_opened")]
    DisputeOpened {
        order_id: OrderId,
        /// The bank asks first. The shop can still refund the payment.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        inquiry: bool,
    },
    #[serde(rename = "order.dispute_closed")]
    DisputeClosed { order_id: OrderId, won: bool },
    /// A guest asks for a new link to their order. `None` if no mail is to be sent: the event is written all the same, so
    /// that the request takes the same work.
    #[serde(rename = "order.link_requested")]
    OrderLinkRequested { order_id: Option<OrderId> },
    /// A review is new, or was written anew.
    #[serde(rename = "review.submitted")]
    ReviewSubmitted { product_id: ProductId, review_id: ReviewId },
    /// Customers see the review.
    #[serde(rename = "review.approved")]
    ReviewApproved { product_id: ProductId, review_id: ReviewId },
    #[serde(rename = "review.rejected")]
    ReviewRejected { product_id: ProductId, review_id: ReviewId },
    #[serde(rename = "review.deleted")]
    ReviewDeleted { product_id: ProductId, review_id: ReviewId },
    /// Pictures of a review were removed, or are hidden or shown again.
    #[serde(rename = "review.pictures_changed")]
    ReviewPicturesChanged {
        review_id: ReviewId,
        /// Those that it no longer has.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        removed_images: Vec<ImageId>,
    },
    /// An order was delivered some days ago, and nobody asked its buyer for reviews yet.
    #[serde(rename = "order.reviews_due")]
    ReviewsDue { order_id: OrderId },
    /// A customer left a cart alone for as long as the shop waits, and is reminded of it.
    #[serde(rename = "cart.reminder_due")]
    CartReminderDue { user_id: UserId },
    /// An endpoint did not take an event for days, and gets no more.
    #[serde(rename = "webhook.disabled")]
    WebhookDisabled { endpoint_id: WebhookEndpointId },
    /// One of several parcels of an order left the shop. One parcel with all of the order makes `OrderShipped` only.
    #[serde(rename = "parcel.shipped")]
    ParcelShipped { order_id: OrderId, parcel_id: ParcelId },
    #[serde(rename = "parcel.delivered")]
    ParcelDelivered { order_id: OrderId, parcel_id: ParcelId },
    /// It was entered by mistake: its units are still to be sent.
    #[serde(rename = "parcel.removed")]
    ParcelRemoved { order_id: OrderId, parcel_id: ParcelId },
    /// A return was asked for, or got another status.
    #[serde(rename = "return.changed")]
    ReturnChanged {
        order_id: OrderId,
        return_id: ReturnId,
        status: ReturnStatus,
        /// Its goods did not come in time, so it ended by itself.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        unsent: bool,
    },
    /// Pictures of a return were removed by its buyer, or with the account of its buyer.
    #[serde(rename = "return.pictures_removed")]
    ReturnPicturesRemoved { return_id: ReturnId, images: Vec<ImageId> },
}

/// Why an order was cancelled. The buyer's mail says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CancelReason {
    Buyer,
    Shop,
    /// It was paid after its items were sold out.
    OutOfStock,
    /// The parcel of an order for cash on delivery came back.
    DeliveryRefused,
}

impl Event {
    /// The event that a change of band makes, if it makes one.
    pub fn of_band_change(level: &StockLevel, from: Band, to: Band) -> Option<Self> {
        let (product_id, sku) = (level.product_id, level.sku.clone());
        match (from, to) {
            (Band::In, Band::Low | Band::Out | Band::Backorder | Band::Preorder) => {
                Some(Self::StockLow { product_id, sku })
            }
            (Band::Out | Band::Backorder | Band::Preorder, Band::Low | Band::In) => {
                Some(Self::StockBack { product_id, variant_id: level.variant_id, sku })
            }
            _ => None,
        }
    }
}
