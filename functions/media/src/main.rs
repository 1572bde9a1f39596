//! The media Lambda.

use kit::runtime::config::Env;
use kit::runtime::serve::{self, Error};
use media::{Config, Media};

#[tokio::main]
async fn main() -> Result<(), Error> {
    kit::runtime::telemetry::init();
    let media = Media::connect(&Config::read(Env::of_process())?).await;
    serve::events(async move |event| Ok::<_, Error>(media.deliver(event).await)).await
}
