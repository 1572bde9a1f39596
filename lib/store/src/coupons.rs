//! Coupons: an item by code that counts all uses, an item in the list of all coupons, and, if uses are limited by
//! customer, an item per customer. The transaction of an order counts a use; the one that cancels or expires the order
//! returns it.

use domain::coupon::{AppliedCoupon, Coupon, CouponCode, CouponState, CustomerCoupon, CustomerKey};
use domain::id::CouponId;
use domain::time::Time;
use serde::{Deserialize, Serialize};

use crate::audit::AuditEntry;
use crate::engine::error::{Commit, StoreError};
use crate::engine::expression::{Change, Require};
use crate::engine::item::{Item, number, text};
use crate::engine::page::{Cursor, KeyRange, Page, PageRequest};
use crate::{Store, Transaction, keys};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CouponConflict {
    /// A coupon with this code exists.
    Taken,
    /// It was changed or deleted after it was read.
    Changed,
}

/// How many orders of one customer use a coupon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CouponUse {
    pub coupon_id: CouponId,
    pub uses: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Listed {
    code: CouponCode,
}

/// A coupon and one customer's use of it, read together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CouponWithUse {
    pub coupon: Coupon,
    pub customer_use: Option<CouponUse>,
    /// Whether the customer's address is proven. Only then uses by customer count.
    pub is_customer_proven: bool,
}

impl CouponWithUse {
    /// Uses of an earlier coupon with the same code do not count.
    pub fn for_customer(&self) -> CustomerCoupon<'_> {
        let current = self.customer_use.as_ref().filter(|used| used.coupon_id == self.coupon.id);
        let uses = self.is_customer_proven.then(|| current.map_or(0, |used| used.uses));
        CustomerCoupon { coupon: &self.coupon, uses }
    }
}

impl<R: Clone> Transaction<R> {
    /// Counts one use, if the coupon is unchanged since it was read and has a use left.
    pub(crate) fn redeem_coupon(
        self,
        read: &CouponWithUse,
        applied: &AppliedCoupon,
        refusal: R,
    ) -> Result<Self, StoreError> {
        let coupon = &read.coupon;
        let mut change = Change::at(keys::coupon(&coupon.code))
            .add("used", 1)
            .require(Require::Equals("id", text(coupon.id.to_string())))
            .require(Require::Equals("version", number(coupon.version)));
        if let Some(uses) = coupon.terms.total_uses {
            change = change.require(Require::Below("used", number(uses)));
        }
        let writes = self.change(change, refusal.clone());
        let Some(customer) = &applied.counted_for else {
            return Ok(writes);
        };
        let counted = CouponUse { coupon_id: coupon.id, uses: read.for_customer().uses.unwrap_or(0) + 1 };
        let item = with_expiry(Item::new(keys::coupon_use(&coupon.code, customer), &counted)?, coupon);
        let unchanged = match &read.customer_use {
            None => vec![Require::Absent],
            Some(used) => vec![
                Require::Equals("uses", number(used.uses)),
                Require::Equals("coupon_id", text(used.coupon_id.to_string())),
            ],
        };
        Ok(writes.put_if(item, unchanged, refusal))
    }

    /// Returns the use of an order's coupon to the counters that still exist.
    pub(crate) fn return_coupon_use(self, coupon: &CouponReturn, refusal: R) -> Self {
        let mut writes = self;
        let applied = &coupon.applied;
        let id = text(applied.id.to_string());
        if coupon.to_total {
            let change = Change::at(keys::coupon(&applied.code))
                .add("used", -1)
                .require(Require::Equals("id", id.clone()))
                .require(Require::AtLeast("used", number(1)));
            writes = writes.change(change, refusal.clone());
        }
        if let Some(customer) = applied.counted_for.as_ref().filter(|_| coupon.to_customer) {
            let change = Change::at(keys::coupon_use(&applied.code, customer))
                .add("uses", -1)
                .require(Require::Equals("coupon_id", id))
                .require(Require::AtLeast("uses", number(1)));
            writes = writes.change(change, refusal);
        }
        writes
    }
}

/// An order's coupon, and which of its two counters still count the order's use. The coupon may have been deleted, or
/// created again with the same code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CouponReturn {
    applied: AppliedCoupon,
    to_total: bool,
    to_customer: bool,
}

fn with_expiry(item: Item, coupon: &Coupon) -> Item {
    match coupon.expires_at() {
        Some(at) => item.expires(at),
        None => item,
    }
}

pub(crate) fn coupon_item(coupon: &Coupon) -> Result<Item, StoreError> {
    Ok(with_expiry(Item::new(keys::coupon(&coupon.code), coupon)?, coupon))
}

pub(crate) fn listed_coupon(coupon: &Coupon) -> Result<Item, StoreError> {
    let listed = Listed { code: coupon.code.clone() };
    Ok(with_expiry(Item::new(keys::coupon_listed(&coupon.code), &listed)?, coupon))
}

impl Store {
    pub async fn coupon(&self, code: &CouponCode) -> Result<Option<Coupon>, StoreError> {
        self.get(&keys::coupon(code)).await
    }

