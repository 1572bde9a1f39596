//! Roles and permissions. A role is a set of permissions; routes require permissions, not roles.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::session::Session;
use crate::time::Time;
use crate::user::User;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    Customer,
    Support,
    Admin,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Permission {
    #[serde(rename = "users:read")]
    UsersRead,
    /// Notes on users for other programs.
    #[serde(rename = "users:write")]
    UsersWrite,
    #[serde(rename = "users:ban")]
    UsersBan,
    #[serde(rename = "users:write-role")]
    UsersWriteRole,
    /// What staff did, and the settings of the shop as deployed.
    #[serde(rename = "audit:read")]
    AuditRead,
    /// Making, listing and deleting the keys of servers.
    #[serde(rename = "api-keys:write")]
    ApiKeysWrite,
    /// Seeing products, categories and brands that are not on sale, how the search is set and what it did not find.
    #[serde(rename = "products:read")]
    ProductsRead,
    /// Editing products, categories, brands, their pictures, imports and exports, and setting the search.
    #[serde(rename = "products:write")]
    ProductsWrite,
    /// Exact stock levels and their history.
    #[serde(rename = "inventory:read")]
    InventoryRead,
    #[serde(rename = "inventory:write")]
    InventoryWrite,
    #[serde(rename = "coupons:read")]
    CouponsRead,
    #[serde(rename = "coupons:write")]
    CouponsWrite,
    /// The orders of all customers, with their payments.
    #[serde(rename = "orders:read-all")]
    OrdersReadAll,
    /// Advancing and cancelling orders, and notes on them.
    #[serde(rename = "orders:write")]
    OrdersWrite,
    #[serde(rename = "payments:refund")]
    PaymentsRefund,
    /// Approving, rejecting and answering reviews.
    #[serde(rename = "reviews:moderate")]
    ReviewsModerate,
    /// The figures of the shop.
    #[serde(rename = "stats:read")]
    StatsRead,
    /// Endpoints that get events, and what was delivered to them.
    #[serde(rename = "webhooks:write")]
    WebhooksWrite,
    #[serde(rename = "shipping:read")]
    ShippingRead,
    /// Shipping methods: what they cost where.
    #[serde(rename = "shipping:write")]
    ShippingWrite,
    /// Seeing, approving, declining and receiving returns. Their money needs `payments:refund`.
    #[serde(rename = "returns:write")]
    ReturnsWrite,
}

impl Permission {
    pub fn name(self) -> &'static str {
        match self {
            Self::UsersRead => "users:read",
            Self::UsersWrite => "users:write",
            Self::UsersBan => "users:ban",
            Self::UsersWriteRole => "users:write-role",
            Self::AuditRead => "audit:read",
            Self::ApiKeysWrite => "api-keys:write",
            Self::ProductsRead => "products:read",
            Self::ProductsWrite => "products:write",
            Self::InventoryRead => "inventory:read",
            Self::InventoryWrite => "inventory:write",
            Self::CouponsRead => "coupons:read",
            Self::CouponsWrite => "coupons:write",
            Self::OrdersReadAll => "orders:read-all",
            Self::OrdersWrite => "orders:write",
            Self::PaymentsRefund => "payments:refund",
            Self::ReviewsModerate => "reviews:moderate",
            Self::StatsRead => "stats:read",
            Self::WebhooksWrite => "webhooks:write",
            Self::ShippingRead => "shipping:read",
            Self::ShippingWrite => "shipping:write",
            Self::ReturnsWrite => "returns:write",
        }
    }
}

impl Role {
    pub const ALL: [Self; 3] = [Self::Customer, Self::Support, Self::Admin];

    pub fn parse(text: &str) -> Result<Self, InvalidRole> {
        match text {
            "customer" => Ok(Self::Customer),
            "support" => Ok(Self::Support),
            "admin" => Ok(Self::Admin),
            _ => Err(InvalidRole),
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Support => "support",
            Self::Admin => "admin",
        }
    }

    pub fn permissions(self) -> &'static [Permission] {
        match self {
            Self::Customer => &[],
            Self::Support => &[
                Permission::UsersRead,
                Permission::UsersWrite,
                Permission::UsersBan,
                Permission::ProductsRead,
                Permission::InventoryRead,
                Permission::CouponsRead,
                Permission::OrdersReadAll,
                Permission::OrdersWrite,
                Permission::ReviewsModerate,
                Permission::StatsRead,
                Permission::ShippingRead,
                Permission::ReturnsWrite,
            ],
            Self::Admin => &[
                Permission::UsersRead,
                Permission::UsersWrite,
                Permission::UsersBan,
                Permission::UsersWriteRole,
                Permission::AuditRead,
                Permission::ApiKeysWrite,
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
                Permission::WebhooksWrite,
                Permission::ShippingRead,
                Permission::ShippingWrite,
                Permission::ReturnsWrite,
            ],
        }
    }

    pub fn may(self, permission: Permission) -> bool {
        self.permissions().contains(&permission)
    }

    pub fn is_staff(self) -> bool {
        self != Self::Customer
    }

    /// Staff can ban only users of a lower role. So support bans no colleagues, and an admin must be demoted first.
    pub fn outranks(self, other: Self) -> bool {
        (self as u8) > (other as u8)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be customer, support or admin")]
pub struct InvalidRole;

/// What the shop asks of accounts with a staff role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StaffRules {
    /// Whether permissions need an account with two-factor sign-in.
    pub two_factor_required: bool,
    /// How long a proof of identity is fresh.
    pub proof_lasts: Duration,
}

