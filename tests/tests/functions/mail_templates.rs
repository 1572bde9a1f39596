//! The text of each mail.

use domain::mail::MailTemplate;
use domain::time::Time;
use mailer::{Facts, Links, ProductFacts, RecipientAddress, WebhookFacts, render};

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
fn the_mail_about_a_disabled_endpoint_says_why_and_makes_no_link_of_its_url() {
    let at = Time::parse("2026-11-20T10:00:00Z").unwrap();
    let endpoint_id = domain::id::WebhookEndpointId::new(at, 1);
    let to = RecipientAddress { name: Some("team".into()), email: "staff@example.com".into() };
    for (is_gone, says) in [(false, "took no event since 2026-11-17 09:00 UTC"), (true, "wants no more events")] {
        let failing_since = (!is_gone).then(|| "2026-11-17T09:00:00.000Z".to_owned());
        let webhook = WebhookFacts { url: "https://erp.example.com/<b>".into(), is_gone, failing_since };
        let template = MailTemplate::WebhookDisabled { endpoint_id };
        let (branding, links) = (settings().branding, Links::default());
        let rendered = render(&template, &to, Facts::Webhook(&webhook), &branding, &links, at).unwrap();
        assert_eq!(rendered.subject, "An endpoint for events was disabled");
        assert!(rendered.text.contains(says) && rendered.html.contains(says), "{}", rendered.text);
        assert!(!rendered.text.contains("https://erp.example.com"), "{}", rendered.text);
        assert!(!rendered.html.contains("erp.example.com/<b>"), "{}", rendered.html);
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
