//! What clients send about returns, and the check of it.

use domain::cart::MAX_LINES;
use domain::id::{OrderId, RefundId, ReturnId, VariantId};
use domain::order::MAX_REASON;
use domain::returns::{InspectedLine, Inspection, MAX_COMMENT, RequestedLine, ReturnKind, ReturnReason, ReturnRequest};
use domain::text::{self, InvalidText};
use kit::http::body::{Fields, Object};
use kit::http::money::MoneyInput;
use kit::http::problem::Problem;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::change::missing;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReturnInput {
    /// `return` needs a reason for each item. `withdrawal` needs none, and is approved at once.
    kind: String,
    #[schema(value_type = Vec<ReturnItemInput>)]
    items: Vec<Object<ReturnItemInput>>,
    /// Anything else that the shop should know.
    comment: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReturnItemInput {
    /// The variant of the order's line.
    id: String,
    quantity: u32,
    /// Why it comes back.
    reason: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeclineReturnInput {
    /// Why. The buyer reads it.
    reason: String,
}

/// Without a body, everything came back as it was asked for, nothing of it can be sold again, and the buyer gets what the
/// rules give back.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CompleteReturnInput {
    /// What was found in the parcel. Items that are not named came back, and cannot be sold again.
    #[schema(value_type = Option<Vec<InspectedItemInput>>)]
    items: Option<Vec<Object<InspectedItemInput>>>,
    /// Less than the rules give back, for a `reason`.
    #[schema(value_type = Option<MoneyInput>)]
    amount: Option<Object<MoneyInput>>,
    /// Why the buyer gets less. The buyer reads it.
    reason: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct InspectedItemInput {
    /// The variant of the order's line.
    id: String,
    /// How many units came back.
    returned: u32,
    /// How many of these can be sold again.
    #[serde(default)]
    restocked: u32,
}

/// What a checked [`CompleteReturnInput`] says.
#[derive(Debug, Clone)]
pub(crate) struct Inspected {
    pub(crate) inspection: Inspection,
    pub(crate) money: Option<MoneyInput>,
}

/// The ids of a path.
pub(crate) fn ids(order: &str, id: &str) -> Result<(OrderId, ReturnId), Problem> {
    let order = OrderId::parse(order).map_err(|_| missing())?;
    Ok((order, ReturnId::parse(id).map_err(|_| missing())?))
}

fn check_reason(reason: &str) -> Result<String, InvalidText> {
    text::line(reason, MAX_REASON)
}

fn check_count(fields: &mut Fields, count: usize) {
    if !(1..=MAX_LINES).contains(&count) {
        fields.refuse("items", &format!("must have between 1 and {MAX_LINES} items"));
    }
}

impl ReturnInput {
    pub(crate) fn parse(self, id: ReturnId) -> Result<ReturnRequest, Problem> {
        let mut fields = Fields::default();
        let kind = fields.check("kind", ReturnKind::parse(&self.kind));
        check_count(&mut fields, self.items.len());
        let mut known = Vec::new();
        let mut lines = Vec::new();
        for (at, Object(item)) in self.items.into_iter().enumerate() {
            let variant = fields.check_once(&format!("items[{at}].id"), VariantId::parse(&item.id), &mut known);
            let path = format!("items[{at}].reason");
            let reason = fields.check_optional(&path, item.reason, |reason| ReturnReason::parse(&reason));
            if reason == Some(None) && kind == Some(ReturnKind::Return) {
                fields.refuse(&path, &"is required for a return");
            }
            if let (Some(variant_id), Some(reason)) = (variant, reason) {
                lines.push(RequestedLine { variant_id, quantity: item.quantity, reason });
            }
        }
        let comment = fields.check_optional("comment", self.comment, |comment| text::prose(&comment, MAX_COMMENT));
        let (kind, comment) = fields.finish((kind, comment))?;
        Ok(ReturnRequest { id, kind, lines, comment: comment.filter(|comment| !comment.is_empty()) })
    }
}

impl DeclineReturnInput {
    pub(crate) fn parse(&self) -> Result<String, Problem> {
        check_reason(&self.reason).map_err(|error| Problem::field("reason", error.to_string()))
    }
}

impl CompleteReturnInput {
    pub(crate) fn parse(self, refund_id: RefundId) -> Result<Inspected, Problem> {
        let mut fields = Fields::default();
        if let Some(items) = &self.items {
            check_count(&mut fields, items.len());
        }
        let (mut known, mut lines) = (Vec::new(), Vec::new());
        for (at, Object(item)) in self.items.unwrap_or_default().into_iter().enumerate() {
            if let Some(variant_id) =
                fields.check_once(&format!("items[{at}].id"), VariantId::parse(&item.id), &mut known)
            {
                lines.push(InspectedLine { variant_id, returned: item.returned, restocked: item.restocked });
            }
        }
        let reason = fields.check_optional("reason", self.reason, |reason| check_reason(&reason));
        let (reason,) = fields.finish((reason,))?;
        let money = self.amount.map(|Object(money)| money);
        let amount = money.as_ref().map(|money| money.amount);
        Ok(Inspected { inspection: Inspection { lines, amount, reason, refund_id }, money })
    }
}
