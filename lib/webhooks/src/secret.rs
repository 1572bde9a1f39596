//! Secrets of endpoints and signatures with them, as Standard Webhooks defines them. A secret is computed with the shop's
//! key of webhooks from the endpoint and the number of its secret. So no table, backup or log has one.

use std::sync::Arc;

use data_encoding::BASE64;
use domain::id::WebhookEndpointId;
use domain::time::Time;
use hmac::{Hmac, KeyInit, Mac};
use kit::runtime::secrets::{SecretError, Secrets};
use sha2::Sha256;

#[derive(Debug, Clone)]
pub struct WebhookKeys {
    secrets: Secrets,
    secret: Arc<str>,
}

/// The key itself, for one request or message.
#[derive(Clone)]
pub struct WebhookKey(Hmac<Sha256>);

/// One secret of one endpoint.
pub struct SigningSecret([u8; 32]);

impl std::fmt::Debug for WebhookKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WebhookKey(…)")
    }
}

impl std::fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SigningSecret(…)")
    }
}

impl WebhookKeys {
    /// `secret` is the name of the secret that holds the key.
    pub fn new(secrets: Secrets, secret: &str) -> Self {
        Self { secrets, secret: secret.into() }
    }

    pub async fn key(&self, now: Time) -> Result<WebhookKey, SecretError> {
        let secret = self.secrets.get(&self.secret, now).await?;
        Hmac::new_from_slice(secret.as_bytes())
            .map(WebhookKey)
            .map_err(|error| SecretError { name: self.secret.to_string(), cause: error.to_string() })
    }
}

impl WebhookKey {
    pub fn secret(&self, endpoint: WebhookEndpointId, number: u32) -> SigningSecret {
        let mut mac = self.0.clone();
        mac.update(&endpoint.to_bytes());
        mac.update(&number.to_be_bytes());
        SigningSecret(mac.finalize().into_bytes().into())
    }
}

impl SigningSecret {
    /// As its owner gets it.
    pub fn text(&self) -> String {
        format!("whsec_{}", BASE64.encode(&self.0))
    }

    /// One signature of the header `webhook-signature`.
    pub fn sign(&self, id: &str, sent_at: Time, body: &str) -> String {
        let signed = Hmac::<Sha256>::new_from_slice(&self.0).map(|mut mac| {
            mac.update(format!("{id}.{}.{body}", sent_at.unix_seconds()).as_bytes());
            BASE64.encode(&mac.finalize().into_bytes())
        });
        format!("v1,{}", signed.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use domain::id::WebhookEndpointId;
    use domain::time::Time;
    use kit::runtime::secrets::Secrets;

    use super::WebhookKeys;

    #[tokio::test]
    async fn each_endpoint_and_number_has_a_secret_of_its_own_that_is_always_the_same() {
        let now = Time::from_unix_millis(0);
        let secrets = Secrets::fixed([("a".to_owned(), "one".to_owned()), ("b".to_owned(), "two".to_owned())]);
        let key = WebhookKeys::new(secrets.clone(), "a").key(now).await.unwrap();
        let other = WebhookKeys::new(secrets, "b").key(now).await.unwrap();
        let (mine, theirs) = (WebhookEndpointId::new(now, 1), WebhookEndpointId::new(now, 2));
        let text = key.secret(mine, 1).text();
        assert!(text.starts_with("whsec_") && text.len() == 6 + 44, "{text}");
        assert_eq!(text, key.secret(mine, 1).text());
        for different in [key.secret(mine, 2), key.secret(theirs, 1), other.secret(mine, 1)] {
            assert_ne!(text, different.text());
        }
    }
}
