//! The address book: a head with the defaults and the version, and an item for each address.

use domain::address::{Address, AddressBook, BookChange};
use domain::id::{TransactionId, UserId};
use domain::user::User;

use crate::engine::error::{Commit, StoreError};
use crate::engine::expression::Require;
use crate::engine::item::{Item, number, read};
use crate::idempotency::IdempotencyRecord;
use crate::{Store, Transaction, keys};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BookConflict {
    /// Another change was committed first.
    Changed,
    /// The account was deleted, or its sessions were ended. Then the request may be of somebody who lost the account.
    SessionsEnded,
    /// The same request was carried out in the meantime.
    Repeated,
}

impl Store {
    /// One query; a book has at most fifty addresses.
    pub async fn address_book(&self, user: UserId) -> Result<AddressBook, StoreError> {
        let mut book = AddressBook::default();
        for (sk, item) in self.query_all(keys::user_partition(user), keys::ADDRESS_PREFIX).await? {
            if sk == keys::ADDRESS_PREFIX {
                book.head = read(item)?;
            } else {
                book.addresses.push(read::<Address>(item)?);
            }
        }
        Ok(book)
    }

    /// Commits a decided change, if the book still has the version that it was decided on.
    pub async fn change_book(
        &self,
        user: &User,
        token: TransactionId,
        change: &BookChange,
        idempotency_record: Option<&IdempotencyRecord>,
    ) -> Result<(), Commit<BookConflict>> {
        let head = Item::new(keys::address_book(user.id), &change.head)?;
        let same_epoch = vec![Require::Equals("epoch", number(user.epoch))];
        let requires = match change.from_version {
            0 => vec![Require::Absent],
            version => vec![Require::Equals("version", number(version))],
        };
        let mut transaction = Transaction::new(token)
            .check(keys::profile(user.id), same_epoch, BookConflict::SessionsEnded)
            .put_if(head, requires, BookConflict::Changed);
        if let Some(address) = &change.write {
            transaction = transaction.put(Item::new(keys::address(user.id, address.id), address)?);
        }
        if let Some(id) = change.remove {
            transaction = transaction.delete(keys::address(user.id, id));
        }
        if let Some(idempotency_record) = idempotency_record {
            transaction = transaction.put_new(idempotency_record.item()?, BookConflict::Repeated);
        }
        self.commit(transaction).await
    }
}
