//! `GET /api/v1/users/me/export`: all data that the shop keeps about a person.

use axum::extract::State;
use domain::returns::{Return, ReturnLine, ReturnReason};
use domain::review::Reviewer;
use kit::http::answer::{Answer, Envelope};
use kit::http::auth::SignedIn;
use kit::http::money::MoneyBody;
use kit::http::problem::Problem;
use kit::http::user::UserBody;
use products::review_body::OwnReviewBody;
use serde::Serialize;
use store::page::PageRequest;
use utoipa::ToSchema;

use crate::App;
use crate::body::{AddressBody, SessionBody};

const MAX_ORDERS: u32 = 1_000;

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AccountExportBody {
    exported_at: String,
    profile: UserBody,
    addresses: Vec<AddressBody>,
    sessions: Vec<SessionBody>,
    /// The kinds of device from which this person signed in.
    devices: Vec<ExportedDeviceBody>,
    /// SKUs that this person wants a mail about when they are back in stock.
    stock_alerts: Vec<ExportedSkuBody>,
    cart: Vec<ExportedCartLineBody>,
    wishlist: Vec<ExportedSkuBody>,
    /// Newest first, at most a thousand.
    reviews: Vec<OwnReviewBody>,
    /// The reviews that this person found helpful, at most a thousand.
    helpful_review_ids: Vec<String>,
    /// Newest first, at most a thousand. `GET /orders` lists all orders with all details.
    orders: Vec<ExportedOrderBody>,
    /// The returns of these orders. `GET /orders/{id}/returns` has their details.
    returns: Vec<ExportedReturnBody>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExportedReturnBody {
    id: String,
    order_id: String,
    /// The status of the return.
    status: &'static str,
    /// What this person sends back.
    items: Vec<ExportedReturnItemBody>,
    /// What this person wrote.
    comment: Option<String>,
    created_at: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExportedReturnItemBody {
    sku: String,
    quantity: u32,
    /// Why. Null for a withdrawal without a reason.
    reason: Option<&'static str>,
    /// The SKU that this person wants for it. Null: money.
    exchange_for: Option<String>,
}

impl From<Return> for ExportedReturnBody {
    fn from(it: Return) -> Self {
        Self {
            id: it.id.to_string(),
            order_id: it.order_id.to_string(),
            status: it.status.name(),
            items: it.lines.into_iter().map(ExportedReturnItemBody::from).collect(),
            comment: it.comment,
            created_at: it.created_at.to_string(),
        }
    }
}

impl From<ReturnLine> for ExportedReturnItemBody {
    fn from(line: ReturnLine) -> Self {
        Self {
            sku: line.sku.to_string(),
            quantity: line.quantity,
            reason: line.reason.map(ReturnReason::name),
            exchange_for: line.exchange_for.map(|variant| variant.sku.to_string()),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExportedCartLineBody {
    sku: String,
    quantity: u32,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExportedOrderBody {
    id: String,
    number: String,
    email: String,
    status: &'static str,
    total: MoneyBody,
    created_at: String,
    /// The VAT number that this person gave. Null: none.
    vat_number: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExportedSkuBody {
    sku: String,
    since: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExportedDeviceBody {
    name: String,
    first_seen: String,
}

/// Gets all data that the shop keeps about me, except secrets.
///
/// It is a copy for the person, as data protection laws want it.
#[utoipa::path(get, path = "/api/v1/users/me/export", responses(
    (status = 200, description = "My data.", body = Envelope<AccountExportBody>),
))]
pub(crate) async fn export(State(app): State<App>, me: SignedIn) -> Result<Answer<AccountExportBody>, Problem> {
    let first = PageRequest { limit: MAX_ORDERS, after: None };
    let reviewer = Reviewer::User(me.user.id);
    let (kept, book, waits, orders, reviews, votes) = tokio::join!(
        app.context.store.export(me.user.id),
        app.context.store.address_book(me.user.id),
        app.context.store.stock_alerts_of(me.user.id),
        app.context.store.orders_of(me.user.id, &first),
        app.context.store.reviews_by(&reviewer, &first),
        app.context.store.votes_of(me.user.id, MAX_ORDERS as usize)
    );
    let (kept, book, waits, orders, reviews, votes) = (kept?, book?, waits?, orders?, reviews?, votes?);
    let mut vat = app.context.store.vat_of(&orders.items).await?;
    let mut returns = Vec::new();
    for order in orders.items.iter().filter(|order| order.returns > 0) {
        returns.extend(app.context.store.returns_of(order.id).await?.into_iter().map(ExportedReturnBody::from));
    }
    let cart = kept.cart.into_iter().flat_map(|cart| cart.lines);
    let body = AccountExportBody {
        exported_at: app.context.clock.now().to_string(),
        profile: UserBody::of(kept.profile.as_ref().unwrap_or(&me.user), &app.images_url),
        addresses: AddressBody::all(&book),
        sessions: kept.sessions.iter().map(|session| SessionBody::of(session, Some(me.session.id))).collect(),
        devices: kept
            .devices
            .into_iter()
            .map(|device| ExportedDeviceBody { name: device.name, first_seen: device.first_seen.to_string() })
            .collect(),
        stock_alerts: waits
            .into_iter()
            .map(|wait| ExportedSkuBody { sku: wait.sku.to_string(), since: wait.since.to_string() })
            .collect(),
        cart: cart.map(|line| ExportedCartLineBody { sku: line.sku.to_string(), quantity: line.quantity }).collect(),
        wishlist: kept
            .wishlist
            .into_iter()
            .map(|item| ExportedSkuBody { sku: item.sku.to_string(), since: item.since.to_string() })
            .collect(),
        reviews: reviews.items.iter().map(|review| OwnReviewBody::of(review, &app.images_url)).collect(),
        helpful_review_ids: votes.iter().map(ToString::to_string).collect(),
        orders: orders
            .items
            .into_iter()
            .map(|order| ExportedOrderBody {
                id: order.id.to_string(),
                number: order.number.clone(),
                email: order.email.to_string(),
                status: order.status.name(),
                total: order.money(order.totals.total).into(),
                created_at: order.created_at.to_string(),
                vat_number: vat.remove(&order.id).map(|vat| vat.number.as_str().to_owned()),
            })
            .collect(),
        returns,
    };
    Ok(Answer::ok("All data that we keep about you.", body))
}
