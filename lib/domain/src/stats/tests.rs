use proptest::prelude::{Just, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest};

use super::{Contribution, Counter, FirstOrder, Place, Sale, Subject};
use crate::calendar::{Day, ShopZone};
use crate::coupon::CouponCode;
use crate::id::{OrderId, ProductId};
use crate::time::Time;

fn place() -> impl Strategy<Value = Place> {
    let subject = prop_oneof![
        Just(Subject::Shop),
        (0_u128..3).prop_map(|n| Subject::Product(ProductId::new(Time::from_unix_millis(1), n))),
        Just(Subject::Coupon(CouponCode::parse("SUMMER-20").unwrap())),
    ];
    (1_u8..5, subject).prop_map(|(day, subject)| {
        let day = Day::parse(&format!("2026-11-{day:02}")).unwrap();
        Place { day, subject }
    })
}

fn contribution() -> impl Strategy<Value = Contribution> {
    let amount = (place(), 0..Counter::ALL.len(), -5_i64..5);
    proptest::collection::vec(amount, 0..12).prop_map(|amounts| {
        let mut made = Contribution::default();
        for (place, counter, amount) in amounts {
            made.add(&place, Counter::ALL[counter], amount);
        }
        made
    })
}

proptest! {
    #[test]
    fn figures_get_to_any_others_by_their_difference(from in contribution(), to in contribution()) {
        let mut sum = from.clone();
        sum.add_all(&from.to(&to));
        prop_assert_eq!(&sum, &to);
        prop_assert!(to.to(&to).is_empty());
    }

    #[test]
    fn a_contribution_survives_its_text(made in contribution()) {
        let text = serde_json::to_string(&made).unwrap();
        prop_assert_eq!(serde_json::from_str::<Contribution>(&text).unwrap(), made);
    }

    #[test]
    fn the_first_order_of_a_customer_is_the_same_in_whatever_order_they_are_seen(
        mut paid in proptest::collection::vec((0_i64..5, any::<u128>()), 1..6),
        turn in 0_usize..6,
    ) {
        let first = |orders: &[(i64, u128)]| {
            let mut known: Option<FirstOrder> = None;
            let mut days = Contribution::default();
            for &(at, random) in orders {
                let at = Time::from_unix_millis(at * 86_400_000);
                let next = FirstOrder::after(known.as_ref(), OrderId::new(at, random), Sale { paid_at: at }, &ShopZone::UTC);
                if let Some(next) = next {
                    if let Some(known) = &known {
                        days.add_to_day(known.day, Counter::NewCustomers, -1);
                    }
                    days.add_to_day(next.day, Counter::NewCustomers, 1);
                    known = Some(next);
                }
            }
            (known.map(|first| first.order_id), days)
        };
        let one = first(&paid);
        let turn = turn % paid.len();
        paid.rotate_left(turn);
        prop_assert_eq!(&first(&paid), &one);
        paid.extend(paid.clone());
        prop_assert_eq!(&first(&paid), &one);
        prop_assert_eq!(one.1.len(), 1);
    }
}

#[test]
fn a_change_of_too_many_places_is_made_in_parts() {
    let mut whole = Contribution::default();
    for day in 1..=7 {
        whole.add_to_day(Day::parse(&format!("2026-11-{day:02}")).unwrap(), Counter::Refunds, 100);
    }
    let (mut made, mut parts) = (Contribution::default(), 0);
    while made != whole {
        let part = made.to(&whole).first(3);
        made.add_all(&part);
        parts += 1;
    }
    assert_eq!((parts, whole.clone().first(7), whole.clone().first(9)), (3, whole.clone(), whole));
}

#[test]
fn every_counter_has_a_name_of_its_own() {
    for &counter in Counter::ALL {
        assert_eq!(Counter::try_from(String::from(counter)), Ok(counter));
    }
    assert!(Counter::try_from("of_a_newer_version".to_owned()).is_err());
    for bad in ["", "2026-11-20 product", "2026-11-20 product prd_1", "2026-11-20 country DE", "product"] {
        assert!(Place::try_from(bad.to_owned()).is_err(), "{bad}");
    }
}
