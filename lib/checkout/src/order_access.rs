//! Who sees an order: its buyer, signed in or with the order's token, and staff who may. To anybody else it is not
//! there.

use axum::http::{HeaderMap, HeaderName};
use domain::access::Permission;
use domain::order::{Actor, Order};
use domain::time::Time;
use kit::http::auth::{Auth, SignedIn};
use kit::http::problem::Problem;
use kit::runtime::links::LinkKeys;

const TOKEN: HeaderName = HeaderName::from_static("order-token");

#[derive(Debug, Clone)]
pub struct OrderAccess {
    pub auth: Auth,
    pub links: LinkKeys,
}

impl OrderAccess {
    pub fn missing() -> Problem {
        Problem::not_found("order_not_found", "There is no such order.")
    }

    /// Who sent these headers, to this order.
    pub async fn to(&self, headers: &HeaderMap, order: &Order, staff: Permission, now: Time) -> Result<Actor, Problem> {
        let who = self.auth.authenticate_optional(headers).await?;
        self.as_whom(who.as_ref(), headers, order, staff, now).await
    }

    pub async fn as_whom(
        &self,
        who: Option<&SignedIn>,
        headers: &HeaderMap,
        order: &Order,
        staff: Permission,
        now: Time,
    ) -> Result<Actor, Problem> {
        if let Some(me) = who {
            if order.user_id == Some(me.user.id) {
                return Ok(Actor::User(me.user.id));
            }
            if me.user.role.may(staff) {
                return Ok(Actor::Staff(me.user.id));
            }
        }
        if let Some(token) = headers.get(TOKEN).and_then(|value| value.to_str().ok())
            && self.links.key(now).await?.opens_order(order.id, token)
        {
            return Ok(order.user_id.map_or(Actor::Guest, Actor::User));
        }
        Err(Self::missing())
    }
}
