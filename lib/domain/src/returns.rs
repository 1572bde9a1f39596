//! Returns: goods that a buyer sends back. A [`Return`] is asked for, approved or declined, its goods arrive, are
//! inspected, and money goes back. Every step is a transition of its order, so units and money are decided on in one
//! place: see the order's module about returns.

mod words;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::exchange::{ChosenVariant, ExchangeParcel, MAX_EXCHANGES};
use crate::id::{ImageId, OrderId, RefundId, ReturnId, VariantId};
use crate::money::{Currency, Money};
use crate::order::{RefundRefusal, VariantUnits};
use crate::sku::Sku;
use crate::time::Time;

pub use words::{ReturnKind, ReturnReason, ReturnStatus, UnknownReason};

/// The most characters of what a buyer writes about a return.
pub const MAX_COMMENT: usize = 1_000;
/// The most returns of one order, whatever became of them.
pub const MAX_RETURNS: u32 = 20;
/// The most pictures of one return.
pub const MAX_PICTURES: usize = 4;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnLine {
    pub variant_id: VariantId,
    pub sku: Sku,
    /// The name of the product when it was ordered.
    pub name: String,
    pub quantity: u32,
    /// A withdrawal needs none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<ReturnReason>,
    /// How many units came back, and how many of these can be sold again. Known when it is completed.
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub returned: u32,
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub restocked: u32,
    /// The variant of the units, if they were exchanged before. `None`: the one that was ordered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchanged: Option<VariantId>,
    /// What the buyer gets for units that come back. `None`: money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchange_for: Option<ChosenVariant>,
}

impl ReturnLine {
    pub(crate) fn new(asked: &RequestedLine, units: &VariantUnits<'_>) -> Self {
        Self {
            variant_id: asked.variant_id,
            sku: units.sku().clone(),
            name: units.line.name.clone(),
            quantity: asked.quantity,
            reason: asked.reason,
            returned: 0,
            restocked: 0,
            exchanged: units.exchanged.map(|variant| variant.variant_id),
            exchange_for: asked.exchange_for.clone(),
        }
    }

    /// How many units came back for which the buyer gets others.
    pub(crate) fn exchanged_units(&self) -> u32 {
        if self.exchange_for.is_some() { self.returned } else { 0 }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Return {
    pub id: ReturnId,
    pub order_id: OrderId,
    pub order_number: String,
    pub currency: Currency,
    pub kind: ReturnKind,
    pub status: ReturnStatus,
    pub lines: Vec<ReturnLine>,
    /// What the buyer wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// What the shop keeps for it, in minor units, as it was when the buyer asked.
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub fee: i64,
    /// Why staff declined it, or gave less money back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The refund that completed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund_id: Option<RefundId>,
    /// What that refund gives back, and which part of it is for shipping, in minor units.
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub amount: i64,
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub shipping: i64,
    pub version: u64,
    pub created_at: Time,
    pub updated_at: Time,
    /// How what the buyer gets in exchange was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parcel: Option<ExchangeParcel>,
    /// What the buyer shows of the goods, in the order in which the pictures came.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pictures: Vec<ImageId>,
    /// Until when the goods of an approved return have to arrive. `None`: it waits for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub send_by: Option<Time>,
    /// They did not, so it ended by itself.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unsent: bool,
}

impl Return {
    /// The buyer bears no cost: no fee is kept, and the way to the buyer is paid back when nothing of the order is kept.
    pub fn is_free(&self) -> bool {
        let faulty = |line: &ReturnLine| line.reason.is_some_and(ReturnReason::is_the_shops_fault);
        self.kind == ReturnKind::Withdrawal || self.lines.iter().any(faulty)
    }

    pub fn money(&self, amount: i64) -> Money {
        Money::new(amount, self.currency)
    }

    /// Whether the buyer gets goods for some of its items.
    pub fn exchanges(&self) -> bool {
        self.lines.iter().any(|line| line.exchange_for.is_some())
    }

    /// Whether all that comes back is exchanged, so that no money goes back.
    pub fn only_exchanges(&self) -> bool {
        self.lines.iter().all(|line| line.exchange_for.is_some())
    }

    /// Whether what the buyer gets in exchange is held for this return.
    pub(crate) fn holds_stock(&self) -> bool {
        matches!(self.status, ReturnStatus::Approved | ReturnStatus::Received)
    }

    /// The next version.
    pub(crate) fn next(&self, status: ReturnStatus, now: Time) -> Self {
        Self { status, version: self.version + 1, updated_at: now, ..self.clone() }
    }

    /// What others learn of its last change.
    pub fn event(&self) -> Event {
        Event::ReturnChanged { order_id: self.order_id, return_id: self.id, status: self.status, unsent: self.unsent }
    }

    /// When it ends by itself, if its goods have not arrived by then.
    pub fn ends_unsent_at(&self) -> Option<Time> {
        self.send_by.filter(|_| self.status == ReturnStatus::Approved)
    }

    /// With one more picture, which helps staff to decide as long as it is open.
    pub fn with_picture(&self, image: ImageId, now: Time) -> Result<Self, PictureRefusal> {
        if !self.status.is_open() {
            return Err(PictureRefusal::Over);
        }
        if self.pictures.len() >= MAX_PICTURES {
            return Err(PictureRefusal::TooMany);
        }
        let mut with = self.next(self.status, now);
        with.pictures.push(image);
        Ok(with)
    }

    /// Without a picture that the buyer removes while it is open. `None` if it has no such picture.
    pub fn without_picture(&self, image: ImageId, now: Time) -> Result<Option<Self>, PictureRefusal> {
        if !self.pictures.contains(&image) {
            return Ok(None);
        }
        if !self.status.is_open() {
            return Err(PictureRefusal::Over);
        }
        let mut without = self.next(self.status, now);
        without.pictures.retain(|picture| *picture != image);
        Ok(Some(without))
    }

    /// Without pictures, because the account of the buyer is erased. `None` if it has none.
    pub fn without_pictures(&self, now: Time) -> Option<Self> {
        (!self.pictures.is_empty()).then(|| Self { pictures: Vec::new(), ..self.next(self.status, now) })
    }
}

/// Why a return takes no more pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PictureRefusal {
    #[error("The return is over.")]
    Over,
    #[error("A return has at most {MAX_PICTURES} pictures.")]
    TooMany,
}

/// What the shop takes back, from its settings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReturnRules {
    /// For so many days after the delivery. 0: the shop takes nothing back.
    pub return_days: u32,
    /// 0: the law of the shop knows no withdrawal.
    pub withdrawal_days: u32,
    /// What the shop keeps for a return that is not its own fault, in minor units.
    pub fee: i64,
    /// How many days the goods of an approved return have to arrive. 0: it waits for ever.
    pub send_days: u32,
}

