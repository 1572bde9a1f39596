//! The words about tax in the mails of orders.

use harness::orders::{PlacedOrder, order_at};
use serde_json::json;

use crate::fixtures::{TAX_INSIDE, TAX_ON_TOP, german_shop};
use crate::order_mails::delivered;

/// The mail about an order of two units from this country, in this language. A business names its VAT number.
async fn mail(rates: &str, country: &str, vat_number: Option<&str>, language: &str) -> String {
    let (shop, _) = german_shop(rates).await;
    let mut body = order_at(1190, "A", 2, "payment_intent");
    body["shippingAddress"]["country"] = json!(country);
    if let Some(number) = vat_number {
        body["vatNumber"] = json!(number);
    }
    let ask = shop.place_order(&body, "k").header("accept-language", language);
    PlacedOrder::of(ask.send().await);
    let mut mails = delivered(&shop).await;
    assert_eq!(mails.len(), 1, "{mails:#?}");
    mails.remove(0)
}

/// As text and as HTML.
#[track_caller]
fn assert_says(mail: &str, name: &str, amount: &str) {
    assert!(mail.contains(&format!("{name}: {amount}\n")), "{name}: {amount}: {mail}");
    let (_, html) = mail.split_once("<!doctype html>").unwrap();
    assert!(html.contains(name) && html.contains(amount), "{name}: {amount}: {html}");
}

#[tokio::test]
async fn a_mail_says_the_tax_that_is_inside_the_prices() {
    let mail = mail(TAX_INSIDE, "DE", None, "en").await;
    assert_says(&mail, "Includes 19% tax", "$4.60");
    assert_says(&mail, "Total", "$28.80");
}

#[tokio::test]
async fn a_german_mail_says_the_tax_that_is_inside_the_prices() {
    let mail = mail(TAX_INSIDE, "DE", None, "de").await;
    assert_says(&mail, "Enthält 19\u{a0}% MwSt.", "4,60\u{a0}$");
    assert_says(&mail, "Gesamtsumme", "28,80\u{a0}$");
}

#[tokio::test]
async fn a_mail_says_the_tax_that_comes_on_top_of_the_prices() {
    let mail = mail(TAX_ON_TOP, "DE", None, "en").await;
    assert_says(&mail, "Tax 19%", "$5.47");
    assert_says(&mail, "Total", "$34.27");
}

#[tokio::test]
async fn a_german_mail_says_the_tax_that_comes_on_top_of_the_prices() {
    let mail = mail(TAX_ON_TOP, "DE", None, "de").await;
    assert_says(&mail, "MwSt. 19\u{a0}%", "5,47\u{a0}$");
    assert_says(&mail, "Gesamtsumme", "34,27\u{a0}$");
}

#[tokio::test]
async fn a_mail_to_a_business_of_another_country_says_that_it_pays_the_tax() {
    let mail = mail(TAX_INSIDE, "FR", Some("FRXX123456789"), "en").await;
    assert_says(&mail, "Reverse charge: the buyer pays the tax", "$0.00");
    assert_says(&mail, "Total", "$24.01");
    assert!(!mail.contains("Includes") && !mail.contains("Tax "), "{mail}");
}

#[tokio::test]
async fn a_german_mail_to_a_business_of_another_country_says_that_it_pays_the_tax() {
    let mail = mail(TAX_ON_TOP, "FR", Some("FRXX123456789"), "de").await;
    assert_says(&mail, "Steuerschuldnerschaft des Leistungsempfängers", "0,00\u{a0}$");
    assert_says(&mail, "Gesamtsumme", "28,80\u{a0}$");
    assert!(!mail.contains("MwSt."), "{mail}");
}
