//! The store against a real table engine: exact item shapes, one test for each refusal of each transaction, and what a
//! bad network does to a commit.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod audit;
mod cart_reminders;
mod faults;
mod fixtures;
mod limits;
mod live;
mod new_products;
mod orders;
mod pages;
mod products;
mod refusals;
mod refusals_of_changes;
mod refusals_of_orders;
mod returns;
mod sales;
mod search;
mod search_settings;
mod shapes;
mod shipping;
