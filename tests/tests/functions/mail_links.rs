//! No mail leads anywhere but to the shop, whatever people write. A library finds the links, as mail clients do.

use domain::event::CancelReason;
use domain::id::{OrderId, ParcelId, ProductId, RefundId};
use domain::mail::{MailTemplate, OrderNotice};
use domain::mail_language::MailLanguage;
use domain::order::Shipment;
use domain::sku::Sku;
use domain::text::{PersonName, address_line, line, linkless};
use domain::time::Time;
use linkify::LinkFinder;
use mailer::{
    Facts, Links, Mail, OrderSummary, ProductFacts, RecipientAddress, SummaryAddress, SummaryAmount, SummaryLine,
    SummaryParcel,
};
use proptest::prelude::{Just, Strategy, prop, prop_assert, prop_oneof, proptest};

use crate::fixtures::settings;

const SHOP: &str = "https://shop.test";
const API: &str = "https://api.test";
/// The address of a new device stands in a mail as it is.
const IP: &str = "203.0.113.1";

/// Texts that look like names, like links, and like neither.
fn texts() -> impl Strategy<Value = String> {
    let parts = [
        "https://",
        "http://",
        "www.",
        "evil",
        "Evil.com",
        ".com",
        ".",
        "t.co",
        "@",
        "eve@",
        "/",
        "a",
        "bank",
        "Ada",
        " ",
        " ",
        "O'Hara",
        "J.R.R. ",
        "St. ",
        "\u{200d}",
        "\u{200c}",
        "。",
        "．",
        "é",
        "рф",
        "-",
        "_",
        "1",
        "192.168.1.1",
        "<a ",
        "href=",
        "\"",
        "'",
        ">",
        "&",
        "mailto:",
        "://",
        ":",
        "xn--p1ai",
        "www",
        "\u{301}",
        "{{ 7 }}",
    ];
    let part = prop::sample::select(parts.to_vec()).prop_map(str::to_owned);
    prop_oneof![
        prop::collection::vec(part, 1..8).prop_map(|parts| parts.concat()),
        Just("URGENT your card was charged https://evil.example/pay".to_owned()),
        ".{1,40}",
    ]
}

fn every_template(reason: String) -> Vec<MailTemplate> {
    let at = Time::from_unix_millis(0);
    let (product_id, sku) = (ProductId::new(at, 1), Sku::parse("TEE-M").unwrap());
    vec![
        MailTemplate::Welcome,
        MailTemplate::Verify,
        MailTemplate::Reset,
        MailTemplate::PasswordChanged,
        MailTemplate::TwoFactorChanged { enabled: true },
        MailTemplate::NewDevice { device: "Firefox on Linux".to_owned(), ip: IP.to_owned() },
        MailTemplate::SignInsFailed { password_known: false },
        MailTemplate::SignInsFailed { password_known: true },
        MailTemplate::AddressTaken,
        MailTemplate::ChangeEmail,
        MailTemplate::EmailChangeRequested,
        MailTemplate::EmailChanged,
        MailTemplate::Banned { reason, until: at },
        MailTemplate::LowStock { product_id, sku: sku.clone() },
        MailTemplate::BackInStock { product_id, sku },
        MailTemplate::ConfirmOrder,
        MailTemplate::OrderPlaced,
        MailTemplate::OrderPaid,
        MailTemplate::PaymentFailed,
        MailTemplate::OrderShipped,
        MailTemplate::OrderDelivered,
        MailTemplate::ParcelShipped { parcel_id: ParcelId::new(at, 1) },
        MailTemplate::OrderCancelled { reason: CancelReason::Shop },
        MailTemplate::OrderExpired,
        MailTemplate::OrderRefunded { refund_id: RefundId::new(at, 1) },
        MailTemplate::OrderLink,
        MailTemplate::PaymentProcessing,
        MailTemplate::RefundFailed { refund_id: RefundId::new(at, 1) },
        MailTemplate::OrderNotice { order_id: OrderId::new(at, 1), notice: OrderNotice::DisputeOpened },
    ]
}

fn finder() -> LinkFinder {
    let mut finder = LinkFinder::new();
    finder.url_must_have_scheme(false);
    finder
}

/// The links that a reader of this text could follow, except those to the shop.
fn strange_links(text: &str) -> Vec<String> {
    let found = finder();
    let links = found.links(text).map(|link| link.as_str().to_owned());
    links
        .filter(|link| {
            link != IP && ![SHOP, API].iter().any(|home| link == home || link.starts_with(&format!("{home}/")))
        })
        .collect()
}

/// What a reader of an HTML mail sees, and where its links lead.
fn seen(html: &str) -> String {
    let mut text = String::new();
    for part in html.split('<').skip(1) {
        let (tag, shown) = part.split_once('>').unwrap();
        let links = tag.split("href=\"").skip(1).map(|link| link.split('"').next().unwrap());
        text.extend(links.flat_map(|link| [" ", link, " "]));
        if tag == "br" {
            text.push('\n');
        }
        text.push_str(shown);
    }
    for (entity, character) in
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&#x2f;", "/"), ("&amp;", "&")]
    {
        text = text.replace(entity, character);
    }
    text
}

