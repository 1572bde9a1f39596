//! Carts, wishlists, coupons and shipping methods.

use domain::cart::CartOwner;
use domain::coupon::{CouponCode, CustomerKey};
use domain::id::{EventId, UserId, VariantId};
use domain::time::Time;

use super::{CART, GSI2, IndexKey, Key, SHARDS};

/// A guest's cart is found by the fingerprint of its token. A user's cart and wishlist are not in the user's partition,
/// so that the function that writes them needs no right to write users.
pub fn cart(owner: &CartOwner) -> Key {
    match owner {
        CartOwner::User(id) => Key::new(format!("CART#{id}"), CART),
        CartOwner::Guest(fingerprint) => Key::new(format!("CART#{fingerprint}"), CART),
    }
}

/// GSI2 over the carts of which their owners are to be reminded, the longest due first.
pub fn by_reminder_time(user: UserId, at: Time) -> IndexKey {
    IndexKey { index: GSI2, pk: cart_reminders_partition(user.shard(SHARDS)), sk: format!("{at}#{user}") }
}

pub fn cart_reminders_partition(shard: u8) -> String {
    format!("CARTREMINDERS#{shard}")
}

/// The lines that the link of a mail brings back. Not in the cart's partition, because nothing says whose they are.
pub fn saved_cart(event: EventId) -> Key {
    Key::new(format!("SAVEDCART#{event}"), "SAVED")
}

pub fn wishlist_partition(user: UserId) -> String {
    format!("WISH#{user}")
}

pub fn wishlist_item(user: UserId, variant: VariantId) -> Key {
    Key::new(wishlist_partition(user), variant.to_string())
}

pub fn coupon_partition(code: &CouponCode) -> String {
    format!("COUPON#{code}")
}

pub fn coupon(code: &CouponCode) -> Key {
    Key::new(coupon_partition(code), COUPON)
}

/// How many orders of one customer use the coupon.
pub fn coupon_use(code: &CouponCode, customer: &CustomerKey) -> Key {
    Key::new(coupon_partition(code), format!("USE#{}", customer.as_str()))
}

pub const COUPON: &str = "COUPON";
pub const COUPONS: &str = "COUPONS";

/// The coupon's entry in the list of all coupons.
pub fn coupon_listed(code: &CouponCode) -> Key {
    Key::new(COUPONS, code.as_str())
}

/// The list of all shipping methods.
pub fn shipping_methods() -> Key {
    Key::new("SHIPPING", "METHODS")
}
