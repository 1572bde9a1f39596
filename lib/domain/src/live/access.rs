//! Who may watch what.

use std::collections::BTreeMap;

use super::{LiveTopic, StaffFeed, TopicName, Watcher};
use crate::access::{PermissionRefusal, StaffRules};
use crate::id::{OrderId, UserId};
use crate::user::User;

/// Why somebody may not watch a topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TopicRefusal {
    /// Only for somebody who is signed in.
    Anonymous,
    /// There is no such order, or it is not theirs.
    OrderMissing,
    Permission(PermissionRefusal),
}

/// What is known of somebody who wants to watch. The caller has checked that the session is live.
#[derive(Debug, Clone, Copy)]
pub struct Asking<'a> {
    pub watcher: &'a Watcher,
    pub user: Option<&'a User>,
    /// The accounts of the orders that are asked for.
    pub buyers: &'a BTreeMap<OrderId, UserId>,
    pub rules: StaffRules,
}

impl Asking<'_> {
    /// The topics that a name stands for, if this watcher may watch them.
    pub fn topics(&self, name: TopicName) -> Result<Vec<LiveTopic>, TopicRefusal> {
        match name {
            TopicName::One(topic) => self.check(topic).map(|()| vec![topic]),
            TopicName::MyOrders => {
                let user = self.user.ok_or(TopicRefusal::Anonymous)?;
                Ok(vec![LiveTopic::OrdersOf(user.id)])
            }
            TopicName::AllOfStaff => {
                let all = StaffFeed::ALL.map(LiveTopic::Staff);
                let may: Vec<LiveTopic> = all.into_iter().filter(|&feed| self.check(feed).is_ok()).collect();
                if may.is_empty() { self.check(all[0]).map(|()| may) } else { Ok(may) }
            }
        }
    }

    fn check(&self, topic: LiveTopic) -> Result<(), TopicRefusal> {
        match topic {
            LiveTopic::Product(_) => Ok(()),
            LiveTopic::Order(id) if self.watcher.order_id == Some(id) => Ok(()),
            LiveTopic::Order(id) => {
                let own = self.user.is_some_and(|user| self.buyers.get(&id) == Some(&user.id));
                if own { Ok(()) } else { Err(TopicRefusal::OrderMissing) }
            }
            LiveTopic::OrdersOf(id) => {
                let own = self.user.is_some_and(|user| user.id == id);
                if own { Ok(()) } else { Err(TopicRefusal::Anonymous) }
            }
            LiveTopic::Staff(feed) => {
                let user = self.user.ok_or(TopicRefusal::Anonymous)?;
                self.rules.check(user, feed.permission()).map_err(TopicRefusal::Permission)
            }
        }
    }
}

impl LiveTopic {
    /// Whether a user whose session is live still gets what comes in a topic that they began to watch. Whose an order is
    /// does not change.
    pub fn still_for(self, user: &User, rules: StaffRules) -> bool {
        match self {
            Self::Staff(feed) => rules.check(user, feed.permission()).is_ok(),
            Self::OrdersOf(id) => id == user.id,
            Self::Order(_) | Self::Product(_) => true,
        }
    }
}
