//! The words of each letter.

use domain::mail::Letter;
use domain::time::Time;
use harness::shop::Shop;
use mailer::{Links, render};

use crate::mailer::settings;

#[tokio::test]
async fn every_letter_is_written_for_people_and_escapes_what_people_wrote() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    let mut user = shop.store().user(ada.id).await.unwrap().unwrap();
    user.name = domain::text::PersonName::parse("<b>Ada</b> {{ 7 }}").unwrap();
    let links = Links {
        action: Some("https://shop.test/x?token=T".into()),
        unsubscribe: Some("https://api.test/u".into()),
    };
    let at = Time::parse("2026-11-20T10:00:00Z").unwrap();
    let evil = "<script>alert(1)</script>".to_owned();
    for (letter, subject, says) in [
        (
            Letter::Welcome,
            "Welcome to Kontor",
            "Your account is ready",
        ),
        (
            Letter::Verify,
            "Please confirm your address for Kontor",
            "https://shop.test/x?token=T",
        ),
        (
            Letter::Reset,
            "Set a new password for Kontor",
            "https://shop.test/x?token=T",
        ),
        (
            Letter::PasswordChanged,
            "Your password for Kontor was changed",
            "2026-11-20 10:00 UTC",
        ),
        (
            Letter::TwoFactorChanged { enabled: true },
            "Two-factor sign-in is on for Kontor",
            "was turned on",
        ),
        (
            Letter::TwoFactorChanged { enabled: false },
            "Two-factor sign-in is off for Kontor",
            "was turned off",
        ),
        (
            Letter::NewDevice {
                device: evil.clone(),
                ip: "192.0.2.1".into(),
            },
            "A new device signed in to Kontor",
            "192.0.2.1",
        ),
        (
            Letter::Banned {
                reason: evil.clone(),
                until: at,
            },
            "Your account at Kontor is suspended",
            "until 2026-11-20 10:00 UTC",
        ),
    ] {
        let rendered = render(&letter, &user, &settings().head, &links, at).unwrap();
        assert_eq!(rendered.subject, subject);
        assert!(
            rendered.text.contains(says) && rendered.html.contains(&says.replace('/', "&#x2f;"))
                || rendered.html.contains(says),
            "{subject}"
        );
        assert!(
            !rendered.html.contains("<script>") && !rendered.html.contains("<b>Ada"),
            "{}",
            rendered.html
        );
        assert!(
            rendered.text.contains("Hello <b>Ada</b> {{ 7 }},"),
            "{}",
            rendered.text
        );
    }
}
