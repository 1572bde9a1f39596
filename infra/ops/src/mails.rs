//! `mails --preview`: all mails of the shop with made-up data, as files to look at. The mailer itself renders them.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use domain::colour::Colour;
use domain::email::Email;
use domain::event::CancelReason;
use domain::id::{OrderId, ParcelId, ProductId, RefundId, ReturnId, WebhookEndpointId};
use domain::mail::{MailTemplate, OrderNotice};
use domain::mail_language::MailLanguage;
use domain::money::{Currency, Money};
use domain::sku::Sku;
use domain::time::Time;
use kit::runtime::branding::Branding;
use kit::runtime::config::Env;
use mailer::{
    Facts, Links, Mail, OrderSummary, ProductFacts, RecipientAddress, RenderedMail, ReturnSummary, ReviewableProduct,
    SummaryAddress, SummaryAmount, SummaryLine, SummaryParcel, WebhookFacts, Wording,
};

use crate::Failure;

/// A mail with made-up data.
#[derive(Debug)]
pub struct Sample {
    /// The name of its template, and what is special about it.
    pub name: String,
    pub template: MailTemplate,
    pub mail: RenderedMail,
}

/// A picture that needs no network.
const PICTURE: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='64' height='64'%3E%3Crect width='64' height='64' fill='%238fb8ad'/%3E%3Ccircle cx='32' cy='32' r='18' fill='%23f4f4f2'/%3E%3C/svg%3E";

/// Writes an HTML and a text file of each mail in each language, and a page that lists them.
pub fn preview(folder: &Path) -> Result<String, Failure> {
    let branding = branding()?;
    let mut list = String::from("<!doctype html><meta charset=\"utf-8\"><title>Mails</title>");
    let mut written = 0;
    for language in MailLanguage::ALL {
        let code = language.as_str();
        fs::create_dir_all(folder.join(code))?;
        write!(list, "<h1>{code}</h1><ul>")?;
        for Sample { name, mail, .. } in samples(&branding, language)? {
            fs::write(folder.join(code).join(format!("{name}.html")), &mail.html)?;
            fs::write(folder.join(code).join(format!("{name}.txt")), format!("{}\n\n{}", mail.subject, mail.text))?;
            let subject = mail.subject.replace('&', "&amp;").replace('<', "&lt;");
            write!(
                list,
                "<li><a href=\"{code}/{name}.html\">{name}</a> (<a href=\"{code}/{name}.txt\">text</a>): {subject}"
            )?;
            written += 1;
        }
        list.push_str("</ul>");
    }
    fs::write(folder.join("index.html"), list)?;
    Ok(format!("wrote {written} mails; open {}", folder.join("index.html").display()))
}

/// The look of the shop whose settings are in the environment, or a made-up one.
fn branding() -> Result<Branding, Failure> {
    let mut env = Env::of_process();
    if env.optional("SHOP_NAME", |name| Ok::<_, &str>(name.to_owned())).is_none() {
        return sample_branding();
    }
    let branding = Branding::read(&mut env);
    Ok(env.finish(branding)?)
}

pub fn sample_branding() -> Result<Branding, Failure> {
    Ok(Branding {
        colour: Colour::parse("#1f6f5c")?,
        address: Some("Kontor GmbH, Am Hafen 1, 20457 Hamburg".to_owned()),
        contact: Some(Email::parse("help@kontor.example")?),
        ..Branding::new("Kontor", "https://kontor.example")
    })
}

