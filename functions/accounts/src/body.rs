//! The JSON of requests and answers. Requests with unknown fields are refused.

use std::collections::BTreeMap;

use domain::access::Role;
use domain::address::{Address, AddressBook, AddressKind};
use domain::picture::user_picture_path;
use domain::preferences::Preferences;
use domain::session::{ACCESS_TTL, Session};
use domain::time::Time;
use domain::user::User;
use kit::http::postal::PostalBody;
use kit::http::problem::Problem;
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

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UserBody {
    pub(crate) id: String,
    pub(crate) email: String,
    pub(crate) email_verified: bool,
    /// Mail to this address bounced permanently or was reported as spam. We send no more mail to it.
    pub(crate) email_undeliverable: bool,
    pub(crate) name: String,
    pub(crate) given_name: Option<String>,
    pub(crate) family_name: Option<String>,
    /// Its picture, a square JPEG of at most 256 by 256 pixels. Null if it has none.
    pub(crate) picture_url: Option<String>,
    /// What staff noted for other programs. A user sees only keys that begin with `public.`.
    pub(crate) metadata: BTreeMap<String, String>,
    #[schema(value_type = String, example = "customer")]
    pub(crate) role: Role,
    pub(crate) two_factor_enabled: bool,
    pub(crate) preferences: PreferencesBody,
    pub(crate) created_at: String,
}

impl UserBody {
    pub(crate) fn of(app: &App, user: &User) -> Self {
        let picture = user.picture.map(user_picture_path);
        Self {
            id: user.id.to_string(),
            email: user.email.to_string(),
            email_verified: user.email_verified,
            email_undeliverable: user.mail_stop.is_some(),
            name: user.name.as_str().to_owned(),
            given_name: user.given_name.clone().map(String::from),
            family_name: user.family_name.clone().map(String::from),
            picture_url: picture.map(|path| format!("{}/{path}", app.images_url)),
            metadata: user.metadata.shown(false),
            role: user.role,
            two_factor_enabled: user.two_factor,
            preferences: user.preferences.into(),
            created_at: user.created_at.to_string(),
        }
    }
}

/// Which mail a person wants. Security mail is always sent.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[expect(clippy::struct_excessive_bools, reason = "each topic is wanted or not, independently")]
pub(crate) struct PreferencesBody {
    pub(crate) account: bool,
    pub(crate) orders: bool,
    pub(crate) stock: bool,
    /// Questions for reviews of what was bought.
    pub(crate) reviews: bool,
    pub(crate) news: bool,
}

impl From<Preferences> for PreferencesBody {
    fn from(preferences: Preferences) -> Self {
        let Preferences { account, orders, stock, reviews, news } = preferences;
        Self { account, orders, stock, reviews, news }
    }
}

/// A new pair of tokens and their user.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SignedInBody {
    pub(crate) access_token: String,
    /// It can be used once. The answer of `/auth/refresh` contains the next one.
    pub(crate) refresh_token: String,
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
            refresh_token: refresh_token.encode(),
            expires_in: ACCESS_TTL.as_secs(),
            device_token: keys.device_token(&DeviceToken { user_id: user.id, session_id, epoch: user.epoch }),
            user: UserBody::of(app, user),
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
    pub(crate) fn of(session: &Session, current: &Session) -> Self {
        Self {
            id: session.id.to_string(),
            device: session.device.clone(),
            ip: session.ip.clone(),
            created_at: session.created_at.to_string(),
            last_used_at: session.rotated_at.to_string(),
            current: session.id == current.id,
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

/// A user as staff see them.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StaffUserBody {
    #[serde(flatten)]
    pub(crate) user: UserBody,
    /// The current ban, if any.
    pub(crate) ban: Option<BanBody>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BanBody {
    pub(crate) reason: String,
    pub(crate) until: String,
    pub(crate) by: String,
    pub(crate) at: String,
}

impl StaffUserBody {
    pub(crate) fn of(app: &App, user: &User, now: domain::time::Time) -> Self {
        let ban = user.ban_at(now).map(|ban| BanBody {
            reason: ban.reason.clone(),
            until: ban.until.to_string(),
            by: ban.by.to_string(),
            at: ban.at.to_string(),
        });
        Self { user: UserBody { metadata: user.metadata.shown(true), ..UserBody::of(app, user) }, ban }
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
