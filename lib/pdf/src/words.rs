//! The words of the documents in each language.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use domain::calendar::Day;
use domain::document::DocumentKind;
use domain::locale::Locale;
use domain::mail_language::MailLanguage;
use domain::money::Money;
use domain::tax::{TaxKind, TaxRate};
use domain::time::Time;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Words {
    locale: Locale,
    /// With `{number}`.
    invoice: String,
    credit_note: String,
    cancellation: String,
    pub(crate) packing_slip: String,
    pub(crate) number: String,
    pub(crate) date: String,
    pub(crate) order: String,
    pub(crate) for_invoice: String,
    pub(crate) for_credit_note: String,
    pub(crate) paid_on: String,
    pub(crate) refunded_on: String,
    pub(crate) supplied_on: String,
    pub(crate) supplied_later: String,
    pub(crate) delivery_address: String,
    pub(crate) item: String,
    pub(crate) quantity: String,
    pub(crate) unit_price: String,
    pub(crate) discount: String,
    pub(crate) tax_rate: String,
    pub(crate) line_total: String,
    pub(crate) subtotal: String,
    pub(crate) shipping: String,
    pub(crate) tax: String,
    pub(crate) included_tax: String,
    pub(crate) total: String,
    pub(crate) net: String,
    pub(crate) gross: String,
    zero: String,
    exempt: String,
    reverse_charge: String,
    pub(crate) with_tax: String,
    pub(crate) without_tax: String,
    pub(crate) reverse_charge_note: String,
    pub(crate) exempt_note: String,
    pub(crate) returned: String,
    /// With `{order}`.
    pub(crate) refund_of: String,
    /// With `{number}`.
    pub(crate) cancellation_of: String,
    /// By payment method.
    pub(crate) paid_with: BTreeMap<String, String>,
    pub(crate) vat_number: String,
    pub(crate) tax_number: String,
    /// With `{page}` and `{pages}`.
    pub(crate) page: String,
    pub(crate) sku: String,
    /// With `{units}`.
    pub(crate) parts: String,
}

static ENGLISH: LazyLock<Words> = LazyLock::new(|| read(include_str!("../words/en.json")));
static GERMAN: LazyLock<Words> = LazyLock::new(|| read(include_str!("../words/de.json")));

fn read(json: &str) -> Words {
    serde_json::from_str(json).expect("a test reads the words of every language")
}

impl Words {
    /// English, for a language that has no words here.
    pub(crate) fn of(language: MailLanguage) -> &'static Self {
        if language == MailLanguage::GERMAN { &GERMAN } else { &ENGLISH }
    }

    pub(crate) fn title(&self, kind: DocumentKind) -> &str {
        match kind {
            DocumentKind::Invoice => &self.invoice,
            DocumentKind::CreditNote => &self.credit_note,
            DocumentKind::Cancellation => &self.cancellation,
        }
    }

    pub(crate) fn amount(&self, money: Money) -> String {
        self.locale.amount(money)
    }

    pub(crate) fn day(&self, day: Day) -> String {
        let noon = Time::parse(&format!("{day}T12:00:00Z"));
        noon.map_or_else(|_| day.to_string(), |noon| self.locale.date(noon))
    }

    /// The number of a rate: `19%`.
    pub(crate) fn percent(&self, rate: TaxRate) -> String {
        self.locale.percent(rate.rate)
    }

    /// What a rate is called.
    pub(crate) fn rate(&self, rate: TaxRate) -> String {
        match rate.kind {
            TaxKind::Taxed => self.percent(rate),
            TaxKind::Zero => self.zero.clone(),
            TaxKind::Exempt => self.exempt.clone(),
            TaxKind::ReverseCharge => self.reverse_charge.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::calendar::Day;
    use domain::mail_language::MailLanguage;
    use domain::tax::{TaxKind, TaxRate};

    use super::Words;

    #[test]
    fn every_language_has_words_and_writes_rates_and_days_as_people_do() {
        let day = Day::parse("2026-11-05").unwrap();
        let written = |language, rate| {
            let words = Words::of(language);
            (words.rate(TaxRate { kind: TaxKind::Taxed, rate }), words.day(day))
        };
        assert_eq!(written(MailLanguage::ENGLISH, 1900), ("19%".to_owned(), "5 November 2026".to_owned()));
        assert_eq!(written(MailLanguage::GERMAN, 725).0, "7,25\u{a0}%");
        assert_eq!(written(MailLanguage::GERMAN, 810), ("8,1\u{a0}%".to_owned(), "5.\u{a0}November 2026".to_owned()));
    }
}
