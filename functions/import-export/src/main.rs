//! The Lambda of CSV import and export.

use import_export::{Config, ImportExport};
use kit::runtime::config::Env;
use kit::runtime::serve::{self, Error};

#[tokio::main]
async fn main() -> Result<(), Error> {
    kit::runtime::telemetry::init();
    let import_export = ImportExport::connect(Config::read(Env::of_process())?).await;
    serve::events(async move |event| Ok::<_, Error>(import_export.deliver(event).await)).await
}
