//! Accounts: this is the door plate. Every route is named here with who may use it; each has its own file.

mod addresses;
mod app;
mod body;
mod email;
mod export;
mod hasher;
mod jwks;
mod limits;
mod link;
mod login;
mod me;
mod password;
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
use kit::doors::{self, Door};
use kit::gate::Access::{Public, SignedIn, Staff};
use kit::{door, outer};
pub use signer::{SigningKey, SigningKeys};

pub fn doors() -> Vec<Door<App>> {
    vec![
        door!(Public, jwks::show),
        door!(Public, register::register),
        door!(Public, login::login),
        door!(Public, login::second_step),
        door!(Public, refresh::refresh),
        door!(SignedIn, sessions::logout),
        door!(SignedIn, me::profile),
        door!(SignedIn, sessions::list),
        door!(SignedIn, sessions::end_all),
        door!(SignedIn, sessions::end),
        door!(SignedIn, two_factor::setup),
        door!(SignedIn, two_factor::enable),
        door!(SignedIn, two_factor::disable),
        door!(SignedIn, two_factor::recovery_codes),
        door!(SignedIn, password::change),
        door!(Public, password::forgot),
        door!(Public, password::reset),
        door!(Public, email::verify),
        door!(SignedIn, email::resend),
        door!(SignedIn, me::show),
        door!(SignedIn, me::edit),
        door!(SignedIn, me::delete),
        door!(SignedIn, export::export),
        door!(SignedIn, addresses::list),
        door!(SignedIn, addresses::add),
        door!(SignedIn, addresses::show),
        door!(SignedIn, addresses::replace),
        door!(SignedIn, addresses::remove),
        door!(Public, unsubscribe::ask),
        door!(Public, unsubscribe::confirm),
        door!(Staff(Permission::UsersRead), staff::list),
        door!(Staff(Permission::UsersRead), staff::show),
        door!(Staff(Permission::UsersWriteRole), staff::change_role),
        door!(Staff(Permission::UsersBan), staff::ban),
        door!(Staff(Permission::UsersBan), staff::unban),
        door!(Staff(Permission::AuditRead), staff::audit),
    ]
}

pub fn router(app: App, config: &Config) -> Router {
    let clock = app.gate.clock.clone();
    let routes = doors::router(doors(), &app.gate).with_state(app);
    outer::wrap(routes, &config.allowed_origins, clock)
}
