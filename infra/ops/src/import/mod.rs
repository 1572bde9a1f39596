//! `import`: brings the data of another shop, file by file. docs/moving.md describes the files.
//!
//! A record leaves a mark in its own transaction, or is recognised by its slug and SKUs. So a file can be imported again
//! after an interruption at any point, and what it brought before stays as it is now. No import sends a mail.

mod addresses;
mod customers;
mod people;
mod progress;
mod report;
mod rows;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use data_encoding::HEXLOWER;
use domain::id::UserId;
use domain::upload::BadLine;
use kit::runtime::clock::Clock;
use kit::runtime::ids::Ids;
pub use progress::Progress;
pub use report::Report;
use rows::{Group, Kind, Rows};
use sha2::{Digest, Sha256};
use store::audit::AuditChange;
use store::imported::{ImportKey, ImportMark};
use store::{Store, StoreError};
use tokio::sync::Mutex;
use tokio::task::JoinSet;

use crate::Failure;

/// How many records are imported at once.
const AT_ONCE: usize = 16;

/// The names of the commands: what a file holds.
pub const KINDS: [&str; 2] = ["customers", "addresses"];

/// Imports files into one shop.
#[derive(Debug, Clone)]
pub struct Importer {
    pub store: Store,
    pub ids: Ids,
    pub clock: Clock,
    /// Nothing is written. Everything is checked, except what depends on other records of the same file.
    pub is_dry_run: bool,
    /// The forms of password hashes that are noted already.
    hash_forms: Arc<Mutex<BTreeSet<String>>>,
}

/// What became of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    New,
    /// It was imported before.
    Known,
}

/// Why a record is not imported: the field and the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Wrong {
    field: String,
    message: String,
}

impl Wrong {
    fn new(field: &str, message: impl std::fmt::Display) -> Self {
        Self { field: field.to_owned(), message: message.to_string() }
    }
}

/// Either it stops the import, or it is about the record.
#[derive(Debug)]
enum Stop {
    Record(Vec<Wrong>),
    Store(StoreError),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Wrong> for Stop {
    fn from(wrong: Wrong) -> Self {
        Self::Record(vec![wrong])
    }
}

impl From<Vec<Wrong>> for Stop {
    fn from(wrong: Vec<Wrong>) -> Self {
        Self::Record(wrong)
    }
}

impl Importer {
    pub fn new(store: Store, ids: Ids, clock: Clock) -> Self {
        Self { store, ids, clock, is_dry_run: false, hash_forms: Arc::default() }
    }

    /// Imports a file. `kind` is one of [`KINDS`]. The report has the bad lines; everything else is imported.
    pub async fn import(&self, kind: &str, file: &Path, progress: Progress) -> Result<Report, Failure> {
        let kind = Kind::parse(kind).ok_or_else(|| format!("there is nothing to import that is called {kind}"))?;
        let mut rows = Rows::open(kind, file)?;
        let mut report = Report::create(file, self.is_dry_run)?;
        let mut tasks: JoinSet<(Group, Result<Outcome, Stop>)> = JoinSet::new();
        while let Some(read) = rows.next().await? {
            progress.show(kind.name(), &report, read.percent);
            report.bad(read.bad)?;
            if let Some(group) = read.group {
                let importer = self.clone();
                tasks.spawn(async move {
                    let done = importer.record(kind, &group).await;
                    (group, done)
                });
            }
            if tasks.len() >= AT_ONCE
                && let Some(done) = tasks.join_next().await
            {
                let (group, outcome) = done?;
                finish(&mut report, &group, outcome)?;
            }
        }
        while let Some(done) = tasks.join_next().await {
            let (group, outcome) = done?;
            finish(&mut report, &group, outcome)?;
        }
        progress.end(kind.name(), &report);
        if !self.is_dry_run && report.new > 0 {
            let change = AuditChange { before: None, after: Some(report.to_string()) };
            let action = format!("{}.move", kind.name());
            let now = self.clock.now();
            self.store.add_audit_entry(&self.ids.audit_entry(None, action, "import", change, now)).await?;
        }
        report.close()?;
        Ok(report)
    }

    async fn record(&self, kind: Kind, group: &Group) -> Result<Outcome, Stop> {
        match kind {
            Kind::Customers => self.customer(group.first()).await,
            Kind::Addresses => self.address(group.first()).await,
        }
    }

    /// The account of a customer of the other shop.
    async fn customer_of(&self, field: &str, external: &str) -> Result<UserId, Stop> {
        let id = self.store.imported(&key("customer", external)).await?;
        let id = id.and_then(|id| UserId::parse(&id).ok());
        Ok(id.ok_or_else(|| Wrong::new(field, "is not a customer who was imported; import the customers first"))?)
    }

    fn mark(&self, kind: &'static str, external: &str, id: impl std::fmt::Display) -> ImportMark {
        ImportMark { key: key(kind, external), id: id.to_string(), at: self.clock.now() }
    }
}

fn finish(report: &mut Report, group: &Group, outcome: Result<Outcome, Stop>) -> Result<(), Failure> {
    match outcome {
        Ok(Outcome::New) => report.new += 1,
        Ok(Outcome::Known) => report.known += 1,
        Err(Stop::Record(wrong)) => {
            let line = group.first().line;
            let bad = wrong.into_iter().map(|one| BadLine { line, column: one.field, message: one.message });
            report.bad(bad.collect())?;
        }
        Err(Stop::Store(error)) => {
            return Err(format!("{error}. Run the same command again: what was imported stays as it is.").into());
        }
    }
    Ok(())
}

/// A record of the other shop, by its name there.
fn key(kind: &'static str, external: &str) -> ImportKey {
    ImportKey { kind, fingerprint: HEXLOWER.encode(&Sha256::digest(external.as_bytes())[..16]) }
}

/// Eighty bits that are always the same for this record, for an id.
fn entropy(kind: &str, external: &str) -> u128 {
    let digest = Sha256::digest(format!("{kind}\n{external}").as_bytes());
    digest[..10].iter().fold(0, |bits, &byte| bits << 8 | u128::from(byte))
}
