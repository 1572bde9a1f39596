//! The table. Every key, item and transaction of the shop is here and nowhere else; README.md lists them.
//!
//! Business rules are not here: callers decide on what they read, and commit with conditions that restate what the
//! decision relied on. There is no repository trait, because there is one database; and no scan, because no question
//! needs one. (The operator's command that rewrites older items does.)

pub mod addresses;
pub mod api_keys;
pub mod audit;
pub mod batches;
mod cart_reminders;
pub mod carts;
pub mod coupons;
pub mod credentials;
pub mod documents;
pub mod due;
pub mod email_change;
mod engine;
pub mod figures;
pub mod first_proof;
pub mod idempotency;
pub mod imported;
pub mod imports;
pub mod keys;
pub mod limits;
pub mod links;
pub mod lists;
pub mod live;
pub mod mail;
pub mod misses;
pub mod new_products;
pub mod notices;
mod order_finding;
mod order_search;
mod order_vat;
mod order_words;
pub mod orders;
pub mod outbox;
pub mod products;
pub mod retry;
pub mod returns;
pub mod reviews;
pub mod rewrite;
pub mod sales;
pub mod search;
pub mod search_settings;
pub mod sessions;
pub mod shipping;
pub mod staff;
pub mod stock;
pub mod stock_alerts;
pub mod taxonomy;
pub mod unpaid;
pub mod uploads;
pub mod users;
pub mod vat_checks;
pub mod webhook_deliveries;
pub mod webhooks;

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodb::Client;

pub use engine::error::{Commit, StoreError};
pub use engine::page;
pub use engine::transaction::Transaction;

/// A handle on the table. Cloning it is cheap.
#[derive(Debug, Clone)]
pub struct Store {
    client: Client,
    table: Arc<str>,
    pause: Duration,
}

impl Store {
    pub fn new(client: Client, table: &str) -> Self {
        Self { client, table: table.into(), pause: Duration::from_millis(20) }
    }

    /// The pause before the second try of a transaction. It doubles with each try, and is random by half.
    #[must_use]
    pub fn with_first_pause(self, pause: Duration) -> Self {
        Self { pause, ..self }
    }
}
