//! How staff change the list of shipping methods. Each change is one new version of the whole list.

use super::{ShippingMethod, ShippingMethods, ShippingTerms};
use crate::id::ShippingMethodId;
use crate::time::Time;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ListRefusal {
    #[error("there is no such shipping method")]
    Missing,
    #[error("there can be at most {} shipping methods", ShippingMethods::MAX)]
    TooMany,
}

impl ShippingMethods {
    /// With this many of the largest kind, the list still fits in one item of the table.
    pub const MAX: usize = 20;

    pub fn find(&self, id: ShippingMethodId) -> Option<&ShippingMethod> {
        self.methods.iter().find(|method| method.id == id)
    }

    /// Its place in the list; the first is 1.
    pub fn position(&self, id: ShippingMethodId) -> Option<usize> {
        self.methods.iter().position(|method| method.id == id).map(|at| at + 1)
    }

    /// Puts a method at a position, or at the end.
    pub fn with(&self, new: ShippingMethod, position: Option<usize>) -> Result<Self, ListRefusal> {
        if self.methods.len() >= Self::MAX {
            return Err(ListRefusal::TooMany);
        }
        Ok(self.next(|methods| put(methods, new, position)))
    }

    /// Changes a method. Without a position it stays where it is.
    pub fn changed(
        &self,
        id: ShippingMethodId,
        terms: ShippingTerms,
        position: Option<usize>,
        now: Time,
    ) -> Result<Self, ListRefusal> {
        let before = self.find(id).ok_or(ListRefusal::Missing)?;
        let after = ShippingMethod { terms, version: before.version + 1, updated_at: now, ..before.clone() };
        let position = position.or(self.position(id));
        Ok(self.next(|methods| {
            methods.retain(|method| method.id != id);
            put(methods, after, position);
        }))
    }

    pub fn without(&self, id: ShippingMethodId) -> Result<Self, ListRefusal> {
        self.find(id).ok_or(ListRefusal::Missing)?;
        Ok(self.next(|methods| methods.retain(|method| method.id != id)))
    }

    fn next(&self, change: impl FnOnce(&mut Vec<ShippingMethod>)) -> Self {
        let mut methods = self.methods.clone();
        change(&mut methods);
        Self { version: self.version + 1, methods }
    }
}

/// A position behind the end is the end.
fn put(methods: &mut Vec<ShippingMethod>, method: ShippingMethod, position: Option<usize>) {
    let at = position.map_or(methods.len(), |position| position.saturating_sub(1).min(methods.len()));
    methods.insert(at, method);
}
