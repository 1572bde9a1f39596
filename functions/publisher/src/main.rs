//! The publisher Lambda.

use kit::runtime::config::Env;
use kit::runtime::serve::{self, Error};
use publisher::{Config, Publisher};

#[tokio::main]
async fn main() -> Result<(), Error> {
    kit::runtime::telemetry::init();
    let publisher = Publisher::connect(&Config::read(Env::of_process())?).await;
    serve::events(async move |request| Ok::<_, Error>(publisher.handle(&request).await?)).await
}
