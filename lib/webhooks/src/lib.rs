//! What the functions of webhooks share: announcing an event to the endpoints that want it, the secrets and signatures, and
//! the check of the addresses that we connect to.

mod announce;
mod guard;
mod queue;
mod secret;

pub use announce::{AnnounceError, Announcer};
pub use guard::{Guard, HostRefusal, Resolver, UrlRefusal};
pub use queue::WebhookQueue;
pub use secret::{SigningSecret, WebhookKey, WebhookKeys};
