//! The AWS clients' common settings: short time-outs, so that a lost connection is tried again inside one request.

use std::time::Duration;

use aws_config::{BehaviorVersion, SdkConfig};
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;

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
