//! The rebuilder Lambda.

use kit::runtime::config::Env;
use kit::runtime::serve::{self, Error};
use rebuilder::{Config, Event, connect, handle};

#[tokio::main]
async fn main() -> Result<(), Error> {
    kit::runtime::telemetry::init();
    let rebuilder = connect(&Config::read(Env::of_process())?).await;
    serve::events(async move |event: Event| Ok::<_, Error>(handle(&rebuilder, event).await?)).await
}
