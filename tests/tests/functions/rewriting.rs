//! `kontor rewrite`: items of older shapes become items of today, and a change at the same moment wins.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use harness::interruptions::Outcome;
use harness::orders::{PlacedOrder, guest_order, selling};
use harness::shop::Shop;
use ops::rewrite::{RewriteOptions, rewrite};
use serde_json::json;
use store::rewrite::ScanPlace;

fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

/// A shop with an order as an older version wrote it: what has to be closed at Stripe is a text, not a list.
async fn shop_with_old_order() -> (Shop, String) {
    let (shop, _) = selling().await;
    let token = shop.cart_of("A", 1).await;
    let placed =
        shop.place_order(&guest_order("ada@example.com", "payment_intent"), "k-1").header("cart-token", &token);
    let id = PlacedOrder::of(placed.send().await).id;
    let key = HashMap::from([("PK".to_owned(), text(&format!("ORDER#{id}"))), ("SK".to_owned(), text("ORDER"))]);
    let change = shop.table.client.update_item().table_name("kontor").set_key(Some(key));
    let change =
        change.update_expression("SET payment.closing = :one").expression_attribute_values(":one", text("pi_old"));
    change.send().await.unwrap();
    (shop, id)
}

fn options(is_dry_run: bool) -> RewriteOptions {
    RewriteOptions { is_dry_run, rate: u32::MAX, after: None }
}

#[tokio::test]
async fn an_item_of_an_older_shape_is_read_and_rewritten_once_and_nothing_else_changes() {
    let (shop, id) = shop_with_old_order().await;
    let order = domain::id::OrderId::parse(&id).unwrap();
    let read = shop.store().order(order).await.unwrap().unwrap();
    assert_eq!(read.payment.closing, ["pi_old"]);
    let before = shop.table.items();
    let dry = rewrite(shop.store(), &options(true), |_| {}).await.unwrap();
    assert_eq!((dry.older, dry.read), (1, before.len() as u64));
    assert_eq!(shop.table.items(), before);
    let done = rewrite(shop.store(), &options(false), |_| {}).await.unwrap();
    assert_eq!((done.older, done.overtaken), (1, 0));
    let mut expected = before;
    expected.get_mut(&format!("ORDER#{id} / ORDER")).unwrap()["payment"]["closing"] = json!(["pi_old"]);
    assert_eq!(shop.table.items(), expected);
    assert_eq!(shop.store().order(order).await.unwrap().unwrap(), read);
    assert_eq!(rewrite(shop.store(), &options(false), |_| {}).await.unwrap().older, 0);
}

#[tokio::test]
async fn a_change_at_the_same_moment_wins_over_the_rewriting() {
    let (shop, id) = shop_with_old_order().await;
    let (client, pk) = (shop.table.client.clone(), format!("ORDER#{id}"));
    let others = async move {
        let change = client.update_item().table_name("kontor").key("PK", text(&pk)).key("SK", text("ORDER"));
        let change =
            change.update_expression("SET payment.#ref = :ref").expression_attribute_names("#ref", "reference");
        change.expression_attribute_values(":ref", text("pi_new")).send().await.unwrap();
    };
    // Between the scan, which is two points, and the update.
    let options = options(false);
    let run = Box::pin(rewrite(shop.store(), &options, |_| {}));
    let Outcome::Finished(done) = shop.table.network.interruptions.interrupt_at(2, others, run).await else {
        panic!("there was nothing to rewrite");
    };
    let done = done.unwrap();
    assert_eq!((done.older, done.overtaken), (0, 1));
    let item = &shop.table.items()[&format!("ORDER#{id} / ORDER")];
    assert_eq!((&item["payment"]["reference"], &item["payment"]["closing"]), (&json!("pi_new"), &json!("pi_old")));
    assert_eq!(rewrite(shop.store(), &options, |_| {}).await.unwrap().older, 1);
}

#[tokio::test]
async fn an_interrupted_run_goes_on_at_the_place_that_it_named() {
    let (shop, _) = shop_with_old_order().await;
    let (mut place, mut older, mut read) = (None, 0, 0);
    loop {
        let step = shop.store().rewrite_some(place.as_ref(), 3, false).await.unwrap();
        older += step.older;
        read += step.read;
        // As the operator copies it from the terminal.
        let Some(next) = step.next.map(|next| ScanPlace::parse(&next.to_string()).unwrap()) else {
            break;
        };
        place = Some(next);
    }
    assert_eq!((older, read), (1, shop.table.items().len() as u64));
}
