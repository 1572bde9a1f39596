//! Access control of every route that is not public: a valid token, a live session, no ban, and the permission. Session
//! and user are read on each request, in one round trip, so a logout or a ban takes effect on the next request.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use domain::access::{Permission, StaffRules};
use domain::session::{Session, check_access};
use domain::time::Time;
use domain::user::User;
use store::Store;

use crate::http::problem::Problem;
use crate::http::tokens::Verifier;
use crate::http::trail::Trail;
use crate::runtime::clock::Clock;

/// Who may use a route. There is no default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    Public,
    /// Anybody, signed in or not. What they get depends on who they are; a token that is sent must be valid. The handler
    /// asks [`Auth::authenticate_optional`] or [`Auth::is_staff`].
    OptionalSignIn,
    SignedIn,
    Staff(Permission),
    /// Staff who have proved lately that the account is theirs: at sign-in, or with `POST /auth/confirm`.
    StaffWithFreshProof(Permission),
}

impl Access {
    pub(crate) fn permission(self) -> Option<Permission> {
        match self {
            Self::Public | Self::OptionalSignIn | Self::SignedIn => None,
            Self::Staff(permission) | Self::StaffWithFreshProof(permission) => Some(permission),
        }
    }
}

impl std::fmt::Display for Access {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Public => f.write_str("public"),
            Self::OptionalSignIn => f.write_str("public, sign-in optional"),
            Self::SignedIn => f.write_str("signed in"),
            Self::Staff(permission) => f.write_str(permission.name()),
            Self::StaffWithFreshProof(permission) => write!(f, "{}, fresh proof", permission.name()),
        }
    }
}

#[derive(Debug, Clone)]
pub struct Auth {
    pub verifier: Verifier,
    pub store: Store,
    pub clock: Clock,
    pub staff_rules: StaffRules,
    pub trail: Trail,
}

/// The user and the session of a request, as the table has them now.
#[derive(Debug, Clone)]
pub struct SignedIn {
    pub user: User,
    pub session: Session,
    staff_rules: StaffRules,
}

impl SignedIn {
    pub fn may(&self, permission: Permission) -> bool {
        self.staff_rules.check(&self.user, permission).is_ok()
    }

    /// For routes whose input decides which permission is needed.
    pub fn require(&self, permission: Permission) -> Result<(), Problem> {
        Ok(self.staff_rules.check(&self.user, permission)?)
    }

    /// For routes whose input decides whether a fresh proof is needed.
    pub fn require_fresh_proof(&self, now: Time) -> Result<(), Problem> {
        Ok(self.staff_rules.check_proof(&self.user, &self.session, now)?)
    }

    pub(crate) fn check(&self, access: Access, now: Time) -> Result<(), Problem> {
        if let Some(permission) = access.permission() {
            self.require(permission)?;
        }
        if let Access::StaffWithFreshProof(_) = access {
            self.require_fresh_proof(now)?;
        }
        Ok(())
    }
}

impl Auth {
    /// The user whose token the request has. The token must be valid and its session live.
    pub(crate) async fn authenticate(&self, headers: &HeaderMap) -> Result<SignedIn, Problem> {
        let token = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(bearer);
        let token = token.ok_or_else(|| Problem::unauthorized("unauthenticated", "Sign in first."))?;
        let now = self.clock.now();
        let claims = self.verifier.verify(token, now).await?;
        let (user, session) = self.store.user_and_session(claims.sub, claims.sid).await?;
        check_access(user.as_ref(), session.as_ref(), now)?;
        let (Some(user), Some(session)) = (user, session) else {
            return Err(Problem::internal("access was granted without user and session"));
        };
        Ok(SignedIn { user, session, staff_rules: self.staff_rules })
    }

    /// On a public route: who is asking, if the request has a token. A token that is sent must be valid.
    pub async fn authenticate_optional(&self, headers: &HeaderMap) -> Result<Option<SignedIn>, Problem> {
        if !headers.contains_key(header::AUTHORIZATION) {
            return Ok(None);
        }
        self.authenticate(headers).await.map(Some)
    }

    /// On a public route: whether a member of staff with this permission is asking.
    pub async fn is_staff(&self, headers: &HeaderMap, permission: Permission) -> Result<bool, Problem> {
        let signed_in = self.authenticate_optional(headers).await?;
        Ok(signed_in.is_some_and(|signed_in| signed_in.may(permission)))
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
