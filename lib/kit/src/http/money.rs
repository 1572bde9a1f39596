//! Money in JSON.

use domain::money::{Currency, Money};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Whole minor units: 1999 in usd is 19.99 USD, 500 in jpy is ¥500.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MoneyBody {
    #[schema(example = 1999)]
    amount: i64,
    #[schema(value_type = String, example = "usd")]
    currency: Currency,
}

impl From<Money> for MoneyBody {
    fn from(money: Money) -> Self {
        Self { amount: money.amount, currency: money.currency }
    }
}

/// Whole minor units, in the shop's currency.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MoneyInput {
    #[schema(example = 1999)]
    pub amount: i64,
    #[schema(value_type = String, example = "usd")]
    pub currency: Currency,
}
