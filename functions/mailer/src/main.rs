//! The mailer Lambda.

use kit::config::Env;
use kit::serve::{self, Error};
use mailer::{Config, Mailer};

#[tokio::main]
async fn main() -> Result<(), Error> {
    kit::telemetry::init();
    let mailer = Mailer::connect(Config::read(Env::of_process())?).await;
    serve::events(async move |event| Ok::<_, Error>(mailer.deliver(event).await)).await
}
