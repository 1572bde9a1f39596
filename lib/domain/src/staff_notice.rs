//! Which mails about the shop a member of staff asked for. The shop's own mailbox gets them too, except those that are only
//! for people who ask.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StaffNotice {
    LowStock,
    /// A buyer's payment did not go through. Only for those who ask: a shop has many of them.
    FailedPayments,
    /// Slow payments, failed refunds, returns to decide, disputes.
    Orders,
}

/// Nobody gets any of them before asking.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StaffNotices {
    pub low_stock: bool,
    pub failed_payments: bool,
    pub orders: bool,
}

impl StaffNotices {
    pub fn includes(self, notice: StaffNotice) -> bool {
        match notice {
            StaffNotice::LowStock => self.low_stock,
            StaffNotice::FailedPayments => self.failed_payments,
            StaffNotice::Orders => self.orders,
        }
    }

    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}
