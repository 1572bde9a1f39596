//! Common settings of all AWS clients: short time-outs, so that a lost connection is retried within one request.

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_sdk_secretsmanager::error::{ProvideErrorMetadata, SdkError};

/// The environment's region and credentials, three tries of two seconds each.
pub async fn config() -> SdkConfig {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(1))
        .operation_attempt_timeout(Duration::from_secs(2))
        .operation_timeout(Duration::from_secs(7))
        .build();
    let retries = RetryConfig::standard().with_max_attempts(3).with_initial_backoff(Duration::from_millis(50));
    aws_config::defaults(BehaviorVersion::latest()).timeout_config(timeouts).retry_config(retries).load().await
}

/// For files that may be large: writing one takes longer than other calls.
pub fn timeouts_of_files() -> TimeoutConfig {
    let minute = Duration::from_mins(1);
    TimeoutConfig::builder().operation_attempt_timeout(minute).operation_timeout(minute).build()
}

/// The cause of a failed call for the log: the service's code and message, not the whole answer.
pub fn cause<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> String {
    match error {
        SdkError::ServiceError(service) => {
            let error = service.err();
            format!("{}: {}", error.code().unwrap_or("unnamed"), error.message().unwrap_or_default())
        }
        SdkError::TimeoutError(_) => "timed out".to_owned(),
        SdkError::DispatchFailure(_) => "not reached".to_owned(),
        SdkError::ResponseError(_) => "the answer was not understood".to_owned(),
        _ => "the request could not be made".to_owned(),
    }
}
