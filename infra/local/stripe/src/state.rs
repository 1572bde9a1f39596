//! The state of the stand-in: objects, events, and what time alone changes.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::error::{StripeError, public_fields};
use crate::faults::Faults;
use crate::idempotency::IdempotencyKeys;

/// The API version of the client library that the shop uses.
pub const VERSION: &str = "2026-09-30.endive";

#[derive(Debug, Clone, Default)]
pub(crate) struct StripeState {
    /// All objects by id.
    pub(crate) objects: BTreeMap<String, Value>,
    pub(crate) events: Vec<Value>,
    /// How many events were sent to the webhook.
    pub(crate) sent: usize,
    pub(crate) keys: IdempotencyKeys,
    pub(crate) faults: Faults,
    /// Where hosted pages are said to be, if it is not here.
    pub(crate) pages: Option<String>,
    /// What can be refunded. Without it there is always enough.
    pub(crate) balance: Option<i64>,
    /// When time changes an object, and which.
    deadlines: BTreeSet<(i64, String)>,
    /// The VAT numbers that VIES was asked about.
    pub(crate) vat_checks: Vec<String>,
    /// How many ids were given out.
    pub(crate) id_count: u64,
    pub(crate) now: i64,
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

    pub(crate) fn of_kind(&self, kind: &str) -> impl DoubleEndedIterator<Item = &Value> {
        self.objects.values().filter(move |object| object["object"] == kind)
    }

    pub(crate) fn insert(&mut self, object: Value) -> Value {
        self.objects.insert(id_of(&object).to_owned(), object.clone());
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
            "type": kind, "data": { "object": public_fields(object) },
        }));
    }

    /// Time will change this object then.
    pub(crate) fn set_deadline(&mut self, at: i64, id: &str) {
        self.deadlines.insert((at, id.to_owned()));
    }

    /// Lets time pass: sessions expire, refunds fail, coupons end, answers to disputes are too late.
    pub(crate) fn settle(&mut self, now: i64) {
        while self.deadlines.first().is_some_and(|(at, _)| *at <= now)
            && let Some((at, id)) = self.deadlines.pop_first()
        {
            self.now = at;
            let kind = self.objects.get(&id).and_then(|object| object["object"].as_str()).unwrap_or_default();
            match kind {
                "checkout.session" => drop(self.expire_session(&id)),
                "refund" => drop(self.decide_refund(&id, "failed")),
                "coupon" => self.end_coupon(&id),
                "dispute" => self.miss_evidence(&id),
                _ => {}
            }
        }
        self.now = now;
    }
}

pub(crate) fn id_of(object: &Value) -> &str {
    object["id"].as_str().unwrap_or_default()
}

pub(crate) fn status_of(object: &Value) -> &str {
    object["status"].as_str().unwrap_or_default()
}

pub(crate) fn number_of(object: &Value, field: &str) -> i64 {
    object[field].as_i64().unwrap_or_default()
}
