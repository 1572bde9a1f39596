//! Selling what is not there: below zero, down to a bound that the shop chooses for a SKU.

use serde::{Deserialize, Serialize};

use super::Band;
use crate::calendar::Day;

/// Why units can be ordered that are not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BackorderMode {
    /// It was there before, and comes again.
    Backorder,
    /// It is not out yet.
    Preorder,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidBackorder {
    #[error("must be backorder or preorder")]
    Mode,
    #[error("must be between 1 and {}", Backorder::MAX_LIMIT)]
    Limit,
    #[error("is required for a preorder")]
    NoDay,
}

impl BackorderMode {
    pub const ALL: [Self; 2] = [Self::Backorder, Self::Preorder];

    pub fn parse(text: &str) -> Result<Self, InvalidBackorder> {
        Self::ALL.into_iter().find(|mode| mode.name() == text).ok_or(InvalidBackorder::Mode)
    }

    pub fn name(self) -> &'static str {
        self.band().name()
    }

    /// The band of a SKU that is not there and can be ordered.
    pub fn band(self) -> Band {
        match self {
            Self::Backorder => Band::Backorder,
            Self::Preorder => Band::Preorder,
        }
    }
}

/// The terms of a SKU that can be ordered though it is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backorder {
    pub mode: BackorderMode,
    /// How many units may be sold that are not there.
    pub limit: i64,
    /// When the shop expects it. The day may have passed: then the goods are late.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub available_from: Option<Day>,
}

impl Backorder {
    pub const MAX_LIMIT: i64 = 100_000;

    pub fn new(mode: BackorderMode, limit: i64, available_from: Option<Day>) -> Result<Self, InvalidBackorder> {
        if !(1..=Self::MAX_LIMIT).contains(&limit) {
            return Err(InvalidBackorder::Limit);
        }
        if mode == BackorderMode::Preorder && available_from.is_none() {
            return Err(InvalidBackorder::NoDay);
        }
        Ok(Self { mode, limit, available_from })
    }
}

/// What becomes of the terms of a SKU.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum BackorderChange {
    #[default]
    Keep,
    Off,
    To(Backorder),
}

impl BackorderChange {
    pub(super) fn of(self, before: Option<Backorder>) -> Option<Backorder> {
        match self {
            Self::Keep => before,
            Self::Off => None,
            Self::To(terms) => Some(terms),
        }
    }
}
