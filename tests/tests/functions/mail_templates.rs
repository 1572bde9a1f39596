//! The words and the look of each mail.

use std::collections::BTreeSet;

use domain::colour::Colour;
use domain::email::Email;
use domain::mail::MailTemplate;
use domain::mail_language::MailLanguage;
use domain::time::Time;
use kit::runtime::branding::Branding;
use mailer::{
    Facts, Links, Mail, OrderSummary, ProductFacts, RecipientAddress, RenderedMail, ReviewableProduct, SummaryLine,
    WebhookFacts,
};
use ops::mails::{Sample, sample_branding, samples};

use crate::fixtures::settings;

fn rendered(template: &MailTemplate, facts: Facts<'_>, name: &str, branding: &Branding) -> RenderedMail {
    let to = RecipientAddress { name: Some(name.to_owned()), email: "ada@example.com".to_owned() };
    let at = Time::parse("2026-11-20T10:00:00Z").unwrap();
    let (language, links) = (MailLanguage::ENGLISH, Links::default());
    Mail { template, language, to: &to, facts, links: &links, at }.render(branding).unwrap()
}

fn all(language: MailLanguage) -> Vec<Sample> {
    samples(&sample_branding().unwrap(), language).unwrap()
}

fn said(language: MailLanguage) -> String {
    let mails = all(language).into_iter();
    mails.map(|Sample { name, mail, .. }| format!("===== {name}\n{}\n\n{}\n", mail.subject, mail.text)).collect()
}

#[test]
fn every_mail_says_in_english_what_is_in_the_snapshot() {
    insta::assert_snapshot!(said(MailLanguage::ENGLISH));
}

#[test]
fn every_mail_says_in_german_what_is_in_the_snapshot() {
    insta::assert_snapshot!(said(MailLanguage::GERMAN));
}

#[test]
fn the_html_of_a_mail_with_an_order_looks_as_in_the_snapshot() {
    let mail = all(MailLanguage::GERMAN).into_iter().find(|mail| mail.name == "order-shipped-paid").unwrap();
    insta::assert_snapshot!(mail.mail.html);
}

/// What a reader of an HTML mail sees.
fn seen(html: &str) -> String {
    let (_, body) = html.split_once("<body").unwrap();
    let shown: String = body.split('<').filter_map(|part| part.split_once('>')).map(|(_, shown)| shown).collect();
    let characters = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&#x2f;", "/"), ("&amp;", "&")];
    characters.into_iter().fold(shown, |text, (entity, character)| text.replace(entity, character))
}

#[test]
fn the_text_of_a_mail_says_everything_that_its_html_says() {
    for language in MailLanguage::ALL {
        for Sample { name, mail, .. } in all(language) {
            let html = seen(&mail.html);
            // Links have words and an address in the text; lines of an order and of the end have other forms.
            let is_own_line =
                |line: &&str| !line.is_empty() && *line != "--" && !line.contains("https://") && !line.contains(" × ");
            for line in mail.text.lines().filter(is_own_line) {
                for part in line.split(": ") {
                    let part = part.trim_end_matches(':');
                    assert!(html.contains(part), "{name} in {language:?}: {part:?} is not in {html}");
                }
            }
        }
    }
}

#[test]
fn every_mail_can_be_read_on_a_telephone_and_in_the_dark() {
    for language in MailLanguage::ALL {
        for Sample { name, mail: RenderedMail { html, .. }, .. } in all(language) {
            let lang = format!("<html lang=\"{}\">", language.as_str());
            for part in [
                lang.as_str(),
                "name=\"viewport\"",
                "content=\"light dark\"",
                "prefers-color-scheme: dark",
                "max-width:600px",
                // A long address would make a telephone scroll sideways.
                "overflow-wrap:anywhere",
            ] {
                assert!(html.contains(part), "{name}: {part}");
            }
            for image in html.split("<img ").skip(1) {
                assert!(image.split('>').next().unwrap().contains("alt=\""), "{name}: {image}");
            }
        }
    }
}

#[test]
fn every_kind_of_mail_has_a_sample_and_only_news_can_be_stopped() {
    let mails = all(MailLanguage::ENGLISH);
    let shown: BTreeSet<&str> = mails.iter().map(|sample| sample.template.name()).collect();
    let files = mailer::TEMPLATES.iter().filter_map(|(name, _)| name.strip_prefix("en/")?.strip_suffix(".txt"));
    assert_eq!(shown, files.collect());
    let stopped = mails.iter().filter(|sample| {
        sample.mail.html.contains("/mail&#x2f;unsubscribe") || sample.mail.text.contains("/mail/unsubscribe")
    });
    let stopped: BTreeSet<&str> = stopped.map(|sample| sample.template.name()).collect();
    assert_eq!(
        stopped,
        BTreeSet::from([
            "ask-for-review",
            "back-in-stock",
            "cart-reminder",
            "order-delivered",
            "order-shipped",
            "parcel-shipped",
            "welcome"
        ])
    );
}

