//! Stripe's webhook events: first the signature of the raw body is checked, then the body is read. Only the few fields
//! that are needed are read, so that no new field, type or version makes us miss a payment.

use std::time::Duration;

use data_encoding::HEXLOWER_PERMISSIVE;
use domain::money::{Currency, Money};
use domain::order::{Dispute, DisputeReport};
use domain::time::Time;
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use sha2::Sha256;

/// How old, or how far ahead, a signature may be.
pub const TOLERANCE: Duration = Duration::from_mins(5);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    #[error("the signature header is missing or malformed")]
    Malformed,
    #[error("the signature was made with none of the secrets")]
    Wrong,
    #[error("the signature is too old, or from the future")]
    Stale,
}

/// Whether this body was signed recently with one of these secrets.
pub fn verify(body: &[u8], header: &str, secrets: &[&str], now: Time) -> Result<(), SignatureError> {
    let mut time = None;
    let mut signatures = Vec::new();
    for part in header.split(',') {
        match part.trim().split_once('=') {
            Some(("t", value)) => time = value.parse::<i64>().ok(),
            Some(("v1", value)) => {
                signatures.extend(HEXLOWER_PERMISSIVE.decode(value.as_bytes()).ok());
            }
            _ => {}
        }
    }
    let time = time.filter(|_| !signatures.is_empty()).ok_or(SignatureError::Malformed)?;
    let signed = |secret: &&str| {
        let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes());
        mac.is_ok_and(|mut mac| {
            mac.update(time.to_string().as_bytes());
            mac.update(b".");
            mac.update(body);
            (signatures.iter()).any(|signature| mac.clone().verify_slice(signature).is_ok())
        })
    };
    if !secrets.iter().any(signed) {
        return Err(SignatureError::Wrong);
    }
    let age = now.unix_seconds().abs_diff(time);
    if age > TOLERANCE.as_secs() {
        return Err(SignatureError::Stale);
    }
    Ok(())
}

/// The part of an event that is needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderEvent {
    pub id: String,
    /// Stripe's type of the event.
    pub kind: String,
    /// The order and the attempt that it is about, from the object's metadata.
    pub order: Option<String>,
    pub attempt: Option<u32>,
    /// When the provider made it.
    pub at: Time,
    pub payment_event: PaymentEvent,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PaymentEvent {
    Paid {
        charge: String,
        money: Money,
    },
    /// The buyer paid by a slow method. The bank decides later.
    Processing,
    Declined {
        why: Option<String>,
    },
    /// The attempt is closed.
    Ended,
    /// `total` is what was refunded of the charge in all.
    Refunded {
        charge: String,
        total: i64,
    },
    /// A refund failed after it was accepted, or was cancelled. `refund` is our id of it; without one it was made in the
    /// provider's dashboard.
    RefundFailed {
        charge: Option<String>,
        refund: Option<String>,
        why: String,
    },
    Dispute(DisputeReport),
    /// Nothing that needs an action.
    Other,
}

