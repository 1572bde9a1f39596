//! Documents of an order: the invoice when it is paid, a credit note for each refund, and the cancellation of a credit note
//! whose refund failed later. Each has a number without gaps, of its kind and its year.
//!
//! A document keeps what may change: who sells, the language, the day. What was bought is in the order's [`Purchase`],
//! which never changes.

mod credit;
mod refunded;

use std::ops::RangeInclusive;

pub use credit::{Credited, credit, rate_of, taxes_of};
pub use refunded::RefundedOrder;
use refunded::by_time;
use serde::{Deserialize, Serialize};

use crate::calendar::Day;
use crate::event::Event;
use crate::id::{OrderId, RefundId, VariantId};
use crate::mail_language::MailLanguage;
use crate::money::Currency;
use crate::order::{Method, Order, Purchase, Refund, RefundState};
use crate::pricing::Totals;
use crate::tax::TaxAmount;
use crate::time::Time;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    Invoice,
    CreditNote,
    /// Takes back a credit note, because the bank did not take the refund.
    Cancellation,
}

impl DocumentKind {
    pub const ALL: [Self; 3] = [Self::Invoice, Self::CreditNote, Self::Cancellation];

    pub fn name(self) -> &'static str {
        match self {
            Self::Invoice => "invoice",
            Self::CreditNote => "credit_note",
            Self::Cancellation => "cancellation",
        }
    }

    /// What its numbers begin with.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Invoice => "IN",
            Self::CreditNote => "CN",
            Self::Cancellation => "CC",
        }
    }
}

/// Numbers that follow each other without gaps: those of one kind in one year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Series {
    pub kind: DocumentKind,
    pub year: u16,
}

impl Series {
    /// The series of a document that is issued on this day of the shop.
    pub fn on(kind: DocumentKind, day: Day) -> Self {
        Self { kind, year: day.to_string().get(..4).and_then(|year| year.parse().ok()).unwrap_or_default() }
    }

    /// `IN-2026-000042`.
    pub fn number(self, count: u64) -> String {
        format!("{}-{}-{count:06}", self.kind.prefix(), self.year)
    }
}

/// The number of a document, as somebody typed it.
pub fn parse_number(text: &str) -> Result<String, &'static str> {
    let number = text.to_ascii_uppercase();
    let mut parts = number.split('-');
    let is_kind = |prefix: &str| DocumentKind::ALL.iter().any(|kind| kind.prefix() == prefix);
    let digits = |part: &str, length: RangeInclusive<usize>| {
        length.contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit())
    };
    let fits = parts.next().is_some_and(is_kind)
        && parts.next().is_some_and(|year| digits(year, 4..=4))
        && parts.next().is_some_and(|count| digits(count, 6..=12))
        && parts.next().is_none();
    if fits { Ok(number) } else { Err("must be a number such as IN-2026-000042") }
}

/// Who sells, as documents say it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seller {
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat_number: Option<String>,
    /// The number that the tax office of the shop's country gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_number: Option<String>,
}

/// The file of a document, once it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredFile {
    /// Of its bytes, in hexadecimal.
    pub sha256: String,
    pub bytes: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    pub kind: DocumentKind,
    pub number: String,
    pub order_id: OrderId,
    /// The number of the order for people.
    pub order_number: String,
    /// The refund of a credit note, or of the credit note that is cancelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund_id: Option<RefundId>,
    /// The number of the invoice that a credit note changes, or of the credit note that is cancelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refers_to: Option<String>,
    pub issued_at: Time,
    /// The day of issue in the shop.
    pub day: Day,
    /// The day of the payment or refund in the shop.
    pub paid_on: Day,
    /// The day on which the goods were sent, if they were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supplied_on: Option<Day>,
    pub language: MailLanguage,
    pub method: Method,
    pub seller: Seller,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buyer_vat_number: Option<String>,
    /// Those of the order.
    pub totals: Totals,
    /// What it is about, by rate. The net amounts and taxes add up to the amount.
    pub taxes: Vec<TaxAmount>,
    /// What was paid or went back.
    pub amount: i64,
    /// The units that came back with the refund.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub returned: Vec<(VariantId, u32)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<StoredFile>,
}

/// A message of the documents queue: an order may lack documents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DocumentJob {
    pub order_id: OrderId,
}

/// The job that an event makes necessary: an order was paid, also with its placing or delivery, or money went back.
pub fn document_job_for(event: &Event) -> Option<DocumentJob> {
    match *event {
        Event::OrderPlaced { order_id }
        | Event::OrderPaid { order_id }
        | Event::OrderDelivered { order_id }
        | Event::OrderRefunded { order_id, .. }
        | Event::RefundFailed { order_id, .. } => Some(DocumentJob { order_id }),
        _ => None,
    }
}

