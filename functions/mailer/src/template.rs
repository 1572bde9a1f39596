//! The words: one layout and one template a letter, as HTML (escaped) and as text. Rendering is pure.

use domain::mail::MailTemplate;
use domain::order::{Method, Order, Purchase, Refund};
use domain::time::Time;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, context};
use serde::Serialize;

/// What all letters of a shop have in common.
#[derive(Debug, Clone)]
pub struct MailBranding {
    pub shop_name: String,
    pub shop_url: String,
}

/// The links that a letter may carry, ready to follow.
#[derive(Debug, Clone, Default)]
pub struct Links {
    /// What the letter is about: verify, reset.
    pub action: Option<String>,
    pub unsubscribe: Option<String>,
}

/// Whom a letter is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    pub name: String,
    pub email: String,
}

/// What a letter about stock is about, as it is when the letter is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ware {
    pub name: String,
    /// Such as `M, Blue`; empty for a product without options.
    pub options: String,
    pub sku: String,
    pub price: String,
    pub available: i64,
    pub threshold: i64,
    pub url: String,
}

/// What a letter about an order is about, as it is when the letter is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Receipt {
    pub number: String,
    pub url: String,
    pub lines: Vec<ReceiptLine>,
    /// Subtotal, discount, shipping and tax, as far as there is any.
    pub sums: Vec<Sum>,
    pub total: String,
    /// In one line.
    pub address: String,
    pub is_cash: bool,
    pub is_paid: bool,
    pub carrier: Option<String>,
    pub tracking_code: Option<String>,
    /// What went back, in a letter about that.
    pub refund: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReceiptLine {
    pub quantity: u32,
    pub name: String,
    pub options: String,
    pub total: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sum {
    pub name: &'static str,
    pub amount: String,
}

impl Receipt {
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
        let lines = purchase.lines.iter().map(|line| ReceiptLine {
            quantity: line.quantity,
            name: line.name.clone(),
            options: line.options.join(", "),
            total: money(line.total()),
        });
        let to = &purchase.shipping;
        let place = format!("{} {}", to.postal_code, to.city);
        let parts = [Some(&to.name), Some(&to.line1), to.line2.as_ref(), Some(&place)];
        let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
        let shipment = order.shipment.clone();
        let (carrier, tracking_code) =
            shipment.map_or((None, None), |shipment| (shipment.carrier, shipment.tracking_code));
        Self {
            number: order.number.clone(),
            url,
            lines: lines.collect(),
            sums: sums.map(|(name, amount)| Sum { name, amount: money(amount) }).collect(),
            total: money(totals.total),
            address: format!("{}, {}", parts.join(", "), to.country.as_str()),
            is_cash: order.payment.method == Method::CashOnDelivery,
            is_paid: order.was_paid(),
            carrier,
            tracking_code,
            refund: refund.map(|refund| money(refund.amount)),
        }
    }
}

/// What a letter is about, beside its reader.
#[derive(Debug, Clone, Copy, Default)]
pub enum About<'a> {
    #[default]
    Account,
    Ware(&'a Ware),
    Order(&'a Receipt),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    pub subject: String,
    pub html: String,
    pub text: String,
}

macro_rules! templates {
    ($($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!("../templates/", $name)))),+]
    };
}

const TEMPLATES: &[(&str, &str)] = templates![
    "layout.html",
    "layout.txt",
    "welcome.html",
    "welcome.txt",
    "verify.html",
    "verify.txt",
    "reset.html",
    "reset.txt",
    "password-changed.html",
    "password-changed.txt",
    "two-factor-changed.html",
    "two-factor-changed.txt",
    "new-device.html",
    "new-device.txt",
    "banned.html",
    "banned.txt",
    "low-stock.html",
    "low-stock.txt",
    "back-in-stock.html",
    "back-in-stock.txt",
    "order.html",
    "order.txt",
    "order-placed.html",
    "order-placed.txt",
    "order-paid.html",
    "order-paid.txt",
    "payment-failed.html",
    "payment-failed.txt",
    "order-shipped.html",
    "order-shipped.txt",
    "order-delivered.html",
    "order-delivered.txt",
    "order-cancelled.html",
    "order-cancelled.txt",
    "order-expired.html",
    "order-expired.txt",
    "order-refunded.html",
    "order-refunded.txt",
];

