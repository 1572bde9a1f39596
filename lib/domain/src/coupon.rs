//! Coupons: what a code takes off an order, for whom, when and how often.
//!
//! Whether a code may be used is decided on what was read; that it is not used too often is kept by the table, which
//! counts uses in the order's own transaction.

use serde::{Deserialize, Serialize};

use crate::email::Email;
use crate::id::{CategoryId, CouponId, ProductId};
use crate::product::MAX_PRICE;
use crate::time::Time;

/// How many products and categories a coupon's scope names at most.
pub const MAX_SCOPE: usize = 100;

/// A code as people type it: case makes no other code.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CouponCode(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 3 to 40 of A-Z, 0-9, hyphen and underscore, such as SUMMER-20")]
pub struct InvalidCode;

impl CouponCode {
    pub fn parse(text: &str) -> Result<Self, InvalidCode> {
        let text = text.trim();
        let good =
            (3..=40).contains(&text.len()) && text.bytes().all(|c| c.is_ascii_alphanumeric() || b"-_".contains(&c));
        if good { Ok(Self(text.to_ascii_uppercase())) } else { Err(InvalidCode) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for CouponCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<CouponCode> for String {
    fn from(code: CouponCode) -> Self {
        code.0
    }
}

impl TryFrom<String> for CouponCode {
    type Error = InvalidCode;
    fn try_from(text: String) -> Result<Self, InvalidCode> {
        Self::parse(&text)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Discount {
    /// So many hundredths, 1 to 100, but no more than `maximum` minor units.
    Percentage {
        percent: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        maximum: Option<i64>,
    },
    /// So many minor units.
    Fixed { amount: i64 },
}

/// What staff say of a coupon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CouponTerms {
    pub discount: Discount,
    /// What an order must come to before the discount.
    #[serde(default)]
    pub minimum_order: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts_at: Option<Time>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<Time>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_uses: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uses_per_customer: Option<u32>,
    /// Only these products, and those of these categories; everything if both are empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub products: Vec<ProductId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<CategoryId>,
    pub active: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coupon {
    /// Tells a code's uses from those of an earlier coupon of that code.
    pub id: CouponId,
    pub code: CouponCode,
    #[serde(flatten)]
    pub terms: CouponTerms,
    /// By how many orders it is carried now.
    pub used: u32,
    /// Raised by each change of the terms, not by uses.
    pub version: u64,
    pub created_at: Time,
    pub updated_at: Time,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CouponRefusal {
    #[error("this coupon cannot be used")]
    Inactive,
    #[error("this coupon is not valid yet")]
    NotYet,
    #[error("this coupon has expired")]
    Expired,
    #[error("this coupon has been used up")]
    UsedUp,
    #[error("you have used this coupon as often as you may")]
    UsedByYou,
    #[error("the order is too small for this coupon")]
    BelowMinimum { minimum: i64 },
    #[error("this coupon is for other products")]
    NothingInScope,
}

impl CouponRefusal {
    /// What programs decide on.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Inactive => "coupon_inactive",
            Self::NotYet => "coupon_not_yet_valid",
            Self::Expired => "coupon_expired",
            Self::UsedUp => "coupon_used_up",
            Self::UsedByYou => "coupon_used_by_you",
            Self::BelowMinimum { .. } => "coupon_minimum_not_met",
            Self::NothingInScope => "coupon_not_applicable",
        }
    }
}

/// A line of a cart, as far as a coupon looks at it.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    pub product_id: ProductId,
    /// The product's categories, with all that those are in.
    pub categories: &'a [CategoryId],
    pub total: i64,
}

impl CouponTerms {
    /// The fields that make no sense, alone or together, and why.
    pub fn violations(&self) -> Vec<(&'static str, String)> {
        let mut found = Vec::new();
        let amount = |amount: i64| (1..=MAX_PRICE).contains(&amount);
        let range = format!("must be between 1 and {MAX_PRICE} minor units");
        match self.discount {
            Discount::Percentage { percent, maximum } => {
                if !(1..=100).contains(&percent) {
                    found.push(("percent", "must be between 1 and 100".to_owned()));
                }
                if maximum.is_some_and(|maximum| !amount(maximum)) {
                    found.push(("maximumDiscount", range));
                }
            }
            Discount::Fixed { amount: fixed } if !amount(fixed) => found.push(("amount", range)),
            Discount::Fixed { .. } => {}
        }
        if !(0..=MAX_PRICE).contains(&self.minimum_order) {
            let message = format!("must be between 0 and {MAX_PRICE} minor units");
            found.push(("minimumOrder", message));
        }
        if let (Some(starts), Some(ends)) = (self.starts_at, self.ends_at)
            && ends <= starts
        {
            found.push(("endsAt", "must be after startsAt".to_owned()));
        }
        for (field, uses) in [("totalUses", self.total_uses), ("usesPerCustomer", self.uses_per_customer)] {
            if uses == Some(0) {
                found.push((field, "must be at least 1".to_owned()));
            }
        }
        for (field, many) in [("products", self.products.len()), ("categories", self.categories.len())] {
            if many > MAX_SCOPE {
                found.push((field, format!("may have at most {MAX_SCOPE} entries")));
            }
        }
        found
    }

    fn covers(&self, line: &Candidate<'_>) -> bool {
        let everything = self.products.is_empty() && self.categories.is_empty();
        everything
            || self.products.contains(&line.product_id)
            || line.categories.iter().any(|category| self.categories.contains(category))
    }
}

impl Coupon {
    /// What the coupon takes off each of these lines, in their order.
    ///
    /// `used_by_customer` is how often this customer's orders carry it already.
    pub fn shares(&self, lines: &[Candidate<'_>], used_by_customer: u32, now: Time) -> Result<Vec<i64>, CouponRefusal> {
        let terms = &self.terms;
        if !terms.active {
            return Err(CouponRefusal::Inactive);
        }
        if terms.starts_at.is_some_and(|starts| now < starts) {
            return Err(CouponRefusal::NotYet);
        }
        if terms.ends_at.is_some_and(|ends| ends <= now) {
            return Err(CouponRefusal::Expired);
        }
        if terms.total_uses.is_some_and(|uses| self.used >= uses) {
            return Err(CouponRefusal::UsedUp);
        }
        if (terms.uses_per_customer).is_some_and(|uses| used_by_customer >= uses) {
            return Err(CouponRefusal::UsedByYou);
        }
        let subtotal: i64 = lines.iter().map(|line| line.total).sum();
        if subtotal < terms.minimum_order {
            let minimum = terms.minimum_order;
            return Err(CouponRefusal::BelowMinimum { minimum });
        }
        let covered: Vec<i64> = (lines.iter()).map(|line| if terms.covers(line) { line.total } else { 0 }).collect();
        let context: i64 = covered.iter().sum();
        if context == 0 {
            return Err(CouponRefusal::NothingInScope);
        }
        let off = match terms.discount {
            Discount::Fixed { amount } => amount.min(context),
            Discount::Percentage { percent, maximum } => {
                // Half a cent is the customer's.
                let off = (i128::from(context) * i128::from(percent) + 50) / 100;
                let off = i64::try_from(off).unwrap_or(context);
                off.min(maximum.unwrap_or(context)).min(context)
            }
        };
        Ok(crate::pricing::spread(off, &covered))
    }

    /// When DynamoDB may clear it away: a month after its end, in which orders that carry it may still give it back.
    pub fn gone_at(&self) -> Option<Time> {
        let month = std::time::Duration::from_hours(30 * 24);
        self.terms.ends_at.map(|ends| ends + month)
    }
}

/// By whom a coupon's uses are counted: the mailbox, signed in or not, so that a guest's order counts for the same
/// person.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CustomerKey(String);

impl CustomerKey {
    pub fn of(email: &Email) -> Self {
        Self(email.mailbox())
    }

    /// No address is this.
    pub fn nobody() -> Self {
        Self("-".to_owned())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A coupon on an order: what is given back when the order comes to nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CarriedCoupon {
    pub id: CouponId,
    pub code: CouponCode,
    /// Whose use was counted, where uses are counted by customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted_for: Option<CustomerKey>,
}

#[cfg(test)]
impl Coupon {
    /// For tests: it takes this off everything, for everybody.
    pub(crate) fn without_limits(discount: Discount, now: Time) -> Self {
        Self {
            id: CouponId::new(now, 1),
            code: CouponCode("OFF".to_owned()),
            terms: CouponTerms {
                discount,
                minimum_order: 0,
                starts_at: None,
                ends_at: None,
                total_uses: None,
                uses_per_customer: None,
                products: Vec::new(),
                categories: Vec::new(),
                active: true,
            },
            used: 0,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }
}

#[cfg(test)]
mod tests;
