//! Categories and brands in answers.

use domain::taxonomy::{Taxonomy, Term, TermId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::cards::ImageBody;

#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TermBody {
    id: String,
    slug: String,
    name: String,
    description: String,
    /// For categories: the parent category.
    parent_id: Option<String>,
    /// The number of parents above it.
    depth: usize,
    position: u32,
    active: bool,
    /// Its picture. Null if it has none.
    image: Option<ImageBody>,
    /// How many products on sale are in it. Those in categories below it do not count.
    product_count: u64,
    created_at: String,
    updated_at: String,
}

impl TermBody {
    pub fn of<I: TermId>(taxonomy: &Taxonomy<I>, term: &Term<I>, images_url: &str) -> Self {
        Self {
            id: term.id.to_string(),
            slug: term.slug.to_string(),
            name: term.name.clone(),
            description: term.description.clone(),
            parent_id: term.parent.map(|id| id.to_string()),
            depth: match term.parent {
                Some(parent) => taxonomy.path(parent).len(),
                None => 0,
            },
            position: term.position,
            active: term.active,
            image: ImageBody::of_term(term, images_url),
            product_count: term.shown_count(),
            created_at: term.created_at.to_string(),
            updated_at: term.updated_at.to_string(),
        }
    }
}
