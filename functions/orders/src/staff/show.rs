//! One order with all that staff need to decide about it.

use axum::extract::{Path, State};
use checkout::OrderAccess;
use domain::id::OrderId;
use domain::order::{Actor, parse_number};
use domain::user::User;
use kit::http::answer::{Answer, Envelope};
use kit::http::auth::Identity;
use kit::http::problem::Problem;
use serde::Serialize;
use utoipa::ToSchema;

use crate::App;
use checkout::order_body::{HistoryEntryBody, OrderBody, history};

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StaffOrderBody {
    #[serde(flatten)]
    order: OrderBody,
    /// The account of the buyer. Null for a guest, and when the account was deleted.
    customer: Option<OrderCustomerBody>,
    /// What happened to the order, by whom and why, oldest first.
    history: Vec<HistoryEntryBody>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OrderCustomerBody {
    id: String,
    /// The name of the person.
    name: String,
    /// The address that the account has now. The order keeps the one that it was placed with.
    email: String,
    email_verified: bool,
    created_at: String,
}

impl From<User> for OrderCustomerBody {
    fn from(user: User) -> Self {
        Self {
            id: user.id.to_string(),
            name: user.name.as_str().to_owned(),
            email: user.email.to_string(),
            email_verified: user.email_verified,
            created_at: user.created_at.to_string(),
        }
    }
}

/// Gets the whole order, for staff.
///
/// With its history, refunds and dispute, and the account of its buyer. The number of the order is as good as its id.
/// `POST /orders/{id}/cancel` cancels it, and `POST /payments/{id}/refunds` with the id of its payment gives money back.
/// Reading it leaves an entry in the audit trail.
#[utoipa::path(get, path = "/api/v1/admin/orders/{id}", params(("id" = String, Path)), responses(
    (status = 200, description = "The order.", body = Envelope<StaffOrderBody>),
    (status = 404, description = "`order_not_found`."),
    (status = 409, description = "`order_number_ambiguous`: several orders have this number."),
))]
pub(crate) async fn show(
    State(app): State<App>,
    staff: Identity,
    Path(id): Path<String>,
) -> Result<Answer<StaffOrderBody>, Problem> {
    let store = &app.context.store;
    let id = app.order_named(&id).await?;
    let whole = store.whole_order(id).await?.ok_or_else(OrderAccess::missing)?;
    let customer = match whole.order.user_id {
        Some(user) => store.user(user).await?,
        None => None,
    };
    app.context.trail.read(staff.id(), "order.read", id, None).await;
    let body = StaffOrderBody {
        customer: customer.map(Into::into),
        history: history(&whole, true),
        order: OrderBody::whole(&whole, &app.images_url, Actor::Staff(staff.id())),
    };
    Ok(Answer::ok("The order.", body))
}

impl App {
    /// The order that staff name by its id or its number.
    pub(crate) async fn order_named(&self, name: &str) -> Result<OrderId, Problem> {
        if let Ok(id) = OrderId::parse(name) {
            return Ok(id);
        }
        let number = parse_number(name).map_err(|_| OrderAccess::missing())?;
        match self.context.store.orders_numbered(&number).await?.as_slice() {
            [] => Err(OrderAccess::missing()),
            [id] => Ok(*id),
            _ => {
                let message = "Several orders have this number. List them by it, and choose one by its id.";
                Err(Problem::conflict("order_number_ambiguous", message))
            }
        }
    }
}
