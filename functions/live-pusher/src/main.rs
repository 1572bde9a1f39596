//! The live-pusher Lambda.

use kit::runtime::config::Env;
use kit::runtime::serve::{self, Error};
use live_pusher::{Config, Pusher};

#[tokio::main]
async fn main() -> Result<(), Error> {
    kit::runtime::telemetry::init();
    let pusher = Pusher::connect(&Config::read(Env::of_process())?).await;
    serve::events(async move |event| Ok::<_, Error>(pusher.deliver(event).await)).await
}
