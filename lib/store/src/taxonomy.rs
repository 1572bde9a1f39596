//! Categories and brands: a head with a version, and one item for each term, all in one partition. A change is
//! committed if the head still has the version that it was decided on.
//!
//! A term's item also counts its active products. Each product that joins or leaves it, or whose state changes, counts
//! itself in its own transaction. Therefore a change of a term is an update of its other attributes.
//!
//! A term is deleted in three steps, because no condition can say "no product is in it". It is closed, so that no
//! product can be added to it. Its list of products is read. Then it is deleted, or opened again. If the function stops
//! in between, the term stays closed until its next change, which opens it.

use domain::id::{BrandId, CategoryId};
use domain::taxonomy::{Taxonomy, Term, TermChange, TermId};
use serde::{Deserialize, Serialize};

use crate::audit::AuditEntry;
use crate::engine::error::{Commit, StoreError};
use crate::engine::expression::{Change, Require};
use crate::engine::item::{Item, number, read};
use crate::engine::transaction::MAX_WRITES;
use crate::lists::List;
use crate::outbox::OutboxEvent;
use crate::{Store, Transaction, keys};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TermConflict {
    /// The taxonomy changed since it was read.
    Changed,
    /// Products are in it.
    InUse,
}

#[derive(Debug, Serialize, Deserialize)]
struct Head {
    version: u64,
}

/// The most terms that one transaction adds, beside the head and the audit entry.
pub const MAX_ADDED: usize = MAX_WRITES - 2;

/// The attributes that a change of a term writes.
const FIELDS: [&str; 11] = [
    "id",
    "slug",
    "name",
    "description",
    "parent",
    "position",
    "active",
    "image",
    "version",
    "created_at",
    "updated_at",
];

/// Writes a term, opens it if it is closing, and leaves its count of products as it is.
pub(crate) fn term_update<I: TermId>(term: &Term<I>) -> Result<Change, StoreError> {
    let mut attributes = Item::new(keys::term(term.id), term)?.into_attributes();
    let change =
        FIELDS.into_iter().fold(Change::at(keys::term(term.id)), |change, name| match attributes.remove(name) {
            Some(value) => change.set(name, value),
            None => change.remove(name),
        });
    Ok(change.remove("closing"))
}

impl Store {
    /// The versions of the categories and of the brands, in one round trip.
    pub async fn taxonomy_versions(&self) -> Result<(u64, u64), StoreError> {
        let keys = [keys::taxonomy_head::<CategoryId>(), keys::taxonomy_head::<BrandId>()];
        let mut found = self.get_all(&keys.iter().collect::<Vec<_>>()).await?;
        let [categories, brands] = keys.map(|key| found.take::<Head>(&key));
        let version = |head: Option<Head>| head.map_or(0, |head| head.version);
        Ok((version(categories?), version(brands?)))
    }

    /// The whole taxonomy. Staff maintain it by hand, so it is small.
    pub async fn taxonomy<I: TermId>(&self) -> Result<Taxonomy<I>, StoreError> {
        let (mut version, mut terms) = (0, Vec::new());
        for (sk, item) in self.query_all(keys::taxonomy_partition::<I>(), "").await? {
            if sk == keys::TAXONOMY_HEAD {
                version = read::<Head>(item)?.version;
            } else {
                terms.push(read::<Term<I>>(item)?);
            }
        }
        Ok(Taxonomy::new(version, terms))
    }

    /// A term and those above it, without the rest of the taxonomy and without its version.
    pub async fn branch_of<I: TermId>(&self, id: I) -> Result<Taxonomy<I>, StoreError> {
        let (mut terms, mut next) = (Vec::<Term<I>>::new(), Some(id));
        while let Some(id) = next
            // This ends even if there is a circle in the table.
            && terms.len() <= I::MAX_DEPTH
            && let Some(term) = self.get::<Term<I>>(&keys::term(id)).await?
        {
            next = term.parent;
            terms.push(term);
        }
        Ok(Taxonomy::new(0, terms))
    }

    /// `events`: what the change means for pictures and for the products of the term.
    pub async fn save_term<I: TermId>(
        &self,
        change: &TermChange<I>,
        entry: &AuditEntry,
        events: &[OutboxEvent],
    ) -> Result<(), Commit<TermConflict>> {
        let mut writes =
            raise_version::<I>(change.from_version, entry)?.change(term_update(&change.write)?, TermConflict::Changed);
        for event in events {
            writes = writes.put(event.item()?);
        }
        self.commit(writes).await
    }

    /// Adds new terms, decided on this version of the taxonomy: at most [`MAX_ADDED`].
    pub async fn add_terms<I: TermId>(
        &self,
        from_version: u64,
        terms: &[Term<I>],
        entry: &AuditEntry,
    ) -> Result<(), Commit<TermConflict>> {
        let mut writes = raise_version::<I>(from_version, entry)?;
        for term in terms {
            writes = writes.change(term_update(term)?, TermConflict::Changed);
        }
        self.commit(writes).await
    }

    /// Deletes a term, unless a product is in it. In the taxonomy of this version it must have no children.
    pub async fn delete_term<I: TermId>(
        &self,
        id: I,
        version: u64,
        entry: &AuditEntry,
        removed: Option<&OutboxEvent>,
    ) -> Result<(), Commit<TermConflict>> {
        let closing = Change::at(keys::term(id)).set("closing", number(1)).require(Require::Exists);
        self.change(closing).await?;
        if self.is_listed_in(&List::of(id)).await? {
            let open = Change::at(keys::term(id)).remove("closing").require(Require::Exists);
            self.change(open).await?;
            return Err(Commit::Refused(TermConflict::InUse));
        }
        let writes = raise_version::<I>(version, entry)?.delete_if(
            keys::term(id),
            vec![Require::Has("closing")],
            TermConflict::Changed,
        );
        self.commit(with_event(writes, removed)?).await
    }
}

pub(crate) fn with_event<R: Clone>(
    writes: Transaction<R>,
    event: Option<&OutboxEvent>,
) -> Result<Transaction<R>, StoreError> {
    Ok(match event {
        Some(event) => writes.put(event.item()?),
        None => writes,
    })
}

/// Every change writes the next version of the head, and the audit entry.
fn raise_version<I: TermId>(from: u64, entry: &AuditEntry) -> Result<Transaction<TermConflict>, StoreError> {
    Ok(raise_head::<I, _>(Transaction::new(entry.id), from, TermConflict::Changed)?.put(entry.item()?))
}

pub(crate) fn raise_head<I: TermId, R: Clone>(
    writes: Transaction<R>,
    from: u64,
    changed: R,
) -> Result<Transaction<R>, StoreError> {
    let head = Item::new(keys::taxonomy_head::<I>(), &Head { version: from + 1 })?;
    let requires = match from {
        0 => vec![Require::Absent],
        version => vec![Require::Equals("version", number(version))],
    };
    Ok(writes.put_if(head, requires, changed))
}
