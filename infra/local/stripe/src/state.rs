//! The state of the stand-in (intents, sessions, charges, refunds, coupons, disputes and events) and how each call
//! changes it.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};

use crate::error::{StripeError, public_fields};
use crate::params::Params;

/// The API version of the client library that the shop uses.
pub const VERSION: &str = "2026-09-30.endive";

/// What happens when a card is charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Card {
    Pays,
    Declines,
    InsufficientFunds,
    /// Pays after a step on the bank's page.
    RequiresAuthentication,
    /// Pays, and then the buyer disputes the charge.
    Disputes,
}

impl Card {
    fn of(payment_method: &str) -> Result<Self, StripeError> {
        Ok(match payment_method {
            "pm_card_visa" => Self::Pays,
            "pm_card_visa_chargeDeclined" => Self::Declines,
            "pm_card_visa_chargeDeclinedInsufficientFunds" => Self::InsufficientFunds,
            "pm_card_authenticationRequired" => Self::RequiresAuthentication,
            "pm_card_createDispute" => Self::Disputes,
            _ => return Err(StripeError::missing("PaymentMethod")),
        })
    }
}

#[derive(Debug, Default)]
pub(crate) struct StripeState {
    /// All objects by id.
    pub(crate) objects: BTreeMap<String, Value>,
    pub(crate) events: Vec<Value>,
    /// Handled requests by idempotency key.
    pub(crate) handled_requests: HashMap<String, HandledRequest>,
    /// Where hosted pages are said to be, if it is not here.
    pub(crate) pages: Option<String>,
    /// How many ids were given out.
    id_count: u64,
    pub(crate) now: i64,
}

/// A request with an idempotency key, and its answer.
#[derive(Debug)]
pub(crate) struct HandledRequest {
    /// Method and path.
    pub(crate) route: String,
    pub(crate) params: Params,
    pub(crate) reply: Reply,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Value,
    /// The answer of an earlier request with the same idempotency key.
    pub(crate) replayed: bool,
}

impl From<ApiResult> for Reply {
    fn from(result: ApiResult) -> Self {
        let (status, body) = match result {
            Ok(object) => (200, public_fields(&object)),
            Err(error) => (error.status, error.body),
        };
        Self { status, body, replayed: false }
    }
}

pub(crate) type ApiResult = Result<Value, StripeError>;

impl StripeState {
    pub(crate) fn id(&mut self, prefix: &str) -> String {
        self.id_count += 1;
        format!("{prefix}_test_{:012}", self.id_count)
    }

    pub(crate) fn find(&self, kind: &str, id: &str) -> ApiResult {
        let found = self.objects.get(id).filter(|object| object["object"] == kind);
        found.cloned().ok_or_else(|| StripeError::missing(&format!("{kind}: '{id}'")))
    }

    pub(crate) fn insert(&mut self, object: Value) -> Value {
        let id = object["id"].as_str().unwrap_or_default().to_owned();
        self.objects.insert(id, object.clone());
        object
    }

    pub(crate) fn update(&mut self, id: &str, fields: &[(&str, Value)]) -> Value {
        let object = self.objects.entry(id.to_owned()).or_default();
        for (name, value) in fields {
            object[*name] = value.clone();
        }
        object.clone()
    }

    pub(crate) fn add_event(&mut self, kind: &str, object: &Value) {
        let id = self.id("evt");
        self.events.push(json!({
            "id": id, "object": "event", "api_version": VERSION, "created": self.now, "livemode": false,
            "pending_webhooks": 1, "request": { "id": null, "idempotency_key": null },
            "type": kind, "data": { "object": object },
        }));
    }

    pub(crate) fn create_intent(&mut self, params: &Params) -> ApiResult {
        params.allow_only(&[
            "amount",
            "currency",
            "automatic_payment_methods[enabled]",
            "description",
            "metadata*",
            "receipt_email",
        ])?;
        let amount = params.number("amount")?.unwrap_or(0);
        check_amount(amount)?;
        let currency = params.required("currency")?.to_owned();
        let intent = self.intent(amount, &currency, params.get("description"), &params.object("metadata"));
        self.add_event("payment_intent.created", &intent);
        Ok(intent)
    }

    fn intent(&mut self, amount: i64, currency: &str, description: Option<&str>, metadata: &Value) -> Value {
        let id = self.id("pi");
        let secret = format!("{id}_secret_{:06}", self.id_count * 7919 % 1_000_000);
        self.insert(json!({
            "id": id, "object": "payment_intent", "amount": amount, "amount_capturable": 0, "amount_received": 0,
            "automatic_payment_methods": { "enabled": true }, "capture_method": "automatic_async", "client_secret": secret,
            "confirmation_method": "automatic", "created": self.now, "currency": currency, "description": description,
            "last_payment_error": null, "latest_charge": null, "livemode": false, "metadata": metadata, "next_action": null,
            "payment_method": null, "payment_method_types": ["card"], "status": "requires_payment_method",
        }))
    }

