//! `rewrite`: writes items of older shapes again. lib/store/README.md says when that is needed.

use std::time::Duration;

use store::Store;
use store::rewrite::{Rewritten, ScanPlace};

use crate::Failure;

/// How many items are read in one request.
const AT_ONCE: i32 = 100;

/// How the table is gone through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RewriteOptions {
    pub is_dry_run: bool,
    /// How many items are read in a second, so that the shop keeps its capacity.
    pub rate: u32,
    /// Where an interrupted run goes on.
    pub after: Option<ScanPlace>,
}

impl Default for RewriteOptions {
    fn default() -> Self {
        Self { is_dry_run: false, rate: 500, after: None }
    }
}

/// Goes through the whole table. `said` is told the place after each step. Repeating it is safe.
pub async fn rewrite(store: &Store, options: &RewriteOptions, said: impl Fn(&ScanPlace)) -> Result<Rewritten, Failure> {
    let pause = Duration::from_secs(1) * u32::try_from(AT_ONCE)? / options.rate.max(1);
    let (mut sum, mut place) = (Rewritten::default(), options.after.clone());
    loop {
        let step = store.rewrite_some(place.as_ref(), AT_ONCE, options.is_dry_run).await;
        let step = step.map_err(|error| match &place {
            Some(place) => format!("{error}. Go on with --after '{place}'."),
            None => error.to_string(),
        })?;
        sum.read += step.read;
        sum.older += step.older;
        sum.overtaken += step.overtaken;
        let Some(next) = step.next else {
            return Ok(sum);
        };
        said(&next);
        place = Some(next);
        tokio::time::sleep(pause).await;
    }
}
