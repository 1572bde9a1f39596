//! One test for each refusal of the checkout's transactions, each showing that nothing was written.

use std::time::Duration;

use domain::cart::{Cart, CartOwner};
use domain::coupon::Coupon;
use domain::id::{EventId, OrderId, TransactionId, UserId};
use domain::stock::StockDelta;
use store::carts::CartChanged;
use store::coupons::{CouponConflict, CouponWithUse};
use store::orders::{OrderConflict, Placement, SideEffects};

use crate::fixtures::orders::{OrderFixture, code, coupon, paid};
use crate::fixtures::{entry, later, now, refused, sku};

#[tokio::test]
async fn an_order_is_refused_if_anything_changed_since_it_was_read() {
    let fixture = OrderFixture::open().await;
    let store = &fixture.table.store;
    let before = fixture.table.items();
    // Fewer are available than when it was decided.
    let mut placement = fixture.placement(60);
    let mut level = fixture.level.clone();
    level.available = 40;
    let decided = level.adjust(StockDelta { available: -30, reserved: 30 }).unwrap();
    placement.side_effects.moves = vec![(level, decided)];
    let outcome = store.place_order(&placement).await;
    refused(&fixture.table, &before, outcome, OrderConflict::Stock(sku("A")));
    // The coupon is another one of that code, or its terms changed.
    for other in [coupon(2), Coupon { version: 2, ..coupon(1) }] {
        let read = CouponWithUse { coupon: other, ..fixture.coupon.clone() };
        let placement = Placement { coupon: Some(&read), ..fixture.placement(60) };
        let outcome = store.place_order(&placement).await;
        refused(&fixture.table, &before, outcome, OrderConflict::Coupon);
    }
    // The cart changed.
    let cart = Cart { change: EventId::new(now(), 999), ..fixture.cart.clone() };
    let placement = Placement { carts: &[cart], ..fixture.placement(60) };
    let outcome = store.place_order(&placement).await;
    refused(&fixture.table, &before, outcome, OrderConflict::Cart);
}

#[tokio::test]
async fn an_order_is_refused_if_another_one_of_its_buyer_came_first() {
    let fixture = OrderFixture::open().await;
    let store = &fixture.table.store;
    let stale = fixture.unpaid().await;
    fixture.place().await;
    let before = fixture.table.items();
    let mut placed = fixture.placed.clone();
    placed.order.id = OrderId::new(now(), 2);
    let with = |unpaid| Placement {
        placed: &placed,
        carts: &[],
        coupon: None,
        side_effects: SideEffects { unpaid, ..SideEffects::NONE },
        ..fixture.placement(75)
    };
    let outcome = store.place_order(&with(stale)).await;
    refused(&fixture.table, &before, outcome, OrderConflict::Unpaid);
    store.place_order(&with(fixture.unpaid().await)).await.unwrap();
    let listed = fixture.table.items_under("UNPAID#");
    assert!(
        listed.values().all(|list| list["change"] == format!("{}-1", placed.order.id)),
        "what is current is written"
    );
}

#[tokio::test]
async fn the_same_order_the_same_request_and_a_used_coupon_refuse_an_order() {
    let fixture = OrderFixture::open().await;
    fixture.place().await;
    let store = &fixture.table.store;
    let before = fixture.table.items();
    let without_cart = |n| Placement { carts: &[], ..fixture.placement(n) };
    let outcome = store.place_order(&without_cart(70)).await;
    refused(&fixture.table, &before, outcome, OrderConflict::Changed);
    let mut placed = fixture.placed.clone();
    placed.order.id = OrderId::new(now(), 2);
    let mut again = Placement { placed: &placed, ..without_cart(71) };
    let outcome = store.place_order(&again).await;
    refused(&fixture.table, &before, outcome, OrderConflict::Coupon);
    again.coupon = None;
    let outcome = store.place_order(&again).await;
    refused(&fixture.table, &before, outcome, OrderConflict::AlreadyDone);
}

