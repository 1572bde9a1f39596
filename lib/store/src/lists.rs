//! Lists of products: the list of all, and one of each category and brand. An entry of a list is only a key. The
//! product itself is stored once, for all lists.

use std::collections::BTreeSet;

use domain::id::ProductId;
use domain::product::{Product, ProductStatus};
use domain::taxonomy::TermId;
use serde::Serialize;

use crate::engine::error::StoreError;
use crate::engine::item::Attributes;
use crate::engine::page::{Cursor, KeyRange, Page, PageRequest};
use crate::keys::Key;
use crate::{Store, keys};

/// In a list, products with the same state are together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProductState {
    Active,
    Draft,
    Archived,
    Deleted,
}

impl ProductState {
    pub const ALL: [Self; 4] = [Self::Active, Self::Draft, Self::Archived, Self::Deleted];

    pub fn of(product: &Product) -> Self {
        match (product.deleted_at, product.status) {
            (Some(_), _) => Self::Deleted,
            (None, ProductStatus::Active) => Self::Active,
            (None, ProductStatus::Draft) => Self::Draft,
            (None, ProductStatus::Archived) => Self::Archived,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Draft => "DRAFT",
            Self::Archived => "ARCHIVED",
            Self::Deleted => "DELETED",
        }
    }
}

/// A list of products.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct List(String);

impl List {
    pub fn all() -> Self {
        Self(keys::list_partition(None))
    }

    pub fn of<I: TermId>(id: I) -> Self {
        Self(keys::list_partition(Some((I::KIND, &id.to_string()))))
    }
}

#[derive(Debug, Serialize)]
pub(crate) struct Listed {}

/// The product's entries in lists. A deleted product is in no list of a category or brand, so these can be deleted.
pub(crate) fn lines(product: &Product) -> BTreeSet<Key> {
    let state = ProductState::of(product);
    let mut lists = vec![List::all()];
    if state != ProductState::Deleted {
        lists.extend(product.categories.iter().map(|&id| List::of(id)));
        lists.extend(product.brand.map(List::of));
    }
    let line = |list: &List| keys::listed(&list.0, state.name(), product.id);
    lists.iter().map(line).collect()
}

impl Store {
    /// One page of the products with this state, newest first.
    pub async fn listed(&self, state: ProductState, request: &PageRequest) -> Result<Page<ProductId>, StoreError> {
        let (limit, after) = (request.limit as usize, request.after.as_ref().map(Cursor::place));
        let key_range = KeyRange::of(List::all().0).with_prefix(keys::listed_prefix(state.name())).newest_first();
        let mut entries = self.query(&key_range, after, limit + 1).await?;
        let more = entries.len() > limit;
        entries.truncate(limit);
        let next = entries.last().filter(|_| more).map(|(place, _)| Cursor::after(place.clone()));
        Ok(Page { items: products(entries)?, next })
    }

    /// One page of the products of all states, one state after the other. `None` if the cursor is not of this list.
    pub async fn listed_by_state(&self, request: &PageRequest) -> Result<Option<Page<ProductId>>, StoreError> {
        let place = request.after.as_ref().map(Cursor::place);
        let name = place.map_or(ProductState::Active.name(), keys::listed_state);
        let mut states = ProductState::ALL.into_iter().skip_while(|state| state.name() != name);
        let Some(state) = states.next() else {
            return Ok(None);
        };
        let after = request.after.clone().filter(|cursor| cursor.place() != name);
        let mut page = self.listed(state, &PageRequest { after, ..*request }).await?;
        page.next = page.next.or_else(|| states.next().map(|next| Cursor::after(next.name())));
        Ok(Some(page))
    }

    /// At most `limit` products of a list, whatever their state.
    pub async fn listed_in(&self, list: &List, limit: usize) -> Result<Vec<ProductId>, StoreError> {
        products(self.query(&KeyRange::of(list.0.clone()), None, limit).await?)
    }

    /// Whether any product is in a list.
    pub(crate) async fn is_listed_in(&self, list: &List) -> Result<bool, StoreError> {
        Ok(!self.query(&KeyRange::of(list.0.clone()), None, 1).await?.is_empty())
    }
}

/// The products of these entries, which are keys only.
fn products(entries: Vec<(String, Attributes)>) -> Result<Vec<ProductId>, StoreError> {
    let product = |(place, _): (String, _)| keys::listed_product(&place).ok_or(StoreError::Corrupt(place));
    entries.into_iter().map(product).collect()
}
