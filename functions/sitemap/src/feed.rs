//! Product feeds in the form of Google Merchant Center, which other catalogues read too: RSS with elements of its own. Each
//! variant is an item.

use std::iter::once;

use domain::id::{BrandId, CategoryId};
use domain::picture::{Size, path};
use domain::product::{Identifiers, Image, Product, Variant, known_option};
use domain::stock::Band;
use domain::storefront::variant_path;
use domain::taxonomy::Taxonomy;

use crate::Config;
use crate::parts::Form;
use crate::xml::{DECLARATION, element, optional};

/// The bounds of the form, in characters and pictures.
const MAX_TITLE: usize = 150;
const MAX_DESCRIPTION: usize = 5_000;
const MAX_MORE_PICTURES: usize = 10;

pub(crate) struct Feed<'a> {
    pub(crate) config: &'a Config,
    pub(crate) categories: &'a Taxonomy<CategoryId>,
    pub(crate) brands: &'a Taxonomy<BrandId>,
}

impl Feed<'_> {
    /// The first file has a name that stays the same for all shops but the largest.
    pub(crate) fn form(&self) -> Form {
        let name = |number: usize| {
            if number == 1 { "feeds/google.xml".to_owned() } else { format!("feeds/google-{number}.xml") }
        };
        let Config { shop_name, shop_url, .. } = self.config;
        let about =
            [element("title", shop_name), element("link", shop_url), element("description", shop_name)].concat();
        let rss = "<rss version=\"2.0\" xmlns:g=\"http://base.google.com/ns/1.0\">\n<channel>\n";
        Form { name, head: format!("{DECLARATION}{rss}{about}"), foot: "</channel>\n</rss>\n" }
    }

    pub(crate) fn item(&self, product: &Product, variant: &Variant) -> String {
        let Identifiers { gtin, mpn } = Identifiers::of(product, variant);
        let brand = self.brand(product);
        // The form knows a product by its GTIN, or by its maker and the maker's number.
        let is_unknown = gtin.is_none() && (mpn.is_none() || brand.is_none());
        let is_of_group = !product.options.is_empty();
        let title = once(product.name.as_str()).chain(variant.values.iter().map(String::as_str));
        let title = title.collect::<Vec<_>>().join(" – ");
        let description = if product.description.is_empty() { &product.name } else { &product.description };
        let image = product.image_of(variant);
        let url = |image: &Image| format!("{}/{}", self.config.images_url, path(product.id, image.id, Size::Large));
        let others = product.images.iter().filter(|other| Some(other.id) != image.map(|image| image.id));
        let known = product.options.iter().zip(&variant.values);
        let known = known.filter_map(|(option, value)| Some(element(&format!("g:{}", known_option(option)?), value)));
        let fields = [
            element("g:id", &variant.sku),
            optional("g:item_group_id", is_of_group.then_some(product.id)),
            element("g:title", cut(&title, MAX_TITLE)),
            element("g:description", cut(description, MAX_DESCRIPTION)),
            element("g:link", format!("{}{}", self.config.shop_url, variant_path(product, variant))),
            optional("g:image_link", image.map(url)),
            others.take(MAX_MORE_PICTURES).map(|image| element("g:additional_image_link", url(image))).collect(),
            availability(product, variant),
            price(product, variant),
            optional("g:brand", brand),
            optional("g:gtin", gtin),
            optional("g:mpn", mpn),
            optional("g:identifier_exists", is_unknown.then_some("no")),
            element("g:condition", "new"),
            optional("g:product_type", self.product_type(product)),
            optional("g:shipping_weight", variant.weight_grams.filter(|&it| it > 0).map(|grams| format!("{grams} g"))),
            known.collect(),
        ];
        format!("<item>\n{}</item>\n", fields.concat())
    }

    fn brand(&self, product: &Product) -> Option<&str> {
        let id = product.brand.filter(|&id| self.brands.is_shown(id))?;
        self.brands.find(id).map(|term| term.name.as_str())
    }

    /// The way to its first category that customers see: `Clothing > Shirts`.
    fn product_type(&self, product: &Product) -> Option<String> {
        let shown = product.categories.iter().find(|&&id| self.categories.is_shown(id))?;
        let names: Vec<&str> = self.categories.path(*shown).into_iter().rev().map(|term| term.name.as_str()).collect();
        Some(names.join(" > "))
    }
}

/// What can be ordered without a day on which it is sent has no name in the form.
fn availability(product: &Product, variant: &Variant) -> String {
    let from = product.backorders.get(&variant.sku).and_then(|backorder| backorder.available_from);
    let (name, from) = match (product.band(&variant.sku), from) {
        (Band::In | Band::Low, _) => ("in_stock", None),
        (Band::Preorder, Some(day)) => ("preorder", Some(day)),
        (Band::Backorder, Some(day)) => ("backorder", Some(day)),
        _ => ("out_of_stock", None),
    };
    let from = optional("g:availability_date", from.map(|day| format!("{day}T00:00+0000")));
    element("g:availability", name) + &from
}

/// Where there is a price of before, the form calls this one the price.
fn price(product: &Product, variant: &Variant) -> String {
    let now = product.price(variant.price);
    match variant.compare_at {
        Some(before) => element("g:price", product.price(before)) + &element("g:sale_price", now),
        None => element("g:price", now),
    }
}

fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}
