//! The sitemap Lambda.

use kit::runtime::config::Env;
use kit::runtime::serve::{self, Error};
use sitemap::{Config, Sitemap};

#[tokio::main]
async fn main() -> Result<(), Error> {
    kit::runtime::telemetry::init();
    let sitemap = Sitemap::connect(&Config::read(Env::of_process())?).await;
    serve::events(async move |_: serde_json::Value| Ok::<_, Error>(sitemap.run().await?)).await
}
