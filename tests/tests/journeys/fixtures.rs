//! People, products and the storefront at the start of journeys.

use harness::cloud::{Cloud, Mail};
use harness::shop::{PASSWORD, Person, person};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::{Mutex, MutexGuard};

pub(crate) async fn register(cloud: &Cloud, email: &str) -> Person {
    let body = json!({ "email": email, "password": PASSWORD, "name": "Ada Lovelace" });
    person(&cloud.post("/api/v1/auth/register", None, &body).await.expect(201))
}

/// Registers a person and follows the link in the mail that confirms the address.
pub(crate) async fn register_verified(cloud: &Cloud, email: &str) -> Person {
    let person = register(cloud, email).await;
    let token = token_in(&cloud.mail(email, "Please confirm your address").await);
    cloud.post("/api/v1/auth/email/verify", Some(&person.access), &json!({ "token": token })).await.expect(200);
    person
}

/// The token of the link in a mail.
pub(crate) fn token_in(mail: &Mail) -> String {
    mail.text.split("token=").nth(1).unwrap()[..64].to_owned()
}

pub(crate) async fn staff(cloud: &Cloud, email: &str) -> Person {
    let person = register_verified(cloud, email).await;
    cloud.operate(&["make-admin", email]);
    person
}

/// The price of every product of the journeys, in cents.
pub(crate) const PRICE: i64 = 1999;

pub(crate) async fn product(cloud: &Cloud, staff: &Person, sku: &str, stock: i64) -> Value {
    let body = json!({ "name": format!("Journey {sku}"), "sku": sku, "stock": stock, "status": "active", "price": { "amount": PRICE, "currency": "usd" } });
    cloud.post("/api/v1/products", Some(&staff.access), &body).await.expect(201).data().clone()
}

pub(crate) fn path(product: &Value) -> String {
    format!("/api/v1/products/{}", product["id"].as_str().unwrap())
}

/// Only one journey at a time can listen at the shop's address.
static STOREFRONT: Mutex<()> = Mutex::const_new(());

/// A listener at the shop's address. It closes before the next journey may listen there.
pub(crate) type Storefront = (MutexGuard<'static, ()>, TcpListener);

pub(crate) async fn storefront(cloud: &Cloud) -> Storefront {
    let alone = STOREFRONT.lock().await;
    let port = cloud.origin.rsplit(':').next().unwrap();
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).await;
    (alone, listener.unwrap())
}
