//! The files of documents in the bucket, where nobody can replace or delete them for years.

use aws_sdk_s3::types::ChecksumAlgorithm;
use data_encoding::HEXLOWER;
use domain::document::{Document, StoredFile};
use domain::order::Purchase;
use kit::runtime::aws;
use sha2::{Digest, Sha256};

use crate::{DocumentError, Documents};

impl Documents {
    pub(crate) async fn store_file(&self, document: &Document, purchase: &Purchase) -> Result<(), DocumentError> {
        let file = pdf_documents::render(document, purchase)?;
        let stored = self.put_once(&document.key(), file).await?;
        let described = StoredFile {
            sha256: HEXLOWER.encode(&Sha256::digest(&stored)),
            bytes: u64::try_from(stored.len()).unwrap_or_default(),
        };
        self.store.document_stored(document, &described).await?;
        Ok(())
    }

    /// Stores a file under a key that has none yet. Returns the bytes that are stored: if an earlier try put its file
    /// there, these are those, even if today's program writes others.
    async fn put_once(&self, key: &str, file: Vec<u8>) -> Result<Vec<u8>, DocumentError> {
        let put = self.files.put_object().bucket(&self.bucket).key(key).if_none_match("*");
        // A bucket with object lock takes only files with a checksum.
        let put = put.checksum_algorithm(ChecksumAlgorithm::Sha256).content_type("application/pdf");
        match put.body(file.clone().into()).send().await {
            Ok(_) => Ok(file),
            Err(error) if error.raw_response().is_some_and(|answer| answer.status().as_u16() == 412) => {
                let found = self.files.get_object().bucket(&self.bucket).key(key).send().await;
                let found = found.map_err(|error| DocumentError::Bucket(aws::cause(&error)))?;
                let bytes = found.body.collect().await.map_err(|error| DocumentError::Bucket(error.to_string()))?;
                Ok(bytes.to_vec())
            }
            Err(error) => Err(DocumentError::Bucket(aws::cause(&error))),
        }
    }
}
