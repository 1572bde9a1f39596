//! How every function checks access tokens: with the public keys. Only accounts has the private keys and signs.

use std::sync::Arc;
use std::time::Duration;

use domain::access::Role;
use domain::id::{SessionId, UserId};
use domain::time::Time;
use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::http::problem::Problem;
use crate::runtime::secrets::{Parsed, Secrets};

/// Who the tokens are for.
pub const AUDIENCE: &str = "kontor-api";

/// The keys are read again for an unknown key id, but not more often than this.
const RELOAD_AFTER: Duration = Duration::from_secs(10);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    pub sub: UserId,
    pub email: String,
    pub role: Role,
    /// `access`, or the kind of a token that gives no access.
    #[serde(rename = "type")]
    pub kind: String,
    pub sid: SessionId,
    pub iat: i64,
    pub exp: i64,
    pub iss: String,
    pub aud: String,
}

impl Claims {
    pub const ACCESS: &str = "access";
}

/// Checks tokens with the public keys of the secret store, which `/.well-known/jwks.json` publishes.
#[derive(Clone)]
pub struct Verifier {
    secrets: Secrets,
    secret: Arc<str>,
    issuer: Arc<str>,
    parsed: Parsed<JwkSet>,
}

impl std::fmt::Debug for Verifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Verifier(…)")
    }
}

impl Verifier {
    /// `secret` names the secret that holds the key set.
    pub fn new(secrets: Secrets, secret: &str, issuer: &str) -> Self {
        Self { secrets, secret: secret.into(), issuer: issuer.into(), parsed: Parsed::default() }
    }

    pub async fn keys(&self, now: Time) -> Result<Arc<JwkSet>, Problem> {
        let text = self.secrets.get(&self.secret, now).await?;
        self.parse(text)
    }

    /// The claims of a valid access token. The client does not learn why a token is invalid.
    pub async fn verify(&self, token: &str, now: Time) -> Result<Claims, Problem> {
        let claims: Claims = self.claims(token, AUDIENCE, now).await?;
        if claims.kind != Claims::ACCESS {
            return Err(invalid());
        }
        if now.unix_seconds() >= claims.exp {
            return Err(Problem::unauthorized("token_expired", "The access token has expired. Refresh it."));
        }
        Ok(claims)
    }

    /// The claims of a token that we signed for this audience. The caller checks its time and kind.
    pub async fn claims<T: DeserializeOwned>(&self, token: &str, audience: &str, now: Time) -> Result<T, Problem> {
        let header = jsonwebtoken::decode_header(token).map_err(|_| invalid())?;
        let (Algorithm::EdDSA, Some(kid)) = (header.alg, header.kid) else {
            return Err(invalid());
        };
        let key = match self.keys(now).await?.find(&kid) {
            Some(key) => key.clone(),
            None => self.newest_key(&kid, now).await?,
        };
        let key = DecodingKey::from_jwk(&key).map_err(Problem::internal)?;
        let mut rules = Validation::new(Algorithm::EdDSA);
        rules.set_audience(&[audience]);
        rules.set_issuer(&[&*self.issuer]);
        rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        rules.validate_exp = false;
        jsonwebtoken::decode(token, &key, &rules).map(|data| data.claims).map_err(|_| invalid())
    }

    /// A key that was published after the keys were last read. Unknown keys cannot make us read them all the time.
    async fn newest_key(&self, kid: &str, now: Time) -> Result<Jwk, Problem> {
        let text = self.secrets.younger_than(&self.secret, RELOAD_AFTER, now).await?;
        self.parse(text)?.find(kid).cloned().ok_or_else(invalid)
    }

    fn parse(&self, text: Arc<str>) -> Result<Arc<JwkSet>, Problem> {
        let unusable = |_| Problem::internal("the public keys are not a JWK set");
        self.parsed.of(text).map_err(unusable)
    }
}

fn invalid() -> Problem {
    Problem::unauthorized("invalid_token", "The access token is not valid.")
}