/// Why a signed-in user may not use a permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PermissionRefusal {
    #[error("This needs the permission {}.", .0.name())]
    Missing(Permission),
    #[error("Staff must turn on two-factor sign-in first.")]
    TwoFactorRequired,
    #[error("Confirm with your code or your password that it is you.")]
    ProofNotFresh,
}

impl StaffRules {
    pub fn check(self, user: &User, permission: Permission) -> Result<(), PermissionRefusal> {
        if !user.role.may(permission) {
            return Err(PermissionRefusal::Missing(permission));
        }
        if self.two_factor_required && !user.two_factor {
            return Err(PermissionRefusal::TwoFactorRequired);
        }
        Ok(())
    }

    /// An account with two-factor sign-in must have proved the second factor. The password is not enough.
    pub fn check_proof(self, user: &User, session: &Session, now: Time) -> Result<(), PermissionRefusal> {
        let proof = session.proof.filter(|proof| proof.second_factor || !user.two_factor);
        if proof.is_some_and(|proof| now < proof.at + self.proof_lasts) {
            return Ok(());
        }
        Err(PermissionRefusal::ProofNotFresh)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Permission, PermissionRefusal, Role, StaffRules};
    use crate::email::Email;
    use crate::id::{SessionId, UserId};
    use crate::session::{IdentityProof, Session};
    use crate::text::PersonName;
    use crate::time::Time;
    use crate::user::User;

    const HOUR: Duration = Duration::from_hours(1);

    fn user(role: Role, two_factor: bool) -> User {
        let (now, name) = (Time::from_unix_millis(0), PersonName::parse("Ada").unwrap());
        let user = User::register(UserId::new(now, 1), Email::parse("ada@example.com").unwrap(), name, now);
        User { role, two_factor, ..user }
    }

    fn session(proof: Option<IdentityProof>) -> Session {
        let now = Time::from_unix_millis(0);
        Session {
            id: SessionId::new(now, 1),
            user_id: UserId::new(now, 1),
            epoch: 1,
            generation: 0,
            refresh_hash: String::new(),
            rotated_at: now,
            device: String::new(),
            ip: String::new(),
            created_at: now,
            refresh_until: now,
            proof,
        }
    }

    #[test]
    fn staff_without_a_second_factor_have_no_permission_where_it_is_required() {
        let check = |two_factor_required, role, two_factor| {
            let rules = StaffRules { two_factor_required, proof_lasts: HOUR };
            rules.check(&user(role, two_factor), Permission::UsersRead)
        };
        assert_eq!(check(true, Role::Support, true), Ok(()));
        assert_eq!(check(false, Role::Support, false), Ok(()));
        assert_eq!(check(true, Role::Admin, false), Err(PermissionRefusal::TwoFactorRequired));
        let missing = Err(PermissionRefusal::Missing(Permission::UsersRead));
        assert_eq!(check(true, Role::Customer, false), missing);
        assert_eq!(check(false, Role::Customer, true), missing);
    }

    #[test]
    fn a_proof_is_fresh_for_its_time_and_must_be_of_the_second_factor_if_there_is_one() {
        let at = Time::from_unix_millis(1_000);
        let check = |two_factor, proof, now| {
            let rules = StaffRules { two_factor_required: true, proof_lasts: HOUR };
            rules.check_proof(&user(Role::Admin, two_factor), &session(proof), now).is_ok()
        };
        let (password, code) =
            (Some(IdentityProof { at, second_factor: false }), Some(IdentityProof { at, second_factor: true }));
        assert!(check(false, password, at) && check(false, code, at) && check(true, code, at));
        assert!(!check(true, password, at) && !check(false, None, at));
        assert!(check(true, code, at + HOUR - Duration::from_millis(1)));
        assert!(!check(true, code, at + HOUR));
    }

    #[test]
    fn each_role_has_all_permissions_of_the_role_below() {
        for (below, above) in [(Role::Customer, Role::Support), (Role::Support, Role::Admin)] {
            assert!(below.permissions().iter().all(|&permission| above.may(permission)));
            assert!(above.outranks(below) && !below.outranks(above) && !above.outranks(above));
        }
    }

    #[test]
    fn customers_hold_no_permission_and_only_admins_change_roles() {
        assert!(Role::Customer.permissions().is_empty());
        assert!(!Role::Support.may(Permission::UsersWriteRole));
        assert!(Role::Admin.may(Permission::UsersWriteRole));
    }

    #[test]
    fn a_role_is_written_as_it_is_parsed() {
        for role in [Role::Customer, Role::Support, Role::Admin] {
            assert_eq!(Role::parse(role.name()), Ok(role));
            assert_eq!(serde_json::to_value(role).unwrap(), role.name());
        }
        for &permission in Role::Admin.permissions() {
            assert_eq!(serde_json::to_value(permission).unwrap(), permission.name());
        }
        assert!(Role::parse("root").is_err());
    }
}
