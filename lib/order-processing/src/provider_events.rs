//! Applies the events of the payment provider: each event once, by its id, in the transaction of its effect.

use domain::id::{OrderId, RefundId};
use domain::order::{Charge, ChargeMismatch, Dispute, DisputeReport, Order, PaymentReport, PaymentTerms, Transition};
use domain::time::Time;
use kit::runtime::telemetry;
use payment_provider::webhook::{PaymentEvent, ProviderEvent};
use payment_provider::{Payments, ProviderError};
use store::StoreError;
use store::orders::{OrderAndPurchase, SideEffects};

use crate::OrderProcessor;
use crate::transitions::{CommitError, takes_no_stock};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// It is about an order of this shop. It was applied now or before, or changed nothing.
    Taken,
    /// It is not about an order of this shop.
    NotOurs,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApplyError {
    /// The order, or its payment, may not exist yet. The provider has to send the event again.
    #[error("the event is about an order or a payment that is not known")]
    UnknownOrder,
    #[error(transparent)]
    Provider(#[from] ProviderError),
    #[error(transparent)]
    Mismatch(#[from] ChargeMismatch),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why an event was not applied at one try.
enum EventError {
    Commit(CommitError),
    Mismatch(ChargeMismatch),
    Provider(ProviderError),
}

impl From<CommitError> for EventError {
    fn from(error: CommitError) -> Self {
        Self::Commit(error)
    }
}

impl From<StoreError> for EventError {
    fn from(error: StoreError) -> Self {
        Self::Commit(CommitError::Store(error))
    }
}

fn applied(outcome: Result<OrderAndPurchase, EventError>) -> Result<Applied, ApplyError> {
    match outcome {
        Ok(_) | Err(EventError::Commit(CommitError::AlreadyDone)) => Ok(Applied::Taken),
        Err(EventError::Commit(CommitError::Missing)) => Err(ApplyError::UnknownOrder),
        Err(EventError::Commit(CommitError::NotEnough(sku))) => Err(takes_no_stock(&sku).into()),
        Err(EventError::Commit(CommitError::Store(error))) => Err(error.into()),
        Err(EventError::Mismatch(mismatch)) => Err(mismatch.into()),
        Err(EventError::Provider(error)) => Err(error.into()),
    }
}

/// Applies events to orders.
#[derive(Debug, Clone)]
pub struct ProviderEvents {
    pub orders: OrderProcessor,
    pub payments: Payments,
    pub terms: PaymentTerms,
}

/// What an event is decided on, beside the order.
struct Decision<'a> {
    event: &'a ProviderEvent,
    terms: &'a PaymentTerms,
    /// Whether stock that was released may be taken again.
    in_stock: bool,
    refund_id: RefundId,
}

impl ProviderEvents {
    /// Applies an event. Events may arrive twice, late and in any order.
    pub async fn apply(&self, event: &ProviderEvent) -> Result<Applied, ApplyError> {
        let Some(id) = self.order_of(event).await? else {
            return Ok(Applied::NotOurs);
        };
        let side_effects = SideEffects { provider_event: Some(event.id.clone()), ..SideEffects::NONE };
        if let PaymentEvent::RefundFailed { charge, refund, why } = &event.payment_event {
            return match (refund.as_deref().map(RefundId::parse), charge) {
                (Some(Ok(refund)), _) => self.refund_failed(id, refund, why, &side_effects).await,
                (None, Some(charge)) => self.dashboard_refund_failed(id, charge, why, &side_effects).await,
                _ => Ok(Applied::NotOurs),
            };
        }
        if let PaymentEvent::Refunded { charge, total } = &event.payment_event {
            return self.refunded(id, charge, *total, &side_effects).await;
        }
        let mut outcome = self.try_event(id, event, &side_effects, true).await;
        if matches!(outcome, Err(EventError::Commit(CommitError::NotEnough(_)))) {
            outcome = self.try_event(id, event, &side_effects, false).await;
        }
        if matches!(outcome, Err(EventError::Mismatch(_))) {
            return self.record_mismatch(id, event, &side_effects).await;
        }
        if let (Ok(found), PaymentEvent::Dispute(report)) = (&outcome, &event.payment_event) {
            check_charge_is_known(&report.charge, &found.order)?;
            // The other events of a dispute repeat what these say.
            let is_news = matches!(event.kind.as_str(), "charge.dispute.created" | "charge.dispute.closed");
            if is_news && report.dispute != Dispute::Won {
                tracing::error!(order = %id, dispute = report.dispute.name(), "the payment of an order is disputed");
                telemetry::count("MoneyNeedsPeople", 1, self.orders.clock.now());
            }
        }
        applied(outcome)
    }

    async fn try_event(
        &self,
        id: OrderId,
        event: &ProviderEvent,
        side_effects: &SideEffects,
        in_stock: bool,
    ) -> Result<OrderAndPurchase, EventError> {
        let found = self.orders.read(id).await?;
        let refund_id = self.orders.ids.refund(self.orders.clock.now());
        let decision = Decision { event, terms: &self.terms, in_stock, refund_id };
        let decide = |found: &OrderAndPurchase, now| decision.on(&found.order, now).map_err(EventError::Mismatch);
        self.orders.apply(found, side_effects, decide).await
    }

    /// The order by the metadata that we wrote on the provider's object. A dispute does not have this metadata, only
    /// the charge. A charge that is not known yet is looked up at the provider.
    async fn order_of(&self, event: &ProviderEvent) -> Result<Option<OrderId>, ApplyError> {
        if event.payment_event == PaymentEvent::Other {
            return Ok(None);
        }
        if let Some(id) = &event.order {
            return Ok(OrderId::parse(id).ok());
        }
        let Some(charge) = charge_of(&event.payment_event) else {
            return Ok(None);
        };
        if let Some(id) = self.orders.store.order_of_charge(charge).await? {
            return Ok(Some(id));
        }
        let named = self.payments.order_of_charge(charge, self.orders.clock.now()).await?;
        Ok(named.and_then(|id| OrderId::parse(&id).ok()))
    }

    /// A charge of the wrong amount leaves a trace in the order's history. People have to look.
    async fn record_mismatch(
        &self,
        id: OrderId,
        event: &ProviderEvent,
        side_effects: &SideEffects,
    ) -> Result<Applied, ApplyError> {
        let PaymentEvent::Paid { charge, money } = &event.payment_event else {
            return Err(ChargeMismatch.into());
        };
        let charge = Charge { id: charge.clone(), attempt: event.attempt, money: *money };
        let recorded = async {
            let found = self.orders.read(id).await?;
            let decide = |found: &OrderAndPurchase, now| Ok(Some(found.order.charge_mismatched(&charge, now)));
            self.orders.apply(found, side_effects, decide).await
        };
        match recorded.await {
            Err(EventError::Commit(CommitError::AlreadyDone)) => Ok(Applied::Taken),
            outcome => {
                applied(outcome)?;
                Err(ChargeMismatch.into())
            }
        }
    }

    async fn refund_failed(
        &self,
        id: OrderId,
        refund_id: RefundId,
        why: &str,
        side_effects: &SideEffects,
    ) -> Result<Applied, ApplyError> {
        let now = self.orders.clock.now();
        let new_ids = [self.orders.ids.refund(now), self.orders.ids.refund(now)];
        let failed = async {
            let read = self.orders.read(id).await?;
            let refund = self.orders.store.refund(id, refund_id).await?.ok_or(CommitError::Missing)?;
            let version = read.order.version;
            let decide = |found: &OrderAndPurchase, now| {
                check_version(found, version)?;
                let (order, external) = (&found.order, found.order.refunded_externally);
                // The provider's answer to the request may have been lost.
                let bounced = order.refund_bounced(&refund, why, now);
                Ok(bounced.or_else(|| order.refund_refused(&refund, why, external, new_ids, now)))
            };
            self.orders.apply(read, side_effects, decide).await
        };
        self.people_are_needed(id, failed.await, why)
    }

    /// A charge was refunded, by us or in the provider's dashboard. The event may be old, so the provider is asked how
    /// much was refunded there, if it is not our own refunds.
    async fn refunded(
        &self,
        id: OrderId,
        charge: &str,
        total: i64,
        side_effects: &SideEffects,
    ) -> Result<Applied, ApplyError> {
        let refunded = async {
            let found = self.orders.read(id).await?;
            if !found.order.exceeds_our_refunds(total) {
                return Ok(found);
            }
            let (total, refund_id) = self.in_dashboard(charge).await?;
            let version = found.order.version;
            let decide = |found: &OrderAndPurchase, now| {
                check_version(found, version)?;
                Ok(found.order.refunded_in_dashboard(charge, total, refund_id, now))
            };
            self.orders.apply(found, side_effects, decide).await
        };
        let outcome = refunded.await;
        if let Ok(found) = &outcome {
            check_charge_is_known(charge, &found.order)?;
        }
        applied(outcome)
    }

    async fn dashboard_refund_failed(
        &self,
        id: OrderId,
        charge: &str,
        why: &str,
        side_effects: &SideEffects,
    ) -> Result<Applied, ApplyError> {
        let failed = async {
            let whole = self.orders.store.whole_order(id).await?.ok_or(CommitError::Missing)?;
            let (total, _) = self.in_dashboard(charge).await?;
            let version = whole.order.version;
            let read = OrderAndPurchase { order: whole.order, purchase: whole.purchase };
            let decide = |found: &OrderAndPurchase, now| {
                check_version(found, version)?;
                Ok(found.order.dashboard_refund_bounced(charge, total, &whole.refunds, why, now))
            };
            self.orders.apply(read, side_effects, decide).await
        };
        let outcome = failed.await;
        if let Ok(found) = &outcome {
            check_charge_is_known(charge, &found.order)?;
        }
        self.people_are_needed(id, outcome, why)
    }

    /// How much of a charge was refunded in the provider's dashboard, and an id for what is not known of it.
    async fn in_dashboard(&self, charge: &str) -> Result<(i64, RefundId), EventError> {
        let now = self.orders.clock.now();
        let total = self.payments.refunded_externally(charge, now).await.map_err(EventError::Provider)?;
        Ok((total, self.orders.ids.refund(now)))
    }

    fn people_are_needed(
        &self,
        id: OrderId,
        outcome: Result<OrderAndPurchase, EventError>,
        why: &str,
    ) -> Result<Applied, ApplyError> {
        if outcome.is_ok() {
            tracing::error!(order = %id, why, "a refund failed after it was accepted");
            telemetry::count("MoneyNeedsPeople", 1, self.orders.clock.now());
        }
        applied(outcome)
    }
}

fn charge_of(event: &PaymentEvent) -> Option<&str> {
    match event {
        PaymentEvent::Dispute(DisputeReport { charge, .. }) | PaymentEvent::Refunded { charge, .. } => Some(charge),
        PaymentEvent::RefundFailed { charge, .. } => charge.as_deref(),
        PaymentEvent::Paid { .. }
        | PaymentEvent::Processing
        | PaymentEvent::Declined { .. }
        | PaymentEvent::Ended
        | PaymentEvent::Other => None,
    }
}

/// What is decided on more than the order is not decided again after a conflict, because the rest may have changed with
/// the order: its refunds, and what the provider says of them. The provider sends the event again.
fn check_version(found: &OrderAndPurchase, version: u64) -> Result<(), EventError> {
    if found.order.version == version { Ok(()) } else { Err(CommitError::Missing.into()) }
}

/// An event about a charge may come before the one that says that it paid the order.
fn check_charge_is_known(charge: &str, order: &Order) -> Result<(), ApplyError> {
    let mut known = order.payment.charge.iter().chain(&order.duplicate_charges);
    if known.any(|known| known == charge) { Ok(()) } else { Err(ApplyError::UnknownOrder) }
}

impl Decision<'_> {
    /// The transition that the event causes.
    fn on(&self, order: &Order, now: Time) -> Result<Option<Transition>, ChargeMismatch> {
        let Self { event, terms, in_stock, refund_id } = *self;
        let report = event.attempt.map(|attempt| PaymentReport { attempt, at: event.at });
        Ok(match &event.payment_event {
            PaymentEvent::Paid { charge, money } => {
                let charge = Charge { id: charge.clone(), attempt: event.attempt, money: *money };
                order.check_charge(&charge)?;
                order.charged(&charge, in_stock, refund_id, now)
            }
            PaymentEvent::Processing => report.and_then(|report| order.processing(report, in_stock, terms, now)),
            PaymentEvent::Declined { why } => {
                report.and_then(|report| order.declined(report, why.as_deref(), terms, now))
            }
            PaymentEvent::Ended => event.attempt.and_then(|attempt| order.attempt_ended(attempt, now)),
            PaymentEvent::Dispute(report) => order.disputed(report, now),
            // These ask the provider first.
            PaymentEvent::Refunded { .. } | PaymentEvent::RefundFailed { .. } | PaymentEvent::Other => None,
        })
    }
}
