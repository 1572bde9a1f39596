//! An order, as a mail tells of it.

use domain::address::PostalAddress;
use domain::id::VariantId;
use domain::order::{Method, Order, OrderLine, Parcel, Purchase, Refund, Shipment, Status};
use domain::picture::line_path;
use domain::returns::{Return, ReturnKind, ReturnLine, ReturnStatus};
use domain::shipping::OfferedMethod;
use domain::tax::{TaxAmount, TaxKind};
use serde::Serialize;

use crate::wording::{LayoutWords, Wording};

/// How many lines of a parcel a mail names. It has all lines of the order below, and mail programs cut long mails.
const NAMED_LINES: usize = 10;

/// An order as it is when the mail is sent, in the words of a language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OrderSummary {
    pub number: String,
    /// Its number and its day.
    pub heading: String,
    pub url: String,
    pub lines: Vec<SummaryLine>,
    /// Subtotal, discount and shipping, without those that are zero, and the tax by rate.
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
    /// What is in the parcel, in a mail about one of several.
    pub parcel: Option<SummaryParcel>,
    /// The refunded amount, in a mail about a refund.
    pub refund: Option<String>,
    /// The time until which the provider takes evidence about a dispute.
    pub evidence_due_by: Option<String>,
    /// The shipping method, and how long it takes.
    pub shipping_method: Option<String>,
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
    /// What the buyer gets in exchange, such as `1 × Harbour T-shirt (L, Blue)`.
    pub exchanges: Option<String>,
    /// No money goes back, because all of it is exchanged.
    pub only_exchanges: bool,
    /// The day by which the goods have to arrive.
    pub send_by: Option<String>,
}

impl ReturnSummary {
    pub fn of(it: &Return, wording: &Wording) -> Self {
        let is_done = matches!(it.status, ReturnStatus::Completed | ReturnStatus::Exchanging);
        let units = |line: &ReturnLine| if is_done { line.returned } else { line.quantity };
        let lines = it.lines.iter().filter(|line| units(line) > 0);
        let items: Vec<String> = lines.clone().map(|line| format!("{} × {}", units(line), line.name)).collect();
        let exchanges = lines.filter_map(|line| {
            let variant = line.exchange_for.as_ref()?;
            let options = variant.options.join(", ");
            let options = if options.is_empty() { variant.sku.to_string() } else { options };
            Some(format!("{} × {} ({options})", units(line), line.name))
        });
        let exchanges: Vec<String> = exchanges.collect();
        Self {
            only_exchanges: exchanges.len() == items.len(),
            exchanges: (!exchanges.is_empty()).then(|| exchanges.join(", ")),
            items: items.join(", "),
            is_withdrawal: it.kind == ReturnKind::Withdrawal,
            reason: it.reason.clone(),
            amount: (it.amount > 0).then(|| wording.locale.amount(it.money(it.amount))),
            send_by: it.send_by.map(|by| wording.locale.date(by)),
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
    /// Which of its units are not there, until the order is sent.
    pub backordered: Option<String>,
}

/// One of several parcels: each line such as `2 × Shirt (M, Blue)`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SummaryParcel {
    pub lines: Vec<String>,
    /// What was not sent yet when it left.
    pub to_come: Vec<String>,
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
        ];
        let sums = sums.into_iter().filter(|(_, amount)| *amount != 0);
        let sums = sums.map(|(name, amount)| SummaryAmount { name: name.clone(), amount: money(amount) });
        let is_in_shop = matches!(order.status, Status::Pending | Status::Paid | Status::Processing);
        let copies = purchase.pictures.as_deref();
        let line = |line: &OrderLine| SummaryLine {
            quantity: line.quantity,
            name: line.name.clone(),
            options: line.options.join(", "),
            unit_price: money(line.unit_price),
            total: money(line.total()),
            picture: line_path(order.id, line, copies).map(|path| format!("{images_url}/{path}")),
            backordered: wording.backordered(line).filter(|_| is_in_shop),
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
            sums: sums.chain(taxes(order, purchase, wording)).collect(),
            total: money(totals.total),
            addresses: addresses.filter_map(|(name, address)| Some(SummaryAddress::of(name, address?))).collect(),
            is_cash: order.payment.method == Method::CashOnDelivery,
            is_paid: order.was_paid(),
            held_until: order.held_until().map(|until| until.to_string()),
            carrier: order.shipment.as_ref().and_then(|shipment| shipment.carrier.clone()),
            tracking_code: order.shipment.as_ref().and_then(|shipment| shipment.tracking_code.clone()),
            tracking_url: order.shipment.as_ref().and_then(Shipment::tracking_url),
            parcel: None,
            refund: refund.map(|refund| money(refund.amount)),
            evidence_due_by: order.evidence_due_by.map(|by| by.to_string()),
            shipping_method: purchase.shipping_method.as_ref().map(|method| shipping_method(method, words)),
            goods_return: None,
        }
    }
}

