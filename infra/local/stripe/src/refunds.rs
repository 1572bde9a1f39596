//! Refunds: some are pending first, some fail after they seemed to succeed.

use serde_json::{Value, json};

use crate::amounts::{check_part, shown};
use crate::error::StripeError;
use crate::params::Params;
use crate::state::{ApiResult, StripeState, id_of, number_of, status_of};

/// When the refund of a card whose refunds fail does so.
const FAILS_AFTER: i64 = 60;
const REASONS: [&str; 3] = ["duplicate", "fraudulent", "requested_by_customer"];

impl StripeState {
    pub(crate) fn create_refund(&mut self, params: &Params) -> ApiResult {
        params.allow_only(&["payment_intent", "charge", "amount", "metadata*", "reason"])?;
        let amount = params.number_in("amount", 1, i64::MAX)?;
        let reason = params.one_of("reason", &REASONS)?;
        let metadata = params.metadata("metadata")?;
        let charge = self.charge_to_refund(params)?;
        let currency = charge["currency"].as_str().unwrap_or_default();
        let unrefunded = number_of(&charge, "amount") - number_of(&charge, "amount_refunded");
        if unrefunded == 0 {
            return Err(StripeError::refused("charge_already_refunded", "Charge has already been refunded."));
        }
        if self.is_charged_back(&charge) {
            return Err(StripeError::refused(
                "charge_disputed",
                "Charge has been charged back. It cannot be refunded.",
            ));
        }
        let amount = amount.unwrap_or(unrefunded);
        check_part("amount", amount, currency)?;
        if amount > unrefunded {
            let (amount, unrefunded) = (shown(amount, currency), shown(unrefunded, currency));
            let message =
                format!("Refund amount ({amount}) is greater than unrefunded amount on charge ({unrefunded})");
            return Err(StripeError::refused("amount_too_large", &message));
        }
        if self.balance.is_some_and(|available| available < amount) {
            let message = "Insufficient funds in your Stripe balance to refund this amount.";
            return Err(StripeError::refused("balance_insufficient", message));
        }
        let id = self.id("re");
        if charge["_refund_fails"] == true {
            self.set_deadline(self.now + FAILS_AFTER, &id);
        }
        let pending = charge["_pending_refund"] == true;
        let refund = self.insert(json!({
            "id": id, "object": "refund", "amount": amount, "charge": charge["id"], "created": self.now,
            "currency": currency, "failure_reason": null, "metadata": metadata, "payment_intent": charge["payment_intent"],
            "pending_reason": pending.then_some("processing"), "reason": reason, "receipt_number": null,
            "status": if pending { "pending" } else { "succeeded" },
        }));
        let charge = self.move_money(&refund, amount);
        self.add_event("refund.created", &refund);
        self.add_event("charge.refunded", &charge);
        Ok(refund)
    }

    fn charge_to_refund(&self, params: &Params) -> ApiResult {
        let charge = match (params.get("payment_intent"), params.get("charge")) {
            (Some(intent), None) => return self.paid_charge(intent),
            (None, Some(charge)) => self.find("charge", charge)?,
            (None, None) => {
                let message = "One of these is required: payment_intent, charge.";
                return Err(StripeError::parameter("payment_intent", Some("parameter_missing"), message));
            }
            (Some(_), Some(_)) => {
                let message = "Only one of these may be given: payment_intent, charge.";
                return Err(StripeError::parameter("charge", Some("parameters_exclusive"), message));
            }
        };
        if status_of(&charge) == "succeeded" { Ok(charge) } else { Err(no_charge()) }
    }

    /// The charge that paid an intent.
    pub(crate) fn paid_charge(&self, intent: &str) -> ApiResult {
        let intent = self.find("payment_intent", intent)?;
        let charge = intent["latest_charge"].as_str().and_then(|id| self.find("charge", id).ok());
        charge.filter(|charge| status_of(charge) == "succeeded").ok_or_else(no_charge)
    }

    /// Takes the amount of a refund from the balance to the buyer, or brings it back if it is negative.
    fn move_money(&mut self, refund: &Value, amount: i64) -> Value {
        self.balance = self.balance.map(|available| available - amount);
        let id = refund["charge"].as_str().unwrap_or_default();
        let charge = self.objects.get(id).cloned().unwrap_or_default();
        let total = number_of(&charge, "amount_refunded") + amount;
        let whole = charge["amount"] == total;
        self.update(id, &[("amount_refunded", total.into()), ("refunded", whole.into())])
    }

    /// The bank says what became of a refund. A refund that failed or was cancelled is over; one that succeeded may
    /// still fail.
    pub(crate) fn decide_refund(&mut self, id: &str, status: &str) -> ApiResult {
        let refund = self.find("refund", id)?;
        let known = ["pending", "requires_action", "succeeded", "failed", "canceled"].contains(&status);
        let over = ["failed", "canceled"].contains(&status_of(&refund));
        let back_to_open = status_of(&refund) == "succeeded" && ["pending", "requires_action"].contains(&status);
        if !known || over || back_to_open || status_of(&refund) == status {
            let message = format!("A refund that is {} does not become {status}.", status_of(&refund));
            return Err(StripeError::refused("refund_unexpected_state", &message));
        }
        let failure = (status == "failed").then_some("unknown");
        let pending = (status == "pending").then_some("processing");
        let fields =
            [("status", status.into()), ("failure_reason", failure.into()), ("pending_reason", pending.into())];
        let refund = self.update(id_of(&refund), &fields);
        if ["failed", "canceled"].contains(&status) {
            self.move_money(&refund, -number_of(&refund, "amount"));
        }
        self.add_event("refund.updated", &refund);
        self.add_event("charge.refund.updated", &refund);
        if status == "failed" {
            self.add_event("refund.failed", &refund);
        }
        Ok(refund)
    }
}

fn no_charge() -> StripeError {
    StripeError::refused("charge_missing", "This PaymentIntent does not have a successful charge to refund.")
}
