//! What search engines read of a page, in the words of schema.org.

use domain::picture::{Size, path};
use domain::product::{Identifiers, Image, Product, Variant, known_option};
use domain::rating::Stars;
use domain::review::Review;
use domain::stock::Band;
use domain::storefront::{product_path, variant_path};
use serde_json::{Map, Value, json};

use crate::App;
use crate::card::Link;
use crate::product::About;

/// A search engine takes no longer description.
const MAX_DESCRIPTION: usize = 5_000;

/// The text of a `script` element. JSON without these letters means the same, and nothing in it can end the element.
pub(crate) fn script_text(block: &Value) -> String {
    let text = block.to_string();
    let text = text.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026");
    text.replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}

fn block(kind: &str, fields: Value) -> Value {
    let mut block = json!({ "@context": "https://schema.org", "@type": kind });
    add(&mut block, fields);
    block
}

/// Adds fields, without those that are null or an empty list.
fn add(block: &mut Value, fields: Value) {
    let Value::Object(fields) = fields else { return };
    let is_empty = |value: &Value| value.is_null() || value.as_array().is_some_and(Vec::is_empty);
    for (name, value) in fields.into_iter().filter(|(_, value)| !is_empty(value)) {
        block[name] = value;
    }
}

/// The shop.
pub(crate) fn organization(app: &App) -> Value {
    let branding = &app.branding;
    let fields = json!({
        "name": branding.shop_name,
        "url": app.url("/"),
        "logo": branding.logo_url,
        "address": branding.address,
        "email": branding.contact.as_ref().map(ToString::to_string),
    });
    block("Organization", fields)
}

/// The storefront, and how to search in it.
pub(crate) fn website(app: &App) -> Value {
    let search = json!({
        "@type": "SearchAction",
        "target": { "@type": "EntryPoint", "urlTemplate": app.url("/search?q={search_term_string}") },
        "query-input": "required name=search_term_string",
    });
    block("WebSite", json!({ "name": app.branding.shop_name, "url": app.url("/"), "potentialAction": search }))
}

pub(crate) fn breadcrumbs(app: &App, links: &[Link]) -> Value {
    let item = |(position, link): (usize, &Link)| json!({ "@type": "ListItem", "position": position, "name": link.name, "item": app.url(&link.path) });
    let items: Vec<Value> = (1..).zip(links).map(item).collect();
    block("BreadcrumbList", json!({ "itemListElement": items }))
}

/// A product with one variant is a Product with an offer; one with more is a group of them.
pub(crate) fn product(app: &App, about: &About<'_>) -> Value {
    let product = about.product;
    let image = |image: &Image| format!("{}/{}", app.images_url, path(product.id, image.id, Size::Large));
    let images: Vec<String> = product.images.iter().map(image).collect();
    let description: String = product.description.chars().take(MAX_DESCRIPTION).collect();
    let fields = json!({
        "name": product.name,
        "url": app.url(&product_path(&product.slug)),
        "description": Some(description).filter(|text| !text.is_empty()),
        "image": images,
        "brand": about.brand.map(|name| json!({ "@type": "Brand", "name": name })),
        "aggregateRating": rating(about),
        "review": about.reviews.iter().map(|it| review(app, it)).collect::<Vec<Value>>(),
    });
    match product.variants.as_slice() {
        [only] if product.options.is_empty() => {
            let mut single = block("Product", fields);
            add(&mut single, of_variant(app, product, only));
            single
        }
        variants => {
            let mut group = block("ProductGroup", fields);
            let varies: Vec<String> = product
                .options
                .iter()
                .filter_map(|option| known_option(option))
                .map(|name| format!("https://schema.org/{name}"))
                .collect();
            let members: Vec<Value> = variants.iter().map(|variant| member(app, product, variant)).collect();
            let id = product.id.to_string();
            add(&mut group, json!({ "productGroupID": id, "variesBy": varies, "hasVariant": members }));
            group
        }
    }
}

/// A variant in a group.
fn member(app: &App, product: &Product, variant: &Variant) -> Value {
    let image = product
        .image_of(variant)
        .map(|image| format!("{}/{}", app.images_url, path(product.id, image.id, Size::Large)));
    let name = format!("{} – {}", product.name, variant.values.join(", "));
    let mut member = json!({ "@type": "Product", "name": name });
    add(&mut member, json!({ "image": image }));
    add(&mut member, of_variant(app, product, variant));
    let (mut known, mut others) = (Map::new(), Vec::new());
    for (option, value) in product.options.iter().zip(&variant.values) {
        match known_option(option) {
            Some(property) => _ = known.insert(property.to_owned(), json!(value)),
            None => others.push(json!({ "@type": "PropertyValue", "name": option, "value": value })),
        }
    }
    add(&mut member, Value::Object(known));
    add(&mut member, json!({ "additionalProperty": others }));
    member
}

fn of_variant(app: &App, product: &Product, variant: &Variant) -> Value {
    let Identifiers { gtin, mpn } = Identifiers::of(product, variant);
    json!({ "sku": variant.sku.as_str(), "gtin": gtin, "mpn": mpn, "offers": offer(app, product, variant) })
}

fn offer(app: &App, product: &Product, variant: &Variant) -> Value {
    let price = product.price(variant.price);
    let band = product.band(&variant.sku);
    let from = product.backorders.get(&variant.sku).and_then(|backorder| backorder.available_from);
    let mut offer = json!({
        "@type": "Offer",
        "url": app.url(&variant_path(product, variant)),
        "price": price.decimal(),
        "priceCurrency": price.currency.as_str().to_uppercase(),
        "availability": format!("https://schema.org/{}", availability(band)),
        "itemCondition": "https://schema.org/NewCondition",
    });
    let waits = matches!(band, Band::Backorder | Band::Preorder);
    add(&mut offer, json!({ "availabilityStarts": from.filter(|_| waits).map(|day| day.to_string()) }));
    offer
}

fn availability(band: Band) -> &'static str {
    match band {
        Band::In => "InStock",
        Band::Low => "LimitedAvailability",
        Band::Backorder => "BackOrder",
        Band::Preorder => "PreOrder",
        Band::Out => "OutOfStock",
    }
}

fn rating(about: &About<'_>) -> Option<Value> {
    let average = about.rating.average()?;
    Some(json!({
        "@type": "AggregateRating",
        "ratingValue": format!("{}.{:02}", average / 100, average % 100),
        "reviewCount": about.rating.count(),
        "bestRating": Stars::MAX,
        "worstRating": Stars::MIN,
    }))
}

fn review(app: &App, review: &Review) -> Value {
    let content = &review.content;
    let author = content.name.as_ref().map_or(app.words.anonymous.as_str(), |name| name.as_str());
    let mut block = json!({
        "@type": "Review",
        "author": { "@type": "Person", "name": author },
        "datePublished": review.created_at.day(),
        "reviewRating": {
            "@type": "Rating",
            "ratingValue": content.stars.get(),
            "bestRating": Stars::MAX,
            "worstRating": Stars::MIN,
        },
    });
    add(&mut block, json!({ "name": content.title, "reviewBody": content.text }));
    block
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::script_text;

    #[test]
    fn no_text_ends_the_script_element_and_all_texts_stay_the_same() {
        let block = json!({ "name": "</script><!--<script>&amp; \u{2028} \"quoted\" \\u003c" });
        let text = script_text(&block);
        assert!(!text.contains(['<', '>', '&', '\u{2028}']), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), block);
    }
}
