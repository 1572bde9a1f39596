//! Payment providers. A payment attempt of an order is opened, retrieved and closed; a charge is refunded. Each call
//! has an idempotency key, so repeating it has no second effect. No call here uses the table.
//!
//! There are three methods: Stripe on the shop's page, Stripe on Stripe's page, and cash on delivery.

mod cash;
mod stripe;
pub mod webhook;

use domain::order::{Method, Order, Purchase, Refund};
use domain::time::Time;

pub use cash::Cash;
pub use stripe::{CheckoutSessions, PaymentIntents, Stripe, StripeConfig, slow_payments};

/// The present payment attempt of an order.
#[derive(Debug, Clone)]
pub struct PaymentAttempt<'a> {
    pub order: &'a Order,
    pub purchase: &'a Purchase,
    /// Where a page of the provider sends the buyer after paying, and without paying.
    pub success_url: String,
    pub cancel_url: String,
}

/// What the buyer's browser does next. It is a secret: only the order's buyer gets it, and it is never stored or
/// logged.
#[derive(Clone, PartialEq, Eq)]
pub enum NextAction {
    ClientSecret(String),
    CheckoutUrl(String),
    None,
}

impl std::fmt::Debug for NextAction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NextAction(…)")
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptState {
    /// It can be paid.
    Open,
    /// The buyer paid by a slow method, and the bank has not decided yet.
    Processing,
    Paid,
    /// It cannot be paid any more.
    Closed,
}

/// An attempt as the provider sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedAttempt {
    /// The provider's id of it.
    pub reference: String,
    pub next_action: NextAction,
    pub state: AttemptState,
}

/// What the provider answered to a refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundOutcome {
    /// Made, or accepted.
    Made { reference: String },
    /// It cannot be made yet: the charge is disputed, the balance is too small, or the provider failed. The provider
    /// repeats this answer for the same idempotency key.
    NotYet { why: String, is_disputed: bool },
    /// Final. `refunded_externally` is what was refunded of the charge in the dashboard, in all.
    Refused { why: String, refunded_externally: i64 },
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// Final: asking again does not help.
    #[error("the provider refused: {code}: {message}")]
    Refused { code: String, message: String },
    /// An error of the provider that it repeats for the same idempotency key, for a day. Asking again helps only with
    /// another key.
    #[error("the provider failed, and repeats that: {0}")]
    Stuck(String),
    /// No answer, or none that can be understood. It may have had its effect; asking again is safe.
    #[error("the provider did not answer: {0}")]
    Unavailable(String),
}

/// A payment method.
pub trait Provider: Send + Sync {
    /// Opens the order's attempt. The same attempt always gets the same answer.
    fn open(
        &self,
        attempt: &PaymentAttempt<'_>,
        now: Time,
    ) -> impl Future<Output = Result<OpenedAttempt, ProviderError>> + Send;

    /// The attempt as it is now.
    fn retrieve(&self, reference: &str, now: Time)
    -> impl Future<Output = Result<OpenedAttempt, ProviderError>> + Send;

    /// Closes the attempt, so that it cannot be paid any more; `Paid` if that is too late.
    fn close(&self, reference: &str, now: Time) -> impl Future<Output = Result<AttemptState, ProviderError>> + Send;
}

/// All payment methods of the shop.
#[derive(Debug, Clone)]
pub struct Payments {
    stripe: Stripe,
}

macro_rules! with_provider {
    ($payments:expr, $method:expr, |$provider:ident| $call:expr) => {
        match $method {
            Method::PaymentIntent => {
                let $provider = PaymentIntents(&$payments.stripe);
                $call.await
            }
            Method::CheckoutSession => {
                let $provider = CheckoutSessions(&$payments.stripe);
                $call.await
            }
            Method::CashOnDelivery | Method::Free | Method::Elsewhere => {
                let $provider = Cash;
                $call.await
            }
        }
    };
}

impl Payments {
    pub fn new(stripe: Stripe) -> Self {
        Self { stripe }
    }

    pub async fn open(&self, attempt: &PaymentAttempt<'_>, now: Time) -> Result<OpenedAttempt, ProviderError> {
        let method = attempt.order.payment.method;
        with_provider!(self, method, |provider| provider.open(attempt, now))
    }

    pub async fn retrieve(&self, method: Method, reference: &str, now: Time) -> Result<OpenedAttempt, ProviderError> {
        with_provider!(self, method, |provider| provider.retrieve(reference, now))
    }

    /// Closes what is left of an attempt at the provider: the attempt itself by its reference, or its coupon by its name.
    pub async fn close(&self, name: &str, now: Time) -> Result<AttemptState, ProviderError> {
        match name.split('_').next() {
            Some("pi") => PaymentIntents(&self.stripe).close(name, now).await,
            Some("cs") => CheckoutSessions(&self.stripe).close(name, now).await,
            _ => self.stripe.delete_coupon(name, now).await.map(|()| AttemptState::Closed),
        }
    }

    /// The order that a charge belongs to, as we wrote it on the charge.
    pub async fn order_of_charge(&self, charge: &str, now: Time) -> Result<Option<String>, ProviderError> {
        self.stripe.order_of(charge, now).await
    }

    /// How much of a charge was refunded in the provider's dashboard.
    pub async fn refunded_externally(&self, charge: &str, now: Time) -> Result<i64, ProviderError> {
        self.stripe.refunded_externally(charge, now).await
    }

    /// Refunds a charge. Repeating the same refund has no second effect.
    pub async fn refund(&self, order: &Order, refund: &Refund, now: Time) -> Result<RefundOutcome, ProviderError> {
        match &refund.charge {
            Some(charge) => self.stripe.refund(order.id, charge, refund, now).await,
            // Cash is given back in person.
            None => Ok(RefundOutcome::Made { reference: refund.id.to_string() }),
        }
    }
}