/// The first of the texts that the rule accepts.
fn accepted<E>(texts: &[String], rule: impl Fn(&str) -> Result<String, E>) -> Option<String> {
    texts.iter().find_map(|text| rule(text).ok())
}

proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 64, ..Default::default() })]

    #[test]
    fn no_mail_has_a_link_that_is_not_the_shops_whatever_was_accepted(texts in prop::collection::vec(texts(), 12)) {
        let name = accepted(&texts, |text| PersonName::parse(text).map(String::from));
        let name = name.and_then(|name| PersonName::from(name).greeting().map(str::to_owned));
        let address = |max| accepted(&texts, |text| address_line(text, max)).unwrap_or_default();
        let staffs = || accepted(&texts, |text| line(text, 200)).unwrap_or_default();
        let carrier = || accepted(&texts, |text| line(text, 100).and_then(linkless));
        let product = ProductFacts {
            name: staffs(),
            options: format!("{}, {}", staffs(), staffs()),
            sku: "TEE-M".to_owned(),
            price: "$19.99".to_owned(),
            available: 2,
            threshold: 5,
            url: format!("{SHOP}/products/tee"),
        };
        let order = OrderSummary {
            number: "2026-ABCD".to_owned(),
            url: format!("{SHOP}/orders/ord_1?token=T"),
            heading: "Order 2026-ABCD of 20 November 2026".to_owned(),
            lines: vec![SummaryLine {
                quantity: 2,
                name: staffs(),
                options: staffs(),
                unit_price: "$10.00".to_owned(),
                total: "$20.00".to_owned(),
                picture: Some("https://images.test/orders/1.jpg".to_owned()),
                backordered: None,
            }],
            sums: vec![SummaryAmount { name: "Tax".to_owned(), amount: "$1.26".to_owned() }],
            total: "$21.26".to_owned(),
            addresses: vec![SummaryAddress {
                name: "Delivery address".to_owned(),
                lines: vec![address(100), address(200), format!("{} {}", address(20), address(100)), "DE".to_owned()],
            }],
            is_cash: false,
            is_paid: false,
            carrier: carrier(),
            tracking_code: carrier(),
            tracking_url: Shipment { carrier: Some("UPS".to_owned()), tracking_code: carrier() }.tracking_url(),
            parcel: Some(SummaryParcel { lines: vec![format!("2 × {} ({})", staffs(), staffs()), staffs()], to_come: vec![staffs()] }),
            refund: Some("$1.00".to_owned()),
            evidence_due_by: Some("2026-11-27T10:30:00.000Z".to_owned()),
            shipping_method: Some(staffs()),
            goods_return: None,
            held_until: Some("2026-11-20T10:30:00.000Z".to_owned()),
        };
        let to = RecipientAddress { name, email: "ada@example.com".to_owned() };
        // Older accounts may have been banned for any reason.
        for template in every_template(texts[0].clone()) {
            let facts = match template.name() {
                "low-stock" => Facts::ProductForStaff(&product),
                "back-in-stock" => Facts::Product(&product),
                "order-notice" => Facts::OrderForStaff(&order),
                name if ["order", "payment", "refund", "parcel"].iter().any(|part| name.contains(part)) => Facts::Order(&order),
                _ => Facts::Account,
            };
            let action = matches!(template, MailTemplate::Verify | MailTemplate::Reset | MailTemplate::ChangeEmail | MailTemplate::ConfirmOrder);
            let links = Links {
                action: action.then(|| format!("{SHOP}/verify-email?token=T")),
                unsubscribe: template.topic().map(|topic| format!("{API}/api/v1/mail/unsubscribe?topic={}&token=T", topic.name())),
            };
            for language in MailLanguage::ALL {
                let mail = Mail { template: &template, language, to: &to, facts, links: &links, at: Time::from_unix_millis(0) };
                let mail = mail.render(&settings().branding).unwrap();
                for part in [&mail.subject, &mail.text, &seen(&mail.html)] {
                    // Besides the shop's there is only the page of a known carrier.
                    let mut strange = strange_links(part);
                    strange.retain(|link| !order.tracking_url.as_ref().is_some_and(|url| url.starts_with(link.as_str())));
                    prop_assert!(strange.is_empty(), "{}: {strange:?} in {part}", template.name());
                }
                // The shop's own links are whole.
                for link in links.action.iter().chain(&links.unsubscribe) {
                    prop_assert!(mail.text.contains(link) && seen(&mail.html).contains(link), "{}", mail.html);
                }
            }
        }
    }
}

#[test]
fn the_finder_of_links_finds_what_mail_clients_do() {
    for text in ["see evil.example now", "https://evil.example/x", "eve@evil.example", "www.evil.example"] {
        assert_eq!(strange_links(text).len(), 1, "{text}");
    }
    assert_eq!(strange_links("see https://shop.test/orders/1?token=T"), [""; 0]);
    assert_eq!(strange_links("https://shop.test.evil.example/").len(), 1);
    assert_eq!(seen("<p>Hi <a class=\"x\" href=\"https://a&#x2f;b\">you</a>&amp;me</p>"), "Hi  https://a/b you&me");
}
