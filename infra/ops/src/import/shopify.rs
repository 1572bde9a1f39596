//! Shopify's product CSV as its admin exports it, with the old names of the columns or the new ones. Its lines become rows
//! of our own format, so everything else is decided there.

use std::collections::BTreeMap;

use data_encoding::HEXUPPER;
use domain::money::{Currency, Money};
use domain::product::{MAX_ALT, MAX_ATTRIBUTE, MAX_DESCRIPTION, MAX_IMAGES};
use domain::sku::Sku;
use domain::slug::Slug;
use import_export::{write_list, write_pairs};
use sha2::{Digest, Sha256};

use super::Wrong;
use super::html::plain_text;
use super::rows::{Group, Row};

/// Our name, Shopify's old name and its new name, in lower case.
const COLUMNS: [[&str; 3]; 24] = [
    ["handle", "handle", "url handle"],
    ["title", "title", "title"],
    ["body", "body (html)", "description"],
    ["vendor", "vendor", "vendor"],
    ["category", "product category", "product category"],
    ["type", "type", "type"],
    ["tags", "tags", "tags"],
    ["published", "published", "published on online store"],
    ["status", "status", "status"],
    ["option1_name", "option1 name", "option1 name"],
    ["option1_value", "option1 value", "option1 value"],
    ["option2_name", "option2 name", "option2 name"],
    ["option2_value", "option2 value", "option2 value"],
    ["option3_name", "option3 name", "option3 name"],
    ["option3_value", "option3 value", "option3 value"],
    ["sku", "variant sku", "sku"],
    ["grams", "variant grams", "weight value (grams)"],
    ["stock", "variant inventory qty", "inventory quantity"],
    ["price", "variant price", "price"],
    ["compare_at_price", "variant compare at price", "compare-at price"],
    ["image", "image src", "product image url"],
    ["image_position", "image position", "image position"],
    ["image_alt", "image alt text", "image alt text"],
    ["variant_image", "variant image", "variant image url"],
];

/// Our name for a column of Shopify. All other columns are ignored.
pub(super) fn column(name: &str) -> Option<&'static str> {
    if name == "gift card" {
        return Some("gift_card");
    }
    COLUMNS.into_iter().find(|[_, old, new]| [*old, *new].contains(&name)).map(|[ours, ..]| ours)
}

/// The lines of one product as rows of our own format.
pub(super) fn translate(group: &Group, currency: Currency) -> Result<Group, Wrong> {
    let first = group.first();
    if first.get("gift_card").is_some_and(|cell| cell.eq_ignore_ascii_case("true")) {
        return Err(Wrong::new("Gift Card", "cannot be sold here"));
    }
    let handle = first.get("handle").or_else(|| first.get("title")).unwrap_or_default();
    let slug = Slug::of_name(handle).map_err(|error| Wrong::new("Handle", error))?;
    let options = options(first);
    let mut rows: Vec<Row> = Vec::new();
    for row in group.rows().filter(|row| row.line == first.line || row.get("price").is_some()) {
        let mut cells = BTreeMap::new();
        let mut set = |name: &str, value: String| cells.insert(name.to_owned(), value);
        set("slug", slug.to_string());
        let values: Vec<&str> = options.iter().map(|(at, _)| row.get(VALUES[*at]).unwrap_or_default()).collect();
        let names = options.iter().map(|(_, name)| *name);
        set("options", write_pairs(names.zip(values.iter().copied())));
        set("sku", sku(row.get("sku"), &slug, &values));
        set("price", without_zeros(row.get("price").unwrap_or_default(), currency));
        set("compare_at_price", compare_at(row, currency));
        set("weight_grams", grams(row.get("grams")));
        set("stock", row.get("stock").unwrap_or_default().to_owned());
        if rows.is_empty() {
            product_cells(group, &mut cells);
        }
        rows.push(Row::new(row.line, cells));
    }
    Group::of(rows).ok_or_else(|| Wrong::new("Variant Price", "is required"))
}

const NAMES_OF_OPTIONS: [&str; 3] = ["option1_name", "option2_name", "option3_name"];
const VALUES: [&str; 3] = ["option1_value", "option2_value", "option3_value"];

/// The options of a product, by their place. A product without options has the option `Title` there.
fn options(first: &Row) -> Vec<(usize, &str)> {
    let is_none = first.get("option1_name").is_none_or(|name| name.eq_ignore_ascii_case("title"))
        && first.get("option1_value").is_none_or(|value| value.eq_ignore_ascii_case("default title"));
    if is_none {
        return Vec::new();
    }
    NAMES_OF_OPTIONS.iter().enumerate().filter_map(|(at, column)| Some((at, first.get(column)?))).collect()
}

fn product_cells(group: &Group, cells: &mut BTreeMap<String, String>) {
    let first = group.first();
    let cell = |column: &str| first.get(column).unwrap_or_default();
    let is_published = !cell("published").eq_ignore_ascii_case("false");
    let status = match cell("status").to_ascii_lowercase().as_str() {
        "active" | "" if is_published => "active",
        "archived" => "archived",
        _ => "draft",
    };
    let category = first.get("category").or_else(|| first.get("type")).unwrap_or_default();
    let attributes = [("Type", cell("type")), ("Tags", cell("tags"))];
    let attributes = attributes.into_iter().filter(|(_, value)| !value.is_empty());
    let attributes = attributes.map(|(name, value)| (name, one_line(value, MAX_ATTRIBUTE)));
    let (images, alts): (Vec<String>, Vec<String>) = images(group).into_iter().unzip();
    for (name, value) in [
        ("name", cell("title").to_owned()),
        ("description", plain_text(cell("body")).chars().take(MAX_DESCRIPTION).collect()),
        ("status", status.to_owned()),
        ("brand", cell("vendor").to_owned()),
        ("categories", write_list((!category.is_empty()).then_some(category))),
        ("attributes", write_pairs(attributes)),
        ("images", write_list(&images)),
        ("image_alts", write_list(&alts)),
    ] {
        cells.insert(name.to_owned(), value);
    }
}

