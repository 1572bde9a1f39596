//! What a return is, how far it came, and why the goods come back.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReturnKind {
    /// By the rules of the shop, for a reason. Staff decide about it.
    Return,
    /// The buyer leaves the contract. It needs no reason, and nobody has to approve it.
    Withdrawal,
}

impl ReturnKind {
    pub const ALL: [Self; 2] = [Self::Return, Self::Withdrawal];

    pub fn name(self) -> &'static str {
        match self {
            Self::Return => "return",
            Self::Withdrawal => "withdrawal",
        }
    }

    pub fn parse(text: &str) -> Result<Self, &'static str> {
        Self::ALL.into_iter().find(|kind| kind.name() == text).ok_or("must be return or withdrawal")
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReturnStatus {
    /// Staff have not decided about it yet.
    Requested,
    /// The buyer may send the goods.
    Approved,
    Declined,
    /// The goods arrived, and nobody inspected them yet.
    Received,
    /// The goods were inspected, and the money goes back; and what the buyer gets in exchange was sent.
    Completed,
    /// The buyer keeps the goods, or they did not arrive in time.
    Cancelled,
    /// The goods were inspected, and what the buyer gets in exchange is still to be sent.
    Exchanging,
}

impl ReturnStatus {
    pub const ALL: [Self; 7] = [
        Self::Requested,
        Self::Approved,
        Self::Declined,
        Self::Received,
        Self::Completed,
        Self::Cancelled,
        Self::Exchanging,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Approved => "approved",
            Self::Declined => "declined",
            Self::Received => "received",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
            Self::Exchanging => "exchanging",
        }
    }

    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let found = Self::ALL.into_iter().find(|status| status.name() == text);
        found.ok_or("must be requested, approved, declined, received, completed, cancelled or exchanging")
    }

    /// Whether it still asks units back.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Requested | Self::Approved | Self::Received)
    }
}

/// Why a buyer sends something back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReturnReason {
    ChangedMind,
    DoesNotFit,
    TooLate,
    Other,
    Damaged,
    Faulty,
    NotAsDescribed,
    WrongItem,
}

impl ReturnReason {
    pub const ALL: [Self; 8] = [
        Self::ChangedMind,
        Self::DoesNotFit,
        Self::TooLate,
        Self::Other,
        Self::Damaged,
        Self::Faulty,
        Self::NotAsDescribed,
        Self::WrongItem,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::ChangedMind => "changed_mind",
            Self::DoesNotFit => "does_not_fit",
            Self::TooLate => "too_late",
            Self::Other => "other",
            Self::Damaged => "damaged",
            Self::Faulty => "faulty",
            Self::NotAsDescribed => "not_as_described",
            Self::WrongItem => "wrong_item",
        }
    }

    pub fn parse(text: &str) -> Result<Self, UnknownReason> {
        Self::ALL.into_iter().find(|reason| reason.name() == text).ok_or(UnknownReason)
    }

    /// The goods were not what was sold, so the buyer bears no cost of it.
    pub fn is_the_shops_fault(self) -> bool {
        matches!(self, Self::Damaged | Self::Faulty | Self::NotAsDescribed | Self::WrongItem)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be changed_mind, does_not_fit, too_late, other, damaged, faulty, not_as_described or wrong_item")]
pub struct UnknownReason;