#[tokio::test]
async fn a_transition_is_refused_on_another_version_and_for_an_event_that_was_applied() {
    let fixture = OrderFixture::open().await;
    let order = fixture.pay().await;
    let store = &fixture.table.store;
    let before = fixture.table.items();
    let stale = paid(&fixture.placed.order);
    let token = TransactionId::new(now(), 80);
    let nothing = SideEffects::NONE;
    let outcome = store.commit_transition(token, &fixture.placed.order, &stale, None, &nothing);
    refused(&fixture.table, &before, outcome.await, OrderConflict::Changed);
    let note = order.noted("Seen", domain::order::Actor::Shop, later());
    let side_effects = SideEffects { provider_event: Some("evt_1".into()), ..SideEffects::NONE };
    let token = TransactionId::new(now(), 81);
    let outcome = store.commit_transition(token, &order, &note, None, &side_effects).await;
    refused(&fixture.table, &before, outcome, OrderConflict::AlreadyDone);
}

#[tokio::test]
async fn a_return_of_a_coupon_use_is_refused_after_the_coupon_was_deleted() {
    let fixture = OrderFixture::open().await;
    fixture.place().await;
    let store = &fixture.table.store;
    let order = &fixture.placed.order;
    let carried = order.coupon.as_ref().unwrap();
    let coupon_return = store.coupon_return(carried).await.unwrap();
    let read = store.coupon(&code()).await.unwrap().unwrap();
    store.delete_coupon(&read, &entry(9, "coupon.delete")).await.unwrap();
    let before = fixture.table.items();
    let expired = order.expired(now() + Duration::from_hours(96)).unwrap();
    let side_effects = SideEffects { moves: vec![fixture.shift(2, -2)], ..SideEffects::NONE };
    let token = TransactionId::new(now(), 90);
    let outcome = store.commit_transition(token, order, &expired, Some(&coupon_return), &side_effects).await;
    refused(&fixture.table, &before, outcome, OrderConflict::Coupon);
    let gone = store.coupon_return(carried).await.unwrap();
    let token = TransactionId::new(now(), 91);
    store.commit_transition(token, order, &expired, Some(&gone), &side_effects).await.unwrap();
    let level = store.stock_level(&sku("A")).await.unwrap().unwrap();
    assert_eq!((level.available, level.reserved), (9, 0));
}

#[tokio::test]
async fn a_change_decided_on_an_older_cart_or_coupon_is_refused() {
    let fixture = OrderFixture::open().await;
    let store = &fixture.table.store;
    let before = fixture.table.items();
    let stale = Cart { change: EventId::new(now(), 999), ..fixture.cart.clone() };
    let next = stale.clone().next_version(EventId::new(now(), 95), later());
    refused(&fixture.table, &before, store.save_cart(&stale, &next).await, CartChanged);
    let owner = CartOwner::User(UserId::new(now(), 1));
    let mine = Cart::empty(owner, EventId::new(now(), 96), now());
    let merged = mine.merged(&fixture.cart).next_version(EventId::new(now(), 97), later());
    let outcome = store.merge_carts(&mine, &merged, &stale).await;
    refused(&fixture.table, &before, outcome, CartChanged);
    let (user, variant) = (UserId::new(now(), 1), fixture.cart.lines[0].variant_id);
    let not_on_list = store.move_wishlist_item(user, variant, &mine, &merged).await;
    refused(&fixture.table, &before, not_on_list, CartChanged);
    let taken = store.add_coupon(&coupon(2), &entry(2, "coupon.create")).await;
    refused(&fixture.table, &before, taken, CouponConflict::Taken);
    let old = Coupon { version: 7, ..coupon(1) };
    let edited = store.edit_coupon(&old, &coupon(1), &entry(3, "coupon.edit")).await;
    refused(&fixture.table, &before, edited, CouponConflict::Changed);
    let deleted = store.delete_coupon(&old, &entry(4, "coupon.delete")).await;
    refused(&fixture.table, &before, deleted, CouponConflict::Changed);
}
