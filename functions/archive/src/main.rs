//! The archive Lambda.

use archive::{Archive, Config};
use kit::runtime::config::Env;
use kit::runtime::serve::{self, Error};

#[tokio::main]
async fn main() -> Result<(), Error> {
    kit::runtime::telemetry::init();
    let archive = Archive::connect(&Config::read(Env::of_process())?).await;
    serve::events(async move |event| Ok::<_, Error>(archive.keep(event).await?)).await
}
