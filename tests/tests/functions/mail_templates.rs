//! The text of each mail.

use domain::mail::MailTemplate;
use domain::time::Time;
use mailer::{Facts, Links, ProductFacts, RecipientAddress, ReviewableProduct, render};

use crate::fixtures::settings;

#[test]
fn every_mail_has_its_text_and_escapes_the_text_of_users() {
    let to = RecipientAddress { name: Some("<b>Ada</b> {{ 7 }}".into()), email: "ada@example.com".into() };
    let links =
        Links { action: Some("https://shop.test/x?token=T".into()), unsubscribe: Some("https://api.test/u".into()) };
    let at = Time::parse("2026-11-20T10:00:00Z").unwrap();
    let evil = "<script>alert(1)</script>".to_owned();
    for (template, subject, says) in [
        (MailTemplate::Welcome, "Welcome to Kontor", "Your account is ready"),
        (MailTemplate::Verify, "Please confirm your address for Kontor", "https://shop.test/x?token=T"),
        (MailTemplate::Reset, "Set a new password for Kontor", "https://shop.test/x?token=T"),
        (MailTemplate::PasswordChanged, "Your password for Kontor was changed", "2026-11-20 10:00 UTC"),
        (MailTemplate::TwoFactorChanged { enabled: true }, "Two-factor sign-in is on for Kontor", "was turned on"),
        (MailTemplate::TwoFactorChanged { enabled: false }, "Two-factor sign-in is off for Kontor", "was turned off"),
        (
            MailTemplate::NewDevice { device: evil.clone(), ip: "192.0.2.1".into() },
            "A new device signed in to Kontor",
            "192.0.2.1",
        ),
        (
            MailTemplate::SignInsFailed { password_known: false },
            "Many failed sign-ins to your account at Kontor",
            "many wrong passwords",
        ),
        (
            MailTemplate::SignInsFailed { password_known: true },
            "Many failed sign-ins to your account at Kontor",
            "somebody knows your password",
        ),
        (MailTemplate::AddressTaken, "You already have an account at Kontor", "on 2026-11-20 10:00 UTC"),
        (MailTemplate::ChangeEmail, "Please confirm your new address for Kontor", "https://shop.test/x?token=T"),
        (MailTemplate::EmailChangeRequested, "Another address was asked for at Kontor", "on 2026-11-20 10:00 UTC"),
        (MailTemplate::EmailChanged, "Your address at Kontor was changed", "On 2026-11-20 10:00 UTC"),
        (
            MailTemplate::Banned { reason: evil.clone(), until: at },
            "Your account at Kontor is suspended",
            "until 2026-11-20 10:00 UTC",
        ),
    ] {
        let rendered = render(&template, &to, Facts::Account, &settings().branding, &links, at).unwrap();
        assert_eq!(rendered.subject, subject);
        assert!(
            rendered.text.contains(says) && rendered.html.contains(&says.replace('/', "&#x2f;"))
                || rendered.html.contains(says),
            "{subject}"
        );
        assert!(!rendered.html.contains("<script>") && !rendered.html.contains("<b>Ada"), "{}", rendered.html);
        assert!(rendered.text.contains("Hello <b>Ada</b> {{ 7 }},"), "{}", rendered.text);
    }
}

#[test]
fn the_mail_that_asks_for_reviews_links_each_product_and_escapes_its_name() {
    let at = Time::parse("2026-11-20T10:00:00Z").unwrap();
    let to = RecipientAddress { name: Some("Ada".into()), email: "ada@example.com".into() };
    let products = [
        ReviewableProduct {
            name: "<b>Tee</b>".into(),
            url: "https://shop.test/products/tee/review?order=ord_1".into(),
        },
        ReviewableProduct { name: "Cap".into(), url: "https://shop.test/products/cap/review?order=ord_1".into() },
    ];
    let facts = Facts::Reviewable(&products);
    let mail = render(&MailTemplate::AskForReview, &to, facts, &settings().branding, &Links::default(), at).unwrap();
    assert_eq!(mail.subject, "How do you like what you bought?");
    assert!(!mail.html.contains("<b>Tee") && mail.html.contains("Cap"));
    for product in &products {
        assert!(mail.text.contains(&product.url), "{}", mail.text);
    }
}

#[test]
fn stock_mails_name_the_product_and_escape_its_name() {
    let at = Time::parse("2026-11-20T10:00:00Z").unwrap();
    let (product_id, sku) = (domain::id::ProductId::new(at, 1), domain::sku::Sku::parse("TEE-M").unwrap());
    let product = ProductFacts {
        name: "<b>Tee</b>".into(),
        options: "M, Blue".into(),
        sku: "TEE-M".into(),
        price: "19.99 USD".into(),
        available: 2,
        threshold: 5,
        url: "https://shop.test/products/tee".into(),
    };
    let to = RecipientAddress { name: Some("Ada".into()), email: "ada@example.com".into() };
    for (template, says) in [
        (MailTemplate::LowStock { product_id, sku: sku.clone() }, "2 can still be sold"),
        (MailTemplate::BackInStock { product_id, sku }, "is back in stock, at 19.99 USD"),
    ] {
        let links = Links::default();
        let branding = settings().branding;
        let rendered = render(&template, &to, Facts::Product(&product), &branding, &links, at).unwrap();
        assert!(rendered.subject.contains("<b>Tee</b>"));
        assert!(rendered.text.contains(says) && rendered.text.contains("M, Blue"));
        assert!(rendered.html.contains(says) && !rendered.html.contains("<b>Tee"));
    }
}
