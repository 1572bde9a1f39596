//! Categories and brands. Categories form a tree, brands a flat list. In all else they are the same: a [`Taxonomy`] of
//! [`Term`]s.
//!
//! A taxonomy is small, because staff maintain it by hand. Every change is decided on all of it and commits only if its
//! version is still the same. Therefore slugs are unique in it, and two changes at the same time cannot make a cycle.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::id::{BrandId, CategoryId};
use crate::product::Image;
use crate::slug::Slug;
use crate::time::Time;

/// The id of one kind of term.
pub trait TermId:
    Copy + Ord + std::fmt::Display + std::fmt::Debug + Serialize + DeserializeOwned + Send + Sync + 'static
{
    /// `category` or `brand`.
    const KIND: &'static str;
    /// How many levels there may be.
    const MAX_DEPTH: usize;
    /// How many terms there may be. All of them are one answer and are read together.
    const MAX_TERMS: usize;

    fn parse_id(text: &str) -> Option<Self>;

    /// The event of a change that the products of this term are found by.
    fn changed(self) -> Event;
}

impl TermId for CategoryId {
    const KIND: &'static str = "category";
    const MAX_DEPTH: usize = 8;
    const MAX_TERMS: usize = 1_000;

    fn parse_id(text: &str) -> Option<Self> {
        Self::parse(text).ok()
    }

    fn changed(self) -> Event {
        Event::CategoryChanged { category_id: self }
    }
}

impl TermId for BrandId {
    const KIND: &'static str = "brand";
    const MAX_DEPTH: usize = 1;
    // With descriptions of full length in ASCII, these are the 6 MB that a function can answer with.
    const MAX_TERMS: usize = 2_500;

    fn parse_id(text: &str) -> Option<Self> {
        Self::parse(text).ok()
    }

    fn changed(self) -> Event {
        Event::BrandChanged { brand_id: self }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound = "I: TermId")]
pub struct Term<I> {
    pub id: I,
    pub slug: Slug,
    pub name: String,
    pub description: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<I>,
    /// Siblings are sorted by position, then by name.
    pub position: u32,
    /// Customers do not see an inactive term or the terms below it.
    pub active: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<Image>,
    /// How many active products are in it itself. Products count themselves when they are saved, so a change of the term
    /// never writes it.
    #[serde(default, skip_serializing)]
    pub product_count: i64,
    pub version: u64,
    pub created_at: Time,
    pub updated_at: Time,
}

impl<I> Term<I> {
    /// A count below zero would be an error of the books, which customers do not need to see.
    pub fn shown_count(&self) -> u64 {
        u64::try_from(self.product_count).unwrap_or_default()
    }
}

/// The fields of a term that staff set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermDefinition<I> {
    pub slug: Slug,
    pub name: String,
    pub description: String,
    pub parent: Option<I>,
    pub position: u32,
    pub active: bool,
}