/// Addresses and descriptions of the pictures: those of the product in their order, then those of variants.
fn images(group: &Group) -> Vec<(String, String)> {
    let title = one_line(group.first().get("title").unwrap_or("Picture"), MAX_ALT);
    let mut placed: Vec<(u32, &str, Option<&str>)> = Vec::new();
    for row in group.rows() {
        if let Some(image) = row.get("image") {
            let place = row.get("image_position").and_then(|place| place.parse().ok()).unwrap_or(u32::MAX);
            placed.push((place, image, row.get("image_alt")));
        }
    }
    placed.sort_by_key(|(place, ..)| *place);
    let of_variants = group.rows().filter_map(|row| row.get("variant_image")).map(|image| (u32::MAX, image, None));
    let mut images: Vec<(String, String)> = Vec::new();
    for (_, image, alt) in placed.into_iter().chain(of_variants) {
        if images.len() < MAX_IMAGES && images.iter().all(|(known, _)| known != image) {
            let alt = alt.map(|alt| one_line(alt, MAX_ALT)).filter(|alt| !alt.is_empty());
            images.push((image.to_owned(), alt.unwrap_or_else(|| title.clone())));
        }
    }
    images
}

/// The SKU, or one made from handle and options. Characters that a SKU cannot have become hyphens.
fn sku(given: Option<&str>, slug: &Slug, values: &[&str]) -> String {
    // Shopify writes an apostrophe before SKUs that Excel would take for numbers.
    let given = given.map(|sku| sku.trim_start_matches('\'')).filter(|sku| !sku.is_empty());
    let whole = given.map_or_else(
        || {
            [slug.as_str()]
                .iter()
                .chain(values)
                .filter_map(|part| Slug::of_name(part).ok())
                .map(String::from)
                .collect::<Vec<_>>()
                .join("-")
        },
        str::to_owned,
    );
    let plain: String =
        whole.chars().map(|c| if c.is_ascii_alphanumeric() || ".-_".contains(c) { c } else { '-' }).collect();
    if plain.len() <= Sku::MAX_LENGTH {
        return plain.to_ascii_uppercase();
    }
    // Two long SKUs may begin in the same way.
    let end = HEXUPPER.encode(&Sha256::digest(whole.as_bytes())[..4]);
    format!("{}-{end}", &plain[..Sku::MAX_LENGTH - 9]).to_ascii_uppercase()
}

/// Shopify writes `500.00` in every currency.
fn without_zeros(price: &str, currency: Currency) -> String {
    match price.split_once('.') {
        Some((whole, part)) if currency.decimals() == 0 && part.bytes().all(|c| c == b'0') => whole.to_owned(),
        _ => price.to_owned(),
    }
}

/// The price to compare with, if it is above the price; Shopify has others too.
fn compare_at(row: &Row, currency: Currency) -> String {
    let amount = |column: &str| {
        let text = without_zeros(row.get(column).unwrap_or_default(), currency);
        Money::parse_decimal(&text, currency).ok().map(|money| (money.amount, text))
    };
    match (amount("compare_at_price"), amount("price")) {
        (Some((was, text)), Some((price, _))) if was > price => text,
        _ => String::new(),
    }
}

/// Whole grams; nothing if the weight is not known.
fn grams(cell: Option<&str>) -> String {
    let whole = cell.map(|cell| cell.split('.').next().unwrap_or_default()).unwrap_or_default();
    if whole.bytes().all(|c| c == b'0') { String::new() } else { whole.to_owned() }
}

fn one_line(text: &str, max: usize) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").chars().take(max).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use domain::slug::Slug;

    use super::{COLUMNS, column, grams, sku};

    #[test]
    fn old_and_new_names_of_columns_are_known_and_others_are_ignored() {
        for [ours, old, new] in COLUMNS {
            assert_eq!((column(old), column(new)), (Some(ours), Some(ours)));
        }
        for other in ["seo title", "variant barcode", "price / international", "google shopping / gender", ""] {
            assert_eq!(column(other), None);
        }
    }

    #[test]
    fn a_missing_sku_is_made_from_handle_and_options() {
        let slug = Slug::parse("linen-shirt").unwrap();
        assert_eq!(sku(None, &slug, &["Größe 40", "Blue"]), "LINEN-SHIRT-GROSSE-40-BLUE");
        assert_eq!(sku(Some("'00123"), &slug, &[]), "00123");
        assert_eq!(sku(Some("a/b c"), &slug, &[]), "A-B-C");
        let long = |end: &str| sku(None, &slug, &[&"x".repeat(70), end]);
        assert_eq!(long("a").len(), 64);
        assert_ne!(long("a"), long("b"));
    }

    #[test]
    fn grams_are_whole_and_zero_means_unknown() {
        assert_eq!(
            (grams(Some("250.0")), grams(Some("0")), grams(Some("0.0")), grams(None)),
            ("250".to_owned(), String::new(), String::new(), String::new())
        );
    }
}
