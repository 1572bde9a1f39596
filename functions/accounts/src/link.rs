//! Following a mailed one-time link.

use domain::event::Event;
use domain::id::{EventId, UserId};
use domain::time::Time;
use domain::user::User;
use kit::http::problem::Problem;
use kit::http::visitor::Visitor;
use store::Commit;
use store::credentials::ResetRefusal;
use store::links::{Link, LinkKind};
use store::outbox::OutboxEvent;

use crate::App;
use crate::limits;

/// A link that was valid when it was read. The transaction that uses the link checks it again.
pub(crate) struct Followed {
    pub(crate) id: EventId,
    pub(crate) link: Link,
    pub(crate) user_id: UserId,
}

/// Counts the request and finds the link. The answer is the same for a used, an expired and a forged link.
pub(crate) async fn follow(
    app: &App,
    visitor: &Visitor,
    kind: LinkKind,
    token: &str,
    now: Time,
) -> Result<Followed, Problem> {
    visitor.rate_limit(&app.context.store, now, limits::LINK_USE_BY_IP, None).await?;
    let key = app.links.key(now).await?;
    let id = key.parse_one_time(kind, token).ok_or_else(invalid)?;
    let link = app.context.store.link(id, kind, now).await?.ok_or_else(invalid)?;
    let user_id = link.user_id.ok_or_else(invalid)?;
    Ok(Followed { id, link, user_id })
}

/// The event of the first proof that the address of this account belongs to whoever uses it. The welcome mail follows.
pub(crate) fn first_proof(app: &App, user: &User, now: Time) -> Option<OutboxEvent> {
    (!user.email_verified).then(|| app.context.ids.outbox_event(Event::EmailVerified { user_id: user.id }, now))
}

pub(crate) fn invalid() -> Problem {
    Problem::bad_request("link_invalid", "This link was already used, has expired, or was never valid.")
}

pub(crate) fn used(error: Commit<ResetRefusal>) -> Problem {
    match error {
        Commit::Refused(ResetRefusal::LinkUsed | ResetRefusal::LinkStale) => invalid(),
        Commit::Store(error) => error.into(),
    }
}
