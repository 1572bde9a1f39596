//! Texts that people write and that are shown later in pages, mails and labels.

use std::collections::BTreeSet;

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
    #[error("must not contain a web or mail address; write a space after each dot")]
    Link,
    #[error("must be a name, without @, < and >, and without a telephone number")]
    NotAName,
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

/// A text for searching: letters without case and accents, numbers, and one space between two words. `Åsa-Lis O'Hara` is
/// `asa lis ohara`. At most [`MAX_FOLDED`] bytes, all ASCII.
pub fn folded(text: &str) -> String {
    let plain = deunicode::deunicode_with_tofu(text, " ").to_ascii_lowercase();
    let words = plain.split(|c: char| c == '-' || c.is_ascii_whitespace());
    let words = words.map(|word| word.chars().filter(char::is_ascii_alphanumeric).collect::<String>());
    let mut folded = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    folded.truncate(MAX_FOLDED);
    folded
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must have 2 letters or numbers or more, and at most 100 characters")]
pub struct InvalidBeginning;

/// The folded beginning of a name that is looked for.
pub fn beginning_of_name(text: &str) -> Result<String, InvalidBeginning> {
    let folded = if text.chars().count() > PersonName::MAX_LENGTH { String::new() } else { folded(text) };
    if folded.len() < 2 { Err(InvalidBeginning) } else { Ok(folded) }
}

/// A text with spaces in place of the signs between its words, as the search index cuts them.
pub fn without_signs(text: &str) -> String {
    let letter = |c: char| match c {
        // What stands inside of a word and does not count.
        '\'' | '\u{2019}' | '\u{300}'..='\u{36f}' => None,
        c if c.is_alphanumeric() => Some(c),
        _ => Some(' '),
    };
    text.chars().filter_map(letter).collect()
}

/// The words of a text for searching, without those of one letter.
pub fn search_words(text: &str) -> BTreeSet<String> {
    let plain = without_signs(text);
    // A sign of Chinese is a word or two.
    let words =
        plain.split_whitespace().map(folded).flat_map(|word| word.split(' ').map(str::to_owned).collect::<Vec<_>>());
    words.filter(|word| word.len() > 1).collect()
}

/// A search looks no further.
pub const MAX_FOLDED: usize = 200;

/// A line of a postal address. Names of companies such as `Amazon.com` are part of addresses; mails break them with
/// [`without_links`].
pub fn address_line(text: &str, max: usize) -> Result<String, InvalidText> {
    let line = line(text, max)?;
    let lower = line.to_lowercase();
    if lower.contains("://") || lower.contains("www.") { Err(InvalidText::Link) } else { Ok(line) }
}

/// Refuses a text of which a mail client could make a link. Texts that people write and others get by mail must not lead
/// anywhere.
pub fn linkless(text: String) -> Result<String, InvalidText> {
    if links(&text).is_empty() { Ok(text) } else { Err(InvalidText::Link) }
}

/// The same text with a space in the middle of everything of which a mail client could make a link.
pub fn without_links(text: &str) -> String {
    let mut whole = text.to_owned();
    for at in links(text).into_iter().rev() {
        whole.insert(at, ' ');
    }
    whole
}

/// Where the possible links of a text can be broken: after the dot before two letters, after the colon of `://`, after
/// an @ between two words, after a dot of four numbers. Which endings are domains changes every month, so each counts.
fn links(text: &str) -> Vec<usize> {
    // Joiners break no link: browsers ignore them in addresses.
    let shown: Vec<(usize, char)> = text.char_indices().filter(|(_, c)| !is_joiner(*c)).collect();
    let mut found = Vec::new();
    for (n, &(at, c)) in shown.iter().enumerate() {
        let before = shown[..n].last().map_or(' ', |(_, c)| *c);
        let next = |ahead: usize| shown.get(n + ahead).map_or(' ', |(_, c)| *c);
        // A joiner is as good as a letter here: some mail programs take it as part of a name.
        let is_after_joiner = text[..at].chars().last().is_some_and(is_joiner);
        let is_inside = (is_after_joiner || !before.is_whitespace()) && !next(1).is_whitespace();
        let is_link = match c {
            // The last ones are dots too, for browsers.
            '.' | '。' | '．' | '｡' | '․' | '﹒' => {
                let is_www = n >= 3 && shown[n - 3..n].iter().all(|(_, c)| matches!(c, 'w' | 'W'));
                next(1).is_alphabetic() && next(2).is_alphabetic() || is_www || is_ip_address(before, &shown[n..])
            }
            ':' => next(1) == '/' && next(2) == '/',
            '@' => true,
            _ => false,
        };
        if is_inside && is_link {
            found.push(at + c.len_utf8());
        }
    }
    found
}

/// Whether three times a dot and a number follow a number.
fn is_ip_address(before: char, mut rest: &[(usize, char)]) -> bool {
    before.is_ascii_digit()
        && (0..3).all(|_| {
            let Some(((_, '.'), after)) = rest.split_first() else {
                return false;
            };
            let digits = after.iter().take_while(|(_, c)| c.is_ascii_digit()).count();
            rest = &after[digits..];
            digits > 0
        })
}

/// Control characters, line and paragraph separators, direction overrides, zero-width marks, the soft hyphen and the
/// byte order mark. The joiners U+200C and U+200D stay: names in Persian and Hindi need them.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Characters that are allowed, and that nobody sees.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{34f}' | '\u{180b}'..='\u{180f}' | '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e0fff}')
}

