//! Idempotency keys: a repeated request gets the answer of the first, for a day.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::StandIn;
use crate::error::{StripeError, public_fields};
use crate::params::Params;
use crate::state::ApiResult;

/// After this many seconds Stripe may forget a key. The stand-in forgets it at once.
const REMEMBERED: i64 = 24 * 60 * 60;
pub(crate) const MAX_KEY: usize = 255;

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Value,
    /// The answer of an earlier request with the same idempotency key.
    pub(crate) replayed: bool,
    /// Whether the request began to be executed.
    pub(crate) executed: bool,
}

impl From<ApiResult> for Reply {
    fn from(result: ApiResult) -> Self {
        let (status, body, executed) = match result {
            Ok(object) => (200, public_fields(&object), true),
            Err(error) => (error.status, error.body, error.executed),
        };
        Self { status, body, replayed: false, executed }
    }
}

/// A request with an idempotency key, and its answer.
#[derive(Debug, Clone)]
struct HandledRequest {
    /// Method and path.
    route: String,
    params: Params,
    reply: Reply,
    at: i64,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct IdempotencyKeys {
    handled: BTreeMap<String, HandledRequest>,
    in_progress: BTreeSet<String>,
}

impl IdempotencyKeys {
    /// The answer to a repeated request.
    pub(crate) fn replay(&self, key: &str, route: &str, params: &Params, now: i64) -> Option<Reply> {
        let handled = self.handled.get(key).filter(|handled| now - handled.at < REMEMBERED)?;
        if handled.route == route && handled.params == *params {
            return Some(Reply { replayed: true, ..handled.reply.clone() });
        }
        Some(Err(StripeError::other_parameters()).into())
    }

    /// Keeps the answer of a request that was executed.
    pub(crate) fn save(&mut self, key: &str, route: String, params: &Params, reply: &Reply, now: i64) {
        if reply.executed {
            let handled = HandledRequest { route, params: params.clone(), reply: reply.clone(), at: now };
            self.handled.insert(key.to_owned(), handled);
        }
    }
}

/// While it lives, other requests with its key are refused. It ends with the request, also if the caller goes away.
pub(crate) struct KeyInUse {
    stand_in: StandIn,
    key: String,
}

impl KeyInUse {
    pub(crate) fn new(stand_in: &StandIn, key: &str) -> Result<Self, StripeError> {
        if stand_in.state().keys.in_progress.insert(key.to_owned()) {
            Ok(Self { stand_in: stand_in.clone(), key: key.to_owned() })
        } else {
            Err(StripeError::key_in_use())
        }
    }
}

impl Drop for KeyInUse {
    fn drop(&mut self) {
        self.stand_in.state().keys.in_progress.remove(&self.key);
    }
}
