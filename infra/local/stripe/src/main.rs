//! The stand-in as a server: `stripe-stand-in ADDRESS WEBHOOK_URL WEBHOOK_SECRET`.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use stripe_stand_in::{Settings, StandIn};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut next = |name: &str| arguments.next().ok_or_else(|| format!("{name} is missing"));
    let (address, url, secret) = (next("ADDRESS")?, next("WEBHOOK_URL")?, next("WEBHOOK_SECRET")?);
    let stand_in = StandIn::new(Settings {
        public_url: format!("http://{address}"),
        clock: Arc::new(seconds),
        watch: None,
        webhook: Some((url, secret)),
    });
    let listener = tokio::net::TcpListener::bind(&address).await?;
    axum::serve(listener, stand_in.router()).await?;
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "a server of its own has a clock of its own")]
fn seconds() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(0))
}
