//! The languages of the mails. Each is a folder in `templates/`: a file for each mail, and `words.json`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use domain::locale::Locale;
use domain::mail_language::MailLanguage;
use domain::order::OrderLine;
use serde::{Deserialize, Serialize};

/// Names and contents of all files in `templates/`; `build.rs` lists them.
pub(crate) const TEMPLATES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/templates.rs"));

/// What all mails of a language have in common: its `words.json`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wording {
    pub locale: Locale,
    pub layout: LayoutWords,
}

/// The words of the layouts.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LayoutWords {
    pub hello: String,
    /// With `{name}`.
    pub hello_name: String,
    pub hello_team: String,
    /// With `{number}` and `{date}`.
    pub order: String,
    pub subtotal: String,
    pub discount: String,
    pub shipping: String,
    /// Of orders that do not know their rates.
    pub tax: String,
    /// With `{rate}`, such as 19 %.
    pub tax_at: String,
    /// The same, for tax that is in the total.
    pub tax_included: String,
    pub reverse_charge: String,
    pub total: String,
    pub delivery_address: String,
    pub billing_address: String,
    pub view_order: String,
    pub questions: String,
    pub unsubscribe: String,
    pub about_account: String,
    pub about_order: String,
    pub about_shop: String,
    /// How an order gets to its buyer.
    pub shipping_method: String,
    pub working_day: String,
    /// With `{days}`.
    pub working_days: String,
    /// With `{count}` and `{quantity}`.
    pub backordered: String,
    /// With `{count}`, `{quantity}` and `{date}`.
    pub backordered_from: String,
}

impl Wording {
    /// The folders with readable words, by their names.
    pub fn all() -> &'static BTreeMap<&'static str, Self> {
        static ALL: LazyLock<BTreeMap<&str, Wording>> = LazyLock::new(|| {
            let words = TEMPLATES.iter().filter_map(|(name, text)| Some((name.strip_suffix("/words.json")?, text)));
            words.filter_map(|(language, text)| Some((language, serde_json::from_str(text).ok()?))).collect()
        });
        &ALL
    }

    /// Which units of a line were not there when it was ordered, if there were such units.
    pub fn backordered(&self, line: &OrderLine) -> Option<String> {
        let sentence = match line.available_from {
            _ if line.backordered == 0 => return None,
            None => self.layout.backordered.clone(),
            Some(day) => self.layout.backordered_from.replace("{date}", &self.locale.day(day)),
        };
        let sentence = sentence.replace("{count}", &line.backordered.to_string());
        Some(sentence.replace("{quantity}", &line.quantity.to_string()))
    }

    /// `None` only for a stored language of a newer version.
    pub fn of(language: MailLanguage) -> Option<&'static Self> {
        Self::all().get(language.as_str())
    }
}
