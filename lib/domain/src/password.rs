//! Which passwords are accepted. The accounts function hashes them.

use zxcvbn::feedback::Warning;

/// An accepted password. It never prints itself.
pub struct Password(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordRefusal {
    #[error("must have at least 8 characters")]
    TooShort,
    #[error("must have at most 128 characters")]
    TooLong,
    /// With the reason.
    #[error("is easy to guess: {0}")]
    Guessable(&'static str),
}

/// How many guesses a password must withstand at least. This is far more than the limits of sign-in allow, and with a
/// slow hash it takes long even for somebody who stole the table. Eight random characters withstand just as many.
const MIN_GUESSES: u64 = 100_000_000;

impl Password {
    pub const MIN_LENGTH: usize = 8;
    pub const MAX_LENGTH: usize = 128;

    /// `personal` is what an attacker who knows the person and the shop would try: the email address, the name, the
    /// name of the shop. Parts of them are as easy to guess.
    pub fn choose(text: &str, personal: &[&str]) -> Result<Self, PasswordRefusal> {
        if Self::is_too_long(text) {
            return Err(PasswordRefusal::TooLong);
        }
        if text.chars().count() < Self::MIN_LENGTH {
            return Err(PasswordRefusal::TooShort);
        }
        let parts = personal.iter().flat_map(|known| known.split(|c: char| !c.is_alphanumeric()));
        let known: Vec<&str> = personal.iter().copied().chain(parts).filter(|known| known.len() > 2).collect();
        // It reads at most the first 100 characters, which bounds its work to some milliseconds.
        let estimate = zxcvbn::zxcvbn(text, &known);
        if estimate.guesses() < MIN_GUESSES {
            let warning = estimate.feedback().and_then(zxcvbn::feedback::Feedback::warning);
            return Err(PasswordRefusal::Guessable(reason(warning)));
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

fn reason(warning: Option<Warning>) -> &'static str {
    match warning {
        Some(Warning::StraightRowsOfKeysAreEasyToGuess | Warning::ShortKeyboardPatternsAreEasyToGuess) => {
            "its keys are neighbours on the keyboard"
        }
        Some(Warning::RepeatsLikeAaaAreEasyToGuess | Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess) => {
            "it repeats the same characters"
        }
        Some(Warning::ThisIsATop10Password | Warning::ThisIsATop100Password | Warning::ThisIsACommonPassword) => {
            "many people use it, and attackers try it first"
        }
        Some(Warning::ThisIsSimilarToACommonlyUsedPassword) => "it is similar to a password that many people use",
        Some(Warning::SequencesLikeAbcAreEasyToGuess) => "it has a sequence such as abc or 6543",
        Some(Warning::RecentYearsAreEasyToGuess | Warning::DatesAreOftenEasyToGuess) => "it has a year or a date",
        Some(Warning::AWordByItselfIsEasyToGuess) => "it is a single word",
        Some(Warning::NamesAndSurnamesByThemselvesAreEasyToGuess | Warning::CommonNamesAndSurnamesAreEasyToGuess) => {
            "it is a name"
        }
        None => "use some words more, and no part of your email address, of your name or of the shop's name",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{ProptestConfig, prop_assert, proptest};

    use super::{Password, PasswordRefusal};

    fn choose(text: &str) -> Result<(), PasswordRefusal> {
        Password::choose(text, &["ada.lovelace@example.com", "Ada Lovelace", "Harbour Store"]).map(|_| ())
    }

    #[test]
    fn what_is_easy_to_guess_is_refused_with_the_reason() {
        for (text, reason) in [
            ("aaaaaaaa", "it repeats the same characters"),
            ("        ", "it repeats the same characters"),
            ("abcabcabcabc", "it repeats the same characters"),
            ("password1", "many people use it, and attackers try it first"),
            ("Passw0rd!", "it is similar to a password that many people use"),
            ("Summer2026!", "it is similar to a password that many people use"),
            ("letmein123", "it is similar to a password that many people use"),
            ("qwertyuiop", "many people use it, and attackers try it first"),
        ] {
            assert_eq!(choose(text), Err(PasswordRefusal::Guessable(reason)), "{text}");
        }
    }

    #[test]
    fn what_others_know_of_the_person_and_the_shop_is_refused() {
        for text in [
            "ada.lovelace@example.com",
            "ada.lovelace",
            "ADA LOVELACE",
            "adalovelace",
            "Lovelace2026",
            "harbourstore",
            "Harbour Store 1",
        ] {
            assert!(matches!(choose(text), Err(PasswordRefusal::Guessable(_))), "{text}");
        }
    }

    #[test]
    fn sentences_and_random_characters_are_accepted() {
        for text in ["correct horse battery", "another long sentence", "xK9#qL2v", "t7Gq2zLw0pVn", "дом у синего моря"]
        {
            assert_eq!(choose(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn short_and_long_passwords_are_refused() {
        assert_eq!(choose("1234567"), Err(PasswordRefusal::TooShort));
        assert_eq!(choose(&"x".repeat(129)), Err(PasswordRefusal::TooLong));
        assert_eq!(choose(&"x".repeat(10_000)), Err(PasswordRefusal::TooLong));
    }

    #[test]
    fn a_password_never_prints_itself() {
        let password = Password::choose("correct horse battery", &[]).unwrap();
        assert!(!format!("{password:?}").contains("horse"));
    }

    proptest! {
        // Scoring is slow without optimisation.
        #![proptest_config(ProptestConfig::with_cases(50))]

        #[test]
        fn an_accepted_password_has_8_to_128_characters(text in ".{0,200}") {
            let length = text.chars().count();
            if Password::choose(&text, &[]).is_ok() {
                prop_assert!((8..=128).contains(&length));
            }
        }
    }
}