    /// A coupon and this customer's uses of it, in one round trip. `None`: the customer's address is not proven.
    pub async fn coupon_for(
        &self,
        code: &CouponCode,
        customer: Option<&CustomerKey>,
    ) -> Result<Option<CouponWithUse>, StoreError> {
        let (coupon, customer_use) = self.coupon_and_use(code, customer).await?;
        let is_customer_proven = customer.is_some();
        Ok(coupon.map(|coupon| CouponWithUse { coupon, customer_use, is_customer_proven }))
    }

    async fn coupon_and_use(
        &self,
        code: &CouponCode,
        customer: Option<&CustomerKey>,
    ) -> Result<(Option<Coupon>, Option<CouponUse>), StoreError> {
        let nobody = CustomerKey::nobody();
        let (coupon, customer_use) = (keys::coupon(code), keys::coupon_use(code, customer.unwrap_or(&nobody)));
        let mut found = self.get_all(&[&coupon, &customer_use]).await?;
        Ok((found.take(&coupon)?, found.take(&customer_use)?))
    }

    /// Reads the counters that can take back the use of this order's coupon.
    pub async fn coupon_return(&self, applied: &AppliedCoupon) -> Result<CouponReturn, StoreError> {
        let (coupon, used) = self.coupon_and_use(&applied.code, applied.counted_for.as_ref()).await?;
        Ok(CouponReturn {
            applied: applied.clone(),
            to_total: coupon.is_some_and(|coupon| coupon.id == applied.id && coupon.used > 0),
            to_customer: used.is_some_and(|used| used.coupon_id == applied.id && used.uses > 0),
        })
    }

    pub async fn add_coupon(&self, coupon: &Coupon, entry: &AuditEntry) -> Result<(), Commit<CouponConflict>> {
        let writes = Transaction::new(coupon.id)
            .put_new(coupon_item(coupon)?, CouponConflict::Taken)
            .put(listed_coupon(coupon)?)
            .put(entry.item()?);
        self.commit(writes).await
    }

    /// Writes new terms. It does not write the count of uses, because orders change it at the same time.
    pub async fn edit_coupon(
        &self,
        before: &Coupon,
        after: &Coupon,
        entry: &AuditEntry,
    ) -> Result<(), Commit<CouponConflict>> {
        let mut change = Change::at(keys::coupon(&after.code))
            .add("version", 1)
            .require(Require::Equals("id", text(before.id.to_string())))
            .require(Require::Equals("version", number(before.version)));
        let attributes = coupon_item(after)?.into_attributes();
        for name in FIELDS {
            change = match attributes.get(name) {
                Some(value) => change.set(name, value.clone()),
                None => change.remove(name),
            };
        }
        let writes = Transaction::new(entry.id)
            .change(change, CouponConflict::Changed)
            .put(listed_coupon(after)?)
            .put(entry.item()?);
        self.commit(writes).await
    }

    pub async fn delete_coupon(&self, coupon: &Coupon, entry: &AuditEntry) -> Result<(), Commit<CouponConflict>> {
        let unchanged = vec![Require::Equals("version", number(coupon.version))];
        let writes = Transaction::new(entry.id)
            .delete_if(keys::coupon(&coupon.code), unchanged, CouponConflict::Changed)
            .delete(keys::coupon_listed(&coupon.code))
            .put(entry.item()?);
        self.commit(writes).await
    }

    /// The coupons whose code begins so, by code; all of them, or those that are in a state now. Then a page can be short, or empty, although there are more:
    /// its cursor says how far it has looked.
    pub async fn coupons(
        &self,
        beginning: &str,
        state: Option<CouponState>,
        now: Time,
        request: &PageRequest,
    ) -> Result<Page<Coupon>, StoreError> {
        let key_range = KeyRange::of(keys::COUPONS.to_owned()).with_prefix(beginning);
        let limit = request.limit as usize;
        let step = if state.is_some() { MAX_BATCH } else { request.limit };
        let (mut items, mut after) = (Vec::new(), request.after.clone());
        for _ in 0..MAX_READ / step {
            let page: Page<Listed> = self.page(&key_range, &PageRequest { limit: step, after }).await?;
            let keys: Vec<_> = page.items.iter().map(|l| keys::coupon(&l.code)).collect();
            if !keys.is_empty() {
                let mut found = self.get_many(&[], &keys.iter().collect::<Vec<_>>()).await?;
                for key in &keys {
                    let coupon = found.take::<Coupon>(key)?;
                    items.extend(coupon.filter(|coupon| state.is_none_or(|state| coupon.state(now) == state)));
                }
            }
            after = page.next;
            // The rest of what was read comes again with the next page.
            if items.len() > limit {
                items.truncate(limit);
                after = items.last().map(|coupon| Cursor::after(coupon.code.as_str()));
            }
            if items.len() == limit || after.is_none() || state.is_none() {
                break;
            }
        }
        Ok(Page { items, next: after })
    }
}

/// How many coupons a page looks at, and how many of them are read at once.
const MAX_READ: u32 = 1_000;
const MAX_BATCH: u32 = 100;

/// The attributes that an edit writes: all but the key, the id, the version and the count.
const FIELDS: [&str; 11] = [
    "discount",
    "minimum_order",
    "starts_at",
    "ends_at",
    "total_uses",
    "uses_per_customer",
    "products",
    "categories",
    "active",
    "updated_at",
    "expires_at",
];
