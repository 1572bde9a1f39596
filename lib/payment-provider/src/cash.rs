//! Cash on delivery: the carrier collects the money. There is no provider to call.

use domain::time::Time;

use crate::{AttemptState, NextAction, OpenedAttempt, PaymentAttempt, Provider, ProviderError};

#[derive(Debug, Clone, Copy)]
pub struct Cash;

impl Provider for Cash {
    async fn open(&self, attempt: &PaymentAttempt<'_>, _: Time) -> Result<OpenedAttempt, ProviderError> {
        self.retrieve(&attempt.order.attempt_key(), Time::from_unix_millis(0)).await
    }

    async fn retrieve(&self, reference: &str, _: Time) -> Result<OpenedAttempt, ProviderError> {
        Ok(OpenedAttempt { reference: reference.to_owned(), next_action: NextAction::None, state: AttemptState::Open })
    }

    async fn close(&self, _: &str, _: Time) -> Result<AttemptState, ProviderError> {
        Ok(AttemptState::Closed)
    }
}
