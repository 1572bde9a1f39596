//! What the tests stand on. Nothing here is started beforehand or shared: each test makes its own table and its own
//! shop, with a clock that stands still and ids from a seed.

pub mod ask;
pub mod browser;
pub mod cloud;
pub mod functions;
pub mod network;
pub mod places;
pub mod sale;
pub mod shop;
pub mod table;
pub mod template;
pub mod wire;
