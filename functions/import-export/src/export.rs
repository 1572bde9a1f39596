//! Writing a sheet, a piece a message: shelf after shelf, product after product, a line a variant.

use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};
use domain::id::ExportId;
use domain::picture::EXPORTS;
use domain::product::Product;
use domain::taxonomy::{Taxonomy, TermId};
use domain::upload::{CSV_TYPE, CsvJob, CsvKind};
use store::Commit;
use store::imports::Export;
use store::lists::{List, ProductState};
use store::page::{Cursor, PageRequest};

use crate::columns::{PRODUCT_COLUMNS, write_list, write_pairs};
use crate::work::{ImportExport, ImportExportError};

/// S3 takes no smaller pieces than this, but the last.
const PIECE: usize = 5 * 1024 * 1024;

/// How many pages of a hundred products one message walks, so that it ends long before its time is up. Lines that are
/// too few for a piece wait in a file for the next message.
const PAGES: usize = 25;

/// What is exported: all but what was deleted.
const SHELVES: [ProductState; 3] = [ProductState::Active, ProductState::Draft, ProductState::Archived];

impl ImportExport {
    pub(crate) async fn export(&self, id: ExportId) -> Result<(), ImportExportError> {
        let Some(export) = self.writer.store.export_of(id, self.clock.now()).await? else {
            return Ok(());
        };
        if export.finished {
            return Ok(());
        }
        let (bytes, mut next) = self.write_piece(&export).await?;
        let ended = SHELVES.get(next.shelf as usize).is_none();
        next.rest = !ended && bytes.len() < PIECE;
        let key = format!("{EXPORTS}{id}");
        if next.rest {
            self.put(&rest_of(&next), bytes).await?;
        } else if ended && export.upload.is_none() {
            self.put(&key, bytes).await?;
        } else if self.add_piece(&mut next, &key, bytes, ended).await? == Piece::Gone {
            // The sheet was put together by a delivery that died before it said so.
            next = Export { finished: true, ..next };
        }
        next.finished |= ended;
        let token = self.writer.ids.transaction(self.clock.now());
        match self.writer.store.continue_export(token, &next).await {
            Ok(()) if !next.finished => self.send(&[CsvJob::Export { export_id: id }]).await,
            // Finished; or another delivery got further with it, and goes on.
            Ok(()) | Err(Commit::Refused(_)) => Ok(()),
            Err(Commit::Store(error)) => Err(error.into()),
        }
    }

    /// The lines of the next piece, and the export as it is after it.
    async fn write_piece(&self, export: &Export) -> Result<(Vec<u8>, Export), ImportExportError> {
        let store = &self.writer.store;
        let (brands, categories) = tokio::join!(store.taxonomy(), store.taxonomy());
        let (brands, categories) = (brands?, categories?);
        let mut next = Export { version: export.version + 1, ..export.clone() };
        let before = if export.rest { self.read(&rest_of(export), None).await? } else { Vec::new() };
        let (mut sheet, mut pages) = (csv::Writer::from_writer(before), 0);
        if export.version == 1 {
            match export.kind {
                CsvKind::Products => sheet.write_record(PRODUCT_COLUMNS)?,
                CsvKind::Stock => sheet.write_record(["sku", "on_hand", "threshold"])?,
            }
        }
        while let Some(&shelf) = SHELVES.get(next.shelf as usize) {
            let request = PageRequest { limit: 100, after: next.after.take().map(Cursor::after) };
            let page = store.listed(&[List::all()], shelf, &request).await?;
            let products = store.products(&page.items).await?;
            match export.kind {
                CsvKind::Products => {
                    for product in &products {
                        next.lines += write_product(&mut sheet, product, &brands, &categories)?;
                    }
                }
                CsvKind::Stock => next.lines += self.write_stock(&mut sheet, &products).await?,
            }
            match page.next {
                Some(cursor) => next.after = Some(cursor.place().to_owned()),
                None => next.shelf += 1,
            }
            pages += 1;
            if sheet.get_ref().len() >= PIECE || pages == PAGES {
                break;
            }
        }
        let bytes = sheet.into_inner().map_err(|error| ImportExportError::Written(error.to_string()))?;
        Ok((bytes, next))
    }

    async fn put(&self, key: &str, bytes: Vec<u8>) -> Result<(), ImportExportError> {
        let put = self.s3.put_object().bucket(&self.config.bucket).key(key);
        let put = put.body(ByteStream::from(bytes)).content_type(CSV_TYPE);
        let put = put.send().await;
        put.map(drop).map_err(|error| ImportExportError::files(&error))
    }

