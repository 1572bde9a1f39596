//! The sheets Lambda.

use kit::config::Env;
use kit::serve::{self, Error};
use sheets::{Config, Sheets};

#[tokio::main]
async fn main() -> Result<(), Error> {
    kit::telemetry::init();
    let sheets = Sheets::connect(Config::read(Env::of_process())?).await;
    serve::events(async move |event| Ok::<_, Error>(sheets.deliver(event).await)).await
}
