//! Which event causes which mail, and from which mails a person can unsubscribe.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::event::{CancelReason, Event};
use crate::id::{EventId, OrderId, ParcelId, ProductId, RefundId, ReturnId, UserId, VariantId, WebhookEndpointId};
use crate::preferences::Topic;
use crate::rate::Limit;
use crate::returns::ReturnStatus;
use crate::sku::Sku;
use crate::staff_notice::StaffNotice;
use crate::time::Time;

macro_rules! mail_templates {
    ($($variant:ident $({ $($field:ident: $type:ty),+ })? = $name:literal, $topic:expr;)+) => {
        /// One kind of mail, with the facts that only its event has. Its words are in the mailer's `templates/`.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(tag = "template", rename_all_fields = "camelCase")]
        pub enum MailTemplate {
            $(#[serde(rename = $name)] $variant $({ $($field: $type),+ })?,)+
        }

        impl MailTemplate {
            /// The name of its files.
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$variant { .. } => $name,)+
                }
            }

            /// What the recipient may unsubscribe from. `None`: mail about the security of the account, about what was
            /// ordered and what becomes of the money, and mail to staff; they are always sent.
            #[allow(clippy::match_same_arms, reason = "one arm for each template")]
            pub fn topic(&self) -> Option<Topic> {
                match self {
                    $(Self::$variant { .. } => $topic,)+
                }
            }
        }
    };
}

mail_templates! {
    Welcome = "welcome", Some(Topic::Account);
    Verify = "verify", None;
    Reset = "reset", None;
    PasswordChanged = "password-changed", None;
    TwoFactorChanged { enabled: bool } = "two-factor-changed", None;
    NewDevice { device: String, ip: String } = "new-device", None;
    SignInsFailed { password_known: bool } = "sign-ins-failed", None;
    AddressTaken = "address-taken", None;
    ChangeEmail = "change-email", None;
    EmailChangeRequested = "email-change-requested", None;
    EmailChanged = "email-changed", None;
    Banned { reason: String, until: Time } = "banned", None;
    LowStock { product_id: ProductId, sku: Sku } = "low-stock", None;
    BackInStock { product_id: ProductId, sku: Sku } = "back-in-stock", Some(Topic::Stock);
    ConfirmOrder = "confirm-order", None;
    OrderPlaced = "order-placed", None;
    OrderPaid = "order-paid", None;
    PaymentFailed = "payment-failed", None;
    OrderShipped = "order-shipped", Some(Topic::Orders);
    OrderDelivered = "order-delivered", Some(Topic::Orders);
    OrderCancelled { reason: CancelReason } = "order-cancelled", None;
    OrderExpired = "order-expired", None;
    OrderRefunded { refund_id: RefundId } = "order-refunded", None;
    OrderLink = "order-link", None;
    PaymentProcessing = "payment-processing", None;
    RefundFailed { refund_id: RefundId } = "refund-failed", None;
    OrderNotice { order_id: OrderId, notice: OrderNotice } = "order-notice", None;
    WebhookDisabled { endpoint_id: WebhookEndpointId } = "webhook-disabled", None;
    AskForReview = "ask-for-review", Some(Topic::Reviews);
    CartReminder = "cart-reminder", Some(Topic::Carts);
    ParcelShipped { parcel_id: ParcelId } = "parcel-shipped", Some(Topic::Orders);
    ReturnRequested { return_id: ReturnId } = "return-requested", None;
    ReturnApproved { return_id: ReturnId } = "return-approved", None;
    ReturnDeclined { return_id: ReturnId } = "return-declined", None;
    ReturnReceived { return_id: ReturnId } = "return-received", None;
    ReturnCompleted { return_id: ReturnId } = "return-completed", None;
    ReturnExchanging { return_id: ReturnId } = "return-exchanging", None;
    ReturnUnsent { return_id: ReturnId } = "return-unsent", None;
}

/// What staff are told about an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderNotice {
    PaymentProcessing,
    PaymentFailed,
    RefundFailed,
    GoodsUndecided,
    DisputeInquiry,
    DisputeOpened,
    DisputeWon,
    DisputeLost,
    ReturnRequested,
}

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

