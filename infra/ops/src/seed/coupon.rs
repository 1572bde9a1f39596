//! A coupon to try: ten percent off, for everybody.

use domain::coupon::{Coupon, CouponCode, CouponTerms, Discount};
use domain::time::Time;
use kit::runtime::ids::Ids;
use store::Commit;
use store::audit::AuditEntry;

use crate::Failure;
use crate::stack::Stack;

pub(super) async fn seed(stack: &Stack, ids: &Ids, now: Time) -> Result<String, Failure> {
    let coupon = Coupon {
        id: ids.coupon(now),
        code: CouponCode::parse("WELCOME10")?,
        terms: CouponTerms {
            discount: Discount::Percentage { percent: 10, maximum: None },
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
    };
    let entry = AuditEntry {
        id: ids.audit(now),
        at: now,
        actor: None,
        action: "coupon.create".to_owned(),
        subject: coupon.code.to_string(),
        before: None,
        after: Some("seed".to_owned()),
    };
    match stack.store.add_coupon(&coupon, &entry).await {
        Ok(()) | Err(Commit::Refused(_)) => Ok(format!("coupon {}", coupon.code)),
        Err(Commit::Store(error)) => Err(error.into()),
    }
}
