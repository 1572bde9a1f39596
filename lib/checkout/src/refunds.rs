//! What all refunds have in common, whether staff make them by hand or with a return.

use domain::money::Currency;
use domain::order::{Order, RefundRefusal};
use domain::time::Time;
use kit::http::auth::Identity;
use kit::http::money::MoneyInput;
use kit::http::problem::Problem;
use kit::runtime::config::Env;

/// If more of an order is refunded, in minor units, staff need a fresh proof.
#[derive(Debug, Clone, Copy)]
pub struct RefundLimit(i64);

impl RefundLimit {
    pub fn new(amount: i64) -> Self {
        Self(amount)
    }

    pub fn read(env: &mut Env) -> Self {
        let amount = |text: &str| text.parse::<i64>().map_err(|_| "must be a whole number of minor units");
        Self(env.parsed("FRESH_PROOF_REFUND_AMOUNT", 0, amount))
    }

    /// `order`: as it is after the refund. All of its refunds count, so that many small ones are not a way around it.
    pub fn check(self, staff: &Identity, order: &Order, now: Time) -> Result<(), Problem> {
        if order.refunded + order.refunding > self.0 { staff.require_fresh_proof(now) } else { Ok(()) }
    }
}

/// An amount in another currency than that of the order is refused.
pub fn check_currency(money: Option<&MoneyInput>, currency: Currency) -> Result<(), Problem> {
    match money {
        Some(money) if money.currency != currency => {
            Err(Problem::field("amount", format!("must be in {}, the currency of the order", currency.as_str())))
        }
        _ => Ok(()),
    }
}

pub fn refund_problem(refusal: &RefundRefusal) -> Problem {
    let message = refusal.to_string();
    let sorry = format!("Sorry, {message}.");
    match refusal {
        RefundRefusal::NotPaid => Problem::conflict("not_paid", sorry),
        RefundRefusal::Disputed => Problem::conflict("payment_disputed", sorry),
        RefundRefusal::Busy => Problem::conflict("refunds_under_way", sorry),
        RefundRefusal::TooMuch { .. } | RefundRefusal::Nothing => Problem::field("amount", message),
        RefundRefusal::UnknownLine(variant) | RefundRefusal::TooMany { variant, .. } => {
            Problem::field(&format!("items.{variant}"), message)
        }
    }
}
