//! An order, as a mail tells of it.

use domain::address::PostalAddress;
use domain::order::{Method, Order, OrderLine, Purchase, Refund, Shipment};
use domain::picture::line_path;
use domain::returns::{Return, ReturnKind, ReturnLine, ReturnStatus};
use serde::Serialize;

use crate::wording::Wording;

/// An order as it is when the mail is sent, in the words of a language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OrderSummary {
    pub number: String,
    /// Its number and its day.
    pub heading: String,
    pub url: String,
    pub lines: Vec<SummaryLine>,
    /// Subtotal, discount, shipping and tax, without those that are zero.
    pub sums: Vec<SummaryAmount>,
    pub total: String,
    /// Where it goes, and the billing address if it is another one. None for guests: the owner of the mail address may be
    /// somebody else, who must not read a stranger's words in our mail.
    pub addresses: Vec<SummaryAddress>,
    pub is_cash: bool,
    pub is_paid: bool,
    /// The time until which it must be paid or confirmed.
    pub held_until: Option<String>,
    pub carrier: Option<String>,
    pub tracking_code: Option<String>,
    /// The carrier's page about the parcel.
    pub tracking_url: Option<String>,
    /// The refunded amount, in a mail about a refund.
    pub refund: Option<String>,
    /// The time until which the provider takes evidence about a dispute.
    pub evidence_due_by: Option<String>,
    /// The return that the mail is about.
    pub goods_return: Option<ReturnSummary>,
}

/// A return, as a mail tells of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReturnSummary {
    /// Such as `2 × Harbour T-shirt, 1 × Mug`.
    pub items: String,
    pub is_withdrawal: bool,
    /// Why staff declined it, or gave less back.
    pub reason: Option<String>,
    /// What goes back. None if it is nothing, or not known yet.
    pub amount: Option<String>,
}

impl ReturnSummary {
    pub fn of(it: &Return, wording: &Wording) -> Self {
        let is_done = it.status == ReturnStatus::Completed;
        let units = |line: &ReturnLine| if is_done { line.returned } else { line.quantity };
        let lines = it.lines.iter().filter(|line| units(line) > 0);
        let items: Vec<String> = lines.map(|line| format!("{} × {}", units(line), line.name)).collect();
        Self {
            items: items.join(", "),
            is_withdrawal: it.kind == ReturnKind::Withdrawal,
            reason: it.reason.clone(),
            amount: (it.amount > 0).then(|| wording.locale.amount(it.money(it.amount))),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SummaryLine {
    pub quantity: u32,
    pub name: String,
    pub options: String,
    pub unit_price: String,
    pub total: String,
    /// The URL of its picture when it was ordered.
    pub picture: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SummaryAmount {
    pub name: String,
    pub amount: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SummaryAddress {
    pub name: String,
    pub lines: Vec<String>,
}

impl OrderSummary {
    /// `images_url`: the base URL of public pictures.
    pub fn of(
        order: &Order,
        purchase: &Purchase,
        refund: Option<&Refund>,
        url: String,
        images_url: &str,
        wording: &Wording,
    ) -> Self {
        let Wording { locale, layout: words } = wording;
        let money = |amount: i64| locale.amount(order.money(amount));
        let totals = order.totals;
        let sums = [
            (&words.subtotal, totals.subtotal),
            (&words.discount, -totals.discount),
            (&words.shipping, totals.shipping),
            (&words.tax, totals.tax),
        ];
        let sums = sums.into_iter().filter(|(_, amount)| *amount != 0);
        let copies = purchase.pictures.as_deref();
        let line = |line: &OrderLine| SummaryLine {
            quantity: line.quantity,
            name: line.name.clone(),
            options: line.options.join(", "),
            unit_price: money(line.unit_price),
            total: money(line.total()),
            picture: line_path(order.id, line, copies).map(|path| format!("{images_url}/{path}")),
        };
        let addresses =
            [(&words.delivery_address, Some(&purchase.shipping)), (&words.billing_address, purchase.billing.as_ref())];
        let addresses = addresses.into_iter().filter(|_| order.placed_by().is_some());
        let heading = words.order.replace("{date}", &locale.date(order.created_at));
        Self {
            heading: heading.replace("{number}", &order.number),
            number: order.number.clone(),
            url,
            lines: purchase.lines.iter().map(line).collect(),
            sums: sums.map(|(name, amount)| SummaryAmount { name: name.clone(), amount: money(amount) }).collect(),
            total: money(totals.total),
            addresses: addresses.filter_map(|(name, address)| Some(SummaryAddress::of(name, address?))).collect(),
            is_cash: order.payment.method == Method::CashOnDelivery,
            is_paid: order.was_paid(),
            held_until: order.held_until().map(|until| until.to_string()),
            carrier: order.shipment.as_ref().and_then(|shipment| shipment.carrier.clone()),
            tracking_code: order.shipment.as_ref().and_then(|shipment| shipment.tracking_code.clone()),
            tracking_url: order.shipment.as_ref().and_then(Shipment::tracking_url),
            refund: refund.map(|refund| money(refund.amount)),
            evidence_due_by: order.evidence_due_by.map(|by| by.to_string()),
            goods_return: None,
        }
    }
}

impl SummaryAddress {
    fn of(name: &str, to: &PostalAddress) -> Self {
        let place = format!("{} {}", to.postal_code, to.city);
        let country = to.country.as_str().to_owned();
        let parts = [
            Some(to.name.clone()),
            Some(to.line1.clone()),
            to.line2.clone(),
            Some(place),
            to.region.clone(),
            Some(country),
        ];
        Self { name: name.to_owned(), lines: parts.into_iter().flatten().collect() }
    }
}
