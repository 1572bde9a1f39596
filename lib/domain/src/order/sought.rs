//! What an order is found by, and what words of people can mean of that.

use std::collections::BTreeSet;

use crate::address::{PostalAddress, parse_phone};
use crate::document;
use crate::email::Email;
use crate::id::{OrderId, UserId};
use crate::sku::Sku;
use crate::text::{beginning_of_name, search_words};

use super::{Order, Purchase, parse_number};

/// What people have of an order that they look for. The table has a key for each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sought {
    Number(String),
    /// As [`code_key`] writes it.
    TrackingCode(String),
    /// How the folded name of a person or company of its addresses begins, or the last word of it.
    Name(String),
    /// An item's SKU.
    Sku(Sku),
    /// The number of one of its documents.
    Document(String),
    /// The charge that paid it, by the provider's id.
    Charge(String),
    /// The postal code of an address, as [`code_key`] writes it.
    PostalCode(String),
    /// As [`phone_key`] writes it.
    Phone(String),
    /// How the mail address begins that it was placed with.
    EmailPrefix(String),
    /// The mail address that a guest placed it with, or that its account has now.
    Email(Email),
    Account(UserId),
    Order(OrderId),
    /// It has all of these words. There is at least one.
    Words(BTreeSet<String>),
    /// At least one of these, of which none is `Any`. [`Sought::of_words`] alone makes this kind and the four before it.
    Any(Vec<Sought>),
}

/// What people type to find an order.
pub const MAX_SOUGHT_WORDS: usize = 100;
/// An order is not found by further words.
const MAX_ORDER_WORDS: usize = 200;
/// Of so many words an order has all.
const MAX_WORDS: usize = 8;
/// Codes of carriers are long.
const MIN_TRACKING: usize = 6;

impl Sought {
    /// Everything that these words can mean.
    pub fn of_words(words: &str) -> Self {
        let words = words.trim();
        let has_digit = words.bytes().any(|c| c.is_ascii_digit());
        let key = code_key(words);
        let has_only = |others: &[u8]| words.bytes().all(|c| c.is_ascii_alphanumeric() || others.contains(&c));
        let is_tracking = has_digit && key.len() >= MIN_TRACKING && has_only(b" .-_");
        let is_postal_code = has_digit
            && (2..=PostalAddress::MAX_POSTAL_CODE).contains(&words.len())
            && key.len() > 1
            && has_only(b" -");
        let name = beginning_of_name(words).ok().filter(|_| words.chars().any(char::is_alphabetic));
        // In an address there is something before the @.
        let prefix = email_prefix(words).filter(|prefix| !prefix.starts_with('@') && !key.is_empty());
        let numbers = [Some(words.to_owned()).filter(|_| has_digit), with_dash(&key)];
        let is_email = words.contains('@');
        let id = words.split_once('_').map_or_else(String::new, |(kind, id)| {
            format!("{}_{}", kind.to_ascii_lowercase(), id.to_ascii_uppercase())
        });
        let all = longest(search_words(words));
        // People write VAT numbers with spaces in them.
        let code = BTreeSet::from([key.to_ascii_lowercase()]);
        let is_code = has_digit && key.len() > 1 && has_only(b" .-/") && code != all;
        let meanings = [
            UserId::parse(&id).ok().map(Self::Account),
            OrderId::parse(&id).ok().map(Self::Order),
            document::parse_number(words).ok().map(Self::Document),
            payment_intent(words).map(Self::Charge),
            Some(key.clone()).filter(|_| is_tracking).map(Self::TrackingCode),
            name.filter(|_| !is_email).map(Self::Name),
            Sku::parse(words).ok().map(Self::Sku),
            parse_phone(words).ok().map(|phone| Self::Phone(phone_key(&phone))),
            Some(key).filter(|_| is_postal_code).map(Self::PostalCode),
            Email::parse(words).ok().map(Self::Email),
            prefix.map(Self::EmailPrefix),
            Some(all).filter(|all| !all.is_empty() && !is_email).map(Self::Words),
            Some(code).filter(|_| is_code).map(Self::Words),
        ];
        let numbers = numbers.into_iter().flatten().filter_map(|number| parse_number(&number).ok());
        let numbers: BTreeSet<String> = numbers.filter(|_| !is_email).collect();
        Self::Any(numbers.into_iter().map(Self::Number).chain(meanings.into_iter().flatten()).collect())
    }
}

impl Order {
    /// The words that it is found by: of its number, addresses, coupon, VAT number and items, and of what its buyer wrote.
    pub fn words(&self, purchase: &Purchase) -> BTreeSet<String> {
        let mut texts = vec![self.number.as_str()];
        for address in purchase.addresses() {
            texts.extend([&*address.name, &address.line1, &address.city, &address.postal_code]);
            texts.extend([&address.company, &address.line2, &address.region].into_iter().flatten().map(String::as_str));
        }
        texts.extend(self.coupon.as_ref().map(|coupon| coupon.code.as_str()));
        texts.extend(purchase.vat.as_ref().map(|vat| vat.number.as_str()));
        for line in &purchase.lines {
            texts.push(&line.name);
            texts.extend(line.options.iter().map(String::as_str));
        }
        texts.extend(self.exchanged.iter().flat_map(|exchanged| &exchanged.variant.options).map(String::as_str));
        texts.extend(purchase.note.as_deref());
        let mut words = BTreeSet::new();
        for word in texts.into_iter().flat_map(search_words) {
            if words.len() == MAX_ORDER_WORDS {
                break;
            }
            words.insert(word);
        }
        words
    }
}

