//! Technical errors of the table.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Throttled, or in conflict with other writes at every try. Nothing was changed; a later try can succeed.
    #[error("the table is busy: {0}")]
    Busy(String),
    /// An item has an unexpected form.
    #[error("an item cannot be understood: {0}")]
    Corrupt(String),
    /// No answer, or an unexpected one. It is unknown whether a write took effect.
    #[error("the table did not answer: {0}")]
    Unavailable(String),
}

/// Why a transaction did not commit: the condition of one write was false, which is the refusal of that write; or the
/// table failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Commit<R> {
    Refused(R),
    Store(StoreError),
}

impl<R> From<StoreError> for Commit<R> {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

const BUSY: [&str; 6] = [
    "ThrottlingException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "TransactionConflictException",
    "TransactionInProgressException",
    "InternalServerError",
];

/// Sorts the SDK's errors by what a caller can do about them.
pub(crate) fn classify<E, R>(error: &SdkError<E, R>) -> StoreError
where
    E: ProvideErrorMetadata + std::error::Error,
    R: std::fmt::Debug,
{
    let code = error.as_service_error().and_then(ProvideErrorMetadata::code);
    match code {
        Some(code) if BUSY.contains(&code) => StoreError::Busy(code.to_owned()),
        Some(code) => {
            let message = error.as_service_error().and_then(ProvideErrorMetadata::message).unwrap_or_default();
            StoreError::Unavailable(format!("{code}: {message}"))
        }
        None => StoreError::Unavailable(chain(error)),
    }
}

fn chain<E, R>(error: &SdkError<E, R>) -> String
where
    E: std::error::Error,
    R: std::fmt::Debug,
{
    let kind = match error {
        SdkError::ConstructionFailure(_) => "request not built",
        SdkError::TimeoutError(_) => "timed out",
        SdkError::DispatchFailure(_) => "connection failed",
        SdkError::ResponseError(_) => "answer not understood",
        SdkError::ServiceError(_) => "unnamed service error",
        _ => "unknown failure",
    };
    kind.to_owned()
}
