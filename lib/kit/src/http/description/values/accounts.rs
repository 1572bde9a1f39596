//! Users, sign-in and API keys.

use domain::access::{Permission, Role};
use domain::api_key::ApiKey;
use domain::email::Email;
use domain::mail_language::MailLanguage;
use domain::password::Password;
use domain::text::PersonName;
use domain::user::Ban;
use serde_json::{Value, json};

use super::text;

pub(super) fn shape(of: &str, name: &str) -> Option<Value> {
    Some(match (of, name) {
        ("ProfileInput" | "RegisterInput" | "ResetPasswordInput", "name" | "givenName" | "familyName") => {
            text(1, PersonName::MAX_LENGTH)
        }
        ("ProfileInput", "language") => json!({ "enum": MailLanguage::ALL }),
        ("UserBody", "language") => json!({ "pattern": "^[a-z]{2}$" }),
        ("UserBody", "permissions") => {
            let names: Vec<&str> = Role::Admin.permissions().iter().map(|permission| permission.name()).collect();
            json!({ "items": { "enum": names } })
        }
        ("/api/v1/users", "name") => text(2, PersonName::MAX_LENGTH),
        ("/api/v1/users", "email") => text(2, Email::MAX_LENGTH),
        ("RegisterInput" | "ResetPasswordInput", "password") | (_, "newPassword") => {
            json!({ "format": "password", "minLength": Password::MIN_LENGTH, "maxLength": Password::MAX_LENGTH })
        }
        ("TwoFactorCodeInput", "code") => json!({ "pattern": "^ *[0-9]{6} *$" }),
        ("BanInput", "reason") => text(1, Ban::MAX_REASON),
        ("ApiKeyInput", "name") => text(1, ApiKey::MAX_NAME),
        ("ApiKeyInput", "permissions") => {
            let names = ApiKey::PERMISSIONS.map(Permission::name);
            json!({ "minItems": 1, "maxItems": names.len(), "items": { "enum": names } })
        }
        ("ApiKeyBody", "permissions") => json!({ "items": { "enum": ApiKey::PERMISSIONS.map(Permission::name) } }),
        _ => return None,
    })
}
