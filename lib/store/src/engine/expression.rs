//! Update and condition expressions. Names and values are always placeholders, so a field name may be a reserved word,
//! and a caller's text never becomes syntax.

use std::borrow::Cow;
use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use crate::engine::item::{Attributes, number};
use crate::keys::{Index, IndexKey, Key, TABLE};

/// A condition on the existing item. Several are joined by AND.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Require {
    Exists,
    Absent,
    Has(&'static str),
    Lacks(&'static str),
    Equals(&'static str, AttributeValue),
    Below(&'static str, AttributeValue),
    BelowOrLacking(&'static str, AttributeValue),
    AtLeast(&'static str, AttributeValue),
    /// Both inclusive.
    Between(&'static str, AttributeValue, AttributeValue),
    /// The string set holds this member.
    Contains(&'static str, String),
    /// The string set holds this member already, or has fewer members than this.
    HasRoomFor(&'static str, String, u32),
}

/// The new value of one entry of a map.
#[derive(Debug, Clone)]
struct MapEntry {
    map: &'static str,
    entry: String,
    value: AttributeValue,
}

/// A change of one item.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) key: Key,
    sets: Vec<(&'static str, AttributeValue)>,
    entries: Vec<MapEntry>,
    adds: Vec<(Cow<'static, str>, i64)>,
    removes: Vec<&'static str>,
    members_added: Vec<(&'static str, String)>,
    members_removed: Vec<(&'static str, String)>,
    requires: Vec<Require>,
}

impl Change {
    pub(crate) fn at(key: Key) -> Self {
        Self {
            key,
            sets: Vec::new(),
            entries: Vec::new(),
            adds: Vec::new(),
            removes: Vec::new(),
            members_added: Vec::new(),
            members_removed: Vec::new(),
            requires: Vec::new(),
        }
    }

    pub(crate) fn set(mut self, name: &'static str, value: AttributeValue) -> Self {
        self.sets.push((name, value));
        self
    }

    /// Sets one entry of a map that exists.
    pub(crate) fn set_entry(mut self, map: &'static str, entry: impl Into<String>, value: AttributeValue) -> Self {
        self.entries.push(MapEntry { map, entry: entry.into(), value });
        self
    }

    pub(crate) fn add(mut self, name: impl Into<Cow<'static, str>>, amount: i64) -> Self {
        self.adds.push((name.into(), amount));
        self
    }

    pub(crate) fn remove(mut self, name: &'static str) -> Self {
        self.removes.push(name);
        self
    }

    /// Puts the item into a secondary index.
    pub(crate) fn index(self, key: IndexKey) -> Self {
        self.set(key.index.pk, AttributeValue::S(key.pk)).set(key.index.sk, AttributeValue::S(key.sk))
    }

    /// Takes the item out of a secondary index.
    pub(crate) fn unindex(self, index: Index) -> Self {
        self.remove(index.pk).remove(index.sk)
    }

    /// Adds a member to a string set. Adding it again changes nothing.
    pub(crate) fn add_member(mut self, name: &'static str, member: String) -> Self {
        self.members_added.push((name, member));
        self
    }

    pub(crate) fn remove_member(mut self, name: &'static str, member: String) -> Self {
        self.members_removed.push((name, member));
        self
    }

    pub(crate) fn require(mut self, require: Require) -> Self {
        self.requires.push(require);
        self
    }

    pub(crate) fn build(self) -> BuiltChange {
        let mut expression = Expression::default();
        let mut clauses = Vec::new();
        let mut clause = |word: &str, parts: Vec<String>| {
            if !parts.is_empty() {
                clauses.push(format!("{word} {}", parts.join(", ")));
            }
        };
        let sets = self.sets.into_iter().map(|(name, value)| {
            let (name, value) = (expression.name(name), expression.value(value));
            format!("{name} = {value}")
        });
        let mut sets: Vec<String> = sets.collect();
        for (at, MapEntry { map, entry, value }) in self.entries.into_iter().enumerate() {
            let (map, value) = (expression.name(map), expression.value(value));
            let placeholder = format!("#entry{at}");
            expression.names.insert(placeholder.clone(), entry);
            sets.push(format!("{map}.{placeholder} = {value}"));
        }
        clause("SET", sets);
        let numbers = self.adds.into_iter().map(|(name, amount)| (name, AttributeValue::N(amount.to_string())));
        let members =
            self.members_added.into_iter().map(|(name, member)| (name.into(), AttributeValue::Ss(vec![member])));
        let adds = numbers.chain(members).map(|(name, value)| {
            let (name, value) = (expression.name(&name), expression.value(value));
            format!("{name} {value}")
        });
        clause("ADD", adds.collect());
        clause("REMOVE", self.removes.into_iter().map(|name| expression.name(name)).collect());
        let members = self.members_removed.into_iter().map(|(name, member)| {
            let (name, member) = (expression.name(name), expression.value(AttributeValue::Ss(vec![member])));
            format!("{name} {member}")
        });
        clause("DELETE", members.collect());
        expression.require(self.requires);
        BuiltChange { key: self.key, update: clauses.join(" "), expression }
    }
}

/// A change as DynamoDB reads it.
#[derive(Debug, Clone)]
pub(crate) struct BuiltChange {
    pub(crate) key: Key,
    pub(crate) update: String,
    pub(crate) expression: Expression,
}

/// A condition, with the names and values of it and of the update that it belongs to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Expression {
    pub(crate) condition: Option<String>,
    pub(crate) names: HashMap<String, String>,
    pub(crate) values: Attributes,
}

impl Expression {
    pub(crate) fn requiring(requires: Vec<Require>) -> Self {
        let mut expression = Self::default();
        expression.require(requires);
        expression
    }

    fn name(&mut self, name: &str) -> String {
        let placeholder = format!("#{name}");
        self.names.insert(placeholder.clone(), name.to_owned());
        placeholder
    }

    fn value(&mut self, value: AttributeValue) -> String {
        let placeholder = format!(":v{}", self.values.len());
        self.values.insert(placeholder.clone(), value);
        placeholder
    }

    fn require(&mut self, requires: Vec<Require>) {
        let parts: Vec<String> = requires
            .into_iter()
            .map(|require| match require {
                Require::Exists => format!("attribute_exists({})", TABLE.pk),
                Require::Absent => format!("attribute_not_exists({})", TABLE.pk),
                Require::Has(name) => format!("attribute_exists({})", self.name(name)),
                Require::Lacks(name) => format!("attribute_not_exists({})", self.name(name)),
                Require::Equals(name, value) => {
                    format!("{} = {}", self.name(name), self.value(value))
                }
                Require::Below(name, value) => {
                    format!("{} < {}", self.name(name), self.value(value))
                }
                Require::BelowOrLacking(name, value) => {
                    let (name, value) = (self.name(name), self.value(value));
                    format!("(attribute_not_exists({name}) OR {name} < {value})")
                }
                Require::AtLeast(name, value) => {
                    format!("{} >= {}", self.name(name), self.value(value))
                }
                Require::Between(name, low, high) => {
                    let (low, high) = (self.value(low), self.value(high));
                    format!("{} BETWEEN {low} AND {high}", self.name(name))
                }
                Require::Contains(name, member) => {
                    format!("contains({}, {})", self.name(name), self.value(AttributeValue::S(member)))
                }
                Require::HasRoomFor(name, member, max) => {
                    let (member, max) = (self.value(AttributeValue::S(member)), self.value(number(max)));
                    let name = self.name(name);
                    format!("(attribute_not_exists({name}) OR contains({name}, {member}) OR size({name}) < {max})")
                }
            })
            .collect();
        if !parts.is_empty() {
            self.condition = Some(parts.join(" AND "));
        }
    }

    pub(crate) fn names(&self) -> Option<HashMap<String, String>> {
        (!self.names.is_empty()).then(|| self.names.clone())
    }

    pub(crate) fn values(&self) -> Option<Attributes> {
        (!self.values.is_empty()).then(|| self.values.clone())
    }
}
