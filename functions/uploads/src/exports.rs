//! Exports: CSV files that are requested here, written by `import-export`, and downloaded from S3 by a link.

use std::time::Duration;

use aws_sdk_s3::presigning::PresigningConfig;
use axum::extract::{Path, State};
use domain::access::Permission::{InventoryRead, OrdersReadAll, ProductsWrite};
use domain::event::Event;
use domain::id::ExportId;
use domain::order::{parse_from, parse_to};
use domain::picture::EXPORTS;
use domain::time::Time;
use domain::upload::{ExportKind, Period};
use kit::http::answer::{Answer, Envelope};
use kit::http::auth::SignedIn;
use kit::http::body::{Body, Fields};
use kit::http::problem::Problem;
use serde::{Deserialize, Serialize};
use store::Commit;
use store::audit::AuditChange;
use store::imports::{Export, ExportConflict};
use utoipa::ToSchema;

use crate::App;

/// How long a download link is valid.
const LINK_TTL: Duration = Duration::from_mins(5);

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CsvExportInput {
    /// `products`, `stock` or `orders`.
    #[schema(example = "products")]
    of: String,
    /// Only for orders, and required for them: those that were placed at this time or later. A day stands for its first
    /// moment, in UTC.
    #[schema(example = "2026-11-01")]
    from: Option<String>,
    /// Only for orders, and required for them: those that were placed before this time, and before the export was asked
    /// for. A day stands for its end. At most 366 days after `from`.
    #[schema(example = "2026-11-30")]
    to: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CsvExportBody {
    id: String,
    of: &'static str,
    /// For orders: when the first of them was placed at the earliest.
    from: Option<String>,
    /// For orders: all of them were placed before this time.
    to: Option<String>,
    /// `running` or `finished`.
    state: &'static str,
    /// Lines written so far, without the header.
    lines: u64,
    /// The download link, valid for five minutes. Each request makes a new one.
    url: Option<String>,
    created_at: String,
}

/// Starts an export to a CSV file.
///
/// The file has all products, all stock levels, or the orders of a period, oldest first: a line for each line of an order,
/// with the fields of the order on each. Products need the permission `products:write`, stock also `inventory:read`, and
/// orders `orders:read-all`; all of them a fresh proof of who you are.
#[utoipa::path(post, path = "/api/v1/exports", request_body = CsvExportInput, responses(
    (status = 201, description = "The export was started.", body = Envelope<CsvExportBody>),
    (status = 403, description = "`forbidden`: the permission is missing. `two_factor_required`: turn two-factor sign-in on first. `fresh_proof_required`: confirm with `POST /auth/confirm` first."),
))]
pub(crate) async fn create(
    State(app): State<App>,
    staff: SignedIn,
    Body(body): Body<CsvExportInput>,
) -> Result<Answer<CsvExportBody>, Problem> {
    let mut fields = Fields::default();
    let now = app.context.clock.now();
    let checked = (
        fields.check("of", ExportKind::parse(&body.of).ok_or("must be products, stock or orders")),
        fields.check_optional("from", body.from.as_deref(), parse_from),
        fields.check_optional("to", body.to.as_deref(), parse_to),
    );
    let (kind, from, to) = fields.finish(checked)?;
    require(&staff, kind, now)?;
    let period = period(kind, from, to, now)?;
    let export = Export { period, ..Export::new(app.context.ids.export(now), staff.user.id, kind, now) };
    let event = Event::ExportRequested { export_id: export.id };
    let outbox_event = app.context.ids.outbox_event(event, now);
    let change = AuditChange { before: None, after: Some(describe(&export)) };
    let entry = app.context.audit_entry(staff.user.id, "export.create", export.id, change, now);
    let begun = app.context.store.begin_export(&export, &outbox_event, &entry).await;
    begun.map_err(|error| match error {
        Commit::Refused(ExportConflict::Changed) => Problem::internal("the id of a new export exists already"),
        Commit::Store(error) => error.into(),
    })?;
    Ok(Answer::created("The export was started.", wire(&export, None)))
}