impl<I> TermDefinition<I> {
    /// An active term without a parent.
    pub fn new(slug: Slug, name: &str) -> Self {
        Self { slug, name: name.to_owned(), description: String::new(), parent: None, position: 0, active: true }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taxonomy<I> {
    /// Raised by every change of any term.
    pub version: u64,
    terms: BTreeMap<I, Term<I>>,
}

/// A decided change of one term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermChange<I> {
    /// The version of the taxonomy that the change was decided on.
    pub from_version: u64,
    pub write: Term<I>,
}

impl<I: TermId> TermChange<I> {
    /// The event of this change. `None` if the products of the term are found as before. A new term has no products yet.
    pub fn event(&self, old: Option<&Term<I>>) -> Option<Event> {
        let (old, new) = (old?, &self.write);
        let is_same =
            old.name == new.name && old.slug == new.slug && old.parent == new.parent && old.active == new.active;
        (!is_same).then(|| new.id.changed())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TaxonomyRefusal {
    #[error("there is no such term")]
    Missing,
    #[error("is in use already")]
    SlugTaken,
    #[error("does not exist")]
    ParentMissing,
    #[error("must not be the category itself or one below it")]
    Circle,
    #[error("would make the tree deeper than {max} levels")]
    TooDeep { max: usize },
    #[error("there are too many terms already")]
    Full,
}

impl<I: TermId> Taxonomy<I> {
    pub const MAX_NAME: usize = 100;
    pub const MAX_DESCRIPTION: usize = 2_000;

    pub fn new(version: u64, terms: impl IntoIterator<Item = Term<I>>) -> Self {
        Self { version, terms: terms.into_iter().map(|term| (term.id, term)).collect() }
    }

    pub fn find(&self, id: I) -> Option<&Term<I>> {
        self.terms.get(&id)
    }

    /// By id or by slug, as in URLs.
    pub fn find_named(&self, name: &str) -> Option<&Term<I>> {
        match I::parse_id(name) {
            Some(id) => self.find(id),
            None => self.terms.values().find(|term| term.slug.as_str() == name),
        }
    }

    /// All terms, siblings in their order.
    pub fn sorted(&self) -> Vec<&Term<I>> {
        let mut terms: Vec<_> = self.terms.values().collect();
        terms.sort_by(|a, b| (a.position, &a.name, a.id).cmp(&(b.position, &b.name, b.id)));
        terms
    }

    pub fn has_children(&self, id: I) -> bool {
        self.terms.values().any(|term| term.parent == Some(id))
    }

    /// The term and its parents, the term first.
    pub fn path(&self, id: I) -> Vec<&Term<I>> {
        let mut path: Vec<&Term<I>> = Vec::new();
        let mut next = self.find(id);
        while let Some(term) = next {
            // This ends even if there is a circle in the table.
            if path.len() > I::MAX_DEPTH {
                break;
            }
            path.push(term);
            next = term.parent.and_then(|parent| self.find(parent));
        }
        path
    }

    /// Customers see a term if it and all its parents are active.
    pub fn is_shown(&self, id: I) -> bool {
        let path = self.path(id);
        !path.is_empty() && path.iter().all(|term| term.active)
    }

    /// The term and all below it.
    pub fn branch(&self, id: I) -> Vec<I> {
        let mut branch = vec![id];
        let mut known = BTreeSet::from([id]);
        let mut at = 0;
        while let Some(&parent) = branch.get(at) {
            for term in self.terms.values() {
                if term.parent == Some(parent) && known.insert(term.id) {
                    branch.push(term.id);
                }
            }
            at += 1;
        }
        branch
    }

    pub fn add(&self, id: I, definition: TermDefinition<I>, now: Time) -> Result<TermChange<I>, TaxonomyRefusal> {
        if self.terms.len() >= I::MAX_TERMS {
            return Err(TaxonomyRefusal::Full);
        }
        self.place(id, definition, None, now)
    }

    pub fn edit(&self, id: I, definition: TermDefinition<I>, now: Time) -> Result<TermChange<I>, TaxonomyRefusal> {
        let old = self.find(id).ok_or(TaxonomyRefusal::Missing)?;
        self.place(id, definition, Some(old), now)
    }

    /// The term with this picture in place of the one that it has.
    pub fn illustrate(&self, id: I, image: Option<Image>, now: Time) -> Result<TermChange<I>, TaxonomyRefusal> {
        let old = self.find(id).ok_or(TaxonomyRefusal::Missing)?;
        let write = Term { image, version: old.version + 1, updated_at: now, ..old.clone() };
        Ok(TermChange { from_version: self.version, write })
    }

    fn place(
        &self,
        id: I,
        definition: TermDefinition<I>,
        old: Option<&Term<I>>,
        now: Time,
    ) -> Result<TermChange<I>, TaxonomyRefusal> {
        let same_slug = |term: &&Term<I>| term.slug == definition.slug && term.id != id;
        if self.terms.values().any(|term| same_slug(&term)) {
            return Err(TaxonomyRefusal::SlugTaken);
        }
        if let Some(parent) = definition.parent {
            if self.find(parent).is_none() {
                return Err(TaxonomyRefusal::ParentMissing);
            }
            let above = self.path(parent);
            if parent == id || above.iter().any(|term| term.id == id) {
                return Err(TaxonomyRefusal::Circle);
            }
            if above.len() + self.height(id) > I::MAX_DEPTH {
                return Err(TaxonomyRefusal::TooDeep { max: I::MAX_DEPTH });
            }
        }
        let TermDefinition { slug, name, description, parent, position, active } = definition;
        Ok(TermChange {
            from_version: self.version,
            write: Term {
                id,
                slug,
                name,
                description,
                parent,
                position,
                active,
                image: old.and_then(|old| old.image.clone()),
                product_count: old.map_or(0, |old| old.product_count),
                version: old.map_or(1, |old| old.version + 1),
                created_at: old.map_or(now, |old| old.created_at),
                updated_at: now,
            },
        })
    }

    /// The number of levels of the term's branch: 1 if it has no children, or is new.
    fn height(&self, id: I) -> usize {
        let depth = |below: I| self.path(below).iter().position(|term| term.id == id).map_or(1, |steps| steps + 1);
        self.branch(id).into_iter().map(depth).max().unwrap_or(1)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop, prop_assert, proptest};

    use super::{Taxonomy, TaxonomyRefusal, TermDefinition, TermId};
    use crate::id::{BrandId, CategoryId};
    use crate::slug::Slug;
    use crate::time::Time;

    const NOW: fn() -> Time = || Time::from_unix_millis(0);

    fn id(n: u8) -> CategoryId {
        CategoryId::new(NOW(), n.into())
    }

    fn called<I>(slug: &str, parent: Option<I>) -> TermDefinition<I> {
        TermDefinition { parent, ..TermDefinition::new(Slug::parse(slug).unwrap(), slug) }
    }

    fn with<I: TermId>(tree: &Taxonomy<I>, change: super::TermChange<I>) -> Taxonomy<I> {
        let mut terms: Vec<_> = tree.sorted().into_iter().cloned().collect();
        terms.retain(|term| term.id != change.write.id);
        terms.push(change.write);
        Taxonomy::new(tree.version + 1, terms)
    }

    fn chain(length: u8) -> Taxonomy<CategoryId> {
        (1..=length).fold(Taxonomy::new(0, []), |tree, n| {
            let parent = (n > 1).then(|| id(n - 1));
            let change = tree.add(id(n), called(&format!("c{n}"), parent), NOW());
            with(&tree, change.unwrap())
        })
    }

    #[test]
    fn a_category_has_a_parent_but_not_itself_and_not_too_many_levels() {
        let tree = chain(8);
        let path: Vec<_> = tree.path(id(3)).iter().map(|term| term.id).collect();
        assert_eq!(path, [id(3), id(2), id(1)]);
        assert_eq!(tree.branch(id(6)), [id(6), id(7), id(8)]);
        let edit = |n, parent| tree.edit(id(n), called(&format!("c{n}"), parent), NOW());
        assert_eq!(edit(2, Some(id(2))), Err(TaxonomyRefusal::Circle));
        assert_eq!(edit(2, Some(id(8))), Err(TaxonomyRefusal::Circle));
        assert_eq!(edit(2, Some(id(99))), Err(TaxonomyRefusal::ParentMissing));
        assert!(edit(8, None).is_ok());
        let deeper = tree.add(id(9), called("c9", Some(id(8))), NOW());
        assert_eq!(deeper, Err(TaxonomyRefusal::TooDeep { max: 8 }));
    }

    #[test]
    fn moving_a_branch_counts_all_of_its_levels() {
        let tree = chain(7);
        let side = tree.add(id(20), called("side", None), NOW()).unwrap();
        let tree = with(&tree, side);
        // Seven levels under one more are eight; under two more they would be nine.
        let under = tree.edit(id(1), called("c1", Some(id(20))), NOW());
        let tree = with(&tree, under.unwrap());
        let top = tree.add(id(21), called("top", None), NOW()).unwrap();
        let tree = with(&tree, top);
        let refused = tree.edit(id(20), called("side", Some(id(21))), NOW());
        assert_eq!(refused, Err(TaxonomyRefusal::TooDeep { max: 8 }));
    }

    #[test]
    fn slugs_are_unique_and_brands_have_no_parents() {
        let tree = chain(2);
        let taken = tree.add(id(3), called("c1", None), NOW());
        assert_eq!(taken, Err(TaxonomyRefusal::SlugTaken));
        assert!(tree.edit(id(1), called("c1", None), NOW()).is_ok());
        let brand = |n| BrandId::new(NOW(), n);
        let brands = Taxonomy::new(0, []);
        let first = brands.add(brand(1), called("acme", None), NOW()).unwrap();
        let brands = with(&brands, first);
        let below = brands.add(brand(2), called("sub", Some(brand(1))), NOW());
        assert_eq!(below, Err(TaxonomyRefusal::TooDeep { max: 1 }));
    }

    #[test]
    fn terms_below_an_inactive_term_are_hidden() {
        let tree = chain(3);
        let hidden = TermDefinition { active: false, ..called("c2", Some(id(1))) };
        let tree = with(&tree, tree.edit(id(2), hidden, NOW()).unwrap());
        assert!(tree.is_shown(id(1)) && !tree.is_shown(id(2)) && !tree.is_shown(id(3)));
        assert!(!tree.is_shown(id(77)));
    }

    proptest! {
        #[test]
        fn no_list_of_moves_makes_a_circle(moves in prop::collection::vec((1_u8..=8, 0_u8..=8), 0..40)) {
            let mut tree = chain(8);
            for (child, parent) in moves {
                let parent = (parent > 0).then(|| id(parent));
                if let Ok(change) = tree.edit(id(child), called(&format!("c{child}"), parent), NOW()) {
                    tree = with(&tree, change);
                }
                for n in 1..=8 {
                    prop_assert!(tree.path(id(n)).len() <= 8);
                    prop_assert!(tree.path(id(n)).last().unwrap().parent.is_none());
                }
            }
        }
    }
}
