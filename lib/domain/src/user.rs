//! A person with an account, and their ban.

use serde::{Deserialize, Serialize};

use crate::access::Role;
use crate::email::Email;
use crate::id::{ImageId, UserId};
use crate::mail_language::MailLanguage;
use crate::metadata::Metadata;
use crate::preferences::Preferences;
use crate::staff_notice::{StaffNotice, StaffNotices};
use crate::text::PersonName;
use crate::time::Time;
use crate::upload::Upload;

/// What every signed-in request reads. It has no secrets; those are in [`Credentials`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    pub id: UserId,
    pub email: Email,
    pub email_verified: bool,
    /// What is shown.
    pub name: PersonName,
    /// For forms that ask for the parts of a name. They need not make up the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_name: Option<PersonName>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family_name: Option<PersonName>,
    /// What staff noted; see [`Metadata`].
    #[serde(default, skip_serializing_if = "Metadata::is_empty")]
    pub metadata: Metadata,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<ImageId>,
    /// When the picture was asked for, or removed. A file that was asked for before comes too late.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture_at: Option<Time>,
    pub role: Role,
    pub two_factor: bool,
    pub preferences: Preferences,
    /// The language of mails. `None`: the shop's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<MailLanguage>,
    /// The mails about the shop that a member of staff asked for. They count only while the person has a staff role.
    #[serde(default, skip_serializing_if = "StaffNotices::is_none")]
    pub notices: StaffNotices,
    /// Why this person gets no mail, not even about security: it bounced, or they reported it as spam.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail_stop: Option<MailStop>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ban: Option<Ban>,
    /// How often the password was set with a mailed link. A link for a new password is valid until another one is used.
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub resets: u64,
    /// A session has the epoch in which it was opened. Raising the epoch ends all sessions with one write.
    pub epoch: u64,
    /// Raised by every change. It is the ETag.
    pub version: u64,
    pub created_at: Time,
}

impl User {
    pub fn register(id: UserId, email: Email, name: PersonName, now: Time) -> Self {
        Self {
            id,
            email,
            email_verified: false,
            name,
            given_name: None,
            family_name: None,
            metadata: Metadata::default(),
            picture: None,
            picture_at: None,
            role: Role::Customer,
            two_factor: false,
            preferences: Preferences::default(),
            language: None,
            notices: StaffNotices::default(),
            mail_stop: None,
            ban: None,
            resets: 0,
            epoch: 1,
            version: 1,
            created_at: now,
        }
    }

    /// The ban at this time. An expired ban does not count, even if it is still stored.
    pub fn ban_at(&self, now: Time) -> Option<&Ban> {
        self.ban.as_ref().filter(|ban| ban.until > now)
    }

    /// Whether this member of staff gets such a mail now.
    pub fn gets_notice(&self, notice: StaffNotice, now: Time) -> bool {
        self.role.is_staff() && self.ban_at(now).is_none() && self.notices.includes(notice)
    }

    /// Whether an upload may become the picture of this person. `epoch`: theirs when they asked for its form.
    pub fn check_picture(&self, upload: &Upload, epoch: u64) -> Result<(), PictureRefusal> {
        if self.epoch != epoch {
            return Err(PictureRefusal::SessionsEnded);
        }
        if self.picture_at.is_some_and(|at| upload.created_at < at) {
            return Err(PictureRefusal::TooLate);
        }
        Ok(())
    }
}

/// Why an upload does not become the picture of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PictureRefusal {
    #[error("The sessions of the account were ended in the meantime.")]
    SessionsEnded,
    #[error("You uploaded a newer picture, or removed your picture, in the meantime.")]
    TooLate,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailStop {
    /// A permanent bounce: the address takes no mail.
    Bounced,
    Complained,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ban {
    pub reason: String,
    pub until: Time,
    pub by: UserId,
    /// The role that they had then. Bans of older versions have none and count as an admin's.
    #[serde(default = "highest_rank")]
    pub rank: Role,
    pub at: Time,
}

fn highest_rank() -> Role {
    Role::Admin
}

/// Why a member of staff may not do this to a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StaffRefusal {
    #[error("you cannot do this to yourself")]
    Oneself,
    #[error("you can do this only to users of a lower role, and not against a colleague of a higher role")]
    Outranked,
    #[error("the ban must end in the future")]
    EndsInThePast,
    #[error("this user is banned")]
    Banned,
    #[error("this user is not banned")]
    NotBanned,
}

