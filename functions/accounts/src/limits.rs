//! Rate limits, by IP address and by account. The limits by account work against attackers with many IP addresses. Those
//! of mail count by mailbox, because different addresses can belong to one.

use std::time::Duration;

use domain::rate::Limit;

const MINUTE: Duration = Duration::from_mins(1);
const QUARTER: Duration = Duration::from_mins(15);
const HOUR: Duration = Duration::from_hours(1);

pub(crate) const REGISTER_BY_IP: Limit = Limit::new("register", 60, HOUR);
pub(crate) const REGISTER_BY_ACCOUNT: Limit = Limit::new("register-account", 10, HOUR);
pub(crate) const LOGIN_BY_IP: Limit = Limit::new("login", 30, MINUTE);
pub(crate) const LOGIN_BY_ACCOUNT: Limit = Limit::new("login-account", 10, QUARTER);
pub(crate) const SECOND_STEP_BY_IP: Limit = Limit::new("2fa", 30, MINUTE);
pub(crate) const SECOND_STEP_BY_ACCOUNT: Limit = Limit::new("2fa-account", 10, QUARTER);
pub(crate) const REFRESH_BY_IP: Limit = Limit::new("refresh", 120, MINUTE);
pub(crate) const REFRESH_BY_ACCOUNT: Limit = Limit::new("refresh-account", 60, MINUTE);
pub(crate) const MAILED_LINK_BY_IP: Limit = Limit::new("mailed-link", 20, QUARTER);
pub(crate) const MAILED_LINK_BY_ACCOUNT: Limit = Limit::new("mailed-link-account", 5, HOUR);
/// Following a mailed link.
pub(crate) const LINK_USE_BY_IP: Limit = Limit::new("link", 30, QUARTER);
/// Confirming an action with the password or a code while signed in.
pub(crate) const CONFIRM_BY_IP: Limit = Limit::new("confirm", 30, MINUTE);
pub(crate) const CONFIRM_BY_ACCOUNT: Limit = Limit::new("confirm-account", 10, QUARTER);
