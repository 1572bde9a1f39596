//! `GET /api/v1/users/me/export`: everything that we keep about a person, for that person.

use axum::extract::State;
use kit::answer::{Answer, Envelope};
use kit::gate::SignedIn;
use kit::problem::Problem;
use serde::Serialize;
use utoipa::ToSchema;

use crate::App;
use crate::body::{AddressBody, SessionBody, UserBody};

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExportBody {
    exported_at: String,
    profile: UserBody,
    addresses: Vec<AddressBody>,
    sessions: Vec<SessionBody>,
    /// The kinds of device that we know as this person's.
    devices: Vec<DeviceBody>,
    /// What they asked to be told of when it is back.
    stock_alerts: Vec<StockAlertBody>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StockAlertBody {
    sku: String,
    since: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DeviceBody {
    name: String,
    first_seen: String,
}

/// Everything that is kept about me, but secrets.
#[utoipa::path(get, path = "/api/v1/users/me/export", responses(
    (status = 200, description = "My data.", body = Envelope<ExportBody>),
))]
pub(crate) async fn export(
    State(app): State<App>,
    me: SignedIn,
) -> Result<Answer<ExportBody>, Problem> {
    let (kept, book, waits) = tokio::join!(
        app.store.export(me.user.id),
        app.store.address_book(me.user.id),
        app.store.waits_of(me.user.id)
    );
    let (kept, book, waits) = (kept?, book?, waits?);
    let body = ExportBody {
        exported_at: app.clock.now().to_string(),
        profile: UserBody::of(kept.profile.as_ref().unwrap_or(&me.user)),
        addresses: AddressBody::all(&book),
        sessions: kept
            .sessions
            .iter()
            .map(|session| SessionBody::of(session, &me.session))
            .collect(),
        devices: kept
            .devices
            .into_iter()
            .map(|device| DeviceBody {
                name: device.name,
                first_seen: device.first_seen.to_string(),
            })
            .collect(),
        stock_alerts: waits
            .into_iter()
            .map(|wait| StockAlertBody {
                sku: wait.sku.to_string(),
                since: wait.since.to_string(),
            })
            .collect(),
    };
    Ok(Answer::ok("Everything we keep about you.", body))
}
