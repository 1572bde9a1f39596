//! How staff set the search, as queries use it.

use std::collections::HashMap;
use std::sync::Arc;

use domain::id::ProductId;
use domain::search::normalized;
use search_index::{Id, Synonyms};
use store::Store;
use store::search_settings::SearchSettings;

#[derive(Debug, Clone, Default)]
pub struct Settings {
    pub synonyms: Synonyms,
    /// By the query without case, accents, spaces and hyphens.
    pinned: HashMap<String, Vec<Id>>,
    /// The number that the state of the index had before they were read. `None`: they were not read yet.
    number: Option<u64>,
}

impl Settings {
    /// Reads the settings again if the state of the index has another number. A search with those of before is better
    /// than none, so a failure only means that the next look at the state tries again.
    pub(crate) async fn follow(known: &mut Arc<Self>, store: &Store, number: u64) {
        let number = Some(number);
        if known.number == number {
            return;
        }
        match store.search_settings().await {
            Ok(set) => *known = Arc::new(Self { number, ..Self::of(&set) }),
            Err(error) => tracing::error!(cause = %error, "the settings of the search are not up to date"),
        }
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

    /// Another number means other settings.
    pub fn number(&self) -> u64 {
        self.number.unwrap_or_default()
    }

    /// The products that come first for this query. Not all of them need to be there, or be on sale.
    pub fn pinned_for(&self, query: &str) -> &[Id] {
        if self.pinned.is_empty() {
            return &[];
        }
        self.pinned.get(&normalized(query)).map_or(&[], Vec::as_slice)
    }
}
