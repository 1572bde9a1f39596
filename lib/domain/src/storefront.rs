//! The pages of the storefront, as its URLs name them.

use crate::product::{Product, Variant};
use crate::product_query::MAX_NUMBERED;
use crate::slug::Slug;

/// How many products a numbered page of a list has, in the storefront too.
pub const LIST_PRODUCTS: u32 = 24;

/// Parameters that choose or order the products of a list. What they show stands on other pages too.
const FILTERS: [&str; 14] = [
    "q",
    "category",
    "brand",
    "minPrice",
    "maxPrice",
    "inStock",
    "onOffer",
    "rating",
    "attributes",
    "options",
    "sort",
    "status",
    "limit",
    "cursor",
];

/// Pages that only people use: what they show is their own, or a step of something that they do.
const PRIVATE: [&str; 15] = [
    "cart",
    "checkout",
    "confirm-order",
    "sign-in",
    "register",
    "verify-email",
    "change-email",
    "reset-password",
    "forgot-password",
    "account",
    "account/orders",
    "account/addresses",
    "account/security",
    "account/preferences",
    "account/wishlist",
];

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StorefrontPage {
    Home,
    List {
        /// The slug or id of a category. `None`: all products.
        category: Option<String>,
        /// From 1 on. `None`: some of the products, or all in another order.
        number: Option<u32>,
    },
    /// The slug or id of a product.
    Product(String),
    Private,
    Unknown,
}

impl StorefrontPage {
    /// The page of a path, with or without a slash before it, and of the pairs of its query.
    pub fn of(path: &str, query: impl IntoIterator<Item = (String, String)>) -> Self {
        let path = path.strip_prefix('/').unwrap_or(path);
        let words: Vec<&str> = path.split('/').collect();
        match words.as_slice() {
            // A distribution may ask for its root object in place of the root.
            ["" | "index.html"] => Self::Home,
            ["search"] => Self::list(None, query),
            ["categories", name] if is_name(name) => Self::list(Some((*name).to_owned()), query),
            ["products", name] if is_name(name) => Self::Product((*name).to_owned()),
            ["products", name, "review"] if is_name(name) => Self::Private,
            ["orders", id] if is_name(id) => Self::Private,
            _ if PRIVATE.contains(&path) => Self::Private,
            _ => Self::Unknown,
        }
    }

    fn list(category: Option<String>, query: impl IntoIterator<Item = (String, String)>) -> Self {
        let (mut number, mut is_filtered) = (1, false);
        for (name, value) in query {
            let name = name.split('[').next().unwrap_or_default();
            if name == "page" {
                let Some(page) = page_number(&value) else { return Self::Unknown };
                number = page;
            }
            is_filtered |= FILTERS.contains(&name);
        }
        Self::List { category, number: (!is_filtered).then_some(number) }
    }
}

/// Slugs, and ids of any kind.
fn is_name(text: &str) -> bool {
    let is_plain = |c: u8| c.is_ascii_alphanumeric() || b"-_".contains(&c);
    (1..=Slug::MAX_LENGTH).contains(&text.len()) && text.bytes().all(is_plain)
}

fn page_number(text: &str) -> Option<u32> {
    let is_number = (1..=5).contains(&text.len()) && text.bytes().all(|c| c.is_ascii_digit());
    let number = text.parse().ok().filter(|_| is_number)?;
    (1..=MAX_NUMBERED / LIST_PRODUCTS).contains(&number).then_some(number)
}

pub fn product_path(slug: &Slug) -> String {
    format!("/products/{slug}")
}

/// The page of a product with this variant chosen.
pub fn variant_path(product: &Product, variant: &Variant) -> String {
    let path = product_path(&product.slug);
    // SKUs have only letters that a query takes as they are.
    if product.options.is_empty() { path } else { format!("{path}?sku={}", variant.sku) }
}

pub fn category_path(slug: &Slug) -> String {
    format!("/categories/{slug}")
}

/// A numbered page of the list at this path.
pub fn numbered_path(list: &str, number: u32) -> String {
    if number == 1 { list.to_owned() } else { format!("{list}?page={number}") }
}

#[cfg(test)]
mod tests {
    use super::{StorefrontPage, numbered_path};

    fn page(path: &str, query: &[(&str, &str)]) -> StorefrontPage {
        StorefrontPage::of(path, query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    fn list(category: Option<&str>, number: Option<u32>) -> StorefrontPage {
        StorefrontPage::List { category: category.map(str::to_owned), number }
    }

    #[test]
    fn a_path_names_one_page() {
        for root in ["", "/", "/index.html", "index.html"] {
            assert_eq!(page(root, &[("token", "x")]), StorefrontPage::Home, "{root}");
        }
        assert_eq!(page("/search", &[]), list(None, Some(1)));
        assert_eq!(page("categories/t-shirts", &[]), list(Some("t-shirts"), Some(1)));
        assert_eq!(page("/products/blue-shirt", &[]), StorefrontPage::Product("blue-shirt".to_owned()));
        for private in ["/cart", "/checkout", "/orders/ord_1", "/account", "/account/orders", "/products/a/review"] {
            assert_eq!(page(private, &[]), StorefrontPage::Private, "{private}");
        }
        for unknown in [
            "/nothing",
            "//cart",
            "/cart/",
            "/products",
            "/products/",
            "/products/a/b",
            "/products/a%20b",
            "/products/<script>",
            "/categories/a/b",
            "/orders",
            "/orders/../cart",
            "/account/nothing",
            "/wp-login.php",
        ] {
            assert_eq!(page(unknown, &[]), StorefrontPage::Unknown, "{unknown}");
        }
        assert_eq!(page(&format!("/products/{}", "a".repeat(101)), &[]), StorefrontPage::Unknown);
    }

    #[test]
    fn a_list_that_is_filtered_or_sorted_has_no_number_and_other_parameters_change_nothing() {
        assert_eq!(page("/search", &[("utm_source", "mail"), ("page", "3")]), list(None, Some(3)));
        for filter in ["q", "brand", "sort", "options[Size]", "attributes[Material]", "inStock"] {
            assert_eq!(page("/categories/a", &[("page", "2"), (filter, "x")]), list(Some("a"), None), "{filter}");
        }
    }

    #[test]
    fn the_number_of_a_page_is_a_number_that_the_list_can_have() {
        assert_eq!(page("/search", &[("page", "416")]), list(None, Some(416)));
        for bad in ["", "0", "417", "-1", "+1", "1.0", "x", "99999999999"] {
            assert_eq!(page("/search", &[("page", bad)]), StorefrontPage::Unknown, "{bad}");
        }
        assert_eq!(numbered_path("/search", 1), "/search");
        assert_eq!(numbered_path("/search", 2), "/search?page=2");
    }
}
