//! What can be watched.

use serde::{Deserialize, Serialize};

use crate::access::Permission;
use crate::id::{OrderId, ProductId, UserId};

/// A topic, as its watchers and its log are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum LiveTopic {
    /// One order, for its buyer and whoever has its token.
    Order(OrderId),
    /// The price and the stock band of a product, for everybody.
    Product(ProductId),
    /// All orders of an account.
    OrdersOf(UserId),
    Staff(StaffFeed),
}

/// What staff watch. Each feed needs a permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StaffFeed {
    /// Whatever happens to orders and their payments.
    Orders,
    /// Stock that became low.
    Stock,
    /// Reviews that wait for a decision.
    Reviews,
    /// Whatever happens to returns.
    Returns,
}

impl StaffFeed {
    pub const ALL: [Self; 4] = [Self::Orders, Self::Stock, Self::Reviews, Self::Returns];

    pub fn permission(self) -> Permission {
        match self {
            Self::Orders => Permission::OrdersReadAll,
            Self::Stock => Permission::InventoryRead,
            Self::Reviews => Permission::ReviewsModerate,
            Self::Returns => Permission::ReturnsWrite,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Orders => "orders",
            Self::Stock => "stock",
            Self::Reviews => "reviews",
            Self::Returns => "returns",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|feed| feed.name() == text)
    }
}

impl LiveTopic {
    /// Over how many partitions its watchers are spread. Only a product can have very many.
    pub fn shards(self) -> u8 {
        if matches!(self, Self::Product(_)) { 8 } else { 1 }
    }

    /// The shard of a connection.
    pub fn shard_of(self, connection: &str) -> u8 {
        let sum = connection.bytes().fold(0_u8, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte));
        sum % self.shards()
    }

    /// What clients call it. Whose orders they are, the connection knows.
    pub fn name(self) -> String {
        match self {
            Self::OrdersOf(_) => "orders".to_owned(),
            _ => self.to_string(),
        }
    }

    /// Everybody may watch it.
    pub fn is_public(self) -> bool {
        matches!(self, Self::Product(_))
    }
}

impl std::fmt::Display for LiveTopic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Order(id) => write!(f, "order:{id}"),
            Self::Product(id) => write!(f, "product:{id}"),
            Self::OrdersOf(id) => write!(f, "orders:{id}"),
            Self::Staff(feed) => write!(f, "staff:{}", feed.name()),
        }
    }
}

impl From<LiveTopic> for String {
    fn from(topic: LiveTopic) -> Self {
        topic.to_string()
    }
}

impl TryFrom<String> for LiveTopic {
    type Error = UnknownTopic;

    fn try_from(text: String) -> Result<Self, UnknownTopic> {
        if let Some(id) = text.strip_prefix("orders:") {
            return UserId::parse(id).map(Self::OrdersOf).map_err(|_| UnknownTopic);
        }
        match TopicName::parse(&text)? {
            TopicName::One(topic) => Ok(topic),
            TopicName::MyOrders | TopicName::AllOfStaff => Err(UnknownTopic),
        }
    }
}

/// A topic as a client names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TopicName {
    /// The orders of whoever is signed in.
    MyOrders,
    /// All feeds that this member of staff may see.
    AllOfStaff,
    One(LiveTopic),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be orders, order:ord_…, product:prd_…, staff, staff:orders, staff:stock, staff:reviews or staff:returns")]
pub struct UnknownTopic;

impl TopicName {
    pub fn parse(text: &str) -> Result<Self, UnknownTopic> {
        match text.split_once(':') {
            None if text == "orders" => Ok(Self::MyOrders),
            None if text == "staff" => Ok(Self::AllOfStaff),
            Some(("order", id)) => OrderId::parse(id).map(LiveTopic::Order).map(Self::One).map_err(|_| UnknownTopic),
            Some(("product", id)) => {
                ProductId::parse(id).map(LiveTopic::Product).map(Self::One).map_err(|_| UnknownTopic)
            }
            Some(("staff", feed)) => StaffFeed::parse(feed).map(LiveTopic::Staff).map(Self::One).ok_or(UnknownTopic),
            _ => Err(UnknownTopic),
        }
    }
}
