//! Orders: placing, reading, cancelling, and staff who go on with them. This is the door plate.

mod body;
mod cancel;
mod input;
mod place;
mod read;
mod staff;

use std::sync::Arc;

use axum::Router;
use domain::access::Permission::{OrdersReadAll, OrdersWrite};
use kit::base::{Base, BaseConfig};
use kit::config::{ConfigError, Env};
use kit::door;
use kit::doors::Door;
use kit::gate::Access::{Public, SignedIn, Staff};
use kit::links::LinkKeys;
use kit::secrets::Secrets;
use payments::{Payments, Stripe, StripeConfig};
use till::{Terms, Till, Visible};

pub fn doors() -> Vec<Door<App>> {
    vec![
        door!(Public, place::place),
        door!(SignedIn, read::mine),
        door!(Public, read::show),
        door!(Public, read::track),
        door!(Public, cancel::cancel),
        door!(Staff(OrdersReadAll), staff::list),
        door!(Staff(OrdersWrite), staff::advance),
        door!(Staff(OrdersWrite), staff::note),
    ]
}

pub fn router(app: App, config: &Config) -> Router {
    let base = app.base.clone();
    base.router(doors(), app, &config.base)
}

#[derive(Debug, Clone)]
pub struct Config {
    pub base: BaseConfig,
    pub terms: Terms,
    pub stripe: StripeConfig,
    pub link_secret: String,
    /// The storefront, to which hosted pages lead back.
    pub shop_url: String,
    /// Where the public finds pictures.
    pub images_url: String,
}

impl Config {
    pub fn read(mut env: Env) -> Result<Self, ConfigError> {
        let config = Self {
            base: BaseConfig::read(&mut env),
            terms: Terms::read(&mut env),
            stripe: StripeConfig::read(&mut env),
            link_secret: env.text("LINK_SECRET"),
            shop_url: env.url("SHOP_URL"),
            images_url: env.url("IMAGES_URL"),
        };
        env.finish(config)
    }
}

#[derive(Debug, Clone)]
pub struct App {
    pub base: Base,
    pub(crate) till: Till,
    pub(crate) payments: Payments,
    pub(crate) visible: Visible,
    pub(crate) shop_url: Arc<str>,
    pub(crate) images_url: Arc<str>,
}

impl App {
    pub async fn connect(config: &Config) -> Self {
        let aws = kit::aws::config().await;
        let secrets = Secrets::manager(aws_sdk_secretsmanager::Client::new(&aws));
        let payments = Payments::new(Stripe::new(&config.stripe, secrets.clone()));
        Self::new(
            config,
            Base::connect(&config.base, &aws),
            (payments, secrets),
        )
    }

    pub fn new(config: &Config, base: Base, (payments, secrets): (Payments, Secrets)) -> Self {
        let own = (base.clock.clone(), base.ids.clone());
        Self {
            till: Till::new(base.store.clone(), own, config.terms.clone()),
            visible: Visible {
                gate: base.gate.clone(),
                links: LinkKeys::new(secrets, &config.link_secret),
            },
            base,
            payments,
            shop_url: config.shop_url.as_str().into(),
            images_url: config.images_url.as_str().into(),
        }
    }
}
