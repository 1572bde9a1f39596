//! The first proof of a mail address. Anybody can register an address, so what an account has before the proof may be
//! somebody else's: its password, sessions, name and addresses. Whoever proves the address gets the account without
//! them, unless they also prove that it was they who registered.

use crate::email::Email;
use crate::text::{InvalidText, PersonName};

/// Who follows the link that confirms an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Follower {
    /// Signed in to the account of the link: it registered. Nothing changes but the proof.
    SignedIn,
    /// Gave the right password. Others may know it too, so all sessions end.
    KnowsPassword,
    /// The account starts over.
    Unknown,
}

/// The name of an account that starts over: nobody's own words. A dot between two words could be a link.
pub fn neutral_name(email: &Email) -> Result<PersonName, InvalidText> {
    PersonName::parse(&email.local_part().replace('.', " ")).or_else(|_| PersonName::parse("Customer"))
}

#[cfg(test)]
mod tests {
    use super::neutral_name;
    use crate::email::Email;

    #[test]
    fn an_account_that_starts_over_is_named_after_its_address() {
        for (email, name) in [
            ("ada@example.com", "ada"),
            ("ada.lovelace@example.com", "ada lovelace"),
            ("www.evil.example@example.com", "www evil example"),
            ("0800.123.4567@example.com", "Customer"),
        ] {
            assert_eq!(neutral_name(&Email::parse(email).unwrap()).unwrap().as_str(), name);
        }
    }
}
