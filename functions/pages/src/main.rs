//! The pages Lambda.

use kit::runtime::config::Env;
use kit::runtime::serve::{self, Error};
use pages::{App, Config, router};

#[tokio::main]
async fn main() -> Result<(), Error> {
    kit::runtime::telemetry::init();
    let config = Config::read(Env::of_process())?;
    serve::http(router(App::connect(&config).await)).await
}
