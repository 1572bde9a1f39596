//! Coupons that take an amount off.

use serde_json::{Value, json};

use crate::amounts::{check_currency, check_part};
use crate::error::StripeError;
use crate::params::Params;
use crate::state::{ApiResult, StripeState, id_of, number_of};

const MAX_NAME: usize = 40;
const MAX_ID: usize = 200;

impl StripeState {
    pub(crate) fn create_coupon(&mut self, params: &Params) -> ApiResult {
        params.allow_only(&[
            "id",
            "name",
            "amount_off",
            "currency",
            "duration",
            "max_redemptions",
            "redeem_by",
            "metadata*",
        ])?;
        let id = params.text("id", MAX_ID)?;
        if id.is_some_and(|id| !id.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'_' || c == b'-')) {
            return Err(StripeError::parameter("id", None, "A coupon's id has only letters, digits, _ and -"));
        }
        let name = params.text("name", MAX_NAME)?;
        params.required("amount_off")?;
        let amount_off = params.number_in("amount_off", 1, i64::MAX)?.unwrap_or(1);
        let currency = params.required("currency")?;
        check_currency("currency", currency)?;
        check_part("amount_off", amount_off, currency)?;
        params.required("duration")?;
        // A coupon that repeats is for subscriptions.
        let duration = params.one_of("duration", &["once", "forever"])?;
        let max_redemptions = params.number_in("max_redemptions", 1, i64::MAX)?;
        let redeem_by = params.number_in("redeem_by", self.now + 1, i64::MAX)?;
        let metadata = params.metadata("metadata")?;
        if id.is_some_and(|id| self.objects.contains_key(id)) {
            return Err(StripeError::refused("resource_already_exists", "Coupon already exists."));
        }
        let id = id.map_or_else(|| self.id("coupon"), str::to_owned);
        if let Some(redeem_by) = redeem_by {
            self.set_deadline(redeem_by, &id);
        }
        Ok(self.insert(json!({
            "id": id, "object": "coupon", "amount_off": amount_off, "created": self.now, "currency": currency,
            "duration": duration, "livemode": false, "max_redemptions": max_redemptions, "metadata": metadata, "name": name,
            "percent_off": null, "redeem_by": redeem_by, "times_redeemed": 0, "valid": true,
        })))
    }

    /// A session that uses the coupon already keeps its discount.
    pub(crate) fn delete_coupon(&mut self, id: &str) -> ApiResult {
        self.find("coupon", id)?;
        self.objects.remove(id);
        Ok(json!({ "id": id, "object": "coupon", "deleted": true }))
    }

    /// The coupon of a new session.
    pub(crate) fn coupon_of(&self, params: &Params, currency: &str) -> Result<Option<Value>, StripeError> {
        let coupons = params.indices("discounts");
        if coupons.len() > 1 {
            return Err(StripeError::parameter("discounts", None, "A Checkout Session can have one discount"));
        }
        let Some(n) = coupons.first() else {
            return Ok(None);
        };
        let coupon = self.find("coupon", params.required(&format!("discounts[{n}][coupon]"))?)?;
        if coupon["valid"] != true {
            return Err(StripeError::refused("coupon_expired", "The coupon is used up or has ended."));
        }
        if coupon["currency"] != currency {
            let message = format!("The coupon takes an amount in {} off, not in {currency}.", coupon["currency"]);
            return Err(StripeError::parameter("discounts", None, &message));
        }
        Ok(Some(coupon))
    }

    /// A session with the coupon is complete.
    pub(crate) fn redeem_coupon(&mut self, id: &Value) {
        let Some(Ok(coupon)) = id.as_str().map(|id| self.find("coupon", id)) else {
            return;
        };
        let times = number_of(&coupon, "times_redeemed") + 1;
        let more = coupon["max_redemptions"].as_i64().is_none_or(|most| times < most) && coupon["valid"] == true;
        self.update(id_of(&coupon), &[("times_redeemed", times.into()), ("valid", more.into())]);
    }

    /// The last moment of a coupon has come, if it is not another one with the same id.
    pub(crate) fn end_coupon(&mut self, id: &str) {
        if self.objects.get(id).and_then(|coupon| coupon["redeem_by"].as_i64()).is_some_and(|by| by <= self.now) {
            self.update(id, &[("valid", false.into())]);
        }
    }
}
