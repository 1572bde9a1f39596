//! Categories and brands in requests: checked field by field and turned into a [`TermDefinition`].

use domain::slug::Slug;
use domain::taxonomy::{Taxonomy, Term, TermDefinition};
use domain::text;
use kit::http::body::{Fields, nullable};
use kit::http::problem::Problem;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::terms::CatalogTerm;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct TermInput {
    #[schema(example = "Shirts")]
    name: String,
    /// Made from the name by default.
    slug: Option<String>,
    #[serde(default)]
    description: String,
    /// For categories: the parent category.
    parent_id: Option<String>,
    /// Siblings are sorted by position, then by name.
    #[serde(default)]
    position: u32,
    /// Customers do not see an inactive category or brand, nor the categories below it.
    #[serde(default = "yes")]
    active: bool,
}

fn yes() -> bool {
    true
}

/// Fields that are missing stay as they are.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct TermPatchInput {
    name: Option<String>,
    slug: Option<String>,
    description: Option<String>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    parent_id: Option<Option<String>>,
    position: Option<u32>,
    active: Option<bool>,
}

impl TermInput {
    /// `old` is the term that it replaces. Its slug stays if none is given.
    pub(crate) fn define<I: CatalogTerm>(&self, old: Option<&Term<I>>) -> Result<TermDefinition<I>, Problem> {
        let mut fields = Fields::default();
        let slug = match &self.slug {
            Some(slug) => Slug::parse(slug),
            None => old.map_or_else(|| Slug::of_name(&self.name), |old| Ok(old.slug.clone())),
        };
        let checked = (
            fields.check("name", text::line(&self.name, Taxonomy::<I>::MAX_NAME)),
            fields.check("slug", slug),
            fields.check("description", parse_description::<I>(&self.description)),
            fields.check_optional("parentId", self.parent_id.as_deref(), parse_parent),
        );
        let (name, slug, description, parent) = fields.finish(checked)?;
        Ok(TermDefinition { slug, name, description, parent, position: self.position, active: self.active })
    }
}

impl TermPatchInput {
    pub(crate) fn define<I: CatalogTerm>(&self, old: &Term<I>) -> Result<TermDefinition<I>, Problem> {
        let mut fields = Fields::default();
        let parent = match &self.parent_id {
            None => Some(old.parent),
            Some(given) => fields.check_optional("parentId", given.as_deref(), parse_parent),
        };
        let checked = (
            fields.check_optional("name", self.name.as_deref(), |name| text::line(name, Taxonomy::<I>::MAX_NAME)),
            fields.check_optional("slug", self.slug.as_deref(), Slug::parse),
            fields.check_optional("description", self.description.as_deref(), parse_description::<I>),
            parent,
        );
        let (name, slug, description, parent) = fields.finish(checked)?;
        Ok(TermDefinition {
            slug: slug.unwrap_or(old.slug.clone()),
            name: name.unwrap_or(old.name.clone()),
            description: description.unwrap_or(old.description.clone()),
            parent,
            position: self.position.unwrap_or(old.position),
            active: self.active.unwrap_or(old.active),
        })
    }
}

fn parse_description<I: CatalogTerm>(text: &str) -> Result<String, text::InvalidText> {
    text::prose(text, Taxonomy::<I>::MAX_DESCRIPTION)
}

fn parse_parent<I: CatalogTerm>(id: &str) -> Result<I, &'static str> {
    if I::MAX_DEPTH == 1 {
        return Err("is only for categories");
    }
    I::parse_id(id).ok_or("is not the id of a category")
}
