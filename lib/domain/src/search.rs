//! How staff set the search: words that stand for others, and products that come first for a query. And which queries
//! without results are counted.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::id::{ProductId, SearchRuleId, SynonymId};
use crate::text::{self, InvalidText};
use crate::time::Time;

/// The longest term of a synonym, and the longest query of a rule.
pub const MAX_PHRASE: usize = 60;

/// Why a field was refused. The message follows the name of the field in a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    pub field: String,
    pub message: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPhrase {
    #[error(transparent)]
    Text(#[from] InvalidText),
    #[error("must have a letter or a digit")]
    NoWord,
}

/// Phrases that stand for each other, or one that finds others too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Synonym {
    /// A query with it finds the terms too, and not the other way round. `None`: the terms stand for each other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<String>,
    pub terms: Vec<String>,
}

/// Products that come first for a query, in their order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchRule {
    pub query: String,
    pub products: Vec<ProductId>,
}

/// A kind of what staff set: synonyms or rules.
pub trait SettingKind: std::fmt::Debug + Clone + PartialEq + Serialize + DeserializeOwned + Send + Sync {
    type Id: std::fmt::Debug + std::fmt::Display + Copy + PartialEq + Serialize + DeserializeOwned + Send + Sync;
    const NAME: &'static str;
    const PLURAL: &'static str;
    /// How many a shop may have.
    const MAX: u32;

    fn parse_id(text: &str) -> Option<Self::Id>;

    /// The query, of which there may be only one.
    fn query(&self) -> Option<&str>;

    /// In words, for the audit trail.
    fn describe(&self) -> String;
}

/// One synonym, or one rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound(serialize = "K: SettingKind", deserialize = "K: SettingKind"))]
pub struct SearchSetting<K: SettingKind> {
    pub id: K::Id,
    pub content: K,
    pub version: u64,
    pub created_at: Time,
    pub updated_at: Time,
}

impl<K: SettingKind> SearchSetting<K> {
    pub fn new(id: K::Id, content: K, now: Time) -> Self {
        Self { id, content, version: 1, created_at: now, updated_at: now }
    }

    #[must_use]
    pub fn with(&self, content: K, now: Time) -> Self {
        Self { id: self.id, content, version: self.version + 1, created_at: self.created_at, updated_at: now }
    }
}

impl Synonym {
    pub const MAX_TERMS: usize = 20;

    pub fn define(input: Option<&str>, terms: &[String]) -> Result<Self, Vec<Violation>> {
        let mut checked = Checked::default();
        // One that stands for nothing else would be no synonym.
        let fewest = if input.is_some() { 1 } else { 2 };
        checked.count("terms", terms.len(), fewest, Self::MAX_TERMS);
        let input = input.and_then(|input| checked.phrase("input", input));
        let mut known: Vec<String> = input.iter().map(|input| words(input)).collect();
        let mut accepted = Vec::new();
        for (at, term) in terms.iter().enumerate().take(Self::MAX_TERMS) {
            let field = format!("terms[{at}]");
            let Some(term) = checked.phrase(&field, term) else { continue };
            let folded = words(&term);
            if known.contains(&folded) {
                checked.refuse(&field, "must differ from the others by more than case and accents");
            }
            known.push(folded);
            accepted.push(term);
        }
        checked.finish(Self { input, terms: accepted })
    }
}

impl SearchRule {
    pub const MAX_PRODUCTS: usize = 20;

    pub fn define(query: &str, products: &[String]) -> Result<Self, Vec<Violation>> {
        let mut checked = Checked::default();
        let query = checked.phrase("query", query).unwrap_or_default();
        checked.count("productIds", products.len(), 1, Self::MAX_PRODUCTS);
        let mut accepted = Vec::new();
        for (at, id) in products.iter().enumerate().take(Self::MAX_PRODUCTS) {
            match ProductId::parse(id) {
                Ok(id) if accepted.contains(&id) => {
                    checked.refuse(&format!("productIds[{at}]"), "must be in the list only once");
                }
                Ok(id) => accepted.push(id),
                Err(error) => checked.refuse(&format!("productIds[{at}]"), &error.to_string()),
            }
        }
        checked.finish(Self { query, products: accepted })
    }
}