/// Every mail in this language, some of them more than once.
pub fn samples(branding: &Branding, language: MailLanguage) -> Result<Vec<Sample>, Failure> {
    let wording = Wording::of(language).ok_or("there is no such language")?;
    let at = Time::parse("2026-11-20T10:00:00Z")?;
    let to = RecipientAddress { name: Some("Ada Lovelace".to_owned()), email: "ada@example.com".to_owned() };
    let templates = templates(at)?.into_iter();
    templates
        .map(|(special, template)| {
            let name = [template.name(), special].join(if special.is_empty() { "" } else { "-" });
            let (product, order) = (product(branding, wording)?, order(&name, branding, wording)?);
            let webhook = WebhookFacts {
                url: "https://erp.kontor.example/integrations/kontor-gmbh-hamburg/events".to_owned(),
                is_gone: special == "gone",
                failing_since: Some("2026-11-17T09:00:00.000Z".to_owned()),
            };
            let reviewable = [("Harbour T-shirt", "harbour-t-shirt"), ("Mug “Kontor”", "mug")].map(|(name, slug)| {
                let url = format!("{}/products/{slug}/review?order={}", branding.shop_url, OrderId::new(at, 1));
                ReviewableProduct { name: name.to_owned(), url }
            });
            let facts = match template {
                MailTemplate::CartReminder => Facts::Cart(&order.lines),
                MailTemplate::AskForReview => Facts::Reviewable(&reviewable),
                MailTemplate::WebhookDisabled { .. } => Facts::Webhook(&webhook),
                MailTemplate::LowStock { .. } => Facts::ProductForStaff(&product),
                MailTemplate::BackInStock { .. } => Facts::Product(&product),
                MailTemplate::OrderNotice { .. } => Facts::OrderForStaff(&order),
                _ if ["order", "payment", "refund", "parcel"].iter().any(|part| name.contains(part)) => {
                    Facts::Order(&order)
                }
                _ => Facts::Account,
            };
            let page = match template {
                MailTemplate::Verify => Some("verify-email?token"),
                MailTemplate::Reset => Some("reset-password?token"),
                MailTemplate::ChangeEmail if special.is_empty() => Some("change-email?token"),
                MailTemplate::ConfirmOrder => Some("confirm-order?token"),
                MailTemplate::CartReminder => Some("cart?restore"),
                _ => None,
            };
            let unsubscribe = template.topic().map(|topic| {
                format!(
                    "https://api.kontor.example/api/v1/mail/unsubscribe?topic={}&language={}&token=T",
                    topic.name(),
                    language.as_str()
                )
            });
            let links = Links { action: page.map(|page| format!("{}/{page}=T", branding.shop_url)), unsubscribe };
            // Whoever has not proven the address is not greeted by name.
            let is_proven = links.action.is_none() || template == MailTemplate::CartReminder;
            let to = RecipientAddress { name: to.name.clone().filter(|_| is_proven), ..to.clone() };
            let mail = Mail { template: &template, language, to: &to, facts, links: &links, at }.render(branding)?;
            Ok(Sample { name, template, mail })
        })
        .collect()
}

