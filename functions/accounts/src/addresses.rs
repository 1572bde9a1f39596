//! My address book. Each change is decided on the whole book and committed against its version. If another change was
//! committed first, it is decided again.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use domain::address::{Address, AddressBook, BookChange, BookRefusal};
use domain::id::AddressId;
use domain::user::User;
use kit::http::answer::{Answer, Envelope, Nothing};
use kit::http::auth::SignedIn;
use kit::http::body::{Body, Fingerprinted};
use kit::http::context::Context;
use kit::http::etag::IfMatch;
use kit::http::idempotency::{IdempotencyKey, IdempotentRequest};
use kit::http::problem::Problem;
use store::Commit;
use store::addresses::BookConflict;
use store::idempotency::IdempotencyRecord;
use store::retry::{Attempt, retry};

use crate::body::{AddressBody, AddressInput, NewAddressInput};
use crate::{App, reauthenticate};

/// Lists my addresses.
///
/// The ETag is that of the whole address book.
#[utoipa::path(get, path = "/api/v1/users/me/addresses", responses(
    (status = 200, description = "All addresses, at most fifty.", body = Envelope<Vec<AddressBody>>, headers(("ETag"))),
))]
pub(crate) async fn list(State(app): State<App>, me: SignedIn) -> Result<Answer<Vec<AddressBody>>, Problem> {
    let book = app.context.store.address_book(me.user.id).await?;
    Ok(Answer::ok("Your addresses.", AddressBody::all(&book)).with_version(book.head.version))
}

/// Gets one of my addresses.
///
/// The ETag is that of the whole address book.
#[utoipa::path(get, path = "/api/v1/users/me/addresses/{id}", params(("id" = String, Path)), responses(
    (status = 200, description = "The address.", body = Envelope<AddressBody>, headers(("ETag"))),
    (status = 404, description = "`address_not_found`."),
))]
pub(crate) async fn show(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<String>,
) -> Result<Answer<AddressBody>, Problem> {
    let book = app.context.store.address_book(me.user.id).await?;
    let address = book.find(parse(&id)?).ok_or_else(missing)?;
    Ok(Answer::ok("Your address.", AddressBody::of(address, book.is_default(address))).with_version(book.head.version))
}

/// Adds an address.
///
/// The first address of a kind is its default. With an Idempotency-Key, a repeated request adds it once.
#[utoipa::path(post, path = "/api/v1/users/me/addresses", request_body = NewAddressInput,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses(
        (status = 201, description = "The address was added.", body = Envelope<AddressBody>, headers(("ETag"))),
        (status = 409, description = "`address_book_full`, `changed_meanwhile`, or `idempotency_key_in_flight`."),
        (status = 422, description = "`idempotency_key_reused`: the key was used with another body."),
    )
)]
pub(crate) async fn add(
    State(app): State<App>,
    me: SignedIn,
    key: Option<IdempotencyKey>,
    Fingerprinted(body, fingerprint): Fingerprinted<NewAddressInput>,
) -> Result<Response, Problem> {
    let now = app.context.clock.now();
    let (kind, make_default) = (body.kind, body.is_default);
    let address = Address { id: app.context.ids.address(now), kind, postal: body.into_domain("")?, created_at: now };
    let request = key.map(|key| key.for_request(&me.user.id.to_string(), "addresses", fingerprint));
    if let Some(request) = &request
        && let Some(replay) = request.replay(&app.context.store, now).await?
    {
        return Ok(replay);
    }
    let added = change(&app, &me.user, &IfMatch::Any, |book| {
        let change = book.add(address.clone(), make_default).map_err(refused)?;
        let is_default = change.head.default_of(kind) == Some(address.id);
        let answer =
            Answer::created("Address added.", AddressBody::of(&address, is_default)).with_version(change.head.version);
        let idempotency_record = request.as_ref().map(|request| request.record_answer(&answer, now)).transpose()?;
        Ok(Decided { change, answer, idempotency_record })
    });
    match (added.await?, request) {
        (Some(answer), _) => Ok(answer.into_response()),
        (None, Some(request)) => request.replay_committed(&app.context.store, now).await,
        (None, None) => Err(IdempotentRequest::in_flight()),
    }
}