    async fn write_stock(
        &self,
        sheet: &mut csv::Writer<Vec<u8>>,
        products: &[Product],
    ) -> Result<u64, ImportExportError> {
        let skus = products.iter().flat_map(|product| &product.variants);
        let skus: Vec<_> = skus.map(|variant| variant.sku.clone()).collect();
        let levels = self.writer.store.stock_levels(&skus).await?;
        for level in &levels {
            let (on_hand, threshold) = (level.on_hand().to_string(), level.threshold.to_string());
            sheet.write_record([level.sku.as_str(), &on_hand, &threshold])?;
        }
        sheet.flush().map_err(|error| ImportExportError::Written(error.to_string()))?;
        Ok(levels.len() as u64)
    }

    async fn add_piece(
        &self,
        next: &mut Export,
        key: &str,
        bytes: Vec<u8>,
        ended: bool,
    ) -> Result<Piece, ImportExportError> {
        let upload = match &next.upload {
            Some(upload) => upload.clone(),
            None => {
                let begun = self
                    .s3
                    .create_multipart_upload()
                    .bucket(&self.config.bucket)
                    .key(key)
                    .content_type(CSV_TYPE)
                    .send()
                    .await;
                let begun = begun.map_err(|error| ImportExportError::files(&error))?;
                begun.upload_id.unwrap_or_default()
            }
        };
        let number = i32::try_from(next.tags.len() + 1).unwrap_or(i32::MAX);
        let piece = self
            .s3
            .upload_part()
            .bucket(&self.config.bucket)
            .key(key)
            .upload_id(&upload)
            .part_number(number)
            .body(ByteStream::from(bytes))
            .send()
            .await;
        match piece {
            Ok(piece) => next.tags.push(piece.e_tag.unwrap_or_default()),
            Err(error) if is_gone(&error) => return Ok(Piece::Gone),
            Err(error) => return Err(ImportExportError::files(&error)),
        }
        next.upload = Some(upload.clone());
        if !ended {
            return Ok(Piece::Added);
        }
        let parts = next
            .tags
            .iter()
            .zip(1..)
            .map(|(tag, number)| CompletedPart::builder().e_tag(tag).part_number(number).build());
        let whole = CompletedMultipartUpload::builder().set_parts(Some(parts.collect()));
        let completed = self
            .s3
            .complete_multipart_upload()
            .bucket(&self.config.bucket)
            .key(key)
            .upload_id(upload)
            .multipart_upload(whole.build())
            .send()
            .await;
        match completed {
            Ok(_) => Ok(Piece::Added),
            Err(error) if is_gone(&error) => Ok(Piece::Gone),
            Err(error) => Err(ImportExportError::files(&error)),
        }
    }
}

/// Where lines wait that this version of an export wrote. A file a version, so that a delivery that comes twice takes
/// no line twice.
fn rest_of(export: &Export) -> String {
    format!("{EXPORTS}{}.{}", export.id, export.version)
}

#[derive(Debug, PartialEq, Eq)]
enum Piece {
    Added,
    /// The upload is complete already.
    Gone,
}

fn is_gone<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> bool {
    matches!(error, SdkError::ServiceError(service) if service.err().code() == Some("NoSuchUpload"))
}

/// One line a variant; what is said of the product stands on each.
fn write_product(
    sheet: &mut csv::Writer<Vec<u8>>,
    product: &Product,
    brands: &Taxonomy<domain::id::BrandId>,
    categories: &Taxonomy<domain::id::CategoryId>,
) -> Result<u64, ImportExportError> {
    let brand = product.brand.and_then(|id| slug(brands, id)).unwrap_or_default();
    let slugs = product.categories.iter().filter_map(|&id| slug(categories, id));
    let slugs: Vec<&str> = slugs.collect();
    let attributes = product.attributes.iter();
    let attributes = write_pairs(attributes.map(|(name, value)| (name.as_str(), value.as_str())));
    for variant in &product.variants {
        let options = product.options.iter().zip(&variant.values);
        let options = write_pairs(options.map(|(name, value)| (name.as_str(), value.as_str())));
        let was = variant.compare_at.map(|was| product.price(was).decimal());
        sheet.write_record([
            product.slug.as_str(),
            variant.sku.as_str(),
            &product.name,
            &product.description,
            product.status.name(),
            brand,
            &write_list(slugs.iter().copied()),
            &attributes,
            &options,
            &product.price(variant.price).decimal(),
            &was.unwrap_or_default(),
        ])?;
    }
    sheet.flush().map_err(|error| ImportExportError::Written(error.to_string()))?;
    Ok(product.variants.len() as u64)
}

fn slug<I: TermId>(taxonomy: &Taxonomy<I>, id: I) -> Option<&str> {
    taxonomy.find(id).map(|term| term.slug.as_str())
}
