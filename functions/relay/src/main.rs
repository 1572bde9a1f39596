//! The relay Lambda.

use kit::runtime::config::Env;
use kit::runtime::serve::{self, Error};
use relay::{Config, Relay};

#[tokio::main]
async fn main() -> Result<(), Error> {
    kit::runtime::telemetry::init();
    let relay = Relay::connect(&Config::read(Env::of_process())?).await;
    serve::events(async move |event| Ok::<_, Error>(relay.forward(event).await)).await
}
