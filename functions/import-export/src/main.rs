//! The sheets Lambda.

use import_export::{Config, ImportExport};
use kit::runtime::config::Env;
use kit::runtime::serve::{self, Error};

#[tokio::main]
async fn main() -> Result<(), Error> {
    kit::runtime::telemetry::init();
    let sheets = ImportExport::connect(Config::read(Env::of_process())?).await;
    serve::events(async move |event| Ok::<_, Error>(sheets.deliver(event).await)).await
}
