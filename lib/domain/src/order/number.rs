//! The number of an order, for people: the day, and the end of the id, such as `261121-7F3K9QZX`.

use crate::id::OrderId;
use crate::time::Time;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be the number of an order, such as 261121-7F3K9QZX")]
pub struct InvalidOrderNumber;

pub(super) fn number(id: OrderId, now: Time) -> String {
    let (day, id) = (now.day(), id.to_string());
    let day: String = day.chars().skip(2).filter(char::is_ascii_digit).collect();
    let tail = &id[id.len() - 8..];
    format!("{day}-{tail}")
}

/// The number as orders have it, from what a person typed.
pub fn parse_number(text: &str) -> Result<String, InvalidOrderNumber> {
    let number = text.trim().to_ascii_uppercase();
    let fits = number.split_once('-').is_some_and(|(day, tail)| {
        let all = |part: &str, length, fit: fn(&u8) -> bool| part.len() == length && part.as_bytes().iter().all(fit);
        all(day, 6, u8::is_ascii_digit) && all(tail, 8, u8::is_ascii_alphanumeric)
    });
    if fits { Ok(number) } else { Err(InvalidOrderNumber) }
}

#[cfg(test)]
mod tests {
    use super::{number, parse_number};
    use crate::id::OrderId;
    use crate::time::Time;

    #[test]
    fn a_number_is_found_however_it_is_typed_and_other_texts_are_refused() {
        let now = Time::parse("2026-11-21T10:00:00Z").unwrap();
        let made = number(OrderId::new(now, 0xABCD_EF01_2345), now);
        assert!(made.starts_with("261121-"));
        assert_eq!(parse_number(&format!(" {} ", made.to_lowercase())), Ok(made));
        for other in
            ["", "261121", "261121-7F3K9QZ", "26112-7F3K9QZX", "261121-7F3K9QZX1", "26112a-7F3K9QZX", "261121_7F3K9QZX"]
        {
            assert!(parse_number(other).is_err(), "{other}");
        }
    }
}