/// A document that an order lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DueDocument<'a> {
    Invoice,
    CreditNote { of: &'a Document, refund: &'a Refund },
    Cancellation { of: &'a Document },
}

/// The first document that the order lacks.
pub fn due<'a>(order: &Order, refunds: &'a [Refund], issued: &'a [Document]) -> Option<DueDocument<'a>> {
    let is_elsewhere = order.payment.method == Method::Elsewhere;
    let Some(invoice) = issued.iter().find(|document| document.kind == DocumentKind::Invoice) else {
        return (order.was_paid() && !is_elsewhere).then_some(DueDocument::Invoice);
    };
    let of = |kind, refund: &Refund| {
        issued.iter().find(|document| document.kind == kind && document.refund_id == Some(refund.id))
    };
    let by_time = by_time(refunds);
    let cancellations = by_time.iter().filter(|refund| matches!(refund.state, RefundState::Failed { .. }));
    let cancelled = cancellations.clone().find_map(|refund| {
        let credit_note = of(DocumentKind::CreditNote, refund)?;
        of(DocumentKind::Cancellation, refund).is_none().then_some(DueDocument::Cancellation { of: credit_note })
    });
    cancelled.or_else(|| {
        let mut made = by_time.iter().filter(|refund| refund.state == RefundState::Succeeded && refund.amount > 0);
        let refund = made.find(|refund| of(DocumentKind::CreditNote, refund).is_none())?;
        Some(DueDocument::CreditNote { of: invoice, refund })
    })
}

impl DueDocument<'_> {
    pub fn kind(&self) -> DocumentKind {
        match self {
            Self::Invoice => DocumentKind::Invoice,
            Self::CreditNote { .. } => DocumentKind::CreditNote,
            Self::Cancellation { .. } => DocumentKind::Cancellation,
        }
    }
}

/// What a document is made of.
#[derive(Debug, Clone)]
pub struct Facts<'a> {
    pub order: &'a Order,
    pub purchase: &'a Purchase,
    pub refunds: &'a [Refund],
    pub issued: &'a [Document],
    pub seller: &'a Seller,
    /// Of an order that names none.
    pub language: MailLanguage,
}

/// The time and the day of issue, and the number.
#[derive(Debug, Clone)]
pub struct Issue {
    pub at: Time,
    pub day: Day,
    pub number: String,
}

impl Facts<'_> {
    /// Makes a document. `day_of` gives the day of the shop at a time.
    pub fn document(&self, due: DueDocument<'_>, issue: Issue, day_of: impl Fn(Time) -> Day) -> Document {
        let Self { order, purchase, refunds, issued, .. } = *self;
        let refunded = RefundedOrder { order, purchase, refunds, issued };
        let blank = Document {
            kind: due.kind(),
            number: issue.number,
            order_id: order.id,
            order_number: order.number.clone(),
            refund_id: None,
            refers_to: None,
            issued_at: issue.at,
            day: issue.day,
            paid_on: day_of(order.paid_at.unwrap_or(order.created_at)),
            supplied_on: order.shipped_at.or(order.delivered_at).map(&day_of),
            language: order.language.unwrap_or(self.language),
            method: order.payment.method,
            seller: self.seller.clone(),
            buyer_vat_number: purchase.vat.as_ref().map(|vat| vat.number.as_str().to_owned()),
            totals: order.totals,
            taxes: Vec::new(),
            amount: order.totals.total,
            returned: Vec::new(),
            file: None,
        };
        match due {
            DueDocument::Invoice => Document { taxes: taxes_of(&order.totals, purchase), ..blank },
            DueDocument::CreditNote { of, refund } => Document {
                refund_id: Some(refund.id),
                refers_to: Some(of.number.clone()),
                paid_on: day_of(refund.made_at.unwrap_or(refund.created_at)),
                taxes: refunded.credited(of, refund),
                amount: refund.amount,
                returned: refund.lines.clone(),
                ..blank
            },
            DueDocument::Cancellation { of } => Document {
                kind: DocumentKind::Cancellation,
                number: blank.number,
                refers_to: Some(of.number.clone()),
                issued_at: issue.at,
                day: issue.day,
                paid_on: issue.day,
                file: None,
                ..of.clone()
            },
        }
    }
}

impl Document {
    pub fn series(&self) -> Series {
        Series::on(self.kind, self.day)
    }

    /// Where its file is in the bucket.
    pub fn key(&self) -> String {
        format!("{}/{}.pdf", self.series().year, self.number)
    }

    pub fn currency(&self) -> Currency {
        self.totals.currency
    }

    pub fn tax(&self) -> i64 {
        self.taxes.iter().map(|part| part.tax).sum()
    }

    pub fn net(&self) -> i64 {
        self.taxes.iter().map(|part| part.net).sum()
    }
}

#[cfg(test)]
mod tests;
