//! Reviews at the start of tests, the requests of customers and staff about them, and the check that lists, votes and
//! ratings agree with the reviews.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::Method;
use domain::access::Role;
use domain::review::Moderation;
use serde_json::{Value, json};
use stripe_stand_in::Card;

use crate::orders::{PlacedOrder, order_of};
use crate::shop::{CheckoutSettings, Person, Shop, TestRequest};
use crate::table::TestTable;

pub const REVIEWS: &str = "/api/v1/reviews";
pub const ADMIN_REVIEWS: &str = "/api/v1/admin/reviews";

/// A shop that sells `A`, and its only product.
#[derive(Debug)]
pub struct Reviewing {
    pub shop: Shop,
    pub staff: Person,
    pub product: String,
}

/// A shop that shows reviews at once, or when staff have approved them.
pub async fn reviewing(moderation: Moderation) -> Reviewing {
    let settings = CheckoutSettings { moderation, review_request_days: 7, ..CheckoutSettings::default() };
    let shop = Shop::with_settings(settings, TestTable::create().await);
    let staff = shop.staff("root@example.com", Role::Admin).await;
    let product = shop.add_product(&staff, "A", 1000, 500).await;
    let product = product["id"].as_str().expect("a product has an id").to_owned();
    Reviewing { shop, staff, product }
}

pub fn id_of(answer: &Value) -> String {
    answer["id"].as_str().expect("a review has an id").to_owned()
}

impl Shop {
    /// A signed-in customer buys a unit of a SKU that costs ten dollars.
    pub async fn buy_as(&self, person: &Person, sku: &str) -> PlacedOrder {
        let mut body = order_of(sku, 1, "payment_intent");
        body.as_object_mut().expect("an object").remove("email");
        let key = format!("{}-{sku}", person.id);
        let bought = PlacedOrder::of(self.place_order(&body, &key).by(person).send().await);
        assert!(self.pay(&bought.reference(), Card::Pays).await);
        bought
    }

    /// A guest buys a unit of a SKU that costs ten dollars.
    pub async fn buy_as_guest(&self, email: &str, sku: &str) -> PlacedOrder {
        let mut body = order_of(sku, 1, "payment_intent");
        body["email"] = json!(email);
        let bought = PlacedOrder::of(self.place_order(&body, &format!("{email}-{sku}")).send().await);
        assert!(self.pay(&bought.reference(), Card::Pays).await);
        bought
    }

    /// A customer with a proven address who bought `A`.
    pub async fn customer(&self, name: &str) -> Person {
        let person = self.register_verified(&format!("{name}@example.com")).await;
        self.buy_as(&person, "A").await;
        person
    }

    pub fn submit(&self, product: &str, stars: i64) -> TestRequest {
        self.post(REVIEWS, &json!({ "productId": product, "stars": stars, "title": format!("{stars} stars") }))
    }

    /// A new customer buys and reviews the product. Returns the customer and the id of the review.
    pub async fn reviewer(&self, name: &str, product: &str, stars: i64) -> Review {
        let author = self.customer(name).await;
        let written = self.submit(product, stars).by(&author).send().await.expect(201);
        Review { author, id: id_of(written.data()) }
    }

    pub fn edit_review(&self, id: &str, body: &Value) -> TestRequest {
        self.request(Method::PATCH, &format!("{REVIEWS}/{id}")).json(body)
    }

    pub fn delete_review(&self, id: &str) -> TestRequest {
        self.request(Method::DELETE, &format!("{REVIEWS}/{id}"))
    }

    pub fn vote(&self, method: Method, id: &str) -> TestRequest {
        self.request(method, &format!("{REVIEWS}/{id}/helpful"))
    }

    pub fn report(&self, id: &str) -> TestRequest {
        self.post(&format!("{REVIEWS}/{id}/report"), &json!({ "reason": "An advertisement" }))
    }

    pub fn approve(&self, id: &str) -> TestRequest {
        self.request(Method::POST, &format!("{ADMIN_REVIEWS}/{id}/approve")).header("if-match", "*")
    }

    pub fn reject(&self, id: &str) -> TestRequest {
        self.post(&format!("{ADMIN_REVIEWS}/{id}/reject"), &json!({ "reason": "Not about the product" }))
    }

    /// The first page of the reviews that customers see.
    pub async fn reviews_of(&self, product: &str, query: &str) -> Value {
        self.get(&format!("{REVIEWS}/product/{product}?{query}")).send().await.expect(200).json
    }

    /// Lists, votes, reports and ratings, added up again from the reviews themselves.
    #[track_caller]
    pub fn assert_reviews_agree(&self) {
        let items = self.table.items();
        let is_review = |key: &str| key.starts_with("REVIEW#") && key.ends_with(" / REVIEW");
        let mut expected = Books::default();
        for review in items.iter().filter(|(key, _)| is_review(key)).map(|(_, review)| review) {
            expected.add(review);
        }
        let mut found = Books::default();
        for (key, item) in &items {
            let (partition, place) = key.split_once(" / ").expect("two keys");
            if let Some(product) = partition.strip_prefix("REVIEWS#") {
                found.entries.insert(format!("{product}#{place}"));
            } else if partition == "REPORTEDREVIEWS" {
                found.reported.insert(place.to_owned());
            } else if let Some(product) = partition.strip_prefix("RATING#") {
                let stars = ["one", "two", "three", "four", "five"].map(|name| item[name].as_u64().unwrap_or(0));
                if stars.iter().any(|count| *count > 0) {
                    found.ratings.insert(product.to_owned(), stars);
                }
            } else if partition.starts_with("REVIEWER#") {
                let review = item["review_id"].as_str().unwrap_or_default().to_owned();
                assert!(found.written.insert(review), "{key}: two customers wrote the same review");
            } else if place.starts_with("VOTE#") && items.contains_key(&format!("{partition} / REVIEW")) {
                *found.votes.entry(partition.trim_start_matches("REVIEW#").to_owned()).or_default() += 1;
            }
        }
        assert_eq!(found, expected);
    }
}

/// A review and who wrote it.
#[derive(Debug, Clone)]
pub struct Review {
    pub author: Person,
    pub id: String,
}

#[derive(Debug, Default, PartialEq)]
struct Books {
    entries: BTreeSet<String>,
    reported: BTreeSet<String>,
    ratings: BTreeMap<String, [u64; 5]>,
    written: BTreeSet<String>,
    votes: BTreeMap<String, u64>,
}

impl Books {
    fn add(&mut self, review: &Value) {
        let text = |name: &str| review[name].as_str().unwrap_or_default().to_owned();
        let (id, product, stars) = (text("id"), text("product_id"), review["stars"].as_u64().unwrap_or(0));
        if review["state"] == "approved" {
            self.entries.insert(format!("{product}#{stars}#{id}"));
            let rating = self.ratings.entry(product).or_default();
            rating[usize::try_from(stars).unwrap_or(0) - 1] += 1;
            if review["reports"].as_u64().unwrap_or(0) > 0 {
                self.reported.insert(id.clone());
            }
        }
        if !review["author"].is_null() {
            self.written.insert(id.clone());
        }
        if let Some(votes) = review["helpful"].as_u64().filter(|votes| *votes > 0) {
            self.votes.insert(id, votes);
        }
    }
}
