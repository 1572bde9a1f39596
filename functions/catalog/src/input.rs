//! What comes in about a product: strict, bounded, told by field; turned into a [`Definition`].

use std::collections::BTreeMap;

use domain::id::BrandId;
use domain::money::Currency;
use domain::product::{Definition, MAX_DESCRIPTION, MAX_NAME, Product, Status, VariantDefinition, Violation};
use domain::sku::Sku;
use domain::slug::Slug;
use domain::text;
use kit::http::body::{Fields, Object, nullable};
use kit::http::money::MoneyInput;
use kit::http::problem::{Detail, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::parse::{parse_attributes, parse_categories, parse_money, parse_options, parse_variants, require};

/// A product without options: give `sku`, `price` and perhaps `compareAtPrice` and `stock` here. With options: give
/// `options` and `variants`.
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
    /// How much there is of it now.
    stock: Option<i64>,
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct VariantInput {
    /// Which variant this is, when it is changed; without it the SKU tells.
    pub(crate) id: Option<String>,
    pub(crate) sku: String,
    /// A value for each of the product's options.
    #[serde(default)]
    pub(crate) options: BTreeMap<String, String>,
    #[schema(value_type = MoneyInput)]
    pub(crate) price: Object<MoneyInput>,
    #[schema(value_type = Option<MoneyInput>)]
    pub(crate) compare_at_price: Option<Object<MoneyInput>>,
    /// How much there is of a new variant.
    pub(crate) stock: Option<i64>,
}

/// What is left out stays. `variants`, where given, are all that there are from then on.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ProductEdit {
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
    /// Of a product without options, like the two prices.
    sku: Option<String>,
    #[schema(value_type = Option<MoneyInput>)]
    price: Option<Object<MoneyInput>>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<MoneyInput>)]
    compare_at_price: Option<Option<Object<MoneyInput>>>,
}

/// A definition, and whether its variants were told as such; if not, the fields of its one variant are the product's
/// own.
#[derive(Debug)]
pub(crate) struct Defined {
    pub(crate) definition: Definition,
    pub(crate) has_variants: bool,
}

impl Defined {
    /// Broken rules as a client sees them.
    pub(crate) fn problem(has_variants: bool, violations: Vec<Violation>) -> Problem {
        let detail = |violation: Violation| {
            let own = violation.field.strip_prefix("variants[0].");
            Detail {
                field: match own {
                    Some(own) if !has_variants => own.to_owned(),
                    _ => violation.field,
                },
                message: violation.message,
            }
        };
        Problem::validation(violations.into_iter().map(detail).collect())
    }
}

impl ProductInput {
    /// `old`: the product that this one replaces, whose only variant keeps its id.
    pub(crate) fn define(self, currency: Currency, old: Option<&Product>) -> Result<Defined, Problem> {
        let mut fields = Fields::default();
        let slug = match &self.slug {
            Some(slug) => Slug::parse(slug),
            None => old.map_or_else(|| Slug::of_name(&self.name), |old| Ok(old.slug.clone())),
        };
        let options = parse_options(&mut fields, &self.options);
        let has_variants = self.variants.is_some();
        let variants = match self.variants {
            Some(variants) => {
                for (name, given) in [
                    ("sku", self.sku.is_some()),
                    ("price", self.price.is_some()),
                    ("compareAtPrice", self.compare_at_price.is_some()),
                    ("stock", self.stock.is_some()),
                ] {
                    if given {
                        fields.refuse(name, &"belongs to the variants");
                    }
                }
                parse_variants(&mut fields, variants, &self.options, currency)
            }
            None => {
                let sole = old.map(|old| old.variants.as_slice());
                let id = match sole {
                    Some([variant]) => Some(variant.id),
                    _ => None,
                };
                let checked = (
                    require(&mut fields, "sku", self.sku.as_deref(), Sku::parse),
                    require(&mut fields, "price", self.price, |Object(price)| parse_money(price, currency)),
                    fields.check_optional("compareAtPrice", self.compare_at_price, |Object(price)| {
                        parse_money(price, currency)
                    }),
                );
                match checked {
                    (Some(sku), Some(price), Some(compare_at)) => Some(vec![VariantDefinition {
                        id,
                        sku,
                        values: Vec::new(),
                        price,
                        compare_at,
                        stock: self.stock,
                    }]),
                    _ => None,
                }
            }
        };
        let checked = (
            fields.check("name", text::line(&self.name, MAX_NAME)),
            fields.check("slug", slug),
            fields.check("description", text::prose(&self.description, MAX_DESCRIPTION)),
            fields.check_optional("status", self.status.as_deref(), Status::parse),
            fields.check_optional("brandId", self.brand_id.as_deref(), BrandId::parse),
            parse_categories(&mut fields, &self.category_ids),
            parse_attributes(&mut fields, self.attributes),
            options,
            variants,
        );
        let (name, slug, description, status, brand, categories, attributes, options, variants) =
            fields.finish(checked)?;
        let definition = Definition {
            slug,
            name,
            description,
            status: status.unwrap_or(old.map_or(Status::Draft, |old| old.status)),
            brand,
            categories,
            attributes,
            options,
            variants,
        };
        Ok(Defined { definition, has_variants })
    }
}

impl ProductEdit {
    pub(crate) fn define(self, currency: Currency, old: &Product) -> Result<Defined, Problem> {
        let mut fields = Fields::default();
        let was = old.definition();
        let has_variants = self.variants.is_some() || was.variants.len() > 1;
        let option_names = self.options.clone().unwrap_or(was.options);
        let options = parse_options(&mut fields, &option_names);
        let variants = match self.variants {
            Some(variants) => parse_variants(&mut fields, variants, &option_names, currency),
            None => {
                let mut variants = was.variants;
                let edits_own = self.sku.is_some() || self.price.is_some() || self.compare_at_price.is_some();
                if edits_own && variants.len() > 1 {
                    let message = "belongs to the variants of this product; change them";
                    for (name, given) in [
                        ("sku", self.sku.is_some()),
                        ("price", self.price.is_some()),
                        ("compareAtPrice", self.compare_at_price.is_some()),
                    ] {
                        if given {
                            fields.refuse(name, &message);
                        }
                    }
                } else if let Some(only) = variants.first_mut() {
                    let sku = fields.check_optional("sku", self.sku.as_deref(), Sku::parse);
                    let price =
                        fields.check_optional("price", self.price, |Object(price)| parse_money(price, currency));
                    let compare_at = match self.compare_at_price {
                        None => Some(only.compare_at),
                        Some(given) => {
                            fields.check_optional("compareAtPrice", given, |Object(price)| parse_money(price, currency))
                        }
                    };
                    only.sku = sku.flatten().unwrap_or(only.sku.clone());
                    only.price = price.flatten().unwrap_or(only.price);
                    only.compare_at = compare_at.flatten();
                }
                Some(variants)
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
            fields.check_optional("status", self.status.as_deref(), Status::parse),
            brand,
            categories,
            attributes,
            options,
            variants,
        );
        let (name, slug, description, status, brand, categories, attributes, options, variants) =
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
        };
        Ok(Defined { definition, has_variants })
    }
}
