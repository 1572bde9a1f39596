//! The documents Lambda.

use documents::{Config, Documents};
use kit::runtime::config::Env;
use kit::runtime::serve::{self, Error};

#[tokio::main]
async fn main() -> Result<(), Error> {
    kit::runtime::telemetry::init();
    let documents = Documents::connect(&Config::read(Env::of_process())?).await;
    serve::events(async move |event| Ok::<_, Error>(documents.deliver(event).await)).await
}
