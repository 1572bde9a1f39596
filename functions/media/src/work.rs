//! From a notification to an image on a product. Each step may run twice or stop in between: the upload and the product
//! change in one transaction. The files are written before it, and the original is deleted after it.

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use aws_sdk_dynamodb::Client as Table;
use aws_sdk_s3::Client as S3;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::primitives::ByteStream;
use domain::event::Event;
use domain::id::{ImageId, ProductId};
use domain::media::ImageSync;
use domain::picture::{HIDDEN, PICTURE_INBOX, PUBLIC, Size, path, term_path, upload_at, user_picture_path};
use domain::product::{Image, MAX_IMAGES, Product};
use domain::review::Moderation;
use domain::upload::{MAX_PICTURE_BYTES, Purpose, UploadState};
use kit::runtime::clock::Clock;
use kit::runtime::config::{ConfigError, Env};
use kit::runtime::ids::Ids;
use kit::runtime::telemetry;
use picture_files::{Pictures, Refusal, encode_sizes};
use store::retry::{Attempt, retry};
use store::uploads::{UploadConflict, UploadRecord};
use store::{Commit, Store, StoreError};

use crate::notice::Message;

#[derive(Debug, Clone)]
pub struct Config {
    pub table: String,
    pub bucket: String,
    /// When the shop shows the reviews that get a picture.
    pub moderation: Moderation,
}

impl Config {
    pub fn read(mut env: Env) -> Result<Self, ConfigError> {
        let config = Self {
            table: env.text("TABLE"),
            bucket: env.text("BUCKET"),
            moderation: env.parsed("REVIEW_MODERATION", Moderation::Before, Moderation::parse),
        };
        env.finish(config)
    }
}

#[derive(Debug, Clone)]
pub struct Media {
    pub(crate) store: Store,
    s3: S3,
    bucket: String,
    pub(crate) moderation: Moderation,
    pub(crate) clock: Clock,
    pub(crate) ids: Ids,
}

/// After any of these errors the queue delivers the message again.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    #[error("S3 refused: {0}")]
    Files(String),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("encoding the picture failed: {0}")]
    Encoding(String),
}

impl Media {
    pub async fn connect(config: &Config) -> Self {
        let aws = kit::runtime::aws::config().await;
        let store = Store::new(Table::new(&aws), &config.table);
        Self::new(store, S3::new(&aws), &config.bucket, Clock::system(), Ids::random())
            .with_moderation(config.moderation)
    }

    pub fn new(store: Store, s3: S3, bucket: &str, clock: Clock, ids: Ids) -> Self {
        Self { store, s3, bucket: bucket.to_owned(), moderation: Moderation::Before, clock, ids }
    }

    #[must_use]
    pub fn with_moderation(self, moderation: Moderation) -> Self {
        Self { moderation, ..self }
    }

    pub async fn deliver(&self, event: SqsEvent) -> SqsBatchResponse {
        kit::runtime::queue::run_batch(event, async |message: Message| match message {
            Message::ImageSync(job) => self.sync_images(&job).await,
            Message::ReviewImageSync(job) => self.sync_review_images(&job).await,
            Message::PictureCopies(job) => self.copy_pictures(&job).await,
            Message::TermPictureRemoval(job) => {
                self.remove_files(|size| term_path(&job.term_id, job.image_id, size)).await
            }
            Message::UserPictureRemoval(job) => {
                self.remove(&format!("{PUBLIC}{}", user_picture_path(job.picture_id))).await
            }
            Message::ReturnPictureRemoval(job) => {
                for &image in &job.images {
                    self.remove_from_return(job.return_id, image).await?;
                }
                Ok(())
            }
            Message::Files(notice) => {
                for key in notice.keys() {
                    self.receive(key).await?;
                }
                Ok(())
            }
        })
        .await
    }

