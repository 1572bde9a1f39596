//! Pictures of products by their addresses. A picture goes the way of an upload: a record, and a file in the inbox, of
//! which the shop makes the sizes. The id of the upload is made from product, place and address, so that a picture is
//! brought once, and the pictures of a product keep their order.

use domain::id::{UploadId, UserId};
use domain::picture::PICTURE_INBOX;
use domain::product::{MAX_ALT, MAX_IMAGES, Product};
use domain::text;
use domain::upload::{Purpose, Upload, UploadState};
use import_export::parse_list;
use kit::runtime::aws::cause;
use store::Commit;
use store::audit::AuditChange;
use store::uploads::KEPT;

use super::rows::Row;
use super::{Importer, Stop, Wrong, entropy};

/// Where a picture is, and its description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Picture {
    url: String,
    alt: Option<String>,
}

impl Picture {
    pub(super) fn read(row: &Row) -> Result<Vec<Self>, Wrong> {
        let urls = row.get("images").map(parse_list).unwrap_or_default();
        let alts = row.get("image_alts").map(parse_list).unwrap_or_default();
        if urls.len() > MAX_IMAGES {
            return Err(Wrong::new("images", format!("may have at most {MAX_IMAGES} entries")));
        }
        let pictures = urls.into_iter().enumerate().map(|(n, url)| {
            let alt = alts.get(n).map(|alt| text::line(alt, MAX_ALT)).transpose();
            Ok(Self { url, alt: alt.map_err(|error| Wrong::new("image_alts", error))? })
        });
        pictures.collect()
    }
}

/// Uploads have an owner. Nobody is signed in here, and no user has this id.
fn operator() -> UserId {
    UserId::from_bytes([0; 16])
}

impl Importer {
    /// Brings the pictures that the product does not have yet. Says which could not be brought.
    pub(super) async fn add_pictures(&self, product: &Product, pictures: &[Picture]) -> Result<Vec<Wrong>, Stop> {
        let (mut wrong, now) = (Vec::new(), self.clock.now());
        // After this time nobody knows any more which pictures staff removed.
        if self.is_dry_run || product.deleted_at.is_some() || now.since(product.created_at) >= KEPT {
            return Ok(wrong);
        }
        for (place, picture) in (0_u128..).zip(pictures) {
            let bits = place << 72 | entropy("picture", &picture.url) >> 8;
            let id = UploadId::new(product.created_at, bits);
            if let Err(message) = self.add_picture(product, picture, id).await? {
                wrong.push(Wrong::new("images", format!("{}: {message}", picture.url)));
            }
        }
        Ok(wrong)
    }

    async fn add_picture(
        &self,
        product: &Product,
        picture: &Picture,
        id: UploadId,
    ) -> Result<Result<(), String>, Stop> {
        let now = self.clock.now();
        let record = self.store.upload(id, now).await?;
        match record.as_ref().map(|record| &record.upload.state) {
            None | Some(UploadState::Waiting) => {}
            Some(UploadState::Refused { message, .. }) => return Ok(Err(message.clone())),
            Some(_) => return Ok(Ok(())),
        }
        let _place = self.downloads.acquire().await;
        let bytes = match self.fetcher.fetch(&picture.url).await {
            Ok(bytes) => bytes,
            Err(message) => return Ok(Err(message)),
        };
        let Some(content_type) = picture_files::content_type(&bytes) else {
            return Ok(Err(picture_files::Refusal::NotAPicture.to_string()));
        };
        if record.is_none() {
            let alt = picture.alt.clone().unwrap_or_else(|| product.name.clone());
            let upload = Upload {
                id,
                owner: Some(operator().into()),
                purpose: Purpose::Picture { product_id: product.id, alt },
                content_type: content_type.to_owned(),
                state: UploadState::Waiting,
                created_at: now,
            };
            let change = AuditChange { before: None, after: Some(format!("picture of {}", product.id)) };
            let entry = self.ids.audit_entry(None, "upload.create", id, change, now);
            match self.store.create_upload(&upload, Some(&entry)).await {
                // Another import of the same file has made it.
                Ok(()) | Err(Commit::Refused(_)) => {}
                Err(Commit::Store(error)) => return Err(error.into()),
            }
        }
        let put = self.files.put_object().bucket(&self.bucket).key(format!("{PICTURE_INBOX}{id}"));
        let put = put.content_type(content_type).body(bytes.into()).send().await;
        put.map_err(|error| Stop::Failed(format!("the bucket refused a picture: {}", cause(&error))))?;
        Ok(Ok(()))
    }
}
