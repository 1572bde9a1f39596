//! The mails: each template is two files in `templates/`, HTML (escaped) and text, in a common layout. The text file
//! also has the subject. Rendering is pure.

use domain::mail::MailTemplate;
use domain::order::{Method, Order, Purchase, Refund, Shipment};
use domain::text::without_links;
use domain::time::Time;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value, context, escape_formatter};
use serde::Serialize;

/// Names and contents of all files in `templates/`; `build.rs` lists them.
const TEMPLATES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/templates.rs"));

/// What all mails of a shop have in common.
#[derive(Debug, Clone)]
pub struct MailBranding {
    pub shop_name: String,
    pub shop_url: String,
}

/// The links of a mail, with their tokens.
#[derive(Debug, Clone, Default)]
pub struct Links {
    /// What the recipient is asked to do: confirm the address, set a new password.
    pub action: Option<String>,
    pub unsubscribe: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecipientAddress {
    /// Only if the owner of the address wrote it. Otherwise the mail greets nobody by name.
    pub name: Option<String>,
    pub email: String,
}

/// A variant of a product as it is when the mail is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProductFacts {
    pub name: String,
    /// Such as `M, Blue`; empty for a product without options.
    pub options: String,
    pub sku: String,
    pub price: String,
    pub available: i64,
    pub threshold: i64,
    pub url: String,
}

/// A product that its buyer can review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReviewableProduct {
    pub name: String,
    pub url: String,
}

/// An order as it is when the mail is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OrderSummary {
    pub number: String,
    pub url: String,
    pub lines: Vec<SummaryLine>,
    /// Subtotal, discount, shipping and tax, without those that are zero.
    pub sums: Vec<SummaryAmount>,
    pub total: String,
    /// The shipping address in one line. `None` for guests: the owner of the mail address may be somebody else, who must
    /// not read a stranger's words in our mail.
    pub address: Option<String>,
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
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SummaryLine {
    pub quantity: u32,
    pub name: String,
    pub options: String,
    pub total: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SummaryAmount {
    pub name: &'static str,
    pub amount: String,
}

impl OrderSummary {
    pub fn of(order: &Order, purchase: &Purchase, refund: Option<&Refund>, url: String) -> Self {
        let money = |amount: i64| order.money(amount).to_string();
        let totals = order.totals;
        let sums = [
            ("Subtotal", totals.subtotal),
            ("Discount", -totals.discount),
            ("Shipping", totals.shipping),
            ("Tax", totals.tax),
        ];
        let sums = sums.into_iter().filter(|(_, amount)| *amount != 0);
        let lines = purchase.lines.iter().map(|line| SummaryLine {
            quantity: line.quantity,
            name: line.name.clone(),
            options: line.options.join(", "),
            total: money(line.total()),
        });
        let to = &purchase.shipping;
        let place = format!("{} {}", to.postal_code, to.city);
        let parts = [Some(&to.name), Some(&to.line1), to.line2.as_ref(), Some(&place)];
        let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
        Self {
            number: order.number.clone(),
            url,
            lines: lines.collect(),
            sums: sums.map(|(name, amount)| SummaryAmount { name, amount: money(amount) }).collect(),
            total: money(totals.total),
            address: order.placed_by().map(|_| format!("{}, {}", parts.join(", "), to.country.as_str())),
            is_cash: order.payment.method == Method::CashOnDelivery,
            is_paid: order.was_paid(),
            held_until: order.held_until().map(|until| until.to_string()),
            carrier: order.shipment.as_ref().and_then(|shipment| shipment.carrier.clone()),
            tracking_code: order.shipment.as_ref().and_then(|shipment| shipment.tracking_code.clone()),
            tracking_url: order.shipment.as_ref().and_then(Shipment::tracking_url),
            refund: refund.map(|refund| money(refund.amount)),
            evidence_due_by: order.evidence_due_by.map(|by| by.to_string()),
        }
    }
}

/// What a mail is about, in addition to the fields of its template.
#[derive(Debug, Clone, Copy, Default)]
pub enum Facts<'a> {
    #[default]
    Account,
    Product(&'a ProductFacts),
    Order(&'a OrderSummary),
    /// An order, for staff.
    OrderForStaff(&'a OrderSummary),
    Reviewable(&'a [ReviewableProduct]),
}

impl Facts<'_> {
    /// The pages that the mail leads to.
    fn urls(&self) -> Vec<&String> {
        match self {
            Self::Account => Vec::new(),
            Self::Product(product) => vec![&product.url],
            Self::Order(order) | Self::OrderForStaff(order) => {
                [&order.url].into_iter().chain(&order.tracking_url).collect()
            }
            Self::Reviewable(products) => products.iter().map(|product| &product.url).collect(),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderedMail {
    pub subject: String,
    pub html: String,
    pub text: String,
}

/// Renders a mail. The only links in it are those of its `links`, of its order or product, of a known carrier and of the
/// shop: all other texts are written so that no mail client makes a link of a part of them. `Err` only if a template has an error, which
/// the tests exclude.
pub fn render(
    template: &MailTemplate,
    to: &RecipientAddress,
    facts: Facts<'_>,
    branding: &MailBranding,
    links: &Links,
    at: Time,
) -> Result<RenderedMail, minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|name| match name.rsplit_once('.') {
        Some((_, "html")) => AutoEscape::Html,
        _ => AutoEscape::None,
    });
    // A misspelt name is an error, not an empty space in a mail.
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.add_filter("minute", |time: String| minute(&time));
    // Nobody but the shop writes these.
    let mut own = vec![branding.shop_name.clone(), branding.shop_url.clone()];
    own.extend([&links.action, &links.unsubscribe].into_iter().flatten().cloned());
    own.extend(facts.urls().into_iter().cloned());
    if let MailTemplate::NewDevice { ip, .. } = template {
        own.push(ip.clone());
    }
    environment.set_formatter(move |out, state, value| match value.as_str() {
        Some(text) if !own.iter().any(|known| known == text) => {
            escape_formatter(out, state, &Value::from(without_links(text)))
        }
        _ => escape_formatter(out, state, value),
    });
    for (name, source) in TEMPLATES {
        environment.add_template(name, source)?;
    }
    let fields = Value::from(Serde(template));
    let (facts, about) = match facts {
        Facts::Account => (fields, "the security of your account"),
        Facts::Product(product) => (context! { product => Serde(product), ..fields }, "your shop"),
        Facts::Order(order) => (context! { order => Serde(order), ..fields }, "your order"),
        Facts::OrderForStaff(order) => (context! { order => Serde(order), ..fields }, "your shop"),
        Facts::Reviewable(products) => (context! { products => Serde(products), ..fields }, "your order"),
    };
    let context = context! {
        facts,
        about,
        name => &to.name,
        shop => &branding.shop_name,
        shop_url => &branding.shop_url,
        action => &links.action,
        unsubscribe => &links.unsubscribe,
        at => at.to_string(),
    };
    let name = template.name();
    let mut text = environment.get_template(&format!("{name}.txt"))?.render_captured(context.clone())?;
    let subject = text.with_state_mut(|state| state.render_block("subject"))?;
    let html =
        environment.get_template(&format!("{name}.html"))?.render(context! { subject => &subject, ..context })?;
    Ok(RenderedMail { subject, html, text: text.into_output() })
}

/// Turns `2026-11-20T10:00:00.000Z` into `2026-11-20 10:00 UTC`.
fn minute(time: &str) -> String {
    format!("{} {} UTC", time.get(..10).unwrap_or_default(), time.get(11..16).unwrap_or_default())
}
