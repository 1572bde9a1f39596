//! Packing slips of one order or of many. They are made when they are asked for, and stored nowhere.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use checkout::OrderAccess;
use domain::id::{OrderId, ParcelId, VariantId};
use kit::http::auth::Identity;
use kit::http::body::{Fields, Query, id_list};
use kit::http::problem::Problem;
use pdf_documents::{PackingSlip, SlipLine};
use serde::Deserialize;
use store::orders::OrderAndPurchase;
use tokio::task::JoinSet;
use utoipa::IntoParams;

use crate::App;

/// Of so many orders one file is made.
const MAX_ORDERS: usize = 50;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PackingSlipQuery {
    /// The parcel that it is for. Without it, the slip is for all that is still to be sent.
    parcel: Option<String>,
}

/// Makes the packing slip of an order, for staff.
///
/// A PDF file without prices, with what is in a parcel, or with what is still to be sent. It has no number and is not
/// stored. Reading it leaves an entry in the audit trail.
#[utoipa::path(get, path = "/api/v1/admin/orders/{id}/packing-slip", params(("id" = String, Path), PackingSlipQuery), responses(
    (status = 200, description = "The file.", body = String, content_type = "application/pdf"),
    (status = 404, description = "`order_not_found`. `parcel_not_found`."),
    (status = 409, description = "`nothing_to_send`: nothing of the order is still to be sent. Name a parcel."),
))]
pub(crate) async fn of_order(
    State(app): State<App>,
    staff: Identity,
    Path(id): Path<String>,
    Query(query): Query<PackingSlipQuery>,
) -> Result<Response, Problem> {
    let id = OrderId::parse(&id).map_err(|_| OrderAccess::missing())?;
    let mut fields = Fields::default();
    let parcel = fields.check_optional("parcel", query.parcel.as_deref(), ParcelId::parse);
    let (parcel,) = fields.finish((parcel,))?;
    let found = app.context.store.order_and_purchase(id).await?.ok_or_else(OrderAccess::missing)?;
    app.context.trail.read(staff.id(), "order.read", id, None).await;
    let packed = match parcel {
        None => found.order.to_send(&found.purchase),
        Some(parcel) => {
            let missing = || Problem::not_found("parcel_not_found", "This parcel does not exist.");
            found.order.parcel(&found.purchase, parcel).ok_or_else(missing)?.lines
        }
    };
    if packed.is_empty() {
        let message = "Nothing of this order is still to be sent. Name a parcel for its packing slip.";
        return Err(Problem::conflict("nothing_to_send", message));
    }
    file(&[app.slip(&found, &packed)], &format!("packing-slip-{}", found.order.number))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PackingSlipsQuery {
    /// At most 50 ids of orders, with commas between them.
    #[param(example = "ord_01M7W6C3804Q9PV3Y1B8S4HJET")]
    ids: String,
}

/// Makes the packing slips of many orders, for staff.
///
/// One PDF file to print, in the order of the ids, with what is still to be sent of each order. Orders that cannot be sent now
/// are left out: all of it was sent or given back, it is not paid, a guest has not confirmed it, or the payment is disputed.
/// The audit trail gets an entry for each order.
#[utoipa::path(get, path = "/api/v1/admin/orders/packing-slips", params(PackingSlipsQuery), responses(
    (status = 200, description = "The file.", body = String, content_type = "application/pdf"),
    (status = 404, description = "`order_not_found`: one of them does not exist."),
    (status = 409, description = "`nothing_to_send`: none of them can be sent now."),
))]
pub(crate) async fn of_orders(
    State(app): State<App>,
    staff: Identity,
    Query(query): Query<PackingSlipsQuery>,
) -> Result<Response, Problem> {
    let mut fields = Fields::default();
    let ids = fields.check("ids", id_list(&query.ids, MAX_ORDERS, "orders", OrderId::parse));
    let (ids,) = fields.finish((ids,))?;
    let found = app.context.store.orders_and_purchases(&ids).await?;
    let missing = |id| Problem::not_found("order_not_found", format!("There is no order {id}."));
    let orders = ids.iter().map(|id| found.get(id).ok_or_else(|| missing(id))).collect::<Result<Vec<_>, _>>()?;
    let mut entries = JoinSet::new();
    for &id in &ids {
        let (trail, staff) = (app.context.trail.clone(), staff.id());
        entries.spawn(async move { trail.read(staff, "order.read", id, None).await });
    }
    entries.join_all().await;
    let to_send = orders.into_iter().filter(|found| found.order.may_be_sent());
    let to_send = to_send.map(|found| (found, found.order.to_send(&found.purchase)));
    let to_send: Vec<_> = to_send.filter(|(_, packed)| !packed.is_empty()).collect();
    if to_send.is_empty() {
        return Err(Problem::conflict("nothing_to_send", "None of these orders can be sent now."));
    }
    let slips: Vec<PackingSlip<'_>> = to_send.iter().map(|(found, packed)| app.slip(found, packed)).collect();
    file(&slips, "packing-slips")
}

impl App {
    fn slip<'a>(
        &'a self,
        OrderAndPurchase { order, purchase }: &'a OrderAndPurchase,
        packed: &[(VariantId, u32)],
    ) -> PackingSlip<'a> {
        let lines = packed.iter().filter_map(|&(variant, quantity)| {
            let line = purchase.lines.iter().find(|line| line.variant_id == variant)?;
            Some(SlipLine { name: &line.name, options: &line.options, sku: line.sku.as_str(), quantity })
        });
        PackingSlip {
            seller: &self.seller,
            language: order.language.unwrap_or(self.language),
            order_number: &order.number,
            address: &purchase.shipping,
            shipping_method: purchase.shipping_method.as_ref().map(|method| method.name.as_str()),
            lines: lines.collect(),
            made_at: self.context.clock.now().to_string(),
        }
    }
}

fn file(slips: &[PackingSlip<'_>], name: &str) -> Result<Response, Problem> {
    let file = PackingSlip::render(slips).map_err(Problem::internal)?;
    let disposition = format!("attachment; filename=\"{name}.pdf\"");
    let headers = [(header::CONTENT_TYPE, "application/pdf".to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    Ok((headers, file).into_response())
}