/// The longest ones of these words: they are the rarest ones, more or less.
fn longest(words: BTreeSet<String>) -> BTreeSet<String> {
    let mut words: Vec<String> = words.into_iter().collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    words.into_iter().take(MAX_WORDS).collect()
}

/// A number of ours that was typed without its dash. Other shops may have numbers that look like that.
fn with_dash(key: &str) -> Option<String> {
    let (day, tail) = key.split_at_checked(6)?;
    (tail.len() == 8 && day.bytes().all(|c| c.is_ascii_digit())).then(|| format!("{day}-{tail}"))
}

/// The beginning of mail addresses that are looked for. No address has a space in it.
pub fn email_prefix(text: &str) -> Option<String> {
    let is_one_word = text.trim().bytes().all(|c| c.is_ascii_graphic());
    Email::parse_beginning(text).ok().filter(|_| is_one_word)
}

/// The id of a payment intent.
pub fn payment_intent(text: &str) -> Option<String> {
    let has_only = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    (text.len() <= 255 && text.starts_with("pi_") && has_only).then(|| text.to_owned())
}

/// A tracking or postal code for searching: its letters and digits, in upper case.
pub fn code_key(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

/// A telephone number for searching: its last seven digits. What comes before them is written in many ways.
pub fn phone_key(phone: &str) -> String {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    digits[digits.len().saturating_sub(7)..].to_owned()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Sought;

    /// What words are looked for as.
    fn meanings(words: &str) -> Vec<String> {
        let Sought::Any(all) = Sought::of_words(words) else { panic!("{words} are one thing") };
        let kind = |sought: &Sought| format!("{sought:?}").split('(').next().unwrap().to_owned();
        all.iter().map(kind).collect()
    }

    #[test]
    fn words_mean_everything_that_an_order_is_found_by_in_their_form() {
        for (words, wanted) in [
            ("ada@example.com", "Email EmailPrefix"),
            ("ada@", "EmailPrefix"),
            ("usr_01M8C2C7DE86J8MMWP7W18NG0A", "Number TrackingCode Account Name Sku EmailPrefix Words"),
            ("ORD_01m8c2c7de86j8mmwp7w18ng0a", "Number TrackingCode Order Name Sku EmailPrefix Words"),
            ("Ada Lovelace", "Name Words"),
            ("tee-black", "Name Sku EmailPrefix Words"),
            ("IN-2026-000042", "Number Document TrackingCode Name Sku PostalCode EmailPrefix Words Words"),
            ("pi_3PqYJ2KZ8uXh4T", "Number Charge TrackingCode Name Sku EmailPrefix Words"),
            ("TEE_7", "Number Name Sku EmailPrefix Words"),
            ("00 34 0434 1610", "Number TrackingCode Phone PostalCode Words Words"),
            ("+49 30 1234567", "Number Phone Words"),
            ("(030) 1234567", "Number Phone Words"),
            ("SW1A 1AA", "Number TrackingCode Name PostalCode Words Words"),
            ("10117", "Number Sku Phone PostalCode EmailPrefix Words"),
            ("Studio 54", "Number TrackingCode Name PostalCode Words Words"),
            ("ada+shop", "Name EmailPrefix Words"),
            ("#100234", "Number EmailPrefix Words"),
            ("L", "Sku"),
        ] {
            let mut wanted: Vec<&str> = wanted.split(' ').collect();
            let mut found = meanings(words);
            wanted.sort_unstable();
            found.sort_unstable();
            assert_eq!(found, wanted, "{words}");
        }
        for nothing in ["#", "...", "@", "@example.com", "a b@c", "ä@b", "\u{1}"] {
            assert!(meanings(nothing).is_empty(), "{nothing}: {:?}", meanings(nothing));
        }
    }

    #[test]
    fn a_number_is_found_with_and_without_its_dash() {
        let numbers = |words: &str| {
            let Sought::Any(all) = Sought::of_words(words) else { panic!("{words} are one thing") };
            let number = |sought| if let Sought::Number(number) = sought { Some(number) } else { None };
            all.into_iter().filter_map(number).collect::<BTreeSet<_>>()
        };
        let both = |words: &str| BTreeSet::from(["261126-DSXB2RK5", words].map(str::to_owned));
        assert_eq!(numbers(" 261126-dsxb2rk5 "), both("261126-DSXB2RK5"));
        for words in ["261126DSXB2RK5", "261126 DSXB2RK5"] {
            assert_eq!(numbers(words), both(words), "{words}");
        }
    }
}
