//! Every route through its router, over a real table engine. One module a noun, as the URLs have them.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod addresses;
mod email;
mod faults;
mod input;
mod limits;
mod login;
mod me;
mod password;
mod refresh;
mod register;
mod sessions;
mod staff;
mod status;
mod tokens;
mod two_factor;
mod unsubscribe;
