//! Stripe's publishable key, which everybody may see.

/// Such as `pk_test_51Nx…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishableKey(String);

/// Without the key, because it may be a secret one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a publishable key of Stripe, which begins with pk_test_ or pk_live_")]
pub struct NotPublishable;

impl PublishableKey {
    pub fn parse(text: &str) -> Result<Self, NotPublishable> {
        let rest = text.strip_prefix("pk_test_").or_else(|| text.strip_prefix("pk_live_")).unwrap_or_default();
        let is_key = !rest.is_empty() && rest.bytes().all(|c| c.is_ascii_alphanumeric());
        if is_key { Ok(Self(text.to_owned())) } else { Err(NotPublishable) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::PublishableKey;

    #[test]
    fn a_secret_key_is_never_taken_for_a_publishable_one_and_is_not_repeated() {
        for good in ["pk_test_local", "pk_live_51NxA0b"] {
            assert_eq!(PublishableKey::parse(good).unwrap().as_str(), good);
        }
        for bad in
            ["sk_live_51Nx", "rk_live_51Nx", "pk_51Nx", "pk_test_", "whsec_1", "pk_live_a sk_live_b", "pk_live_a\n"]
        {
            let refused = PublishableKey::parse(bad).unwrap_err().to_string();
            assert_eq!(refused, "must be a publishable key of Stripe, which begins with pk_test_ or pk_live_", "{bad}");
        }
    }
}
