//! Accounts: registration, sign-in, sessions, profiles, addresses, and what staff do with users. `routes` lists every
//! route with its access rule.

mod addresses;
mod app;
mod attempts;
mod body;
mod confirm;
mod email;
mod export;
mod hasher;
mod jwks;
mod limits;
mod link;
mod login;
mod me;
mod password;
mod reauthenticate;
mod refresh;
mod register;
mod sessions;
mod signer;
mod staff;
mod two_factor;
mod unsubscribe;

pub use app::{App, Config};
use axum::Router;
use domain::access::Permission;
pub use hasher::Hasher;
use kit::http::auth::Access::{Public, SignedIn, Staff, StaffWithFreshProof};
use kit::http::routes::Route;
use kit::route;
pub use signer::{SigningKey, SigningKeys};

pub fn routes() -> Vec<Route<App>> {
    vec![
        route!(Public, jwks::show),
        route!(Public, register::register),
        route!(Public, login::login),
        route!(Public, login::second_step),
        route!(Public, refresh::refresh),
        route!(SignedIn, confirm::confirm),
        route!(SignedIn, sessions::logout),
        route!(SignedIn, me::profile),
        route!(SignedIn, sessions::list),
        route!(SignedIn, sessions::end_all),
        route!(SignedIn, sessions::end),
        route!(SignedIn, two_factor::setup),
        route!(SignedIn, two_factor::enable),
        route!(SignedIn, two_factor::disable),
        route!(SignedIn, two_factor::recovery_codes),
        route!(SignedIn, password::change),
        route!(Public, password::forgot),
        route!(Public, password::reset),
        route!(Public, email::verify),
        route!(SignedIn, email::resend),
        route!(SignedIn, me::show),
        route!(SignedIn, me::edit),
        route!(SignedIn, me::delete),
        route!(SignedIn, export::export),
        route!(SignedIn, addresses::list),
        route!(SignedIn, addresses::add),
        route!(SignedIn, addresses::show),
        route!(SignedIn, addresses::replace),
        route!(SignedIn, addresses::remove),
        route!(Public, unsubscribe::ask),
        route!(Public, unsubscribe::confirm),
        route!(Staff(Permission::UsersRead), staff::list),
        route!(Staff(Permission::UsersRead), staff::show),
        route!(StaffWithFreshProof(Permission::UsersWriteRole), staff::change_role),
        route!(Staff(Permission::UsersBan), staff::ban),
        route!(Staff(Permission::UsersBan), staff::unban),
        route!(Staff(Permission::AuditRead), staff::audit),
    ]
}

pub fn router(app: App) -> Router {
    let context = app.context.clone();
    context.router(routes(), app)
}
