//! Uploads. Each change is committed if the upload still has the version that it was decided on.

use std::time::Duration;

use domain::id::{ImageId, TransactionId, UploadId, UserId};
use domain::product::Product;
use domain::returns::Return;
use domain::taxonomy::{TermChange, TermId};
use domain::time::Time;
use domain::upload::{Upload, UploadState};
use domain::user::User;
use serde::{Deserialize, Serialize};

use crate::audit::AuditEntry;
use crate::credentials::profile_change;
use crate::engine::error::{Commit, StoreError};
use crate::engine::expression::Require;
use crate::engine::item::{Item, number, text, value};
use crate::outbox::OutboxEvent;
use crate::products::{product_item, unchanged};
use crate::returns::{return_item, since_version_before};
use crate::taxonomy::{raise_head, term_update, with_event};
use crate::{Store, Transaction, keys};

/// How long the state of an upload can be read.
pub const KEPT: Duration = Duration::from_hours(30 * 24);

/// An upload with its version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadRecord {
    #[serde(flatten)]
    pub upload: Upload,
    pub version: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UploadConflict {
    /// Another delivery has changed this upload.
    Upload,
    /// The product, the category or brand, the user, or the return, changed since it was read.
    Product,
    /// This part of a CSV file was counted already.
    Repeated,
}

impl UploadRecord {
    pub(crate) fn item(&self) -> Result<Item, StoreError> {
        let expires = self.upload.created_at + KEPT;
        Ok(Item::new(keys::upload(self.upload.id), self)?.expires(expires))
    }

    pub(crate) fn unchanged(&self) -> Vec<Require> {
        vec![Require::Equals("version", number(self.version))]
    }

    /// The next version, with this state.
    #[must_use]
    pub fn with(&self, state: UploadState) -> Self {
        Self { upload: Upload { state, ..self.upload.clone() }, version: self.version + 1 }
    }
}

impl Store {
    /// `entry`: the audit trail has no uploads of people's own pictures.
    pub async fn create_upload(
        &self,
        upload: &Upload,
        entry: Option<&AuditEntry>,
    ) -> Result<(), Commit<UploadConflict>> {
        let record = UploadRecord { upload: upload.clone(), version: 1 };
        let writes = Transaction::new(upload.id).put_new(record.item()?, UploadConflict::Upload);
        self.commit(match entry {
            Some(entry) => writes.put(entry.item()?),
            None => writes,
        })
        .await
    }

    /// `None` also if it is too old.
    pub async fn upload(&self, id: UploadId, now: Time) -> Result<Option<UploadRecord>, StoreError> {
        let record: Option<UploadRecord> = self.get(&keys::upload(id)).await?;
        Ok(record.filter(|record| now < record.upload.created_at + KEPT))
    }

    /// Writes a state that was decided on `before`.
    pub async fn save_upload(
        &self,
        token: TransactionId,
        before: &UploadRecord,
        after: &UploadRecord,
    ) -> Result<(), Commit<UploadConflict>> {
        let writes = Transaction::new(token).put_if(after.item()?, before.unchanged(), UploadConflict::Upload);
        self.commit(writes).await
    }

    /// Writes the product with its new image, and the state of the upload.
    pub async fn show_picture(
        &self,
        upload: &UploadRecord,
        image_id: ImageId,
        before: &Product,
        after: &Product,
        outbox_event: &OutboxEvent,
    ) -> Result<(), Commit<UploadConflict>> {
        let shown = upload.with(UploadState::Shown { image_id });
        let writes = Transaction::new(outbox_event.id)
            .put_if(shown.item()?, upload.unchanged(), UploadConflict::Upload)
            .put_if(product_item(after)?, unchanged(before), UploadConflict::Product)
            .put(outbox_event.item()?);
        self.commit(writes).await
    }

    /// Writes the term with its new picture, and the state of the upload. `removed`: the event of the picture before it.
    pub async fn show_term_picture<I: TermId>(
        &self,
        token: TransactionId,
        upload: &UploadRecord,
        image_id: ImageId,
        change: &TermChange<I>,
        removed: Option<&OutboxEvent>,
    ) -> Result<(), Commit<UploadConflict>> {
        let shown = upload.with(UploadState::Shown { image_id });
        let writes = Transaction::new(token).put_if(shown.item()?, upload.unchanged(), UploadConflict::Upload);
        let writes = raise_head::<I, _>(writes, change.from_version, UploadConflict::Product)?
            .change(term_update(&change.write)?, UploadConflict::Product);
        self.commit(with_event(writes, removed)?).await
    }

    /// Writes the profile with its new picture, and the state of the upload. `removed`: the event of the picture before
    /// it.
    pub async fn show_user_picture(
        &self,
        token: TransactionId,
        upload: &UploadRecord,
        image_id: ImageId,
        user: &User,
        removed: Option<&OutboxEvent>,
    ) -> Result<(), Commit<UploadConflict>> {
        let shown = upload.with(UploadState::Shown { image_id });
        let profile = profile_change(user.id)
            .set("picture", text(image_id.to_string()))
            .set("picture_at", value(&upload.upload.created_at)?)
            .require(Require::Equals("version", number(user.version)));
        let writes = Transaction::new(token)
            .put_if(shown.item()?, upload.unchanged(), UploadConflict::Upload)
            .change(profile, UploadConflict::Product);
        self.commit(with_event(writes, removed)?).await
    }

    /// Writes the return with its new picture, and the state of the upload. `buyer`: the account of the order, which is
    /// still there.
    pub async fn show_return_picture(
        &self,
        token: TransactionId,
        upload: &UploadRecord,
        image_id: ImageId,
        with: &Return,
        buyer: Option<UserId>,
    ) -> Result<(), Commit<UploadConflict>> {
        let shown = upload.with(UploadState::Shown { image_id });
        let writes = Transaction::new(token).put_if(shown.item()?, upload.unchanged(), UploadConflict::Upload).put_if(
            return_item(with)?,
            since_version_before(with),
            UploadConflict::Product,
        );
        self.commit(match buyer {
            Some(buyer) => writes.check(keys::profile(buyer), vec![Require::Exists], UploadConflict::Product),
            None => writes,
        })
        .await
    }
}
