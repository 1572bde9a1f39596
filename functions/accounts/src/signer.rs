//! Signs access tokens and makes refresh tokens. Only accounts has the keys for this.
//!
//! The refresh tokens of a session are a chain: the secret of each one is an HMAC of the previous secret, under a key
//! that only this function reads. So the same refresh can be answered twice with the same tokens, for a client that
//! lost the first answer. And a retired token of any age can be distinguished from a forged one, although the table has
//! only the hash of the newest.

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use data_encoding::{BASE64, BASE64URL_NOPAD, HEXLOWER};
use domain::id::{SessionId, TransactionId, UserId};
use domain::session::{ACCESS_TTL, Presented, Session};
use domain::time::Time;
use domain::user::User;
use hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use kit::http::problem::Problem;
use kit::http::tokens::{AUDIENCE, Claims};
use kit::runtime::secrets::{Parsed, Secrets};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};

/// The audience of the token between the two steps of a login. No other function accepts it.
pub(crate) const CHALLENGE_AUDIENCE: &str = "kontor-second-step";
pub(crate) const CHALLENGE_TTL: Duration = Duration::from_mins(5);

/// More tokens than a session gets in its ninety days with one refresh a minute.
const LONGEST_CHAIN: u32 = 130_000;

/// The secret with the private keys, as the command `rotate-keys` writes it.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SigningKeys {
    pub keys: Vec<SigningKey>,
    /// Base64 of 32 random bytes. It stays the same when signing keys rotate.
    pub refresh_key: String,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SigningKey {
    pub kid: String,
    /// The Ed25519 key pair as base64 of PKCS #8.
    pub pkcs8: String,
    /// A key is published before it signs, so that all functions have read it by then.
    pub sign_from: Time,
}

impl SigningKey {
    /// The key pair of a seed. Its id is the beginning of the public key.
    pub fn from_seed(seed: &[u8; 32], sign_from: Time) -> Option<Self> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).ok()?;
        let kid = BASE64URL_NOPAD.encode(pair.public_key().as_ref()).chars().take(12).collect();
        Some(Self { kid, pkcs8: BASE64.encode(pair.to_pkcs8().ok()?.as_ref()), sign_from })
    }

    /// The public key as a JWK.
    pub fn public(&self) -> Option<serde_json::Value> {
        let pair = Ed25519KeyPair::from_pkcs8(&BASE64.decode(self.pkcs8.as_bytes()).ok()?).ok()?;
        let x = BASE64URL_NOPAD.encode(pair.public_key().as_ref());
        Some(json!({ "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": self.kid, "x": x }))
    }
}

impl std::fmt::Debug for SigningKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SigningKeys({:?})", self.keys)
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SigningKey({} from {})", self.kid, self.sign_from)
    }
}

/// The token between the two steps of a login. It proves that the password was right.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Challenge {
    /// A challenge leads to one session.
    pub(crate) jti: TransactionId,
    pub(crate) sub: UserId,
    /// The user's epoch. After a password change the challenge is not valid any more.
    pub(crate) epoch: u64,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) iat: i64,
    pub(crate) exp: i64,
    pub(crate) iss: String,
    pub(crate) aud: String,
}

impl Challenge {
    pub(crate) const KIND: &str = "second-step";
}

/// A refresh token, opaque to clients: user, session, its number in the chain, and its secret.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct RefreshToken {
    pub(crate) user_id: UserId,
    pub(crate) session_id: SessionId,
    pub(crate) generation: u32,
    secret: [u8; 32],
}

impl std::fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RefreshToken({} #{})", self.session_id, self.generation)
    }
}

impl RefreshToken {
    const PREFIX: &str = "rft_";

    pub(crate) fn first(user_id: UserId, session_id: SessionId, secret: [u8; 32]) -> Self {
        Self { user_id, session_id, generation: 0, secret }
    }

    pub(crate) fn encode(&self) -> String {
        let generation = self.generation.to_be_bytes();
        let (user, session) = (self.user_id.to_bytes(), self.session_id.to_bytes());
        let bytes = [user.as_slice(), &session, &generation, &self.secret].concat();
        format!("{}{}", Self::PREFIX, BASE64URL_NOPAD.encode(&bytes))
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.strip_prefix(Self::PREFIX).filter(|text| text.len() < 100)?;
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        let (user, rest) = bytes.split_first_chunk()?;
        let (session, rest) = rest.split_first_chunk()?;
        let (generation, secret) = rest.split_first_chunk()?;
        Some(Self {
            user_id: UserId::from_bytes(*user),
            session_id: SessionId::from_bytes(*session),
            generation: u32::from_be_bytes(*generation),
            secret: secret.try_into().ok()?,
        })
    }

    /// The table stores this hash, not the token.
    pub(crate) fn hash(&self) -> String {
        HEXLOWER.encode(&Sha256::digest(self.secret))
    }
}

/// A device from which its user signed in, opaque to clients. It gives no access: it only shows that whoever tries a
/// password is not a stranger. The session gives it its own counter, and the epoch ends it together with all sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DeviceToken {
    pub(crate) user_id: UserId,
    pub(crate) session_id: SessionId,
    pub(crate) epoch: u64,
}

impl DeviceToken {
    const PREFIX: &str = "dvt_";

    fn bytes(&self) -> Vec<u8> {
        let (user, session) = (self.user_id.to_bytes(), self.session_id.to_bytes());
        [user.as_slice(), &session, &self.epoch.to_be_bytes()].concat()
    }
}