/// Replaces an address.
///
/// Its kind stays the same. With If-Match, it is replaced only if the address book has not changed.
#[utoipa::path(put, path = "/api/v1/users/me/addresses/{id}", params(("id" = String, Path)), request_body = AddressInput, responses(
    (status = 200, description = "The address was replaced.", body = Envelope<AddressBody>, headers(("ETag"))),
    (status = 404, description = "`address_not_found`."),
    (status = 409, description = "`changed_meanwhile`."),
    (status = 412, description = "`precondition_failed`."),
))]
pub(crate) async fn replace(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<String>,
    if_match: IfMatch,
    Body(body): Body<AddressInput>,
) -> Result<Answer<AddressBody>, Problem> {
    let id = parse(&id)?;
    let make_default = body.is_default;
    let postal = body.into_domain("")?;
    let replaced = change(&app, &me.user, &if_match, |book| {
        let change = book.update(id, postal.clone(), make_default).map_err(refused)?;
        let address = change.write.as_ref().ok_or_else(missing)?;
        let body = AddressBody::of(address, change.head.default_of(address.kind) == Some(id));
        let answer = Answer::ok("Address replaced.", body).with_version(change.head.version);
        Ok(Decided { change, answer, idempotency_record: None })
    });
    replaced.await?.ok_or_else(IdempotentRequest::in_flight)
}

/// Removes an address.
///
/// If it was the default of its kind, the newest other address of this kind becomes the default.
#[utoipa::path(delete, path = "/api/v1/users/me/addresses/{id}", params(("id" = String, Path)), responses(
    (status = 200, description = "The address was removed.", body = Envelope<Nothing>),
    (status = 404, description = "`address_not_found`."),
    (status = 409, description = "`changed_meanwhile`."),
    (status = 412, description = "`precondition_failed`."),
))]
pub(crate) async fn remove(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<String>,
    if_match: IfMatch,
) -> Result<Answer<Nothing>, Problem> {
    let id = parse(&id)?;
    let removed = change(&app, &me.user, &if_match, |book| {
        let change = book.remove(id).map_err(refused)?;
        Ok(Decided { change, answer: Answer::ok("Address removed.", Nothing), idempotency_record: None })
    });
    removed.await?.ok_or_else(IdempotentRequest::in_flight)
}

/// A decided change, the answer to give when it is committed, and the record of a request with an Idempotency-Key.
struct Decided<T> {
    change: BookChange,
    answer: Answer<T>,
    idempotency_record: Option<IdempotencyRecord>,
}

/// Decides on the address book and commits. `None`: the same request was carried out in the meantime.
async fn change<T: Send>(
    app: &App,
    user: &User,
    if_match: &IfMatch,
    decide: impl Fn(&AddressBook) -> Result<Decided<T>, Problem> + Sync,
) -> Result<Option<Answer<T>>, Problem> {
    let Context { store, ids, clock, .. } = &app.context;
    let attempt = || async {
        let book = store.address_book(user.id).await?;
        if_match.check(book.head.version)?;
        let Decided { change, answer, idempotency_record } = decide(&book)?;
        let token = ids.transaction(clock.now());
        match store.change_book(user, token, &change, idempotency_record.as_ref()).await {
            Ok(()) => Ok(Attempt::Done(Some(answer))),
            Err(Commit::Refused(BookConflict::Changed)) => Ok(Attempt::Overtaken),
            Err(Commit::Refused(BookConflict::Repeated)) => Ok(Attempt::Done(None)),
            Err(Commit::Refused(BookConflict::SessionsEnded)) => Err(reauthenticate::changed_meanwhile()),
            Err(Commit::Store(error)) => Err(error.into()),
        }
    };
    retry("the address book", attempt).await
}

fn parse(id: &str) -> Result<AddressId, Problem> {
    AddressId::parse(id).map_err(|_| missing())
}

fn missing() -> Problem {
    Problem::not_found("address_not_found", "Your address book has no such address.")
}

fn refused(refusal: BookRefusal) -> Problem {
    match refusal {
        BookRefusal::Full => {
            Problem::conflict("address_book_full", "Your address book is full. Remove an address first.")
        }
        BookRefusal::Missing => missing(),
    }
}
