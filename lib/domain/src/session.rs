//! A session is one signed-in device. It has a chain of refresh tokens, of which only the newest is valid.
//!
//! Invariant: a retired token that is used after the grace period proves that two parties have tokens of this chain, so
//! the session ends. A token that never belonged to the chain ends nothing; otherwise anybody could end any session.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::id::{SessionId, UserId};
use crate::time::Time;
use crate::user::{Ban, User};

/// The lifetime of an access token.
pub const ACCESS_TTL: Duration = Duration::from_mins(15);
/// The lifetime of a refresh token, counted from the last refresh.
pub const REFRESH_TTL: Duration = Duration::from_hours(7 * 24);
/// The longest lifetime of a session, however often it is refreshed.
pub const SESSION_TTL: Duration = Duration::from_hours(90 * 24);
/// How long the previous token still gets the same answer, for a client that lost it.
pub const GRACE: Duration = Duration::from_secs(10);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    pub id: SessionId,
    pub user_id: UserId,
    /// The user's epoch when the session was opened.
    pub epoch: u64,
    /// The number of retired tokens in the chain.
    pub generation: u32,
    /// SHA-256 of the newest refresh token's secret, in hex.
    pub refresh_hash: String,
    pub rotated_at: Time,
    pub device: String,
    pub ip: String,
    pub created_at: Time,
    pub refresh_until: Time,
    /// When its holder last proved who they are. Sessions of older versions have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<IdentityProof>,
}

/// A person has shown that the account is theirs, at sign-in or since then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityProof {
    pub at: Time,
    /// With a code of two-factor sign-in, not only with the password.
    pub second_factor: bool,
}

/// The position of a presented refresh token in the session's chain, as its HMAC showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presented {
    /// A token of this chain with this many newer tokens.
    Retired(u32),
    Current,
    /// Not a token of this chain.
    Foreign,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refresh {
    /// Retire the presented token and issue the next one.
    Rotate,
    /// The last answer was lost: give the same answer again.
    Repeat,
    /// Two parties use the chain: end the session.
    End,
    Refuse,
}

/// Why a request with a valid access token is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccessRefusal {
    SessionEnded,
    Banned(Ban),
}

impl Session {
    pub fn refresh(&self, presented: Presented, now: Time) -> Refresh {
        if now >= self.refresh_until {
            return Refresh::Refuse;
        }
        match presented {
            Presented::Foreign => Refresh::Refuse,
            Presented::Current => Refresh::Rotate,
            Presented::Retired(1) if now.since(self.rotated_at) <= GRACE => Refresh::Repeat,
            Presented::Retired(_) => Refresh::End,
        }
    }

    /// When the next refresh token expires, if the session is refreshed now.
    pub fn next_deadline(&self, now: Time) -> Time {
        (now + REFRESH_TTL).min(self.created_at + SESSION_TTL)
    }

    pub fn is_live(&self, user: &User, now: Time) -> bool {
        self.user_id == user.id && self.epoch == user.epoch && now < self.refresh_until
    }
}

/// A valid access token is not enough: its session must be live, and its user must not be banned.
pub fn check_access(user: Option<&User>, session: Option<&Session>, now: Time) -> Result<(), AccessRefusal> {
    let user = user.ok_or(AccessRefusal::SessionEnded)?;
    if let Some(ban) = user.ban_at(now) {
        return Err(AccessRefusal::Banned(ban.clone()));
    }
    match session {
        Some(session) if session.is_live(user, now) => Ok(()),
        _ => Err(AccessRefusal::SessionEnded),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    use super::{AccessRefusal, GRACE, Presented, REFRESH_TTL, Refresh, SESSION_TTL, Session, check_access};
    use crate::access::Role;
    use crate::email::Email;
    use crate::id::{SessionId, UserId};
    use crate::text::PersonName;
    use crate::time::Time;
    use crate::user::{Ban, User};

    const START: i64 = 1_800_000_000_000;

    fn start() -> Time {
        Time::from_unix_millis(START)
    }

    fn user() -> User {
        let (email, name) = (Email::parse("ada@example.com").unwrap(), PersonName::parse("Ada").unwrap());
        User::register(UserId::new(start(), 1), email, name, start())
    }

    fn session() -> Session {
        Session {
            id: SessionId::new(start(), 2),
            user_id: user().id,
            epoch: 1,
            generation: 3,
            refresh_hash: String::new(),
            rotated_at: start(),
            device: "Firefox on Linux".into(),
            ip: "192.0.2.1".into(),
            created_at: start(),
            refresh_until: start() + REFRESH_TTL,
            proof: None,
        }
    }

    #[test]
    fn the_valid_token_rotates_until_it_expires() {
        let last = start() + REFRESH_TTL - Duration::from_millis(1);
        assert_eq!(session().refresh(Presented::Current, last), Refresh::Rotate);
        assert_eq!(session().refresh(Presented::Current, start() + REFRESH_TTL), Refresh::Refuse);
    }

    #[test]
    fn a_retired_token_ends_the_session_except_within_the_grace_for_a_lost_answer() {
        assert_eq!(session().refresh(Presented::Retired(1), start() + GRACE), Refresh::Repeat);
        assert_eq!(session().refresh(Presented::Retired(1), start() + GRACE + Duration::from_millis(1)), Refresh::End);
        assert_eq!(session().refresh(Presented::Retired(2), start()), Refresh::End);
    }

    #[test]
    fn a_foreign_token_ends_nothing() {
        assert_eq!(session().refresh(Presented::Foreign, start()), Refresh::Refuse);
    }

    #[test]
    fn a_banned_user_a_raised_epoch_and_a_deleted_session_are_refused() {
        let (user, session) = (user(), session());
        assert_eq!(check_access(Some(&user), Some(&session), start()), Ok(()));
        assert_eq!(check_access(Some(&user), None, start()), Err(AccessRefusal::SessionEnded));
        assert_eq!(check_access(None, Some(&session), start()), Err(AccessRefusal::SessionEnded));
        let raised = User { epoch: 2, ..user.clone() };
        assert_eq!(check_access(Some(&raised), Some(&session), start()), Err(AccessRefusal::SessionEnded));
        let ban = Ban { reason: "fraud".into(), until: start() + GRACE, by: user.id, rank: Role::Admin, at: start() };
        let banned = User { ban: Some(ban.clone()), ..user };
        assert_eq!(check_access(Some(&banned), Some(&session), start()), Err(AccessRefusal::Banned(ban)));
        assert_eq!(check_access(Some(&banned), Some(&session), start() + GRACE), Ok(()));
    }

    proptest! {
        #[test]
        fn refreshing_never_outlives_the_session(age in 0_u64..200) {
            let now = start() + Duration::from_hours(24 * age);
            let deadline = session().next_deadline(now);
            prop_assert!(deadline <= start() + SESSION_TTL);
            prop_assert_eq!(deadline > now, now < start() + SESSION_TTL);
        }
    }
}
