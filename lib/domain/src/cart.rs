//! Carts: what somebody is about to buy. A cart holds variants and quantities, never a price that counts: what it costs
//! is worked out each time from today's products. It remembers the price that its owner was told, so that a change is
//! told too.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::coupon::CouponCode;
use crate::id::{EventId, ProductId, UserId, VariantId};
use crate::sku::Sku;
use crate::time::Time;

/// How many lines a cart has at most: an order of them still fits one transaction.
pub const MAX_LINES: usize = 90;
pub const MAX_QUANTITY: u32 = 999;

/// How many requests a cart remembers to have been carried out.
const REMEMBERED: usize = 4;

/// How long an idle cart is kept.
const GUEST_KEPT: Duration = Duration::from_hours(24);
const USER_KEPT: Duration = Duration::from_hours(30 * 24);

/// Whose cart it is. A guest is whoever holds the token, of which we keep a fingerprint.
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
    /// Names the line: a variant stands in a cart once.
    pub variant_id: VariantId,
    /// As it was called when it came in; it may have been renamed since.
    pub sku: Sku,
    pub quantity: u32,
    /// What one cost when its owner was last told.
    pub quoted_price: i64,
}

/// A request that must not be carried out twice, by fingerprints of its key and its body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CartRequest {
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
    /// The last requests with a key that were carried out, in the write that did it.
    #[serde(rename = "asked", default, skip_serializing_if = "Vec::is_empty")]
    pub requests: Vec<CartRequest>,
    pub version: u64,
    /// Names the change that made this version, so that a write whose answer was lost is known again.
    pub change: EventId,
    pub updated_at: Time,
    pub kept_until: Time,
}

/// Lines are kept as one text, a list for each and no names: a cart of ninety is changed in less than half of the time,
/// and for less than half of the units.
mod lines {
    use serde::de::Error as _;
    use serde::ser::Error as _;
    use serde::{Deserialize, Deserializer, Serializer};

    use super::CartLine;

