//! Each rule of Stripe that the stand-in keeps, with the page of Stripe's documentation that says so.

mod amounts;
mod controls;
mod coupons;
mod disputes;
mod faults;
mod fields;
mod idempotency;
mod intents;
mod refunds;
mod sessions;
mod slow;
mod types;
mod vies;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::http::Method;
use serde_json::Value;

use crate::idempotency::Reply;
use crate::params::Params;
use crate::{Settings, StandIn};

const NOW: i64 = 1_000;
const INTENT: &str = "amount=1999&currency=usd&metadata[order_id]=ord_1&metadata[attempt]=1";
const SESSION: &str = "mode=payment&success_url=http://shop.test/ok&line_items[0][quantity]=2&\
    line_items[0][price_data][currency]=usd&line_items[0][price_data][unit_amount]=1000&\
    line_items[0][price_data][product_data][name]=Shirt&payment_intent_data[metadata][order_id]=ord_1";
const COUPON: &str = "id=off&amount_off=500&currency=usd&duration=once&max_redemptions=1";

/// A stand-in with a clock that the test moves.
struct Stripe {
    stand_in: StandIn,
    clock: Arc<AtomicI64>,
}

fn stripe() -> Stripe {
    let clock = Arc::new(AtomicI64::new(NOW));
    let read = clock.clone();
    let stand_in = StandIn::new(Settings {
        public_url: "http://pay.test".to_owned(),
        clock: Arc::new(move || read.load(Ordering::Relaxed)),
        interceptor: None,
        webhook: None,
    });
    Stripe { stand_in, clock }
}

/// An answer, as tests compare it.
#[derive(Debug, PartialEq)]
struct Refused {
    status: u16,
    code: String,
    field: String,
}

fn refused(status: u16, code: &str) -> Refused {
    Refused { status, code: code.to_owned(), field: String::new() }
}

fn bad_field(code: &str, field: &str) -> Refused {
    Refused { status: 400, code: code.to_owned(), field: field.to_owned() }
}

impl Stripe {
    fn call(&self, method: &Method, path: &str, key: Option<&str>, form: &str) -> Reply {
        self.stand_in.call(method, path, key, &Params::parse(form))
    }

    fn send(&self, path: &str, key: &str, form: &str) -> Reply {
        self.call(&Method::POST, path, Some(key), form)
    }

    /// A request that must be answered with an object.
    fn post(&self, path: &str, form: &str) -> Value {
        let Reply { status, body, .. } = self.call(&Method::POST, path, None, form);
        assert_eq!(status, 200, "{form}: {body}");
        body
    }

    fn get(&self, path: &str, query: &str) -> Value {
        let Reply { status, body, .. } = self.call(&Method::GET, path, None, query);
        assert_eq!(status, 200, "{query}: {body}");
        body
    }

    fn refusal(&self, path: &str, form: &str) -> Refused {
        Refused::of(&self.call(&Method::POST, path, None, form))
    }

    fn pass(&self, seconds: i64) {
        self.clock.fetch_add(seconds, Ordering::Relaxed);
    }

    fn intent(&self) -> String {
        id(&self.post("/v1/payment_intents", INTENT))
    }

    fn session(&self, more: &str) -> String {
        id(&self.post("/v1/checkout/sessions", &format!("{SESSION}&{more}")))
    }

    fn object(&self, kind: &str, id: &str) -> Value {
        self.stand_in.all(kind).into_iter().find(|object| object["id"] == id).expect("the object exists")
    }

    /// The types of the events from this one on.
    fn event_types(&self, from: usize) -> Vec<String> {
        let events = self.stand_in.events();
        events[from..].iter().map(|event| event["type"].as_str().unwrap().to_owned()).collect()
    }

    /// Does this, and returns the types of the events of it.
    fn events_of<T>(&self, act: impl FnOnce(&Self) -> T) -> Vec<String> {
        let before = self.stand_in.events().len();
        act(self);
        self.event_types(before)
    }
}

impl Refused {
    fn of(reply: &Reply) -> Self {
        let error = &reply.body["error"];
        let text = |field: &str| error[field].as_str().unwrap_or_default().to_owned();
        Self { status: reply.status, code: text("code"), field: text("param") }
    }
}

fn id(object: &Value) -> String {
    object["id"].as_str().expect("an object with an id").to_owned()
}
