//! Roles and permissions. A role is a set of permissions; routes require permissions, not roles.

use serde::{Deserialize, Serialize};

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
    #[serde(rename = "users:ban")]
    UsersBan,
    #[serde(rename = "users:write-role")]
    UsersWriteRole,
    #[serde(rename = "audit:read")]
    AuditRead,
    /// Editing products, categories, brands, their pictures, imports and exports. Seeing products that are not on sale.
    #[serde(rename = "products:write")]
    ProductsWrite,
    /// Exact stock levels and their history.
    #[serde(rename = "inventory:read")]
    InventoryRead,
    #[serde(rename = "inventory:write")]
    InventoryWrite,
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
}

impl Permission {
    pub fn name(self) -> &'static str {
        match self {
            Self::UsersRead => "users:read",
            Self::UsersBan => "users:ban",
            Self::UsersWriteRole => "users:write-role",
            Self::AuditRead => "audit:read",
            Self::ProductsWrite => "products:write",
            Self::InventoryRead => "inventory:read",
            Self::InventoryWrite => "inventory:write",
            Self::CouponsWrite => "coupons:write",
            Self::OrdersReadAll => "orders:read-all",
            Self::OrdersWrite => "orders:write",
            Self::PaymentsRefund => "payments:refund",
        }
    }
}

impl Role {
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
                Permission::UsersBan,
                Permission::InventoryRead,
                Permission::OrdersReadAll,
                Permission::OrdersWrite,
            ],
            Self::Admin => &[
                Permission::UsersRead,
                Permission::UsersBan,
                Permission::UsersWriteRole,
                Permission::AuditRead,
                Permission::ProductsWrite,
                Permission::InventoryRead,
                Permission::InventoryWrite,
                Permission::CouponsWrite,
                Permission::OrdersReadAll,
                Permission::OrdersWrite,
                Permission::PaymentsRefund,
            ],
        }
    }

    pub fn may(self, permission: Permission) -> bool {
        self.permissions().contains(&permission)
    }

    /// Staff can ban only users of a lower role. So support bans no colleagues, and an admin must be demoted first.
    pub fn outranks(self, other: Self) -> bool {
        (self as u8) > (other as u8)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be customer, support or admin")]
pub struct InvalidRole;

#[cfg(test)]
mod tests {
    use super::{Permission, Role};

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
