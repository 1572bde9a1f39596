//! Secrets by name, read when first needed and again after some minutes. If reading it again fails, the old value is
//! used, so an outage of the secret store is no outage of the shop.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_sdk_secretsmanager::Client;
use domain::time::Time;
use serde::de::DeserializeOwned;

/// How long a secret is used before it is read again.
pub const MAX_AGE: Duration = Duration::from_mins(5);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the secret {name} cannot be read: {cause}")]
pub struct SecretError {
    pub name: String,
    pub cause: String,
}

#[derive(Debug, Clone)]
enum Source {
    Manager(Client),
    Fixed(Arc<Mutex<HashMap<String, String>>>),
}

#[derive(Debug, Clone)]
struct Cached {
    value: Arc<str>,
    read_at: Time,
}

#[derive(Clone)]
pub struct Secrets {
    source: Source,
    cache: Arc<Mutex<HashMap<String, Cached>>>,
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets(…)")
    }
}

impl Secrets {
    pub fn manager(client: Client) -> Self {
        Self { source: Source::Manager(client), cache: Arc::default() }
    }

    /// Secrets that tests set, and replace.
    pub fn fixed(values: impl IntoIterator<Item = (String, String)>) -> Self {
        Self { source: Source::Fixed(Arc::new(Mutex::new(values.into_iter().collect()))), cache: Arc::default() }
    }

    /// Replaces a fixed secret, as a rotation would.
    pub fn replace(&self, name: &str, value: String) {
        if let Source::Fixed(values) = &self.source {
            values.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), value);
        }
    }

    pub async fn get(&self, name: &str, now: Time) -> Result<Arc<str>, SecretError> {
        self.younger_than(name, MAX_AGE, now).await
    }

    /// Reads again if what we have is older than `age`.
    pub async fn younger_than(&self, name: &str, age: Duration, now: Time) -> Result<Arc<str>, SecretError> {
        let cached = self.cache.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned();
        if let Some(cached) = &cached
            && now.since(cached.read_at) < age
        {
            return Ok(cached.value.clone());
        }
        match (self.read(name).await, cached) {
            (Ok(value), _) => {
                let value: Arc<str> = value.into();
                let cached = Cached { value: value.clone(), read_at: now };
                self.cache.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), cached);
                Ok(value)
            }
            (Err(cause), Some(cached)) => {
                tracing::warn!(name, cause, "a secret cannot be read again; the old value is used");
                Ok(cached.value)
            }
            (Err(cause), None) => Err(SecretError { name: name.to_owned(), cause }),
        }
    }

    async fn read(&self, name: &str) -> Result<String, String> {
        match &self.source {
            Source::Manager(client) => {
                let answer = client
                    .get_secret_value()
                    .secret_id(name)
                    .send()
                    .await
                    .map_err(|error| crate::runtime::aws::cause(&error))?;
                answer.secret_string.ok_or_else(|| "it holds no text".to_owned())
            }
            Source::Fixed(values) => {
                let values = values.lock().unwrap_or_else(PoisonError::into_inner);
                values.get(name).cloned().ok_or_else(|| "there is no such secret".to_owned())
            }
        }
    }
}

/// The text of a secret and the value that was parsed from it.
type TextAndValue<T> = (Arc<str>, Arc<T>);

/// A JSON secret, parsed again only when its text was read again.
pub struct Parsed<T>(Arc<Mutex<Option<TextAndValue<T>>>>);

impl<T> Clone for Parsed<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> Default for Parsed<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<T> std::fmt::Debug for Parsed<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Parsed(…)")
    }
}

impl<T: DeserializeOwned> Parsed<T> {
    pub fn of(&self, text: Arc<str>) -> serde_json::Result<Arc<T>> {
        let mut parsed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, value)) = &*parsed
            && Arc::ptr_eq(of, &text)
        {
            return Ok(value.clone());
        }
        let value: Arc<T> = Arc::new(serde_json::from_str(&text)?);
        *parsed = Some((text, value.clone()));
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use domain::time::Time;

    use super::{MAX_AGE, Secrets};

    #[tokio::test]
    async fn a_secret_is_read_again_when_it_is_old() {
        let secrets = Secrets::fixed([("key".to_owned(), "one".to_owned())]);
        let start = Time::from_unix_millis(1);
        assert_eq!(&*secrets.get("key", start).await.unwrap(), "one");
        secrets.replace("key", "two".to_owned());
        assert_eq!(&*secrets.get("key", start).await.unwrap(), "one");
        assert_eq!(&*secrets.get("key", start + MAX_AGE).await.unwrap(), "two");
        assert!(secrets.get("other", start).await.is_err());
    }
}
