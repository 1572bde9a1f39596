//! The media Lambda.

use kit::config::Env;
use kit::serve::{self, Error};
use media::{Config, Media};

#[tokio::main]
async fn main() -> Result<(), Error> {
    kit::telemetry::init();
    let media = Media::connect(&Config::read(Env::of_process())?).await;
    serve::events(async move |event| Ok::<_, Error>(media.deliver(event).await)).await
}