#[test]
fn a_mail_escapes_the_text_of_users() {
    let evil = "<script>alert(1)</script>".to_owned();
    let at = Time::parse("2026-11-20T10:00:00Z").unwrap();
    for template in [
        MailTemplate::NewDevice { device: evil.clone(), ip: "192.0.2.1".into() },
        MailTemplate::Banned { reason: evil, until: at },
    ] {
        let mail = rendered(&template, Facts::Account, "<b>Ada</b> {{ 7 }}", &settings().branding);
        assert!(!mail.html.contains("<script>") && !mail.html.contains("<b>Ada"), "{}", mail.html);
        assert!(mail.text.starts_with("Hello <b>Ada</b> {{ 7 }},"), "{}", mail.text);
    }
    let sku = domain::sku::Sku::parse("TEE-M").unwrap();
    let template = MailTemplate::BackInStock { product_id: domain::id::ProductId::new(at, 1), sku };
    let product = ProductFacts {
        name: "<b>Tee</b>".into(),
        options: "M, Blue".into(),
        sku: "TEE-M".into(),
        price: "$19.99".into(),
        available: 2,
        threshold: 5,
        url: "https://shop.test/products/tee".into(),
    };
    let mail = rendered(&template, Facts::Product(&product), "Ada", &settings().branding);
    assert!(mail.subject.contains("<b>Tee</b>") && mail.text.contains("is back in stock, at $19.99"));
    assert!(mail.html.contains("is back in stock, at $19.99") && !mail.html.contains("<b>Tee"));
}

#[test]
fn the_mail_that_asks_for_reviews_links_each_product_and_escapes_its_name() {
    let products = [("<b>Tee</b>", "tee"), ("Cap", "cap")].map(|(name, slug)| ReviewableProduct {
        name: name.to_owned(),
        url: format!("https://shop.test/products/{slug}/review?order=ord_1"),
    });
    let mail = rendered(&MailTemplate::AskForReview, Facts::Reviewable(&products), "Ada", &settings().branding);
    assert_eq!(mail.subject, "How do you like what you bought at Kontor?");
    assert!(!mail.html.contains("<b>Tee") && mail.html.contains(">Cap</a>"), "{}", mail.html);
    for product in &products {
        assert!(mail.text.contains(&product.url), "{}", mail.text);
    }
}

#[test]
fn the_mail_about_a_disabled_endpoint_says_why_and_escapes_its_url() {
    let at = Time::parse("2026-11-20T10:00:00Z").unwrap();
    let template = MailTemplate::WebhookDisabled { endpoint_id: domain::id::WebhookEndpointId::new(at, 1) };
    for (is_gone, says) in [(false, "took no event since 17 November 2026"), (true, "wants no more events")] {
        let failing_since = (!is_gone).then(|| "2026-11-17T09:00:00.000Z".to_owned());
        let webhook = WebhookFacts { url: "https://erp.example.com/<b>".into(), is_gone, failing_since };
        let mail = rendered(&template, Facts::Webhook(&webhook), "team", &settings().branding);
        assert_eq!(mail.subject, "An endpoint for events was disabled");
        assert!(mail.text.starts_with("Hello team,") && mail.text.contains(says), "{}", mail.text);
        assert!(mail.html.contains(says), "{}", mail.html);
        assert!(mail.text.contains("The endpoint https://erp.example.com/<b> "), "{}", mail.text);
        assert!(!mail.html.contains("/<b>"), "{}", mail.html);
    }
}

#[test]
fn a_mail_shows_the_logo_the_colour_the_address_and_the_contact_of_the_shop() {
    let branding = Branding {
        logo_url: Some("https://shop.test/logo.png?a=1&b=2".to_owned()),
        colour: Colour::parse("#ffd400").unwrap(),
        address: Some("1 Harbour Street, Berlin".to_owned()),
        contact: Some(Email::parse("help@shop.test").unwrap()),
        ..Branding::new("Kontor", "https://shop.test")
    };
    let mail = rendered(&MailTemplate::Welcome, Facts::Account, "Ada", &branding);
    for part in [
        "src=\"https:&#x2f;&#x2f;shop.test&#x2f;logo.png?a=1&amp;b=2\" alt=\"Kontor\"",
        "background:#ffd400",
        // Black on yellow, and never white.
        "color:#000000;font-size:16px;font-weight:600",
        "mailto:help@shop.test",
        "1 Harbour Street, Berlin",
    ] {
        assert!(mail.html.contains(part), "{part}: {}", mail.html);
    }
    for part in ["help@shop.test", "1 Harbour Street, Berlin", "https://shop.test"] {
        assert!(mail.text.contains(part), "{part}: {}", mail.text);
    }
}

#[test]
fn the_largest_order_is_a_mail_that_mail_programs_do_not_cut() {
    let line = SummaryLine {
        quantity: 100,
        name: "A product with a name of a usual length".to_owned(),
        options: "M, Blue".to_owned(),
        unit_price: "$19.99".to_owned(),
        total: "$1,999.00".to_owned(),
        picture: Some(format!("https://images.test/orders/{}/{}.jpg", "o".repeat(30), "i".repeat(30))),
        backordered: Some("Not in stock yet: 100 of 100. Expected from 24 September 2026.".to_owned()),
    };
    let order = OrderSummary {
        number: "261120-7F3K9QZX".to_owned(),
        heading: "Order 261120-7F3K9QZX of 20 November 2026".to_owned(),
        url: "https://shop.test/orders/1".to_owned(),
        lines: vec![line; domain::cart::MAX_LINES],
        sums: Vec::new(),
        total: "$199,900.00".to_owned(),
        addresses: Vec::new(),
        is_cash: false,
        is_paid: false,
        held_until: None,
        carrier: None,
        tracking_code: None,
        tracking_url: None,
        parcel: None,
        refund: None,
        evidence_due_by: None,
        shipping_method: None,
        goods_return: None,
    };
    let mail = rendered(&MailTemplate::OrderPlaced, Facts::Order(&order), "Ada", &settings().branding);
    assert!(mail.html.len() < 102_000, "Gmail shows 102 KB of a mail; this has {} bytes", mail.html.len());
}
