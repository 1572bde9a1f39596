//! Writes a CSV file with a line for each variant, SKU or line of an order. Each message adds some megabytes. The
//! products come in the order of [`EXPORTED`], state by state; orders as they were placed.

use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};
use domain::id::ExportId;
use domain::picture::EXPORTS;
use domain::product::Product;
use domain::upload::{CSV_TYPE, CsvJob, ExportKind};
use store::Commit;
use store::imports::Export;
use store::lists::ProductState;
use store::orders::OrderAndPurchase;
use store::page::{Cursor, PageRequest};

use crate::formulas::neutralise;
use crate::order_columns::{ORDER_COLUMNS, OrderRow};
use crate::product_columns::{PRODUCT_COLUMNS, References};
use crate::stock_columns::STOCK_COLUMNS;
use crate::work::{ImportExport, ImportExportError};

/// S3 refuses smaller parts, except for the last one.
const MIN_PART_BYTES: usize = 5 * 1024 * 1024;

/// How many pages of a hundred products or orders one message reads, so that it ends long before the timeout. Lines that are too
/// few for a part are kept in a file for the next message.
const PAGES: usize = 25;

/// All products but deleted ones, in this order.
const EXPORTED: [ProductState; 3] = [ProductState::Active, ProductState::Draft, ProductState::Archived];

impl ImportExport {
    pub(crate) async fn export(&self, id: ExportId) -> Result<(), ImportExportError> {
        let Some(export) = self.writer.store.export_of(id, self.clock.now()).await? else {
            return Ok(());
        };
        if export.finished {
            return Ok(());
        }
        let (bytes, mut next) = self.write_lines(&export).await?;
        let ended = has_ended(&next);
        next.has_waiting_lines = !ended && bytes.len() < MIN_PART_BYTES;
        let key = format!("{EXPORTS}{id}");
        if next.has_waiting_lines {
            self.put(&waiting_lines_of(&next), bytes).await?;
        } else if ended && export.upload.is_none() {
            self.put(&key, bytes).await?;
        } else if self.upload_part(&mut next, &key, bytes, ended).await? == PartUpload::AlreadyComplete {
            // Another delivery completed the file and crashed before it saved that.
            next = Export { finished: true, ..next };
        }
        next.finished |= ended;
        let token = self.writer.ids.transaction(self.clock.now());
        match self.writer.store.continue_export(token, &next).await {
            Ok(()) if !next.finished => self.send(&[CsvJob::Export { export_id: id }]).await,
            // Finished, or another delivery was faster and continues the export.
            Ok(()) | Err(Commit::Refused(_)) => Ok(()),
            Err(Commit::Store(error)) => Err(error.into()),
        }
    }

    /// The next lines, and the export as it is after them.
    async fn write_lines(&self, export: &Export) -> Result<(Vec<u8>, Export), ImportExportError> {
        let store = &self.writer.store;
        let references = self.references().await?;
        let mut next = Export { version: export.version + 1, ..export.clone() };
        let lines = match export.has_waiting_lines {
            true => self.read(&waiting_lines_of(export), None).await?,
            false if export.version == 1 => header(export.kind).into_bytes(),
            false => Vec::new(),
        };
        // Texts are quoted, because spreadsheets of some countries also divide a line at semicolons, and the rest of a
        // text could then be a formula.
        let mut file = csv::WriterBuilder::new().quote_style(csv::QuoteStyle::NonNumeric).from_writer(lines);
        let mut pages = 0;
        while !has_ended(&next) {
            let request = PageRequest { limit: 100, after: next.after.take().map(Cursor::after) };
            let (lines, cursor) = if let Some(period) = export.period {
                let page = store.orders_placed(period, &request).await?;
                (write_orders(&mut file, &page.items)?, page.next)
            } else {
                let page = store.listed(EXPORTED[next.state as usize], &request).await?;
                let products = store.products(&page.items).await?;
                let lines = match export.kind {
                    ExportKind::Stock => self.write_stock(&mut file, &products).await?,
                    _ => write_products(&mut file, &products, &references)?,
                };
                (lines, page.next)
            };
            next.lines += lines;
            file.flush().map_err(|error| ImportExportError::Written(error.to_string()))?;
            match cursor {
                Some(cursor) => next.after = Some(cursor.place().to_owned()),
                None => next.state += 1,
            }
            pages += 1;
            if file.get_ref().len() >= MIN_PART_BYTES || pages == PAGES {
                break;
            }
        }
        let bytes = file.into_inner().map_err(|error| ImportExportError::Written(error.to_string()))?;
        Ok((bytes, next))
    }

