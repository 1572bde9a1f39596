//! Live updates.

use domain::live::LiveTopic;

use super::{GSI1, IndexKey, Key};

/// What opens one connection of live updates. The key has only a fingerprint of it.
pub fn live_ticket(fingerprint: &str) -> Key {
    Key::new(format!("LIVETICKET#{fingerprint}"), "TICKET")
}

/// An open connection of live updates.
pub fn connection(id: &str) -> Key {
    Key::new(format!("CONNECTION#{id}"), "CONNECTION")
}

/// GSI1 over the connections of an account, or of the guests of a network.
pub fn connection_of(holder: &str, id: &str) -> IndexKey {
    IndexKey { index: GSI1, pk: connections_of_partition(holder), sk: id.to_owned() }
}

pub fn connections_of_partition(holder: &str) -> String {
    format!("CONNECTIONS#{holder}")
}

pub fn live_topic_partition(topic: LiveTopic, shard: u8) -> String {
    format!("LIVETOPIC#{topic}#{shard}")
}

/// A connection watches a topic.
pub fn live_watcher(topic: LiveTopic, connection: &str) -> Key {
    Key::new(live_topic_partition(topic, topic.shard_of(connection)), connection)
}

/// The last events of a topic.
pub fn live_log(topic: LiveTopic) -> Key {
    Key::new(format!("LIVELOG#{topic}"), "LOG")
}
