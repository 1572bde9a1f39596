//! Checkout sessions: hosted pages with a fixed order, which end after a time.

use serde_json::{Value, json};

use crate::amounts::{check_charge, check_currency, check_part};
use crate::cards::{Card, PaymentMethod};
use crate::error::StripeError;
use crate::intents::{NewIntent, details, no_customer, unexpected};
use crate::limits::MAX_TEXT;
use crate::params::{Params, invalid_integer};
use crate::state::{ApiResult, StripeState, id_of, number_of, status_of};

const SHORTEST_LIFE: i64 = 30 * 60;
const LONGEST_LIFE: i64 = 24 * 60 * 60;
const MAX_LINES: usize = 100;
const MAX_QUANTITY: i64 = 999_999;
const MAX_REFERENCE: usize = 200;

/// What a buyer pays for.
struct Basket {
    currency: String,
    lines: Vec<Value>,
    subtotal: i64,
}

impl StripeState {
    pub(crate) fn create_session(&mut self, params: &Params, pages: &str) -> ApiResult {
        params.allow_only(&[
            "mode",
            "line_items[][quantity]",
            "line_items[][price_data][currency]",
            "line_items[][price_data][unit_amount]",
            "line_items[][price_data][product_data][name]",
            "discounts[][coupon]",
            "client_reference_id",
            "customer",
            "customer_email",
            "excluded_payment_method_types[]",
            "expires_at",
            "success_url",
            "cancel_url",
            "metadata*",
            "payment_intent_data[description]",
            "payment_intent_data[metadata]*",
            "payment_intent_data[receipt_email]",
            "payment_intent_data[shipping]*",
        ])?;
        if params.required("mode")? != "payment" {
            return Err(StripeError::parameter("mode", None, "Only the mode payment is known here"));
        }
        params.required("success_url")?;
        let (success_url, cancel_url) = (params.url("success_url")?, params.url("cancel_url")?);
        let customer_email = params.mail_address("customer_email")?;
        let reference = params.text("client_reference_id", MAX_REFERENCE)?;
        let (metadata, excluded) = (params.metadata("metadata")?, params.excluded_methods()?);
        let details = details(params, Some("payment_intent_data"))?;
        let Basket { currency, lines, subtotal } = basket(params)?;
        let expires_at = self.session_end(params)?;
        no_customer(params)?;
        let coupon = self.coupon_of(params, &currency)?;
        let discount = coupon.as_ref().map_or(0, |coupon| number_of(coupon, "amount_off").min(subtotal));
        check_charge(subtotal - discount, &currency)?;
        let id = self.id("cs");
        self.set_deadline(expires_at, &id);
        Ok(self.insert(json!({
            "id": id, "object": "checkout.session", "amount_subtotal": subtotal, "amount_total": subtotal - discount,
            "automatic_tax": { "enabled": false, "liability": null, "provider": null, "status": null },
            "cancel_url": cancel_url, "client_reference_id": reference, "created": self.now, "currency": currency,
            "custom_fields": [], "customer": null, "customer_email": customer_email,
            "custom_text": { "after_submit": null, "shipping_address": null, "submit": null, "terms_of_service_acceptance": null },
            "excluded_payment_method_types": excluded, "expires_at": expires_at, "livemode": false, "metadata": metadata,
            "mode": "payment", "payment_intent": null, "payment_method_types": ["card"], "payment_status": "unpaid",
            "shipping_options": [], "status": "open", "success_url": success_url, "url": format!("{pages}/pay/{id}"),
            "_lines": lines, "_discount": discount, "_details": details, "_coupon": coupon.map(|coupon| coupon["id"].clone()),
        })))
    }

    fn session_end(&self, params: &Params) -> Result<i64, StripeError> {
        let expires_at = params.number("expires_at")?.unwrap_or(self.now + LONGEST_LIFE);
        let problem = match expires_at - self.now {
            ..SHORTEST_LIFE => "The `expires_at` timestamp must be at least 30 minutes after the session is created.",
            SHORTEST_LIFE..=LONGEST_LIFE => return Ok(expires_at),
            _ => "The `expires_at` timestamp must be at most 24 hours after the session is created.",
        };
        Err(StripeError::parameter("expires_at", None, problem))
    }

