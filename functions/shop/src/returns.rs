//! What the shop takes back, as a storefront shows it.

use domain::money::Money;
use domain::pricing::Rates;
use domain::returns::ReturnRules;
use kit::http::money::MoneyBody;
use serde::Serialize;
use utoipa::ToSchema;

/// What buyers can send back, and until when. What of one order can be sent back is in `GET /orders/{id}/returns`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReturnRulesBody {
    /// How many days after the delivery a return can be asked for. 0: the shop takes nothing back.
    #[schema(example = 30)]
    return_days: u32,
    /// How many days after the delivery a buyer can withdraw without a reason. 0: the shop offers no withdrawal.
    #[schema(example = 14)]
    withdrawal_days: u32,
    /// What the shop keeps for a return, unless the goods were not what was sold. A withdrawal costs nothing.
    fee: MoneyBody,
    /// How many days the goods of an approved return have to arrive, before it ends by itself. 0: it stays open.
    #[schema(example = 30)]
    send_days: u32,
}

impl ReturnRulesBody {
    pub(crate) fn of(rules: &ReturnRules, rates: &Rates) -> Self {
        Self {
            return_days: rules.return_days,
            withdrawal_days: rules.withdrawal_days,
            fee: Money::new(rules.fee, rates.currency).into(),
            send_days: rules.send_days,
        }
    }
}
