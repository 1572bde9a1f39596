//! API Gateway's side of open connections.

use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_apigatewaymanagement::Client;
use aws_sdk_apigatewaymanagement::config::Builder;
use aws_sdk_apigatewaymanagement::config::retry::RetryConfig;
use aws_sdk_apigatewaymanagement::config::timeout::TimeoutConfig;
use aws_sdk_apigatewaymanagement::error::SdkError;
use aws_sdk_apigatewaymanagement::operation::delete_connection::DeleteConnectionError;
use aws_sdk_apigatewaymanagement::operation::post_to_connection::PostToConnectionError;
use aws_sdk_apigatewaymanagement::primitives::Blob;

/// How long one connection may take for one message. A slow one has the next message to catch up with.
const TIME: Duration = Duration::from_secs(1);

#[derive(Debug, Clone)]
pub struct Connections(Client);

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Sent {
    Taken,
    /// The connection is over.
    Gone,
    /// Not in time, or refused for now.
    Failed(String),
}

impl Connections {
    pub fn at(endpoint: &str, aws: &SdkConfig) -> Self {
        Self::of(Builder::from(aws).endpoint_url(endpoint))
    }

    /// With other settings, such as tests have.
    pub fn of(settings: Builder) -> Self {
        let timeouts = TimeoutConfig::builder().operation_attempt_timeout(TIME).operation_timeout(TIME * 2).build();
        let retries = RetryConfig::standard().with_max_attempts(2).with_initial_backoff(Duration::from_millis(50));
        Self(Client::from_conf(settings.timeout_config(timeouts).retry_config(retries).build()))
    }

    pub(crate) async fn send(&self, connection: &str, text: &str) -> Sent {
        let data = Blob::new(text.as_bytes());
        match self.0.post_to_connection().connection_id(connection).data(data).send().await {
            Ok(_) => Sent::Taken,
            Err(SdkError::ServiceError(error)) if matches!(error.err(), PostToConnectionError::GoneException(_)) => {
                Sent::Gone
            }
            Err(error) => Sent::Failed(kit::runtime::aws::cause(&error)),
        }
    }

    /// It is no error if the connection is over already.
    pub(crate) async fn close(&self, connection: &str) -> Result<(), String> {
        match self.0.delete_connection().connection_id(connection).send().await {
            Ok(_) => Ok(()),
            Err(SdkError::ServiceError(error)) if matches!(error.err(), DeleteConnectionError::GoneException(_)) => {
                Ok(())
            }
            Err(error) => Err(kit::runtime::aws::cause(&error)),
        }
    }
}
