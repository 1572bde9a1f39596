//! Coupons: the discount that a code gives, for whom, when and how often.
//!
//! These rules decide on a coupon that was read before. The transaction of the order counts its use, and makes sure
//! that it is not used too often.

mod state;

use serde::{Deserialize, Serialize};
pub use state::CouponState;

use crate::email::Email;
use crate::id::{CategoryId, CouponId, ProductId};
use crate::money::allocate;
use crate::product::MAX_PRICE;
use crate::time::Time;
use crate::user::User;

/// The largest number of products, and of categories, that a coupon can be limited to.
pub const MAX_SCOPE: usize = 100;

/// Codes are not case-sensitive.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CouponCode(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 3 to 40 characters: A-Z, 0-9, hyphen and underscore, such as SUMMER-20")]
pub struct InvalidCode;

impl CouponCode {
    pub const MIN_LENGTH: usize = 3;
    pub const MAX_LENGTH: usize = 40;

    pub fn parse(text: &str) -> Result<Self, InvalidCode> {
        Self::spelled(text, Self::MIN_LENGTH).map(Self).ok_or(InvalidCode)
    }

    /// The beginning of codes that are looked for.
    pub fn parse_beginning(text: &str) -> Result<String, InvalidCodeBeginning> {
        Self::spelled(text, 1).ok_or(InvalidCodeBeginning)
    }

    fn spelled(text: &str, min: usize) -> Option<String> {
        let text = text.trim();
        let valid = (min..=Self::MAX_LENGTH).contains(&text.len())
            && text.bytes().all(|c| c.is_ascii_alphanumeric() || b"-_".contains(&c));
        valid.then(|| text.to_ascii_uppercase())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must have 1 to 40 letters, numbers, - and _")]
pub struct InvalidCodeBeginning;

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
    /// 1 to 100 percent, but not more than `maximum` minor units.
    Percentage {
        percent: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        maximum: Option<i64>,
    },
    /// In minor units.
    Fixed { amount: i64 },
}

/// A field of the terms, as staff set it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TermsField {
    Percent,
    MaximumDiscount,
    Amount,
    MinimumOrder,
    EndsAt,
    TotalUses,
    UsesPerCustomer,
    Products,
    Categories,
}

/// What staff can set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CouponTerms {
    pub discount: Discount,
    /// The smallest order that the coupon is valid for, before the discount.
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
    /// The coupon is for these products and the products of these categories; for all if both are empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub products: Vec<ProductId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<CategoryId>,
    pub active: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coupon {
    /// Distinguishes this coupon from an earlier one with the same code.
    pub id: CouponId,
    pub code: CouponCode,
    #[serde(flatten)]
    pub terms: CouponTerms,
    /// The number of orders that use it now.
    pub used: u32,
    /// Each change of the terms raises it; uses do not.
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
    /// A limit for each customer would mean little if anybody could name any address.
    #[error("this coupon is for signed-in customers with a confirmed mail address")]
    NeedsVerifiedAddress,
    #[error("you have already used this coupon as often as allowed")]
    UsedByYou,
    #[error("the order is too small for this coupon")]
    BelowMinimum { minimum: i64 },
    /// Or the products that it is for cost nothing. The use is not spent.
    #[error("this coupon is for other products")]
    NothingInScope,
}

impl CouponRefusal {
    /// The error code of the API.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Inactive => "coupon_inactive",
            Self::NotYet => "coupon_not_yet_valid",
            Self::Expired => "coupon_expired",
            Self::UsedUp => "coupon_used_up",
            Self::NeedsVerifiedAddress => "coupon_needs_verified_address",
            Self::UsedByYou => "coupon_used_by_you",
            Self::BelowMinimum { .. } => "coupon_minimum_not_met",
            Self::NothingInScope => "coupon_not_applicable",
        }
    }
}

/// What the coupon rules need to know about an order line.
#[derive(Debug, Clone, Copy)]
pub struct CouponLine<'a> {
    pub product_id: ProductId,
    /// The product's categories and all their parents.
    pub categories: &'a [CategoryId],
    pub total: i64,
}

impl CouponTerms {
    /// A discount without limits: on everything, for everybody, always.
    pub fn new(discount: Discount) -> Self {
        Self {
            discount,
            minimum_order: 0,
            starts_at: None,
            ends_at: None,
            total_uses: None,
            uses_per_customer: None,
            products: Vec::new(),
            categories: Vec::new(),
            active: true,
        }
    }

