//! What became of a sheet, part by part, and sheets that are being written. A part's record and the sum on its upload
//! are written together, so a part that is delivered twice counts once.

use std::time::Duration;

use domain::id::{ExportId, TransactionId, UploadId, UserId};
use domain::time::Time;
use domain::upload::{BadLine, CsvKind, LineCounts};
use serde::{Deserialize, Serialize};

use crate::engine::error::{Commit, StoreError};
use crate::engine::expression::Require;
use crate::engine::item::{Item, number};
use crate::engine::page::{KeyRange, Page, PageRequest};
use crate::outbox::OutboxEvent;
use crate::uploads::{KEPT, UploadConflict, UploadRecord};
use crate::{Store, Transaction, keys};

/// What became of one part of a sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartRecord {
    pub part: u32,
    pub tally: LineCounts,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bad: Vec<BadLine>,
}

/// A sheet that is being written, piece by piece.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Export {
    pub id: ExportId,
    pub owner: UserId,
    pub kind: CsvKind,
    pub finished: bool,
    pub lines: u64,
    /// S3's name for the upload under way, once it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upload: Option<String>,
    /// S3's tags of the pieces that are there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Whether lines wait in a file of this version, too few for a piece.
    #[serde(default)]
    pub rest: bool,
    /// After which product the next piece begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Which of the shelves is being written.
    pub shelf: u32,
    pub version: u64,
    pub created_at: Time,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportConflict {
    /// Another delivery got further with it.
    Changed,
}

/// How long a written sheet can be fetched.
pub const EXPORT_KEPT: Duration = Duration::from_hours(24);

impl Store {
    pub async fn has_part(&self, id: UploadId, part: u32) -> Result<bool, StoreError> {
        let record: Option<PartRecord> = self.get(&keys::import_part(id, part)).await?;
        Ok(record.is_some())
    }

    pub async fn finish_part(
        &self,
        token: TransactionId,
        (before, after): (&UploadRecord, &UploadRecord),
        part: &PartRecord,
    ) -> Result<(), Commit<UploadConflict>> {
        let record =
            Item::new(keys::import_part(before.upload.id, part.part), part)?.expires(before.upload.created_at + KEPT);
        let writes = Transaction::new(token).put_new(record, UploadConflict::Repeated).put_if(
            after.item()?,
            before.as_read(),
            UploadConflict::Upload,
        );
        self.commit(writes).await
    }

    /// The parts that are done, in their order.
    pub async fn parts(&self, id: UploadId, request: &PageRequest) -> Result<Page<PartRecord>, StoreError> {
        let key_range = KeyRange {
            index: None,
            partition: keys::upload_partition(id),
            prefix: keys::PART_PREFIX.to_owned(),
            newest_first: false,
        };
        self.page(&key_range, request).await
    }

    pub async fn begin_export(
        &self,
        export: &Export,
        outbox_event: &OutboxEvent,
    ) -> Result<(), Commit<ExportConflict>> {
        let item = export_item(export)?;
        let writes = Transaction::new(export.id).put_new(item, ExportConflict::Changed).put(outbox_event.item()?);
        self.commit(writes).await
    }

    pub async fn export_of(&self, id: ExportId, now: Time) -> Result<Option<Export>, StoreError> {
        let export: Option<Export> = self.get(&keys::export(id)).await?;
        Ok(export.filter(|export| now < export.created_at + EXPORT_KEPT))
    }

    /// The next piece is there: `after` is the version after the one that was read.
    pub async fn continue_export(&self, token: TransactionId, after: &Export) -> Result<(), Commit<ExportConflict>> {
        let as_read = vec![Require::Equals("version", number(after.version - 1))];
        let writes = Transaction::new(token);
        let writes = writes.put_if(export_item(after)?, as_read, ExportConflict::Changed);
        self.commit(writes).await
    }
}

fn export_item(export: &Export) -> Result<Item, StoreError> {
    let expires = export.created_at + EXPORT_KEPT;
    Ok(Item::new(keys::export(export.id), export)?.expires(expires))
}
