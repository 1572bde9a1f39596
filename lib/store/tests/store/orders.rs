//! Exact shapes of the checkout's items: a cart, a coupon, an order and its changes.

use domain::id::{CategoryId, ImageId, RefundId, UserId};
use domain::order::RefundRequest;
use domain::product::{Image, Offer};
use harness::table::TestTable;
use store::orders::SideEffects;

use crate::fixtures::orders::OrderFixture;
use crate::fixtures::{later, now, save, sku, with_term};

#[tokio::test]
async fn a_cart_and_a_coupon_before_they_are_an_order() {
    let fixture = OrderFixture::open().await;
    insta::assert_snapshot!(fixture.shape(&["CART#", "COUPON", "STOCK#A / STOCK"]));
}

#[tokio::test]
async fn an_order_that_was_placed() {
    let fixture = OrderFixture::open().await;
    fixture.place().await;
    let parts =
        ["ORDER#", "CART#", "COUPON", "IDEM#", "STOCK#A / STOCK", "UNPAID#", "OUTBOX#evt_01M7W6C3800000000000000"];
    insta::assert_snapshot!(fixture.shape(&parts));
}

#[tokio::test]
async fn an_order_that_was_paid_and_partly_refunded() {
    let fixture = OrderFixture::open().await;
    let order = fixture.pay().await;
    let request = RefundRequest {
        id: RefundId::new(now(), 1),
        amount: Some(500),
        shipping: 0,
        lines: Vec::new(),
        restock: false,
        paid_otherwise: false,
        reason: "Late".into(),
        by: UserId::new(now(), 2).into(),
    };
    let refund = order.refund(&fixture.placed.purchase, &request, later()).unwrap();
    fixture.commit(63, &order, &refund, &SideEffects::NONE).await;
    insta::assert_snapshot!(fixture.shape(&["ORDER#", "CHARGE#", "STRIPE#", "STOCK#A / STOCK"]));
}

#[tokio::test]
async fn the_attributes_read_for_carts_and_orders_are_all_that_an_offer_has() {
    let mut saving = save(1, "shirt", "A", 9);
    saving.after.description = "Long.".into();
    saving.after.categories = vec![CategoryId::new(now(), 2)];
    saving.after.images =
        vec![Image { id: ImageId::new(now(), 3), alt: "A shirt".into(), width: 10, height: 20, shows: None }];
    saving.after.deleted_at = Some(later());
    let table = TestTable::create().await;
    with_term(&table, CategoryId::new(now(), 2)).await;
    table.store.save_product(&saving).await.unwrap();
    let products_and_stock = table.store.products_and_stock(&[saving.after.id], &[sku("A")]).await.unwrap();
    let (level, _) = saving.added[0].clone();
    assert_eq!(products_and_stock.offers, [Offer::from(saving.after)]);
    assert_eq!(products_and_stock.levels, [level]);
}