    pub(super) fn serialize<S: Serializer>(lines: &[CartLine], to: S) -> Result<S::Ok, S::Error> {
        let rows =
            lines.iter().map(|line| (line.product_id, line.variant_id, &line.sku, line.quantity, line.quoted_price));
        let rows: Vec<_> = rows.collect();
        to.serialize_str(&serde_json::to_string(&rows).map_err(S::Error::custom)?)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<CartLine>, D::Error> {
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
    #[error("there is no such line in the cart")]
    Missing,
    #[error("the key was used with another body")]
    KeyReused,
}

impl Cart {
    /// A cart that was never written: its version is 0.
    pub fn empty(owner: CartOwner, change: EventId, now: Time) -> Self {
        let kept_until = now + owner.kept();
        Self {
            owner,
            lines: Vec::new(),
            coupon: None,
            requests: Vec::new(),
            version: 0,
            change,
            updated_at: now,
            kept_until,
        }
    }

    /// The cart as it counts now: one that was idle for too long is empty.
    #[must_use]
    pub fn as_of(self, now: Time) -> Self {
        if now < self.kept_until {
            return self;
        }
        Self { lines: Vec::new(), coupon: None, requests: Vec::new(), ..self }
    }

    pub fn line(&self, variant: VariantId) -> Option<&CartLine> {
        self.lines.iter().find(|line| line.variant_id == variant)
    }

    /// Adds to the line of this variant, or makes it.
    pub fn add(&self, line: CartLine) -> Result<Self, CartRefusal> {
        let mut next = self.clone();
        let mut held = next.lines.iter_mut();
        if let Some(held) = held.find(|held| held.variant_id == line.variant_id) {
            held.quantity = held.quantity.saturating_add(line.quantity);
            held.quoted_price = line.quoted_price;
            check(held.quantity)?;
        } else if self.lines.len() >= MAX_LINES {
            return Err(CartRefusal::Full);
        } else {
            check(line.quantity)?;
            next.lines.push(line);
        }
        Ok(next)
    }

    /// Whether this request was carried out before.
    pub fn did(&self, requests: &CartRequest) -> Result<bool, CartRefusal> {
        match self.requests.iter().find(|known| known.key == requests.key) {
            Some(known) if known.body != requests.body => Err(CartRefusal::KeyReused),
            known => Ok(known.is_some()),
        }
    }

    /// Adds, unless this request did so before.
    pub fn add_once(&self, line: CartLine, requests: CartRequest) -> Result<Self, CartRefusal> {
        if self.did(&requests)? {
            return Ok(self.clone());
        }
        let mut next = self.add(line)?;
        next.remember([requests]);
        Ok(next)
    }

    fn remember(&mut self, requests: impl IntoIterator<Item = CartRequest>) {
        self.requests.extend(requests);
        let forgotten = self.requests.len().saturating_sub(REMEMBERED);
        self.requests.drain(..forgotten);
    }

    pub fn set(&self, variant: VariantId, quantity: u32, quoted_price: i64) -> Result<Self, CartRefusal> {
        check(quantity)?;
        let mut next = self.clone();
        let mut lines = next.lines.iter_mut();
        let line = lines.find(|line| line.variant_id == variant);
        let line = line.ok_or(CartRefusal::Missing)?;
        (line.quantity, line.quoted_price) = (quantity, quoted_price);
        Ok(next)
    }

    pub fn without(&self, variant: VariantId) -> Result<Self, CartRefusal> {
        self.line(variant).ok_or(CartRefusal::Missing)?;
        let mut next = self.clone();
        next.lines.retain(|line| line.variant_id != variant);
        Ok(next)
    }

    /// Takes in what somebody gathered before signing in. Nothing is refused: what does not fit any more is left out,
    /// the greater quantity's bound holds, and a coupon that is there stays.
    #[must_use]
    pub fn merged(&self, guest: &Self) -> Self {
        let mut next = self.clone();
        for line in &guest.lines {
            let mut held = next.lines.iter_mut();
            if let Some(held) = held.find(|held| held.variant_id == line.variant_id) {
                let sum = held.quantity.saturating_add(line.quantity);
                held.quantity = sum.min(MAX_QUANTITY);
            } else if next.lines.len() < MAX_LINES {
                next.lines.push(line.clone());
            }
        }
        next.coupon = next.coupon.or_else(|| guest.coupon.clone());
        next.remember(guest.requests.iter().cloned());
        next
    }

    /// The next version of the cart that this one was decided from.
    #[must_use]
    pub fn next(self, change: EventId, now: Time) -> Self {
        Self { version: self.version + 1, change, updated_at: now, kept_until: now + self.owner.kept(), ..self }
    }
}

fn check(quantity: u32) -> Result<(), CartRefusal> {
    if (1..=MAX_QUANTITY).contains(&quantity) { Ok(()) } else { Err(CartRefusal::Quantity) }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::{prop, prop_assert, prop_assert_eq, proptest};

    use super::{Cart, CartLine, CartOwner, CartRefusal, CartRequest, MAX_LINES, MAX_QUANTITY, REMEMBERED};
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
    fn a_guest_is_forgotten_after_a_day_and_a_user_after_a_month_of_doing_nothing() {
        let guest = CartOwner::Guest("g".to_owned());
        let guest = Cart::empty(guest, EventId::new(now(), 1), now());
        let guest = guest.add(line(1, 1)).unwrap();
        let moment = Duration::from_millis(1);
        let day = Duration::from_hours(24);
        let lines = |cart: &Cart, at| cart.clone().as_of(at).lines.len();
        assert_eq!(lines(&guest, now() + day - moment), 1);
        assert_eq!(lines(&guest, now() + day), 0);
        let touched = guest.next(EventId::new(now(), 2), now() + moment);
        assert_eq!(lines(&touched, now() + day), 1);
        let user = cart(vec![line(1, 1)]);
        assert_eq!(lines(&user, now() + day * 30 - moment), 1);
        assert_eq!(lines(&user, now() + day * 30), 0);
    }

    #[test]
    fn what_was_asked_with_a_key_is_done_once_even_after_signing_in() {
        let requests = |key: &str, body: &str| CartRequest { key: key.to_owned(), body: body.to_owned() };
        let first = requests("k", "one");
        let guest = cart(Vec::new());
        assert_eq!(guest.did(&first), Ok(false));
        let guest = guest.add_once(line(1, 2), first.clone()).unwrap();
        assert_eq!(guest.add_once(line(1, 2), first.clone()), Ok(guest.clone()));
        assert_eq!(guest.add_once(line(1, 3), requests("k", "two")), Err(CartRefusal::KeyReused));
        let mut mine = cart(vec![line(1, 1)]).merged(&guest);
        assert_eq!(mine.add_once(line(1, 2), first.clone()), Ok(mine.clone()));
        for n in 0..REMEMBERED {
            let next = requests(&format!("k{n}"), "one");
            mine = mine.add_once(line(2, 1), next).unwrap();
        }
        assert_eq!(mine.requests.len(), REMEMBERED, "a cart does not grow by it");
        assert_eq!(mine.did(&first), Ok(false));
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
