//! Which event becomes which mail, and whether its reader may refuse it.

use serde::{Deserialize, Serialize};

use crate::event::{CancelReason, Event};
use crate::id::{EventId, OrderId, ProductId, RefundId, UserId, VariantId};
use crate::preferences::Topic;
use crate::sku::Sku;
use crate::time::Time;

/// One mail, with the facts that only its event knows. The words are the mailer's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "template", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum MailTemplate {
    Welcome,
    Verify,
    Reset,
    PasswordChanged,
    TwoFactorChanged { enabled: bool },
    NewDevice { device: String, ip: String },
    Banned { reason: String, until: Time },
    LowStock { product_id: ProductId, sku: Sku },
    BackInStock { product_id: ProductId, sku: Sku },
    OrderPlaced,
    OrderPaid,
    PaymentFailed,
    OrderShipped,
    OrderDelivered,
    OrderCancelled { reason: CancelReason },
    OrderExpired,
    OrderRefunded { refund_id: RefundId },
}

/// Whom a mail is for. Addresses are read when it is sent, so none lies in a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Recipient {
    User(UserId),
    /// Whoever ordered, with an account or without.
    Buyer(OrderId),
    /// The shop's own people.
    Staff,
    /// All who wait for this variant: the mailer makes a mail for each.
    Waiting(VariantId),
}

/// What lies in the mail queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MailJob {
    pub event_id: EventId,
    pub to: Recipient,
    pub at: Time,
    #[serde(rename = "letter")]
    pub template: MailTemplate,
}

impl MailTemplate {
    /// The template's name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Welcome => "welcome",
            Self::Verify => "verify",
            Self::Reset => "reset",
            Self::PasswordChanged => "password-changed",
            Self::TwoFactorChanged { .. } => "two-factor-changed",
            Self::NewDevice { .. } => "new-device",
            Self::Banned { .. } => "banned",
            Self::LowStock { .. } => "low-stock",
            Self::BackInStock { .. } => "back-in-stock",
            Self::OrderPlaced => "order-placed",
            Self::OrderPaid => "order-paid",
            Self::PaymentFailed => "payment-failed",
            Self::OrderShipped => "order-shipped",
            Self::OrderDelivered => "order-delivered",
            Self::OrderCancelled { .. } => "order-cancelled",
            Self::OrderExpired => "order-expired",
            Self::OrderRefunded { .. } => "order-refunded",
        }
    }

    /// What the reader may unsubscribe from; `None` for mail about the account's security, which always comes, and for
    /// mail to the shop itself.
    pub fn topic(&self) -> Option<Topic> {
        match self {
            Self::Welcome => Some(Topic::Account),
            Self::BackInStock { .. } => Some(Topic::Stock),
            Self::OrderPlaced
            | Self::OrderPaid
            | Self::PaymentFailed
            | Self::OrderShipped
            | Self::OrderDelivered
            | Self::OrderCancelled { .. }
            | Self::OrderExpired
            | Self::OrderRefunded { .. } => Some(Topic::Orders),
            Self::Verify
            | Self::Reset
            | Self::PasswordChanged
            | Self::TwoFactorChanged { .. }
            | Self::NewDevice { .. }
            | Self::Banned { .. }
            | Self::LowStock { .. } => None,
        }
    }
}

impl MailJob {
    /// What names this mail among those of its event; one that goes to many carries its reader.
    pub fn name(&self) -> String {
        match (&self.template, self.to) {
            (MailTemplate::BackInStock { .. }, Recipient::User(id)) => {
                format!("{}#{id}", self.template.name())
            }
            _ => self.template.name().to_owned(),
        }
    }
}

