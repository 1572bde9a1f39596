//! Products, carts and orders at the start of tests, and the requests of buyers and staff for them.

use axum::http::Method;
use domain::id::OrderId;
use serde_json::{Value, json};
use stripe_stand_in::Card;

use crate::products::staffed;
use crate::shop::{Answer, Person, Shop, TestRequest};

pub const ORDERS: &str = "/api/v1/orders";

pub fn usd(amount: i64) -> Value {
    json!({ "amount": amount, "currency": "usd" })
}

/// An address in a country that the test shop ships to.
pub fn address() -> Value {
    json!({ "name": "Ada Lovelace", "line1": "1 Harbour Street", "city": "Berlin", "postalCode": "10115", "country": "DE" })
}

/// The body that adds this address to an address book. `kind` is `shipping` or `billing`.
pub fn book_address(kind: &str) -> Value {
    let mut body = address();
    body["type"] = json!(kind);
    body
}

/// The body of a guest's order. It has no item, so it orders the cart.
pub fn guest_order(email: &str, method: &str) -> Value {
    json!({ "email": email, "shippingAddress": address(), "paymentMethod": method })
}

/// The body of a guest's order of one SKU that costs ten dollars.
pub fn order_of(sku: &str, quantity: u32, method: &str) -> Value {
    order_at(1000, sku, quantity, method)
}

/// The body of a guest's order of one SKU at this price.
pub fn order_at(price: i64, sku: &str, quantity: u32, method: &str) -> Value {
    let mut body = guest_order("ada@example.com", method);
    body["item"] = json!({ "sku": sku, "quantity": quantity, "price": usd(price) });
    body
}

/// An order as the answer to its buyer has it.
#[derive(Debug, Clone)]
pub struct PlacedOrder {
    pub id: String,
    pub token: String,
    pub payment: Value,
    pub whole: Value,
}

impl PlacedOrder {
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

    /// The id of the payment intent or session that can be paid.
    pub fn reference(&self) -> String {
        reference(&self.payment)
    }
}

/// The id at Stripe of an opened payment: of the intent in its client secret, or of the session of its page.
pub fn reference(payment: &Value) -> String {
    let secret = payment["clientSecret"].as_str().map(|secret| {
        let (intent, _) = secret.split_once("_secret_").expect("a client secret");
        intent.to_owned()
    });
    let url = payment["checkoutUrl"].as_str();
    let session = url.map(|url| url.rsplit('/').next().unwrap_or_default().to_owned());
    secret.or(session).expect("a way to pay")
}

/// A shop with five units of `A` at ten dollars.
pub async fn selling() -> (Shop, Person) {
    selling_at(1000, 5).await
}

/// A shop with this stock of `A` at this price.
pub async fn selling_at(price: i64, stock: i64) -> (Shop, Person) {
    let (shop, staff) = staffed().await;
    shop.add_product(&staff, "A", price, stock).await;
    (shop, staff)
}

/// Adds a shipping address to a person's address book and returns its id.
pub async fn home_of(shop: &Shop, person: &Person) -> String {
    let made = shop.post("/api/v1/users/me/addresses", &book_address("shipping")).by(person).send().await.expect(201);
    made.data()["id"].as_str().expect("an address has an id").to_owned()
}

impl Shop {
    /// Adds an active product with this price, as staff.
    pub async fn add_product(&self, staff: &Person, sku: &str, price: i64, stock: i64) -> Value {
        let body = json!({ "name": format!("Thing {sku}"), "sku": sku, "price": usd(price), "status": "active", "stock": stock });
        self.post("/api/v1/products", &body).by(staff).send().await.expect(201).data().clone()
    }

    pub async fn coupon(&self, staff: &Person, body: &Value) {
        self.post("/api/v1/coupons", body).by(staff).send().await.expect(201);
    }

    /// A guest orders units of `A`, to pay with Stripe's elements.
    pub async fn buy(&self, quantity: u32, key: &str) -> PlacedOrder {
        PlacedOrder::of(self.place_order(&order_of("A", quantity, "payment_intent"), key).send().await)
    }

