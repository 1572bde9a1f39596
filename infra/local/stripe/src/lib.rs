//! A stand-in for the part of Stripe that the shop uses: intents, hosted checkout pages, refunds, coupons, disputes,
//! signed webhooks, and idempotency with Stripe's rules. It runs with the local cloud and inside tests, which can make
//! any call fail before or after its effect.
//!
//! Beside it stands VIES, which the shop asks about VAT numbers.
//!
//! It has nothing that the shop does not call. It refuses an unknown path, parameter or API version, and whatever
//! Stripe's documentation says that Stripe refuses.

mod amounts;
mod api;
mod cards;
mod controls;
mod coupons;
mod disputes;
mod error;
mod faults;
mod idempotency;
mod intents;
mod limits;
mod lists;
mod page;
mod params;
mod refunds;
mod sessions;
mod state;
mod vies;
mod webhooks;

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::routing::{get, post, put};
use serde_json::Value;

pub use crate::cards::Card;
pub use crate::faults::Failure;
pub use crate::state::VERSION;
pub use crate::webhooks::{Delivery, sign};

use crate::cards::PaymentMethod;
use crate::params::Params;
use crate::state::{ApiResult, StripeState, id_of};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallPhase {
    BeforeEffect,
    AfterEffect,
}

/// Called in both phases of each call. If it returns `false`, the call is lost there.
pub type Interceptor = Arc<dyn Fn(CallPhase) -> Pin<Box<dyn Future<Output = bool> + Send>> + Send + Sync>;

#[derive(Clone)]
pub struct Settings {
    /// The address of this server, for the links of hosted pages.
    pub public_url: String,
    /// Seconds since 1970.
    pub clock: Arc<dyn Fn() -> i64 + Send + Sync>,
    pub interceptor: Option<Interceptor>,
    /// Without it events are only recorded.
    pub webhook: Option<WebhookEndpoint>,
}

/// Where events are sent, and the secret that signs them.
#[derive(Debug, Clone)]
pub struct WebhookEndpoint {
    pub url: String,
    pub secret: String,
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Settings(…)")
    }
}

/// The stand-in. Its clones share one state.
#[derive(Clone)]
pub struct StandIn {
    state: Arc<Mutex<StripeState>>,
    settings: Arc<Settings>,
}

impl std::fmt::Debug for StandIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StandIn")
    }
}

impl StandIn {
    pub fn new(settings: Settings) -> Self {
        Self { state: Arc::default(), settings: Arc::new(settings) }
    }

    /// Another stand-in, where the same has happened.
    pub fn copy(&self, settings: Settings) -> Self {
        let state = self.state().clone();
        Self { state: Arc::new(Mutex::new(state)), settings: Arc::new(settings) }
    }

