//! The mailer's configuration.

use domain::money::Currency;
use kit::runtime::branding::Branding;
use kit::runtime::config::{ConfigError, Env};

#[derive(Debug, Clone)]
pub struct Config {
    pub table: String,
    pub link_secret: String,
    /// The sender. SES must have verified the address or its domain.
    pub from: String,
    pub branding: Branding,
    /// The currency of the shop.
    pub currency: Currency,
    /// The base URL of public pictures.
    pub images_url: String,
    /// The configuration set of SES that reports bounces and complaints to our queue.
    pub configuration_set: String,
    /// The URL of the API, for unsubscribe links.
    pub api_url: String,
    /// The address of the shop's staff.
    pub staff_mail: String,
    /// Our own queue, for mails to many people.
    pub queue: String,
}

impl Config {
    pub fn read(mut env: Env) -> Result<Self, ConfigError> {
        let config = Self {
            table: env.text("TABLE"),
            link_secret: env.text("LINK_SECRET"),
            from: env.text("MAIL_FROM"),
            branding: Branding::read(&mut env),
            currency: env.parsed("CURRENCY", Currency::USD, Currency::parse_of_shop),
            images_url: env.url("IMAGES_URL"),
            configuration_set: env.text("CONFIGURATION_SET"),
            api_url: env.url("API_URL"),
            staff_mail: env.text("STAFF_MAIL"),
            queue: env.url("MAIL_QUEUE"),
        };
        env.finish(config)
    }
}
