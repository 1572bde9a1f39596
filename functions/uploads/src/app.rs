//! What the handlers share.

use aws_config::SdkConfig;
use kit::http::context::{Context, ContextConfig};
use kit::runtime::config::{ConfigError, Env};

use crate::form::Signer;

#[derive(Debug, Clone)]
pub struct Config {
    pub context: ContextConfig,
    pub bucket: String,
    /// The URL that browsers post their forms to.
    pub upload_url: String,
}

impl Config {
    pub fn read(mut env: Env) -> Result<Self, ConfigError> {
        let config = Self {
            context: ContextConfig::read(&mut env),
            bucket: env.text("BUCKET"),
            upload_url: env.url("UPLOAD_URL"),
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
}

impl App {
    pub async fn connect(config: &Config) -> Self {
        let aws = kit::runtime::aws::config().await;
        Self::new(config, Context::connect(&config.context, &aws), &aws)
    }

    pub fn new(config: &Config, context: Context, aws: &SdkConfig) -> Self {
        Self {
            context,
            signer: Signer::new(config, aws),
            s3: aws_sdk_s3::Client::new(aws),
            bucket: config.bucket.clone(),
        }
    }
}
