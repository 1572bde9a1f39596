//! The publisher Lambda.

use kit::runtime::config::Env;
use kit::runtime::serve::{self, Error};
use publisher::{Config, Publisher};

#[tokio::main]
async fn main() -> Result<(), Error> {
    kit::runtime::telemetry::init();
    // The package has the pages beside the binary.
    let folder = std::env::current_exe()?.with_file_name("pages");
    let publisher = Publisher::connect(&Config::read(Env::of_process(), folder)?).await;
    serve::events(async move |request| Ok::<_, Error>(publisher.handle(&request).await?)).await
}
