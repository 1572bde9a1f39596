//! The stand-in as a server: `stripe-stand-in ADDRESS WEBHOOK_URL WEBHOOK_SECRET`.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use stripe_stand_in::{Settings, StandIn, WebhookEndpoint};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut next = |name: &str| arguments.next().ok_or_else(|| format!("{name} is missing"));
    let (address, url, secret) = (next("ADDRESS")?, next("WEBHOOK_URL")?, next("WEBHOOK_SECRET")?);
    let stand_in = StandIn::new(Settings {
        public_url: format!("http://{address}"),
        clock: Arc::new(seconds),
        interceptor: None,
        webhook: Some(WebhookEndpoint { url, secret }),
    });
    let clock = stand_in.clone();
    tokio::spawn(async move {
        let mut seconds = tokio::time::interval(Duration::from_secs(1));
        loop {
            seconds.tick().await;
            clock.let_time_pass();
        }
    });
    let listener = tokio::net::TcpListener::bind(&address).await?;
    axum::serve(listener, stand_in.router()).await?;
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "this server is no part of the shop and reads the system clock")]
fn seconds() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(0))
}
