//! The till with the ways to pay at it, and with who may see what was sold: for functions that take orders and
//! payments.

use std::sync::Arc;
use std::time::Duration;

use domain::order::{Method, Order, Purchase};
use domain::pricing::Rates;
use kit::http::context::Context;
use kit::http::problem::Problem;
use kit::runtime::config::Env;
use kit::runtime::links::LinkKeys;
use kit::runtime::secrets::Secrets;
use payment_provider::{Payments, Stripe, StripeConfig};

use crate::wire::PaymentBody;
use crate::{OrderAccess, OrderProcessor, rates};

#[derive(Debug, Clone)]
pub struct CheckoutConfig {
    pub rates: Rates,
    /// How long stock is held for an unpaid order, and how long such an order waits.
    pub hold: Duration,
    pub payment_window: Duration,
    pub stripe: StripeConfig,
    pub link_secret: String,
    /// The storefront, to which hosted pages lead back.
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
    pub visible: OrderAccess,
}

impl Checkout {
    pub fn new(config: &CheckoutConfig, context: &Context, secrets: Secrets) -> Self {
        let stripe = Stripe::new(&config.stripe, secrets.clone());
        Self {
            config: Arc::new(config.clone()),
            orders: OrderProcessor::new(context.store.clone(), context.clock.clone(), context.ids.clone()),
            payments: Payments::new(stripe),
            visible: OrderAccess { auth: context.auth.clone(), links: LinkKeys::new(secrets, &config.link_secret) },
        }
    }

    /// The payment with what the buyer goes on with, or with why there is nothing: the order stands either way.
    pub async fn paying(&self, found: (Order, Purchase), method: Method) -> (Order, PaymentBody) {
        let order = found.0.clone();
        match Box::pin(self.open(found, method)).await {
            Ok((order, opened)) => {
                let body = PaymentBody::of(&order).with(&opened);
                (order, body)
            }
            Err(refusal) => {
                tracing::warn!(order = %order.id, %refusal, "the order stands without a way to pay");
                let body = PaymentBody::of(&order).without(&refusal);
                (order, body)
            }
        }
    }

    /// Runs the order's errands now if the provider answers; the janitor does if it does not.
    pub async fn settle(&self, order: &Order) {
        if let Err(error) = self.orders.settle(&self.payments, order).await {
            tracing::warn!(order = %order.id, %error, "the errands are left to the janitor");
        }
    }

    /// Where a hosted page leads the buyer back to. The same for an order whoever asks, since the provider compares
    /// requests.
    pub(crate) async fn way_back(&self, order: &Order) -> Result<String, Problem> {
        let key = self.visible.links.key(self.orders.clock.now()).await?;
        Ok(key.order_page(&self.config.shop_url, order))
    }
}
