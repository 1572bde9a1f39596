//! The order processor with the payment methods and the access to orders, for functions that take orders and payments.

use std::sync::Arc;
use std::time::Duration;

use domain::email::Email;
use domain::id::UserId;
use domain::order::{CashTerms, HolderKind, Method, Order, OrderLimits, PaymentMethods, PaymentTerms};
use domain::pricing::Rates;
use domain::returns::ReturnRules;
use domain::stock::StockShown;
use kit::http::context::{Context, ContextConfig};
use kit::http::visitor::{Visitor, fingerprint};
use kit::runtime::config::Env;
use kit::runtime::links::LinkKeys;
use kit::runtime::secrets::Secrets;
use order_processing::{OpenError, OpenPayment, OrderProcessor, PayableOrder, payment_terms, rates};
use payment_provider::{Payments, ProviderError, Stripe, StripeConfig};
use store::orders::OrderAndPurchase;
use store::unpaid::Holder;

use crate::wire::PaymentBody;
use crate::{OrderAccess, VatChecks, VatConfig};

#[derive(Debug, Clone)]
pub struct CheckoutConfig {
    pub rates: Rates,
    pub terms: PaymentTerms,
    pub methods: PaymentMethods,
    pub cash: CashTerms,
    pub limits: OrderLimits,
    pub stock_shown: StockShown,
    pub stripe: StripeConfig,
    pub link_secret: String,
    pub vat: VatConfig,
    /// The URL of the storefront. The provider's pages send the buyer back to it.
    pub shop_url: String,
}

impl CheckoutConfig {
    pub fn read(env: &mut Env) -> Self {
        let cash = |env: &mut Env| CashTerms {
            limit: cash_limit(env),
            confirm_within: Duration::from_hours(
                env.parsed("CASH_CONFIRM_HOURS", 0, |text| text.parse::<u64>().map_err(|_| "must be whole hours")),
            ),
        };
        Self {
            rates: rates(env),
            terms: payment_terms(env),
            methods: payment_methods(env),
            cash: cash(env),
            limits: order_limits(env),
            stock_shown: stock_shown(env),
            stripe: StripeConfig::read(env),
            link_secret: env.text("LINK_SECRET"),
            vat: VatConfig::read(env),
            shop_url: env.url("SHOP_URL"),
        }
    }
}

/// The payment methods that the shop takes, from its settings.
pub fn payment_methods(env: &mut Env) -> PaymentMethods {
    env.parsed("PAYMENT_METHODS", PaymentMethods::default(), PaymentMethods::parse)
}

/// The largest total that can be paid on delivery, from the settings of the shop.
pub fn cash_limit(env: &mut Env) -> i64 {
    env.parsed("CASH_LIMIT", 0, |text| text.parse::<u32>().map_err(|_| "must be whole minor units")).into()
}

/// The limits of orders, from the settings of the shop.
pub fn order_limits(env: &mut Env) -> OrderLimits {
    env.parsed("ORDER_LIMITS", OrderLimits::default(), OrderLimits::parse)
}

/// Up to which number customers see how many units there are, from the settings of the shop.
pub fn stock_shown(env: &mut Env) -> StockShown {
    env.parsed("STOCK_SHOWN", StockShown::default(), StockShown::parse)
}

/// What the shop takes back, from its settings.
pub fn return_rules(env: &mut Env) -> ReturnRules {
    let days = |env: &mut Env, name: &'static str| {
        env.parsed(name, 0, |text| text.parse::<u32>().map_err(|_| "must be a whole number of days"))
    };
    let fee = |text: &str| text.parse::<u32>().map_err(|_| "must be whole minor units");
    ReturnRules {
        return_days: days(env, "RETURN_DAYS"),
        withdrawal_days: days(env, "WITHDRAWAL_DAYS"),
        fee: env.parsed("RETURN_FEE", 0, fee).into(),
        send_days: days(env, "RETURN_SEND_DAYS"),
    }
}

/// Whose unpaid orders an order counts among: those of its buyer, and those of the network of the request. An account
/// has its own, so that its owner is not stopped by orders that a stranger places with the owner's address.
pub fn holders(account: Option<UserId>, email: &Email, visitor: &Visitor) -> [Holder; 2] {
    let holder = |kind, name: &str| Holder { kind, fingerprint: fingerprint(name) };
    let buyer = account.map_or_else(|| email.mailbox(), |id| id.to_string());
    [holder(HolderKind::Buyer, &buyer), holder(HolderKind::Network, &visitor.network())]
}

#[derive(Debug, Clone)]
pub struct Checkout {
    pub config: Arc<CheckoutConfig>,
    pub orders: OrderProcessor,
    pub payments: Payments,
    pub access: OrderAccess,
    pub vat: VatChecks,
}

impl Checkout {
    /// The context of a function, and the checkout in it.
    pub async fn connect(context: &ContextConfig, config: &CheckoutConfig) -> (Context, Self) {
        let aws = kit::runtime::aws::config().await;
        let context = Context::connect(context, &aws);
        let checkout = Self::new(config, &context, Secrets::manager(aws_sdk_secretsmanager::Client::new(&aws)));
        (context, checkout)
    }

    pub fn new(config: &CheckoutConfig, context: &Context, secrets: Secrets) -> Self {
        let stripe = Stripe::new(&config.stripe, secrets.clone());
        Self {
            config: Arc::new(config.clone()),
            orders: OrderProcessor::new(context.store.clone(), context.clock.clone(), context.ids.clone()),
            payments: Payments::new(stripe),
            vat: VatChecks::new(&config.vat),
            access: OrderAccess { auth: context.auth.clone(), links: LinkKeys::new(secrets, &config.link_secret) },
        }
    }

    /// The order's open attempt by this method. It is opened if there is none.
    pub async fn open_payment(
        &self,
        found: OrderAndPurchase,
        method: Method,
        visitor: &Visitor,
    ) -> Result<PayableOrder, OpenError> {
        if !self.config.methods.accept(method) {
            return Err(OpenError::NotAccepted);
        }
        let key = self
            .access
            .links
            .key(self.orders.clock.now())
            .await
            .map_err(|_| ProviderError::Unavailable("the key of links cannot be read".to_owned()))?;
        let open = OpenPayment {
            orders: &self.orders,
            payments: &self.payments,
            method,
            terms: self.config.terms,
            // Both are the same for every client, because the provider compares requests with the same idempotency key.
            success_url: key.paid_page(&self.config.shop_url, &found.order),
            // Whoever has the page's address can go back from it, so this has no key to the order.
            cancel_url: format!("{}/orders/{}", self.config.shop_url, found.order.id),
            holders: holders(found.order.placed_by(), &found.order.email, visitor),
            limits: &self.config.limits,
        };
        Box::pin(open.run(found)).await
    }

    /// The order after an attempt to open its payment, and the payment with the next action or with the problem.
    pub async fn with_payment(&self, found: OrderAndPurchase, visitor: &Visitor) -> (Order, PaymentBody) {
        let (order, method) = (found.order.clone(), found.order.payment.method);
        match self.open_payment(found, method, visitor).await {
            Ok(PayableOrder { order, attempt }) => {
                let body = PaymentBody::of(&order).with_attempt(&attempt);
                (order, body)
            }
            Err(error) => {
                tracing::warn!(order = %order.id, %error, "the order is placed, but its payment could not be opened");
                let body = PaymentBody::of(&order).with_problem(&error);
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
