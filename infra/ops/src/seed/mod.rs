//! `seed`: people and a believable shop to try things with. It may be run again: what is there stays, and only what is
//! missing is made.

mod coupon;
mod goods;
mod people;
mod pictures;
mod shop;

use domain::time::Time;
use kit::runtime::ids::Ids;

use crate::Failure;
use crate::stack::Stack;

/// How many products a shop has that nobody asked to be larger.
pub(crate) const PRODUCTS: usize = 200;

pub(crate) async fn seed(stack: &Stack, ids: &Ids, products: usize, now: Time) -> Result<String, Failure> {
    let people = people::seed(stack, ids, now).await?;
    let made = shop::seed(stack, ids, products, now).await?;
    let coupon = coupon::seed(stack, ids, now).await?;
    Ok(format!("{people}\n{made}\n{coupon}"))
}
