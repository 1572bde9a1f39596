//! Documents of orders. A number is taken in the transaction that writes its document, so numbers have no gaps: whoever
//! read the last number too late is refused, and reads it again.

use domain::document::{Document, DocumentKind, Series, StoredFile};
use domain::id::{OrderId, TransactionId};
use serde::{Deserialize, Serialize};

use crate::engine::error::{Commit, StoreError};
use crate::engine::expression::{Change, Require};
use crate::engine::item::{Item, number, read, value};
use crate::engine::read::WriteOutcome;
use crate::{Store, Transaction, keys};

/// Another document took the number, or the order has this document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IssuedMeanwhile;

#[derive(Debug, Serialize, Deserialize)]
struct LastNumber {
    last: u64,
}

fn key(document: &Document) -> keys::Key {
    let refund = document.refund_id.filter(|_| document.kind != DocumentKind::Invoice);
    keys::document(document.order_id, document.kind.name(), refund)
}

impl Store {
    /// The documents of an order, in the order of their issue.
    pub async fn documents_of(&self, order: OrderId) -> Result<Vec<Document>, StoreError> {
        let items = self.query_all(keys::order_partition(order), keys::DOCUMENT_PREFIX).await?;
        let mut documents: Vec<Document> = items.into_iter().map(|(_, item)| read(item)).collect::<Result<_, _>>()?;
        documents.sort_by(|a, b| (a.issued_at, a.kind, &a.number).cmp(&(b.issued_at, b.kind, &b.number)));
        Ok(documents)
    }

    /// How many numbers of a series are taken.
    pub async fn last_number(&self, series: Series) -> Result<u64, StoreError> {
        let last: Option<LastNumber> = self.get(&keys::last_number(series)).await?;
        Ok(last.map_or(0, |last| last.last))
    }

    /// Writes a document and takes the number after `last`, which is its number.
    pub async fn issue_document(
        &self,
        token: TransactionId,
        document: &Document,
        last: u64,
    ) -> Result<(), Commit<IssuedMeanwhile>> {
        let unchanged = match last {
            0 => vec![Require::Absent],
            last => vec![Require::Equals("last", number(last))],
        };
        let taken = Item::new(keys::last_number(document.series()), &LastNumber { last: last + 1 })?;
        let issued = Item::new(key(document), document)?;
        let issued = issued.index(keys::document_numbered(&document.number, document.order_id));
        let writes = Transaction::new(token);
        let writes = writes.put_new(issued, IssuedMeanwhile).put_if(taken, unchanged, IssuedMeanwhile);
        self.commit(writes).await
    }

    /// Says once that the file of a document is stored. `false`: somebody said so before.
    pub async fn document_stored(&self, document: &Document, file: &StoredFile) -> Result<bool, StoreError> {
        let change = Change::at(key(document)).set("file", value(file)?);
        let outcome = self.change(change.require(Require::Exists).require(Require::Lacks("file"))).await?;
        Ok(matches!(outcome, WriteOutcome::Done(_)))
    }
}
