//! The seam to payment providers. An order's attempt to be paid is opened, looked at and closed; a charge is refunded.
//! Each call names what it is for, so that asking twice is asking once, and no call here touches the table.
//!
//! There are three ways: Stripe on the shop's page, Stripe on Stripe's page, and cash, which nobody needs to be asked
//! for.

mod cash;
mod stripe;
pub mod webhook;

use domain::order::{Method, Order, Purchase, Refund};
use domain::time::Time;

pub use cash::Cash;
pub use stripe::{CheckoutSessions, PaymentIntents, Stripe, StripeConfig};

/// An order's present attempt to be paid.
#[derive(Debug, Clone)]
pub struct Attempt<'a> {
    pub order: &'a Order,
    pub purchase: &'a Purchase,
    /// Where a hosted page sends the buyer afterwards.
    pub return_url: String,
}

/// What the buyer's browser goes on with. It is worth money: it is handed to the order's buyer and never stored or
/// logged.
#[derive(Clone, PartialEq, Eq)]
pub enum Handle {
    ClientSecret(String),
    CheckoutUrl(String),
    /// There is nothing to go on with.
    Nothing,
}

impl std::fmt::Debug for Handle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Handle(…)")
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It can be paid.
    Open,
    /// Money was taken, or is about to be.
    Taken,
    /// Nothing can come of it any more.
    Over,
}

/// An attempt as the provider sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// The provider's name of it.
    pub reference: String,
    pub handle: Handle,
    pub standing: Standing,
}

/// What became of a refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refunded {
    /// It is done, or will be without us.
    Done { reference: String },
    /// The provider will not, however often it is asked. So much of the charge it gave back past us, in all.
    Refused { why: String, refunded_externally: i64 },
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// The provider will not, however often it is asked.
    #[error("the provider refused: {code}: {message}")]
    Refused { code: String, message: String },
    /// No answer, or none that can be understood. Whether it took effect is unknown; asking again is safe.
    #[error("the provider did not answer: {0}")]
    Unavailable(String),
}

/// A way to pay.
pub trait Provider: Send + Sync {
    /// Opens the order's attempt. The same attempt is the same answer, however often it is asked.
    fn open(&self, attempt: &Attempt<'_>, now: Time) -> impl Future<Output = Result<Opened, ProviderError>> + Send;

    /// The attempt as it is now.
    fn look(&self, reference: &str, now: Time) -> impl Future<Output = Result<Opened, ProviderError>> + Send;

    /// Sees to it that nothing comes of the attempt any more; `Taken` if that is too late.
    fn close(&self, reference: &str, now: Time) -> impl Future<Output = Result<Standing, ProviderError>> + Send;
}

/// All ways of the shop.
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
            Method::CashOnDelivery | Method::Free => {
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

    pub async fn open(&self, attempt: &Attempt<'_>, now: Time) -> Result<Opened, ProviderError> {
        let method = attempt.order.payment.method;
        with_provider!(self, method, |provider| provider.open(attempt, now))
    }

    pub async fn look(&self, method: Method, reference: &str, now: Time) -> Result<Opened, ProviderError> {
        with_provider!(self, method, |provider| provider.look(reference, now))
    }

    pub async fn close(&self, method: Method, reference: &str, now: Time) -> Result<Standing, ProviderError> {
        with_provider!(self, method, |provider| provider.close(reference, now))
    }

    /// Gives money back where it was taken. The same refund is given once, however often it is asked for.
    pub async fn refund(&self, order: &Order, refund: &Refund, now: Time) -> Result<Refunded, ProviderError> {
        match &refund.charge {
            Some(charge) => self.stripe.give_back(order.id, (charge, refund), now).await,
            // Cash goes back from hand to hand.
            None => Ok(Refunded::Done { reference: refund.id.to_string() }),
        }
    }
}
