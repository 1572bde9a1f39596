//! Products of a seeded shop, written in batches. Each run makes the same products with the same ids, so a run that was
//! interrupted can be repeated.

use std::sync::Arc;
use std::time::Duration;

use domain::money::Currency;
use domain::product::{Definition, Product, Revision};
use domain::time::Time;
use kit::runtime::ids::Ids;
use products::first_stock;
use store::new_products::NewProduct;
use store::products::SaveConflict;
use store::{Commit, Store, StoreError};
use tokio::sync::{Mutex, Semaphore};
use tokio::task::JoinSet;

use super::progress::Progress;
use crate::Failure;
use crate::stack::Stack;

/// How many products are added in one transaction: with a category and a brand of each they are at most 99 items.
const TOGETHER: usize = 33;

/// How many of these groups are prepared at once.
const AT_ONCE: usize = 8;

/// The pause before a repeated call doubles up to this.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// Adds the first products, unless they are there. Returns how many it added. `product` makes the same of a number in each
/// run.
pub(super) async fn add(
    stack: &Stack,
    ids: &Ids,
    now: Time,
    count: usize,
    product: impl Fn(usize) -> Result<NewProduct, Failure> + Send + Sync + 'static,
) -> Result<usize, Failure> {
    let adding = Arc::new(Adding { product, store: stack.store.clone(), turn: Mutex::new(()) });
    let progress = Progress::new(count);
    let (mut tasks, places, mut added) = (JoinSet::new(), Arc::new(Semaphore::new(AT_ONCE)), 0);
    for first in (0..count).step_by(TOGETHER) {
        let (adding, place) = (Arc::clone(&adding), Arc::clone(&places).acquire_owned().await?);
        let (ids, progress) = (ids.clone(), progress.clone());
        tasks.spawn(async move {
            let last = (first + TOGETHER).min(count);
            let added = adding.patiently(first, last, &ids, now).await.map_err(|error| error.to_string());
            progress.add(last - first);
            drop(place);
            added
        });
        // Otherwise a shop that refuses would be asked for every group.
        while let Some(done) = tasks.try_join_next() {
            added += done??;
        }
    }
    while let Some(done) = tasks.join_next().await {
        added += done??;
    }
    Ok(added)
}

struct Adding<P> {
    product: P,
    store: Store,
    /// Transactions that count products of the same category at the same moment would be in conflict.
    turn: Mutex<()>,
}

impl<P: Fn(usize) -> Result<NewProduct, Failure>> Adding<P> {
    /// Adds the products from `first` to before `last`. Among thousands of calls some are lost, and adding can be repeated.
    async fn patiently(&self, first: usize, last: usize, ids: &Ids, now: Time) -> Result<usize, Failure> {
        let mut pause = Duration::from_secs(1);
        loop {
            match self.group(first, last, ids, now).await {
                Err(Commit::Store(StoreError::Busy(_) | StoreError::Unavailable(_))) if pause < LONGEST_PAUSE => {
                    tokio::time::sleep(pause).await;
                    pause *= 2;
                }
                added => return added.map_err(|error| format!("products {first} to {last}: {error:?}").into()),
            }
        }
    }

    async fn group(&self, first: usize, last: usize, ids: &Ids, now: Time) -> Result<usize, Commit<SaveConflict>> {
        let products = (first..last).map(&self.product).collect::<Result<_, _>>();
        let products = products.map_err(|error| StoreError::Corrupt(error.to_string()))?;
        let missing = self.store.prepare_products(products).await?;
        if !missing.is_empty() {
            let _turn = self.turn.lock().await;
            self.store.add_products(ids.transaction(now), &missing).await?;
        }
        Ok(missing.len())
    }
}

/// A new product with its stock.
pub(super) fn new_product(
    ids: &Ids,
    currency: Currency,
    definition: Definition,
    at: Time,
) -> Result<NewProduct, Failure> {
    let id = ids.product(at);
    let defined = Product::define(id, currency, definition, || ids.variant(at), at);
    let Revision { product, added, .. } = defined.map_err(|violations| format!("{violations:?}"))?;
    let stock = added.iter().map(|new| first_stock(ids, id, new, None, at)).collect();
    Ok(NewProduct { product, stock })
}
