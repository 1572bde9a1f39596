//! The events Lambda.

use events::{Config, Events};
use kit::runtime::config::Env;
use kit::runtime::serve::{self, Error};

#[tokio::main]
async fn main() -> Result<(), Error> {
    kit::runtime::telemetry::init();
    let events = Events::connect(&Config::read(Env::of_process())?).await;
    serve::events(async move |event| Ok::<_, Error>(events.deliver(event).await)).await
}
