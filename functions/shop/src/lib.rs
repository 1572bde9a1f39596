//! The shop: the settings that a storefront needs before it shows anything. They come from the template's parameters; only
//! the shipping methods are read from the table.

mod links;
mod publishable_key;
mod returns;
mod settings;
mod tax;

use std::sync::Arc;

use axum::Router;
use checkout::VatConfig;
use domain::calendar::ShopZone;
use domain::cart_reminder::ReminderDelay;
use domain::order::{OrderLimits, PaymentMethods};
use domain::pricing::Rates;
use domain::returns::ReturnRules;
use domain::stock::StockShown;
use kit::http::auth::Access::Public;
use kit::http::context::{Context, ContextConfig};
use kit::http::routes::Route;
use kit::route;
use kit::runtime::config::{ConfigError, Env};

pub use links::LegalPages;
pub use publishable_key::PublishableKey;

pub fn routes() -> Vec<Route<App>> {
    vec![route!(Public, "getShop", settings::show)]
}

pub fn router(app: App) -> Router {
    let context = app.context.clone();
    context.router(routes(), app)
}

#[derive(Debug, Clone)]
pub struct Config {
    pub context: ContextConfig,
    pub name: String,
    /// The storefront.
    pub url: String,
    pub pages: LegalPages,
    pub rates: Rates,
    pub methods: PaymentMethods,
    /// The largest total that can be paid on delivery, in minor units.
    pub cash_limit: i64,
    pub slow_payments: bool,
    /// Without it, a storefront cannot use Stripe's elements.
    pub stripe_key: Option<PublishableKey>,
    pub limits: OrderLimits,
    pub stock_shown: StockShown,
    /// Whether customers who agree are reminded of their carts.
    pub cart_reminders: bool,
    pub has_reverse_charge: bool,
    pub returns: ReturnRules,
    pub zone: ShopZone,
    /// The two letters of the language of names and descriptions.
    pub catalogue_language: String,
}

impl Config {
    pub fn read(mut env: Env) -> Result<Self, ConfigError> {
        let config = Self {
            context: ContextConfig::read(&mut env),
            name: env.text("SHOP_NAME"),
            url: env.url("SHOP_URL"),
            pages: LegalPages::read(&mut env),
            rates: order_processing::rates(&mut env),
            methods: checkout::payment_methods(&mut env),
            cash_limit: checkout::cash_limit(&mut env),
            slow_payments: payment_provider::slow_payments(&mut env),
            stripe_key: env.optional("STRIPE_PUBLISHABLE_KEY", PublishableKey::parse),
            limits: checkout::order_limits(&mut env),
            stock_shown: checkout::stock_shown(&mut env),
            cart_reminders: env.parsed("CART_REMINDER_HOURS", None, ReminderDelay::parse).is_some(),
            has_reverse_charge: VatConfig::read(&mut env).has_reverse_charge(),
            returns: checkout::return_rules(&mut env),
            zone: env.parsed("TIME_ZONE", ShopZone::UTC, ShopZone::parse),
            catalogue_language: env.parsed("SEARCH_LANGUAGE", "en".to_owned(), language),
        };
        env.finish(config)
    }
}

fn language(code: &str) -> Result<String, &'static str> {
    let fits = code.len() == 2 && code.bytes().all(|c| c.is_ascii_lowercase());
    fits.then(|| code.to_owned()).ok_or("must be the two letters of a language")
}

#[derive(Debug, Clone)]
pub struct App {
    pub context: Context,
    pub(crate) config: Arc<Config>,
}

impl App {
    pub async fn connect(config: &Config) -> Self {
        let aws = kit::runtime::aws::config().await;
        Self::new(config, Context::connect(&config.context, &aws))
    }

    pub fn new(config: &Config, context: Context) -> Self {
        Self { context, config: Arc::new(config.clone()) }
    }
}
