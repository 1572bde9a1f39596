//! SKUs: a shop's own codes for what it stocks. They are written in upper case, so two SKUs cannot differ only by case.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sku(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to 64 characters: A-Z, 0-9, dot, hyphen and underscore, such as TEE-BLUE-M")]
pub struct InvalidSku;

impl Sku {
    pub const MAX_LENGTH: usize = 64;

    pub fn parse(text: &str) -> Result<Self, InvalidSku> {
        let good = (1..=Self::MAX_LENGTH).contains(&text.len())
            && text.bytes().all(|c| c.is_ascii_alphanumeric() || b".-_".contains(&c));
        // Some clients take a path segment of dots for a folder.
        if good && text.bytes().any(|c| c.is_ascii_alphanumeric()) {
            Ok(Self(text.to_ascii_uppercase()))
        } else {
            Err(InvalidSku)
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// One of `count` shards, always the same for this SKU.
    pub fn shard(&self, count: u8) -> u8 {
        let sum = self.0.bytes().fold(0_u32, |sum, c| sum.wrapping_mul(31) + u32::from(c));
        u8::try_from(sum % u32::from(count)).unwrap_or(0)
    }
}

impl std::fmt::Display for Sku {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<Sku> for String {
    fn from(sku: Sku) -> Self {
        sku.0
    }
}

impl TryFrom<String> for Sku {
    type Error = InvalidSku;
    fn try_from(text: String) -> Result<Self, InvalidSku> {
        Self::parse(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::Sku;

    #[test]
    fn skus_ignore_case_and_refuse_other_characters() {
        assert_eq!(Sku::parse("tee-s"), Sku::parse("TEE-S"));
        let long = "A".repeat(65);
        for bad in ["", " ", "A B", "A/B", "..", "../X", "Ä", "A#B", "A\n", &long] {
            assert!(Sku::parse(bad).is_err(), "{bad:?}");
        }
        let mut shards = [0; 4];
        for n in 0..200 {
            let sku = Sku::parse(&format!("SKU-{n}")).unwrap();
            shards[usize::from(sku.shard(4))] += 1;
        }
        assert!(shards.iter().all(|&count| count > 20), "{shards:?}");
    }
}