/// A person's name. What is stored stays readable when the rules become stricter; [`PersonName::greeting`] checks it
/// again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct PersonName(String);

impl PersonName {
    pub const MAX_LENGTH: usize = 100;
    /// A longer name is not repeated in a greeting.
    pub const MAX_GREETED: usize = 60;
    /// A telephone number has more digits, and it is as good as a link for those who want to be called.
    const MAX_DIGITS: usize = 6;

    pub fn parse(text: &str) -> Result<Self, InvalidText> {
        let name = line(text, Self::MAX_LENGTH).and_then(linkless)?;
        let digits = name.chars().filter(|c| c.is_numeric()).count();
        if name.contains(['@', '<', '>']) || digits > Self::MAX_DIGITS {
            return Err(InvalidText::NotAName);
        }
        Ok(Self(name))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name for a mail's greeting. `None`: it is very long, or it is older than today's rules and breaks them.
    pub fn greeting(&self) -> Option<&str> {
        let is_short = self.0.chars().count() <= Self::MAX_GREETED;
        (is_short && Self::parse(&self.0).is_ok()).then_some(&self.0)
    }
}

impl From<PersonName> for String {
    fn from(name: PersonName) -> Self {
        name.0
    }
}

/// For stored names only. Everything else is parsed.
impl From<String> for PersonName {
    fn from(stored: String) -> Self {
        Self(stored)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    use super::{InvalidText, MAX_FOLDED, PersonName, address_line, folded, linkless, without_links};

    #[test]
    fn a_text_is_searched_without_case_accents_and_signs() {
        for (text, found) in [
            ("Ada Lovelace", "ada lovelace"),
            ("  Åsa-Lis   O'Hara ", "asa lis ohara"),
            ("J.R.R. Tolkien", "jrr tolkien"),
            ("Владимир", "vladimir"),
            ("#!", ""),
        ] {
            assert_eq!(folded(text), found);
        }
        assert_eq!(folded(&"李".repeat(1_000)).len(), MAX_FOLDED);
    }

    const NAMES: [&str; 22] = [
        "Ada",
        "  Ada Lovelace ",
        "Åsa Öberg",
        "李小龍",
        "O’Hara-Šimić",
        "O'Hara",
        "علی‌رضا",
        "👩‍🚀",
        "J.R.R. Tolkien",
        "J. R. R. Tolkien",
        "St. John",
        "Dr. No",
        "Dipl.-Ing. Dr. med. Jana Müller",
        "Ada Lovelace, Ph.D.",
        "Martin Luther King Jr.",
        "Jean-Luc",
        "D'Angelo",
        "Nguyễn Văn A.",
        "Владимир В. Иванов",
        "José María de la O y Núñez",
        "X Æ A-12",
        "Louis XIV (14th)",
    ];

    #[test]
    fn names_of_the_world_pass_and_header_injection_does_not() {
        for name in NAMES {
            assert_eq!(PersonName::parse(name).map(String::from), Ok(name.trim().to_owned()), "{name:?}");
        }
        for name in [
            "Ada\r\nBcc: eve@example.com",
            "Ada\nEve",
            "\u{202e}adA",
            "a\u{0}b",
            "a\u{2028}b",
            "A\u{200b}da",
            "A\u{ad}da",
            "A\u{61c}da",
        ] {
            assert_eq!(PersonName::parse(name), Err(InvalidText::Hidden), "{name:?}");
        }
        assert_eq!(PersonName::parse("   "), Err(InvalidText::Empty));
        assert_eq!(PersonName::parse(&"é".repeat(101)), Err(InvalidText::TooLong { max: 100 }));
    }

    #[test]
    fn a_name_is_no_advertisement() {
        for name in [
            "URGENT your card was charged https://evil.example/x",
            "see WWW.1a.de",
            "evil.example",
            "Evil.Com",
            "t.co",
            "пример.рф",
            "evil。example",
            "evil．example",
            "evil.c\u{200d}om",
            "evil\u{200c}.com",
            "evil-.com",
            "1.evil.com/login",
            "ftp://1.2.3.4",
            "eve@example.com",
            "eve@localhost",
        ] {
            assert_eq!(PersonName::parse(name), Err(InvalidText::Link), "{name:?}");
        }
        for name in ["<b>Ada</b>", "Ada > Eve", "Eve @ home", "call +1 800 555 0199", "call ٠١٢٣٤٥٦٧"] {
            assert_eq!(PersonName::parse(name), Err(InvalidText::NotAName), "{name:?}");
        }
    }

    #[test]
    fn companies_are_part_of_addresses_and_web_addresses_are_not() {
        for line in ["Amazon.com Inc.", "c/o O'Hara & Sons", "Hauptstr.12", "Packstation 105, 1234567890"] {
            assert_eq!(address_line(line, 100).as_deref(), Ok(line));
        }
        for line in ["http://x", "hxxp://evil", "Www.evil.example"] {
            assert_eq!(address_line(line, 100), Err(InvalidText::Link), "{line}");
        }
    }

    #[test]
    fn links_are_broken_and_other_texts_stay() {
        for (text, broken) in [
            ("Amazon.com Inc., 19.99 USD", "Amazon. com Inc., 19.99 USD"),
            ("https://www.evil.co.uk/a?b=c", "https: //www. evil. co. uk/a?b=c"),
            ("eve@evil.example!", "eve@ evil. example!"),
            ("www.1a.de", "www. 1a. de"),
            ("ASP.NET", "ASP. NET"),
            ("\u{200d}.com", "\u{200d}. com"),
            ("at 192.168.1.1/x or 1.2.3", "at 192. 168.1.1/x or 1.2.3"),
            ("10:00, a@ b, . and .. or 3.5", "10:00, a@ b, . and .. or 3.5"),
        ] {
            assert_eq!(without_links(text), broken);
        }
        for name in NAMES {
            assert_eq!(without_links(name), name);
        }
    }

    #[test]
    fn a_stored_name_that_breaks_the_rules_can_be_read_and_is_not_greeted() {
        let read = |name: &str| serde_json::from_value::<PersonName>(name.into()).unwrap();
        assert_eq!(read("Ada").greeting(), Some("Ada"));
        for old in ["evil.example", "a\u{ad}b", "", "<b>"] {
            assert_eq!((read(old).as_str(), read(old).greeting()), (old, None));
        }
        let (longest, longer) = ("é".repeat(60), "é".repeat(61));
        assert_eq!(PersonName::parse(&longest).unwrap().greeting(), Some(&*longest));
        assert_eq!(PersonName::parse(&longer).unwrap().greeting(), None);
    }

    proptest! {
        #[test]
        fn a_name_is_one_bounded_line(text in ".*") {
            if let Ok(name) = PersonName::parse(&text) {
                prop_assert!(name.as_str().chars().count() <= PersonName::MAX_LENGTH);
                prop_assert!(!name.as_str().chars().any(char::is_control));
            }
        }

        #[test]
        fn a_text_without_links_has_none(text in "([a-zA-Z0-9.:/@ w\u{200d}。]|www\\.|://){0,40}|.*") {
            let broken = without_links(&text);
            prop_assert_eq!(linkless(broken.clone()), Ok(broken.clone()));
            prop_assert_eq!(broken.replace(' ', ""), text.replace(' ', ""));
        }
    }
}
