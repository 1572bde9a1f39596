//! Opaque, prefixed ids, ordered by time: `usr_01J…`. Because of the prefix an order's id is never accepted as a
//! user's.

use serde::{Deserialize, Serialize};
use ulid::Ulid;

use crate::time::Time;

/// The text is not an id of the expected kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a valid {prefix}… id")]
pub struct InvalidId {
    /// The expected prefix.
    pub prefix: &'static str,
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Ulid);

        impl $name {
            /// Every id of this kind begins with it.
            pub const PREFIX: &'static str = $prefix;

            /// Later ids sort later. `random` gives the low 80 bits.
            pub fn new(now: Time, random: u128) -> Self {
                Self(Ulid::from_parts(now.unix_millis().unsigned_abs(), random))
            }

            pub fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Ulid::from_bytes(bytes))
            }

            pub fn to_bytes(self) -> [u8; 16] {
                self.0.to_bytes()
            }

            /// When it was made.
            pub fn time(self) -> Time {
                Time::from_unix_millis(i64::try_from(self.0.timestamp_ms()).unwrap_or(i64::MAX))
            }

            /// One of `count` shards. It is always the same for this id, and ids are spread evenly.
            pub fn shard(self, count: u8) -> u8 {
                self.to_bytes()[15] % count
            }

            pub fn parse(text: &str) -> Result<Self, InvalidId> {
                let invalid = InvalidId { prefix: $prefix };
                let ulid = text.strip_prefix($prefix).ok_or(invalid)?;
                let id = Ulid::from_string(ulid).map(Self).map_err(|_| invalid)?;
                // Lower case and similar letters are refused: they can be decoded, but are not the item's key.
                if id.to_string() == text { Ok(id) } else { Err(invalid) }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}{}", $prefix, self.0.array_to_str(&mut [0; ulid::ULID_LEN]))
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(self, f)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;
            fn try_from(text: String) -> Result<Self, InvalidId> {
                Self::parse(&text)
            }
        }
    )+};
}

ids! {
    /// A customer or a member of staff.
    UserId = "usr_",
    /// One signed-in device, with all its token pairs.
    SessionId = "ses_",
    /// A server's key to the API.
    ApiKeyId = "key_",
    /// An entry of an address book.
    AddressId = "adr_",
    /// A domain event in the outbox.
    EventId = "evt_",
    /// One transaction of the table: with it, DynamoDB recognises a repetition.
    TransactionId = "txn_",
    /// An entry of the audit trail.
    AuditId = "aud_",
    /// A product.
    ProductId = "prd_",
    /// A variant of a product. It keeps its id when its SKU changes.
    VariantId = "var_",
    CategoryId = "cat_",
    BrandId = "brd_",
    /// An image of a product. It has the bytes of the id of its upload.
    ImageId = "img_",
    /// An uploaded file.
    UploadId = "upl_",
    /// A file to download.
    ExportId = "exp_",
    /// An entry of a stock level's history.
    StockChangeId = "chg_",
    CouponId = "cpn_",
    ShippingMethodId = "shm_",
    /// One parcel of an order.
    ParcelId = "pcl_",
    /// Goods that a buyer sends back.
    ReturnId = "ret_",
    /// An order.
    OrderId = "ord_",
    /// The one payment of an order. It is the order's id with another prefix.
    PaymentId = "pay_",
    /// A refund.
    RefundId = "rfd_",
    /// Words that stand for others in a search.
    SynonymId = "syn_",
    /// Products that come first for a query.
    SearchRuleId = "rul_",
    /// What a customer wrote about a product.
    ReviewId = "rev_",
    /// A server of the merchant that gets events.
    WebhookEndpointId = "whe_",
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

    use super::{SessionId, UserId};
    use crate::time::Time;

    proptest! {
        #[test]
        fn an_id_survives_its_text(millis in 0_i64..1 << 47, random in any::<u128>()) {
            let id = UserId::new(Time::from_unix_millis(millis), random);
            prop_assert_eq!(UserId::parse(&id.to_string()), Ok(id));
            prop_assert_eq!(UserId::from_bytes(id.to_bytes()), id);
            prop_assert_eq!(id.time(), Time::from_unix_millis(millis));
        }

        #[test]
        fn later_ids_sort_later_as_text(a in 0_i64..1 << 40, gap in 1_i64..1 << 20, x in any::<u128>(), y in any::<u128>()) {
            let early = UserId::new(Time::from_unix_millis(a), x).to_string();
            let late = UserId::new(Time::from_unix_millis(a + gap), y).to_string();
            prop_assert!(early < late);
        }

        #[test]
        fn any_text_is_an_id_or_refused(text in ".*") {
            if let Ok(id) = UserId::parse(&text) {
                prop_assert_eq!(id.to_string(), text);
            }
        }
    }

    #[test]
    fn one_kind_of_id_never_passes_as_another() {
        let session = SessionId::new(Time::from_unix_millis(1), 0xfedc_ba98_7654_3210).to_string();
        assert!(UserId::parse(&session).is_err());
        assert!(UserId::parse(&session.to_lowercase()).is_err());
        assert!(SessionId::parse(&session.to_lowercase()).is_err());
    }
}
