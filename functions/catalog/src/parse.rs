//! The parts of a product as they come in, parsed field by field.

use std::collections::BTreeMap;

use domain::id::{CategoryId, VariantId};
use domain::money::{Currency, Money};
use domain::product::{MAX_ATTRIBUTE, MAX_ATTRIBUTE_NAME, MAX_OPTION, MAX_OPTION_NAME, VariantDefinition, parse_price};
use domain::sku::Sku;
use domain::text;
use kit::http::body::{Fields, Object};

use kit::http::money::MoneyInput;

use crate::input::VariantInput;

pub(crate) fn require<I, T, E: std::fmt::Display>(
    fields: &mut Fields,
    field: &str,
    given: Option<I>,
    parse: impl FnOnce(I) -> Result<T, E>,
) -> Option<T> {
    match given {
        Some(given) => fields.check(field, parse(given)),
        None => {
            fields.refuse(field, &"is required");
            None
        }
    }
}

pub(crate) fn parse_money(price: MoneyInput, currency: Currency) -> Result<i64, String> {
    parse_price(Money::new(price.amount, price.currency), currency)
}

pub(crate) fn parse_options(fields: &mut Fields, names: &[String]) -> Option<Vec<String>> {
    let parsed: Vec<_> = names
        .iter()
        .enumerate()
        .map(|(i, name)| {
            let field = format!("options[{i}]");
            fields.check(&field, text::line(name, MAX_OPTION_NAME))
        })
        .collect();
    parsed.into_iter().collect()
}

pub(crate) fn parse_categories(fields: &mut Fields, ids: &[String]) -> Option<Vec<CategoryId>> {
    let parsed: Vec<_> = ids
        .iter()
        .enumerate()
        .map(|(i, id)| fields.check(&format!("categoryIds[{i}]"), CategoryId::parse(id)))
        .collect();
    parsed.into_iter().collect()
}

pub(crate) fn parse_attributes(
    fields: &mut Fields,
    attributes: BTreeMap<String, String>,
) -> Option<BTreeMap<String, String>> {
    let parsed: Vec<_> = attributes
        .into_iter()
        .map(|(name, value)| {
            let shown: String = name.chars().take(MAX_ATTRIBUTE_NAME).collect();
            let field = format!("attributes.{shown}");
            let name = fields.check(&field, text::line(&name, MAX_ATTRIBUTE_NAME));
            let value = fields.check(&field, text::line(&value, MAX_ATTRIBUTE));
            Some((name?, value?))
        })
        .collect();
    parsed.into_iter().collect()
}

pub(crate) fn parse_variants(
    fields: &mut Fields,
    variants: Vec<Object<VariantInput>>,
    options: &[String],
    currency: Currency,
) -> Option<Vec<VariantDefinition>> {
    let mut parse = |i: usize, variant: VariantInput| {
        let field = |name: &str| format!("variants[{i}].{name}");
        let mut given = variant.options;
        let values: Vec<_> = options
            .iter()
            .filter_map(|option| given.remove(option))
            .map(|value| fields.check(&field("options"), text::line(&value, MAX_OPTION)))
            .collect();
        if !given.is_empty() {
            fields.refuse(&field("options"), &"name an option that the product does not have");
        }
        let id = fields.check_optional(&field("id"), variant.id.as_deref(), VariantId::parse);
        let sku = fields.check(&field("sku"), Sku::parse(&variant.sku));
        let price = parse_money(variant.price.0, currency);
        let price = fields.check(&field("price"), price);
        let compare_at = fields.check_optional(&field("compareAtPrice"), variant.compare_at_price, |Object(price)| {
            parse_money(price, currency)
        });
        Some(VariantDefinition {
            id: id?,
            sku: sku?,
            values: values.into_iter().collect::<Option<_>>()?,
            price: price?,
            compare_at: compare_at?,
            stock: variant.stock,
        })
    };
    let parsed: Vec<_> = variants.into_iter().enumerate().map(|(i, Object(variant))| parse(i, variant)).collect();
    parsed.into_iter().collect()
}