    /// The fields that are not valid, alone or together, with the reason.
    pub fn violations(&self) -> Vec<(TermsField, String)> {
        let mut found = Vec::new();
        let amount = |amount: i64| (1..=MAX_PRICE).contains(&amount);
        let range = format!("must be between 1 and {MAX_PRICE} minor units");
        match self.discount {
            Discount::Percentage { percent, maximum } => {
                if !(1..=100).contains(&percent) {
                    found.push((TermsField::Percent, "must be between 1 and 100".to_owned()));
                }
                if maximum.is_some_and(|maximum| !amount(maximum)) {
                    found.push((TermsField::MaximumDiscount, range));
                }
            }
            Discount::Fixed { amount: fixed } if !amount(fixed) => found.push((TermsField::Amount, range)),
            Discount::Fixed { .. } => {}
        }
        if !(0..=MAX_PRICE).contains(&self.minimum_order) {
            let message = format!("must be between 0 and {MAX_PRICE} minor units");
            found.push((TermsField::MinimumOrder, message));
        }
        if let (Some(starts), Some(ends)) = (self.starts_at, self.ends_at)
            && ends <= starts
        {
            found.push((TermsField::EndsAt, "must be after the start".to_owned()));
        }
        for (field, uses) in
            [(TermsField::TotalUses, self.total_uses), (TermsField::UsesPerCustomer, self.uses_per_customer)]
        {
            if uses == Some(0) {
                found.push((field, "must be at least 1".to_owned()));
            }
        }
        for (field, many) in
            [(TermsField::Products, self.products.len()), (TermsField::Categories, self.categories.len())]
        {
            if many > MAX_SCOPE {
                found.push((field, format!("may have at most {MAX_SCOPE} entries")));
            }
        }
        found
    }

    /// Uses are counted by customer, so the customer's address must be proven.
    pub fn needs_verified_address(&self) -> bool {
        self.uses_per_customer.is_some()
    }

    fn covers(&self, line: &CouponLine<'_>) -> bool {
        let everything = self.products.is_empty() && self.categories.is_empty();
        everything
            || self.products.contains(&line.product_id)
            || line.categories.iter().any(|category| self.categories.contains(category))
    }
}

/// A coupon and the number of this customer's orders that use it already.
#[derive(Debug, Clone, Copy)]
pub struct CustomerCoupon<'a> {
    pub coupon: &'a Coupon,
    /// `None`: the customer's address is not proven.
    pub uses: Option<u32>,
}

impl<'a> CustomerCoupon<'a> {
    /// The customer did not use it before.
    pub fn unused(coupon: &'a Coupon) -> Self {
        Self { coupon, uses: Some(0) }
    }

    /// The discount of each line, in the order of the lines.
    pub fn discounts(&self, lines: &[CouponLine<'_>], now: Time) -> Result<Vec<i64>, CouponRefusal> {
        let terms = &self.coupon.terms;
        if !terms.active {
            return Err(CouponRefusal::Inactive);
        }
        if terms.starts_at.is_some_and(|starts| now < starts) {
            return Err(CouponRefusal::NotYet);
        }
        if terms.ends_at.is_some_and(|ends| ends <= now) {
            return Err(CouponRefusal::Expired);
        }
        if terms.total_uses.is_some_and(|uses| self.coupon.used >= uses) {
            return Err(CouponRefusal::UsedUp);
        }
        match (terms.uses_per_customer, self.uses) {
            (Some(_), None) => return Err(CouponRefusal::NeedsVerifiedAddress),
            (Some(allowed), Some(uses)) if uses >= allowed => return Err(CouponRefusal::UsedByYou),
            _ => {}
        }
        let subtotal: i64 = lines.iter().map(|line| line.total).sum();
        if subtotal < terms.minimum_order {
            return Err(CouponRefusal::BelowMinimum { minimum: terms.minimum_order });
        }
        let covered: Vec<i64> = (lines.iter()).map(|line| if terms.covers(line) { line.total } else { 0 }).collect();
        let covered_total: i64 = covered.iter().sum();
        if covered_total == 0 {
            return Err(CouponRefusal::NothingInScope);
        }
        let discount = match terms.discount {
            Discount::Fixed { amount } => amount,
            Discount::Percentage { percent, maximum } => {
                // Half a cent is rounded up, in favour of the customer.
                let exact = (i128::from(covered_total) * i128::from(percent) + 50) / 100;
                let exact = i64::try_from(exact).unwrap_or(covered_total);
                exact.min(maximum.unwrap_or(covered_total))
            }
        };
        Ok(allocate(discount.min(covered_total), &covered))
    }
}

impl Coupon {
    /// When DynamoDB may delete it: a month after its end, because orders may still return their use until then.
    pub fn expires_at(&self) -> Option<Time> {
        let month = std::time::Duration::from_hours(30 * 24);
        self.terms.ends_at.map(|ends| ends + month)
    }
}

/// A coupon counts uses by mailbox, so that an order counts for the same person with or without an account.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CustomerKey(String);

impl CustomerKey {
    pub fn of(email: &Email) -> Self {
        Self(email.mailbox())
    }

    /// Not the key of any mail address.
    pub fn nobody() -> Self {
        Self("-".to_owned())
    }

    /// The key of a user who proved to own their address.
    pub fn proven(user: &User) -> Option<Self> {
        user.email_verified.then(|| Self::of(&user.email))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The coupon of an order. If the order is cancelled or expires, its use is returned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppliedCoupon {
    pub id: CouponId,
    pub code: CouponCode,
    /// The customer whose use was counted, if the coupon counts uses by customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted_for: Option<CustomerKey>,
}

#[cfg(test)]
impl Coupon {
    /// For tests.
    pub(crate) fn without_limits(discount: Discount, now: Time) -> Self {
        Self {
            id: CouponId::new(now, 1),
            code: CouponCode("OFF".to_owned()),
            terms: CouponTerms::new(discount),
            used: 0,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }
}

#[cfg(test)]
mod tests;
