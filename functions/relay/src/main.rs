//! The relay Lambda.

use kit::config::Env;
use kit::serve::{self, Error};
use relay::{Config, Relay};

#[tokio::main]
async fn main() -> Result<(), Error> {
    kit::telemetry::init();
    let relay = Relay::connect(&Config::read(Env::of_process())?).await;
    serve::events(async move |event| Ok::<_, Error>(relay.carry(event).await)).await
}