#[derive(Clone)]
pub(crate) struct Signer {
    secrets: Secrets,
    secret: Arc<str>,
    issuer: Arc<str>,
    parsed: Parsed<SigningKeys>,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Signer(…)")
    }
}

/// The private keys, for one request.
pub(crate) struct Keys {
    signing: Arc<SigningKeys>,
    chain: Hmac<Sha256>,
    issuer: Arc<str>,
}

impl Signer {
    pub(crate) fn new(secrets: Secrets, secret: &str, issuer: &str) -> Self {
        Self { secrets, secret: secret.into(), issuer: issuer.into(), parsed: Parsed::default() }
    }

    pub(crate) async fn keys(&self, now: Time) -> Result<Keys, Problem> {
        let text = self.secrets.get(&self.secret, now).await?;
        let unset = |_| Problem::busy("the signing keys are not set; run rotate-keys");
        let keys = self.parsed.of(text).map_err(unset)?;
        let refresh_key = BASE64.decode(keys.refresh_key.as_bytes()).map_err(Problem::internal)?;
        let chain = Hmac::new_from_slice(&refresh_key).map_err(Problem::internal)?;
        Ok(Keys { signing: keys, chain, issuer: self.issuer.clone() })
    }
}

impl Keys {
    pub(crate) fn access_token(&self, user: &User, session: SessionId, now: Time) -> Result<String, Problem> {
        let claims = Claims {
            sub: user.id,
            email: user.email.to_string(),
            role: user.role,
            kind: Claims::ACCESS.to_owned(),
            sid: session,
            iat: now.unix_seconds(),
            exp: (now + ACCESS_TTL).unix_seconds(),
            iss: self.issuer.to_string(),
            aud: AUDIENCE.to_owned(),
        };
        self.sign(&claims, now)
    }

    pub(crate) fn challenge(&self, user: &User, id: TransactionId, now: Time) -> Result<String, Problem> {
        let claims = Challenge {
            jti: id,
            sub: user.id,
            epoch: user.epoch,
            kind: Challenge::KIND.to_owned(),
            iat: now.unix_seconds(),
            exp: (now + CHALLENGE_TTL).unix_seconds(),
            iss: self.issuer.to_string(),
            aud: CHALLENGE_AUDIENCE.to_owned(),
        };
        self.sign(&claims, now)
    }

    /// The next token of the chain. `None`: its number is too large, so the token is forged.
    pub(crate) fn next(&self, token: &RefreshToken) -> Option<RefreshToken> {
        let generation = token.generation.checked_add(1)?;
        let mut mac = self.chain.clone();
        mac.update(b"refresh");
        mac.update(&token.session_id.to_bytes());
        mac.update(&generation.to_be_bytes());
        mac.update(&token.secret);
        Some(RefreshToken { generation, secret: mac.finalize().into_bytes().into(), ..token.clone() })
    }

    /// The position of a presented token in the chain of its session.
    pub(crate) fn position(&self, token: &RefreshToken, session: &Session) -> Presented {
        let gap = match session.generation.checked_sub(token.generation) {
            Some(gap) if gap <= LONGEST_CHAIN => gap,
            _ => return Presented::Foreign,
        };
        let newest = (0..gap).try_fold(token.clone(), |token, _| self.next(&token));
        match gap {
            _ if newest.is_none_or(|newest| newest.hash() != session.refresh_hash) => Presented::Foreign,
            0 => Presented::Current,
            gap => Presented::Retired(gap),
        }
    }

    pub(crate) fn device_token(&self, device: &DeviceToken) -> String {
        let tag = self.device_mac(device).finalize().into_bytes();
        format!("{}{}", DeviceToken::PREFIX, BASE64URL_NOPAD.encode(&[device.bytes().as_slice(), &tag].concat()))
    }

    /// `None`: we did not make it. It may have been made by an older key; then the device is not known any more.
    pub(crate) fn parse_device_token(&self, text: &str) -> Option<DeviceToken> {
        let text = text.strip_prefix(DeviceToken::PREFIX).filter(|text| text.len() < 100)?;
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        let (user, rest) = bytes.split_first_chunk()?;
        let (session, rest) = rest.split_first_chunk()?;
        let (epoch, tag) = rest.split_first_chunk()?;
        let device = DeviceToken {
            user_id: UserId::from_bytes(*user),
            session_id: SessionId::from_bytes(*session),
            epoch: u64::from_be_bytes(*epoch),
        };
        self.device_mac(&device).verify_slice(tag).ok()?;
        Some(device)
    }

    fn device_mac(&self, device: &DeviceToken) -> Hmac<Sha256> {
        let mut mac = self.chain.clone();
        mac.update(b"device");
        mac.update(&device.bytes());
        mac
    }

    fn sign<T: Serialize>(&self, claims: &T, now: Time) -> Result<String, Problem> {
        let ready = self.signing.keys.iter().filter(|key| key.sign_from <= now);
        let key = ready.max_by_key(|key| key.sign_from).ok_or_else(|| Problem::busy("no signing key is ready"))?;
        let pkcs8 = BASE64.decode(key.pkcs8.as_bytes()).map_err(Problem::internal)?;
        let header = Header { kid: Some(key.kid.clone()), ..Header::new(Algorithm::EdDSA) };
        jsonwebtoken::encode(&header, claims, &EncodingKey::from_ed_der(&pkcs8)).map_err(Problem::internal)
    }
}
