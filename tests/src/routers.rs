//! The routers of all HTTP functions over one base, each for the paths that API Gateway sends it.

use std::time::Duration;

use aws_sdk_dynamodb::config::{Credentials, SharedCredentialsProvider};
use axum::Router;
use domain::money::Currency;
use domain::pricing::{Rates, ShippingRates, TaxRates};
use kit::base::{Base, BaseConfig};
use kit::secrets::Secrets;
use provider::{Payments, Stripe, StripeConfig};
use till::{Checkout, CheckoutConfig};

use crate::shop::{ISSUER, ORIGIN};

/// Which function serves which paths; accounts serves the rest.
const CATALOG: &[&str] = &["/api/v1/products", "/api/v1/categories", "/api/v1/brands", "/api/v1/home"];
const CARTS: &[&str] = &["/api/v1/cart", "/api/v1/wishlist"];
const COUPONS: &[&str] = &["/api/v1/coupons"];
const ORDERS: &[&str] = &["/api/v1/orders", "/api/v1/admin/orders"];
const PAYMENTS: &[&str] = &["/api/v1/payments"];
const WEBHOOK: &[&str] = &["/api/v1/payments/webhook"];
const STOCK: &[&str] = &["/api/v1/inventory", "/api/v1/stock-alerts"];
const UPLOADS: &[&str] = &["/api/v1/uploads", "/api/v1/exports"];
const ACCOUNTS: &[&str] = &[""];

/// Each function's router with the beginnings of its paths; the first that fits serves.
pub(crate) fn routers(
    base: &Base,
    checkout: &Checkout,
    secrets: &Secrets,
    accounts: Router,
) -> Vec<(&'static [&'static str], Router)> {
    let config = base_config();
    vec![
        (CARTS, carts_router(base, &config)),
        (CATALOG, catalog_router(base, &config)),
        (COUPONS, coupons_router(base, &config)),
        (ORDERS, orders_router(base, checkout, &config)),
        (WEBHOOK, webhook_router(base, secrets, &config)),
        (PAYMENTS, payments_router(base, checkout, &config)),
        (STOCK, stock_router(base, &config)),
        (UPLOADS, uploads_router(base, &config)),
        (ACCOUNTS, accounts),
    ]
}

pub fn base_config() -> BaseConfig {
    BaseConfig {
        table: "kontor".to_owned(),
        issuer: ISSUER.to_owned(),
        jwks_secret: "jwks".to_owned(),
        allowed_origins: vec![ORIGIN.to_owned()],
    }
}

fn catalog_router(base: &Base, config: &BaseConfig) -> Router {
    let config =
        catalog::Config { base: config.clone(), currency: Currency::USD, images_url: "https://images.test".to_owned() };
    catalog::router(catalog::App::new(&config, base.clone()), &config)
}

/// How the shop of the tests sells: 5 dollars to send, 7 % tax.
fn rates() -> Rates {
    let shipping = ShippingRates::parse(r#"{"default":500,"freeFrom":10000}"#);
    let tax = TaxRates::parse(r#"{"default":700}"#);
    Rates { currency: Currency::USD, shipping: shipping.expect("shipping rates"), tax: tax.expect("tax rates") }
}

/// A checkout whose Stripe answers at this address.
pub(crate) fn checkout(base: &Base, secrets: &Secrets, stripe_url: String) -> Checkout {
    let config = CheckoutConfig {
        rates: rates(),
        hold: Duration::from_mins(30),
        patience: Duration::from_hours(96),
        stripe: StripeConfig { url: stripe_url, key_secret: "stripe-key".to_owned() },
        link_secret: "link".to_owned(),
        shop_url: ORIGIN.to_owned(),
    };
    let checkout = Checkout::new(&config, base, secrets.clone());
    let stripe = Stripe::new(&config.stripe, secrets.clone());
    let payments = Payments::new(stripe.with_first_pause(Duration::from_millis(1)));
    Checkout { payments, ..checkout }
}

fn orders_router(base: &Base, checkout: &Checkout, config: &BaseConfig) -> Router {
    let config = orders::Config {
        base: config.clone(),
        checkout: checkout.config.as_ref().clone(),
        images_url: "https://images.test".to_owned(),
    };
    let app = orders::App::new(&config, base.clone(), checkout.clone());
    orders::router(app, &config)
}

fn payments_router(base: &Base, checkout: &Checkout, config: &BaseConfig) -> Router {
    let config = payments::Config { base: config.clone(), checkout: checkout.config.as_ref().clone() };
    payments::router(payments::App::new(base.clone(), checkout.clone()), &config)
}

fn webhook_router(base: &Base, secrets: &Secrets, config: &BaseConfig) -> Router {
    let config = stripe_webhook::Config { base: config.clone(), webhook_secret: "stripe-webhook".to_owned() };
    let app = stripe_webhook::App::new(&config, base.clone(), secrets.clone());
    stripe_webhook::router(app, &config)
}

fn carts_router(base: &Base, config: &BaseConfig) -> Router {
    let config = carts::Config { base: config.clone(), rates: rates(), images_url: "https://images.test".to_owned() };
    carts::router(carts::App::new(&config, base.clone()), &config)
}

fn coupons_router(base: &Base, config: &BaseConfig) -> Router {
    let config = coupons::Config { base: config.clone(), rates: rates() };
    coupons::router(coupons::App::new(&config, base.clone()), &config)
}

fn stock_router(base: &Base, config: &BaseConfig) -> Router {
    let config = stock::Config { base: config.clone() };
    stock::router(stock::App::new(base.clone()), &config)
}

fn uploads_router(base: &Base, config: &BaseConfig) -> Router {
    let config = uploads::Config {
        base: config.clone(),
        bucket: "files".to_owned(),
        upload_url: "https://files.test".to_owned(),
    };
    let credentials = Credentials::new("AKID", "secret", None, None, "test");
    let aws = aws_config::SdkConfig::builder()
        .behavior_version(aws_config::BehaviorVersion::latest())
        .region(aws_config::Region::new("eu-west-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .build();
    uploads::router(uploads::App::new(&config, base.clone(), &aws), &config)
}