    pub fn place_order(&self, body: &Value, key: &str) -> TestRequest {
        self.post(ORDERS, body).header("idempotency-key", key)
    }

    /// Adds units to a cart. The caller chooses the cart with a header.
    pub fn add_to_cart(&self, sku: &str, quantity: u32) -> TestRequest {
        let body = json!({ "sku": sku, "quantity": quantity });
        self.post("/api/v1/cart/items", &body)
    }

    /// Makes a guest's cart with these units and returns its token.
    pub async fn cart_of(&self, sku: &str, quantity: u32) -> String {
        let answer = self.add_to_cart(sku, quantity).send().await.expect(200);
        answer.data()["token"].as_str().expect("a new cart has a token").to_owned()
    }

    pub fn get_as_guest(&self, bought: &PlacedOrder, path: &str) -> TestRequest {
        self.get(&format!("{}{path}", bought.path())).header("order-token", &bought.token)
    }

    /// The order as its buyer sees it.
    pub async fn read_order(&self, bought: &PlacedOrder) -> Value {
        self.get_as_guest(bought, "").send().await.expect(200).data().clone()
    }

    pub fn cancel(&self, bought: &PlacedOrder) -> TestRequest {
        self.post(&format!("{}/cancel", bought.path()), &json!({})).header("order-token", &bought.token)
    }

    /// The guest follows the link in the mail that asks to confirm the order.
    pub async fn confirm(&self, bought: &PlacedOrder) -> TestRequest {
        let id = OrderId::parse(&bought.id).expect("an order's id");
        let key = self.checkout.access.links.key(self.now()).await.expect("the link key");
        self.post(&format!("{ORDERS}/confirm"), &json!({ "token": key.confirm_order(id) }))
    }

    /// `way` is `create-intent` or `checkout-session`.
    pub fn open_payment(&self, bought: &PlacedOrder, way: &str) -> TestRequest {
        let body = json!({ "orderId": bought.id });
        self.post(&format!("/api/v1/payments/{way}"), &body).header("order-token", &bought.token)
    }

    pub fn refund(&self, bought: &PlacedOrder, staff: &Person, body: &Value, key: &str) -> TestRequest {
        let payment = bought.id.replace("ord_", "pay_");
        self.post(&format!("/api/v1/payments/{payment}/refunds"), body).by(staff).header("idempotency-key", key)
    }

    pub fn update_order(&self, bought: &PlacedOrder, staff: &Person, body: &Value) -> TestRequest {
        let path = format!("/api/v1/admin/orders/{}", bought.id);
        self.request(Method::PATCH, &path).json(body).by(staff)
    }

    pub fn send_parcel(&self, bought: &PlacedOrder, staff: &Person, body: &Value, key: &str) -> TestRequest {
        let path = format!("/api/v1/admin/orders/{}/parcels", bought.id);
        self.post(&path, body).by(staff).header("idempotency-key", key)
    }

    /// Staff go a step on with a return, such as `approve`.
    pub fn return_step(&self, bought: &PlacedOrder, staff: &Person, id: &str, step: &str) -> TestRequest {
        let path = format!("/api/v1/admin/orders/{}/returns/{id}/{step}", bought.id);
        self.request(Method::POST, &path).by(staff)
    }

    /// The buyer pays, and Stripe sends its events to the shop.
    pub async fn pay(&self, reference: &str, card: Card) -> bool {
        let before = self.stripe.events().len();
        let paid = self.stripe.pay(reference, card);
        for event in &self.stripe.events()[before..] {
            self.deliver_event(event).await.expect(200);
        }
        paid
    }

    /// The stock of a SKU: the units on hand, and how many of them are reserved.
    pub fn stock(&self, sku: &str) -> (i64, i64) {
        let key = format!("STOCK#{sku} / STOCK");
        let item = self.table.items().remove(&key).expect("stock of it");
        let number = |name: &str| item[name].as_i64().expect("a number");
        (number("available") + number("reserved"), number("reserved"))
    }
}