#[derive(Deserialize)]
struct Envelope {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    created: i64,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    object: Object,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Object {
    id: Option<String>,
    amount: Option<i64>,
    amount_received: Option<i64>,
    amount_total: Option<i64>,
    amount_refunded: Option<i64>,
    currency: Option<String>,
    payment_status: Option<String>,
    payment_intent: Option<String>,
    status: Option<String>,
    failure_reason: Option<String>,
    last_payment_error: Option<Declined>,
    evidence_details: Option<EvidenceDetails>,
    metadata: Option<Metadata>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Declined {
    code: Option<String>,
    decline_code: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct EvidenceDetails {
    due_by: Option<i64>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Metadata {
    order_id: Option<String>,
    attempt: Option<String>,
    refund_id: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the event cannot be read: {0}")]
pub struct Unreadable(pub String);

/// Reads a body whose signature was verified.
pub fn read(body: &[u8]) -> Result<ProviderEvent, Unreadable> {
    let unreadable = |error: serde_json::Error| Unreadable(error.to_string());
    let whole: serde_json::Value = serde_json::from_slice(body).map_err(unreadable)?;
    // An object of an unknown type may use the same field names for other types of values.
    let head = |name: &str| whole[name].as_str().unwrap_or_default().to_owned();
    let (id, kind) = (head("id"), head("type"));
    if id.is_empty() || kind.is_empty() {
        return Err(Unreadable("it has no id or no type".to_owned()));
    }
    if !is_ours(&kind) {
        let at = Time::from_unix_millis(0);
        return Ok(ProviderEvent { id, kind, order: None, attempt: None, at, payment_event: PaymentEvent::Other });
    }
    let envelope: Envelope = serde_json::from_value(whole).map_err(unreadable)?;
    let Envelope { id, kind, created, data } = envelope;
    let mut object = data.object;
    let metadata = object.metadata.take().unwrap_or_default();
    let payment_event = payment_event(&kind, object, &metadata)?;
    Ok(ProviderEvent {
        id,
        kind,
        order: metadata.order_id,
        attempt: metadata.attempt.and_then(|attempt| attempt.parse().ok()),
        at: Time::from_unix_millis(created.saturating_mul(1000)),
        payment_event,
    })
}

fn is_ours(kind: &str) -> bool {
    let families = ["payment_intent.", "checkout.session.", "charge.", "refund."];
    families.iter().any(|family| kind.starts_with(family))
}

fn payment_event(kind: &str, object: Object, metadata: &Metadata) -> Result<PaymentEvent, Unreadable> {
    let missing = |what: &str| Unreadable(format!("{kind} without {what}"));
    let money = |amount: Option<i64>, currency: Option<String>| {
        let currency = currency.and_then(|code| Currency::parse(&code).ok());
        let money = amount.zip(currency);
        money.map(|(amount, currency)| Money::new(amount, currency))
    };
    let declined = || {
        let error = object.last_payment_error.as_ref();
        error.and_then(|error| error.decline_code.clone().or_else(|| error.code.clone()))
    };
    Ok(match kind {
        "payment_intent.succeeded" => PaymentEvent::Paid {
            charge: object.id.ok_or_else(|| missing("an id"))?,
            money: money(object.amount_received, object.currency).ok_or_else(|| missing("an amount"))?,
        },
        "payment_intent.processing" => PaymentEvent::Processing,
        "payment_intent.payment_failed" => PaymentEvent::Declined { why: declined() },
        "payment_intent.canceled" | "checkout.session.expired" => PaymentEvent::Ended,
        "checkout.session.completed" | "checkout.session.async_payment_succeeded" => {
            // With slow payment methods a session is completed before it is paid; another event follows.
            match object.payment_status.as_deref() {
                Some("paid") => {}
                Some("unpaid") => return Ok(PaymentEvent::Processing),
                _ => return Ok(PaymentEvent::Other),
            }
            PaymentEvent::Paid {
                charge: object.payment_intent.ok_or_else(|| missing("a payment intent"))?,
                money: money(object.amount_total, object.currency).ok_or_else(|| missing("an amount"))?,
            }
        }
        "checkout.session.async_payment_failed" => PaymentEvent::Declined { why: None },
        "charge.refunded" => match (object.payment_intent, object.amount_refunded) {
            (Some(charge), Some(total)) => PaymentEvent::Refunded { charge, total },
            _ => PaymentEvent::Other,
        },
        // The other event of a refund that failed says the same.
        "refund.failed" | "refund.updated" => {
            let status = object.status.unwrap_or_default();
            if kind == "refund.updated" && status != "canceled" {
                return Ok(PaymentEvent::Other);
            }
            PaymentEvent::RefundFailed {
                charge: object.payment_intent,
                refund: metadata.refund_id.clone(),
                why: object.failure_reason.unwrap_or(status),
            }
        }
        _ if kind.starts_with("charge.dispute.") => {
            let status = object.status.as_deref().and_then(dispute);
            match (object.payment_intent, status) {
                (Some(charge), Some(dispute)) => PaymentEvent::Dispute(DisputeReport {
                    charge,
                    dispute,
                    amount: object.amount.unwrap_or(0),
                    evidence_due_by: (object.evidence_details.and_then(|details| details.due_by))
                        .map(|seconds| Time::from_unix_millis(seconds.saturating_mul(1000))),
                }),
                _ => PaymentEvent::Other,
            }
        }
        _ => PaymentEvent::Other,
    })
}

/// Stripe's status of a dispute. An inquiry begins with `warning_`.
fn dispute(status: &str) -> Option<Dispute> {
    match status {
        "warning_needs_response" | "warning_under_review" => Some(Dispute::Inquiry),
        "needs_response" | "under_review" => Some(Dispute::Open),
        "won" | "warning_closed" => Some(Dispute::Won),
        "lost" => Some(Dispute::Lost),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use domain::money::{Currency, Money};
    use domain::order::{Dispute, DisputeReport};
    use domain::time::Time;
    use stripe_events::Webhook;

    use super::{PaymentEvent, SignatureError, read, verify};

    const BODY: &str = r#"{"id":"evt_1","type":"payment_intent.succeeded","data":{"object":{"id":"pi_1","amount_received":1999,"currency":"usd","metadata":{"order_id":"ord_1","attempt":"2"}}}}"#;

    fn at(seconds: i64) -> Time {
        Time::from_unix_millis(seconds * 1000)
    }

    /// Signed as Stripe's own library signs.
    fn header(secret: &str, seconds: i64) -> String {
        Webhook::generate_test_header(BODY, secret, Some(seconds))
    }

    #[test]
    fn a_signature_with_any_of_the_secrets_is_valid_and_no_other() {
        let check = |header: &str, secrets: &[&str]| verify(BODY.as_bytes(), header, secrets, at(1000));
        let signed = header("whsec_new", 1000);
        assert_eq!(check(&signed, &["whsec_old", "whsec_new"]), Ok(()));
        assert_eq!(check(&signed, &["whsec_old"]), Err(SignatureError::Wrong));
        assert_eq!(check(&signed, &[]), Err(SignatureError::Wrong));
        let both = format!("{},v1={}", header("whsec_old", 1000), "00".repeat(32));
        assert_eq!(check(&both, &["whsec_old"]), Ok(()), "one of two signatures");
        let later = signed.replace("t=1000", "t=1001");
        assert_eq!(check(&later, &["whsec_new"]), Err(SignatureError::Wrong), "the time is signed");
        for bad in ["", "t=1000", "v1=00", "t=x,v1=00", "t=1000,v0=00", "t=1000,v1=zz"] {
            assert_eq!(check(bad, &["whsec_new"]), Err(SignatureError::Malformed), "{bad}");
        }
        let other = verify(b"{}", &signed, &["whsec_new"], at(1000));
        assert_eq!(other, Err(SignatureError::Wrong));
    }

    #[test]
    fn a_signature_is_valid_for_five_minutes() {
        let check = |now| verify(BODY.as_bytes(), &header("whsec", 1000), &["whsec"], at(now));
        assert_eq!((check(1300), check(700)), (Ok(()), Ok(())));
        assert_eq!(check(1301), Err(SignatureError::Stale));
        assert_eq!(check(699), Err(SignatureError::Stale));
    }

    #[test]
    fn only_the_needed_fields_of_an_event_are_read_and_unknown_events_are_no_error() {
        let event = read(BODY.as_bytes()).unwrap();
        assert_eq!((event.order.as_deref(), event.attempt), (Some("ord_1"), Some(2)));
        let money = Money::new(1999, Currency::USD);
        let charge = "pi_1".to_owned();
        assert_eq!(event.payment_event, PaymentEvent::Paid { charge, money });
        let of = |kind: &str, object: &str| {
            read(format!(r#"{{"id":"evt_1","type":"{kind}","data":{{"object":{object}}}}}"#).as_bytes())
        };
        let payment_event = |kind: &str, object: &str| of(kind, object).unwrap().payment_event;
        assert_eq!(payment_event("customer.created", r#"{"currency":7}"#), PaymentEvent::Other);
        assert_eq!(payment_event("payment_intent.created", "{}"), PaymentEvent::Other);
        let unpaid = r#"{"payment_status":"unpaid","payment_intent":"pi_1"}"#;
        assert_eq!(payment_event("checkout.session.completed", unpaid), PaymentEvent::Processing);
        let declined = r#"{"last_payment_error":{"code":"card_declined","decline_code":"insufficient_funds"}}"#;
        let why = Some("insufficient_funds".to_owned());
        assert_eq!(payment_event("payment_intent.payment_failed", declined), PaymentEvent::Declined { why });
        let lost = r#"{"payment_intent":"pi_1","status":"lost","amount":700,"evidence_details":{"due_by":9}}"#;
        let report = DisputeReport {
            charge: "pi_1".to_owned(),
            dispute: Dispute::Lost,
            amount: 700,
            evidence_due_by: Some(at(9)),
        };
        assert_eq!(payment_event("charge.dispute.closed", lost), PaymentEvent::Dispute(report));
        let made = r#"{"payment_intent":"pi_1","status":"succeeded"}"#;
        assert_eq!(payment_event("refund.updated", made), PaymentEvent::Other);
        let cancelled = r#"{"payment_intent":"pi_1","status":"canceled","metadata":{"refund_id":"rfd_1"}}"#;
        let (charge, refund, why) = (Some("pi_1".to_owned()), Some("rfd_1".to_owned()), "canceled".to_owned());
        assert_eq!(payment_event("refund.updated", cancelled), PaymentEvent::RefundFailed { charge, refund, why });
        assert!(of("payment_intent.succeeded", "{}").is_err());
        assert!(read(b"{}").is_err() && read(b"[]").is_err() && read(b"x").is_err());
    }
}
