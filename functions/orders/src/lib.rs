//! Orders: placing, reading and cancelling them, and advancing them as staff. `routes` lists every route with its
//! access rule.

mod cancel;
mod confirm;
mod input;
mod links;
mod place;
mod read;
mod staff;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use checkout::{Checkout, CheckoutConfig};
use domain::access::Permission::{OrdersReadAll, OrdersWrite};
use kit::http::auth::Access::{OptionalSignIn, OptionalStaff, Public, SignedIn, Staff};
use kit::http::context::{Context, ContextConfig};
use kit::http::routes::Route;
use kit::route;
use kit::runtime::config::{ConfigError, Env};

use crate::staff::{bulk, list, parcels, show};

pub fn routes() -> Vec<Route<App>> {
    vec![
        route!(OptionalSignIn, "createOrder", place::place),
        route!(Public, "confirmOrder", confirm::confirm),
        route!(SignedIn, "listOrders", read::mine),
        route!(OptionalStaff(OrdersReadAll), "getOrder", read::show),
        route!(OptionalStaff(OrdersReadAll), "trackOrder", read::track),
        route!(OptionalStaff(OrdersWrite), "cancelOrder", cancel::cancel),
        route!(Public, "exchangeOrderToken", links::exchange),
        route!(Public, "sendOrderLink", links::mail_link),
        route!(Staff(OrdersReadAll), "listAllOrders", list::list),
        route!(Staff(OrdersReadAll), "getWholeOrder", show::show),
        route!(Staff(OrdersReadAll), "listOrdersOfUser", list::of_user),
        route!(Staff(OrdersWrite), "updateOrders", bulk::change),
        route!(Staff(OrdersWrite), "updateOrder", staff::advance),
        route!(Staff(OrdersWrite), "addOrderNote", staff::note),
        route!(Staff(OrdersWrite), "createParcel", parcels::send),
        route!(Staff(OrdersWrite), "updateParcel", parcels::change),
        route!(Staff(OrdersWrite), "deleteParcel", parcels::remove),
    ]
}

pub fn router(app: App) -> Router {
    let context = app.context.clone();
    context.router(routes(), app)
}

#[derive(Debug, Clone)]
pub struct Config {
    pub context: ContextConfig,
    pub checkout: CheckoutConfig,
    /// Where pictures are published.
    pub images_url: String,
    /// How many days after the delivery buyers are asked for reviews. 0: never.
    pub review_request_days: u32,
}

impl Config {
    pub fn read(mut env: Env) -> Result<Self, ConfigError> {
        let config = Self {
            context: ContextConfig::read(&mut env),
            checkout: CheckoutConfig::read(&mut env),
            images_url: env.url("IMAGES_URL"),
            review_request_days: env
                .parsed("REVIEW_REQUEST_DAYS", 0, |text| text.parse().map_err(|_| "must be a whole number")),
        };
        env.finish(config)
    }
}

#[derive(Debug, Clone)]
pub struct App {
    pub context: Context,
    pub(crate) checkout: Checkout,
    pub(crate) images_url: Arc<str>,
}

impl App {
    pub async fn connect(config: &Config) -> Self {
        let (context, checkout) = Checkout::connect(&config.context, &config.checkout).await;
        Self::new(config, context, checkout)
    }

    pub fn new(config: &Config, context: Context, mut checkout: Checkout) -> Self {
        let days = Some(config.review_request_days).filter(|days| *days > 0);
        checkout.orders.ask_for_reviews_after = days.map(|days| Duration::from_hours(24) * days);
        Self { context, checkout, images_url: config.images_url.as_str().into() }
    }
}
