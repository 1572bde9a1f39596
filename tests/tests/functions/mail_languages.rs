//! The language of mails: whose it is, and that each language is whole.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::EventId;
use domain::mail::{MailJob, MailTemplate, Recipient, mails_for};
use domain::mail_language::MailLanguage;
use harness::fake_service::FakeService;
use harness::orders::{order_of, selling};
use harness::shop::{PASSWORD, Person, Shop, person};
use kit::runtime::branding::Branding;
use mailer::Wording;
use regex_lite::Regex;
use serde_json::json;
use store::outbox::OutboxEvent;

use crate::fixtures::{mailer, mails, takes_all};

/// All mails for the events of this type in the outbox.
async fn mailed(shop: &Shop, kind: &str) -> Vec<String> {
    let wire = FakeService::new(takes_all);
    let mailer = mailer(shop, &wire);
    for item in shop.table.items_under("OUTBOX#").into_values().filter(|item| item["event"]["type"] == kind) {
        let event: OutboxEvent = serde_json::from_value(item).unwrap();
        for job in mails_for(event.id, &event.event, event.at) {
            mailer.mail(&job).await.unwrap();
        }
    }
    mails(&wire)
}

async fn registered(shop: &Shop, languages: &str) -> Person {
    let body = json!({ "email": "ada@example.com", "password": PASSWORD, "name": "Ada Lovelace" });
    let ask = shop.post("/api/v1/auth/register", &body).header("accept-language", languages);
    let ada = person(&ask.send().await.expect(201));
    shop.prove_address(&ada).await;
    ada
}

#[tokio::test]
async fn an_account_gets_mails_in_the_language_of_its_browser_and_then_in_the_one_that_it_chose() {
    let shop = Shop::open().await;
    let ada = registered(&shop, "fr-CH, de-AT;q=0.9, en;q=0.8").await;
    let verify = mailed(&shop, "user.registered").await.concat();
    assert!(verify.contains("Subject: Bitte bestätigen Sie Ihre Adresse bei Kontor"), "{verify}");
    assert!(
        verify.contains("<html lang=\"de\">") && verify.contains("Adresse bestätigen: https://shop.test"),
        "{verify}"
    );
    let welcome = mailed(&shop, "user.email_verified").await.concat();
    assert!(
        welcome.contains("Guten Tag Ada Lovelace,") && welcome.contains("topic=account&language=de&token="),
        "{welcome}"
    );
    let english = json!({ "language": "en" });
    shop.request(axum::http::Method::PATCH, "/api/v1/users/me").json(&english).by(&ada).send().await.expect(200);
    let job = MailJob {
        event_id: EventId::new(shop.now(), 7),
        to: Recipient::User(ada.id),
        at: shop.now(),
        template: MailTemplate::PasswordChanged,
    };
    let wire = FakeService::new(takes_all);
    mailer(&shop, &wire).mail(&job).await.unwrap();
    assert!(mails(&wire).concat().contains("Your password was changed on 20 November 2026 at 10:00 UTC"));
}

#[tokio::test]
async fn a_guest_gets_mails_in_the_language_of_the_browser_that_ordered_and_staff_in_that_of_the_shop() {
    let (shop, _) = selling().await;
    let body = order_of("A", 2, "payment_intent");
    shop.place_order(&body, "k").header("accept-language", "de").send().await.expect(201);
    let mail = mailed(&shop, "order.placed").await.concat();
    for words in
        ["Guten Tag,", "vielen Dank für Ihre Bestellung", "Gesamtsumme: 26,40\u{a0}$", "vom 20.\u{a0}November 2026"]
    {
        assert!(mail.contains(words), "{words}: {mail}");
    }
    shop.place_order(&body, "k-2").send().await.expect(201);
    assert_eq!(mailed(&shop, "order.placed").await.concat().matches("Thank you for your order").count(), 3);
}

#[tokio::test]
async fn mails_about_an_order_of_an_account_are_in_its_language_whatever_the_browser_says() {
    let (shop, _) = selling().await;
    let ada = registered(&shop, "de").await;
    let mut body = order_of("A", 1, "payment_intent");
    body.as_object_mut().unwrap().remove("email");
    shop.place_order(&body, "k").header("accept-language", "en").by(&ada).send().await.expect(201);
    let english = json!({ "language": null });
    shop.request(axum::http::Method::PATCH, "/api/v1/users/me").json(&english).by(&ada).send().await.expect(200);
    assert!(mailed(&shop, "order.placed").await.concat().contains("vielen Dank für Ihre Bestellung"));
    shop.place_order(&body, "k-2").header("accept-language", "de;q=0.5, en").by(&ada).send().await.expect(201);
    assert!(mailed(&shop, "order.placed").await.concat().contains("Thank you for your order"));
}

#[tokio::test]
async fn a_language_that_only_a_newer_version_of_the_shop_knows_is_mailed_in_the_shops() {
    let shop = Shop::open().await;
    let ada = registered(&shop, "de").await;
    let user = shop.store().user(ada.id).await.unwrap().unwrap();
    let newer = serde_json::from_value(json!("fr")).unwrap();
    let edit = store::users::ProfileEdit { language: Some(Some(newer)), ..Default::default() };
    shop.store().edit_profile(&user, &edit, shop.app.context.ids.transaction(shop.now())).await.unwrap();
    assert!(mailed(&shop, "user.email_verified").await.concat().contains("Welcome to Kontor"));
    let profile = shop.get("/api/v1/users/me").by(&ada).send().await.expect(200);
    assert_eq!(profile.data()["language"], "fr");
}

/// The files of each folder, and in each the names of its blocks and of what it says.
fn languages() -> BTreeMap<&'static str, BTreeMap<&'static str, BTreeSet<&'static str>>> {
    let names = Regex::new(r"block \w+|(?:facts|order|product)\.\w+|\b(?:shop|action|at)\b").unwrap();
    let code = Regex::new(r"\{[{%].*?[%}]\}").unwrap();
    let mut languages = BTreeMap::<_, BTreeMap<_, _>>::new();
    for (name, text) in mailer::TEMPLATES {
        if let Some((language, file)) = name.split_once('/') {
            let used = code.find_iter(text).flat_map(|code| names.find_iter(code.as_str())).map(|name| name.as_str());
            let used = used.filter(|_| file.strip_suffix(".txt").is_some()).collect();
            languages.entry(language).or_default().insert(file, used);
        }
    }
    languages
}

#[test]
fn each_language_is_a_folder_with_every_mail_that_says_the_same() {
    let languages = languages();
    let known: Vec<String> = MailLanguage::ALL.map(String::from).to_vec();
    assert_eq!(languages.keys().copied().collect::<Vec<_>>(), known);
    assert_eq!(Wording::all().keys().copied().collect::<Vec<_>>(), known, "each words.json has every word");
    let english = &languages["en"];
    assert!(english.len() > 25);
    for (language, files) in &languages {
        assert_eq!(files.keys().collect::<Vec<_>>(), english.keys().collect::<Vec<_>>(), "{language}");
        for (file, names) in files {
            assert_eq!(names, &english[file], "{language}/{file}");
        }
    }
}

#[test]
fn the_template_takes_the_languages_of_the_mails() {
    let parameter = &harness::template::read()["Parameters"]["ShopLanguage"];
    let allowed: Vec<&str> =
        parameter["AllowedValues"].as_sequence().unwrap().iter().filter_map(|it| it.as_str()).collect();
    assert_eq!(allowed, MailLanguage::ALL.map(String::from));
    assert_eq!(parameter["Default"], Branding::new("Kontor", "https://shop.test").language.as_str());
}
