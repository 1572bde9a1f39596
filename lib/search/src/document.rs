//! What is known of a product when it is indexed.

use std::collections::BTreeMap;

/// The 16 bytes of a product's id. Later ids are greater.
pub type Id = [u8; 16];

/// A product, as the index gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    pub id: Id,
    pub state: State,
    pub name: String,
    pub brand: Option<Term>,
    /// Its categories and all that are above them, each once.
    pub categories: Vec<Term>,
    pub attributes: BTreeMap<String, String>,
    pub description: String,
    pub variants: Vec<Variant>,
    /// Milliseconds since 1970.
    pub created_at: u64,
    pub popularity: Popularity,
    /// What a page of results shows. The index only keeps it.
    pub card: Vec<u8>,
}

/// A category or a brand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    pub id: String,
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    pub sku: String,
    /// Minor units.
    pub price: u32,
    pub in_stock: bool,
    /// It was more expensive before: its compare-at price is above its price.
    pub on_offer: bool,
    /// By the name of the option.
    pub options: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Active,
    Draft,
    Archived,
    Deleted,
}

/// What changes without a change of the product.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Popularity {
    /// Units sold in the last 30 days.
    pub sales: u32,
    /// Units sold since ever.
    pub sales_ever: u32,
    /// The average rating in hundredths: 450 is 4.5. Zero without ratings.
    pub rating: u16,
    pub ratings: u32,
}

impl State {
    pub const ALL: [Self; 4] = [Self::Active, Self::Draft, Self::Archived, Self::Deleted];

    pub(crate) fn bit(self) -> u8 {
        1 << self as u8
    }
}