    /// Handles an uploaded file. The original is deleted in any case.
    pub async fn receive(&self, key: &str) -> Result<(), MediaError> {
        let now = self.clock.now();
        let Some(id) = upload_at(PICTURE_INBOX, key) else {
            tracing::warn!(key, "a file without an upload");
            return Ok(());
        };
        let record = self.store.upload(id, now).await?;
        if let Some(record) = &record
            && record.upload.state == UploadState::Waiting
            && let Some(bytes) = self.read(key).await?
        {
            match &record.upload.purpose {
                Purpose::Picture { product_id, alt } => self.show(record, *product_id, alt, bytes).await?,
                Purpose::CategoryPicture { category_id, alt } => {
                    self.show_on_term(record, *category_id, alt, bytes).await?;
                }
                Purpose::BrandPicture { brand_id, alt } => self.show_on_term(record, *brand_id, alt, bytes).await?,
                &Purpose::UserPicture { user_id, epoch } => self.show_of_user(record, user_id, epoch, bytes).await?,
                Purpose::ReviewPicture { review_id, alt } => {
                    self.show_on_review(record, *review_id, alt, bytes).await?;
                }
                &Purpose::ReturnPicture { order_id, return_id } => {
                    self.show_on_return(record, order_id, return_id, bytes).await?;
                }
                Purpose::Csv { .. } => {}
            }
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
        let Some(pictures) = self.encode(record, bytes).await? else {
            return Ok(());
        };
        let image = image(record, alt, &pictures);
        self.write(|size| path(product_id, image.id, size), &pictures).await?;
        retry("the product", || async {
            let product = self.store.product(product_id).await?;
            let Some(product) = product.filter(|product| product.deleted_at.is_none()) else {
                self.remove_image(product_id, image.id).await?;
                self.refuse(record, "product_gone", "The product was deleted in the meantime.").await?;
                return Ok(Attempt::Done(()));
            };
            if product.images.len() >= MAX_IMAGES {
                self.remove_image(product_id, image.id).await?;
                let message = format!("The product has {MAX_IMAGES} pictures, which is the maximum.");
                self.refuse(record, "too_many_images", &message).await?;
                return Ok(Attempt::Done(()));
            }
            match self.add_image(record, &product, &image).await {
                Ok(()) => {
                    telemetry::count("PicturesShown", 1, self.clock.now());
                    Ok(Attempt::Done(()))
                }
                Err(Commit::Refused(UploadConflict::Product)) => Ok(Attempt::Overtaken),
                Err(Commit::Refused(_)) => {
                    self.remove_orphan(product_id, image.id).await?;
                    Ok(Attempt::Done(()))
                }
                Err(Commit::Store(error)) => Err(error.into()),
            }
        })
        .await
    }

    /// The sizes of an uploaded picture. `None` if it was refused.
    pub(crate) async fn encode(&self, record: &UploadRecord, bytes: Vec<u8>) -> Result<Option<Pictures>, MediaError> {
        self.encode_with(encode_sizes, record, bytes).await
    }

    pub(crate) async fn encode_with<T: Send + 'static>(
        &self,
        encoder: fn(&[u8], &str) -> Result<T, Refusal>,
        record: &UploadRecord,
        bytes: Vec<u8>,
    ) -> Result<Option<T>, MediaError> {
        let content_type = record.upload.content_type.clone();
        let encoded = tokio::task::spawn_blocking(move || encoder(&bytes, &content_type)).await;
        match encoded.map_err(|error| MediaError::Encoding(error.to_string()))? {
            Ok(encoded) => Ok(Some(encoded)),
            Err(refusal) => {
                self.refuse(record, refusal.code(), &refusal.to_string()).await?;
                Ok(None)
            }
        }
    }

    async fn add_image(
        &self,
        record: &UploadRecord,
        product: &Product,
        image: &Image,
    ) -> Result<(), Commit<UploadConflict>> {
        let now = self.clock.now();
        let with = product.changed(now, |product| product.add_image(image.clone()));
        let event = Event::ProductChanged { product_id: product.id, removed_images: Vec::new(), moved: false };
        let outbox_event = self.ids.outbox_event(event, now);
        self.store.show_picture(record, image.id, product, &with, &outbox_event).await
    }

    /// Another delivery of the same notification was faster and wrote the same files. If the image was removed from the
    /// product since then, the files are deleted here, because nothing else would delete them.
    async fn remove_orphan(&self, product: ProductId, image: ImageId) -> Result<(), MediaError> {
        let holds = self.store.product(product).await?;
        if !holds.is_some_and(|product| product.holds_image(image)) {
            self.remove_image(product, image).await?;
        }
        Ok(())
    }

    pub(crate) async fn refuse(&self, record: &UploadRecord, code: &str, message: &str) -> Result<(), MediaError> {
        let refused = record.with(UploadState::Refused { code: code.to_owned(), message: message.to_owned() });
        let token = self.ids.transaction(self.clock.now());
        telemetry::count("PicturesRefused", 1, self.clock.now());
        match self.store.save_upload(token, record, &refused).await {
            // Another delivery has refused it already.
            Ok(()) | Err(Commit::Refused(_)) => Ok(()),
            Err(Commit::Store(error)) => Err(error.into()),
        }
    }