impl Ban {
    pub const MAX_REASON: usize = 500;

    pub fn decide(staff: &User, target: &User, reason: String, until: Time, now: Time) -> Result<Self, StaffRefusal> {
        decide_end_of_sessions(staff, target)?;
        // A new ban replaces the old one, so it also lifts it.
        if target.ban_at(now).is_some_and(|ban| ban.rank.outranks(staff.role)) {
            return Err(StaffRefusal::Outranked);
        }
        if until <= now {
            return Err(StaffRefusal::EndsInThePast);
        }
        Ok(Self { reason, until, by: staff.id, rank: staff.role, at: now })
    }

    /// The ban of this user, if this member of staff may lift it.
    pub fn decide_lift<'a>(staff: &User, target: &'a User) -> Result<&'a Self, StaffRefusal> {
        let ban = target.ban.as_ref().ok_or(StaffRefusal::NotBanned)?;
        if !staff.role.outranks(target.role) || ban.rank.outranks(staff.role) {
            return Err(StaffRefusal::Outranked);
        }
        Ok(ban)
    }
}

/// Staff may sign out users of a lower role. Their own sessions they end as everybody does.
pub fn decide_end_of_sessions(staff: &User, target: &User) -> Result<(), StaffRefusal> {
    if staff.id == target.id {
        return Err(StaffRefusal::Oneself);
    }
    if !staff.role.outranks(target.role) {
        return Err(StaffRefusal::Outranked);
    }
    Ok(())
}

/// Nobody may change their own role. So whoever takes the role from the last other admin is still one. A banned user
/// gets no staff role, so every admin can sign in.
pub fn decide_role(staff: &User, target: &User, role: Role, now: Time) -> Result<Role, StaffRefusal> {
    if staff.id == target.id {
        return Err(StaffRefusal::Oneself);
    }
    if role.is_staff() && target.ban_at(now).is_some() {
        return Err(StaffRefusal::Banned);
    }
    Ok(role)
}

