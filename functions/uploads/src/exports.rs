//! Exports: CSV files that are requested here, written by `import-export`, and downloaded from S3 by a link.

use std::time::Duration;

use aws_sdk_s3::presigning::PresigningConfig;
use axum::extract::{Path, State};
use domain::access::Permission::InventoryRead;
use domain::event::Event;
use domain::id::ExportId;
use domain::picture::EXPORTS;
use domain::upload::CsvKind;
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
    /// `products` or `stock`.
    #[schema(example = "products")]
    of: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CsvExportBody {
    id: String,
    of: &'static str,
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
/// The file has all products, or all stock levels.
#[utoipa::path(post, path = "/api/v1/exports", request_body = CsvExportInput, responses(
    (status = 201, description = "The export was started.", body = Envelope<CsvExportBody>),
))]
pub(crate) async fn create(
    State(app): State<App>,
    staff: SignedIn,
    Body(body): Body<CsvExportInput>,
) -> Result<Answer<CsvExportBody>, Problem> {
    let mut fields = Fields::default();
    let kind = fields.check("of", CsvKind::parse(&body.of).ok_or("must be products or stock"));
    let (kind,) = fields.finish((kind,))?;
    if kind == CsvKind::Stock {
        staff.require(InventoryRead)?;
    }
    let now = app.context.clock.now();
    let export = Export::new(app.context.ids.export(now), staff.user.id, kind, now);
    let event = Event::ExportRequested { export_id: export.id };
    let outbox_event = app.context.ids.outbox_event(event, now);
    let change = AuditChange { before: None, after: Some(kind.name().to_owned()) };
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
    (status = 404, description = "`export_not_found`."),
))]
pub(crate) async fn show(
    State(app): State<App>,
    staff: SignedIn,
    Path(id): Path<String>,
) -> Result<Answer<CsvExportBody>, Problem> {
    let missing = || Problem::not_found("export_not_found", "You have no such export.");
    let id = ExportId::parse(&id).map_err(|_| missing())?;
    let export = app
        .context
        .store
        .export_of(id, app.context.clock.now())
        .await?
        .filter(|export| export.owner == staff.user.id)
        .ok_or_else(missing)?;
    let url = if export.finished { Some(link(&app, &export).await?) } else { None };
    if url.is_some() {
        app.context.trail.read(staff.user.id, "export.download", export.id, Some(export.kind.name().to_owned())).await;
    }
    Ok(Answer::ok("The export.", wire(&export, url)))
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
        state: if export.finished { "finished" } else { "running" },
        lines: export.lines,
        url,
        created_at: export.created_at.to_string(),
    }
}
