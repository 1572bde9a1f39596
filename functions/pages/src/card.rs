//! Products as entries of lists, and links.

use domain::id::CategoryId;
use domain::picture::{Size, path};
use domain::product::{Image, Product};
use domain::storefront::{category_path, product_path};
use domain::taxonomy::Term;
use indexing::Excerpt;
use search_index::Hit;
use serde::Serialize;

use crate::App;
use crate::app::PageError;
use crate::head::scaled;

#[derive(Debug, Serialize)]
pub(crate) struct Card {
    path: String,
    pub(crate) name: String,
    picture: Option<Picture>,
    price: String,
    before: Option<String>,
    stock: &'static str,
    rating: Option<String>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Picture {
    url: String,
    width: u32,
    height: u32,
    alt: String,
}

/// A page of the storefront and its name.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Link {
    pub(crate) path: String,
    pub(crate) name: String,
    /// Whether the name is one of the catalogue, in the language of it.
    is_of_catalogue: bool,
}

impl Picture {
    pub(crate) fn new(app: &App, product: &Product, image: &Image, size: Size) -> Self {
        let (width, height) = scaled(image, size);
        let url = format!("{}/{}", app.images_url, path(product.id, image.id, size));
        let alt = if image.alt.is_empty() { product.name.clone() } else { image.alt.clone() };
        Self { url, width, height, alt }
    }
}

impl Card {
    fn of(app: &App, hit: &Hit) -> Result<Self, PageError> {
        let product = Excerpt::product(&hit.card).ok_or(PageError::Damaged)?;
        let words = app.words;
        Ok(Self {
            path: product_path(&product.slug),
            picture: product.images.first().map(|image| Picture::new(app, &product, image, Size::Small)),
            price: words.price(&product),
            before: words.before(&product, product.cheapest().and_then(|variant| variant.compare_at)),
            stock: words.stock(product.best_band()),
            rating: words.rating(hit.popularity.rating, hit.popularity.ratings),
            name: product.name,
        })
    }

    pub(crate) fn all(app: &App, hits: &[Hit]) -> Result<Vec<Self>, PageError> {
        hits.iter().map(|hit| Self::of(app, hit)).collect()
    }
}

impl Link {
    pub(crate) fn home(app: &App) -> Self {
        Self::named("/", &app.words.home)
    }

    /// A page with a name in the words of the pages.
    pub(crate) fn named(path: &str, name: &str) -> Self {
        Self { path: path.to_owned(), name: name.to_owned(), is_of_catalogue: false }
    }

    pub(crate) fn product(product: &Product) -> Self {
        Self { path: product_path(&product.slug), name: product.name.clone(), is_of_catalogue: true }
    }
}

impl From<&Term<CategoryId>> for Link {
    fn from(term: &Term<CategoryId>) -> Self {
        Self { path: category_path(&term.slug), name: term.name.clone(), is_of_catalogue: true }
    }
}
