//! The webhook-sender Lambda.

use kit::runtime::config::Env;
use kit::runtime::serve::{self, Error};
use webhook_sender::{Config, Event, Sender};

#[tokio::main]
async fn main() -> Result<(), Error> {
    kit::runtime::telemetry::init();
    let sender = Sender::connect(&Config::read(Env::of_process())?).await;
    serve::events(async move |event: Event| Ok::<_, Error>(sender.handle(event).await?)).await
}
