//! Products at the start of tests, and the product requests of staff.

use axum::http::Method;
use domain::access::Role;
use serde_json::{Value, json};

pub use crate::orders::usd;
use crate::shop::{Person, Shop, TestRequest};

pub const PRODUCTS: &str = "/api/v1/products";

/// A shop with an admin.
pub async fn staffed() -> (Shop, Person) {
    let shop = Shop::open().await;
    let staff = shop.staff("root@example.com", Role::Admin).await;
    (shop, staff)
}

/// The body of a product without options.
pub fn shirt(sku: &str) -> Value {
    json!({ "name": format!("Shirt {sku}"), "sku": sku, "price": usd(1999), "status": "active", "stock": 7 })
}

/// The body of a product with this number of sizes.
pub fn sized(sku: &str, sizes: usize) -> Value {
    let variants: Vec<_> = (0..sizes).map(|n| size(n, &[("sku", json!(format!("{sku}-{n}")))])).collect();
    in_sizes(sku, &variants)
}

pub fn in_sizes(name: &str, variants: &[Value]) -> Value {
    json!({ "name": format!("Sized {name}"), "status": "active", "options": ["Size"], "variants": variants })
}

/// A variant of the size `n`, with these fields added or replaced.
pub fn size(n: usize, fields: &[(&str, Value)]) -> Value {
    let mut variant = json!({ "options": { "Size": n.to_string() }, "price": usd(1999), "stock": 7 });
    for (name, value) in fields {
        variant[name] = value.clone();
    }
    variant
}

pub async fn make(shop: &Shop, staff: &Person, body: &Value) -> Value {
    shop.post(PRODUCTS, body).by(staff).send().await.expect(201).data().clone()
}

pub fn path(product: &Value) -> String {
    format!("{PRODUCTS}/{}", product["id"].as_str().expect("a product has an id"))
}

pub fn change(shop: &Shop, method: Method, product: &Value, body: &Value, staff: &Person) -> TestRequest {
    shop.request(method, &path(product)).json(body).by(staff)
}
