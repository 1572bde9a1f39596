//! Lists of products: the list of all, and one of each category and brand. An entry of a list is only a key. The
//! product itself is stored once, for all lists.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::ProductId;
use domain::product::{Product, ProductStatus};
use domain::taxonomy::TermId;
use serde::Serialize;

use crate::engine::error::StoreError;
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
    /// One page of the products with these states in these lists, newest first. A product in several lists is there
    /// once. Its id is the place in a list, so a cursor is good for each list and each state.
    pub async fn listed(
        &self,
        lists: &[List],
        states: &[ProductState],
        request: &PageRequest,
    ) -> Result<Page<ProductId>, StoreError> {
        let limit = request.limit as usize;
        let after = request.after.as_ref().map(Cursor::place);
        let mut queries = tokio::task::JoinSet::new();
        for (list, state) in lists.iter().flat_map(|list| states.iter().map(move |state| (list, state.name()))) {
            let (store, partition) = (self.clone(), &list.0);
            let after = after.map(|place| match keys::listed_product(place) {
                Some(id) => keys::listed(partition, state, id).sk,
                None => place.to_owned(),
            });
            let key_range = KeyRange::of(partition.clone()).with_prefix(keys::listed_prefix(state)).newest_first();
            queries.spawn(async move { store.query(&key_range, after.as_deref(), limit + 1).await });
        }
        let mut places = BTreeMap::new();
        while let Some(query) = queries.join_next().await {
            for (place, _) in query.map_err(|error| StoreError::Unavailable(error.to_string()))?? {
                let id = keys::listed_product(&place).ok_or_else(|| StoreError::Corrupt(place.clone()))?;
                places.insert(id, place);
            }
        }
        let more = places.len() > limit;
        let page: Vec<(ProductId, String)> = places.into_iter().rev().take(limit).collect();
        let next = page.last().filter(|_| more).map(|(_, place)| Cursor::after(place.clone()));
        Ok(Page { items: page.into_iter().map(|(id, _)| id).collect(), next })
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
        let mut page = self.listed(&[List::all()], &[state], &PageRequest { after, ..*request }).await?;
        page.next = page.next.or_else(|| states.next().map(|next| Cursor::after(next.name())));
        Ok(Some(page))
    }

    /// At most `limit` products of a list, whatever their state.
    pub async fn listed_in(&self, list: &List, limit: usize) -> Result<Vec<ProductId>, StoreError> {
        let entries = self.query(&KeyRange::of(list.0.clone()), None, limit).await?;
        let product = |place: String| keys::listed_product(&place).ok_or(StoreError::Corrupt(place));
        entries.into_iter().map(|(place, _)| product(place)).collect()
    }

    /// Whether any product is in a list.
    pub(crate) async fn is_listed_in(&self, list: &List) -> Result<bool, StoreError> {
        Ok(!self.query(&KeyRange::of(list.0.clone()), None, 1).await?.is_empty())
    }
}
