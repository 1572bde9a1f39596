//! Which mail a person wants.

use serde::{Deserialize, Serialize};

/// The topics of mail that a person can unsubscribe from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Topic {
    /// The welcome mail.
    Account,
    /// News about the delivery of orders. What was ordered, and what becomes of the money, is always mailed.
    Orders,
    Stock,
    /// Questions for a review of what was bought.
    Reviews,
    /// Reminders of what was left in the cart.
    Carts,
    News,
}

impl Topic {
    pub const ALL: [Self; 6] = [Self::Account, Self::Orders, Self::Stock, Self::Reviews, Self::Carts, Self::News];

    pub fn name(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Orders => "orders",
            Self::Stock => "stock",
            Self::Reviews => "reviews",
            Self::Carts => "carts",
            Self::News => "news",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|topic| topic.name() == text)
    }
}

/// News and reminders of carts are off until a person turns them on; the other topics are on. Security mail has no topic and is always sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each topic is wanted or not, independently")]
pub struct Preferences {
    pub account: bool,
    pub orders: bool,
    pub stock: bool,
    /// Accounts from before there were such mails have not said anything.
    #[serde(default = "on", skip_serializing_if = "is_on")]
    pub reviews: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub carts: bool,
    pub news: bool,
}

fn on() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes by reference")]
fn is_on(wanted: &bool) -> bool {
    *wanted
}

impl Default for Preferences {
    fn default() -> Self {
        Self { account: true, orders: true, stock: true, reviews: true, carts: false, news: false }
    }
}

impl Preferences {
    pub fn wants(self, topic: Topic) -> bool {
        match topic {
            Topic::Account => self.account,
            Topic::Orders => self.orders,
            Topic::Stock => self.stock,
            Topic::Reviews => self.reviews,
            Topic::Carts => self.carts,
            Topic::News => self.news,
        }
    }

    #[must_use]
    pub fn with(mut self, topic: Topic, wanted: bool) -> Self {
        match topic {
            Topic::Account => self.account = wanted,
            Topic::Orders => self.orders = wanted,
            Topic::Stock => self.stock = wanted,
            Topic::Reviews => self.reviews = wanted,
            Topic::Carts => self.carts = wanted,
            Topic::News => self.news = wanted,
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::{Preferences, Topic};

    #[test]
    fn changing_one_topic_leaves_the_others() {
        for topic in Topic::ALL {
            let before = Preferences::default();
            let after = before.with(topic, !before.wants(topic));
            for other in Topic::ALL {
                assert_eq!(before.wants(other) == after.wants(other), other != topic);
            }
            assert_eq!(Topic::parse(topic.name()), Some(topic));
        }
        let on: Vec<Topic> = Topic::ALL.into_iter().filter(|topic| Preferences::default().wants(*topic)).collect();
        assert_eq!(on, [Topic::Account, Topic::Orders, Topic::Stock, Topic::Reviews], "advertising is opt-in");
    }

    #[test]
    fn an_account_that_was_stored_before_there_were_reminders_has_not_agreed_to_them() {
        let old = r#"{"account":true,"orders":true,"stock":true,"news":true}"#;
        let read: Preferences = serde_json::from_str(old).unwrap();
        assert!(!read.carts && read.reviews);
        assert_eq!(serde_json::to_string(&read).unwrap(), old);
    }
}