    /// The state, as time has changed it.
    fn state(&self) -> MutexGuard<'_, StripeState> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.settle((self.settings.clock)());
        state
    }

    /// Changes the state, and sends the events of that.
    fn change<T>(&self, change: impl FnOnce(&mut StripeState) -> T) -> T {
        let result = change(&mut self.state());
        self.deliver_new();
        result
    }

    /// The API, the hosted pages, and the controls.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/pay/{id}", get(page::show).post(page::submit))
            .route("/vies/rest-api/check-vat-number", post(vies::check))
            .route("/_stand_in/balance", post(controls::set_balance))
            .route("/_stand_in/disputes", post(controls::open_dispute))
            .route("/_stand_in/disputes/{id}", post(controls::close_dispute))
            .route("/_stand_in/events", get(controls::events))
            .route("/_stand_in/faults", put(controls::set_faults))
            .route("/_stand_in/objects/{kind}", get(controls::objects))
            .route("/_stand_in/payments/{id}", post(controls::decide_payment))
            .route("/_stand_in/redeliver", post(controls::redeliver))
            .route("/_stand_in/refunds", post(controls::refund))
            .route("/_stand_in/refunds/{id}", post(controls::update_refund))
            .fallback(api::handle)
            .with_state(self.clone())
    }

    /// All objects of a kind, such as `charge` or `refund`.
    pub fn all(&self, kind: &str) -> Vec<Value> {
        self.change(|state| state.of_kind(kind).cloned().collect())
    }

    /// The VAT numbers that VIES was asked about, oldest first.
    pub fn vat_checks(&self) -> Vec<String> {
        self.state().vat_checks.clone()
    }

    pub fn url(&self) -> &str {
        &self.settings.public_url
    }

    /// Everything that later answers depend on, as text.
    pub fn snapshot(&self) -> String {
        format!("{:?}", self.state())
    }

    /// All events, oldest first.
    pub fn events(&self) -> Vec<Value> {
        self.change(|state| state.events.clone())
    }

    /// Does what is due by the clock, such as expiring sessions. Every other call does it too.
    pub fn let_time_pass(&self) {
        self.change(|_| ());
    }

    /// A buyer confirms an intent, or pays on the hosted page of a session. Returns whether it is paid now.
    pub fn pay(&self, reference: &str, card: Card) -> bool {
        let paid = self.change(|state| {
            if reference.starts_with("cs_") {
                return state.pay_session(reference, card);
            }
            let intent = state.find("payment_intent", reference)?;
            let currency = intent["currency"].as_str().unwrap_or_default();
            let method = PaymentMethod::of_card(card, currency).ok_or_else(|| intents::unexpected(currency))?;
            state.pay_intent(reference, method)
        });
        paid.is_ok_and(|intent| intent["status"] == "succeeded")
    }

    /// The bank decides a payment that is processing. The reference is an intent or a session.
    pub fn decide_payment(&self, reference: &str, paid: bool) {
        let _ = self.change(|state| state.decide_payment(reference, paid));
    }

    /// A session is expired before its time, or somebody cancels an intent in the dashboard.
    pub fn expire_or_cancel(&self, reference: &str) {
        let _ = self.change(|state| {
            if reference.starts_with("cs_") {
                state.expire_session(reference)
            } else {
                state.cancel(reference, &Params::parse(""))
            }
        });
    }

    /// From now on the hosted pages are said to be at this address, those of open sessions too.
    pub fn show_pages_at(&self, url: &str) {
        let mut state = self.state();
        state.pages = Some(url.to_owned());
        for (id, object) in &mut state.objects {
            if object["object"] == "checkout.session" && object["status"] == "open" {
                object["url"] = format!("{url}/pay/{id}").into();
            }
        }
    }

    /// Somebody refunds a charge in Stripe's dashboard.
    pub fn refund_in_dashboard(&self, intent: &str, amount: i64) {
        let _ = self.refund(intent, amount);
    }

    fn refund(&self, intent: &str, amount: i64) -> ApiResult {
        let form = format!("payment_intent={intent}&amount={amount}");
        self.change(|state| state.create_refund(&Params::parse(&form)))
    }

    /// The bank says that a refund succeeded, failed or is cancelled.
    pub fn update_refund(&self, refund: &str, status: &str) {
        let _ = self.change(|state| state.decide_refund(refund, status));
    }

    /// What can be refunded from now on; `None` is plenty.
    pub fn set_balance(&self, available: Option<i64>) {
        self.state().balance = available;
    }

    /// The buyer's bank takes the money of a paid intent back, or only asks about it. Returns the dispute's id, which is
    /// empty if the intent has no successful charge.
    pub fn open_dispute(&self, intent: &str, inquiry: bool) -> String {
        let dispute = self.change(|state| state.open_dispute(intent, inquiry));
        dispute.map(|dispute| id_of(&dispute).to_owned()).unwrap_or_default()
    }

    /// The buyer's bank decides a dispute. An inquiry that is not won becomes a dispute.
    pub fn close_dispute(&self, dispute: &str, won: bool) {
        let _ = self.change(|state| state.close_dispute(dispute, won));
    }

    /// The next calls of the API fail, so many. A call that is answered by its idempotency key does not count.
    pub fn fail_next(&self, failure: Failure, count: usize) {
        self.state().faults.fail_next(failure, count);
    }
}

#[cfg(test)]
mod tests;