/// The mails that an event asks for.
pub fn mails_for(event_id: EventId, event: &Event, at: Time) -> Vec<MailJob> {
    let job = |to: Recipient, template: MailTemplate| MailJob { event_id, to, at, template };
    let mails = |user_id: UserId, letters: Vec<MailTemplate>| {
        letters.into_iter().map(|template| job(Recipient::User(user_id), template)).collect()
    };
    let to_buyer = |order: OrderId, template: MailTemplate| vec![job(Recipient::Buyer(order), template)];
    match event {
        Event::UserRegistered { user_id } => mails(*user_id, vec![MailTemplate::Verify, MailTemplate::Welcome]),
        Event::VerificationRequested { user_id } => mails(*user_id, vec![MailTemplate::Verify]),
        Event::PasswordResetRequested { user_id: Some(user_id) } => mails(*user_id, vec![MailTemplate::Reset]),
        Event::PasswordChanged { user_id } => mails(*user_id, vec![MailTemplate::PasswordChanged]),
        Event::TwoFactorChanged { user_id, enabled } => {
            mails(*user_id, vec![MailTemplate::TwoFactorChanged { enabled: *enabled }])
        }
        Event::NewDevice { user_id, device, ip } => {
            mails(*user_id, vec![MailTemplate::NewDevice { device: device.clone(), ip: ip.clone() }])
        }
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
        | Event::UserUnbanned { .. }
        | Event::UserDeleted { .. }
        | Event::ProductChanged { .. }
        | Event::ExportRequested { .. } => Vec::new(),
        Event::OrderPlaced { order_id } => to_buyer(*order_id, MailTemplate::OrderPlaced),
        Event::OrderPaid { order_id } => to_buyer(*order_id, MailTemplate::OrderPaid),
        Event::PaymentFailed { order_id } => to_buyer(*order_id, MailTemplate::PaymentFailed),
        Event::OrderShipped { order_id } => to_buyer(*order_id, MailTemplate::OrderShipped),
        Event::OrderDelivered { order_id } => to_buyer(*order_id, MailTemplate::OrderDelivered),
        Event::OrderCancelled { order_id, reason } => {
            to_buyer(*order_id, MailTemplate::OrderCancelled { reason: *reason })
        }
        Event::OrderExpired { order_id } => to_buyer(*order_id, MailTemplate::OrderExpired),
        Event::OrderRefunded { order_id, refund_id } => {
            let refund_id = *refund_id;
            to_buyer(*order_id, MailTemplate::OrderRefunded { refund_id })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{MailTemplate, Recipient, mails_for};
    use crate::event::Event;
    use crate::id::{EventId, ProductId, UserId, VariantId};
    use crate::sku::Sku;
    use crate::time::Time;

    fn letters(event: &Event) -> Vec<&'static str> {
        let now = Time::from_unix_millis(0);
        mails_for(EventId::new(now, 1), event, now).iter().map(|job| job.template.name()).collect()
    }

    #[test]
    fn registering_asks_for_two_mails_and_a_reset_for_nobody_asks_for_none() {
        let user_id = UserId::new(Time::from_unix_millis(0), 2);
        assert_eq!(letters(&Event::UserRegistered { user_id }), ["verify", "welcome"]);
        assert_eq!(letters(&Event::PasswordResetRequested { user_id: Some(user_id) }), ["reset"]);
        assert!(letters(&Event::PasswordResetRequested { user_id: None }).is_empty());
    }

    #[test]
    fn low_stock_is_told_to_staff_and_its_return_to_those_who_wait() {
        let now = Time::from_unix_millis(0);
        let (product_id, variant_id) = (ProductId::new(now, 1), VariantId::new(now, 2));
        let sku = Sku::parse("A").unwrap();
        let to = |event: &Event| -> Vec<Recipient> {
            let mails = mails_for(EventId::new(now, 1), event, now);
            mails.iter().map(|job| job.to).collect()
        };
        let low = Event::StockLow { product_id, sku: sku.clone() };
        assert_eq!(to(&low), [Recipient::Staff]);
        let back = Event::StockBack { product_id, variant_id, sku };
        assert_eq!(to(&back), [Recipient::Waiting(variant_id)]);
    }

    #[test]
    fn only_the_welcome_can_be_refused_of_the_letters_about_an_account() {
        let until = Time::from_unix_millis(0);
        assert!(MailTemplate::Welcome.topic().is_some());
        for template in [
            MailTemplate::Verify,
            MailTemplate::Reset,
            MailTemplate::PasswordChanged,
            MailTemplate::TwoFactorChanged { enabled: false },
            MailTemplate::NewDevice { device: String::new(), ip: String::new() },
            MailTemplate::Banned { reason: String::new(), until },
        ] {
            assert!(template.topic().is_none(), "{}", template.name());
            assert_eq!(serde_json::to_value(&template).unwrap()["template"], template.name());
        }
    }
}
