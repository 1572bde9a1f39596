//! Presigned forms (Signature Version 4 for POST): S3 accepts exactly one file under this key, of this type, of at most
//! this size, for five minutes. The SDK cannot sign forms, so this module does it.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use data_encoding::{BASE64, HEXLOWER};
use domain::time::Time;
use hmac::{Hmac, KeyInit, Mac};
use kit::http::problem::Problem;
use serde_json::json;
use sha2::Sha256;

use crate::Config;

/// How long a form is valid.
pub(crate) const FORM_TTL: Duration = Duration::from_mins(5);

#[derive(Debug, Clone)]
pub(crate) struct Signer {
    credentials: Option<SharedCredentialsProvider>,
    region: String,
    bucket: String,
    url: String,
}

/// The file that a form allows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Allowed<'a> {
    pub(crate) key: &'a str,
    pub(crate) content_type: &'a str,
    pub(crate) max_bytes: u64,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Form {
    pub(crate) url: String,
    /// They are sent before the file, which is the last field and is called `file`.
    pub(crate) fields: BTreeMap<String, String>,
}

impl Signer {
    pub(crate) fn new(config: &Config, aws: &SdkConfig) -> Self {
        Self {
            credentials: aws.credentials_provider(),
            region: aws.region().map(ToString::to_string).unwrap_or_default(),
            bucket: config.bucket.clone(),
            url: config.upload_url.clone(),
        }
    }

    pub(crate) async fn form(&self, allowed: Allowed<'_>, now: Time) -> Result<Form, Problem> {
        let provider = self.credentials.as_ref().ok_or_else(|| Problem::internal("there are no credentials"))?;
        let credentials = provider.provide_credentials().await.map_err(Problem::busy)?;
        Ok(self.sign(allowed, &credentials, now))
    }

    fn sign(&self, allowed: Allowed<'_>, credentials: &Credentials, now: Time) -> Form {
        // 20261120T100000Z
        let stamp: String = now.to_string()[..19].chars().filter(char::is_ascii_alphanumeric).collect();
        let (day, stamp) = (stamp[..8].to_owned(), format!("{stamp}Z"));
        let scope = format!("{day}/{}/s3/aws4_request", self.region);
        let mut fields = BTreeMap::from([
            ("key", allowed.key.to_owned()),
            ("Content-Type", allowed.content_type.to_owned()),
            ("success_action_status", "201".to_owned()),
            ("x-amz-algorithm", "AWS4-HMAC-SHA256".to_owned()),
            ("x-amz-credential", format!("{}/{scope}", credentials.access_key_id())),
            ("x-amz-date", stamp),
        ]);
        if let Some(token) = credentials.session_token() {
            fields.insert("x-amz-security-token", token.to_owned());
        }
        let mut conditions =
            vec![json!({ "bucket": self.bucket }), json!(["content-length-range", 1, allowed.max_bytes])];
        // Every field is a condition, so no field can be added, left out or changed.
        conditions.extend(fields.iter().map(|(&name, value)| json!({ name: value })));
        let until = (now + FORM_TTL).to_string();
        let policy = json!({ "expiration": until, "conditions": conditions });
        let policy = BASE64.encode(policy.to_string().as_bytes());
        let secret = format!("AWS4{}", credentials.secret_access_key());
        let key = [day.as_str(), &self.region, "s3", "aws4_request"]
            .iter()
            .fold(secret.into_bytes(), |key, part| mac(&key, part));
        let signature = HEXLOWER.encode(&mac(&key, &policy));
        fields.insert("policy", policy);
        fields.insert("x-amz-signature", signature);
        let fields = fields.into_iter();
        Form { url: self.url.clone(), fields: fields.map(|(name, value)| (name.to_owned(), value)).collect() }
    }
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use aws_credential_types::Credentials;
    use data_encoding::BASE64;
    use domain::time::Time;
    use serde_json::{Value, json};

    use super::{Allowed, Signer};

    fn form(credentials: &Credentials) -> super::Form {
        let signer = Signer {
            credentials: None,
            region: "eu-west-1".to_owned(),
            bucket: "files".to_owned(),
            url: "https://files.test".to_owned(),
        };
        let allowed = Allowed { key: "inbox/pictures/upl_1", content_type: "image/png", max_bytes: 100 };
        let now = Time::parse("2026-11-20T10:00:00Z").unwrap();
        signer.sign(allowed, credentials, now)
    }

    #[test]
    fn a_form_fixes_key_type_size_and_time() {
        let credentials = Credentials::new("AKID", "secret", Some("token".into()), None, "test");
        let form = form(&credentials);
        let policy = BASE64.decode(form.fields["policy"].as_bytes()).unwrap();
        let policy: Value = serde_json::from_slice(&policy).unwrap();
        assert_eq!(policy["expiration"], "2026-11-20T10:05:00.000Z");
        let conditions = policy["conditions"].as_array().unwrap();
        for condition in [
            json!({ "bucket": "files" }),
            json!(["content-length-range", 1, 100]),
            json!({ "key": "inbox/pictures/upl_1" }),
            json!({ "Content-Type": "image/png" }),
            json!({ "x-amz-date": "20261120T100000Z" }),
            json!({ "x-amz-credential": "AKID/20261120/eu-west-1/s3/aws4_request" }),
            json!({ "x-amz-security-token": "token" }),
        ] {
            assert!(conditions.contains(&condition), "{condition}");
        }
        // Every field but the two that sign is fixed by a condition.
        assert_eq!(conditions.len(), form.fields.len() - 2 + 2);
    }

    #[test]
    fn another_secret_signs_differently_and_without_a_session_there_is_no_token() {
        let of = |secret: &str| form(&Credentials::new("AKID", secret, None, None, "test"));
        assert_eq!(of("one"), of("one"));
        assert_ne!(of("one").fields["x-amz-signature"], of("two").fields["x-amz-signature"]);
        assert!(!of("one").fields.contains_key("x-amz-security-token"));
    }
}
