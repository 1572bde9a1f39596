//! A new table: a DynamoDB engine inside the test process, with the table of `template.yaml`.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use dynoxide::{AttributeValue, Item};
use serde_json::Value;
use store::Store;

use crate::engine::{Engine, TABLE};
use crate::network::Network;

#[derive(Clone)]
pub struct TestTable {
    pub store: Store,
    pub network: Network,
    pub client: Client,
    engine: Engine,
    /// The clients of functions, made when they are needed.
    clients: Arc<Mutex<BTreeMap<String, Client>>>,
}

impl std::fmt::Debug for TestTable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TestTable")
    }
}

#[expect(clippy::unused_async, reason = "tests make tables as they make shops")]
impl TestTable {
    pub async fn create() -> Self {
        Self::over(Engine::new())
    }

    /// A copy of the table.
    pub async fn copy(&self) -> Self {
        Self::over(self.engine.copy())
    }
}

impl TestTable {
    fn over(engine: Engine) -> Self {
        let network = Network::new(engine.clone());
        let config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-west-1"))
            .credentials_provider(Credentials::new("test", "test", None, None, "test"))
            .retry_config(RetryConfig::standard().with_max_attempts(3).with_initial_backoff(Duration::from_millis(1)))
            .http_client(network.clone())
            .build();
        let client = Client::from_conf(config);
        Self { store: store(&client), network, client, engine, clients: Arc::default() }
    }

    /// The store as this function uses it.
    pub fn store_of(&self, function: &str) -> Store {
        store(&self.client_of(function))
    }

    /// A store whose calls are neither counted nor interrupted, with all rights.
    pub fn unseen_store(&self) -> Store {
        let config = self.client.config().to_builder().http_client(Network::new(self.engine.clone())).build();
        store(&Client::from_conf(config))
    }

    /// A client with the rights of this function at the table.
    pub fn client_of(&self, function: &str) -> Client {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || {
            let credentials = Credentials::new(function, "test", None, None, "test");
            Client::from_conf(self.client.config().to_builder().credentials_provider(credentials).build())
        };
        clients.entry(function.to_owned()).or_insert_with(new).clone()
    }

    /// All items by their keys, as plain JSON. It does not use the network, so nothing is counted and nothing fails.
    pub fn items(&self) -> BTreeMap<String, Value> {
        let named = |item: Item| (format!("{} / {}", text(&item["PK"]), text(&item["SK"])), plain(item));
        self.engine.items().into_iter().map(named).collect()
    }

    /// The items whose partition key begins with this prefix.
    pub fn items_under(&self, partition: &str) -> BTreeMap<String, Value> {
        self.items().into_iter().filter(|(key, _)| key.starts_with(partition)).collect()
    }

    /// The events in the outbox, oldest first.
    pub fn events(&self) -> Vec<Value> {
        self.items_under("OUTBOX#").into_values().map(|item| item["event"].clone()).collect()
    }
}

fn store(client: &Client) -> Store {
    Store::new(client.clone(), TABLE).with_first_pause(Duration::from_millis(1))
}

fn text(attribute: &AttributeValue) -> &str {
    match attribute {
        AttributeValue::S(text) => text,
        _ => "",
    }
}

/// An item without DynamoDB's types.
fn plain(item: Item) -> Value {
    item.into_iter()
        .map(|(name, attribute)| (name, plain_attribute(attribute)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

fn plain_attribute(attribute: AttributeValue) -> Value {
    match attribute {
        AttributeValue::S(text) => text.into(),
        AttributeValue::N(number) => number.parse::<i64>().map_or(Value::Null, Value::from),
        AttributeValue::BOOL(flag) => flag.into(),
        AttributeValue::NULL(_) => Value::Null,
        AttributeValue::L(list) => list.into_iter().map(plain_attribute).collect(),
        AttributeValue::M(map) => plain(map),
        AttributeValue::SS(set) | AttributeValue::NS(set) => set.into(),
        AttributeValue::B(bytes) => data_encoding::BASE64.encode(&bytes).into(),
        sets @ AttributeValue::BS(_) => unreachable!("the shop stores no sets of bytes: {sets:?}"),
    }
}
