//! Mailed one-time links: how many are sent, and following one.

use domain::email::Email;
use domain::event::Event;
use domain::id::{EventId, UserId};
use domain::time::Time;
use kit::http::problem::Problem;
use kit::http::visitor::{Counter, Visitor};
use store::Commit;
use store::credentials::ResetRefusal;
use store::links::{Link, LinkKind};
use store::outbox::OutboxEvent;
use store::retry::Attempt;

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
pub(crate) fn first_proof(app: &App, user_id: UserId, now: Time) -> OutboxEvent {
    app.context.ids.outbox_event(Event::EmailVerified { user_id }, now)
}

pub(crate) fn invalid() -> Problem {
    Problem::bad_request("link_invalid", "This link was already used, has expired, or was never valid.")
}

/// What came of a transaction that uses a link.
pub(crate) fn used<T>(committed: Result<(), Commit<ResetRefusal>>, done: T) -> Result<Attempt<T>, Problem> {
    match committed {
        Ok(()) => Ok(Attempt::Done(done)),
        Err(Commit::Refused(ResetRefusal::Changed)) => Ok(Attempt::Overtaken),
        Err(Commit::Refused(ResetRefusal::LinkUsed | ResetRefusal::LinkStale)) => Err(invalid()),
        Err(Commit::Store(error)) => Err(error.into()),
    }
}

/// Counts a request for a mailed link by network, and refuses a network that asks too often for one mailbox.
pub(crate) async fn count(app: &App, visitor: &Visitor, email: &Email, now: Time) -> Result<(), Problem> {
    let here = visitor.by_account_here(limits::MAILED_LINK_BY_MAILBOX_HERE, &email.mailbox());
    let counters = [visitor.by_network(limits::MAILED_LINK_BY_IP), here];
    visitor.count(&app.context.store, now, &counters).await.map(drop)
}

/// Whether one more link may be mailed. If many networks ask, nobody is refused, but no more mail goes out.
///
/// A proven address and the plain address of a mailbox have a counter of their own, so that over the limit their mails
/// of this window hold valid links. All other spellings of a mailbox share one, because anybody can invent them.
pub(crate) async fn may_mail(app: &App, email: &Email, is_proven: bool, now: Time) -> Result<bool, Problem> {
    let mailbox = email.mailbox();
    let everywhere = if is_proven || email.as_str() == mailbox {
        Counter::of(limits::MAILED_LINK_BY_ADDRESS, email.as_str())
    } else {
        Counter::of(limits::MAILED_LINK_BY_MAILBOX, &mailbox)
    };
    Ok(!app.context.store.count_request(everywhere.limit, &everywhere.client, now).await?.exceeded)
}
