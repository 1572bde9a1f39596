//! Products, categories and brands, and the files that fill them.

use domain::id::{ExportId, ProductId, UploadId};
use domain::slug::Slug;
use domain::taxonomy::TermId;

use super::{GSI1, IndexKey, Key};

const PRODUCT_PREFIX: &str = "PRODUCT#";

pub fn product(id: ProductId) -> Key {
    Key::new(format!("{PRODUCT_PREFIX}{id}"), "PRODUCT")
}

/// The product of a partition. No other partition begins like that, and there is nothing else in it.
pub fn product_of(partition: &str) -> Option<ProductId> {
    ProductId::parse(partition.strip_prefix(PRODUCT_PREFIX)?).ok()
}

/// Which product has this slug. It makes the slug unique.
pub fn slug(slug: &Slug) -> Key {
    Key::new(slug_partition(slug.as_str()), "SLUG")
}

/// GSI1: the product itself by its slug.
pub fn by_slug(slug: &Slug) -> IndexKey {
    IndexKey { index: GSI1, pk: slug_partition(slug.as_str()), sk: "PRODUCT".to_owned() }
}

pub fn slug_partition(slug: &str) -> String {
    format!("SLUG#{slug}")
}

/// A list of products: all of them, or those of a category or brand.
pub fn list_partition(term: Option<(&str, &str)>) -> String {
    match term {
        None => "PRODUCTS".to_owned(),
        Some((kind, id)) => format!("{}#{id}", kind.to_ascii_uppercase()),
    }
}

/// A product's entry in a list, sorted by the product's state.
pub fn listed(partition: &str, state: &str, id: ProductId) -> Key {
    Key::new(partition, format!("{}{id}", listed_prefix(state)))
}

pub fn listed_prefix(state: &str) -> String {
    format!("{state}#")
}

/// The state in the sort key of an entry. A cursor that is only a state comes before all of its products.
pub fn listed_state(sk: &str) -> &str {
    sk.split('#').next().unwrap_or_default()
}

pub fn listed_product(sk: &str) -> Option<ProductId> {
    ProductId::parse(sk.split('#').nth(1)?).ok()
}

pub const TAXONOMY_HEAD: &str = "HEAD";

pub fn taxonomy_partition<I: TermId>() -> String {
    format!("TAXONOMY#{}", I::KIND)
}

/// Every change of a taxonomy raises the version of this item.
pub fn taxonomy_head<I: TermId>() -> Key {
    Key::new(taxonomy_partition::<I>(), TAXONOMY_HEAD)
}

pub fn term<I: TermId>(id: I) -> Key {
    Key::new(taxonomy_partition::<I>(), format!("TERM#{id}"))
}

pub const PART_PREFIX: &str = "PART#";

pub fn upload_partition(id: UploadId) -> String {
    format!("UPLOAD#{id}")
}

pub fn upload(id: UploadId) -> Key {
    Key::new(upload_partition(id), "UPLOAD")
}

/// The result of one part of a CSV file.
pub fn import_part(id: UploadId, part: u32) -> Key {
    Key::new(upload_partition(id), format!("{PART_PREFIX}{part:05}"))
}

pub fn export(id: ExportId) -> Key {
    Key::new(format!("EXPORT#{id}"), "EXPORT")
}
