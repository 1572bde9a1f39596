//! Returns in JSON.

use domain::exchange::{ChosenVariant, ExchangeParcel};
use domain::returns::{Return, ReturnLine, ReturnReason};
use kit::http::money::MoneyBody;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReturnBody {
    #[schema(example = "ret_01M7W6C3804Q9PV3Y1B8S4HJET")]
    id: String,
    order_id: String,
    /// The number of the order, for people.
    #[schema(example = "261121-7F3K9QZX")]
    order_number: String,
    /// `return`: by the rules of the shop, for a reason. `withdrawal`: the buyer leaves the contract.
    kind: &'static str,
    /// `requested`, `approved`, `declined`, `received`, `exchanging`, `completed` or `cancelled`.
    status: &'static str,
    items: Vec<ReturnItemBody>,
    /// What the buyer wrote.
    comment: Option<String>,
    /// What the shop keeps for it.
    fee: MoneyBody,
    /// Why staff declined it, or gave less money back. The buyer reads it.
    reason: Option<String>,
    /// The refund that completed it. Null also if everything was exchanged.
    refund_id: Option<String>,
    /// What that refund gives back. Null until there is one.
    amount: Option<MoneyBody>,
    /// The part of `amount` that is for shipping. Null until there is one.
    shipping: Option<MoneyBody>,
    created_at: String,
    updated_at: String,
    /// How what the buyer gets in exchange was sent. Null before that.
    exchange_parcel: Option<ExchangeParcelBody>,
    /// How many pictures it has. `GET /orders/{id}/returns/{return}/images` has links to them.
    image_count: usize,
    /// Until when the goods have to arrive: an approved return whose goods did not come by then ends by itself. Null: no
    /// time is set.
    send_by: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExchangeParcelBody {
    carrier: Option<String>,
    tracking_code: Option<String>,
    /// The carrier's page about the parcel. Null if the carrier is not one that the shop knows, or there is no code.
    tracking_url: Option<String>,
    /// When it left the shop.
    shipped_at: String,
}

/// What the buyer gets for an item that comes back.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChosenVariantBody {
    variant_id: String,
    sku: String,
    options: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReturnItemBody {
    /// The variant of the order's line.
    id: String,
    /// That of the units that come back. They are of another variant than the line, if they were exchanged before.
    sku: String,
    /// The name of the product when it was ordered.
    name: String,
    /// How many units the buyer sends back.
    quantity: u32,
    /// Why. Null for a withdrawal without a reason.
    reason: Option<&'static str>,
    /// How many units came back. 0 until it is completed.
    returned: u32,
    /// How many of these can be sold again.
    restocked: u32,
    /// What the buyer gets for each unit that comes back. Null: money.
    exchange_for: Option<ChosenVariantBody>,
}

impl ReturnBody {
    pub fn of(it: &Return) -> Self {
        let given_back = |amount: i64| it.refund_id.map(|_| it.money(amount).into());
        Self {
            id: it.id.to_string(),
            order_id: it.order_id.to_string(),
            order_number: it.order_number.clone(),
            kind: it.kind.name(),
            status: it.status.name(),
            items: it.lines.iter().map(ReturnItemBody::from).collect(),
            comment: it.comment.clone(),
            fee: it.money(it.fee).into(),
            reason: it.reason.clone(),
            refund_id: it.refund_id.map(|id| id.to_string()),
            amount: given_back(it.amount),
            shipping: given_back(it.shipping),
            created_at: it.created_at.to_string(),
            updated_at: it.updated_at.to_string(),
            exchange_parcel: it.parcel.as_ref().map(Into::into),
            image_count: it.pictures.len(),
            send_by: it.send_by.map(|by| by.to_string()),
        }
    }
}

impl From<&ExchangeParcel> for ExchangeParcelBody {
    fn from(parcel: &ExchangeParcel) -> Self {
        Self {
            carrier: parcel.shipment.carrier.clone(),
            tracking_code: parcel.shipment.tracking_code.clone(),
            tracking_url: parcel.shipment.tracking_url(),
            shipped_at: parcel.shipped_at.to_string(),
        }
    }
}

impl From<&ChosenVariant> for ChosenVariantBody {
    fn from(variant: &ChosenVariant) -> Self {
        Self {
            variant_id: variant.variant_id.to_string(),
            sku: variant.sku.to_string(),
            options: variant.options.clone(),
        }
    }
}

impl From<&ReturnLine> for ReturnItemBody {
    fn from(line: &ReturnLine) -> Self {
        Self {
            id: line.variant_id.to_string(),
            sku: line.sku.to_string(),
            name: line.name.clone(),
            quantity: line.quantity,
            reason: line.reason.map(ReturnReason::name),
            returned: line.returned,
            restocked: line.restocked,
            exchange_for: line.exchange_for.as_ref().map(Into::into),
        }
    }
}
