//! From a notice to pictures on a product. Each step may be done twice or be cut off: the upload's progress and the
//! product change in one transaction, files come before it and the original goes after it.

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use aws_sdk_dynamodb::Client as Table;
use aws_sdk_s3::Client as S3;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::primitives::ByteStream;
use domain::event::Event;
use domain::id::{ImageId, ProductId};
use domain::media::TidyJob;
use domain::picture::{HIDDEN, PICTURE_INBOX, PUBLIC, Size, path, upload_at};
use domain::product::{Image, MAX_IMAGES, Product};
use domain::upload::{MAX_PICTURE_BYTES, Progress, Purpose};
use kit::runtime::clock::Clock;
use kit::runtime::config::{ConfigError, Env};
use kit::runtime::ids::Ids;
use kit::runtime::telemetry;
use store::uploads::{UploadConflict, UploadRecord};
use store::{Commit, Store, StoreError};

use crate::notice::Message;
use crate::picture::{Pictures, develop};

/// How often a change is decided anew when others change the product at the same time.
const TRIES: usize = 8;

#[derive(Debug, Clone)]
pub struct Config {
    pub table: String,
    pub bucket: String,
}

impl Config {
    pub fn read(mut env: Env) -> Result<Self, ConfigError> {
        let config = Self { table: env.text("TABLE"), bucket: env.text("BUCKET") };
        env.finish(config)
    }
}

#[derive(Debug, Clone)]
pub struct Media {
    store: Store,
    s3: S3,
    bucket: String,
    clock: Clock,
    ids: Ids,
}

/// Any of these has the queue deliver the message again.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    #[error("S3 refused: {0}")]
    Files(String),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the picture was not developed: {0}")]
    Died(String),
    #[error("the product changed at every try")]
    Busy,
}

impl Media {
    pub async fn connect(config: &Config) -> Self {
        let aws = kit::runtime::aws::config().await;
        let store = Store::new(Table::new(&aws), &config.table);
        Self::new(store, S3::new(&aws), &config.bucket, (Clock::system(), Ids::random()))
    }

    pub fn new(store: Store, s3: S3, bucket: &str, (clock, ids): (Clock, Ids)) -> Self {
        Self { store, s3, bucket: bucket.to_owned(), clock, ids }
    }

    pub async fn deliver(&self, event: SqsEvent) -> SqsBatchResponse {
        kit::runtime::queue::run_batch(event, async |message: Message| match message {
            Message::Tidy(job) => self.tidy(&job).await,
            Message::Files(notice) => {
                for key in notice.keys() {
                    self.receive(key).await?;
                }
                Ok(())
            }
        })
        .await
    }

    /// A file came. Whatever becomes of it, the original goes.
    pub async fn receive(&self, key: &str) -> Result<(), MediaError> {
        let now = self.clock.now();
        let Some(id) = upload_at(PICTURE_INBOX, key) else {
            tracing::warn!(key, "a file that no upload of ours asked for");
            return Ok(());
        };
        let record = self.store.upload(id, now).await?;
        if let Some(record) = &record
            && record.upload.progress == Progress::Waiting
            && let Purpose::Picture { product_id, alt } = &record.upload.purpose
            && let Some(bytes) = self.read(key).await?
        {
            self.show(record, *product_id, alt, bytes).await?;
        }
        self.remove(key).await
    }

    async fn show(
        &self,
        record: &UploadRecord,
        product_id: ProductId,
        alt: &str,
        bytes: Vec<u8>,
    ) -> Result<(), MediaError> {
        let outbox_event = record.upload.content_type.clone();
        let developed = tokio::task::spawn_blocking(move || develop(&bytes, &outbox_event)).await;
        let pictures = match developed.map_err(|error| MediaError::Died(error.to_string()))? {
            Ok(pictures) => pictures,
            Err(refusal) => {
                let (code, message) = (refusal.code(), refusal.to_string());
                return self.refuse(record, code, &message).await;
            }
        };
        let image =
            Image { id: record.upload.image_id(), alt: alt.to_owned(), width: pictures.width, height: pictures.height };
        self.write(product_id, image.id, &pictures).await?;
        for _ in 0..TRIES {
            let product = self.store.product(product_id).await?;
            let open = |product: &Product| product.deleted_at.is_none();
            let Some(product) = product.filter(open) else {
                self.remove_image(product_id, image.id).await?;
                let message = "The product was deleted meanwhile.";
                return self.refuse(record, "product_gone", message).await;
            };
            if product.images.len() >= MAX_IMAGES {
                self.remove_image(product_id, image.id).await?;
                let message = "The product has as many pictures as it may have.";
                return self.refuse(record, "too_many_images", message).await;
            }
            match self.put_on(record, &product, &image).await {
                Ok(()) => {
                    telemetry::count("PicturesShown", 1, self.clock.now());
                    return Ok(());
                }
                Err(Commit::Refused(UploadConflict::Product)) => {}
                Err(Commit::Refused(_)) => return self.overtaken(product_id, image.id).await,
                Err(Commit::Store(error)) => return Err(error.into()),
            }
        }
        Err(MediaError::Busy)
    }

