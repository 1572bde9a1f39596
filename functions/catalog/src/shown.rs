//! How a product is shown: its body with the names of its categories and its brand, and its entity tag.

use axum::http::HeaderValue;
use domain::product::Product;
use domain::time::Time;
use kit::http::etag;
use kit::http::problem::Problem;
use products::product_body::ProductBody;

use crate::App;

/// A product's answer and its entity tag.
#[derive(Debug)]
pub(crate) struct ShownProduct {
    pub(crate) body: ProductBody,
    pub(crate) tag: HeaderValue,
}

impl App {
    /// A product as it is shown, with the names of its categories and its brand, and with its rating. They count in its
    /// tag, because they change without it.
    pub(crate) async fn show(&self, product: &Product, to_staff: bool, now: Time) -> Result<ShownProduct, Problem> {
        let taxonomies = &self.cards.taxonomies;
        let (categories, brands, rating) = tokio::join!(
            taxonomies.categories_with(&product.categories, now),
            taxonomies.brands_with(product.brand.as_slice(), now),
            // Boxed, because the future of every handler would be large with it inside.
            Box::pin(self.rating(product.id, to_staff, now)),
        );
        let (categories, brands, rating) = (categories?, brands?, rating?);
        let shown = [product.stock_version, categories.version, brands.version, rating.count().into(), rating.sum()];
        let tag = etag::of_shown(product.version, &shown);
        let body = ProductBody::of(product, rating, &self.cards.images_url, to_staff);
        let body = body.with_names(product, &categories, &brands);
        Ok(ShownProduct { body, tag })
    }
}