/// What proves the identity of a user. It is read at sign-in only.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credentials {
    pub password_hash: String,
    /// The shared secret in base32, after a code has confirmed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub totp_secret: Option<String>,
    /// A secret that is not confirmed yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub totp_pending: Option<String>,
    /// The time step of the last used code. Codes of this and earlier steps are refused.
    #[serde(default)]
    pub totp_step: u64,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Credentials(…)")
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Ban, PictureRefusal, StaffRefusal, User, decide_role};
    use crate::access::Role;
    use crate::email::Email;
    use crate::id::{UploadId, UserId};
    use crate::text::PersonName;
    use crate::time::Time;
    use crate::upload::{Purpose, Upload, UploadState};

    fn user(n: u128, role: Role) -> User {
        let now = Time::from_unix_millis(0);
        let name = PersonName::parse("Ada").unwrap();
        User { role, ..User::register(UserId::new(now, n), Email::parse("ada@example.com").unwrap(), name, now) }
    }

    #[test]
    fn a_picture_is_not_replaced_by_an_older_one_or_by_one_of_an_earlier_epoch() {
        let (now, second) = (Time::from_unix_millis(10_000), Duration::from_secs(1));
        let upload = |at: Time| Upload {
            id: UploadId::new(at, 1),
            owner: Some(UserId::new(now, 1).into()),
            purpose: Purpose::UserPicture { user_id: UserId::new(now, 1), epoch: 1 },
            content_type: "image/png".to_owned(),
            state: UploadState::Waiting,
            created_at: at,
        };
        let none = user(1, Role::Customer);
        assert_eq!(none.check_picture(&upload(now), 1), Ok(()));
        assert_eq!(none.check_picture(&upload(now), 2), Err(PictureRefusal::SessionsEnded));
        // The picture was removed at that time.
        let removed = User { picture_at: Some(now), ..none };
        assert_eq!(removed.check_picture(&upload(now - second), 1), Err(PictureRefusal::TooLate));
        assert_eq!(removed.check_picture(&upload(now + second), 1), Ok(()));
    }

    #[test]
    fn a_ban_ends_at_its_time() {
        let now = Time::from_unix_millis(1_000);
        let until = now + Duration::from_mins(1);
        let ban = Ban::decide(&user(1, Role::Admin), &user(2, Role::Customer), "fraud".into(), until, now).unwrap();
        let banned = User { ban: Some(ban), ..user(2, Role::Customer) };
        assert!(banned.ban_at(until - Duration::from_millis(1)).is_some());
        assert!(banned.ban_at(until).is_none());
    }

    #[test]
    fn staff_ban_only_users_of_a_lower_role_and_only_into_the_future() {
        let now = Time::from_unix_millis(1_000);
        let later = now + Duration::from_secs(1);
        let ban = |staff: &User, target: &User, until| Ban::decide(staff, target, "x".into(), until, now).map(|_| ());
        let (support, admin, customer) = (user(1, Role::Support), user(2, Role::Admin), user(3, Role::Customer));
        assert_eq!(ban(&support, &customer, later), Ok(()));
        assert_eq!(ban(&admin, &support, later), Ok(()));
        assert_eq!(ban(&support, &admin, later), Err(StaffRefusal::Outranked));
        assert_eq!(ban(&support, &user(4, Role::Support), later), Err(StaffRefusal::Outranked));
        assert_eq!(ban(&admin, &admin, later), Err(StaffRefusal::Oneself));
        assert_eq!(ban(&admin, &customer, now), Err(StaffRefusal::EndsInThePast));
    }

    #[test]
    fn nobody_changes_their_own_role_and_a_banned_user_gets_no_staff_role() {
        let now = Time::from_unix_millis(1_000);
        let (admin, customer) = (user(1, Role::Admin), user(2, Role::Customer));
        assert_eq!(decide_role(&admin, &admin, Role::Customer, now), Err(StaffRefusal::Oneself));
        assert_eq!(decide_role(&admin, &customer, Role::Support, now), Ok(Role::Support));
        let until = now + Duration::from_secs(1);
        let banned = User { ban: Some(ban_by(&admin, until)), ..user(2, Role::Support) };
        assert_eq!(decide_role(&admin, &banned, Role::Admin, now), Err(StaffRefusal::Banned));
        assert_eq!(decide_role(&admin, &banned, Role::Customer, now), Ok(Role::Customer));
        assert_eq!(decide_role(&admin, &banned, Role::Admin, until), Ok(Role::Admin));
    }

    fn ban_by(staff: &User, until: Time) -> Ban {
        Ban { reason: "x".into(), until, by: staff.id, rank: staff.role, at: Time::from_unix_millis(0) }
    }

    #[test]
    fn a_ban_is_lifted_or_replaced_only_by_a_rank_that_is_not_below_that_of_who_banned() {
        let (now, until) = (Time::from_unix_millis(1_000), Time::from_unix_millis(9_000));
        let (support, admin) = (user(1, Role::Support), user(2, Role::Admin));
        let banned = |role, by: &User| User { ban: Some(ban_by(by, until)), ..user(3, role) };
        let lift = |staff: &User, target: &User| Ban::decide_lift(staff, target).map(|_| ());
        let replace = |staff: &User, target: &User| Ban::decide(staff, target, "y".into(), until, now).map(|_| ());
        for act in [&lift as &dyn Fn(&User, &User) -> Result<(), StaffRefusal>, &replace] {
            assert_eq!(act(&support, &banned(Role::Customer, &support)), Ok(()));
            assert_eq!(act(&admin, &banned(Role::Customer, &support)), Ok(()));
            assert_eq!(act(&admin, &banned(Role::Support, &admin)), Ok(()));
            assert_eq!(act(&support, &banned(Role::Customer, &admin)), Err(StaffRefusal::Outranked));
            assert_eq!(act(&support, &banned(Role::Support, &admin)), Err(StaffRefusal::Outranked));
        }
        assert_eq!(lift(&admin, &user(3, Role::Customer)), Err(StaffRefusal::NotBanned));
        let later =
            Ban::decide(&support, &banned(Role::Customer, &admin), "y".into(), until + Duration::from_secs(1), until);
        assert!(later.is_ok(), "the admin's ban has ended");
    }

    #[test]
    fn a_ban_of_an_older_version_counts_as_an_admins() {
        let ban = ban_by(&user(1, Role::Support), Time::from_unix_millis(9_000));
        let mut stored = serde_json::to_value(&ban).unwrap();
        assert_eq!(stored["rank"], "support");
        stored.as_object_mut().unwrap().remove("rank");
        assert_eq!(serde_json::from_value::<Ban>(stored).unwrap().rank, Role::Admin);
    }
}
