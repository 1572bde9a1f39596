//! Which documents an order lacks, and their numbers.

use domain::document::{Document, Facts, Issue, Series, due};
use domain::id::OrderId;
use store::Commit;
use store::documents::IssuedMeanwhile;
use store::retry::{Attempt, retry};

use crate::{DocumentError, Documents};

impl Documents {
    /// Issues what the order lacks, and stores every file that is not stored yet.
    pub(crate) async fn complete(&self, order_id: OrderId) -> Result<(), DocumentError> {
        let Some(whole) = self.store.whole_order(order_id).await? else {
            return Ok(());
        };
        loop {
            let issued = self.store.documents_of(order_id).await?;
            for document in issued.iter().filter(|document| document.file.is_none()) {
                self.store_file(document, &whole.purchase).await?;
            }
            let facts = Facts {
                order: &whole.order,
                purchase: &whole.purchase,
                refunds: &whole.refunds,
                issued: &issued,
                seller: &self.seller,
                language: self.language,
            };
            if !self.issue_next(&facts).await? {
                return Ok(());
            }
        }
    }

    /// Issues the first document that the order lacks. `false`: it lacks none.
    async fn issue_next(&self, facts: &Facts<'_>) -> Result<bool, DocumentError> {
        let Some(due) = due(facts.order, facts.refunds, facts.issued) else {
            return Ok(false);
        };
        retry("the numbers of documents", || async {
            let now = self.clock.now();
            let day = self.zone.day(now);
            let series = Series::on(due.kind(), day);
            let last = self.store.last_number(series).await?;
            let issue = Issue { at: now, day, number: series.number(last + 1) };
            let document: Document = facts.document(due, issue, |time| self.zone.day(time));
            match self.store.issue_document(self.ids.transaction(now), &document, last).await {
                Ok(()) => Ok(Attempt::Done(true)),
                Err(Commit::Refused(IssuedMeanwhile)) => {
                    // Either the number was taken, or somebody else works on the same order and has issued it.
                    let issued = self.store.documents_of(document.order_id).await?;
                    let is_there = issued.len() > facts.issued.len();
                    Ok(if is_there { Attempt::Done(true) } else { Attempt::Overtaken })
                }
                Err(Commit::Store(error)) => Err(error.into()),
            }
        })
        .await
    }
}
