//! Disputes, which the buyer's bank opens and decides. An inquiry is only a question: no money moves.

use serde_json::{Value, json};

use crate::error::StripeError;
use crate::params::Params;
use crate::state::{ApiResult, StripeState, id_of, number_of, status_of};

/// How long the shop may send evidence.
const EVIDENCE_TIME: i64 = 7 * 24 * 60 * 60;

impl StripeState {
    pub(crate) fn open_dispute(&mut self, intent: &str, inquiry: bool) -> ApiResult {
        let charge = self.paid_charge(intent)?;
        self.update(id_of(&charge), &[("disputed", true.into())]);
        let id = self.id("dp");
        let due_by = self.now + EVIDENCE_TIME;
        self.set_deadline(due_by + 1, &id);
        let dispute = self.insert(json!({
            "id": id, "object": "dispute", "amount": charge["amount"], "balance_transactions": [], "charge": charge["id"],
            "created": self.now, "currency": charge["currency"], "enhanced_eligibility_types": [],
            "evidence": { "enhanced_evidence": {} },
            "evidence_details": {
                "due_by": due_by, "enhanced_eligibility": {}, "has_evidence": false, "past_due": false, "submission_count": 0,
            },
            "is_charge_refundable": inquiry, "livemode": false, "metadata": {}, "payment_intent": charge["payment_intent"],
            "reason": "fraudulent", "status": if inquiry { "warning_needs_response" } else { "needs_response" },
        }));
        self.add_event("charge.dispute.created", &dispute);
        if !inquiry {
            self.add_event("charge.dispute.funds_withdrawn", &dispute);
        }
        Ok(dispute)
    }

    /// Whether the buyer's bank has taken the money back, or the shop may lose it.
    pub(crate) fn is_charged_back(&self, charge: &Value) -> bool {
        let disputes = self.of_kind("dispute").filter(|dispute| dispute["charge"] == charge["id"]);
        disputes.into_iter().any(|dispute| dispute["is_charge_refundable"] == false && status_of(dispute) != "won")
    }

    /// The shop answers a dispute. After `submit` the bank looks at it.
    pub(crate) fn update_dispute(&mut self, id: &str, params: &Params) -> ApiResult {
        params.allow_only(&["evidence[uncategorized_text]", "metadata*", "submit"])?;
        let text = params.text("evidence[uncategorized_text]", 150_000)?;
        let submit = params.flag("submit")?.unwrap_or(true);
        let metadata = params.metadata("metadata")?;
        let dispute = self.find("dispute", id)?;
        let open = ["needs_response", "warning_needs_response"].contains(&status_of(&dispute));
        if !open || dispute["evidence_details"]["past_due"] == true {
            return Err(closed(&dispute));
        }
        let mut details = dispute["evidence_details"].clone();
        let mut fields = vec![("metadata", metadata)];
        if let Some(text) = text {
            details["has_evidence"] = true.into();
            fields.push(("evidence", json!({ "enhanced_evidence": {}, "uncategorized_text": text })));
        }
        if submit && text.is_some() {
            details["submission_count"] = (number_of(&details, "submission_count") + 1).into();
            let status = status_of(&dispute).replace("needs_response", "under_review");
            fields.push(("status", status.into()));
        }
        fields.push(("evidence_details", details));
        let dispute = self.update(id, &fields);
        self.add_event("charge.dispute.updated", &dispute);
        Ok(dispute)
    }

    /// The bank decides. `won` means that the shop keeps the money. An inquiry is closed, or becomes a dispute.
    pub(crate) fn close_dispute(&mut self, id: &str, won: bool) -> ApiResult {
        let dispute = self.find("dispute", id)?;
        let id = id_of(&dispute);
        let status = match (status_of(&dispute), won) {
            ("warning_needs_response" | "warning_under_review", true) => "warning_closed",
            ("warning_needs_response" | "warning_under_review", false) => return Ok(self.escalate(&dispute)),
            ("needs_response" | "under_review", true) => "won",
            ("needs_response" | "under_review", false) => "lost",
            _ => return Err(closed(&dispute)),
        };
        let dispute = self.update(id, &[("status", status.into())]);
        if status == "won" {
            self.add_event("charge.dispute.funds_reinstated", &dispute);
        }
        self.add_event("charge.dispute.closed", &dispute);
        Ok(dispute)
    }

    fn escalate(&mut self, dispute: &Value) -> Value {
        let due_by = self.now + EVIDENCE_TIME;
        self.set_deadline(due_by + 1, id_of(dispute));
        let mut details = dispute["evidence_details"].clone();
        details["due_by"] = due_by.into();
        details["past_due"] = false.into();
        let fields = [
            ("status", "needs_response".into()),
            ("is_charge_refundable", false.into()),
            ("evidence_details", details),
        ];
        let dispute = self.update(id_of(dispute), &fields);
        self.add_event("charge.dispute.updated", &dispute);
        self.add_event("charge.dispute.funds_withdrawn", &dispute);
        dispute
    }

    /// The time for evidence is over.
    pub(crate) fn miss_evidence(&mut self, id: &str) {
        let Ok(dispute) = self.find("dispute", id) else { return };
        let mut details = dispute["evidence_details"].clone();
        if status_of(&dispute).ends_with("needs_response") && number_of(&details, "due_by") < self.now {
            details["past_due"] = true.into();
            self.update(id, &[("evidence_details", details)]);
        }
    }
}

fn closed(dispute: &Value) -> StripeError {
    let message = format!("This dispute is {}, or its time for evidence is over.", status_of(dispute));
    StripeError::refused("dispute_unexpected_state", &message)
}
