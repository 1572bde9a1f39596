//! Which passwords are accepted. The accounts function hashes them.

use std::cmp::Ordering;

/// An accepted password. It never prints itself.
pub struct Password(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordRefusal {
    #[error("must have at least 8 characters")]
    TooShort,
    #[error("must have at most 128 characters")]
    TooLong,
    #[error("is too common: attackers try it first")]
    Common,
    #[error("must not be your email address or name")]
    Personal,
}

impl Password {
    pub const MIN_LENGTH: usize = 8;
    pub const MAX_LENGTH: usize = 128;

    /// `personal` is what an attacker who knows the person would try: the email address and the name.
    pub fn choose(text: &str, personal: &[&str]) -> Result<Self, PasswordRefusal> {
        if Self::is_too_long(text) {
            return Err(PasswordRefusal::TooLong);
        }
        if text.chars().count() < Self::MIN_LENGTH {
            return Err(PasswordRefusal::TooShort);
        }
        let folded = text.trim().to_lowercase();
        if is_common(&folded) {
            return Err(PasswordRefusal::Common);
        }
        let is_personal = |known: &&str| {
            let known = known.trim().to_lowercase();
            known.len() >= 4 && (folded == known || known.split_once('@').is_some_and(|(local, _)| folded == local))
        };
        if personal.iter().any(is_personal) {
            return Err(PasswordRefusal::Personal);
        }
        Ok(Self(text.to_owned()))
    }

    /// A text of this length is never hashed.
    pub fn is_too_long(text: &str) -> bool {
        text.len() > Self::MAX_LENGTH * 4 || text.chars().count() > Self::MAX_LENGTH
    }

    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(…)")
    }
}

/// The common passwords of 8 characters and more, lower case, sorted, one a line (from the zxcvbn project, MIT
/// licence).
const COMMON: &str = include_str!("common_passwords.txt");

/// A binary search in the text itself, so nothing has to be built when the function starts.
fn is_common(folded: &str) -> bool {
    let (mut low, mut high) = (0, COMMON.len());
    while low < high {
        let middle = usize::midpoint(low, high);
        let start = COMMON[..middle].rfind('\n').map_or(0, |at| at + 1);
        let end = COMMON[middle..].find('\n').map_or(COMMON.len(), |at| middle + at);
        match COMMON[start..end].cmp(folded) {
            Ordering::Equal => return true,
            Ordering::Less => low = end + 1,
            Ordering::Greater => high = start,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert, proptest};

    use super::{COMMON, Password, PasswordRefusal, is_common};

    #[test]
    fn every_listed_password_is_found_and_the_list_is_sorted() {
        let lines: Vec<&str> = COMMON.lines().collect();
        assert!(lines.len() > 5_000);
        assert!(lines.is_sorted());
        assert!(lines.iter().all(|line| is_common(line)));
        assert!(!is_common(""));
        assert!(!is_common("zzzzzzzzzzzzzzzz"));
    }

    #[test]
    fn common_short_long_and_personal_passwords_are_refused() {
        let choose = |text: &str| Password::choose(text, &["ada.lovelace@example.com", "Ada Lovelace"]).map(|_| ());
        assert_eq!(choose("Password1"), Err(PasswordRefusal::Common));
        assert_eq!(choose("1234567"), Err(PasswordRefusal::TooShort));
        assert_eq!(choose(&"x".repeat(129)), Err(PasswordRefusal::TooLong));
        assert_eq!(choose(&"x".repeat(10_000)), Err(PasswordRefusal::TooLong));
        assert_eq!(choose("ada.lovelace"), Err(PasswordRefusal::Personal));
        assert_eq!(choose("ADA LOVELACE"), Err(PasswordRefusal::Personal));
        assert_eq!(choose(&"é".repeat(128)), Ok(()));
        assert_eq!(choose("correct horse battery"), Ok(()));
    }

    #[test]
    fn a_password_never_prints_itself() {
        let password = Password::choose("correct horse battery", &[]).unwrap();
        assert!(!format!("{password:?}").contains("horse"));
    }

    proptest! {
        #[test]
        fn an_accepted_password_has_8_to_128_characters(text in ".{0,200}") {
            let length = text.chars().count();
            if Password::choose(&text, &[]).is_ok() {
                prop_assert!((8..=128).contains(&length));
            }
        }
    }
}