    pub(crate) fn confirm(&mut self, id: &str, params: &Params) -> ApiResult {
        params.allow_only(&["payment_method", "client_secret", "return_url"])?;
        let card = Card::of(params.required("payment_method")?)?;
        self.find("payment_intent", id)?;
        self.pay_intent(id, card)
    }

    /// A buyer tries to pay an intent.
    pub(crate) fn pay_intent(&mut self, id: &str, card: Card) -> ApiResult {
        let intent = self.find("payment_intent", id)?;
        let status = intent["status"].as_str().unwrap_or_default();
        if !["requires_payment_method", "requires_action", "requires_confirmation"].contains(&status) {
            return Err(unexpected(status));
        }
        match card {
            Card::Declines => Err(self.decline(id, "generic_decline")),
            Card::InsufficientFunds => Err(self.decline(id, "insufficient_funds")),
            Card::RequiresAuthentication => {
                let next = json!({ "type": "redirect_to_url", "redirect_to_url": { "return_url": null, "url": null } });
                let intent = self.update(id, &[("status", "requires_action".into()), ("next_action", next)]);
                self.add_event("payment_intent.requires_action", &intent);
                Ok(intent)
            }
            Card::Pays | Card::Disputes => {
                let charge = self.charge(&intent);
                let received = intent["amount"].clone();
                let intent = self.update(
                    id,
                    &[
                        ("status", "succeeded".into()),
                        ("amount_received", received),
                        ("latest_charge", charge["id"].clone()),
                        ("last_payment_error", Value::Null),
                        ("next_action", Value::Null),
                    ],
                );
                self.add_event("charge.succeeded", &charge);
                self.add_event("payment_intent.succeeded", &intent);
                if card == Card::Disputes {
                    self.dispute(&charge);
                }
                Ok(intent)
            }
        }
    }

    fn decline(&mut self, id: &str, decline_code: &str) -> StripeError {
        let error = json!({ "type": "card_error", "code": "card_declined", "decline_code": decline_code, "message": "Your card was declined." });
        let intent = self.update(id, &[("status", "requires_payment_method".into()), ("last_payment_error", error)]);
        self.add_event("payment_intent.payment_failed", &intent);
        StripeError::card("card_declined", decline_code, &intent)
    }

    fn charge(&mut self, intent: &Value) -> Value {
        let id = self.id("ch");
        let address =
            json!({ "city": null, "country": null, "line1": null, "line2": null, "postal_code": null, "state": null });
        self.insert(json!({
            "id": id, "object": "charge", "amount": intent["amount"], "amount_captured": intent["amount"], "amount_refunded": 0,
            "billing_details": { "address": address, "email": null, "name": null, "phone": null, "tax_id": null },
            "captured": true, "created": self.now, "currency": intent["currency"], "disputed": false, "livemode": false,
            "metadata": intent["metadata"], "paid": true, "payment_intent": intent["id"], "refunded": false, "status": "succeeded",
        }))
    }

    pub(crate) fn cancel(&mut self, id: &str, params: &Params) -> ApiResult {
        params.allow_only(&["cancellation_reason"])?;
        let intent = self.find("payment_intent", id)?;
        let status = intent["status"].as_str().unwrap_or_default();
        if ["succeeded", "processing", "canceled"].contains(&status) {
            return Err(unexpected(status));
        }
        let intent = self.update(id, &[("status", "canceled".into()), ("canceled_at", self.now.into())]);
        self.add_event("payment_intent.canceled", &intent);
        Ok(intent)
    }

