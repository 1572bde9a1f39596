//! `import`: brings the data of another shop, file by file. docs/moving.md describes the files.
//!
//! A record leaves a mark in its own transaction, or is recognised by its slug and SKUs. So a file can be imported again
//! after an interruption at any point, and what it brought before stays as it is now. No import sends a mail.

mod addresses;
mod coupons;
mod customers;
mod fetch;
mod formats;
mod html;
mod orders;
mod people;
mod pictures;
mod products;
mod progress;
mod report;
mod rows;
mod shopify;
mod stock;
mod terms;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use aws_sdk_s3::Client as S3;
use data_encoding::HEXLOWER;
use domain::id::UserId;
use domain::money::Currency;
use domain::upload::BadLine;
pub use fetch::FetchRules;
use fetch::Fetcher;
use formats::Kind;
use kit::runtime::clock::Clock;
use kit::runtime::ids::Ids;
pub use progress::Progress;
pub use report::Report;
use rows::{Group, Rows};
use sha2::{Digest, Sha256};
use store::audit::AuditChange;
use store::imported::{ImportKey, ImportMark};
use store::{Store, StoreError};
use terms::Terms;
use tokio::sync::{Mutex, Semaphore};
use tokio::task::JoinSet;

use crate::Failure;

/// How many records are imported at once.
const AT_ONCE: usize = 16;

/// How many pictures are in memory at once.
const DOWNLOADS: usize = 4;

/// The names of the commands: what a file holds.
pub fn kinds() -> Vec<&'static str> {
    Kind::ALL.into_iter().map(Kind::name).collect()
}

/// The shop that files are imported into.
#[derive(Debug, Clone)]
pub struct Target {
    pub store: Store,
    pub files: S3,
    pub bucket: String,
    pub currency: Currency,
}

/// Imports files into one shop.
#[derive(Debug, Clone)]
pub struct Importer {
    store: Store,
    files: S3,
    bucket: String,
    currency: Currency,
    ids: Ids,
    clock: Clock,
    /// Nothing is written. Everything is checked, except what depends on other records of the same file.
    pub is_dry_run: bool,
    /// The forms of password hashes that are noted already.
    hash_forms: Arc<Mutex<BTreeSet<String>>>,
    terms: Arc<Mutex<Terms>>,
    fetcher: Fetcher,
    downloads: Arc<Semaphore>,
}

/// What became of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    New,
    /// It was imported before.
    Known,
}

/// A record that was imported, except for some of its fields.
#[derive(Debug)]
struct Done {
    outcome: Outcome,
    wrong: Vec<Wrong>,
}

impl From<Outcome> for Done {
    fn from(outcome: Outcome) -> Self {
        Self { outcome, wrong: Vec::new() }
    }
}

/// Why a record is not imported: the field and the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Wrong {
    /// `None`: the first line of the record.
    line: Option<u64>,
    field: String,
    message: String,
}

impl Wrong {
    fn new(field: &str, message: impl std::fmt::Display) -> Self {
        Self { line: None, field: field.to_owned(), message: message.to_string() }
    }

    fn at(self, line: u64) -> Self {
        Self { line: self.line.or(Some(line)), ..self }
    }
}

/// Either it stops the import, or it is about the record.
#[derive(Debug)]
enum Stop {
    Record(Vec<Wrong>),
    Store(StoreError),
    Failed(String),
}

impl Stop {
    /// What is wrong with a record is on this line.
    fn at(self, line: u64) -> Self {
        match self {
            Self::Record(wrong) => Self::Record(wrong.into_iter().map(|one| one.at(line)).collect()),
            other => other,
        }
    }
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
    pub fn new(target: Target, ids: Ids, clock: Clock, rules: FetchRules) -> Self {
        let Target { store, files, bucket, currency } = target;
        Self {
            store,
            files,
            bucket,
            currency,
            ids,
            clock,
            is_dry_run: false,
            hash_forms: Arc::default(),
            terms: Arc::default(),
            fetcher: Fetcher::new(rules),
            downloads: Arc::new(Semaphore::new(DOWNLOADS)),
        }
    }

    /// Imports a file. `kind` is one of [`kinds`]. The report has the bad lines; everything else is imported.
    pub async fn import(&self, kind: &str, file: &Path, progress: Progress) -> Result<Report, Failure> {
        let kind = Kind::parse(kind).ok_or_else(|| format!("there is nothing to import that is called {kind}"))?;
        let mut rows = Rows::open(kind, file)?;
        let mut report = Report::create(file, self.is_dry_run)?;
        let done = self.import_all(kind, &mut rows, &mut report, progress).await;
        progress.end(kind.name(), &report);
        report.close()?;
        // Also what an interrupted import brought.
        if !self.is_dry_run && report.new > 0 {
            let change = AuditChange { before: None, after: Some(report.to_string()) };
            let action = format!("{}.import", kind.name());
            let name: String = file.file_name().unwrap_or_default().to_string_lossy().chars().take(100).collect();
            let now = self.clock.now();
            let noted = self.store.add_audit_entry(&self.ids.audit_entry(None, action, name, change, now)).await;
            // Why the import stopped says more.
            done?;
            noted?;
            return Ok(report);
        }
        done.map(|()| report)
    }

    async fn import_all(
        &self,
        kind: Kind,
        rows: &mut Rows,
        report: &mut Report,
        progress: Progress,
    ) -> Result<(), Failure> {
        let mut tasks: JoinSet<(Group, Result<Done, Stop>)> = JoinSet::new();
        while let Some(read) = rows.next().await? {
            progress.show(kind.name(), report, read.percent);
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
                finish(report, &group, outcome)?;
            }
        }
        while let Some(done) = tasks.join_next().await {
            let (group, outcome) = done?;
            finish(report, &group, outcome)?;
        }
        Ok(())
    }

    async fn record(&self, kind: Kind, group: &Group) -> Result<Done, Stop> {
        group.check()?;
        let first = group.first();
        Ok(match kind {
            Kind::Customers => self.customer(first).await?.into(),
            Kind::Addresses => self.address(first).await?.into(),
            Kind::Products => self.product(group).await?,
            Kind::Shopify => self.product(&shopify::translate(group, self.currency)?).await?,
            Kind::Stock => self.stock(first).await?.into(),
            Kind::Coupons => self.coupon(first).await?.into(),
            Kind::Orders => self.order(group).await?.into(),
        })
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

fn finish(report: &mut Report, group: &Group, done: Result<Done, Stop>) -> Result<(), Failure> {
    let interrupted = |why: &dyn std::fmt::Display| {
        Failure::from(format!("{why}. Run the same command again: what was imported stays as it is."))
    };
    let wrong = match done {
        Ok(Done { outcome, wrong }) => {
            match outcome {
                Outcome::New => report.new += 1,
                Outcome::Known => report.known += 1,
            }
            wrong
        }
        Err(Stop::Record(wrong)) => wrong,
        Err(Stop::Store(error)) => return Err(interrupted(&error)),
        Err(Stop::Failed(error)) => return Err(interrupted(&error)),
    };
    let first = group.first().line;
    let bad = wrong.into_iter().map(|one| BadLine {
        line: one.line.unwrap_or(first),
        column: one.field,
        message: one.message,
    });
    report.bad(bad.collect())
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
