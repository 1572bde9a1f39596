//! Why a mail could not be sent. The queue delivers its job again.

use kit::runtime::queue::NotTaken;
use kit::runtime::secrets::SecretError;
use store::StoreError;

#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The queue must deliver the job again, in case that attempt fails.
    #[error("another attempt is sending this mail")]
    InProgress,
    #[error("SES refused: {0}")]
    Refused(String),
    #[error("the queue refused: {0}")]
    Queue(#[from] NotTaken),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Secret(#[from] SecretError),
    #[error("the mail cannot be rendered: {0}")]
    Render(String),
}
