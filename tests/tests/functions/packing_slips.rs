//! Packing slips of one order, and of many in one file.

use domain::id::OrderId;
use domain::mail_language::MailLanguage;
use harness::functions::seller;
use harness::orders::{PlacedOrder, selling_at};
use harness::shop::Shop;
use pdf_documents::{PackingSlip, SlipLine};
use serde_json::json;

use crate::sales::{buy_paid, returns};

/// The packing slips of these orders, with so many units of `A`.
async fn slips<const N: usize>(shop: &Shop, orders: [(&PlacedOrder, u32); N]) -> String {
    let mut addresses = Vec::new();
    for (bought, _) in orders {
        let purchase = shop.store().purchase(OrderId::parse(&bought.id).unwrap()).await.unwrap().unwrap();
        addresses.push(purchase.shipping);
    }
    let seller = seller();
    let slip = |n: usize| PackingSlip {
        seller: &seller,
        language: MailLanguage::ENGLISH,
        order_number: orders[n].0.whole["number"].as_str().unwrap(),
        address: &addresses[n],
        shipping_method: Some("Standard"),
        lines: vec![SlipLine { name: "Thing A", options: &[], sku: "A", quantity: orders[n].1 }],
        made_at: shop.now().to_string(),
    };
    let file = PackingSlip::render(&(0..N).map(slip).collect::<Vec<_>>()).unwrap();
    String::from_utf8_lossy(&file).into_owned()
}

#[tokio::test]
async fn a_packing_slip_is_for_one_parcel_or_for_what_is_still_to_be_sent() {
    let (shop, staff) = selling_at(1000, 50).await;
    let bought = buy_paid(&shop, "A", 5, "k-1").await;
    let path = format!("/api/v1/admin/orders/{}/packing-slip", bought.id);
    let ask = |query: &str| shop.get(&format!("{path}{query}")).by(&staff).send();
    assert_eq!(ask("").await.expect(200).text, slips(&shop, [(&bought, 5)]).await);
    let one = json!({ "items": returns(&bought, 1), "reason": "Sold out" });
    shop.refund(&bought, &staff, &one, "r-1").send().await.expect(201);
    let sent = shop.send_parcel(&bought, &staff, &json!({ "items": returns(&bought, 3) }), "p-1").send().await;
    let first = sent.expect(201).data()["parcels"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(ask("").await.expect(200).text, slips(&shop, [(&bought, 1)]).await, "the open rest");
    assert_eq!(ask(&format!("?parcel={first}")).await.expect(200).text, slips(&shop, [(&bought, 3)]).await);
    shop.send_parcel(&bought, &staff, &json!({}), "p-2").send().await.expect(201);
    ask("").await.expect_problem(409, "nothing_to_send");
    assert_eq!(ask(&format!("?parcel={first}")).await.expect(200).text, slips(&shop, [(&bought, 3)]).await);
    ask("?parcel=pcl_01M7XEBF1GJ9S2EBBH215VRVD3").await.expect_problem(404, "parcel_not_found");
    for bad in ["?parcel=1", "?parcel=", "?order=1"] {
        ask(bad).await.expect_problem(400, "validation_failed");
    }
}

#[tokio::test]
async fn the_packing_slips_of_many_orders_are_one_file() {
    let (shop, staff) = selling_at(1000, 50).await;
    let first = buy_paid(&shop, "A", 2, "k-1").await;
    let sent = buy_paid(&shop, "A", 1, "k-2").await;
    let last = buy_paid(&shop, "A", 3, "k-3").await;
    let unpaid = shop.buy(1, "k-4").await;
    shop.send_parcel(&sent, &staff, &json!({}), "p-1").send().await.expect(201);
    let ask = |ids: &[&str]| shop.get(&format!("/api/v1/admin/orders/packing-slips?ids={}", ids.join(",")));
    let made = ask(&[&last.id, &sent.id, &unpaid.id, &first.id, &last.id]).by(&staff).send().await.expect(200);
    assert_eq!(made.header("content-type"), "application/pdf");
    assert_eq!(made.header("content-disposition"), "attachment; filename=\"packing-slips.pdf\"");
    assert_eq!(made.text, slips(&shop, [(&last, 3), (&first, 2)]).await, "in their order, each once");
    assert!(made.text.contains("/Count 2"), "a page for each");
    let entries = shop.get("/api/v1/audit?action=order.read").by(&staff).send().await.expect(200);
    let mut read: Vec<&str> =
        entries.data().as_array().unwrap().iter().map(|entry| entry["subject"].as_str().unwrap()).collect();
    read.sort_unstable();
    assert_eq!(read, [&first.id, &sent.id, &last.id, &unpaid.id]);
    ask(&[&sent.id, &unpaid.id]).by(&staff).send().await.expect_problem(409, "nothing_to_send");
    let nobody = "ord_01M7W6C3804Q9PV3Y1B8S4HJET";
    let refused = ask(&[&first.id, nobody]).by(&staff).send().await.expect_problem(404, "order_not_found");
    assert!(refused.json["message"].as_str().unwrap().contains(nobody));
    let eve = shop.register("eve@example.com").await;
    ask(&[&first.id]).by(&eve).send().await.expect_problem(403, "forbidden");
    let ids: Vec<String> = (0..51).map(|n| OrderId::new(shop.now(), n).to_string()).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    for bad in [&[][..], &[""], &["1"], &[&first.id, ""], &ids] {
        let refused = ask(bad).by(&staff).send().await;
        assert_eq!(refused.expect_problem(400, "validation_failed").fields(), ["ids"], "{bad:?}");
    }
    ask(&ids[1..]).by(&staff).send().await.expect_problem(404, "order_not_found");
}

#[tokio::test]
async fn nothing_is_packed_of_an_order_whose_money_went_back_at_the_provider() {
    let (shop, staff) = selling_at(1000, 50).await;
    let bought = buy_paid(&shop, "A", 2, "k-1").await;
    shop.stripe.refund_in_dashboard(&bought.reference(), bought.whole["total"]["amount"].as_i64().unwrap());
    shop.deliver_events().await;
    let seen = shop.read_order(&bought).await;
    assert_eq!((&seen["status"], &seen["items"][0]["toSend"]), (&json!("refunded"), &json!(0)));
    let path = format!("/api/v1/admin/orders/{}/packing-slip", bought.id);
    shop.get(&path).by(&staff).send().await.expect_problem(409, "nothing_to_send");
}