/// Mails to one mailbox.
pub const MAILS_BY_HOUR: Limit = Limit::new("mails", 30, HOUR);
pub const MAILS_BY_DAY: Limit = Limit::new("mails-day", 100, DAY);
/// Mails to one mailbox about orders that nobody has paid: anybody can cause them, and it costs nothing.
pub const UNPAID_MAILS_BY_HOUR: Limit = Limit::new("mails-unpaid", 6, HOUR);

impl MailTemplate {
    /// What staff ask for to get this mail. `None`: it is not for staff.
    pub fn notice(&self) -> Option<StaffNotice> {
        match self {
            Self::LowStock { .. } => Some(StaffNotice::LowStock),
            Self::OrderNotice { notice: OrderNotice::PaymentFailed, .. } => Some(StaffNotice::FailedPayments),
            Self::OrderNotice { .. } => Some(StaffNotice::Orders),
            _ => None,
        }
    }

    /// The return that the mail is about.
    pub fn return_id(&self) -> Option<ReturnId> {
        match self {
            Self::ReturnRequested { return_id }
            | Self::ReturnApproved { return_id }
            | Self::ReturnDeclined { return_id }
            | Self::ReturnReceived { return_id }
            | Self::ReturnCompleted { return_id }
            | Self::ReturnExchanging { return_id }
            | Self::ReturnUnsent { return_id } => Some(*return_id),
            _ => None,
        }
    }

    /// Whether the mail may go to an address before somebody proved that it is theirs. Both are needed for the proof.
    pub fn is_for_unproven_addresses(&self) -> bool {
        matches!(self, Self::Verify | Self::Reset)
    }
}

/// Whom a mail is for. The address is read when the mail is sent, so no address is in a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Recipient {
    User(UserId),
    /// The buyer of this order, with an account or without.
    Buyer(OrderId),
    /// The address that a user had before a change, which this event's link names.
    OldAddress(EventId),
    /// The address that a user wants to have.
    NewAddress(EventId),
    /// The shop's own mailbox, and the members of staff who asked for the mail. The mailer makes a job for each of these.
    Staff,
    /// All users with a stock alert for this variant. The mailer makes a job for each of them.
    Waiting(VariantId),
}

/// A message of the mail queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MailJob {
    pub event_id: EventId,
    pub to: Recipient,
    pub at: Time,
    #[serde(rename = "letter")]
    pub template: MailTemplate,
}

impl MailJob {
    /// The limits of its mailbox that this mail counts for, the strictest first. Mail about the security of an account has
    /// none here: where it is caused, it is limited.
    pub fn limits(&self) -> &'static [Limit] {
        match (&self.template, self.to) {
            (template, Recipient::User(_) | Recipient::OldAddress(_) | Recipient::NewAddress(_))
                if template.topic().is_none() && template.notice().is_none() =>
            {
                &[]
            }
            // Money needs people. A buyer cannot cause many of them for nothing.
            (MailTemplate::OrderNotice { notice, .. }, _)
                if !matches!(
                    notice,
                    OrderNotice::PaymentProcessing | OrderNotice::PaymentFailed | OrderNotice::ReturnRequested
                ) =>
            {
                &[]
            }
            (
                MailTemplate::ConfirmOrder
                | MailTemplate::OrderPlaced
                | MailTemplate::PaymentProcessing
                | MailTemplate::PaymentFailed
                | MailTemplate::OrderExpired
                | MailTemplate::OrderCancelled { reason: CancelReason::Buyer },
                _,
            ) => &[UNPAID_MAILS_BY_HOUR, MAILS_BY_DAY],
            _ => &[MAILS_BY_HOUR, MAILS_BY_DAY],
        }
    }

    /// The recipient of a mail that many users get because of the same event.
    pub fn one_of_many(&self) -> Option<UserId> {
        match (&self.template, self.to) {
            (template, Recipient::User(id))
                if template.notice().is_some() || matches!(template, MailTemplate::BackInStock { .. }) =>
            {
                Some(id)
            }
            _ => None,
        }
    }
}

