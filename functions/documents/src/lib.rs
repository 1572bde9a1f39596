//! Issues the documents of orders: an invoice when an order is paid, a credit note for each refund. A message only names
//! an order; what it lacks is decided on what is read then. So a message may come twice, late or out of order.
//!
//! Invariant: a message leaves the queue only after its order has all of its documents, and the bucket has their files. A
//! file is made of what the table keeps, so whoever comes next finishes what was interrupted. The first file that the
//! bucket takes is the document; the table has its hash.

mod files;
mod issue;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use aws_sdk_dynamodb::Client as Table;
use aws_sdk_s3::Client as Files;
use domain::calendar::ShopZone;
use domain::document::{DocumentJob, Seller};
use domain::email::Email;
use domain::mail_language::MailLanguage;
use domain::text::{InvalidText, line};
use kit::runtime::clock::Clock;
use kit::runtime::config::{ConfigError, Env};
use kit::runtime::ids::Ids;
use kit::runtime::{aws, queue};
use pdf_documents::PdfError;
use store::{Store, StoreError};

/// The longest text about the shop on a document.
const MAX_TEXT: usize = 200;

#[derive(Debug, Clone)]
pub struct Config {
    pub table: String,
    pub bucket: String,
    pub zone: ShopZone,
    pub seller: Seller,
    /// Of documents about orders that name no language.
    pub language: MailLanguage,
}

impl Config {
    pub fn read(mut env: Env) -> Result<Self, ConfigError> {
        let text = |text: &str| -> Result<String, InvalidText> { line(text, MAX_TEXT) };
        let seller = Seller {
            name: env.text("SHOP_NAME"),
            address: env.optional("SHOP_ADDRESS", text),
            contact: env.optional("SHOP_CONTACT", Email::parse).map(|contact| contact.to_string()),
            vat_number: env.optional("SHOP_VAT_NUMBER", text),
            tax_number: env.optional("SHOP_TAX_NUMBER", text),
        };
        let config = Self {
            table: env.text("TABLE"),
            bucket: env.text("DOCUMENTS_BUCKET"),
            zone: env.parsed("TIME_ZONE", ShopZone::UTC, ShopZone::parse),
            seller,
            language: env.optional("SHOP_LANGUAGE", MailLanguage::parse).unwrap_or(MailLanguage::ENGLISH),
        };
        env.finish(config)
    }
}

/// A document was not issued or not stored. The queue delivers the message again.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Pdf(#[from] PdfError),
    #[error("the bucket failed: {0}")]
    Bucket(String),
}

#[derive(Debug, Clone)]
pub struct Documents {
    store: Store,
    files: Files,
    bucket: String,
    zone: ShopZone,
    seller: Seller,
    language: MailLanguage,
    clock: Clock,
    ids: Ids,
}

impl Documents {
    pub async fn connect(config: &Config) -> Self {
        let aws = aws::config().await;
        let store = Store::new(Table::new(&aws), &config.table);
        Self::new(config, store, Files::new(&aws), Clock::system(), Ids::random())
    }

    pub fn new(config: &Config, store: Store, files: Files, clock: Clock, ids: Ids) -> Self {
        let Config { bucket, zone, seller, language, .. } = config.clone();
        Self { store, files, bucket, zone, seller, language, clock, ids }
    }

    pub async fn deliver(&self, event: SqsEvent) -> SqsBatchResponse {
        let mut response = SqsBatchResponse::default();
        for message in event.records {
            let id = message.message_id.unwrap_or_default();
            let body = message.body.unwrap_or_default();
            let done = match serde_json::from_str::<DocumentJob>(&body) {
                Ok(job) => self.complete(job.order_id).await.map_err(|error| error.to_string()),
                Err(error) => Err(format!("the message cannot be parsed: {error}")),
            };
            if let Err(cause) = done {
                queue::fail(&mut response, id, &cause);
            }
        }
        response
    }
}
