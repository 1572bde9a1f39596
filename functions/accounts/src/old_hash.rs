//! Password hashes of other shops: which are taken, and the form of a hash, which says how much work its check is.
//!
//! A check takes as long as the algorithm and the parameters of the hash want. So that nobody can see from the time of
//! a sign-in which addresses have an account, each check does the same work: one computation for each form of hash that
//! accounts may have. What is computed besides the account's own hash is thrown away.

use std::str::FromStr;

use argon2::PasswordHash;

/// bcrypt doubles its work with each step.
const BCRYPT_COSTS: std::ops::RangeInclusive<u32> = 4..=12;
/// Two checks at once must find room in the memory of the function.
const MAX_MEMORY_KIB: u32 = 64 * 1024;
/// Memory in KiB times passes: the work of one check.
const MAX_ARGON2_WORK: u32 = 4 * 64 * 1024;
const MAX_LANES: u32 = 16;

/// What follows the form in a hash that no password has.
const BCRYPT_TAIL: &str = "N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy";
const ARGON2_TAIL: &str = "a29udG9yLW5vYm9keS4u$Jq5dLBV1Xy7zRDhXOBlpwV0O4Kz6mM4J7gGJxqk5VQU";

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RefusedHash {
    #[error("must be a bcrypt hash ($2a$, $2b$ or $2y$), an Argon2 hash ($argon2id$v=19$…), or empty")]
    Unknown,
    #[error("must have a bcrypt cost of 4 to 12; leave it empty, and its owner sets a new password by mail")]
    BcryptCost,
    #[error(
        "must need at most 64 MiB and four passes over them; leave it empty, and its owner sets a new password by mail"
    )]
    Argon2Cost,
}

/// The form of a hash of another shop, if the shop takes such hashes.
pub fn parse_old_hash(hash: &str) -> Result<String, RefusedHash> {
    let form = form_of(hash).ok_or(RefusedHash::Unknown)?;
    if form.starts_with("$2") {
        let parts = bcrypt::HashParts::from_str(hash).map_err(|_| RefusedHash::Unknown)?;
        return if BCRYPT_COSTS.contains(&parts.get_cost()) { Ok(form) } else { Err(RefusedHash::BcryptCost) };
    }
    let parsed = PasswordHash::new(hash).map_err(|_| RefusedHash::Unknown)?;
    let sizes = (
        parsed.salt.as_ref().map(|salt| salt.len()),
        parsed.hash.as_ref().map(argon2::password_hash::phc::Output::len),
    );
    if parsed.version != Some(19) || !matches!(sizes, (Some(8..=64), Some(16..=64))) {
        return Err(RefusedHash::Unknown);
    }
    let number = |name: &str| parsed.params.get_decimal(name).unwrap_or(0);
    let (memory, passes, lanes) = (number("m"), number("t"), number("p"));
    let fits = memory <= MAX_MEMORY_KIB && memory.saturating_mul(passes) <= MAX_ARGON2_WORK && lanes <= MAX_LANES;
    match argon2::Params::new(memory, passes, lanes, None) {
        Ok(_) if fits => Ok(form),
        Ok(_) => Err(RefusedHash::Argon2Cost),
        Err(_) => Err(RefusedHash::Unknown),
    }
}

/// Algorithm and parameters of a hash. The kinds of bcrypt take the same time.
fn form_of(hash: &str) -> Option<String> {
    if let Some(rest) = ["$2a$", "$2b$", "$2y$"].iter().find_map(|kind| hash.strip_prefix(kind)) {
        return Some(format!("$2b${}$", rest.split('$').next()?));
    }
    let parts: Vec<&str> = hash.split('$').collect();
    match parts.as_slice() {
        ["", kind, version, params, _, _] if kind.starts_with("argon2") => Some(format!("${kind}${version}${params}$")),
        _ => None,
    }
}

/// A hash of this form that no password has.
fn nobodys(form: &str) -> String {
    format!("{form}{}", if form.starts_with("$2") { BCRYPT_TAIL } else { ARGON2_TAIL })
}

/// The hashes that a check computes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Work {
    /// The account's hash; `None` if there is no account, or no password that could be right.
    pub(crate) decides: Option<String>,
    pub(crate) thrown_away: Vec<String>,
}

