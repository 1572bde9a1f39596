//! Carts, wishlists and quotes: the routes, and who may use them.
//!
//! A guest's cart belongs to the client that sends its `Cart-Token`. If a request has that and a bearer token, the
//! guest's cart is merged into the user's.

mod body;
mod cart;
mod coupon;
mod items;
mod owner;
mod quote;
mod restore;
mod wishlist;

use std::sync::Arc;

use axum::Router;
use checkout::{VatChecks, VatConfig};
use domain::cart_reminder::ReminderDelay;
use domain::order::{OrderLimits, UnitLimits};
use domain::pricing::Rates;
use domain::stock::StockShown;
use kit::http::auth::Access::{OptionalSignIn, SignedIn};
use kit::http::context::{Context, ContextConfig};
use kit::http::routes::Route;
use kit::route;
use kit::runtime::config::{ConfigError, Env};
use kit::runtime::links::LinkKeys;
use kit::runtime::secrets::Secrets;
use order_processing::OrderProcessor;
use products::Taxonomies;
use products::cards::ProductCards;

pub fn routes() -> Vec<Route<App>> {
    vec![
        route!(OptionalSignIn, "getCart", cart::show),
        route!(OptionalSignIn, "clearCart", cart::clear),
        route!(OptionalSignIn, "addCartItem", items::add),
        route!(OptionalSignIn, "updateCartItem", items::edit),
        route!(OptionalSignIn, "replaceCartItem", items::set),
        route!(OptionalSignIn, "removeCartItem", items::remove),
        route!(OptionalSignIn, "applyCartCoupon", coupon::apply),
        route!(OptionalSignIn, "removeCartCoupon", coupon::remove),
        route!(OptionalSignIn, "restoreCart", restore::restore),
        route!(OptionalSignIn, "createQuote", quote::create),
        route!(SignedIn, "listWishlistItems", wishlist::list),
        route!(SignedIn, "addWishlistItem", wishlist::add),
        route!(SignedIn, "removeWishlistItem", wishlist::remove),
        route!(SignedIn, "moveWishlistItemToCart", wishlist::move_to_cart),
    ]
}

pub fn router(app: App) -> Router {
    let context = app.context.clone();
    context.router(routes(), app)
}

#[derive(Debug, Clone)]
pub struct Config {
    pub context: ContextConfig,
    pub rates: Rates,
    pub limits: OrderLimits,
    pub stock_shown: StockShown,
    /// `None`: the shop reminds nobody of a cart.
    pub cart_reminders: Option<ReminderDelay>,
    pub link_secret: String,
    /// The public address of product images.
    pub images_url: String,
    pub vat: VatConfig,
}

impl Config {
    pub fn read(mut env: Env) -> Result<Self, ConfigError> {
        let config = Self {
            context: ContextConfig::read(&mut env),
            rates: order_processing::rates(&mut env),
            limits: checkout::order_limits(&mut env),
            stock_shown: checkout::stock_shown(&mut env),
            cart_reminders: env.parsed("CART_REMINDER_HOURS", None, ReminderDelay::parse),
            link_secret: env.text("LINK_SECRET"),
            images_url: env.url("IMAGES_URL"),
            vat: VatConfig::read(&mut env),
        };
        env.finish(config)
    }
}

#[derive(Debug, Clone)]
pub struct App {
    pub context: Context,
    pub(crate) orders: OrderProcessor,
    pub(crate) rates: Arc<Rates>,
    pub(crate) units: UnitLimits,
    pub(crate) stock_shown: StockShown,
    pub(crate) cart_reminders: Option<ReminderDelay>,
    pub(crate) links: LinkKeys,
    pub(crate) cards: ProductCards,
    pub(crate) images_url: Arc<str>,
    pub(crate) vat: VatChecks,
}

impl App {
    pub async fn connect(config: &Config) -> Self {
        let aws = kit::runtime::aws::config().await;
        let secrets = Secrets::manager(aws_sdk_secretsmanager::Client::new(&aws));
        Self::new(config, Context::connect(&config.context, &aws), secrets)
    }

    pub fn new(config: &Config, context: Context, secrets: Secrets) -> Self {
        Self {
            orders: OrderProcessor::new(context.store.clone(), context.clock.clone(), context.ids.clone()),
            rates: Arc::new(config.rates.clone()),
            units: config.limits.units,
            stock_shown: config.stock_shown,
            cart_reminders: config.cart_reminders,
            links: LinkKeys::new(secrets, &config.link_secret),
            cards: ProductCards {
                taxonomies: Taxonomies::new(context.store.clone()),
                images_url: config.images_url.as_str().into(),
            },
            context,
            images_url: config.images_url.as_str().into(),
            vat: VatChecks::new(&config.vat),
        }
    }
}
