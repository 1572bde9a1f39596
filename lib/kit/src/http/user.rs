//! Users in answers.

use std::collections::BTreeMap;

use domain::access::Role;
use domain::picture::user_picture_path;
use domain::preferences::Preferences;
use domain::staff_notice::StaffNotices;
use domain::time::Time;
use domain::user::User;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserBody {
    pub id: String,
    pub email: String,
    pub email_verified: bool,
    /// Mail to this address bounced permanently or was reported as spam. We send no more mail to it.
    pub email_undeliverable: bool,
    pub name: String,
    pub given_name: Option<String>,
    pub family_name: Option<String>,
    /// Its picture, a square JPEG of at most 256 by 256 pixels. Null if it has none.
    pub picture_url: Option<String>,
    /// What staff noted for other programs. A user sees only keys that begin with `public.`.
    pub metadata: BTreeMap<String, String>,
    #[schema(value_type = String, example = "customer")]
    pub role: Role,
    /// What the role allows. Empty for customers.
    pub permissions: Vec<&'static str>,
    pub two_factor_enabled: bool,
    pub preferences: PreferencesBody,
    /// The language of mails to this person. Null: the shop's own.
    pub language: Option<String>,
    /// The mails about the shop that a member of staff asked for. Null for customers.
    pub notices: Option<NoticesBody>,
    pub created_at: String,
}

impl UserBody {
    pub fn of(user: &User, images_url: &str) -> Self {
        let picture = user.picture.map(user_picture_path);
        Self {
            id: user.id.to_string(),
            email: user.email.to_string(),
            email_verified: user.email_verified,
            email_undeliverable: user.mail_stop.is_some(),
            name: user.name.as_str().to_owned(),
            given_name: user.given_name.clone().map(String::from),
            family_name: user.family_name.clone().map(String::from),
            picture_url: picture.map(|path| format!("{images_url}/{path}")),
            metadata: user.metadata.shown(false),
            role: user.role,
            permissions: user.role.permissions().iter().map(|permission| permission.name()).collect(),
            two_factor_enabled: user.two_factor,
            preferences: user.preferences.into(),
            language: user.language.map(String::from),
            notices: user.role.is_staff().then(|| user.notices.into()),
            created_at: user.created_at.to_string(),
        }
    }
}

/// Which mail a person wants. Security mail is always sent.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[expect(clippy::struct_excessive_bools, reason = "each topic is wanted or not, independently")]
pub struct PreferencesBody {
    pub account: bool,
    pub orders: bool,
    pub stock: bool,
    /// Questions for reviews of what was bought.
    pub reviews: bool,
    /// A reminder of what was left in the cart. Off until the person agrees.
    pub carts: bool,
    pub news: bool,
}

impl From<Preferences> for PreferencesBody {
    fn from(preferences: Preferences) -> Self {
        let Preferences { account, orders, stock, reviews, carts, news } = preferences;
        Self { account, orders, stock, reviews, carts, news }
    }
}

/// The mails about the shop that a member of staff asked for.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NoticesBody {
    /// A variant is low in stock.
    pub low_stock: bool,
    /// A payment did not go through.
    pub failed_payments: bool,
    /// Slow payments, failed refunds, returned goods and disputes.
    pub orders: bool,
}

impl From<StaffNotices> for NoticesBody {
    fn from(notices: StaffNotices) -> Self {
        let StaffNotices { low_stock, failed_payments, orders } = notices;
        Self { low_stock, failed_payments, orders }
    }
}

/// A user as staff see them.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StaffUserBody {
    #[serde(flatten)]
    pub user: UserBody,
    /// The current ban, if any.
    pub ban: Option<BanBody>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BanBody {
    pub reason: String,
    pub until: String,
    pub by: String,
    /// The role that this member of staff had. Staff of a lower role cannot end the ban.
    #[schema(value_type = String)]
    pub by_role: Role,
    pub at: String,
}

impl StaffUserBody {
    pub fn of(user: &User, images_url: &str, now: Time) -> Self {
        let ban = user.ban_at(now).map(|ban| BanBody {
            reason: ban.reason.clone(),
            until: ban.until.to_string(),
            by: ban.by.to_string(),
            by_role: ban.rank,
            at: ban.at.to_string(),
        });
        Self { user: UserBody { metadata: user.metadata.shown(true), ..UserBody::of(user, images_url) }, ban }
    }
}
