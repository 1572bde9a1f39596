//! `rotate-keys`: a new signing key in addition to the old ones.
//!
//! The order makes it safe. The new key is published at once, and signs only after every function has read the keys
//! again. An old key stays published until the last token that it signed has expired. If the command is interrupted
//! between its two writes, a key is published that never signs. Then run the command again.

use accounts::{SigningKey, SigningKeys};
use data_encoding::BASE64;
use domain::session::ACCESS_TTL;
use domain::time::Time;
use kit::runtime::ids::Ids;
use kit::runtime::secrets::MAX_AGE;
use serde_json::json;

use crate::Failure;
use crate::stack::Stack;

pub(crate) async fn rotate(stack: &Stack, ids: &Ids, now: Time) -> Result<String, Failure> {
    let kept: Option<SigningKeys> =
        stack.read_secret("SigningSecretId").await?.and_then(|text| serde_json::from_str(&text).ok());
    let first = kept.is_none();
    let mut signing =
        kept.unwrap_or_else(|| SigningKeys { keys: Vec::new(), refresh_key: BASE64.encode(&ids.bytes::<32>()) });

    // Twice the maximum age of a function's copy. The very first key can sign at once.
    let sign_from = if first { now } else { now + MAX_AGE * 2 };
    let new = SigningKey::from_seed(&ids.bytes(), sign_from).ok_or("the new key pair could not be made")?;
    let kid = new.kid.clone();
    signing.keys = still_needed(signing.keys, &new, now);
    signing.keys.push(new);

    let public_keys: Vec<_> =
        signing.keys.iter().map(SigningKey::public).collect::<Option<_>>().ok_or("an old key cannot be read")?;
    stack.write_secret("JwksSecretId", json!({ "keys": public_keys }).to_string()).await?;
    stack.write_secret("SigningSecretId", serde_json::to_string(&signing)?).await?;
    Ok(format!("key {kid} signs from {sign_from}; {} keys are published", signing.keys.len()))
}

/// Drops the keys whose last token has expired. A key signs until the next one begins to sign.
fn still_needed(mut keys: Vec<SigningKey>, new: &SigningKey, now: Time) -> Vec<SigningKey> {
    keys.sort_by_key(|key| key.sign_from);
    let ends: Vec<Time> = keys.iter().skip(1).map(|key| key.sign_from).chain([new.sign_from]).collect();
    // A function with an old copy of the private keys may sign with the old key this much longer.
    let margin = ACCESS_TTL + MAX_AGE * 2;
    keys.into_iter().zip(ends).filter(|(_, end)| *end + margin > now).map(|(key, _)| key).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use accounts::SigningKey;
    use domain::session::ACCESS_TTL;
    use domain::time::Time;

    use super::still_needed;

    fn key(kid: &str, sign_from: Time) -> SigningKey {
        SigningKey { kid: kid.to_owned(), pkcs8: String::new(), sign_from }
    }

    #[test]
    fn a_key_is_dropped_only_when_its_last_token_has_expired() {
        let start = Time::from_unix_millis(1_800_000_000_000);
        let (old, current) = (key("old", start), key("current", start + Duration::from_hours(1)));
        let kids = |now: Time| {
            let kept =
                still_needed(vec![current.clone(), old.clone()], &key("new", now + Duration::from_mins(10)), now);
            kept.iter().map(|key| key.kid.clone()).collect::<Vec<_>>()
        };
        assert_eq!(kids(current.sign_from), ["old", "current"]);
        assert_eq!(kids(current.sign_from + ACCESS_TTL), ["old", "current"]);
        assert_eq!(kids(current.sign_from + ACCESS_TTL + Duration::from_mins(10)), ["current"]);
        assert_eq!(kids(current.sign_from + Duration::from_hours(9_000)), ["current"]);
    }
}
