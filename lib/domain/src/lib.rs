//! The rules of the shop, pure: values in, values or refusals out.
//!
//! Nothing here waits, asks a clock, draws a random number or knows that AWS or HTTP exist; times and ids come in as
//! arguments. So every rule is tested by calling it.

pub mod access;
pub mod address;
pub mod cart;
pub mod coupon;
pub mod email;
pub mod event;
pub mod id;
pub mod mail;
pub mod media;
pub mod money;
pub mod order;
pub mod password;
pub mod picture;
pub mod preferences;
pub mod pricing;
pub mod product;
pub mod rate;
pub mod session;
pub mod sku;
pub mod slug;
pub mod stock;
pub mod taxonomy;
pub mod text;
pub mod time;
pub mod totp;
pub mod upload;
pub mod user;
