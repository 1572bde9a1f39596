//! The words of the pages in each language.

use std::sync::LazyLock;

use domain::locale::Locale;
use domain::mail_language::MailLanguage;
use domain::product::Product;
use domain::stock::Band;
use serde::{Deserialize, Serialize};

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Words {
    #[serde(skip_serializing)]
    pub(crate) locale: Locale,
    /// How Open Graph names the language: `en_US`.
    open_graph: String,
    pub(crate) home: String,
    pub(crate) all_products: String,
    pub(crate) newest: String,
    pub(crate) bestselling: String,
    pub(crate) categories: String,
    /// With `{number}`.
    pub(crate) page: String,
    pub(crate) previous_page: String,
    pub(crate) next_page: String,
    /// For readers of screens: what a list of links leads to.
    pub(crate) breadcrumbs: String,
    pub(crate) pages: String,
    pub(crate) nothing_here: String,
    /// With `{price}`.
    from: String,
    /// With `{price}`.
    instead_of: String,
    pub(crate) brand: String,
    pub(crate) description: String,
    pub(crate) variants: String,
    pub(crate) details: String,
    pub(crate) reviews: String,
    /// With `{average}` and `{count}`.
    rated: String,
    /// With `{average}`, for one review.
    rated_once: String,
    /// With `{stars}`.
    stars: String,
    pub(crate) anonymous: String,
    pub(crate) shop_answers: String,
    stock_in: String,
    stock_low: String,
    stock_backorder: String,
    stock_preorder: String,
    stock_out: String,
    pub(crate) not_found: String,
    pub(crate) not_found_text: String,
    pub(crate) gone: String,
    pub(crate) gone_text: String,
    pub(crate) unavailable: String,
    pub(crate) unavailable_text: String,
    pub(crate) needs_script: String,
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

    pub(crate) fn open_graph(&'static self) -> &'static str {
        &self.open_graph
    }

    pub(crate) fn numbered(&self, number: u32) -> String {
        self.page.replace("{number}", &number.to_string())
    }

    /// The price of a product, or the lowest of its variants.
    pub(crate) fn price(&self, product: &Product) -> String {
        let (cheapest, dearest) = (product.cheapest(), product.dearest());
        let lowest = self.locale.amount(product.price(cheapest.map_or(0, |variant| variant.price)));
        let is_one = cheapest.map(|variant| variant.price) == dearest.map(|variant| variant.price);
        if is_one { lowest } else { self.from.replace("{price}", &lowest) }
    }

    /// What a product or a variant cost before.
    pub(crate) fn before(&self, product: &Product, amount: Option<i64>) -> Option<String> {
        let before = self.locale.amount(product.price(amount?));
        Some(self.instead_of.replace("{price}", &before))
    }

    pub(crate) fn stock(&self, band: Band) -> &str {
        match band {
            Band::In => &self.stock_in,
            Band::Low => &self.stock_low,
            Band::Backorder => &self.stock_backorder,
            Band::Preorder => &self.stock_preorder,
            Band::Out => &self.stock_out,
        }
    }

    /// An average of so many hundredths. `None` without reviews.
    pub(crate) fn rating(&self, average: u16, count: u32) -> Option<String> {
        let tenths = (average + 5) / 10;
        let average = format!("{}{}{}", tenths / 10, self.locale.decimal, tenths % 10);
        let sentence = match count {
            0 => return None,
            1 => &self.rated_once,
            _ => &self.rated,
        };
        Some(sentence.replace("{average}", &average).replace("{count}", &count.to_string()))
    }

    pub(crate) fn stars(&self, stars: u8) -> String {
        self.stars.replace("{stars}", &stars.to_string())
    }
}

#[cfg(test)]
mod tests {
    use domain::mail_language::MailLanguage;

    use super::Words;

    #[test]
    fn every_language_has_words_of_its_own() {
        let titles: Vec<&str> = MailLanguage::ALL.iter().map(|&it| Words::of(it).not_found.as_str()).collect();
        assert_ne!(titles[0], titles[1]);
    }

    #[test]
    fn a_rating_is_written_as_people_do() {
        let english = Words::of(MailLanguage::ENGLISH);
        assert_eq!(english.rating(453, 12).as_deref(), Some("4.5 of 5 stars, 12 reviews"));
        assert_eq!(
            Words::of(MailLanguage::GERMAN).rating(500, 1).as_deref(),
            Some("5,0 von 5 Sternen, eine Bewertung")
        );
        assert_eq!(english.rating(0, 0), None);
    }
}
