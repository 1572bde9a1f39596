//! The order processor with the payment methods and the access to orders, for functions that take orders and payments.

use std::sync::Arc;
use std::time::Duration;

use domain::order::{Method, Order};
use domain::pricing::Rates;
use kit::http::context::Context;
use kit::runtime::config::Env;
use kit::runtime::links::LinkKeys;
use kit::runtime::secrets::Secrets;
use order_processing::{OpenPayment, OpenRefusal, OrderProcessor, PayableOrder, rates};
use payment_provider::{Payments, ProviderError, Stripe, StripeConfig};
use store::orders::OrderAndPurchase;

use crate::OrderAccess;
use crate::wire::PaymentBody;

#[derive(Debug, Clone)]
pub struct CheckoutConfig {
    pub rates: Rates,
    /// How long stock is reserved for an unpaid order.
    pub hold: Duration,
    /// How long an unpaid order can be paid.
    pub payment_window: Duration,
    pub stripe: StripeConfig,
    pub link_secret: String,
    /// The URL of the storefront. The provider's pages send the buyer back to it.
    pub shop_url: String,
}

impl CheckoutConfig {
    pub fn read(env: &mut Env) -> Self {
        let minutes = |env: &mut Env, name: &str| {
            let parse = |text: &str| text.parse::<u64>().map_err(|_| "must be whole minutes");
            Duration::from_mins(env.parsed(name, 0, parse))
        };
        Self {
            rates: rates(env),
            hold: minutes(env, "HOLD_MINUTES"),
            payment_window: minutes(env, "PAYMENT_WINDOW_MINUTES"),
            stripe: StripeConfig::read(env),
            link_secret: env.text("LINK_SECRET"),
            shop_url: env.url("SHOP_URL"),
        }
    }
}

#[derive(Debug, Clone)]
pub struct Checkout {
    pub config: Arc<CheckoutConfig>,
    pub orders: OrderProcessor,
    pub payments: Payments,
    pub access: OrderAccess,
}

impl Checkout {
    pub fn new(config: &CheckoutConfig, context: &Context, secrets: Secrets) -> Self {
        let stripe = Stripe::new(&config.stripe, secrets.clone());
        Self {
            config: Arc::new(config.clone()),
            orders: OrderProcessor::new(context.store.clone(), context.clock.clone(), context.ids.clone()),
            payments: Payments::new(stripe),
            access: OrderAccess { auth: context.auth.clone(), links: LinkKeys::new(secrets, &config.link_secret) },
        }
    }

    /// The order's open attempt by this method. It is opened if there is none.
    pub async fn open_payment(&self, found: OrderAndPurchase, method: Method) -> Result<PayableOrder, OpenRefusal> {
        let key = self.access.links.key(self.orders.clock.now()).await;
        let key = key.map_err(|_| ProviderError::Unavailable("the key of links cannot be read".to_owned()))?;
        let open = OpenPayment {
            orders: &self.orders,
            payments: &self.payments,
            method,
            hold: self.config.hold,
            // Both are the same for every client, because the provider compares requests with the same idempotency key.
            success_url: key.paid_page(&self.config.shop_url, &found.order),
            // Whoever has the page's address can go back from it, so this has no key to the order.
            cancel_url: format!("{}/orders/{}", self.config.shop_url, found.order.id),
        };
        Box::pin(open.run(found)).await
    }

    /// The order after an attempt to open its payment, and the payment with the next action or with the problem.
    pub async fn with_payment(&self, found: OrderAndPurchase) -> (Order, PaymentBody) {
        let (order, method) = (found.order.clone(), found.order.payment.method);
        match self.open_payment(found, method).await {
            Ok(PayableOrder { order, attempt }) => {
                let body = PaymentBody::of(&order).with_attempt(&attempt);
                (order, body)
            }
            Err(refusal) => {
                tracing::warn!(order = %order.id, %refusal, "the order is placed, but its payment could not be opened");
                let body = PaymentBody::of(&order).with_problem(&refusal);
                (order, body)
            }
        }
    }

    /// Runs the order's follow-ups now. If the provider does not answer, the janitor runs them later.
    pub async fn run_follow_ups(&self, order: &Order) {
        if let Err(error) = self.orders.run_follow_ups(&self.payments, order).await {
            tracing::warn!(order = %order.id, %error, "the janitor will run the follow-ups");
        }
    }
}
