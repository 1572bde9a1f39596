//! What ends the connections of live updates. No event says it: a logout, a ban, a new role, a new password all show in
//! the items of user and session.

use aws_lambda_events::dynamodb::EventRecord;
use domain::live::LiveJob;
use store::keys::{PROFILE, TABLE, session_of, user_of};

/// The attributes of a profile that decide which sessions are good, and what they may do.
const DECISIVE: [&str; 3] = ["epoch", "role", "ban"];

pub(crate) fn ended_by(record: &EventRecord) -> Option<LiveJob> {
    let key = |name: &str| serde_dynamo::from_attribute_value::<_, String>(record.change.keys.get(name)?.clone()).ok();
    let (user_id, sk) = (user_of(&key(TABLE.pk)?)?, key(TABLE.sk)?);
    let is_removed = record.event_name == "REMOVE";
    if let Some(session_id) = session_of(&sk).filter(|_| is_removed) {
        return Some(LiveJob::SessionsEnded { user_id, session_id: Some(session_id) });
    }
    let (old, new) = (&record.change.old_image, &record.change.new_image);
    let is_changed =
        is_removed || record.event_name == "MODIFY" && DECISIVE.iter().any(|name| old.get(*name) != new.get(*name));
    (sk == PROFILE && is_changed).then_some(LiveJob::SessionsEnded { user_id, session_id: None })
}
