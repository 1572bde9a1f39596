//! Uploads: what is expected, and what became of it. Each change is bound to the version that it was decided on.

use std::time::Duration;

use domain::id::{TransactionId, UploadId};
use domain::product::Product;
use domain::time::Time;
use domain::upload::Upload;
use serde::{Deserialize, Serialize};

use crate::engine::error::{Commit, StoreError};
use crate::engine::expression::Require;
use crate::engine::item::{Item, number};
use crate::outbox::OutboxEvent;
use crate::products::{as_read, product_item};
use crate::{Store, Transaction, keys};

/// How long one can look at what became of an upload.
pub const KEPT: Duration = Duration::from_hours(30 * 24);

/// An upload with the version that changes of it are bound to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadRecord {
    #[serde(flatten)]
    pub upload: Upload,
    pub version: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UploadConflict {
    /// Another delivery got further with this upload.
    Upload,
    /// The product changed since it was read.
    Product,
    /// This part of a sheet was counted meanwhile.
    Repeated,
}

impl UploadRecord {
    pub(crate) fn item(&self) -> Result<Item, StoreError> {
        let expires = self.upload.created_at + KEPT;
        Ok(Item::new(keys::upload(self.upload.id), self)?.expires(expires))
    }

    pub(crate) fn as_read(&self) -> Vec<Require> {
        vec![Require::Equals("version", number(self.version))]
    }

    /// The next version, with this progress.
    #[must_use]
    pub fn with(&self, progress: domain::upload::Progress) -> Self {
        Self { upload: Upload { progress, ..self.upload.clone() }, version: self.version + 1 }
    }
}

impl Store {
    pub async fn expect_upload(&self, upload: &Upload) -> Result<(), Commit<UploadConflict>> {
        let record = UploadRecord { upload: upload.clone(), version: 1 };
        let writes = Transaction::new(upload.id).put_new(record.item()?, UploadConflict::Upload);
        self.commit(writes).await
    }

    /// `None` also when it is too old to be looked at.
    pub async fn upload(&self, id: UploadId, now: Time) -> Result<Option<UploadRecord>, StoreError> {
        let record: Option<UploadRecord> = self.get(&keys::upload(id)).await?;
        Ok(record.filter(|record| now < record.upload.created_at + KEPT))
    }

    /// The progress that was decided on `before`.
    pub async fn progress_upload(
        &self,
        token: TransactionId,
        before: &UploadRecord,
        after: &UploadRecord,
    ) -> Result<(), Commit<UploadConflict>> {
        let writes = Transaction::new(token);
        let writes = writes.put_if(after.item()?, before.as_read(), UploadConflict::Upload);
        self.commit(writes).await
    }

    /// A picture is on its product and its upload is done, both or none.
    pub async fn show_picture(
        &self,
        uploads: (&UploadRecord, &UploadRecord),
        products: (&Product, &Product),
        outbox_event: &OutboxEvent,
    ) -> Result<(), Commit<UploadConflict>> {
        let writes = Transaction::new(outbox_event.id)
            .put_if(uploads.1.item()?, uploads.0.as_read(), UploadConflict::Upload)
            .put_if(product_item(products.1)?, as_read(products.0), UploadConflict::Product)
            .put(outbox_event.item()?);
        self.commit(writes).await
    }
}
