//! What tests of the till have in common: something to sell, somebody who buys it, and what must hold whatever
//! happened.

use axum::http::Method;
use serde_json::{Value, json};
use stripe_stand_in::Card;

use crate::shop::{Answer, Ask, Person, Shop};

pub const ORDERS: &str = "/api/v1/orders";

pub fn usd(amount: i64) -> Value {
    json!({ "amount": amount, "currency": "usd" })
}

/// An address in a country that the shop of the tests ships to.
pub fn address() -> Value {
    json!({ "name": "Ada Lovelace", "line1": "1 Harbour Street", "city": "Berlin", "postalCode": "10115", "country": "DE" })
}

/// An order that a guest would send; without an item it is of the cart.
pub fn guest_order(email: &str, method: &str) -> Value {
    json!({ "email": email, "shippingAddress": address(), "paymentMethod": method })
}

/// A guest's order of one thing.
pub fn order_of(sku: &str, quantity: u32, method: &str) -> Value {
    let mut body = guest_order("ada@example.com", method);
    body["item"] = json!({ "sku": sku, "quantity": quantity });
    body
}

/// An order as its buyer holds it.
#[derive(Debug, Clone)]
pub struct Bought {
    pub id: String,
    pub token: String,
    pub payment: Value,
    pub whole: Value,
}

impl Bought {
    #[track_caller]
    pub fn of(answer: Answer) -> Self {
        let answer = answer.expect(201);
        let whole = answer.data().clone();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Self { id: text(&whole["id"]), token: text(&whole["token"]), payment: whole["payment"].clone(), whole }
    }

    pub fn path(&self) -> String {
        format!("{ORDERS}/{}", self.id)
    }

    /// The intent or session that can be paid.
    pub fn reference(&self) -> String {
        reference(&self.payment)
    }
}

/// What a payment's handle opens: the intent of its secret, the session of its page.
pub fn reference(payment: &Value) -> String {
    let secret = payment["clientSecret"].as_str().map(|secret| {
        let (intent, _) = secret.split_once("_secret_").expect("a client secret");
        intent.to_owned()
    });
    let url = payment["checkoutUrl"].as_str();
    let session = url.map(|url| url.rsplit('/').next().unwrap_or_default().to_owned());
    secret.or(session).expect("a way to pay")
}

impl Shop {
    /// Something is for sale at this price.
    pub async fn sell(&self, staff: &Person, sku: &str, price: i64, stock: i64) -> Value {
        let body = json!({ "name": format!("Thing {sku}"), "sku": sku, "price": usd(price), "status": "active", "stock": stock });
        let made = self.post("/api/v1/products", &body).by(staff).send().await;
        made.expect(201).data().clone()
    }

    pub async fn coupon(&self, staff: &Person, body: &Value) {
        let made = self.post("/api/v1/coupons", body).by(staff).send().await;
        made.expect(201);
    }

    pub fn place(&self, body: &Value, key: &str) -> Ask {
        self.post(ORDERS, body).header("idempotency-key", key)
    }

    /// So many of something into a cart: whose, the caller says.
    pub fn put_in(&self, sku: &str, quantity: u32) -> Ask {
        let body = json!({ "sku": sku, "quantity": quantity });
        self.post("/api/v1/cart/items", &body)
    }

    /// A guest's cart with so many of something; its token.
    pub async fn cart_of(&self, sku: &str, quantity: u32) -> String {
        let answer = self.put_in(sku, quantity).send().await.expect(200);
        answer.data()["token"].as_str().expect("a new cart has a token").to_owned()
    }

    pub fn guest_get(&self, bought: &Bought, path: &str) -> Ask {
        let ask = self.get(&format!("{}{path}", bought.path()));
        ask.header("order-token", &bought.token)
    }

    /// The order as its buyer sees it.
    pub async fn seen(&self, bought: &Bought) -> Value {
        let seen = self.guest_get(bought, "").send().await;
        seen.expect(200).data().clone()
    }

    pub fn cancel(&self, bought: &Bought) -> Ask {
        let ask = self.post(&format!("{}/cancel", bought.path()), &json!({}));
        ask.header("order-token", &bought.token)
    }

    /// `way` is `create-intent` or `checkout-session`.
    pub fn open_payment(&self, bought: &Bought, way: &str) -> Ask {
        let body = json!({ "orderId": bought.id });
        let ask = self.post(&format!("/api/v1/payments/{way}"), &body);
        ask.header("order-token", &bought.token)
    }

    pub fn refund(&self, bought: &Bought, staff: &Person, body: &Value, key: &str) -> Ask {
        let payment = bought.id.replace("ord_", "pay_");
        let ask = self.post(&format!("/api/v1/payments/{payment}/refunds"), body);
        ask.by(staff).header("idempotency-key", key)
    }

    pub fn advance(&self, bought: &Bought, staff: &Person, body: &Value) -> Ask {
        let path = format!("/api/v1/admin/orders/{}", bought.id);
        self.ask(Method::PATCH, &path).json(body).by(staff)
    }

    /// The buyer pays, and Stripe tells the shop.
    pub async fn pay(&self, reference: &str, card: Card) -> bool {
        let before = self.stripe.events().len();
        let paid = self.stripe.pay(reference, card);
        for event in &self.stripe.events()[before..] {
            self.hear(event).await.expect(200);
        }
        paid
    }

    /// What there is of something: on hand, of which so much is reserved.
    pub fn stock(&self, sku: &str) -> (i64, i64) {
        let key = format!("STOCK#{sku} / STOCK");
        let item = self.table.items().remove(&key).expect("stock of it");
        let number = |name: &str| item[name].as_i64().expect("a number");
        (number("available") + number("reserved"), number("reserved"))
    }
}