/// What is special about it, and the mail.
fn templates(at: Time) -> Result<Vec<(&'static str, MailTemplate)>, Failure> {
    let (product_id, sku, order_id) = (ProductId::new(at, 1), Sku::parse("TEE-M")?, OrderId::new(at, 1));
    let (refund_id, parcel_id) = (RefundId::new(at, 1), ParcelId::new(at, 1));
    let return_id = ReturnId::new(at, 1);
    let cancelled = |reason| MailTemplate::OrderCancelled { reason };
    let notice = |notice| MailTemplate::OrderNotice { order_id, notice };
    Ok(vec![
        ("", MailTemplate::Welcome),
        ("", MailTemplate::Verify),
        ("", MailTemplate::Reset),
        ("", MailTemplate::PasswordChanged),
        ("on", MailTemplate::TwoFactorChanged { enabled: true }),
        ("off", MailTemplate::TwoFactorChanged { enabled: false }),
        ("", MailTemplate::NewDevice { device: "Firefox on Linux".to_owned(), ip: "203.0.113.1".to_owned() }),
        ("password-unknown", MailTemplate::SignInsFailed { password_known: false }),
        ("password-known", MailTemplate::SignInsFailed { password_known: true }),
        ("", MailTemplate::AddressTaken),
        ("", MailTemplate::ChangeEmail),
        ("taken", MailTemplate::ChangeEmail),
        ("", MailTemplate::EmailChangeRequested),
        ("", MailTemplate::EmailChanged),
        ("", MailTemplate::Banned { reason: "Stolen cards were tried with this account.".to_owned(), until: at }),
        ("", MailTemplate::LowStock { product_id, sku: sku.clone() }),
        ("", MailTemplate::BackInStock { product_id, sku }),
        ("cash", MailTemplate::ConfirmOrder),
        ("", MailTemplate::OrderPlaced),
        ("cash", MailTemplate::OrderPlaced),
        ("paid", MailTemplate::OrderPlaced),
        ("paid", MailTemplate::OrderPaid),
        ("", MailTemplate::PaymentFailed),
        ("", MailTemplate::PaymentProcessing),
        ("paid", MailTemplate::OrderShipped),
        ("paid-without-tracking", MailTemplate::OrderShipped),
        ("paid", MailTemplate::OrderDelivered),
        ("paid", MailTemplate::ParcelShipped { parcel_id }),
        ("last-paid-without-tracking", MailTemplate::ParcelShipped { parcel_id }),
        ("by-buyer", cancelled(CancelReason::Buyer)),
        ("by-shop-paid", cancelled(CancelReason::Shop)),
        ("out-of-stock-paid", cancelled(CancelReason::OutOfStock)),
        ("delivery-refused", cancelled(CancelReason::DeliveryRefused)),
        ("", MailTemplate::AskForReview),
        ("", MailTemplate::CartReminder),
        ("", MailTemplate::OrderExpired),
        ("cash", MailTemplate::OrderExpired),
        ("paid", MailTemplate::OrderRefunded { refund_id }),
        ("", MailTemplate::OrderLink),
        ("paid", MailTemplate::RefundFailed { refund_id }),
        ("payment-processing", notice(OrderNotice::PaymentProcessing)),
        ("payment-failed", notice(OrderNotice::PaymentFailed)),
        ("refund-failed", notice(OrderNotice::RefundFailed)),
        ("goods-undecided", notice(OrderNotice::GoodsUndecided)),
        ("dispute-inquiry", notice(OrderNotice::DisputeInquiry)),
        ("dispute-opened", notice(OrderNotice::DisputeOpened)),
        ("dispute-won", notice(OrderNotice::DisputeWon)),
        ("dispute-lost", notice(OrderNotice::DisputeLost)),
        ("", MailTemplate::WebhookDisabled { endpoint_id: WebhookEndpointId::new(at, 1) }),
        ("gone", MailTemplate::WebhookDisabled { endpoint_id: WebhookEndpointId::new(at, 1) }),
        ("of-order", MailTemplate::ReturnRequested { return_id }),
        ("of-order", MailTemplate::ReturnApproved { return_id }),
        ("of-order-withdrawal", MailTemplate::ReturnApproved { return_id }),
        ("of-order", MailTemplate::ReturnDeclined { return_id }),
        ("of-order", MailTemplate::ReturnReceived { return_id }),
        ("of-order", MailTemplate::ReturnCompleted { return_id }),
        ("of-order-less", MailTemplate::ReturnCompleted { return_id }),
        ("return-requested", notice(OrderNotice::ReturnRequested)),
        ("of-order-exchange", MailTemplate::ReturnRequested { return_id }),
        ("of-order-exchange", MailTemplate::ReturnApproved { return_id }),
        ("of-order-exchange", MailTemplate::ReturnReceived { return_id }),
        ("of-order-exchange", MailTemplate::ReturnExchanging { return_id }),
        ("of-order-exchange", MailTemplate::ReturnCompleted { return_id }),
        ("of-order", MailTemplate::ReturnUnsent { return_id }),
    ])
}

/// The return of the mail with this name.
fn goods_return(name: &str, wording: &Wording) -> Result<ReturnSummary, Failure> {
    let send_by = wording.locale.date(Time::parse("2026-12-20T10:00:00Z")?);
    Ok(ReturnSummary {
        items: "2 × Harbour T-shirt, 1 × Mug “Kontor”".to_owned(),
        is_withdrawal: name.contains("withdrawal"),
        reason: (name.contains("declined") || name.contains("less")).then(|| "One shirt was worn".to_owned()),
        amount: (name.contains("completed") || name.contains("exchanging"))
            .then(|| amount(3998, wording))
            .transpose()?,
        exchanges: name.contains("exchange").then(|| "2 × Harbour T-shirt (L, Blue)".to_owned()),
        only_exchanges: false,
        send_by: ["approved", "unsent"].iter().any(|part| name.contains(part)).then_some(send_by),
    })
}

