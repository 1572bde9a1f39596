//! Texts that people write and that are shown later in pages, mails and labels.

use serde::{Deserialize, Serialize};

/// Why a text was refused. The message follows the name of the field in a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidText {
    #[error("must not be empty")]
    Empty,
    #[error("must have at most {max} characters")]
    TooLong { max: usize },
    #[error("must not contain control or direction characters")]
    Hidden,
}

/// One trimmed line of 1 to `max` characters, without characters that could end a mail header or change the direction
/// of the text.
pub fn line(text: &str, max: usize) -> Result<String, InvalidText> {
    let text = text.trim();
    if text.is_empty() {
        return Err(InvalidText::Empty);
    }
    // The number of bytes first: counting the characters of a very long text is too much work.
    if text.len() > max * 4 || text.chars().count() > max {
        return Err(InvalidText::TooLong { max });
    }
    if text.chars().any(is_hidden) {
        return Err(InvalidText::Hidden);
    }
    Ok(text.to_owned())
}

/// A trimmed text of at most `max` characters and any number of lines. It may be empty.
pub fn prose(text: &str, max: usize) -> Result<String, InvalidText> {
    let text = text.trim();
    if text.len() > max * 4 || text.chars().count() > max {
        return Err(InvalidText::TooLong { max });
    }
    if text.chars().any(|c| is_hidden(c) && !"\n\r\t".contains(c)) {
        return Err(InvalidText::Hidden);
    }
    Ok(text.to_owned())
}

/// Control characters, line and paragraph separators, direction overrides, zero-width marks and the byte order mark.
/// The joiners U+200C and U+200D stay: names in Persian and Hindi need them.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// A person's name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PersonName(String);

impl PersonName {
    pub const MAX_LENGTH: usize = 100;

    pub fn parse(text: &str) -> Result<Self, InvalidText> {
        line(text, Self::MAX_LENGTH).map(Self)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<PersonName> for String {
    fn from(name: PersonName) -> Self {
        name.0
    }
}

impl TryFrom<String> for PersonName {
    type Error = InvalidText;
    fn try_from(text: String) -> Result<Self, InvalidText> {
        Self::parse(&text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert, proptest};

    use super::{InvalidText, PersonName};

    #[test]
    fn names_of_the_world_pass_and_header_injection_does_not() {
        for name in ["Ada", "  Ada Lovelace ", "Åsa Öberg", "李小龍", "O’Hara-Šimić", "علی‌رضا", "👩‍🚀"]
        {
            assert!(PersonName::parse(name).is_ok(), "{name:?}");
        }
        for name in ["Ada\r\nBcc: eve@example.com", "Ada\nEve", "\u{202e}adA", "a\u{0}b", "a\u{2028}b", "A\u{200b}da"] {
            assert_eq!(PersonName::parse(name), Err(InvalidText::Hidden), "{name:?}");
        }
        assert_eq!(PersonName::parse("   "), Err(InvalidText::Empty));
        assert_eq!(PersonName::parse(&"é".repeat(101)), Err(InvalidText::TooLong { max: 100 }));
    }

    proptest! {
        #[test]
        fn a_name_is_one_bounded_line(text in ".*") {
            if let Ok(name) = PersonName::parse(&text) {
                prop_assert!(name.as_str().chars().count() <= PersonName::MAX_LENGTH);
                prop_assert!(!name.as_str().chars().any(char::is_control));
            }
        }
    }
}
