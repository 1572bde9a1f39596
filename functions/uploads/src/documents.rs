//! The documents of an order: links to the files of invoices and credit notes, and packing slips, which are made when they
//! are asked for. `documents` issues and stores the others.

use std::time::Duration;

use aws_sdk_s3::presigning::PresigningConfig;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use checkout::OrderAccess;
use domain::access::Permission;
use domain::document::Document;
use domain::id::{OrderId, ParcelId, VariantId};
use domain::order::{Actor, Order, Purchase};
use kit::http::answer::{Answer, Envelope};
use kit::http::auth::Identity;
use kit::http::body::{Fields, Query};
use kit::http::problem::Problem;
use pdf_documents::{PackingSlip, SlipLine};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::App;

/// How long a link to a file is valid.
pub(crate) const LINK_TTL: Duration = Duration::from_mins(5);

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DocumentBody {
    /// The number of the document. Those of a kind and a year have no gaps.
    number: String,
    /// `invoice`, `credit_note`, or `cancellation` of a credit note whose refund failed.
    kind: &'static str,
    /// For a credit note the number of its invoice, for a cancellation that of its credit note. Null for an invoice.
    refers_to: Option<String>,
    /// The refund that a credit note or a cancellation is about. Null for an invoice.
    refund_id: Option<String>,
    /// The day of issue in the time zone of the shop.
    day: String,
    /// When it was issued.
    issued_at: String,
    /// The SHA-256 hash of the file, in hexadecimal.
    sha256: String,
    /// The file, a PDF. The link is valid for five minutes; each request makes a new one.
    url: String,
}

/// Lists the invoice and the credit notes of an order.
///
/// Its buyer (signed in, or with its `Order-Token`) and staff may see them. An invoice is there some seconds after the
/// payment, a credit note some seconds after the refund. They stay when the account is deleted.
#[utoipa::path(get, path = "/api/v1/orders/{id}/documents", params(("id" = String, Path), ("Order-Token" = Option<String>, Header)), responses(
    (status = 200, description = "The documents, oldest first.", body = Envelope<Vec<DocumentBody>>),
    (status = 404, description = "`order_not_found`: it does not exist, or it is not yours."),
))]
pub(crate) async fn list(
    State(app): State<App>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Answer<Vec<DocumentBody>>, Problem> {
    let id = OrderId::parse(&id).map_err(|_| OrderAccess::missing())?;
    let (store, now) = (&app.context.store, app.context.clock.now());
    let (order, documents) = tokio::join!(store.order(id), store.documents_of(id));
    let (order, documents) = (order?.ok_or_else(OrderAccess::missing)?, documents?);
    let actor = app.access.actor(&headers, &order, Permission::OrdersReadAll, now).await?;
    if let Actor::Staff(staff) = actor.ok_or_else(OrderAccess::missing)? {
        app.context.trail.read(staff, "order.read", id, None).await;
    }
    let mut listed = Vec::with_capacity(documents.len());
    for document in &documents {
        // One without a file was issued this moment.
        if let Some(file) = &document.file {
            listed.push(DocumentBody {
                number: document.number.clone(),
                kind: document.kind.name(),
                refers_to: document.refers_to.clone(),
                refund_id: document.refund_id.map(|id| id.to_string()),
                day: document.day.to_string(),
                issued_at: document.issued_at.to_string(),
                sha256: file.sha256.clone(),
                url: link(&app, document).await?,
            });
        }
    }
    Ok(Answer::ok("The documents of the order.", listed))
}

async fn link(app: &App, document: &Document) -> Result<String, Problem> {
    let valid_for = PresigningConfig::expires_in(LINK_TTL).map_err(Problem::internal)?;
    let get = app.s3.get_object().bucket(&app.documents_bucket).key(document.key());
    let name = format!("attachment; filename=\"{}.pdf\"", document.number);
    let signed = get.response_content_disposition(name).presigned(valid_for).await;
    Ok(signed.map_err(Problem::internal)?.uri().to_owned())
}

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
pub(crate) async fn packing_slip(
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
    let (order, purchase) = (&found.order, &found.purchase);
    let packed = packed(order, purchase, parcel)?;
    let lines = packed.iter().filter_map(|&(variant, quantity)| {
        let line = purchase.lines.iter().find(|line| line.variant_id == variant)?;
        Some(SlipLine { name: &line.name, options: &line.options, sku: line.sku.as_str(), quantity })
    });
    let slip = PackingSlip {
        seller: &app.seller,
        language: order.language.unwrap_or(app.language),
        order_number: &order.number,
        address: &purchase.shipping,
        shipping_method: purchase.shipping_method.as_ref().map(|method| method.name.as_str()),
        lines: lines.collect(),
        made_at: app.context.clock.now().to_string(),
    };
    let file = slip.render().map_err(Problem::internal)?;
    let name = format!("attachment; filename=\"packing-slip-{}.pdf\"", order.number);
    let headers = [(header::CONTENT_TYPE, "application/pdf".to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, file).into_response())
}

/// What is in the parcel, or without one what is still to be sent.
fn packed(order: &Order, purchase: &Purchase, parcel: Option<ParcelId>) -> Result<Vec<(VariantId, u32)>, Problem> {
    let Some(parcel) = parcel else {
        let to_send = order.to_send(purchase);
        let message = "Nothing of this order is still to be sent. Name a parcel for its packing slip.";
        return if to_send.is_empty() { Err(Problem::conflict("nothing_to_send", message)) } else { Ok(to_send) };
    };
    let parcel = order.parcel(purchase, parcel);
    let missing = || Problem::not_found("parcel_not_found", "This parcel does not exist.");
    parcel.map(|parcel| parcel.lines).ok_or_else(missing)
}