fn amount(minor: i64, wording: &Wording) -> Result<String, Failure> {
    Ok(wording.locale.amount(Money::new(minor, Currency::parse("eur")?)))
}

fn product(branding: &Branding, wording: &Wording) -> Result<ProductFacts, Failure> {
    Ok(ProductFacts {
        name: "Harbour T-shirt".to_owned(),
        options: "M, Blue".to_owned(),
        sku: "TEE-M".to_owned(),
        price: amount(1999, wording)?,
        available: 2,
        threshold: 5,
        url: format!("{}/products/harbour-t-shirt", branding.shop_url),
    })
}

/// The order of the mail with this name.
fn order(name: &str, branding: &Branding, wording: &Wording) -> Result<OrderSummary, Failure> {
    let (number, words) = ("261120-7F3K9QZX", &wording.layout);
    let line = |quantity: u32, name: &str, options: &str, price: i64| {
        Ok::<_, Failure>(SummaryLine {
            quantity,
            name: name.to_owned(),
            options: options.to_owned(),
            unit_price: amount(price, wording)?,
            total: amount(price * i64::from(quantity), wording)?,
            picture: Some(PICTURE.to_owned()).filter(|_| price < 100_000),
            backordered: None,
        })
    };
    let sum =
        |name: &str, minor| Ok::<_, Failure>(SummaryAmount { name: name.to_owned(), amount: amount(minor, wording)? });
    let address = |name: &str, lines: &[&str]| SummaryAddress {
        name: name.to_owned(),
        lines: lines.iter().map(|line| (*line).to_owned()).collect(),
    };
    let is_known = !name.starts_with("confirm-order");
    let of_parcel = name.starts_with("parcel-shipped");
    let of_exchange = name.starts_with("return-completed") && name.contains("exchange");
    let is_sent = of_parcel || of_exchange || name.starts_with("order-shipped");
    let shipped = is_sent && !name.contains("without-tracking");
    let to_come = if name.contains("last") { Vec::new() } else { vec!["3 × Mug “Kontor” (0.3 l)".to_owned()] };
    let heading = words.order.replace("{date}", &wording.locale.date(Time::parse("2026-11-20T10:00:00Z")?));
    Ok(OrderSummary {
        number: number.to_owned(),
        heading: heading.replace("{number}", number),
        url: format!("{}/orders/ord_01M7W6C3804Q9PV3Y1B8S4HJET", branding.shop_url),
        lines: vec![
            line(2, "Harbour T-shirt", "M, Blue", 1999)?,
            line(1, "A very long name of a product that needs more than one line on a telephone", "", 123_450)?,
            line(3, "Mug “Kontor”", "0.3 l", 950)?,
        ],
        sums: vec![
            sum(&words.subtotal, 130_298)?,
            sum(&words.discount, -5000)?,
            sum(&words.shipping, 590)?,
            sum(&words.tax, 23_919)?,
        ],
        total: amount(149_807, wording)?,
        addresses: if is_known {
            vec![
                address(&words.delivery_address, &["Ada Lovelace", "1 Harbour Street", "10115 Berlin", "DE"]),
                address(&words.billing_address, &["Analytical Engines", "2 Market Square", "20457 Hamburg", "DE"]),
            ]
        } else {
            Vec::new()
        },
        is_cash: name.contains("cash"),
        is_paid: name.contains("paid"),
        held_until: Some("2026-11-20T10:30:00.000Z".to_owned()),
        carrier: Some("DHL".to_owned()),
        tracking_code: shipped.then(|| "00340434161094042557".to_owned()),
        tracking_url: shipped
            .then(|| "https://www.dhl.com/global-en/home/tracking.html?tracking-id=00340434161094042557".to_owned()),
        parcel: of_parcel.then(|| SummaryParcel { lines: vec!["2 × Harbour T-shirt (M, Blue)".to_owned()], to_come }),
        refund: Some(amount(1999, wording)?),
        evidence_due_by: Some("2026-11-27T10:00:00.000Z".to_owned()),
        shipping_method: Some(format!("Standard (DHL), {}", words.working_days.replace("{days}", "2–4"))),
        goods_return: name.starts_with("return").then(|| goods_return(name, wording)).transpose()?,
    })
}
