//! The parts of a product in a request, each parsed field by field.

use std::collections::BTreeMap;

use domain::id::CategoryId;
use domain::product::{Field, MAX_ATTRIBUTE, MAX_ATTRIBUTE_NAME, MAX_OPTION_NAME};
use domain::text;
use kit::http::body::Fields;

use crate::variant_input::json_path;

pub(crate) fn parse_options(fields: &mut Fields, names: &[String]) -> Option<Vec<String>> {
    let parse = |(i, name): (usize, &String)| fields.check(&format!("options[{i}]"), text::line(name, MAX_OPTION_NAME));
    let parsed: Vec<_> = names.iter().enumerate().map(parse).collect();
    parsed.into_iter().collect()
}

pub(crate) fn parse_categories(fields: &mut Fields, ids: &[String]) -> Option<Vec<CategoryId>> {
    let path = |index| json_path(Field::Category(index), true);
    let parsed: Vec<_> = ids.iter().enumerate().map(|(i, id)| fields.check(&path(i), CategoryId::parse(id))).collect();
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
