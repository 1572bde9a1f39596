//! In answers: on which terms a SKU can be ordered though it is not there.

use domain::calendar::Day;
use domain::stock::Backorder;
use serde::Serialize;
use utoipa::ToSchema;

/// As customers see it: `stock` of the variant says whether it can be ordered now.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BackorderBody {
    /// `backorder`: it comes again. `preorder`: it is not out yet.
    mode: &'static str,
    /// The day from which the shop expects it. A day that has passed: it is late. Null: nobody knows yet.
    available_from: Option<String>,
}

/// As staff see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BackorderTermsBody {
    /// `backorder`: it comes again. `preorder`: it is not out yet.
    mode: &'static str,
    /// How many units may be sold that are not there.
    limit: i64,
    /// The day from which the shop expects it. A day that has passed: it is late. Null: nobody knows yet.
    available_from: Option<String>,
}

impl From<&Backorder> for BackorderBody {
    fn from(terms: &Backorder) -> Self {
        Self { mode: terms.mode.name(), available_from: day(terms.available_from) }
    }
}

impl From<&Backorder> for BackorderTermsBody {
    fn from(terms: &Backorder) -> Self {
        Self { mode: terms.mode.name(), limit: terms.limit, available_from: day(terms.available_from) }
    }
}

fn day(day: Option<Day>) -> Option<String> {
    day.map(|day| day.to_string())
}
