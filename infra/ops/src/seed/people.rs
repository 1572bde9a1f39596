//! Some people to try the shop with. Their passwords are new at every run and printed once; none is in the code.

use accounts::{Cost, Hasher};
use data_encoding::BASE32_NOPAD;
use domain::access::Role;
use domain::email::Email;
use domain::event::Event;
use domain::session::{REFRESH_TTL, Session};
use domain::text::PersonName;
use domain::time::Time;
use domain::user::{Credentials, User};
use kit::runtime::ids::Ids;
use store::Commit;
use store::links::{Link, LinkKind};
use store::outbox::OutboxEvent;
use store::sessions::Device;
use store::users::{RegisterRefusal, Registration};

use crate::Failure;
use crate::stack::Stack;

struct Person {
    email: &'static str,
    name: &'static str,
    role: Role,
}

const PEOPLE: [Person; 3] = [
    Person { email: "ada@example.com", name: "Ada Lovelace", role: Role::Customer },
    Person { email: "sam@example.com", name: "Sam Support", role: Role::Support },
    Person { email: "root@example.com", name: "Rita Root", role: Role::Admin },
];

pub(super) async fn seed(stack: &Stack, ids: &Ids, now: Time) -> Result<String, Failure> {
    let hasher = Hasher::new(ids.clone(), Cost::RECOMMENDED);
    let mut said = Vec::new();
    for person in PEOPLE {
        let email = person.email;
        let password = BASE32_NOPAD.encode(&ids.bytes::<15>()).to_lowercase();
        let hash = hasher.hash(&password).await.map_err(|problem| problem.message)?;
        let registration = registration(ids, &person, hash, now)?;
        match stack.store.register(&registration).await {
            Ok(()) => said.push(format!("{email} {password}")),
            Err(Commit::Refused(RegisterRefusal::EmailTaken)) => {
                said.push(format!("{email} already exists"));
            }
            Err(Commit::Store(error)) => return Err(error.into()),
        }
    }
    Ok(said.join("\n"))
}

fn registration(ids: &Ids, person: &Person, hash: String, now: Time) -> Result<Registration, Failure> {
    let (email, name) = (Email::parse(person.email)?, PersonName::parse(person.name)?);
    // The operator names these addresses, so nobody has to confirm them.
    let user = User { role: person.role, email_verified: true, ..User::register(ids.user(now), email, name, now) };
    // A registration always opens a session. Nobody has a token of this one.
    let session = Session {
        id: ids.session(now),
        user_id: user.id,
        epoch: 0,
        generation: 0,
        refresh_hash: String::new(),
        rotated_at: now,
        device: "seed".to_owned(),
        ip: "127.0.0.1".to_owned(),
        created_at: now,
        refresh_until: now + REFRESH_TTL,
        proof: None,
    };
    Ok(Registration {
        credentials: Credentials { password_hash: hash, totp_secret: None, totp_pending: None, totp_step: 0 },
        device: Device { fingerprint: "seed".to_owned(), name: "seed".to_owned(), first_seen: now },
        outbox_event: OutboxEvent { id: ids.event(now), at: now, event: Event::UserRegistered { user_id: user.id } },
        verification: Link::new(LinkKind::Verify, Some(user.id), user.epoch, now),
        session,
        user,
    })
}