/// The mails that an event causes.
#[expect(clippy::too_many_lines, reason = "a list")]
pub fn mails_for(event_id: EventId, event: &Event, at: Time) -> Vec<MailJob> {
    let job = |to: Recipient, template: MailTemplate| MailJob { event_id, to, at, template };
    let mails = |user_id: UserId, templates: Vec<MailTemplate>| {
        templates.into_iter().map(|template| job(Recipient::User(user_id), template)).collect()
    };
    let to_staff = |order_id: OrderId, notice: OrderNotice| {
        vec![job(Recipient::Staff, MailTemplate::OrderNotice { order_id, notice })]
    };
    let to_buyer = |order: OrderId, template: MailTemplate| vec![job(Recipient::Buyer(order), template)];
    match event {
        Event::UserRegistered { user_id } | Event::VerificationRequested { user_id } => {
            mails(*user_id, vec![MailTemplate::Verify])
        }
        Event::EmailVerified { user_id } => mails(*user_id, vec![MailTemplate::Welcome]),
        Event::PasswordResetRequested { user_id: Some(user_id) } => mails(*user_id, vec![MailTemplate::Reset]),
        Event::PasswordChanged { user_id } => mails(*user_id, vec![MailTemplate::PasswordChanged]),
        Event::TwoFactorChanged { user_id, enabled } => {
            mails(*user_id, vec![MailTemplate::TwoFactorChanged { enabled: *enabled }])
        }
        Event::NewDevice { user_id, device, ip } => {
            mails(*user_id, vec![MailTemplate::NewDevice { device: device.clone(), ip: ip.clone() }])
        }
        Event::SignInsFailed { user_id: Some(user_id), password_known } => {
            mails(*user_id, vec![MailTemplate::SignInsFailed { password_known: *password_known }])
        }
        Event::AddressTaken { user_id } => mails(*user_id, vec![MailTemplate::AddressTaken]),
        Event::EmailChangeRequested { .. } => vec![
            job(Recipient::NewAddress(event_id), MailTemplate::ChangeEmail),
            job(Recipient::OldAddress(event_id), MailTemplate::EmailChangeRequested),
        ],
        Event::EmailChanged { request, .. } => vec![job(Recipient::OldAddress(*request), MailTemplate::EmailChanged)],
        Event::UserBanned { user_id, reason, until } => {
            mails(*user_id, vec![MailTemplate::Banned { reason: reason.clone(), until: *until }])
        }
        Event::StockLow { product_id, sku } => {
            let (product_id, sku) = (*product_id, sku.clone());
            vec![job(Recipient::Staff, MailTemplate::LowStock { product_id, sku })]
        }
        Event::StockBack { product_id, variant_id, sku } => {
            let (product_id, sku) = (*product_id, sku.clone());
            let template = MailTemplate::BackInStock { product_id, sku };
            vec![job(Recipient::Waiting(*variant_id), template)]
        }
        Event::PasswordResetRequested { user_id: None }
        | Event::OrderLinkRequested { order_id: None }
        | Event::SignInsFailed { user_id: None, .. }
        | Event::UserUnbanned { .. }
        | Event::UserDeleted { .. }
        | Event::UserPictureRemoved { .. }
        | Event::ProductChanged { .. }
        | Event::CategoryChanged { .. }
        | Event::BrandChanged { .. }
        | Event::TermPictureRemoved { .. }
        | Event::OrderReturned { .. }
        | Event::OrderImported { .. }
        | Event::ReviewSubmitted { .. }
        | Event::ReviewApproved { .. }
        | Event::ReviewRejected { .. }
        | Event::ReviewDeleted { .. }
        | Event::ReviewPicturesChanged { .. }
        | Event::ReturnPicturesRemoved { .. }
        | Event::ExportRequested { .. } => Vec::new(),
        Event::WebhookDisabled { endpoint_id } => {
            vec![job(Recipient::Staff, MailTemplate::WebhookDisabled { endpoint_id: *endpoint_id })]
        }
        Event::ConfirmationRequested { order_id } => to_buyer(*order_id, MailTemplate::ConfirmOrder),
        Event::OrderPlaced { order_id } => to_buyer(*order_id, MailTemplate::OrderPlaced),
        Event::OrderPaid { order_id } => to_buyer(*order_id, MailTemplate::OrderPaid),
        Event::PaymentFailed { order_id } => {
            let mut jobs = to_buyer(*order_id, MailTemplate::PaymentFailed);
            jobs.extend(to_staff(*order_id, OrderNotice::PaymentFailed));
            jobs
        }
        Event::OrderShipped { in_parcels: true, .. } | Event::ParcelDelivered { .. } | Event::ParcelRemoved { .. } => {
            Vec::new()
        }
        Event::ParcelShipped { order_id, parcel_id } => {
            to_buyer(*order_id, MailTemplate::ParcelShipped { parcel_id: *parcel_id })
        }
        Event::OrderShipped { order_id, in_parcels: false } => to_buyer(*order_id, MailTemplate::OrderShipped),
        Event::OrderDelivered { order_id } => to_buyer(*order_id, MailTemplate::OrderDelivered),
        Event::OrderCancelled { order_id, reason } => {
            to_buyer(*order_id, MailTemplate::OrderCancelled { reason: *reason })
        }
        Event::OrderExpired { order_id } => to_buyer(*order_id, MailTemplate::OrderExpired),
        Event::OrderRefunded { order_id, refund_id, goods_undecided } => {
            let refund_id = *refund_id;
            let mut jobs = to_buyer(*order_id, MailTemplate::OrderRefunded { refund_id });
            if *goods_undecided {
                jobs.extend(to_staff(*order_id, OrderNotice::GoodsUndecided));
            }
            jobs
        }
        Event::RefundFailed { order_id, refund_id, announced } => {
            let mut jobs = to_staff(*order_id, OrderNotice::RefundFailed);
            if *announced {
                jobs.extend(to_buyer(*order_id, MailTemplate::RefundFailed { refund_id: *refund_id }));
            }
            jobs
        }
        Event::PaymentProcessing { order_id } => {
            let mut jobs = to_buyer(*order_id, MailTemplate::PaymentProcessing);
            jobs.extend(to_staff(*order_id, OrderNotice::PaymentProcessing));
            jobs
        }
        Event::DisputeOpened { order_id, inquiry: true } => to_staff(*order_id, OrderNotice::DisputeInquiry),
        Event::DisputeOpened { order_id, inquiry: false } => to_staff(*order_id, OrderNotice::DisputeOpened),
        Event::DisputeClosed { order_id, won: true } => to_staff(*order_id, OrderNotice::DisputeWon),
        Event::DisputeClosed { order_id, won: false } => to_staff(*order_id, OrderNotice::DisputeLost),
        Event::CartReminderDue { user_id } => mails(*user_id, vec![MailTemplate::CartReminder]),
        Event::ReturnChanged { order_id, return_id, unsent: true, .. } => {
            to_buyer(*order_id, MailTemplate::ReturnUnsent { return_id: *return_id })
        }
        Event::ReturnChanged { order_id, return_id, status, unsent: false } => {
            let mut jobs = match return_mail(*return_id, *status) {
                Some(template) => to_buyer(*order_id, template),
                None => Vec::new(),
            };
            if *status == ReturnStatus::Requested {
                jobs.extend(to_staff(*order_id, OrderNotice::ReturnRequested));
            }
            jobs
        }
        Event::ReviewsDue { order_id } => to_buyer(*order_id, MailTemplate::AskForReview),
        Event::OrderLinkRequested { order_id: Some(order_id) } => to_buyer(*order_id, MailTemplate::OrderLink),
    }
}

/// What the buyer reads about a return. Nothing about a return that the buyer has just cancelled.
fn return_mail(return_id: ReturnId, status: ReturnStatus) -> Option<MailTemplate> {
    match status {
        ReturnStatus::Requested => Some(MailTemplate::ReturnRequested { return_id }),
        ReturnStatus::Approved => Some(MailTemplate::ReturnApproved { return_id }),
        ReturnStatus::Declined => Some(MailTemplate::ReturnDeclined { return_id }),
        ReturnStatus::Received => Some(MailTemplate::ReturnReceived { return_id }),
        ReturnStatus::Completed => Some(MailTemplate::ReturnCompleted { return_id }),
        ReturnStatus::Cancelled => None,
        ReturnStatus::Exchanging => Some(MailTemplate::ReturnExchanging { return_id }),
    }
}

#[cfg(test)]
mod tests;
