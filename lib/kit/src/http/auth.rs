//! Access control of every route that is not public: a valid token, a live session, no ban, and the permission. Session
//! and user are read on each request, in one round trip, so a logout or a ban takes effect on the next request.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use domain::access::{Permission, PermissionRefusal, StaffRules};
use domain::actor::ActorId;
use domain::api_key::ApiKey;
use domain::rate::Limit;
use domain::session::{Session, check_access};
use domain::time::Time;
use domain::user::User;
use store::Store;

use crate::http::api_keys::{BEGINNING, user_required};
use crate::http::problem::Problem;
use crate::http::tokens::Verifier;
use crate::http::trail::Trail;
use crate::runtime::clock::Clock;

/// Who may use a route. There is no default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    Public,
    /// Anybody, signed in or not. What they get depends on who they are; a token that is sent must be valid. The handler
    /// asks [`Auth::authenticate_optional`].
    OptionalSignIn,
    /// The same, and staff with the permission get more. The handler asks [`Auth::is_staff`] or [`Auth::identify`].
    OptionalStaff(Permission),
    /// A person. API keys are refused.
    SignedIn,
    /// Staff, and servers whose API key has the permission.
    Staff(Permission),
    /// Staff who have proved lately that the account is theirs: at sign-in, or with `POST /auth/confirm`. API keys prove
    /// nothing of that kind, and are refused.
    StaffWithFreshProof(Permission),
}

impl Access {
    pub(crate) fn permission(self) -> Option<Permission> {
        match self {
            Self::Public | Self::OptionalSignIn | Self::OptionalStaff(_) | Self::SignedIn => None,
            Self::Staff(permission) | Self::StaffWithFreshProof(permission) => Some(permission),
        }
    }

    /// Whether an API key may be of use there.
    pub(crate) fn takes_keys(self) -> bool {
        match self {
            Self::OptionalStaff(permission) | Self::Staff(permission) => ApiKey::PERMISSIONS.contains(&permission),
            Self::Public | Self::OptionalSignIn | Self::SignedIn | Self::StaffWithFreshProof(_) => false,
        }
    }
}

impl std::fmt::Display for Access {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Public => f.write_str("public"),
            Self::OptionalSignIn => f.write_str("public, sign-in optional"),
            Self::OptionalStaff(permission) => write!(f, "public, sign-in optional, more with {}", permission.name()),
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
    /// How many requests each API key may send.
    pub key_limit: Limit,
}

/// Who is asking: a person, or a server with an API key. Handlers of staff routes take it, and name its id in every
/// trail.
#[derive(Debug, Clone)]
pub enum Identity {
    User(Box<SignedIn>),
    Key(ApiKey),
}

impl Identity {
    pub fn id(&self) -> ActorId {
        match self {
            Self::User(signed_in) => signed_in.user.id.into(),
            Self::Key(key) => key.id.into(),
        }
    }

    pub fn may(&self, permission: Permission) -> bool {
        self.require(permission).is_ok()
    }

    /// For routes whose input decides which permission is needed.
    pub fn require(&self, permission: Permission) -> Result<(), Problem> {
        match self {
            Self::User(signed_in) => signed_in.require(permission),
            Self::Key(key) if key.may(permission) => Ok(()),
            Self::Key(_) => Err(PermissionRefusal::Missing(permission).into()),
        }
    }

    /// For routes whose input decides whether a fresh proof is needed. A key has none.
    pub fn require_fresh_proof(&self, now: Time) -> Result<(), Problem> {
        match self {
            Self::User(signed_in) => signed_in.require_fresh_proof(now),
            Self::Key(_) => Err(user_required()),
        }
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

/// The user and the session of a request, as the table has them now.
#[derive(Debug, Clone)]
pub struct SignedIn {
    pub user: User,
    pub session: Session,
    staff_rules: StaffRules,
}

impl SignedIn {
    /// For routes whose input decides which permission is needed.
    pub fn require(&self, permission: Permission) -> Result<(), Problem> {
        Ok(self.staff_rules.check(&self.user, permission)?)
    }

    /// For routes whose input decides whether a fresh proof is needed.
    pub fn require_fresh_proof(&self, now: Time) -> Result<(), Problem> {
        Ok(self.staff_rules.check_proof(&self.user, &self.session, now)?)
    }
}

impl Auth {
    /// Who may use a route that is not public. Where no key is of use, none is looked at.
    pub(crate) async fn admit(&self, headers: &HeaderMap, access: Access) -> Result<Identity, Problem> {
        let token = token(headers)?;
        if token.starts_with(BEGINNING) && !access.takes_keys() {
            return Err(user_required());
        }
        self.identity(token).await
    }

    async fn identity(&self, token: &str) -> Result<Identity, Problem> {
        if token.starts_with(BEGINNING) {
            return self.api_key(token).await.map(Identity::Key);
        }
        self.signed_in(token).await.map(|signed_in| Identity::User(Box::new(signed_in)))
    }

    /// The user whose token this is. The token must be valid and its session live.
    async fn signed_in(&self, token: &str) -> Result<SignedIn, Problem> {
        let now = self.clock.now();
        let claims = self.verifier.verify(token, now).await?;
        let (user, session) = self.store.user_and_session(claims.sub, claims.sid).await?;
        check_access(user.as_ref(), session.as_ref(), now)?;
        let (Some(user), Some(session)) = (user, session) else {
            return Err(Problem::internal("access was granted without user and session"));
        };
        Ok(SignedIn { user, session, staff_rules: self.staff_rules })
    }

    /// On a public route: which user is asking, if the request has a token. A token that is sent must be valid, and an
    /// API key is refused.
    pub async fn authenticate_optional(&self, headers: &HeaderMap) -> Result<Option<SignedIn>, Problem> {
        match sent_token(headers)? {
            None => Ok(None),
            Some(token) if token.starts_with(BEGINNING) => Err(user_required()),
            Some(token) => self.signed_in(token).await.map(Some),
        }
    }

    /// On a public route: who is asking, a user or a server, if the request has a token or a key. It must be valid.
    pub async fn identify(&self, headers: &HeaderMap) -> Result<Option<Identity>, Problem> {
        match sent_token(headers)? {
            None => Ok(None),
            Some(token) => self.identity(token).await.map(Some),
        }
    }

    /// On a public route: whether a member of staff, or a server, with this permission is asking.
    pub async fn is_staff(&self, headers: &HeaderMap, permission: Permission) -> Result<bool, Problem> {
        Ok(self.identify(headers).await?.is_some_and(|identity| identity.may(permission)))
    }
}

/// On a public route: the token, if the request has one.
fn sent_token(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    if headers.contains_key(header::AUTHORIZATION) { token(headers).map(Some) } else { Ok(None) }
}

fn token(headers: &HeaderMap) -> Result<&str, Problem> {
    let token = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(bearer);
    token.ok_or_else(|| Problem::unauthorized("unauthenticated", "Sign in first."))
}

fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

impl<S: Send + Sync> FromRequestParts<S> for Identity {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get().cloned().ok_or_else(|| Problem::internal("a public route has no identity"))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Identity::from_request_parts(parts, state).await? {
            Identity::User(signed_in) => Ok(*signed_in),
            Identity::Key(_) => Err(user_required()),
        }
    }
}
