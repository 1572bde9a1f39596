//! Refunds at Stripe. A refund is made once however often it is asked for: by its idempotency key, and when Stripe has
//! forgotten the key or would repeat a failure, by looking for it first.

use std::collections::HashMap;
use std::time::Duration;

use domain::id::OrderId;
use domain::order::Refund;
use domain::time::Time;
use stripe_client_core::StripeRequest as _;
use stripe_core::refund::{CreateRefund, ListRefund};

use super::Stripe;
use crate::{ProviderError, RefundOutcome};

/// Stripe forgets idempotency keys after a day. A refund older than this is searched for before it is made again.
const KEYS_REMEMBERED: Duration = Duration::from_hours(20);

/// Stripe's codes for refunds that it cannot make at this time.
const DISPUTED: &str = "charge_disputed";
const BALANCE_INSUFFICIENT: &str = "balance_insufficient";

/// The metadata of a refund that we made.
const REFUND_METADATA: &str = "refund_id";

impl Stripe {
    pub(crate) async fn refund(
        &self,
        order: OrderId,
        charge: &str,
        refund: &Refund,
        now: Time,
    ) -> Result<RefundOutcome, ProviderError> {
        let id = refund.id.to_string();
        if refund.retries > 0 || now.since(refund.created_at) > KEYS_REMEMBERED {
            let known = self.refunds_of(charge, now).await?;
            if let Some(ours) = known.iter().find(|known| refund_id(known) == Some(&id)) {
                return Ok(outcome(ours, externally(&known)));
            }
        }
        let metadata =
            HashMap::from([(REFUND_METADATA.to_owned(), id.clone()), ("order_id".to_owned(), order.to_string())]);
        let request = CreateRefund::new().payment_intent(charge).amount(refund.amount).metadata(metadata);
        let key = match refund.retries {
            0 => id,
            retries => format!("{id}-{retries}"),
        };
        let not_yet = |why: String, is_disputed| Ok(RefundOutcome::NotYet { why, is_disputed });
        let refused = match self.post(request.customize(), &key, now).await {
            Ok(made) if !has_failed(&made) => return Ok(outcome(&made, 0)),
            Ok(made) => made.status.unwrap_or_default(),
            Err(ProviderError::Refused { code, .. }) if code == DISPUTED => return not_yet(code, true),
            Err(ProviderError::Refused { code, .. }) if code == BALANCE_INSUFFICIENT => return not_yet(code, false),
            Err(ProviderError::Stuck(why)) => return not_yet(why, false),
            Err(ProviderError::Refused { code, message }) => format!("{code}: {message}"),
            Err(error) => return Err(error),
        };
        let known = self.refunds_of(charge, now).await?;
        Ok(RefundOutcome::Refused { why: refused, refunded_externally: externally(&known) })
    }

    pub(crate) async fn refunded_externally(&self, charge: &str, now: Time) -> Result<i64, ProviderError> {
        Ok(externally(&self.refunds_of(charge, now).await?))
    }

    async fn refunds_of(&self, charge: &str, now: Time) -> Result<Vec<stripe_shared::Refund>, ProviderError> {
        let mut all: Vec<stripe_shared::Refund> = Vec::new();
        loop {
            let mut request = ListRefund::new().payment_intent(charge).limit(100);
            if let Some(last) = all.last() {
                request = request.starting_after(last.id.as_str());
            }
            let page = self.send(request.customize(), now).await?;
            let is_last = !page.has_more || page.data.is_empty();
            all.extend(page.data);
            if is_last {
                return Ok(all);
            }
        }
    }
}

fn refund_id(refund: &stripe_shared::Refund) -> Option<&String> {
    refund.metadata.as_ref()?.get(REFUND_METADATA)
}

fn has_failed(refund: &stripe_shared::Refund) -> bool {
    matches!(refund.status.as_deref(), Some("failed" | "canceled"))
}

/// How much of a charge was refunded in the dashboard.
fn externally(refunds: &[stripe_shared::Refund]) -> i64 {
    let theirs = refunds.iter().filter(|refund| refund_id(refund).is_none());
    theirs.filter(|refund| !has_failed(refund)).map(|refund| refund.amount).sum()
}

fn outcome(refund: &stripe_shared::Refund, refunded_externally: i64) -> RefundOutcome {
    if has_failed(refund) {
        let why = refund.status.clone().unwrap_or_default();
        return RefundOutcome::Refused { why, refunded_externally };
    }
    RefundOutcome::Made { reference: refund.id.to_string() }
}
