//! Payment intents: how they are made, paid, decided later by a bank, and cancelled.

use serde_json::{Value, json};

use crate::amounts::{check_charge, check_currency};
use crate::cards::{Card, PaymentMethod, slow_method};
use crate::error::StripeError;
use crate::limits::MAX_DESCRIPTION;
use crate::params::Params;
use crate::state::{ApiResult, StripeState, id_of, status_of};

/// What an intent is made of.
pub(crate) struct NewIntent<'a> {
    pub(crate) amount: i64,
    pub(crate) currency: &'a str,
    /// Description, metadata and so on, as `details` reads them.
    pub(crate) details: &'a Value,
    /// The types of payment methods that it does not take.
    pub(crate) excluded: &'a Value,
    /// The session that makes it.
    pub(crate) session: Value,
}

/// The fields that intents and the `payment_intent_data` of sessions share.
pub(crate) fn details(params: &Params, inside: Option<&str>) -> ApiResult {
    let name = |field: &str| inside.map_or_else(|| field.to_owned(), |outer| format!("{outer}[{field}]"));
    Ok(json!({
        "description": params.text(&name("description"), MAX_DESCRIPTION)?,
        "metadata": params.metadata(&name("metadata"))?,
        "receipt_email": params.mail_address(&name("receipt_email"))?,
        "shipping": params.shipping(&name("shipping"))?,
    }))
}

impl StripeState {
    pub(crate) fn create_intent(&mut self, params: &Params) -> ApiResult {
        params.allow_only(&[
            "amount",
            "currency",
            "customer",
            "automatic_payment_methods[enabled]",
            "description",
            "excluded_payment_method_types[]",
            "metadata*",
            "receipt_email",
            "shipping*",
        ])?;
        params.required("amount")?;
        let amount = params.number("amount")?.unwrap_or(0);
        let currency = params.required("currency")?;
        check_currency("currency", currency)?;
        params.flag("automatic_payment_methods[enabled]")?;
        let (details, excluded) = (details(params, None)?, params.excluded_methods()?);
        no_customer(params)?;
        check_charge(amount, currency)?;
        Ok(self.intent(&NewIntent { amount, currency, details: &details, excluded: &excluded, session: Value::Null }))
    }

    pub(crate) fn intent(&mut self, new: &NewIntent<'_>) -> Value {
        let id = self.id("pi");
        let secret = format!("{id}_secret_{:06}", self.id_count * 7919 % 1_000_000);
        let excludes = |method: &str| new.excluded.as_array().is_some_and(|all| all.iter().any(|one| one == method));
        let methods = ["card"].into_iter().chain(slow_method(new.currency));
        let methods: Vec<&str> = methods.filter(|method| !excludes(method)).collect();
        let details = new.details;
        let intent = self.insert(json!({
            "id": id, "object": "payment_intent", "amount": new.amount, "amount_capturable": 0, "amount_received": 0,
            "automatic_payment_methods": { "enabled": true }, "canceled_at": null, "cancellation_reason": null,
            "capture_method": "automatic_async", "client_secret": secret, "confirmation_method": "automatic",
            "created": self.now, "currency": new.currency, "customer": null, "description": details["description"],
            "excluded_payment_method_types": new.excluded, "last_payment_error": null, "latest_charge": null,
            "livemode": false, "metadata": details["metadata"], "next_action": null, "payment_method": null,
            "payment_method_types": methods, "processing": null, "receipt_email": details["receipt_email"],
            "shipping": details["shipping"], "status": "requires_payment_method", "_session": new.session,
        }));
        self.add_event("payment_intent.created", &intent);
        intent
    }