    /// Publishes, hides or deletes a product's images, according to its current state.
    pub async fn sync_images(&self, job: &ImageSync) -> Result<(), MediaError> {
        retry("the product", || async {
            let product = self.store.product(job.product_id).await?;
            for &image in &job.removed_images {
                if !product.as_ref().is_some_and(|p| p.holds_image(image)) {
                    self.remove_image(job.product_id, image).await?;
                }
            }
            let Some(product) = product else {
                return Ok(Attempt::Done(()));
            };
            let hidden = product.deleted_at.is_some();
            let (from, to) = if hidden { (PUBLIC, HIDDEN) } else { (HIDDEN, PUBLIC) };
            for image in &product.images {
                for size in Size::ALL {
                    let path = path(product.id, image.id, size);
                    self.move_file(&format!("{from}{path}"), &format!("{to}{path}")).await?;
                }
            }
            // If it was deleted or restored in the meantime, the files must be moved back.
            let now = self.store.product(job.product_id).await?;
            let same = now.is_some_and(|now| now.deleted_at.is_some() == hidden);
            Ok(if same { Attempt::Done(()) } else { Attempt::Overtaken })
        })
        .await
    }

    pub(crate) async fn write(&self, path: impl Fn(Size) -> String, pictures: &Pictures) -> Result<(), MediaError> {
        for sized in &pictures.sizes {
            self.publish(&path(sized.size), sized.jpeg.clone()).await?;
        }
        Ok(())
    }

    /// Writes a JPEG that was encoded here to a path below the public prefix.
    pub(crate) async fn publish(&self, path: &str, jpeg: Vec<u8>) -> Result<(), MediaError> {
        self.put(&format!("{PUBLIC}{path}"), jpeg, "public, max-age=31536000, immutable").await
    }

    /// Writes a JPEG that was encoded here.
    pub(crate) async fn put(&self, key: &str, jpeg: Vec<u8>, cache_control: &str) -> Result<(), MediaError> {
        let put = self.s3.put_object().bucket(&self.bucket).key(key).cache_control(cache_control);
        let sent = put.body(ByteStream::from(jpeg)).content_type("image/jpeg").send().await;
        sent.map(drop).map_err(|error| MediaError::Files(kit::runtime::aws::cause(&error)))
    }

    /// The file, if it exists and is not larger than the form allows.
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
        let body = object.body.collect().await.map_err(|error| MediaError::Files(error.to_string()))?;
        Ok(Some(body.to_vec()))
    }

    async fn remove_image(&self, product: ProductId, image: ImageId) -> Result<(), MediaError> {
        self.remove_files(|size| path(product, image, size)).await
    }

    pub(crate) async fn remove_files(&self, path: impl Fn(Size) -> String) -> Result<(), MediaError> {
        for prefix in [PUBLIC, HIDDEN] {
            for size in Size::ALL {
                self.remove(&format!("{prefix}{}", path(size))).await?;
            }
        }
        Ok(())
    }

    /// Succeeds too if the file does not exist.
    pub(crate) async fn remove(&self, key: &str) -> Result<(), MediaError> {
        let gone = self.s3.delete_object().bucket(&self.bucket).key(key).send().await;
        gone.map(drop).map_err(|error| MediaError::Files(kit::runtime::aws::cause(&error)))
    }

    /// If there is no such file, it was moved before.
    pub(crate) async fn move_file(&self, from: &str, to: &str) -> Result<(), MediaError> {
        if self.copy_file(from, to).await? { self.remove(from).await } else { Ok(()) }
    }

    /// `false` if there is no such file.
    pub(crate) async fn copy_file(&self, from: &str, to: &str) -> Result<bool, MediaError> {
        let copied = self
            .s3
            .copy_object()
            .bucket(&self.bucket)
            .copy_source(format!("{}/{from}", self.bucket))
            .key(to)
            .send()
            .await;
        match copied {
            Ok(_) => Ok(true),
            Err(error) if is_missing(&error) => Ok(false),
            Err(error) => Err(MediaError::Files(kit::runtime::aws::cause(&error))),
        }
    }
}

/// The image that an upload becomes.
pub(crate) fn image(record: &UploadRecord, alt: &str, pictures: &Pictures) -> Image {
    Image {
        id: record.upload.image_id(),
        alt: alt.to_owned(),
        width: pictures.width,
        height: pictures.height,
        shows: None,
    }
}

fn is_missing<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> bool {
    matches!(error, SdkError::ServiceError(service) if matches!(service.err().code(), Some("NoSuchKey" | "NotFound")))
}
