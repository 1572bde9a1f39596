//! `reset-2fa`: for somebody who has lost the authenticator and all recovery codes. First make sure, on another way
//! than mail, that it is they who ask.

use domain::email::Email;
use domain::event::Event;
use domain::time::Time;
use kit::runtime::ids::Ids;
use store::Commit;
use store::audit::AuditChange;

use crate::Failure;
use crate::stack::Stack;

pub(crate) async fn reset(stack: &Stack, email: &str, ids: &Ids, now: Time) -> Result<String, Failure> {
    let email = Email::parse(email)?;
    let user_id = stack.store.user_id_of(&email).await?.ok_or_else(|| format!("{email} has no account"))?;
    let change = AuditChange { before: Some("on".to_owned()), after: Some("off".to_owned()) };
    let entry = ids.audit_entry(None, "user.reset-2fa", user_id, change, now);
    let outbox_event = ids.outbox_event(Event::TwoFactorChanged { user_id, enabled: false }, now);
    match stack.store.remove_two_factor(user_id, &entry, &outbox_event).await {
        Ok(()) => Ok(format!("Two-factor sign-in of {email} is off, and all sessions have ended. A mail tells them.")),
        Err(Commit::Refused(_)) => Err(format!("{email} has no two-factor sign-in").into()),
        Err(Commit::Store(error)) => Err(error.into()),
    }
}