    async fn put_on(
        &self,
        record: &UploadRecord,
        product: &Product,
        image: &Image,
    ) -> Result<(), Commit<UploadConflict>> {
        let now = self.clock.now();
        let shown = record.with(Progress::Shown { image_id: image.id });
        let with = product.changed(now, |product| product.images.push(image.clone()));
        let event = Event::ProductChanged { product_id: product.id, removed_images: Vec::new(), moved: false };
        let outbox_event = self.ids.outbox_event(event, now);
        self.store.show_picture((record, &shown), (product, &with), &outbox_event).await
    }

    /// Another delivery of the same notice was faster. What we wrote over is what it wrote; but if the picture was
    /// taken away again by now, nobody else would remove our files.
    async fn overtaken(&self, product: ProductId, image: ImageId) -> Result<(), MediaError> {
        let holds = self.store.product(product).await?;
        if !holds.is_some_and(|product| product.holds_image(image)) {
            self.remove_image(product, image).await?;
        }
        Ok(())
    }

    async fn refuse(&self, record: &UploadRecord, code: &str, message: &str) -> Result<(), MediaError> {
        let refused = record.with(Progress::Refused { code: code.to_owned(), message: message.to_owned() });
        let token = self.ids.transaction(self.clock.now());
        telemetry::count("PicturesRefused", 1, self.clock.now());
        match self.store.progress_upload(token, record, &refused).await {
            // Another delivery said so already.
            Ok(()) | Err(Commit::Refused(_)) => Ok(()),
            Err(Commit::Store(error)) => Err(error.into()),
        }
    }

    /// Brings a product's pictures to where they belong as the product is now.
    pub async fn tidy(&self, job: &TidyJob) -> Result<(), MediaError> {
        for _ in 0..TRIES {
            let product = self.store.product(job.product_id).await?;
            for &image in &job.removed_images {
                if !product.as_ref().is_some_and(|p| p.holds_image(image)) {
                    self.remove_image(job.product_id, image).await?;
                }
            }
            let Some(product) = product else {
                return Ok(());
            };
            let hidden = product.deleted_at.is_some();
            let (from, to) = if hidden { (PUBLIC, HIDDEN) } else { (HIDDEN, PUBLIC) };
            for image in &product.images {
                for size in Size::ALL {
                    let path = path(product.id, image.id, size);
                    self.move_file(&format!("{from}{path}"), &format!("{to}{path}")).await?;
                }
            }
            // Deleted or restored while we worked: then the other way.
            let now = self.store.product(job.product_id).await?;
            if now.is_some_and(|now| now.deleted_at.is_some() == hidden) {
                return Ok(());
            }
        }
        Err(MediaError::Busy)
    }

    async fn write(&self, product: ProductId, image: ImageId, pictures: &Pictures) -> Result<(), MediaError> {
        for sized in &pictures.sizes {
            let key = format!("{PUBLIC}{}", path(product, image, sized.size));
            let put = self.s3.put_object().bucket(&self.bucket).key(key);
            put.body(ByteStream::from(sized.jpeg.clone()))
                .content_type("image/jpeg")
                .cache_control("public, max-age=31536000, immutable")
                .send()
                .await
                .map_err(|error| MediaError::Files(kit::runtime::aws::cause(&error)))?;
        }
        Ok(())
    }

    /// The file, if it is there and no larger than a form lets through.
    async fn read(&self, key: &str) -> Result<Option<Vec<u8>>, MediaError> {
        let got = self.s3.get_object().bucket(&self.bucket).key(key).send().await;
        let object = match got {
            Ok(object) => object,
            Err(error) if is_missing(&error) => return Ok(None),
            Err(error) => return Err(MediaError::Files(kit::runtime::aws::cause(&error))),
        };
        let length = object.content_length().unwrap_or(i64::MAX);
        if !(0..=MAX_PICTURE_BYTES).contains(&u64::try_from(length).unwrap_or(u64::MAX)) {
            return Err(MediaError::Files("the file is larger than its form allowed".to_owned()));
        }
        let body = object.body.collect().await;
        let body = body.map_err(|error| MediaError::Files(error.to_string()))?;
        Ok(Some(body.to_vec()))
    }

    async fn remove_image(&self, product: ProductId, image: ImageId) -> Result<(), MediaError> {
        for prefix in [PUBLIC, HIDDEN] {
            for size in Size::ALL {
                let path = path(product, image, size);
                self.remove(&format!("{prefix}{path}")).await?;
            }
        }
        Ok(())
    }

    /// What is not there need not go.
    async fn remove(&self, key: &str) -> Result<(), MediaError> {
        let gone = self.s3.delete_object().bucket(&self.bucket).key(key).send().await;
        gone.map(drop).map_err(|error| MediaError::Files(kit::runtime::aws::cause(&error)))
    }

    async fn move_file(&self, from: &str, to: &str) -> Result<(), MediaError> {
        let copied = self
            .s3
            .copy_object()
            .bucket(&self.bucket)
            .copy_source(format!("{}/{from}", self.bucket))
            .key(to)
            .send()
            .await;
        match copied {
            Ok(_) => self.remove(from).await,
            // It was moved before.
            Err(error) if is_missing(&error) => Ok(()),
            Err(error) => Err(MediaError::Files(kit::runtime::aws::cause(&error))),
        }
    }
}

fn is_missing<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> bool {
    matches!(error, SdkError::ServiceError(service) if matches!(service.err().code(), Some("NoSuchKey" | "NotFound")))
}
