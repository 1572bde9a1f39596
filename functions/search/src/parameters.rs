//! A query string, parameter by parameter. All faults are told at once: wrong values, parameters that are given twice,
//! and unknown ones.

use std::collections::BTreeMap;
use std::fmt::Display;

use domain::product_query::{MAX_GROUPS, MAX_VALUES};
use kit::http::body::Fields;
use kit::http::problem::Problem;
use sha2::{Digest, Sha256};

/// Nobody reads more unknown names at once.
const MAX_OTHERS: usize = 50;
/// A name that the client chose is repeated in the answer, but not at any length.
const MAX_NAME: usize = 100;

#[derive(Debug)]
pub(crate) struct Parameters {
    /// Those that nobody has taken yet.
    left: Vec<(String, String)>,
    fields: Fields,
}

/// The values that a group must have one of, by the name of the group.
pub(crate) type Groups = BTreeMap<String, Vec<String>>;

/// How long names of groups and their values may be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct GroupBounds {
    pub(crate) name_length: usize,
    pub(crate) value_length: usize,
}

impl Parameters {
    pub(crate) fn of(query: &str) -> Self {
        let left = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        Self { left, fields: Fields::default() }
    }

    /// Names a query: the same parameters have the same fingerprint, in whatever order. Those with the names `except` do
    /// not count.
    pub(crate) fn fingerprint(&self, except: &[&str]) -> Vec<u8> {
        let mut pairs: Vec<_> = self.left.iter().filter(|(name, _)| !except.contains(&&**name)).collect();
        pairs.sort();
        let mut hash = Sha256::new();
        for text in pairs.into_iter().flat_map(|(name, value)| [name, value]) {
            hash.update((text.len() as u64).to_le_bytes());
            hash.update(text);
        }
        hash.finalize()[..12].to_vec()
    }

    /// The value of a parameter; `None` if it is missing, or refused.
    pub(crate) fn take<T, E: Display>(&mut self, name: &str, parse: impl FnOnce(&str) -> Result<T, E>) -> Option<T> {
        let mut values = self.left.extract_if(.., |(known, _)| known == name).map(|(_, value)| value);
        let value = values.next()?;
        if values.count() > 0 {
            self.refuse(name, &"must be given only once");
            return None;
        }
        self.fields.check(name, parse(&value))
    }

    /// All parameters of the form `name[group]=value`. They may be repeated.
    pub(crate) fn take_groups(&mut self, name: &str, bounds: GroupBounds) -> Groups {
        let mut groups = Groups::new();
        let group_of = |key: &str| Some(key.strip_prefix(name)?.strip_prefix('[')?.strip_suffix(']')?.to_owned());
        for (key, value) in self.left.extract_if(.., |(key, _)| group_of(key).is_some()) {
            let group: String = group_of(&key).unwrap_or_default();
            let values: &mut Vec<String> = groups.entry(group).or_default();
            if !values.contains(&value) {
                values.push(value);
            }
        }
        if groups.len() > MAX_GROUPS {
            self.refuse(name, &format!("may have at most {MAX_GROUPS} names"));
            return Groups::new();
        }
        for (group, values) in &groups {
            let field = format!("{name}[{}]", group.chars().take(MAX_NAME).collect::<String>());
            let is_good = |text: &str, most: usize| (1..=most).contains(&text.chars().count());
            if !is_good(group, bounds.name_length) {
                self.refuse(&field, &format!("must have a name of 1 to {} characters", bounds.name_length));
            } else if values.len() > MAX_VALUES {
                self.refuse(&field, &format!("may have at most {MAX_VALUES} values"));
            } else if !values.iter().all(|value| is_good(value, bounds.value_length)) {
                self.refuse(&field, &format!("must be 1 to {} characters", bounds.value_length));
            }
        }
        groups
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.left.iter().any(|(known, _)| known == name)
    }

    pub(crate) fn refuse(&mut self, name: &str, message: &impl Display) {
        self.fields.refuse(name, message);
    }

    /// What was made of the parameters, if none was refused and all were taken.
    pub(crate) fn finish<T>(self, made: T) -> Result<T, Problem> {
        self.finish_without_others(made, "is not a known field")
    }

    /// The same. `message` is the reason why what is left is refused.
    pub(crate) fn finish_without_others<T>(mut self, made: T, message: &str) -> Result<T, Problem> {
        let mut others: Vec<String> = Vec::new();
        for (name, _) in self.left {
            let name: String = name.chars().take(MAX_NAME).collect();
            if !others.contains(&name) && others.len() < MAX_OTHERS {
                others.push(name);
            }
        }
        for name in &others {
            self.fields.refuse(name, &message);
        }
        let (made,) = self.fields.finish((Some(made),))?;
        Ok(made)
    }
}

/// A whole number between these, both included.
pub(crate) fn whole(text: &str, least: u32, most: u32) -> Result<u32, String> {
    let is_number = !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit());
    let number = text.parse().ok().filter(|number| is_number && (least..=most).contains(number));
    number.ok_or_else(|| {
        if is_number { format!("must be between {least} and {most}") } else { "must be a whole number".to_owned() }
    })
}

pub(crate) fn yes_or_no(text: &str) -> Result<bool, &'static str> {
    text.parse().map_err(|_| "must be true or false")
}
