//! The number of an order, for people: the day, and the end of the id, such as `261121-7F3K9QZX`.

use crate::id::OrderId;
use crate::text::{InvalidText, line};
use crate::time::Time;

/// The most characters of a number. Imported orders keep the number of the other shop.
pub const MAX_NUMBER: usize = 40;

pub(super) fn number(id: OrderId, now: Time) -> String {
    let (day, id) = (now.day(), id.to_string());
    let day: String = day.chars().skip(2).filter(char::is_ascii_digit).collect();
    let tail = &id[id.len() - 8..];
    format!("{day}-{tail}")
}

/// The number as orders have it, from what a person typed.
pub fn parse_number(text: &str) -> Result<String, InvalidText> {
    let number = line(text, MAX_NUMBER)?;
    let own = number.to_ascii_uppercase();
    let is_own = own.split_once('-').is_some_and(|(day, tail)| {
        let all = |part: &str, length, fit: fn(&u8) -> bool| part.len() == length && part.as_bytes().iter().all(fit);
        all(day, 6, u8::is_ascii_digit) && all(tail, 8, u8::is_ascii_alphanumeric)
    });
    Ok(if is_own { own } else { number })
}

#[cfg(test)]
mod tests {
    use super::{MAX_NUMBER, number, parse_number};
    use crate::id::OrderId;
    use crate::time::Time;

    #[test]
    fn a_number_is_found_however_it_is_typed_and_other_texts_are_refused() {
        let now = Time::parse("2026-11-21T10:00:00Z").unwrap();
        let made = number(OrderId::new(now, 0xABCD_EF01_2345), now);
        assert!(made.starts_with("261121-"));
        assert_eq!(parse_number(&format!(" {} ", made.to_lowercase())), Ok(made));
        for other in ["1001", "#1001", "R-2026/17 b"] {
            assert_eq!(parse_number(&format!("{other} ")).as_deref(), Ok(other));
        }
        for other in ["", " ", "a\u{202e}b", &"1".repeat(MAX_NUMBER + 1)] {
            assert!(parse_number(other).is_err(), "{other}");
        }
    }
}
