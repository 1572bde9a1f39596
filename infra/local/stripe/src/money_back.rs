//! Money on its way back: refunds, and disputes that the buyer's bank opens and decides.

use serde_json::{Value, json};

use crate::answer::Refusal;
use crate::books::{Answer, Books};
use crate::params::Params;

impl Books {
    pub(crate) fn create_refund(&mut self, params: &Params) -> Answer {
        params.known(&["payment_intent", "amount", "metadata*", "reason"])?;
        let intent = self.find("payment_intent", params.required("payment_intent")?)?;
        let charge = intent["latest_charge"].as_str().map(str::to_owned);
        let charge = charge.ok_or_else(|| {
            Refusal::invalid("charge_missing", "This PaymentIntent does not have a successful charge to refund.")
        })?;
        let charge = self.find("charge", &charge)?;
        let (paid, back) = (charge["amount"].as_i64().unwrap_or(0), charge["amount_refunded"].as_i64().unwrap_or(0));
        let amount = params.number("amount")?.unwrap_or(paid - back);
        if back == paid {
            return Err(Refusal::invalid("charge_already_refunded", "Charge has already been refunded."));
        }
        if charge["disputed"] == true {
            return Err(Refusal::invalid("charge_disputed", "Charge has been charged back."));
        }
        if amount < 1 || amount > paid - back {
            return Err(Refusal::invalid(
                "amount_too_large",
                "Refund amount is greater than unrefunded amount on charge",
            ));
        }
        let id = self.id("re");
        let refund = self.keep(json!({
            "id": id, "object": "refund", "amount": amount, "charge": charge["id"], "created": self.now,
            "currency": charge["currency"], "metadata": params.object("metadata"), "payment_intent": intent["id"],
            "reason": params.get("reason"), "status": "succeeded",
        }));
        let charge_id = charge["id"].as_str().unwrap_or_default().to_owned();
        let all = back + amount == paid;
        let charge = self.set(&charge_id, &[("amount_refunded", (back + amount).into()), ("refunded", all.into())]);
        self.tell("charge.refunded", &charge);
        Ok(refund)
    }

    pub(crate) fn refunds(&self, params: &Params) -> Answer {
        params.known(&["payment_intent", "limit"])?;
        let of = params.get("payment_intent");
        let mut data: Vec<_> = (self.objects.values())
            .filter(|object| object["object"] == "refund")
            .filter(|refund| of.is_none_or(|of| refund["payment_intent"] == of))
            .cloned()
            .collect();
        data.reverse();
        Ok(json!({ "object": "list", "data": data, "has_more": false, "url": "/v1/refunds" }))
    }

    pub(crate) fn dispute(&mut self, charge: &Value) {
        let charge_id = charge["id"].as_str().unwrap_or_default().to_owned();
        self.set(&charge_id, &[("disputed", true.into())]);
        let id = self.id("dp");
        let dispute = self.keep(json!({
            "id": id, "object": "dispute", "amount": charge["amount"], "balance_transactions": [], "charge": charge["id"],
            "created": self.now, "currency": charge["currency"], "enhanced_eligibility_types": [],
            "evidence": { "enhanced_evidence": {} },
            "evidence_details": { "due_by": null, "enhanced_eligibility": {}, "has_evidence": false, "past_due": false, "submission_count": 0 },
            "is_charge_refundable": false, "livemode": false, "metadata": {}, "payment_intent": charge["payment_intent"],
            "reason": "fraudulent", "status": "needs_response",
        }));
        self.tell("charge.dispute.created", &dispute);
    }

    /// The bank decides.
    pub(crate) fn close_dispute(&mut self, id: &str, won: bool) -> Answer {
        let dispute = self.find("dispute", id)?;
        let status = if won { "won" } else { "lost" };
        let dispute_id = dispute["id"].as_str().unwrap_or_default().to_owned();
        if won {
            let charge = dispute["charge"].as_str().unwrap_or_default().to_owned();
            self.set(&charge, &[("disputed", false.into())]);
        }
        let dispute = self.set(&dispute_id, &[("status", status.into())]);
        self.tell("charge.dispute.closed", &dispute);
        Ok(dispute)
    }
}
