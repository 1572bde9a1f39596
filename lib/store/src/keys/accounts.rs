//! Users and what is theirs, API keys, and the audit trail.

use domain::actor::ActorId;
use domain::email::Email;
use domain::id::{AddressId, ApiKeyId, AuditId, EventId, SessionId, TransactionId, UserId};
use domain::time::Time;

use super::{ADDRESS_PREFIX, AUDIT_PREFIX, DEVICE_PREFIX, GSI1, GSI2, IndexKey, Key, PROFILE, SESSION_PREFIX, SHARDS};

const USER_PREFIX: &str = "USER#";

pub fn user_partition(id: UserId) -> String {
    format!("{USER_PREFIX}{id}")
}

pub fn profile(id: UserId) -> Key {
    Key::new(user_partition(id), PROFILE)
}

pub fn credentials(id: UserId) -> Key {
    Key::new(user_partition(id), "CREDENTIALS")
}

pub fn session(user: UserId, id: SessionId) -> Key {
    Key::new(user_partition(user), format!("{SESSION_PREFIX}{id}"))
}

/// The challenge of a second step that was passed, so that it is good once.
pub fn challenge(user: UserId, id: TransactionId) -> Key {
    Key::new(user_partition(user), format!("CHALLENGE#{id}"))
}

/// A kind of device that this user has signed in from.
pub fn device(user: UserId, fingerprint: &str) -> Key {
    Key::new(user_partition(user), format!("{DEVICE_PREFIX}{fingerprint}"))
}

/// Sorts before the addresses, so that one query reads the head and the entries.
pub fn address_book(user: UserId) -> Key {
    Key::new(user_partition(user), ADDRESS_PREFIX)
}

pub fn address(user: UserId, id: AddressId) -> Key {
    Key::new(user_partition(user), format!("{ADDRESS_PREFIX}#{id}"))
}

pub const ADMINS: &str = "ADMINS";

/// The user's entry in the list of all admins.
pub fn admin(id: UserId) -> Key {
    Key::new(ADMINS, id.to_string())
}

/// The members of staff who asked for mails about the shop are in one partition, because there are few.
pub const NOTICES: &str = "NOTICES";

/// The mails about the shop that this member of staff asked for.
pub fn notices(id: UserId) -> Key {
    Key::new(NOTICES, id.to_string())
}

/// All API keys are in one partition: there are few, and each is limited.
pub const API_KEYS: &str = "APIKEYS";

/// Says how many keys there are.
pub fn api_keys_head() -> Key {
    Key::new(API_KEYS, "HEAD")
}

pub fn api_key(id: ApiKeyId) -> Key {
    Key::new(API_KEYS, id.to_string())
}

/// When a key was used last. It is not a part of the key, so that a function that notes it cannot change the key.
pub fn api_key_use(id: ApiKeyId) -> Key {
    Key::new(format!("LIMIT#api-key#{id}"), "USE")
}

pub fn email(email: &Email) -> Key {
    Key::new(format!("EMAIL#{email}"), "EMAIL")
}

pub fn mail_stop(email: &Email) -> Key {
    Key::new(format!("EMAIL#{email}"), "STOP")
}

pub fn link(id: EventId) -> Key {
    Key::new(format!("LINK#{id}"), "LINK")
}

pub fn audit_partition(day: &str) -> String {
    format!("{AUDIT_PREFIX}{day}")
}

pub fn audit(at: Time, id: AuditId) -> Key {
    Key::new(audit_partition(&at.day()), format!("{at}#{id}"))
}

/// GSI1 over what one user or key did. `None`: the shop itself, or an operator.
pub fn acts_of(actor: Option<ActorId>, at: Time, id: AuditId) -> IndexKey {
    IndexKey { index: GSI1, pk: acts_of_partition(actor), sk: format!("{at}#{id}") }
}

pub fn acts_of_partition(actor: Option<ActorId>) -> String {
    format!("ACTS#{}", actor.map_or("SHOP".to_owned(), |id| id.to_string()))
}

/// The user of a partition.
pub fn user_of(partition: &str) -> Option<UserId> {
    UserId::parse(partition.strip_prefix(USER_PREFIX)?).ok()
}

/// The session of a sort key in a user's partition.
pub fn session_of(sk: &str) -> Option<SessionId> {
    SessionId::parse(sk.strip_prefix(SESSION_PREFIX)?).ok()
}

/// GSI1 by the beginning of the mail address, for the search of staff.
pub fn by_email(email: &Email) -> IndexKey {
    IndexKey { index: GSI1, pk: by_email_partition(email.as_str()), sk: email.as_str().to_owned() }
}

pub fn by_email_partition(beginning: &str) -> String {
    format!("MAIL#{}", beginning.chars().take(2).collect::<String>())
}

/// GSI1 by the beginning of the folded name, for the search of staff.
pub fn by_name(name: &str, id: UserId) -> IndexKey {
    IndexKey { index: GSI1, pk: by_name_partition(name), sk: format!("{name}#{id}") }
}

pub fn by_name_partition(beginning: &str) -> String {
    format!("NAMES#{}", beginning.chars().take(2).collect::<String>())
}

/// GSI2 over all users, newest last.
pub fn all_users(id: UserId) -> IndexKey {
    IndexKey { index: GSI2, pk: all_users_partition(id.shard(SHARDS)), sk: id.to_string() }
}

pub fn all_users_partition(shard: u8) -> String {
    format!("USERS#{shard}")
}
