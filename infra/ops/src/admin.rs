//! `make-admin`: the first admin. They register like everybody else, so nobody else chooses their password.

use domain::access::Role;
use domain::email::Email;
use domain::time::Time;
use kit::runtime::ids::Ids;
use store::audit::AuditChange;
use store::staff::StaffAct;

use crate::Failure;
use crate::stack::Stack;

pub(crate) async fn make_admin(stack: &Stack, email: &str, ids: &Ids, now: Time) -> Result<String, Failure> {
    let email = Email::parse(email)?;
    let id =
        stack.store.user_id_of(&email).await?.ok_or_else(|| format!("{email} has no account yet. Register first."))?;
    let user = stack.store.user(id).await?.ok_or("the account is being deleted")?;
    if !user.email_verified {
        // Somebody else may have registered this address.
        return Err(format!("{email} is not confirmed yet. Follow the link in the mail first.").into());
    }
    let change = AuditChange { before: Some(user.role.name().into()), after: Some(Role::Admin.name().into()) };
    let entry = ids.audit_entry(None, "user.change-role", id, change, now);
    let changed = stack.store.change_role(StaffAct { actor: None, target: &user, entry: &entry }, Role::Admin).await;
    changed.map_err(|conflict| format!("the role was not changed ({conflict:?}); try again"))?;
    Ok(format!("{email} is an admin"))
}
