//! Whether a coupon can be used now, and if not, why.

use super::Coupon;
use crate::time::Time;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CouponState {
    /// Some order can use it.
    Active,
    /// Its time has not begun.
    Scheduled,
    /// Its time is over.
    Ended,
    /// As many orders use it as may.
    UsedUp,
    /// Staff turned it off.
    Disabled,
}

impl CouponState {
    pub const ALL: [Self; 5] = [Self::Active, Self::Scheduled, Self::Ended, Self::UsedUp, Self::Disabled];

    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Scheduled => "scheduled",
            Self::Ended => "ended",
            Self::UsedUp => "used_up",
            Self::Disabled => "disabled",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == text)
    }
}

impl Coupon {
    /// The first that holds of: disabled, ended, used up, scheduled. A coupon that has ended stays so; one that is used
    /// up is active again when an order with it is cancelled.
    pub fn state(&self, now: Time) -> CouponState {
        let terms = &self.terms;
        if !terms.active {
            CouponState::Disabled
        } else if terms.ends_at.is_some_and(|ends| ends <= now) {
            CouponState::Ended
        } else if terms.total_uses.is_some_and(|uses| self.used >= uses) {
            CouponState::UsedUp
        } else if terms.starts_at.is_some_and(|starts| now < starts) {
            CouponState::Scheduled
        } else {
            CouponState::Active
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::CouponState::{Active, Disabled, Ended, Scheduled, UsedUp};
    use crate::coupon::{Coupon, CouponCode, CouponTerms, Discount};
    use crate::id::CouponId;
    use crate::time::Time;

    #[test]
    fn a_coupon_has_one_state_at_each_moment() {
        let start = Time::from_unix_millis(1_000);
        let (end, second) = (start + Duration::from_secs(10), Duration::from_secs(1));
        let coupon = |active, used| Coupon {
            id: CouponId::new(start, 1),
            code: CouponCode::parse("TEN").unwrap(),
            terms: CouponTerms {
                starts_at: Some(start),
                ends_at: Some(end),
                total_uses: Some(2),
                active,
                ..CouponTerms::new(Discount::Fixed { amount: 1 })
            },
            used,
            version: 1,
            created_at: start,
            updated_at: start,
        };
        for (active, used, now, state) in [
            (true, 0, start - second, Scheduled),
            (true, 0, start, Active),
            (true, 1, end - second, Active),
            (true, 2, start, UsedUp),
            (true, 2, start - second, UsedUp),
            (true, 2, end, Ended),
            (false, 2, end, Disabled),
        ] {
            assert_eq!(coupon(active, used).state(now), state);
        }
        let endless = Coupon { terms: CouponTerms::new(Discount::Fixed { amount: 1 }), ..coupon(true, 99) };
        assert_eq!(endless.state(end), Active);
    }
}
