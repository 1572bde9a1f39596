//! Categories and brands: a head with a version, and an item a term, all in one partition. A change is committed
//! against the version of the head that it was decided on.
//!
//! A term is deleted in three steps, because no condition can say "no product is in it": it is closed, so that no
//! product comes into it any more; the list of its products is looked at; it is deleted or opened again. Should we die
//! in between it stays closed, and the next change of it opens it.

use domain::taxonomy::{Taxonomy, Term, TermChange, TermId};
use serde::{Deserialize, Serialize};

use crate::audit::AuditEntry;
use crate::engine::error::{Commit, StoreError};
use crate::engine::expression::{Change, Require};
use crate::engine::item::{Item, number, read};
use crate::lists::List;
use crate::{Store, Transaction, keys};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TermConflict {
    /// Another change came first: decide again on the taxonomy as it is now.
    Changed,
    /// Products are in it.
    InUse,
}

#[derive(Debug, Serialize, Deserialize)]
struct Head {
    version: u64,
}

impl Store {
    /// All of it; people keep it by hand, so it is small.
    pub async fn taxonomy<I: TermId>(&self) -> Result<Taxonomy<I>, StoreError> {
        let (mut version, mut terms) = (0, Vec::new());
        for (sk, item) in self.all(keys::taxonomy_partition::<I>(), "").await? {
            if sk == keys::TAXONOMY_HEAD {
                version = read::<Head>(item)?.version;
            } else {
                terms.push(read::<Term<I>>(item)?);
            }
        }
        Ok(Taxonomy::new(version, terms))
    }

    pub async fn save_term<I: TermId>(
        &self,
        change: &TermChange<I>,
        entry: &AuditEntry,
    ) -> Result<(), Commit<TermConflict>> {
        let writes =
            raise::<I>(change.from_version, entry)?.put(Item::new(keys::term(change.write.id), &change.write)?);
        self.commit(writes).await
    }

    /// Deletes a term that has no children in the taxonomy of this version, unless a product is in it.
    pub async fn delete_term<I: TermId>(
        &self,
        id: I,
        version: u64,
        entry: &AuditEntry,
    ) -> Result<(), Commit<TermConflict>> {
        let closing = Change::at(keys::term(id)).set("closing", number(1)).require(Require::Exists);
        self.change(closing).await?;
        if self.is_listed_in(&List::of(id)).await? {
            let open = Change::at(keys::term(id)).remove("closing").require(Require::Exists);
            self.change(open).await?;
            return Err(Commit::Refused(TermConflict::InUse));
        }
        let writes =
            raise::<I>(version, entry)?.delete_if(keys::term(id), vec![Require::Has("closing")], TermConflict::Changed);
        self.commit(writes).await
    }
}

/// The next version of the head, and the audit entry, which every change writes.
fn raise<I: TermId>(from: u64, entry: &AuditEntry) -> Result<Transaction<TermConflict>, StoreError> {
    let head = Item::new(keys::taxonomy_head::<I>(), &Head { version: from + 1 })?;
    let requires = match from {
        0 => vec![Require::Absent],
        version => vec![Require::Equals("version", number(version))],
    };
    Ok(Transaction::new(entry.id).put_if(head, requires, TermConflict::Changed).put(entry.item()?))
}
