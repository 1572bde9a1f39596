//! The bounds of what can be asked for in lists of products.

/// The longest text to look for, in characters.
pub const MAX_WORDS: usize = 200;
pub const MAX_BRANDS: usize = 20;
/// How many attributes can be named, and how many options.
pub const MAX_GROUPS: usize = 10;
/// How many values of one attribute or option.
pub const MAX_VALUES: usize = 20;
/// The last product that can be reached by the number of a page. All others are reached by cursors.
pub const MAX_NUMBERED: u32 = 10_000;
/// The orders of products.
pub const SORTS: [&str; 8] =
    ["relevance", "price:asc", "price:desc", "newest", "bestselling", "rating", "name:asc", "name:desc"];
/// A name of 200 characters can be twenty times as long in the letters by which it is sorted. Usually a cursor has less
/// than a hundred characters.
pub const MAX_CURSOR: usize = 6_000;
/// On the first page of the shop: products of a kind, categories, and products of each category.
pub const HOME_PRODUCTS: usize = 12;
pub const HOME_CATEGORIES: usize = 8;
pub const HOME_CATEGORY_PRODUCTS: usize = 6;
/// While somebody types: queries, products, and categories or brands.
pub const SUGGESTED_QUERIES: usize = 6;
pub const SUGGESTED_PRODUCTS: usize = 6;
pub const SUGGESTED_TERMS: usize = 4;
