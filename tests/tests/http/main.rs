//! Every route through its router, over a real table engine. One module a noun, as the URLs have them.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod addresses;
mod alerts;
mod categories;
mod email;
mod faults;
mod images;
mod input;
mod inventory;
mod inventory_races;
mod limits;
mod login;
mod me;
mod password;
mod products;
mod products_input;
mod products_races;
mod refresh;
mod register;
mod sessions;
mod staff;
mod status;
mod tokens;
mod two_factor;
mod unsubscribe;
mod uploads;
