//! Sitemaps: the pages of the storefront that search engines should know, and `robots.txt`, which says what they may read.

use domain::id::CategoryId;
use domain::product::Product;
use domain::storefront::{category_path, product_path};
use domain::taxonomy::Taxonomy;
use domain::time::Time;

use crate::parts::Form;
use crate::xml::{DECLARATION, element, optional};

const HEAD: &str = "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n";
const FOOT: &str = "</urlset>\n";

/// The sitemaps of the home page and of lists. All sitemaps are at the root: one may only name pages beside and below it.
pub(crate) fn lists_form() -> Form {
    Form { name: |number| format!("sitemap-lists-{number}.xml"), head: format!("{DECLARATION}{HEAD}"), foot: FOOT }
}

pub(crate) fn products_form() -> Form {
    Form { name: |number| format!("sitemap-products-{number}.xml"), head: format!("{DECLARATION}{HEAD}"), foot: FOOT }
}

/// A page that changed at a time, if that is known.
fn entry(shop_url: &str, path: &str, changed: Option<Time>) -> String {
    let address = element("loc", format!("{shop_url}{path}"));
    format!("<url>\n{address}{}</url>\n", optional("lastmod", changed))
}

/// The home page, all products, and the categories that customers see.
pub(crate) fn lists(shop_url: &str, categories: &Taxonomy<CategoryId>) -> Vec<String> {
    let shown = categories.sorted().into_iter().filter(|term| categories.is_shown(term.id));
    let shown = shown.map(|term| entry(shop_url, &category_path(&term.slug), Some(term.updated_at)));
    ["/", "/search"].map(|path| entry(shop_url, path, None)).into_iter().chain(shown).collect()
}

pub(crate) fn product(shop_url: &str, product: &Product) -> String {
    entry(shop_url, &product_path(&product.slug), Some(product.updated_at))
}

/// The sitemap that names the others.
pub(crate) fn index(shop_url: &str, files: &[String], now: Time) -> String {
    let entry = |file: &String| {
        let address = element("loc", format!("{shop_url}/{file}"));
        format!("<sitemap>\n{address}{}</sitemap>\n", element("lastmod", now))
    };
    let entries: String = files.iter().map(entry).collect();
    let (head, foot) = ("<sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n", "</sitemapindex>\n");
    format!("{DECLARATION}{head}{entries}{foot}")
}

/// A crawler that runs scripts needs what the storefront reads to show products. Everything else of the API, and the pages
/// that only people use, are of no use to it.
pub(crate) fn robots(shop_url: &str) -> String {
    let public = ["home", "shop", "products", "categories", "brands", "reviews/product/"];
    let allowed: String = public.map(|path| format!("Allow: /api/v1/{path}\n")).concat();
    let private = ["cart", "checkout", "account", "orders", "confirm-order", "console", "api/"];
    let refused: String = private.map(|path| format!("Disallow: /{path}\n")).concat();
    format!("User-agent: *\n{allowed}{refused}\nSitemap: {shop_url}/sitemap.xml\n")
}

#[cfg(test)]
mod tests {
    use super::robots;

    #[test]
    fn crawlers_may_read_what_products_are_shown_of_and_nothing_of_people() {
        let robots = robots("https://shop.test");
        assert!(robots.starts_with("User-agent: *\nAllow: /api/v1/home\n"));
        assert!(robots.contains("\nDisallow: /checkout\n") && robots.contains("\nDisallow: /api/\n"));
        assert!(robots.ends_with("\nSitemap: https://shop.test/sitemap.xml\n"));
    }
}
