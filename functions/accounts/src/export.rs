//! `GET /api/v1/users/me/export`: everything that we keep about a person, for that person.

use axum::extract::State;
use kit::http::answer::{Answer, Envelope};
use kit::http::auth::SignedIn;
use kit::http::money::MoneyBody;
use kit::http::problem::Problem;
use serde::Serialize;
use store::page::PageRequest;
use utoipa::ToSchema;

use crate::App;
use crate::body::{AddressBody, SessionBody, UserBody};

const MAX_ORDERS: u32 = 1_000;

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
    stock_alerts: Vec<WareSince>,
    cart: Vec<ExportedLine>,
    wishes: Vec<WareSince>,
    /// Newest first, at most a thousand; `GET /orders` leads through all, and tells each in full.
    orders: Vec<ExportedOrder>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExportedLine {
    sku: String,
    quantity: u32,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExportedOrder {
    id: String,
    number: String,
    email: String,
    status: &'static str,
    total: MoneyBody,
    created_at: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WareSince {
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
pub(crate) async fn export(State(app): State<App>, me: SignedIn) -> Result<Answer<ExportBody>, Problem> {
    let first = PageRequest { limit: MAX_ORDERS, after: None };
    let (kept, book, waits, orders) = tokio::join!(
        app.store.export(me.user.id),
        app.store.address_book(me.user.id),
        app.store.stock_alerts_of(me.user.id),
        app.store.orders_of(me.user.id, &first)
    );
    let (kept, book, waits, orders) = (kept?, book?, waits?, orders?);
    let cart = kept.cart.into_iter().flat_map(|cart| cart.lines);
    let body = ExportBody {
        exported_at: app.clock.now().to_string(),
        profile: UserBody::of(kept.profile.as_ref().unwrap_or(&me.user)),
        addresses: AddressBody::all(&book),
        sessions: kept.sessions.iter().map(|session| SessionBody::of(session, &me.session)).collect(),
        devices: kept
            .devices
            .into_iter()
            .map(|device| DeviceBody { name: device.name, first_seen: device.first_seen.to_string() })
            .collect(),
        stock_alerts: waits
            .into_iter()
            .map(|wait| WareSince { sku: wait.sku.to_string(), since: wait.since.to_string() })
            .collect(),
        cart: cart.map(|line| ExportedLine { sku: line.sku.to_string(), quantity: line.quantity }).collect(),
        wishes: kept
            .wishlist
            .into_iter()
            .map(|wish| WareSince { sku: wish.sku.to_string(), since: wish.since.to_string() })
            .collect(),
        orders: orders
            .items
            .into_iter()
            .map(|order| ExportedOrder {
                id: order.id.to_string(),
                number: order.number.clone(),
                email: order.email.to_string(),
                status: order.status.name(),
                total: order.money(order.totals.total).into(),
                created_at: order.created_at.to_string(),
            })
            .collect(),
    };
    Ok(Answer::ok("Everything we keep about you.", body))
}
