//! Who did something, as trails and histories name them.

use serde::{Deserialize, Serialize};

use crate::id::{ApiKeyId, InvalidId, UserId};

/// A user, or a server with an API key. Its text is the id itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum ActorId {
    User(UserId),
    Key(ApiKeyId),
}

impl ActorId {
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        match ApiKeyId::parse(text) {
            Ok(id) => Ok(Self::Key(id)),
            Err(_) => UserId::parse(text).map(Self::User),
        }
    }
}

impl std::fmt::Display for ActorId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::User(id) => id.fmt(f),
            Self::Key(id) => id.fmt(f),
        }
    }
}

impl From<UserId> for ActorId {
    fn from(id: UserId) -> Self {
        Self::User(id)
    }
}

impl From<ApiKeyId> for ActorId {
    fn from(id: ApiKeyId) -> Self {
        Self::Key(id)
    }
}

impl From<ActorId> for String {
    fn from(id: ActorId) -> Self {
        id.to_string()
    }
}

impl TryFrom<String> for ActorId {
    type Error = InvalidId;
    fn try_from(text: String) -> Result<Self, InvalidId> {
        Self::parse(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::ActorId;
    use crate::id::{ApiKeyId, SessionId, UserId};
    use crate::time::Time;

    #[test]
    fn an_actor_is_stored_as_the_id_itself() {
        let now = Time::from_unix_millis(1);
        let (user, key) = (UserId::new(now, 1), ApiKeyId::new(now, 1));
        for (actor, text) in [(ActorId::from(user), user.to_string()), (key.into(), key.to_string())] {
            assert_eq!(serde_json::to_value(actor).unwrap(), text);
            assert_eq!(serde_json::from_value::<ActorId>(text.into()).unwrap(), actor);
        }
        assert!(ActorId::parse(&SessionId::new(now, 1).to_string()).is_err());
    }
}