/// The letter to this reader. `Err` only if a template is broken, which the tests rule out.
pub fn render(
    template: &MailTemplate,
    reader: &Reader,
    about: About<'_>,
    (head, links): (&MailBranding, &Links),
    at: Time,
) -> Result<Rendered, minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|name| match name.rsplit_once('.') {
        Some((_, "html")) => AutoEscape::Html,
        _ => AutoEscape::None,
    });
    // A misspelt name is an error, not an empty space in a letter.
    environment.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
    for (name, source) in TEMPLATES {
        environment.add_template(name, source)?;
    }
    let subject = subject(template, &head.shop_name, about);
    let facts = match template {
        MailTemplate::TwoFactorChanged { enabled } => context! { enabled },
        MailTemplate::NewDevice { device, ip } => context! { device, ip },
        MailTemplate::Banned { reason, until } => context! { reason, until => minute(*until) },
        MailTemplate::OrderCancelled { reason } => context! { reason => Serde(reason) },
        _ => context! {},
    };
    let facts = match about {
        About::Account => facts,
        About::Ware(ware) => context! { ware => Serde(ware), ..facts },
        About::Order(order) => context! { order => Serde(order), ..facts },
    };
    let context = context! {
        subject => &subject,
        facts,
        name => &reader.name,
        about => match about {
            About::Account => "the security of your account",
            About::Ware(_) => "your shop",
            About::Order(_) => "your order",
        },
        shop => &head.shop_name,
        shop_url => &head.shop_url,
        action => &links.action,
        unsubscribe => &links.unsubscribe,
        at => minute(at),
    };
    let render = |ending: &str| environment.get_template(&format!("{}.{ending}", template.name()))?.render(&context);
    Ok(Rendered { html: render("html")?, text: render("txt")?, subject })
}

fn subject(template: &MailTemplate, shop: &str, about: About<'_>) -> String {
    let name = match about {
        About::Account => "",
        About::Ware(ware) => &ware.name,
        About::Order(order) => &order.number,
    };
    match template {
        MailTemplate::OrderPlaced => format!("Your order {name} at {shop}"),
        MailTemplate::OrderPaid => format!("Your order {name} is paid"),
        MailTemplate::PaymentFailed => format!("The payment for your order {name} did not go through"),
        MailTemplate::OrderShipped => format!("Your order {name} is on its way"),
        MailTemplate::OrderDelivered => format!("Your order {name} was delivered"),
        MailTemplate::OrderCancelled { .. } => format!("Your order {name} is cancelled"),
        MailTemplate::OrderExpired => format!("Your order {name} was not paid in time"),
        MailTemplate::OrderRefunded { .. } => format!("A refund for your order {name}"),
        MailTemplate::LowStock { sku, .. } => format!("Low stock: {name} ({sku})"),
        MailTemplate::BackInStock { .. } => format!("{name} is back at {shop}"),
        MailTemplate::Welcome => format!("Welcome to {shop}"),
        MailTemplate::Verify => format!("Please confirm your address for {shop}"),
        MailTemplate::Reset => format!("Set a new password for {shop}"),
        MailTemplate::PasswordChanged => format!("Your password for {shop} was changed"),
        MailTemplate::TwoFactorChanged { enabled: true } => {
            format!("Two-factor sign-in is on for {shop}")
        }
        MailTemplate::TwoFactorChanged { enabled: false } => {
            format!("Two-factor sign-in is off for {shop}")
        }
        MailTemplate::NewDevice { .. } => format!("A new device signed in to {shop}"),
        MailTemplate::Banned { .. } => format!("Your account at {shop} is suspended"),
    }
}

/// `2026-11-20 10:00 UTC`.
fn minute(time: Time) -> String {
    let text = time.to_string();
    format!("{} {} UTC", &text[..10], &text[11..16])
}