    pub(crate) fn confirm(&mut self, id: &str, params: &Params) -> ApiResult {
        params.allow_only(&["payment_method", "client_secret", "return_url"])?;
        let name = params.required("payment_method")?;
        params.url("return_url")?;
        let intent = self.find("payment_intent", id)?;
        if params.get("client_secret").is_some_and(|secret| intent["client_secret"] != secret) {
            return Err(StripeError::missing(&format!("payment_intent: '{id}'")));
        }
        if intent["_session"].is_string() {
            let message = "This PaymentIntent belongs to a Checkout Session, and is paid only on its page.";
            return Err(StripeError::refused("payment_intent_unexpected_state", message));
        }
        self.pay_intent(id, PaymentMethod::of(name)?)
    }

    /// A buyer tries to pay an intent.
    pub(crate) fn pay_intent(&mut self, id: &str, method: PaymentMethod) -> ApiResult {
        let intent = self.find("payment_intent", id)?;
        let status = status_of(&intent);
        if !["requires_payment_method", "requires_action", "requires_confirmation"].contains(&status) {
            return Err(unexpected(status));
        }
        let takes =
            intent["payment_method_types"].as_array().is_some_and(|all| all.iter().any(|kind| kind == method.kind));
        if !takes || !method.takes(intent["currency"].as_str().unwrap_or_default()) {
            let message = format!("This PaymentIntent does not take the payment method type {}.", method.kind);
            return Err(StripeError::refused("payment_intent_incompatible_payment_method", &message));
        }
        match method.card {
            Card::Declines => Err(self.decline(id, "generic_decline")),
            Card::InsufficientFunds => Err(self.decline(id, "insufficient_funds")),
            Card::RequiresAuthentication => {
                let next = json!({ "type": "redirect_to_url", "redirect_to_url": { "return_url": null, "url": null } });
                let intent = self.update(id, &[("status", "requires_action".into()), ("next_action", next)]);
                self.add_event("payment_intent.requires_action", &intent);
                Ok(intent)
            }
            Card::Slow => {
                let charge = self.charge(&intent, method, "pending");
                let processing = [
                    ("status", "processing".into()),
                    ("latest_charge", charge["id"].clone()),
                    ("last_payment_error", Value::Null),
                    ("next_action", Value::Null),
                ];
                let intent = self.update(id, &processing);
                self.add_event("charge.pending", &charge);
                self.add_event("payment_intent.processing", &intent);
                Ok(intent)
            }
            Card::Pays | Card::Disputes | Card::OpensInquiry | Card::PendingRefund | Card::RefundFails => {
                let charge = self.charge(&intent, method, "succeeded");
                let intent = self.succeed(&intent, &charge);
                if let Card::Disputes | Card::OpensInquiry = method.card {
                    self.open_dispute(id, method.card == Card::OpensInquiry)?;
                }
                Ok(intent)
            }
        }
    }

    fn succeed(&mut self, intent: &Value, charge: &Value) -> Value {
        let paid = [
            ("status", "succeeded".into()),
            ("amount_received", intent["amount"].clone()),
            ("latest_charge", charge["id"].clone()),
            ("last_payment_error", Value::Null),
            ("next_action", Value::Null),
        ];
        let intent = self.update(id_of(intent), &paid);
        self.add_event("charge.succeeded", charge);
        self.add_event("payment_intent.succeeded", &intent);
        intent
    }

    fn decline(&mut self, id: &str, decline_code: &str) -> StripeError {
        let error = json!({
            "type": "card_error", "code": "card_declined", "decline_code": decline_code, "message": "Your card was declined.",
        });
        let intent = self.fail(id, error);
        StripeError::card("card_declined", decline_code, &intent)
    }

    fn fail(&mut self, id: &str, error: Value) -> Value {
        let status =
            [("status", "requires_payment_method".into()), ("last_payment_error", error), ("next_action", Value::Null)];
        let intent = self.update(id, &status);
        self.add_event("payment_intent.payment_failed", &intent);
        intent
    }

