//! The indexer Lambda.

use indexer::{Config, Indexer};
use kit::runtime::config::Env;
use kit::runtime::serve::{self, Error};

#[tokio::main]
async fn main() -> Result<(), Error> {
    kit::runtime::telemetry::init();
    let indexer = Indexer::connect(&Config::read(Env::of_process())?).await;
    serve::events(async move |event| Ok::<_, Error>(indexer.deliver(event).await)).await
}
