//! Endpoints of merchants. An endpoint is one item; its head counts all of them, so that there are never too many. Staff
//! change what it is, and the sender notes in it how it fails. Each change names the other's part as it was read.

use domain::id::WebhookEndpointId;
use domain::webhook::{Failing, WebhookEndpoint};

use crate::audit::AuditEntry;
use crate::engine::error::{Commit, StoreError};
use crate::engine::expression::{Change, Require};
use crate::engine::item::{Item, number, read, value};
use crate::engine::read::WriteOutcome;
use crate::outbox::OutboxEvent;
use crate::{Store, Transaction, keys};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookConflict {
    /// There are as many as there may be.
    TooMany,
    /// It was changed, failed or was deleted after it was read.
    Changed,
}

impl Store {
    /// All endpoints, oldest first.
    pub async fn webhook_endpoints(&self) -> Result<Vec<WebhookEndpoint>, StoreError> {
        let items = self.query_all(keys::WEBHOOKS.to_owned(), WebhookEndpointId::PREFIX).await?;
        items.into_iter().map(|(_, item)| read(item)).collect()
    }

    pub async fn webhook_endpoint(&self, id: WebhookEndpointId) -> Result<Option<WebhookEndpoint>, StoreError> {
        self.get(&keys::webhook_endpoint(id)).await
    }

    pub async fn add_webhook_endpoint(
        &self,
        endpoint: &WebhookEndpoint,
        entry: &AuditEntry,
    ) -> Result<(), Commit<WebhookConflict>> {
        let one_more = Change::at(keys::webhooks_head())
            .add("count", 1)
            .require(Require::BelowOrLacking("count", number(WebhookEndpoint::MAX)));
        let writes = Transaction::new(entry.id)
            .change(one_more, WebhookConflict::TooMany)
            .put(item(endpoint)?)
            .put(entry.item()?);
        self.commit(writes).await
    }

    /// Replaces an endpoint that is as it was read. `event` tells staff of it.
    pub async fn change_webhook_endpoint(
        &self,
        before: &WebhookEndpoint,
        after: &WebhookEndpoint,
        entry: &AuditEntry,
        event: Option<&OutboxEvent>,
    ) -> Result<(), Commit<WebhookConflict>> {
        let mut writes = Transaction::new(entry.id)
            .put_if(item(after)?, unchanged(before)?, WebhookConflict::Changed)
            .put(entry.item()?);
        if let Some(event) = event {
            writes = writes.put(event.item()?);
        }
        self.commit(writes).await
    }

    /// What was delivered to it is removed by its time.
    pub async fn delete_webhook_endpoint(
        &self,
        endpoint: &WebhookEndpoint,
        entry: &AuditEntry,
    ) -> Result<(), Commit<WebhookConflict>> {
        let one_less = Change::at(keys::webhooks_head()).add("count", -1).require(Require::Exists);
        let writes = Transaction::new(entry.id)
            .delete_if(keys::webhook_endpoint(endpoint.id), unchanged(endpoint)?, WebhookConflict::Changed)
            .change(one_less, WebhookConflict::Changed)
            .put(entry.item()?);
        self.commit(writes).await
    }

    /// Notes how an endpoint fails, if its failures are as they were read. Returns whether they are noted now.
    pub async fn note_webhook_failing(
        &self,
        read_as: &WebhookEndpoint,
        failing: Option<Failing>,
    ) -> Result<bool, StoreError> {
        let change = Change::at(keys::webhook_endpoint(read_as.id)).require(Require::Exists);
        let change = match failing {
            Some(failing) => change.set("failing", value(&failing)?),
            None => change.remove("failing"),
        };
        match self.change(change.require(fails_as(read_as)?)).await? {
            WriteOutcome::Done(_) => Ok(true),
            // Our own write, whose answer was lost.
            WriteOutcome::Refused(Some(now)) => Ok(read::<WebhookEndpoint>(now)?.failing == failing),
            WriteOutcome::Refused(None) => Ok(false),
        }
    }
}

fn item(endpoint: &WebhookEndpoint) -> Result<Item, StoreError> {
    Item::new(keys::webhook_endpoint(endpoint.id), endpoint)
}

fn unchanged(read_as: &WebhookEndpoint) -> Result<Vec<Require>, StoreError> {
    Ok(vec![Require::Equals("version", number(read_as.version)), fails_as(read_as)?])
}

fn fails_as(read_as: &WebhookEndpoint) -> Result<Require, StoreError> {
    Ok(match &read_as.failing {
        Some(failing) => Require::Equals("failing", value(failing)?),
        None => Require::Lacks("failing"),
    })
}
