//! What the API calls the fields of a product's definition.

use domain::product::{Field, VariantField};

/// `has_variants`: whether the request lists variants. If not, the product has the fields of its only variant.
pub(crate) fn json_path(field: Field, has_variants: bool) -> String {
    match field {
        Field::Slug => "slug".to_owned(),
        Field::Brand => "brandId".to_owned(),
        Field::Categories => "categoryIds".to_owned(),
        Field::Category(index) => format!("categoryIds[{index}]"),
        Field::Attributes => "attributes".to_owned(),
        Field::Options => "options".to_owned(),
        Field::Variants => "variants".to_owned(),
        Field::Variant { index: 0, field } if !has_variants => json_name(field).to_owned(),
        Field::Variant { index, field } => format!("variants[{index}].{}", json_name(field)),
    }
}

pub(crate) fn json_name(field: VariantField) -> &'static str {
    match field {
        VariantField::Id => "id",
        VariantField::Sku => "sku",
        VariantField::Options => "options",
        VariantField::Price => "price",
        VariantField::CompareAt => "compareAtPrice",
        VariantField::WeightGrams => "weightGrams",
        VariantField::Stock => "stock",
    }
}
