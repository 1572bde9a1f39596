//! The search index and the settings of the search.

use domain::search::SettingKind;

use super::Key;

/// The state of the search index, and what was published since its base. Publications sort before the state, so that one
/// query from the end reads the state and the newest of them.
pub const SEARCH: &str = "SEARCH";
pub const PUBLICATION_PREFIX: &str = "PUBLICATION#";

pub fn index_state() -> Key {
    Key::new(SEARCH, "STATE")
}

pub fn publication(seq: u32) -> Key {
    Key::new(SEARCH, format!("{PUBLICATION_PREFIX}{seq:010}"))
}

/// All synonyms and rules, which are read together. There are few, and each is bounded.
pub const SEARCH_SETTINGS: &str = "SEARCHSETTINGS";

/// Says how many of each kind there are.
pub fn search_settings_head() -> Key {
    Key::new(SEARCH_SETTINGS, "HEAD")
}

pub fn search_setting<K: SettingKind>(id: K::Id) -> Key {
    Key::new(SEARCH_SETTINGS, format!("{}{id}", search_setting_prefix::<K>()))
}

/// `SYNONYM#` or `RULE#`.
pub fn search_setting_prefix<K: SettingKind>() -> String {
    format!("{}#", K::NAME.to_ascii_uppercase())
}

/// Makes the query of a rule unique.
pub fn search_setting_query(normalized: &str) -> Key {
    Key::new(SEARCH_SETTINGS, format!("QUERY#{normalized}"))
}

pub const MISS_PREFIX: &str = "QUERY#";

pub fn misses_partition(day: &str) -> String {
    format!("SEARCHMISSES#{day}")
}

/// Says how many different queries found nothing on a day.
pub fn misses_head(day: &str) -> Key {
    Key::new(misses_partition(day), "HEAD")
}

/// How often a query found nothing on a day.
pub fn miss(day: &str, words: &str) -> Key {
    Key::new(misses_partition(day), format!("{MISS_PREFIX}{words}"))
}