impl SettingKind for Synonym {
    type Id = SynonymId;
    const NAME: &'static str = "synonym";
    const PLURAL: &'static str = "synonyms";
    const MAX: u32 = 1_000;

    fn parse_id(text: &str) -> Option<SynonymId> {
        SynonymId::parse(text).ok()
    }

    fn query(&self) -> Option<&str> {
        None
    }

    fn describe(&self) -> String {
        let terms = self.terms.join(", ");
        self.input.as_ref().map_or_else(|| terms.clone(), |input| format!("{input} also finds {terms}"))
    }
}

impl SettingKind for SearchRule {
    type Id = SearchRuleId;
    const NAME: &'static str = "rule";
    const PLURAL: &'static str = "rules";
    const MAX: u32 = 500;

    fn parse_id(text: &str) -> Option<SearchRuleId> {
        SearchRuleId::parse(text).ok()
    }

    fn query(&self) -> Option<&str> {
        Some(&self.query)
    }

    fn describe(&self) -> String {
        let products: Vec<String> = self.products.iter().map(ToString::to_string).collect();
        format!("{}: {}", self.query, products.join(" "))
    }
}

/// What was found while the fields of a setting were checked.
#[derive(Debug, Default)]
struct Checked(Vec<Violation>);

impl Checked {
    fn refuse(&mut self, field: &str, message: &str) {
        self.0.push(Violation { field: field.to_owned(), message: message.to_owned() });
    }

    fn count(&mut self, field: &str, count: usize, fewest: usize, most: usize) {
        if !(fewest..=most).contains(&count) {
            self.refuse(field, &format!("must have {fewest} to {most} entries"));
        }
    }

    fn phrase(&mut self, field: &str, text: &str) -> Option<String> {
        phrase(text).map_err(|error| self.refuse(field, &error.to_string())).ok()
    }

    fn finish<T>(self, accepted: T) -> Result<T, Vec<Violation>> {
        if self.0.is_empty() { Ok(accepted) } else { Err(self.0) }
    }
}

/// A line of 1 to [`MAX_PHRASE`] characters, with at least one word.
fn phrase(text: &str) -> Result<String, InvalidPhrase> {
    let phrase = text::line(text, MAX_PHRASE)?;
    if words(&phrase).is_empty() { Err(InvalidPhrase::NoWord) } else { Ok(phrase) }
}

/// The words of a text as the search index cuts them, in small letters without accents, and one space between two.
fn words(text: &str) -> String {
    text::folded(&text::without_signs(text))
}

/// What two texts have in common that are one query: case, accents, spaces and hyphens do not matter.
pub fn normalized(query: &str) -> String {
    words(query).replace(' ', "")
}

/// How long it is known which queries found nothing, in days.
pub const MISSES_KEPT: u32 = 90;
/// How many different ones of a day are counted.
pub const MAX_MISSES: u32 = 1_000;
/// Longer queries are not counted.
const MAX_MISS: usize = 60;
const MAX_MISS_WORDS: usize = 6;
/// A longer word is a token, a link or a mistake.
const MAX_MISS_WORD: usize = 30;
/// A postal code has as many digits in a row, and a telephone number has more in all.
const DIGITS_OF_A_PERSON: usize = 5;
const MAX_MISS_DIGITS: usize = 6;

/// The words by which a query is counted that found nothing. `None`: it is not counted, because it has no words, is
/// long, or may say something of a person: a mail address, a telephone number, a number of an order.
pub fn counted_words(query: &str) -> Option<String> {
    let words = words(query);
    let digits = |word: &str| word.bytes().filter(u8::is_ascii_digit).count();
    let has_long_number = words.split(|c: char| !c.is_ascii_digit()).any(|number| number.len() >= DIGITS_OF_A_PERSON);
    let is_personal = query.contains(['@', '＠', '﹫']) || has_long_number || digits(&words) > MAX_MISS_DIGITS;
    let is_long = words.len() > MAX_MISS
        || words.split(' ').count() > MAX_MISS_WORDS
        || words.split(' ').any(|word| word.len() > MAX_MISS_WORD);
    (!words.is_empty() && !is_personal && !is_long).then_some(words)
}

