//! Rate limits. Tries to prove who one is are counted first and taken back if they succeed, so what counts is failures;
//! `attempts` says whose. No limit by account alone stands in the way of its owner: nobody can use it up for them.

use std::time::Duration;

use domain::rate::Limit;

const MINUTE: Duration = Duration::from_mins(1);
const QUARTER: Duration = Duration::from_mins(15);
const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

pub(crate) const REGISTER_BY_IP: Limit = Limit::new("register", 60, HOUR);
/// Registrations that were refused because the address has an account.
pub(crate) const REGISTER_TAKEN_BY_IP: Limit = Limit::new("register-taken", 20, HOUR);
/// Registrations of one mailbox, however its address is spelled: each causes a mail.
pub(crate) const REGISTER_BY_MAILBOX: Limit = Limit::new("register-mailbox", 10, HOUR);
/// The owner of an address hears of tries to register it.
pub(crate) const ADDRESS_TAKEN_TOLD: Limit = Limit::new("register-told", 1, DAY);

/// The limits of one way to prove who one is.
#[derive(Debug)]
pub(crate) struct AttemptLimits {
    pub(crate) by_ip: Limit,
    /// One account from one network.
    pub(crate) by_account_here: Limit,
    /// One device that is known to the account.
    pub(crate) by_device: Limit,
    /// One account from all networks and unknown devices together. Known devices pass it.
    pub(crate) by_account: Limit,
    /// The owner hears of many failures.
    pub(crate) told: Limit,
    /// After how many failures of `by_account`.
    pub(crate) told_at: u32,
}

pub(crate) const LOGIN: AttemptLimits = AttemptLimits {
    by_ip: Limit::new("login", 30, MINUTE),
    by_account_here: Limit::new("login-account", 10, QUARTER),
    by_device: Limit::new("login-device", 10, QUARTER),
    by_account: Limit::new("login-everywhere", 100, HOUR),
    told: Limit::new("login-told", 1, HOUR),
    told_at: 20,
};
/// A code has only a million values, so fewer tries than for a password.
pub(crate) const SECOND_STEP: AttemptLimits = AttemptLimits {
    by_ip: Limit::new("2fa", 30, MINUTE),
    by_account_here: Limit::new("2fa-account", 10, QUARTER),
    by_device: Limit::new("2fa-device", 10, QUARTER),
    by_account: Limit::new("2fa-everywhere", 40, HOUR),
    told: Limit::new("2fa-told", 1, HOUR),
    told_at: 10,
};

pub(crate) const REFRESH_BY_IP: Limit = Limit::new("refresh", 120, MINUTE);
pub(crate) const REFRESH_BY_ACCOUNT: Limit = Limit::new("refresh-account", 60, MINUTE);
pub(crate) const MAILED_LINK_BY_IP: Limit = Limit::new("mailed-link", 20, QUARTER);
/// One mailbox from one network.
pub(crate) const MAILED_LINK_BY_MAILBOX_HERE: Limit = Limit::new("mailed-link-mailbox", 5, HOUR);
/// One address from all networks together. Over this limit no mail is sent, and nobody is refused: the links of the
/// mails that were sent in this window are still valid, because a link for a new password lives as long as the window.
pub(crate) const MAILED_LINK_BY_ADDRESS: Limit = Limit::new("mailed-link-address", 20, HOUR);
/// The same for all invented spellings of a mailbox together.
pub(crate) const MAILED_LINK_BY_MAILBOX: Limit = Limit::new("mailed-link-spellings", 20, HOUR);
/// Asking for another address. Each causes a mail to it, and one to the old address.
pub(crate) const CHANGE_EMAIL_BY_USER: Limit = Limit::new("change-email", 5, HOUR);
/// All accounts that want addresses of one mailbox.
pub(crate) const CHANGE_EMAIL_BY_MAILBOX: Limit = Limit::new("change-email-mailbox", 10, HOUR);
/// Following a mailed link.
pub(crate) const LINK_USE_BY_IP: Limit = Limit::new("link", 30, QUARTER);
/// Confirming an action with the password or a code while signed in.
pub(crate) const CONFIRM_BY_IP: Limit = Limit::new("confirm", 30, MINUTE);
pub(crate) const CONFIRM_BY_SESSION: Limit = Limit::new("confirm-session", 10, QUARTER);
