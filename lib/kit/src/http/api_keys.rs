//! API keys as servers send them: `kntr_live_`, the id, the secret, and a checksum. A scanner of source code knows them
//! by their beginning, and by the checksum without asking anybody.

use std::net::IpAddr;
use std::time::Duration;

use data_encoding::{BASE32_NOPAD, HEXLOWER};
use domain::api_key::ApiKey;
use domain::id::ApiKeyId;
use domain::rate::Limit;
use hmac::digest::CtOutput;
use sha2::{Digest, Sha256};

use crate::http::auth::Auth;
use crate::http::problem::Problem;
use crate::http::visitor::{network_of, over_limit};
use crate::runtime::origin;

/// No access token begins like this.
pub const BEGINNING: &str = "kntr_live_";
const CHECKSUM: usize = 6;

/// Wrong keys of one network. Right keys are not counted here, so others in the network cannot stop a server.
const REFUSED: Limit = Limit::new("api-key-refused", 30, Duration::from_mins(10));

/// What the text of a key says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PresentedKey {
    pub id: ApiKeyId,
    /// The hash of its secret.
    pub hash: String,
}

/// The text of a new key, and the hash to store.
pub fn write(id: ApiKeyId, secret: &[u8; 32]) -> (String, String) {
    let id = id.to_string();
    let bare = format!("{BEGINNING}{}{}", id.trim_start_matches(ApiKeyId::PREFIX), BASE32_NOPAD.encode(secret));
    (format!("{bare}{}", checksum(&bare)), hash(secret))
}

/// `None`: it is not a key of ours.
pub fn parse(text: &str) -> Option<PresentedKey> {
    let (bare, sum) = text.split_at_checked(text.len().checked_sub(CHECKSUM)?)?;
    let (id, secret) = bare.strip_prefix(BEGINNING)?.split_at_checked(26)?;
    let id = ApiKeyId::parse(&format!("{}{id}", ApiKeyId::PREFIX)).ok()?;
    let secret: [u8; 32] = BASE32_NOPAD.decode(secret.as_bytes()).ok()?.try_into().ok()?;
    (checksum(bare) == sum).then(|| PresentedKey { id, hash: hash(&secret) })
}

fn checksum(bare: &str) -> String {
    BASE32_NOPAD.encode(&Sha256::digest(bare))[..CHECKSUM].to_owned()
}

fn hash(secret: &[u8; 32]) -> String {
    HEXLOWER.encode(&Sha256::digest(secret))
}

/// Takes the same time wherever the texts differ.
fn is_equal(left: &str, right: &str) -> bool {
    let digest = |text: &str| CtOutput::<Sha256>::new(Sha256::digest(text));
    digest(left) == digest(right)
}

impl Auth {
    /// The key with this text. What is wrong with another text is not told, and a key that does not exist takes the
    /// same steps as a wrong secret.
    pub(crate) async fn api_key(&self, text: &str) -> Result<ApiKey, Problem> {
        let now = self.clock.now();
        let found = match parse(text) {
            None => None,
            Some(presented) => {
                let stored = self.store.api_key(presented.id).await?;
                let hash = stored.as_ref().map_or("", |stored| &stored.key.hash);
                let is_right = is_equal(hash, &presented.hash);
                stored.filter(|stored| is_right && stored.key.is_valid_at(now))
            }
        };
        let Some(found) = found else {
            return Err(self.refuse_api_key().await?);
        };
        let (id, who) = (found.key.id, found.key.id.to_string());
        let counted = self.store.count_request(self.key_limit, &who, now);
        let noted = async {
            // Nothing depends on it, so the request goes on if it fails.
            if ApiKey::is_use_news(found.used_at, now)
                && let Err(cause) = self.store.note_api_key_use(id, now).await
            {
                tracing::warn!(%cause, "the use of a key was not noted");
            }
        };
        let (counted, ()) = tokio::join!(counted, noted);
        let allowance = counted?;
        if allowance.exceeded { Err(over_limit(allowance)) } else { Ok(found.key) }
    }

    async fn refuse_api_key(&self) -> Result<Problem, Problem> {
        let ip = origin::current().and_then(|origin| origin.ip.parse::<IpAddr>().ok());
        if let Some(ip) = ip {
            let allowance = self.store.count_request(REFUSED, &network_of(ip), self.clock.now()).await?;
            if allowance.exceeded {
                return Ok(over_limit(allowance));
            }
        }
        Ok(Problem::unauthorized("invalid_api_key", "The API key is not valid."))
    }
}

/// The answer to a key where only a person can do what the route does.
pub(crate) fn user_required() -> Problem {
    Problem::forbidden("user_required", "An API key cannot do this. A person must sign in.")
}

#[cfg(test)]
mod tests {
    use domain::id::ApiKeyId;
    use domain::time::Time;

    use super::{is_equal, parse, write};

    #[test]
    fn a_key_is_read_as_it_was_written_and_not_with_any_other_letter() {
        let id = ApiKeyId::new(Time::from_unix_millis(1_700_000_000_000), 7);
        let (text, hash) = write(id, &[0xa5; 32]);
        assert!(text.starts_with("kntr_live_") && text.len() == 94 && !text.contains(&hash), "{text}");
        let read = parse(&text).unwrap();
        assert_eq!((read.id, &read.hash), (id, &hash));
        for at in 0..text.len() {
            for other in ["A", "7", "z", "_", ""] {
                let changed = format!("{}{other}{}", &text[..at], &text[at + 1..]);
                assert!(changed == text || parse(&changed).is_none(), "{changed}");
            }
        }
        for text in ["", "kntr_live_", "é", &format!("{text} "), &text.to_lowercase()] {
            assert_eq!(parse(text), None);
        }
    }

    #[test]
    fn hashes_are_equal_only_to_themselves() {
        assert!(is_equal("ab", "ab") && is_equal("", ""));
        assert!(!is_equal("ab", "ac") && !is_equal("ab", "") && !is_equal("ab", "abc"));
    }
}
