//! What the HTTP functions of carts, coupons, orders and payments share: configuration, who may see an order, the
//! tokens of guests' carts, and JSON. Orders are read and changed by the crate `order-processing`.

mod changes;
mod checkout;
mod guest;
mod order_access;
pub mod order_body;
mod order_source;
pub mod parcel_body;
mod refunds;
pub mod return_body;
pub mod shipping_body;
pub mod tax_body;
mod vat;
mod vies;
pub mod wire;

use std::time::Duration;

use domain::rate::Limit;

pub use changes::{NamedLine, change_problem, check_lines, check_shipment};
pub use checkout::{
    Checkout, CheckoutConfig, cash_limit, holders, order_limits, payment_methods, return_rules, stock_shown,
};
pub use guest::{CART_TOKEN, guest_cart, new_guest_token};
pub use order_access::{ORDER_TOKEN, OrderAccess};
pub use order_source::OrderSource;
pub use refunds::{RefundLimit, check_currency, refund_problem};
pub use vat::{GoodsTo, VatChecks, VatConfig};
pub use vies::{NoVerdict, VatAuthority, Verdict, Vies};

/// How often a client may try coupon codes. Carts, coupons and orders count together.
pub const COUPON_TRIES: Limit = Limit::new("coupon", 30, Duration::from_mins(1));
