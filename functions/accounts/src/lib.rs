//! Accounts: registration, sign-in, sessions, profiles, addresses, and what staff do with users. `routes` lists every
//! route with its access rule.

mod addresses;
mod api_keys;
mod app;
mod attempts;
mod body;
mod confirm;
mod email;
mod email_change;
mod export;
mod hasher;
mod jwks;
mod limits;
mod link;
mod login;
mod me;
mod old_hash;
mod password;
mod reauthenticate;
mod refresh;
mod register;
mod session_cookie;
mod sessions;
mod signer;
mod staff;
mod two_factor;
mod unsubscribe;
mod unsubscribe_page;
mod user_sessions;

pub use app::{App, Config};
use axum::Router;
use domain::access::Permission;
pub use hasher::{Cost, Hasher};
use kit::http::auth::Access::{OptionalSignIn, Public, SignedIn, Staff, StaffWithFreshProof};
use kit::http::routes::Route;
use kit::route;
pub use old_hash::{RefusedHash, parse_old_hash};
pub use signer::{SigningKey, SigningKeys};

pub fn routes() -> Vec<Route<App>> {
    vec![
        route!(Public, "getPublicKeys", jwks::show),
        route!(Public, "registerUser", register::register),
        route!(Public, "signIn", login::login),
        route!(Public, "completeSignIn", login::second_step),
        route!(Public, "refreshTokens", refresh::refresh),
        route!(SignedIn, "confirmIdentity", confirm::confirm),
        route!(SignedIn, "signOut", sessions::logout),
        route!(SignedIn, "getProfile", me::profile),
        route!(SignedIn, "listSessions", sessions::list),
        route!(SignedIn, "endAllSessions", sessions::end_all),
        route!(SignedIn, "endSession", sessions::end),
        route!(SignedIn, "setUpTwoFactor", two_factor::setup),
        route!(SignedIn, "enableTwoFactor", two_factor::enable),
        route!(SignedIn, "disableTwoFactor", two_factor::disable),
        route!(SignedIn, "replaceRecoveryCodes", two_factor::recovery_codes),
        route!(SignedIn, "changePassword", password::change),
        route!(Public, "requestPasswordReset", password::forgot),
        route!(Public, "resetPassword", password::reset),
        route!(OptionalSignIn, "verifyEmail", email::verify),
        route!(SignedIn, "resendVerification", email::resend),
        route!(SignedIn, "getCurrentUser", me::show),
        route!(SignedIn, "updateCurrentUser", me::edit),
        route!(SignedIn, "deleteCurrentUser", me::delete),
        route!(SignedIn, "removeCurrentUserPicture", me::remove_picture),
        route!(SignedIn, "requestEmailChange", email_change::request),
        route!(SignedIn, "confirmEmailChange", email_change::confirm),
        route!(SignedIn, "exportCurrentUser", export::export),
        route!(SignedIn, "listAddresses", addresses::list),
        route!(SignedIn, "createAddress", addresses::add),
        route!(SignedIn, "getAddress", addresses::show),
        route!(SignedIn, "replaceAddress", addresses::replace),
        route!(SignedIn, "deleteAddress", addresses::remove),
        route!(Public, "showUnsubscribePage", unsubscribe::ask),
        route!(Public, "unsubscribeMail", unsubscribe::confirm),
        route!(Staff(Permission::UsersRead), "listUsers", staff::list),
        route!(Staff(Permission::UsersRead), "getUser", staff::show),
        route!(Staff(Permission::UsersWrite), "updateUser", staff::change),
        route!(StaffWithFreshProof(Permission::UsersWriteRole), "changeUserRole", staff::change_role),
        route!(Staff(Permission::UsersBan), "banUser", staff::ban),
        route!(Staff(Permission::UsersBan), "unbanUser", staff::unban),
        route!(Staff(Permission::UsersRead), "listSessionsOfUser", user_sessions::list),
        route!(Staff(Permission::UsersBan), "endSessionsOfUser", user_sessions::end),
        route!(Staff(Permission::AuditRead), "listAuditEntries", staff::audit),
        route!(Staff(Permission::ApiKeysWrite), "listApiKeys", api_keys::list),
        route!(StaffWithFreshProof(Permission::ApiKeysWrite), "createApiKey", api_keys::create),
        route!(Staff(Permission::ApiKeysWrite), "deleteApiKey", api_keys::delete),
    ]
}

pub fn router(app: App) -> Router {
    let context = app.context.clone();
    context.router(routes(), app)
}
