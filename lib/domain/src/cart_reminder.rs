//! The mail that reminds customers of what they left in their cart: who gets it and when. A cart causes it once, and is
//! the same cart until it is empty.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::cart::{Cart, CartLine, lines};
use crate::id::EventId;
use crate::preferences::Topic;
use crate::time::Time;
use crate::user::User;

/// How long the link of the mail brings the cart back.
const LINK_KEPT: Duration = Duration::from_hours(30 * 24);

/// How long a cart is left alone before its owner is reminded of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReminderDelay(Duration);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a whole number of hours, at most {}", ReminderDelay::MAX_HOURS)]
pub struct NotADelay;

impl ReminderDelay {
    /// Two days less than a cart is kept, so that whoever is reminded of it finds it.
    pub const MAX_HOURS: u64 = 28 * 24;

    /// `None` for 0: the shop reminds nobody.
    pub fn parse(hours: &str) -> Result<Option<Self>, NotADelay> {
        let hours: u64 = hours.parse().map_err(|_| NotADelay)?;
        match hours {
            0 => Ok(None),
            1..=Self::MAX_HOURS => Ok(Some(Self(Duration::from_hours(hours)))),
            _ => Err(NotADelay),
        }
    }
}

/// What becomes of the mail that reminds of a cart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reminder {
    Due(Time),
    /// The cart has caused its mail, and causes no other one.
    Sent,
}

/// The lines of a cart when its owner was reminded of it. The link of the mail brings them back. Nothing says whose they
/// are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedCart {
    #[serde(with = "lines")]
    pub lines: Vec<CartLine>,
    pub until: Time,
}

/// Whether the user agreed to such mails, and can get one: nobody is reminded at an address that may be a stranger's.
pub fn may_be_reminded(user: &User, now: Time) -> bool {
    user.preferences.wants(Topic::Carts)
        && user.email_verified
        && user.mail_stop.is_none()
        && user.ban_at(now).is_none()
}

impl Cart {
    /// Each change of the cart puts the reminder off. `delay` is `None` if its owner is not to be reminded.
    #[must_use]
    pub fn with_reminder_after(self, delay: Option<ReminderDelay>) -> Self {
        let reminder = match self.reminder {
            _ if self.lines.is_empty() => None,
            Some(Reminder::Sent) => Some(Reminder::Sent),
            _ => delay.map(|delay| Reminder::Due(self.updated_at + delay.0)),
        };
        Self { reminder, ..self }
    }

    pub fn is_reminder_due(&self, now: Time) -> bool {
        matches!(self.reminder, Some(Reminder::Due(at)) if at <= now)
    }

    /// The cart whose reminder is due, after it was dealt with; and what its mail brings back, if there is to be one. This
    /// is no change by its owner, so the cart is not kept longer because of it.
    pub fn after_reminder(&self, owner: Option<&User>, change: EventId, now: Time) -> (Self, Option<SavedCart>) {
        let is_wanted = self.is_kept_at(now) && owner.is_some_and(|user| may_be_reminded(user, now));
        let saved = is_wanted.then(|| SavedCart { lines: self.lines.clone(), until: now + LINK_KEPT });
        let reminder = saved.as_ref().map(|_| Reminder::Sent);
        (Self { reminder, version: self.version + 1, change, ..self.clone() }, saved)
    }

