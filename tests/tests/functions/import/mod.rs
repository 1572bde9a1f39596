//! `kontor import`: the examples of docs/moving.md are imported as they are written there.

mod coupons;
mod customers;
mod orders;
mod products;
mod shopify;
mod support;
