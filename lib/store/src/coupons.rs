//! Coupons: an item by code that counts its uses, a line in the list of all, and an item a customer where uses are
//! counted by customer. Uses are taken in the order's transaction and given back in the one that ends it.

use domain::coupon::{CarriedCoupon, Coupon, CouponCode, CustomerKey};
use domain::id::CouponId;
use serde::{Deserialize, Serialize};

use crate::audit::AuditEntry;
use crate::engine::error::{Commit, StoreError};
use crate::engine::expression::{Change, Require};
use crate::engine::item::{Item, number, text};
use crate::engine::page::{KeyRange, Page, PageRequest};
use crate::{Store, Transaction, keys};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CouponConflict {
    /// There is a coupon of this code.
    Taken,
    /// It changed, or was deleted, since it was read.
    Changed,
}

/// How often one customer's orders carry a coupon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CouponUse {
    pub coupon_id: CouponId,
    pub uses: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Listed {
    code: CouponCode,
}

/// A coupon as it was read with one customer's uses of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadCoupon {
    pub coupon: Coupon,
    pub customer: CustomerKey,
    pub used_by: Option<CouponUse>,
}

impl ReadCoupon {
    /// Uses of an earlier coupon of the same code do not count.
    pub fn uses(&self) -> u32 {
        let mine = self.used_by.as_ref();
        mine.filter(|used| used.coupon_id == self.coupon.id).map_or(0, |used| used.uses)
    }
}

impl<R: Clone> Transaction<R> {
    /// Takes one use, if the coupon is still the one that was decided on and has one left.
    pub(crate) fn take_coupon(
        self,
        read: &ReadCoupon,
        carried: &CarriedCoupon,
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
        let Some(customer) = &carried.counted_for else {
            return Ok(writes);
        };
        let counted = CouponUse { coupon_id: coupon.id, uses: read.uses() + 1 };
        let item = Item::new(keys::coupon_use(&coupon.code, customer), &counted)?;
        let item = match coupon.gone_at() {
            Some(at) => item.expires(at),
            None => item,
        };
        let as_read = match &read.used_by {
            None => vec![Require::Absent],
            Some(used) => vec![
                Require::Equals("uses", number(used.uses)),
                Require::Equals("coupon_id", text(used.coupon_id.to_string())),
            ],
        };
        Ok(writes.put_if(item, as_read, refusal))
    }

    /// Gives a use back, as far as there still is something to give it back to.
    pub(crate) fn give_coupon_back(self, carried: &CarriedCoupon, there: CouponThere, refusal: R) -> Self {
        let mut writes = self;
        let id = text(carried.id.to_string());
        if there.coupon {
            let change = Change::at(keys::coupon(&carried.code))
                .add("used", -1)
                .require(Require::Equals("id", id.clone()))
                .require(Require::AtLeast("used", number(1)));
            writes = writes.change(change, refusal.clone());
        }
        if let Some(customer) = carried.counted_for.as_ref().filter(|_| there.customer) {
            let change = Change::at(keys::coupon_use(&carried.code, customer))
                .add("uses", -1)
                .require(Require::Equals("coupon_id", id))
                .require(Require::AtLeast("uses", number(1)));
            writes = writes.change(change, refusal);
        }
        writes
    }
}

/// What is left of a coupon that an order carries: it may have been deleted, or made anew, since.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CouponThere {
    pub coupon: bool,
    pub customer: bool,
}

fn item(coupon: &Coupon) -> Result<Item, StoreError> {
    let item = Item::new(keys::coupon(&coupon.code), coupon)?;
    Ok(match coupon.gone_at() {
        Some(at) => item.expires(at),
        None => item,
    })
}

fn listed(coupon: &Coupon) -> Result<Item, StoreError> {
    let code = coupon.code.clone();
    let item = Item::new(keys::coupon_listed(&coupon.code), &Listed { code })?;
    Ok(match coupon.gone_at() {
        Some(at) => item.expires(at),
        None => item,
    })
}

impl Store {
    pub async fn coupon(&self, code: &CouponCode) -> Result<Option<Coupon>, StoreError> {
        self.get(&keys::coupon(code)).await
    }

    /// A coupon and this customer's uses of it, in one round trip.
    pub async fn coupon_for(
        &self,
        code: &CouponCode,
        customer: &CustomerKey,
    ) -> Result<Option<ReadCoupon>, StoreError> {
        let (coupon, mine) = (keys::coupon(code), keys::coupon_use(code, customer));
        let mut found = self.get_all(&[&coupon, &mine]).await?;
        let Some(coupon) = found.take(&coupon)? else {
            return Ok(None);
        };
        Ok(Some(ReadCoupon { coupon, customer: customer.clone(), used_by: found.take(&mine)? }))
    }

    /// What is left of the coupon that an order carries.
    pub async fn coupon_there(&self, carried: &CarriedCoupon) -> Result<CouponThere, StoreError> {
        let nobody = CustomerKey::nobody();
        let customer = carried.counted_for.as_ref().unwrap_or(&nobody);
        let key = keys::coupon(&carried.code);
        let mine = keys::coupon_use(&carried.code, customer);
        let mut found = self.get_all(&[&key, &mine]).await?;
        let (coupon, used) = (found.take::<Coupon>(&key)?, found.take::<CouponUse>(&mine)?);
        Ok(CouponThere {
            coupon: coupon.is_some_and(|coupon| coupon.id == carried.id && coupon.used > 0),
            customer: used.is_some_and(|used| used.coupon_id == carried.id && used.uses > 0),
        })
    }

    pub async fn add_coupon(&self, coupon: &Coupon, entry: &AuditEntry) -> Result<(), Commit<CouponConflict>> {
        let writes = Transaction::new(coupon.id)
            .put_new(item(coupon)?, CouponConflict::Taken)
            .put(listed(coupon)?)
            .put(entry.item()?);
        self.commit(writes).await
    }

    /// Writes new terms. The count of uses is left alone: orders change it at the same time.
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
        let attributes = item(after)?.into_attributes();
        for name in FIELDS {
            change = match attributes.get(name) {
                Some(value) => change.set(name, value.clone()),
                None => change.remove(name),
            };
        }
        let writes =
            Transaction::new(entry.id).change(change, CouponConflict::Changed).put(listed(after)?).put(entry.item()?);
        self.commit(writes).await
    }

    pub async fn delete_coupon(&self, coupon: &Coupon, entry: &AuditEntry) -> Result<(), Commit<CouponConflict>> {
        let as_read = vec![Require::Equals("version", number(coupon.version))];
        let writes = Transaction::new(entry.id)
            .delete_if(keys::coupon(&coupon.code), as_read, CouponConflict::Changed)
            .delete(keys::coupon_listed(&coupon.code))
            .put(entry.item()?);
        self.commit(writes).await
    }

    /// All coupons by code.
    pub async fn coupons(&self, request: &PageRequest) -> Result<Page<Coupon>, StoreError> {
        let key_range =
            KeyRange { index: None, partition: keys::COUPONS.to_owned(), prefix: String::new(), newest_first: false };
        let page: Page<Listed> = self.page(&key_range, request).await?;
        let keys: Vec<_> = page.items.iter().map(|l| keys::coupon(&l.code)).collect();
        let mut items = Vec::new();
        if !keys.is_empty() {
            let mut found = self.get_many(&[], &keys.iter().collect::<Vec<_>>()).await?;
            for key in &keys {
                items.extend(found.take::<Coupon>(key)?);
            }
        }
        let next = page.next;
        Ok(Page { items, next })
    }
}

/// What an edit writes: all but the key, the id, the version and the count.
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
