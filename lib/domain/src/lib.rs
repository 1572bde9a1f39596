//! The rules of the shop as pure functions: from values to values or refusals.
//!
//! Nothing here does IO, reads a clock, makes random numbers or knows AWS or HTTP. Times and ids are arguments. So a
//! test of a rule just calls it.

pub mod access;
pub mod actor;
pub mod address;
pub mod api_key;
pub mod calendar;
pub mod cart;
pub mod cart_reminder;
pub mod colour;
pub mod coupon;
pub mod document;
pub mod email;
pub mod event;
pub mod exchange;
pub mod first_proof;
pub mod id;
pub mod index_job;
pub mod live;
pub mod locale;
pub mod mail;
pub mod mail_language;
pub mod media;
pub mod metadata;
pub mod money;
pub mod order;
pub mod password;
pub mod picture;
pub mod preferences;
pub mod pricing;
pub mod product;
pub mod product_query;
pub mod public_event;
pub mod rate;
pub mod rating;
pub mod returns;
pub mod review;
pub mod sales;
pub mod search;
pub mod session;
pub mod shipping;
pub mod sku;
pub mod slug;
pub mod staff_notice;
pub mod stats;
pub mod stats_job;
pub mod stock;
pub mod storefront;
pub mod tax;
pub mod taxonomy;
pub mod text;
pub mod time;
pub mod totp;
pub mod tracking;
pub mod upload;
pub mod user;
pub mod vat;
pub mod webhook;

/// For a field that is stored only if it says something.
pub fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
