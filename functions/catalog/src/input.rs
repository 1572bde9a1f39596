//! Products in requests: checked field by field and turned into a [`Definition`].

use std::collections::BTreeMap;

use domain::id::BrandId;
use domain::metadata::Metadata;
use domain::money::Currency;
use domain::product::{Definition, MAX_DESCRIPTION, MAX_NAME, Product, ProductStatus, VariantDefinition};
use domain::slug::Slug;
use domain::tax::TaxClass;
use domain::text;
use kit::http::body::{Fields, Object, nullable};
use kit::http::money::MoneyInput;
use kit::http::problem::Problem;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::parse::{parse_attributes, parse_categories, parse_options};
use crate::variant_input::{FactsInput, VariantInput, json_name, parse_variants};

/// A product without options needs `sku` and `price` here; `compareAtPrice`, `weightGrams` and `stock` are optional.
/// A product with options needs `options` and `variants` instead.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ProductInput {
    #[schema(example = "Blue shirt")]
    name: String,
    /// Made from the name if it is not given.
    slug: Option<String>,
    #[serde(default)]
    description: String,
    /// `draft` if it is not given.
    status: Option<String>,
    brand_id: Option<String>,
    #[serde(default)]
    category_ids: Vec<String>,
    #[serde(default)]
    attributes: BTreeMap<String, String>,
    #[serde(default)]
    options: Vec<String>,
    #[schema(value_type = Option<Vec<VariantInput>>)]
    variants: Option<Vec<Object<VariantInput>>>,
    #[schema(example = "SHIRT-BLUE")]
    sku: Option<String>,
    #[schema(value_type = Option<MoneyInput>)]
    price: Option<Object<MoneyInput>>,
    #[schema(value_type = Option<MoneyInput>)]
    compare_at_price: Option<Object<MoneyInput>>,
    /// The weight with packaging, in whole grams, up to 1,000,000.
    weight_grams: Option<i64>,
    /// The units on hand now.
    stock: Option<i64>,
    /// Pairs that the shop's own programs keep. Customers see those whose keys begin with `public.`.
    metadata: Option<BTreeMap<String, Option<String>>>,
    /// `standard` if it is not given.
    tax_class: Option<String>,
}

/// Fields that are missing stay as they are. `variants`, if given, replaces all variants.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ProductPatchInput {
    name: Option<String>,
    slug: Option<String>,
    description: Option<String>,
    status: Option<String>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    brand_id: Option<Option<String>>,
    category_ids: Option<Vec<String>>,
    attributes: Option<BTreeMap<String, String>>,
    options: Option<Vec<String>>,
    #[schema(value_type = Option<Vec<VariantInput>>)]
    variants: Option<Vec<Object<VariantInput>>>,
    /// This, the prices and the weight can be given here only if the product has one variant.
    sku: Option<String>,
    #[schema(value_type = Option<MoneyInput>)]
    price: Option<Object<MoneyInput>>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<MoneyInput>)]
    compare_at_price: Option<Option<Object<MoneyInput>>>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<i64>)]
    weight_grams: Option<Option<i64>>,
    /// Pairs that are not named stay; null or an empty text removes one.
    metadata: Option<BTreeMap<String, Option<String>>>,
    tax_class: Option<String>,
}

/// A definition, and whether the request lists its variants. If not, the product has the fields of its only variant.
#[derive(Debug)]
pub(crate) struct Defined {
    pub(crate) definition: Definition,
    pub(crate) has_variants: bool,
}