impl ReturnRules {
    pub fn days(&self, kind: ReturnKind) -> u32 {
        match kind {
            ReturnKind::Return => self.return_days,
            ReturnKind::Withdrawal => self.withdrawal_days,
        }
    }

    /// The end of the time for it. The day of the delivery does not count and the last day counts in full, whatever the
    /// time zone: so a day more than these.
    pub fn ends(&self, kind: ReturnKind, delivered_at: Time) -> Time {
        delivered_at + Duration::from_hours(24) * (self.days(kind) + 1)
    }

    /// Until when the goods have to arrive.
    pub fn send_by(&self, approved_at: Time) -> Option<Time> {
        (self.send_days > 0).then(|| approved_at + Duration::from_hours(24) * self.send_days)
    }
}

/// What a buyer asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnRequest {
    pub id: ReturnId,
    pub kind: ReturnKind,
    pub lines: Vec<RequestedLine>,
    pub comment: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestedLine {
    pub variant_id: VariantId,
    pub quantity: u32,
    pub reason: Option<ReturnReason>,
    /// Of which variant the units are. `None`: of the one that was ordered.
    pub sku: Option<Sku>,
    /// What the buyer gets for them. `None`: money.
    pub exchange_for: Option<ChosenVariant>,
}

/// What staff found in the parcel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    /// Lines that are not named came back as they were asked for, and cannot be sold again.
    pub lines: Vec<InspectedLine>,
    /// `None`: what the rules say. It may be less, for a reason that the buyer reads.
    pub amount: Option<i64>,
    pub reason: Option<String>,
    pub refund_id: RefundId,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InspectedLine {
    pub variant_id: VariantId,
    /// Of which variant the units are. It is needed only if the return has several items of the line.
    pub sku: Option<Sku>,
    pub returned: u32,
    pub restocked: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReturnRefusal {
    #[error("only goods that were paid and sent can be returned")]
    NotSent,
    #[error("this shop does not offer it")]
    NotOffered,
    #[error("the time for it ended at {0}")]
    Ended(Time),
    #[error("an order has at most {MAX_RETURNS} returns")]
    TooMany,
    #[error("is not a line of it")]
    UnknownLine(VariantId),
    #[error("is there with several variants. Name each once, with its SKU")]
    SeveralVariants(VariantId),
    #[error("must be another variant than the one that comes back")]
    SameVariant(VariantId),
    #[error("an order has at most {MAX_EXCHANGES} exchanges")]
    TooManyExchanges,
    #[error("must be between 1 and {left}, the units that can be returned")]
    Units { variant: VariantId, left: u32 },
    #[error("must be at most {most}, the units that came back")]
    Restocked { variant: VariantId, most: u32 },
    #[error("the return is {}", .0.name())]
    Status(ReturnStatus),
    #[error("nothing came back, so decline it")]
    NothingCameBack,
    #[error("must be between 0 and {most} minor units, which the rules give back")]
    Amount { most: i64 },
    #[error("is required, because the buyer gets less than the rules give back")]
    NoReason,
    #[error("{0}")]
    Refund(RefundRefusal),
}

impl From<RefundRefusal> for ReturnRefusal {
    fn from(refusal: RefundRefusal) -> Self {
        match refusal {
            RefundRefusal::UnknownLine(variant) => Self::UnknownLine(variant),
            RefundRefusal::TooMany { variant, left } => Self::Units { variant, left },
            other => Self::Refund(other),
        }
    }
}
