//! Staff look for orders by what they are listed under when they are counted: SKUs, postal codes, telephone numbers, mail
//! addresses, names of companies and buyers, and words.

use std::collections::BTreeSet;
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::order::{code_key, phone_key};
use harness::orders::{PlacedOrder, order_of, selling_at, usd};
use harness::products::staffed;
use harness::shop::{Person, Shop};
use serde_json::json;
use store::orders::WholeOrder;
use stripe_stand_in::Card;

use crate::sales::buy_paid;
use crate::stats::count_all;
use crate::stats_repeated::recount;

async fn found(shop: &Shop, staff: &Person, query: &str) -> Vec<String> {
    let answer = shop.get(&format!("/api/v1/admin/orders?{query}")).by(staff).send().await.expect(200);
    let orders = answer.data().as_array().unwrap();
    orders.iter().map(|order| order["id"].as_str().unwrap().to_owned()).collect()
}

/// Whether these orders, and no others, are in the lists of what they are found by.
pub(crate) fn assert_listed<'a>(shop: &Shop, placed: impl Iterator<Item = &'a WholeOrder>, what: &str) {
    let places = |WholeOrder { order, purchase, .. }: &WholeOrder| {
        let id = order.id;
        let skus = order.skus(purchase).into_iter().map(|sku| format!("SKUORDERS#{sku} / {id}"));
        let codes = purchase.addresses().map(|at| format!("POSTALCODEORDERS#{} / {id}", code_key(&at.postal_code)));
        let phones = purchase.addresses().filter_map(|at| at.phone.as_deref());
        let phones = phones.map(|phone| format!("PHONEORDERS#{} / {id}", phone_key(phone)));
        let email = format!("EMAILORDERS#{} / {}#{id}", &order.email.as_str()[..2], order.email);
        let words = order.words(purchase).into_iter().map(|word| format!("WORDORDERS#{word} / {id}"));
        skus.chain(codes).chain(phones).chain([email]).chain(words).collect::<Vec<_>>()
    };
    let lists = ["SKUORDERS#", "POSTALCODEORDERS#", "PHONEORDERS#", "EMAILORDERS#", "WORDORDERS#"];
    let listed: BTreeSet<String> = lists.iter().flat_map(|list| shop.table.items_under(list).into_keys()).collect();
    assert_eq!(listed, placed.flat_map(places).collect(), "{what}");
}

#[tokio::test]
async fn orders_are_found_by_the_sku_of_an_item_with_other_filters_and_by_pages() {
    let (shop, staff) = selling_at(1000, 20).await;
    shop.add_product(&staff, "B-1", 1000, 20).await;
    let mut ids = Vec::new();
    for (n, (sku, is_paid)) in [("A", true), ("B-1", true), ("A", false), ("A", false)].into_iter().enumerate() {
        let key = format!("k-{n}");
        let bought = PlacedOrder::of(shop.place_order(&order_of(sku, 1, "payment_intent"), &key).send().await);
        assert!(!is_paid || shop.pay(&bought.reference(), Card::Pays).await);
        ids.push(bought.id);
        shop.later(Duration::from_mins(1));
    }
    assert!(found(&shop, &staff, "sku=A").await.is_empty(), "a message of each is on its way");
    count_all(&shop).await;
    let first = "from=2026-11-20T10:00:00Z&to=2026-11-20T10:01:00Z";
    for (query, places) in [
        ("sku=A", vec![3, 2, 0]),
        ("sku=a&order=oldest", vec![0, 2, 3]),
        ("sku=b-1", vec![1]),
        ("sku=A-1", vec![]),
        ("sku=A&limit=2", vec![3, 2]),
        // Entries of the list are read until an order fits.
        ("sku=A&status=paid&limit=1", vec![0]),
        ("sku=A&status=shipped&limit=1", vec![]),
        ("sku=A&email=ada@example.com", vec![3, 2, 0]),
        ("sku=A&email=eve@example.com", vec![]),
        (&format!("sku=A&{first}"), vec![0]),
        (&format!("sku=B-1&{first}"), vec![]),
    ] {
        let wanted: Vec<&String> = places.iter().map(|&place| &ids[place]).collect();
        assert_eq!(found(&shop, &staff, query).await.iter().collect::<Vec<_>>(), wanted, "{query}");
    }
    let page = shop.get("/api/v1/admin/orders?sku=A&limit=2").by(&staff).send().await.expect(200);
    let next = page.json["pagination"]["nextCursor"].as_str().unwrap();
    assert_eq!(found(&shop, &staff, &format!("sku=A&limit=2&cursor={next}")).await, [ids[0].as_str()]);
}

