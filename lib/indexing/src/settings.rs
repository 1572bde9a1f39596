//! How staff set the search, as queries use it.

use std::collections::HashMap;

use domain::id::ProductId;
use domain::search::normalized;
use search_index::{Id, Synonyms};
use store::search_settings::SearchSettings;
use store::{Store, StoreError};

#[derive(Debug, Clone, Default)]
pub struct Settings {
    pub synonyms: Synonyms,
    /// By the query without case, accents, spaces and hyphens.
    pinned: HashMap<String, Vec<Id>>,
}

impl Settings {
    pub(crate) async fn read(store: &Store) -> Result<Self, StoreError> {
        Ok(Self::of(&store.search_settings().await?))
    }

    fn of(set: &SearchSettings) -> Self {
        let mut settings = Self::default();
        for synonym in set.synonyms.iter().map(|it| &it.content) {
            let terms: Vec<&str> = synonym.terms.iter().map(String::as_str).collect();
            match &synonym.input {
                None => settings.synonyms.both_ways(&terms),
                Some(input) => terms.iter().for_each(|term| settings.synonyms.one_way(input, term)),
            }
        }
        for rule in set.rules.iter().map(|it| &it.content) {
            let products = rule.products.iter().map(|id: &ProductId| id.to_bytes()).collect();
            settings.pinned.insert(normalized(&rule.query), products);
        }
        settings
    }

    /// The products that come first for this query. Not all of them need to be there, or be on sale.
    pub fn pinned_for(&self, query: &str) -> &[Id] {
        if self.pinned.is_empty() {
            return &[];
        }
        self.pinned.get(&normalized(query)).map_or(&[], Vec::as_slice)
    }
}
