//! A guest's order joins the account of its mail address, once the address is proven.

use super::{Actor, HistoryCode, Order, PlacedOrder, Transition};
use crate::id::UserId;
use crate::time::Time;
use crate::user::User;

impl Order {
    /// The user who placed it. `None`: a guest did, also if the order is in an account by now. Whoever ordered as a guest
    /// may not be the owner of the address.
    pub fn placed_by(&self) -> Option<UserId> {
        self.user_id.filter(|_| self.joined_at.is_none())
    }

    /// The account of the order's address takes the order over. `None` if the order is in an account already, or the
    /// account has not proven this address. Guests see nothing of it, so the time of the last change stays: they must not
    /// learn whether an address has an account.
    pub fn joined(&self, account: &User, now: Time) -> Option<Transition> {
        if !self.may_join(account) {
            return None;
        }
        let transition = self.transition(now, |next| {
            next.user_id = Some(account.id);
            next.joined_at = Some(now);
        });
        let detail = account.id.to_string();
        let mut joined = transition.recorded(Actor::Shop, HistoryCode::JoinedAccount, Some(&detail), None);
        joined.order.updated_at = self.updated_at;
        Some(joined)
    }

    fn may_join(&self, account: &User) -> bool {
        self.user_id.is_none() && account.email_verified && account.email == self.email
    }
}

impl PlacedOrder {
    /// A guest's order whose address was proven by an account before is in this account from the beginning.
    #[must_use]
    pub fn in_account(mut self, account: Option<&User>) -> Self {
        if let Some(account) = account.filter(|account| self.order.may_join(account)) {
            self.order.user_id = Some(account.id);
            self.order.joined_at = Some(self.order.created_at);
        }
        self
    }
}