#[tokio::test]
async fn an_order_is_found_by_what_its_items_were_exchanged_for() {
    let (shop, staff) = staffed().await;
    let variant =
        |sku: &str, size: &str| json!({ "sku": sku, "price": usd(1000), "stock": 3, "options": { "Size": size } });
    let variants = [variant("M", "Medium"), variant("L", "Large")];
    let shirt = json!({ "name": "Shirt", "status": "active", "options": ["Size"], "variants": variants });
    shop.post("/api/v1/products", &shirt).by(&staff).send().await.expect(201);
    let bought = buy_paid(&shop, "M", 1, "k-1").await;
    for status in ["shipped", "delivered"] {
        shop.update_order(&bought, &staff, &json!({ "status": status })).send().await.expect(200);
    }
    count_all(&shop).await;
    let line = &bought.whole["items"][0]["id"];
    let item = json!({ "id": line, "quantity": 1, "reason": "does_not_fit", "exchangeFor": "L" });
    let request = shop.post(&format!("{}/returns", bought.path()), &json!({ "kind": "return", "items": [item] }));
    let request = request.header("order-token", &bought.token).header("idempotency-key", "r-1");
    let id = request.send().await.expect(201).data()["id"].as_str().unwrap().to_owned();
    let step = |what: &str| shop.return_step(&bought, &staff, &id, what);
    step("approve").send().await.expect(200);
    count_all(&shop).await;
    for query in ["sku=L", "q=large"] {
        assert!(found(&shop, &staff, query).await.is_empty(), "the goods are not back");
    }
    let came = json!({ "items": [{ "id": line, "returned": 1, "restocked": 1 }] });
    step("complete").json(&came).send().await.expect(200);
    count_all(&shop).await;
    for query in ["sku=L", "sku=M", "q=shirt+large", "q=medium"] {
        assert_eq!(found(&shop, &staff, query).await, [bought.id.as_str()], "{query}");
    }
}

#[tokio::test]
async fn a_guests_order_is_listed_when_it_is_confirmed() {
    let (shop, staff) = selling_at(1000, 20).await;
    let placed = PlacedOrder::of(shop.place_order(&order_of("A", 1, "cash_on_delivery"), "k-1").send().await);
    count_all(&shop).await;
    assert!(found(&shop, &staff, "sku=A").await.is_empty());
    shop.confirm(&placed).await.send().await.expect(200);
    count_all(&shop).await;
    assert_eq!(found(&shop, &staff, "sku=A").await, [placed.id]);
}

#[tokio::test]
async fn a_repair_of_the_figures_lists_orders_from_before_there_were_these_lists() {
    let (shop, staff) = selling_at(1000, 20).await;
    let bought = buy_paid(&shop, "A", 1, "k-1").await;
    let unconfirmed = shop.place_order(&order_of("A", 1, "cash_on_delivery"), "k-2").send().await;
    unconfirmed.expect(201);
    count_all(&shop).await;
    let lists = ["SKUORDERS#", "POSTALCODEORDERS#", "EMAILORDERS#", "WORDORDERS#"];
    let listed = || lists.map(|list| shop.table.items_under(list).into_keys().collect::<Vec<_>>());
    let before = listed();
    for place in before.iter().flatten() {
        let (partition, sort) = place.split_once(" / ").unwrap();
        let delete = shop.table.client.delete_item().table_name("kontor");
        let text = |text: &str| AttributeValue::S(text.to_owned());
        delete.key("PK", text(partition)).key("SK", text(sort)).send().await.unwrap();
    }
    recount(&shop, false).await;
    assert_eq!(listed(), [const { Vec::<String>::new() }; 4], "it only compares");
    let repaired = recount(&shop, true).await;
    assert_eq!((repaired.orders, repaired.outdated), (2, 0));
    assert_eq!(listed(), before);
    assert_eq!(found(&shop, &staff, "sku=A").await, [bought.id]);
}

#[tokio::test]
async fn orders_are_found_by_what_a_caller_knows() {
    let (shop, staff) = selling_at(1000, 20).await;
    let mut ids = Vec::new();
    let billing = json!({
        "name": "Grace Hopper", "company": "Ärzte & Söhne GmbH", "line1": "1 Navy Way", "city": "London",
        "postalCode": "SW1A 1AA", "country": "GB", "phone": "(020) 79460958",
    });
    for (n, (email, code, phone, billing)) in [
        ("ada@example.com", "10117", Some("+49 30 1234567"), None),
        ("adam@example.com", "10117", Some("030-1234567"), Some(billing)),
        ("eve@example.com", "10-119", None, None),
    ]
    .into_iter()
    .enumerate()
    {
        let mut body = order_of("A", 1, "payment_intent");
        body["email"] = json!(email);
        body["shippingAddress"]["postalCode"] = json!(code);
        body["shippingAddress"]["phone"] = json!(phone);
        if let Some(billing) = billing {
            body["billingAddress"] = billing;
        }
        ids.push(PlacedOrder::of(shop.place_order(&body, &format!("k-{n}")).send().await).id);
        shop.later(Duration::from_mins(1));
    }
    assert!(found(&shop, &staff, "postalCode=10117").await.is_empty(), "a message of each is on its way");
    count_all(&shop).await;
    for (query, places) in [
        ("postalCode=10117", vec![1, 0]),
        ("postalCode=10117&order=oldest", vec![0, 1]),
        ("postalCode=10117&to=2026-11-20T10:01:00Z", vec![0]),
        ("postalCode=10119", vec![2]),
        ("postalCode=sw1a1aa", vec![1]),
        ("postalCode=1011", vec![]),
        ("phone=030%201234567", vec![1, 0]),
        ("phone=1234567&email=adam@example.com", vec![1]),
        ("phone=%2B44%2020%207946%200958", vec![1]),
        ("phone=34567", vec![]),
        ("emailPrefix=ada", vec![0, 1]),
        ("emailPrefix=ADA@ex", vec![0]),
        ("emailPrefix=ada&limit=1&status=pending", vec![0]),
        ("emailPrefix=ev", vec![2]),
        ("emailPrefix=example.com", vec![]),
        ("name=arzte", vec![1]),
        ("name=grace", vec![1]),
        ("name=hopper", vec![1]),
        ("name=gmbh", vec![]),
        // The name, or the mail address.
        ("q=ada", vec![2, 1, 0]),
        ("q=adam", vec![1]),
        ("q=1234567", vec![1, 0]),
        ("q=10117&order=oldest", vec![0, 1]),
        ("q=10117&limit=1", vec![1]),
        ("q=sw1a%201aa", vec![1]),
        ("q=%C3%A4rzte%20%26%20s", vec![1]),
    ] {
        let wanted: Vec<&String> = places.iter().map(|&place| &ids[place]).collect();
        assert_eq!(found(&shop, &staff, query).await.iter().collect::<Vec<_>>(), wanted, "{query}");
    }
}

