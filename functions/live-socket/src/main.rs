//! The live-socket Lambda.

use kit::runtime::config::Env;
use kit::runtime::serve::{self, Error};
use live_socket::{Config, Socket};

#[tokio::main]
async fn main() -> Result<(), Error> {
    kit::runtime::telemetry::init();
    let socket = Socket::connect(&Config::read(Env::of_process())?).await;
    serve::events(async move |event| Ok::<_, Error>(socket.serve(event).await)).await
}
