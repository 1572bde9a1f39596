//! What the handlers share.

use aws_config::SdkConfig;
use aws_sdk_secretsmanager::Client as SecretsManager;
use checkout::OrderAccess;
use domain::document::Seller;
use domain::email::Email;
use domain::mail_language::MailLanguage;
use domain::text::{InvalidText, line};
use kit::http::context::{Context, ContextConfig};
use kit::runtime::config::{ConfigError, Env};
use kit::runtime::links::LinkKeys;
use kit::runtime::secrets::Secrets;

use crate::form::Signer;

/// The longest text about the shop on a packing slip.
const MAX_TEXT: usize = 200;

#[derive(Debug, Clone)]
pub struct Config {
    pub context: ContextConfig,
    pub bucket: String,
    /// The URL that browsers post their forms to.
    pub upload_url: String,
    /// Where the files of invoices and credit notes are.
    pub documents_bucket: String,
    pub link_secret: String,
    /// Who sells, as packing slips say it.
    pub seller: Seller,
    /// Of packing slips of orders that name no language.
    pub language: MailLanguage,
}

impl Config {
    pub fn read(mut env: Env) -> Result<Self, ConfigError> {
        let text = |text: &str| -> Result<String, InvalidText> { line(text, MAX_TEXT) };
        let config = Self {
            context: ContextConfig::read(&mut env),
            bucket: env.text("BUCKET"),
            upload_url: env.url("UPLOAD_URL"),
            documents_bucket: env.text("DOCUMENTS_BUCKET"),
            link_secret: env.text("LINK_SECRET"),
            seller: Seller {
                name: env.text("SHOP_NAME"),
                address: env.optional("SHOP_ADDRESS", text),
                contact: env.optional("SHOP_CONTACT", Email::parse).map(|contact| contact.to_string()),
                vat_number: None,
                tax_number: None,
            },
            language: env.optional("SHOP_LANGUAGE", MailLanguage::parse).unwrap_or(MailLanguage::ENGLISH),
        };
        env.finish(config)
    }
}

#[derive(Debug, Clone)]
pub struct App {
    pub context: Context,
    pub(crate) signer: Signer,
    pub(crate) s3: aws_sdk_s3::Client,
    pub(crate) bucket: String,
    pub(crate) documents_bucket: String,
    pub(crate) access: OrderAccess,
    pub(crate) seller: Seller,
    pub(crate) language: MailLanguage,
}

impl App {
    pub async fn connect(config: &Config) -> Self {
        let aws = kit::runtime::aws::config().await;
        let secrets = Secrets::manager(SecretsManager::new(&aws));
        Self::new(config, Context::connect(&config.context, &aws), secrets, &aws)
    }

    pub fn new(config: &Config, context: Context, secrets: Secrets, aws: &SdkConfig) -> Self {
        let links = LinkKeys::new(secrets, &config.link_secret);
        Self {
            access: OrderAccess { auth: context.auth.clone(), links },
            context,
            signer: Signer::new(config, aws),
            s3: aws_sdk_s3::Client::new(aws),
            bucket: config.bucket.clone(),
            documents_bucket: config.documents_bucket.clone(),
            seller: config.seller.clone(),
            language: config.language,
        }
    }
}
