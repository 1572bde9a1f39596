//! The stats-counter Lambda.

use kit::runtime::config::Env;
use kit::runtime::serve::{self, Error};
use stats_counter::{Config, StatsCounter};

#[tokio::main]
async fn main() -> Result<(), Error> {
    kit::runtime::telemetry::init();
    let counter = StatsCounter::connect(&Config::read(Env::of_process())?).await;
    serve::events(async move |event| Ok::<_, Error>(counter.deliver(event).await)).await
}
