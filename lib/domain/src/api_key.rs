//! API keys: what servers of the shop, such as its ERP, send in place of a sign-in. A key belongs to the shop and not to
//! the admin who made it, so it lives on when their role changes.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::access::Permission;
use crate::id::{ApiKeyId, UserId};
use crate::text::{self, InvalidText};
use crate::time::Time;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKey {
    pub id: ApiKeyId,
    pub name: String,
    pub permissions: Vec<Permission>,
    /// SHA-256 of the secret, in hexadecimal. It has 256 random bits, so a fast hash is enough.
    pub hash: String,
    pub created_by: UserId,
    pub created_at: Time,
    /// `None`: it is valid until it is deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Time>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPermissions {
    #[error("must have at least one permission")]
    None,
    #[error("must be permissions that a key may have: {}", names())]
    NotForKeys,
    #[error("must name each permission only once")]
    Twice,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be in the future")]
pub struct EndsInThePast;

impl ApiKey {
    /// How many keys a shop may have.
    pub const MAX: u32 = 50;
    pub const MAX_NAME: usize = 60;
    /// How exactly its last use is known.
    pub const USE_NOTED_EVERY: Duration = Duration::from_hours(1);

    /// What a key may be allowed to do. It can never give anybody more rights, nor read or hide what was done: what changes
    /// users, keys and the audit trail are for people.
    pub const PERMISSIONS: [Permission; 15] = [
        Permission::UsersRead,
        Permission::ProductsRead,
        Permission::ProductsWrite,
        Permission::InventoryRead,
        Permission::InventoryWrite,
        Permission::CouponsRead,
        Permission::CouponsWrite,
        Permission::OrdersReadAll,
        Permission::OrdersWrite,
        Permission::PaymentsRefund,
        Permission::ReviewsModerate,
        Permission::StatsRead,
        Permission::ShippingRead,
        Permission::ShippingWrite,
        Permission::ReturnsWrite,
    ];

    pub fn parse_name(name: &str) -> Result<String, InvalidText> {
        text::line(name, Self::MAX_NAME)
    }

    pub fn parse_permissions(given: &[String]) -> Result<Vec<Permission>, InvalidPermissions> {
        let named = |name: &String| Self::PERMISSIONS.into_iter().find(|permission| permission.name() == name);
        let permissions: Option<Vec<Permission>> = given.iter().map(named).collect();
        let permissions = permissions.ok_or(InvalidPermissions::NotForKeys)?;
        if permissions.is_empty() {
            return Err(InvalidPermissions::None);
        }
        let is_repeated = (1..permissions.len()).any(|n| permissions[..n].contains(&permissions[n]));
        if is_repeated { Err(InvalidPermissions::Twice) } else { Ok(permissions) }
    }

    pub fn check_end(end: Time, now: Time) -> Result<Time, EndsInThePast> {
        if end > now { Ok(end) } else { Err(EndsInThePast) }
    }

    /// A permission counts only while keys may have it at all.
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission) && Self::PERMISSIONS.contains(&permission)
    }

    pub fn is_valid_at(&self, now: Time) -> bool {
        self.expires_at.is_none_or(|end| now < end)
    }

    /// Whether a use should be noted, after the last one that was.
    pub fn is_use_news(last: Option<Time>, now: Time) -> bool {
        last.is_none_or(|last| now >= last + Self::USE_NOTED_EVERY)
    }
}

fn names() -> String {
    ApiKey::PERMISSIONS.map(Permission::name).join(", ")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{ApiKey, InvalidPermissions};
    use crate::access::{Permission, Role};
    use crate::id::{ApiKeyId, UserId};
    use crate::time::Time;

    fn parse(names: &[&str]) -> Result<Vec<Permission>, InvalidPermissions> {
        ApiKey::parse_permissions(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn a_key_gets_only_permissions_that_give_nobody_more_rights() {
        assert_eq!(parse(&["orders:write"]), Ok(vec![Permission::OrdersWrite]));
        assert_eq!(parse(&[]), Err(InvalidPermissions::None));
        assert_eq!(parse(&["orders:write", "inventory:read", "orders:write"]), Err(InvalidPermissions::Twice));
        for &permission in Role::Admin.permissions() {
            let is_for_people = [
                Permission::UsersWrite,
                Permission::UsersBan,
                Permission::UsersWriteRole,
                Permission::AuditRead,
                Permission::ApiKeysWrite,
                Permission::WebhooksWrite,
            ]
            .contains(&permission);
            assert_eq!(parse(&[permission.name()]).is_err(), is_for_people, "{}", permission.name());
        }
        assert_eq!(parse(&["orders"]), Err(InvalidPermissions::NotForKeys));
    }

    #[test]
    fn a_key_is_valid_until_its_end_and_never_with_a_permission_that_keys_may_not_have() {
        let now = Time::from_unix_millis(5_000);
        let key = ApiKey {
            id: ApiKeyId::new(now, 1),
            name: "ERP".to_owned(),
            permissions: vec![Permission::OrdersWrite, Permission::UsersWriteRole],
            hash: String::new(),
            created_by: UserId::new(now, 1),
            created_at: now,
            expires_at: Some(now + Duration::from_secs(1)),
        };
        assert!(key.is_valid_at(now) && !key.is_valid_at(now + Duration::from_secs(1)));
        assert!(ApiKey { expires_at: None, ..key.clone() }.is_valid_at(now + Duration::from_hours(99_999)));
        assert!(key.may(Permission::OrdersWrite));
        assert!(!key.may(Permission::UsersWriteRole) && !key.may(Permission::OrdersReadAll));
        assert!(ApiKey::check_end(now, now).is_err());
    }

    #[test]
    fn a_use_is_noted_once_an_hour() {
        let now = Time::from_unix_millis(0);
        assert!(ApiKey::is_use_news(None, now));
        assert!(!ApiKey::is_use_news(Some(now), now + Duration::from_mins(59)));
        assert!(ApiKey::is_use_news(Some(now), now + Duration::from_hours(1)));
    }
}
