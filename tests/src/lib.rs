//! What the tests stand on. Nothing here is started beforehand or shared: each test makes its own table and its own
//! shop, with a clock that stands still and ids from a seed.

pub mod browser;
pub mod cloud;
pub mod fake_service;
pub mod functions;
pub mod interruptions;
pub mod network;
pub mod orders;
pub mod products;
pub mod request;
pub mod shop;
pub mod stock;
pub mod table;
pub mod template;
