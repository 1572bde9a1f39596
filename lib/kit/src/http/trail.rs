//! Audit entries of what changes nothing: what staff read, and what was refused. They are written on their own, after
//! the data was read and before the answer is sent. If that fails, the answer is sent all the same, because the shop
//! must go on. Then the log has the entry, and an alarm tells the operators. An entry has its own key, so a write that
//! is tried again makes no second entry.

use std::time::Duration;

use domain::actor::ActorId;
use domain::id::UserId;
use domain::rate::Limit;
use store::audit::{AuditChange, AuditEntry};
use store::{Store, StoreError};

use crate::runtime::clock::Clock;
use crate::runtime::ids::Ids;
use crate::runtime::telemetry;

const HOUR: Duration = Duration::from_hours(1);

/// How many refused attempts of one user the trail keeps.
const REFUSED: Limit = Limit::new("audit-refused", 30, HOUR);
/// How many refused sign-ins of one account.
const SIGN_IN_REFUSED: Limit = Limit::new("audit-sign-in", 30, HOUR);

/// A path is cut off here.
const MAX_PATH: usize = 200;

#[derive(Debug, Clone)]
pub struct Trail {
    pub store: Store,
    pub ids: Ids,
    pub clock: Clock,
}

impl Trail {
    /// A member of staff, or a server with a key, has read data about others. `detail` says which, if the subject does
    /// not.
    pub async fn read(
        &self,
        staff: impl Into<ActorId>,
        action: &str,
        subject: impl std::fmt::Display,
        detail: Option<String>,
    ) {
        let change = AuditChange { before: None, after: detail };
        let entry = self.ids.audit_entry(Some(staff.into()), action, subject, change, self.clock.now());
        self.report(self.store.add_audit_entry(&entry).await, Some(&entry));
    }

    /// A signed-in user, or a key, was refused with 403.
    pub(crate) async fn refused(&self, who: ActorId, method: &str, path: &str, code: &str) {
        let now = self.clock.now();
        let path: String = path.chars().take(MAX_PATH).collect();
        let change = AuditChange { before: None, after: Some(code.to_owned()) };
        let entry = self.ids.audit_entry(Some(who), "access.refused", format!("{method} {path}"), change, now);
        let who = who.to_string();
        let added = self.store.add_limited_audit_entry(REFUSED, &who, entry.id, Some(&entry), now).await;
        self.report(added, Some(&entry));
    }

    /// A sign-in was refused. `account` is what the sign-in named. `staff` is its user, if they have a staff role; for
    /// everybody else the same steps are taken without an entry, so that their time tells nothing.
    pub async fn sign_in_refused(&self, account: &str, staff: Option<UserId>, code: &str) {
        let now = self.clock.now();
        let change = AuditChange { before: None, after: Some(code.to_owned()) };
        // Under the account's name, so that whoever looks at the account finds it.
        let entry =
            staff.map(|user| self.ids.audit_entry(Some(user.into()), "user.sign-in-refused", user, change, now));
        let id = entry.as_ref().map_or_else(|| self.ids.audit(now), |entry| entry.id);
        let who = crate::http::visitor::fingerprint(account);
        let added = self.store.add_limited_audit_entry(SIGN_IN_REFUSED, &who, id, entry.as_ref(), now).await;
        self.report(added, entry.as_ref());
    }

    fn report(&self, added: Result<(), StoreError>, entry: Option<&AuditEntry>) {
        if let (Err(error), Some(entry)) = (added, entry) {
            let entry = serde_json::to_string(entry).unwrap_or_default();
            tracing::error!(%error, entry, "an audit entry could not be written");
            telemetry::count("AuditEntriesLost", 1, self.clock.now());
        }
    }
}