/// The state of one of your exports.
///
/// It has a download link when it is finished.
#[utoipa::path(get, path = "/api/v1/exports/{id}", params(("id" = String, Path)), responses(
    (status = 200, description = "The export.", body = Envelope<CsvExportBody>),
    (status = 403, description = "`forbidden`: the permission is missing. `two_factor_required`: turn two-factor sign-in on first. `fresh_proof_required`: confirm with `POST /auth/confirm` first."),
    (status = 404, description = "`export_not_found`."),
))]
pub(crate) async fn show(
    State(app): State<App>,
    staff: SignedIn,
    Path(id): Path<String>,
) -> Result<Answer<CsvExportBody>, Problem> {
    let missing = || Problem::not_found("export_not_found", "You have no such export.");
    let (id, now) = (ExportId::parse(&id).map_err(|_| missing())?, app.context.clock.now());
    let export = app
        .context
        .store
        .export_of(id, now)
        .await?
        .filter(|export| export.owner == staff.user.id)
        .ok_or_else(missing)?;
    require(&staff, export.kind, now)?;
    let url = if export.finished { Some(link(&app, &export).await?) } else { None };
    if url.is_some() {
        app.context.trail.read(staff.user.id, "export.download", export.id, Some(describe(&export))).await;
    }
    Ok(Answer::ok("The export.", wire(&export, url)))
}

/// What an export of this kind needs.
fn require(staff: &SignedIn, kind: ExportKind, now: Time) -> Result<(), Problem> {
    match kind {
        ExportKind::Products => staff.require(ProductsWrite)?,
        ExportKind::Stock => {
            staff.require(ProductsWrite)?;
            staff.require(InventoryRead)?;
        }
        ExportKind::Orders => staff.require(OrdersReadAll)?,
    }
    staff.require_fresh_proof(now)
}

fn period(kind: ExportKind, from: Option<Time>, to: Option<Time>, now: Time) -> Result<Option<Period>, Problem> {
    match (kind, from, to) {
        (ExportKind::Orders, Some(from), Some(to)) => {
            let period = Period::of_export(from, to, now);
            period.map(Some).map_err(|error| Problem::field("to", error.to_string()))
        }
        (ExportKind::Orders, None, _) => Err(Problem::field("from", "is required for orders")),
        (ExportKind::Orders, _, None) => Err(Problem::field("to", "is required for orders")),
        (_, None, None) => Ok(None),
        (_, Some(_), _) => Err(Problem::field("from", "can be given only for orders")),
        (_, None, Some(_)) => Err(Problem::field("to", "can be given only for orders")),
    }
}

/// What it has, for the audit trail.
fn describe(export: &Export) -> String {
    let name = export.kind.name();
    export.period.map_or_else(|| name.to_owned(), |Period { from, to }| format!("{name} from {from}, before {to}"))
}

async fn link(app: &App, export: &Export) -> Result<String, Problem> {
    let valid_for = PresigningConfig::expires_in(LINK_TTL).map_err(Problem::internal)?;
    let name = format!("attachment; filename=\"{}.csv\"", export.kind.name());
    let signed = app
        .s3
        .get_object()
        .bucket(&app.bucket)
        .key(format!("{EXPORTS}{}", export.id))
        .response_content_disposition(name)
        .presigned(valid_for)
        .await;
    Ok(signed.map_err(Problem::internal)?.uri().to_owned())
}

fn wire(export: &Export, url: Option<String>) -> CsvExportBody {
    CsvExportBody {
        id: export.id.to_string(),
        of: export.kind.name(),
        from: export.period.map(|period| period.from.to_string()),
        to: export.period.map(|period| period.to.to_string()),
        state: if export.finished { "finished" } else { "running" },
        lines: export.lines,
        url,
        created_at: export.created_at.to_string(),
    }
}