    async fn put(&self, key: &str, bytes: Vec<u8>) -> Result<(), ImportExportError> {
        let put = self.s3.put_object().bucket(&self.config.bucket).key(key).body(ByteStream::from(bytes));
        put.content_type(CSV_TYPE).send().await.map(drop).map_err(|error| ImportExportError::files(&error))
    }

    async fn write_stock(
        &self,
        file: &mut csv::Writer<Vec<u8>>,
        products: &[Product],
    ) -> Result<u64, ImportExportError> {
        let variants = products.iter().flat_map(|product| &product.variants);
        let skus: Vec<_> = variants.map(|variant| variant.sku.clone()).collect();
        let levels = self.writer.store.stock_levels(&skus).await?;
        for level in &levels {
            let cells = STOCK_COLUMNS.iter().filter_map(|column| column.write).map(|write| neutralise(write(level)));
            file.write_record(cells)?;
        }
        Ok(levels.len() as u64)
    }

    async fn upload_part(
        &self,
        next: &mut Export,
        key: &str,
        bytes: Vec<u8>,
        ended: bool,
    ) -> Result<PartUpload, ImportExportError> {
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
                    .await
                    .map_err(|error| ImportExportError::files(&error))?;
                begun.upload_id.unwrap_or_default()
            }
        };
        let number = i32::try_from(next.tags.len() + 1).unwrap_or(i32::MAX);
        let uploaded = self
            .s3
            .upload_part()
            .bucket(&self.config.bucket)
            .key(key)
            .upload_id(&upload)
            .part_number(number)
            .body(ByteStream::from(bytes))
            .send()
            .await;
        match uploaded {
            Ok(part) => next.tags.push(part.e_tag.unwrap_or_default()),
            Err(error) if is_gone(&error) => return Ok(PartUpload::AlreadyComplete),
            Err(error) => return Err(ImportExportError::files(&error)),
        }
        next.upload = Some(upload.clone());
        if !ended {
            return Ok(PartUpload::Added);
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
            Ok(_) => Ok(PartUpload::Added),
            Err(error) if is_gone(&error) => Ok(PartUpload::AlreadyComplete),
            Err(error) => Err(ImportExportError::files(&error)),
        }
    }
}

/// Whether all that is exported is written.
fn has_ended(export: &Export) -> bool {
    let lists = if export.period.is_some() { 1 } else { EXPORTED.len() };
    export.state as usize >= lists
}

fn header(kind: ExportKind) -> String {
    let names: Vec<&str> = match kind {
        ExportKind::Orders => ORDER_COLUMNS.iter().map(|column| column.name).collect(),
        ExportKind::Products => PRODUCT_COLUMNS.iter().map(|column| column.name).collect(),
        ExportKind::Stock => {
            STOCK_COLUMNS.iter().filter(|column| column.write.is_some()).map(|column| column.name).collect()
        }
    };
    names.join(",") + "\n"
}

/// The file with the lines that this version of an export kept for the next message. Each version has its own file, so
/// that a message that arrives twice does not write a line twice.
fn waiting_lines_of(export: &Export) -> String {
    format!("{EXPORTS}{}.{}", export.id, export.version)
}

#[derive(Debug, PartialEq, Eq)]
enum PartUpload {
    Added,
    AlreadyComplete,
}

fn is_gone<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> bool {
    matches!(error, SdkError::ServiceError(service) if service.err().code() == Some("NoSuchUpload"))
}

fn write_orders(file: &mut csv::Writer<Vec<u8>>, orders: &[OrderAndPurchase]) -> Result<u64, ImportExportError> {
    let mut lines = 0;
    for OrderAndPurchase { order, purchase } in orders {
        for (line, position) in purchase.lines.iter().zip(1..) {
            let row = OrderRow { order, purchase, line, position };
            file.write_record(ORDER_COLUMNS.iter().map(|column| neutralise((column.write)(&row))))?;
            lines += 1;
        }
    }
    Ok(lines)
}

fn write_products(
    file: &mut csv::Writer<Vec<u8>>,
    products: &[Product],
    references: &References,
) -> Result<u64, ImportExportError> {
    let mut lines = 0;
    for product in products {
        for variant in &product.variants {
            let cells = PRODUCT_COLUMNS.iter().map(|column| neutralise((column.write)(product, variant, references)));
            file.write_record(cells)?;
            lines += 1;
        }
    }
    Ok(lines)
}
