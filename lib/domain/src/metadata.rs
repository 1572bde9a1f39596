//! Notes of a shop's own programs on products, variants, customers and orders, such as the id of the same thing in
//! another system. Kontor keeps them and gives them back, and does nothing else with them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::text::{InvalidText, prose};

/// The most pairs, and the most characters of a key and of a value.
pub const MAX_PAIRS: usize = 50;
pub const MAX_KEY: usize = 40;
pub const MAX_VALUE: usize = 500;

/// Buyers see the pairs whose key begins so; the others are for staff.
pub const PUBLIC: &str = "public.";

/// Pairs of key and value.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Metadata(BTreeMap<String, String>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidMetadata {
    #[error("must have at most {MAX_PAIRS} pairs")]
    TooMany,
    #[error("must have keys of 1 to {MAX_KEY} letters a to z, A to Z, digits, dots, hyphens and underscores")]
    Key,
    #[error("must have values of at most {MAX_VALUE} characters")]
    TooLong,
    #[error("must not have control or direction characters in its values")]
    Hidden,
}

impl Metadata {
    /// The pairs after a change: a key with a value sets it, a key with null or an empty value removes it, and the
    /// others stay.
    pub fn changed(&self, change: BTreeMap<String, Option<String>>) -> Result<Self, InvalidMetadata> {
        // Counted first: no work for what is too much anyway.
        if change.len() > MAX_PAIRS * 2 {
            return Err(InvalidMetadata::TooMany);
        }
        let mut pairs = self.0.clone();
        for (key, value) in change {
            if !is_key(&key) {
                return Err(InvalidMetadata::Key);
            }
            let value = prose(&value.unwrap_or_default(), MAX_VALUE).map_err(|error| match error {
                InvalidText::TooLong { .. } => InvalidMetadata::TooLong,
                _ => InvalidMetadata::Hidden,
            })?;
            if value.is_empty() {
                pairs.remove(&key);
            } else {
                pairs.insert(key, value);
            }
        }
        if pairs.len() > MAX_PAIRS { Err(InvalidMetadata::TooMany) } else { Ok(Self(pairs)) }
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The bytes of all keys and values.
    pub fn bytes(&self) -> usize {
        self.0.iter().map(|(key, value)| key.len() + value.len()).sum()
    }

    /// The pairs that a reader sees: staff all of them, others those of [`PUBLIC`] keys.
    pub fn shown(&self, to_staff: bool) -> BTreeMap<String, String> {
        let shown = self.0.iter().filter(|(key, _)| to_staff || key.starts_with(PUBLIC));
        shown.map(|(key, value)| (key.clone(), value.clone())).collect()
    }
}

fn is_key(key: &str) -> bool {
    (1..=MAX_KEY).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_alphanumeric() || b".-_".contains(&b))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{InvalidMetadata, MAX_KEY, MAX_PAIRS, MAX_VALUE, Metadata};

    fn pairs(pairs: &[(&str, &str)]) -> BTreeMap<String, Option<String>> {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), Some((*value).to_owned()))).collect()
    }

    #[test]
    fn a_change_sets_and_removes_and_leaves_the_rest() {
        let first =
            Metadata::default().changed(pairs(&[("erp", "17"), ("public.badge", "New"), ("old", "1")])).unwrap();
        let change = [pairs(&[("erp", "18"), ("public.badge", "")]), [("old".to_owned(), None)].into()];
        let second = change.into_iter().try_fold(first, |metadata, change| metadata.changed(change)).unwrap();
        assert_eq!(second.shown(true), [("erp".to_owned(), "18".to_owned())].into());
    }

    #[test]
    fn others_than_staff_see_public_keys_only() {
        let metadata = Metadata::default().changed(pairs(&[("erp", "17"), ("public.badge", "New")])).unwrap();
        assert_eq!(metadata.shown(false), [("public.badge".to_owned(), "New".to_owned())].into());
        assert_eq!(metadata.shown(true).len(), 2);
    }

    #[test]
    fn what_is_too_much_or_hidden_is_refused() {
        let changed = |key: &str, value: &str| Metadata::default().changed(pairs(&[(key, value)]));
        assert!(changed(&"k".repeat(MAX_KEY), &"ä".repeat(MAX_VALUE)).is_ok());
        assert_eq!(changed(&"k".repeat(MAX_KEY + 1), "v"), Err(InvalidMetadata::Key));
        assert_eq!(changed("", "v"), Err(InvalidMetadata::Key));
        assert_eq!(changed("a b", "v"), Err(InvalidMetadata::Key));
        assert_eq!(changed("k", &"v".repeat(MAX_VALUE + 1)), Err(InvalidMetadata::TooLong));
        assert_eq!(changed("k", "a\u{0}b"), Err(InvalidMetadata::Hidden));
        let many = (0..=MAX_PAIRS).map(|n| (n.to_string(), Some("v".to_owned()))).collect();
        assert_eq!(Metadata::default().changed(many), Err(InvalidMetadata::TooMany));
    }
}
