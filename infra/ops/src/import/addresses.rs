//! Imports the addresses of customers who were imported before.

use domain::address::{Address, AddressKind};
use domain::id::AddressId;
use store::Commit;
use store::imported::ImportConflict;
use store::retry::{Attempt, retry};

use super::people::postal;
use super::rows::Row;
use super::{Importer, Outcome, Stop, Wrong, entropy, key};

impl Importer {
    pub(super) async fn address(&self, row: &Row) -> Result<Outcome, Stop> {
        let (external, customer) = (row.required("id")?, row.required("customer")?);
        let kind = row.parsed("kind", |cell| match cell {
            "shipping" => Ok(AddressKind::Shipping),
            "billing" => Ok(AddressKind::Billing),
            _ => Err("must be shipping or billing"),
        })?;
        let is_default = row.flag("default")?.unwrap_or(false);
        let postal = postal(row, "")?;
        if self.store.imported(&key("address", external)).await?.is_some() {
            return Ok(Outcome::Known);
        }
        let user = self.customer_of("customer", customer).await?;
        let now = self.clock.now();
        let address = Address {
            id: AddressId::new(now, entropy("address", external)),
            kind: kind.unwrap_or(AddressKind::Shipping),
            postal,
            created_at: now,
        };
        let mark = self.mark("address", external, address.id);
        retry("the address book", || async {
            let Some(_) = self.store.user(user).await? else {
                return Err(Wrong::new("customer", "has deleted the account").into());
            };
            let book = self.store.address_book(user).await?;
            let change = book.add(address.clone(), is_default).map_err(|refusal| Wrong::new("customer", refusal))?;
            if self.is_dry_run {
                return Ok(Attempt::Done(Outcome::New));
            }
            match self.store.import_address(self.ids.transaction(now), user, &change, &mark).await {
                Ok(()) => Ok(Attempt::Done(Outcome::New)),
                Err(Commit::Refused(ImportConflict::Done)) => Ok(Attempt::Done(Outcome::Known)),
                Err(Commit::Refused(_)) => Ok(Attempt::Overtaken),
                Err(Commit::Store(error)) => Err(error.into()),
            }
        })
        .await
    }
}
