//! Which event causes which mail, and from which mails a person can unsubscribe.

use serde::{Deserialize, Serialize};

use crate::event::{CancelReason, Event};
use crate::id::{EventId, OrderId, ProductId, RefundId, UserId, VariantId};
use crate::preferences::Topic;
use crate::sku::Sku;
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

            /// What the recipient may unsubscribe from. `None`: mail about the security of the account, and mail to
            /// staff; both are always sent.
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
    Banned { reason: String, until: Time } = "banned", None;
    LowStock { product_id: ProductId, sku: Sku } = "low-stock", None;
    BackInStock { product_id: ProductId, sku: Sku } = "back-in-stock", Some(Topic::Stock);
    OrderPlaced = "order-placed", Some(Topic::Orders);
    OrderPaid = "order-paid", Some(Topic::Orders);
    PaymentFailed = "payment-failed", Some(Topic::Orders);
    OrderShipped = "order-shipped", Some(Topic::Orders);
    OrderDelivered = "order-delivered", Some(Topic::Orders);
    OrderCancelled { reason: CancelReason } = "order-cancelled", Some(Topic::Orders);
    OrderExpired = "order-expired", Some(Topic::Orders);
    OrderRefunded { refund_id: RefundId } = "order-refunded", Some(Topic::Orders);
}

/// Whom a mail is for. The address is read when the mail is sent, so no address is in a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Recipient {
    User(UserId),
    /// The buyer of this order, with an account or without.
    Buyer(OrderId),
    /// The shop's staff.
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
    /// Identifies this mail among the mails of its event. A mail to many people includes the user.
    pub fn name(&self) -> String {
        match (&self.template, self.to) {
            (MailTemplate::BackInStock { .. }, Recipient::User(id)) => {
                format!("{}#{id}", self.template.name())
            }
            _ => self.template.name().to_owned(),
        }
    }
}

/// The mails that an event causes.
pub fn mails_for(event_id: EventId, event: &Event, at: Time) -> Vec<MailJob> {
    let job = |to: Recipient, template: MailTemplate| MailJob { event_id, to, at, template };
    let mails = |user_id: UserId, templates: Vec<MailTemplate>| {
        templates.into_iter().map(|template| job(Recipient::User(user_id), template)).collect()
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
        Event::SignInsFailed { user_id: Some(user_id), password_known } => {
            mails(*user_id, vec![MailTemplate::SignInsFailed { password_known: *password_known }])
        }
        Event::AddressTaken { user_id } => mails(*user_id, vec![MailTemplate::AddressTaken]),
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
        | Event::SignInsFailed { user_id: None, .. }
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

    fn templates(event: &Event) -> Vec<&'static str> {
        let now = Time::from_unix_millis(0);
        mails_for(EventId::new(now, 1), event, now).iter().map(|job| job.template.name()).collect()
    }

    #[test]
    fn a_registration_causes_two_mails_and_a_reset_for_an_unknown_address_none() {
        let user_id = UserId::new(Time::from_unix_millis(0), 2);
        assert_eq!(templates(&Event::UserRegistered { user_id }), ["verify", "welcome"]);
        assert_eq!(templates(&Event::PasswordResetRequested { user_id: Some(user_id) }), ["reset"]);
        assert!(templates(&Event::PasswordResetRequested { user_id: None }).is_empty());
    }

    #[test]
    fn low_stock_is_mailed_to_staff_and_new_stock_to_those_who_wait() {
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
    fn of_the_mails_about_an_account_only_the_welcome_has_an_unsubscribe_link() {
        let until = Time::from_unix_millis(0);
        assert!(MailTemplate::Welcome.topic().is_some());
        for template in [
            MailTemplate::Verify,
            MailTemplate::Reset,
            MailTemplate::PasswordChanged,
            MailTemplate::TwoFactorChanged { enabled: false },
            MailTemplate::NewDevice { device: String::new(), ip: String::new() },
            MailTemplate::SignInsFailed { password_known: false },
            MailTemplate::AddressTaken,
            MailTemplate::Banned { reason: String::new(), until },
        ] {
            assert!(template.topic().is_none(), "{}", template.name());
            assert_eq!(serde_json::to_value(&template).unwrap()["template"], template.name());
        }
    }
}
