//! Access control of every route that is not public: a valid token, a live session, no ban, and the permission. Session
//! and user are read on each request, in one round trip, so a logout or a ban takes effect on the next request.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use domain::access::Permission;
use domain::session::{Session, check_access};
use domain::user::User;
use store::Store;

use crate::http::problem::Problem;
use crate::http::tokens::Verifier;
use crate::runtime::clock::Clock;

/// Who may use a route. There is no default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    Public,
    SignedIn,
    Staff(Permission),
}

impl std::fmt::Display for Access {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Public => f.write_str("public"),
            Self::SignedIn => f.write_str("signed in"),
            Self::Staff(permission) => f.write_str(permission.name()),
        }
    }
}

#[derive(Debug, Clone)]
pub struct Auth {
    pub verifier: Verifier,
    pub store: Store,
    pub clock: Clock,
}

/// The user and the session of a request, as the table has them now.
#[derive(Debug, Clone)]
pub struct SignedIn {
    pub user: User,
    pub session: Session,
}

impl SignedIn {
    /// For routes whose input decides which permission is needed.
    pub fn require(&self, permission: Permission) -> Result<(), Problem> {
        if self.user.role.may(permission) {
            return Ok(());
        }
        let message = format!("This needs the permission {}.", permission.name());
        Err(Problem::forbidden("forbidden", message))
    }
}

impl Auth {
    pub async fn authorize(&self, headers: &HeaderMap, access: Access) -> Result<SignedIn, Problem> {
        let token = headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(bearer)
            .ok_or_else(|| Problem::unauthorized("unauthenticated", "Sign in first."))?;
        let now = self.clock.now();
        let claims = self.verifier.verify(token, now).await?;
        let (user, session) = self.store.user_and_session(claims.sub, claims.sid).await?;
        check_access(user.as_ref(), session.as_ref(), now)?;
        let (Some(user), Some(session)) = (user, session) else {
            return Err(Problem::internal("access was granted without user and session"));
        };
        let signed_in = SignedIn { user, session };
        if let Access::Staff(permission) = access {
            signed_in.require(permission)?;
        }
        Ok(signed_in)
    }

    /// On a public route: who is asking, if the request has a token. A token that is sent must be valid.
    pub async fn authenticate_optional(&self, headers: &HeaderMap) -> Result<Option<SignedIn>, Problem> {
        if !headers.contains_key(header::AUTHORIZATION) {
            return Ok(None);
        }
        self.authorize(headers, Access::SignedIn).await.map(Some)
    }

    /// On a public route: whether a member of staff with this permission is asking.
    pub async fn is_staff(&self, headers: &HeaderMap, permission: Permission) -> Result<bool, Problem> {
        let signed_in = self.authenticate_optional(headers).await?;
        Ok(signed_in.is_some_and(|signed_in| signed_in.user.role.may(permission)))
    }
}

fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

impl<S: Send + Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get().cloned().ok_or_else(|| Problem::internal("a public route has no signed-in user"))
    }
}
