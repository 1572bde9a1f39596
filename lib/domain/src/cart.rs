//! Carts have variants and quantities. Prices are computed from the current products each time. A line also has the
//! price that was last shown to its owner, so that the API can report a change.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::cart_reminder::Reminder;
use crate::coupon::CouponCode;
use crate::id::{EventId, ProductId, UserId, VariantId};
use crate::sku::Sku;
use crate::time::Time;

/// The largest number of lines. An order with so many lines fits one transaction.
pub const MAX_LINES: usize = 85;
pub const MAX_QUANTITY: u32 = 999;

/// How many handled requests a cart remembers.
const REMEMBERED: usize = 4;

/// How long an idle cart is kept.
const GUEST_KEPT: Duration = Duration::from_hours(24);
const USER_KEPT: Duration = Duration::from_hours(30 * 24);

/// A user, or a guest who has the cart's token. The table has only the fingerprint of a token.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CartOwner {
    User(UserId),
    Guest(String),
}

impl CartOwner {
    fn kept(&self) -> Duration {
        match self {
            Self::User(_) => USER_KEPT,
            Self::Guest(_) => GUEST_KEPT,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CartLine {
    pub product_id: ProductId,
    /// Identifies the line: a cart has one line per variant.
    pub variant_id: VariantId,
    /// The SKU when the line was added. The variant may have another one now.
    pub sku: Sku,
    pub quantity: u32,
    /// The unit price that was last shown to the owner.
    pub quoted_price: i64,
}

/// Fingerprints of a request's idempotency key and of its body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestFingerprint {
    pub key: String,
    pub body: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cart {
    pub owner: CartOwner,
    #[serde(with = "lines")]
    pub lines: Vec<CartLine>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coupon: Option<CouponCode>,
    /// The last requests with an idempotency key that changed this cart.
    #[serde(rename = "asked", default, skip_serializing_if = "Vec::is_empty")]
    pub handled_requests: Vec<RequestFingerprint>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reminder: Option<Reminder>,
    /// A guest's cart with lines that a mailed link brought back. Its owner's cart may have them too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub restored: bool,
    pub version: u64,
    /// The id of the change that made this version. If the answer to a write was lost, it shows whose write succeeded.
    pub change: EventId,
    pub updated_at: Time,
    pub kept_until: Time,
}

/// Lines are stored as one JSON text of arrays without field names. A change of a full cart then takes less than half of
/// the time and of the write units.
pub(crate) mod lines {
    use serde::de::Error as _;
    use serde::ser::Error as _;
    use serde::{Deserialize, Deserializer, Serializer};

    use super::CartLine;

    pub(crate) fn serialize<S: Serializer>(lines: &[CartLine], to: S) -> Result<S::Ok, S::Error> {
        let rows: Vec<_> = (lines.iter())
            .map(|line| (line.product_id, line.variant_id, &line.sku, line.quantity, line.quoted_price))
            .collect();
        to.serialize_str(&serde_json::to_string(&rows).map_err(S::Error::custom)?)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<CartLine>, D::Error> {
        let text = String::deserialize(from)?;
        let rows: Vec<_> = serde_json::from_str(&text).map_err(D::Error::custom)?;
        let line = |(product_id, variant_id, sku, quantity, quoted_price)| CartLine {
            product_id,
            variant_id,
            sku,
            quantity,
            quoted_price,
        };
        Ok(rows.into_iter().map(line).collect())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CartRefusal {
    #[error("a cart has at most {MAX_LINES} lines")]
    Full,
    #[error("must be between 1 and {MAX_QUANTITY}")]
    Quantity,
    #[error("this item is not in the cart")]
    Missing,
    #[error("the idempotency key was used with another body")]
    KeyReused,
}

impl Cart {
    /// A cart that is not in the table yet: its version is 0.
    pub fn empty(owner: CartOwner, change: EventId, now: Time) -> Self {
        let kept_until = now + owner.kept();
        Self {
            owner,
            lines: Vec::new(),
            coupon: None,
            handled_requests: Vec::new(),
            reminder: None,
            restored: false,
            version: 0,
            change,
            updated_at: now,
            kept_until,
        }
    }

    /// Whether it is in the table, and was not idle for too long.
    pub fn is_kept_at(&self, now: Time) -> bool {
        self.version > 0 && now < self.kept_until
    }

    /// The same cart, but empty if it was idle for too long.
    #[must_use]
    pub fn cleared_if_expired(self, now: Time) -> Self {
        if now < self.kept_until {
            return self;
        }
        Self { lines: Vec::new(), coupon: None, handled_requests: Vec::new(), reminder: None, restored: false, ..self }
    }

    pub fn line(&self, variant: VariantId) -> Option<&CartLine> {
        self.lines.iter().find(|line| line.variant_id == variant)
    }

    fn line_mut(&mut self, variant: VariantId) -> Option<&mut CartLine> {
        self.lines.iter_mut().find(|line| line.variant_id == variant)
    }

    /// Adds a line, or adds to the quantity if the variant is in the cart already.
    pub fn add(&self, line: CartLine) -> Result<Self, CartRefusal> {
        let mut next = self.clone();
        if let Some(existing) = next.line_mut(line.variant_id) {
            existing.quantity = existing.quantity.saturating_add(line.quantity);
            existing.quoted_price = line.quoted_price;
            check(existing.quantity)?;
        } else if self.lines.len() >= MAX_LINES {
            return Err(CartRefusal::Full);
        } else {
            check(line.quantity)?;
            next.lines.push(line);
        }
        Ok(next)
    }

    pub fn has_handled(&self, request: &RequestFingerprint) -> Result<bool, CartRefusal> {
        match self.handled_requests.iter().find(|handled| handled.key == request.key) {
            Some(handled) if handled.body != request.body => Err(CartRefusal::KeyReused),
            handled => Ok(handled.is_some()),
        }
    }

    /// Adds a line, unless this request was handled before.
    pub fn add_once(&self, line: CartLine, request: RequestFingerprint) -> Result<Self, CartRefusal> {
        if self.has_handled(&request)? {
            return Ok(self.clone());
        }
        let mut next = self.add(line)?;
        next.remember([request]);
        Ok(next)
    }

    fn remember(&mut self, requests: impl IntoIterator<Item = RequestFingerprint>) {
        self.handled_requests.extend(requests);
        let too_many = self.handled_requests.len().saturating_sub(REMEMBERED);
        self.handled_requests.drain(..too_many);
    }

    pub fn set(&self, variant: VariantId, quantity: u32, quoted_price: i64) -> Result<Self, CartRefusal> {
        check(quantity)?;
        let mut next = self.clone();
        let line = next.line_mut(variant).ok_or(CartRefusal::Missing)?;
        line.quantity = quantity;
        line.quoted_price = quoted_price;
        Ok(next)
    }

    pub fn without(&self, variant: VariantId) -> Result<Self, CartRefusal> {
        self.line(variant).ok_or(CartRefusal::Missing)?;
        let mut next = self.clone();
        next.lines.retain(|line| line.variant_id != variant);
        Ok(next)
    }

    /// Puts back the lines of a mailed link that are missing, as many as fit. So doing it twice has the effect of doing it
    /// once.
    #[must_use]
    pub fn with_restored(&self, saved: &[CartLine]) -> Self {
        let mut next = self.clone();
        for line in saved {
            if next.line(line.variant_id).is_none() && next.lines.len() < MAX_LINES {
                next.lines.push(line.clone());
                next.restored = matches!(self.owner, CartOwner::Guest(_));
            }
        }
        next
    }

    /// Merges a guest's cart into this one. It never fails: lines and quantities above the limits are left out, and
    /// this cart's coupon stays if it has one. What a link brought back into the guest's cart may be in this one already,
    /// so the larger quantity stays then, and not the sum.
    #[must_use]
    pub fn merged(&self, guest: &Self) -> Self {
        let mut next = self.clone();
        for line in &guest.lines {
            if let Some(existing) = next.line_mut(line.variant_id) {
                existing.quantity = if guest.restored {
                    existing.quantity.max(line.quantity)
                } else {
                    existing.quantity.saturating_add(line.quantity).min(MAX_QUANTITY)
                };
            } else if next.lines.len() < MAX_LINES {
                next.lines.push(line.clone());
            }
        }
        next.coupon = next.coupon.or_else(|| guest.coupon.clone());
        next.remember(guest.handled_requests.iter().cloned());
        next
    }

    /// This cart with the number of its next version.
    #[must_use]
    pub fn next_version(self, change: EventId, now: Time) -> Self {
        Self {
            restored: self.restored && !self.lines.is_empty(),
            version: self.version + 1,
            change,
            updated_at: now,
            kept_until: now + self.owner.kept(),
            ..self
        }
    }
}

fn check(quantity: u32) -> Result<(), CartRefusal> {
    if (1..=MAX_QUANTITY).contains(&quantity) { Ok(()) } else { Err(CartRefusal::Quantity) }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::{prop, prop_assert, prop_assert_eq, proptest};

    use super::{Cart, CartLine, CartOwner, CartRefusal, MAX_LINES, MAX_QUANTITY, REMEMBERED, RequestFingerprint};
    use crate::coupon::CouponCode;
    use crate::id::{EventId, ProductId, UserId, VariantId};
    use crate::sku::Sku;
    use crate::time::Time;

    fn now() -> Time {
        Time::from_unix_millis(0)
    }

    fn line(n: usize, quantity: u32) -> CartLine {
        CartLine {
            product_id: ProductId::new(now(), 1),
            variant_id: VariantId::new(now(), n as u128),
            sku: Sku::parse("A").unwrap(),
            quantity,
            quoted_price: 100,
        }
    }

    fn cart(lines: Vec<CartLine>) -> Cart {
        let owner = CartOwner::User(UserId::new(now(), 1));
        Cart { lines, ..Cart::empty(owner, EventId::new(now(), 1), now()) }
    }

    #[test]
    fn one_variant_is_one_line_and_a_quantity_is_bounded() {
        let two = cart(Vec::new()).add(line(1, 2)).unwrap().add(line(1, 3)).unwrap();
        assert_eq!((two.lines.len(), two.lines[0].quantity), (1, 5));
        let variant = two.lines[0].variant_id;
        assert_eq!(two.add(line(1, MAX_QUANTITY)), Err(CartRefusal::Quantity));
        assert_eq!(two.add(line(2, 0)), Err(CartRefusal::Quantity));
        assert_eq!(two.set(variant, 0, 1), Err(CartRefusal::Quantity));
        assert_eq!(two.set(line(2, 1).variant_id, 1, 1), Err(CartRefusal::Missing));
        assert_eq!(two.set(variant, 7, 1).unwrap().lines[0].quantity, 7);
        assert!(two.without(variant).unwrap().lines.is_empty());
        let full = cart((0..MAX_LINES).map(|n| line(n, 1)).collect());
        assert_eq!(full.add(line(MAX_LINES, 1)), Err(CartRefusal::Full));
        assert!(full.add(line(0, 1)).is_ok());
    }

    #[test]
    fn an_idle_cart_is_kept_for_a_day_for_guests_and_for_a_month_for_users() {
        let owner = CartOwner::Guest("g".to_owned());
        let guest = Cart::empty(owner, EventId::new(now(), 1), now()).add(line(1, 1)).unwrap();
        let moment = Duration::from_millis(1);
        let day = Duration::from_hours(24);
        let lines = |cart: &Cart, at| cart.clone().cleared_if_expired(at).lines.len();
        assert_eq!(lines(&guest, now() + day - moment), 1);
        assert_eq!(lines(&guest, now() + day), 0);
        let touched = guest.next_version(EventId::new(now(), 2), now() + moment);
        assert_eq!(lines(&touched, now() + day), 1);
        let user = cart(vec![line(1, 1)]);
        assert_eq!(lines(&user, now() + day * 30 - moment), 1);
        assert_eq!(lines(&user, now() + day * 30), 0);
    }

    #[test]
    fn a_request_with_a_key_is_handled_once_even_after_signing_in() {
        let request = |key: &str, body: &str| RequestFingerprint { key: key.to_owned(), body: body.to_owned() };
        let first = request("k", "one");
        let guest = cart(Vec::new());
        assert_eq!(guest.has_handled(&first), Ok(false));
        let guest = guest.add_once(line(1, 2), first.clone()).unwrap();
        assert_eq!(guest.add_once(line(1, 2), first.clone()), Ok(guest.clone()));
        assert_eq!(guest.add_once(line(1, 3), request("k", "two")), Err(CartRefusal::KeyReused));
        let mut mine = cart(vec![line(1, 1)]).merged(&guest);
        assert_eq!(mine.add_once(line(1, 2), first.clone()), Ok(mine.clone()));
        for n in 0..REMEMBERED {
            let next = request(&format!("k{n}"), "one");
            mine = mine.add_once(line(2, 1), next).unwrap();
        }
        assert_eq!(mine.handled_requests.len(), REMEMBERED, "a cart remembers no more");
        assert_eq!(mine.has_handled(&first), Ok(false));
    }

    #[test]
    fn a_link_brings_back_what_is_missing_and_once() {
        let saved = [line(1, 2), line(2, 1)];
        let mine = cart(vec![line(1, 5)]).with_restored(&saved);
        let quantities = |cart: &Cart| cart.lines.iter().map(|line| line.quantity).collect::<Vec<_>>();
        assert_eq!(quantities(&mine), [5, 1], "what is in the cart stays as it is");
        assert_eq!(mine.with_restored(&saved), mine);
        let full = cart((10..10 + MAX_LINES).map(|n| line(n, 1)).collect());
        assert_eq!(full.with_restored(&saved), full);
    }

    #[test]
    fn a_cart_that_a_guest_restored_is_not_added_to_the_same_cart_of_the_account() {
        let owner = CartOwner::Guest("g".to_owned());
        let guest = Cart::empty(owner, EventId::new(now(), 1), now()).with_restored(&[line(1, 2), line(2, 1)]);
        let guest = guest.add(line(2, 3)).unwrap().next_version(EventId::new(now(), 2), now());
        let merged = cart(vec![line(1, 2), line(2, 1)]).merged(&guest);
        assert_eq!(merged.lines.iter().map(|line| line.quantity).collect::<Vec<_>>(), [2, 4]);
        assert!(guest.restored && !merged.restored);
        let emptied = Cart { lines: Vec::new(), ..guest }.next_version(EventId::new(now(), 3), now());
        assert!(!emptied.restored, "what is put in later is new");
    }

    proptest! {
        #[test]
        fn merging_loses_nothing_that_fits(
            mine in prop::collection::btree_map(0_usize..120, 1_u32..=MAX_QUANTITY, 0..=MAX_LINES),
            theirs in prop::collection::btree_map(0_usize..120, 1_u32..=MAX_QUANTITY, 0..=MAX_LINES),
        ) {
            let of = |lines: &std::collections::BTreeMap<usize, u32>| cart(lines.iter().map(|(&n, &q)| line(n, q)).collect());
            let mut guest = of(&theirs);
            guest.coupon = Some(CouponCode::parse("GUEST").unwrap());
            let merged = of(&mine).merged(&guest);
            prop_assert!(merged.lines.len() <= MAX_LINES);
            let all: std::collections::BTreeSet<_> = mine.keys().chain(theirs.keys()).collect();
            prop_assert_eq!(merged.lines.len(), all.len().min(MAX_LINES));
            for held in &merged.lines {
                let n = (0..120).find(|&n| line(n, 1).variant_id == held.variant_id).unwrap();
                let sum = mine.get(&n).unwrap_or(&0) + theirs.get(&n).unwrap_or(&0);
                prop_assert_eq!(held.quantity, sum.min(MAX_QUANTITY));
            }
            prop_assert_eq!(merged.coupon, guest.coupon);
        }
    }
}