#[tokio::test]
async fn orders_are_found_by_all_of_the_words_that_staff_have() {
    let (shop, staff) = selling_at(1000, 20).await;
    let variant = json!({ "sku": "TEE", "price": usd(1000), "stock": 3, "options": { "Size": "Large/Tall" } });
    let shirt = json!({ "name": "Harbour T-Shirt", "status": "active", "options": ["Size"], "variants": [variant] });
    shop.post("/api/v1/products", &shirt).by(&staff).send().await.expect(201);
    shop.coupon(&staff, &json!({ "code": "SUMMER-20", "percent": 20 })).await;
    let mut shirts = order_of("TEE", 1, "payment_intent");
    shirts["couponCode"] = json!("summer-20");
    shirts["note"] = json!("Please leave it\nwith the neighbour, Mr. Müller!");
    shirts["shippingAddress"]["line1"] = json!("Straße des 17.Juni/135");
    let mut things = order_of("A", 1, "payment_intent");
    things["vatNumber"] = json!("DE123456789");
    things["shippingAddress"]["city"] = json!("Sankt Peter-Ording");
    let (mut ids, mut numbers) = (Vec::new(), Vec::new());
    for (n, body) in [shirts, things].iter().enumerate() {
        let placed = PlacedOrder::of(shop.place_order(body, &format!("k-{n}")).send().await);
        numbers.push(placed.whole["number"].as_str().unwrap().to_owned());
        ids.push(placed.id);
        shop.later(Duration::from_mins(1));
    }
    assert!(found(&shop, &staff, "q=ording").await.is_empty(), "a message of each is on its way");
    count_all(&shop).await;
    let part = &numbers[1][7..];
    for (words, places) in [
        ("lovelace", vec![1, 0]),
        ("berlin", vec![0]),
        ("SHIRT", vec![0]),
        ("t-shirt large", vec![0]),
        ("tall", vec![0]),
        ("large/tall", vec![0]),
        ("harbour", vec![1, 0]),
        ("harbour street", vec![1]),
        ("strasse juni", vec![0]),
        ("Ada Juni Shirt", vec![0]),
        ("shirt ording", vec![]),
        ("shir", vec![]),
        ("peter ording", vec![1]),
        ("summer-20", vec![0]),
        ("muller", vec![0]),
        ("DE 123 456 789", vec![1]),
        ("de123456789", vec![1]),
        (part, vec![1]),
        ("261120", vec![1, 0]),
    ] {
        let wanted: Vec<&String> = places.iter().map(|&place| &ids[place]).collect();
        let query = format!("q={}", words.replace(' ', "+"));
        assert_eq!(found(&shop, &staff, &query).await.iter().collect::<Vec<_>>(), wanted, "{words}");
    }
}

#[tokio::test]
async fn an_order_is_found_once_by_names_that_begin_alike() {
    let (shop, staff) = selling_at(1000, 20).await;
    let mut body = order_of("A", 1, "payment_intent");
    body["shippingAddress"]["name"] = json!("Ann Anders");
    body["shippingAddress"]["company"] = json!("Andromeda");
    body["billingAddress"] = body["shippingAddress"].clone();
    body["billingAddress"]["name"] = json!("Andrea Angel");
    let order = PlacedOrder::of(shop.place_order(&body, "k-1").send().await);
    count_all(&shop).await;
    for beginning in ["an", "ann", "and", "anders", "andr", "andrea", "angel", "andrea%20angel"] {
        assert_eq!(found(&shop, &staff, &format!("name={beginning}")).await, [order.id.as_str()], "{beginning}");
    }
}
