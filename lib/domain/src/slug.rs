//! Slugs: the names of products, categories and brands in URLs. An id is never a slug, because it has an underscore.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slug(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSlug {
    #[error("must be 1 to 100 characters: a-z and 0-9, with single hyphens between them, such as blue-shirt")]
    Form,
    #[error("is required, because no slug can be made from this name")]
    Needed,
}

impl Slug {
    pub const MAX_LENGTH: usize = 100;

    pub fn parse(text: &str) -> Result<Self, InvalidSlug> {
        let word = |part: &str| !part.is_empty() && part.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
        if text.len() <= Self::MAX_LENGTH && text.split('-').all(word) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidSlug::Form)
        }
    }

    /// The slug made from a name: `Blåbær & Sön` is `blabaer-son`.
    pub fn of_name(name: &str) -> Result<Self, InvalidSlug> {
        let plain = deunicode::deunicode_with_tofu(name, " ").to_ascii_lowercase();
        let mut slug = String::new();
        for word in plain.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
            let hyphen = usize::from(!slug.is_empty());
            if slug.len() + hyphen + word.len() > Self::MAX_LENGTH {
                break;
            }
            if hyphen == 1 {
                slug.push('-');
            }
            slug.push_str(word);
        }
        Self::parse(&slug).map_err(|_| InvalidSlug::Needed)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Slug {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<Slug> for String {
    fn from(slug: Slug) -> Self {
        slug.0
    }
}

impl TryFrom<String> for Slug {
    type Error = InvalidSlug;
    fn try_from(text: String) -> Result<Self, InvalidSlug> {
        Self::parse(&text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert_eq, proptest};

    use super::{InvalidSlug, Slug};

    #[test]
    fn a_slug_is_plain_words_between_hyphens() {
        for good in ["a", "blue-shirt", "42", "a-1-b"] {
            assert!(Slug::parse(good).is_ok(), "{good}");
        }
        let long = "a".repeat(101);
        for bad in ["", "-", "a-", "-a", "a--b", "A", "ä", "a b", "a_b", "🎉", "../etc", "a/b", "a%20", &long] {
            assert_eq!(Slug::parse(bad), Err(InvalidSlug::Form), "{bad}");
        }
    }

    #[test]
    fn names_of_the_world_suggest_slugs_and_punctuation_alone_does_not() {
        let slug = |name: &str| Slug::of_name(name).map(String::from);
        assert_eq!(slug("Blåbær & Sön"), Ok("blabaer-son".to_owned()));
        assert_eq!(slug("  Ünder-Wear  2.0 "), Ok("under-wear-2-0".to_owned()));
        assert_eq!(slug("!!! …"), Err(InvalidSlug::Needed));
        assert_eq!(slug(""), Err(InvalidSlug::Needed));
    }

    proptest! {
        #[test]
        fn what_a_name_suggests_is_a_slug(name in ".{0,300}") {
            if let Ok(slug) = Slug::of_name(&name) {
                prop_assert_eq!(Slug::parse(slug.as_str()), Ok(slug.clone()));
            }
        }
    }
}
