//! Refunds, and disputes that the buyer's bank opens and closes.

use serde_json::{Value, json};

use crate::error::StripeError;
use crate::params::Params;
use crate::state::{ApiResult, StripeState};

impl StripeState {
    pub(crate) fn create_refund(&mut self, params: &Params) -> ApiResult {
        params.allow_only(&["payment_intent", "amount", "metadata*", "reason"])?;
        let intent = self.find("payment_intent", params.required("payment_intent")?)?;
        let charge = intent["latest_charge"].as_str().map(str::to_owned);
        let charge = charge.ok_or_else(|| {
            StripeError::invalid("charge_missing", "This PaymentIntent does not have a successful charge to refund.")
        })?;
        let charge = self.find("charge", &charge)?;
        let (paid, refunded) =
            (charge["amount"].as_i64().unwrap_or(0), charge["amount_refunded"].as_i64().unwrap_or(0));
        let amount = params.number("amount")?.unwrap_or(paid - refunded);
        if refunded == paid {
            return Err(StripeError::invalid("charge_already_refunded", "Charge has already been refunded."));
        }
        if charge["disputed"] == true {
            return Err(StripeError::invalid("charge_disputed", "Charge has been charged back."));
        }
        if amount < 1 || amount > paid - refunded {
            return Err(StripeError::invalid(
                "amount_too_large",
                "Refund amount is greater than unrefunded amount on charge",
            ));
        }
        let id = self.id("re");
        let refund = self.insert(json!({
            "id": id, "object": "refund", "amount": amount, "charge": charge["id"], "created": self.now,
            "currency": charge["currency"], "metadata": params.object("metadata"), "payment_intent": intent["id"],
            "reason": params.get("reason"), "status": "succeeded",
        }));
        let charge_id = charge["id"].as_str().unwrap_or_default().to_owned();
        let total = refunded + amount;
        let charge =
            self.update(&charge_id, &[("amount_refunded", total.into()), ("refunded", (total == paid).into())]);
        self.add_event("charge.refunded", &charge);
        Ok(refund)
    }

    pub(crate) fn refunds(&self, params: &Params) -> ApiResult {
        params.allow_only(&["payment_intent", "limit"])?;
        let intent = params.get("payment_intent");
        let mut data: Vec<_> = (self.objects.values())
            .filter(|object| object["object"] == "refund")
            .filter(|refund| intent.is_none_or(|intent| refund["payment_intent"] == intent))
            .cloned()
            .collect();
        data.reverse();
        Ok(json!({ "object": "list", "data": data, "has_more": false, "url": "/v1/refunds" }))
    }

    pub(crate) fn dispute(&mut self, charge: &Value) {
        let charge_id = charge["id"].as_str().unwrap_or_default().to_owned();
        self.update(&charge_id, &[("disputed", true.into())]);
        let id = self.id("dp");
        let dispute = self.insert(json!({
            "id": id, "object": "dispute", "amount": charge["amount"], "balance_transactions": [], "charge": charge["id"],
            "created": self.now, "currency": charge["currency"], "enhanced_eligibility_types": [],
            "evidence": { "enhanced_evidence": {} },
            "evidence_details": { "due_by": null, "enhanced_eligibility": {}, "has_evidence": false, "past_due": false, "submission_count": 0 },
            "is_charge_refundable": false, "livemode": false, "metadata": {}, "payment_intent": charge["payment_intent"],
            "reason": "fraudulent", "status": "needs_response",
        }));
        self.add_event("charge.dispute.created", &dispute);
    }

    /// The bank decides the dispute. `won` means that the shop keeps the money.
    pub(crate) fn close_dispute(&mut self, id: &str, won: bool) -> ApiResult {
        let dispute = self.find("dispute", id)?;
        let status = if won { "won" } else { "lost" };
        let dispute_id = dispute["id"].as_str().unwrap_or_default().to_owned();
        if won {
            let charge = dispute["charge"].as_str().unwrap_or_default().to_owned();
            self.update(&charge, &[("disputed", false.into())]);
        }
        let dispute = self.update(&dispute_id, &[("status", status.into())]);
        self.add_event("charge.dispute.closed", &dispute);
        Ok(dispute)
    }
}
