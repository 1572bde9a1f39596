//! The mailer Lambda.

use kit::runtime::config::Env;
use kit::runtime::serve::{self, Error};
use mailer::{Config, Mailer};

#[tokio::main]
async fn main() -> Result<(), Error> {
    kit::runtime::telemetry::init();
    let mailer = Mailer::connect(Config::read(Env::of_process())?).await;
    serve::events(async move |event| Ok::<_, Error>(mailer.deliver(event).await)).await
}
