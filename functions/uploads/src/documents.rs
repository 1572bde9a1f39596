//! Links to the files of an order's invoices and credit notes. The function `documents` issues and stores them.

use std::time::Duration;

use aws_sdk_s3::presigning::PresigningConfig;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use checkout::OrderAccess;
use domain::access::Permission;
use domain::document::Document;
use domain::id::OrderId;
use domain::order::Actor;
use kit::http::answer::{Answer, Envelope};
use kit::http::problem::Problem;
use serde::Serialize;
use utoipa::ToSchema;

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
