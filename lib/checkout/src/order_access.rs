//! Who may see an order: its buyer, signed in or with the order's token, and staff with the permission. Anybody else
//! gets 404.

use axum::http::{HeaderMap, HeaderName};
use domain::access::Permission;
use domain::order::{Actor, Order};
use domain::time::Time;
use kit::http::auth::{Auth, Identity};
use kit::http::problem::Problem;
use kit::runtime::links::LinkKeys;

pub const ORDER_TOKEN: HeaderName = HeaderName::from_static("order-token");

#[derive(Debug, Clone)]
pub struct OrderAccess {
    pub auth: Auth,
    pub links: LinkKeys,
}

impl OrderAccess {
    pub fn missing() -> Problem {
        Problem::not_found("order_not_found", "There is no such order.")
    }

    /// Whether there is a token of an order, good or not.
    pub fn has_token(&self, headers: &HeaderMap) -> bool {
        headers.contains_key(ORDER_TOKEN)
    }

    /// Who sent these headers. `staff` is the permission that staff, or a server, need. `None`: they may not see the order.
    pub async fn actor(
        &self,
        headers: &HeaderMap,
        order: &Order,
        staff: Permission,
        now: Time,
    ) -> Result<Option<Actor>, Problem> {
        if let Some(identity) = self.auth.identify(headers).await? {
            if let Identity::User(me) = &identity
                && order.user_id == Some(me.user.id)
            {
                return Ok(Some(Actor::User(me.user.id)));
            }
            if identity.may(staff) {
                return Ok(Some(Actor::Staff(identity.id())));
            }
        }
        if let Some(token) = headers.get(ORDER_TOKEN).and_then(|value| value.to_str().ok())
            && self.links.key(now).await?.opens_order(order.id, token, now)
        {
            return Ok(Some(order.placed_by().map_or(Actor::Guest, Actor::User)));
        }
        Ok(None)
    }
}
