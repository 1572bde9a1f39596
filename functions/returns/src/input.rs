//! What clients send about returns, and the check of it.

use domain::cart::MAX_LINES;
use domain::id::{OrderId, RefundId, ReturnId, VariantId};
use domain::order::MAX_REASON;
use domain::returns::{InspectedLine, Inspection, MAX_COMMENT, RequestedLine, ReturnKind, ReturnReason, ReturnRequest};
use domain::sku::Sku;
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
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ReturnItemInput {
    /// The variant of the order's line.
    id: String,
    quantity: u32,
    /// Why it comes back.
    reason: Option<String>,
    /// Of which variant the units are. Default: of the one that was ordered. Units that were exchanged before are of another
    /// one.
    sku: Option<String>,
    /// The SKU of another variant of the same product, at the same price, which the buyer gets for it. Default: money.
    /// Not for a withdrawal.
    exchange_for: Option<String>,
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
    /// Of which variant the units are. It is needed only if the return has several items of the line.
    sku: Option<String>,
}

/// What a checked [`CompleteReturnInput`] says.
#[derive(Debug, Clone)]
pub(crate) struct Inspected {
    pub(crate) inspection: Inspection,
    pub(crate) money: Option<MoneyInput>,
}

/// A checked [`ReturnInput`], and what the buyer wants for which of its items.
#[derive(Debug)]
pub(crate) struct AskedReturn {
    pub(crate) request: ReturnRequest,
    pub(crate) exchanges: Vec<WantedExchange>,
}

#[derive(Debug)]
pub(crate) struct WantedExchange {
    /// The place of the item.
    pub(crate) at: usize,
    pub(crate) sku: Sku,
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

fn check_sku(fields: &mut Fields, path: &str, sku: Option<String>) -> Option<Sku> {
    fields.check_optional(path, sku, |sku| Sku::parse(&sku)).flatten()
}

/// The line of an item. It may be there once for each SKU.
fn check_named(
    fields: &mut Fields,
    at: usize,
    id: &str,
    sku: Option<Sku>,
    known: &mut Vec<(VariantId, Option<Sku>)>,
) -> Option<VariantId> {
    let path = format!("items[{at}].id");
    let id = fields.check(&path, VariantId::parse(id))?;
    let named = (id, sku);
    if known.contains(&named) {
        fields.refuse(&path, &"is listed twice");
    }
    known.push(named);
    Some(id)
}

impl ReturnInput {
    pub(crate) fn parse(self, id: ReturnId) -> Result<AskedReturn, Problem> {
        let mut fields = Fields::default();
        let kind = fields.check("kind", ReturnKind::parse(&self.kind));
        let exchanged = self.items.iter().filter(|item| item.0.exchange_for.is_some()).count();
        check_count(&mut fields, self.items.len());
        // With an exchange the stock of two variants moves. One transaction has to take them all.
        if self.items.len() + exchanged > MAX_LINES {
            fields.refuse("items", &format!("must have at most {MAX_LINES} items; each with an exchange counts twice"));
        }
        let (mut known, mut lines, mut exchanges) = (Vec::new(), Vec::new(), Vec::new());
        for (at, Object(item)) in self.items.into_iter().enumerate() {
            let sku = check_sku(&mut fields, &format!("items[{at}].sku"), item.sku);
            let id = check_named(&mut fields, at, &item.id, sku.clone(), &mut known);
            let path = format!("items[{at}].exchangeFor");
            let wanted = check_sku(&mut fields, &path, item.exchange_for);
            if wanted.is_some() && kind == Some(ReturnKind::Withdrawal) {
                fields.refuse(&path, &"is not for a withdrawal");
            }
            exchanges.extend(wanted.map(|sku| WantedExchange { at, sku }));
            let path = format!("items[{at}].reason");
            let reason = fields.check_optional(&path, item.reason, |reason| ReturnReason::parse(&reason));
            if reason == Some(None) && kind == Some(ReturnKind::Return) {
                fields.refuse(&path, &"is required for a return");
            }
            if let (Some(variant_id), Some(reason)) = (id, reason) {
                lines.push(RequestedLine { variant_id, quantity: item.quantity, reason, sku, exchange_for: None });
            }
        }
        let comment = fields.check_optional("comment", self.comment, |comment| text::prose(&comment, MAX_COMMENT));
        let (kind, comment) = fields.finish((kind, comment))?;
        let comment = comment.filter(|comment| !comment.is_empty());
        Ok(AskedReturn { request: ReturnRequest { id, kind, lines, comment }, exchanges })
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
            let sku = check_sku(&mut fields, &format!("items[{at}].sku"), item.sku);
            if let Some(variant_id) = check_named(&mut fields, at, &item.id, sku.clone(), &mut known) {
                lines.push(InspectedLine { variant_id, sku, returned: item.returned, restocked: item.restocked });
            }
        }
        let reason = fields.check_optional("reason", self.reason, |reason| check_reason(&reason));
        let (reason,) = fields.finish((reason,))?;
        let money = self.amount.map(|Object(money)| money);
        let amount = money.as_ref().map(|money| money.amount);
        Ok(Inspected { inspection: Inspection { lines, amount, reason, refund_id }, money })
    }
}
