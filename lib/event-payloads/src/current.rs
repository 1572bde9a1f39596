//! Reads the object of an event as it is now.

use std::sync::Arc;

use checkout::order_body::OrderBody;
use checkout::return_body::ReturnBody;
use domain::id::{BrandId, CategoryId, OrderId, ProductId, ReturnId, ReviewId, UserId};
use domain::order::Actor;
use domain::public_event::{EventObject, PublicEvent};
use domain::sku::Sku;
use domain::taxonomy::TermId;
use domain::time::Time;
use kit::http::user::StaffUserBody;
use products::Taxonomies;
use products::product_body::ProductBody;
use products::review_body::WholeReviewBody;
use products::stock_body::StockLevelBody;
use products::term_body::TermBody;
use serde::Serialize;
use store::{Store, StoreError};

use crate::payload::{PayloadError, text};

/// Makes the payloads of events. An instance keeps the names of categories and brands for half a minute, as the API does.
#[derive(Debug, Clone)]
pub struct Payloads {
    store: Store,
    taxonomies: Taxonomies,
    /// The base URL of public images.
    images_url: Arc<str>,
}

/// An object as it is now.
#[derive(Debug)]
pub(crate) struct Current {
    pub(crate) sequence: u64,
    pub(crate) data: Data,
}

/// The body that the API answers to staff about an object.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Data {
    Order(Box<OrderBody>),
    Product(Box<ProductBody>),
    Term(Box<TermBody>),
    Stock(Box<StockLevelBody>),
    Customer(Box<StaffUserBody>),
    Review(Box<WholeReviewBody>),
    Return(Box<ReturnBody>),
}

impl Payloads {
    pub fn new(store: Store, images_url: &str) -> Self {
        Self { taxonomies: Taxonomies::new(store.clone()), store, images_url: images_url.into() }
    }

    /// The payload of an event. Each try reads the object again, so a second delivery can tell more than the first one.
    pub async fn render(&self, event: &PublicEvent, now: Time) -> Result<String, PayloadError> {
        let current = self.current(&event.object, now).await?;
        text(event, current.as_ref())
    }

    /// `None` if the object is gone.
    async fn current(&self, object: &EventObject, now: Time) -> Result<Option<Current>, StoreError> {
        match object {
            EventObject::Order(id) => self.order(*id).await,
            EventObject::Product(id) => Box::pin(self.product(*id, now)).await,
            EventObject::Category(id) => self.term::<CategoryId>(*id).await,
            EventObject::Brand(id) => self.term::<BrandId>(*id).await,
            EventObject::Stock(sku) => self.stock(sku).await,
            EventObject::Customer(id) => self.customer(*id, now).await,
            EventObject::Review { review_id, .. } => self.review(*review_id).await,
            EventObject::Return { order_id, return_id } => self.goods_return(*order_id, *return_id).await,
        }
    }

    async fn order(&self, id: OrderId) -> Result<Option<Current>, StoreError> {
        let whole = self.store.whole_order(id).await?;
        Ok(whole.map(|whole| Current {
            sequence: whole.order.version,
            data: Data::Order(Box::new(OrderBody::whole(&whole, &self.images_url, Actor::Shop))),
        }))
    }

    async fn product(&self, id: ProductId, now: Time) -> Result<Option<Current>, StoreError> {
        let Some(product) = self.store.product(id).await? else {
            return Ok(None);
        };
        let skus: Vec<Sku> = product.variants.iter().map(|variant| variant.sku.clone()).collect();
        let (levels, sales, rating, categories, brands) = tokio::try_join!(
            self.store.stock_levels(&skus),
            self.store.sales(std::slice::from_ref(&product.id)),
            self.store.rating(product.id),
            self.taxonomies.categories_with(&product.categories, now),
            self.taxonomies.brands_with(product.brand.as_slice(), now),
        )?;
        let sales = sales.get(&id).cloned().unwrap_or_default();
        let body = ProductBody::of(&product, rating, &self.images_url, true).with_names(&product, &categories, &brands);
        let body = body.with_levels(&levels).with_sales(&sales, now);
        // Both only grow: one with changes of the product, one with its stock bands.
        let sequence = product.version + product.stock_version;
        Ok(Some(Current { sequence, data: Data::Product(Box::new(body)) }))
    }

    async fn term<I: TermId>(&self, id: I) -> Result<Option<Current>, StoreError> {
        let branch = self.store.branch_of(id).await?;
        Ok(branch.find(id).map(|term| Current {
            sequence: term.version,
            data: Data::Term(Box::new(TermBody::of(&branch, term, &self.images_url))),
        }))
    }

    async fn stock(&self, sku: &Sku) -> Result<Option<Current>, StoreError> {
        let level = self.store.stock_level(sku).await?;
        Ok(level
            .map(|level| Current { sequence: level.version, data: Data::Stock(Box::new(StockLevelBody::of(&level))) }))
    }

    async fn review(&self, id: ReviewId) -> Result<Option<Current>, StoreError> {
        let review = self.store.review(id).await?;
        Ok(review.map(|review| Current {
            sequence: review.version,
            data: Data::Review(Box::new(WholeReviewBody::of(&review, &self.images_url))),
        }))
    }

    async fn goods_return(&self, order: OrderId, id: ReturnId) -> Result<Option<Current>, StoreError> {
        let found = self.store.order_return(order, id).await?;
        Ok(found.map(|found| Current { sequence: found.version, data: Data::Return(Box::new(ReturnBody::of(&found))) }))
    }

    async fn customer(&self, id: UserId, now: Time) -> Result<Option<Current>, StoreError> {
        let user = self.store.user(id).await?;
        Ok(user.map(|user| Current {
            sequence: user.version,
            data: Data::Customer(Box::new(StaffUserBody::of(&user, &self.images_url, now))),
        }))
    }
}
