//! A coupon to try: ten percent off, for everybody.

use domain::coupon::{Coupon, CouponCode, CouponTerms, Discount};
use domain::time::Time;
use kit::runtime::ids::Ids;
use store::Commit;
use store::audit::AuditChange;

use crate::Failure;
use crate::stack::Stack;

pub(super) async fn seed(stack: &Stack, ids: &Ids, now: Time) -> Result<String, Failure> {
    let coupon = Coupon {
        id: ids.coupon(now),
        code: CouponCode::parse("WELCOME10")?,
        terms: CouponTerms::new(Discount::Percentage { percent: 10, maximum: None }),
        used: 0,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let change = AuditChange { before: None, after: Some("seed".to_owned()) };
    let entry = ids.audit_entry(None, "coupon.create", &coupon.code, change, now);
    match stack.store.add_coupon(&coupon, &entry).await {
        Ok(()) | Err(Commit::Refused(_)) => Ok(format!("coupon {}", coupon.code)),
        Err(Commit::Store(error)) => Err(error.into()),
    }
}
