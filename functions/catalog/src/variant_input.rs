//! The variants of a product in a request, and what the API calls the fields of a product.

use std::collections::BTreeMap;

use domain::id::VariantId;
use domain::money::{Currency, Money};
use domain::product::{Field, MAX_OPTION, VariantDefinition, VariantFacts, VariantField, parse_price};
use domain::sku::Sku;
use domain::text;
use kit::http::body::{Fields, Object};
use kit::http::money::MoneyInput;
use serde::Deserialize;
use utoipa::ToSchema;

#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct VariantInput {
    /// The id of the variant to change. Without it, the SKU identifies the variant.
    id: Option<String>,
    sku: String,
    /// A value for each of the product's options.
    #[serde(default)]
    options: BTreeMap<String, String>,
    #[schema(value_type = MoneyInput)]
    price: Object<MoneyInput>,
    #[schema(value_type = Option<MoneyInput>)]
    compare_at_price: Option<Object<MoneyInput>>,
    /// The weight with packaging, in whole grams, up to 1,000,000.
    weight_grams: Option<i64>,
    /// The units on hand of a new variant.
    stock: Option<i64>,
    /// Pairs that the shop's own programs keep. In a PATCH, pairs that are not named stay, and null removes one.
    metadata: Option<BTreeMap<String, Option<String>>>,
}

/// The facts of one variant in a request: fields of the variant, or of a product that has only one variant.
#[derive(Debug)]
pub(crate) struct FactsInput {
    pub(crate) sku: Option<String>,
    pub(crate) price: Option<Object<MoneyInput>>,
    /// `Some(None)` clears it.
    pub(crate) compare_at: Option<Option<Object<MoneyInput>>>,
    /// `Some(None)` clears it.
    pub(crate) weight_grams: Option<Option<i64>>,
}

impl FactsInput {
    /// Refuses all facts that are given, because they belong to the variants of the product.
    pub(crate) fn refuse(&self, fields: &mut Fields, message: &str) {
        for (field, given) in [
            (VariantField::Sku, self.sku.is_some()),
            (VariantField::Price, self.price.is_some()),
            (VariantField::CompareAt, self.compare_at.is_some()),
            (VariantField::WeightGrams, self.weight_grams.is_some()),
        ] {
            if given {
                fields.refuse(json_name(field), &message);
            }
        }
    }

    /// What is not given stays as in `old`. Without `old`, `sku` and `price` are required.
    pub(crate) fn parse(
        self,
        fields: &mut Fields,
        path: impl Fn(VariantField) -> String,
        currency: Currency,
        old: Option<&VariantFacts>,
    ) -> Option<VariantFacts> {
        let money = |Object(price): Object<MoneyInput>| parse_price(Money::new(price.amount, price.currency), currency);
        let sku = required(fields, &path(VariantField::Sku), self.sku, |sku| Sku::parse(&sku), old.map(|o| &o.sku));
        let price = required(fields, &path(VariantField::Price), self.price, money, old.map(|old| &old.price));
        let compare_at = match self.compare_at {
            None => Some(old.and_then(|old| old.compare_at)),
            Some(given) => fields.check_optional(&path(VariantField::CompareAt), given, money),
        };
        let weight_grams = self.weight_grams.unwrap_or(old.and_then(|old| old.weight_grams));
        let values = old.map_or_else(Vec::new, |old| old.values.clone());
        Some(VariantFacts { sku: sku?, values, price: price?, compare_at: compare_at?, weight_grams })
    }
}

fn required<I, T: Clone, E: std::fmt::Display>(
    fields: &mut Fields,
    field: &str,
    given: Option<I>,
    parse: impl FnOnce(I) -> Result<T, E>,
    old: Option<&T>,
) -> Option<T> {
    match (given, old) {
        (Some(given), _) => fields.check(field, parse(given)),
        (None, Some(old)) => Some(old.clone()),
        (None, None) => {
            fields.refuse(field, &"is required");
            None
        }
    }
}

impl VariantInput {
    fn parse(
        mut self,
        fields: &mut Fields,
        path: impl Fn(VariantField) -> String,
        options: &[String],
        currency: Currency,
        old: &[VariantDefinition],
    ) -> Option<VariantDefinition> {
        let values: Vec<_> = options
            .iter()
            .filter_map(|option| self.options.remove(option))
            .map(|value| fields.check(&path(VariantField::Options), text::line(&value, MAX_OPTION)))
            .collect();
        if !self.options.is_empty() {
            fields.refuse(&path(VariantField::Options), &"name an option that the product does not have");
        }
        let id = fields.check_optional(&path(VariantField::Id), self.id.as_deref(), VariantId::parse);
        let facts = FactsInput {
            sku: Some(self.sku),
            price: Some(self.price),
            compare_at: self.compare_at_price.map(Some),
            weight_grams: self.weight_grams.map(Some),
        };
        let metadata_path = path(VariantField::Metadata);
        let facts = facts.parse(fields, path, currency, None);
        let same = old.iter().find(|old| match (id.flatten(), &facts) {
            (Some(id), _) => old.id == Some(id),
            (None, Some(facts)) => old.facts.sku == facts.sku,
            (None, None) => false,
        });
        let metadata = same.map(|old| old.metadata.clone()).unwrap_or_default();
        let metadata = fields.check(&metadata_path, metadata.changed(self.metadata.unwrap_or_default()));
        let values = values.into_iter().collect::<Option<_>>()?;
        let facts = VariantFacts { values, ..facts? };
        Some(VariantDefinition { id: id?, facts, stock: self.stock, metadata: metadata? })
    }
}

/// `old`: the variants whose metadata the request changes; none if it replaces all of it.
pub(crate) fn parse_variants(
    fields: &mut Fields,
    variants: Vec<Object<VariantInput>>,
    options: &[String],
    currency: Currency,
    old: &[VariantDefinition],
) -> Option<Vec<VariantDefinition>> {
    let parse = |(index, Object(variant)): (usize, Object<VariantInput>)| {
        let path = |field| json_path(Field::Variant { index, field }, true);
        variant.parse(fields, path, options, currency, old)
    };
    let parsed: Vec<_> = variants.into_iter().enumerate().map(parse).collect();
    parsed.into_iter().collect()
}

/// What the API calls a field of a product's definition. `has_variants`: whether the request lists variants. If not,
/// the product has the fields of its only variant.
pub(crate) fn json_path(field: Field, has_variants: bool) -> String {
    match field {
        Field::Slug => "slug".to_owned(),
        Field::Brand => "brandId".to_owned(),
        Field::Categories => "categoryIds".to_owned(),
        Field::Category(index) => format!("categoryIds[{index}]"),
        Field::Attributes => "attributes".to_owned(),
        Field::Options => "options".to_owned(),
        Field::Metadata => "metadata".to_owned(),
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
        VariantField::Metadata => "metadata",
    }
}
