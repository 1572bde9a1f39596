//! A shop that reminds customers of their carts, and what they do with these.

use std::time::Duration;

use axum::http::Method;
use domain::access::Role;
use domain::cart_reminder::ReminderDelay;
use domain::id::EventId;
use kit::runtime::links::LinkKeys;
use serde_json::{Value, json};

use crate::settings::CheckoutSettings;
use crate::shop::{Answer, Person, Shop, TestRequest};
use crate::table::TestTable;

/// How long this shop leaves a cart alone.
pub const DELAY: Duration = Duration::from_hours(24);

/// Such a shop, with five units of `A` and of `B` at ten dollars, and a member of staff.
pub async fn reminding() -> (Shop, Person) {
    let delay = ReminderDelay::parse("24").expect("a delay");
    let settings = CheckoutSettings { cart_reminders: delay, ..CheckoutSettings::default() };
    stocked(Shop::with_settings(settings, TestTable::create().await)).await
}

/// The same, but it reminds nobody.
pub async fn not_reminding() -> (Shop, Person) {
    stocked(Shop::with_settings(CheckoutSettings::default(), TestTable::create().await)).await
}

async fn stocked(shop: Shop) -> (Shop, Person) {
    let staff = shop.staff("root@example.com", Role::Admin).await;
    for sku in ["A", "B"] {
        shop.add_product(&staff, sku, 1000, 5).await;
    }
    (shop, staff)
}

impl Shop {
    /// A customer with a proven address who agreed to be reminded of carts.
    pub async fn who_agreed(&self, email: &str) -> Person {
        let person = self.register_verified(email).await;
        self.agree(&person, true).await;
        person
    }

    pub async fn agree(&self, person: &Person, agrees: bool) {
        let body = json!({ "preferences": { "carts": agrees } });
        self.request(Method::PATCH, "/api/v1/users/me").json(&body).by(person).send().await.expect(200);
    }

    pub async fn fill_cart(&self, person: &Person, sku: &str, quantity: u32) {
        self.add_to_cart(sku, quantity).by(person).send().await.expect(200);
    }

    pub fn empty_cart(&self, person: &Person) -> TestRequest {
        self.request(Method::DELETE, "/api/v1/cart").by(person)
    }

    /// SKUs and quantities in the answer.
    pub fn lines_of(cart: &Answer) -> Vec<(String, u64)> {
        let items = cart.data()["items"].as_array().expect("a cart has items");
        let line = |item: &Value| (item["sku"].as_str().map(str::to_owned), item["quantity"].as_u64());
        items.iter().map(line).map(|(sku, quantity)| (sku.unwrap_or_default(), quantity.unwrap_or_default())).collect()
    }

    /// The token of the link in the newest mail about a cart, as the mailer computes it.
    pub async fn restore_token(&self) -> String {
        let outbox = self.table.items_under("OUTBOX#");
        let newest = outbox.values().rfind(|item| item["event"]["type"] == "cart.reminder_due").expect("such an event");
        let id = newest["id"].as_str().and_then(|id| EventId::parse(id).ok()).expect("an event's id");
        self.restore_token_of(id).await
    }

    pub async fn restore_token_of(&self, event: EventId) -> String {
        LinkKeys::new(self.secrets.clone(), "link").key(self.now()).await.expect("the link key").restore_cart(event)
    }

    pub fn restore_cart(&self, token: &str) -> TestRequest {
        self.post("/api/v1/cart/restore", &json!({ "token": token }))
    }
}