impl Work {
    /// `forms`: what accounts may have besides our own form.
    pub(crate) fn of(hash: Option<&str>, our_form: &str, forms: &[String]) -> Self {
        let decides = hash.filter(|hash| form_of(hash).is_some()).map(str::to_owned);
        let own = decides.as_deref().and_then(form_of);
        let mut all = vec![our_form];
        all.extend(forms.iter().map(String::as_str).filter(|form| *form != our_form));
        // The first form stands for an account that does not exist.
        let is_known = own.as_deref().is_none_or(|own| all.contains(&own));
        let others = all.into_iter().filter(|form| own.as_deref() != Some(*form));
        // The hash of a form that nobody noted is the only one that is checked in place of ours.
        let others = others.filter(|form| is_known || *form != our_form);
        Self { thrown_away: others.map(nobodys).collect(), decides }
    }
}

#[cfg(test)]
mod tests {
    use super::{RefusedHash, Work, form_of, nobodys, parse_old_hash};

    const OUR_FORM: &str = "$argon2id$v=19$m=19456,t=2,p=1$";

    fn forms() -> Vec<String> {
        ["$2b$10$", "$argon2id$v=19$m=65536,t=3,p=4$"].map(str::to_owned).to_vec()
    }

    #[test]
    fn hashes_of_other_shops_are_taken_if_their_check_is_bounded_work() {
        let bcrypt = |cost: &str| nobodys(&format!("$2b${cost}$"));
        for kind in ["$2a$", "$2b$", "$2y$"] {
            let hash = bcrypt("10").replace("$2b$", kind);
            assert_eq!(parse_old_hash(&hash), Ok("$2b$10$".to_owned()));
        }
        assert_eq!(parse_old_hash(&bcrypt("13")), Err(RefusedHash::BcryptCost));
        assert_eq!(parse_old_hash(&bcrypt("31")), Err(RefusedHash::BcryptCost));
        let argon2 = |params: &str| parse_old_hash(&nobodys(&format!("$argon2id$v=19${params}$")));
        assert_eq!(argon2("m=65536,t=3,p=4"), Ok("$argon2id$v=19$m=65536,t=3,p=4$".to_owned()));
        assert_eq!(argon2("m=65536,t=5,p=4"), Err(RefusedHash::Argon2Cost));
        assert_eq!(argon2("m=1048576,t=1,p=1"), Err(RefusedHash::Argon2Cost));
        assert_eq!(argon2("m=4294967295,t=4294967295,p=1"), Err(RefusedHash::Argon2Cost));
        for unknown in [
            "",
            "plain",
            "$2b$",
            "$2b$10$short",
            "$2x$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy",
            "$1$salt$hash",
            "pbkdf2_sha256$600000$salt$hash",
            "$argon2id$v=19$m=19456,t=2,p=1$$",
            "$argon2id$m=19456,t=2,p=1$a29udG9yLW5vYm9keS4u$Jq5dLBV1Xy7zRDhXOBlpwV0O4Kz6mM4J7gGJxqk5VQU",
        ] {
            assert_eq!(parse_old_hash(unknown), Err(RefusedHash::Unknown), "{unknown}");
        }
    }

    #[test]
    fn a_check_does_the_same_work_for_every_account_and_for_none() {
        let forms = forms();
        let done = |hash: Option<&str>| {
            let Work { decides, thrown_away } = Work::of(hash, OUR_FORM, &forms);
            let mut done: Vec<_> = thrown_away.iter().chain(&decides).filter_map(|hash| form_of(hash)).collect();
            done.sort();
            done
        };
        let nobody = done(None);
        assert_eq!(nobody.len(), 3);
        for form in forms.iter().map(String::as_str).chain([OUR_FORM]) {
            assert_eq!(done(Some(&nobodys(form))), nobody, "{form}");
        }
        assert_eq!(done(Some("$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy")), nobody);
        assert_eq!(done(Some("not a hash")), nobody, "an account without a password");
    }

    #[test]
    fn a_form_that_nobody_noted_is_checked_alone() {
        let odd = nobodys("$2b$05$");
        assert_eq!(Work::of(Some(&odd), OUR_FORM, &[]), Work { decides: Some(odd.clone()), thrown_away: Vec::new() });
    }
}
