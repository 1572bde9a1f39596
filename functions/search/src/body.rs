//! Products that were found, in answers: a page of cards, and what a storefront shows beside it.

use std::sync::Arc;

use domain::product::Product;
use products::cards::ProductCardBody;
use search_index::{Language, highlights};
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

use crate::facets::FacetsBody;

/// A page of products.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProductListBody {
    pub(crate) status_code: u16,
    pub(crate) message: String,
    pub(crate) data: Vec<FoundProductBody>,
    pub(crate) pagination: ProductPagination,
    /// How many products each further choice would leave. Null with `facets=false`, and for products that were named.
    #[serde(serialize_with = "shared")]
    #[schema(value_type = Option<FacetsBody>)]
    pub(crate) facets: Option<Arc<FacetsBody>>,
    /// The words as they were probably meant. Null if they seem right.
    pub(crate) did_you_mean: Option<String>,
    /// Other words that find something, if these find little.
    pub(crate) suggestions: Vec<String>,
}

#[allow(clippy::ref_option, reason = "serde gives it so")]
fn shared<S: Serializer>(facets: &Option<Arc<FacetsBody>>, serializer: S) -> Result<S::Ok, S::Error> {
    facets.as_deref().serialize(serializer)
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProductPagination {
    /// How many products the query finds.
    pub(crate) total: usize,
    /// The number of this page. Null if it was reached by a cursor.
    pub(crate) page: Option<u32>,
    pub(crate) limit: u32,
    /// How many pages of this size there are. Beyond the ten-thousandth product only `nextCursor` goes on.
    pub(crate) total_pages: usize,
    /// Pass it as `cursor`, with the same query, to get the next page. Null on the last page.
    pub(crate) next_cursor: Option<String>,
}

/// A product in a list, and why it was found.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FoundProductBody {
    #[serde(flatten)]
    card: ProductCardBody,
    /// Where the words stand that were looked for. Null without `q`.
    highlights: Option<HighlightsBody>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct HighlightsBody {
    /// The name in parts. Put together they are the whole name.
    name: Vec<HighlightBody>,
}

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct HighlightBody {
    /// The letters of this part.
    text: String,
    /// Whether it is a word that was looked for.
    found: bool,
}

impl ProductListBody {
    /// All the products that a request named.
    pub(crate) fn of_all(cards: Vec<ProductCardBody>, limit: u32) -> Self {
        let pagination =
            ProductPagination { total: cards.len(), page: Some(1), limit, total_pages: 1, next_cursor: None };
        Self {
            status_code: 200,
            message: "Products.".to_owned(),
            data: cards.into_iter().map(|card| FoundProductBody { card, highlights: None }).collect(),
            pagination,
            facets: None,
            did_you_mean: None,
            suggestions: Vec::new(),
        }
    }
}

impl FoundProductBody {
    pub(crate) fn new(card: ProductCardBody, product: &Product, words: Option<&str>, language: Language) -> Self {
        Self { card, highlights: words.map(|words| HighlightsBody::of(&product.name, words, language)) }
    }
}

impl HighlightsBody {
    pub(crate) fn of(name: &str, words: &str, language: Language) -> Self {
        let mut parts = Vec::new();
        let mut add = |text: &str, found: bool| {
            if !text.is_empty() {
                parts.push(HighlightBody { text: text.to_owned(), found });
            }
        };
        let mut end = 0;
        for place in highlights(name, words, language) {
            // Places that overlap are one part.
            let start = place.start.max(end);
            add(&name[end..start], false);
            add(&name[start..place.end.max(start)], true);
            end = place.end.max(end);
        }
        add(&name[end..], false);
        Self { name: parts }
    }
}

#[cfg(test)]
mod tests {
    use search_index::Language;

    use super::HighlightsBody;

    #[test]
    fn the_parts_of_a_name_are_the_name() {
        let marked = |name: &str, words: &str| {
            let parts = HighlightsBody::of(name, words, Language::English).name;
            assert_eq!(parts.iter().map(|part| &*part.text).collect::<String>(), name);
            parts
                .into_iter()
                .map(|part| if part.found { format!("[{}]", part.text) } else { part.text })
                .collect::<String>()
        };
        assert_eq!(marked("Größe: leather wallet", "wallets grosse"), "[Größe]: leather [wallet]");
        assert_eq!(marked("Blue T-Shirt", "tshirt"), "Blue [T-Shirt]");
        assert_eq!(marked("Belt", "shoe"), "Belt");
    }
}
