//! The page of a product.

use domain::id::{BrandId, CategoryId, ProductId};
use domain::picture::{Size, path};
use domain::product::{Product, ProductStatus, Variant};
use domain::rating::Rating;
use domain::review::{Review, ReviewSort};
use domain::slug::Slug;
use domain::storefront::product_path;
use domain::taxonomy::Taxonomy;
use domain::time::Time;
use serde::Serialize;
use store::page::PageRequest;

use crate::App;
use crate::app::PageError;
use crate::card::{Link, Picture};
use crate::head::{Head, HeadPicture};
use crate::json_ld;
use crate::list::trail;
use crate::reviews::{REVIEWS, ShownReview};
use crate::template::render;
use crate::view::View;
use crate::words::Words;

#[derive(Serialize)]
struct ProductView<'a> {
    /// The language of names and descriptions, if it is not that of the page.
    lang: Option<&'a str>,
    words: &'a Words,
    name: &'a str,
    breadcrumbs: &'a [Link],
    pictures: Vec<Picture>,
    price: String,
    before: Option<String>,
    stock: &'a str,
    brand: Option<&'a str>,
    rating: Option<String>,
    paragraphs: Vec<&'a str>,
    variants: Vec<ShownVariant<'a>>,
    attributes: Vec<Attribute<'a>>,
    reviews: Vec<ShownReview<'a>>,
}

#[derive(Serialize)]
struct ShownVariant<'a> {
    /// Such as `Size: M, Colour: Blue`.
    name: String,
    price: String,
    before: Option<String>,
    stock: &'a str,
}

#[derive(Serialize)]
struct Attribute<'a> {
    name: &'a str,
    value: &'a str,
}

/// What is known of a product beside itself.
pub(crate) struct About<'a> {
    pub(crate) product: &'a Product,
    pub(crate) brand: Option<&'a str>,
    pub(crate) rating: Rating,
    pub(crate) reviews: &'a [Review],
}

impl App {
    pub(crate) async fn product(&self, name: &str, now: Time) -> Result<View, PageError> {
        let store = &self.context.store;
        let product = match (ProductId::parse(name), Slug::parse(name)) {
            (Ok(id), _) => store.product(id).await?,
            (_, Ok(slug)) => store.product_by_slug(&slug).await?,
            _ => None,
        };
        let Some(product) = product else { return View::missing(self) };
        if product.deleted_at.is_some() || product.status == ProductStatus::Archived {
            return View::gone(self);
        }
        if !product.is_on_sale() {
            return View::missing(self);
        }
        let first = PageRequest { limit: REVIEWS, after: None };
        let (categories, brands, rating, reviews) = tokio::try_join!(
            self.taxonomies.categories_with(&product.categories, now),
            self.taxonomies.brands_with(product.brand.as_slice(), now),
            store.rating(product.id),
            store.reviews_of_product(product.id, ReviewSort::Helpful, None, &first),
        )?;
        let about = About { product: &product, brand: brand(&product, &brands), rating, reviews: &reviews.items };
        self.product_view(&about, &categories)
    }

    fn product_view(&self, about: &About<'_>, categories: &Taxonomy<CategoryId>) -> Result<View, PageError> {
        let About { product, brand, rating, reviews } = *about;
        let words = self.words;
        let shown = product.categories.iter().find(|&&id| categories.is_shown(id));
        let mut breadcrumbs = trail(self, categories, shown.and_then(|&id| categories.find(id)));
        breadcrumbs.push(Link::product(product));
        let view = ProductView {
            lang: self.catalogue_lang,
            words,
            name: &product.name,
            breadcrumbs: &breadcrumbs,
            pictures: product.images.iter().map(|image| Picture::new(self, product, image, Size::Medium)).collect(),
            price: words.price(product),
            before: words.before(product, product.cheapest().and_then(|variant| variant.compare_at)),
            stock: words.stock(product.best_band()),
            brand,
            rating: words.rating(rating.average().unwrap_or_default(), rating.count()),
            paragraphs: product.description.lines().map(str::trim).filter(|line| !line.is_empty()).collect(),
            variants: self.variants(product),
            attributes: product.attributes.iter().map(|(name, value)| Attribute { name, value }).collect(),
            reviews: reviews.iter().map(|review| ShownReview::of(self, review)).collect(),
        };
        let first = product.images.first();
        let picture = first.map(|image| HeadPicture::new(self, &path(product.id, image.id, Size::Large), image));
        let head = Head {
            kind: "product",
            picture,
            ..Head::new(self, Some(&product.name), &product_path(&product.slug)).described(&product.description)
        };
        let head = head.with_json_ld(&[json_ld::product(self, about), json_ld::breadcrumbs(self, &breadcrumbs)]);
        Ok(View::found(head, render("product.html", &view)?))
    }

    /// The variants of a product with options.
    fn variants<'a>(&'a self, product: &Product) -> Vec<ShownVariant<'a>> {
        let variants: &[Variant] = if product.options.is_empty() { &[] } else { &product.variants };
        let shown = |variant: &Variant| ShownVariant {
            name: values(product, variant),
            price: self.words.locale.amount(product.price(variant.price)),
            before: self.words.before(product, variant.compare_at),
            stock: self.words.stock(product.band(&variant.sku)),
        };
        variants.iter().map(shown).collect()
    }
}

fn values(product: &Product, variant: &Variant) -> String {
    let pairs = product.options.iter().zip(&variant.values).map(|(option, value)| format!("{option}: {value}"));
    pairs.collect::<Vec<_>>().join(", ")
}

/// The name of a product's brand, if customers see it.
fn brand<'a>(product: &Product, brands: &'a Taxonomy<BrandId>) -> Option<&'a str> {
    let id = product.brand.filter(|&id| brands.is_shown(id))?;
    brands.find(id).map(|term| term.name.as_str())
}