/// Such as `Express (DHL), 1–2 working days`.
fn shipping_method(method: &OfferedMethod, words: &LayoutWords) -> String {
    let carrier = method.carrier.as_ref().map(|carrier| format!(" ({carrier})")).unwrap_or_default();
    let time = method.estimate.map(|estimate| match (estimate.min_days, estimate.max_days) {
        (1, 1) => words.working_day.clone(),
        (min, max) if min == max => words.working_days.replace("{days}", &max.to_string()),
        (min, max) => words.working_days.replace("{days}", &format!("{min}–{max}")),
    });
    let time = time.map(|time| format!(", {time}")).unwrap_or_default();
    format!("{}{carrier}{time}", method.name)
}

/// The tax by rate. It comes on top, or is in the total; or a business pays it itself.
fn taxes(order: &Order, purchase: &Purchase, wording: &Wording) -> Vec<SummaryAmount> {
    let Wording { locale, layout: words } = wording;
    let totals = order.totals;
    let line = |name: String, amount: i64| SummaryAmount { name, amount: locale.amount(order.money(amount)) };
    let is_taxed = |amount: &&TaxAmount| amount.tax > 0;
    let is_reversed = |amount: &&TaxAmount| amount.rate.kind == TaxKind::ReverseCharge;
    if purchase.taxes.is_empty() && totals.tax != 0 {
        return vec![line(words.tax.clone(), totals.tax)];
    }
    let name = if totals.tax_included { &words.tax_included } else { &words.tax_at };
    let taxed = purchase.taxes.iter().filter(is_taxed);
    let taxed = taxed.map(|amount| line(name.replace("{rate}", &locale.percent(amount.rate.rate)), amount.tax));
    let reversed = purchase.taxes.iter().find(is_reversed).map(|_| line(words.reverse_charge.clone(), 0));
    taxed.chain(reversed).collect()
}

impl OrderSummary {
    /// The summary in a mail about this return.
    pub fn about_return(self, it: &Return, wording: &Wording) -> Self {
        let summary = Self { goods_return: Some(ReturnSummary::of(it, wording)), ..self };
        match it.parcel.as_ref().map(|parcel| &parcel.shipment) {
            None => summary,
            Some(shipment) => Self {
                carrier: shipment.carrier.clone(),
                tracking_code: shipment.tracking_code.clone(),
                tracking_url: shipment.tracking_url(),
                ..summary
            },
        }
    }

    /// The summary in a mail about this parcel.
    /// The summary in a mail about this parcel. It tells what was to come when the parcel left: the mails of two parcels
    /// that follow each other may be written when both are sent.
    pub fn about_parcel(self, order: &Order, purchase: &Purchase, parcel: &Parcel) -> Self {
        let line = |(variant, units): &(VariantId, u32)| {
            let line = purchase.lines.iter().find(|line| line.variant_id == *variant)?;
            let options = line.options.join(", ");
            let options = if options.is_empty() { options } else { format!(" ({options})") };
            Some(format!("{units} × {}{options}", line.name))
        };
        let lines = |lines: &[(VariantId, u32)]| {
            let more = (lines.len() > NAMED_LINES).then(|| "…".to_owned());
            lines.iter().take(NAMED_LINES).filter_map(line).chain(more).collect()
        };
        Self {
            carrier: parcel.shipment.carrier.clone(),
            tracking_code: parcel.shipment.tracking_code.clone(),
            tracking_url: parcel.shipment.tracking_url(),
            parcel: Some(SummaryParcel {
                lines: lines(&parcel.lines),
                to_come: lines(&order.to_come_after(purchase, parcel.id)),
            }),
            ..self
        }
    }
}

impl SummaryAddress {
    fn of(name: &str, to: &PostalAddress) -> Self {
        let place = format!("{} {}", to.postal_code, to.city);
        let country = to.country.as_str().to_owned();
        let parts = [
            to.company.clone(),
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
