//! The routers of all HTTP functions over one base, each for the paths that API Gateway sends it.

use aws_sdk_dynamodb::config::{Credentials, SharedCredentialsProvider};
use axum::Router;
use domain::money::Currency;
use kit::base::{Base, BaseConfig};

use crate::shop::{ISSUER, ORIGIN};

/// Which function serves which paths; accounts serves the rest.
const CATALOG: &[&str] = &[
    "/api/v1/products",
    "/api/v1/categories",
    "/api/v1/brands",
    "/api/v1/home",
];
const STOCK: &[&str] = &["/api/v1/inventory", "/api/v1/stock-alerts"];
const UPLOADS: &[&str] = &["/api/v1/uploads", "/api/v1/exports"];
const ACCOUNTS: &[&str] = &[""];

/// Each function's router with the beginnings of its paths; the first that fits serves.
pub(crate) fn routers(base: &Base, accounts: Router) -> Vec<(&'static [&'static str], Router)> {
    let config = base_config();
    vec![
        (CATALOG, catalog_router(base, &config)),
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
    let config = catalog::Config {
        base: config.clone(),
        currency: Currency::USD,
        images_url: "https://images.test".to_owned(),
    };
    catalog::router(catalog::App::new(&config, base.clone()), &config)
}

fn stock_router(base: &Base, config: &BaseConfig) -> Router {
    let config = stock::Config {
        base: config.clone(),
    };
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
