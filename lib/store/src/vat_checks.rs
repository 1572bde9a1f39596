//! What the authority said of VAT numbers, for a day, so that it is asked once for quotes and the order after them.

use std::time::Duration;

use domain::time::Time;
use domain::vat::{VatCheck, VatNumber};
use serde::{Deserialize, Serialize};

use crate::engine::error::StoreError;
use crate::engine::item::Item;
use crate::{Store, keys};

const KNOWN_KEPT: Duration = Duration::from_hours(24);
/// A new business may ask again before long.
const UNKNOWN_KEPT: Duration = Duration::from_hours(1);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckedVat {
    /// `None`: the authority does not know the number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<VatCheck>,
    until: Time,
}

impl Store {
    pub async fn checked_vat(&self, number: &VatNumber, now: Time) -> Result<Option<CheckedVat>, StoreError> {
        let checked: Option<CheckedVat> = self.get(&keys::checked_vat(number)).await?;
        Ok(checked.filter(|checked| now < checked.until))
    }

    pub async fn keep_checked_vat(
        &self,
        number: &VatNumber,
        check: Option<&VatCheck>,
        now: Time,
    ) -> Result<(), StoreError> {
        let until = now + if check.is_some() { KNOWN_KEPT } else { UNKNOWN_KEPT };
        let checked = CheckedVat { check: check.cloned(), until };
        self.put(Item::new(keys::checked_vat(number), &checked)?.expires(until)).await
    }
}