    /// Whether nothing happened to the cart since this event announced its mail. Whoever changed it is back already.
    pub fn waits_for_mail_of(&self, event: EventId, now: Time) -> bool {
        self.change == event && self.is_kept_at(now)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{NotADelay, Reminder, ReminderDelay, may_be_reminded};
    use crate::access::Role;
    use crate::cart::{Cart, CartLine, CartOwner};
    use crate::email::Email;
    use crate::id::{EventId, ProductId, UserId, VariantId};
    use crate::preferences::Topic;
    use crate::sku::Sku;
    use crate::text::PersonName;
    use crate::time::Time;
    use crate::user::{Ban, MailStop, User};

    const HOUR: Duration = Duration::from_hours(1);

    fn now() -> Time {
        Time::from_unix_millis(0)
    }

    fn event(n: u128) -> EventId {
        EventId::new(now(), n)
    }

    fn line(n: u128) -> CartLine {
        CartLine {
            product_id: ProductId::new(now(), 1),
            variant_id: VariantId::new(now(), n),
            sku: Sku::parse("A").unwrap(),
            quantity: 2,
            quoted_price: 100,
        }
    }

    fn day() -> Option<ReminderDelay> {
        ReminderDelay::parse("24").unwrap()
    }

    /// A user's cart with one line, of which its owner is to be reminded after a day.
    fn cart() -> Cart {
        let empty = Cart::empty(CartOwner::User(UserId::new(now(), 1)), event(1), now());
        changed(empty.add(line(1)).unwrap(), now())
    }

    fn changed(cart: Cart, at: Time) -> Cart {
        cart.next_version(EventId::new(at, 2), at).with_reminder_after(day())
    }

    fn user() -> User {
        let email = Email::parse("ada@example.com").unwrap();
        let user = User::register(UserId::new(now(), 1), email, PersonName::parse("Ada").unwrap(), now());
        User { email_verified: true, preferences: user.preferences.with(Topic::Carts, true), ..user }
    }

    #[test]
    fn a_delay_is_between_an_hour_and_four_weeks_and_zero_is_off() {
        assert_eq!(ReminderDelay::parse("0"), Ok(None));
        assert_eq!(ReminderDelay::parse("1"), Ok(Some(ReminderDelay(HOUR))));
        assert_eq!(ReminderDelay::parse("672"), Ok(Some(ReminderDelay(HOUR * 672))));
        for wrong in ["673", "-1", "1.5", "a day", ""] {
            assert_eq!(ReminderDelay::parse(wrong), Err(NotADelay), "{wrong}");
        }
    }

    #[test]
    fn each_change_puts_the_reminder_off_and_an_empty_cart_has_none() {
        let cart = cart();
        assert_eq!(cart.reminder, Some(Reminder::Due(now() + HOUR * 24)));
        assert!(!cart.is_reminder_due(now() + HOUR * 24 - Duration::from_millis(1)));
        assert!(cart.is_reminder_due(now() + HOUR * 24));
        let later = changed(cart.add(line(2)).unwrap(), now() + HOUR);
        assert_eq!(later.reminder, Some(Reminder::Due(now() + HOUR * 25)));
        let empty = changed(Cart { lines: Vec::new(), ..later.clone() }, now() + HOUR);
        assert_eq!(empty.reminder, None);
        let disagreed = later.next_version(event(3), now() + HOUR).with_reminder_after(None);
        assert_eq!(disagreed.reminder, None, "the owner is not to be reminded any more");
    }

    #[test]
    fn a_cart_causes_one_mail_until_it_is_empty_or_was_kept_long_enough() {
        let due = now() + HOUR * 24;
        let before = cart();
        let (after, saved) = before.after_reminder(Some(&user()), event(9), due);
        assert_eq!((after.reminder, after.change), (Some(Reminder::Sent), event(9)));
        assert_eq!((after.updated_at, after.kept_until), (before.updated_at, before.kept_until));
        assert_eq!(saved.unwrap().lines, before.lines);
        let more = changed(after.add(line(2)).unwrap(), due);
        assert_eq!(more.reminder, Some(Reminder::Sent));
        let merged = changed(after.merged(&cart()), due);
        assert_eq!(merged.reminder, Some(Reminder::Sent), "also with a guest's cart");
        let empty = changed(Cart { lines: Vec::new(), ..more.clone() }, due);
        let anew = changed(empty.add(line(3)).unwrap(), due);
        assert_eq!(anew.reminder, Some(Reminder::Due(due + HOUR * 24)));
        let expired = more.cleared_if_expired(due + HOUR * 24 * 30);
        assert_eq!(expired.reminder, None);
    }

    #[test]
    fn a_mail_is_sent_only_while_the_cart_is_as_it_was_announced() {
        let due = now() + HOUR * 24;
        let (announced, _) = cart().after_reminder(Some(&user()), event(9), due);
        assert!(announced.waits_for_mail_of(event(9), due));
        assert!(!announced.waits_for_mail_of(event(8), due));
        assert!(!changed(announced.add(line(2)).unwrap(), due).waits_for_mail_of(event(9), due));
        assert!(!announced.waits_for_mail_of(event(9), announced.kept_until));
    }

    #[test]
    fn only_who_agreed_has_a_proven_address_that_takes_mail_and_is_not_banned_is_reminded() {
        let due = now() + HOUR * 24;
        let (by, rank) = (UserId::new(now(), 9), Role::Admin);
        let ban = Ban { reason: "fraud".to_owned(), until: due + HOUR, by, rank, at: now() };
        let preferences = user().preferences.with(Topic::Carts, false);
        for not in [
            User { preferences, ..user() },
            User { email_verified: false, ..user() },
            User { mail_stop: Some(MailStop::Bounced), ..user() },
            User { ban: Some(ban), ..user() },
        ] {
            assert!(!may_be_reminded(&not, due));
            let (after, saved) = cart().after_reminder(Some(&not), event(9), due);
            assert_eq!((after.reminder, saved), (None, None));
        }
        assert!(may_be_reminded(&user(), due));
        assert_eq!(cart().after_reminder(None, event(9), due).1, None, "the account is gone");
        let expired = cart().kept_until;
        assert_eq!(cart().after_reminder(Some(&user()), event(9), expired).1, None);
    }
}
