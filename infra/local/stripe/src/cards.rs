//! The payment methods of Stripe's test mode, and what each of them does.

use crate::error::StripeError;

/// What happens when somebody pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Card {
    Pays,
    Declines,
    InsufficientFunds,
    /// Pays after a step on the bank's page.
    RequiresAuthentication,
    /// Pays, and then the buyer disputes the charge.
    Disputes,
    /// Pays, and then the buyer's bank asks about the charge. No money moves yet.
    OpensInquiry,
    /// A bank debit: it is processing until the bank decides, days later.
    Slow,
    /// Pays. Its refunds are pending at first.
    PendingRefund,
    /// Pays. Its refunds seem to succeed, and fail a minute later.
    RefundFails,
}

/// A payment method: what it does, and its type.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PaymentMethod {
    pub(crate) card: Card,
    pub(crate) kind: &'static str,
}

impl PaymentMethod {
    /// The method with this name in Stripe's documentation of test payments.
    pub(crate) fn of(name: &str) -> Result<Self, StripeError> {
        let card = match name {
            "pm_card_visa" => Card::Pays,
            "pm_card_visa_chargeDeclined" => Card::Declines,
            "pm_card_visa_chargeDeclinedInsufficientFunds" => Card::InsufficientFunds,
            "pm_card_authenticationRequired" => Card::RequiresAuthentication,
            "pm_card_createDispute" => Card::Disputes,
            "pm_card_createDisputeInquiry" => Card::OpensInquiry,
            "pm_card_pendingRefund" => Card::PendingRefund,
            "pm_card_refundFail" => Card::RefundFails,
            _ => {
                let kind = debit(name).ok_or_else(|| StripeError::missing(&format!("PaymentMethod: '{name}'")))?;
                return Ok(Self { card: Card::Slow, kind });
            }
        };
        Ok(Self { card, kind: "card" })
    }

    /// The method of a buyer who pays in this currency. Not every currency has a slow one.
    pub(crate) fn of_card(card: Card, currency: &str) -> Option<Self> {
        let kind = if card == Card::Slow { slow_method(currency)? } else { "card" };
        Some(Self { card, kind })
    }

    pub(crate) fn takes(self, currency: &str) -> bool {
        self.kind == "card" || slow_method(currency) == Some(self.kind)
    }
}

/// The type of a bank debit of Stripe's test mode, such as `pm_sepaDebit_success_de`. The stand-in's bank decides only
/// when it is told to, whatever the name says.
fn debit(name: &str) -> Option<&'static str> {
    const ACH: [&str; 7] = [
        "success",
        "accountClosed",
        "noAccount",
        "insufficientFunds",
        "debitNotAuthorized",
        "invalidCurrency",
        "processing",
    ];
    const SEPA: [&str; 4] = ["success", "successDelayed", "failed", "failedDelayed"];
    if let Some(scenario) = name.strip_prefix("pm_usBankAccount_") {
        return ACH.contains(&scenario).then_some("us_bank_account");
    }
    let (scenario, country) = name.strip_prefix("pm_sepaDebit_")?.split_once('_')?;
    let is_country = country.len() == 2 && country.bytes().all(|c| c.is_ascii_lowercase());
    (is_country && SEPA.contains(&scenario)).then_some("sepa_debit")
}

/// The usual bank debit of a currency.
pub(crate) fn slow_method(currency: &str) -> Option<&'static str> {
    Some(match currency {
        "usd" => "us_bank_account",
        "eur" => "sepa_debit",
        "gbp" => "bacs_debit",
        "cad" => "acss_debit",
        "aud" => "au_becs_debit",
        "nzd" => "nz_bank_account",
        _ => return None,
    })
}
