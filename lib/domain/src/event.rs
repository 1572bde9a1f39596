//! What happened, as others are told of it. An event is written in the transaction of its cause and names people by id
//! only: what it tells is read, when it is needed, from where it is kept.

use serde::{Deserialize, Serialize};

use crate::id::UserId;
use crate::time::Time;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all_fields = "camelCase")]
pub enum Event {
    #[serde(rename = "user.registered")]
    UserRegistered { user_id: UserId },
    #[serde(rename = "user.verification_requested")]
    VerificationRequested { user_id: UserId },
    /// `None`: somebody asked for an address that has no account. It is written all the same, so that asking for a known
    /// and an unknown address is the same work.
    #[serde(rename = "user.password_reset_requested")]
    PasswordResetRequested { user_id: Option<UserId> },
    #[serde(rename = "user.password_changed")]
    PasswordChanged { user_id: UserId },
    #[serde(rename = "user.two_factor_changed")]
    TwoFactorChanged { user_id: UserId, enabled: bool },
    #[serde(rename = "user.new_device")]
    NewDevice {
        user_id: UserId,
        device: String,
        ip: String,
    },
    #[serde(rename = "user.banned")]
    UserBanned {
        user_id: UserId,
        reason: String,
        until: Time,
    },
    #[serde(rename = "user.unbanned")]
    UserUnbanned { user_id: UserId },
    #[serde(rename = "user.deleted")]
    UserDeleted { user_id: UserId },
}
