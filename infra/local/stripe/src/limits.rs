//! What Stripe allows in the fields of its objects: lengths, mail addresses, URLs, metadata, shipping addresses.

use serde_json::{Map, Value, json};

use crate::error::StripeError;
use crate::params::{Params, unknown_parameter};

const MAX_METADATA: usize = 50;
const MAX_METADATA_KEY: usize = 40;
const MAX_METADATA_VALUE: usize = 500;
pub(crate) const MAX_DESCRIPTION: usize = 1_000;
/// The length of most texts.
pub(crate) const MAX_TEXT: usize = 5_000;
const MAX_MAIL_ADDRESS: usize = 512;

/// The parts of a shipping address and of the parcel.
const SHIPPING: [&str; 10] = [
    "name",
    "phone",
    "carrier",
    "tracking_number",
    "address][line1",
    "address][line2",
    "address][city",
    "address][state",
    "address][postal_code",
    "address][country",
];

/// The methods that a payment can exclude.
const METHODS: &str = "acss_debit affirm afterpay_clearpay alipay alma amazon_pay au_becs_debit bacs_debit bancontact billie bizum \
    blik boleto card cashapp crypto customer_balance eps fpx giropay grabpay ideal kakao_pay klarna konbini \
    kr_card mb_way mobilepay multibanco naver_pay nz_bank_account oxxo p24 pay_by_bank payco paynow paypal \
    paypay payto pix promptpay revolut_pay samsung_pay satispay scalapay sepa_debit sequra sofort sunbit swish \
    twint upi us_bank_account wechat_pay zip";

impl Params {
    /// A text that is not empty and not too long.
    pub(crate) fn text(&self, key: &str, longest: usize) -> Result<Option<&str>, StripeError> {
        match self.get(key) {
            Some("") => {
                let message = format!("{key} is empty. Leave it out, or give it a value.");
                Err(StripeError::parameter(key, Some("parameter_invalid_empty"), &message))
            }
            Some(text) if text.chars().count() > longest => Err(too_long(key, longest)),
            text => Ok(text),
        }
    }

    pub(crate) fn required_text(&self, key: &str, longest: usize) -> Result<&str, StripeError> {
        self.required(key)?;
        Ok(self.text(key, longest)?.unwrap_or_default())
    }

    pub(crate) fn mail_address(&self, key: &str) -> Result<Option<&str>, StripeError> {
        let address = self.text(key, MAX_MAIL_ADDRESS)?;
        match address {
            Some(address) if !looks_like_mail(address) => {
                Err(StripeError::parameter(key, Some("email_invalid"), "Invalid email address"))
            }
            _ => Ok(address),
        }
    }

    pub(crate) fn url(&self, key: &str) -> Result<Option<&str>, StripeError> {
        let url = self.text(key, MAX_TEXT)?;
        match url {
            Some(url) if !is_web_address(url) => {
                Err(StripeError::parameter(key, Some("url_invalid"), "Not a valid URL"))
            }
            _ => Ok(url),
        }
    }

    pub(crate) fn flag(&self, key: &str) -> Result<Option<bool>, StripeError> {
        match self.get(key) {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(_) => Err(StripeError::parameter(key, None, &format!("Invalid boolean: {key}"))),
        }
    }

    pub(crate) fn one_of(&self, key: &str, known: &[&str]) -> Result<Option<&str>, StripeError> {
        match self.get(key) {
            Some(value) if !known.contains(&value) => Err(not_one_of(key, known)),
            value => Ok(value),
        }
    }

    pub(crate) fn metadata(&self, name: &str) -> Result<Value, StripeError> {
        if self.get(name).is_some() {
            return Err(StripeError::parameter(name, None, "Invalid object"));
        }
        let mut metadata = self.object(name);
        // An empty value takes a key away.
        metadata.retain(|_, value| *value != "");
        if metadata.len() > MAX_METADATA {
            let message = format!("Metadata can have up to {MAX_METADATA} keys");
            return Err(StripeError::parameter(name, None, &message));
        }
        for (key, value) in &metadata {
            let field = format!("{name}[{key}]");
            if key.is_empty() || key.contains(['[', ']']) {
                return Err(StripeError::parameter(
                    &field,
                    None,
                    "Metadata keys cannot be empty or have square brackets",
                ));
            }
            if key.chars().count() > MAX_METADATA_KEY {
                return Err(too_long(&field, MAX_METADATA_KEY));
            }
            if value.as_str().unwrap_or_default().chars().count() > MAX_METADATA_VALUE {
                return Err(too_long(&field, MAX_METADATA_VALUE));
            }
        }
        Ok(metadata.into())
    }

    /// A shipping address. With it, the name and the first line are required.
    pub(crate) fn shipping(&self, name: &str) -> Result<Value, StripeError> {
        if self.get(name).is_none() && self.under(name).next().is_none() {
            return Ok(Value::Null);
        }
        if let Some((unknown, _)) = self.under(name).find(|(part, _)| !SHIPPING.contains(part)) {
            return Err(unknown_parameter(&format!("{name}[{unknown}]")));
        }
        self.required(&format!("{name}[name]"))?;
        self.required(&format!("{name}[address][line1]"))?;
        let (mut shipping, mut address) = (Map::new(), Map::new());
        for part in SHIPPING {
            let text = self.text(&format!("{name}[{part}]"), MAX_TEXT)?;
            match part.strip_prefix("address][") {
                Some(part) => address.insert(part.to_owned(), text.into()),
                None => shipping.insert(part.to_owned(), text.into()),
            };
        }
        let country = address["country"].as_str();
        if country.is_some_and(|code| code.len() != 2 || !code.bytes().all(|c| c.is_ascii_uppercase())) {
            let field = format!("{name}[address][country]");
            return Err(StripeError::parameter(&field, None, "Country must be a code of two letters"));
        }
        shipping.insert("address".to_owned(), address.into());
        Ok(shipping.into())
    }

    /// The methods that this payment does not take.
    pub(crate) fn excluded_methods(&self) -> Result<Value, StripeError> {
        let name = "excluded_payment_method_types";
        let methods = self.list(name);
        let known: Vec<&str> = METHODS.split_whitespace().collect();
        if methods.iter().any(|method| !known.contains(method)) {
            return Err(not_one_of(name, &known));
        }
        Ok(json!(methods))
    }
}

fn too_long(key: &str, longest: usize) -> StripeError {
    StripeError::parameter(key, None, &format!("Invalid string: {key} must be at most {longest} characters"))
}

fn not_one_of(key: &str, known: &[&str]) -> StripeError {
    StripeError::parameter(key, None, &format!("Invalid {key}: must be one of {}", known.join(", ")))
}

fn looks_like_mail(address: &str) -> bool {
    let Some((mailbox, domain)) = address.split_once('@') else {
        return false;
    };
    let plain = |text: &str| !text.chars().any(|c| c.is_whitespace() || c.is_control());
    let host = domain.split('.').all(|part| !part.is_empty()) && domain.contains('.') && !domain.contains('@');
    !mailbox.is_empty() && mailbox.len() <= 64 && plain(address) && host
}

fn is_web_address(url: &str) -> bool {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let plain = !url.chars().any(|c| c.is_whitespace() || c.is_control());
    plain && rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with(['/', '?', '#', ':', '@']))
}
