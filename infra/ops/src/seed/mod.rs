//! `seed`: people and a realistic shop for trying things out. It can run again and then adds only what is missing.

mod catalogue;
mod coupon;
mod kinds;
mod people;
mod pictures;
mod products;
mod progress;
mod shipping;
mod shop;
mod terms;

use domain::money::Currency;
use domain::time::Time;
use kit::runtime::clock::Clock;
use kit::runtime::ids::Ids;
use ops::sample_orders;

use crate::Failure;
use crate::search_command;
use crate::stack::Stack;

/// How many products are made by default. They have pictures; more of them come from a generated catalogue.
pub(crate) const PRODUCTS: usize = 100;

/// When the products were made: those of the generated catalogue before it, the others after it. The beginning of 2026, so
/// that each run makes the same ones.
fn made() -> Time {
    Time::from_unix_millis(1_767_225_600_000)
}

pub(crate) async fn seed(stack: &Stack, ids: &Ids, products: usize, now: Time) -> Result<String, Failure> {
    let (people, made, coupon, shipping) = tokio::try_join!(
        people::seed(stack, ids, now),
        shop::seed(stack, ids, products.min(PRODUCTS), now),
        coupon::seed(stack, ids, now),
        shipping::seed(stack, ids, now),
    )?;
    let mut said = format!("{people}\n{made}\n{coupon}\n{shipping}");
    if products > PRODUCTS {
        said = format!("{said}\n{}", catalogue::seed(stack, ids, products - PRODUCTS, now).await?);
    }
    let currency = Currency::parse_of_shop(stack.output("Currency")?)?;
    let clock = Clock::system();
    let orders = Box::pin(sample_orders::seed(&stack.store, ids, &clock, currency));
    let (orders, index) = tokio::try_join!(orders, search_command::rebuild(stack))?;
    Ok(format!("{said}\n{orders}\n{index}"))
}
