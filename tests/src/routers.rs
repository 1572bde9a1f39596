//! The routers of all HTTP functions over one base, each for the paths that API Gateway sends it.

use std::time::Duration;

use aws_sdk_dynamodb::config::{Credentials, SharedCredentialsProvider};
use axum::Router;
use checkout::{Checkout, CheckoutConfig};
use domain::money::Currency;
use domain::pricing::{Rates, ShippingRates, TaxRates};
use kit::http::context::{Context, ContextConfig};
use kit::runtime::secrets::Secrets;
use payment_provider::{Payments, Stripe, StripeConfig};

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
    context: &Context,
    checkout: &Checkout,
    secrets: &Secrets,
    accounts: Router,
) -> Vec<(&'static [&'static str], Router)> {
    let config = context_config();
    vec![
        (CARTS, carts_router(context, &config)),
        (CATALOG, catalog_router(context, &config)),
        (COUPONS, coupons_router(context, &config)),
        (ORDERS, orders_router(context, checkout, &config)),
        (WEBHOOK, webhook_router(context, secrets, &config)),
        (PAYMENTS, payments_router(context, checkout, &config)),
        (STOCK, stock_router(context, &config)),
        (UPLOADS, uploads_router(context, &config)),
        (ACCOUNTS, accounts),
    ]
}

pub fn context_config() -> ContextConfig {
    ContextConfig {
        table: "kontor".to_owned(),
        issuer: ISSUER.to_owned(),
        jwks_secret: "jwks".to_owned(),
        allowed_origins: vec![ORIGIN.to_owned()],
    }
}

fn catalog_router(context: &Context, config: &ContextConfig) -> Router {
    let config = catalog::Config {
        context: config.clone(),
        currency: Currency::USD,
        images_url: "https://images.test".to_owned(),
    };
    catalog::router(catalog::App::new(&config, context.clone()), &config)
}

/// How the shop of the tests sells: 5 dollars to send, 7 % tax.
fn rates() -> Rates {
    let shipping = ShippingRates::parse(r#"{"default":500,"freeFrom":10000}"#);
    let tax = TaxRates::parse(r#"{"default":700}"#);
    Rates { currency: Currency::USD, shipping: shipping.expect("shipping rates"), tax: tax.expect("tax rates") }
}

/// A checkout whose Stripe answers at this address.
pub(crate) fn checkout(context: &Context, secrets: &Secrets, stripe_url: String) -> Checkout {
    let config = CheckoutConfig {
        rates: rates(),
        hold: Duration::from_mins(30),
        payment_window: Duration::from_hours(96),
        stripe: StripeConfig { url: stripe_url, key_secret: "stripe-key".to_owned() },
        link_secret: "link".to_owned(),
        shop_url: ORIGIN.to_owned(),
    };
    let checkout = Checkout::new(&config, context, secrets.clone());
    let stripe = Stripe::new(&config.stripe, secrets.clone());
    let payments = Payments::new(stripe.with_first_pause(Duration::from_millis(1)));
    Checkout { payments, ..checkout }
}

fn orders_router(context: &Context, checkout: &Checkout, config: &ContextConfig) -> Router {
    let config = orders::Config {
        context: config.clone(),
        checkout: checkout.config.as_ref().clone(),
        images_url: "https://images.test".to_owned(),
    };
    let app = orders::App::new(&config, context.clone(), checkout.clone());
    orders::router(app, &config)
}

fn payments_router(context: &Context, checkout: &Checkout, config: &ContextConfig) -> Router {
    let config = payments::Config { context: config.clone(), checkout: checkout.config.as_ref().clone() };
    payments::router(payments::App::new(context.clone(), checkout.clone()), &config)
}

fn webhook_router(context: &Context, secrets: &Secrets, config: &ContextConfig) -> Router {
    let config = stripe_webhook::Config { context: config.clone(), webhook_secret: "stripe-webhook".to_owned() };
    let app = stripe_webhook::App::new(&config, context.clone(), secrets.clone());
    stripe_webhook::router(app, &config)
}

fn carts_router(context: &Context, config: &ContextConfig) -> Router {
    let config =
        carts::Config { context: config.clone(), rates: rates(), images_url: "https://images.test".to_owned() };
    carts::router(carts::App::new(&config, context.clone()), &config)
}

fn coupons_router(context: &Context, config: &ContextConfig) -> Router {
    let config = coupons::Config { context: config.clone(), rates: rates() };
    coupons::router(coupons::App::new(&config, context.clone()), &config)
}

fn stock_router(context: &Context, config: &ContextConfig) -> Router {
    let config = stock::Config { context: config.clone() };
    stock::router(stock::App::new(context.clone()), &config)
}

fn uploads_router(context: &Context, config: &ContextConfig) -> Router {
    let config = uploads::Config {
        context: config.clone(),
        bucket: "files".to_owned(),
        upload_url: "https://files.test".to_owned(),
    };
    let credentials = Credentials::new("AKID", "secret", None, None, "test");
    let aws = aws_config::SdkConfig::builder()
        .behavior_version(aws_config::BehaviorVersion::latest())
        .region(aws_config::Region::new("eu-west-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .build();
    uploads::router(uploads::App::new(&config, context.clone(), &aws), &config)
}
