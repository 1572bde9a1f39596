//! The janitor Lambda.

use janitor::{Config, Janitor};
use kit::runtime::config::Env;
use kit::runtime::serve::{self, Error};

#[tokio::main]
async fn main() -> Result<(), Error> {
    kit::runtime::telemetry::init();
    let janitor = Janitor::connect(&Config::read(Env::of_process())?).await;
    serve::events(async move |_: serde_json::Value| Ok::<_, Error>(janitor.run().await?)).await
}
