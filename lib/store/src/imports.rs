//! CSV imports and exports. The record of an imported part and the totals of its upload are written together, so a part
//! that is delivered twice counts once.

use std::time::Duration;

use domain::id::{ExportId, TransactionId, UploadId, UserId};
use domain::time::Time;
use domain::upload::{BadLine, ExportKind, LineCounts, Period};
use serde::{Deserialize, Serialize};

use crate::audit::AuditEntry;
use crate::engine::error::{Commit, StoreError};
use crate::engine::expression::Require;
use crate::engine::item::{Item, number};
use crate::engine::page::{KeyRange, Page, PageRequest};
use crate::outbox::OutboxEvent;
use crate::uploads::{KEPT, UploadConflict, UploadRecord};
use crate::{Store, Transaction, keys};

/// The outcome of one imported part of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartRecord {
    pub part: u32,
    #[serde(rename = "tally")]
    pub counts: LineCounts,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bad: Vec<BadLine>,
}

/// A CSV file that is being written, some megabytes with each version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Export {
    pub id: ExportId,
    pub owner: UserId,
    pub kind: ExportKind,
    /// Of the orders that are exported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<Period>,
    pub finished: bool,
    pub lines: u64,
    /// S3's id of the multipart upload, once it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upload: Option<String>,
    /// S3's tags of the uploaded parts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Whether lines wait in a file of this version because they are too few for a part.
    #[serde(default, rename = "rest")]
    pub has_waiting_lines: bool,
    /// The last product or order that was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// How many product states are written completely; of orders, 1 if all of them are.
    #[serde(rename = "shelf")]
    pub state: u32,
    pub version: u64,
    pub created_at: Time,
}

impl Export {
    /// One of which nothing is written.
    pub fn new(id: ExportId, owner: UserId, kind: ExportKind, now: Time) -> Self {
        Self {
            id,
            owner,
            kind,
            period: None,
            finished: false,
            lines: 0,
            upload: None,
            tags: Vec::new(),
            has_waiting_lines: false,
            after: None,
            state: 0,
            version: 1,
            created_at: now,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportConflict {
    /// Another delivery was faster.
    Changed,
}

/// How long a written file can be fetched.
pub const EXPORT_KEPT: Duration = Duration::from_hours(24);

impl Store {
    pub async fn has_part(&self, id: UploadId, part: u32) -> Result<bool, StoreError> {
        let record: Option<PartRecord> = self.get(&keys::import_part(id, part)).await?;
        Ok(record.is_some())
    }

    /// `entry`: the import is finished with this part.
    pub async fn finish_part(
        &self,
        token: TransactionId,
        before: &UploadRecord,
        after: &UploadRecord,
        part: &PartRecord,
        entry: Option<&AuditEntry>,
    ) -> Result<(), Commit<UploadConflict>> {
        let record =
            Item::new(keys::import_part(before.upload.id, part.part), part)?.expires(before.upload.created_at + KEPT);
        let writes = Transaction::new(token).put_new(record, UploadConflict::Repeated).put_if(
            after.item()?,
            before.unchanged(),
            UploadConflict::Upload,
        );
        self.commit(match entry {
            Some(entry) => writes.put(entry.item()?),
            None => writes,
        })
        .await
    }

    /// The parts that are imported, in their order.
    pub async fn parts(&self, id: UploadId, request: &PageRequest) -> Result<Page<PartRecord>, StoreError> {
        self.page(&KeyRange::of(keys::upload_partition(id)).with_prefix(keys::PART_PREFIX), request).await
    }

    pub async fn begin_export(
        &self,
        export: &Export,
        outbox_event: &OutboxEvent,
        entry: &AuditEntry,
    ) -> Result<(), Commit<ExportConflict>> {
        let item = export_item(export)?;
        let writes = Transaction::new(export.id)
            .put_new(item, ExportConflict::Changed)
            .put(outbox_event.item()?)
            .put(entry.item()?);
        self.commit(writes).await
    }

    pub async fn export_of(&self, id: ExportId, now: Time) -> Result<Option<Export>, StoreError> {
        let export: Option<Export> = self.get(&keys::export(id)).await?;
        Ok(export.filter(|export| now < export.created_at + EXPORT_KEPT))
    }

    /// More lines are written: `after` is the version after the one that was read.
    pub async fn continue_export(&self, token: TransactionId, after: &Export) -> Result<(), Commit<ExportConflict>> {
        let unchanged = vec![Require::Equals("version", number(after.version - 1))];
        let writes = Transaction::new(token).put_if(export_item(after)?, unchanged, ExportConflict::Changed);
        self.commit(writes).await
    }
}

fn export_item(export: &Export) -> Result<Item, StoreError> {
    let expires = export.created_at + EXPORT_KEPT;
    Ok(Item::new(keys::export(export.id), export)?.expires(expires))
}
