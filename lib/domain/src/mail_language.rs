//! The languages in which the shop writes to people.

use serde::{Deserialize, Serialize};

/// The first part of a language tag: `de` of `de-AT`. One of [`MailLanguage::ALL`] where it is chosen; a stored one may be
/// of a newer version of the shop, and then the mails are in the shop's own language.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MailLanguage([u8; 2]);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a language that the shop writes in: {}", MailLanguage::ALL.map(String::from).join(", "))]
pub struct UnknownLanguage;

impl MailLanguage {
    pub const GERMAN: Self = Self(*b"de");
    pub const ENGLISH: Self = Self(*b"en");
    /// Each has a folder with the texts of all mails in the mailer's `templates/`.
    pub const ALL: [Self; 2] = [Self::GERMAN, Self::ENGLISH];
    /// How many languages of a header are looked at.
    const MOST_ASKED: usize = 20;

    pub fn parse(text: &str) -> Result<Self, UnknownLanguage> {
        Self::ALL.into_iter().find(|known| known.as_str() == text).ok_or(UnknownLanguage)
    }

    /// The language of an `Accept-Language` header that the shop knows and the person likes most; the first of equals.
    pub fn preferred(header: &str) -> Option<Self> {
        let mut best: Option<(Self, u16)> = None;
        for asked in header.split(',').take(Self::MOST_ASKED) {
            let (tag, weight) = asked.split_once(';').unwrap_or((asked, ""));
            let first = tag.split('-').next().unwrap_or_default().trim().to_ascii_lowercase();
            let (Ok(language), Some(weight)) = (Self::parse(&first), thousandths(weight.trim())) else {
                continue;
            };
            if weight > best.map_or(0, |(_, weight)| weight) {
                best = Some((language, weight));
            }
        }
        best.map(|(language, _)| language)
    }

    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// The weight of a language: 800 for `q=0.8`, 1000 for none. `None`: it is no weight.
fn thousandths(weight: &str) -> Option<u16> {
    let Some(weight) = weight.strip_prefix("q=").or_else(|| weight.strip_prefix("Q=")) else {
        return weight.is_empty().then_some(1000);
    };
    let (whole, part) = weight.split_once('.').unwrap_or((weight, ""));
    let is_part = part.len() <= 3 && part.bytes().all(|c| c.is_ascii_digit());
    match whole {
        "0" if is_part => format!("{part:0<3}").parse().ok(),
        "1" if is_part => Some(1000),
        _ => None,
    }
}

impl std::fmt::Debug for MailLanguage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl From<MailLanguage> for String {
    fn from(language: MailLanguage) -> Self {
        language.as_str().to_owned()
    }
}

/// For stored languages. Those of requests are parsed.
impl TryFrom<String> for MailLanguage {
    type Error = UnknownLanguage;
    fn try_from(text: String) -> Result<Self, UnknownLanguage> {
        let letters: [u8; 2] = text.as_bytes().try_into().map_err(|_| UnknownLanguage)?;
        if letters.iter().all(u8::is_ascii_lowercase) { Ok(Self(letters)) } else { Err(UnknownLanguage) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert, proptest};

    use super::MailLanguage;

    #[test]
    fn the_best_language_that_the_shop_knows_is_chosen() {
        for (header, chosen) in [
            ("de-AT,de;q=0.9,en;q=0.8", Some("de")),
            ("en-GB, de;q=0.9", Some("en")),
            ("fr-CH, fr;q=0.9, EN;q=0.5, DE;q=0.7, *;q=0.1", Some("de")),
            ("de;q=0.5, en;q=0.5", Some("de")),
            ("en;q=0, de;q=0.001", Some("de")),
            ("en;q=1.000", Some("en")),
            ("fr, it;q=0.9", None),
            ("en;q=0", None),
            ("en;q=high, deutsch, *", None),
            ("", None),
        ] {
            let found = MailLanguage::preferred(header);
            assert_eq!(found.as_ref().map(MailLanguage::as_str), chosen, "{header}");
        }
    }

    #[test]
    fn a_language_of_a_newer_version_can_be_read_and_not_chosen() {
        let stored: MailLanguage = serde_json::from_value("fr".into()).unwrap();
        assert_eq!(stored.as_str(), "fr");
        assert_eq!(
            MailLanguage::parse("fr").unwrap_err().to_string(),
            "must be a language that the shop writes in: de, en"
        );
        for bad in ["", "DE", "deu", "de-DE", "ß"] {
            assert!(
                serde_json::from_value::<MailLanguage>(bad.into()).is_err() && MailLanguage::parse(bad).is_err(),
                "{bad}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_header_is_read_without_a_failure(header in "([a-zA-Z-]{0,8}[,;= q.0-9]{0,6}){0,30}|.*") {
            prop_assert!(MailLanguage::preferred(&header).is_none_or(|language| MailLanguage::ALL.contains(&language)));
        }
    }
}
