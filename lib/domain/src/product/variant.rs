//! A variant: its facts, and the rules that concern one variant only.

use std::ops::Deref;

use serde::{Deserialize, Serialize};

use crate::id::VariantId;
use crate::sku::Sku;

/// The heaviest variant, in grams.
pub const MAX_WEIGHT_GRAMS: i64 = 1_000_000;

/// The fields of a variant that people set. The table, the API and CSV files have these same fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VariantFacts {
    pub sku: Sku,
    /// One value for each of the product's options.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    /// Minor units of the product's currency.
    pub price: i64,
    /// A price to compare with, such as the earlier one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compare_at: Option<i64>,
    /// The weight with packaging, in whole grams.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight_grams: Option<i64>,
}

/// A field of a variant. The API and CSV files have their own names for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VariantField {
    Id,
    Sku,
    Options,
    Price,
    CompareAt,
    WeightGrams,
    /// The units on hand of a new variant.
    Stock,
    Metadata,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variant {
    pub id: VariantId,
    #[serde(flatten)]
    pub facts: VariantFacts,
}

/// So that code can read `variant.price`.
impl Deref for Variant {
    type Target = VariantFacts;

    fn deref(&self) -> &VariantFacts {
        &self.facts
    }
}

impl VariantFacts {
    /// The facts that are required; the optional ones are added with `..`.
    pub fn new(sku: Sku, price: i64) -> Self {
        Self { sku, values: Vec::new(), price, compare_at: None, weight_grams: None }
    }

    /// The facts that break a rule, each with what is wrong.
    pub(super) fn check(&self) -> Vec<(VariantField, String)> {
        let mut wrong = Vec::new();
        if self.compare_at.is_some_and(|was| was <= self.price) {
            wrong.push((VariantField::CompareAt, "must be above the price".into()));
        }
        if self.weight_grams.is_some_and(|grams| !(0..=MAX_WEIGHT_GRAMS).contains(&grams)) {
            wrong.push((VariantField::WeightGrams, format!("must be between 0 and {MAX_WEIGHT_GRAMS}")));
        }
        wrong
    }
}
