//! What the handlers share, made when the function starts. Secrets are read when they are first needed.

use aws_sdk_secretsmanager::Client as SecretsManager;
use domain::user::User;
use kit::http::context::{Context, ContextConfig};
use kit::runtime::branding::Branding;
use kit::runtime::config::{ConfigError, Env};
use kit::runtime::links::LinkKeys;
use kit::runtime::secrets::Secrets;

use crate::hasher::{Cost, Hasher};
use crate::signer::Signer;

#[derive(Debug, Clone)]
pub struct Config {
    pub context: ContextConfig,
    /// The name of the shop in authenticator apps, and the look of its pages.
    pub branding: Branding,
    /// The base URL of public images.
    pub images_url: String,
    pub signing_secret: String,
    pub link_secret: String,
}

impl Config {
    pub fn read(mut env: Env) -> Result<Self, ConfigError> {
        let config = Self {
            context: ContextConfig::read(&mut env),
            branding: Branding::read(&mut env),
            images_url: env.url("IMAGES_URL"),
            signing_secret: env.text("SIGNING_SECRET"),
            link_secret: env.text("LINK_SECRET"),
        };
        env.finish(config)
    }
}

#[derive(Debug, Clone)]
pub struct App {
    pub context: Context,
    pub hasher: Hasher,
    pub(crate) signer: Signer,
    pub(crate) links: LinkKeys,
    pub(crate) branding: Branding,
    pub(crate) images_url: String,
}

impl App {
    pub async fn connect(config: &Config) -> Self {
        let aws = kit::runtime::aws::config().await;
        let secrets = Secrets::manager(SecretsManager::new(&aws));
        Self::new(config, Context::connect(&config.context, &aws), secrets)
    }

    pub fn new(config: &Config, context: Context, secrets: Secrets) -> Self {
        Self {
            hasher: Hasher::new(context.ids.clone(), Cost::RECOMMENDED),
            signer: Signer::new(secrets.clone(), &config.signing_secret, &config.context.issuer),
            links: LinkKeys::new(secrets, &config.link_secret),
            branding: config.branding.clone(),
            images_url: config.images_url.clone(),
            context,
        }
    }

    /// What an attacker who knows this person and the shop would try as a password.
    pub(crate) fn personal<'a>(&'a self, user: &'a User) -> [&'a str; 3] {
        [user.email.as_str(), user.name.as_str(), &self.branding.shop_name]
    }
}
