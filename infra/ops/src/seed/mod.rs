//! `seed`: people and a realistic shop for trying things out. It can run again and then adds only what is missing.

mod coupon;
mod kinds;
mod people;
mod pictures;
mod shop;

use domain::time::Time;
use kit::runtime::ids::Ids;

use crate::Failure;
use crate::stack::Stack;

/// How many products are made by default, and how many get a picture.
pub(crate) const PRODUCTS: usize = 200;

pub(crate) async fn seed(stack: &Stack, ids: &Ids, products: usize, now: Time) -> Result<String, Failure> {
    let (people, made, coupon) = tokio::try_join!(
        people::seed(stack, ids, now),
        shop::seed(stack, ids, products, now),
        coupon::seed(stack, ids, now),
    )?;
    Ok(format!("{people}\n{made}\n{coupon}"))
}