    /// A buyer tries to pay on the hosted page.
    pub(crate) fn pay_session(&mut self, id: &str, card: Card) -> ApiResult {
        let session = self.find("checkout.session", id)?;
        if status_of(&session) != "open" {
            return Err(unexpected(status_of(&session)));
        }
        let currency = session["currency"].as_str().unwrap_or_default();
        let Some(method) = PaymentMethod::of_card(card, currency) else {
            let message = format!("No slow payment method takes {currency}.");
            return Err(StripeError::refused("payment_intent_incompatible_payment_method", &message));
        };
        let intent = match session["payment_intent"].as_str() {
            Some(intent) => intent.to_owned(),
            None => {
                let intent = self.intent(&NewIntent {
                    amount: number_of(&session, "amount_total"),
                    currency,
                    details: &session["_details"],
                    excluded: &session["excluded_payment_method_types"],
                    session: id.into(),
                });
                self.update(id, &[("payment_intent", intent["id"].clone())]);
                id_of(&intent).to_owned()
            }
        };
        let paid = self.pay_intent(&intent, method)?;
        let payment_status = match status_of(&paid) {
            "succeeded" => "paid",
            "processing" => "unpaid",
            _ => return Ok(paid),
        };
        let complete = [("status", "complete".into()), ("payment_status", payment_status.into()), ("url", Value::Null)];
        let session = self.update(id, &complete);
        self.redeem_coupon(&session["_coupon"]);
        self.add_event("checkout.session.completed", &session);
        Ok(paid)
    }

    /// The bank has decided the payment of a complete session.
    pub(crate) fn decide_session(&mut self, id: &str, paid: bool) {
        let status = if paid { "paid" } else { "unpaid" };
        let session = self.update(id, &[("payment_status", status.into())]);
        let result = if paid { "succeeded" } else { "failed" };
        self.add_event(&format!("checkout.session.async_payment_{result}"), &session);
    }

    pub(crate) fn expire_session(&mut self, id: &str) -> ApiResult {
        let session = self.find("checkout.session", id)?;
        let status = status_of(&session);
        if status != "open" {
            let message = format!("Only a Checkout Session that is open can be expired. This one is {status}.");
            return Err(StripeError::refused("checkout_session_not_open", &message));
        }
        if let Some(intent) = session["payment_intent"].as_str() {
            self.cancel_intent(intent, "automatic".into());
        }
        let session = self.update(id, &[("status", "expired".into()), ("url", Value::Null)]);
        self.add_event("checkout.session.expired", &session);
        Ok(session)
    }
}

fn basket(params: &Params) -> Result<Basket, StripeError> {
    let indices = params.indices("line_items");
    if indices.len() > MAX_LINES {
        let message = format!("A Checkout Session can have at most {MAX_LINES} line items");
        return Err(StripeError::parameter("line_items", None, &message));
    }
    let first = indices.first().copied().unwrap_or(0);
    let currency = params.required(&format!("line_items[{first}][price_data][currency]"))?.to_owned();
    let (mut lines, mut subtotal) = (Vec::new(), 0_i64);
    for n in indices {
        let field = |name: &str| format!("line_items[{n}]{name}");
        let line_currency = params.required(&field("[price_data][currency]"))?;
        check_currency(&field("[price_data][currency]"), line_currency)?;
        if line_currency != currency {
            let message = "All line items must have the same currency";
            return Err(StripeError::parameter(&field("[price_data][currency]"), None, message));
        }
        let name = params.required_text(&field("[price_data][product_data][name]"), MAX_TEXT)?;
        let price = field("[price_data][unit_amount]");
        params.required(&price)?;
        let unit = params.number(&price)?.unwrap_or(0);
        if unit < 0 {
            return Err(invalid_integer(&price, "This value must be 0 or more"));
        }
        check_part(&price, unit, line_currency)?;
        params.required(&field("[quantity]"))?;
        let quantity = params.number_in(&field("[quantity]"), 1, MAX_QUANTITY)?.unwrap_or(1);
        let amount = unit.saturating_mul(quantity);
        lines.push(json!({ "name": name, "quantity": quantity, "amount": amount }));
        subtotal = subtotal.saturating_add(amount);
    }
    Ok(Basket { currency, lines, subtotal })
}
