//! Which event becomes which mail, and whether its reader may refuse it.

use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::id::{EventId, UserId};
use crate::preferences::Topic;
use crate::time::Time;

/// One mail to one user, with the facts that only its event knows. The words are the mailer's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "template",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum Letter {
    Welcome,
    Verify,
    Reset,
    PasswordChanged,
    TwoFactorChanged { enabled: bool },
    NewDevice { device: String, ip: String },
    Banned { reason: String, until: Time },
}

/// What lies in the mail queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MailJob {
    pub event_id: EventId,
    pub user_id: UserId,
    pub at: Time,
    pub letter: Letter,
}

impl Letter {
    /// The template's name, which with the event's id names a mail that is sent once.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Welcome => "welcome",
            Self::Verify => "verify",
            Self::Reset => "reset",
            Self::PasswordChanged => "password-changed",
            Self::TwoFactorChanged { .. } => "two-factor-changed",
            Self::NewDevice { .. } => "new-device",
            Self::Banned { .. } => "banned",
        }
    }

    /// What the reader may unsubscribe from; `None` for mail about the account's security, which always comes.
    pub fn topic(&self) -> Option<Topic> {
        match self {
            Self::Welcome => Some(Topic::Account),
            Self::Verify
            | Self::Reset
            | Self::PasswordChanged
            | Self::TwoFactorChanged { .. }
            | Self::NewDevice { .. }
            | Self::Banned { .. } => None,
        }
    }
}

/// The mails that an event asks for.
pub fn mails_for(event_id: EventId, event: &Event, at: Time) -> Vec<MailJob> {
    let mails = |user_id: UserId, letters: Vec<Letter>| {
        letters
            .into_iter()
            .map(|letter| MailJob {
                event_id,
                user_id,
                at,
                letter,
            })
            .collect()
    };
    match event {
        Event::UserRegistered { user_id } => mails(*user_id, vec![Letter::Verify, Letter::Welcome]),
        Event::VerificationRequested { user_id } => mails(*user_id, vec![Letter::Verify]),
        Event::PasswordResetRequested {
            user_id: Some(user_id),
        } => mails(*user_id, vec![Letter::Reset]),
        Event::PasswordChanged { user_id } => mails(*user_id, vec![Letter::PasswordChanged]),
        Event::TwoFactorChanged { user_id, enabled } => mails(
            *user_id,
            vec![Letter::TwoFactorChanged { enabled: *enabled }],
        ),
        Event::NewDevice {
            user_id,
            device,
            ip,
        } => mails(
            *user_id,
            vec![Letter::NewDevice {
                device: device.clone(),
                ip: ip.clone(),
            }],
        ),
        Event::UserBanned {
            user_id,
            reason,
            until,
        } => mails(
            *user_id,
            vec![Letter::Banned {
                reason: reason.clone(),
                until: *until,
            }],
        ),
        Event::PasswordResetRequested { user_id: None }
        | Event::UserUnbanned { .. }
        | Event::UserDeleted { .. } => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Letter, mails_for};
    use crate::event::Event;
    use crate::id::{EventId, UserId};
    use crate::time::Time;

    fn letters(event: &Event) -> Vec<&'static str> {
        let now = Time::from_unix_millis(0);
        mails_for(EventId::new(now, 1), event, now)
            .iter()
            .map(|job| job.letter.name())
            .collect()
    }

    #[test]
    fn registering_asks_for_two_mails_and_a_reset_for_nobody_asks_for_none() {
        let user_id = UserId::new(Time::from_unix_millis(0), 2);
        assert_eq!(
            letters(&Event::UserRegistered { user_id }),
            ["verify", "welcome"]
        );
        assert_eq!(
            letters(&Event::PasswordResetRequested {
                user_id: Some(user_id)
            }),
            ["reset"]
        );
        assert!(letters(&Event::PasswordResetRequested { user_id: None }).is_empty());
    }

    #[test]
    fn only_the_welcome_can_be_refused() {
        let until = Time::from_unix_millis(0);
        assert!(Letter::Welcome.topic().is_some());
        for letter in [
            Letter::Verify,
            Letter::Reset,
            Letter::PasswordChanged,
            Letter::TwoFactorChanged { enabled: false },
            Letter::NewDevice {
                device: String::new(),
                ip: String::new(),
            },
            Letter::Banned {
                reason: String::new(),
                until,
            },
        ] {
            assert!(letter.topic().is_none(), "{}", letter.name());
            assert_eq!(
                serde_json::to_value(&letter).unwrap()["template"],
                letter.name()
            );
        }
    }
}
