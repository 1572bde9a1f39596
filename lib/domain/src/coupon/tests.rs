//! The coupon's rules by examples.

use std::time::Duration;

use proptest::prelude::{any, prop, prop_assert, prop_assert_eq, proptest};

use super::{
    Coupon, CouponCode, CouponLine, CouponRefusal, CouponTerms, CustomerCoupon, CustomerKey, Discount, TermsField,
};
use crate::email::Email;
use crate::id::{CategoryId, ProductId};
use crate::time::Time;

fn now() -> Time {
    Time::from_unix_millis(1_000_000_000)
}

fn coupon(discount: Discount) -> Coupon {
    Coupon::without_limits(discount, now())
}

fn line(n: u128, total: i64) -> CouponLine<'static> {
    CouponLine { product_id: ProductId::new(now(), n), categories: &[], total }
}

fn discounts(coupon: &Coupon, lines: &[CouponLine<'_>]) -> Result<Vec<i64>, CouponRefusal> {
    CustomerCoupon::unused(coupon).discounts(lines, now())
}

fn percent(percent: u32, maximum: Option<i64>) -> Discount {
    Discount::Percentage { percent, maximum }
}

#[test]
fn a_percentage_is_capped_and_a_fixed_amount_never_exceeds_the_order() {
    let off = |discount, totals: &[i64]| {
        let lines: Vec<_> = totals.iter().map(|&total| line(1, total)).collect();
        discounts(&coupon(discount), &lines).unwrap()
    };
    assert_eq!(off(percent(20, None), &[1000, 500]), [200, 100]);
    assert_eq!(off(percent(20, Some(90)), &[1000, 500]), [60, 30]);
    assert_eq!(off(percent(100, None), &[333]), [333]);
    assert_eq!(off(Discount::Fixed { amount: 5000 }, &[700, 300]), [700, 300]);
    assert_eq!(off(Discount::Fixed { amount: 100 }, &[1, 1, 1]), [1, 1, 1]);
}

#[test]
fn only_what_is_in_scope_is_discounted_and_the_minimum_is_the_whole_orders() {
    let (shoes, sale) = (CategoryId::new(now(), 7), [CategoryId::new(now(), 7)]);
    let mut scoped = coupon(percent(50, None));
    scoped.terms.categories = vec![shoes];
    scoped.terms.minimum_order = 1500;
    let inside = CouponLine { categories: &sale, ..line(1, 1000) };
    assert_eq!(discounts(&scoped, &[inside, line(2, 500)]), Ok(vec![500, 0]));
    assert_eq!(discounts(&scoped, &[line(2, 2000)]), Err(CouponRefusal::NothingInScope));
    assert_eq!(discounts(&scoped, &[inside]), Err(CouponRefusal::BelowMinimum { minimum: 1500 }));
    scoped.terms.products = vec![ProductId::new(now(), 2)];
    assert_eq!(discounts(&scoped, &[inside, line(2, 500)]), Ok(vec![500, 250]));
}

#[test]
fn a_coupon_is_good_within_its_time_and_its_uses() {
    let lines = [line(1, 1000)];
    let with = |change: &dyn Fn(&mut Coupon)| {
        let mut coupon = coupon(percent(10, None));
        change(&mut coupon);
        CustomerCoupon { coupon: &coupon, uses: Some(2) }.discounts(&lines, now()).map(|discounts| discounts[0])
    };
    let moment = Duration::from_millis(1);
    assert_eq!(with(&|c| c.terms.active = false), Err(CouponRefusal::Inactive));
    assert_eq!(with(&|c| c.terms.starts_at = Some(now())), Ok(100));
    let later = Some(now() + moment);
    assert_eq!(with(&|c| c.terms.starts_at = later), Err(CouponRefusal::NotYet));
    assert_eq!(with(&|c| c.terms.ends_at = later), Ok(100));
    assert_eq!(with(&|c| c.terms.ends_at = Some(now())), Err(CouponRefusal::Expired));
    assert_eq!(with(&|c| (c.terms.total_uses, c.used) = (Some(3), 2)), Ok(100));
    let used_up = with(&|c| (c.terms.total_uses, c.used) = (Some(3), 3));
    assert_eq!(used_up, Err(CouponRefusal::UsedUp));
    assert_eq!(with(&|c| c.terms.uses_per_customer = Some(3)), Ok(100));
    let mine = with(&|c| c.terms.uses_per_customer = Some(2));
    assert_eq!(mine, Err(CouponRefusal::UsedByYou));
}

#[test]
fn a_limit_for_each_customer_is_for_proven_addresses_only() {
    let mut coupon = coupon(percent(10, None));
    let unproven = |coupon: &Coupon| CustomerCoupon { coupon, uses: None }.discounts(&[line(1, 1000)], now());
    assert_eq!(unproven(&coupon), Ok(vec![100]));
    coupon.terms.uses_per_customer = Some(1);
    assert_eq!(unproven(&coupon), Err(CouponRefusal::NeedsVerifiedAddress));
    assert_eq!(discounts(&coupon, &[line(1, 1000)]), Ok(vec![100]));
    coupon.terms.active = false;
    assert_eq!(unproven(&coupon), Err(CouponRefusal::Inactive), "a coupon that nobody can use asks for nothing");
}

#[test]
fn one_persons_spellings_are_one_customer() {
    let key = |text: &str| CustomerKey::of(&Email::parse(text).unwrap());
    assert_eq!(key("Ada.L+shop@gmail.com"), key("adal@googlemail.com"));
    assert_eq!(key("ada+1@example.com"), key("ada@example.com"));
    assert_ne!(key("a.da@example.com"), key("ada@example.com"));
}

#[test]
fn terms_that_make_no_sense_are_told_by_field() {
    let fields = |change: &dyn Fn(&mut CouponTerms)| {
        let mut terms = coupon(percent(10, None)).terms;
        change(&mut terms);
        let found = terms.violations();
        found.iter().map(|(field, _)| *field).collect::<Vec<_>>()
    };
    assert!(fields(&|_| {}).is_empty());
    assert_eq!(fields(&|t| t.discount = percent(101, Some(0))), [TermsField::Percent, TermsField::MaximumDiscount]);
    assert_eq!(fields(&|t| t.discount = Discount::Fixed { amount: 0 }), [TermsField::Amount]);
    assert_eq!(fields(&|t| t.total_uses = Some(0)), [TermsField::TotalUses]);
    let backwards = fields(&|t| (t.starts_at, t.ends_at) = (Some(now()), Some(now())));
    assert_eq!(backwards, [TermsField::EndsAt]);
    assert!(CouponCode::parse("A#B").is_err() && CouponCode::parse("ab").is_err());
    assert_eq!(CouponCode::parse(" summer ").unwrap().as_str(), "SUMMER");
}

proptest! {
    #[test]
    fn no_line_gets_more_off_than_it_costs_and_shares_are_what_is_due(
        totals in prop::collection::vec(0_i64..1_000_000, 1..90),
        share in 1_u32..=100, maximum in prop::option::of(1_i64..100_000), fixed in any::<bool>(), amount in 1_i64..10_000_000,
    ) {
        let discount = if fixed { Discount::Fixed { amount } } else { percent(share, maximum) };
        let lines: Vec<_> = totals.iter().map(|&total| line(1, total)).collect();
        if let Ok(discounts) = discounts(&coupon(discount), &lines) {
            prop_assert!(discounts.iter().zip(&totals).all(|(off, total)| (0..=*total).contains(off)));
            let (off, subtotal) = (discounts.iter().sum::<i64>(), totals.iter().sum::<i64>());
            match discount {
                Discount::Fixed { amount } => prop_assert_eq!(off, amount.min(subtotal)),
                Discount::Percentage { percent, maximum } => {
                    let due = (subtotal * i64::from(percent) + 50) / 100;
                    prop_assert_eq!(off, due.min(maximum.unwrap_or(i64::MAX)));
                }
            }
        }
    }
}
