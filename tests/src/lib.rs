//! What the tests share. Nothing must be started before, and no state is shared: each test makes its own table and its
//! own shop, with a clock that only the test moves and ids from a seed.

pub mod browser;
pub mod bucket;
pub mod cloud;
pub mod connections;
pub mod contract;
mod engine;
pub mod fake_service;
pub mod functions;
mod gateway;
pub mod index;
pub mod interruptions;
pub mod network;
pub mod numbers;
pub mod orders;
pub mod products;
pub mod reminders;
pub mod request;
pub mod reviews;
pub mod rights;
pub mod settings;
pub mod shop;
pub mod stock;
pub mod table;
pub mod template;
pub mod web_socket;
pub mod webhooks;
