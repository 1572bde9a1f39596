use super::{MailJob, MailTemplate, Recipient, mails_for};
use crate::event::{CancelReason, Event};
use crate::id::{EventId, OrderId, ProductId, UserId, VariantId};
use crate::sku::Sku;
use crate::time::Time;

fn templates(event: &Event) -> Vec<&'static str> {
    let now = Time::from_unix_millis(0);
    mails_for(EventId::new(now, 1), event, now).iter().map(|job| job.template.name()).collect()
}

#[test]
fn the_welcome_waits_for_the_proof_of_the_address_and_a_reset_for_an_unknown_address_causes_no_mail() {
    let user_id = UserId::new(Time::from_unix_millis(0), 2);
    assert_eq!(templates(&Event::UserRegistered { user_id }), ["verify"]);
    assert_eq!(templates(&Event::EmailVerified { user_id }), ["welcome"]);
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
fn only_security_mail_is_not_limited_and_mail_about_unpaid_orders_is_limited_most() {
    let now = Time::from_unix_millis(0);
    let limits = |to: Recipient, template: MailTemplate| {
        let job = MailJob { event_id: EventId::new(now, 1), to, at: now, template };
        job.limits().iter().map(|limit| (limit.max, limit.window.as_secs() / 3600)).collect::<Vec<_>>()
    };
    let (user, order) = (Recipient::User(UserId::new(now, 2)), Recipient::Buyer(OrderId::new(now, 3)));
    let (product_id, sku) = (ProductId::new(now, 1), Sku::parse("A").unwrap());
    assert_eq!(limits(user, MailTemplate::PasswordChanged), []);
    assert_eq!(limits(order, MailTemplate::OrderPlaced), [(6, 1), (100, 24)]);
    assert_eq!(limits(order, MailTemplate::OrderCancelled { reason: CancelReason::Buyer }), [(6, 1), (100, 24)]);
    assert_eq!(limits(order, MailTemplate::OrderCancelled { reason: CancelReason::Shop }), [(30, 1), (100, 24)]);
    assert_eq!(limits(user, MailTemplate::Welcome), [(30, 1), (100, 24)]);
    assert_eq!(limits(Recipient::Staff, MailTemplate::LowStock { product_id, sku }), [(30, 1), (100, 24)]);
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
