//! Imports customers, with the password hashes of the other shop.

use accounts::{Cost, Hasher, parse_old_hash};
use domain::email::Email;
use domain::id::UserId;
use domain::preferences::Preferences;
use domain::text::PersonName;
use domain::time::Time;
use domain::user::{Credentials, User};
use store::Commit;
use store::imported::{ImportConflict, MAX_HASH_FORMS};

use super::rows::Row;
use super::{Importer, Outcome, Stop, Wrong, entropy, key};

/// A checked row.
struct Customer<'a> {
    external: &'a str,
    user: User,
    hash: Option<&'a str>,
    /// The form of `hash`.
    form: Option<String>,
}

impl<'a> Customer<'a> {
    fn read(row: &'a Row, now: Time) -> Result<Self, Vec<Wrong>> {
        let mut wrong = Vec::new();
        let mut note = |error| wrong.push(error);
        let external = row.required("id").map_err(&mut note).unwrap_or_default();
        let email =
            row.required("email").and_then(|cell| Email::parse(cell).map_err(|error| Wrong::new("email", error)));
        let name =
            row.required("name").and_then(|cell| PersonName::parse(cell).map_err(|error| Wrong::new("name", error)));
        let is_verified = row.flag("verified").map_err(&mut note).unwrap_or_default().unwrap_or(false);
        let news = row.flag("news").map_err(&mut note).unwrap_or_default().unwrap_or(false);
        let created_at = row.parsed("created_at", Time::parse).map_err(&mut note).unwrap_or_default().unwrap_or(now);
        let form = row.parsed("password_hash", parse_old_hash).map_err(&mut note).unwrap_or_default();
        if created_at > now {
            note(Wrong::new("created_at", "must not be in the future"));
        }
        match (email, name) {
            (Ok(email), Ok(name)) if wrong.is_empty() => {
                let id = UserId::new(created_at, entropy("customer", external));
                let preferences = Preferences { news, ..Preferences::default() };
                let new = User::register(id, email, name, created_at);
                let user = User { email_verified: is_verified, preferences, ..new };
                Ok(Self { external, user, hash: row.get("password_hash"), form })
            }
            (email, name) => {
                wrong.extend([email.err(), name.err()].into_iter().flatten());
                Err(wrong)
            }
        }
    }
}

impl Importer {
    pub(super) async fn customer(&self, row: &Row) -> Result<Outcome, Stop> {
        let now = self.clock.now();
        let Customer { external, user, hash, form } = Customer::read(row, now)?;
        if self.store.imported(&key("customer", external)).await?.is_some() {
            return Ok(Outcome::Known);
        }
        let taken = || Wrong::new("email", "belongs to an account that was not imported from this record");
        if self.store.user_id_of(&user.email).await?.is_some() {
            return Err(taken().into());
        }
        if self.is_dry_run {
            return Ok(Outcome::New);
        }
        if let Some(form) = form {
            self.note_hash_form(form).await?;
        }
        let password_hash =
            hash.map_or_else(|| Hasher::new(self.ids.clone(), Cost::RECOMMENDED).of_no_password(), str::to_owned);
        let credentials = Credentials { password_hash, totp_secret: None, totp_pending: None, totp_step: 0 };
        let mark = self.mark("customer", external, user.id);
        match self.store.import_customer(self.ids.transaction(now), &user, &credentials, &mark).await {
            Ok(()) => Ok(Outcome::New),
            Err(Commit::Refused(ImportConflict::Done)) => Ok(Outcome::Known),
            Err(Commit::Refused(_)) => Err(taken().into()),
            Err(Commit::Store(error)) => Err(error.into()),
        }
    }

    /// Before the first account has a hash of this form, so that sign-ins take the same time for everybody.
    async fn note_hash_form(&self, form: String) -> Result<(), Stop> {
        let mut noted = self.hash_forms.lock().await;
        if noted.contains(&form) {
            return Ok(());
        }
        if !self.store.add_hash_form(&form, self.clock.now()).await? {
            let message = format!(
                "is of a fourth algorithm or cost, and {MAX_HASH_FORMS} can be imported; leave it empty, and its owner sets a new password by mail"
            );
            return Err(Wrong::new("password_hash", message).into());
        }
        noted.insert(form);
        Ok(())
    }
}
