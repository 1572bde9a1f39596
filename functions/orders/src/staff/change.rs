//! What staff change of an order: its status, its shipment and its metadata.

use std::collections::BTreeMap;

use domain::id::OrderId;
use domain::metadata::InvalidMetadata;
use domain::order::{Actor, MAX_REASON, Order, Shipment, Status, Transition};
use domain::text;
use domain::time::Time;
use kit::http::body::Fields;
use kit::http::problem::Problem;
use store::orders::{OrderAndPurchase, SideEffects};

use crate::App;
use crate::cancel::{problem_of, refused};

#[derive(Debug, Clone)]
pub(crate) struct OrderChange {
    pub(crate) status: Option<Status>,
    pub(crate) shipment: Option<Shipment>,
    pub(crate) note: Option<String>,
    pub(crate) metadata: BTreeMap<String, Option<String>>,
}

impl OrderChange {
    /// A value that the order already has changes nothing.
    pub(crate) fn decide(&self, order: &Order, by: Actor, now: Time) -> Result<Option<Transition>, Problem> {
        let new_status = self.status.filter(|status| *status != order.status);
        let new_shipment = self.shipment.as_ref().filter(|it| order.shipment.as_ref() != Some(it));
        let advanced = match (new_status, new_shipment) {
            (Some(status), _) => order.advanced(status, self.shipment.clone(), self.note.as_deref(), by, now).map(Some),
            (None, Some(shipment)) => order.shipment_changed(shipment.clone(), by, now).map(Some),
            (None, None) => Ok(None),
        };
        let Some(mut advanced) = advanced.map_err(|refusal| refused(&refusal))? else {
            return order.metadata_changed(self.metadata.clone(), now).map_err(not_kept);
        };
        advanced.order.metadata = order.metadata.changed(self.metadata.clone()).map_err(not_kept)?;
        Ok(Some(advanced))
    }

    /// What the audit trail calls it.
    pub(crate) fn action(&self) -> &'static str {
        let only_metadata = self.status.is_none() && self.shipment.is_none();
        if only_metadata { "order.metadata" } else { "order.advance" }
    }
}

fn not_kept(error: InvalidMetadata) -> Problem {
    Problem::field("metadata", error.to_string())
}

/// A status that staff can set.
pub(crate) fn check_status(fields: &mut Fields, status: Option<String>) -> Option<Option<Status>> {
    fields.check_optional("status", status, |status| match Status::parse(&status) {
        Ok(status @ (Status::Processing | Status::Shipped | Status::Delivered)) => Ok(status),
        _ => Err("must be processing, shipped or delivered"),
    })
}

pub(crate) fn check_note(fields: &mut Fields, note: Option<String>) -> Option<Option<String>> {
    fields.check_optional("note", note, |note| text::line(&note, MAX_REASON))
}

impl App {
    /// Commits a change by staff, with its entry in the audit trail.
    pub(crate) async fn change(
        &self,
        id: OrderId,
        actor: Actor,
        action: &str,
        decide: impl Fn(&Order, Time) -> Result<Option<Transition>, Problem>,
    ) -> Result<OrderAndPurchase, Problem> {
        let audit = self.audit(actor, action, id, self.context.clock.now());
        let side_effects = SideEffects { audit, ..SideEffects::NONE };
        let changed = self.checkout.orders.change(id, &side_effects, |order, _, now| decide(order, now));
        changed.await.map_err(|error| problem_of(error, |problem| problem))
    }
}
