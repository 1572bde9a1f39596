//! How an order is paid: the methods, the attempts, and how long payments may take.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::time::Time;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentStatus {
    Unpaid,
    /// The buyer has paid by a slow method, such as a bank debit. The bank decides within days.
    Processing,
    /// The last attempt was declined; another one may succeed.
    Failed,
    Paid,
    PartiallyRefunded,
    Refunded,
    /// The buyer's bank took the money back, all of it or a part.
    ChargedBack,
}

impl PaymentStatus {
    pub const ALL: [Self; 7] = [
        Self::Unpaid,
        Self::Processing,
        Self::Failed,
        Self::Paid,
        Self::PartiallyRefunded,
        Self::Refunded,
        Self::ChargedBack,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Unpaid => "unpaid",
            Self::Processing => "processing",
            Self::Failed => "failed",
            Self::Paid => "paid",
            Self::PartiallyRefunded => "partially_refunded",
            Self::Refunded => "refunded",
            Self::ChargedBack => "charged_back",
        }
    }
}

/// How an order is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Stripe, on the shop's own page.
    PaymentIntent,
    /// Stripe, on Stripe's page.
    CheckoutSession,
    CashOnDelivery,
    /// There is nothing to pay.
    Free,
    /// In an earlier shop, from which the order was imported.
    Elsewhere,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be payment_intent, checkout_session or cash_on_delivery")]
pub struct InvalidMethod;

impl Method {
    pub const ALL: [Self; 5] =
        [Self::PaymentIntent, Self::CheckoutSession, Self::CashOnDelivery, Self::Free, Self::Elsewhere];

    pub fn parse(text: &str) -> Result<Self, InvalidMethod> {
        let mut choices = Self::ALL.into_iter().filter(|method| !matches!(method, Self::Free | Self::Elsewhere));
        choices.find(|method| method.name() == text).ok_or(InvalidMethod)
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::PaymentIntent => "payment_intent",
            Self::CheckoutSession => "checkout_session",
            Self::CashOnDelivery => "cash_on_delivery",
            Self::Free => "free",
            Self::Elsewhere => "elsewhere",
        }
    }

    /// Whether a provider takes the money, so that the order waits for it.
    pub fn is_online(self) -> bool {
        matches!(self, Self::PaymentIntent | Self::CheckoutSession)
    }
}

/// The methods that the shop takes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PaymentMethods(Vec<Method>);

impl PaymentMethods {
    /// Names with commas between them.
    pub fn parse(text: &str) -> Result<Self, InvalidMethod> {
        text.split(',').map(|name| Method::parse(name.trim())).collect::<Result<_, _>>().map(Self)
    }

    pub fn iter(&self) -> impl Iterator<Item = Method> {
        self.0.iter().copied()
    }

    pub fn accept(&self, method: Method) -> bool {
        self.0.contains(&method)
    }
}

/// How the order is paid. There is one attempt at a time, and each has a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    pub method: Method,
    /// Raised when another attempt replaces this one. Order and attempt make the provider's idempotency key.
    pub attempt: u32,
    /// The provider's id of the open attempt. A buyer only gets an attempt whose id is stored here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The charge that paid the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub charge: Option<String>,
    /// What still has to be closed at the provider: attempts, by their references, and coupons of attempts that are over,
    /// by their names.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "one_or_many")]
    pub closing: Vec<String>,
    /// When the provider made the newest event that said how the payment goes. Older ones change nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reported_at: Option<Time>,
}

impl Payment {
    /// The id of the provider's payment intent: the one that paid the order, or the one that is open.
    pub fn intent(&self) -> Option<&str> {
        let open = self.reference.as_deref().filter(|_| self.method == Method::PaymentIntent);
        self.charge.as_deref().or(open)
    }
}

/// Older orders have at most one attempt to close, without a list.
fn one_or_many<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum OneOrMany {
        One(String),
        Many(Vec<String>),
    }
    Ok(match OneOrMany::deserialize(deserializer)? {
        OneOrMany::One(one) => vec![one],
        OneOrMany::Many(many) => many,
    })
}

/// How long payments may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaymentTerms {
    /// How long stock is reserved for an unpaid order.
    pub hold: Duration,
    /// How long an unpaid order can be paid.
    pub window: Duration,
    /// How long a bank may take to decide about a slow payment.
    pub processing: Duration,
}

impl PaymentTerms {
    /// A page of Stripe can be paid for this time at least.
    pub const MIN_PAGE: Duration = Duration::from_mins(30);
    /// A page can be opened for this time after the order was placed, as often as it fails.
    const PAGE_TRIES: Duration = Duration::from_mins(3);
    /// How long a request to Stripe may be under way.
    pub(super) const LATENCY: Duration = Duration::from_secs(30);
    /// The hold outlives the page by this.
    pub(super) const PAGE_MARGIN: Duration = Duration::from_mins(2);

    /// The stock of an order on Stripe's page is held until after the end of the page.
    pub fn hold_for(&self, method: Method) -> Duration {
        match method {
            Method::CheckoutSession => self.hold.max(Self::MIN_PAGE) + Self::PAGE_TRIES + Self::PAGE_MARGIN,
            _ => self.hold,
        }
    }
}