impl ProductInput {
    /// `old`: the product that this one replaces. Its only variant keeps its id.
    pub(crate) fn define(self, currency: Currency, old: Option<&Product>) -> Result<Defined, Problem> {
        let mut fields = Fields::default();
        let slug = match &self.slug {
            Some(slug) => Slug::parse(slug),
            None => old.map_or_else(|| Slug::of_name(&self.name), |old| Ok(old.slug.clone())),
        };
        let options = parse_options(&mut fields, &self.options);
        let has_variants = self.variants.is_some();
        let facts = FactsInput {
            sku: self.sku,
            price: self.price,
            compare_at: self.compare_at_price.map(Some),
            weight_grams: self.weight_grams.map(Some),
        };
        let variants = match self.variants {
            Some(variants) => {
                let message = "must be given in variants";
                facts.refuse(&mut fields, message);
                if self.stock.is_some() {
                    fields.refuse("stock", &message);
                }
                parse_variants(&mut fields, variants, &self.options, currency, &[])
            }
            None => {
                let was = old.map(Product::definition).map(|old| old.variants).unwrap_or_default();
                let facts = facts.parse(&mut fields, |field| json_name(field).to_owned(), currency, None);
                facts.map(|facts| {
                    let new = VariantDefinition { stock: self.stock, ..VariantDefinition::new(facts) };
                    // The request has no place for the metadata of the only variant, so it stays.
                    vec![match was.as_slice() {
                        [only] => VariantDefinition { id: only.id, metadata: only.metadata.clone(), ..new },
                        _ => new,
                    }]
                })
            }
        };
        let checked = (
            fields.check("name", text::line(&self.name, MAX_NAME)),
            fields.check("slug", slug),
            fields.check("description", text::prose(&self.description, MAX_DESCRIPTION)),
            fields.check_optional("status", self.status.as_deref(), ProductStatus::parse),
            fields.check_optional("brandId", self.brand_id.as_deref(), BrandId::parse),
            parse_categories(&mut fields, &self.category_ids),
            parse_attributes(&mut fields, self.attributes),
            options,
            variants,
            fields.check("metadata", Metadata::default().changed(self.metadata.unwrap_or_default())),
            fields.check_optional("taxClass", self.tax_class.as_deref(), TaxClass::parse),
        );
        let (name, slug, description, status, brand, categories, attributes, options, variants, metadata, tax_class) =
            fields.finish(checked)?;
        let definition = Definition {
            slug,
            name,
            description,
            status: status.unwrap_or(old.map_or(ProductStatus::Draft, |old| old.status)),
            brand,
            categories,
            attributes,
            options,
            variants,
            metadata,
            tax_class: tax_class.unwrap_or_default(),
        };
        Ok(Defined { definition, has_variants })
    }
}

impl ProductPatchInput {
    pub(crate) fn define(self, currency: Currency, old: &Product) -> Result<Defined, Problem> {
        let mut fields = Fields::default();
        let was = old.definition();
        let has_variants = self.variants.is_some() || was.variants.len() > 1;
        let option_names = self.options.clone().unwrap_or(was.options);
        let options = parse_options(&mut fields, &option_names);
        let facts = FactsInput {
            sku: self.sku,
            price: self.price,
            compare_at: self.compare_at_price,
            weight_grams: self.weight_grams,
        };
        let variants = match (self.variants, was.variants) {
            (Some(variants), old) => parse_variants(&mut fields, variants, &option_names, currency, &old),
            (None, mut only) if only.len() == 1 => {
                let path = |field| json_name(field).to_owned();
                let facts = facts.parse(&mut fields, path, currency, Some(&only[0].facts));
                facts.map(|facts| {
                    only[0].facts = facts;
                    only
                })
            }
            (None, several) => {
                facts.refuse(&mut fields, "belongs to the variants of this product; change it there");
                Some(several)
            }
        };
        let brand = match self.brand_id {
            None => Some(was.brand),
            Some(given) => fields.check_optional("brandId", given.as_deref(), BrandId::parse),
        };
        let categories = match self.category_ids {
            None => Some(was.categories),
            Some(ids) => parse_categories(&mut fields, &ids),
        };
        let attributes = match self.attributes {
            None => Some(was.attributes),
            Some(attributes) => parse_attributes(&mut fields, attributes),
        };
        let checked = (
            fields.check_optional("name", self.name, |name| text::line(&name, MAX_NAME)),
            fields.check_optional("slug", self.slug.as_deref(), Slug::parse),
            fields.check_optional("description", self.description, |description| {
                text::prose(&description, MAX_DESCRIPTION)
            }),
            fields.check_optional("status", self.status.as_deref(), ProductStatus::parse),
            brand,
            categories,
            attributes,
            options,
            variants,
            fields.check("metadata", was.metadata.changed(self.metadata.unwrap_or_default())),
            fields.check_optional("taxClass", self.tax_class.as_deref(), TaxClass::parse),
        );
        let (name, slug, description, status, brand, categories, attributes, options, variants, metadata, tax_class) =
            fields.finish(checked)?;
        let definition = Definition {
            slug: slug.unwrap_or(was.slug),
            name: name.unwrap_or(was.name),
            description: description.unwrap_or(was.description),
            status: status.unwrap_or(was.status),
            brand,
            categories,
            attributes,
            options,
            variants,
            metadata,
            tax_class: tax_class.unwrap_or(was.tax_class),
        };
        Ok(Defined { definition, has_variants })
    }
}
