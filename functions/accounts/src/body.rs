//! The JSON of requests and answers. Requests with unknown fields are refused.

use domain::address::{Address, AddressBook, AddressKind};
use domain::id::SessionId;
use domain::session::{ACCESS_TTL, Session};
use domain::time::Time;
use domain::user::User;
use kit::http::postal::PostalBody;
use kit::http::problem::Problem;
use kit::http::user::UserBody;
use kit::postal_input;
use serde::{Deserialize, Serialize};
use store::audit::{AuditEntry, RequestOrigin};
use utoipa::ToSchema;

use crate::App;
use crate::signer::{DeviceToken, Keys, RefreshToken};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordInput {
    pub(crate) password: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordAndCodeInput {
    pub(crate) password: String,
    /// Six digits from the authenticator app, or a recovery code.
    pub(crate) code: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TwoFactorCodeInput {
    /// Six digits from the authenticator app.
    pub(crate) code: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EmailInput {
    #[schema(example = "ada@example.com")]
    pub(crate) email: String,
}

/// A new pair of tokens and their user.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SignedInBody {
    pub(crate) access_token: String,
    /// It can be used once. The answer of `/auth/refresh` contains the next one. Left out if the request asked for a
    /// cookie with `Session-Cookie`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) refresh_token: Option<String>,
    /// Lifetime of the access token in seconds.
    #[schema(example = 900)]
    pub(crate) expires_in: u64,
    /// Keep it on this device, also after signing out, and send it as `Device-Token` when this user signs in again. It
    /// gives no access. With it, wrong passwords that others try do not stand in the way.
    pub(crate) device_token: String,
    pub(crate) user: UserBody,
}

impl SignedInBody {
    /// The session's tokens of a user who has signed in.
    pub(crate) fn new(
        app: &App,
        keys: &Keys,
        user: &User,
        refresh_token: &RefreshToken,
        now: Time,
    ) -> Result<Self, Problem> {
        let session_id = refresh_token.session_id;
        Ok(Self {
            access_token: keys.access_token(user, session_id, now)?,
            refresh_token: Some(refresh_token.encode()),
            expires_in: ACCESS_TTL.as_secs(),
            device_token: keys.device_token(&DeviceToken { user_id: user.id, session_id, epoch: user.epoch }),
            user: UserBody::of(user, &app.images_url),
        })
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SessionBody {
    pub(crate) id: String,
    #[schema(example = "Firefox on Linux")]
    pub(crate) device: String,
    pub(crate) ip: String,
    pub(crate) created_at: String,
    pub(crate) last_used_at: String,
    /// Whether this is the session of the request.
    pub(crate) current: bool,
}

impl SessionBody {
    pub(crate) fn of(session: &Session, current: Option<SessionId>) -> Self {
        Self {
            id: session.id.to_string(),
            device: session.device.clone(),
            ip: session.ip.clone(),
            created_at: session.created_at.to_string(),
            last_used_at: session.rotated_at.to_string(),
            current: Some(session.id) == current,
        }
    }
}

postal_input! {
    pub(crate) struct AddressInput {
        /// Make this the default of its kind.
        #[serde(default)]
        pub(crate) is_default: bool,
    }
}

postal_input! {
    pub(crate) struct NewAddressInput {
        #[serde(rename = "type")]
        #[schema(value_type = String, example = "shipping")]
        pub(crate) kind: AddressKind,
        /// Make this the default of its kind. The first address of a kind is always its default.
        #[serde(default)]
        pub(crate) is_default: bool,
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AddressBody {
    pub(crate) id: String,
    #[serde(rename = "type")]
    #[schema(value_type = String, example = "shipping")]
    pub(crate) kind: AddressKind,
    #[serde(flatten)]
    pub(crate) postal: PostalBody,
    pub(crate) is_default: bool,
    pub(crate) created_at: String,
}

impl AddressBody {
    pub(crate) fn of(address: &Address, is_default: bool) -> Self {
        Self {
            id: address.id.to_string(),
            kind: address.kind,
            postal: (&address.postal).into(),
            is_default,
            created_at: address.created_at.to_string(),
        }
    }

    pub(crate) fn all(book: &AddressBook) -> Vec<Self> {
        book.addresses.iter().map(|address| Self::of(address, book.is_default(address))).collect()
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditBody {
    pub(crate) id: String,
    pub(crate) at: String,
    /// Null for the shop itself or an operator. For a refused sign-in, the account that it named.
    pub(crate) actor: Option<String>,
    #[schema(example = "user.ban")]
    pub(crate) action: String,
    pub(crate) subject: String,
    pub(crate) before: Option<String>,
    pub(crate) after: Option<String>,
    /// Where the request came from. Null if no request did it.
    pub(crate) origin: Option<RequestOriginBody>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RequestOriginBody {
    pub(crate) ip: String,
    #[schema(example = "Firefox on Linux")]
    pub(crate) device: String,
    /// The id in the logs.
    pub(crate) request_id: String,
}

impl From<AuditEntry> for AuditBody {
    fn from(entry: AuditEntry) -> Self {
        Self {
            id: entry.id.to_string(),
            at: entry.at.to_string(),
            actor: entry.actor.map(|actor| actor.to_string()),
            action: entry.action,
            subject: entry.subject,
            before: entry.before,
            after: entry.after,
            origin: entry.origin.map(|RequestOrigin { ip, device, request_id }| RequestOriginBody {
                ip,
                device,
                request_id,
            }),
        }
    }
}