    fn charge(&mut self, intent: &Value, method: PaymentMethod, status: &str) -> Value {
        let id = self.id("ch");
        let paid = status == "succeeded";
        let captured = if paid { intent["amount"].clone() } else { 0.into() };
        let address =
            json!({ "city": null, "country": null, "line1": null, "line2": null, "postal_code": null, "state": null });
        self.insert(json!({
            "id": id, "object": "charge", "amount": intent["amount"], "amount_captured": captured, "amount_refunded": 0,
            "billing_details": { "address": address, "email": null, "name": null, "phone": null, "tax_id": null },
            "captured": paid, "created": self.now, "currency": intent["currency"], "description": intent["description"],
            "disputed": false, "failure_code": null, "failure_message": null, "livemode": false,
            "metadata": intent["metadata"], "paid": paid, "payment_intent": intent["id"],
            "receipt_email": intent["receipt_email"], "refunded": false, "shipping": intent["shipping"], "status": status,
            "_pending_refund": method.card == Card::PendingRefund, "_refund_fails": method.card == Card::RefundFails,
        }))
    }

    /// The bank decides a payment that is processing. The reference is an intent or a session.
    pub(crate) fn decide_payment(&mut self, reference: &str, paid: bool) -> ApiResult {
        let intent = match self.find("checkout.session", reference) {
            Ok(session) => session["payment_intent"].as_str().unwrap_or_default().to_owned(),
            Err(_) => reference.to_owned(),
        };
        let intent = self.find("payment_intent", &intent)?;
        if status_of(&intent) != "processing" {
            return Err(unexpected(status_of(&intent)));
        }
        let charge = intent["latest_charge"].as_str().unwrap_or_default();
        let intent = if paid {
            let done = [
                ("status", "succeeded".into()),
                ("paid", true.into()),
                ("captured", true.into()),
                ("amount_captured", intent["amount"].clone()),
            ];
            let charge = self.update(charge, &done);
            self.succeed(&intent, &charge)
        } else {
            let message = "The customer's account has insufficient funds to cover this payment.";
            let failed = [
                ("status", "failed".into()),
                ("failure_code", "insufficient_funds".into()),
                ("failure_message", message.into()),
            ];
            let charge = self.update(charge, &failed);
            self.add_event("charge.failed", &charge);
            let error =
                json!({ "type": "card_error", "code": "payment_intent_payment_attempt_failed", "message": message });
            self.fail(id_of(&intent), error)
        };
        if let Some(session) = intent["_session"].as_str() {
            self.decide_session(session, paid);
        }
        Ok(intent)
    }

    pub(crate) fn cancel(&mut self, id: &str, params: &Params) -> ApiResult {
        params.allow_only(&["cancellation_reason"])?;
        let reasons = ["duplicate", "fraudulent", "requested_by_customer", "abandoned"];
        let reason = params.one_of("cancellation_reason", &reasons)?;
        let intent = self.find("payment_intent", id)?;
        let status = status_of(&intent);
        if ["succeeded", "processing", "canceled"].contains(&status) {
            return Err(unexpected(status));
        }
        if intent["_session"].is_string() {
            let message = "This PaymentIntent belongs to a Checkout Session. Expire the session instead.";
            return Err(StripeError::refused("payment_intent_unexpected_state", message));
        }
        Ok(self.cancel_intent(id, reason.into()))
    }

    pub(crate) fn cancel_intent(&mut self, id: &str, reason: Value) -> Value {
        let canceled = [
            ("status", "canceled".into()),
            ("canceled_at", self.now.into()),
            ("cancellation_reason", reason),
            ("next_action", Value::Null),
        ];
        let intent = self.update(id, &canceled);
        self.add_event("payment_intent.canceled", &intent);
        intent
    }
}

/// The shop makes no customers, so none exists.
pub(crate) fn no_customer(params: &Params) -> Result<(), StripeError> {
    match params.get("customer") {
        None => Ok(()),
        Some(customer) => Err(StripeError::missing(&format!("customer: '{customer}'"))),
    }
}

pub(crate) fn unexpected(status: &str) -> StripeError {
    let message = format!("You cannot do this because the object has a status of {status}.");
    StripeError::refused("payment_intent_unexpected_state", &message)
}
