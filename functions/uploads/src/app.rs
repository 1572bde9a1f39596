//! What the handlers share.

use aws_config::SdkConfig;
use kit::base::{Base, BaseConfig};
use kit::config::{ConfigError, Env};

use crate::form::Signer;

#[derive(Debug, Clone)]
pub struct Config {
    pub base: BaseConfig,
    pub bucket: String,
    /// Where browsers post their forms to.
    pub upload_url: String,
}

impl Config {
    pub fn read(mut env: Env) -> Result<Self, ConfigError> {
        let config =
            Self { base: BaseConfig::read(&mut env), bucket: env.text("BUCKET"), upload_url: env.url("UPLOAD_URL") };
        env.finish(config)
    }
}

#[derive(Debug, Clone)]
pub struct App {
    pub base: Base,
    pub(crate) signer: Signer,
    pub(crate) s3: aws_sdk_s3::Client,
    pub(crate) bucket: String,
}

impl App {
    pub async fn connect(config: &Config) -> Self {
        let aws = kit::aws::config().await;
        Self::new(config, Base::connect(&config.base, &aws), &aws)
    }

    pub fn new(config: &Config, base: Base, aws: &SdkConfig) -> Self {
        Self { base, signer: Signer::new(config, aws), s3: aws_sdk_s3::Client::new(aws), bucket: config.bucket.clone() }
    }
}