#[cfg(test)]
mod tests {
    use super::{SearchRule, SettingKind, Synonym, Violation, counted_words, normalized};

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    fn fields<T: std::fmt::Debug>(refused: Result<T, Vec<Violation>>) -> Vec<String> {
        refused.unwrap_err().into_iter().map(|violation| violation.field).collect()
    }

    #[test]
    fn terms_stand_for_each_other_or_an_input_finds_them_too() {
        let both = Synonym::define(None, &texts(&[" Sofa ", "couch", "settee"])).unwrap();
        assert_eq!((both.input.as_deref(), both.describe().as_str()), (None, "Sofa, couch, settee"));
        let one = Synonym::define(Some("trainers"), &texts(&["shoes"])).unwrap();
        assert_eq!(one.describe(), "trainers also finds shoes");
        // One word and two are different terms.
        assert!(Synonym::define(None, &texts(&["raincoat", "rain coat"])).is_ok());
    }

    #[test]
    fn terms_are_counted_bounded_and_each_is_there_once() {
        let define = |input, terms: &[&str]| fields(Synonym::define(input, &texts(terms)));
        assert_eq!(define(None, &[]), ["terms"]);
        assert_eq!(define(None, &["sofa"]), ["terms"]);
        assert_eq!(define(Some("sofa"), &[]), ["terms"]);
        assert_eq!(define(None, &["Sófa", "couch", "sofa"]), ["terms[2]"]);
        assert_eq!(define(Some("t-shirt"), &["T Shirt"]), ["terms[0]"]);
        assert_eq!(
            define(Some(" "), &["a", "–", "\u{202e}b", &"x".repeat(61)]),
            ["input", "terms[1]", "terms[2]", "terms[3]"]
        );
        let many: Vec<String> = (0..21).map(|n| format!("term {n}")).collect();
        assert_eq!(fields(Synonym::define(None, &many)), ["terms"]);
        assert!(Synonym::define(None, &many[1..]).is_ok());
    }

    #[test]
    fn a_rule_has_a_query_and_one_to_twenty_products() {
        let id = |n: u8| format!("prd_0000000000000000000000{n:04}");
        let define = |query, ids: &[String]| SearchRule::define(query, ids);
        let rule = define("Summer dress", &[id(2), id(1)]).unwrap();
        assert_eq!(rule.describe(), format!("Summer dress: {} {}", id(2), id(1)));
        assert_eq!(fields(define("!", &[])), ["query", "productIds"]);
        assert_eq!(fields(define("dress", &[id(1), id(1), "cpn_1".to_owned()])), ["productIds[1]", "productIds[2]"]);
        let many: Vec<String> = (0..21).map(id).collect();
        assert_eq!(fields(define("dress", &many)), ["productIds"]);
        assert!(define("dress", &many[1..]).is_ok());
    }

    #[test]
    fn a_query_is_the_same_whatever_its_case_accents_spaces_and_hyphens() {
        for same in ["summer dress", " Sümmer-Dress!", "summerdress", "SUMMER  DRESS", "su\u{308}mmer dress"] {
            assert_eq!(normalized(same), "summerdress", "{same}");
        }
        assert_eq!(normalized("Men's"), "mens");
        assert_ne!(normalized("summer dresses"), "summerdress");
        assert_eq!(normalized("– ' 👗"), "");
    }

    #[test]
    fn a_query_without_results_is_counted_by_its_words() {
        for (query, counted) in [
            ("Rød Kjole", "rod kjole"),
            ("sofa/bed", "sofa bed"),
            ("iPhone 15 128", "iphone 15 128"),
            ("one two three four five six", "one two three four five six"),
        ] {
            assert_eq!(counted_words(query).as_deref(), Some(counted));
        }
    }

    #[test]
    fn what_may_say_something_of_a_person_is_not_counted() {
        for query in [
            "ada@example.com",
            "ada ＠ example",
            "10115 Berlin",
            "call 030-123 45",
            "0176 55 44 33",
            "٠١٢٣٤",
            "K00008-1",
            &"x".repeat(31),
            "one two three four five six seven",
            &"word ".repeat(13),
            "?!",
            "",
        ] {
            assert_eq!(counted_words(query), None, "{query}");
        }
    }
}
