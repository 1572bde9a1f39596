//! On which terms a SKU can be ordered though it is not there, in a request.

use domain::calendar::Day;
use domain::stock::{Backorder, BackorderMode, InvalidBackorder};
use kit::http::body::Fields;
use serde::Deserialize;
use utoipa::ToSchema;

pub(crate) const AVAILABLE_FROM: &str = "backorder.availableFrom";

/// The SKU can be ordered though it is not there.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct BackorderInput {
    /// `backorder`: it comes again. `preorder`: it is not out yet.
    mode: String,
    /// How many units may be sold that are not there: 1 to 100,000.
    limit: i64,
    /// The day from which the shop expects it, such as `2026-12-24`. A preorder needs one.
    available_from: Option<String>,
}

impl BackorderInput {
    pub(crate) fn parse(self, fields: &mut Fields) -> Option<Backorder> {
        let mode = fields.check("backorder.mode", BackorderMode::parse(&self.mode));
        let day = fields.check_optional(AVAILABLE_FROM, self.available_from, |day| Day::parse(&day));
        let terms = Backorder::new(mode?, self.limit, day?);
        let field = if terms == Err(InvalidBackorder::NoDay) { AVAILABLE_FROM } else { "backorder.limit" };
        fields.check(field, terms)
    }
}
