//! Time-based one-time codes (RFC 6238: SHA-1, six digits, thirty seconds, one step of tolerance in both directions),
//! each usable once, and recovery codes for people who lost their phone.

use data_encoding::{BASE32_NOPAD, Specification};
use totp_rs::{Builder, Totp};

use crate::email::Email;
use crate::time::Time;

/// Bytes of a secret, as RFC 4226 recommends.
pub const SECRET_BYTES: usize = 20;
pub const RECOVERY_CODES: usize = 10;
/// Random bytes of a recovery code. From 112 bits on, a fast hash is enough to store it. These are 120.
pub const RECOVERY_BYTES: usize = 15;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CodeRefusal {
    #[error("the code is wrong or too old")]
    Wrong,
    #[error("the code was already used; wait for the next one")]
    Used,
}

/// Checks codes with a shared secret.
pub struct Authenticator(Totp);

impl Authenticator {
    /// `None` if the secret is not valid base32 or too short.
    pub fn try_new(secret: &str, account: &Email, issuer: &str) -> Option<Self> {
        let bytes = BASE32_NOPAD.decode(secret.as_bytes()).ok()?;
        let issuer = issuer.replace(':', " ");
        Builder::new()
            .with_secret(bytes)
            .with_account_name(account.as_str())
            .with_issuer(Some(issuer))
            .build()
            .ok()
            .map(Self)
    }

    /// The time step of a valid code. The table stores it as used.
    pub fn check(&self, code: &str, last_used_step: u64, now: Time) -> Result<u64, CodeRefusal> {
        let seconds = now.unix_seconds().unsigned_abs();
        let step = self.0.check(code, seconds).ok_or(CodeRefusal::Wrong)?;
        if step > last_used_step { Ok(step) } else { Err(CodeRefusal::Used) }
    }

    /// The code that an authenticator app shows now.
    pub fn code_at(&self, now: Time) -> String {
        self.0.generate(now.unix_seconds().unsigned_abs()).to_string()
    }

    /// The `otpauth://` URI that apps read from the QR code.
    pub fn uri(&self) -> String {
        self.0.to_url().unwrap_or_default()
    }
}

impl std::fmt::Debug for Authenticator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Authenticator(…)")
    }
}

pub fn encode_secret(bytes: [u8; SECRET_BYTES]) -> String {
    BASE32_NOPAD.encode(&bytes)
}

/// Such as `abcd-efgh-jkmn-pqrs-tuvw-xyz2`, without letters and digits that look alike.
pub fn recovery_code(bytes: [u8; RECOVERY_BYTES]) -> String {
    let mut spec = Specification::new();
    spec.symbols.push_str("abcdefghjkmnpqrstuvwxyz023456789");
    let text = spec.encoding().map(|encoding| encoding.encode(&bytes)).unwrap_or_default();
    text.as_bytes().chunks(4).map(|group| str::from_utf8(group).unwrap_or_default()).collect::<Vec<_>>().join("-")
}

/// The canonical form of a typed recovery code. `None`: the text cannot be a recovery code.
pub fn parse_recovery_code(text: &str) -> Option<String> {
    if text.len() > 64 {
        return None;
    }
    let letters: String = text.chars().filter(|c| !matches!(c, '-' | ' ')).map(|c| c.to_ascii_lowercase()).collect();
    let good = letters.len() == RECOVERY_BYTES * 8 / 5 && letters.bytes().all(|c| c.is_ascii_alphanumeric());
    good.then(|| {
        letters
            .as_bytes()
            .chunks(4)
            .map(|group| str::from_utf8(group).unwrap_or_default())
            .collect::<Vec<_>>()
            .join("-")
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

    use super::{Authenticator, CodeRefusal, RECOVERY_BYTES, encode_secret, parse_recovery_code, recovery_code};
    use crate::email::Email;
    use crate::time::Time;

    fn authenticator() -> Authenticator {
        // The secret of RFC 6238's appendix B.
        let secret = encode_secret(*b"12345678901234567890");
        Authenticator::try_new(&secret, &Email::parse("ada@example.com").unwrap(), "Kontor").unwrap()
    }

    #[test]
    fn the_vectors_of_the_rfc_hold() {
        for (seconds, code) in
            [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (2_000_000_000, "279037")]
        {
            assert_eq!(authenticator().code_at(Time::from_unix_millis(seconds * 1000)), code);
        }
    }

    #[test]
    fn each_step_is_valid_once_and_never_after_a_later_one() {
        let now = Time::from_unix_millis(2_000_000_000_000);
        let app = authenticator();
        let step = app.check(&app.code_at(now), 0, now).unwrap();
        assert_eq!(app.check(&app.code_at(now), step, now), Err(CodeRefusal::Used));
        let older = app.code_at(now - Duration::from_secs(30));
        assert_eq!(app.check(&older, step, now), Err(CodeRefusal::Used));
        assert_eq!(app.check(&older, 0, now), Ok(step - 1));
        let next = now + Duration::from_secs(30);
        assert_eq!(app.check(&app.code_at(next), step, next), Ok(step + 1));
    }

    #[test]
    fn codes_from_farther_than_one_step_are_wrong() {
        let now = Time::from_unix_millis(2_000_000_000_000);
        let app = authenticator();
        assert_eq!(app.check(&app.code_at(now - Duration::from_secs(61)), 0, now), Err(CodeRefusal::Wrong));
        assert_eq!(app.check(&app.code_at(now + Duration::from_secs(61)), 0, now), Err(CodeRefusal::Wrong));
        for code in ["", "12345", "1234567", "abcdef", "٢٧٩٠٣٧"] {
            assert_eq!(app.check(code, 0, now), Err(CodeRefusal::Wrong), "{code:?}");
        }
    }

    #[test]
    fn the_uri_carries_issuer_and_account() {
        let uri = authenticator().uri();
        assert!(uri.starts_with("otpauth://totp/Kontor:ada%40example.com?"), "{uri}");
        assert!(uri.contains("issuer=Kontor") && uri.contains("secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"), "{uri}");
    }

    proptest! {
        #[test]
        fn a_recovery_code_is_understood_however_it_is_typed(bytes in any::<[u8; RECOVERY_BYTES]>()) {
            let code = recovery_code(bytes);
            prop_assert_eq!(code.len(), 29);
            let typed = code.to_uppercase().replace('-', " ");
            prop_assert_eq!(parse_recovery_code(&typed), Some(code));
        }

        #[test]
        fn any_text_is_a_recovery_code_or_refused(text in ".{0,80}") {
            if let Some(code) = parse_recovery_code(&text) {
                prop_assert!(code.len() == 29);
            }
        }
    }
}