    pub(crate) fn create_session(&mut self, params: &Params, pages: &str) -> ApiResult {
        params.allow_only(&[
            "mode",
            "line_items[][quantity]",
            "line_items[][price_data][currency]",
            "line_items[][price_data][unit_amount]",
            "line_items[][price_data][product_data][name]",
            "discounts[][coupon]",
            "client_reference_id",
            "customer_email",
            "success_url",
            "cancel_url",
            "metadata*",
            "payment_intent_data[description]",
            "payment_intent_data[metadata]*",
        ])?;
        if params.required("mode")? != "payment" {
            return Err(StripeError::invalid("parameter_invalid", "Only the mode payment is known here"));
        }
        params.required("success_url")?;
        let (mut subtotal, mut lines, mut currency) = (0, Vec::new(), "usd".to_owned());
        for n in 0..100 {
            let field = |name: &str| format!("line_items[{n}]{name}");
            let Some(unit) = params.number(&field("[price_data][unit_amount]"))? else {
                break;
            };
            let quantity = params.number(&field("[quantity]"))?.unwrap_or(1);
            params.required(&field("[price_data][currency]"))?.clone_into(&mut currency);
            let name = params.required(&field("[price_data][product_data][name]"))?;
            lines.push(json!({ "name": name, "quantity": quantity, "amount": unit * quantity }));
            subtotal += unit * quantity;
        }
        let discount = match params.get("discounts[0][coupon]") {
            None => 0,
            Some(coupon) => {
                let coupon = self.find("coupon", coupon)?;
                if coupon["currency"] != currency {
                    return Err(StripeError::invalid("coupon_currency", "The coupon has another currency"));
                }
                coupon["amount_off"].as_i64().unwrap_or(0).min(subtotal)
            }
        };
        check_amount(subtotal - discount)?;
        let id = self.id("cs");
        let intent_metadata = params.object("payment_intent_data[metadata]");
        Ok(self.insert(json!({
            "id": id, "object": "checkout.session", "amount_subtotal": subtotal, "amount_total": subtotal - discount,
            "automatic_tax": { "enabled": false, "liability": null, "provider": null, "status": null },
            "cancel_url": params.get("cancel_url"), "client_reference_id": params.get("client_reference_id"),
            "created": self.now, "currency": currency, "custom_fields": [],
            "custom_text": { "after_submit": null, "shipping_address": null, "submit": null, "terms_of_service_acceptance": null },
            "customer_email": params.get("customer_email"), "expires_at": self.now + 86_400, "livemode": false,
            "metadata": params.object("metadata"), "mode": "payment", "payment_intent": null, "payment_method_types": ["card"],
            "payment_status": "unpaid", "shipping_options": [], "status": "open", "success_url": params.get("success_url"),
            "url": format!("{pages}/pay/{id}"),
            "_lines": lines, "_discount": discount, "_intent_metadata": intent_metadata,
            "_description": params.get("payment_intent_data[description]"),
        })))
    }

    /// A buyer tries to pay on the hosted page.
    pub(crate) fn pay_session(&mut self, id: &str, card: Card) -> ApiResult {
        let session = self.find("checkout.session", id)?;
        if session["status"] != "open" {
            return Err(unexpected(session["status"].as_str().unwrap_or_default()));
        }
        let intent = match session["payment_intent"].as_str() {
            Some(intent) => intent.to_owned(),
            None => {
                let amount = session["amount_total"].as_i64().unwrap_or(0);
                let currency = session["currency"].as_str().unwrap_or_default();
                let description = session["_description"].as_str();
                let intent = self.intent(amount, currency, description, &session["_intent_metadata"]);
                self.update(id, &[("payment_intent", intent["id"].clone())]);
                intent["id"].as_str().unwrap_or_default().to_owned()
            }
        };
        let paid = self.pay_intent(&intent, card)?;
        if paid["status"] == "succeeded" {
            let complete = [("status", "complete".into()), ("payment_status", "paid".into()), ("url", Value::Null)];
            let session = self.update(id, &complete);
            self.add_event("checkout.session.completed", &public_fields(&session));
        }
        Ok(paid)
    }

    pub(crate) fn expire_session(&mut self, id: &str) -> ApiResult {
        let session = self.find("checkout.session", id)?;
        let status = session["status"].as_str().unwrap_or_default();
        if status != "open" {
            let message = format!(
                "Only Checkout Sessions with a status in [\"open\"] can be expired. This one has a status of {status}"
            );
            return Err(StripeError::new(400, "invalid_request_error", "checkout_session_not_open", &message));
        }
        if let Some(intent) = session["payment_intent"].as_str() {
            self.update(intent, &[("status", "canceled".into())]);
        }
        let session = self.update(id, &[("status", "expired".into()), ("url", Value::Null)]);
        self.add_event("checkout.session.expired", &public_fields(&session));
        Ok(session)
    }

    pub(crate) fn create_coupon(&mut self, params: &Params) -> ApiResult {
        params.allow_only(&["id", "name", "amount_off", "currency", "duration", "max_redemptions"])?;
        let id = params.get("id").map_or_else(|| self.id("coupon"), str::to_owned);
        if self.objects.contains_key(&id) {
            return Err(StripeError::invalid("resource_already_exists", "Coupon already exists."));
        }
        let amount_off = params.number("amount_off")?.unwrap_or(0);
        check_amount(amount_off.max(50))?;
        Ok(self.insert(json!({
            "id": id, "object": "coupon", "amount_off": amount_off, "created": self.now, "currency": params.required("currency")?,
            "duration": params.required("duration")?, "livemode": false, "max_redemptions": params.number("max_redemptions")?,
            "name": params.get("name"), "times_redeemed": 0, "valid": true,
        })))
    }
}

fn check_amount(amount: i64) -> Result<(), StripeError> {
    match amount {
        50..=99_999_999 => Ok(()),
        ..50 => Err(StripeError::invalid("amount_too_small", "Amount must be at least $0.50 usd")),
        _ => Err(StripeError::invalid("amount_too_large", "Amount must be no more than $999,999.99")),
    }
}

fn unexpected(status: &str) -> StripeError {
    let message = format!("You cannot do this because the object has a status of {status}.");
    StripeError::invalid("payment_intent_unexpected_state", &message)
}
