//! `seed`: people and a realistic shop for trying things out. It can run again and then adds only what is missing.

mod catalogue;
mod coupon;
mod kinds;
mod people;
mod pictures;
mod progress;
mod shipping;
mod shop;

use domain::money::Currency;
use domain::time::Time;
use kit::runtime::clock::Clock;
use kit::runtime::ids::Ids;
use ops::sample_orders;

use crate::Failure;
use crate::search_command;
use crate::stack::Stack;

/// How many products are made by default. They are written like those of staff, and have pictures; more of them come from a
/// generated catalogue.
pub(crate) const PRODUCTS: usize = 200;

pub(crate) async fn seed(stack: &Stack, ids: &Ids, products: usize, now: Time) -> Result<String, Failure> {
    let (people, made, coupon, shipping) = tokio::try_join!(
        people::seed(stack, ids, now),
        shop::seed(stack, ids, products.min(PRODUCTS), now),
        coupon::seed(stack, ids, now),
        shipping::seed(stack, ids, now),
    )?;
    let currency = Currency::parse_of_shop(stack.output("Currency")?)?;
    let orders = Box::pin(sample_orders::seed(&stack.store, ids, &Clock::system(), currency)).await?;
    let mut said = format!("{people}\n{made}\n{coupon}\n{shipping}\n{orders}");
    if products > PRODUCTS {
        said = format!("{said}\n{}", catalogue::seed(stack, ids, products - PRODUCTS, now).await?);
    }
    Ok(format!("{said}\n{}", search_command::rebuild(stack).await?))
}
